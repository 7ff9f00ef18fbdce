package router_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/commands"
	"cresset/store"
)

// field is a field of the form.
func field(t *testing.T, r chat.Reply, name string) chat.FormField {
	t.Helper()
	if r.Form == nil {
		t.Fatalf("no form but %+v", r)
	}
	i := slices.IndexFunc(r.Form.Fields, func(f chat.FormField) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("the form has no field %s: %+v", name, r.Form.Fields)
	}
	return r.Form.Fields[i]
}

func values(options []chat.Option) string {
	var all []string
	for _, o := range options {
		all = append(all, o.Value)
	}
	return strings.Join(all, " ")
}

// TestServicesFollowTheCustomers: the form is drawn anew with what was filled in,
// nothing of it is written, and who may not run the command gets none.
func TestServicesFollowTheCustomers(t *testing.T) {
	h := opened(t)
	first := h.say(ada, "incident declare")
	if got := values(field(t, first, "service").Options); got != "checkout export payments" {
		t.Errorf("with no customer the services are %q", got)
	}
	if !field(t, first, "customer").Live || field(t, first, "severity").Live {
		t.Error("the services follow the customers alone")
	}
	before := h.records()
	ev := h.event(ada, first.Form.Line)
	ev.Draft, ev.Values = true, map[string]string{"customer": "globex", "title": "exports hang", "service": "billing", "severity": "sev9"}
	again := h.handle(ev)
	if got := values(field(t, again, "service").Options); got != "export billing" {
		t.Errorf("of globex the services are %q, want what was said to stay among them", got)
	}
	if got := field(t, again, "title").Value; got != "exports hang" {
		t.Errorf("the title is %q now", got)
	}
	h.unchanged("drawing a form anew", before)
	ev = h.event(eve, first.Form.Line)
	ev.Draft = true
	if r := h.handle(ev); r.Form != nil || !r.Failed {
		t.Errorf("who may only look got %+v", r)
	}
}

// TestNamed: what was given by name is taken literally, and with words missing a
// form opens.
func TestNamed(t *testing.T) {
	h := opened(t)
	ev := h.event(ada, "incident declare")
	ev.Named = map[string]string{"severity": "sev2", "title": `customer:acme is "slow" --private`, "customer": "globex"}
	if r := h.handle(ev); r.Failed {
		t.Fatalf("refused: %s", r.Message.Text)
	}
	inc := h.incident(1)
	if inc.Title != `customer:acme is "slow" --private` || inc.Private || !slices.Equal(inc.Customers, []string{"globex"}) {
		t.Errorf("declared is %+v", inc)
	}
	if line := h.last().Line; line != `incident declare customer:"globex" severity:"sev2" title:"customer:acme is \"slow\" --private"` {
		t.Errorf("the audit has %s", line)
	}
	ev = h.event(ada, "incident declare")
	ev.Named = map[string]string{"severity": "sev3"}
	if got := field(t, h.handle(ev), "severity").Value; got != "sev3" {
		t.Errorf("the form begins with the severity %q", got)
	}
}

// TestSuggest: proposals begin with what is open, and tell nobody of what they
// may not see.
func TestSuggest(t *testing.T) {
	h := opened(t)
	h.rules.Platforms = []string{"slack", "discord"}
	h.rules.Departments = []cre.Department{{Name: "sales"}, {Name: "support"}}
	for _, line := range []string{"incident declare sev2 checkout is slow", "incident declare --private sev1 keys leaked", "incident declare sev3 Checkout is red",
		"cre request customer:acme the export is slow"} {
		h.must(ada, line)
		h.now = h.now.Add(time.Hour)
	}
	h.must(ada, "incident resolve INC-3")
	for _, c := range []struct {
		who               chat.Person
		from, typed, want string
	}{
		{ada, chat.Incidents, "", "INC-2 INC-1 INC-3"},
		{ada, chat.Incidents, " CHECKOUT", "INC-1 INC-3"},
		{ada, chat.Incidents, "inc-2", "INC-2"},
		{bob, chat.Incidents, "", "INC-1 INC-3"},
		{eve, chat.Incidents, "leaked", ""},
		{bob, chat.Requests, "export", "R-1"},
		{bob, chat.Customers, "gmbh", "acme"},
		{bob, "services", "pay", "payments"},
		{bob, "departments", "sal", "sales"},
		{bob, chat.Platforms, "disc", "discord"},
		{bob, "nowhere", "", ""},
		{guest, chat.Customers, "", ""},
		{chat.Person{}, chat.Requests, "", ""},
	} {
		if got := values(h.router.Suggest(c.who, c.from, c.typed)); got != c.want {
			t.Errorf("%s typed %q: %s proposed are %q, want %q", c.who.Shown(), c.typed, c.from, got, c.want)
		}
	}
}

