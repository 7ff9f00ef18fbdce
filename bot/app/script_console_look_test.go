package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// consoleReader reads the pages of the console, each person their own.
type consoleReader struct {
	t       testing.TB
	eyes    func() []string                            // whose eyes there are
	show    func(who string) (pages map[string]string) // what the menu leads them to, by channel
	private map[string][]entry                         // what each person alone read so far; the console forgets it in a day
	read    map[string]bool
}

func newConsoleReader(t testing.TB, eyes func() []string, show func(who string) map[string]string) *consoleReader {
	return &consoleReader{t: t, eyes: eyes, show: show, private: map[string][]entry{}, read: map[string]bool{}}
}

// look reads every channel with everybody's eyes. What all of them see must be
// the same for all; odd says where it is not.
func (r *consoleReader) look() (s scene, odd string) {
	s = scene{private: map[string][]entry{}, refused: map[string][]entry{}, forms: map[string]string{}}
	places := map[string]placeSeen{}
	for _, who := range r.eyes() {
		for channel, p := range r.pages(who) {
			seen, before := places[channel]
			if before && !slices.EqualFunc(seen.said, p.place.said, sameEntry) {
				odd = fmt.Sprintf("%s reads other things in #%s than somebody else:\n%v\n%v", who, channel, p.place.said, seen.said)
			}
			if p.place.name = channel; channel[0] == '@' {
				p.place.topic = "" // a hint, and nobody's
			}
			places[channel] = p.place
			r.keep(who, p.posts)
		}
		slices.SortFunc(r.private[who], func(a, b entry) int { return number(a) - number(b) })
	}
	for who, all := range r.private {
		s.private[who] = slices.Clone(all)
	}
	for _, p := range places {
		s.places = append(s.places, p)
	}
	sortPlaces(s.places)
	return s, odd
}

func (r *consoleReader) pages(who string) map[string]page {
	pages := map[string]page{}
	for channel, source := range r.show(who) {
		p := readPage(r.t, source)
		if channel[0] == '@' { // with the bot alone
			p.place.said = nil
			for i := range p.posts {
				p.posts[i].private = true
			}
		}
		pages[channel] = p
	}
	return pages
}

// keep keeps what only one person reads.
func (r *consoleReader) keep(who string, posts []post) {
	for _, p := range posts {
		if p.private && !p.person && !r.read[who+p.id] {
			r.read[who+p.id] = true
			r.private[who] = append(r.private[who], p.entry)
		}
	}
}

func sameEntry(a, b entry) bool { return a.id == b.id && slices.Equal(a.lines, b.lines) }

func number(e entry) int {
	n, _ := strconv.Atoi(e.id) // it was one when it was read
	return n
}

// button finds the newest button of a label in a channel, or anywhere.
func (r *consoleReader) button(who, channel, label string) (post, pageButton) {
	p := r.newest(who, channel, label, func(p post) bool { return p.button(label) >= 0 })
	return p, p.buttons[p.button(label)]
}

// menu is the newest menu of a label that the person sees.
func (r *consoleReader) menu(who, channel, label string) (post, pageMenu) {
	p := r.newest(who, channel, label, func(p post) bool { return p.menu(label) >= 0 })
	return p, p.menus[p.menu(label)]
}

func (p post) button(label string) int {
	return slices.IndexFunc(p.buttons, func(b pageButton) bool { return b.label == label })
}

func (p post) menu(label string) int {
	return slices.IndexFunc(p.menus, func(m pageMenu) bool { return m.label == label })
}

// newest is the newest message for everybody that shows something of a label; or,
// with no channel but the bot, for this person alone.
func (r *consoleReader) newest(who, channel, label string, shows func(post) bool) (newest post) {
	for c, shown := range r.pages(who) {
		if channel != "" && channel != alone && "#"+c != channel {
			continue
		}
		for _, p := range shown.posts {
			if shows(p) && p.private == (channel == alone) && p.seq > newest.seq {
				newest = p
			}
		}
	}
	if newest.seq == 0 {
		r.t.Fatalf("%s sees no %q", who, label)
	}
	return newest
}

// lastTalk is what a person last said in a channel.
func (r *consoleReader) lastTalk(who, channel string) post {
	for _, p := range slices.Backward(r.pages(who)[strings.TrimPrefix(channel, "#")].posts) {
		if p.person && !p.typed {
			return p
		}
	}
	r.t.Fatalf("nobody said anything in %s", channel)
	return post{}
}
