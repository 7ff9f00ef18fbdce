package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Follow has the asker hear of every change of a request, in private.
func (s *Step) Follow(r *cre.Request) error {
	if i, err := s.follower(r); err != nil {
		return err
	} else if i >= 0 {
		return cre.Errorf(cre.Conflict, "You already follow **%s**. `cre unfollow %s` stops its updates.", r.ID, r.ID)
	}
	if err := r.Must(); err != nil {
		return err
	}
	r.Followers = append(r.Followers, s.By)
	return s.keepRequest(r)
}

// Unfollow ends that.
func (s *Step) Unfollow(r *cre.Request) error {
	i, err := s.follower(r)
	if err != nil {
		return err
	}
	if i < 0 {
		return cre.Errorf(cre.Conflict, "You do not follow **%s**. To follow it, say `cre follow %s`.", r.ID, r.ID)
	}
	r.Followers = slices.Delete(r.Followers, i, i+1)
	return s.keepRequest(r)
}

// follower is where the asker is among the followers, -1 for nowhere.
func (s *Step) follower(r *cre.Request) (int, error) {
	for i, f := range r.Followers {
		if mine, err := s.Mine(f); err != nil || mine {
			return i, err
		}
	}
	return -1, nil
}

// tellFollowers says something about a request in private to who follows r, that one or
// a duplicate, and still sees both; but not to whoever did it, nor where the thread of r
// is their own.
func (s *Step) tellFollowers(r, about *cre.Request, text chat.Text) error {
	for _, f := range r.Followers {
		if did, err := s.Mine(f); err != nil {
			return err
		} else if did || r.Asked.Key() == direct(f).Key() {
			continue
		}
		eyes, err := store.EyesOf(s.Tx, s.Rules, f, "")
		if err != nil {
			return err
		}
		follows, err := store.Sees(s.Tx, eyes, r)
		if err != nil {
			return err
		}
		if sees, err := store.Sees(s.Tx, eyes, about); err != nil {
			return err
		} else if !follows || !sees {
			continue
		}
		if _, err := s.say(store.Errand{Kind: store.Say, Place: direct(f), Message: &chat.Message{Text: text}, Subject: r.ID, Priority: store.ForReply}); err != nil {
			return err
		}
	}
	return nil
}
