package discord

import (
	"time"

	"cresset/bot/chat"
)

// What Discord publishes: fifty calls a second in all. How often each call may be
// made in a channel it says in the headers of each answer, which limits reads; for
// messages that is five in five seconds.
var (
	calls      = chat.Pace{Every: 25 * time.Millisecond, Burst: 20}
	inAChannel = chat.Pace{Every: time.Second, Burst: 1}
)

// Pace implements [chat.Paced].
func (p *Platform) Pace(d chat.Deed) (whole, each chat.Pace) {
	switch d {
	case chat.Posting, chat.Editing:
		each = inAChannel
	}
	return calls, each
}
