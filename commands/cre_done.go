package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDone() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Minutes cre.Minutes   `arg:"minutes,key" help:"how long it took: 30, 1h30m"`
		Class   cre.ToilClass `arg:"class,key" help:"what sort of work it was"`
		Told    bool          `arg:"told" help:"the customer already knows"`
		What    string        `arg:"what,optional,rest" help:"what was done, in words for the requester"`
	}
	return router.Handle(router.Command{
		Name:    "cre done",
		Aliases: []string{"cre close", "cre solve"},
		Summary: "say that a request is done, and tell whoever asked",
		Example: "cre done R-1 minutes:30 the index was missing",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Finish(r, workflow.Finish{Minutes: a.Minutes, Class: a.Class, What: a.What, Told: a.Told}); err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("**%s** is done, and %s will be told.", r.ID, r.Requester.Shown())
			if r.Status == cre.CloseLoop {
				reply = chat.Replyf("**%s** is done on our side, and %s will be told. Once the customer knows, say `cre told %s`.", r.ID, r.Requester.Shown(), r.ID)
			}
			err := s.AskSpent(r, &reply.Message)
			return reply, err
		})
	})
}
