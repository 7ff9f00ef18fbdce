package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func sloStatus() router.Command {
	type args struct {
		Customer string `arg:"customer,optional,rest" from:"customers" help:"only for this customer"`
	}
	return router.Handle(router.Command{
		Name:    "slo status",
		Aliases: []string{"slo list", "slo budget"},
		Summary: "show how the SLOs stand",
		Example: "slo status acme",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		eyes, err := s.Eyes()
		if err != nil {
			return chat.Reply{}, err
		}
		all, err := s.Standings(customer, eyes)
		if err != nil {
			return chat.Reply{}, err
		}
		if len(all) == 0 {
			return chat.Replyf("No SLO is defined for this. Define them under `slos` in the configuration."), nil
		}
		var lines []chat.Text
		for _, st := range all {
			lines = append(lines, standingLine(&st))
		}
		if customer != "" {
			sum, err := s.Satisfaction(customer)
			if err != nil {
				return chat.Reply{}, err
			}
			if sum.All > 0 {
				lines = append(lines, satisfactionLine(sum))
			}
		}
		return chat.Reply{Message: chat.Message{Title: "SLOs", Text: chat.Join(lines, "\n")}}, nil
	})
}

// standingLine is one SLO in one line: numbers only where there are any.
func standingLine(st *cre.Standing) chat.Text {
	line := chat.Textf("- **%s** %s of %s: ", st.SLO.Name, st.SLO.Objective, st.SLO.Window)
	if !st.Counted || st.State == cre.StateNoData {
		return line + chat.Textf("%s", st.State.Words())
	}
	return line + chat.Textf("%s, %s of the budget left, burning ", string(st.State), cre.Percent(st.Left)) + chat.Plain(st.BurnWords())
}
