package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creFollow() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
	}
	return router.Handle(router.Command{
		Name:    "cre follow",
		Aliases: []string{"cre watch"},
		Summary: "get every update on a request in private",
		Example: "cre follow R-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("You now follow **%s**: its updates come to you in private. `cre unfollow %s` stops them.", r.ID, r.ID), s.Follow(r)
		})
	})
}
