package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentMirror() router.Command {
	type args struct {
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
		Platform string         `arg:"platform,asked,rest" from:"platforms" help:"where; may be left out if there is only one other"`
	}
	return router.Handle(router.Command{
		Name:    "incident mirror",
		Summary: "open a war room on another platform too; both share one record",
		Example: "incident mirror INC-1 discord",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Incident(string(a.Incident))
		if err != nil {
			return chat.Reply{}, err
		}
		r, err := s.Mirror(inc, a.Platform)
		if err != nil {
			return chat.Reply{}, err
		}
		reply := chat.Replyf("The room of **%s** on **%s** is on its way.", inc.ID, cre.PlatformLabel(r.Platform))
		if !s.Rules.HasRooms(r.Platform) {
			reply = chat.Replyf("**%s** is announced on **%s** too. %s", inc.ID, cre.PlatformLabel(r.Platform), s.Whereabouts(r.Platform))
		}
		reply.Incident = inc.ID
		return reply, nil
	})
}
