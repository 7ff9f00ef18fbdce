package commands

import (
	"cmp"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creToil() router.Command {
	return router.Handle(router.Command{
		Name:    "cre toil",
		Aliases: []string{"cre ledger"},
		Summary: "show where the time went, with a picture, and what to automate first",
		Example: "cre toil month",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a ofPeriod) (chat.Reply, error) { return a.show(s, s.Toil) })
}

// ofPeriod are the words of what is shown of a period.
type ofPeriod struct {
	Department string     `arg:"department,key" from:"departments" help:"only what this department asked for"`
	Customer   string     `arg:"customer,key" from:"customers" help:"only for this customer"`
	Period     cre.Period `arg:"period,optional,rest" help:"which period; this week if left out"`
}

func (a ofPeriod) show(s *workflow.Step, what func(workflow.View) (chat.Message, error)) (chat.Reply, error) {
	customer, err := customerKey(s, a.Customer)
	if err != nil {
		return chat.Reply{}, err
	}
	department, err := s.Rules.CheckDepartment(a.Department)
	if err != nil {
		return chat.Reply{}, err
	}
	m, err := what(workflow.View{Period: cmp.Or(a.Period, cre.ThisWeek), Department: department, Customer: customer})
	return chat.Reply{Message: m}, err
}
