package commands_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/commands"
	"cresset/store"
	"cresset/store/bolt"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	ada = chat.Person{Platform: "slack", ID: "U1", Name: "ada"}
	bob = chat.Person{Platform: "slack", ID: "U2", Name: "bob"}
	now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
)

// rules is a house in which the role of an event says what its person may do.
var rules = &cre.Settings{
	Zone: time.UTC, Home: "slack", Bumps: 2, Platforms: []string{"slack", "discord"}, Trackers: []string{"api"}, Channels: cre.Channels{Incidents: "incidents", Requests: "cre", Digests: "reliability"},
	Roles:       cre.Access{Commander: []string{"nobody"}, Responder: []string{"nobody"}},
	Departments: []cre.Department{{Name: "sales", Members: []string{"slack:U1"}}}, // ada's
	Severities:  map[cre.Severity]cre.SeverityRule{cre.Sev2: {Means: "some customers cannot buy", UpdateEvery: 30 * time.Minute}},
	OnCall:      []cre.Rota{{Team: "cre", People: []cre.Duty{{Name: "ada"}}, Every: 24 * time.Hour, Since: now}},
	Customers:   []cre.Customer{{Key: "acme", Name: "Acme GmbH"}, {Key: "globex", Name: "Globex"}, {Key: "initech", Name: "Initech"}},
	SLOs: []cre.SLO{{Name: "checkout", Objective: "99.9 %", Budget: 0.001, Window: cre.Window{Length: 30 * 24 * time.Hour},
		SLI: cre.SLI{Source: "main", Every: time.Minute}}},
}

// first is what has to be said before some examples, on top of what every house
// has: by ada, or by bob where it says so.
var first = map[string]string{
	"cre rate":            "cre done R-1",
	"incident close":      "incident resolve INC-1",
	"incident reopen":     "incident resolve INC-1",
	"cre file-overheard":  "cre talk globex says the import is slow",
	"cre leave-overheard": "cre talk globex says the import is slow",
	"cre unfollow":        "cre follow R-1",
	"cre spent":           "cre done R-1",
	"cre event drop":      "cre event acme 2026-12-06 match",
	"cre told":            "bob> cre done R-1",
}

// common is what every house begins with.
var common = []string{
	"incident declare sev2 customer:acme payments are slow",
	"incident declare sev4 a disk is full",
	"incident task INC-1 look at the graphs",
	"postmortem draft INC-1",
	"cre request customer:acme the export is slow",
	"cre request customer:globex the import is slow",
}

const parked = 7 // the errand that gave up

// A house answers lines. Nothing of what they do stays, so each line finds it
// as it was prepared.
type house struct {
	router *router.Router
	db     store.DB
}

// houses are prepared once: one with what is common to all, and one more for
// each line of first.
func houses(t *testing.T) func(command string) *house {
	all := map[string]*house{}
	return func(command string) *house {
		line := first[command]
		if all[line] == nil {
			all[line] = prepare(t, line)
		}
		return all[line]
	}
}

func prepare(t *testing.T, line string) *house {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(db)
	h.step(t, (*workflow.Step).SyncCustomers)
	h.step(t, linked)
	for _, l := range common {
		h.must(t, l)
	}
	if theirs, ok := strings.CutPrefix(line, "bob> "); ok {
		if reply := h.say(t, theirs, bob, "admin"); reply.Failed {
			t.Fatalf("%q: %+v", line, reply)
		}
	} else if line != "" {
		h.must(t, line)
	}
	h.step(t, park)
	return houseOn(forgetful{db})
}

func houseOn(db store.DB) *house {
	return &house{db: db, router: router.New(commands.All(), router.With{DB: db, Rules: rules, Now: func() time.Time { return now },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), After: func() {}, Count: func(string, string) {}})}
}

func (h *house) step(t *testing.T, do func(*workflow.Step) error) {
	t.Helper()
	if err := h.db.Update(t.Context(), func(tx store.Tx) error { return do(&workflow.Step{Tx: tx, Now: now, Rules: rules}) }); err != nil {
		t.Fatal(err)
	}
}

// A forgetful store does what it is told, and keeps nothing of it.
type forgetful struct{ store.DB }

var errForget = errors.New("forget it")

func (f forgetful) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := f.DB.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errForget
	})
	if errors.Is(err, errForget) {
		return nil
	}
	return err
}

// linked has ada on another platform too.
func linked(s *workflow.Step) error {
	there := chat.Person{Platform: "discord", ID: "7", Name: "ada"}
	return store.People.Put(s.Tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: ada}, {Who: there, How: cre.ByCode, Since: now}}})
}

func park(s *workflow.Step) error {
	e, err := store.Errands.Get(s.Tx, store.Key(uint64(parked)))
	if err != nil || e == nil {
		return fmt.Errorf("errand %d of the prepared house: %v, %w", parked, e, err)
	}
	e.State, e.Trouble = store.Parked, "the channel is gone"
	return store.Errands.Put(s.Tx, e)
}

