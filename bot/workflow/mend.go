package workflow

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A mending is the comparison of an incident with its war room. Each part leaves
// what mends it, unless that is on its way already, and says what will be. Where
// nobody could look, everything is done again: all of it may be done twice.
type mending struct {
	*Step
	inc  *cre.Incident
	room *cre.WarRoom
	seen *chat.RoomState // nil: nobody could look
	at   chat.Ref        // the card that was looked for
	left []store.Errand  // in the room, and not over
	will []string
}

// mend leaves what a room that is there lacks, and says so in it.
func (s *Step) mend(inc *cre.Incident, r *cre.WarRoom, e *store.Errand, o Outcome) error {
	left, err := s.errandsIn(inc, r)
	if err != nil {
		return err
	}
	m := &mending{Step: s, inc: inc, room: r, seen: o.Seen, at: e.Ref, left: left}
	parts := []func() error{m.mendName, m.mendDescription, m.mendPeople, m.mendCard, m.mendPin, m.mendLink, m.settleParked, m.settleAnnouncement}
	if r.IsThread() { // which has nothing else
		parts = []func() error{m.mendCard, m.settleParked, m.settleAnnouncement}
	}
	for _, part := range parts {
		if err := part(); err != nil {
			return err
		}
	}
	if len(m.will) > 0 {
		if err := s.happened(inc, r, "repair of the war room begun: %s", strings.Join(m.will, ", ")); err != nil {
			return err
		}
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.sayIn(inc, r, store.Errand{Message: &chat.Message{Text: m.words(o.Trouble)}})
}

// words say what is being done: that it works nobody knows yet. The card was brought up to date in any case.
func (m *mending) words(trouble string) chat.Text {
	will := strings.Join(m.will, ", ")
	switch {
	case trouble != "":
		return chat.Textf("I could not check this room (%s), so I am doing everything again: %s.", trouble, will)
	case m.room.IsThread():
		return chat.Textf("I am redoing what belongs in this thread: %s.", will)
	case m.seen == nil:
		return chat.Textf("%s does not tell me what a room lacks, so I am doing everything again: %s.", cre.PlatformLabel(m.room.Platform), will)
	case will == "":
		return "Nothing is missing in this room."
	}
	return chat.Textf("I am repairing this room: %s.", will)
}

func (m *mending) promise(format string, args ...any) {
	m.will = append(m.will, fmt.Sprintf(format, args...))
}

// onItsWay reports whether an errand of a kind is still to be done in the room.
func (m *mending) onItsWay(kind store.ErrandKind) bool {
	return slices.ContainsFunc(m.left, func(e store.Errand) bool { return e.Kind == kind && e.Open() })
}

// mendName takes over what people called the room.
func (m *mending) mendName() error {
	if m.seen != nil && m.seen.Name != "" && m.seen.Name != m.room.Room.Name {
		m.room.Room.Name, m.room.RoomName = m.seen.Name, m.seen.Name
		m.promise("the name #%s is taken over", m.seen.Name)
	}
	return nil
}

// mendDescription sets the topic and the purpose. A topic that people wrote stays if
// it names the incident.
func (m *mending) mendDescription() error {
	topic, purpose, err := m.description(m.inc)
	if err != nil || m.onItsWay(store.Describe) {
		return err
	}
	lacksTopic, lacksPurpose := true, true
	if m.seen != nil {
		lacksTopic, lacksPurpose = !mentions(m.seen.Topic, m.inc.ID), !strings.Contains(m.seen.Purpose, purpose)
	}
	if lacksTopic {
		m.promise("the topic is set")
	} else {
		topic = m.seen.Topic
	}
	if lacksPurpose {
		m.promise("the purpose is set")
	} else {
		purpose = m.seen.Purpose
	}
	if !lacksTopic && !lacksPurpose {
		return nil
	}
	return m.describe(m.inc, m.room, topic, purpose)
}

// mentions reports whether a text has the identifier as a word.
func mentions(text, id string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), id)
}

