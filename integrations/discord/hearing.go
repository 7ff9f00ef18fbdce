package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"cresset/bot/chat"
)

// In a storm of messages and reactions so many are handled at once and so many
// more are kept. Interactions wait behind none of them.
const (
	eventsAtOnce  = 16
	eventsWaiting = 2000
)

// A reading makes an act of an event, which may take a look at Discord.
type reading func(context.Context) (*act, error)

// A hearing takes events off the gateway, which must not wait.
type hearing struct {
	*Platform
	ctx    context.Context
	handle chat.Handler
	began  *time.Time // nothing is known of the server yet, and something was last heard of it then; nil once it was told
	queue  chan reading
	all    sync.WaitGroup
	stop   func()
	full   crowd
	gaps   atomic.Int64 // times in which nothing was heard
	missed atomic.Int64 // events there was no room for, to be caught up with
	look   look         // for what was missed
}

// hear begins to handle what comes.
func (p *Platform) hear(ctx context.Context, handle chat.Handler) *hearing {
	ctx, cancel := context.WithCancel(ctx)
	h := &hearing{Platform: p, ctx: ctx, handle: handle, queue: make(chan reading, eventsWaiting)}
	for range eventsAtOnce {
		h.all.Go(func() {
			for {
				select {
				case read := <-h.queue:
					p.guarded("event", func() { _ = h.do(read, false) })
				case <-ctx.Done():
					return
				}
			}
		})
	}
	h.stop = func() { cancel(); h.all.Wait() }
	return h
}

// event takes one event. Nothing in it may stop the gateway.
func (h *hearing) event(kind string, data json.RawMessage) {
	h.guarded(kind, func() {
		switch kind {
		case "GUILD_CREATE":
			h.wholeGuild(data)
		case "GUILD_DELETE":
			h.guildGone(data)
		case "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE":
			h.channelEvent(kind, data)
		case "INTERACTION_CREATE":
			h.interaction(data)
		case "MESSAGE_CREATE":
			var m message
			if lenient(data, &m) != nil {
				return
			}
			if read := h.reads(m); read != nil {
				h.enqueue(read)
			}
		case "MESSAGE_REACTION_ADD":
			var r reaction
			if lenient(data, &r) == nil && h.means(r) != "" {
				h.enqueue(func(ctx context.Context) (*act, error) { return h.reacted(ctx, r) })
			}
		}
	})
}

func (h *hearing) wholeGuild(data json.RawMessage) {
	var g struct {
		ID       string    `json:"id"`
		Channels []channel `json:"channels"`
		Threads  []channel `json:"threads"`
	}
	if lenient(data, &g) == nil && g.ID == h.settings.Guild && g.Channels != nil {
		h.guild.fill(g.Channels, g.Threads)
		if h.began != nil {
			h.lost(*h.began)
			h.began = nil
		}
	}
}

// guildGone is a server of which Discord tells nothing for now, or nothing any more.
func (h *hearing) guildGone(data json.RawMessage) {
	var g struct {
		ID          string `json:"id"`
		Unavailable bool   `json:"unavailable"`
	}
	if lenient(data, &g) != nil || g.ID != h.settings.Guild {
		return
	}
	h.guild.deaf()
	if h.began == nil {
		now := h.now()
		h.began = &now
	}
	if !g.Unavailable {
		h.options.Log.Error("the app was taken out of the server", "platform", name, "advice", "open the invite link of cresset manifest discord")
	}
}

func (h *hearing) channelEvent(kind string, data json.RawMessage) {
	var c channel
	if lenient(data, &c) != nil || c.GuildID != "" && c.GuildID != h.settings.Guild {
		return
	}
	before, known := h.guild.channel(c.ID)
	switch {
	case kind == "CHANNEL_DELETE" || kind == "THREAD_DELETE":
		h.guild.forget(c.ID)
	default:
		h.guild.put(c)
	}
	changed := kind == "CHANNEL_DELETE" || kind == "CHANNEL_UPDATE" && known && (before.Name != c.Name || h.archived(before) != h.archived(c))
	if changed && h.vocabulary.RoomChanged != "" {
		h.enqueue(func(context.Context) (*act, error) { return h.roomChanged(c.ID), nil })
	}
}

