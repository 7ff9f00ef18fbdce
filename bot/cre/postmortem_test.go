package cre

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// rich is an incident with everything that a draft can tell.
func rich(t *testing.T) *Postmortem {
	at := func(clock string) time.Time { return stamp(t, "2026-11-20T"+clock+":00Z") }
	ada := chat.Person{Platform: "slack", ID: "U1", Name: "ada"}
	bob := chat.Person{Platform: "slack", ID: "U2", Name: "bob"}
	eve := chat.Person{Platform: "slack", ID: "U3"}
	inc := Incident{
		ID: "INC-7", Number: 7, Title: "Checkout returns 500", Severity: Sev2, Status: Resolved,
		Customers: []string{"acme", "globex"}, Declarer: ada, Reporter: eve,
		Roles: map[Role]chat.Person{Lead: ada, Comms: bob},
		Times: map[Moment]time.Time{CustomerFirstReported: at("09:40"), DeclaredAt: at("10:00"), Acknowledged: at("10:05"),
			MitigatedAt: at("10:45"), ResolvedAt: at("11:30")},
		Clock: &Promise{Kept: 3, Broken: 1},
		Tasks: []Task{
			{N: 1, Text: "call the database team", Who: bob},
			{N: 2, Text: "alert on the connection pool", Who: bob, Later: true, Due: at("20:00")},
			{N: 3, Text: "write a runbook", Later: true, Done: at("11:00")},
		},
	}
	return &Postmortem{Incident: "INC-7", Version: 2, At: at("12:00"), By: ada, Evidence: Evidence{
		Incident:  inc,
		Customers: []Customer{{Key: "acme", Name: "Acme GmbH", Tier: "enterprise"}, {Key: "globex", Name: "Globex"}},
		Requests:  []Request{{ID: "R-3", Title: "orders fail"}},
		Impact: []SLOImpact{{SLO: "checkout", Bad: 1234, Total: 45678, Spent: 0.31, Left: 0.07, Known: true},
			{SLO: "login"}},
		Timeline: []Entry{
			{N: 1, At: at("10:00"), Kind: Declared, By: ada, Text: "declared: Checkout returns 500"},
			{N: 2, At: at("10:10"), Kind: Update, By: bob, Text: "we are rolling back"},
			{N: 3, At: at("10:12"), Kind: Decision, By: ada, Text: "roll back before looking further"},
			{N: 4, At: at("10:40"), Kind: Happened, Text: "the update that was due at 10:40 did not come"},
			{N: 5, At: at("10:41"), Kind: Pinned, By: eve, Text: "graph:\nerrors | 12 %"},
		},
	}, Prose: &Prose{Model: "m-1", Summary: []string{"A deploy broke the pool [T1]."}, Dropped: 2}}
}

func TestPostmortemGolden(t *testing.T) {
	zone := zone(t, "Europe/Paris")
	for name, change := range map[string]func(*Postmortem){
		"rich": func(*Postmortem) {},
		"bare": func(p *Postmortem) {
			p.Prose = nil
			p.Evidence = Evidence{Incident: Incident{ID: "INC-7", Title: "Checkout", Status: Investigating, Drill: true, Declarer: p.By,
				Times: map[Moment]time.Time{DeclaredAt: p.At.Add(-90 * time.Minute)}}}
		},
	} {
		p := rich(t)
		change(p)
		golden(t, "testdata/postmortem_"+name+".md", p.Markdown(zone))
	}
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
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s, line %d:\n got %q\nwant %q", path, i+1, g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
}

// breaking are texts that would change a document if they were not escaped.
var breaking = []string{
	"a | b | c", "\\| x", "\\", "|", "x\n\n# heading", "## heading", "\n---\n", "===", "= =", "+ item", "- item", "* item", "1. one", "23) two",
	"> quote", "```\ncode", "`", "``", "<script>alert(1)</script>", "<!-- ", "&lt;b&gt;", "&#60;", "![x](https://evil.test/?q=1)",
	"[x](javascript:alert(1))", "<https://evil.test>", "**bold**", "__b__", "_i_", "~~gone~~", "[^1]", "[ref]: https://evil.test", "- [x] done",
	"@everyone", "\u202etrojan", "\u2028# line", "a\r\n| b |", "\t\tcode", "$x$",
}

