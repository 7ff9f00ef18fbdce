package slack

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
)

// In a storm of events so many are handled at once for each line, and so many
// more are kept, so that commands, which come in on the same sockets, wait
// behind none of them.
const (
	eventsAtOnce  = 24
	eventsWaiting = 1000
)

// received is an envelope and the socket that it came on.
type received struct {
	on *socket
	frame
}

// hear takes an envelope: events to their queue, and what somebody waits for at
// once. It never blocks, since pings come on the same socket.
func (l *listening) hear(ctx context.Context, s *socket, f frame) {
	switch {
	case f.Type == kindEvents:
		l.enqueue(received{s, f})
	case s.begin():
		go func() {
			l.slots <- struct{}{}
			defer func() { <-l.slots }()
			l.act(ctx, received{s, f})
		}()
	}
}

// enqueue keeps an event until its turn. What there is no room for is not
// acknowledged, so Slack delivers it again.
func (l *listening) enqueue(r received) {
	select {
	case l.events <- r:
	default:
		l.tooMany(&l.full)
	}
}

// A crowd remembers when it was last said that there are too many events.
type crowd struct{ said atomic.Int64 }

// tooMany says so, once a minute: a storm is one fact.
func (p *Platform) tooMany(c *crowd) {
	now, last := p.options.Now().Unix(), c.said.Load()
	if now-last >= 60 && c.said.CompareAndSwap(last, now) {
		p.options.Log.Warn("too many events, waiting for Slack to deliver some again", "platform", name)
	}
}

// drain handles one event after the other. At a stop, and when the socket that
// it came on has ended, it leaves an event to Slack, which delivers it again; a
// command it does not.
func (l *listening) drain(ctx context.Context) {
	for r := range l.events {
		l.slots <- struct{}{}
		if ctx.Err() == nil && r.on.begin() {
			l.act(ctx, r)
		}
		<-l.slots
	}
}

// act handles one envelope, acknowledges it when that is done, and then says
// what else there is to say.
func (l *listening) act(ctx context.Context, r received) {
	out, err := l.take(ctx, r.Type, r.Payload, l.handle)
	if err != nil && !errors.Is(err, errUnreadable) { // which a second delivery would be, too
		r.on.end()
		l.options.Log.Error("event not handled, waiting for Slack to deliver it again", "platform", name, "err", err)
		return
	}
	var answer json.RawMessage
	if r.Answerable {
		answer = out.ack
	}
	err = r.on.ack(r.EnvelopeID, answer)
	r.on.end()
	if err != nil {
		l.options.Log.Warn("event not acknowledged", "platform", name, "err", err)
	}
	if out.unheard != nil && (err != nil || !r.Answerable) {
		out.unheard()
	}
	if out.then != nil {
		out.then()
	}
}
