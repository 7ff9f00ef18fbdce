package slack

import (
	"time"

	"cresset/bot/chat"
)

// The tiers that Slack publishes, in calls a minute for each method, app and
// workspace, and a burst that it tolerates but does not publish. What it does not
// tolerate it answers with 429 and Retry-After.
var (
	tier2 = chat.Pace{Every: 3 * time.Second, Burst: 10}
	tier3 = chat.Pace{Every: 1200 * time.Millisecond, Burst: 25}
	// Messages have a tier of their own: several hundred a minute in the
	// workspace, and one a second in a channel. What is faster there is hidden from
	// people without an error.
	messages   = chat.Pace{Every: 250 * time.Millisecond, Burst: 60}
	inAChannel = chat.Pace{Every: time.Second, Burst: 1}
)

// A deed's method, and how often it may be called. What a deed calls besides has
// a tier as high.
var methods = map[string]struct {
	deed chat.Deed
	pace chat.Pace
}{
	"chat.postMessage":         {chat.Posting, messages},
	"chat.update":              {chat.Editing, tier3},
	"conversations.history":    {chat.LookingUp, tier3},
	"conversations.replies":    {chat.LookingUp, tier3},
	"conversations.create":     {chat.OpeningRoom, tier2},
	"conversations.invite":     {chat.Inviting, tier3},
	"conversations.setTopic":   {chat.Describing, tier2},
	"conversations.setPurpose": {chat.Describing, tier2},
	"conversations.archive":    {chat.ClosingRoom, tier2},
	"pins.add":                 {chat.Pinning, tier2},
	"bookmarks.add":            {chat.Bookmarking, tier2},
	"bookmarks.edit":           {chat.Bookmarking, tier2},
}

// Pace implements [chat.Paced].
func (p *Platform) Pace(d chat.Deed) (whole, each chat.Pace) {
	if d == chat.Posting {
		each = inAChannel
	}
	for _, m := range methods {
		if m.deed == d {
			return m.pace, each
		}
	}
	return chat.Pace{}, each
}
