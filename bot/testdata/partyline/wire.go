package partyline

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cresset/bot/chat"
)

const name, bot = "partyline", "cresset"

// A wire is the people who are connected, and what the bot said to them. What it
// says has a number, in the order in which it was said.
type wire struct {
	mu     sync.Mutex
	people map[net.Conn]string
	said   []chat.Ref
}

// listen takes lines until ctx is done: what people say to each other it shows, and
// what they say to the bot it hands to command, with where it was said.
func (w *wire) listen(ctx context.Context, address string, command func(who chat.Person, here chat.Place, line string)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	var talks sync.WaitGroup
	defer talks.Wait() // a line that was heard is answered
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		talks.Go(func() { w.hear(ctx, conn, command) })
	}
}

// A line is "#room text", "#room/1 text" or a text to the bot; with a slash it is a
// command.
var (
	called = regexp.MustCompile(`^[a-z]+$`)
	spoken = regexp.MustCompile(`^(?:#([a-z-]+)(?:/(\d+))? )?(/?)(.*)$`)
)

// hear takes the lines of one person; the first is their name.
func (w *wire) hear(ctx context.Context, conn net.Conn, command func(chat.Person, chat.Place, string)) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	lines := bufio.NewScanner(conn)
	if !lines.Scan() || lines.Text() == bot || !called.MatchString(lines.Text()) {
		return
	}
	who := person(lines.Text())
	w.connect(conn, who.ID)
	defer w.leave(conn)
	w.answer(who, "You are "+who.ID+". Say help, or #room and a text.")
	for lines.Scan() {
		said := spoken.FindStringSubmatch(lines.Text())
		here := chat.Place{Platform: name, Channel: said[1], Thread: w.numbered(said[2])}
		if here.Channel == "" {
			here = chat.Place{Platform: name, Direct: who.ID}
		}
		if here.Direct == "" && said[3] == "" {
			w.tell(here, who.ID, said[4])
		} else {
			command(who, here, said[4])
		}
	}
}

func person(id string) chat.Person { return chat.Person{Platform: name, ID: id, Name: id} }

// named are the people whom a line names.
func named(line string) map[string]chat.Person {
	people := map[string]chat.Person{}
	for word := range strings.FieldsSeq(line) {
		if id, ok := strings.CutPrefix(word, "@"); ok {
			people[id] = person(id)
		}
	}
	return people
}

func (w *wire) connect(conn net.Conn, who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.people == nil {
		w.people = map[net.Conn]string{}
	}
	w.people[conn] = who
}

func (w *wire) leave(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.people, conn)
}

// numbered is the id of what the bot said with a number, "" if that is none.
func (w *wire) numbered(number string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n, err := strconv.Atoi(number); err == nil && 0 < n && n <= len(w.said) {
		return w.said[n-1].ID
	}
	return ""
}

// find looks up what the bot said.
func (w *wire) find(id string) (chat.Ref, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := w.index(id); i >= 0 {
		return w.said[i], true
	}
	return chat.Ref{}, false
}

func (w *wire) index(id string) int {
	return slices.IndexFunc(w.said, func(r chat.Ref) bool { return r.ID == id })
}

// knows reports whether something can be said in a place: to a person, in a room
// that is called by its name or was spoken in, in the thread of what was said.
func (w *wire) knows(place chat.Place) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	room := place.Direct != "" || strings.HasPrefix(place.Channel, "#") ||
		slices.ContainsFunc(w.said, func(r chat.Ref) bool { return r.Place.Channel == place.Channel })
	return room && (place.Thread == "" || w.index(place.Thread) >= 0)
}

// show shows what the bot says, the first time or again, under its number.
func (w *wire) show(ref chat.Ref, text string) {
	w.mu.Lock()
	if w.index(ref.ID) < 0 {
		w.said = append(w.said, ref)
	}
	w.mu.Unlock()
	if ref.Place.Thread == "" {
		ref.Place.Thread = ref.ID
	}
	w.tell(ref.Place, bot, text)
}

// answer tells one person something.
func (w *wire) answer(who chat.Person, text string) {
	w.tell(chat.Place{Direct: who.ID}, bot, text)
}

// tell shows a text to those who hear a place. Its further lines are indented, so
// that none looks like somebody's words.
func (w *wire) tell(place chat.Place, from, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := from + ": " + strings.ReplaceAll(chat.Clean(text), "\n", "\n    ") + "\n"
	if n := w.index(place.Thread) + 1; place.Channel != "" && n > 0 {
		line = fmt.Sprintf("#%s/%d %s", place.Channel, n, line)
	} else if place.Channel != "" {
		line = "#" + place.Channel + " " + line
	}
	for conn, who := range w.people {
		if place.Channel != "" || who == place.Direct {
			_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = conn.Write([]byte(line)) // who does not listen misses it
		}
	}
}
