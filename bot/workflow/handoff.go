package workflow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// What takes longer than a week is work of a product team. It gets an issue at its
// tracker, which is asked how it stands for as long as the request waits for that.

// The steps of a hand-off.
const (
	issueOpened = "issue opened"
	issueAsked  = "issue asked"
)

// issueEvery is how often an issue is asked for. The trackers take some thousand
// calls an hour.
const issueEvery = 10 * time.Minute

// TrackersOffered lists the trackers among which somebody has to choose who hands the
// request off; the one that is decided where there is no choice.
func (s *Step) TrackersOffered(request string) ([]string, error) {
	r, err := s.findRequest(request)
	if err != nil || r == nil || !s.maySee(r) {
		return s.Rules.Trackers, err
	}
	if to := s.Rules.TrackerOf(r.Component); to != "" {
		return []string{to}, nil
	}
	return s.Rules.Trackers, nil
}

// HandOff leaves the issue that a product team gets, at the tracker that is named or
// the one that is meant where none is, and gives its name. The request stays ours
// until the issue is there.
func (s *Step) HandOff(r *cre.Request, to, summary string) (string, error) {
	if err := r.Must(); err != nil {
		return "", err
	}
	if err := s.mayLeaveTheHouse(r); err != nil {
		return "", err
	}
	if err := s.isNotHandedOff(r); err != nil {
		return "", err
	}
	to, err := s.tracker(r, to)
	if err != nil {
		return "", err
	}
	customers, err := s.everyCustomer()
	if err != nil {
		return "", err
	}
	issue := s.Rules.IssueFor(r, chat.Clean(summary), s.site("/queue"), customers)
	if issue.Title, err = cre.CheckTitle(issue.Title); err != nil {
		return "", cre.Errorf(cre.Invalid, "Say in one line, of at most %d characters, what the product team should do. Details go on the lines below it.", cre.MaxTitle).About("summary")
	}
	_, err = s.Leave(store.Errand{Kind: store.HandOff, Subject: r.ID, Then: issueOpened, Priority: store.ForReply,
		Issue: &issue, IssueRef: cre.IssueRef{Tracker: to}})
	r.Answer(s.Now)
	return to, cmp.Or(err, s.keepRequest(r))
}

// mayLeaveTheHouse refuses what others must not read: a tracker has its own readers.
func (s *Step) mayLeaveTheHouse(r *cre.Request) error {
	instead := chat.Textf("Open an issue by hand that reveals nothing of it, then say `cre wait %s engineering` with its link.", r.ID)
	if r.Private {
		return cre.Errorf(cre.Conflict, "**%s** is private, but other people read an issue. %s", r.ID, instead)
	}
	if r.Customer != "" {
		c, err := store.Customers.Get(s.Tx, store.Key(r.Customer))
		if err != nil {
			return err
		}
		if c != nil && len(c.SeenBy) > 0 {
			return cre.Errorf(cre.Conflict, "Only named people see **%s** (`seen_by`), but other people read an issue. %s", c.Key, instead)
		}
	}
	if r.Incident != "" {
		return cre.Errorf(cre.Conflict, "**%s** is part of **%s**, and waits for that. Hand it off when the incident is over.", r.ID, r.Incident)
	}
	return nil
}

// isNotHandedOff refuses a second issue while there is one, or one on its way.
func (s *Step) isNotHandedOff(r *cre.Request) error {
	if r.Issue.Opened() && !r.IssueState.Closed {
		return cre.Errorf(cre.Conflict, "A product team already has **%s**: %s.", r.ID, issueLink(r.Issue))
	}
	e, err := s.handingOff(r)
	switch {
	case err != nil || e == nil:
		return err
	case e.State == store.Parked:
		return cre.Errorf(cre.Conflict, "**%s** could not be handed off to **%s**: %s. `cre retry %d` tries again, `cre drop %d` gives up.", r.ID, e.IssueRef.Tracker, e.Trouble, e.ID, e.ID)
	}
	return cre.Errorf(cre.Conflict, "**%s** is already on its way to **%s**. The link will be in the thread of the request.", r.ID, e.IssueRef.Tracker)
}

