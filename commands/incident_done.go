package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentDone() router.Command {
	type args struct {
		Task     int            `arg:"task" help:"its number"`
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident done",
		Summary: "tick off a task or a follow-up",
		Example: "incident done 1 INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			t, err := s.FinishTask(inc, a.Task)
			if err != nil {
				return chat.Message{}, err
			}
			return text("Done: task %d, %s", t.N, t.Text), nil
		})
	})
}
