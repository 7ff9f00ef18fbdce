package router

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

var (
	ada = chat.Person{Platform: "slack", ID: "U1", Name: "ada"}
	bob = chat.Person{Platform: "slack", ID: "U2", Name: "bob"}
	now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) // a Friday
)

// What the commands of these tests take: between them every kind of argument.
type (
	openArgs struct {
		Severity cre.Severity `arg:"severity,optional" help:"how bad"`
		Customer []string     `arg:"customer,key" from:"customers" help:"who"`
		Drill    bool         `arg:"drill"`
		Again    bool         `arg:"again,hidden"`
		Origin   string       `arg:"origin,key,hidden"`
		Title    string       `arg:"title,rest" from:"about" help:"what"`
	}
	taskArgs struct {
		Incident cre.IncidentID `arg:"incident,optional"`
		Who      chat.Person    `arg:"who,optional"`
		Due      time.Time      `arg:"due,key"`
		Next     time.Duration  `arg:"next,key"`
		Task     string         `arg:"task,rest,lines"`
	}
	roleArgs struct {
		Role     cre.Role       `arg:"role"`
		Who      chat.Person    `arg:"who"`
		Incident cre.IncidentID `arg:"incident,optional"`
	}
	gradeArgs struct {
		Incident cre.IncidentID `arg:"incident,optional"`
		Severity cre.Severity   `arg:"severity"`
	}
	affectArgs struct {
		Incident  cre.IncidentID `arg:"incident,optional"`
		Customers []string       `arg:"customers"`
	}
	doneArgs struct {
		Task     int            `arg:"task"`
		Minutes  int            `arg:"minutes,key"`
		Incident cre.IncidentID `arg:"incident,optional"`
	}
	mergeArgs struct {
		Incident cre.IncidentID `arg:"incident,optional"`
		Into     cre.IncidentID `arg:"into"`
	}
	fileArgs struct {
		Customer string            `arg:"customer,key"`
		Facts    map[string]string `arg:"fact,facts"`
		What     string            `arg:"what,rest"`
	}
	addArgs struct {
		Request cre.RequestID     `arg:"request"`
		Impact  cre.Impact        `arg:"impact,key"`
		Facts   map[string]string `arg:"fact,facts"`
		Text    string            `arg:"text,rest,otherwise"`
	}
)

var kindsOfTests = &cre.Settings{Kinds: []cre.RequestKind{
	{Name: "bug", Facts: []cre.Fact{{Name: "customer", Required: true}, {Name: "version"}}},
	{Name: "access", Facts: []cre.Fact{{Name: "who", Required: true}}}}}

func command[A any](name string) Command {
	return Handle(Command{Name: name, Summary: "do it", Example: name + " x"},
		func(*workflow.Step, A) (chat.Reply, error) { return chat.Reply{}, nil })
}

func read(c Command, line string, values map[string]string) call {
	env := &reading{now: now, zone: time.UTC, rules: kindsOfTests, ev: &chat.Event{By: ada, Values: values,
		People: map[string]chat.Person{"bob": bob, "slack:U2": bob}}}
	return env.read(&c, line)
}

