package app

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// consoleReader reads the pages of the console, each person their own.
type consoleReader struct {
	t       testing.TB
	show    func(who, channel string) string // the page's source, "" where they may not see it
	private map[string][]entry               // what each person alone read so far; the console forgets it in a day
	read    map[string]bool
}

// look reads every channel with everybody's eyes. What all of them see must be
// the same for all.
func (r *consoleReader) look() scene {
	s := scene{private: map[string][]entry{}, refused: map[string][]entry{}, forms: map[string]string{}}
	places := map[string]placeSeen{}
	for _, who := range people {
		for _, channel := range r.page(who, "general").rooms {
			p := r.page(who, channel)
			p.place.name = channel
			seen, before := places[channel]
			if before && !slices.EqualFunc(seen.said, p.place.said, sameEntry) {
				r.t.Errorf("%s reads other things in #%s than somebody else:\n%v\n%v", who, channel, p.place.said, seen.said)
			}
			places[channel] = p.place
			r.keep(who, p.posts)
		}
		slices.SortFunc(r.private[who], func(a, b entry) int { return number(a) - number(b) })
		s.private[who] = slices.Clone(r.private[who])
	}
	for _, p := range places {
		s.places = append(s.places, p)
	}
	sortPlaces(s.places)
	return s
}

func (r *consoleReader) page(who, channel string) page { return readPage(r.t, r.show(who, channel)) }

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

// newest is the newest message for everybody that shows something of a label.
func (r *consoleReader) newest(who, channel, label string, shows func(post) bool) (newest post) {
	for _, c := range r.page(who, "general").rooms {
		if channel != "" && "#"+c != channel {
			continue
		}
		for _, p := range r.page(who, c).posts {
			if shows(p) && !p.private && p.seq > newest.seq {
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
	posts := r.page(who, strings.TrimPrefix(channel, "#")).posts
	for _, p := range slices.Backward(posts) {
		if p.person && !p.typed {
			return p
		}
	}
	r.t.Fatalf("nobody said anything in %s", channel)
	return post{}
}
