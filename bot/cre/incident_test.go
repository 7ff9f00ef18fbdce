package cre

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

var everyStatus = []Status{Triage, Investigating, Identified, Mitigated, Resolved, Closed, Declined, Merged, Cancelled}

// TestMove: a row is where the incident is, a column where it is to go, in the
// order of everyStatus. + goes, . does not.
func TestMove(t *testing.T) {
	table := []string{
		//            TVIMRC dmx
		/* triage */ ".++++." + "+++",
		/* investig. */ "+.+++." + "+++",
		/* identified */ "++.++." + ".++",
		/* mitigated */ "+++.+." + ".++",
		/* resolved */ ".....+" + "...",
		/* closed */ "......" + "...",
		/* declined */ "......" + "...",
		/* merged */ "......" + "...",
		/* cancelled */ "......" + "...",
	}
	for i, from := range everyStatus {
		for k, to := range everyStatus {
			inc := &Incident{ID: "INC-7", Status: from, Times: map[Moment]time.Time{DeclaredAt: noon.Add(-time.Hour)}}
			before := maps.Clone(inc.Times)
			err := inc.Move(to, noon)
			if wanted := table[i][k] == '+'; (err == nil) != wanted {
				t.Errorf("%s to %s: %v, want it to go: %v", from, to, err, wanted)
			}
			if err == nil {
				if inc.Status != to {
					t.Errorf("%s to %s: it is %s", from, to, inc.Status)
				}
				continue
			}
			if !Is(err, Conflict) || inc.Status != from || !maps.Equal(inc.Times, before) {
				t.Errorf("%s to %s: the refusal %v changed %+v", from, to, err, inc)
			}
			if !strings.Contains(err.Error(), "INC-7") || !strings.HasSuffix(err.Error(), ".") {
				t.Errorf("%s to %s: %q is no sentence about INC-7", from, to, err)
			}
		}
	}
}

func TestMoveStamps(t *testing.T) {
	for to, want := range map[Status][]Moment{
		Identified: {Acknowledged},
		Mitigated:  {MitigatedAt},
		Resolved:   {MitigatedAt, ResolvedAt},
		Declined:   {ClosedAt},
		Merged:     {ClosedAt},
		Cancelled:  {ClosedAt},
	} {
		inc := &Incident{Status: Investigating}
		if err := inc.Move(to, noon); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(inc.Times)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s stamps %v, want %v", to, got, want)
		}
	}
}

