package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentSeverity() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Severity cre.Severity   `arg:"severity" help:"how bad it is for customers"`
	}
	return router.Handle(router.Command{
		Name:    "incident severity",
		Aliases: []string{"incident sev"},
		Summary: "set the severity: how bad it is for customers",
		Example: "incident severity INC-1 sev1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Grade(inc, a.Severity); err != nil {
				return chat.Message{}, err
			}
			m := text("**%s** is now %s.", inc.ID, inc.Severity)
			if means := s.Rules.Severities[inc.Severity].Means; means != "" {
				m.Footer = chat.Plain(means)
			}
			return m, nil
		})
	})
}
