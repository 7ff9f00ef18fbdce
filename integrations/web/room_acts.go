package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// roomActs are what people do to a room itself. None is a command: rooms are the
// console's own records. The bot is told to look where nobody can write any more,
// or can again.
func (a *acts) roomActs() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /join":      a.onRoom(join),
		"POST /leave":     a.onRoom(leave),
		"POST /archive":   a.onRoom(func(ch *channel, _ string) { ch.Archived = true }),
		"POST /unarchive": a.onRoom(func(ch *channel, _ string) { ch.Archived = false }),
		"POST /unpin":     a.unpin,
	}
}

func join(ch *channel, who string) {
	if !slices.Contains(ch.Members, who) {
		ch.Members = append(ch.Members, who)
	}
}

func leave(ch *channel, who string) {
	ch.Members = slices.DeleteFunc(ch.Members, func(m string) bool { return m == who })
}

// onRoom does something to the room that a page shows. Doing it twice is doing
// it once. A standing channel is everybody's, and nobody joins or closes it.
func (a *acts) onRoom(do func(ch *channel, who string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		act, ok := a.read(w, r)
		if !ok {
			return
		}
		if act.channel == nil || !act.channel.Own {
			refuse(w, http.StatusUnprocessableEntity, "That can be done in a war room only.")
			return
		}
		out := answer{}
		a.settle(w, r, &out, func(ctx context.Context) error {
			turned := false
			err := a.changeChannel(ctx, act.channel.place(), func(ch *channel) error {
				before := ch.Archived
				do(ch, act.who.ID)
				out.Away, turned = !ch.openTo(act.who.ID), ch.Archived != before
				return nil
			})
			if err != nil || !turned || a.Vocabulary.RoomChanged == "" {
				return err
			}
			act.line = a.Vocabulary.RoomChanged
			e := act.event(a.Console)
			e.Quiet = true
			_, err = a.handle(ctx, e)
			return err
		})
	}
}

// unpin takes a message from the top of its channel. It stays where it was said.
func (a *acts) unpin(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	if act.about == nil {
		refuse(w, http.StatusUnprocessableEntity, "There is no message to unpin.")
		return
	}
	a.settle(w, r, &answer{}, func(ctx context.Context) error {
		return a.changeChannel(ctx, act.channel.place(), func(ch *channel) error {
			ch.Pinned = slices.DeleteFunc(ch.Pinned, func(id string) bool { return id == act.about.ID })
			return nil
		})
	})
}

// settle makes a change and says what the page does about it.
func (a *acts) settle(w http.ResponseWriter, r *http.Request, out *answer, change func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	if err := change(ctx); err != nil {
		a.lost(w, r, err)
		return
	}
	respond(w, http.StatusOK, out)
}

// A crowd is who is in a room, and what the reader can do about that.
type crowd struct {
	Place   string
	Room    string
	People  []personView
	In      bool // the reader is one of them
	Private bool
	Closed  bool
}

type personView struct {
	Name, Initial string
	Colour        int
}

func viewPerson(name string) personView {
	return personView{Name: name, Initial: strings.ToUpper(name[:1]), Colour: colourOf(name)}
}

// crowdOf is who is in the channel, nil where that is everybody.
func crowdOf(ch *channel, me string) *crowd {
	if !ch.Own {
		return nil
	}
	v := &crowd{Place: placeQuery(ch.ID, ""), Room: "#" + ch.ID, In: slices.Contains(ch.Members, me), Private: ch.Private, Closed: ch.Archived}
	for _, name := range ch.Members {
		v.People = append(v.People, viewPerson(name))
	}
	return v
}

// Count says how many they are.
func (v *crowd) Count() string {
	switch len(v.People) {
	case 0:
		return "nobody"
	case 1:
		return "1 person"
	}
	return fmt.Sprintf("%d people", len(v.People))
}

// LeaveQuestion is what has to be answered yes before leaving, "" for nothing.
func (v *crowd) LeaveQuestion() string {
	if !v.Private {
		return ""
	}
	return fmt.Sprintf("Leave %s? It is private: you see it again only when somebody in it brings you back.", v.Room)
}

// ArchiveQuestion is what has to be answered yes before the room is archived.
func (v *crowd) ArchiveQuestion() string {
	return fmt.Sprintf("Archive %s? What was said stays. Nothing more can be said until somebody opens it again.", v.Room)
}
