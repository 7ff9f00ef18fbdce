package store

import (
	"math"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// An Errand is something to be done outside the transaction that left it, or
// later. What it needs to be done is in it; only the fields of its kind are set.
type Errand struct {
	ID   uint64     `json:"id"`
	Kind ErrandKind `json:"kind"`
	// Lane is what must happen in order: errands of one lane are done one after
	// the other, as they were left.
	Lane     string      `json:"lane"`
	Priority Priority    `json:"priority"`
	State    ErrandState `json:"state"`
	Left     time.Time   `json:"left"`
	Due      time.Time   `json:"due"`
	Until    time.Time   `json:"until,omitzero"`   // what has not begun by then nobody wants any more
	Began    time.Time   `json:"began,omitzero"`   // when it was first attempted
	Unclear  time.Time   `json:"unclear,omitzero"` // when it last may have happened without anybody knowing
	Ended    time.Time   `json:"ended,omitzero"`
	Attempts int         `json:"attempts,omitempty"`
	Trouble  string      `json:"trouble,omitempty"` // why the last attempt failed, for people
	Gone     bool        `json:"gone,omitempty"`    // parked: the message of its thread is not there any more
	Barred   bool        `json:"barred,omitempty"`  // parked: its platform took nothing
	// Offer is what a person can do about the trouble, besides trying again.
	Offer chat.Button `json:"offer,omitzero"`

	Subject string `json:"subject,omitempty"` // INC-1, R-1, the name of a digest or an SLO
	Then    string `json:"then,omitempty"`    // the step of the workflow that closes it
	Once    string `json:"once,omitempty"`    // no two errands have the same

	Place   chat.Place     `json:"place"`
	Message *chat.Message  `json:"message,omitempty"`
	Ref     chat.Ref       `json:"ref,omitzero"` // the message to edit or pin; of a message that was sent, where it is
	Room    *chat.RoomSpec `json:"room,omitempty"`
	Suffix  int            `json:"suffix,omitempty"` // how many names of the room were taken
	People  []chat.Person  `json:"people,omitempty"`
	Topic   string         `json:"topic,omitempty"`
	Purpose string         `json:"purpose,omitempty"`
	Link    string         `json:"link,omitempty"`
	From    time.Time      `json:"from,omitzero"`  // measure: since when
	Asked   chat.Place     `json:"asked,omitzero"` // inspect: who asked hears here what the room cannot say

	Issue    *cre.Issue   `json:"issue,omitempty"`    // hand off: what is handed off, until it is
	IssueRef cre.IssueRef `json:"issue_ref,omitzero"` // the issue; hand off: the tracker, then the issue
}

// ErrandKind is what is to be done.
type ErrandKind string

const (
	OpenRoom  ErrandKind = "open room"
	Invite    ErrandKind = "invite"
	Describe  ErrandKind = "describe"
	CloseRoom ErrandKind = "close room"
	Say       ErrandKind = "say"
	Pin       ErrandKind = "pin"
	Bookmark  ErrandKind = "bookmark"
	Inspect   ErrandKind = "inspect"   // look at a room and, in it, at the message of Ref
	Timer     ErrandKind = "timer"     // nothing but its step, when it is due
	Measure   ErrandKind = "measure"   // ask a source for the counts of an SLO
	Draft     ErrandKind = "draft"     // ask a model for prose
	HandOff   ErrandKind = "hand off"  // open an issue at the tracker of IssueRef
	AskIssue  ErrandKind = "ask issue" // ask how the issue of IssueRef stands, when it is due
)

// Priority is who goes first when the outside is slow. Lower goes first.
type Priority int

const (
	ForRoom Priority = iota
	ForReply
	ForAnnouncement
	ForDigest
)

// ErrandState is how far an errand is.
type ErrandState string

const (
	Todo    ErrandState = "todo"
	Sending ErrandState = "sending" // it may have happened: look before repeating
	Done    ErrandState = "done"
	Parked  ErrandState = "parked"  // a person has to decide
	Dropped ErrandState = "dropped" // a person decided that it shall not happen, or it came too late
)

// Open reports whether the outbox will still do something about e.
func (e *Errand) Open() bool { return e.State == Todo || e.State == Sending }

// Late reports whether it is too late to begin e: it would only be noise.
func (e *Errand) Late(now time.Time) bool {
	return e.State == Todo && e.Useless(now)
}

// Useless reports whether nobody wants to hear any more what e says.
func (e *Errand) Useless(now time.Time) bool { return !e.Until.IsZero() && now.After(e.Until) }

// longestWait is the most that an errand waits for its next try.
const longestWait = 15 * time.Minute

// When is when e is to be done. A clock that was set back makes nothing wait that
// was to be done at once, and no retry for longer than it ever would.
func (e *Errand) When(now time.Time) time.Time {
	switch {
	case e.Timed():
		return e.Due
	case e.Left.After(now):
		return now
	case e.Attempts > 0 && e.Due.After(now.Add(longestWait)):
		return now.Add(longestWait)
	}
	return e.Due
}

// Over reports whether nobody will do anything about e any more.
func (e *Errand) Over() bool { return e.State == Done || e.State == Dropped }

// Timed reports whether e waits for the clock and for nothing else.
func (e *Errand) Timed() bool { return e.Kind == Timer || e.Kind == Measure || e.Kind == AskIssue }

// TimedLane begins the lanes of what waits for the clock, so that they sort
// behind all others.
const TimedLane = "~"

// Platform is the platform that does e, "" for none.
func (e *Errand) Platform() string { return e.Place.Platform }

// Errands are what is to be done, and for a while what was.
var Errands = &Collection[Errand]{
	Name: "errands",
	Key:  func(e *Errand) []byte { return Key(e.ID) },
	Indexes: []Index[Errand]{
		{Name: "due", Keys: func(e *Errand) [][]byte { return when(e.Open(), Key(e.Due)) }},
		{Name: "timed", Keys: func(e *Errand) [][]byte { return when(e.Open() && e.Timed(), Key(e.Due)) }},
		{Name: "lane", Keys: func(e *Errand) [][]byte { return when(e.Open(), Key(e.Lane, e.ID)) }},
		{Name: "urgent", Keys: func(e *Errand) [][]byte {
			return when(e.Open() && e.Priority <= ForReply && !e.Timed(), Key(e.Lane, e.ID))
		}},
		{Name: "parked", Keys: func(e *Errand) [][]byte { return when(e.State == Parked, Key(e.ID)) }},
		{Name: "ended", Edition: 1, Keys: func(e *Errand) [][]byte { return when(e.Over(), Key(e.Ended)) }},
		{Name: "subject", Keys: func(e *Errand) [][]byte { return when(e.Subject != "", Key(e.Subject, e.ID)) }},
		{Name: "once", Unique: true, Keys: func(e *Errand) [][]byte { return when(e.Once != "", Key(e.Once)) }},
		{Name: "message", Keys: func(e *Errand) [][]byte {
			if e.Kind != Say || e.State != Todo && e.State != Parked || e.Message.Key == "" {
				return nil
			}
			return [][]byte{MessageKey(e)}
		}},
	},
}

// Pressing lists the open errands but those that only wait for a later time, which
// are counted and not read: there may be one for each request.
func Pressing(tx Tx, now time.Time) (all []Errand, later int, err error) {
	for e, err := range Errands.By(tx, "lane", nil, Page{}) {
		if err != nil {
			return nil, 0, err
		}
		if e.Timed() { // they come last
			break
		}
		all = append(all, *e)
	}
	for e, err := range Errands.By(tx, "timed", nil, Page{}) {
		if err != nil {
			return nil, 0, err
		}
		if e.Due.After(now) {
			break
		}
		all = append(all, *e)
	}
	for _, err := range Errands.Keys(tx, "timed", nil, Page{After: Key(now, uint64(math.MaxUint64))}) {
		if err != nil {
			return nil, 0, err
		}
		later++
	}
	return all, later, nil
}

// MessageKey is where the message of e goes and what it replaces there.
func MessageKey(e *Errand) []byte { return Key(e.Place.Key(), e.Place.Thread, e.Message.Key) }

func when(ok bool, key []byte) [][]byte {
	if !ok {
		return nil
	}
	return [][]byte{key}
}

// A Said remembers which message carries a key in a place, so that the next one
// with that key replaces it.
type Said struct {
	Place chat.Place `json:"place"` // as the message was addressed
	Key   string     `json:"key"`
	Ref   chat.Ref   `json:"ref"`
}

// SaidMessages are the messages that can be replaced.
var SaidMessages = &Collection[Said]{
	Name: "said",
	Key:  func(s *Said) []byte { return Key(s.Place.Key(), s.Place.Thread, s.Key) },
}

// A Received is an event that was handled, with the answer it got.
type Received struct {
	Key   string     `json:"key"`
	At    time.Time  `json:"at"`
	Reply chat.Reply `json:"reply"`
}

// Inbox is what was received in the last days.
var Inbox = &Collection[Received]{
	Name: "inbox",
	Key:  func(r *Received) []byte { return Key(r.Key) },
	Indexes: []Index[Received]{
		{Name: "at", Keys: func(r *Received) [][]byte { return [][]byte{Key(r.At)} }},
	},
}

// An Act is one line of the audit: who did what, and what came of it.
type Act struct {
	N       uint64      `json:"n"`
	At      time.Time   `json:"at"`
	By      chat.Person `json:"by"`
	Event   string      `json:"event"`
	Command string      `json:"command"`
	Line    string      `json:"line"`
	Outcome string      `json:"outcome"` // "done", or the refusal
	Changed []string    `json:"changed,omitempty"`
	Before  string      `json:"before"` // hash of the line before
	Hash    string      `json:"hash"`   // of this line, Before included
}

// Audit is what people did, each line sealed with the hash of the one before.
var Audit = &Collection[Act]{
	Name: "audit",
	Key:  func(a *Act) []byte { return Key(a.N) },
}

// The domain's records.
var (
	Incidents = &Collection[cre.Incident]{
		Name: "incidents",
		Key:  func(i *cre.Incident) []byte { return Key(i.Number) },
		Indexes: []Index[cre.Incident]{
			{Name: "open", Keys: func(i *cre.Incident) [][]byte { return when(i.Status.Open(), Key(i.Number)) }},
			{Name: "room", Unique: true, Keys: func(i *cre.Incident) (keys [][]byte) {
				for _, r := range i.OwnRooms() {
					keys = append(keys, Key(r.Room.Place.Key()))
				}
				return keys
			}},
			{Name: "thread", Unique: true, Keys: func(i *cre.Incident) (keys [][]byte) {
				for _, r := range i.Rooms() {
					if r.IsThread() {
						keys = append(keys, Key(r.Room.Place.Key(), r.Room.Place.Thread))
					}
				}
				return keys
			}},
			{Name: "customer", Keys: func(i *cre.Incident) [][]byte {
				var keys [][]byte
				for _, c := range i.Customers {
					keys = append(keys, Key(c, i.Number))
				}
				return keys
			}},
		},
	}
	Timeline = &Collection[cre.Entry]{
		Name: "timeline",
		Key:  func(e *cre.Entry) []byte { return Key(e.Incident, e.N) },
		Indexes: []Index[cre.Entry]{
			{Name: "link", Keys: func(e *cre.Entry) [][]byte { return when(e.Link != "", Key(e.Incident, e.Link)) }},
		},
	}
	Requests = &Collection[cre.Request]{
		Name: "requests",
		Key:  func(r *cre.Request) []byte { return Key(r.Number) },
		Indexes: []Index[cre.Request]{
			{Name: "open", Keys: func(r *cre.Request) [][]byte { return when(r.Status.Open(), Key(r.Number)) }},
			{Name: "customer", Keys: func(r *cre.Request) [][]byte { return when(r.Customer != "", Key(r.Customer, r.Number)) }},
			{Name: "origin", Keys: func(r *cre.Request) [][]byte { return when(r.Origin != "", Key(r.Origin)) }},
			{Name: "thread", Edition: 1, Keys: func(r *cre.Request) [][]byte {
				return when(r.Asked.Thread != "", Key(r.Asked.Key(), r.Asked.Thread))
			}},
			{Name: "rating asked", Keys: func(r *cre.Request) [][]byte {
				return when(!r.RatingAsked.IsZero(), Key(r.Requester.Key(), r.RatingAsked))
			}},
			{Name: "rated", Keys: func(r *cre.Request) [][]byte {
				if r.Rating == nil || r.Customer == "" {
					return nil
				}
				return [][]byte{Key(r.Customer, r.Rating.At)}
			}},
			{Name: "source", Unique: true, Keys: func(r *cre.Request) [][]byte { return when(r.Source != "", Key(r.Source)) }},
			{Name: "queue", Edition: cre.QueueEdition, Keys: func(r *cre.Request) [][]byte { return when(r.Status.Open(), pack(r)) }},
			{Name: "words", Edition: cre.WordsEdition, Keys: func(r *cre.Request) (keys [][]byte) {
				for _, term := range cre.Terms(r.Title, r.Detail) {
					keys = append(keys, Key(term))
				}
				return keys
			}},
			{Name: "ended", Edition: 1, Keys: func(r *cre.Request) [][]byte { return when(!r.Ended.IsZero(), Key(r.Ended)) }},
			{Name: "judged", Edition: 1, Keys: func(r *cre.Request) (keys [][]byte) {
				for _, at := range r.Judged() {
					keys = append(keys, Key(at))
				}
				return keys
			}},
		},
	}
	Customers = &Collection[cre.Customer]{
		Name: "customers",
		Key:  func(c *cre.Customer) []byte { return Key(c.Key) },
	}
	// Spents is work that was no request. What was worked on a request, the request knows.
	Spents = &Collection[cre.Spent]{
		Name:    "spent",
		Key:     func(s *cre.Spent) []byte { return Key(s.N) },
		Indexes: []Index[cre.Spent]{{Name: "at", Keys: func(s *cre.Spent) [][]byte { return [][]byte{Key(s.At)} }}},
	}
	SLIHours = &Collection[cre.SLIHour]{
		Name: "sli",
		Key:  func(h *cre.SLIHour) []byte { return Key(h.SLO, h.Hour) },
	}
	Digests = &Collection[Digest]{
		Name: "digests",
		Key:  func(d *Digest) []byte { return Key(d.Name) },
	}
	Postmortems = &Collection[cre.Postmortem]{
		Name: "postmortems",
		Key:  func(p *cre.Postmortem) []byte { return Key(p.Incident) },
	}
)

// IncidentAt is the incident that is worked on in a place, nil if there is none: the
// place is in its war room, or is the thread that stands for one.
func IncidentAt(tx Tx, place chat.Place) (*cre.Incident, error) {
	if place.IsZero() {
		return nil, nil
	}
	if place.Thread != "" {
		inc, err := Incidents.First(tx, "thread", Key(place.Key(), place.Thread))
		if err != nil || inc != nil {
			return inc, err
		}
	}
	return Incidents.First(tx, "room", Key(place.Key()))
}

// IncidentByID finds the incident of an identifier such as INC-7, nil if there is
// none.
func IncidentByID(tx Tx, id string) (*cre.Incident, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(id), "INC-"), 10, 64)
	if err != nil {
		return nil, nil
	}
	return Incidents.Get(tx, Key(n))
}

// A Digest remembers what the last digest of a name said, so that the next can
// say what changed.
type Digest struct {
	Name  string             `json:"name"`
	Slot  time.Time          `json:"slot"`
	Left  map[string]float64 `json:"left"`  // by SLO
	State map[string]string  `json:"state"` // by SLO
}

// All lists every collection, for `doctor`.
func All() []Checker {
	return append(BuiltIn(), Errands, SaidMessages, Inbox, Audit, Incidents, Timeline, Requests, Spents, Customers,
		SLIHours, Digests, Postmortems, Unreadables, Leases, Moves, Outages, People, Linkings, Events, Budgets, Shares, Overheard)
}