// handingOff is the hand-off of the request that did not happen yet, nil for none.
func (s *Step) handingOff(r *cre.Request) (*store.Errand, error) {
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(r.ID), store.Page{}) {
		if err != nil || e.Kind == store.HandOff && !e.Over() {
			return e, err
		}
	}
	return nil, nil
}

// notHandedOffAnyMore says why a hand-off must not be tried again, "" if it may.
func (s *Step) notHandedOffAnyMore(e *store.Errand) (chat.Text, error) {
	r, err := s.findRequest(e.Subject)
	switch {
	case err != nil || r == nil:
		return "", err
	case !s.openly(r):
		return chat.Textf("**%s** is not for everybody to see", r.ID), nil
	case !r.Status.Open():
		return chat.Textf("**%s** is %s", r.ID, r.Status.Words()), nil
	}
	return "", nil
}

// tracker is the one that is meant.
func (s *Step) tracker(r *cre.Request, to string) (string, error) {
	all := s.Rules.Trackers
	if len(all) == 0 {
		return "", cre.Errorf(cre.Conflict, "No tracker is configured. Add one under `integrations`. Until then, open an issue by hand and say `cre wait %s engineering` with its link.", r.ID)
	}
	if to == "" {
		to = s.Rules.TrackerOf(r.Component)
	}
	if i := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, to) }); i >= 0 {
		return all[i], nil
	}
	var ways []chat.Text
	for _, name := range all {
		ways = append(ways, chat.Textf("`to:%s`", name))
	}
	if to == "" {
		return "", cre.Errorf(cre.Invalid, "Say where it goes: %s.", chat.Join(ways, " or ")).About("to")
	}
	return "", cre.Errorf(cre.Invalid, "There is no tracker %s. Say %s.", to, chat.Join(ways, " or ")).About("to")
}

// everyCustomer is all of them, whoever may see which: none is to be named.
func (s *Step) everyCustomer() (all []cre.Customer, err error) {
	for c, err := range store.Customers.All(s.Tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, *c)
	}
	return all, nil
}

func issueLink(ref cre.IssueRef) chat.Text { return chat.Link(ref.Tracker+" "+ref.ID, ref.URL) }

// issueOpened gives the ball to the product team, and says where it is now.
func (s *Step) issueOpened(e *store.Errand, o Outcome) error {
	r, err := s.findRequest(e.Subject)
	switch {
	case err != nil || r == nil:
		return err
	case o.Trouble != "":
		return s.tellTeam(r, chat.Message{Tone: chat.Warning, Text: chat.Textf("**%s** could not be handed off to **%s**: %s.", r.ID, e.IssueRef.Tracker, strings.TrimSuffix(o.Trouble, ".")),
			Buttons: []chat.Button{RetryButton(e, "Try again"), DropButton(e, "Drop")}})
	case !o.Issue.Opened():
		return nil
	}
	r.Issue, r.IssueState, r.IssueTrouble, r.HandedOff = o.Issue, cre.IssueState{}, "", s.Now
	if !r.Status.Open() {
		return cmp.Or(s.keepRequest(r), s.tellTeam(r, chat.Message{Text: chat.Textf("**%s** is %s, but its issue was on the way: %s. Close it there.", r.ID, r.Status.Words(), issueLink(r.Issue))}))
	}
	r.Pass(cre.OnEngineering, s.Now)
	r.Reason = ""
	return cmp.Or(s.watchIssue(r), s.respond(r, chat.Textf("%s, **%s** was handed off to the product team: %s. Its progress there is posted here.", r.Requester, r.ID, issueLink(r.Issue))))
}

// tellTeam says something of a request in the requests channel; of one for named people
// to those alone, and of a private one to nobody.
func (s *Step) tellTeam(r *cre.Request, m chat.Message) error {
	if !s.openly(r) {
		_, err := s.tellNamed(r, store.Errand{Message: &m, Subject: r.ID})
		return err
	}
	_, err := s.Say(s.requestsChannel(r), m, store.ForReply)
	return err
}

