// Package workflow is what commands do: one function for each step of the work
// of a CRE team.
//
// A step reads and writes state and leaves errands, in one transaction; what it
// promises to people is only said once that transaction is durable. A step may
// be run again from the start, so it does nothing else.
//
// It refuses to touch the outside, to read a clock, and to parse what people
// type.
package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Step is one transaction with who acts, where and when. By and Event are
// zero when the bot itself acts.
type Step struct {
	Tx    store.Tx
	Now   time.Time
	By    chat.Person
	At    chat.Place
	Event *chat.Event
	Rules *cre.Settings
	// Chance is text of letters and digits that nobody can guess, other for each
	// act; "" when the bot itself acts.
	Chance string

	changed  []string
	accounts []chat.Person // of By, once they were asked for
	eyes     *cre.Eyes     // of By, once they were asked for
}

// typed is the command that was typed: its first two words, without what was said
// to it. An act on a message was not typed.
func (s *Step) typed() string {
	if s.Event == nil || s.Event.About != nil {
		return "incident show"
	}
	words := strings.Fields(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s.Event.Line), "/")))
	if len(words) > 0 && words[0] == "cre" {
		words = words[1:]
	}
	return strings.Join(words[:min(len(words), 2)], " ")
}

// Leave leaves an errand. What is unset is filled in: its number, its times, and
// the lane of its place.
func (s *Step) Leave(e store.Errand) (*store.Errand, error) {
	n, err := store.Sequence(s.Tx, "errand")
	if err != nil {
		return nil, err
	}
	e.ID, e.State, e.Left = n, store.Todo, s.Now
	if e.Due.IsZero() {
		e.Due = s.Now
	}
	if e.Lane == "" {
		e.Lane = lane(&e)
	}
	return &e, store.Errands.Put(s.Tx, &e)
}

// lane keeps what is said in one place in order; everything else waits for
// nobody. A digest may be long: what is said meanwhile goes before its rest.
func lane(e *store.Errand) string {
	switch {
	case e.Kind == store.Say && e.Priority == store.ForDigest:
		return e.Place.Key() + " digest"
	case e.Kind == store.Say:
		return e.Place.Key()
	case e.Kind == store.HandOff: // trackers want to be written to one call after the other
		return string(e.Kind) + " " + e.IssueRef.Tracker
	}
	if e.Timed() {
		return fmt.Sprintf("%s%s %d", store.TimedLane, e.Kind, e.ID)
	}
	return fmt.Sprintf("%s %d", e.Kind, e.ID)
}

// Say leaves a message for a place. One with a key replaces what still waits
// there with the same key.
func (s *Step) Say(place chat.Place, m chat.Message, p store.Priority) (*store.Errand, error) {
	return s.say(store.Errand{Kind: store.Say, Place: place, Message: &m, Priority: p})
}

func (s *Step) say(e store.Errand) (*store.Errand, error) {
	if e.Place.IsZero() {
		return nil, nil
	}
	if e.Message.Key != "" {
		waiting, err := s.lastWaiting(&e)
		if err != nil {
			return nil, err
		}
		if waiting != nil {
			waiting.Message = e.Message
			if due := latest(e.Due, s.Now); due.Before(waiting.Due) {
				waiting.Due = due
			}
			if e.Then != "" {
				waiting.Then, waiting.Subject = e.Then, e.Subject
			}
			if waiting.State == store.Parked { // it has something new to say, so it is tried again
				return waiting, s.takeUp(waiting)
			}
			return waiting, store.Errands.Put(s.Tx, waiting)
		}
	}
	return s.Leave(e)
}

// lastWaiting is the message with the key of e that waits and will be said last,
// nil if none does. There may be two: one was left while another was under way,
// which then failed.
func (s *Step) lastWaiting(e *store.Errand) (*store.Errand, error) {
	for waiting, err := range store.Errands.By(s.Tx, "message", store.MessageKey(e), store.Page{Desc: true, Limit: 1}) {
		return waiting, err
	}
	return nil, nil
}

