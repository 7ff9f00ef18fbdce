package workflow

import (
	"maps"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// showRequest brings the card in the requests channel up to date.
func (s *Step) showRequest(r *cre.Request) error {
	card, err := s.triageCard(r)
	if err != nil {
		return err
	}
	if _, err := s.Say(s.requestsChannel(r), card, store.ForAnnouncement); err != nil {
		return err
	}
	if card, err = s.asBot().RequestCard(r); err != nil {
		return err
	}
	_, err = s.tellNamed(r, store.Errand{Message: &card})
	return err
}

func (s *Step) requestsChannel(r *cre.Request) chat.Place {
	return chat.Place{Platform: s.requestsPlatform(r), Channel: "#" + s.Rules.Channels.Requests}
}

// triageCard is what the requests channel may read of a request.
func (s *Step) triageCard(r *cre.Request) (chat.Message, error) {
	card, err := s.asBot().RequestCard(r)
	switch {
	case r.Private:
		return chat.Message{Key: card.Key, Title: r.ID, Text: "This is now private."}, err
	case !s.openly(r):
		return chat.Message{Key: card.Key, Title: r.ID, Text: "Only named people see this. They read it in private."}, err
	}
	return card, err
}

// cardNow is what a card that was to be said in a place must say now, and where.
func (s *Step) cardNow(r *cre.Request, place chat.Place) (chat.Place, chat.Message, error) {
	named, err := s.named(r)
	if err != nil {
		return place, chat.Message{}, err
	}
	if slices.ContainsFunc(named, func(p chat.Person) bool { return direct(p) == place }) {
		card, err := s.asBot().RequestCard(r)
		return place, card, err
	}
	card, err := s.triageCard(r)
	return s.requestsChannel(r), card, err
}

func (s *Step) requestsPlatform(r *cre.Request) string {
	if r.Asked.Platform != "" {
		return r.Asked.Platform
	}
	return s.Rules.Home
}

func requestKey(r *cre.Request) string { return "request " + r.ID }

// RequestCard is a request as its triage card shows it.
func (s *Step) RequestCard(r *cre.Request) (chat.Message, error) {
	m := chat.Message{Key: requestKey(r), Title: r.ID + " " + r.Title}
	m.Fields = []chat.Field{{Label: "Status", Value: chat.Textf("**%s**", r.Status.Words())}}
	add := func(label string, value chat.Text) {
		if value != "" {
			m.Fields = append(m.Fields, chat.Field{Label: label, Value: value})
		}
	}
	add("Customer", s.customerShown(r))
	add("Kind", chat.Plain(r.Kind))
	add("Component", chat.Plain(r.Component))
	add("Environment", chat.Plain(r.Environment))
	add("Impact", chat.Plain(string(r.Impact)))
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		add(label(name), chat.Plain(r.Facts[name]))
	}
	if r.Status.Open() {
		add("Missing", chat.Plain(strings.Join(factNames(s.Missing(r)), ", ")))
	}
	add("Asked by", chat.Mention(r.Requester))
	if !r.Owner.IsZero() {
		add("Owner", chat.Mention(r.Owner))
	}
	if !r.Due.IsZero() {
		add("Due", chat.Plain(r.Due.In(s.Rules.Zone).Format("Mon 2 Jan")))
	}
	score, err := s.scoreLine(r)
	if err != nil {
		return m, err
	}
	add("Score", score)
	add("Estimate", s.estimateShown(r))
	promised, err := s.clockFields(r)
	if err != nil {
		return m, err
	}
	m.Fields = append(m.Fields, promised...)
	if !r.Private || s.maySeeIncident(r.Incident) {
		add("Incident", chat.Plain(r.Incident))
	}
	add("Product team", issueShown(r))
	of, err := s.findRequest(r.DuplicateOf)
	if err != nil {
		return m, err
	}
	if of != nil && s.maySee(of) {
		add("Duplicate of", chat.Plain(of.ID))
	}
	similar, err := s.Similar(r)
	if err != nil {
		return m, err
	}
	add("Similar", similarLine(similar))
	var words []chat.Text
	if r.Detail != "" {
		words = append(words, chat.Quote(chat.Cut(r.Detail, 600)))
	}
	if r.Reason != "" {
		words = append(words, chat.Textf("**%s:** %s", label(r.Status.Words()), r.Reason))
	}
	m.Text = chat.Join(words, "\n")
	if r.Origin != "" {
		m.Footer = chat.Link("the message it came from", r.Origin)
	}
	m.Buttons, m.Menus = s.requestButtons(r), requestMenus(r)
	return m, nil
}

