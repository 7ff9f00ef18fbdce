package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creShow() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
	}
	return router.Handle(router.Command{
		Name:    "cre show",
		Summary: "show one request",
		Example: "cre show R-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			m, err := s.RequestCard(r)
			m.Key = ""
			return chat.Reply{Message: m}, err
		})
	})
}
