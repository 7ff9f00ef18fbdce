package workflow

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// requestAnchored is the step after a request was shown where it was asked.
const requestAnchored = "request anchored"

// anchor leaves the message where the request was asked, and its card for
// triage.
func (s *Step) anchor(r *cre.Request) error {
	if isHeard(r) {
		if err := s.sayAsked(r); err != nil {
			return err
		}
	}
	return s.showRequest(r)
}

func (s *Step) sayAsked(r *cre.Request) error {
	where := chat.Text("in this thread")
	if r.Asked.Direct != "" { // where not every platform has threads
		where = "here"
	}
	_, err := s.say(store.Errand{Kind: store.Say, Place: r.Asked, Subject: r.ID, Then: requestAnchored, Priority: store.ForReply,
		Message: &chat.Message{Key: anchorKey(r), Text: chat.Textf("**%s** %s\nAsked by %s%s. Updates follow %s.",
			r.ID, r.Title, r.Requester, forCustomer(r.Customer), where)}})
	return err
}

func anchorKey(r *cre.Request) string { return "asked " + r.ID }

// hide takes what the request says of itself out of where it was asked, also
// when that is still to be said.
func (s *Step) hide(r *cre.Request) error {
	place := r.Anchor
	if place.IsZero() {
		place = r.Asked
	}
	_, err := s.Say(place, hidden(r), store.ForReply)
	return err
}

func hidden(r *cre.Request) chat.Message {
	return chat.Message{Key: anchorKey(r), Text: chat.Textf("**%s** is now private.", r.ID)}
}

func forCustomer(key string) chat.Text {
	if key == "" {
		return ""
	}
	return chat.Textf(", for %s", key)
}

// requestAnchored remembers the thread that hears of the request. Where the bot
// may not speak, the requester hears of it in private, in a thread as well.
func (s *Step) requestAnchored(e *store.Errand, o Outcome) error {
	r, err := s.findRequest(e.Subject)
	if err != nil || r == nil || e.Place != r.Asked { // it is heard elsewhere by now
		return err
	}
	before, refused := r.Asked, o.Trouble != ""
	if refused && r.Requester.External { // the bot writes to nobody outside
		return nil
	}
	if refused {
		r.Asked = direct(r.Requester)
	} else {
		r.Anchor = e.Place
		if r.Asked.Thread == "" {
			r.Asked = o.Ref.Place.In(o.Ref.ID)
		}
	}
	if refused && before.Direct == "" {
		if err := s.sayAsked(r); err != nil {
			return err
		}
	}
	if err := s.moveWaiting(r, before); err != nil {
		return err
	}
	return s.keepRequest(r)
}

// moveWaiting takes what was to be said about the request before its thread was
// there to where it is heard now, after what is to be said there already.
func (s *Step) moveWaiting(r *cre.Request, before chat.Place) error {
	if before == r.Asked {
		return nil
	}
	var waiting []store.Errand
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(r.ID), store.Page{}) {
		if err != nil {
			return err
		}
		if e.State == store.Todo && e.Kind == store.Say && e.Place == before {
			waiting = append(waiting, *e)
		}
	}
	for _, e := range waiting {
		if err := store.Errands.Delete(s.Tx, store.Errands.Key(&e)); err != nil {
			return err
		}
		e.Place, e.Lane = r.Asked, ""
		if _, err := s.Leave(e); err != nil {
			return err
		}
	}
	return nil
}
