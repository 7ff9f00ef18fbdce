package cre

import "time"

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
