package workflow

import (
	"strings"

	"cresset/store"
)

// nouns are what people call the errands, messages aside.
var nouns = map[store.ErrandKind]string{store.OpenRoom: "war room", store.Invite: "invitation", store.Describe: "topic",
	store.CloseRoom: "archiving of the room", store.Pin: "pin", store.Bookmark: "link to the timeline", store.Inspect: "look at the room",
	store.Measure: "measurement", store.Draft: "draft"}

// Deed names what an errand does as people call it, and where a message goes if
// that is no number: "announcement in #incidents".
func Deed(e *store.Errand) string {
	switch noun, named := nouns[e.Kind]; {
	case e.Kind == store.Timer:
		return e.Then
	case named:
		return noun
	case strings.HasPrefix(e.Place.Channel, "#"):
		return message(e) + " in " + e.Place.Channel
	case e.Place.Channel == "" && e.Place.Direct != "":
		return message(e) + " in private"
	}
	return message(e)
}

// message names the message of an errand by its key.
func message(e *store.Errand) string {
	if e.Message == nil {
		return "message"
	}
	switch word, _, _ := strings.Cut(e.Message.Key, " "); word {
	case "card":
		return "card"
	case "incident":
		return "announcement"
	case "request":
		return "request card"
	}
	return "message"
}
