package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentMerge() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"which one ends; may be left out in its war room"`
		Into     cre.IncidentID `arg:"into" help:"which one goes on"`
	}
	return router.Handle(router.Command{
		Name:    "incident merge",
		Summary: "end an incident because another covers it",
		Example: "incident merge INC-1 INC-2",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if a.Into == "" {
			a.Incident, a.Into = "", a.Incident
		}
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			into, err := s.Incident(string(a.Into))
			if err != nil {
				return chat.Message{}, err
			}
			if err := s.Merge(inc, into); err != nil {
				return chat.Message{}, err
			}
			return moved(s, inc), nil
		})
	})
}
