package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creUnlink() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre unlink",
		Summary: "unlink this account from your others",
		Example: "cre unlink",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		if err := s.Unlink(); err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("This account is no longer linked with others. `cre link` links it again."), nil
	})
}
