package discordtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form holds a body against Discord's limits and collects what is wrong where,
// as the error 50035 tells it.
type form struct {
	errors obj
}

// bad puts a complaint at a path such as "components.0.label".
func (f *form) bad(path, code, format string, a ...any) {
	if f.errors == nil {
		f.errors = obj{}
	}
	at := f.errors
	if path != "" {
		for _, name := range strings.Split(path, ".") {
			if at[name] == nil {
				at[name] = obj{}
			}
			at = at[name].(obj)
		}
	}
	at["_errors"] = append(items(at["_errors"]), obj{"code": code, "message": fmt.Sprintf(format, a...)})
}

// refusal is nil when nothing is wrong.
func (f *form) refusal() error {
	if f.errors == nil {
		return nil
	}
	return &refusal{status: 400, code: 50035, message: messages[50035], errors: f.errors}
}

func invalid(path, code, format string, a ...any) error {
	var f form
	f.bad(path, code, format, a...)
	return f.refusal()
}

// text reads a string of least to most characters. With least 0 it may be
// missing.
func (f *form) text(path string, v any, least, most int) string {
	s, isText := v.(string)
	switch n := utf8.RuneCountInString(s); {
	case v == nil && least > 0:
		f.bad(path, "BASE_TYPE_REQUIRED", "This field is required")
	case v != nil && !isText:
		f.bad(path, "STRING_TYPE_CONVERT", "Could not interpret %q as string.", text(v))
	case n > most && least == 0:
		f.bad(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
	case n > most, n < least:
		f.bad(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	}
	return s
}

// integer reads a whole number from least to most, otherwise when it is missing.
func (f *form) integer(path string, v any, least, most, otherwise int64) int64 {
	if v == nil {
		return otherwise
	}
	n, ok := integer(v)
	switch {
	case !ok:
		f.bad(path, "NUMBER_TYPE_COERCE", "Value %q is not int.", text(v))
	case n < least:
		f.bad(path, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", least)
	case n > most:
		f.bad(path, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", most)
	}
	return n
}

// list reads an array of least to most items; null is none.
func (f *form) list(path string, v any, least, most int) []any {
	all, isList := v.([]any)
	switch {
	case v != nil && !isList:
		f.bad(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
	case v == nil && least > 0:
		f.bad(path, "BASE_TYPE_REQUIRED", "This field is required")
	case len(all) < least || len(all) > most:
		f.bad(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	}
	return all
}

// object reads an object.
func (f *form) object(path string, v any) obj {
	o, ok := v.(obj)
	if !ok {
		f.bad(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
	}
	return o
}

func (f *form) bool(path string, v any) {
	if _, ok := v.(bool); v != nil && !ok {
		f.bad(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
}

// choice asks for one of these numbers.
func (f *form) choice(path string, v any, of ...int64) {
	n, ok := integer(v)
	for _, one := range of {
		if ok && n == one {
			return
		}
	}
	f.bad(path, "BASE_TYPE_CHOICES", "Value must be one of %v.", of)
}

func (f *form) snowflake(path string, v any) string {
	id := text(v)
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		f.bad(path, "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", id)
	}
	return id
}

func (f *form) link(path string, v any, most int) {
	link := f.text(path, v, 1, most)
	if link != "" && !webLink.MatchString(link) {
		f.bad(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	}
}

var webLink = regexp.MustCompile(`^(https?|discord)://[^\s/]+`)

// at is the path of an item of a list.
func at(path string, i int) string { return path + "." + strconv.Itoa(i) }

// in is the path of a field.
func in(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}
