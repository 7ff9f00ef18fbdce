package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func postmortemShow() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "postmortem show",
		Aliases: []string{"retro show", "rca show"},
		Summary: "show you the latest draft",
		Example: "postmortem show INC-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Incident(string(a.Incident))
		if err != nil {
			return chat.Reply{}, err
		}
		pm, err := s.Postmortem(inc)
		if err != nil {
			return chat.Reply{}, err
		}
		m := s.PostmortemMessage(pm)
		m.Key = ""
		return chat.Reply{Message: m, Incident: inc.ID}, nil
	})
}
