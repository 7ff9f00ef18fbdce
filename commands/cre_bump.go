package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creBump() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Urgency cre.Urgency   `arg:"urgency" help:"what makes it urgent"`
		Reason  string        `arg:"reason,rest" help:"why it cannot wait for its turn"`
	}
	return router.Handle(router.Command{
		Name:    "cre bump",
		Aliases: []string{"cre urgent"},
		Summary: "say why a request cannot wait for its turn; whoever manages the queue is told",
		Example: "cre bump R-1 deadline their audit is on Monday",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			b, err := s.Bump(r, a.Urgency, a.Reason)
			if err != nil {
				return chat.Reply{}, err
			}
			said := chat.Textf("**%s** is bumped, and now %s in the queue.", r.ID, cre.Ordinal(b.Place))
			if b.Told != "" {
				said += " " + b.Told + " will be told."
			}
			left := cre.Count(b.Left, "bump")
			if b.Left == 0 {
				left = "no bumps"
			}
			said += chat.Textf(" You have %s left until %s.", left, b.Until.Format("Monday, 2 Jan"))
			return chat.Reply{Message: chat.Message{Text: said}}, nil
		})
	})
}