// mendPeople brings in who declared the incident or wears a hat in it, and who
// was to be brought in before.
func (m *mending) mendPeople() error {
	var missing []chat.Person
	expected, err := m.expected()
	if err != nil {
		return err
	}
	for _, who := range expected {
		there := m.seen != nil && slices.Contains(m.seen.Members, who.ID)
		invited := slices.ContainsFunc(m.left, func(e store.Errand) bool {
			return e.Kind == store.Invite && e.Open() && slices.ContainsFunc(e.People, is(who))
		})
		if !there && !invited {
			missing = append(missing, who)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if len(missing) == 1 {
		m.promise("1 person is brought in")
	} else {
		m.promise("%d people are brought in", len(missing))
	}
	return m.invite(m.inc, m.room, missing...)
}

// expected are the people who must be in the room, as far as they are on its
// platform.
func (m *mending) expected() ([]chat.Person, error) {
	all, err := m.crew(m.inc, m.room)
	for _, e := range m.left {
		if e.Kind != store.Invite || e.State != store.Parked {
			continue
		}
		for _, who := range e.People {
			if !slices.ContainsFunc(all, is(who)) {
				all = append(all, who)
			}
		}
	}
	return all, err
}

func is(who chat.Person) func(chat.Person) bool {
	return func(p chat.Person) bool { return p.Key() == who.Key() }
}

// mendCard says the card as it must read now: anew if it is gone, else in its
// place.
func (m *mending) mendCard() error {
	now, err := m.cardIn(m.room)
	if err != nil {
		return err
	}
	if m.seen == nil || !m.seen.CardThere && m.at == now {
		m.promise("the card is said again")
		return m.sayCard(m.inc, m.room, 0)
	}
	return m.showCard(m.inc, m.room)
}

// mendPin pins a card that is there. One that is said anew is pinned then.
func (m *mending) mendPin() error {
	if m.seen == nil || !m.seen.CardThere || m.seen.CardPinned || m.onItsWay(store.Pin) {
		return nil
	}
	m.promise("the card is pinned")
	_, err := m.Leave(store.Errand{Kind: store.Pin, Place: m.at.Place, Ref: m.at, Subject: m.inc.ID, Priority: store.ForRoom})
	return err
}

func (m *mending) mendLink() error {
	address := m.record(m.inc)
	if address == "" || m.onItsWay(store.Bookmark) || m.seen != nil && slices.Contains(m.seen.Links, address) {
		return nil
	}
	m.promise("the link to the timeline is added")
	return m.bookmark(m.inc, m.room)
}

// settleParked settles what a person would have to decide about: what the other parts
// just left is over, and what was to be said in the room is tried again.
func (m *mending) settleParked() error {
	again := 0
	for _, e := range m.left {
		if e.State != store.Parked {
			continue
		}
		var err error
		switch {
		case e.Kind == store.Invite, e.Kind == store.Describe, e.Kind == store.Pin, e.Kind == store.Bookmark,
			e.Kind == store.Say && (e.Message.Key == cardKey || tellsTrouble(e.Message)):
			err = m.giveUp(&e, "a repair does it")
		case e.Kind == store.Say:
			again++
			err = m.takeUp(&e)
		}
		if err != nil {
			return err
		}
	}
	if again == 1 {
		m.promise("1 message is tried again")
	} else if again > 1 {
		m.promise("%d messages are tried again", again)
	}
	return nil
}

// tellsTrouble reports whether a message is about an errand that failed.
func tellsTrouble(m *chat.Message) bool {
	return m != nil && slices.ContainsFunc(m.Buttons, func(b chat.Button) bool { return strings.HasPrefix(b.Line, "cre retry ") })
}

// settleAnnouncement says in the incidents channel what it could not say before, and
// that the room is well.
func (m *mending) settleAnnouncement() error {
	all, err := m.errandsOf(m.inc)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.State != store.Parked || e.Kind != store.Say || e.Platform() != m.room.Platform || e.Message.Key != announcementKey(m.inc) {
			continue
		}
		m.promise("the announcement is said again")
		if err := m.giveUp(&e, "a repair says it again"); err != nil {
			return err
		}
	}
	m.room.RoomTrouble = ""
	if err := m.regained(m.inc, m.room); err != nil {
		return err
	}
	return m.announce(m.inc, m.room, 0)
}
