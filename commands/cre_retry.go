package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creRetry() router.Command {
	type args struct {
		Errand int `arg:"errand" help:"its number, from cre status"`
	}
	return router.Handle(router.Command{
		Name:    "cre retry",
		Summary: "try a parked errand again",
		Example: "cre retry 7",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		e, err := s.Retry(uint64(a.Errand))
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("Errand %d (%s) is tried again.", e.ID, string(e.Kind)), nil
	})
}
