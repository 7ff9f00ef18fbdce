package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDetail() router.Command {
	type args struct {
		Request     cre.RequestID     `arg:"request" help:"R-12"`
		Kind        string            `arg:"kind,key,lacking" from:"kinds" help:"what sort of request it is"`
		Customer    string            `arg:"customer,key,lacking" from:"customers" help:"for whom"`
		Component   string            `arg:"component,key,lacking" from:"services" help:"what it is about"`
		Environment string            `arg:"environment,key,lacking" from:"environments" help:"where"`
		Impact      cre.Impact        `arg:"impact,key,lacking" help:"how badly the customer is held up"`
		Due         time.Time         `arg:"due,key,lacking" help:"by when the customer needs it"`
		Facts       map[string]string `arg:"fact,facts" help:"what this kind of request also needs, each by its name, such as version:2.4"`
		Text        string            `arg:"text,rest,lines,otherwise" help:"what else is known"`
	}
	return router.Handle(router.Command{
		Name:    "cre detail",
		Aliases: []string{"cre add"},
		Summary: "add to a request, and hand it back to the team if it was waiting for you",
		Example: "cre detail R-1 component:checkout since the release of Monday",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			err := s.Add(r, workflow.Filing{Detail: a.Text, Kind: a.Kind, Customer: a.Customer, Component: a.Component,
				Environment: a.Environment, Impact: a.Impact, Due: a.Due, Facts: a.Facts})
			if err != nil {
				return chat.Reply{}, err
			}
			reply := chat.Replyf("Added to **%s**.", r.ID)
			if missing := s.Missing(r); len(missing) > 0 {
				reply.Message.Text += chat.Textf(" Still missing: %s.", namesOf(missing))
			}
			return reply, nil
		})
	})
}
