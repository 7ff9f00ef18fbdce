package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// incidentPin is what the 📌 reaction says. It is silent where it is: who pins sees
// the reaction, and the timeline has the message.
func incidentPin() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "incident pin",
		Summary: "put the message on the timeline, with the time it was written",
		Example: "incident pin",
		Rank:    cre.Responder,
		Hidden:  true,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		about := s.Event.About
		if about == nil {
			return chat.Replyf("React with 📌 to the message that belongs on the timeline."), nil
		}
		inc, err := s.Incident("")
		if cre.Is(err, cre.NotFound) && s.Event.Quiet {
			return chat.Reply{}, nil // a pin outside war rooms means nothing
		}
		if err != nil {
			return chat.Reply{}, err
		}
		fresh, err := s.PinPost(inc, about)
		if err == nil && fresh {
			err = s.Cross(inc, text("**Pinned**, written by %s:\n%s", about.By, chat.Quote(about.Text)))
		}
		return chat.Reply{Incident: inc.ID}, err
	})
}
