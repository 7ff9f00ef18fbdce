package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentReopen() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident reopen",
		Summary: "work on an incident again that was over",
		Example: "incident reopen INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Reopen(inc); err != nil {
				return chat.Message{}, err
			}
			return text("**%s** is open again: %s.", inc.ID, string(inc.Status)), nil
		})
	})
}
