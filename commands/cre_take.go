package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creTake() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Anyway  bool          `arg:"anyway" help:"even if you are at your limit"`
	}
	return router.Handle(router.Command{
		Name:    "cre take",
		Aliases: []string{"cre claim"},
		Summary: "make a request yours",
		Example: "cre take R-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** is yours. Say `cre done %s` when it is done.", r.ID, r.ID), s.Give(r, s.By, a.Anyway)
		})
	})
}
