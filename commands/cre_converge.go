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
		Requests []string     `arg:"requests" help:"R-3,R-5,R-9: the one that reported it first leads"`
		Severity cre.Severity `arg:"severity,optional" help:"how bad it is; may be set later"`
	}
	return router.Handle(router.Command{
		Name:    "cre converge",
		Summary: "declare one incident from several requests; who asked hears what becomes of it",
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
			return chat.Reply{}, cre.Errorf(cre.Invalid, "One request does not converge. Name two or more, or use `cre escalate`.").About("requests")
		}
		slices.SortFunc(all, func(a, b *cre.Request) int { return a.Created.Compare(b.Created) })
		inc, err := s.Converge(all, a.Severity)
		if err != nil {
			return chat.Reply{}, err
		}
		reply := chat.Replyf("%s are **%s** now. %s", cre.Count(len(all), "request"), inc.ID, s.Whereabouts(inc.Home.Platform))
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
		Summary: "say that requests which looked like one incident are not the same",
		Example: "cre apart R-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			return chat.Replyf("**%s** stays a request of its own, and so do the others.", r.ID), s.Apart(r)
		})
	})
}
