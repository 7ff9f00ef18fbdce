package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/store"
)

const (
	rowsOfQueue = 25
	rowsWithWhy = 5 // the first of a page say why they are there
)

func creQueue() router.Command {
	type args struct {
		Whose      cre.Whose `arg:"whose,optional" help:"mine: assigned to you, or asked by you"`
		Customer   string    `arg:"customer,key" from:"customers" help:"only for this customer"`
		Kind       string    `arg:"kind,key" from:"kinds" help:"only of this sort"`
		Department string    `arg:"department,key" from:"departments" help:"only what this department asked for"`
		Component  string    `arg:"component,key" from:"services" help:"only about this"`
		Page       int       `arg:"page,key" help:"the next ones: 2, 3 …"`
	}
	return router.Handle(router.Command{
		Name:    "cre queue",
		Aliases: []string{"cre requests", "cre list"},
		Summary: "list the open requests, in the order in which they are worked on",
		Example: "cre queue mine",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		page := max(a.Page, 1)
		wanted := workflow.Wanted{Customer: customer, Kind: a.Kind, Department: a.Department, Component: a.Component, Mine: a.Whose == cre.Mine}
		rows, all, err := s.QueuePage(wanted, (page-1)*rowsOfQueue, rowsOfQueue)
		switch {
		case err != nil:
			return chat.Reply{}, err
		case all == 0 && wanted == workflow.Wanted{}:
			return chat.Replyf("The queue is empty. `cre request` files a request."), nil
		case all == 0:
			return chat.Replyf("Nothing in the queue matches. `cre queue` shows all of it."), nil
		case len(rows) == 0:
			return chat.Replyf("There is no page %d: %s in all.", page, cre.Count(all, "request")), nil
		}
		var lines []chat.Text
		for i, r := range rows {
			lines = append(lines, rankedLine(s, &r, i < rowsWithWhy))
		}
		if all > page*rowsOfQueue {
			lines = append(lines, chat.Textf("… %s in all; `page:%d` shows the next", cre.Count(all, "request"), page+1))
		}
		return chat.Reply{Message: chat.Message{Title: "Queue", Text: chat.Join(lines, "\n")}}, nil
	})
}

// rankedLine is a request with its place, its points and, if wanted, what gave them.
func rankedLine(s *workflow.Step, r *store.Ranked, why bool) chat.Text {
	line := chat.Textf("%d. ", r.Place) + requestLine(s, &r.Request)
	if r.Points > 0 {
		line += chat.Textf(" · %s", cre.Count(r.Points, "point"))
		if why {
			line += ": " + workflow.ReasonWords(r.Reasons, 3)
		}
	}
	return line
}

func requestLine(s *workflow.Step, r *cre.Request) chat.Text {
	line := chat.Textf("**%s** %s · %s", r.ID, r.Title, r.Status.Words())
	if r.Customer != "" {
		line += chat.Textf(" · %s", r.Customer)
	}
	if !r.Owner.IsZero() {
		line += chat.Textf(" · %s", r.Owner.Shown())
	}
	if !r.Due.IsZero() {
		line += chat.Textf(" · due %s", r.Due.In(s.Rules.Zone).Format("Mon 2 Jan"))
	}
	return line
}
