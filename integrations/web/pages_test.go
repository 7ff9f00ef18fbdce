package web

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

func TestEmptyPages(t *testing.T) {
	b := newBench(t)
	b.Settings.Customers, b.Settings.SLOs = nil, nil
	for path, want := range map[string][]string{
		"/":          {"/incident declare sev2 customer:acme checkout returns 500", "/cre request customer:globex export is slow", "/slo digest", "/postmortem draft", "help"},
		"/incidents": {"No incident is open", "/incident declare"},
		"/queue":     {"The queue is empty", "/cre request"},
		"/customers": {"There is no customer yet", "/cre customer add"},
		"/slos":      {"No SLO is defined yet", "/slo status"},
		"/outbox":    {"Nothing is waiting for a person", "/cre retry ID"},
	} {
		b.wants(b.get(path), want...)
	}
}

// Without scripts a conversation can be read, and says why no more.
func TestWithoutScripts(t *testing.T) {
	b := newBench(t)
	b.say("general", "what was said")
	b.wants(b.get("/"), "what was said", "<noscript><p class=\"closed\">You can read here without JavaScript.")
}

func TestMissingPages(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/c/nowhere", "/incidents/INC-9", "/incidents/9", "/incidents/INC-x", "/customers/nobody", "/slos/none"} {
		status, _, page := b.request("GET", path, nil)
		if status != 404 || !strings.Contains(page, "There is no such page") {
			t.Errorf("%s: %d, want 404 and a sentence", path, status)
		}
	}
	for _, path := range []string{"/m/1/chart.png", "/m/x/chart.png", "/m/1/file/0", "/static/1/nothing", "/chart/slo/none.png", "/chart/slo/acme-checkout"} {
		if status, _, _ := b.request("GET", path, nil); status != 404 {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
	looks := func(r *http.Request) { r.Header.Set("Accept", "text/html") }
	if status, _, page := b.request("GET", "/nowhere", nil, looks); status != 404 || !strings.Contains(page, "There is no such page") {
		t.Errorf("/nowhere: %d, want 404 and a sentence", status)
	}
	if status, _, text := b.request("GET", "/nowhere", nil); status != 404 || strings.Contains(text, "<") {
		t.Errorf("a program hears at /nowhere: %d %s", status, text)
	}
}

func TestQueuePage(t *testing.T) {
	b := newBench(t)
	b.seed()
	page := b.get("/queue")
	b.wants(page, "Export is slow", "Globex Corporation", "new", "nobody", `class="promise danger">answer by`, `data-line="cre take R-1"`, `data-line="cre done R-2"`, "in work", "22 Nov")
	if strings.Index(page, "Higher rate limit") > strings.Index(page, "Export is slow") {
		t.Error("R-1 stands before R-2, which is due")
	}
	b.lacks(page, `data-line="cre take R-2"`, "Invoice address")
	over := b.get("/queue?tab=over")
	b.wants(over, "Invoice address", "done", `value="globex"`)
	b.lacks(over, "Export is slow", "data-line")
	b.wants(b.get("/queue?tab=over&customer=globex"), "No ended request matches")
}

func TestCustomerPages(t *testing.T) {
	b := newBench(t)
	b.seed()
	b.wants(b.get("/customers"), "Acme GmbH", "enterprise", "@ada", "INC-1", "% left", "no data")
	b.wants(b.get("/customers/acme"), "checkout, payments", "INC-1", "R-2", "Checkout for Acme")
	b.lacks(b.get("/customers/acme"), "API for Globex", "R-4")
}

func TestSLOPages(t *testing.T) {
	b := newBench(t)
	b.seed()
	var st cre.Standing
	err := b.DB.View(b.Context(), func(tx store.Tx) (err error) {
		st, err = b.standing(tx, b.Settings.SLOs[0])
		return err
	})
	if err != nil || !st.Counted || st.GoneIn == 0 {
		t.Fatalf("the standing is %+v, %v", st, err)
	}
	// 12 bad events a day for 30 days, and 5 in the last hour.
	if st.Bad != 12*30+5 {
		t.Errorf("the window has %v bad events, want %v", st.Bad, 12*30+5)
	}
	left, gone := cre.Percent(st.Left)+" left", "budget gone in "+cre.Long(st.GoneIn)
	b.wants(b.get("/slos"), left, gone, "/chart/slo/acme-checkout.png", "nothing was measured recently")
	b.wants(b.get("/slos/acme-checkout"), left, gone, cre.Number(st.Bad)+" of "+cre.Number(st.Allowed))
	large, dark, card := b.get("/chart/slo/acme-checkout.png"), b.get("/chart/slo/acme-checkout.png?dark=1"), b.get("/chart/slo/acme-checkout.png?card=1")
	if !strings.HasPrefix(large, "\x89PNG") || large == dark || large == card {
		t.Error("the pictures are no three PNGs")
	}
}

func TestOutboxPage(t *testing.T) {
	b := newBench(t)
	b.seed()
	page := b.get("/outbox")
	b.wants(page, "The channel #ops is archived", `data-line="cre retry 7"`, "digest due", "daily", "console #cre",
		`data-line="cre drop 7" data-confirm="Give up errand 7 (message)? It will not be done."`)
	b.lacks(page, `data-line="cre retry 9"`, `data-line="cre drop 9"`)
	b.lacks(page, `data-line="cre retry 8"`, `data-line="cre drop 8"`, "cre retry all") // of a private incident, which only who is in it decides
	b.who = "eve"
	b.wants(b.get("/outbox"), `data-line="cre retry 8"`, `data-line="cre drop 8"`, `data-line="cre retry all"`, "war room")
}

// A room is called by its name, to who may know it; a retry is no timer.
func TestOutboxNamesRooms(t *testing.T) {
	b := newBench(t)
	b.seed()
	public, secret := chat.Place{Platform: "slack", Channel: "C0000096"}, chat.Place{Platform: "slack", Channel: "C0000097"}
	b.update(func(tx store.Tx) error {
		for id, room := range map[uint64]*chat.Room{1: {Place: public, Name: "inc-1-checkout"}, 2: {Place: secret, Name: "inc-2-canary-secret"}} {
			inc, err := store.Incidents.Get(tx, store.Key(id))
			if err != nil {
				return err
			}
			inc.Room = room
			if err := store.Incidents.Put(tx, inc); err != nil {
				return err
			}
		}
		later := noon.Add(time.Hour)
		for _, e := range []*store.Errand{
			{ID: 20, Kind: store.Say, State: store.Todo, Due: later, Attempts: 2, Place: public, Message: &chat.Message{Key: "card"}},
			{ID: 21, Kind: store.Say, State: store.Todo, Due: later, Place: public, Message: &chat.Message{Key: "incident INC-1"}},
			{ID: 22, Kind: store.Invite, State: store.Parked, Place: secret},
		} {
			if err := store.Errands.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	page := b.get("/outbox")
	b.wants(page, "slack #inc-1-checkout", "</span> card", "</span> announcement", "</span> invitation",
		"<dt>Waiting</dt><dd>1</dd>", "<dt>Due later</dt><dd>2</dd>")
	b.lacks(page, "C0000096", "C0000097", "canary-secret")
	b.who = "eve"
	b.wants(b.get("/outbox"), "slack #inc-2-canary-secret")
}

// A private incident and what hangs on it are nobody's business.
func TestPrivateRecords(t *testing.T) {
	b := newBench(t)
	b.seed()
	paths := []string{"/", "/incidents", "/queue", "/queue?q=canary", "/queue?tab=over", "/queue/export.csv", "/customers", "/customers/acme", "/outbox"}
	b.who = "mallory"
	for _, path := range paths {
		b.lacks(b.get(path), "canary-secret", "INC-2")
	}
	for _, path := range []string{"/incidents/INC-2", "/requests/R-3"} {
		if status, _, _ := b.request("GET", path, nil); status != 404 {
			t.Errorf("mallory opens %s: %d, want 404", path, status)
		}
	}
	b.who = "eve"
	for _, path := range []string{"/incidents", "/incidents/INC-2", "/queue", "/queue?q=canary", "/queue/export.csv", "/requests/R-3", "/outbox"} {
		b.wants(b.get(path), "canary-secret")
	}
}

// Who is linked with somebody in a private incident sees what they see.
func TestPrivateRecordsOfALinkedAccount(t *testing.T) {
	b := newBench(t)
	b.seed()
	there := chat.Person{Platform: "slack", ID: "U9", Name: "mal"}
	b.update(func(tx store.Tx) error {
		inc, err := store.Incidents.Get(tx, store.Key(uint64(2)))
		if err != nil {
			return err
		}
		inc.Declarer = there
		if err := store.Incidents.Put(tx, inc); err != nil {
			return err
		}
		return store.People.Put(tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: there}, {Who: known("mallory")}}})
	})
	for who, want := range map[string]int{"mallory": 200, "bob": 404} {
		b.who = who
		if status, _, _ := b.request("GET", "/incidents/INC-2", nil); status != want {
			t.Errorf("%s opens INC-2: %d, want %d", who, status, want)
		}
	}
	b.who = "mallory"
	for _, path := range []string{"/incidents", "/queue", "/outbox"} {
		b.wants(b.get(path), "canary-secret")
	}
}

// An errand in a mirror is where it is, also when the room at home is archived.
func TestOutboxNamesMirrors(t *testing.T) {
	b := newBench(t)
	b.seed()
	mirror := chat.Place{Platform: "discord", Channel: "96"}
	b.update(func(tx store.Tx) error {
		inc, err := store.Incidents.Get(tx, store.Key(uint64(1)))
		if err != nil {
			return err
		}
		inc.Room = nil
		inc.Mirror("discord", chat.Person{}).Room = &chat.Room{Place: mirror, Name: "inc-1-mirror"}
		if err := store.Incidents.Put(tx, inc); err != nil {
			return err
		}
		return store.Errands.Put(tx, &store.Errand{ID: 20, Kind: store.Pin, State: store.Parked, Place: mirror})
	})
	b.wants(b.get("/outbox"), "discord #inc-1-mirror")
}

func TestChartOfMessage(t *testing.T) {
	b := newBench(t)
	m := chat.Message{Chart: &chat.Chart{Title: "Budgets", Alt: "Checkout has 29 % left", Panels: []chat.Panel{{Name: "checkout", Value: "29 % left", From: noon.Add(-time.Hour), To: noon,
		Points: []chat.Point{{At: noon.Add(-time.Hour), Value: 1}, {At: noon, Value: .29}}}}}}
	ref, err := b.Post(b.Context(), placeOf("reliability"), m, "1")
	if err != nil {
		t.Fatal(err)
	}
	page := b.get("/c/reliability")
	b.wants(page, `alt="Checkout has 29 % left"`, `width="1920"`, `height="`, `media="(prefers-color-scheme: dark)"`)
	if png := b.get("/m/1/chart.png?dark=1"); !strings.HasPrefix(png, "\x89PNG") {
		t.Error("the chart is no PNG")
	}
	address := page[strings.Index(page, "/m/1/chart.png"):]
	address = address[:strings.IndexByte(address, '"')]
	b.pass(time.Second)
	if err := b.Edit(b.Context(), ref, m); err != nil {
		t.Fatal(err)
	}
	b.lacks(b.get("/c/reliability"), `"`+address+`"`) // browsers keep pictures by address
}

func TestFiles(t *testing.T) {
	b := newBench(t)
	m := chat.Message{Files: []chat.File{
		{Name: "post\"mortem\n.md", Type: "text/markdown", Content: []byte("# Head\n\nsome _words_ <b>raw</b>\n\n![pic](https://evil.example/x.png) [bad](javascript:alert(1)) [good](https://example.org)")},
		{Name: "page.html", Type: "text/html", Content: []byte("<script>alert(1)</script>")}}}
	if _, err := b.Post(b.Context(), placeOf("cre"), m, "1"); err != nil {
		t.Fatal(err)
	}
	page := b.get("/c/cre")
	b.wants(page, "<h1>Head</h1>", "<em>words</em>", "&lt;b&gt;raw&lt;/b&gt;", "pic", "bad", `<a href="https://example.org">good</a>`)
	b.lacks(page, "evil.example", "javascript:", "alert(1)</script>")
	_, header, body := b.request("GET", "/m/1/file/1", nil)
	if body != "<script>alert(1)</script>" || header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file came as %v: %q", header, body)
	}
}

