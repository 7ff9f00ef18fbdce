package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentStatus() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; in its war room it may be left out"`
		Status   cre.Goal       `arg:"status" help:"where it stands now"`
	}
	return router.Handle(router.Command{
		Name:    "incident status",
		Summary: "say how far the incident has come",
		Example: "incident status INC-1 identified",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Move(inc, cre.Status(a.Status), ""); err != nil {
				return chat.Message{}, err
			}
			return moved(s, inc), nil
		})
	})
}

// moved is what the room hears of a new status.
func moved(s *workflow.Step, inc *cre.Incident) chat.Message {
	m := text("**%s** is %s.", inc.ID, string(inc.Status))
	switch inc.Status {
	case cre.Resolved:
		m = text("**%s** is resolved after %s.", inc.ID, cre.Short(inc.Lasted(s.Now)))
		m.Buttons = []chat.Button{{Label: "Draft postmortem", Line: "postmortem draft " + inc.ID, Style: chat.Good}}
	case cre.Closed:
		switch len(inc.OwnRooms()) {
		case 0:
			m.Text += " `incident reopen` goes on with it."
		case 1:
			m.Text += " The room is archived in a day. `incident reopen` goes on with it."
		default:
			m.Text += " Its rooms are archived in a day. `incident reopen` goes on with it."
		}
	case cre.Mitigated:
		m = text("**%s** is mitigated after %s. Customers should feel it no more. The cause is still there.", inc.ID, cre.Short(s.Now.Sub(inc.Began())))
	case cre.Merged:
		m = text("**%s** is merged into **%s**. Go on there.", inc.ID, inc.MergedInto)
	}
	return m
}
