package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creUnfollow() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
	}
	return router.Handle(router.Command{
		Name:    "cre unfollow",
		Aliases: []string{"cre unwatch"},
		Summary: "stop telling you in private what becomes of a request",
		Example: "cre unfollow R-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("You no longer follow **%s**.", r.ID), s.Unfollow(r)
		})
	})
}
