package app

import (
	"regexp"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// wordSaid is a word by which people's lines are followed.
var wordSaid = regexp.MustCompile(`\bw[a-z]+\d{6}\b`)

// secretsStayInTheirRoom: no word of a private incident reaches a place or an
// account that is not in it, in whatever the bot ever sent.
func (p *past) secretsStayInTheirRoom() {
	for word := range p.secrets {
		in := p.insiders(word)
		for _, c := range p.calls {
			if strings.Contains(c.raw, word) && !p.mayCarry(c.on.carries(c), word, in) {
				p.t.Errorf("%q left its room: %s %s", word, c.told(), c.raw)
			}
		}
		for _, a := range p.answers {
			if who := p.acts[a.key].user; strings.Contains(a.told, word) && !slices.Contains(in, who) {
				p.t.Errorf("%q was told to %s: %s", word, who, a.told)
			}
		}
	}
}

// insiders are the accounts that may read the word: who typed it, who is in the
// room, who ever had a role or a task, and whoever is one with them.
func (p *past) insiders(word string) []string {
	in := slices.Clone(p.secrets[word])
	for i := range p.incidents {
		if strings.Contains(p.incidents[i].Title, word) {
			in = append(in, p.involved(&p.incidents[i])...)
		}
	}
	for _, room := range p.rooms {
		if strings.Contains(room.name, word) {
			in = append(in, room.members...)
		}
	}
	for _, h := range p.humans {
		if slices.ContainsFunc(h.Accounts, func(a cre.Account) bool { return slices.Contains(in, a.Who.Key()) }) {
			for _, a := range h.Accounts {
				in = append(in, a.Who.Key())
			}
		}
	}
	return in
}

// involved are the accounts that the record of an incident names.
func (p *past) involved(inc *cre.Incident) (in []string) {
	for _, who := range append(slices.Collect(roles(inc)), append(inc.Members, inc.Declarer)...) {
		in = append(in, who.Key())
	}
	for _, on := range p.on {
		for _, who := range people {
			for _, e := range p.entries[inc.ID] {
				named := strings.Contains(strings.ToLower(e.Text), who)
				if named && (e.By.IsZero() || e.By.Platform == on.name()) {
					in = append(in, on.account(who).key())
				}
			}
		}
	}
	return in
}

func roles(inc *cre.Incident) func(func(chat.Person) bool) {
	return func(yield func(chat.Person) bool) {
		for _, who := range inc.Roles {
			if !yield(who) {
				return
			}
		}
	}
}

// mayCarry reports whether a call takes the word to its own room, or to somebody
// who is in it.
func (p *past) mayCarry(to bearing, word string, in []string) bool {
	if room, ok := p.channels[to.into]; ok {
		return room.private && room.own && strings.Contains(room.name, word)
	}
	return to.hush || slices.Contains(in, to.to)
}
