package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentMitigate() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Why      string         `arg:"why,optional,rest" help:"why, in a few words"`
	}
	return router.Handle(router.Command{
		Name:    "incident mitigate",
		Aliases: []string{"incident mitigated"},
		Summary: "say that customers no longer feel it; the cause may still be there",
		Example: "incident mitigate INC-1 traffic moved to the second region",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Move(inc, cre.Mitigated, a.Why); err != nil {
				return chat.Message{}, err
			}
			return moved(s, inc), nil
		})
	})
}
