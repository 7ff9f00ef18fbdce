package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creWhoami() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre whoami",
		Summary: "show who you are to the bot: your accounts, and what you may do",
		Example: "cre whoami",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		rank, err := s.Rank(s.Event.Role)
		if err != nil {
			return chat.Reply{}, err
		}
		accounts, err := s.Accounts()
		if err != nil {
			return chat.Reply{}, err
		}
		var lines []chat.Text
		for _, a := range accounts {
			line := chat.Textf("- %s on **%s** (`%s`)", a.Who.Shown(), cre.PlatformLabel(a.Who.Platform), a.Who.Key())
			if a.How != "" {
				line += chat.Textf(", linked by %s on %s", string(a.How), a.Since.In(s.Rules.Zone).Format("2 Jan 2006"))
			}
			lines = append(lines, line)
		}
		m := chat.Message{Title: "You", Text: chat.Join(lines, "\n"), Fields: []chat.Field{{Label: "Role", Value: chat.Plain(rank.String())}}}
		if len(accounts) == 1 && s.MayLink() {
			m.Footer = "`cre link` links your account on another platform."
		}
		return chat.Reply{Message: m}, nil
	})
}
