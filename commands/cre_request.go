package commands

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creRequest() router.Command {
	type args struct {
		Customer    string            `arg:"customer,key" from:"customers" help:"for whom"`
		Kind        string            `arg:"kind,key" from:"kinds" help:"what sort of request it is"`
		Facts       map[string]string `arg:"fact,facts" help:"what this kind of request also needs, each by its name, such as version:2.4"`
		Detail      string            `arg:"detail,key,lines" help:"whatever helps: links, numbers, the customer's own words"`
		Component   string            `arg:"component,key" from:"services" help:"what it is about"`
		Environment string            `arg:"environment,key" from:"environments" help:"where"`
		Impact      cre.Impact        `arg:"impact,key" help:"how badly the customer is held up"`
		Due         time.Time         `arg:"due,key" help:"by when the customer needs it"`
		What        string            `arg:"what,rest" from:"about" help:"what the customer needs, in one line"`
	}
	return router.Handle(router.Command{
		Name:    "cre request",
		Aliases: []string{"cre ticket", "cre file"},
		Summary: "put work for a customer into the queue, and tell you when somebody will look at it",
		Example: "cre request customer:globex due:friday the export of invoices is slow",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return file(s, workflow.Filing{Title: a.What, Detail: a.Detail, Customer: a.Customer, Kind: a.Kind,
			Component: a.Component, Environment: a.Environment, Impact: a.Impact, Due: a.Due, Facts: a.Facts})
	})
}

// creTicket is what the 🎫 reaction says: the message becomes a request as it
// stands.
func creTicket() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "cre ticket-this",
		Summary: "make the message a request",
		Example: "cre ticket-this",
		Rank:    cre.Viewer,
		Hidden:  true,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		about := s.Event.About
		if about == nil {
			return chat.Replyf("React with 🎫 to the message that should become a request."), nil
		}
		title, detail := workflow.TitleOf(about.Text)
		r, err := file(s, workflow.Filing{Title: title, Detail: detail})
		if cre.Is(err, cre.Conflict) && s.Event.Quiet {
			return chat.Reply{}, nil // the second 🎫 on one message
		}
		return r, err
	})
}

// file files a request, and says what the bot could tell of it.
func file(s *workflow.Step, f workflow.Filing) (chat.Reply, error) {
	f.About = s.Event.About
	filled, err := s.Fill(&f)
	if err != nil {
		return chat.Reply{}, err
	}
	r, err := s.File(f)
	if err != nil {
		return chat.Reply{}, err
	}
	return filed(s, r, filled)
}

// filed says what was made of a filing, what happens next with it and when.
func filed(s *workflow.Step, r *cre.Request, filled []chat.Text) (chat.Reply, error) {
	place, err := whereItStands(s, r)
	if err != nil {
		return chat.Reply{}, err
	}
	lines := append([]chat.Text{place}, filled...)
	missing := s.Missing(r)
	if len(missing) > 0 {
		lines = append(lines, chat.Textf("Still missing: %s.", namesOf(missing)))
	}
	buttons := requesterButtons(r, missing)
	answered, err := whatWasAnswered(s, r)
	if err != nil {
		return chat.Reply{}, err
	}
	if r.Incident == "" {
		candidates, err := s.Candidates(r)
		if err != nil {
			return chat.Reply{}, err
		}
		for _, inc := range candidates[:min(len(candidates), mostCandidates)] {
			lines = append(lines, chat.Textf("**%s** %s is open for %s. Is it the same?", inc.ID, inc.Title, r.Customer))
			buttons = append(buttons, chat.Button{Label: "It is " + inc.ID, Line: "cre join " + r.ID + " " + inc.ID})
		}
	}
	follows := chat.Textf("Updates follow in the thread of **%s**.", r.ID)
	if r.Asked.Direct != "" {
		follows = chat.Textf("Updates on **%s** come to you in private.", r.ID)
	}
	m := chat.Message{Text: chat.Join(append(lines, follows), " ") + answered, Buttons: buttons}
	return chat.Reply{Message: m, Request: r.ID, Incident: r.Incident}, nil
}

// whatWasAnswered is the answer to the likest request that has one, which may be all
// that is needed; "" where none is seen.
func whatWasAnswered(s *workflow.Step, r *cre.Request) (chat.Text, error) {
	similar, err := s.Similar(r)
	if err != nil {
		return "", err
	}
	for _, q := range similar {
		if q.Status == cre.Done && q.Reason != "" {
			return chat.Textf("\n**%s** was similar. Its answer:\n%s", q.ID, chat.Quote(chat.Cut(q.Reason, 300))), nil
		}
	}
	return "", nil
}

// mostCandidates is how many incidents are offered, which a phone has room for.
const mostCandidates = 2

// whereItStands says what comes of a request that was just filed: the queue, and when
// somebody looks at it, or the incident that it is part of.
func whereItStands(s *workflow.Step, r *cre.Request) (chat.Text, error) {
	if r.Incident != "" {
		inc, err := s.Incident(r.Incident)
		if err != nil {
			return "", err
		}
		same, err := s.Same(r, inc)
		return chat.Textf("**%s** is filed as part of **%s** %s, which is open for %s and %s.",
			r.ID, inc.ID, inc.Title, r.Customer, same), err
	}
	position, err := s.Position(r)
	if err != nil {
		return "", err
	}
	lookout := "Somebody"
	if who := s.Lookout(r); who != "" {
		lookout = who
	}
	return chat.Textf("**%s** is filed, %s in the queue. %s will look at it by %s.",
		r.ID, cre.Ordinal(position), lookout, cre.Clock(r.NextLook, s.Now, s.Rules.Zone)), nil
}

// namesOf is "**component**, **version** and **due**".
func namesOf(facts []cre.Fact) chat.Text {
	var names []chat.Text
	for _, f := range facts {
		names = append(names, chat.Textf("**%s**", f.Name))
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return chat.Join(names[:last], ", ") + " and " + names[last]
}

// requesterButtons are what who asked for a request may do with it.
func requesterButtons(r *cre.Request, missing []cre.Fact) []chat.Button {
	on := func(label, verb string) chat.Button {
		return chat.Button{Label: label, Line: "cre " + verb + " " + r.ID}
	}
	detail, withdraw := on("Add detail…", "detail"), on("Withdraw", "withdraw")
	if len(missing) > 0 {
		detail = on("Add what is missing…", "detail")
		detail.Style = chat.Good
	}
	withdraw.Confirm = "Take " + r.ID + " out of the queue?"
	return []chat.Button{detail, on("Urgent…", "bump"), withdraw, on("Follow", "follow")}
}
