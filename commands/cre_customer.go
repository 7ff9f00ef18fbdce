package commands

import (
	"fmt"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creCustomer() router.Command {
	type args struct {
		Customer string `arg:"customer" from:"customers" help:"key or name"`
	}
	return router.Handle(router.Command{
		Name:    "cre customer",
		Aliases: []string{"cre account", "cre customer show"},
		Summary: "show a customer's card: who they are, what is open, how their SLOs stand",
		Example: "cre customer acme",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		card, err := s.CustomerCard(a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Reply{Message: customerCard(s, card)}, nil
	})
}

// mostDays is how many days of its calendar a customer's card shows.
const mostDays = 3

// mostClocks is how many clocks of its requests it shows.
const mostClocks = 3

func customerCard(s *workflow.Step, card *workflow.CustomerCard) chat.Message {
	c := &card.Customer
	m := chat.Message{Title: c.Name}
	add := func(label, value string) {
		if value != "" {
			m.Fields = append(m.Fields, chat.Field{Label: label, Value: chat.Plain(value)})
		}
	}
	add("Key", c.Key)
	add("Tier", c.Tier)
	add("Owner", c.Owner)
	add("Critical", strings.Join(c.Services, ", "))
	add("Channel", c.Channel)
	for i, d := range card.Days {
		if i == mostDays {
			break
		}
		add(dayWords(s, &d), d.Text)
	}
	var lines []chat.Text
	for _, inc := range card.Incidents {
		lines = append(lines, incidentLine(s, &inc))
	}
	if len(card.Incidents) == 0 {
		lines = append(lines, "No incident is open.")
	}
	add("Requests", statusWords(card.Statuses))
	if next := nextClocks(s, card.Clocks); next != "" {
		m.Fields = append(m.Fields, chat.Field{Label: "Next", Value: next})
	}
	for _, r := range card.Requests {
		lines = append(lines, "- "+requestLine(s, &r.Request))
	}
	if more := card.Waiting - len(card.Requests); more > 0 {
		lines = append(lines, chat.Textf("… %d more: `cre queue customer:%s`", more, c.Key))
	}
	if len(card.Requests) == 0 {
		lines = append(lines, "No request is open.")
	}
	for _, st := range card.Standings {
		lines = append(lines, standingLine(&st))
	}
	if card.Satisfied.All > 0 {
		lines = append(lines, satisfactionLine(card.Satisfied))
	}
	m.Text = chat.Join(lines, "\n")
	return m
}

// statusWords count requests by who has the ball: "2 new, 1 in work".
func statusWords(count map[cre.RequestStatus]int) string {
	var words []string
	for _, status := range []cre.RequestStatus{cre.New, cre.Triaged, cre.OnUs, cre.OnCustomer, cre.OnRequester, cre.OnEngineering, cre.CloseLoop} {
		if n := count[status]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, status.Words()))
		}
	}
	return strings.Join(words, ", ")
}

func nextClocks(s *workflow.Step, clocks []workflow.Ticking) chat.Text {
	var words []chat.Text
	for _, k := range clocks[:min(len(clocks), mostClocks)] {
		words = append(words, chat.Textf("%s %s", k.Request, s.ClockWords(&k.RequestClock)))
	}
	return chat.Join(words, ", ")
}

// satisfactionLine stands beside the SLOs of the same customer.
func satisfactionLine(sum cre.Satisfaction) chat.Text {
	line := chat.Textf("- **satisfaction** %s in 90 days", sum.Words())
	if sum.Last != "" {
		line += chat.Textf(", the last that was not: “%s”", sum.Last)
	}
	return line
}
