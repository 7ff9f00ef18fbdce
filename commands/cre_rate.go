package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creRate() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Verdict cre.Verdict   `arg:"verdict" help:"how it went"`
		Why     string        `arg:"why,optional,rest" help:"in one sentence"`
	}
	return router.Handle(router.Command{
		Name:    "cre rate",
		Summary: "say how a request of yours went",
		Example: "cre rate R-1 good the answer came the same day",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Rate(r, a.Verdict, a.Why); err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("Noted: **%s** went %s.", r.ID, map[cre.Verdict]string{cre.GoodVerdict: "well", cre.BadVerdict: "badly"}[a.Verdict])
			if r.Rating.Text == "" {
				reply.Message.Text += chat.Textf(" To say why, in one sentence: `cre rate %s %s WHY`.", r.ID, string(a.Verdict))
			}
			return reply, nil
		})
	})
}
