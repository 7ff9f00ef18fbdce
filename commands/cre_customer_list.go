package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/store"
)

func creCustomerList() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre customer list",
		Aliases: []string{"cre customers", "cre accounts"},
		Summary: "list the customers",
		Example: "cre customer list",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		all, err := s.Customers()
		if err != nil {
			return chat.Reply{}, err
		}
		if len(all) == 0 {
			return chat.Replyf("There is no customer yet. `cre customer add` adds one."), nil
		}
		days, err := store.NextDays(s.Tx, s.Rules.Zone, s.Now)
		if err != nil {
			return chat.Reply{}, err
		}
		var lines []chat.Text
		for _, c := range all {
			line := chat.Textf("- **%s** %s", c.Key, c.Name)
			if c.Tier != "" {
				line += chat.Textf(" · %s", c.Tier)
			}
			if d, ok := days[c.Key]; ok {
				line += chat.Textf(" · %s on %s", d.Text, dayWords(s, &d))
			}
			lines = append(lines, line)
		}
		return chat.Reply{Message: chat.Message{Title: "Customers", Text: chat.Join(lines, "\n")}}, nil
	})
}
