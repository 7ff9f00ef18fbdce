package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentUpdate() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Next     time.Duration  `arg:"next,key" help:"when the next one comes: 30m"`
		Text     string         `arg:"text,rest,lines" help:"what is known now, and what happens next"`
	}
	return router.Handle(router.Command{
		Name:    "incident update",
		Aliases: []string{"incident post"},
		Summary: "tell the room how things stand, and promise the next update",
		Example: "incident update INC-1 next:30m the fix is being rolled out",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			return s.Tell(inc, a.Text, a.Next)
		})
	})
}
