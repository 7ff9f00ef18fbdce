package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/store"
)

// oneRoomForEachIncident: no incident has two rooms on one service that people
// could work in. Names may be the same, so rooms are known by their marks.
func (p *past) oneRoomForEachIncident() {
	open := map[string][]string{}
	for _, room := range p.rooms {
		if !room.archived && !slices.Contains(p.before, room.key) {
			service, _, _ := strings.Cut(room.key, ":")
			open[room.incident+" on "+service] = append(open[room.incident+" on "+service], room.name)
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
		if p.incidentOf(room.key) != nil || slices.Contains(p.before, room.key) {
			continue
		}
		if !room.archived || !p.wasRoom(room.name) {
			p.t.Errorf("nobody owns the room #%s", room.name)
		}
	}
	for _, key := range p.ledger.foreign {
		if inc := p.incidentOf(key); inc != nil {
			p.t.Errorf("%s took #%s, which a person had made", inc.ID, p.channels[key].name)
		}
	}
}

func (p *past) wasRoom(name string) bool {
	for _, entries := range p.entries {
		if slices.ContainsFunc(entries, func(e cre.Entry) bool { return strings.HasSuffix(e.Text, "war room #"+name+" opened") }) {
			return true
		}
	}
	return false
}

// notSaidTwice: no intent to speak has two messages. What is said to one person
// about what they did is nobody's intent.
func (p *past) notSaidTwice() {
	aside := map[string]bool{"": true}
	for key := range p.acts {
		for _, on := range p.on {
			aside[on.mark(key)] = true
		}
	}
	for mark, places := range p.said() {
		if len(places) > 1 && !aside[mark] {
			p.t.Errorf("said %d times: %s", len(places), places)
		}
	}
}

// said are the messages of the bot by the mark of their intent.
func (p *past) said() map[string][]string {
	said := map[string][]string{}
	add := func(place string, messages []seenMessage) {
		for _, m := range messages {
			if m.bot {
				said[m.mark] = append(said[m.mark], fmt.Sprintf("%s %q", place, m.text))
			}
		}
	}
	for _, c := range p.channels {
		add("#"+c.name, c.messages)
	}
	for account, messages := range p.directs {
		add(account, messages)
	}
	return said
}

// doneIsSaid: what is done was said, or replaced what it was to replace.
func (p *past) doneIsSaid() {
	said, there := p.said(), p.there()
	for _, e := range p.errands {
		if e.Kind != store.Say || e.State != store.Done || p.restored {
			continue
		}
		i := slices.IndexFunc(p.on, func(on simService) bool { return on.name() == e.Platform() })
		if len(said[p.on[i].mark(outbox.Identity(p.generation, e.ID))]) > 0 {
			continue
		}
		if e.Message.Key == "" || !there[e.Platform()+":"+e.Ref.ID] {
			p.t.Errorf("errand %d is done, and nobody heard it: %+v", e.ID, e.Message)
		}
	}
}

// there are the messages of the bot, by service and id.
func (p *past) there() map[string]bool {
	there := map[string]bool{}
	add := func(key string, messages []seenMessage) {
		service, _, _ := strings.Cut(key, ":")
		for _, m := range messages {
			there[service+":"+m.id] = m.bot
		}
	}
	for key, c := range p.channels {
		add(key, c.messages)
	}
	for account, messages := range p.directs {
		add(account, messages)
	}
	return there
}

// oneMessageASecond: no channel hears two messages within a second, which Slack
// would hide from people without a word, and Discord refuse. What two lives of the
// bot send counts for each.
func (p *past) oneMessageASecond() {
	last := map[string]*simCall{}
	for _, c := range p.calls {
		if !c.says || c.errand == 0 {
			continue
		}
		place := c.on.name() + ":" + c.args.Get("channel")
		if before := last[place]; before != nil && before.life == c.life && c.at.Sub(before.at) < time.Second {
			p.t.Errorf("two messages into #%s within %v: errands %d and %d", p.channels[place].name, c.at.Sub(before.at), before.errand, c.errand)
		}
		last[place] = c
	}
}

// roomsBeginWithTheirCard: in each room the card comes before anything else that
// the bot says. On Discord people may find a room before the bot knows that it was
// made, and are answered there: only what was left behind the card counts.
func (p *past) roomsBeginWithTheirCard() {
	errands := p.errandOf()
	p.eachRoom(func(inc *cre.Incident, r *cre.WarRoom, room seenChannel) {
		isCard := func(m seenMessage) bool { return m.bot && strings.Contains(m.text, inc.ID+" "+inc.Title+"\n") }
		card := slices.IndexFunc(room.messages, isCard)
		if card < 0 && len(room.messages) > 0 {
			p.t.Errorf("no card in #%s", room.name)
			return
		}
		for _, m := range room.messages[:max(0, card)] {
			if m.bot && errands[m.mark] >= errands[room.messages[card].mark] {
				p.t.Errorf("the first word in #%s is no card: %q", room.name, m.text)
			}
		}
	})
}

// errandOf tells by its mark which errand said a message.
func (p *past) errandOf() map[string]uint64 {
	errands := map[string]uint64{}
	for _, e := range p.errands {
		for _, on := range p.on {
			errands[on.mark(outbox.Identity(p.generation, e.ID))] = e.ID
		}
	}
	return errands
}

// roomsAreComplete: each incident has its room, and each room its host, one pinned
// card, topic and purpose.
func (p *past) roomsAreComplete() {
	for i := range p.incidents {
		inc := &p.incidents[i]
		for _, r := range inc.Rooms() {
			if r.Room == nil && !p.troubled(inc) && !inc.Past && !p.wasArchived(inc) {
				p.t.Errorf("%s has no room on %s: %q", inc.ID, r.Platform, r.RoomTrouble)
			}
		}
	}
	p.eachRoom(func(inc *cre.Incident, r *cre.WarRoom, room seenChannel) {
		if r.Host.Platform == r.Platform && !slices.Contains(room.members, r.Host.Key()) {
			p.t.Errorf("%s is not in #%s: %v", r.Host.Name, room.name, room.members)
		}
		cards := len(room.pins) == 1 || p.restored && len(room.pins) > 1 // of the life before, and of this one
		if !cards || !strings.HasPrefix(room.topic, inc.ID+" ") || !strings.Contains(room.purpose, inc.ID+" ") {
			p.t.Errorf("#%s is not complete: pins %v, topic %q, purpose %q", room.name, room.pins, room.topic, room.purpose)
		}
		if room.private != inc.Private {
			p.t.Errorf("#%s is private: %v", room.name, room.private)
		}
	})
}

func (p *past) wasArchived(inc *cre.Incident) bool {
	return slices.ContainsFunc(p.entries[inc.ID], func(e cre.Entry) bool { return strings.HasSuffix(e.Text, " archived") })
}

// cardsTellTheTruth: in the end the card in each room says how the incident stands.
func (p *past) cardsTellTheTruth() {
	if p.restored { // cards of before stay as they were
		return
	}
	p.eachRoom(func(inc *cre.Incident, r *cre.WarRoom, room seenChannel) {
		for _, m := range room.messages {
			if slices.Contains(room.pins, m.id) && !strings.Contains(m.text, "Status: "+string(inc.Status)) && !room.archived {
				p.t.Errorf("%s is %s, and its card in #%s says %q", inc.ID, inc.Status, room.name, m.text)
			}
		}
	})
}

// announcedOnce: each incident that everybody may know has one line in the
// incidents channel of each service that it has a room on, which says how it stands.
func (p *past) announcedOnce() {
	if p.restored {
		return
	}
	p.eachRoom(func(inc *cre.Incident, r *cre.WarRoom, room seenChannel) {
		if inc.Private {
			return
		}
		var lines []string
		for _, c := range p.channels {
			if c.name != "incidents" || !strings.HasPrefix(c.key, r.Platform+":") {
				continue
			}
			for _, m := range c.messages {
				if m.bot && m.thread == "" && strings.Contains(m.text, inc.ID+" "+inc.Title+"\n") && strings.Contains(m.raw, room.id) {
					lines = append(lines, m.text)
				}
			}
		}
		if len(lines) != 1 || !strings.Contains(lines[0], string(inc.Status)) {
			p.t.Errorf("%s is %s, and #incidents on %s says %q", inc.ID, inc.Status, r.Platform, lines)
		}
	})
}

// entriesCrossOnce: what goes on the record is said once in each room that was
// open then, and never comes back from another.
func (p *past) entriesCrossOnce() {
	if p.restored {
		return
	}
	p.eachRoom(func(inc *cre.Incident, r *cre.WarRoom, room seenChannel) {
		all, opened := p.entries[inc.ID], p.opened(inc, r)
		for _, e := range all {
			word := wordSaid.FindString(e.Text)
			if word == "" {
				continue
			}
			on, since := 0, 0 // the record, and the room is there; who is not answered says it again
			for _, other := range all {
				if strings.Contains(other.Text, word) {
					on++
				}
				if strings.Contains(other.Text, word) && other.N > opened {
					since++
				}
			}
			said := p.saidIn(room, word)
			if said > on || said < since && len(inc.Mirrors) > 0 && !room.archived {
				p.t.Errorf("%q is %d times on the record of %s, and was said %d times in #%s on %s", e.Text, on, inc.ID, said, room.name, r.Platform)
			}
		}
	})
}

// saidIn counts the messages of the bot with a word, the card left out, and the threads
// of requests that were asked in the room: they hear the updates of their incident.
func (p *past) saidIn(room seenChannel, word string) (n int) {
	for _, m := range room.messages {
		asked := slices.ContainsFunc(p.requests, func(r cre.Request) bool { return m.thread != "" && r.Asked.Thread == m.thread })
		if m.bot && strings.Contains(m.text, word) && !slices.Contains(room.pins, m.id) && !asked {
			n++
		}
	}
	return n
}

// opened is the entry that says that a room was opened.
func (p *past) opened(inc *cre.Incident, r *cre.WarRoom) (n uint64) {
	for _, e := range p.entries[inc.ID] {
		if strings.HasSuffix(e.Text, "war room #"+r.Room.Name+" opened") {
			n = e.N
		}
	}
	return n
}