// stands reports whether a message with the key was said in a place, or is about to
// be.
func (s *Step) stands(place chat.Place, key string) (bool, error) {
	e := &store.Errand{Place: place, Message: &chat.Message{Key: key}}
	said, err := store.SaidMessages.Get(s.Tx, store.MessageKey(e))
	if err != nil || said != nil {
		return said != nil, err
	}
	waiting, err := s.lastWaiting(e)
	return waiting != nil, err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Later leaves a timer: the step then runs when it is due.
func (s *Step) Later(due time.Time, then, subject, once string) error {
	if once != "" {
		earlier, err := store.Errands.First(s.Tx, "once", store.Key(once))
		if err != nil || earlier != nil {
			return err
		}
	}
	_, err := s.Leave(store.Errand{Kind: store.Timer, Due: due, Then: then, Subject: subject, Once: once})
	return err
}

// Changed says for the audit which record the step changed.
func (s *Step) Changed(id string) {
	if !slices.Contains(s.changed, id) {
		s.changed = append(s.changed, id)
	}
}

// Note adds a line to the audit, sealed with the hash of the line before it.
func (s *Step) Note(ev *chat.Event, command, outcome string) error {
	n, err := store.Sequence(s.Tx, "audit")
	if err != nil {
		return err
	}
	act := store.Act{N: n, At: s.Now.UTC(), By: ev.By, Event: ev.Key, Command: command,
		Line: chat.Cut(chat.Clean(spoken(ev)), 500), Outcome: outcome, Changed: s.changed}
	if n > 1 {
		before, err := seals.Get(s.Tx, store.Key(n-1))
		if err != nil {
			return err
		}
		if before == nil {
			return fmt.Errorf("audit line %d is missing", n-1)
		}
		act.Before = before.Hash
	}
	act.Hash = Seal(act)
	return store.Audit.Put(s.Tx, &act)
}

// spoken is what was said in all: the line, and what was given by name or filled in.
func spoken(ev *chat.Event) string {
	line := ev.Line
	for _, given := range []map[string]string{ev.Named, ev.Values} {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if given[name] != "" {
				line += fmt.Sprintf(" %s:%q", name, given[name])
			}
		}
	}
	return line
}

// seals are the lines of the audit, of which only the hash is read.
var seals = store.Collection[struct {
	Hash string `json:"hash"`
}]{Name: store.Audit.Name}

// Seal is the hash of a line of the audit, over all of it but the hash itself.
func Seal(a store.Act) string {
	a.Hash = ""
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // a struct of strings and times
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// CheckAudit reads the audit to its end and says which line does not follow from
// the one before it.
func CheckAudit(tx store.Tx) error {
	before, n := "", uint64(0)
	for a, err := range store.Audit.All(tx, store.Page{}) {
		if err != nil {
			return err
		}
		n++
		if a.N != n || a.Before != before || a.Hash != Seal(*a) {
			return fmt.Errorf("audit line %d was changed, or one before it is missing", a.N)
		}
		before = a.Hash
	}
	last, err := store.Last(tx, "audit")
	if err == nil && last != n {
		err = fmt.Errorf("the audit ends with line %d and once had %d", n, last)
	}
	return err
}

// Meaning is a line of a list: a word of a kind, such as [cre.Severity], with what the
// house means by it there. The same word may mean something else in another list.
func (s *Step) Meaning(kind any, word string) string {
	means := ""
	switch kind.(type) {
	case cre.Severity:
		means = s.Rules.Severities[cre.Severity(word)].Means
	case cre.Impact:
		means = cre.Impact(word).Means()
	case cre.ToilClass:
		means = cre.ToilClass(word).Means()
	case cre.Urgency:
		means = cre.Urgency(word).Means()
	case cre.Role:
		means = cre.Role(word).Does()
	}
	if means == "" {
		return word
	}
	return Choice(word, means)
}

// longestChoice is how long a line of a list may be: Slack takes the least.
const longestChoice = 75

// Choice is a line of a list: a word, and what is meant by it.
func Choice(word, means string) string { return chat.Cut(word+": "+means, longestChoice) }
