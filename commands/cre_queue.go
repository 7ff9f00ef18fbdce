package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creQueue() router.Command {
	type args struct {
		Customer string `arg:"customer,key" from:"customers" help:"only for this customer"`
	}
	return router.Handle(router.Command{
		Name:    "cre queue",
		Aliases: []string{"cre requests", "cre list"},
		Summary: "list the open requests in the order in which they are worked on",
		Example: "cre queue",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		queue, err := s.Queue()
		if err != nil {
			return chat.Reply{}, err
		}
		const most = 25
		var lines []chat.Text
		for i, r := range queue {
			if customer != "" && r.Customer != customer {
				continue
			}
			if len(lines) == most {
				lines = append(lines, chat.Textf("… %s in all", cre.Count(len(queue), "request")))
				break
			}
			lines = append(lines, chat.Textf("%d. ", i+1)+requestLine(s, &r))
		}
		if len(lines) == 0 {
			return chat.Replyf("The queue is empty. `cre request` puts something in."), nil
		}
		return chat.Reply{Message: chat.Message{Title: "Queue", Text: chat.Join(lines, "\n")}}, nil
	})
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
