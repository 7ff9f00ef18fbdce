package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

// oneRoomForEachIncident: no incident has two rooms that people could work in.
func (p *past) oneRoomForEachIncident() {
	open := map[string][]string{}
	for _, room := range p.rooms {
		id, _, _ := strings.Cut(strings.TrimPrefix(room.Name, "inc-"), "-")
		if !room.Archived && !slices.Contains(p.before, room.Name) {
			open["INC-"+id] = append(open["INC-"+id], room.Name)
		}
	}
	for id, names := range open {
		if len(names) > 1 {
			p.t.Errorf("%s has the rooms %v", id, names)
		}
	}
}

// noRoomWithoutAnOwner: each room that the bot made is the room of an incident,
// or was, and its incident says so.
func (p *past) noRoomWithoutAnOwner() {
	for _, room := range p.rooms {
		if p.incidentOf(room.ID) != nil || slices.Contains(p.before, room.Name) {
			continue
		}
		if !room.Archived || !p.wasRoom(room.Name) {
			p.t.Errorf("nobody owns the room #%s", room.Name)
		}
	}
	for _, name := range p.ledger.foreign {
		for _, inc := range p.incidents {
			if inc.Room != nil && inc.Room.Name == name {
				p.t.Errorf("%s took #%s, which a person had made", inc.ID, name)
			}
		}
	}
}

func (p *past) wasRoom(name string) bool {
	for _, entries := range p.entries {
		if slices.ContainsFunc(entries, func(e cre.Entry) bool { return e.Text == "war room #"+name+" opened" }) {
			return true
		}
	}
	return false
}

// notSaidTwice: no intent to speak has two messages.
func (p *past) notSaidTwice() {
	for mark, places := range p.said() {
		if len(places) > 1 && !strings.HasPrefix(mark, "slack:") {
			p.t.Errorf("said %d times: %s", len(places), places)
		}
	}
}

// said are the messages of the bot by the mark of their intent.
func (p *past) said() map[string][]string {
	said := map[string][]string{}
	for place, messages := range p.messages {
		for _, m := range messages {
			if m.BotID != "" && len(m.Files) == 0 {
				mark := markOf(string(m.Metadata))
				said[mark] = append(said[mark], fmt.Sprintf("%s %q", p.nameOf(place), m.Text))
			}
		}
	}
	return said
}

// doneIsSaid: what is done was said, or replaced what it was to replace.
func (p *past) doneIsSaid() {
	said := p.said()
	for _, e := range p.errands {
		if e.Kind != store.Say || e.State != store.Done || p.restored || len(said[outbox.Identity(p.generation, e.ID)]) > 0 {
			continue
		}
		stands := slices.ContainsFunc(p.messages[p.placeOf(&e)], func(m slacktest.Message) bool { return m.TS == e.Ref.ID })
		if e.Message.Key == "" || !stands {
			p.t.Errorf("errand %d is done, and nobody heard it: %+v", e.ID, e.Message)
		}
	}
}

// oneMessageASecond: no channel hears two messages within a second, which Slack
// would hide from people without a word. What two lives of the bot send counts
// for each.
func (p *past) oneMessageASecond() {
	last := map[string]*simCall{}
	for _, c := range p.calls {
		if c.method != "chat.postMessage" || c.errand == 0 {
			continue
		}
		place := c.args.Get("channel")
		if before := last[place]; before != nil && before.life == c.life && c.at.Sub(before.at) < time.Second {
			p.t.Errorf("two messages into %s within %v: errands %d and %d", p.nameOf(place), c.at.Sub(before.at), before.errand, c.errand)
		}
		last[place] = c
	}
}

func (p *past) nameOf(place string) string {
	if c, ok := p.channels[place]; ok {
		return "#" + c.Name
	}
	return place
}

