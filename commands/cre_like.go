package commands

import (
	"cmp"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// mostLike is how many like requests are shown.
const mostLike = 5

func creLike() router.Command {
	type args struct {
		Customer string `arg:"customer,key" from:"customers" help:"whose requests to list first"`
		What     string `arg:"what,rest" from:"about" help:"R-12, or what it is about"`
	}
	return router.Handle(router.Command{
		Name:    "cre like",
		Aliases: []string{"cre similar", "cre search"},
		Summary: "find similar requests, and what the answer was",
		Example: "cre like slow exports",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		r, err := asked(s, a.What, a.Customer)
		if err != nil {
			return chat.Reply{}, err
		}
		like, err := s.Like(r, mostLike)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Reply{Message: likeMessage(s, r, like), Request: r.ID}, nil
	})
}

// asked is the request that is named, or one that nobody filed yet, of the text.
func asked(s *workflow.Step, what, customer string) (*cre.Request, error) {
	key, err := customerKey(s, customer)
	if err != nil {
		return nil, err
	}
	var id cre.RequestID
	if !id.Looks(what) {
		return &cre.Request{Title: what, Customer: key}, nil
	}
	if err := id.UnmarshalText([]byte(what)); err != nil {
		return nil, err
	}
	return s.Request(string(id))
}

func likeMessage(s *workflow.Step, r *cre.Request, like *workflow.Likeness) chat.Message {
	name := chat.Textf("**%s**", r.ID)
	if r.ID == "" {
		name = "that"
	}
	switch {
	case len(like.Words) == 0:
		return chat.Message{Text: "No word of " + name + " says what it is about. Add some that do, like `cre like slow exports`."}
	case len(like.Hits) == 0:
		return chat.Message{Text: "No request that you may see is similar to " + name + ". `cre request` files one.", Footer: weights(s, like)}
	}
	m := chat.Message{Title: "Similar to " + cmp.Or(r.ID, "“"+chat.Cut(r.Title, 60)+"”"), Footer: weights(s, like)}
	var lines []chat.Text
	for _, h := range like.Hits {
		lines = append(lines, "- "+requestLine(s, h.Request), reasons(h))
		if h.Answered() {
			lines = append(lines, chat.Quote(chat.Cut(h.Request.Reason, 300)))
		}
	}
	m.Text = chat.Join(lines, "\n")
	if best := like.Hits[0].Request; r.ID != "" && r.Status.Open() && mayEnd(s) {
		m.Buttons = []chat.Button{{Label: "Duplicate of " + best.ID, Line: "cre dup " + r.ID + " " + best.ID,
			Confirm: "Close " + r.ID + " as a duplicate of " + best.ID + "? Whoever asked for it will follow " + best.ID + " instead."}}
	}
	return m
}

// reasons say why a request is like another: "81 %: both say **export**, **slow**.
func reasons(h workflow.Hit) chat.Text {
	var said []chat.Text
	for _, word := range h.Words {
		said = append(said, chat.Textf("**%s**", word))
	}
	by := chat.Text("")
	if h.Via != "" {
		by = chat.Textf(" by its duplicate **%s**", h.Via)
	}
	return chat.Textf("%d %% alike%s: both say %s.", h.Percent(), by, chat.Join(said, ", "))
}

// weights say what each word counts, to those who see the requests that say it.
func weights(s *workflow.Step, like *workflow.Likeness) chat.Text {
	if !mayEnd(s) {
		return ""
	}
	var each []chat.Text
	sum := 0.0
	for _, w := range like.Words {
		each = append(each, chat.Textf("%s %.1f", w.Said, w.Weight))
		sum += w.Weight
	}
	return chat.Textf("The rarer a word, the more it counts: %s, %.1f in all.", chat.Join(each, ", "), sum)
}

// mayEnd reports whether the asker works on requests.
func mayEnd(s *workflow.Step) bool {
	eyes, err := s.Eyes()
	return err == nil && eyes.CRE
}
