package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// SectionUnmarshaler is a type that decodes a section itself. It is also asked
// when the file has no such section.
type SectionUnmarshaler interface {
	UnmarshalSection(Section) Problems
}

// Decode fills what into points to, a struct as a rule, and returns every
// problem. Fields carry tags: `yaml:"name"`, `default:"30s"` in the words of the
// file, `required:"true"`, and `doc:"..."` for [Describe]. Names that no field
// has are problems. A field that the file does not set gets its default if it
// is zero, and otherwise stays as it is.
//
// It knows strings, booleans, whole and decimal numbers, [time.Duration] in the
// words of [Duration], encoding.TextUnmarshaler, [SectionUnmarshaler], Section
// itself, and structs, pointers, lists and maps of those.
func (s Section) Decode(into any) Problems {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic("config: Decode wants a pointer")
	}
	return Join(s.decode(v.Elem()))
}

func (s Section) decode(v reflect.Value) Problems {
	if s.broken() {
		return nil
	}
	if u, ok := v.Addr().Interface().(SectionUnmarshaler); ok {
		return u.UnmarshalSection(s)
	}
	if v.Type() == reflect.TypeFor[Section]() {
		v.Set(reflect.ValueOf(s))
		return nil
	}
	if isGroup(v.Type()) {
		return s.decodeStruct(v)
	}
	if v.Kind() == reflect.Pointer && (!s.Empty() || s.node != nil && isGroup(v.Type().Elem())) {
		v.Set(reflect.New(v.Type().Elem())) // "probe:" alone is written, too
		return s.decode(v.Elem())
	}
	if s.Empty() {
		return nil
	}
	switch v.Kind() {
	case reflect.Slice:
		return s.decodeSlice(v)
	case reflect.Map:
		return s.decodeMap(v)
	}
	return s.decodeScalar(v)
}

func (s Section) decodeStruct(v reflect.Value) Problems {
	entries, problems := s.entries()
	if problems != nil {
		return problems
	}
	fields := fieldsOf(v.Type())
	for _, entry := range entries {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == entry.name }) {
			problems = append(problems, entry.unknown(fields))
		}
	}
	for _, f := range fields {
		problems = append(problems, s.child(f.name).decodeField(v.Field(f.index), f)...)
	}
	return problems
}

func (s Section) decodeField(v reflect.Value, f field) Problems {
	problems := s.decode(v)
	if !s.Empty() || s.broken() {
		return problems
	}
	if f.required {
		return append(problems, s.Problem("", "is missing"))
	}
	if f.fallback != "" && v.IsZero() {
		if err := setText(v, f.fallback); err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", s.path, err))
		}
	}
	return problems
}

// entries returns what a mapping sets, and a problem when it is none.
func (s Section) entries() ([]Section, Problems) {
	if s.Empty() || s.node.Kind == yaml.MappingNode {
		return s.names(), nil
	}
	return nil, Problems{s.Problem("", `is %s, but wants names with values, each as "name: value"`, s.kind())}
}

func (s Section) decodeSlice(v reflect.Value) Problems {
	if s.node.Kind != yaml.SequenceNode {
		return Problems{s.Problem("", `is %s, but wants a list; begin each entry with "- ", or write [one, two]`, s.kind())}
	}
	var problems Problems
	all := reflect.MakeSlice(v.Type(), 0, len(s.node.Content))
	for _, entry := range s.Each() {
		item := reflect.New(v.Type().Elem()).Elem()
		if entry.Empty() && !entry.broken() {
			problems = append(problems, entry.Problem("", "is empty; write a value, or take the entry out"))
		} else {
			problems = append(problems, entry.decode(item)...)
		}
		all = reflect.Append(all, item)
	}
	v.Set(all)
	return problems
}

func (s Section) decodeMap(v reflect.Value) Problems {
	entries, problems := s.entries()
	all := reflect.MakeMapWithSize(v.Type(), len(entries))
	for _, entry := range entries {
		item := reflect.New(v.Type().Elem()).Elem()
		problems = append(problems, entry.decode(item)...)
		all.SetMapIndex(reflect.ValueOf(entry.name).Convert(v.Type().Key()), item)
	}
	v.Set(all)
	return problems
}

func (s Section) decodeScalar(v reflect.Value) Problems {
	if s.node.Kind != yaml.ScalarNode {
		return Problems{s.Problem("", "is %s, but wants one value", s.kind())}
	}
	err := setText(v, s.node.Value)
	var w wrong
	switch {
	case err == nil:
		return nil
	case errors.As(err, &w):
		return Problems{s.Problem("", "is %q, which %s", s.Written(""), w)}
	default:
		return Problems{s.Problem("", "is %q, which cannot be read: %v", s.Written(""), err)}
	}
}

func (s Section) kind() string {
	switch s.node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "names with values"
	}
	return "one value"
}

func (s Section) unknown(fields []field) Problem {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if near := nearest(s.name, names); near != "" {
		return s.Problem("", "is not a setting; write %s", near)
	}
	if len(names) == 0 {
		return s.Problem("", "is not a setting; there is nothing to set here")
	}
	return s.Problem("", "is not a setting; here stand %s", strings.Join(names, ", "))
}

// setText sets one value from its text.
func setText(v reflect.Value, text string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		return (*Duration)(v.Addr().Interface().(*time.Duration)).UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		if text != "true" && text != "false" {
			return wrong("is neither true nor false")
		}
		v.SetBool(text == "true")
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return wrong("is not a whole number, or too large")
		}
		v.SetInt(n)
		return nil
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil || n-n != 0 { // infinite or not a number
			return wrong("is not a number; write it like 0.5")
		}
		v.SetFloat(n)
		return nil
	}
	panic(fmt.Sprintf("config: cannot decode into %s", v.Type()))
}

// field is a field of a struct as its tags describe it.
type field struct {
	index    int
	name     string
	fallback string
	doc      string
	required bool
}

func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if name := tag.Get("yaml"); name != "" && name != "-" {
			all = append(all, field{i, name, tag.Get("default"), tag.Get("doc"), tag.Get("required") == "true"})
		}
	}
	return all
}

// isGroup says that a type holds settings, and is not one value.
func isGroup(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
