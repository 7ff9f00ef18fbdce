package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentQuiet() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Switch   cre.Switch     `arg:"off,optional" help:"lets the bot speak in the room again"`
	}
	return router.Handle(router.Command{
		Name:    "incident quiet",
		Aliases: []string{"incident mute"},
		Summary: "keep the room for people: the bot's messages go into one thread under the card",
		Example: "incident quiet INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onIncident(s, a.Incident, func(inc *cre.Incident) (chat.Message, error) {
			if err := s.Hush(inc, a.Switch.On()); err != nil {
				return chat.Message{}, err
			}
			if inc.Quiet {
				return text("**%s** is quiet: my messages go to the thread under its card.", inc.ID), nil
			}
			return text("**%s** is no longer quiet: my messages are in the room again.", inc.ID), nil
		})
	})
}
