package workflow

import (
	"cmp"
	"fmt"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// What follows a look at a war room.
const (
	roomInspected = "room inspected"
	roomGivenUp   = "room given up" // the same, for somebody who wants another one
)

// Repair has the war room of an incident looked at, and what it lacks mended.
// With another, a room that nobody can use is given up for a new one. What it
// gives says what happens next.
func (s *Step) Repair(inc *cre.Incident, another bool) (chat.Text, error) {
	if inc.Room == nil {
		return s.repairOpening(inc)
	}
	s.Changed(inc.ID)
	looking := chat.Textf("Looking at the room of **%s** …", inc.ID)
	then := roomInspected
	if another {
		then = roomGivenUp
	}
	all, err := s.errandsOf(inc)
	if err != nil {
		return "", err
	}
	for _, e := range all {
		if e.Kind == store.Inspect && e.Open() && e.Then == then && e.Place == inc.Room.Place {
			return looking, nil
		}
	}
	card, err := s.cardOf(inc)
	if err != nil {
		return "", err
	}
	_, err = s.Leave(store.Errand{Kind: store.Inspect, Place: inc.Room.Place, Ref: card, Subject: inc.ID,
		Then: then, Asked: s.askedAt(inc), Priority: store.ForRoom})
	return looking, err
}

// repairOpening is the repair of an incident that has no room.
func (s *Step) repairOpening(inc *cre.Incident) (chat.Text, error) {
	if inc.Past {
		return "", cre.Errorf(cre.Conflict, "**%s** was over when it was recorded, so it has no war room.", inc.ID)
	}
	if !inc.Status.Open() {
		return "", cre.Errorf(cre.Conflict, "**%s** is %s and has no war room. `incident reopen` opens one.", inc.ID, string(inc.Status))
	}
	s.Changed(inc.ID)
	before, err := s.opening(inc)
	switch {
	case err != nil:
		return "", err
	case before != nil && before.Open() && before.Trouble != "":
		return chat.Textf("The war room of **%s** is on its way. The last try failed: %s", inc.ID, before.Trouble), nil
	case before != nil && before.Open():
		return chat.Textf("The war room of **%s** is on its way.", inc.ID), nil
	}
	return chat.Textf("**%s** has no war room. Opening one …", inc.ID), s.begin(inc)
}

// cardOf is the card in the incident's room, nothing before it is said.
func (s *Step) cardOf(inc *cre.Incident) (chat.Ref, error) {
	said, err := store.SaidMessages.Get(s.Tx, store.MessageKey(&store.Errand{Place: inc.Room.Place, Message: s.card(inc)}))
	if err != nil || said == nil {
		return chat.Ref{}, err
	}
	return said.Ref, nil
}

// askedAt is where the asker hears what the room cannot say: where they asked,
// unless nobody else may hear it there, or nothing can be said there.
func (s *Step) askedAt(inc *cre.Incident) chat.Place {
	switch {
	case s.At.IsZero() || s.By.IsZero():
		return chat.Place{}
	case inc.Private || s.At.Key() == inc.Room.Place.Key():
		return chat.Place{Platform: s.By.Platform, Direct: s.By.ID}
	}
	return s.At
}

func (s *Step) roomInspected(e *store.Errand, o Outcome) error { return s.inspected(e, o, false) }
func (s *Step) roomGivenUp(e *store.Errand, o Outcome) error   { return s.inspected(e, o, true) }

// inspected does what a look at the room calls for. A look at a room that is not
// the incident's any more calls for nothing.
func (s *Step) inspected(e *store.Errand, o Outcome, another bool) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || inc.Room == nil || inc.Room.Place != e.Place {
		return err
	}
	switch {
	case o.Trouble != "" && another:
		return s.answer(e, chat.Textf("The room of **%s** could not be looked at, so no other is opened: %s", inc.ID, o.Trouble))
	case o.Trouble == "" && o.Seen == nil && another:
		return s.replaceRoom(inc, e, "is given up")
	case o.Seen == nil || !o.Seen.Gone && !o.Seen.Archived:
		if another {
			err = s.answer(e, chat.Textf("The room of **%s** can be used, so no other is opened: %s", inc.ID, chat.Channel(inc.Room.Place, inc.Room.Name)))
		}
		return cmp.Or(err, s.mend(inc, e, o))
	case !inc.Status.Open():
		return s.answer(e, chat.Textf("The room of **%s** %s. The incident is %s, so it needs none.", inc.ID, lostHow(o.Seen), string(inc.Status)))
	case another:
		return s.replaceRoom(inc, e, lostHow(o.Seen))
	}
	return s.loseRoom(inc, e.Asked, lostHow(o.Seen))
}

func lostHow(seen *chat.RoomState) string {
	if seen.Archived {
		return "is archived"
	}
	return "is gone, or the bot was removed from it"
}

func (s *Step) answer(e *store.Errand, text chat.Text) error {
	_, err := s.Say(e.Asked, chat.Message{Text: text}, store.ForReply)
	return err
}

