package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// creSpent is what the taps after `cre done` say.
func creSpent() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Minutes cre.Minutes   `arg:"minutes,optional" help:"how long it took: 30, 1h30m"`
		Class   cre.ToilClass `arg:"class,optional" help:"what sort of work it was"`
	}
	return router.Handle(router.Command{
		Name:    "cre spent",
		Aliases: []string{"cre class"},
		Summary: "note how long a request took, and what sort of work it was",
		Example: "cre spent R-1 30 toil",
		Rank:    cre.Responder,
		Hidden:  true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Spend(r, a.Minutes, a.Class); err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Reply{Message: chat.Message{Text: spentWords(r)}}
			err := s.AskSpent(r, &reply.Message)
			return reply, err
		})
	})
}

// spentWords say what is known of the work on a request.
func spentWords(r *cre.Request) chat.Text {
	took := cre.WorkTime(r.Minutes)
	switch {
	case r.Class == "":
		return chat.Textf("**%s** took %s.", r.ID, took)
	case r.Minutes == 0:
		return chat.Textf("**%s** was %s.", r.ID, r.Class)
	}
	return chat.Textf("**%s** took %s and was %s.", r.ID, took, r.Class)
}
