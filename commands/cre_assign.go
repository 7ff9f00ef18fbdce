package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creAssign() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Who     chat.Person   `arg:"who,optional" help:"who works on it; if left out, I choose from the team"`
		Anyway  bool          `arg:"anyway" help:"even if they are at their limit"`
	}
	return router.Handle(router.Command{
		Name:    "cre assign",
		Summary: "assign a request to somebody: by name, or to whoever suits best",
		Example: "cre assign R-1 @bob",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if !a.Who.IsZero() {
				return chat.Replyf("**%s** is now assigned to %s.", r.ID, a.Who), s.Give(r, a.Who, a.Anyway)
			}
			if err := r.Must(); err != nil {
				return chat.Reply{}, err
			}
			who, why, err := s.Choose(r)
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("**%s** is now assigned to %s, who %s.", r.ID, who, why), s.Give(r, who, a.Anyway)
		})
	})
}