// replaceRoom gives up a room that nobody can use for a new one, under a name of
// its own.
func (s *Step) replaceRoom(inc *cre.Incident, e *store.Errand, how string) error {
	old := inc.Room
	if err := s.Record(inc, cre.Entry{Kind: cre.Happened, Text: "war room #" + old.Name + " " + how + "; a new one is opened"}); err != nil {
		return err
	}
	if err := s.abandon(inc, old.Place); err != nil {
		return err
	}
	inc.Room, inc.RoomTrouble = nil, ""
	if err := s.beginAgain(inc, namesUpTo(inc.Slug(), old.Name)); err != nil {
		return err
	}
	return s.answer(e, chat.Textf("The room of **%s** %s. A new one is on its way.", inc.ID, how))
}

// namesUpTo is how many names of a room are taken up to the one it has: an
// archived channel keeps its name.
func namesUpTo(slug, name string) int {
	suffix, ours := strings.CutPrefix(name, slug)
	switch {
	case ours && suffix == "":
		return 1
	case ours && len(suffix) == 2 && suffix[0] == '-' && suffix[1] > 'a' && suffix[1] <= 'z':
		return int(suffix[1]-'a') + 1
	}
	return 0 // somebody called it something else
}

// abandon gives up what was to be done in a room that is not used any more. What
// may be under way ends by itself; it belongs to the incident from now on, so
// that who may not see that does not see it either.
func (s *Step) abandon(inc *cre.Incident, room chat.Place) error {
	all, err := s.errandsIn(inc, room)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Then == "" { // a step asks for the subject that it was left with
			e.Subject = inc.ID
		}
		if e.State == store.Sending {
			err = store.Errands.Put(s.Tx, &e)
		} else {
			err = s.giveUp(&e, "the room was given up")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errandsIn lists the errands in a war room that are not over.
func (s *Step) errandsIn(inc *cre.Incident, room chat.Place) (all []store.Errand, err error) {
	seen := map[uint64]bool{}
	consider := func(e *store.Errand) {
		if e.Place.Key() == room.Key() && !e.Over() && !seen[e.ID] {
			seen[e.ID] = true
			all = append(all, *e)
		}
	}
	for _, list := range []struct {
		index  string
		prefix []byte
	}{{"subject", store.Key(inc.ID)}, {"lane", store.Key(room.Key())}, {"parked", nil}} {
		for e, err := range store.Errands.By(s.Tx, list.index, list.prefix, store.Page{}) {
			if err != nil {
				return nil, err
			}
			consider(e)
		}
	}
	return all, nil
}

// loseRoom says that the war room cannot be used any more, and offers another. A
// second one is never opened unasked. Of a private incident only who asked hears
// it, or else who leads it.
func (s *Step) loseRoom(inc *cre.Incident, asked chat.Place, how string) error {
	inc.RoomTrouble = fmt.Sprintf("#%s %s", inc.Room.Name, how)
	if err := s.keep(inc); err != nil {
		return err
	}
	m := chat.Message{Tone: chat.Warning, Text: chat.Textf("**%s** has no war room: %s. The record goes on.", inc.ID, inc.RoomTrouble),
		Buttons: []chat.Button{newRoomButton(inc)}}
	if asked.IsZero() && inc.Private {
		asked, m.Key = directly(inc), "room "+inc.ID // said once, however much fails there
	}
	if _, err := s.Say(asked, m, store.ForRoom); err != nil {
		return err
	}
	return s.announce(inc, 0)
}

// directly is where who leads the incident hears what is for nobody else.
func directly(inc *cre.Incident) chat.Place {
	who, led := inc.Roles[cre.Lead]
	if !led {
		who = inc.Declarer
	}
	return chat.Place{Platform: who.Platform, Direct: who.ID}
}

func newRoomButton(inc *cre.Incident) chat.Button {
	return chat.Button{Label: "Open a new room", Line: "incident repair " + inc.ID + " --new-room"}
}

// roomLost notes what a failed errand tells of the war room: that it is not there
// any more, or archived. It reports whether that is so.
func (s *Step) roomLost(e *store.Errand) (bool, error) {
	if e.Kind == store.Pin || e.Place.Thread != "" {
		return false, nil // perhaps only the message is gone
	}
	inc, err := s.incidentOf(e.Place)
	if err != nil || inc == nil || !inc.Status.Open() {
		return false, err
	}
	e.Subject, e.Offer = inc.ID, newRoomButton(inc)
	e.Trouble = fmt.Sprintf("%s; %q opens another room", e.Trouble, e.Offer.Line)
	if err := store.Errands.Put(s.Tx, e); err != nil {
		return false, err
	}
	return true, s.loseRoom(inc, chat.Place{}, "is archived or gone")
}

// roomHears notes that something was said in a war room that was thought to be
// lost: somebody brought it back.
func (s *Step) roomHears(e *store.Errand) error {
	if e.Kind != store.Say {
		return nil
	}
	inc, err := s.incidentOf(e.Place)
	if err != nil || inc == nil || inc.RoomTrouble == "" {
		return err
	}
	inc.RoomTrouble = ""
	return s.save(inc)
}
