package commands

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creConverge() router.Command {
	type args struct {
		Requests []string     `arg:"requests" help:"R-3,R-5,R-9; the oldest gives the incident its title"`
		Severity cre.Severity `arg:"severity,optional" help:"how bad it is; may be set later"`
	}
	return router.Handle(router.Command{
		Name:    "cre converge",
		Summary: "declare one incident from several requests; everybody who asked gets its updates",
		Example: "cre converge R-1,R-2 sev2",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		var all []*cre.Request
		for _, id := range a.Requests {
			r, err := s.Request(id)
			if err != nil {
				return chat.Reply{}, err
			}
			if !slices.ContainsFunc(all, func(q *cre.Request) bool { return q.ID == r.ID }) {
				all = append(all, r)
			}
		}
		if len(all) < 2 {
			return chat.Reply{}, cre.Errorf(cre.Invalid, "Name two or more requests. For a single one, use `cre escalate`.").About("requests")
		}
		slices.SortFunc(all, func(a, b *cre.Request) int { return a.Created.Compare(b.Created) })
		inc, err := s.Converge(all, a.Severity)
		if err != nil {
			return chat.Reply{}, err
		}
		reply := chat.Replyf("%s are now **%s**. %s", cre.Count(len(all), "request"), inc.ID, s.Whereabouts(inc.Home.Platform))
		reply.Incident = inc.ID
		return reply, nil
	})
}

func creApart() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12, the oldest of those that were proposed"`
	}
	return router.Handle(router.Command{
		Name:    "cre apart",
		Summary: "say that requests that looked like one incident are separate",
		Example: "cre apart R-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** and the others stay separate requests.", r.ID), s.Apart(r)
		})
	})
}
