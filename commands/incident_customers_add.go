package commands

import (
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentCustomersAdd() router.Command {
	type args struct {
		Incident  cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Customers []string       `arg:"customers" from:"customers" help:"who is affected too"`
	}
	return router.Handle(router.Command{
		Name:    "incident customers add",
		Aliases: []string{"incident customers", "incident impact"},
		Summary: "say that more customers are affected",
		Example: "incident customers add INC-1 globex initech",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			keys, err := s.Affect(inc, a.Customers)
			return text("**%s** affects %s too.", inc.ID, strings.Join(keys, ", ")), err
		})
	})
}
