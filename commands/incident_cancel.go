package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentCancel() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Why      string         `arg:"why,optional,rest" help:"why, in a few words"`
	}
	return router.Handle(router.Command{
		Name:    "incident cancel",
		Aliases: []string{"incident cancelled"},
		Summary: "take back an incident that was declared in error",
		Example: "incident cancel INC-1 wrong customer",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Move(inc, cre.Cancelled, a.Why); err != nil {
				return chat.Message{}, err
			}
			return moved(s, inc), nil
		})
	})
}
