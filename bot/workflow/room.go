package workflow

import (
	"fmt"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// The steps of a war room, in their order.
const (
	roomOpened = "room opened"
	hostIn     = "declarer in"
	peopleIn   = "people in"
	cardSaid   = "card said"

	roomResting = "room resting"
	roomClosed  = "room closed"
)

// restsFor is how long the room of a closed incident stays before it is
// archived.
const restsFor = 24 * time.Hour

// begin writes the incident and leaves the opening of a room of it. The
// announcement waits a moment for the room, so that its host is in after two
// calls; it does not wait for a room that does not come.
func (s *Step) begin(inc *cre.Incident, r *cre.WarRoom) error {
	return s.beginAgain(inc, r, 0)
}

// beginAgain opens a room of which so many names are known to be taken.
func (s *Step) beginAgain(inc *cre.Incident, r *cre.WarRoom, taken int) error {
	if !s.Rules.HasRooms(r.Platform) {
		if err := s.keep(inc); err != nil {
			return err
		}
		return s.announce(inc, r, 0)
	}
	r.RoomName = inc.Slug()
	if err := s.open(inc, r, taken); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.announce(inc, r, announceAfter)
}

// open leaves the opening of the room. One that came to no end goes on where it
// was, and one that a person gave up is looked for as before: it may have made
// the room, and a second would be too many.
func (s *Step) open(inc *cre.Incident, r *cre.WarRoom, taken int) error {
	mark, err := s.mark(inc)
	if err != nil {
		return err
	}
	before, err := s.opening(inc, r)
	if err != nil {
		return err
	}
	since := s.Now
	switch {
	case before == nil || before.State == store.Done:
	case before.State == store.Dropped:
		since, taken = before.Room.Since, before.Suffix
	case before.State == store.Parked:
		return s.takeUp(before)
	default:
		return nil
	}
	left, err := s.Leave(store.Errand{
		Kind: store.OpenRoom, Lane: roomLane(inc, r), Place: chat.Place{Platform: r.Platform}, Subject: inc.ID,
		Then: roomOpened, Priority: store.ForRoom, Suffix: taken,
		Room: &chat.RoomSpec{Name: r.RoomName, Private: inc.Private, Since: since, Mark: mark},
	})
	if err != nil || before == nil || before.State != store.Dropped || before.Began.IsZero() {
		return err
	}
	left.State, left.Began, left.Unclear = store.Sending, before.Began, before.Unclear
	return store.Errands.Put(s.Tx, left)
}

// opening is the last errand that was to open the room, nil if it is forgotten.
func (s *Step) opening(inc *cre.Incident, r *cre.WarRoom) (last *store.Errand, err error) {
	all, err := s.errandsOf(inc)
	for i := range all {
		if all[i].Kind == store.OpenRoom && all[i].Platform() == r.Platform {
			last = &all[i]
		}
	}
	return last, err
}

// errandsOf lists the errands that name the incident, as they were left.
func (s *Step) errandsOf(inc *cre.Incident) (all []store.Errand, err error) {
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(inc.ID), store.Page{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, *e)
	}
	return all, nil
}

// mark is what the purpose of the room carries, so that its owner can be told,
// also after a restore.
func (s *Step) mark(inc *cre.Incident) (string, error) {
	generation, err := store.Fact(s.Tx, store.Generation)
	return inc.ID + " " + generation, err
}

func roomLane(inc *cre.Incident, r *cre.WarRoom) string { return "room " + inc.ID + " " + r.Platform }

// which says which room of the incident is meant, where it has several.
func which(inc *cre.Incident, r *cre.WarRoom) chat.Text {
	if len(inc.Mirrors) == 0 {
		return ""
	}
	return chat.Textf(" on **%s**", cre.PlatformLabel(r.Platform))
}

// happened records what became of a room.
func (s *Step) happened(inc *cre.Incident, r *cre.WarRoom, format string, args ...any) error {
	where := ""
	if len(inc.Mirrors) > 0 {
		where = cre.PlatformLabel(r.Platform) + ": "
	}
	return s.Record(inc, cre.Entry{Kind: cre.Happened, Text: where + fmt.Sprintf(format, args...)})
}

