package app

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnHourWithoutTheOnlyService: work goes on through the API while nothing can be
// said. Afterwards each thing is said once, in order, and nothing that is stale by
// then.
func TestAnHourWithoutTheOnlyService(t *testing.T) {
	for _, name := range []string{"slack", "discord"} {
		t.Run(name, func(t *testing.T) {
			outage(t, []string{name}, func(s *sim) {
				ada := s.on[0].account("ada")
				s.says(ada, "/incident declare sev1 checkout returns 500")
				s.says(ada, "/incident declare sev3 the search is slow")
				s.goesDown(0)
				for _, word := range []string{"wa000001", "wa000002", "wa000003"} {
					s.asks("incident note INC-1 it is " + word)
					time.Sleep(14 * time.Minute)
				}
				s.asks("incident mitigate INC-1")
				s.asks("incident resolve INC-2 by itself")
				s.comesBack(0)

				room := s.room(name, "INC-1")
				same(t, "the notes in the room", s.lines(room, "wa0000"), "it is wa000001", "it is wa000002", "it is wa000003")
				same(t, "what is said of the outage", s.lines(room, "has not answered"))
				if n := len(s.lines(room, "needs an update")); n > 1 {
					t.Errorf("the room is reminded %d times: %q", n, s.lines(room, "needs an update"))
				}
			})
		})
	}
}

// TestAnHourWithoutOneOfTwoServices: who is on the other is told once where each
// incident goes on, and how. It does, on one record, and when the first is back it
// hears what it missed, once, and nothing that is stale by then.
func TestAnHourWithoutOneOfTwoServices(t *testing.T) {
	for lost, name := range []string{"slack", "discord"} {
		t.Run(name, func(t *testing.T) {
			outage(t, []string{"slack", "discord"}, func(s *sim) {
				kept := 1 - lost
				ada, bob := s.on[lost].account("ada"), s.on[kept].account("bob")
				s.says(ada, "/incident declare sev1 checkout returns 500")
				s.says(ada, "/incident declare sev3 the search is slow")
				s.says(bob, "/incident mirror INC-2")
				s.goesDown(lost)

				s.says(bob, "/incident note INC-1 it is wb000001")
				s.says(bob, "/incident note INC-2 it is wb000002")
				time.Sleep(5 * time.Minute)
				elsewhere := s.channel(s.on[kept].name(), "incidents")
				same(t, "told where INC-1 has no room", s.lines(elsewhere, "has not answered since"), label(name)+" has not answered since 09:03. INC-1 checkout returns 500 can continue here.")
				same(t, "told where INC-2 has one", s.lines(s.room(s.on[kept].name(), "INC-2"), "has not answered since"), label(name)+" has not answered since 09:03. INC-2 continues here.")
				buttons := slices.DeleteFunc(bob.buttons("#incidents"), func(b button) bool { return b.label != "Continue here" })
				if len(buttons) != 1 {
					t.Fatalf("there are %d buttons to go on with", len(buttons))
				}
				if failed := bob.press("#incidents", buttons[0]); failed != "" {
					t.Fatal(failed)
				}
				time.Sleep(30 * time.Second)
				s.says(bob, "/incident update INC-1 we look at wb000003")
				time.Sleep(30 * time.Minute) // the next update is late
				s.says(bob, "/incident update INC-1 next:1h we wait for wb000004")
				s.says(bob, "/incident mitigate INC-1")
				s.comesBack(lost)
				s.says(ada, "/incident note INC-1 seen wb000005")
				time.Sleep(time.Minute)

				same(t, "what was said before there was another room", s.lines(s.room(name, "INC-1"), "wb000001"), "it is wb000001")
				for word, id := range map[string]string{"wb000002": "INC-2", "wb000003": "INC-1", "wb000004": "INC-1", "wb000005": "INC-1"} {
					for _, on := range s.on {
						if n := len(s.lines(s.room(on.name(), id), word)); n != 1 {
							t.Errorf("%s was said %d times in the room of %s on %s", word, n, id, on.name())
						}
					}
				}
				same(t, "of what was late and is not, the room hears", s.lines(s.room(name, "INC-1"), "late. It was due"))
				missed := s.lines(s.room(name, "INC-1"), "From bob on "+label(s.on[kept].name())+".")
				if len(missed) == 0 {
					t.Errorf("the room that was missing does not hear who said it, and where")
				}
				for _, id := range []string{"INC-1", "INC-2"} {
					if n := len(s.lines(s.room(s.on[kept].name(), id), label(name)+" answers again")); n != 1 {
						t.Errorf("the room of %s hears %d times that %s answers again", id, n, name)
					}
					same(t, "of its own outage the service hears", s.lines(s.room(name, id), "answer"))
				}
			})
		})
	}
}

