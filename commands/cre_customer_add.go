package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creCustomerAdd() router.Command {
	type args struct {
		Key     string   `arg:"key" help:"short, for typing: acme"`
		Tier    string   `arg:"tier,key" help:"as your contracts call it"`
		Owner   string   `arg:"owner,key" help:"the CRE who owns the relation"`
		Service []string `arg:"service,key" help:"what the customer calls critical"`
		Name    string   `arg:"name,optional,rest" help:"in full"`
	}
	return router.Handle(router.Command{
		Name:    "cre customer add",
		Aliases: []string{"cre account add"},
		Summary: "add a customer",
		Example: "cre customer add umbrella tier:business Umbrella Ltd",
		Rank:    cre.Commander,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		c, err := s.AddCustomer(cre.Customer{Key: a.Key, Name: a.Name, Tier: a.Tier, Owner: a.Owner, Services: a.Service})
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("**%s** %s is now a customer. `cre customer %s` shows the card.", c.Key, c.Name, c.Key), nil
	})
}