// roomOf is the incident that an errand is about, and its room on the errand's
// platform; nil if there is none any more.
func (s *Step) roomOf(e *store.Errand) (*cre.Incident, *cre.WarRoom, error) {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil {
		return nil, nil, err
	}
	return inc, inc.RoomOn(e.Platform()), nil
}

// roomOpened brings the host in: the second call. The card gives it a moment,
// as the announcement does; whatever is said in the room meanwhile comes behind
// the card.
func (s *Step) roomOpened(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || o.Trouble != "" {
		return err
	}
	r.Room, r.RoomName, r.RoomTrouble = o.Room, o.Room.Name, ""
	if err := s.happened(inc, r, "war room #%s opened", o.Room.Name); err != nil {
		return err
	}
	if err := s.regained(inc, r); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	if inc.Status == cre.Closed { // meanwhile
		if err := s.rest(inc); err != nil {
			return err
		}
	}
	host, err := s.on(r.Platform, r.Host)
	if err != nil {
		return err
	}
	if host.IsZero() {
		return s.furnish(inc, r)
	}
	if _, err := s.Leave(store.Errand{Kind: store.Invite, Lane: roomLane(inc, r), Place: o.Room.Place, Subject: inc.ID,
		People: []chat.Person{host}, Then: hostIn, Priority: store.ForRoom}); err != nil {
		return err
	}
	return s.sayCard(inc, r, cardAfter)
}

func (s *Step) hostIn(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room == nil {
		return err
	}
	if err := s.furnish(inc, r); err != nil {
		return err
	}
	return s.peopleIn(e, o)
}

// furnish leaves everything else that a room has. None waits for another: a
// failure of one aborts none.
func (s *Step) furnish(inc *cre.Incident, r *cre.WarRoom) error {
	topic, purpose, err := s.description(inc)
	if err != nil {
		return err
	}
	if err := s.sayCard(inc, r, 0); err != nil {
		return err
	}
	if err := s.describe(inc, r, topic, purpose); err != nil {
		return err
	}
	if err := s.bookmark(inc, r); err != nil {
		return err
	}
	crew, err := s.crew(inc, r)
	if err != nil {
		return err
	}
	for _, who := range crew {
		host, err := s.same(who, r.Host)
		if err != nil {
			return err
		}
		if !host {
			if err := s.invite(inc, r, who); err != nil {
				return err
			}
		}
	}
	if err := s.bringOnCall(inc, r); err != nil {
		return err
	}
	if len(inc.Mirrors) > 0 {
		return s.joined(inc)
	}
	return s.announce(inc, r, 0)
}

// crew are those in the incident, as far as they are known on the platform of
// the room.
func (s *Step) crew(inc *cre.Incident, r *cre.WarRoom) (all []chat.Person, err error) {
	who := []chat.Person{r.Host, inc.Declarer}
	for _, role := range cre.IncidentRoles {
		who = append(who, inc.Roles[role])
	}
	for _, p := range append(who, inc.Members...) {
		there, err := s.on(r.Platform, p)
		if err != nil {
			return nil, err
		}
		if !there.IsZero() && !slices.ContainsFunc(all, is(there)) {
			all = append(all, there)
		}
	}
	return all, nil
}

// description is what stands above the room.
func (s *Step) description(inc *cre.Incident) (topic, purpose string, err error) {
	mark, err := s.mark(inc)
	return chat.Cut(fmt.Sprintf("%s %s", inc.ID, inc.Title), 250), "War room of " + mark, err
}

func (s *Step) describe(inc *cre.Incident, r *cre.WarRoom, topic, purpose string) error {
	_, err := s.Leave(store.Errand{Kind: store.Describe, Place: r.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
		Topic: topic, Purpose: purpose})
	return err
}

// sayCard leaves the card, to be pinned once it is said. One that waits already
// is taken forward.
func (s *Step) sayCard(inc *cre.Incident, r *cre.WarRoom, wait time.Duration) error {
	_, err := s.say(store.Errand{Kind: store.Say, Place: r.Room.Place, Message: s.card(inc), Subject: inc.ID,
		Then: cardSaid, Priority: store.ForRoom, Due: s.Now.Add(wait)})
	return err
}

