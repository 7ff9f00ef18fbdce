package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentFollowup() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Who      chat.Person    `arg:"who,optional" help:"who does it"`
		Due      time.Time      `arg:"due,key" help:"by when"`
		Task     string         `arg:"task,rest" help:"what should be done after the incident"`
	}
	return router.Handle(router.Command{
		Name:    "incident followup",
		Aliases: []string{"incident follow-up"},
		Summary: "add something to do after the incident",
		Example: "incident followup INC-1 due:friday alert on the connection pool @bob",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			t, err := s.AddTask(inc, cre.Task{Text: a.Task, Who: a.Who, Due: a.Due, Later: true})
			if err != nil {
				return chat.Message{}, err
			}
			return added(inc, t), nil
		})
	})
}
