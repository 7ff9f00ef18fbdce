package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creAssign() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Who     chat.Person   `arg:"who" help:"who works on it"`
	}
	return router.Handle(router.Command{
		Name:    "cre assign",
		Summary: "give a request to somebody",
		Example: "cre assign R-1 @bob",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** is with %s now.", r.ID, a.Who), s.Take(r, a.Who)
		})
	})
}