// bookmark leaves the link to the record, where there is one to link to.
func (s *Step) bookmark(inc *cre.Incident, r *cre.WarRoom) error {
	link := s.record(inc)
	if link == "" {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Bookmark, Place: r.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
		Topic: inc.ID + " timeline", Link: link})
	return err
}

// record is the address of the incident in the console.
func (s *Step) record(inc *cre.Incident) string { return s.site("/incidents/" + inc.ID) }

// bringIn leaves an invitation to each room where the person has an account.
func (s *Step) bringIn(inc *cre.Incident, who chat.Person) error {
	for _, r := range inc.Rooms() {
		there, err := s.on(r.Platform, who)
		if err != nil {
			return err
		}
		if r.Room != nil && !there.IsZero() {
			if err := s.invite(inc, &r, there); err != nil {
				return err
			}
		}
	}
	return nil
}

// invite brings people into a room. In a thread nobody can be brought: who is named
// there is called.
func (s *Step) invite(inc *cre.Incident, r *cre.WarRoom, who ...chat.Person) error {
	if r.IsThread() {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Invite, Lane: roomLane(inc, r), Place: r.Room.Place, Subject: inc.ID,
		People: who, Then: peopleIn, Priority: store.ForRoom})
	return err
}

// peopleIn names in the room who could not come.
func (s *Step) peopleIn(e *store.Errand, o Outcome) error {
	inc, room, err := s.roomOf(e)
	if err != nil || room == nil || !room.Is(e.Place) {
		return err
	}
	for _, r := range o.Refused {
		if err := s.sayIn(inc, room, store.Errand{Message: &chat.Message{Tone: chat.Warning,
			Text: chat.Textf("%s could not be brought in: %s", r.Who, r.Reason)}}); err != nil {
			return err
		}
	}
	return nil
}

// cardSaid pins the card. In a thread it stands near the top by itself.
func (s *Step) cardSaid(e *store.Errand, o Outcome) error {
	if o.Trouble != "" || e.Place.Thread != "" {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Pin, Place: o.Ref.Place, Ref: o.Ref, Subject: e.Subject, Priority: store.ForRoom})
	return err
}

// rest leaves the archiving of the rooms for later: closing is often followed by
// one more word.
func (s *Step) rest(inc *cre.Incident) error {
	if len(inc.OwnRooms()) == 0 {
		return nil
	}
	return s.Later(s.Now.Add(restsFor), roomResting, inc.ID, "")
}

// roomResting archives the rooms, unless the incident was reopened meanwhile.
func (s *Step) roomResting(e *store.Errand, _ Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || inc.Status != cre.Closed || s.Now.Sub(inc.Times[cre.ClosedAt]) < restsFor {
		return err
	}
	for _, r := range inc.OwnRooms() {
		if _, err := s.Leave(store.Errand{Kind: store.CloseRoom, Lane: r.Room.Place.Key(), Place: r.Room.Place, Subject: inc.ID,
			Then: roomClosed, Priority: store.ForDigest}); err != nil {
			return err
		}
	}
	return nil
}

// stay takes back what would archive a room, if it has not begun or never
// came to an end.
func (s *Step) stay(inc *cre.Incident) error {
	all, err := s.errandsOf(inc)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Kind == store.CloseRoom && (e.State == store.Todo || e.State == store.Parked) {
			if err := s.giveUp(&e, inc.ID+" was reopened"); err != nil {
				return err
			}
		}
	}
	return nil
}

// roomClosed forgets the room: who reopens the incident gets a new one, and who
// has reopened it just before as well.
func (s *Step) roomClosed(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || !r.Is(e.Place) || o.Trouble != "" {
		return err
	}
	if err := s.happened(inc, r, "war room #%s archived", r.Room.Name); err != nil {
		return err
	}
	r.Room = nil
	if inc.Status.Open() {
		return s.begin(inc, r)
	}
	return s.save(inc)
}

// site is a link into the console, "" when nobody said where people reach it.
func (s *Step) site(path string) string {
	if s.Rules.Site == "" {
		return ""
	}
	return s.Rules.Site + path
}
