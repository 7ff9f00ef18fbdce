package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// openly reports whether everybody in the requests channel may read of a request: it is
// not private, nor for a customer whom only named people see.
func (s *Step) openly(r *cre.Request) bool { return s.asBot().maySee(r) }

// named are the people of the team whom the customer of a request names, each by their
// first account there; none where everybody sees it.
func (s *Step) named(r *cre.Request) (all []chat.Person, err error) {
	c, err := s.customerOf(r)
	if err != nil || c == nil || r.Private {
		return nil, err
	}
	for _, key := range c.SeenBy {
		platform, id, _ := strings.Cut(key, ":")
		p := chat.Person{Platform: platform, ID: id}
		eyes, err := store.EyesOf(s.Tx, s.Rules, p, "")
		if err != nil {
			return nil, err
		}
		if eyes.CRE && slices.Contains(s.Rules.Platforms, platform) && !slices.ContainsFunc(eyes.Accounts, func(a chat.Person) bool { return slices.ContainsFunc(all, is(a)) }) {
			all = append(all, p)
		}
	}
	return all, nil
}

// mayPublish refuses to make an incident that everybody sees of a request that not
// everybody does.
func (s *Step) mayPublish(r *cre.Request) error {
	if s.openly(r) {
		return nil
	}
	return cre.Errorf(cre.Conflict, "**%s** is not for everybody to see. `cre escalate %s --private` declares an incident of its own.", r.ID, r.ID)
}

// tellNamed says what an errand has to say to each of the named people, with nobody
// else, and gives who that is.
func (s *Step) tellNamed(r *cre.Request, e store.Errand) (who chat.Text, err error) {
	e.Kind, e.Priority = store.Say, store.ForAnnouncement
	named, err := s.named(r)
	var names []chat.Text
	for _, p := range named {
		e.Place = direct(p)
		if _, err := s.say(e); err != nil {
			return "", err
		}
		names = append(names, chat.Mention(p))
	}
	return chat.Join(names, ", "), err
}

// alone is where who asked for a request hears of it with nobody else: nowhere if they
// are outside, since the bot writes to nobody there.
func alone(r *cre.Request) chat.Place {
	switch {
	case r.Asked.Channel == "":
		return r.Asked
	case r.Requester.External:
		return chat.Place{Platform: r.Asked.Platform}
	}
	return direct(r.Requester)
}

// leaveChannel takes a request that is no longer for everybody out of where it was
// asked. Who asked hears of it alone from now on.
func (s *Step) leaveChannel(r *cre.Request) error {
	to := alone(r)
	if s.openly(r) || to == r.Asked {
		return nil
	}
	if err := s.hide(r); err != nil {
		return err
	}
	r.Asked, r.Anchor = to, chat.Place{}
	if to.Direct == "" {
		return nil
	}
	return s.sayAsked(r)
}