// similarLine is "R-9 (done), R-4 (in work)".
func similarLine(similar []cre.Request) chat.Text {
	var each []chat.Text
	for _, q := range similar {
		each = append(each, chat.Textf("%s (%s)", q.ID, q.Status.Words()))
	}
	return chat.Join(each, ", ")
}

// scoreLine is the score of an open request with its reasons, "" for none.
func (s *Step) scoreLine(r *cre.Request) (chat.Text, error) {
	if !r.Status.Open() {
		return "", nil
	}
	points, reasons, err := s.Score(r)
	if err != nil || points == 0 {
		return "", err
	}
	return chat.Textf("%d of %d: ", points, s.Rules.Weights.Most()) + ReasonWords(reasons, len(reasons)), nil
}

// estimateShown is the work that an open request takes, and whose that is.
func (s *Step) estimateShown(r *cre.Request) chat.Text {
	switch {
	case r.Estimate == 0:
		return ""
	case s.isForEngineering(r):
		return chat.Textf("%s, more than %s: hand it off", cre.Effort(r.Estimate).String(), cre.Effort(s.Rules.HandoffAt).String())
	}
	return chat.Plain(cre.Effort(r.Estimate).String())
}

// isForEngineering reports whether an open request takes so long that a product team
// is to have it, and none has.
func (s *Step) isForEngineering(r *cre.Request) bool {
	return r.Status.Open() && s.Rules.TooLong(r.Estimate) && !r.Issue.Opened() && r.Status != cre.CloseLoop
}

// customerShown is the customer with who owns the relation, who is not yet who works
// on the request.
func (s *Step) customerShown(r *cre.Request) chat.Text {
	if owner := s.Rules.OwnerOf(r.Customer); owner != "" && r.Owner.IsZero() && r.Status.Open() {
		return chat.Textf("%s (%s)", r.Customer, owner)
	}
	return chat.Plain(r.Customer)
}

// requestMenus say who has the ball, and whose the request is.
func requestMenus(r *cre.Request) []chat.Menu {
	if !r.Status.Open() {
		return nil
	}
	waits := chat.Menu{Label: "Waits for…", Line: "cre wait " + r.ID, Kind: chat.Choice}
	for _, on := range cre.Waiting("").Choices() {
		waits.Options = append(waits.Options, chat.Option{Value: on, Label: on})
	}
	return []chat.Menu{waits, {Label: "Assign to…", Line: "cre assign " + r.ID, Kind: chat.Somebody}}
}

func (s *Step) requestButtons(r *cre.Request) []chat.Button {
	if !r.Status.Open() {
		return nil
	}
	on := func(label, verb string, style chat.Tone, confirm string) chat.Button {
		return chat.Button{Label: label, Line: "cre " + verb + " " + r.ID, Style: style, Confirm: confirm}
	}
	var buttons []chat.Button
	first := chat.Good
	if r.Owner.IsZero() && r.Status != cre.CloseLoop {
		buttons, first = []chat.Button{on("Take", "take", first, "")}, chat.Neutral
	}
	done := on("Done", "done", first, "Is "+r.ID+" done? "+r.Requester.Shown()+" is told at once.")
	if r.Status == cre.CloseLoop {
		done = toldButton(r)
	}
	if s.isForEngineering(r) {
		buttons = append(buttons, on("Hand off…", "handoff", chat.Neutral, ""))
	}
	return append(buttons,
		done,
		on("Decline…", "decline", chat.Neutral, ""),
		on("Escalate", "escalate", chat.Danger, "Declare an incident from "+r.ID+"?"))
}