func TestRead(t *testing.T) {
	open, task := command[openArgs]("open"), command[taskArgs]("task")
	role, grade := command[roleArgs]("role"), command[gradeArgs]("grade")
	affect, done, merge := command[affectArgs]("affect"), command[doneArgs]("done"), command[mergeArgs]("merge")
	file, add := command[fileArgs]("file"), command[addArgs]("add")
	day := func(d int) time.Time { return time.Date(2026, 11, d, 23, 59, 0, 0, time.UTC) }
	for _, c := range []struct {
		command Command
		line    string
		want    any
	}{
		{open, "sev2 checkout is down", openArgs{Severity: cre.Sev2, Title: "checkout is down"}},
		{open, "checkout is down", openArgs{Title: "checkout is down"}},
		{open, "checkout is sev2", openArgs{Title: "checkout is sev2"}},
		{open, "p99 latency doubled", openArgs{Title: "p99 latency doubled"}},
		{open, "SEV-1 down", openArgs{Severity: cre.Sev1, Title: "down"}},
		{open, "severity:critical down", openArgs{Severity: cre.Sev1, Title: "down"}},
		{open, "--drill x --again", openArgs{Drill: true, Again: true, Title: "x"}},
		{open, "x —drill", openArgs{Drill: true, Title: "x"}},
		{open, "x –Drill", openArgs{Drill: true, Title: "x"}},
		{open, "x --force — really", openArgs{Title: "x --force — really"}},
		{open, "a customer:acme b customer:globex,initech c", openArgs{Customer: []string{"acme", "globex", "initech"}, Title: "a b c"}},
		{open, `Customer:"Acme GmbH" slow`, openArgs{Customer: []string{"Acme GmbH"}, Title: "slow"}},
		{open, `origin:"a b" x`, openArgs{Origin: "a b", Title: "x"}},
		{open, `origin:"never closed x`, openArgs{Origin: "never closed x"}},
		{open, "customer: acme is angry", openArgs{Title: "customer: acme is angry"}},
		{open, "Title: checkout", openArgs{Title: "Title: checkout"}},
		{open, "see https://x.test/?a=b at 10:30 drill:yes", openArgs{Title: "see https://x.test/?a=b at 10:30 drill:yes"}},
		{open, "sev3 one\n  two\n\nthree", openArgs{Severity: cre.Sev3, Title: "one\n  two\n\nthree"}},
		{open, "  spaced \u00a0out  ", openArgs{Title: "spaced \u00a0out"}},

		{task, "INC-7 call them", taskArgs{Incident: "INC-7", Task: "call them"}},
		{task, "inc7 @bob call them", taskArgs{Incident: "INC-7", Who: bob, Task: "call them"}},
		{task, "call them @bob", taskArgs{Who: bob, Task: "call them"}},
		{task, "call them @bob due:2026-11-27", taskArgs{Who: bob, Due: day(27), Task: "call them"}},
		{task, "call @bob today", taskArgs{Task: "call @bob today"}},
		{task, "me call them", taskArgs{Who: ada, Task: "call them"}},
		{task, "call @me", taskArgs{Who: ada, Task: "call"}},
		{task, "ask bob to call me", taskArgs{Task: "ask bob to call me"}},
		{task, "who:slack:U2 call", taskArgs{Who: bob, Task: "call"}},
		{task, "look at INC-9", taskArgs{Task: "look at INC-9"}},
		{task, "incident:inc-9 look", taskArgs{Incident: "INC-9", Task: "look"}},
		{task, "Incident: it began again", taskArgs{Task: "Incident: it began again"}},
		{task, "due:friday next:1h30m x", taskArgs{Due: day(27), Next: 90 * time.Minute, Task: "x"}},

		{role, "ops @bob", roleArgs{Role: cre.Ops, Who: bob}},
		{role, "ic me INC-1", roleArgs{Role: cre.Lead, Who: ada, Incident: "INC-1"}},
		{role, "INC-1 ops @bob", roleArgs{Role: cre.Ops, Who: bob, Incident: "INC-1"}},
		{role, "ops INC-1 @bob", roleArgs{Role: cre.Ops, Who: bob, Incident: "INC-1"}},
		{role, "INC-1 who:@bob role:scribe", roleArgs{Role: cre.Scribe, Who: bob, Incident: "INC-1"}},

		{grade, "INC-1 sev1", gradeArgs{Incident: "INC-1", Severity: cre.Sev1}},
		{grade, "sev1 INC-1", gradeArgs{Incident: "INC-1", Severity: cre.Sev1}},
		{grade, "sev1", gradeArgs{Severity: cre.Sev1}},

		{file, `version:2.4 customer:acme it fails who:"eve and bob"`, fileArgs{Customer: "acme", Facts: map[string]string{"version": "2.4", "who": "eve and bob"}, What: "it fails"}},
		{file, "Version:2.4 plan:gold fact:x it fails: who:", fileArgs{Facts: map[string]string{"version": "2.4"}, What: "plan:gold fact:x it fails: who:"}},
		{add, "R-1 who:eve", addArgs{Request: "R-1", Facts: map[string]string{"who": "eve"}}},
		{add, "R-1 impact:high", addArgs{Request: "R-1", Impact: cre.High}},
		{add, "R-1 since monday", addArgs{Request: "R-1", Text: "since monday"}},

		{affect, "INC-1 acme globex, initech", affectArgs{Incident: "INC-1", Customers: []string{"acme", "globex", "initech"}}},
		{affect, "acme globex INC-1", affectArgs{Incident: "INC-1", Customers: []string{"acme", "globex"}}},
		{affect, "acme , globex", affectArgs{Customers: []string{"acme", "globex"}}},
		{affect, "acme", affectArgs{Customers: []string{"acme"}}},

		{done, "12 minutes:30", doneArgs{Task: 12, Minutes: 30}},
		{done, "minutes:30 12", doneArgs{Task: 12, Minutes: 30}},
		{done, "12 INC-1", doneArgs{Task: 12, Incident: "INC-1"}},
		{done, "INC-1 12", doneArgs{Task: 12, Incident: "INC-1"}},

		{merge, "INC-1 INC-2", mergeArgs{Incident: "INC-1", Into: "INC-2"}},
		{merge, "INC-2", mergeArgs{Into: "INC-2"}},
		{merge, "into:INC-2 INC-1", mergeArgs{Incident: "INC-1", Into: "INC-2"}},
	} {
		got := read(c.command, c.line, nil)
		if got.err != nil || !reflect.DeepEqual(got.args.Interface(), c.want) {
			t.Errorf("%s %q\n got %+v, %v\nwant %+v", c.command.Name, c.line, got.args, got.err, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	open, task := command[openArgs]("open"), command[taskArgs]("task")
	role, done, affect := command[roleArgs]("role"), command[doneArgs]("done"), command[affectArgs]("affect")
	add := command[addArgs]("add")
	for _, c := range []struct {
		command Command
		line    string
		about   string // the argument that is wrong, or what the refusal names
		missing []string
	}{
		{open, "", "", []string{"title"}},
		{open, "sev2 --drill", "", []string{"title"}},
		{open, "sev9 x", "severity", nil},
		{task, "@eve look", "who", nil},
		{task, "due:someday x", "due", nil},
		{task, "next:soon x", "next", nil},
		{task, "next:10s x", "next", nil},
		{task, "incident:R-1 x", "incident", nil},
		{role, "", "", []string{"role", "who"}},
		{role, "boss @bob", "role", nil},
		{role, "ops", "", []string{"who"}},
		{role, "ops @bob INC-1 INC-2", "INC-2", nil},
		{role, "ops @bob now please", "now please", nil},
		{done, "twelve", "task", nil},
		{done, "-3", "task", nil},
		{done, "1 minutes:long", "minutes", nil},
		{affect, "INC-1", "", []string{"customers"}},
		{add, "R-1", "", []string{"text"}},
		{add, "R-1 who:eve", "", nil},
		{add, "R-1 impact:low", "", nil},
	} {
		got := read(c.command, c.line, nil)
		switch {
		case !slices.Equal(got.missing, c.missing):
			t.Errorf("%s %q: missing %q, want %q", c.command.Name, c.line, got.missing, c.missing)
		case c.about == "" && got.err != nil:
			t.Errorf("%s %q: %v", c.command.Name, c.line, got.err)
		case c.about != "" && (got.err == nil || got.problems[c.about] == "" && !strings.Contains(got.err.Error(), c.about)):
			t.Errorf("%s %q: %v with %v, want it to be about %q", c.command.Name, c.line, got.err, got.problems, c.about)
		}
	}
}

// Facts are told by an option of their own as they are in a line.
func TestFactsByOption(t *testing.T) {
	c := command[fileArgs]("file")
	env := &reading{now: now, rules: kindsOfTests, ev: &chat.Event{By: ada, Named: map[string]string{"what": "who:eve asks", "fact": `version:2.4 who:"a b"`}}}
	got := env.read(&c, "")
	want := fileArgs{Facts: map[string]string{"version": "2.4", "who": "a b"}, What: "who:eve asks"}
	if got.err != nil || !reflect.DeepEqual(got.args.Interface(), want) {
		t.Errorf("got %+v, %v", got.args, got.err)
	}
}

// TestValues: what a form was filled with goes over what the line said; what was
// left empty does not.
func TestValues(t *testing.T) {
	open, task := command[openArgs]("open"), command[taskArgs]("task")
	for _, c := range []struct {
		command Command
		line    string
		values  map[string]string
		want    any
	}{
		{open, "", map[string]string{"severity": "sev1", "customer": "acme, globex", "drill": "true", "title": " down "},
			openArgs{Severity: cre.Sev1, Customer: []string{"acme", "globex"}, Drill: true, Title: "down"}},
		{open, "sev3 customer:initech old", map[string]string{"severity": "", "customer": "acme", "drill": "false", "title": "new"},
			openArgs{Severity: cre.Sev3, Customer: []string{"acme"}, Title: "new"}},
		{open, `--again origin:"it's"`, map[string]string{"title": "customer:acme --drill sev1"},
			openArgs{Again: true, Origin: "it's", Title: "customer:acme --drill sev1"}},
		{task, "", map[string]string{"who": "slack:U2", "due": "2026-11-30", "task": "one\ntwo", "unknown": "x"},
			taskArgs{Who: bob, Due: time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC), Task: "one\ntwo"}},
		{task, "", map[string]string{"who": "@bob", "task": "x"}, taskArgs{Who: bob, Task: "x"}},
		{task, "", map[string]string{"who": "slack:U9", "task": "x"}, taskArgs{Who: chat.Person{Platform: "slack", ID: "U9"}, Task: "x"}},
	} {
		got := read(c.command, c.line, c.values)
		if got.err != nil || len(got.missing) > 0 || !reflect.DeepEqual(got.args.Interface(), c.want) {
			t.Errorf("%q with %v\n got %+v, %v, missing %v\nwant %+v", c.line, c.values, got.args, got.err, got.missing, c.want)
		}
	}
	got := read(task, "", map[string]string{"who": "discord:U2", "due": "someday", "task": "x"})
	if keys := slices.Sorted(maps.Keys(got.problems)); !slices.Equal(keys, []string{"due", "who"}) {
		t.Errorf("problems at %q, want both at their fields", keys)
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"30": 30 * time.Minute, "30m": 30 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1.5h": 90 * time.Minute,
		"": 0, "0": 0, "-5m": 0, "59s": 0, "367d": 0, "9000h": 0, "-1d": 0, "xd": 0, "soon": 0, "999999999999d": 0, "1e9h": 0} {
		got, err := parseDuration(text)
		if got != want && err == nil || (err == nil) != (want != 0) {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestDay(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	saturday := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC) // in Paris it is Sunday, and the clock goes forward
	for text, want := range map[string]string{
		"today": "2026-03-29", "Tomorrow": "2026-03-30", "mon": "2026-03-30", "Sunday": "2026-04-05", "sat": "2026-04-04", "0d": "2026-03-29", "3d": "2026-04-01",
		"2026-03-29": "2026-03-29", "2026-10-25": "2026-10-25", "2028-02-29": "2028-02-29",
		"2026-02-29": "", "29.3.2026": "", "su": "", "someday": "", "": "", "3h": "", "sundays": "",
	} {
		got, err := parseDay(text, saturday, paris)
		if want == "" {
			if err == nil {
				t.Errorf("%q is %v, want a refusal", text, got)
			}
			continue
		}
		if err != nil || got.In(paris).Format("2006-01-02 15:04") != want+" 23:59" {
			t.Errorf("%q is %v, %v; want the end of %s", text, got, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, line := range []string{"", "sev2 x", `customer:"a b`, "--drill \u00a0@bob", "INC-1\n\nx", ":", "::", "who:", "-- — –", "due:friday", "\xff", `a:"b"c`} {
		f.Add(line, "")
	}
	f.Add("x", "slack:U2")
	commands := []Command{command[openArgs]("a"), command[taskArgs]("b"), command[roleArgs]("c"), command[gradeArgs]("d"), command[affectArgs]("e"), command[doneArgs]("f"), command[mergeArgs]("g")}
	plain := Handle(Command{Name: "note"}, func(*workflow.Step, struct {
		Text string `arg:"text,rest"`
	}) (chat.Reply, error) {
		return chat.Reply{}, nil
	})
	f.Fuzz(func(t *testing.T, line, value string) {
		for _, c := range commands {
			values := map[string]string{}
			for _, a := range c.args {
				values[a.name] = value
			}
			got := read(c, line, values)
			if got.err == nil && len(got.problems) > 0 {
				t.Errorf("%s %q: problems %v and no refusal", c.Name, line, got.problems)
			}
		}
		got := read(plain, line, nil)
		if want := strings.TrimFunc(line, unicode.IsSpace); got.args.Field(0).String() != want {
			t.Errorf("%q is read as %q", line, got.args.Field(0).String())
		}
	})
}
