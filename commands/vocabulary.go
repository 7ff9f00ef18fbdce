package commands

import (
	"cresset/bot/chat"
	"cresset/bot/router"
)

// Vocabulary is what people can do besides typing, in the commands' words. The
// prefix stands before each slash command where other bots claim the names.
func Vocabulary(prefix string) chat.Vocabulary {
	slash := func(name, summary, hint string) chat.Slash {
		return chat.Slash{Name: prefix + name, Line: name, Summary: summary, Hint: hint}
	}
	return chat.Vocabulary{
		Slash: []chat.Slash{
			slash("incident", "Declare an incident and work on it", "declare [sev2] [customer:acme] what is wrong"),
			slash("cre", "Requests, customers, and the bot itself", "request [customer:acme] what the customer needs"),
			slash("slo", "How the SLOs stand", "status [customer]"),
			slash("postmortem", "Write down what was learnt", "draft [INC-7]"),
		},
		Home:        "cre home",
		RoomChanged: "incident room-changed",
		RoomMoved:   "incident room-moved",
		Reactions: map[string]string{
			"pushpin":           "incident pin",
			"round_pushpin":     "incident pin",
			"ticket":            "cre ticket-this",
			"admission_tickets": "cre ticket-this",
		},
		Shortcuts: []chat.Shortcut{
			{ID: "file_request", Label: "File a request", Line: "cre request"},
		},
		Verbs: router.Verbs(All()),
	}
}
