package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDrop() router.Command {
	type args struct {
		Errand int `arg:"errand" help:"its number, from cre status"`
	}
	return router.Handle(router.Command{
		Name:    "cre drop",
		Summary: "give up a parked errand",
		Example: "cre drop 7",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		e, err := s.Drop(uint64(a.Errand))
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("Errand %d (%s) is given up.", e.ID, workflow.Deed(e)), nil
	})
}
