package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creToilLog() router.Command {
	type args struct {
		Minutes   cre.Minutes   `arg:"minutes" help:"how long it took: 30, 1h30m"`
		Class     cre.ToilClass `arg:"class" help:"what sort of work it was"`
		Customer  string        `arg:"customer,key" from:"customers" help:"for whom"`
		Component string        `arg:"component,key" from:"services" help:"on what"`
		Kind      string        `arg:"kind,key" from:"kinds" help:"what it would have been as a request"`
		What      string        `arg:"what,rest" help:"what was done"`
	}
	return router.Handle(router.Command{
		Name:    "cre toil log",
		Summary: "log work that nobody requested",
		Example: "cre toil log 30 toil customer:acme restarted the importer",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		kind, err := s.Rules.CheckKind(a.Kind)
		if err != nil {
			return chat.Reply{}, err
		}
		err = s.Log(cre.Spent{Minutes: int(a.Minutes), Class: a.Class, Customer: customer, Component: a.Component, Kind: kind, What: chat.Cut(a.What, cre.MaxTitle)})
		return chat.Replyf("%s of %s is logged. `cre toil` shows the total.", cre.WorkTime(int(a.Minutes)), a.Class), err
	})
}
