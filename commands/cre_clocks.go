package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creClocks() router.Command {
	return router.Handle(router.Command{
		Name:    "cre clocks",
		Aliases: []string{"cre promises"},
		Summary: "show how the promised times of requests were kept, and which were late",
		Example: "cre clocks month",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a ofPeriod) (chat.Reply, error) { return a.show(s, s.Promises) })
}
