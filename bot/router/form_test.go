package router_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"cresset/bot/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestForms(t *testing.T) {
	h := opened(t)
	h.must(ada, declare)
	about := &chat.Post{Text: "Invoices of November are empty\nsince the last release", By: bob}
	for _, c := range []struct {
		name, line string
		about      *chat.Post
	}{
		{"declare", "incident declare sev2 --again customer:acme", nil},
		{"request", "cre request due:friday", about},
		{"request_kind", "cre request kind:bug version:2.4", nil},
		{"role", "incident role INC-1", nil},
		{"update", "incident update INC-1 next:90m", nil},
	} {
		ev := h.event(ada, c.line)
		ev.About = c.about
		r := h.handle(ev)
		if r.Form == nil {
			t.Errorf("%s: no form but %+v", c.name, r)
			continue
		}
		if r.Form.Place != lobby || r.Form.About != c.about {
			t.Errorf("%s: the form forgot where it was asked for: %+v", c.name, r.Form)
		}
		golden(t, "testdata/form_"+c.name+".golden", drawn(r.Form))
	}
}

// drawn is a form as text.
func drawn(f *chat.Form) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", f.Title, f.Intro)
	for _, field := range f.Fields {
		fmt.Fprintf(&b, "\n%s (%s, %s", field.Label, field.Name, field.Kind)
		if field.Optional {
			b.WriteString(", optional")
		}
		fmt.Fprintf(&b, "): %q\n", field.Value)
		if field.Help != "" {
			fmt.Fprintf(&b, "  %s\n", field.Help)
		}
		for _, o := range field.Options {
			fmt.Fprintf(&b, "  - %s: %s\n", o.Value, o.Label)
		}
	}
	fmt.Fprintf(&b, "\n[%s] runs %q\n", f.Submit, f.Line)
	return b.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if got != string(want) {
		t.Errorf("%s\n got:\n%s\nwant:\n%s", path, got, want)
	}
}

// TestFormsOfAll: every form can be shown anywhere, and filled in it runs the
// command that it was made for.
func TestFormsOfAll(t *testing.T) {
	h := opened(t)
	h.must(ada, declare)
	forms := 0
	for _, c := range h.router.Commands() {
		r := h.say(ada, c.Name)
		if r.Form == nil {
			continue
		}
		forms++
		if n := len([]rune(r.Form.Title)); n == 0 || n > 24 {
			t.Errorf("%s: the title %q has %d characters", c.Name, r.Form.Title, n)
		}
		if r.Form.Line != c.Name || len(r.Form.Fields) == 0 || r.Form.Submit == "" {
			t.Errorf("%s: the form runs %q with %d fields", c.Name, r.Form.Line, len(r.Form.Fields))
		}
		required := false
		for _, f := range r.Form.Fields {
			required = required || !f.Optional
			if f.Name == "" || f.Label == "" || f.Kind == "" || f.Help == "" {
				t.Errorf("%s: nobody can fill in %+v", c.Name, f)
			}
			if f.Kind == chat.Choice && len(f.Options) == 0 {
				t.Errorf("%s: %s offers nothing", c.Name, f.Name)
			}
		}
		if !required {
			t.Errorf("%s asks for nothing that it needs", c.Name)
		}
	}
	if forms < 10 {
		t.Errorf("only %d commands asked for words", forms)
	}
}