func TestStampsStay(t *testing.T) {
	inc := &Incident{Status: Triage}
	for i, to := range []Status{Investigating, Mitigated, Resolved, Closed} {
		if err := inc.Move(to, noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	want := map[Moment]time.Time{Acknowledged: noon, MitigatedAt: noon.Add(time.Hour),
		ResolvedAt: noon.Add(2 * time.Hour), ClosedAt: noon.Add(3 * time.Hour)}
	if !maps.Equal(inc.Times, want) {
		t.Errorf("got %v, want %v", inc.Times, want)
	}
}

// TestBackToWork: what was mitigated and came back was not mitigated then.
func TestBackToWork(t *testing.T) {
	inc := &Incident{Status: Mitigated, Times: map[Moment]time.Time{Acknowledged: noon, MitigatedAt: noon}}
	if err := inc.Move(Identified, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := inc.Move(Resolved, noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := inc.Times[MitigatedAt]; !got.Equal(noon.Add(2 * time.Hour)) {
		t.Errorf("mitigated at %v", got)
	}
	if !inc.Times[Acknowledged].Equal(noon) {
		t.Error("it was acknowledged twice")
	}
}

func TestReopen(t *testing.T) {
	for _, from := range everyStatus {
		inc := &Incident{ID: "INC-7", Status: from, MergedInto: "INC-9", Times: map[Moment]time.Time{}}
		for _, m := range Moments {
			inc.Times[m] = noon
		}
		err := inc.Reopen()
		if may := !from.Open() && from != Merged; (err == nil) != may {
			t.Errorf("reopening one that is %s: %v", from, err)
		}
		if err != nil {
			if !Is(err, Conflict) || inc.Status != from || len(inc.Times) != len(Moments) {
				t.Errorf("the refusal %v changed %+v", err, inc)
			}
			continue
		}
		if inc.Status != Investigating || len(inc.Times) != len(Moments)-4 {
			t.Errorf("one that was %s is %s with %v", from, inc.Status, inc.Times)
		}
		for _, m := range []Moment{MitigatedAt, ResolvedAt, CustomerConfirmed, ClosedAt} {
			if _, ok := inc.Times[m]; ok {
				t.Errorf("one that goes on is still %s", m)
			}
		}
	}
}

func TestLasted(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	for name, c := range map[string]struct {
		times map[Moment]time.Time
		want  time.Duration
	}{
		"open":              {map[Moment]time.Time{DeclaredAt: at(0)}, 9 * time.Hour},
		"felt earlier":      {map[Moment]time.Time{DeclaredAt: at(0), ImpactStarted: at(-1)}, 10 * time.Hour},
		"resolved":          {map[Moment]time.Time{DeclaredAt: at(0), ResolvedAt: at(2)}, 2 * time.Hour},
		"closed days later": {map[Moment]time.Time{DeclaredAt: at(0), ResolvedAt: at(2), ClosedAt: at(5)}, 2 * time.Hour},
		"cancelled":         {map[Moment]time.Time{DeclaredAt: at(0), ClosedAt: at(1)}, time.Hour},
	} {
		if got := (&Incident{Times: c.times}).Lasted(at(9)); got != c.want {
			t.Errorf("%s lasted %s, want %s", name, got, c.want)
		}
	}
}

func TestVisibleTo(t *testing.T) {
	who := func(id string) chat.Person { return chat.Person{Platform: "slack", ID: id} }
	inc := &Incident{Private: true, Declarer: who("declarer"), Members: []chat.Person{who("member")},
		Roles: map[Role]chat.Person{Ops: who("ops")}}
	for p, want := range map[chat.Person]bool{
		who("declarer"): true, who("ops"): true, who("member"): true,
		{Platform: "slack", ID: "member", Name: "renamed"}: true,
		who("stranger"):                       false,
		who("Member"):                         false,
		{Platform: "discord", ID: "member"}:   false,
		{Platform: "slack", Name: "declarer"}: false,
		{}:                                    false,
	} {
		if got := inc.VisibleTo(p); got != want {
			t.Errorf("private, %+v sees it: %v, want %v", p, got, want)
		}
		if !(&Incident{}).VisibleTo(p) {
			t.Errorf("%+v does not see a public one", p)
		}
	}
	if (&Incident{Private: true, Roles: map[Role]chat.Person{Lead: {}}}).VisibleTo(chat.Person{}) {
		t.Error("nobody sees a private incident that nobody declared")
	}
}

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"Checkout returns 500":       "inc-1-checkout-returns-500",
		"  --API: /v1 down!!  ":      "inc-1-api-v1-down",
		"Zahlung über Österreich":    "inc-1-zahlung-ueber-oesterreich",
		"ÉCOLE élève":                "inc-1-ecole-eleve",
		"cafe\u0301 e\u0301te\u0301": "inc-1-cafe-ete",
		"Błąd płatności":             "inc-1-blad-platnosci",
		"決済エラー":                      "inc-1",
		"決済 API エラー":                 "inc-1-api",
		"🔥🔥🔥":                        "inc-1",
		"a 🔥":                        "inc-1-a",
		"…":                          "inc-1",
		"":                           "inc-1",
		"Оплата не работает: 500": "inc-1-oplata-ne-rabotaet-500",
		"Платежі не проходять":    "inc-1-platezhi-ne-prokhodyat",
		"Αποτυχία πληρωμής":       "inc-1-apotychia-pliromis",
		"İstanbul ﬁnal":           "inc-1-istanbul-nal",
	} {
		if got := (&Incident{ID: "INC-1", Title: title}).Slug(); got != want {
			t.Errorf("%q is called %q, want %q", title, got, want)
		}
	}
}

// A title in letters that no room name takes is left out for what it is about.
func TestSlugOfATitleWithoutLatinLetters(t *testing.T) {
	for title, want := range map[string]string{
		"決済が失敗する":        "inc-7-payments-acme",
		"🔥🔥🔥":            "inc-7-payments-acme",
		"הקופה לא עובדת": "inc-7-payments-acme",
		"決済 API が遅い":     "inc-7-api",
		"Оплата":         "inc-7-oplata",
	} {
		inc := Incident{ID: "INC-7", Title: title, Services: []string{"payments"}, Customers: []string{"acme"}}
		if got := inc.Slug(); got != want {
			t.Errorf("%q is called %q, want %q", title, got, want)
		}
	}
	long := Incident{ID: "INC-7", Title: "決済", Customers: slices.Repeat([]string{"acme"}, 50)}
	if n := len(long.Slug()); n > 78 {
		t.Errorf("%d characters", n)
	}
}

var roomName = regexp.MustCompile(`^inc-\d+(-[a-z0-9]+)*$`)

func FuzzSlug(f *testing.F) {
	for _, title := range []string{"", strings.Repeat("a", 300), strings.Repeat("ab ", 100), strings.Repeat("ß", 200), strings.Repeat("🔥 x", 99), "a-", "İ", "\xff"} {
		f.Add(title, uint64(1))
	}
	f.Add(strings.Repeat("x", 61), uint64(999_999_999_999_999_999))
	f.Fuzz(func(t *testing.T, title string, n uint64) {
		inc := &Incident{ID: fmt.Sprintf("INC-%d", n), Title: title}
		slug := inc.Slug()
		if len(slug) > 78 { // "-b" has to fit
			t.Errorf("%q has %d characters", slug, len(slug))
		}
		if !roomName.MatchString(slug) || !strings.HasPrefix(slug+"-", strings.ToLower(inc.ID)+"-") {
			t.Errorf("%q makes the name %q", title, slug)
		}
		if inc.Slug() != slug {
			t.Errorf("%q has two names", title)
		}
	})
}

func TestCheckTitle(t *testing.T) {
	for in, want := range map[string]string{
		" a \n b\tc ": "a b c", "x\u202ey": "xy", strings.Repeat("é", MaxTitle): strings.Repeat("é", MaxTitle),
		"a\u2028b": "a b",
	} {
		if got, err := CheckTitle(in); got != want || err != nil {
			t.Errorf("%q is tidied to %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", " \n\t", "\u200b\x00", strings.Repeat("é", MaxTitle+1)} {
		var e *Error
		if _, err := CheckTitle(in); !errors.As(err, &e) || e.Kind != Invalid || e.Field != "title" {
			t.Errorf("%q: %v, want a refusal about the title", in, err)
		}
	}
}

func TestTask(t *testing.T) {
	inc := &Incident{ID: "INC-7", Tasks: []Task{{N: 1}, {N: 2}}}
	task, err := inc.Task(2)
	if err != nil {
		t.Fatal(err)
	}
	task.Done = noon
	if inc.Tasks[1].Done.IsZero() {
		t.Error("the task is a copy: nothing done to it is kept")
	}
	if _, err := inc.Task(3); !Is(err, NotFound) {
		t.Errorf("task 3: %v", err)
	}
}