// roomChanged has the bot look at a channel that was renamed, closed or deleted.
func (p *Platform) roomChanged(id string) *act {
	now := p.options.Now()
	return &act{via: byMessage, Event: chat.Event{
		Key: key(fmt.Sprintf("room:%s:%d", id, now.UnixNano())), By: chat.Person{Platform: name, ID: p.known()},
		Place: chat.Place{Platform: name, Channel: id}, Line: p.vocabulary.RoomChanged, Quiet: true, At: now.UTC(),
	}}
}

// interaction answers over a call of its own.
func (h *hearing) interaction(data json.RawMessage) {
	d, ok := h.readInteraction(data)
	if !ok {
		return
	}
	respond := func(ctx context.Context, r *response) error {
		if r == nil {
			return nil
		}
		return h.call(ctx, request{method: "POST", path: "/interactions/" + d.ID + "/" + d.Token + "/callback", body: r, open: true}, nil)
	}
	if !h.take(d, h.handle, respond) {
		h.tooMany()
	}
}

// enqueue keeps an event until its turn. What there is no room for is looked for
// once there is.
func (h *hearing) enqueue(read reading) {
	select {
	case h.queue <- read:
	default:
		h.missed.Add(1)
		h.tooMany()
	}
}

// A crowd remembers when it was last said that there are too many events.
type crowd struct{ said atomic.Int64 }

// tooMany says so, once a minute: a storm is one fact.
func (h *hearing) tooMany() {
	now, last := time.Now().Unix(), h.full.said.Load()
	if now-last >= 60 && h.full.said.CompareAndSwap(last, now) {
		h.options.Log.Warn("too many events, some are looked for later", "platform", name, "missed", h.missed.Load())
	}
}

// tries is how often an act is handed on before it is given up: nobody delivers it
// again.
const tries = 5

// do handles one act, once. One that is looked for later may have been answered
// long ago. What there was no place for, or no answer to be given, is looked for
// once more.
func (h *hearing) do(read reading, later bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), time.Minute)
	defer cancel()
	var a *act
	err := h.politely(ctx, func() (err error) {
		if a, err = read(ctx); err == nil && a != nil && a.Unsure {
			err = errUnsure
		}
		return err
	})
	if err == nil && a != nil && h.first(a.Key) {
		err = h.act(ctx, a, later)
		if err != nil {
			h.Platform.again(a.Key)
		}
	}
	if err != nil {
		h.options.Log.Error("event not handled", "platform", name, "err", err)
	}
	if err != nil && (a != nil || passing(err)) && !later {
		h.missed.Add(1)
	}
	if len(h.queue) == 0 && h.missed.Swap(0) > 0 {
		h.lookFor(h.now().Add(-storm))
	}
	return err
}

// errUnsure is why an act waits for which nobody waits: who is taken for a stranger
// is refused for good.
var errUnsure = &chat.SendError{Retry: true, Err: errors.New("discord does not say whether somebody is in the server")}

// storm is how long ago what there was no room for may have come.
const storm = 10 * time.Minute

func (h *hearing) now() time.Time { return h.options.Now() }

func (h *hearing) act(ctx context.Context, a *act, later bool) error {
	var done handled
	for n := range tries {
		if done = h.handled(ctx, a.Event, h.handle); done.err == nil || ctx.Err() != nil {
			break
		}
		sleep(ctx, 100*time.Millisecond<<n)
	}
	switch r := done.reply; {
	case done.err != nil:
		return fmt.Errorf("%s: %w", a.Key, done.err)
	case r.Form == nil && (r.Message.IsZero() || r.Public):
	case later && h.wasTold(ctx, a):
	case r.Form != nil:
		return unsaid(h.whisper(ctx, a, invitation(*r.Form), h.opener(*r.Form)))
	default:
		return unsaid(h.whisper(ctx, a, r.Message))
	}
	return nil
}

// unsaid is why an answer was not given that may be given later.
func unsaid(err error) error {
	if passing(err) {
		return err
	}
	return nil
}

// wasTold says whether the answer to an act is there already. Where nobody knows,
// it is: the act itself counts.
func (h *hearing) wasTold(ctx context.Context, a *act) bool {
	_, told, err := h.Find(ctx, chat.Place{Platform: name, Direct: a.By.ID}, a.Key, a.At.Add(-reactionsSeen))
	return told || err != nil
}
