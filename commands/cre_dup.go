package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDup() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"which one ends"`
		Of      cre.RequestID `arg:"of" help:"which one goes on"`
	}
	return router.Handle(router.Command{
		Name:    "cre dup",
		Aliases: []string{"cre duplicate"},
		Summary: "close a request as a duplicate of another; its requester gets the updates of that one",
		Example: "cre dup R-1 R-2",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			of, err := s.Request(string(a.Of))
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("**%s** is now a duplicate of **%s**.", r.ID, of.ID), s.Duplicate(r, of)
		})
	})
}
