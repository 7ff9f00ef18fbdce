package app

import (
	"encoding/json"
	"slices"
	"strings"
)

// secretsStayInTheirRoom: no word of a private incident reaches a place or a
// person that is not in it, in whatever the bot ever sent.
func (p *past) secretsStayInTheirRoom() {
	for word := range p.secrets {
		in := p.insiders(word)
		for _, c := range p.calls {
			if strings.Contains(c.raw, word) && !p.mayCarry(c, word, in) {
				p.t.Errorf("%q left its room: %s", word, c.raw)
			}
		}
		for _, a := range p.answers {
			if strings.Contains(a.told, word) && !slices.Contains(in, p.ws.UserName(a.user)) {
				p.t.Errorf("%q was told to %s: %s", word, p.ws.UserName(a.user), a.told)
			}
		}
	}
}

// insiders are who may read the word: who typed it, who is in the room, and who
// ever had a role or a task.
func (p *past) insiders(word string) []string {
	in := slices.Clone(p.secrets[word])
	for _, inc := range p.incidents {
		if !strings.Contains(inc.Title, word) {
			continue
		}
		for _, who := range people {
			for _, e := range p.entries[inc.ID] {
				if strings.Contains(e.Text, who) || strings.Contains(e.Text, strings.ToUpper(who[:1])+who[1:]) {
					in = append(in, who)
				}
			}
		}
	}
	for _, room := range p.rooms {
		if strings.Contains(room.Name, word) {
			in = append(in, room.Members...)
		}
	}
	return in
}

// mayCarry reports whether a call takes the word to its own room, or to somebody
// who is in it.
func (p *past) mayCarry(c *simCall, word string, in []string) bool {
	if c.method == "conversations.create" {
		return c.args.Get("is_private") == "true"
	}
	if c.method == "views.open" {
		return slices.Contains(in, p.openedFor(c))
	}
	if who := c.args.Get("user"); who != "" {
		return slices.Contains(in, p.ws.UserName(who))
	}
	to := c.args.Get("channel") + c.args.Get("channel_id")
	if room, ok := p.channels[to]; ok {
		return room.Private && room.Creator == "cresset" && strings.Contains(room.Name, word)
	}
	return slices.Contains(in, p.ws.UserName(to))
}

// openedFor is whose form it is.
func (p *past) openedFor(c *simCall) string {
	var view struct {
		Trigger string `json:"trigger_id"`
	}
	_ = json.Unmarshal([]byte(c.raw), &view) // the adapter's own JSON
	for _, a := range p.answers {
		if strings.HasSuffix(a.key, ":"+view.Trigger) {
			return p.ws.UserName(a.user)
		}
	}
	return ""
}
