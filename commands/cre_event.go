package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creEvent() router.Command {
	type args struct {
		Customer string    `arg:"customer" from:"customers" help:"whose day it is"`
		Day      time.Time `arg:"day" help:"2026-12-05, friday, tomorrow"`
		What     string    `arg:"what,rest" help:"what is on that day: a match, a launch, an audit"`
	}
	return router.Handle(router.Command{
		Name:    "cre event",
		Aliases: []string{"cre event add"},
		Summary: "note a day that matters to a customer; in the week before it, their requests move up the queue",
		Example: "cre event acme 2026-12-05 match",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		d, err := s.AddDay(a.Customer, a.Day, a.What)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("Added to the calendar of **%s**: %s on %s.", d.Customer, d.Text, dayWords(s, d)), nil
	})
}

func creEventDrop() router.Command {
	type args struct {
		Customer string    `arg:"customer" from:"customers" help:"whose day it is"`
		Day      time.Time `arg:"day" help:"2026-12-05, friday, tomorrow"`
	}
	return router.Handle(router.Command{
		Name:    "cre event drop",
		Summary: "remove a day from a customer's calendar",
		Example: "cre event drop acme 2026-12-06",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		dropped, err := s.DropDay(a.Customer, a.Day)
		if err != nil {
			return chat.Reply{}, err
		}
		var what []chat.Text
		for _, d := range dropped {
			what = append(what, chat.Plain(d.Text))
		}
		return chat.Replyf("Removed from the calendar of **%s**: %s on %s.", dropped[0].Customer, chat.Join(what, ", "), dayWords(s, &dropped[0])), nil
	})
}

func dayWords(s *workflow.Step, d *cre.CustomerDay) string {
	return d.Date(s.Rules.Zone).Format("Mon 2 Jan")
}