// watchIssue asks for the issue in a while, unless it is to be asked for already. It
// does so while the request waits for the product team, and until its loop is closed:
// an issue may be opened again.
func (s *Step) watchIssue(r *cre.Request) error {
	if !watches(r) {
		return nil
	}
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(r.ID), store.Page{}) {
		if err != nil || e.Kind == store.AskIssue && e.Open() && e.IssueRef == r.Issue {
			return err
		}
	}
	_, err := s.Leave(store.Errand{Kind: store.AskIssue, Subject: r.ID, Then: issueAsked, Due: s.Now.Add(issueEvery), IssueRef: r.Issue})
	return err
}

func watches(r *cre.Request) bool {
	return r.Issue.Opened() && (r.Status == cre.OnEngineering || r.Status == cre.CloseLoop)
}

// issueAsked goes by how the issue stands, and asks again later.
func (s *Step) issueAsked(e *store.Errand, o Outcome) error {
	r, err := s.findRequest(e.Subject)
	if err != nil || r == nil || e.IssueRef != r.Issue || !watches(r) {
		return err // what is heard now would be old news when it is waited for again
	}
	switch {
	case o.Gone:
		o.State = &cre.IssueState{State: "gone", Closed: true, Reason: "the issue was deleted or moved away"}
	case o.Trouble != "":
		return cmp.Or(s.issueUnheard(r, o.Trouble), s.watchIssue(r))
	}
	if err := s.issueStands(r, *o.State); err != nil || o.Gone {
		return err
	}
	return s.watchIssue(r)
}

// issueUnheard says once that a tracker does not tell how an issue stands.
func (s *Step) issueUnheard(r *cre.Request, trouble string) error {
	if r.IssueTrouble == trouble {
		return nil
	}
	first := r.IssueTrouble == ""
	r.IssueTrouble = trouble
	if err := cmp.Or(s.keepRequest(r), s.showRequest(r)); err != nil || !first {
		return err
	}
	return s.tellTeam(r, chat.Message{Key: "unheard " + r.Issue.Tracker, Tone: chat.Warning,
		Text: chat.Textf("I could not ask **%s** about its issues: %s. I will try again every ten minutes.", r.Issue.Tracker, strings.TrimSuffix(trouble, "."))})
}

// issueStands takes over what changed at the tracker since it was last heard.
func (s *Step) issueStands(r *cre.Request, now cre.IssueState) error {
	before := r.IssueState
	if now == before && r.IssueTrouble == "" {
		return nil
	}
	r.IssueState, r.IssueTrouble = now, ""
	stands := chat.Textf("%s: %s.", issueLink(r.Issue), now.Words())
	switch {
	case now.Closed && !before.Closed && r.Status == cre.OnEngineering && now.Solved():
		return s.closeLoop(r, chat.Textf("%s, the product team is done with **%s**. ", r.Requester, r.ID)+stands, "")
	case now.Closed && !before.Closed && r.Status == cre.OnEngineering:
		r.Pass(cre.Triaged, s.Now)
		r.Reason = now.Words()
		back := chat.Textf("**%s** came back from the product team and is in the queue again. ", r.ID) + stands
		return cmp.Or(s.changeRequest(r, back), s.tellTeam(r, chat.Message{Text: back}))
	case before.Closed && !now.Closed && r.Status == cre.CloseLoop:
		r.Pass(cre.OnEngineering, s.Now)
		r.Reason = ""
		return s.changeRequest(r, chat.Textf("%s, the issue of **%s** was reopened, so it is not done. Do not tell the customer yet. ", r.Requester, r.ID)+stands)
	case now.Words() != before.Words() && (before != cre.IssueState{} || now.Assignee != "" || now.Closed):
		return s.changeRequest(r, stands)
	}
	return cmp.Or(s.keepRequest(r), s.showRequest(r))
}

// issueShown is how the product team's work stands, "" where none has it.
func issueShown(r *cre.Request) chat.Text {
	if !r.Issue.Opened() {
		return ""
	}
	text := issueLink(r.Issue)
	if r.IssueState.State != "" {
		text += chat.Textf(": %s", r.IssueState.Words())
	}
	if r.IssueTrouble != "" {
		text += chat.Textf(" (not heard since: %s)", r.IssueTrouble)
	}
	return text
}
