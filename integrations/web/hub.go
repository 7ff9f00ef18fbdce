package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"cresset/store"
)

// A hub tells the browsers that listen that something changed. It carries no
// content: a browser that hears of a change asks for its page again, so a lost
// word costs nothing and nobody hears what they may not see.
type hub struct {
	mu      sync.Mutex
	ears    map[*ear]bool
	heard   uint64 // how many changes of the console were told of, on whatever replica they were made
	closing chan struct{}
	once    sync.Once
}

// An ear is one browser that listens. What it has not heard yet is kept once.
type ear struct {
	channel   string        // what its page is about; "" for a page that is no conversation
	here      chan struct{} // that changed
	elsewhere chan struct{} // anything else changed
}

func newHub() *hub { return &hub{ears: map[*ear]bool{}, closing: make(chan struct{})} }

func (h *hub) listen(channel string) *ear {
	e := &ear{channel: channel, here: make(chan struct{}, 1), elsewhere: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ears[e] = true
	return e
}

func (h *hub) forget(e *ear) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ears, e)
}

// tell says that a channel changed. Pages show records, which change whenever
// something is said; so a page hears all of it.
func (h *hub) tell(channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for e := range h.ears {
		ring := e.elsewhere
		if e.channel == channel || e.channel == "" {
			ring = e.here
		}
		select {
		case ring <- struct{}{}:
		default: // it has not heard the one before yet
		}
	}
}

// own notes a change that was made and told of here. One that other replicas
// made before it is still to be told of.
func (h *hub) own(change uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if change == h.heard+1 {
		h.heard = change
	}
}

// missed reports whether there were changes that nobody here was told of.
func (h *hub) missed(last uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last <= h.heard {
		return false
	}
	h.heard = last
	return true
}

// listened reports whether anybody listens.
func (h *hub) listened() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ears) > 0
}

// close ends all streams, so that the server can stop.
func (h *hub) close() { h.once.Do(func() { close(h.closing) }) }

// changes is the sequence that counts what was changed, on all replicas together.
const changes = "console.changes"

// lookEvery is how often a replica looks whether another changed something.
const lookEvery = time.Second

// lookAround tells the browsers of what other replicas changed.
func (c *Console) lookAround(ctx context.Context) error {
	if !c.hub.listened() {
		return nil
	}
	var last uint64
	err := c.DB.View(ctx, func(tx store.Tx) (err error) {
		last, err = store.Last(tx, changes)
		return err
	})
	if err == nil && c.hub.missed(last) {
		c.hub.tell("")
	}
	return err
}

// audible is the channel that a page asks to hear of, if its reader may see it.
func (c *Console) audible(r *http.Request) (id string) {
	err := c.DB.View(r.Context(), func(tx store.Tx) error {
		ch, err := c.visible(tx, r.FormValue("channel"), visitor(r).ID)
		if ch != nil {
			id = ch.ID
		}
		return err
	})
	if err != nil {
		c.Log.Error("a page does not hear of its channel", "platform", Name, "err", err)
	}
	return id
}

// heartbeat keeps a silent stream from being taken for a dead one.
const heartbeat = 20 * time.Second

// serveLive is the stream of changes: "here" for what the page is about,
// "elsewhere" for the rest. It ends no later than one heartbeat after the session
// of whoever listens, and in time in any case where a proxy knows who that is:
// the browser asks for the next, and the proxy sees to that.
func (c *Console) serveLive(w http.ResponseWriter, r *http.Request) {
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // where there is none to lift, all is well
	_ = stream.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	e := c.hub.listen(c.audible(r))
	defer c.hub.forget(e)
	began := c.Now()
	beat := time.NewTicker(c.beat)
	defer beat.Stop()
	// Whoever connects again may have missed something, and hears so at once. Who
	// is cut off tries again after a second.
	for word := "retry: 1000\nevent: elsewhere\ndata:\n\n"; ; {
		if _, err := fmt.Fprint(w, word); err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-e.here:
			word = "event: here\ndata:\n\n"
		case <-e.elsewhere:
			word = "event: elsewhere\ndata:\n\n"
		case <-beat.C:
			if !c.stays(r, began) {
				return
			}
			word = ":\n\n"
		case <-r.Context().Done():
			return
		case <-c.hub.closing:
			return
		}
	}
}

// vouched is how long a stream lives of whom a proxy named when it began.
const vouched = 5 * time.Minute

// stays reports whether whoever listens since began may go on.
func (c *Console) stays(r *http.Request, began time.Time) bool {
	p, err := c.identify(r)
	if err != nil || p.who != visitor(r) {
		return false
	}
	return c.gate.open() || p.session != nil || c.Now().Sub(began) < vouched
}
