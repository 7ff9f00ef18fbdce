package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creEscalate() router.Command {
	type args struct {
		Request  cre.RequestID `arg:"request" help:"R-12"`
		Severity cre.Severity  `arg:"severity,optional" help:"how bad it is; may be set later"`
		Private  bool          `arg:"private" help:"only the people in its room may know of it"`
	}
	return router.Handle(router.Command{
		Name:    "cre escalate",
		Summary: "declare an incident from a request; both stay linked",
		Example: "cre escalate R-1 sev2",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			inc, err := s.Escalate(r, a.Severity, a.Private)
			if err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("**%s** is now **%s**. %s", r.ID, inc.ID, s.Whereabouts(inc.Home.Platform))
			reply.Incident = inc.ID
			return reply, nil
		})
	})
}
