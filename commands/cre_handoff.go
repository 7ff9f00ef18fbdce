package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creHandoff() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		To      string        `arg:"to,key,asked" from:"trackers" help:"which product team's tracker; may be left out if there is only one"`
		Summary string        `arg:"summary,rest,lines" help:"what the product team should do: a title, with details on the lines below"`
	}
	return router.Handle(router.Command{
		Name:    "cre handoff",
		Summary: "give a request to a product team, as an issue at its tracker",
		Example: "cre handoff R-1 export invoices in the background",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			to, err := s.HandOff(r, a.To, a.Summary)
			return chat.Replyf("An issue for **%s** is on its way to **%s**. The link will be in the thread of the request.", r.ID, to), err
		})
	})
}
