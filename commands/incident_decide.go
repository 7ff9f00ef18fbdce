package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentDecide() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Text     string         `arg:"text,rest,lines" help:"what was decided, and why"`
	}
	return router.Handle(router.Command{
		Name:    "incident decide",
		Aliases: []string{"incident decision"},
		Summary: "put a decision on the timeline",
		Example: "incident decide INC-1 roll back before looking further",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			err := s.Write(inc, cre.Entry{Kind: cre.Decision, Text: a.Text})
			return text("**Decision** by %s:\n%s", s.By, chat.Quote(a.Text)), err
		})
	})
}
