package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creLink() router.Command {
	type args struct {
		Code string `arg:"code,optional,rest" help:"from the other platform; without one you get one"`
	}
	return router.Handle(router.Command{
		Name:    "cre link",
		Summary: "link your accounts on two platforms: a code from one, said on the other",
		Example: "cre link",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if a.Code == "" {
			code, l, err := s.OfferLink()
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("On the other platform, say `cre link %s` by %s. Show the code to nobody: whoever says it there counts as you.",
				code, cre.Clock(l.Until, s.Now, s.Rules.Zone)), nil
		}
		with, wrong, err := s.Link(a.Code)
		switch {
		case err != nil:
			return chat.Reply{}, err
		case wrong != "":
			return chat.Reply{Message: chat.Message{Text: wrong}, Failed: true}, nil
		}
		return chat.Replyf("You are %s. Both may do and see the same.", with), nil
	})
}