func (h *house) say(t *testing.T, line string, by chat.Person, role string) chat.Reply {
	t.Helper()
	if line == "cre link" {
		role = "" // who has a role from the way in has no account to link
	}
	reply, err := h.router.Handle(t.Context(), chat.Event{Key: "slack:" + rand.Text(), By: by, Line: line, Role: role,
		Place: chat.Place{Platform: "slack", Channel: "C1"}, People: map[string]chat.Person{"bob": bob}, At: now})
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return reply
}

func (h *house) must(t *testing.T, line string) chat.Reply {
	t.Helper()
	reply := h.say(t, line, ada, "admin")
	if reply.Failed || reply.Form != nil || reply.IsZero() {
		t.Fatalf("%q: %+v", line, reply)
	}
	return reply
}

// TestExamples: what help shows as an example works as it stands, and so it does
// with each alias.
func TestExamples(t *testing.T) {
	house := houses(t)
	for _, c := range house("").router.Commands() {
		t.Run(c.Name, func(t *testing.T) {
			h := house(c.Name)
			rest, ok := strings.CutPrefix(c.Example, c.Name)
			if !ok {
				t.Errorf("the example is one of another command: %q", c.Example)
			}
			reply := h.must(t, c.Example)
			for _, b := range reply.Message.Buttons {
				if b.Line != "" && !known(h.router, b.Line) {
					t.Errorf("the button %q says %q, which is no command", b.Label, b.Line)
				}
			}
			for _, alias := range c.Aliases {
				h.must(t, alias+rest)
			}
		})
	}
}

// known reports whether the line begins with a command.
func known(r *router.Router, line string) bool {
	return slices.ContainsFunc(r.Commands(), func(c router.Command) bool {
		return line == c.Name || strings.HasPrefix(line, c.Name+" ")
	})
}

func TestNames(t *testing.T) {
	seen := map[string]string{}
	verb := regexp.MustCompile(`^[a-z]*([^s ]|ss) `) // "list the …", not "lists the …"
	for _, c := range houses(t)("").router.Commands() {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if seen[name] != "" {
				t.Errorf("%q is said for both %s and %s", name, seen[name], c.Name)
			}
			seen[name] = c.Name
			if name != strings.Join(strings.Fields(strings.ToLower(name)), " ") || name == "" {
				t.Errorf("%q cannot be found as it is written", name)
			}
		}
		if !verb.MatchString(c.Summary+" ") || strings.HasSuffix(c.Summary, ".") {
			t.Errorf("%s: it will %q", c.Name, c.Summary)
		}
		if strings.Contains(c.Usage(), "  ") || !strings.HasPrefix(c.Usage(), c.Name) {
			t.Errorf("%s is used as %q", c.Name, c.Usage())
		}
	}
}

// TestVocabulary: what is offered besides typing is there.
func TestVocabulary(t *testing.T) {
	r := houses(t)("").router
	v := commands.Vocabulary("x-")
	for emoji, line := range v.Reactions {
		if !known(r, line) {
			t.Errorf(":%s: says %q", emoji, line)
		}
	}
	for _, s := range v.Shortcuts {
		if !known(r, s.Line) || len([]rune(s.Label)) > 24 {
			t.Errorf("the shortcut %q says %q", s.Label, s.Line)
		}
	}
	for _, s := range v.Slash {
		if s.Name != "x-"+s.Line || !slices.ContainsFunc(r.Commands(), func(c router.Command) bool { return strings.HasPrefix(c.Name, s.Line+" ") }) {
			t.Errorf("/%s says %q", s.Name, s.Line)
		}
	}
	for _, c := range r.Commands() {
		group, _, several := strings.Cut(c.Name, " ")
		if several && !slices.ContainsFunc(v.Slash, func(s chat.Slash) bool { return s.Line == group }) {
			t.Errorf("no slash command begins %q", c.Name)
		}
	}
}

// TestRoles asks the gate about every command, as everybody. The table is
// testdata/roles.golden: a new command wants a row in it, and a person who reads
// the row.
func TestRoles(t *testing.T) {
	house := houses(t)
	everybody := []struct {
		name string
		by   chat.Person
		role string
	}{
		{"outside", chat.Person{Platform: "slack", ID: "U9", External: true}, ""},
		{"viewer", ada, ""},
		{"responder", ada, "responder"},
		{"commander", ada, "commander"},
		{"admin", ada, "admin"},
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-24s", "")
	for _, who := range everybody {
		fmt.Fprintf(&table, " %-9s", who.name)
	}
	for _, c := range house("").router.Commands() {
		fmt.Fprintf(&table, "\n%-24s", c.Name)
		for i, who := range everybody {
			answer := "yes"
			if house(c.Name).say(t, c.Example, who.by, who.role).Failed {
				answer = "no"
			}
			fmt.Fprintf(&table, " %-9s", answer)
			if want := i > 0 && cre.Rank(i-1) >= c.Rank; (answer == "yes") != want {
				t.Errorf("%s: %s is told %s", c.Name, who.name, answer)
			}
		}
	}
	golden(t, "testdata/roles.golden", trimmed(table.String()))
}

func trimmed(text string) string {
	return regexp.MustCompile(` +\n`).ReplaceAllString(text+"\n", "\n")
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
