package commands

import (
	"fmt"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// mostParked is how many parked errands are shown; the others are counted.
const mostParked = 5

func creStatus() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre status",
		Summary: "show how the bot itself is doing: what is waiting, what is parked and why",
		Example: "cre status",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		o, err := s.Outbox()
		if err != nil {
			return chat.Reply{}, err
		}
		m := chat.Message{Title: "Outbox", Text: chat.Textf("%s on the way, %d scheduled, %d parked.",
			cre.Count(o.Waiting, "errand"), o.Timed, len(o.Parked))}
		outages, err := s.Outages()
		if err != nil {
			return chat.Reply{}, err
		}
		for _, out := range outages {
			m.Text += chat.Textf("\n- **%s** has not answered since %s", cre.PlatformLabel(out.Platform), cre.Clock(out.Since, s.Now, s.Rules.Zone))
		}
		for i, e := range o.Parked {
			if i == mostParked {
				m.Text += chat.Textf("\n- and %d more", len(o.Parked)-mostParked)
				break
			}
			deed, err := s.Deed(&e)
			if err != nil {
				return chat.Reply{}, err
			}
			if e.Subject != "" {
				deed += ", " + e.Subject
			}
			m.Text += chat.Textf("\n- errand %d (%s): %s", e.ID, deed, e.Trouble)
			if e.Subject == workflow.Unseen {
				continue
			}
			m.Buttons = append(m.Buttons, workflow.RetryButton(&e, fmt.Sprintf("Retry %d", e.ID)), workflow.DropButton(&e, fmt.Sprintf("Drop %d", e.ID)))
			if e.Offer.Line != "" {
				m.Buttons = append(m.Buttons, e.Offer)
			}
		}
		if len(o.Parked) > 1 {
			m.Buttons = append(m.Buttons, workflow.RetryAllButton())
		}
		return chat.Reply{Message: m}, nil
	})
}
