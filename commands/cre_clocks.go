package commands

import (
	"cmp"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creClocks() router.Command {
	type args struct {
		Department string     `arg:"department,key" help:"only what this department asked for"`
		Customer   string     `arg:"customer,key" from:"customers" help:"only for this customer"`
		Period     cre.Period `arg:"period,optional,rest" help:"of when; this week when left out"`
	}
	return router.Handle(router.Command{
		Name:    "cre clocks",
		Aliases: []string{"cre promises"},
		Summary: "show how the promised times of requests were kept, and what was late",
		Example: "cre clocks month",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		department, err := s.Rules.CheckDepartment(a.Department)
		if err != nil {
			return chat.Reply{}, err
		}
		m, err := s.Promises(cmp.Or(a.Period, cre.ThisWeek), department, customer)
		return chat.Reply{Message: m}, err
	})
}
