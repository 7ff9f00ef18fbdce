package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creJoin() router.Command {
	type args struct {
		Request  cre.RequestID  `arg:"request" help:"R-12"`
		Incident cre.IncidentID `arg:"incident" help:"INC-1"`
	}
	return router.Handle(router.Command{
		Name:    "cre join",
		Summary: "make a request part of an open incident; updates then come to its thread",
		Example: "cre join R-1 INC-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			inc, err := s.Incident(string(a.Incident))
			if err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("**%s** is now part of **%s**. The updates come to the thread of the request.", r.ID, inc.ID)
			reply.Incident = inc.ID
			return reply, s.Join(r, inc)
		})
	})
}
