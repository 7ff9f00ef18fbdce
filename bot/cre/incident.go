package cre

import (
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// An Incident is trouble that customers feel, and the work to end it.
type Incident struct {
	ID       string   `json:"id"` // INC-1
	Number   uint64   `json:"number"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity,omitempty"`
	Status   Status   `json:"status"`
	Drill    bool     `json:"drill,omitempty"`   // practised, not counted
	Past     bool     `json:"past,omitempty"`    // recorded after it was over
	Private  bool     `json:"private,omitempty"` // see [Incident.VisibleTo]
	Quiet    bool     `json:"quiet,omitempty"`   // what the bot says in its rooms is in a thread under the card

	Customers []string             `json:"customers,omitempty"` // keys
	Services  []string             `json:"services,omitempty"`
	Roles     map[Role]chat.Person `json:"roles,omitempty"`
	Declarer  chat.Person          `json:"declarer"`
	Reporter  chat.Person          `json:"reporter,omitzero"` // who saw it first, if a request became it
	Members   []chat.Person        `json:"members,omitempty"` // who was brought into a private one

	Times map[Moment]time.Time `json:"times"`
	Clock *Promise             `json:"clock,omitempty"` // when the room hears next
	Tasks []Task               `json:"tasks,omitempty"`

	Home         chat.Place `json:"home"` // where it was declared
	RoomRecord              // of the war room on that platform
	Mirrors      []Mirror   `json:"mirrors,omitempty"` // on other platforms; see [Incident.Rooms]
	Announcement chat.Place `json:"announcement,omitzero"`
	Requests     []string   `json:"requests,omitempty"` // that became it or hang on it
	MergedInto   string     `json:"merged_into,omitempty"`
	Events       uint64     `json:"events"` // length of its timeline
}

// Status is how far an incident has come.
type Status string

const (
	Triage        Status = "triage"
	Investigating Status = "investigating"
	Identified    Status = "identified"
	Mitigated     Status = "mitigated"
	Resolved      Status = "resolved"
	Closed        Status = "closed"
	Declined      Status = "declined"
	Merged        Status = "merged"
	Cancelled     Status = "cancelled"
)

// Statuses lists the way of an incident, first to last.
var Statuses = []Status{Triage, Investigating, Identified, Mitigated, Resolved, Closed}

// A Goal is a status that a person may set.
type Goal Status

// UnmarshalText reads a status that a person may set.
func (g *Goal) UnmarshalText(text []byte) error {
	v := strings.ToLower(string(text))
	if !slices.Contains(g.Choices(), v) {
		return Errorf(Invalid, "%s is not a status. Say `investigating`, `identified`, `mitigated`, `resolved` or `closed`.", string(text)).About("status")
	}
	*g = Goal(v)
	return nil
}

// Choices are the words offered where one is asked for.
func (g Goal) Choices() []string {
	return []string{string(Investigating), string(Identified), string(Mitigated), string(Resolved), string(Closed)}
}

// Open reports whether people still work on it.
func (s Status) Open() bool { return slices.Contains(Statuses[:4], s) }

// A Moment is one of the times that tell how an incident went.
type Moment string

const (
	ImpactStarted         Moment = "impact_started"
	Detected              Moment = "detected"
	CustomerFirstReported Moment = "customer_first_reported"
	DeclaredAt            Moment = "declared"
	Acknowledged          Moment = "acknowledged"
	LeadAssigned          Moment = "lead_assigned"
	FirstCustomerUpdate   Moment = "first_customer_update"
	MitigatedAt           Moment = "mitigated"
	ResolvedAt            Moment = "resolved"
	CustomerConfirmed     Moment = "customer_confirmed"
	ClosedAt              Moment = "closed"
)

// Moments lists them in the order in which they must fall.
var Moments = []Moment{ImpactStarted, Detected, CustomerFirstReported, DeclaredAt, Acknowledged,
	LeadAssigned, FirstCustomerUpdate, MitigatedAt, ResolvedAt, CustomerConfirmed, ClosedAt}

// A Role is a hat that one person wears in an incident.
type Role string

const (
	Lead   Role = "lead"
	Ops    Role = "ops"
	Comms  Role = "comms"
	Scribe Role = "scribe"
)

// IncidentRoles lists the roles in the order of a card.
var IncidentRoles = []Role{Lead, Ops, Comms, Scribe}

// Does says what the role is there for.
func (r Role) Does() string {
	switch r {
	case Lead:
		return "decides what is done"
	case Ops:
		return "changes things in production"
	case Comms:
		return "talks to customers"
	default:
		return "keeps the record"
	}
}

var roleWords = map[string]Role{"lead": Lead, "commander": Lead, "ic": Lead, "ops": Ops, "operations": Ops,
	"comms": Comms, "messenger": Comms, "liaison": Comms, "scribe": Scribe}

// UnmarshalText reads a role as people call it.
func (r *Role) UnmarshalText(text []byte) error {
	v, ok := roleWords[strings.ToLower(string(text))]
	if !ok {
		return Errorf(Invalid, "%s is not a role. Say `lead`, `ops`, `comms` or `scribe`.", string(text)).About("role")
	}
	*r = v
	return nil
}

// Choices are the words offered where one is asked for.
func (r Role) Choices() []string { return []string{"lead", "ops", "comms", "scribe"} }

// A Task is something to do: now, or after the incident.
type Task struct {
	N     int         `json:"n"`
	Text  string      `json:"text"`
	Who   chat.Person `json:"who,omitzero"`
	Later bool        `json:"later,omitempty"` // a follow-up
	Due   time.Time   `json:"due,omitzero"`
	Done  time.Time   `json:"done,omitzero"`
	At    time.Time   `json:"at"`
}

// An Entry is one line of an incident's timeline.
type Entry struct {
	Incident string      `json:"incident"`
	N        uint64      `json:"n"` // cited as T1, T2, …
	At       time.Time   `json:"at"`
	Kind     EntryKind   `json:"kind"`
	By       chat.Person `json:"by,omitzero"` // nobody: cresset itself
	Text     string      `json:"text"`
	Link     string      `json:"link,omitempty"`
}

// EntryKind is what an entry records.
type EntryKind string

const (
	Declared EntryKind = "declared"
	Note     EntryKind = "note"
	Pinned   EntryKind = "pinned"
	Update   EntryKind = "update"
	Decision EntryKind = "decision"
	Moved    EntryKind = "status"
	Graded   EntryKind = "severity"
	Assigned EntryKind = "role"
	Tasked   EntryKind = "task"
	Affected EntryKind = "customers"
	Linked   EntryKind = "request"
	Happened EntryKind = "system" // the bot's own doing: the room, a clock
)

// MaxTitle is the longest title, in characters.
const MaxTitle = 200

// CheckTitle tidies a title, or says what is wrong with it.
func CheckTitle(title string) (string, error) {
	title = strings.Join(strings.Fields(chat.Clean(title)), " ")
	if title == "" {
		return "", Errorf(Invalid, "Say in a few words what is wrong, as a customer sees it.").About("title")
	}
	if len([]rune(title)) > MaxTitle {
		return "", Errorf(Invalid, "The title is longer than %d characters. Put the rest into `incident note`.", MaxTitle).About("title")
	}
	return title, nil
}

// Stamp sets a moment if it was not set yet.
func (i *Incident) Stamp(m Moment, at time.Time) {
	if i.Times == nil {
		i.Times = map[Moment]time.Time{}
	}
	if _, ok := i.Times[m]; !ok {
		i.Times[m] = at
	}
}

// Move takes the incident to a status, or says why it cannot go there. One that
// goes back to work was not mitigated after all.
func (i *Incident) Move(to Status, at time.Time) error {
	switch {
	case i.Status == to:
		return Errorf(Conflict, "**%s** is already %s.", i.ID, string(to))
	case to == Closed && i.Status.Open():
		return Errorf(Conflict, "**%s** is still open (%s). Say `incident resolve` first. Close it when nothing is left to do.", i.ID, string(i.Status))
	case !i.Status.Open() && !(i.Status == Resolved && to == Closed):
		return Errorf(Conflict, "**%s** is %s. To work on it again, say `incident reopen`.", i.ID, string(i.Status))
	case to == Declined && i.Status != Triage && i.Status != Investigating:
		return Errorf(Conflict, "**%s** is %s, so somebody has confirmed it. If it was declared in error, say `incident cancel`.", i.ID, string(i.Status))
	}
	i.Status = to
	switch to {
	case Triage:
		delete(i.Times, MitigatedAt)
	case Investigating, Identified:
		delete(i.Times, MitigatedAt)
		i.Stamp(Acknowledged, at)
	case Mitigated:
		i.Stamp(MitigatedAt, at)
	case Resolved:
		i.Stamp(MitigatedAt, at)
		i.Stamp(ResolvedAt, at)
	case Closed, Declined, Merged, Cancelled:
		i.Stamp(ClosedAt, at)
	}
	return nil
}

// Reopen takes an incident that was over back to work.
func (i *Incident) Reopen() error {
	if i.Status.Open() {
		return Errorf(Conflict, "**%s** is already open: %s.", i.ID, string(i.Status))
	}
	if i.Status == Merged {
		return Errorf(Conflict, "**%s** was merged into %s. Work on that one.", i.ID, i.MergedInto)
	}
	i.Status = Investigating
	for _, m := range []Moment{MitigatedAt, ResolvedAt, CustomerConfirmed, ClosedAt} {
		delete(i.Times, m)
	}
	return nil
}

// Began is when customers began to feel it, as far as is known: when the impact
// is on the record to have started, else the first report of a customer or the
// declaration, whichever was first.
func (i *Incident) Began() time.Time {
	if t, ok := i.Times[ImpactStarted]; ok {
		return t
	}
	declared := i.Times[DeclaredAt]
	if reported, ok := i.Times[CustomerFirstReported]; ok && reported.Before(declared) {
		return reported
	}
	return declared
}

// Lasted is how long it went, until it was resolved or ended otherwise or, while
// it is open, now.
func (i *Incident) Lasted(now time.Time) time.Duration {
	for _, m := range []Moment{ResolvedAt, ClosedAt} {
		if end, ok := i.Times[m]; ok {
			return end.Sub(i.Began())
		}
	}
	return now.Sub(i.Began())
}

// VisibleTo is the one predicate of privacy: everything that lists, shows,
// counts, exports or sends an incident asks it. Nobody is in no private one.
func (i *Incident) VisibleTo(p chat.Person) bool {
	if !i.Private {
		return true
	}
	if p.IsZero() {
		return false
	}
	if i.Declarer.Key() == p.Key() {
		return true
	}
	for _, holder := range i.Roles {
		if holder.Key() == p.Key() {
			return true
		}
	}
	return slices.ContainsFunc(i.Members, func(m chat.Person) bool { return m.Key() == p.Key() })
}

// Task finds a task by its number.
func (i *Incident) Task(n int) (*Task, error) {
	for k := range i.Tasks {
		if i.Tasks[k].N == n {
			return &i.Tasks[k], nil
		}
	}
	return nil, Errorf(NotFound, "**%s** has no task %d.", i.ID, n)
}
