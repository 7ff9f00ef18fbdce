package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creWait() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		For     cre.Waiting   `arg:"for" help:"who has the ball"`
		Why     string        `arg:"why,optional,rest" help:"what it is waiting for"`
	}
	return router.Handle(router.Command{
		Name:    "cre wait",
		Summary: "say whom a request is waiting for",
		Example: "cre wait R-1 customer they send the log files",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Wait(r, a.For, a.Why); err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("**%s** is %s.", r.ID, r.Status.Words()), nil
		})
	})
}
