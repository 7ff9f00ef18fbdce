package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creWithdraw() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Why     string        `arg:"why,optional,rest" help:"why it is not needed any more"`
	}
	return router.Handle(router.Command{
		Name:    "cre withdraw",
		Summary: "take a request that you asked for out of the queue",
		Example: "cre withdraw R-1 the customer found the button",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** is withdrawn.", r.ID), s.Withdraw(r, a.Why)
		})
	})
}
