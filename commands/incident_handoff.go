package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentHandoff() router.Command {
	type args struct {
		Role     cre.Role       `arg:"role" help:"lead, ops, comms or scribe"`
		Who      chat.Person    `arg:"who" help:"who takes over"`
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident handoff",
		Aliases: []string{"incident handover"},
		Summary: "pass a role on, with a recap for whoever takes over",
		Example: "incident handoff lead @bob INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			before, held := inc.Roles[a.Role]
			if !held {
				return chat.Message{}, cre.Errorf(cre.Conflict, "Nobody is %s of **%s** yet. Say `incident %s @x`.", string(a.Role), inc.ID, string(a.Role))
			}
			if err := s.Assign(inc, a.Role, a.Who); err != nil {
				return chat.Message{}, err
			}
			m, err := s.Recap(inc)
			m.Title = ""
			m.Text = chat.Textf("%s takes over as %s of **%s** from %s. So far:\n", a.Who, string(a.Role), inc.ID, before) + m.Text
			return m, err
		})
	})
}
