package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

// door is where Slack's requests come in, whichever life the bot is in.
type door struct{ sim *sim }

// ServeHTTP hangs up when nobody is there, and when an answer never arrives.
func (d door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, l := d.sim, d.sim.alive()
	if !l.admit() {
		panic(http.ErrAbortHandler)
	}
	defer l.inside.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	before, lost, late := s.way(r.URL.Path, body)
	time.Sleep(before)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	l.routes.ServeHTTP(answer, r)
	if s.killedHere(l, "the answer to "+r.URL.Path) {
		<-l.reaped
	}
	if lost || l.isCut() || r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	if answer.Code/100 == 2 {
		s.acknowledged(l, r.URL.Path, body, answer.Body.Bytes())
		if late > 0 && r.URL.Path == "/slack/events" {
			s.stray.Go(func() { time.Sleep(late); s.knockAgain(r.URL.Path, body) })
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // who asked may be gone
}

// way is how a request of Slack's travels: how long, whether its answer is lost,
// and, if it comes once more, after how long.
func (s *sim) way(path string, body []byte) (before time.Duration, lost bool, again time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := readArrived(path, body)
	r := s.chance(fmt.Sprint(a.user, a.line))
	if s.quiet || r.Float64() > s.temper.trouble {
		return 0, false, 0
	}
	switch r.IntN(5) {
	case 0:
		return 0, true, 0
	case 1:
		return millis(r, 5000), false, 0
	case 2:
		return 0, false, 5 * time.Minute
	case 3:
		return 0, false, time.Millisecond
	}
	return millis(r, 500), false, 0
}

// knockAgain delivers an event once more, which Slack had been told is known.
func (s *sim) knockAgain(path string, body []byte) {
	r := httptest.NewRequest(http.MethodPost, "https://app.test"+path, bytes.NewReader(body))
	r.Header = slacktest.Sign(s.ws.SigningSecret, time.Now(), body)
	r.Header.Set("Content-Type", "application/json")
	l := s.alive()
	if !l.admit() {
		return
	}
	defer l.inside.Done()
	l.routes.ServeHTTP(httptest.NewRecorder(), r)
}

// arrived is a request of Slack's, as far as promises speak of it.
type arrived struct {
	key, user, line string
	told            string // the answer
}

func readArrived(path string, body []byte) (a arrived) {
	var p struct {
		TeamID    string `json:"team_id"`
		EventID   string `json:"event_id"`
		TriggerID string `json:"trigger_id"`
		Team      struct{ ID string }
		User      struct{ ID string }
		Event     struct{ User, Type, Reaction string }
	}
	if path == "/slack/events" {
		_ = json.Unmarshal(body, &p) // the fake's own JSON
		return arrived{key: "slack:" + p.TeamID + ":" + p.EventID, user: p.Event.User, line: p.Event.Type + " " + p.Event.Reaction}
	}
	form, _ := url.ParseQuery(string(body)) // the fake's own form
	if path == "/slack/commands" {
		return arrived{key: "slack:" + form.Get("team_id") + ":" + form.Get("trigger_id"), user: form.Get("user_id"),
			line: form.Get("command") + " " + form.Get("text")}
	}
	_ = json.Unmarshal([]byte(form.Get("payload")), &p)
	return arrived{key: "slack:" + p.Team.ID + ":" + p.TriggerID, user: p.User.ID, line: "a click or a form"}
}

// unsaid are answers that promise nothing.
var unsaid = []string{"Nothing was saved", "It is not known whether this worked"}

// acknowledged keeps what Slack was told is done: from now on it must stay.
func (s *sim) acknowledged(l *life, path string, body, answer []byte) {
	a := readArrived(path, body)
	a.told = string(answer)
	held := false
	err := l.app.db.View(context.Background(), func(tx store.Tx) error {
		r, err := store.Inbox.Get(tx, store.Key(a.key))
		held = r != nil
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, a)
	if err == nil && held {
		s.held[a.key] = a.line
	}
	must := a.line == "reaction_added ticket" || path == "/slack/commands" && s.complete[a.user]
	if err == nil && !held && must && !slices.ContainsFunc(unsaid, func(u string) bool { return strings.Contains(a.told, u) }) {
		s.broken = append(s.broken, fmt.Sprintf("acknowledged, but not durable: %s, %q", a.line, a.told))
	}
}
