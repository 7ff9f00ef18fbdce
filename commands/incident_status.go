package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentStatus() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Status   cre.Goal       `arg:"status" help:"where it stands now"`
	}
	return router.Handle(router.Command{
		Name:    "incident status",
		Summary: "set the status of the incident",
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
			m.Text += " To work on it again, say `incident reopen`."
		case 1:
			m.Text += " The room will be archived in a day. To work on it again, say `incident reopen`."
		default:
			m.Text += " Its rooms will be archived in a day. To work on it again, say `incident reopen`."
		}
	case cre.Mitigated:
		m = text("**%s** is mitigated after %s. Customers should no longer feel it. The cause is still there.", inc.ID, cre.Short(s.Now.Sub(inc.Began())))
	case cre.Merged:
		m = text("**%s** is merged into **%s**. Continue there.", inc.ID, inc.MergedInto)
	}
	return m
}
