package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func postmortemDraft() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "postmortem draft",
		Aliases: []string{"postmortem", "retro draft", "rca draft", "postmortem create"},
		Summary: "draft a postmortem from the record, for people to correct",
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
		r := chat.Replyf("Postmortem draft %d of **%s** is written. It replaces the earlier draft, in the same message.", pm.Version, inc.ID)
		r.Incident = inc.ID
		return r, err
	})
}
