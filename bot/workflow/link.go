package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// mine are the accounts of the asker, the one that asks first.
func (s *Step) mine() ([]chat.Person, error) {
	if s.accounts == nil {
		all, err := store.AccountsOf(s.Tx, s.By)
		if err != nil {
			return nil, err
		}
		s.accounts = all
	}
	return s.accounts, nil
}

// Mine reports whether an account is one of the asker's.
func (s *Step) Mine(p chat.Person) (bool, error) {
	all, err := s.mine()
	return !p.IsZero() && slices.ContainsFunc(all, is(p)), err
}

// same reports whether two accounts are of one person.
func (s *Step) same(a, b chat.Person) (bool, error) {
	if a.Key() == b.Key() {
		return true, nil
	}
	all, err := store.AccountsOf(s.Tx, a)
	return !b.IsZero() && slices.ContainsFunc(all, is(b)), err
}

// on is a person's account on a platform, nobody if none is known.
func (s *Step) on(platform string, p chat.Person) (chat.Person, error) {
	return store.AccountOn(s.Tx, platform, p)
}

// sees reports whether the asker may see the incident, with any of their
// accounts. Whose accounts cannot be read sees nothing private.
func (s *Step) sees(inc *cre.Incident) bool {
	if inc.VisibleTo(s.By) {
		return true
	}
	all, err := s.mine()
	return err == nil && slices.ContainsFunc(all, inc.VisibleTo)
}

// Rank is what the asker may do: the most that one of their accounts may. granted
// is the role that the way in grants, which is nobody's own.
func (s *Step) Rank(granted string) (cre.Rank, error) {
	rank := s.Rules.Roles.Rank(s.By, granted)
	if granted != "" || s.By.External {
		return rank, nil
	}
	all, err := s.mine()
	if err != nil {
		return cre.Viewer, err
	}
	for _, p := range all {
		rank = max(rank, s.Rules.Roles.Rank(p, ""))
	}
	return rank, nil
}

// human is the person behind an account. One who is not known yet has no number.
func (s *Step) human(p chat.Person) (*cre.Human, error) {
	h, err := store.People.First(s.Tx, "account", store.Key(p.Key()))
	if err == nil && h == nil {
		h = &cre.Human{Accounts: []cre.Account{{Who: p, Since: s.Now}}}
	}
	return h, err
}

func (s *Step) keepHuman(h *cre.Human) (err error) {
	if h.N == 0 {
		if h.N, err = store.Sequence(s.Tx, "person"); err != nil {
			return err
		}
	}
	for _, a := range h.Accounts {
		s.Changed(a.Who.Key())
	}
	return store.People.Put(s.Tx, h)
}

// join makes one of two people.
func (s *Step) join(h, other *cre.Human, how cre.LinkedBy) error {
	before := slices.Clone(h.Accounts)
	if err := h.Join(other, how); err != nil {
		return err
	}
	if other.N != 0 {
		if err := store.People.Delete(s.Tx, store.People.Key(other)); err != nil {
			return err
		}
	}
	s.accounts = nil
	if err := s.keepHuman(h); err != nil {
		return err
	}
	if err := s.tellLinked(before, other.Accounts, how); err != nil {
		return err
	}
	return s.tellLinked(other.Accounts, before, how)
}

// tellLinked tells accounts with whom they are one now: a link that somebody else
// made is seen at once. Who just confirmed it hears it as the answer.
func (s *Step) tellLinked(accounts, with []cre.Account, how cre.LinkedBy) error {
	for _, a := range accounts {
		if a.Who.Key() == s.By.Key() && how == cre.ByCode {
			continue
		}
		m := chat.Message{Text: chat.Textf("This account is now linked with %s, by %s. If that is not you, say `cre unlink`.", accountList(with), string(how))}
		if _, err := s.Say(direct(a.Who), m, store.ForReply); err != nil {
			return err
		}
	}
	return nil
}

func direct(p chat.Person) chat.Place { return chat.Place{Platform: p.Platform, Direct: p.ID} }

