package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentRecap() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident recap",
		Aliases: []string{"incident catchup", "incident summary", "incident overview", "incident timeline"},
		Summary: "tell only you what has happened so far",
		Example: "incident recap INC-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Incident(string(a.Incident))
		if err != nil {
			return chat.Reply{}, err
		}
		m, err := s.Recap(inc)
		return chat.Reply{Message: m, Incident: inc.ID}, err
	})
}
