package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentRepair() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		NewRoom  bool           `arg:"new-room" help:"open another room, if nobody can use the one there is"`
	}
	return router.Handle(router.Command{
		Name:    "incident repair",
		Summary: "check the war rooms and repair what is missing in them",
		Example: "incident repair INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Incident(string(a.Incident))
		if err != nil {
			return chat.Reply{}, err
		}
		next, err := s.Repair(inc, a.NewRoom)
		return chat.Reply{Message: chat.Message{Text: next}, Incident: inc.ID}, err
	})
}
