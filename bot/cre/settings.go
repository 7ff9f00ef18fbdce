package cre

import (
	"slices"
	"time"

	"cresset/bot/chat"
)

// Settings are the rules of one house, as its operator wrote them. They do not
// change while the bot runs.
type Settings struct {
	Zone        *time.Location
	Severities  map[Severity]SeverityRule
	Channels    Channels
	Hours       Calendar
	Promised    map[Group]Targets // what nobody said of a group is that of a wider one; see [Settings.Targets]
	WarnAt      float64           // see [Targets]
	KeepShare   float64           // of clocks that are to be met
	TierWeight  map[string]int
	Weights     Weights // of what counts for the place in the queue
	ToilLimit   float64 // how much of the time may be toil
	Team        []Member
	Limit       int           // requests in work at once, for each person; 0: any number
	Bumps       int           // for each person and week
	Manager     string        // the team whose person on call hears of bumps and broken clocks; "": the requests channel does
	HandoffAt   time.Duration // of work, above which a request is for a product team
	Kinds       []RequestKind
	Departments []Department
	Converge    Converge
	Customers   []Customer
	SLOs        []SLO
	Digests     []Digest
	OnCall      []Rota
	Listen      []Listening // channels in which the bot hears what customers say
	Roles       Access
	Platforms   []string // where people talk, in the order of the configuration
	Roomless    []string // those of them that cannot open a room; see [Settings.HasRooms]
	Trackers    []string // where product teams keep issues, in the order of the configuration
	Handoff     Handoff
	Home        string // the platform for what comes from none (the API)
	Model       bool   // a language model may be asked for prose
	Site        string // the console's address, for links; may be empty
}

// HasRooms reports whether an incident gets a room of its own on a platform. Else
// it is worked on in the thread of its announcement.
func (s *Settings) HasRooms(platform string) bool { return !slices.Contains(s.Roomless, platform) }

// Channels are the names of the bot's standing channels.
type Channels struct{ Incidents, Requests, Digests string }

// A Digest is posted by schedule.
type Digest struct {
	Name       string
	About      DigestAbout
	To         string // channel name
	Customer   string // key; empty: all
	Department string // of a week; empty: all
	Zone       *time.Location
	Next       func(after time.Time) time.Time // the next slot
}

// Rank is what a person may do.
type Rank int

const (
	Viewer Rank = iota
	Responder
	Commander
	Admin
)

func (r Rank) String() string {
	return []string{"viewer", "responder", "commander", "admin"}[r]
}

// Access says who has which rank: person keys ("slack:U1"), keys of groups of
// people ("slack:S1"), or "*". Names are not
// taken: on most platforms people choose them. Where the list of responders is
// empty, everybody inside the organisation is one; where that of commanders is,
// every responder is one. Where the list of admins is empty, nobody is.
type Access struct {
	Admin, Commander, Responder []string
	// In reports whether somebody is in the group of an entry; nil: there are none.
	In func(entry string, p chat.Person) bool
}

// Rank is what p may do. granted is the role that the way in grants: that of an
// API token, or the console's on its own machine.
func (a Access) Rank(p chat.Person, granted string) Rank {
	for r := Admin; r >= Responder; r-- {
		if granted == r.String() {
			return r
		}
	}
	if granted != "" || p.External {
		return Viewer
	}
	switch {
	case a.names(a.Admin, p):
		return Admin
	case a.names(a.Commander, p) || len(a.Commander) == 0 && (len(a.Responder) == 0 || a.names(a.Responder, p)):
		return Commander
	case a.names(a.Responder, p) || len(a.Responder) == 0:
		return Responder
	}
	return Viewer
}

// NamesTeam reports whether some people are the team and others are not: with
// everybody a responder, nobody's words are a customer's and nobody is pinged.
func (a Access) NamesTeam() bool { return len(a.Responder) > 0 && !slices.Contains(a.Responder, "*") }

func (a Access) names(list []string, p chat.Person) bool {
	return slices.ContainsFunc(list, func(s string) bool {
		return s == "*" || s == p.Key() || a.In != nil && a.In(s, p)
	})
}
