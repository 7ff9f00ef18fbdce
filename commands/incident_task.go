package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentTask() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Who      chat.Person    `arg:"who,optional" help:"who does it"`
		Task     string         `arg:"task,rest" help:"what should be done now"`
	}
	return router.Handle(router.Command{
		Name:    "incident task",
		Aliases: []string{"incident action"},
		Summary: "add something to do now",
		Example: "incident task INC-1 call the database team @bob",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			t, err := s.AddTask(inc, cre.Task{Text: a.Task, Who: a.Who})
			if err != nil {
				return chat.Message{}, err
			}
			return added(inc, t), nil
		})
	})
}

func added(inc *cre.Incident, t *cre.Task) chat.Message {
	what := "Task"
	if t.Later {
		what = "Follow-up"
	}
	m := text("%s %d: %s", what, t.N, t.Text)
	if !t.Who.IsZero() {
		m.Text += chat.Textf(", %s", t.Who)
	}
	if !t.Due.IsZero() {
		m.Text += chat.Textf(", due %s", t.Due.Format("Mon 2 Jan"))
	}
	m.Buttons = []chat.Button{{Label: "Done", Line: chat.Textf("incident done %d %s", t.N, inc.ID).String()}}
	return m
}
