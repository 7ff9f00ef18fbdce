package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creAnswer() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Wait    bool          `arg:"wait" help:"then wait for the requester"`
		Text    string        `arg:"text,rest,lines" help:"what to tell the requester"`
	}
	return router.Handle(router.Command{
		Name:    "cre answer",
		Aliases: []string{"cre reply"},
		Summary: "reply to whoever asked, in the thread of the request",
		Example: "cre answer R-1 --wait which invoices are slow?",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Reply(r, a.Text, a.Wait); err != nil {
				return chat.Reply{}, err
			}
			read, err := s.Reads(r)
			return chat.Reply{Message: chat.Message{Text: read}}, err
		})
	})
}
