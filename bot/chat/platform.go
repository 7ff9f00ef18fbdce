package chat

import (
	"context"
	"net/http"
	"time"
)

// A Platform is a place where people talk. Post is all that it must be able to
// do; the other abilities are interfaces of their own, each with a fallback.
type Platform interface {
	// Name is the platform's name in configuration, places and people.
	Name() string
	// Run receives events until ctx is done. It returns early only for what no
	// retry can mend.
	Run(ctx context.Context, handle Handler) error
	// Post says m in place. The id is unique to this intent to speak: a platform
	// that can, says the same id only once and carries it so that Find sees it.
	Post(ctx context.Context, place Place, m Message, id string) (Ref, error)
}

// Served is a platform that also takes HTTP requests on the bot's listener.
type Served interface {
	Routes(handle Handler) map[string]http.Handler // by pattern of http.ServeMux
}

// A Finder can look up what was said. Without it an unclear outcome is parked
// for a person.
type Finder interface {
	// Find looks for the message that was posted with id since then.
	Find(ctx context.Context, place Place, id string, since time.Time) (Ref, bool, error)
}

// An Editor can replace a message. Without it a message with a key is said anew.
type Editor interface {
	Edit(ctx context.Context, ref Ref, m Message) error
}

// A RoomSpec asks for a room.
type RoomSpec struct {
	Name    string    `json:"name"` // lower-case letters, digits and dashes
	Private bool      `json:"private,omitempty"`
	Mark    string    `json:"mark"`  // what the room's purpose carries, so that its owner can be told
	Since   time.Time `json:"since"` // a room made before is somebody else's
	// Doubt is when the room may have been made by a call whose answer was lost. A
	// platform on which names are not unique then looks for the mark first.
	Doubt time.Time `json:"-"`
}

// A Room is a room as its platform shows it.
type Room struct {
	Place   Place     `json:"place"`
	Name    string    `json:"name"`
	Link    string    `json:"link,omitempty"`
	Purpose string    `json:"purpose,omitempty"`
	Own     bool      `json:"own,omitempty"` // this bot made it
	Created time.Time `json:"created,omitzero"`
}

// Rooms is a platform that can open rooms. Without it an incident lives in the
// thread of its announcement.
type Rooms interface {
	// OpenRoom makes the room, in one call. A name in use gives ErrNameTaken.
	OpenRoom(ctx context.Context, spec RoomSpec) (Room, error)
	// FindRoom looks a room up by its exact name.
	FindRoom(ctx context.Context, name string) (Room, bool, error)
	// Invite brings people in, in one call if all is well. Who cannot come is
	// named with the reason; that is no error.
	Invite(ctx context.Context, room Place, who []Person) ([]Refusal, error)
	// Describe sets what stands above the conversation: topic and purpose.
	Describe(ctx context.Context, room Place, topic, purpose string) error
	// CloseRoom archives the room; its messages stay.
	CloseRoom(ctx context.Context, room Place) error
}

// A Refusal says why a person could not be brought in.
type Refusal struct {
	Who    Person `json:"who"`
	Reason string `json:"reason"`
}

// A Pinner can keep a message in sight. Without it the message is only said.
type Pinner interface {
	Pin(ctx context.Context, ref Ref) error
}

// A Bookmarker can keep links above the conversation. Without it they are only
// in the card.
type Bookmarker interface {
	Bookmark(ctx context.Context, room Place, title, link string) error
}

// An Inspector can look at a room. Without it nobody can tell what a room lacks,
// and what it should have is simply done again.
type Inspector interface {
	// Inspect says how a room stands, and in it a message: the card. A room that
	// is gone or archived is no error, and no more is said of it.
	Inspect(ctx context.Context, room Place, card Ref) (RoomState, error)
}

// A RoomState is how a room stands, as the bot sees it.
type RoomState struct {
	Gone     bool // deleted, or the bot is not in it any more
	Archived bool // its messages can be read, and nobody can add any
	Shared   bool // people of another organisation can read it

	Name, Topic, Purpose string
	Members              []string // ids of people, perhaps with the bot's own
	CardThere            bool     // the message was not deleted
	CardPinned           bool
	Links                []string // addresses that are kept above the conversation
}

// Groups is a platform that has groups of people, which roles may name. Without it
// roles name people one by one.
type Groups interface {
	// InGroup reports whether a person is in a group, by its id, as the platform
	// last heard. It asks nobody: commands are allowed in a transaction.
	InGroup(id string, who Person) bool
}

// A Checker can be asked whether everything it needs is there, before and while
// it runs. Integrations that are no platform have it too.
type Checker interface {
	Check(ctx context.Context) []Finding
}

// A Finding is one line of what `check` prints.
type Finding struct {
	OK     bool
	What   string // "scope channels:manage"
	Detail string // what was seen
	Advice string // what to do, when not OK
}

// Connected is a platform that knows whether it hears people now.
type Connected interface {
	Ready() error // nil, or why not
}
