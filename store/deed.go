package store

import "strings"

// nouns are what people call the errands, messages and timers aside.
var nouns = map[ErrandKind]string{OpenRoom: "war room", Invite: "invitation", Describe: "topic",
	CloseRoom: "archiving of the room", Pin: "pin", Bookmark: "link to the timeline", Inspect: "look at the room",
	Measure: "measurement", Draft: "draft", HandOff: "hand-off", AskIssue: "look at the issue"}

// Deed is what people call what e does. What a timer is for says more than that
// it is one.
func (e *Errand) Deed() string {
	noun, named := nouns[e.Kind]
	switch {
	case e.Kind == Timer:
		return e.Then
	case named:
		return noun
	case e.Message == nil:
		return "message"
	}
	switch word, _, _ := strings.Cut(e.Message.Key, " "); word { // workflow gives the keys
	case "card":
		return "card"
	case "incident":
		return "announcement"
	case "request":
		return "request card"
	}
	return "message"
}
