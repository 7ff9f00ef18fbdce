package chat

import (
	"slices"
	"time"
)

// An Overhear is what the bot hears of what people say to each other. A platform
// drops everything else before it looks anything up. The nil one hears nothing.
//
// What stands in it is a message of a person, as they first said it, which does
// not call the bot: neither an edit, nor what a program said.
type Overhear struct {
	Channels []string               // names, without "#"
	Line     string                 // what such a message says; Event.Named has its "channel"
	Worth    func(said string) bool // what is not worth it goes no further
}

// Names are those of the channels.
func (o *Overhear) Names() []string {
	if o == nil {
		return nil
	}
	return o.Channels
}

// In reports whether the bot listens in the channel of that name.
func (o *Overhear) In(channel string) bool {
	return o != nil && slices.Contains(o.Channels, channel)
}

// Event is what somebody said in the channel, as the bot hears it. People are whom
// the @names in it mean.
func (o *Overhear) Event(key, channel string, said Post, people map[string]Person, at time.Time) Event {
	return Event{Key: key, By: said.By, Place: said.Place, Line: o.Line, Named: map[string]string{"channel": channel},
		People: people, About: &said, Quiet: true, At: at}
}
