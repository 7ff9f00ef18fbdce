package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func sloDigest() router.Command {
	type args struct {
		Customer string `arg:"customer,optional,rest" from:"customers" help:"only for this customer"`
	}
	return router.Handle(router.Command{
		Name:    "slo digest",
		Summary: "post the reliability digest here, with a picture",
		Example: "slo digest",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		customer, err := customerKey(s, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		m, err := s.Digest(s.DigestNamed(cre.AboutSLO), customer, time.Time{})
		return chat.Reply{Message: m, Public: true}, err
	})
}
