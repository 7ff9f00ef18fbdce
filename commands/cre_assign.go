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
		Who     chat.Person   `arg:"who,optional" help:"who works on it; left out, I choose of the team"`
		Anyway  bool          `arg:"anyway" help:"although they have as much in work as they may"`
	}
	return router.Handle(router.Command{
		Name:    "cre assign",
		Summary: "give a request to somebody: by name, or to who suits best",
		Example: "cre assign R-1 @bob",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if !a.Who.IsZero() {
				return chat.Replyf("**%s** is with %s now.", r.ID, a.Who), s.Give(r, a.Who, a.Anyway)
			}
			if err := r.Must(); err != nil {
				return chat.Reply{}, err
			}
			who, why, err := s.Choose(r)
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("**%s** is with %s now, who %s.", r.ID, who, why), s.Give(r, who, a.Anyway)
		})
	})
}
