package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/commands"
	"cresset/store"
)

// canary stands in everything of a private incident. Only eve and sam may know
// of it; ada and bob are everybody else.
const canary = "zebrafinch"

var outsiders = []string{"ada", "bob"}

// private is a conversation of those who may know. ROOM, INC and R are the
// room, the incident and the request.
const private = `
eve> /cre request customer:globex due:friday zebrafinch our keys are on a page of theirs
eve> /cre escalate R sev2 --private
eve> /incident declare sev2 --private customer:globex zebrafinch keys were leaked
wait 2m
eve #ROOM> zebrafinch is what I say in the room
eve #ROOM reacts 📌
eve #ROOM> /incident note zebrafinch in a note
eve #ROOM> /incident decide zebrafinch in a decision
eve> /incident comms @sam INC
sam #ROOM> /incident task zebrafinch in a task @sam
sam #ROOM> /incident followup due:friday zebrafinch in a follow-up @eve
sam #ROOM> /incident update next:30m zebrafinch in an update
sam #ROOM> /incident customers add initech
sam> /incident severity INC sev1
sam> /incident handoff comms @eve INC
sam> /cre request customer:globex zebrafinch in another request
sam> /cre escalate R --private
wait 45m
eve #ROOM> /incident recap
eve> /incident show INC
eve #ROOM> /incident mitigate zebrafinch is rotated
wait 10m
eve #ROOM> /incident resolve zebrafinch is over
eve> /postmortem draft INC
eve> /postmortem show INC
eve> /incident list
eve> /cre queue
restart
wait 1m
eve> /incident reopen INC zebrafinch is back
eve #ROOM> /incident resolve zebrafinch is over again
eve> /cre dup R-1 R
eve> /incident merge INC-1 INC
wait 20h
wait 24h
wait 24h
`

// TestPrivateIncidentsAreNowhere is the taint test: after every conversation of
// the suite something private happens, outsiders ask all they can, and the
// canary is searched for in all that they can see or that leaves the bot.
func TestPrivateIncidentsAreNowhere(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if leftOut(f.Name) {
				continue
			}
			name := strings.TrimSuffix(filepath.Base(file), ".txtar") + "/" + strings.ReplaceAll(f.Name, " ", "_")
			t.Run(name, func(t *testing.T) { t.Parallel(); searchAfter(t, string(f.Data), inMemoryWithModel) })
			if f.Name == "lifecycle" || strings.Contains(f.Name, "private") {
				t.Run(name+"/slack-socket", func(t *testing.T) { t.Parallel(); searchAfter(t, string(f.Data), onSlack(newSlackSocketHome)) })
				t.Run(name+"/slack-http", func(t *testing.T) { t.Parallel(); searchAfter(t, string(f.Data), onSlack(newSlackHTTPHome)) })
			}
		}
	}
}

// A searched is a home that tells what outsiders can see in its rooms.
type searched interface {
	home
	bot() *App
	rooms() map[string]room // by name
	toPerson(who string) string
	modelWas() string // all that a model was sent
	console() bool    // there are pages
}

// A room is who is in it and all that can be seen there.
type room struct {
	members []string
	seen    string
}

