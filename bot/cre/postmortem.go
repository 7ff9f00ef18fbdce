package cre

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A Postmortem is the draft of what is learnt from an incident. Evidence is
// gathered when it is drafted; prose may be a model's, and says so.
type Postmortem struct {
	Incident string      `json:"incident"`
	Version  int         `json:"version"` // 1, 2, … each draft
	At       time.Time   `json:"at"`
	By       chat.Person `json:"by"`
	Place    chat.Place  `json:"place"` // where the draft was asked for
	Evidence Evidence    `json:"evidence"`
	Prose    *Prose      `json:"prose,omitempty"`
	Trouble  string      `json:"trouble,omitempty"` // why there is no prose of a model
}

// Evidence is all that a draft is made of.
type Evidence struct {
	Incident  Incident    `json:"incident"`
	Timeline  []Entry     `json:"timeline"`
	Customers []Customer  `json:"customers"`
	Requests  []Request   `json:"requests,omitempty"`
	Impact    []SLOImpact `json:"impact,omitempty"`
}

// An SLOImpact is what an incident cost one SLO.
type SLOImpact struct {
	SLO   string  `json:"slo"`
	Bad   float64 `json:"bad"`   // bad events while it went on
	Total float64 `json:"total"` // events while it went on
	Spent float64 `json:"spent"` // share of the window's budget
	Left  float64 `json:"left"`  // share left at the time of the draft
	Known bool    `json:"known"` // false: nothing was measured
}

// Prose is what a model wrote, after every sentence was checked.
type Prose struct {
	Model   string   `json:"model"`
	Summary []string `json:"summary"`
	Factors []string `json:"factors"`
	Dropped int      `json:"dropped,omitempty"` // sentences that cited nothing that exists
}

var citation = regexp.MustCompile(`\[\s*(T\d+(?:\s*[,;]\s*T\d+)*)\s*\]`)

// Cited keeps the sentences that cite entries of the timeline, all of which
// exist; it counts the others. A citation is [T3] or [T3, T7].
func (e *Evidence) Cited(sentences []string) (kept []string, dropped int) {
	for _, s := range sentences {
		s = strings.Join(strings.Fields(chat.Clean(s)), " ")
		if s == "" {
			continue
		}
		if e.cites(s) {
			kept = append(kept, s)
		} else {
			dropped++
		}
	}
	return kept, dropped
}

func (e *Evidence) cites(sentence string) bool {
	found := citation.FindAllStringSubmatch(sentence, -1)
	for _, m := range found {
		for id := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == ',' || r == ';' }) {
			if !slices.ContainsFunc(e.Timeline, func(t Entry) bool { return t.ID() == strings.TrimSpace(id) }) {
				return false
			}
		}
	}
	return len(found) > 0
}

// ID is how the entry is cited: T3.
func (t *Entry) ID() string { return fmt.Sprintf("T%d", t.N) }
