package cre

import (
	"encoding"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"cresset/bot/chat"
)

// hostilePostmortem is a draft with s in every place where people write.
func hostilePostmortem(t *testing.T, s string) *Postmortem {
	p := rich(t)
	e := &p.Evidence
	who := chat.Person{Platform: "slack", ID: "U", Name: s}
	e.Incident.Title, e.Incident.Tasks[1].Text, e.Incident.Customers = s, s, []string{s}
	e.Incident.Roles = map[Role]chat.Person{Lead: who}
	e.Incident.Reporter, e.Incident.Tasks[1].Who = who, who
	e.Customers = []Customer{{Name: s, Tier: s}}
	e.Requests[0].Title, e.Impact[0].SLO = s, s
	for i := range e.Timeline {
		e.Timeline[i].Text, e.Timeline[i].By = s, who
	}
	p.Prose = &Prose{Model: s, Summary: []string{s}, Factors: []string{s}}
	return p
}

// FuzzPostmortem: whatever people wrote, the document is built as it is with a
// harmless word in its place, and shows nothing that a reader cannot see.
func FuzzPostmortem(f *testing.F) {
	for _, s := range breaking {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 2000)]
		if strings.TrimSpace(chat.Clean(s)) == "" {
			return // nothing is left to show, and what is empty has a dash in its place
		}
		document := hostilePostmortem(t, s).Markdown(time.UTC)
		got, want := structure(document), structure(hostilePostmortem(t, "word").Markdown(time.UTC))
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("%q: part %d is %s, want %s, in\n%s", s, i+1, got[min(i, len(got)-1)], want[min(i, len(want)-1)], document)
			}
		}
		if chat.Clean(document) != document {
			t.Errorf("%q: something in the document cannot be seen", s)
		}
	})
}

// structure is what a reader of Markdown makes of a document: its headings,
// lists, tables, links and emphasis, without the words.
func structure(document string) (kinds []string) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader([]byte(document))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() != ast.KindText && n.Kind() != ast.KindString {
			kinds = append(kinds, n.Kind().String())
		}
		return ast.WalkContinue, nil
	})
	return kinds
}

// FuzzWords: nothing that a person types for a severity, a role, a status or a
// number ends the bot, and what is read reads as itself again.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "sev1", "SEV-2", "p0", "critical", "lead", "Ops", "mitigated", "customer", "INC-7", "inc7", "#7", "R-12", "r-0", "INC-99999999999999999999", "sev\u0661", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var severity Severity
		var role Role
		var goal Goal
		var inc IncidentID
		var req RequestID
		var wait Waiting
		for _, v := range []struct {
			into encoding.TextUnmarshaler
			is   func() string
		}{
			{&severity, func() string { return severity.String() }}, {&role, func() string { return string(role) }}, {&goal, func() string { return string(goal) }},
			{&inc, func() string { return string(inc) }}, {&req, func() string { return string(req) }}, {&wait, func() string { return string(wait) }},
		} {
			if v.into.UnmarshalText([]byte(s)) != nil {
				continue
			}
			once := v.is()
			if err := v.into.UnmarshalText([]byte(once)); err != nil || v.is() != once {
				t.Errorf("%q is read as %q, which is read as %q, %v", s, once, v.is(), err)
			}
		}
		severity.Looks(s)
	})
}
