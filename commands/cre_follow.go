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
		Summary: "have every change of a request told to you in private",
		Example: "cre follow R-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("You hear of every change of **%s** in private. `cre unfollow %s` ends it.", r.ID, r.ID), s.Follow(r)
		})
	})
}
