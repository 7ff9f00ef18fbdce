package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

// connections is how many sockets are open at once. Slack closes each every few
// hours, and what it sends on the closing one is lost: with two, started apart,
// one is always there to take the redelivery.
const connections = 2

// listen keeps the sockets open until ctx is done. The sockets outlive ctx by as
// long as acts under way need to be acknowledged.
func (p *Platform) listen(ctx context.Context, handle chat.Handler) error {
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	hearing, deaf := context.WithCancel(ctx)
	ended := make(chan error, connections)
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() { ended <- p.keepOpen(hearing, live, i, handle) })
	}
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	deaf()
	p.finish()
	time.Sleep(acknowledging)
	stop()
	all.Wait()
	return err
}

// acknowledging is what the library gets to write the last acknowledgements,
// which it queues.
const acknowledging = 50 * time.Millisecond

// keepOpen supervises one socket. It ends with ctx, or when Slack refuses the
// token for good.
func (p *Platform) keepOpen(ctx, live context.Context, i int, handle chat.Handler) error {
	sleep(ctx, time.Duration(i)*p.stagger)
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		err := p.connect(ctx, live, i, handle)
		p.connected(i, false, err)
		if ctx.Err() != nil {
			break
		}
		if fatal(err) {
			return refusal("apps.connections.open", err)
		}
		p.options.Log.Warn("socket ended", "platform", name, "connection", i, "err", err)
		sleep(ctx, wait)
	}
	return nil
}

// connect runs one socket, which reconnects by itself, and hears what arrives on it.
func (p *Platform) connect(ctx, live context.Context, i int, handle chat.Handler) error {
	client := socketmode.New(p.api,
		socketmode.OptionDialer(dialer), socketmode.OptionReadLimit(4<<20),
		socketmode.OptionLog(log.New(io.Discard, "", 0)))
	done := make(chan error, 1)
	go func() { done <- client.RunContext(live) }()
	open, shut := context.WithCancel(live)
	defer shut()
	hearing, deaf := context.WithCancel(ctx)
	defer deaf()
	ack := func(id string, payload any) error { return client.AckCtx(open, id, payload) }
	events := make(chan socketmode.Request, eventsWaiting)
	var full crowd
	defer close(events)
	for range eventsAtOnce {
		go p.drain(hearing, live, ack, events, handle)
	}
	for {
		select {
		case err := <-done:
			return err
		case e := <-client.Events:
			switch {
			case ctx.Err() != nil:
			case e.Request != nil && e.Request.Type == kindEvents && e.Type == socketmode.EventTypeEventsAPI:
				p.enqueue(events, *e.Request, &full)
			default:
				p.hear(live, ack, i, e, handle)
			}
		case <-ctx.Done():
			return <-done // what still arrives is not acknowledged, so Slack delivers it again
		}
	}
}

// In a storm of events a socket handles so many at once and keeps so many more,
// so that commands, which come in on the same socket, wait behind none of them.
const (
	eventsAtOnce  = 24
	eventsWaiting = 1000
)

// enqueue keeps an event until its turn. What there is no room for is not
// acknowledged, so Slack delivers it again.
func (p *Platform) enqueue(events chan<- socketmode.Request, req socketmode.Request, full *crowd) {
	select {
	case events <- req:
	default:
		p.tooMany(full)
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

// An acknowledgement answers an envelope on the socket on which it came. It gives
// up when the socket has ended; the act is done all the same.
type acknowledgement func(id string, payload any) error

// drain handles one event after the other. At a stop, and when the socket has
// ended, it leaves the rest to Slack.
func (p *Platform) drain(ctx, live context.Context, ack acknowledgement, events <-chan socketmode.Request, handle chat.Handler) {
	for req := range events {
		p.slots <- struct{}{}
		if ctx.Err() == nil {
			p.act(live, ack, req, handle)
		}
		<-p.slots
	}
}

func (p *Platform) hear(ctx context.Context, ack acknowledgement, i int, e socketmode.Event, handle chat.Handler) {
	switch data := e.Data.(type) {
	case *socketmode.ErrorBadMessage: // well-formed, but not as the library knows it: it is decoded here anyway
		var req socketmode.Request
		if json.Unmarshal(data.Message, &req) == nil && req.EnvelopeID != "" {
			p.deliver(ctx, ack, req, handle)
		}
		return
	case *slack.ConnectionErrorEvent:
		p.connected(i, false, data.ErrorObj)
		p.options.Log.Warn("cannot open a socket", "platform", name, "connection", i, "attempt", data.Attempt, "err", data.ErrorObj)
		return
	}
	switch {
	case e.Type == socketmode.EventTypeHello:
		p.connected(i, true, nil)
		p.options.Log.Info("socket open", "platform", name, "connection", i)
	case e.Type == socketmode.EventTypeConnecting:
		p.connected(i, false, nil)
	case e.Request != nil && e.Request.EnvelopeID != "":
		p.deliver(ctx, ack, *e.Request, handle)
	}
}

// deliver handles one envelope beside the others.
func (p *Platform) deliver(ctx context.Context, ack acknowledgement, req socketmode.Request, handle chat.Handler) {
	p.background(func() { p.act(ctx, ack, req, handle) })
}

// act handles one envelope and acknowledges it when that is done.
func (p *Platform) act(ctx context.Context, ack acknowledgement, req socketmode.Request, handle chat.Handler) {
	answer, then, err := p.take(ctx, req.Type, req.Payload, handle)
	if err != nil && !errors.Is(err, errUnreadable) { // a second delivery would read no better
		p.options.Log.Error("event not handled, waiting for Slack to deliver it again", "platform", name, "err", err)
		return
	}
	var payload any
	if req.AcceptsResponsePayload && answer != nil {
		payload = answer
	}
	if err := ack(req.EnvelopeID, payload); err != nil {
		p.options.Log.Warn("event not acknowledged", "platform", name, "err", err)
	}
	if then != nil {
		then()
	}
}

func (p *Platform) connected(i int, up bool, trouble error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up[i] = up
	if trouble != nil || up {
		p.trouble = trouble
	}
}

// dialer opens sockets in the clear on this machine only. Its Proxy hook is
// where the address can be seen.
var dialer = &websocket.Dialer{
	HandshakeTimeout: 20 * time.Second,
	NetDialContext:   (&net.Dialer{Timeout: 10 * time.Second, Control: guard.Control}).DialContext,
	WriteBufferSize:  32 << 10, // one frame for any answer: Slack does not join fragments
	Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "http" && !loopback(r.URL.Hostname()) {
			return nil, errors.New("the address that Slack gave is not encrypted")
		}
		return http.ProxyFromEnvironment(r)
	},
}
