package chat

import "time"

// A Deed is a kind of call to a platform, as far as limits are published for it.
type Deed string

// What a platform may be asked to do.
const (
	Posting     Deed = "post"
	Editing     Deed = "edit"
	LookingUp   Deed = "look up"
	OpeningRoom Deed = "open room"
	Inviting    Deed = "invite"
	Describing  Deed = "describe"
	Pinning     Deed = "pin"
	Bookmarking Deed = "bookmark"
	ClosingRoom Deed = "close room"
)

// A Pace is how often something may be done: Burst times at once, and then once
// in every Every. The zero Pace is no limit.
type Pace struct {
	Every time.Duration
	Burst int
}

// A Paced is a platform that publishes how often it may be called. Without it
// the bot goes as fast as the platform answers, and slower when it is told so.
type Paced interface {
	// Pace is how often a deed may be done on the whole platform, and how often
	// in each channel. In a channel the time counts from the end of a call to the
	// begin of the next.
	Pace(d Deed) (whole, each Pace)
}