// placeOf is where a message was said, as messages are kept here.
func (p *past) placeOf(e *store.Errand) string {
	if _, ok := p.channels[e.Ref.Place.Channel]; ok {
		return e.Ref.Place.Channel
	}
	for _, who := range people {
		if p.ws.As(who).User().ID == e.Place.Direct {
			return "@" + who
		}
	}
	for id, c := range p.channels {
		if "#"+c.Name == e.Ref.Place.Channel {
			return id
		}
	}
	return e.Ref.Place.Channel
}

// roomsBeginWithTheirCard: in each room the card comes before anything else that
// the bot says.
func (p *past) roomsBeginWithTheirCard() {
	for _, inc := range p.incidents {
		if inc.Room == nil || p.troubled(&inc) {
			continue
		}
		for _, m := range p.messages[inc.Room.Place.Channel] {
			if m.BotID == "" {
				continue
			}
			if !strings.Contains(m.Text, inc.ID+" "+inc.Title+"\n") {
				p.t.Errorf("the first word in #%s is no card: %q", inc.Room.Name, m.Text)
			}
			break
		}
	}
}

// roomsAreComplete: each incident has its room, with the declarer in it, one
// pinned card, topic and purpose.
func (p *past) roomsAreComplete() {
	for _, inc := range p.incidents {
		if p.troubled(&inc) || inc.Past {
			continue
		}
		if inc.Room == nil {
			if !p.wasArchived(&inc) {
				p.t.Errorf("%s has no room: %q", inc.ID, inc.RoomTrouble)
			}
			continue
		}
		room := p.channels[inc.Room.Place.Channel]
		if !slices.Contains(room.Members, inc.Declarer.Name) && !slices.Contains(room.Members, strings.ToLower(inc.Declarer.Name)) {
			p.t.Errorf("%s is not in #%s: %v", inc.Declarer.Name, room.Name, room.Members)
		}
		cards := len(room.Pins) == 1 || p.restored && len(room.Pins) > 1 // of the life before, and of this one
		if !cards || !strings.HasPrefix(room.Topic, inc.ID+" ") || !strings.Contains(room.Purpose, inc.ID+" ") {
			p.t.Errorf("#%s is not complete: pins %v, topic %q, purpose %q", room.Name, room.Pins, room.Topic, room.Purpose)
		}
		if room.Private != inc.Private {
			p.t.Errorf("#%s is private: %v", room.Name, room.Private)
		}
	}
}

func (p *past) wasArchived(inc *cre.Incident) bool {
	return slices.ContainsFunc(p.entries[inc.ID], func(e cre.Entry) bool { return strings.HasSuffix(e.Text, " archived") })
}

// cardsTellTheTruth: in the end the card in the room and the line in #incidents
// say how the incident stands.
func (p *past) cardsTellTheTruth() {
	for _, inc := range p.incidents {
		if inc.Room == nil || p.troubled(&inc) || p.restored { // cards of before stay as they were
			continue
		}
		room := p.channels[inc.Room.Place.Channel]
		for _, m := range p.messages[room.ID] {
			if slices.Contains(room.Pins, m.TS) && !strings.Contains(m.Text, "Status: "+string(inc.Status)) && !room.Archived {
				p.t.Errorf("%s is %s, and its card says %q", inc.ID, inc.Status, m.Text)
			}
		}
	}
}

// announcedOnce: each incident that everybody may know has one line in
// #incidents, which says how it stands.
func (p *past) announcedOnce() {
	for _, inc := range p.incidents {
		if inc.Room == nil || inc.Private || p.restored || p.troubled(&inc) {
			continue
		}
		var lines []string
		for _, m := range p.messages[p.ws.Channel("#incidents").ID] {
			if m.BotID != "" && m.ThreadTS == "" && strings.Contains(m.Text, inc.ID+" "+inc.Title+"\n") &&
				strings.Contains(string(m.Blocks), inc.Room.Place.Channel) {
				lines = append(lines, m.Text)
			}
		}
		if len(lines) != 1 || !strings.Contains(lines[0], string(inc.Status)) {
			p.t.Errorf("%s is %s, and #incidents says %q", inc.ID, inc.Status, lines)
		}
	}
}
