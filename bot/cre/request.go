package cre

import (
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A Request is work that somebody asked of the CRE team for a customer.
type Request struct {
	ID        string        `json:"id"`
	Number    uint64        `json:"number"`
	Title     string        `json:"title"`
	Detail    string        `json:"detail,omitempty"`
	Customer  string        `json:"customer,omitempty"` // key
	Due       time.Time     `json:"due,omitzero"`
	Status    RequestStatus `json:"status"`
	Requester chat.Person   `json:"requester"`
	Owner     chat.Person   `json:"owner,omitzero"`
	Reason    string        `json:"reason,omitempty"` // of a decline, or what is waited for

	Kind        string            `json:"kind,omitempty"`
	Department  string            `json:"department,omitempty"` // of the requester
	Component   string            `json:"component,omitempty"`  // one of the customer's services
	Environment string            `json:"environment,omitempty"`
	Impact      Impact            `json:"impact,omitempty"`
	Facts       map[string]string `json:"facts,omitempty"`  // what its kind wants to know besides
	Lacked      []string          `json:"lacked,omitempty"` // required facts that it did not tell when it was filed
	Followers   []chat.Person     `json:"followers,omitempty"`
	Bumps       []Bump            `json:"bumps,omitempty"`
	Apart       time.Time         `json:"apart,omitzero"` // when somebody said that it is no sign of an incident
	Skips       []Skip            `json:"skips,omitempty"`
	Like        []string          `json:"like,omitempty"`  // the likest when it was filed, the likest first
	Alike       int               `json:"alike,omitempty"` // requests like it in the week before it
	Estimate    time.Duration     `json:"estimate,omitempty"`

	Asked  chat.Place `json:"asked"`            // where; its thread hears every change
	Anchor chat.Place `json:"anchor,omitzero"`  // where the message that the thread hangs on was addressed to
	Origin string     `json:"origin,omitempty"` // link to the message it was made from
	Source string     `json:"source,omitempty"` // of one that was imported: from where, and its identifier there
	Triage chat.Place `json:"triage,omitzero"`  // where its card is

	Created  time.Time `json:"created"`
	NextLook time.Time `json:"next_look"`
	Taken    time.Time `json:"taken,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Minutes  int       `json:"minutes,omitempty"` // of work it took
	Class    ToilClass `json:"class,omitempty"`   // of that work

	Hands       []Hand                  `json:"hands,omitempty"`   // who had the ball since when, in order
	Answered    time.Time               `json:"answered,omitzero"` // when a CRE first said or did something about it, or an incident took it in
	Asking      time.Time               `json:"asking,omitzero"`   // since when the requester waits for the next word; zero: nobody waits
	Replies     []time.Time             `json:"replies,omitempty"` // when later words came in time
	Breaches    []Breach                `json:"breaches,omitempty"`
	Warned      map[ClockKind]time.Time `json:"warned,omitempty"` // when a clock was last warned of
	Told        time.Time               `json:"told,omitzero"`    // when the customer was told
	ToldBy      chat.Person             `json:"told_by,omitzero"`
	RatingAsked time.Time               `json:"rating_asked,omitzero"` // when the requester was asked how it went
	Rating      *Rating                 `json:"rating,omitempty"`

	HandedOff    time.Time  `json:"handed_off,omitzero"`     // when a product team got it
	Issue        IssueRef   `json:"issue,omitzero"`          // where it is then
	IssueState   IssueState `json:"issue_state,omitzero"`    // as it was last heard; zero: not yet
	IssueTrouble string     `json:"issue_trouble,omitempty"` // why it is not heard, for people

	DuplicateOf string   `json:"duplicate_of,omitempty"`
	Duplicates  []string `json:"duplicates,omitempty"`
	Incident    string   `json:"incident,omitempty"`
	Private     bool     `json:"private,omitempty"` // hangs on a private incident
}

// A Hand is a time since which a request has a status, and so somebody the ball.
type Hand struct {
	At     time.Time     `json:"at"`
	Status RequestStatus `json:"status"`
}

// A Breach is a clock that ran out.
type Breach struct {
	Clock ClockKind `json:"clock"`
	Due   time.Time `json:"due"`
	Came  time.Time `json:"came,omitzero"` // when what was due came after all
}

// ClockKind is what of a request is promised within a time.
type ClockKind string

const (
	FirstResponse ClockKind = "first response"
	NextResponse  ClockKind = "next response"
	Resolution    ClockKind = "resolution"
)

// A Bump is somebody's word that a request cannot wait for its turn.
type Bump struct {
	By      chat.Person `json:"by"`
	At      time.Time   `json:"at"`
	Urgency Urgency     `json:"urgency"`
	Reason  string      `json:"reason"`
}

// A Skip is why somebody left a request to others when it was offered to them.
type Skip struct {
	By     chat.Person `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
}

// SkippedBy reports whether somebody left the request to others, with one of their
// accounts.
func (r *Request) SkippedBy(accounts []chat.Person) bool {
	return slices.ContainsFunc(r.Skips, func(k Skip) bool {
		return slices.ContainsFunc(accounts, func(p chat.Person) bool { return p.Key() == k.By.Key() })
	})
}

// A Rating is what the requester thought of it in the end.
type Rating struct {
	At   time.Time `json:"at"`
	Good bool      `json:"good"`
	Text string    `json:"text,omitempty"`
}

// Pass gives the ball on: the request has the status from now on.
func (r *Request) Pass(s RequestStatus, at time.Time) {
	if len(r.Hands) == 0 && r.Status != "" { // it was filed before hands were noted
		r.Hands = []Hand{{r.Created, New}}
		if r.Status != New {
			r.Hands = append(r.Hands, Hand{latestOf(r.Created, r.Taken), r.Status})
		}
	}
	if r.Status != s {
		r.Hands = append(r.Hands, Hand{at, s})
	}
	r.Status = s
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// RequestStatus is where a request is, and so who has the ball.
type RequestStatus string

const (
	New            RequestStatus = "new"
	Triaged        RequestStatus = "triaged"
	OnUs           RequestStatus = "on_us"
	OnCustomer     RequestStatus = "on_customer"
	OnRequester    RequestStatus = "on_requester"
	OnEngineering  RequestStatus = "on_engineering"
	CloseLoop      RequestStatus = "close_loop"
	Done           RequestStatus = "done"
	RefusedRequest RequestStatus = "declined"
	Duplicate      RequestStatus = "duplicate"
	BecameIncident RequestStatus = "became_incident"
	Withdrawn      RequestStatus = "withdrawn" // by who asked
)

// Open reports whether there is still something to do.
func (s RequestStatus) Open() bool {
	return !slices.Contains([]RequestStatus{Done, RefusedRequest, Duplicate, BecameIncident, Withdrawn}, s)
}

// Words say the status as people do.
func (s RequestStatus) Words() string {
	switch s {
	case OnUs:
		return "in work"
	case OnCustomer:
		return "waiting for the customer"
	case OnRequester:
		return "waiting for the requester"
	case OnEngineering:
		return "waiting for engineering"
	case CloseLoop:
		return "done, customer not told yet"
	case BecameIncident:
		return "became an incident"
	}
	return string(s)
}

// Waiting is whom a request may wait for.
type Waiting string

// UnmarshalText reads customer, requester or engineering.
func (w *Waiting) UnmarshalText(text []byte) error {
	v := Waiting(strings.ToLower(string(text)))
	if !slices.Contains(v.Choices(), string(v)) {
		return Errorf(Invalid, "A request waits for `customer`, `requester` or `engineering`, not for %s.", string(text)).About("for")
	}
	*w = v
	return nil
}

// Choices are the words offered where one is asked for.
func (w Waiting) Choices() []string { return []string{"customer", "requester", "engineering"} }

// Status is the status that waiting for w means.
func (w Waiting) Status() RequestStatus { return RequestStatus("on_" + string(w)) }

// Must says that the request is still open, or why nothing can be done to it.
func (r *Request) Must() error {
	if r.Status.Open() {
		return nil
	}
	switch {
	case r.Private:
		return Errorf(Conflict, "**%s** is now private. Whoever is taking care of it will tell those who need to know.", r.ID)
	case r.Status == BecameIncident:
		return Errorf(Conflict, "**%s** became **%s**. The work goes on there.", r.ID, r.Incident)
	}
	return Errorf(Conflict, "**%s** ended on %s (%s). File a new one with `cre request`.", r.ID, r.Ended.Format("2 Jan"), r.Status.Words())
}

// End closes the request with a status.
func (r *Request) End(s RequestStatus, reason string, at time.Time) {
	r.Pass(s, at)
	r.Reason, r.Ended = reason, at
}
