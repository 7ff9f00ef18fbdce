// Package chat is the vocabulary that every platform shares: people, places,
// events, messages and forms, and the few things a platform must be able to do.
//
// It promises that what is said in these words can be said on any platform: an
// adapter renders what its platform has, and falls back as each field states
// for what it has not. Text from people is data: it is escaped when it enters a
// [Text] and can mention nobody, forge no link and break no rendering.
//
// It refuses to know any platform by name, the domain, or how anything is kept.
package chat

import (
	"context"
	"errors"
	"time"
)

// A Person is somebody on one platform.
type Person struct {
	Platform string `json:"platform"`
	ID       string `json:"id"`             // unique within Platform
	Name     string `json:"name,omitempty"` // as shown to people, without @
	External bool   `json:"external,omitempty"`
}

// Key names the person across platforms: "slack:U024BE7LH".
func (p Person) Key() string { return p.Platform + ":" + p.ID }

// IsZero reports whether p is nobody.
func (p Person) IsZero() bool { return p.ID == "" }

// Shown is the name to print where a mention cannot be.
func (p Person) Shown() string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// A Place is where something is said: a channel, a thread in it, or, with only
// Direct set, the private conversation of the bot with one person.
type Place struct {
	Platform string `json:"platform"`
	Channel  string `json:"channel,omitempty"` // the platform's id, or "#name" where only the name is known
	Thread   string `json:"thread,omitempty"`  // id of the message that the thread hangs on
	Direct   string `json:"direct,omitempty"`  // id of a person
}

// Key names the conversation that p belongs to. What is said under one key is
// said in order.
func (p Place) Key() string {
	if p.Channel == "" && p.Direct != "" {
		return p.Platform + ":@" + p.Direct
	}
	return p.Platform + ":" + p.Channel
}

// IsZero reports whether p is nowhere.
func (p Place) IsZero() bool { return p.Channel == "" && p.Direct == "" }

// In is the thread of p that hangs on the message id.
func (p Place) In(thread string) Place { p.Thread = thread; return p }

// A Ref names one message.
type Ref struct {
	Place Place  `json:"place"`
	ID    string `json:"id"`
}

// IsZero reports whether r names no message.
func (r Ref) IsZero() bool { return r.ID == "" }

// A Post is a message that somebody said, as an event refers to it.
type Post struct {
	Ref
	By   Person    `json:"by"`
	Text string    `json:"text"` // plain, as the person wrote it
	At   time.Time `json:"at"`
	Link string    `json:"link,omitempty"`
}

// An Event is something that a person did. Whatever it was (a typed line, a
// button, a form, a reaction, a shortcut, a call of the API), it carries one
// line of text, which is a command.
type Event struct {
	// Key is the same each time the same act is delivered, and differs for every
	// other act. It starts with the platform's name.
	Key     string
	By      Person
	Unsure  bool // By counts as from outside only because the platform could not say
	Place   Place
	Channel string            // the name of the channel that Place is in, without "#", where the platform knows it
	Line    string            // the command, without a leading slash
	Values  map[string]string // what a form was filled with, by field name
	Named   map[string]string // arguments given by name besides the line, each to be taken literally
	Draft   bool              // the form is still being filled in: draw it anew with Values
	People  map[string]Person // whom the @names in Line and Values mean
	About   *Post             // the message that was acted on, if any
	Alone   bool              // said to the bot in private, where nobody else reads it
	Quiet   bool              // an act that is no question (a reaction): answer only if it matters
	Role    string            // the role that the way in grants (an API token's), else ""
	Email   string            // of By, if the platform vouches for it
	At      time.Time         // when the platform says it happened
}

// A Reply answers an event.
type Reply struct {
	Message  Message           `json:"message"`
	Public   bool              `json:"public,omitempty"` // for everybody in the place, not only for the asker
	Form     *Form             `json:"form,omitempty"`   // to be filled; opened before anything else happens
	Problems map[string]string `json:"problems,omitempty"`
	Failed   bool              `json:"failed,omitempty"`   // the command did nothing; Message says why
	Unsaved  bool              `json:"-"`                  // nothing was kept, not even that it failed: the same event may be delivered again
	Incident string            `json:"incident,omitempty"` // the record the command made or changed, for programs
	Request  string            `json:"request,omitempty"`
}

// Replyf answers the asker alone. The format and its arguments are those of
// [Textf].
func Replyf(format string, args ...any) Reply {
	return Reply{Message: Message{Text: Textf(format, args...)}}
}

// IsZero reports whether there is nothing to say.
func (r Reply) IsZero() bool {
	return r.Form == nil && len(r.Problems) == 0 && r.Message.IsZero()
}

// A Handler takes an event and returns once what it caused is durable. An error
// means that nothing is known to have happened: do not acknowledge, let the
// platform deliver it again, or tell the person to try again.
type Handler func(context.Context, Event) (Reply, error)

// A SendError says what an adapter learnt from a refusal, classified once.
type SendError struct {
	Retry   bool          // the same call may succeed later
	After   time.Duration // not before; 0 leaves it to the caller
	Spare   Deed          // with After: no such call at all before; "" is this one call
	Unknown bool          // it may have happened: look before repeating
	Barred  bool          // the platform takes nothing from the bot until somebody mends that
	Advice  string        // for people: what to do about it
	Err     error
}

func (e *SendError) Error() string { return e.Err.Error() }

func (e *SendError) Unwrap() error { return e.Err }

// What a platform may answer when it is asked for a room or a message. They are
// wrapped in a [SendError].
var (
	ErrNameTaken = errors.New("the name is taken")
	ErrGone      = errors.New("the place or the message is gone")
)
