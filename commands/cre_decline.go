package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDecline() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Reason  string        `arg:"reason,rest" help:"why, in words for the requester"`
	}
	return router.Handle(router.Command{
		Name:    "cre decline",
		Summary: "say that a request will not be done, and why",
		Example: "cre decline R-1 the customer can set this in the portal",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** is declined, and %s will be told why.", r.ID, r.Requester.Shown()), s.Refuse(r, a.Reason)
		})
	})
}
