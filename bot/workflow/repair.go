package workflow

import (
	"cmp"
	"fmt"
	"slices"
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

// Repair has the war rooms of an incident looked at, and what they lack mended.
// With another, a room that nobody can use is given up for a new one. What it
// gives says what happens next.
func (s *Step) Repair(inc *cre.Incident, another bool) (chat.Text, error) {
	var next []chat.Text
	for _, r := range s.ailing(inc, another) {
		words, err := s.repair(inc, &r, another)
		if err != nil {
			return "", err
		}
		next = append(next, words)
	}
	return chat.Join(next, "\n"), nil
}

// ailing are the rooms that are meant: all of them, or, if another is wanted,
// those that nobody can use, else the one on the platform of the asker.
func (s *Step) ailing(inc *cre.Incident, another bool) []cre.WarRoom {
	all := inc.Rooms()
	if !another {
		return all
	}
	if lost := slices.DeleteFunc(slices.Clone(all), func(r cre.WarRoom) bool { return r.RoomTrouble == "" }); len(lost) > 0 {
		return lost
	}
	if here := inc.RoomOn(s.At.Platform); here != nil {
		return []cre.WarRoom{*here}
	}
	return all[:1]
}

func (s *Step) repair(inc *cre.Incident, r *cre.WarRoom, another bool) (chat.Text, error) {
	switch {
	case !inc.Past && !s.Rules.HasRooms(r.Platform):
		return s.repairThread(inc, r)
	case r.Room == nil:
		return s.repairOpening(inc, r)
	}
	s.Changed(inc.ID)
	looking := chat.Textf("Checking the room of **%s**%s …", inc.ID, which(inc, r))
	then := roomInspected
	if another {
		then = roomGivenUp
	}
	all, err := s.errandsOf(inc)
	if err != nil {
		return "", err
	}
	for _, e := range all {
		if e.Kind == store.Inspect && e.Open() && e.Then == then && e.Place == r.Room.Place {
			return looking, nil
		}
	}
	card, err := s.cardIn(r)
	if err != nil {
		return "", err
	}
	_, err = s.Leave(store.Errand{Kind: store.Inspect, Place: r.Room.Place, Ref: card, Subject: inc.ID,
		Then: then, Asked: s.askedAt(inc, r), Priority: store.ForRoom})
	return looking, err
}

// repairOpening is the repair of a room that is not there.
func (s *Step) repairOpening(inc *cre.Incident, r *cre.WarRoom) (chat.Text, error) {
	if inc.Past {
		return "", cre.Errorf(cre.Conflict, "**%s** was over when it was recorded, so it has no war room.", inc.ID)
	}
	if !inc.Status.Open() {
		return "", cre.Errorf(cre.Conflict, "**%s** is %s and has no war room. `incident reopen` opens one.", inc.ID, string(inc.Status))
	}
	s.Changed(inc.ID)
	before, err := s.opening(inc, r)
	switch {
	case err != nil:
		return "", err
	case before != nil && before.Open() && before.Trouble != "":
		return chat.Textf("The war room of **%s**%s is on its way. The last try failed: %s", inc.ID, which(inc, r), before.Trouble), nil
	case before != nil && before.Open():
		return chat.Textf("The war room of **%s**%s is on its way.", inc.ID, which(inc, r)), nil
	}
	return chat.Textf("**%s** has no war room%s. Opening one …", inc.ID, which(inc, r)), s.begin(inc, r)
}

// cardIn is the card in a room, nothing before it is said.
func (s *Step) cardIn(r *cre.WarRoom) (chat.Ref, error) {
	said, err := store.SaidMessages.Get(s.Tx, store.MessageKey(&store.Errand{Place: r.Room.Place, Message: &chat.Message{Key: cardKey}}))
	if err != nil || said == nil {
		return chat.Ref{}, err
	}
	return said.Ref, nil
}

// askedAt is where the asker hears what the room cannot say: where they asked,
// unless nobody else may hear it there, or nothing can be said there.
func (s *Step) askedAt(inc *cre.Incident, r *cre.WarRoom) chat.Place {
	switch {
	case s.At.IsZero() || s.By.IsZero():
		return chat.Place{}
	case inc.Private || r.Is(s.At):
		return direct(s.By)
	}
	return s.At
}

func (s *Step) roomInspected(e *store.Errand, o Outcome) error { return s.inspected(e, o, false) }
func (s *Step) roomGivenUp(e *store.Errand, o Outcome) error   { return s.inspected(e, o, true) }

// inspected does what a look at the room calls for. A look at a room that is not
// the incident's any more calls for nothing.
func (s *Step) inspected(e *store.Errand, o Outcome, another bool) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room == nil || r.Room.Place != e.Place {
		return err
	}
	switch {
	case o.Trouble != "" && another:
		return s.answer(e, chat.Textf("I could not check the room of **%s**%s, so I am not opening another: %s", inc.ID, which(inc, r), o.Trouble))
	case o.Trouble == "" && o.Seen == nil && another:
		return s.replaceRoom(inc, r, e, "is given up")
	case o.Seen == nil || !o.Seen.Gone && !o.Seen.Archived:
		if another {
			err = s.answer(e, chat.Textf("The room of **%s**%s works, so I am not opening another: %s", inc.ID, which(inc, r), chat.Channel(r.Room.Place, r.Room.Name)))
		}
		return cmp.Or(err, s.mend(inc, r, e, o))
	case !inc.Status.Open():
		return s.answer(e, chat.Textf("The room of **%s**%s %s. The incident is %s, so it needs none.", inc.ID, which(inc, r), lostHow(o.Seen), string(inc.Status)))
	case another:
		return s.replaceRoom(inc, r, e, lostHow(o.Seen))
	}
	return s.loseRoom(inc, r, e.Asked, lostHow(o.Seen))
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
func (s *Step) replaceRoom(inc *cre.Incident, r *cre.WarRoom, e *store.Errand, how string) error {
	old := r.Room
	if err := s.happened(inc, r, "war room #%s %s; a new one is opened", old.Name, how); err != nil {
		return err
	}
	if err := s.abandon(inc, r); err != nil {
		return err
	}
	r.Room, r.RoomTrouble = nil, ""
	if err := s.beginAgain(inc, r, namesUpTo(inc.Slug(), old.Name)); err != nil {
		return err
	}
	return s.answer(e, chat.Textf("The room of **%s**%s %s. A new one is on its way.", inc.ID, which(inc, r), how))
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
func (s *Step) abandon(inc *cre.Incident, r *cre.WarRoom) error {
	all, err := s.errandsIn(inc, r)
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
func (s *Step) errandsIn(inc *cre.Incident, r *cre.WarRoom) (all []store.Errand, err error) {
	seen := map[uint64]bool{}
	consider := func(e *store.Errand) {
		if r.Is(e.Place) && !e.Over() && !seen[e.ID] {
			seen[e.ID] = true
			all = append(all, *e)
		}
	}
	for _, list := range []struct {
		index  string
		prefix []byte
	}{{"subject", store.Key(inc.ID)}, {"lane", store.Key(r.Room.Place.Key())}, {"parked", nil}} {
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
// second one is never opened unasked. The other rooms hear of it; of a private
// incident else only who asked, or who leads it.
func (s *Step) loseRoom(inc *cre.Incident, r *cre.WarRoom, asked chat.Place, how string) error {
	r.RoomTrouble = fmt.Sprintf("#%s %s", r.Room.Name, how)
	if err := s.keep(inc); err != nil {
		return err
	}
	m := chat.Message{Tone: chat.Warning, Text: chat.Textf("**%s** has no war room%s: %s. The record is still kept.", inc.ID, which(inc, r), r.RoomTrouble),
		Buttons: []chat.Button{newRoomButton(inc)}}
	keyed := m
	keyed.Key = lostKey(inc, r)
	for _, other := range inc.Rooms() {
		if !other.Usable() || other.Is(asked) {
			continue
		}
		if err := s.showCard(inc, &other); err != nil {
			return err
		}
		if err := s.sayIn(inc, &other, store.Errand{Message: &keyed}); err != nil {
			return err
		}
	}
	if asked.IsZero() && inc.Private {
		asked, m = directly(inc), keyed
	}
	if _, err := s.Say(asked, m, store.ForRoom); err != nil {
		return err
	}
	return s.announce(inc, r, 0)
}

func lostKey(inc *cre.Incident, r *cre.WarRoom) string { return "room " + inc.ID + " " + r.Platform }

// regained takes back in the other rooms that one was lost, if they heard that.
func (s *Step) regained(inc *cre.Incident, r *cre.WarRoom) error {
	return s.inRooms(inc, func(other *cre.WarRoom) (store.Errand, error) {
		place, err := s.spot(inc, other)
		if err != nil {
			return store.Errand{}, err
		}
		heard, err := s.stands(place, lostKey(inc, r))
		if err != nil || !heard {
			return store.Errand{}, err
		}
		return store.Errand{Message: &chat.Message{Key: lostKey(inc, r), Text: chat.Textf("**%s** has its war room%s again: %s", inc.ID, which(inc, r), chat.Channel(r.Room.Place, r.Room.Name))}}, nil
	})
}

// directly is where who leads the incident hears what is for nobody else.
func directly(inc *cre.Incident) chat.Place {
	who, led := inc.Roles[cre.Lead]
	if !led {
		who = inc.Declarer
	}
	return direct(who)
}

func newRoomButton(inc *cre.Incident) chat.Button {
	return chat.Button{Label: "Open a new room", Line: "incident repair " + inc.ID + " --new-room"}
}

// roomLost notes what a failed errand tells of the war room: that it is not there
// any more, or archived. It reports whether that is so.
func (s *Step) roomLost(e *store.Errand) (bool, error) {
	if e.Kind == store.Pin {
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
	r := inc.RoomAt(e.Place)
	if r.RoomTrouble != "" { // which people know
		return true, nil
	}
	return true, s.loseRoom(inc, r, chat.Place{}, "is archived or gone")
}

// roomHears notes that something was said in a war room that was thought to be
// lost: somebody brought it back.
func (s *Step) roomHears(e *store.Errand) error {
	if e.Kind != store.Say {
		return nil
	}
	inc, err := s.incidentOf(e.Place)
	if err != nil || inc == nil {
		return err
	}
	r := inc.RoomAt(e.Place)
	if r.RoomTrouble == "" {
		return nil
	}
	r.RoomTrouble = ""
	if err := s.regained(inc, r); err != nil {
		return err
	}
	return s.save(inc)
}
