package slack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

// connections is how many sockets hear at once. Slack brings each envelope on any
// one of them, and replaces each every few hours: with two, started apart, a
// network that drops one of them drops nothing else.
const connections = 2

// How long what belongs to a socket may take.
const (
	helloTime = 10 * time.Second // Slack greets first
	lingering = 30 * time.Second // Slack closes what it replaces long before
	leaveTime = 4 * time.Second  // what is under way is acknowledged before a socket is closed
)

// What Slack says when it will not have a socket at all.
var (
	errLinkDisabled = errors.New("the app has Socket Mode switched off: switch it on in its settings, or set signing_secret and serve /slack/")
	errTooMany      = errors.New("the app has ten sockets already: end the other bots that run with this app_token")
	errNoHello      = errors.New("the socket was not greeted")
)

// listening is everything that hears, from the start of a platform to its stop.
type listening struct {
	*Platform
	handle  chat.Handler
	events  chan received // waiting for their turn
	full    crowd
	sockets sync.WaitGroup
}

// listen hears on two lines until ctx is done, and then until the last act is
// acknowledged. It ends early when Slack refuses the token for good.
func (p *Platform) listen(ctx context.Context, handle chat.Handler) error {
	l := &listening{Platform: p, handle: handle, events: make(chan received, connections*eventsWaiting)}
	defer close(l.events)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for range connections * eventsAtOnce {
		go l.drain(ctx)
	}
	refused := make(chan error, connections)
	var lines sync.WaitGroup
	for i := range connections {
		lines.Go(func() {
			if err := l.keepOpen(ctx, i); err != nil {
				refused <- err
				stop()
			}
		})
	}
	lines.Wait()
	l.sockets.Wait()
	select {
	case err := <-refused:
		return err
	default:
		return nil
	}
}

// keepOpen is one line: a socket, and when that ends or Slack wants another in
// its place, the next one. The old one is heard on until its successor is there.
func (l *listening) keepOpen(ctx context.Context, i int) error {
	sleep(ctx, time.Duration(i)*l.stagger)
	var old *socket
	for wait := time.Duration(0); ctx.Err() == nil; sleep(ctx, wait) {
		s, err := l.connect(ctx, i)
		if err == nil {
			if old != nil {
				close(old.replaced)
			}
			old = s
			select {
			case <-s.leaving:
			case <-s.ended:
				err = s.why
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			break
		}
		if fatal(err) {
			return refusal("apps.connections.open", err)
		}
		wait = pause(err, wait, s != nil)
		l.troubled(err)
		if err != nil {
			l.options.Log.Warn("socket ended", "platform", name, "line", i, "again", wait.Round(time.Millisecond), "err", err)
		}
	}
	return nil
}

// pause is how long a line rests before its next attempt. A socket that was there
// is replaced at once; how often that may be is for the openings to say.
func pause(err error, last time.Duration, greeted bool) time.Duration {
	longer := func(least, most time.Duration) time.Duration {
		return min(max(2*last, least), most) + rand.N(least)
	}
	switch {
	case errors.Is(err, errLinkDisabled), errors.Is(err, errTooMany):
		return longer(30*time.Second, 5*time.Minute) // nothing but people can change it
	case err == nil, greeted:
		return 0
	default:
		return longer(time.Second, time.Minute)
	}
}

// connect opens a socket and returns when Slack has greeted it.
func (l *listening) connect(ctx context.Context, i int) (*socket, error) {
	if err := l.openings.turn(ctx, l.deaf); err != nil {
		return nil, err
	}
	_, address, err := l.api.StartSocketModeContext(ctx)
	if err != nil {
		l.openings.refused(retryAfter(err))
		return nil, err
	}
	conn, resp, err := l.dialer().DialContext(ctx, address, nil)
	if err != nil {
		return nil, dialed(resp, err)
	}
	s := newSocket(conn)
	l.sockets.Go(func() {
		s.read(func(f frame) { l.hear(ctx, s, f) }, func(raw []byte, err error) { l.options.OnUnreadable("frame", raw, err) })
		l.remove(s)
	})
	enough := time.NewTimer(helloTime)
	defer enough.Stop()
	select {
	case <-s.hello:
		l.add(s)
		l.options.Log.Info("socket open", "platform", name, "line", i, "connections", s.siblings)
		l.sockets.Go(func() { s.stay(ctx) })
		return s, nil
	case <-s.ended:
		return nil, s.why
	case <-enough.C:
		err = errNoHello
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.leave(0)
	return nil, err
}

// dialed is why a socket could not be opened. The address is a secret and stays
// out of it.
func dialed(resp *http.Response, err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	if resp != nil {
		return fmt.Errorf("open a socket: Slack answered %s: %w", resp.Status, err)
	}
	return fmt.Errorf("open a socket: %w", err)
}

// add and remove keep the sockets that hear.
func (p *Platform) add(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !s.hasEnded() { // else it was removed already
		p.open, p.trouble = append(p.open, s), nil
	}
}

func (p *Platform) remove(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = slices.DeleteFunc(p.open, func(other *socket) bool { return other == s })
}

// troubled remembers why nothing may be heard.
func (p *Platform) troubled(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.trouble = err
	}
}

// deaf says whether no socket hears that Slack does not want replaced.
func (p *Platform) deaf() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !slices.ContainsFunc(p.open, func(s *socket) bool { return !s.isLeaving() && !s.hasEnded() })
}

// dialer opens sockets in the clear on this machine only. Its Proxy hook is
// where the address can be seen.
func (p *Platform) dialer() *websocket.Dialer {
	d := &websocket.Dialer{
		HandshakeTimeout: 20 * time.Second,
		NetDialContext:   (&net.Dialer{Timeout: 10 * time.Second, Control: guard.Control}).DialContext,
		WriteBufferSize:  32 << 10, // one frame for any acknowledgement: Slack does not join fragments
		Proxy: func(r *http.Request) (*url.URL, error) {
			switch {
			case r.URL.Scheme == "http" && !guard.Loopback(r.URL.Hostname()):
				return nil, errors.New("the address that Slack gave is not encrypted")
			case p.options.Dial != nil:
				return nil, nil
			}
			return http.ProxyFromEnvironment(r)
		},
	}
	if p.options.Dial != nil {
		d.NetDialContext, d.NetDialTLSContext = p.options.Dial, p.options.Dial
	}
	return d
}