// TestPlatformsAreOffered: where an incident may get another room is asked for if there
// is a choice, and offered.
func TestPlatformsAreOffered(t *testing.T) {
	h := opened(t)
	h.rules.Platforms = []string{"slack", "discord", "console"}
	h.must(ada, declare)
	before := h.records()
	asked := h.say(ada, "incident mirror INC-1")
	f := field(t, asked, "platform")
	if values(f.Options) != "discord console" || f.Kind != chat.Choice || !strings.Contains(asked.Message.Text.String(), "There is discord and console.") {
		t.Errorf("offered: %+v\n%s", f, asked.Message.Text)
	}
	h.unchanged("asking where", before)
	ev := h.event(ada, asked.Form.Line)
	ev.Values = map[string]string{"incident": "INC-1", "platform": "discord"}
	if r := h.handle(ev); r.Failed {
		t.Fatalf("refused: %s", r.Message.Text)
	}
	if r := h.say(ada, "incident mirror INC-1"); r.Failed || r.Form != nil || h.incident(1).RoomOn("console") == nil {
		t.Errorf("the only one that is left is meant, but: %+v", r)
	}
	h.must(ada, "incident declare sev3 --private we leaked a token")
	h.rules.Roomless = []string{"console"}
	if r := h.say(ada, "incident mirror INC-2"); r.Form != nil || !strings.Contains(r.Message.Text.String(), "nobody in it on Discord") {
		t.Errorf("a private one is only meant to go where there are rooms, but: %+v", r)
	}
	if r := h.say(eve, "incident mirror INC-2"); r.Form != nil {
		t.Errorf("who may not mirror is asked where: %+v", r.Form)
	}
	if r := h.say(bob, "incident mirror INC-2"); r.Form != nil || !strings.Contains(r.Message.Text.String(), "There is no incident INC-2") {
		t.Errorf("who may not see it is told %+v", r)
	}
	if got := values(field(t, h.say(ada, "incident mirror"), "platform").Options); got != "slack discord console" {
		t.Errorf("of no incident yet: %q", got)
	}
}

// TestVerbs: a platform that registers commands knows every one that help shows.
func TestVerbs(t *testing.T) {
	verbs := router.Verbs(commands.All())
	by := map[string]chat.Verb{}
	for _, v := range verbs {
		by[v.Line] = v
	}
	for _, c := range commands.All() {
		if _, ok := by[c.Name]; ok == c.Hidden {
			t.Errorf("%s: hidden %v, a verb %v", c.Name, c.Hidden, ok)
		}
	}
	if help, ok := by["cre help"]; !ok || len(help.Fields) != 1 {
		t.Errorf("who looks for help in a menu of commands finds %+v", help)
	}
	declare := by["incident declare"]
	if len(declare.Fields) == 0 || declare.Fields[0].Name != "title" || declare.Fields[0].Optional {
		t.Errorf("what must be said comes first: %+v", declare.Fields)
	}
	if i := slices.IndexFunc(declare.Fields, func(f chat.FormField) bool { return f.Name == "again" }); i >= 0 {
		t.Error("a hidden argument is offered")
	}
	if f := by["incident mirror"].Fields; len(f) != 2 || f[1].From != chat.Platforms || f[1].Kind != chat.Choice || !f[1].Optional {
		t.Errorf("where to mirror is a choice: %+v", f)
	}
	if f := by["cre like"].Fields; len(f) == 0 || f[0].From != "" {
		t.Errorf("of what a request is about nothing can be proposed: %+v", f)
	}
	if f := by["incident update"].Fields; len(f) < 2 || f[1].From != chat.Incidents {
		t.Errorf("an incident is proposed from the incidents: %+v", f)
	}
}

// TestNoteOfAnEarlierTime: a time is the last that was so, in the house's zone.
func TestNoteOfAnEarlierTime(t *testing.T) {
	h := opened(t)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	h.rules.Zone = paris // where it is 11:00
	h.must(ada, declare)
	for at, want := range map[string]string{"09:50": "2026-11-20T08:50:00Z", "23:30": "2026-11-19T22:30:00Z",
		`"2026-11-18 10:00"`: "2026-11-18T09:00:00Z", "2026-11-20T09:59:00Z": "2026-11-20T09:59:00Z"} {
		h.must(ada, "incident note INC-1 at:"+at+" it began")
		if got := h.latest("INC-1").At.UTC().Format(time.RFC3339); got != want {
			t.Errorf("at:%s is %s, want %s", at, got, want)
		}
	}
	for _, at := range []string{"25:00", "soon", "2026-11-21T10:00"} {
		if r := h.say(ada, "incident note INC-1 at:"+at+" it began"); !r.Failed {
			t.Errorf("at:%s was taken: %s", at, r.Message.Text)
		}
	}
}

func (h *house) incident(n uint64) (inc *cre.Incident) {
	h.Helper()
	h.view(func(tx store.Tx) (err error) { inc, err = store.Incidents.Get(tx, store.Key(n)); return err })
	if inc == nil {
		h.Fatalf("there is no incident %d", n)
	}
	return inc
}

// latest is the entry that was written last.
func (h *house) latest(incident string) (last cre.Entry) {
	h.Helper()
	h.view(func(tx store.Tx) error {
		for e, err := range store.Timeline.Under(tx, store.Key(incident), store.Page{}) {
			if err != nil {
				return err
			}
			last = *e
		}
		return nil
	})
	return last
}
