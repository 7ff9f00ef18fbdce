package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creNext() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre next",
		Summary: "show what to do next, and why",
		Example: "cre next",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		next, err := s.Next()
		return chat.Reply{Message: nextCard(s, next)}, err
	})
}

// creSkip is what the button of the next piece says: it is for others.
func creSkip() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
		Reason  string        `arg:"reason,rest" help:"why it is not for you"`
	}
	return router.Handle(router.Command{
		Name:    "cre skip",
		Summary: "leave a request for others, and show the next",
		Example: "cre skip R-1 I have no access to their cluster",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			if err := s.Skip(r, a.Reason); err != nil {
				return chat.Reply{}, err
			}
			left := chat.Textf("**%s** is left for others.", r.ID)
			next, err := s.Next()
			if cre.Is(err, cre.Conflict) { // as much in work as they may
				return chat.Reply{Message: chat.Message{Text: left}}, nil
			}
			m := nextCard(s, next)
			m.Text = left + "\n" + m.Text
			return chat.Reply{Message: m}, err
		})
	})
}

// nextCard offers a request to who asked for work.
func nextCard(s *workflow.Step, next *workflow.Next) chat.Message {
	if next == nil {
		return text("Nothing is waiting for you. `cre queue` shows everything that is open.")
	}
	m := chat.Message{Title: "Next", Text: requestLine(s, &next.Request)}
	if next.Points > 0 {
		m.Text += chat.Textf("\n%s: ", cre.Count(next.Points, "point")) + workflow.ReasonWords(next.Reasons, len(next.Reasons)) + "."
	}
	if next.Why != "" {
		m.Text += "\n" + next.Why
	}
	m.Buttons = []chat.Button{
		{Label: "Take", Line: "cre take " + next.ID, Style: chat.Good},
		{Label: "Not me, because…", Line: "cre skip " + next.ID},
		{Label: "Why", Line: "cre why " + next.ID},
	}
	return m
}
