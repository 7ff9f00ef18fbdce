package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentDeclare() router.Command {
	type args struct {
		Severity cre.Severity `arg:"severity,optional" help:"how bad it is for customers; may be set later"`
		Customer []string     `arg:"customer,key" from:"customers" help:"who is affected"`
		Service  []string     `arg:"service,key" from:"services" help:"what is affected"`
		Drill    bool         `arg:"drill" help:"practice"`
		Past     bool         `arg:"past" help:"already over; only record it"`
		Private  bool         `arg:"private" help:"only the people in the room may know of it"`
		Again    bool         `arg:"again,hidden"`
		Title    string       `arg:"title,rest" help:"what is wrong, as a customer would see it"`
	}
	return router.Handle(router.Command{
		Name:    "incident declare",
		Aliases: []string{"incident new", "incident create", "incident start", "incident open", "incident trigger"},
		Summary: "open an incident and its war room, and make you its lead",
		Example: "incident declare sev2 customer:acme checkout returns 500",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		inc, err := s.Declare(workflow.Declaration{Title: a.Title, Severity: a.Severity, Customers: a.Customer,
			Services: a.Service, Drill: a.Drill, Past: a.Past, Private: a.Private, Again: a.Again})
		if err != nil {
			return chat.Reply{}, err
		}
		r := chat.Replyf("**%s** %s (%s) is declared. %s", inc.ID, inc.Title, inc.Severity.Words(), s.Whereabouts(inc.Home.Platform))
		if a.Past {
			r = chat.Replyf("**%s** %s (%s) is recorded. Add to it with `incident note %s …`.", inc.ID, inc.Title, inc.Severity.Words(), inc.ID)
		}
		r.Incident = inc.ID
		return r, nil
	})
}
