package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
)

// stage is a platform in memory that goes wrong by script.
type stage struct {
	name string
	mu   sync.Mutex
	// script says how a call goes; nil: well.
	script   func(c call) fate
	calls    []call
	posts    []post
	messages []*message
	rooms    map[string]*chat.Room
	lag      time.Duration   // until what was made is shown to who looks for it
	hidden   map[string]bool // rooms that nobody but their owner can see
	invited  []string
	pins     []string
}

// A call is one thing that the outbox asked for.
type call struct {
	op, what string
	at       time.Time
}

// A post is one call that said something, or might have.
type post struct {
	channel    string
	begin, end time.Time
}

// A fate is how a call goes: how long it takes, whether it has its effect, and
// what the answer is.
type fate struct {
	takes  time.Duration
	effect bool // only matters with err
	err    error
}

// A message is what people read.
type message struct {
	ref   chat.Ref
	id    string
	text  string
	edits int
	gone  bool
	at    time.Time
}

func newStage(name string) *stage {
	return &stage{name: name, rooms: map[string]*chat.Room{}, hidden: map[string]bool{}}
}

// goes sets how calls go from now on.
func (s *stage) goes(script func(call) fate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// loses has somebody delete a message.
func (s *stage) loses(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages[i].gone = true
}

func (s *stage) Name() string { return s.name }

func (s *stage) Run(ctx context.Context, _ chat.Handler) error { <-ctx.Done(); return nil }

// does lets a call meet its fate. work runs when it has its effect.
func (s *stage) does(ctx context.Context, op, what string, work func() error) error {
	s.mu.Lock()
	c := call{op, what, time.Now()}
	s.calls = append(s.calls, c)
	f := fate{}
	if s.script != nil {
		f = s.script(c)
	}
	s.mu.Unlock()
	if f.takes > 0 {
		select {
		case <-time.After(f.takes):
		case <-ctx.Done():
			return &chat.SendError{Retry: true, Unknown: true, Err: ctx.Err()}
		}
	}
	if e, ok := f.err.(*chat.SendError); ok && e.After > 0 {
		e.Spare = deedOf[op]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.err == nil || f.effect {
		if err := work(); err != nil {
			return err
		}
	}
	return f.err
}

func (s *stage) Post(ctx context.Context, place chat.Place, m chat.Message, id string) (ref chat.Ref, err error) {
	begin := time.Now()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.posts = append(s.posts, post{place.Channel, begin, time.Now()})
	}()
	err = s.does(ctx, "post", m.Text.String(), func() error {
		ref = chat.Ref{Place: place, ID: fmt.Sprintf("m%d", len(s.messages)+1)}
		s.messages = append(s.messages, &message{ref: ref, id: id, text: m.Text.String(), at: time.Now()})
		return nil
	})
	return ref, err
}

// capable is a stage with every ability. A test that hands out the stage alone
// has a platform that can only post.
type capable struct{ *stage }

// paced is a capable stage that publishes how often it may be called.
type paced struct{ capable }

func (paced) Pace(d chat.Deed) (whole, each chat.Pace) {
	switch d {
	case chat.Posting:
		return chat.Pace{Every: 250 * time.Millisecond, Burst: 20}, chat.Pace{Every: time.Second, Burst: 1}
	case chat.OpeningRoom:
		return chat.Pace{Every: 3 * time.Second, Burst: 10}, chat.Pace{}
	}
	return chat.Pace{Every: 1200 * time.Millisecond, Burst: 25}, chat.Pace{}
}

// inTime checks that no channel heard two messages within a second, whenever in
// its time each call came through.
func (s *stage) inTime(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	last := map[string]time.Time{}
	for _, p := range slices.SortedFunc(slices.Values(s.posts), func(a, b post) int { return a.begin.Compare(b.begin) }) {
		if gap := p.begin.Sub(last[p.channel]); gap < time.Second {
			t.Errorf("%s heard two messages %v apart", p.channel, gap)
		}
		last[p.channel] = p.end
	}
}

func (s capable) Find(ctx context.Context, place chat.Place, id string, since time.Time) (ref chat.Ref, found bool, err error) {
	err = s.does(ctx, "find", id, func() error {
		for _, m := range s.messages {
			if m.id == id && m.ref.Place == place && !m.gone && time.Since(m.at) >= s.lag {
				ref, found = m.ref, true
			}
		}
		return nil
	})
	return ref, found, err
}

var errGone = &chat.SendError{Err: fmt.Errorf("%w: no such message", chat.ErrGone)}

func (s capable) Edit(ctx context.Context, ref chat.Ref, m chat.Message) error {
	return s.does(ctx, "edit", m.Text.String(), func() error {
		for _, old := range s.messages {
			if old.ref == ref && !old.gone {
				old.text, old.edits = m.Text.String(), old.edits+1
				return nil
			}
		}
		return errGone
	})
}

func (s capable) OpenRoom(ctx context.Context, spec chat.RoomSpec) (room chat.Room, err error) {
	err = s.does(ctx, "open", spec.Name, func() error {
		if s.rooms[spec.Name] != nil || s.hidden[spec.Name] {
			return &chat.SendError{Err: chat.ErrNameTaken}
		}
		room = chat.Room{Place: chat.Place{Platform: s.name, Channel: "C-" + spec.Name}, Name: spec.Name, Own: true, Created: time.Now()}
		s.rooms[spec.Name] = &room
		return nil
	})
	return room, err
}

func (s capable) FindRoom(ctx context.Context, name string) (room chat.Room, found bool, err error) {
	err = s.does(ctx, "find room", name, func() error {
		if r := s.rooms[name]; r != nil && time.Since(r.Created) >= s.lag {
			room, found = *r, true
		}
		return nil
	})
	return room, found, err
}

func (s capable) Invite(ctx context.Context, room chat.Place, who []chat.Person) ([]chat.Refusal, error) {
	return nil, s.does(ctx, "invite", room.Channel+" "+who[0].ID, func() error {
		s.invited = append(s.invited, room.Channel+" "+who[0].ID)
		return nil
	})
}

func (s capable) Describe(ctx context.Context, room chat.Place, topic, purpose string) error {
	return s.does(ctx, "describe", topic, func() error { return nil })
}

func (s capable) CloseRoom(context.Context, chat.Place) error { return nil }

func (s capable) Pin(ctx context.Context, ref chat.Ref) error {
	return s.does(ctx, "pin", ref.ID, func() error {
		s.pins = append(s.pins, ref.ID)
		return nil
	})
}

func (s capable) Bookmark(ctx context.Context, _ chat.Place, title, _ string) error {
	return s.does(ctx, "bookmark", title, func() error { return nil })
}

var deedOf = map[string]chat.Deed{"post": chat.Posting, "edit": chat.Editing, "find": chat.LookingUp, "open": chat.OpeningRoom,
	"invite": chat.Inviting, "describe": chat.Describing, "pin": chat.Pinning, "bookmark": chat.Bookmarking}

// The shapes of refusals.
var errNet = errors.New("connection reset")

func busy(after time.Duration) error {
	return &chat.SendError{Retry: true, After: after, Err: errors.New("too fast")}
}
func down() error { return &chat.SendError{Retry: true, Err: errors.New("cannot dial")} }
func lost() error { return &chat.SendError{Retry: true, Unknown: true, Err: errNet} }
func refused(why string) error {
	return &chat.SendError{Err: errors.New("refused"), Advice: why}
}

// times is a script that does f to the first n calls of op.
func times(n int, op string, f fate) func(call) fate {
	return func(c call) fate {
		if c.op == op && n > 0 {
			n--
			return f
		}
		return fate{}
	}
}

// texts are the messages that people read now, in the order of their posting.
func (s *stage) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, m := range s.messages {
		if !m.gone {
			all = append(all, m.text)
		}
	}
	return all
}

// did lists what was asked for, of one kind, "" for all.
func (s *stage) did(op string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, c := range s.calls {
		if op == "" {
			all = append(all, c.op+" "+c.what)
		} else if c.op == op {
			all = append(all, c.what)
		}
	}
	return all
}

// at lists when calls of a kind came, since began.
func (s *stage) at(op string, began time.Time) []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []time.Duration
	for _, c := range s.calls {
		if c.op == op {
			all = append(all, c.at.Sub(began))
		}
	}
	return all
}
