package commands

import (
	"fmt"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creWhy() router.Command {
	type args struct {
		Request cre.RequestID `arg:"request" help:"R-12"`
	}
	return router.Handle(router.Command{
		Name:    "cre why",
		Summary: "explain a request: its place in the queue, similar requests, promised times, and the time it took",
		Example: "cre why R-1",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return onRequest(s, a.Request, func(r *cre.Request) (chat.Reply, error) {
			var lines []chat.Text
			for _, explain := range explanations {
				more, err := explain(s, r)
				if err != nil {
					return chat.Reply{}, err
				}
				lines = append(lines, more...)
			}
			return chat.Reply{Message: chat.Message{Title: r.ID + " " + r.Title, Text: chat.Join(lines, "\n")}}, nil
		})
	})
}

// explanations are what there is to say about a request, in this order.
var explanations = []func(*workflow.Step, *cre.Request) ([]chat.Text, error){whyScore, whyBumps, whySkips, (*workflow.Step).WhyClocks, whyLike, whyToil}

// whyScore adds the score up.
func whyScore(s *workflow.Step, r *cre.Request) ([]chat.Text, error) {
	if !r.Status.Open() {
		return []chat.Text{chat.Textf("It is %s, so it is not in the queue.", r.Status.Words())}, nil
	}
	why, err := s.Why(r)
	if err != nil {
		return nil, err
	}
	lines := []chat.Text{chat.Textf("%s of %d in the queue, with **%s** of %d.", cre.Ordinal(why.Place), why.Open, cre.Count(why.Points, "point"), why.Most)}
	if !r.Status.Ours() {
		lines = append(lines, chat.Textf("It is %s, so it comes after everything that the team can work on.", r.Status.Words()))
	}
	var sum []string
	for _, reason := range why.Reasons {
		lines = append(lines, chat.Textf("- **%d** %s", reason.Points, reason.Words))
		sum = append(sum, fmt.Sprint(reason.Points))
	}
	switch len(sum) {
	case 0:
		lines = append(lines, "It has no points, so whatever was filed before it goes first.")
	case 1:
	default:
		lines = append(lines, chat.Textf("%s = %d", strings.Join(sum, " + "), why.Points))
	}
	return lines, nil
}

func whyBumps(_ *workflow.Step, r *cre.Request) (lines []chat.Text, err error) {
	for _, b := range r.Bumps {
		lines = append(lines, chat.Textf("Bumped by %s (%s): %s", b.By.Shown(), string(b.Urgency), b.Reason))
	}
	return lines, nil
}

func whySkips(s *workflow.Step, r *cre.Request) (lines []chat.Text, err error) {
	eyes, err := s.Eyes()
	if err != nil || !eyes.CRE { // it is said among those who work on requests
		return nil, err
	}
	for _, k := range r.Skips {
		lines = append(lines, chat.Textf("Skipped by %s: %s", k.By.Shown(), k.Reason))
	}
	return lines, nil
}

// whyLike says which requests are like it, and by which words.
func whyLike(s *workflow.Step, r *cre.Request) (lines []chat.Text, err error) {
	like, err := s.Like(r, 3)
	if err != nil || len(like.Hits) == 0 {
		return nil, err
	}
	for _, h := range like.Hits {
		lines = append(lines, chat.Textf("Similar to **%s** %s: ", h.Request.ID, h.Request.Title)+reasons(h))
	}
	if sum := weights(s, like); sum != "" {
		lines = append(lines, sum)
	}
	return lines, nil
}

// whyToil says what the work on it adds to in the ledger.
func whyToil(s *workflow.Step, r *cre.Request) ([]chat.Text, error) {
	if r.Status.Open() || r.Minutes == 0 {
		return nil, nil
	}
	eyes, err := s.Eyes()
	if err != nil || !eyes.CRE {
		return nil, err
	}
	week, err := s.WeekOf(r.Ended)
	if err != nil {
		return nil, err
	}
	class := "has no class"
	if r.Class != "" {
		class = "is " + string(r.Class)
	}
	return []chat.Text{chat.Textf("It took **%s**, which %s. In its week that is %s of %s, and %s of that is toil (%s).", cre.WorkTime(r.Minutes), class,
		cre.Percent(float64(r.Minutes)/float64(week.All.Minutes)), cre.WorkTime(week.All.Minutes), cre.WorkTime(week.All.Classes[cre.ToilWork]),
		week.All.ToilWords(s.Rules.ToilLimit))}, nil
}
