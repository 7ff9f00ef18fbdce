package cre

import (
	"slices"
	"strings"
	"time"
)

// An Issue is work as it is handed off to a product team. All of it is plain
// text, whoever wrote it: a tracker shows it as it stands.
type Issue struct {
	Title  string   `json:"title"`
	Body   string   `json:"body"`
	Labels []string `json:"labels,omitempty"`
}

// An IssueRef is where an issue is. Without an ID it says where one shall be.
type IssueRef struct {
	Tracker string `json:"tracker"` // its name in the configuration
	ID      string `json:"id,omitempty"`
	URL     string `json:"url,omitempty"` // for people
}

// Opened reports whether there is an issue.
func (r IssueRef) Opened() bool { return r.ID != "" }

// An IssueState is how an issue stands at its tracker.
type IssueState struct {
	State    string    `json:"state"` // in the tracker's words: "open", "In Review"
	Closed   bool      `json:"closed,omitempty"`
	ClosedAt time.Time `json:"closed_at,omitzero"` // zero if the tracker does not say
	Reason   string    `json:"reason,omitempty"`   // why it was closed, in the tracker's words: "not planned", "Won't Do"
	Assignee string    `json:"assignee,omitempty"` // whose it is there, by the name that the tracker shows
}

// solved are the reasons, in the words of trackers, by which what was asked for is
// there.
var solved = []string{"", "completed", "complete", "done", "fixed", "implemented", "resolved", "released"}

// Solved reports whether the issue was closed because the work is done. A closed
// issue without a reason is; one with a reason that is not known is for a person to
// look at.
func (s IssueState) Solved() bool {
	return s.Closed && slices.Contains(solved, strings.ToLower(s.Reason))
}

// Words say how the issue stands: "open, assigned to grace".
func (s IssueState) Words() string {
	words := s.State
	if s.Closed && s.Reason != "" && !strings.EqualFold(s.Reason, s.State) {
		words += ", " + s.Reason
	}
	if s.Assignee != "" {
		words += ", assigned to " + s.Assignee
	}
	return words
}