// accountList names accounts: "ada on **Slack** and ada on **Discord**".
func accountList(all []cre.Account) chat.Text {
	var names []chat.Text
	for _, a := range all {
		names = append(names, chat.Textf("%s on **%s**", a.Who.Shown(), cre.PlatformLabel(a.Who.Platform)))
	}
	return chat.Join(names, " and ")
}

// Unmet reports whether there is something to learn of the asker from an event:
// an e-mail address that was not known, or that they are outside now.
func (s *Step) Unmet(email string) (bool, error) {
	email = address(email)
	if email == "" && !s.By.External {
		return false, nil
	}
	h, err := s.human(s.By)
	if err != nil {
		return false, err
	}
	return s.By.External && h.N != 0 || !s.By.External && h.On(s.By.Platform).Email != email, nil
}

// Meet takes what an event says of the asker. An e-mail address that the platform
// vouches for links them with the one person who has it elsewhere; who is outside
// is linked with nobody. It reports what it changed, "" for nothing.
func (s *Step) Meet(email string) (outcome string, err error) {
	if unmet, err := s.Unmet(email); err != nil || !unmet {
		return "", err
	}
	h, err := s.human(s.By)
	if err != nil {
		return "", err
	}
	if s.By.External {
		return "taken apart: the account is outside", s.part(h)
	}
	email = address(email)
	twin, err := s.withEmail(email, h)
	if err != nil {
		return "", err
	}
	h.On(s.By.Platform).Email = email
	if twin != nil && len(h.Accounts) == 1 && twin.SameEmail(h) {
		return "linked by e-mail", s.join(twin, h, cre.ByEmail)
	}
	return "the e-mail address is known", s.keepHuman(h)
}

func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// withEmail is the one other person with an e-mail address; nil if there is none,
// or if it is nobody's own.
func (s *Step) withEmail(email string, not *cre.Human) (twin *cre.Human, err error) {
	for h, err := range store.People.By(s.Tx, "email", store.Key(email), store.Page{}) {
		switch {
		case err != nil:
			return nil, err
		case h.N == not.N, twin != nil && h.N == twin.N:
		case twin != nil:
			return nil, nil
		default:
			twin = h
		}
	}
	return twin, nil
}

// part takes the asker's account from the person it was linked with.
func (s *Step) part(h *cre.Human) error {
	parted := h.Part(s.By)
	s.accounts = nil
	if len(h.Accounts) == 0 {
		return store.People.Delete(s.Tx, store.People.Key(h))
	}
	if err := s.keepHuman(h); err != nil {
		return err
	}
	if err := s.warnRooms([]cre.Account{parted}, h.Accounts); err != nil {
		return err
	}
	for _, a := range h.Accounts {
		m := chat.Message{Text: chat.Textf("%s is no longer linked with you.", accountList([]cre.Account{parted}))}
		if _, err := s.Say(direct(a.Who), m, store.ForReply); err != nil {
			return err
		}
	}
	s.Changed(parted.Who.Key())
	return nil
}

// warnRooms says in the rooms of private incidents who was brought in by nothing but
// the link of accounts that are apart now: the bot takes nobody out of a room.
func (s *Step) warnRooms(one, other []cre.Account) error {
	for inc, err := range store.Incidents.By(s.Tx, "open", nil, store.Page{}) {
		if err != nil {
			return err
		}
		sees := func(all []cre.Account) bool {
			return slices.ContainsFunc(all, func(a cre.Account) bool { return inc.VisibleTo(a.Who) })
		}
		out := one
		if sees(one) {
			out = other
		}
		if sees(out) || !sees(one) && !sees(other) {
			continue
		}
		for _, a := range out {
			r := inc.RoomOn(a.Who.Platform)
			if r == nil || !r.Usable() {
				continue
			}
			m := chat.Message{Tone: chat.Warning, Text: chat.Textf("%s is linked with nobody in **%s** any more. If they are in this room, they still read it: remove them if they should not.", a.Who.Shown(), inc.ID)}
			if err := s.sayIn(inc, r, store.Errand{Message: &m}); err != nil {
				return err
			}
		}
	}
	return nil
}

