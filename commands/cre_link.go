package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creLink() router.Command {
	type args struct {
		Code string `arg:"code,optional,rest" help:"from the other platform; leave it out to get one"`
	}
	return router.Handle(router.Command{
		Name:    "cre link",
		Summary: "link your accounts on two platforms: get a code on one, say it on the other",
		Example: "cre link",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if a.Code == "" {
			code, l, err := s.OfferLink()
			if err != nil {
				return chat.Reply{}, err
			}
			return chat.Replyf("On the other platform, say `cre link %s` by %s. Do not show the code to anybody: whoever says it there becomes you.",
				code, cre.Clock(l.Until, s.Now, s.Rules.Zone)), nil
		}
		with, wrong, err := s.Link(a.Code)
		switch {
		case err != nil:
			return chat.Reply{}, err
		case wrong != "":
			return chat.Reply{Message: chat.Message{Text: wrong}, Failed: true}, nil
		}
		return chat.Replyf("You are %s. Both accounts may now do and see the same. If one of them is not you, say `cre unlink`.", with), nil
	})
}
