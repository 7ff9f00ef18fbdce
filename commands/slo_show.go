package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func sloShow() router.Command {
	type args struct {
		Name string `arg:"name" help:"of the SLO"`
	}
	return router.Handle(router.Command{
		Name:    "slo show",
		Summary: "show one SLO, with a picture",
		Example: "slo show checkout",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		st, err := s.Standing(a.Name)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Reply{Message: standingCard(s, st)}, nil
	})
}

func standingCard(s *workflow.Step, st *cre.Standing) chat.Message {
	m := chat.Message{Title: st.SLO.Heading(), Text: standingLine(st)}
	m.Fields = []chat.Field{{Label: "State", Value: chat.Plain(st.State.Words())}}
	if st.Counted {
		m.Fields = append(m.Fields,
			chat.Field{Label: "Good", Value: chat.Textf("%s of %s", cre.Number(st.Good), cre.Number(st.Good+st.Bad))},
			chat.Field{Label: "SLI", Value: chat.Plain(cre.Percent(st.SLI))},
			chat.Field{Label: "Allowed failures", Value: chat.Textf("%s in the window", cre.Number(st.Allowed))},
		)
		m.Chart = cre.BudgetChart([]cre.Standing{*st}, s.Now, s.Rules.Zone)
	}
	if st.State == cre.StateWarming {
		m.Footer = chat.Textf("Measured for %s so far. The budget assumes this pace for the whole window.", cre.Long(st.History))
	}
	return m
}
