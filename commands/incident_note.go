package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentNote() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		At       cre.When       `arg:"at,key" help:"when it was, if not now: 09:50"`
		Text     string         `arg:"text,rest,lines" help:"what you saw or did"`
	}
	return router.Handle(router.Command{
		Name:    "incident note",
		Summary: "put a note on the timeline",
		Example: "incident note INC-1 at:09:50 the errors began with the deploy",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if a.At.After(s.Now) {
				return chat.Message{}, cre.Errorf(cre.Invalid, "That time is in the future. Say when it was.").About("at")
			}
			err := s.Write(inc, cre.Entry{Kind: cre.Note, Text: a.Text, At: a.At.Time})
			m := text("**Note** by %s:\n%s", s.By, chat.Quote(a.Text))
			if !a.At.IsZero() {
				m.Footer = chat.Textf("It was at %s.", cre.Clock(a.At.Time, s.Now, s.Rules.Zone))
			}
			return m, err
		})
	})
}
