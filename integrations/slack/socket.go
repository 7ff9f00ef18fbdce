package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"cresset/bot/chat"
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
	for {
		select {
		case err := <-done:
			return err
		case e := <-client.Events:
			if ctx.Err() == nil {
				p.hear(live, client, i, e, handle)
			}
		case <-ctx.Done():
			return <-done // what still arrives is not acknowledged, so Slack delivers it again
		}
	}
}

func (p *Platform) hear(ctx context.Context, client *socketmode.Client, i int, e socketmode.Event, handle chat.Handler) {
	switch data := e.Data.(type) {
	case *socketmode.ErrorBadMessage: // well-formed, but not as the library knows it: it is decoded here anyway
		var req socketmode.Request
		if json.Unmarshal(data.Message, &req) == nil && req.EnvelopeID != "" {
			p.deliver(ctx, client, req, handle)
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
		p.deliver(ctx, client, *e.Request, handle)
	}
}

// deliver handles one envelope beside the others and acknowledges it when that
// is done.
func (p *Platform) deliver(ctx context.Context, client *socketmode.Client, req socketmode.Request, handle chat.Handler) {
	p.background(func() {
		ack, then, err := p.take(ctx, req.Type, req.Payload, handle)
		if err != nil && !errors.Is(err, errUnreadable) { // a second delivery would read no better
			p.options.Log.Error("event not handled, waiting for Slack to deliver it again", "platform", name, "err", err)
			return
		}
		if !req.AcceptsResponsePayload {
			ack = nil
		}
		if err := client.AckCtx(ctx, req.EnvelopeID, ack); err != nil {
			p.options.Log.Warn("event not acknowledged", "platform", name, "err", err)
		}
		if then != nil {
			then()
		}
	})
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
	WriteBufferSize:  32 << 10, // one frame for any answer: Slack does not join fragments
	Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "http" && !loopback(r.URL.Hostname()) {
			return nil, errors.New("the address that Slack gave is not encrypted")
		}
		return http.ProxyFromEnvironment(r)
	},
}