// TestHostileTextsStayText: whatever people wrote, the document has the lines,
// the cells and the marks that it has with a harmless word in its place.
func TestHostileTextsStayText(t *testing.T) {
	fill := func(s string) string {
		p := rich(t)
		e := &p.Evidence
		e.Incident.Title, e.Incident.Tasks[1].Text, e.Incident.Customers = s, s, []string{s}
		who := chat.Person{Platform: "slack", ID: "U", Name: s}
		e.Incident.Roles = map[Role]chat.Person{Lead: who}
		e.Incident.Reporter, e.Incident.Tasks[1].Who = who, who
		e.Customers = []Customer{{Name: s, Tier: s}}
		e.Requests[0].Title, e.Impact[0].SLO = s, s
		for i := range e.Timeline {
			e.Timeline[i].Text, e.Timeline[i].By = s, who
		}
		p.Prose = &Prose{Model: s, Summary: []string{s}, Factors: []string{s}}
		return p.Markdown(time.UTC)
	}
	want := skeleton(fill("word"))
	for _, s := range breaking {
		got := skeleton(fill(s))
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%q: line %d is built %q, want %q", s, i+1, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
				break
			}
		}
	}
}

// skeleton is what the lines of a document mean: which block they are, and
// every unescaped mark in them.
func skeleton(document string) []string {
	var lines []string
	for line := range strings.Lines(document) {
		line = strings.TrimSuffix(line, "\n")
		var marks strings.Builder
		if i := strings.IndexAny(line, "+-=#>0123456789"); i == 0 {
			marks.WriteString(strings.TrimRight(line[:1], "0123456789"))
			if rest := strings.TrimLeft(line, "0123456789"); rest != line && strings.ContainsAny(rest[:1], ".)") {
				marks.WriteString("numbered ")
			}
		}
		for i := 0; i < len(line); i++ {
			switch line[i] {
			case '\\':
				i++
			case '|', '`', '*', '_', '<', '>', '[', ']', '~', '#':
				marks.WriteByte(line[i])
			case '&':
				if entity.MatchString(line[i:]) {
					marks.WriteString(line[i:])
				}
			}
		}
		lines = append(lines, marks.String())
	}
	return lines
}

func TestCited(t *testing.T) {
	e := &Evidence{Timeline: []Entry{{N: 1}, {N: 3}, {N: 12}}}
	for sentence, kept := range map[string]bool{
		"It broke [T1].":                   true,
		"It broke [T1, T3] and [T12].":     true,
		"It broke [ T1 ;T3 ].":             true,
		"two\n lines [T1]":                 true,
		"It broke.":                        false,
		"It broke [T2].":                   false,
		"It broke [T1, T2].":               false,
		"It broke [T1] again [T2].":        false,
		"It broke [T1] again [ T2 ].":      false,
		"It broke [T01].":                  false,
		"It broke [T].":                    false,
		"It broke T1.":                     false,
		"It broke (T1).":                   false,
		"It broke [T99999999999999999999]": false,
	} {
		got, dropped := e.Cited([]string{sentence})
		if (len(got) == 1) != kept || dropped != 1-len(got) {
			t.Errorf("%q: kept %q, dropped %d", sentence, got, dropped)
		}
	}
	got, dropped := e.Cited([]string{" a\u202e \n[T1] ", "", "\u200b", "b"})
	if !slices.Equal(got, []string{"a [T1]"}) || dropped != 1 {
		t.Errorf("kept %q, dropped %d", got, dropped)
	}
	if got, dropped := (&Evidence{}).Cited([]string{"x [T0]", "y [T1]"}); got != nil || dropped != 2 {
		t.Errorf("without a timeline kept %q, dropped %d", got, dropped)
	}
}
