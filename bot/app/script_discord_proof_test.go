package app

import (
	"slices"
	"strings"

	"cresset/integrations/discord/discordtest"
)

// prove looks at a whole conversation once it is over. What Discord would not have
// taken, the fake says by itself.
func (h *discordHome) prove() {
	for _, v := range h.d.Violations() {
		h.t.Errorf("Discord would not have this: %s", v)
	}
	for _, who := range people {
		told := append(h.told[who], len(h.d.Ephemerals(who)))
		for i := range told[1:] {
			if n := told[i+1] - told[i]; n > 1 {
				h.t.Errorf("%s was told %d things for one act", who, n)
			}
		}
	}
	said := map[string]string{}
	for _, place := range h.everywhere() {
		for _, m := range h.everything(place) {
			if m.Author != "cresset" || m.Type != 0 {
				continue
			}
			if earlier, twice := said[m.Nonce]; twice || m.Nonce == "" {
				h.t.Errorf("said twice, or not to be known again, as %q: %s and %s", m.Nonce, earlier, m.Raw)
			}
			said[m.Nonce] = string(m.Raw)
			h.proveQuiet(m)
		}
	}
	h.proveRooms()
}

// everywhere is every channel, and every conversation with one person.
func (h *discordHome) everywhere() (all []string) {
	for _, c := range h.d.Channels() {
		all = append(all, c.ID)
	}
	for _, who := range people {
		all = append(all, "@"+who)
	}
	return all
}

// proveQuiet holds that a message pings people by name, and nobody else.
func (h *discordHome) proveQuiet(m discordtest.Message) {
	for _, who := range m.Pings {
		if !slices.Contains(people, who) {
			h.t.Errorf("%s is called by %s", who, m.Raw)
		}
	}
}

// proveRooms holds that an incident has one room that is open, in it one card,
// pinned, and one line where incidents are announced.
func (h *discordHome) proveRooms() {
	open := map[string]string{}
	for _, c := range h.d.Channels() {
		number := roomOf.FindStringSubmatch(c.Name)
		if number == nil {
			continue
		}
		id := "INC-" + number[1]
		if !h.rests(c) {
			if open[id] != "" {
				h.t.Errorf("%s has two rooms: #%s and #%s", id, open[id], c.Name)
			}
			open[id] = c.Name
		}
		if cards := h.headed(c.ID, id, "Declared by"); len(cards) != 1 || len(c.Pins) != 1 || c.Pins[0] != cards[0] {
			h.t.Errorf("#%s has the cards %v and the pins %v", c.Name, cards, c.Pins)
		}
		private := !slices.Contains(c.Members, "sam") && !slices.Contains(c.Members, "eve")
		if n := len(h.headed("incidents", id, "")); n > 1 || n == 0 && !private {
			h.t.Errorf("%s is announced %d times", id, n)
		}
	}
}

// rests says whether nobody can write in a room any more.
func (h *discordHome) rests(c discordtest.Channel) bool {
	return !slices.Contains(c.Writers, "cresset")
}

// headed lists the messages under the title of an incident, with words in them.
func (h *discordHome) headed(channel, id, words string) (found []string) {
	for _, m := range h.d.Messages(channel) {
		if m.Author != "cresset" || m.Type != 0 {
			continue
		}
		lines := h.entry(m).lines
		if strings.HasPrefix(lines[0]+" ", "= "+id+" ") && strings.Contains(strings.Join(lines, "\n"), words) {
			found = append(found, m.ID)
		}
	}
	return found
}
