package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creEstimate() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Effort  cre.Effort    `arg:"effort" help:"hours of work, like 16h, or days of eight hours, like 3d"`
	}
	return router.Handle(router.Command{
		Name:    "cre estimate",
		Summary: "say how much work a request takes",
		Example: "cre estimate R-1 16h",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			said := chat.Textf("**%s** takes about %s of work.", r.ID, a.Effort.String())
			if s.Rules.TooLong(time.Duration(a.Effort)) {
				said += chat.Textf(" That is more than %s: `cre handoff %s` gives it to a product team.", cre.Effort(s.Rules.HandoffAt).String(), r.ID)
			}
			return chat.Reply{Message: chat.Message{Text: said}}, s.Estimate(r, a.Effort)
		})
	})
}
