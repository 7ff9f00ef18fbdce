package commands

import (
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentList() router.Command {
	type args struct {
		All bool `arg:"all" help:"also those that are over"`
	}
	return router.Handle(router.Command{
		Name:    "incident list",
		Aliases: []string{"incidents", "incident ls"},
		Summary: "list the open incidents",
		Example: "incident list --all",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		const most = 25
		list, err := s.Incidents(!a.All, most+1)
		if err != nil {
			return chat.Reply{}, err
		}
		if len(list) == 0 {
			return chat.Replyf("No incident is open. `incident declare` opens one."), nil
		}
		var lines []chat.Text
		for _, inc := range list[:min(len(list), most)] {
			lines = append(lines, incidentLine(s, &inc))
		}
		if len(list) > most {
			lines = append(lines, "… and more")
		}
		return chat.Reply{Message: chat.Message{Title: "Incidents", Text: chat.Join(lines, "\n")}}, nil
	})
}

// near is the room of the incident on the asker's platform, else the first.
func near(s *workflow.Step, inc *cre.Incident) *cre.WarRoom {
	if r := inc.RoomOn(s.At.Platform); r != nil {
		return r
	}
	return &inc.Rooms()[0]
}

func incidentLine(s *workflow.Step, inc *cre.Incident) chat.Text {
	line := chat.Textf("- **%s** %s · %s · %s · %s", inc.ID, inc.Title, inc.Severity.Words(), string(inc.Status), cre.Short(inc.Lasted(s.Now)))
	if len(inc.Customers) > 0 {
		line += chat.Textf(" · %s", strings.Join(inc.Customers, ", "))
	}
	if r := near(s, inc); r.Room != nil {
		line += " · " + chat.Channel(r.Room.Place, r.Room.Name)
	}
	return line
}
