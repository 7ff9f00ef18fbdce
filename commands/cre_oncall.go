package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creOncall() router.Command {
	type args struct {
		Team string `arg:"team,optional,rest" help:"one team; all of them if left out"`
	}
	return router.Handle(router.Command{
		Name:    "cre oncall",
		Aliases: []string{"cre whoisoncall", "cre on-call", "incident whoisoncall"},
		Summary: "show who is on call, until when, and who is next",
		Example: "cre oncall",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		shifts, err := s.OnCall(a.Team)
		if err != nil {
			return chat.Reply{}, err
		}
		lines, err := onCallLines(s, shifts)
		return chat.Reply{Message: chat.Message{Title: "On call", Text: chat.Join(lines, "\n")}}, err
	})
}

func onCallLines(s *workflow.Step, shifts []workflow.Shift) (lines []chat.Text, err error) {
	for _, shift := range shifts {
		who, err := s.OnDuty(shift.Who)
		if err != nil {
			return nil, err
		}
		lines = append(lines, chat.Textf("- **%s**: %s until %s, then %s", shift.Team, who, cre.Clock(shift.Until, s.Now, s.Rules.Zone), shift.Next.Shown()))
	}
	return lines, nil
}
