package commands

import (
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// mostAtHome is how much of each kind is shown.
const mostAtHome = 10

func creHome() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre home",
		Aliases: []string{"cre mine", "cre my"},
		Summary: "show what is yours: incidents, promises, requests, and who is on call",
		Example: "cre home",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		home, err := s.Home()
		if err != nil {
			return chat.Reply{}, err
		}
		var incidents, promises, owned, asked []chat.Text
		for _, p := range home.Incidents {
			incidents = append(incidents, incidentLine(s, &p.Incident)+chat.Textf(" · %s", strings.Join(p.As, ", ")))
			if p.Owes {
				promises = append(promises, promiseLine(s, &p.Incident))
			}
		}
		for _, r := range home.Owned {
			owned = append(owned, "- "+requestLine(s, &r))
		}
		for _, r := range home.Asked {
			asked = append(asked, "- "+requestLine(s, &r))
		}
		onCall, err := onCallLines(s, home.OnCall)
		if err != nil {
			return chat.Reply{}, err
		}
		m := chat.Message{Title: "Your work", Buttons: []chat.Button{
			{Label: "Declare an incident…", Line: "incident declare", Style: chat.Danger}, {Label: "File a request…", Line: "cre request"}, {Label: "Queue", Line: "cre queue"}}}
		var parts []chat.Text
		for _, part := range []struct {
			name  chat.Text
			lines []chat.Text
		}{{"Updates you owe", promises}, {"Your incidents", incidents}, {"Requests assigned to you", owned}, {"Requests you asked for", asked}, {"On call", onCall}} {
			if len(part.lines) > 0 {
				parts = append(parts, "**"+part.name+"**\n"+few(part.lines))
			}
		}
		if len(home.Incidents)+len(owned)+len(asked) == 0 {
			parts = append([]chat.Text{"Nothing is waiting for you."}, parts...)
		}
		m.Text = chat.Join(parts, "\n")
		return chat.Reply{Message: m}, nil
	})
}

// promiseLine says when the next update of an incident is due.
func promiseLine(s *workflow.Step, inc *cre.Incident) chat.Text {
	line := chat.Textf("- **%s** %s · by %s", inc.ID, inc.Title, cre.Clock(inc.Clock.Due, s.Now, s.Rules.Zone))
	if s.Now.After(inc.Clock.Due) {
		line = chat.Textf("- **%s** %s · late since %s", inc.ID, inc.Title, cre.Clock(inc.Clock.Due, s.Now, s.Rules.Zone))
	}
	if kept := workflow.Kept(inc.Clock); kept != "" {
		line += " · " + kept
	}
	return line
}

// few joins the first lines, and counts the others.
func few(lines []chat.Text) chat.Text {
	if more := len(lines) - mostAtHome; more > 0 {
		lines = append(lines[:mostAtHome:mostAtHome], chat.Textf("- _%d more_", more))
	}
	return chat.Join(lines, "\n")
}
