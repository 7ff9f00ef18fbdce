package router

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// smallHouse has a few commands of each rank, and nobody is admin.
func smallHouse() *Router {
	named := func(name string, rank cre.Rank, aliases ...string) Command {
		c := command[openArgs](name)
		c.Aliases, c.Rank, c.Summary = aliases, rank, "do "+name
		return c
	}
	hidden := named("incident pin", cre.Viewer)
	hidden.Hidden = true
	return New([]Command{
		named("incident declare", cre.Responder, "incident new", "incident open"),
		named("incident list", cre.Viewer, "incidents"),
		hidden,
		named("incident customers add", cre.Responder, "incident customers"),
		named("cre customer", cre.Viewer),
		named("cre customer add", cre.Commander),
		named("slo show", cre.Viewer),
		named("cre wipe", cre.Admin),
	}, With{Rules: &cre.Settings{Roles: cre.Access{Responder: []string{"slack:U1"}}}, Count: func(string, string) {}})
}

func TestFind(t *testing.T) {
	r := smallHouse()
	for line, want := range map[string]string{
		"incident declare sev2 x":      "incident declare|sev2 x",
		"/incident declare x":          "incident declare|x",
		" / incident declare x":        "incident declare|x",
		"/cre incident declare x":      "incident declare|x",
		"cre incident new x":           "incident declare|x",
		"CRE Incident\tOPEN\n\nx":      "incident declare|x",
		"incident\u00a0declare\u00a0x": "incident declare|x",
		"incident declare":             "incident declare|",
		"incidents":                    "incident list|",
		"cre incidents --all":          "incident list|--all",
		"incident customers acme":      "incident customers add|acme",
		"incident customers add acme":  "incident customers add|acme",
		"cre customer add acme":        "cre customer add|acme",
		"cre customer addition":        "cre customer|addition",
		"cre slo show x":               "slo show|x",
		"incident pin":                 "incident pin|",
		"help incident declare":        "help|incident declare",
		"/incident help":               "help|",
		"cre help":                     "help|",
		"incident declared x":          "",
		"incident":                     "",
		"cre":                          "",
		"cre cre incident declare":     "",
		"declare x":                    "",
		"":                             "",
		"/":                            "",
		"\xff":                         "",
	} {
		c, rest := r.find(line)
		got := ""
		if c != nil {
			got = c.Name + "|" + rest
		}
		if got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

// alone tells what somebody may run who is linked with nobody.
func alone(r *Router, who chat.Person, role string) func(*Command) bool {
	return runs(who, role, r.with.Rules.Roles.Rank(who, role))
}

func say(r *Router, who chat.Person, line string) chat.Reply {
	return r.unknown(&chat.Event{By: who, Line: line}, alone(r, who, ""))
}

func TestNearest(t *testing.T) {
	r := smallHouse()
	for line, want := range map[string]string{
		"incident declre checkout is down":   "incident declare",
		"incident nwe x":                     "incident declare",
		"/cre incident decalre x":            "incident declare",
		"inciden\nlist\n\nnow":               "incident list",
		"inciden list":                       "incident list",
		"cre custmer acme":                   "cre customer",
		"slo shwo":                           "slo show",
		"halp":                               "help",
		strings.Repeat("slo shox", 50_000):   "",
		"**incident** <@slack:U1|x> declare": "",
	} {
		reply := say(r, ada, line)
		text := reply.Message.Text.String()
		if want != "" && !strings.Contains(text, "Did you mean "+want+"?") || !reply.Failed || !strings.Contains(text, "Example:") {
			t.Errorf("%.40q gets %q, want %q", line, text, want)
		}
		if len(text) > 500 || strings.Contains(text, "`") {
			t.Errorf("%.40q is repeated as %.600q", line, text)
		}
		for _, l := range reply.Message.Text.Lines() {
			for _, span := range l.Spans {
				if span.Kind != chat.SpanPlain && span.Kind != chat.SpanCode {
					t.Errorf("%.40q becomes markup: %+v", line, span)
				}
			}
		}
	}
}

func TestNearestIsNotHidden(t *testing.T) {
	if got := smallHouse().nearest("incident pinn").Name; got == "incident pin" {
		t.Errorf("%q is offered, which only buttons say", got)
	}
}

// listed is what a line that only asks lists, one command a line.
func listed(m chat.Message) string {
	var names []string
	for _, l := range m.Text.Lines() {
		if l.Bullet {
			names = append(names, strings.TrimSuffix(strings.Split(l.Spans[0].Text, " [")[0], " TITLE"))
		}
	}
	return strings.Join(names, ", ")
}

func TestGroups(t *testing.T) {
	r := smallHouse()
	for line, want := range map[string]string{
		"incident":      "incident declare, incident list, incident customers add",
		"/INCIDENT ":    "incident declare, incident list, incident customers add",
		"cre incident":  "incident declare, incident list, incident customers add",
		"/cre incident": "incident declare, incident list, incident customers add",
		"cre":           "cre customer, cre customer add",
		"slo":           "slo show",
		"":              "incident declare, incident list, incident customers add, cre customer, cre customer add, slo show, help",
	} {
		reply := say(r, ada, line)
		if got := listed(reply.Message); got != want || reply.Failed {
			t.Errorf("%q lists %q, want %q", line, got, want)
		}
	}
}

// TestHelpIsForThePerson: it lists what they may run, and nothing else.
func TestHelpIsForThePerson(t *testing.T) {
	r := smallHouse()
	guest := ada
	guest.External = true
	for _, c := range []struct {
		who  chat.Person
		role string
		want string
	}{
		{ada, "", "incident declare, incident list, incident customers add, cre customer, cre customer add, slo show, help"},
		{bob, "", "incident list, cre customer, slo show, help"},
		{bob, "admin", "incident declare, incident list, incident customers add, cre customer, cre customer add, cre wipe, slo show, help"},
		{ada, "viewer", "incident list, cre customer, slo show, help"},
		{guest, "", ""},
		{guest, "viewer", "incident list, cre customer, slo show, help"},
	} {
		if got := listed(r.list(alone(r, c.who, c.role), "")); got != c.want {
			t.Errorf("%s as %q is shown %q, want %q", c.who.Name, c.role, got, c.want)
		}
	}
}

func TestComplete(t *testing.T) {
	r := smallHouse()
	values := func(p chat.Person, typed string) string {
		var all []string
		for _, o := range r.complete(alone(r, p, ""), typed) {
			all = append(all, o.Value)
		}
		return strings.Join(all, "|")
	}
	for _, c := range []struct {
		who         chat.Person
		typed, want string
	}{
		{ada, "incident d", "incident declare "},
		{ada, "/INCIDENT ne", "incident declare "},
		{ada, "incident p", ""},
		{ada, "cre", "cre customer |cre customer add |help "},
		{bob, "cre", "cre customer |help "},
		{bob, "incident d", ""},
		{ada, "zzz", ""},
		{chat.Person{Platform: "slack", ID: "U1", External: true}, "", ""},
	} {
		if got := values(c.who, c.typed); got != c.want {
			t.Errorf("%s types %q: %q, want %q", c.who.Name, c.typed, got, c.want)
		}
	}
}

// TestOverview: help explains what is used most, and names all the rest.
func TestOverview(t *testing.T) {
	var all []Command
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i j"} {
		c := command[openArgs]("incident " + name)
		c.Summary = "do " + name
		all = append(all, c)
	}
	r := New(all, With{Rules: &cre.Settings{}})
	got := r.list(func(*Command) bool { return true }, "").Text.String()
	for _, want := range []string{"- incident a do a\n", "- incident g do g\n- also incident h, incident i j\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if strings.Contains(got, "do h") {
		t.Errorf("%q explains what is used least", got)
	}
}

func TestExplain(t *testing.T) {
	r := smallHouse()
	c, _ := r.find("incident declare")
	got := c.explain().Text.String()
	for _, want := range []string{"incident declare [SEVERITY] [customer:…] [--drill] TITLE", "will do incident declare",
		"Example: incident declare x", "- SEVERITY: how bad", "incident new, incident open"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if strings.Contains(got, "again") || strings.Contains(got, "origin") {
		t.Errorf("%q tells of what is hidden", got)
	}
}