func TestFileOfPrivateReply(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) {
		return chat.Reply{Message: chat.Message{Files: []chat.File{{Name: "a.md", Type: "text/markdown", Content: []byte("for ada")}}}}, nil
	}
	b.who = "ada"
	b.did("/say", "channel", "general", "text", "/postmortem draft")
	if got := b.get("/m/2/file/0"); got != "for ada" {
		t.Errorf("ada's file has %q", got)
	}
	b.who = "bob"
	if status, _, _ := b.request("GET", "/m/2/file/0", nil); status != 404 {
		t.Errorf("bob gets ada's file: %d, want 404", status)
	}
}

func TestUnavailable(t *testing.T) {
	b := newBench(t)
	if err := b.DB.Close(); err != nil {
		t.Fatal(err)
	}
	status, _, page := b.request("GET", "/", nil)
	if status != 500 {
		t.Errorf("a page without a database: %d, want 500", status)
	}
	b.wants(page, "look for")
	if status, a := b.post("/say", "channel", "general", "text", "hi"); status != 503 || a.Error != notSaved {
		t.Errorf("got %d %q, want 503 %q", status, a.Error, notSaved)
	}
	if _, err := b.Post(b.Context(), placeOf("general"), chat.Message{Text: "x"}, "1"); err == nil {
		t.Error("a post was taken without a database")
	}
}

func TestLive(t *testing.T) {
	b := newBench(t)
	heard := b.follow("/live?channel=cre")
	if word := <-heard; word != "event: elsewhere" {
		t.Fatalf("the stream begins with %q", word)
	}
	for _, c := range []struct{ channel, want string }{{"cre", "event: here"}, {"general", "event: elsewhere"}} {
		b.say(c.channel, "hello "+c.channel)
		select {
		case word := <-heard:
			if word != c.want {
				t.Errorf("a message in #%s is told as %q, want %q", c.channel, word, c.want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("a message in #%s is not told", c.channel)
		}
	}
	b.hub.close()
	select {
	case _, open := <-heard:
		if open {
			t.Error("the stream goes on when the console ends")
		}
	case <-time.After(5 * time.Second):
		t.Error("the stream does not end with the console")
	}
}

// follow gives the events of a stream.
func (b *bench) follow(path string) <-chan string {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), "GET", b.server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	heard := make(chan string, 10)
	go func() {
		defer close(heard)
		defer answer.Body.Close()
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "event:") {
				heard <- lines.Text()
			}
		}
	}()
	return heard
}