// outage is a test in a simulation in which nothing goes wrong by chance.
func outage(t *testing.T, on []string, test func(s *sim)) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, 1)
		s.temper = temper{on: on}
		defer s.tellIf(false)
		s.begin()
		time.Sleep(time.Minute) // until commands are registered
		test(s)
		s.end()
	})
}

// says has somebody say a line that has to be answered, and waits a little.
func (s *sim) says(who account, line string) {
	s.t.Helper()
	told, failed := who.slash("#general", line, true)
	s.note("%s> %s\n%s%s", who.key(), line, told, failed)
	if failed != "" {
		s.t.Errorf("%s: %s", line, failed)
	}
	time.Sleep(30 * time.Second)
}

// asks runs a line as a program does.
func (s *sim) asks(line string) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/v1/commands", strings.NewReader(`{"text": "`+line+`"}`))
	r.Header.Set("Authorization", "Bearer an-unguessable-word")
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.alive().routes.ServeHTTP(answer, r)
	s.note("a program> %s\n%s", line, answer.Body)
	if answer.Code != http.StatusOK {
		s.t.Errorf("%s: %d %s", line, answer.Code, answer.Body)
	}
}

func (s *sim) goesDown(i int) {
	s.mu.Lock()
	s.down[s.on[i].name()] = time.Now().Add(time.Hour)
	s.mu.Unlock()
	s.on[i].outage(true)
	s.note("%s is down for an hour", s.on[i].name())
}

// comesBack waits for the end of the hour, and for what waited through it.
func (s *sim) comesBack(i int) {
	s.mu.Lock()
	until := s.down[s.on[i].name()]
	s.mu.Unlock()
	time.Sleep(time.Until(until))
	s.on[i].outage(false)
	s.note("%s is back", s.on[i].name())
	time.Sleep(10 * time.Minute)
}

func label(name string) string {
	return map[string]string{"slack": "Slack", "discord": "Discord"}[name]
}

func (s *sim) channel(service, name string) seenChannel {
	return s.find(func(c seenChannel) bool { return strings.HasPrefix(c.key, service+":") && c.name == name })
}

func (s *sim) room(service, incident string) seenChannel {
	return s.find(func(c seenChannel) bool {
		return strings.HasPrefix(c.key, service+":") && c.own && c.incident == incident
	})
}

func (s *sim) find(is func(seenChannel) bool) (found seenChannel) {
	s.t.Helper()
	for _, on := range s.on {
		for _, c := range on.channels() {
			if is(c) {
				found = c
			}
		}
	}
	if found.key == "" {
		s.t.Error("there is no such channel")
	}
	return found
}

// lines are those with a text that the bot said in a channel, without formatting.
func (s *sim) lines(c seenChannel, with string) (all []string) {
	for _, m := range c.messages {
		for l := range strings.SplitSeq(m.text, "\n") {
			if m.bot && strings.Contains(l, with) {
				all = append(all, strings.TrimLeft(unmarked(l), "> 🟠🔴🟢"))
			}
		}
	}
	return all
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
