package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentNote() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; in its war room it may be left out"`
		Text     string         `arg:"text,rest,lines" help:"what you saw or did"`
	}
	return router.Handle(router.Command{
		Name:    "incident note",
		Summary: "put a note on the timeline",
		Example: "incident note INC-1 the errors began with the deploy at 09:50",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			err := s.Write(inc, cre.Entry{Kind: cre.Note, Text: a.Text})
			return text("**Note** by %s:\n%s", s.By, chat.Quote(a.Text)), err
		})
	})
}