// MayLink reports whether the asker has an account that can be linked with another.
func (s *Step) MayLink() bool {
	_, err := s.linking()
	return err == nil
}

// linking is what the asker did to be linked so far. Where nobody is asked who
// they are, nobody can be linked.
func (s *Step) linking() (*cre.Linking, error) {
	if s.Event == nil || s.Event.Role != "" || !slices.Contains(s.Rules.Platforms, s.By.Platform) {
		return nil, cre.Errorf(cre.Forbidden, "I do not know who you are here, so I cannot link you. Say it where you have an account.")
	}
	if len(s.Rules.Platforms) == 1 {
		return nil, cre.Errorf(cre.NotFound, "There is no other platform. Whoever runs the bot can add one under `integrations`.")
	}
	l, err := store.Linkings.Get(s.Tx, store.Key(s.By.Key()))
	if err == nil && l == nil {
		l = &cre.Linking{Account: s.By}
	}
	return l, err
}

// OfferLink gives the code with which the asker confirms on another platform that
// they are the same. It is shown once, and takes the place of an earlier one.
func (s *Step) OfferLink() (code string, l *cre.Linking, err error) {
	if l, err = s.linking(); err != nil {
		return "", nil, err
	}
	code = l.Offer(s.Chance, s.Now)
	s.Changed(s.By.Key())
	return code, l, store.Linkings.Put(s.Tx, l)
}

// Link links the asker with whoever was given the code. A wrong code is counted
// and gives a refusal that is to be kept: it comes as text, not as an error.
func (s *Step) Link(code string) (with chat.Text, wrong chat.Text, err error) {
	mine, err := s.linking()
	if err != nil {
		return "", "", err
	}
	if again := mine.Tired(s.Now); !again.IsZero() {
		return "", "", cre.Errorf(cre.Forbidden, "Too many wrong codes. Try again at %s.", s.clock(again))
	}
	theirs, err := store.Linkings.First(s.Tx, "hash", store.Key(cre.CodeHash(code)))
	switch {
	case err != nil:
		return "", "", err
	case theirs != nil && theirs.Account.Key() == s.By.Key():
		return "", "", cre.Errorf(cre.Invalid, "That is the code of this account. Say it on the other platform.").About("code")
	case theirs == nil || !theirs.Valid(s.Now):
		mine.Miss(s.Now)
		return "", "That code is wrong or has expired. `cre link` on the other platform gives a new one.", store.Linkings.Put(s.Tx, mine)
	}
	h, err := s.human(theirs.Account)
	if err != nil {
		return "", "", err
	}
	if h.Has(s.By) {
		return "", "", cre.Errorf(cre.Conflict, "You are already linked. `cre whoami` shows your accounts.")
	}
	me, err := s.human(s.By)
	if err != nil {
		return "", "", err
	}
	if err := s.join(h, me, cre.ByCode); err != nil {
		return "", "", err
	}
	return accountList(h.Accounts), "", store.Linkings.Delete(s.Tx, store.Key(theirs.Account.Key()))
}

// Unlink takes the asker's account from the others, for good as far as e-mail
// addresses go.
func (s *Step) Unlink() error {
	h, err := s.human(s.By)
	if err != nil {
		return err
	}
	if len(h.Accounts) < 2 {
		return cre.Errorf(cre.Conflict, "This account is not linked with another. `cre link` links it.")
	}
	alone := *h.On(s.By.Platform)
	alone.How, alone.Since = "", s.Now
	if err := s.part(h); err != nil {
		return err
	}
	return s.keepHuman(&cre.Human{Accounts: []cre.Account{alone}, Apart: true})
}

// Accounts are the asker's, as they are known.
func (s *Step) Accounts() ([]cre.Account, error) {
	h, err := s.human(s.By)
	if err != nil {
		return nil, err
	}
	return h.Accounts, nil
}
