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
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			pm, err := s.DraftPostmortem(inc)
			if err != nil {
				return chat.Message{}, err
			}
			return s.PostmortemMessage(pm), nil
		})
	})
}
