package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func postmortemDraft() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; in its war room it may be left out"`
	}
	return router.Handle(router.Command{
		Name:    "postmortem draft",
		Aliases: []string{"postmortem", "retro draft", "rca draft", "postmortem create"},
		Summary: "write down what the record knows, as a draft to correct",
		Example: "postmortem draft INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Incident(string(a.Incident))
		if err != nil {
			return chat.Reply{}, err
		}
		pm, err := s.DraftPostmortem(inc)
		if err != nil {
			return chat.Reply{}, err
		}
		m := s.PostmortemMessage(pm)
		if pm.Version == 1 || !inc.HasRoom() {
			return said(s, inc, m)
		}
		// The draft in the room is replaced where it stands, which may be far up.
		err = s.SayPostmortem(pm)
		r := chat.Replyf("The draft of **%s** is written anew: it is number %d, where the first one stood.", inc.ID, pm.Version)
		r.Incident = inc.ID
		return r, err
	})
}
