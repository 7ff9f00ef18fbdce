package workflow

import (
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Bumped is what came of a bump.
type Bumped struct {
	Left  int       // bumps of the asker this week
	Until time.Time // when the next week begins
	Place int       // of the request in the queue now
	Told  chat.Text // who hears of it, "" for nobody
}

// Bump says that a request cannot wait for its turn. Each person may a few times a
// week; who manages the queue hears of it.
func (s *Step) Bump(r *cre.Request, urgency cre.Urgency, reason string) (*Bumped, error) {
	if err := r.Must(); err != nil {
		return nil, err
	}
	b := &Bumped{Until: weekAfter(s.Now, s.Rules.Zone)}
	done, err := s.bumpedThisWeek()
	if err != nil {
		return nil, err
	}
	if b.Left = s.Rules.Bumps - done - 1; b.Left < 0 {
		return nil, cre.Errorf(cre.Conflict, "You have no bumps left. Each person has %d a week, and the next week starts on %s.", s.Rules.Bumps, b.Until.Format("Monday, 2 Jan"))
	}
	share, err := s.share(s.By)
	if err != nil {
		return nil, err
	}
	share.Bumped = append(slices.DeleteFunc(share.Bumped, s.before(b.Until)), s.Now)
	if err := store.Shares.Put(s.Tx, share); err != nil {
		return nil, err
	}
	r.Bumps = append(r.Bumps, cre.Bump{By: s.By, At: s.Now, Urgency: urgency, Reason: reason})
	said := chat.Textf("%s bumped **%s**: %s.\n%s", s.By, r.ID, urgency.Means(), chat.Quote(reason))
	if err := s.changeRequest(r, said); err != nil {
		return nil, err
	}
	if b.Told, err = s.tellManager(r, said); err != nil {
		return nil, err
	}
	b.Place, err = s.Position(r)
	return b, err
}

// weekAfter is when the week after the one of now begins: on Monday.
func weekAfter(now time.Time, zone *time.Location) time.Time {
	t := now.In(zone)
	days := (8 - int(t.Weekday())) % 7
	if days == 0 {
		days = 7
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, zone)
}

// before reports of a time whether it lies before the week that ends then.
func (s *Step) before(end time.Time) func(time.Time) bool {
	begin := end.AddDate(0, 0, -7)
	return func(t time.Time) bool { return t.Before(begin) }
}

// bumpedThisWeek counts the bumps of the asker, with any of their accounts.
func (s *Step) bumpedThisWeek() (n int, err error) {
	accounts, err := s.mine()
	if err != nil {
		return 0, err
	}
	old := s.before(weekAfter(s.Now, s.Rules.Zone))
	for _, a := range accounts {
		share, err := s.share(a)
		if err != nil {
			return 0, err
		}
		for _, at := range share.Bumped {
			if !old(at) {
				n++
			}
		}
	}
	return n, nil
}

// tellManager says something about a request to who manages the queue now, in private,
// or else in the requests channel. What is private is said to nobody who may not see it.
func (s *Step) tellManager(r *cre.Request, said chat.Text) (who chat.Text, err error) {
	score, err := s.scoreLine(r)
	if err != nil {
		return "", err
	}
	m := chat.Message{Title: r.ID + " " + r.Title, Text: said, Buttons: s.requestButtons(r)}
	if score != "" {
		m.Fields = []chat.Field{{Label: "Score", Value: score}}
	}
	manager, err := s.manager(r)
	if err != nil {
		return "", err
	}
	if !manager.IsZero() {
		_, err = s.Say(chat.Place{Platform: manager.Platform, Direct: manager.ID}, m, store.ForReply)
		return chat.Mention(manager), err
	}
	if !s.openly(r) {
		return s.tellNamed(r, store.Errand{Message: &m})
	}
	place := s.requestsChannel(r)
	_, err = s.Say(place, m, store.ForAnnouncement)
	return chat.Plain(place.Channel), err
}

// manager is the account of who manages the queue now and may see the request, nobody
// if there is none.
func (s *Step) manager(r *cre.Request) (chat.Person, error) {
	i := slices.IndexFunc(s.Rules.OnCall, func(o cre.Rota) bool { return s.Rules.Manager != "" && o.Team == s.Rules.Manager })
	if i < 0 {
		return chat.Person{}, nil
	}
	turn, ok := s.Rules.OnCall[i].At(s.Now)
	if !ok {
		return chat.Person{}, nil
	}
	who, err := s.dutyOn(s.requestsPlatform(r), turn.Who)
	if err == nil && who.IsZero() && len(turn.Who.Accounts) > 0 {
		who = turn.Who.Accounts[0]
	}
	if err != nil || who.IsZero() {
		return chat.Person{}, err
	}
	accounts, err := store.AccountsOf(s.Tx, who)
	if err != nil {
		return chat.Person{}, err
	}
	if sees, err := store.Sees(s.Tx, cre.Eyes{Accounts: accounts, CRE: true}, r); err != nil || !sees {
		return chat.Person{}, err
	}
	return who, nil
}

// Estimate says how long the request takes of work.
func (s *Step) Estimate(r *cre.Request, effort cre.Effort) error {
	if err := r.Must(); err != nil {
		return err
	}
	r.Estimate = time.Duration(effort)
	return s.changeRequest(r, chat.Textf("**%s** takes about %s of work.", r.ID, effort.String()))
}