func searchAfter(t *testing.T, script string, open func(testing.TB) searched) {
	tb := &loud{TB: t}
	s := &search{t: t, home: open(tb), tb: tb}
	p := &player{t: t, home: s.home, board: newBoard(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	s.home.start(p.clock)
	defer s.home.stop()
	s.play(p, script)
	if strings.Contains("\n"+script, "\nteam ") { // who is outside can do nothing private
		s.play(p, "team "+strings.Join(people, " "))
	}
	s.play(p, private)
	s.probe(p)
	s.rooms()
	s.pages()
	s.api()
	s.others()
	s.refuse("the product team's tracker", p.board.text())
}

// loud keeps what the bot logs.
type loud struct {
	testing.TB
	mu  sync.Mutex
	log strings.Builder
}

func (l *loud) Output() io.Writer { return l }

func (l *loud) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log.Write(p)
	return l.TB.Output().Write(p)
}

func (l *loud) logged() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

// A search looks for the canary.
type search struct {
	t    *testing.T
	tb   *loud
	home searched
}

// play does the lines of a conversation, whatever comes of them.
func (s *search) play(p *player, script string) {
	for n, line := range strings.Split(strings.TrimSpace(script), "\n") {
		if line == "" || strings.HasPrefix(line, "#") || isAnswer(line) {
			continue
		}
		inc, r, room := s.latest()
		line = strings.NewReplacer("#ROOM", "#"+room, " INC ", " "+inc+" ", " R ", " "+r+" ").Replace(line + " ")
		p.do(n+1, strings.TrimRight(line, " "))
		s.home.settle()
	}
}

// latest is the private incident, its room, and the newest of its requests.
func (s *search) latest() (inc, request, room string) {
	err := s.home.bot().db.View(s.t.Context(), func(tx store.Tx) error {
		for i, err := range store.Incidents.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if strings.HasPrefix(i.Title, canary+" keys") && i.Room != nil {
				inc, room = i.ID, i.Room.Name
			}
		}
		for r, err := range store.Requests.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if strings.HasPrefix(r.Title, canary) {
				request = r.ID
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return inc, request, room
}

// probe lets outsiders say every command, about what is private too.
func (s *search) probe(p *player) {
	inc, request, _ := s.latest()
	for _, c := range (&App{}).said() {
		for _, example := range []string{c, strings.NewReplacer("INC-1", inc, "R-1", request).Replace(c)} {
			p.do(0, "bob> /"+strings.ReplaceAll(example, "\n", `\n`))
		}
	}
	s.home.settle()
	for _, line := range []string{"incident declare keys were leaked", "incident list status:all", "incident list --all", "cre customer globex", "cre queue customer:globex",
		"incident merge INC-1 " + inc, "incident merge " + inc + " INC-1", "cre dup " + request + " R-1", "cre retry 1", "slo digest", "cre status"} {
		p.do(0, "ada> /"+line)
	}
	s.home.settle()
}

// said are the examples of all commands.
func (*App) said() (all []string) {
	for _, c := range commands.All() {
		all = append(all, c.Example)
	}
	return append(all, "help")
}

func (s *search) refuse(where, text string) {
	s.t.Helper()
	if at := strings.Index(strings.ToLower(text), canary); at >= 0 {
		s.t.Errorf("%s tells of what is private: …%s…", where, text[max(0, at-150):min(len(text), at+100)])
	}
}

// rooms looks where ada or bob are, and where anybody may come in.
func (s *search) rooms() {
	found := false
	for name, r := range s.home.rooms() {
		if !strings.Contains(name, canary) {
			s.refuse("#"+name, r.seen)
			continue
		}
		found = true
		for _, who := range outsiders {
			if slices.Contains(r.members, who) {
				s.t.Errorf("%s is in #%s", who, name)
			}
		}
		if !strings.Contains(r.seen, canary+" in a note") && strings.Contains(name, "keys-were") {
			s.t.Errorf("nothing private happened in #%s: %s", name, r.seen)
		}
	}
	if !found {
		s.t.Error("there is no private room")
	}
	for _, who := range outsiders {
		s.refuse("what "+who+" alone reads", s.home.toPerson(who))
	}
	if told := s.home.toPerson("eve"); !strings.Contains(told, canary) {
		s.t.Errorf("eve was told nothing of it: %s", told)
	}
}

// pages reads the whole console as somebody who is nowhere.
func (s *search) pages() {
	inc, request, room := s.latest()
	for _, path := range []string{"/", "/c/incidents", "/c/cre", "/c/" + room, "/incidents", "/incidents/" + inc, "/queue", "/queue?tab=over", "/queue/export.csv", "/requests/" + request, "/customers", "/customers/globex", "/customers/initech",
		"/slos", "/slos/checkout", "/outbox", "/complete?q=incident", "/complete?q=cre+show+" + request, "/metrics", "/healthz", "/readyz"} {
		code, text := s.get(path, http.Header{"Cookie": {"cresset_person=ada"}})
		s.refuse(path, strings.ReplaceAll(text, path, "")) // what was asked for may be repeated
		if code != http.StatusOK && s.home.console() && (path == "/incidents" || path == "/queue" || path == "/metrics" || path == "/customers/globex") {
			s.t.Errorf("%s answered %d: nothing was looked at", path, code)
		}
	}
}

func (s *search) get(path string, header http.Header) (int, string) {
	r := httptest.NewRequestWithContext(s.t.Context(), "GET", "http://localhost:8737"+path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.home.bot().routes().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// api asks as a program, whose token is an admin's and nobody's guest.
func (s *search) api() {
	a := s.home.bot()
	inc, request, _ := s.latest()
	bearer := http.Header{"Authorization": {"Bearer " + a.tokens[0].Secret.Reveal()}}
	for _, path := range []string{"incidents", "incidents/" + inc, "requests", "requests/" + request, "customers", "customers/globex", "postmortems", "postmortems/" + inc, "slos", "slos/checkout"} {
		code, text := s.get("/api/v1/"+path, bearer)
		s.refuse("/api/v1/"+path, text)
		if private := strings.HasSuffix(path, inc) || strings.HasSuffix(path, request); private != (code == http.StatusNotFound) {
			s.t.Errorf("/api/v1/%s answered %d %s", path, code, text)
		}
	}
	for i, line := range append(a.said(), "incident show "+inc, "cre show "+request, "postmortem show "+inc, "incident recap "+inc, "incident note "+inc+" x") {
		reply, err := a.Handle(s.t.Context(), chat.Event{Key: fmt.Sprint("api:probe:", i), Line: line, Role: "admin", By: chat.Person{Platform: "api", ID: "local"}})
		if err != nil {
			s.t.Errorf("%s: %v", line, err)
		}
		s.refuse("the API's answer to "+line, spelled(reply))
	}
}

// others is what nobody in particular reads.
func (s *search) others() {
	s.refuse("the log", s.tb.logged())
	s.refuse("what the model was sent", s.home.modelWas())
	for _, who := range outsiders {
		for _, typed := range []string{"", "incident", "incident show ", "cre show "} {
			for _, o := range s.home.bot().router.Complete(chat.Person{Platform: "memory", ID: who, Name: who}, typed) {
				s.refuse("a completion of "+typed, o.Label+o.Value)
			}
		}
	}
}

// spelled is everything in v in words, documents too.
func spelled(v any) string {
	var b strings.Builder
	js, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	b.Write(js)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case chat.Reply:
			walk(v.Message)
		case chat.Message:
			for _, f := range v.Files {
				b.WriteString(f.Name)
				b.Write(f.Content)
			}
		case chattest.Channel:
			for _, m := range v.Messages {
				walk(m.Said)
			}
		}
	}
	walk(v)
	return b.String()
}

// memorySearched is the platform in memory, with a model.
type memorySearched struct {
	*memoryHome
	model *model
}

func inMemoryWithModel(t testing.TB) searched {
	return &memorySearched{newMemoryHome(t).(*memoryHome), newModel(t.(*loud).TB.(*testing.T), says(`{"summary": ["It failed [T1]."], "contributing_factors": ["It was late [T1]."]}`))}
}

func (h *memorySearched) start(clock *clock) {
	h.meet(clock)
	h.app = openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed,
		fmt.Sprintf("integrations: {console: {}, openai: {api_key: sk-obviously-fake, base_url: %q, model: test-model}}\n%s", h.model.URL+"/v1", h.more)), clock.Now, h.platform)
}

func (h *memorySearched) bot() *App     { return h.app }
func (h *memorySearched) console() bool { return true }

func (h *memorySearched) rooms() map[string]room {
	all := map[string]room{}
	for _, c := range h.platform.Channels() {
		if name := strings.TrimPrefix(c.Name, "@"); name == "eve" || name == "sam" {
			continue // they may know
		}
		all[c.Name] = room{members: c.Members, seen: spelled(c)}
	}
	return all
}

func (h *memorySearched) toPerson(who string) string {
	return fmt.Sprintf("%+v", h.private[who]) + spelled(h.forms[who])
}

func (h *memorySearched) modelWas() string {
	h.model.mu.Lock()
	defer h.model.mu.Unlock()
	return strings.Join(h.model.asked, "\n")
}

// slackSearched is the fake Slack.
type slackSearched struct{ *slackHome }

func onSlack(open func(testing.TB) home) func(testing.TB) searched {
	return func(t testing.TB) searched {
		h := open(t).(*slackHome)
		t.Cleanup(func() { clear(h.told) }) // acts follow each other too fast here to say what answers which
		return slackSearched{h}
	}
}

func (h slackSearched) bot() *App     { return h.app }
func (h slackSearched) console() bool { return false }

func (h slackSearched) rooms() map[string]room {
	all := map[string]room{}
	files := h.ws.Files()
	for _, c := range h.ws.Channels() {
		seen := spelled(c) + spelled(h.ws.Messages(c.ID))
		for _, f := range files {
			if slices.Contains(f.Channels, c.Name) {
				seen += f.Name + string(f.Content)
			}
		}
		all[c.Name] = room{members: c.Members, seen: seen}
	}
	return all
}

func (h slackSearched) toPerson(who string) string {
	return spelled(h.ws.Ephemerals(who)) + spelled(h.ws.Messages("@"+who)) + spelled(h.ws.As(who).View()) + fmt.Sprintf("%+v", h.failed[who])
}

func (slackSearched) modelWas() string { return "" }
