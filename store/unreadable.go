package store

import "time"

// What is kept of deliveries that could not be read: the last few of them, for as
// long as what was received, and of each its beginning. People wrote them, and
// perhaps in private.
const (
	MostUnreadable    = 50
	LongestUnreadable = 64 << 10
)

// Unreadable is what a platform delivered and the bot could not read.
type Unreadable struct {
	ID       uint64    `json:"id"`
	Platform string    `json:"platform"`
	Kind     string    `json:"kind"` // as the platform calls it
	Why      string    `json:"why"`
	Raw      []byte    `json:"raw"`
	Cut      bool      `json:"cut,omitempty"` // Raw is its beginning
	At       time.Time `json:"at"`
}

// Unreadables holds as many as are kept: one more takes the place of the oldest.
var Unreadables = &Collection[Unreadable]{
	Name: "unreadable",
	Key:  func(u *Unreadable) []byte { return Key(u.ID % MostUnreadable) },
}

// KeepUnreadable numbers u and keeps it.
func KeepUnreadable(tx Tx, u *Unreadable) (err error) {
	if u.ID, err = Sequence(tx, "unreadable"); err != nil {
		return err
	}
	if len(u.Raw) > LongestUnreadable {
		u.Raw, u.Cut = u.Raw[:LongestUnreadable], true
	}
	return Unreadables.Put(tx, u)
}
