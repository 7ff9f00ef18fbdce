package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creTold() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		How     string        `arg:"how,optional,rest" help:"how the customer took it"`
	}
	return router.Handle(router.Command{
		Name:    "cre told",
		Summary: "say that the customer was told; this closes a request that is done",
		Example: "cre told R-1 they are glad",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Told(r, a.How); err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("**%s** is done: the customer knows.", r.ID)
			eyes, err := s.Eyes()
			if err == nil && eyes.CRE {
				err = s.AskSpent(r, &reply.Message)
			}
			return reply, err
		})
	})
}
