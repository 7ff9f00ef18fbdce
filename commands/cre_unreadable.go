package commands

import (
	"fmt"
	"strconv"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creUnreadable() router.Command {
	type args struct {
		Number string `arg:"number,optional,rest" help:"the number of one in the list, to download it"`
	}
	return router.Handle(router.Command{
		Name:    "cre unreadable",
		Summary: "show what a platform delivered that the bot could not read",
		Example: "cre unreadable",
		Rank:    cre.Admin,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		kept, err := s.Unreadable()
		if err != nil {
			return chat.Reply{}, err
		}
		for _, u := range kept {
			if strconv.FormatUint(u.ID, 10) == a.Number {
				m := text("Payload %d from %s, %s: %s.", u.ID, u.Platform, cre.Clock(u.At, s.Now, s.Rules.Zone), u.Why)
				m.Files = []chat.File{{Name: fmt.Sprintf("%s-%d.json", u.Platform, u.ID), Type: "application/json", Content: u.Raw}}
				return chat.Reply{Message: m}, nil
			}
		}
		if a.Number != "" {
			return chat.Reply{}, cre.Errorf(cre.NotFound, "There is no payload %s. `cre unreadable` lists what is kept.", a.Number)
		}
		if len(kept) == 0 {
			return chat.Reply{Message: text("Everything that was delivered could be read.")}, nil
		}
		m := chat.Message{Title: "Unreadable", Text: "`cre unreadable NUMBER` gives one as a file.",
			Table: &chat.Table{Columns: []string{"Number", "When", "Platform", "Kind", "Why"}}}
		for _, u := range kept {
			m.Table.Rows = append(m.Table.Rows, []chat.Text{chat.Textf("%d", u.ID), chat.Plain(cre.Clock(u.At, s.Now, s.Rules.Zone)),
				chat.Plain(u.Platform), chat.Plain(u.Kind), chat.Plain(chat.Cut(u.Why, 80))})
		}
		return chat.Reply{Message: m}, nil
	})
}
