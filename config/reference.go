package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Reference returns the configuration reference in Markdown. It is made from
// the same tags that decode the file, so it cannot name what does not exist.
// Sections of integrations are not in it; see [Describe].
func Reference() string {
	return Describe("", Config{})
}

// Describe returns a table of the settings of a struct in Markdown, and one for
// each group of settings in it, headed by their paths. As in [Section.Decode],
// what the struct holds already is a default, before that of the tag.
func Describe(path string, settings any) string {
	var b strings.Builder
	describe(&b, path, reflect.ValueOf(settings))
	return strings.TrimSuffix(b.String(), "\n")
}

func describe(b *strings.Builder, path string, v reflect.Value) {
	if path != "" {
		fmt.Fprintf(b, "### `%s`\n\n", path)
	}
	b.WriteString("| setting | takes | default | what it says |\n|---|---|---|---|\n")
	fields := fieldsOf(v.Type())
	for _, f := range fields {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.name, takes(v.Type().Field(f.index).Type), defaultOf(v.Field(f.index), f), cell(f.doc))
	}
	b.WriteString("\n")
	for _, f := range fields {
		if at, group := groupIn(joinPath(path, f.name), v.Field(f.index)); group.IsValid() {
			describe(b, at, group)
		}
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func defaultOf(v reflect.Value, f field) string {
	switch {
	case f.required:
		return "required"
	case !isGroup(v.Type()) && !v.IsZero():
		return "`" + cell(fmt.Sprint(v.Interface())) + "`"
	case f.fallback != "":
		return "`" + cell(f.fallback) + "`"
	}
	return ""
}

// groupIn returns the group of settings that a field holds, one or many of it,
// and the path to it. Without one the value is not valid.
func groupIn(path string, v reflect.Value) (string, reflect.Value) {
	if s, ok := v.Interface().(interface{ settings() any }); ok {
		return path, reflect.ValueOf(s.settings())
	}
	t := v.Type()
	if reflect.PointerTo(t).Implements(reflect.TypeFor[SectionUnmarshaler]()) || t == reflect.TypeFor[Section]() {
		return "", reflect.Value{}
	}
	switch t.Kind() {
	case reflect.Slice:
		return groupIn(path+"[]", reflect.Zero(t.Elem()))
	case reflect.Map:
		return groupIn(path+".NAME", reflect.Zero(t.Elem()))
	case reflect.Pointer:
		return groupIn(path, reflect.Zero(t.Elem()))
	}
	if isGroup(t) {
		return path, v
	}
	return "", reflect.Value{}
}

// takes names a type in the words of the reference.
func takes(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Integrations]():
		return "sections by name"
	case reflect.TypeFor[Severities](), reflect.TypeFor[Section]():
		return "settings"
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[Duration](), reflect.TypeFor[time.Duration]():
		return "length of time"
	case reflect.TypeFor[Zone]():
		return "time zone"
	case reflect.TypeFor[Hours]():
		return "hours of a week"
	case reflect.TypeFor[[]Date]():
		return "list of dates"
	case reflect.TypeFor[Share]():
		return "share"
	case reflect.TypeFor[Statuses]():
		return "status or range"
	case reflect.TypeFor[[]Person]():
		return "list of people"
	case reflect.TypeFor[Moment]():
		return "day and hour"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "whole number"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list of " + takes(t.Elem())
	case reflect.Map:
		return "names, each with " + takes(t.Elem())
	case reflect.Pointer:
		return takes(t.Elem())
	}
	if isGroup(t) {
		return "settings"
	}
	if t.Kind() == reflect.Struct {
		return strings.ToLower(t.Name())
	}
	return "text"
}
