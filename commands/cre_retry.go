package commands

import (
	"strconv"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creRetry() router.Command {
	type args struct {
		Errand string `arg:"errand" help:"its number, from cre status; or all, once the cause is fixed"`
	}
	return router.Handle(router.Command{
		Name:    "cre retry",
		Summary: "try a parked errand again, or all of them",
		Example: "cre retry 7",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if a.Errand == "all" {
			n, err := s.RetryAll()
			if err != nil {
				return chat.Reply{}, err
			}
			if n == 0 {
				return chat.Replyf("There is nothing to retry."), nil
			}
			return chat.Replyf("%s on the way again.", cre.Count(n, "errand")), nil
		}
		id, err := strconv.ParseUint(a.Errand, 10, 64)
		if err != nil {
			return chat.Reply{}, cre.Errorf(cre.Invalid, "Say which errand: `cre retry 7`, or `cre retry all`. `cre status` lists them.").About("errand")
		}
		e, err := s.Retry(id)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("Errand %d (%s) is tried again.", e.ID, workflow.Deed(e)), nil
	})
}
