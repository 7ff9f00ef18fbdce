package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"cresset/integrations/probe/guard"
)

// A wire is one connection. Writes may come from anywhere.
type wire struct {
	ws    *websocket.Conn
	mu    sync.Mutex
	acked atomic.Bool
	dead  atomic.Bool // no answer to a heartbeat
}

// dial opens a socket, in the clear on this machine only.
func (p *Platform) dial(ctx context.Context, address string) (*wire, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "wss" && !(u.Scheme == "ws" && guard.Loopback(u.Hostname())):
		return nil, errors.New("the address that Discord gave is not encrypted")
	}
	u.Path, u.RawQuery = strings.TrimSuffix(u.Path, "/")+"/", "v=10&encoding=json"
	dialer := websocket.Dialer{HandshakeTimeout: 20 * time.Second, NetDialContext: p.options.Dial, Proxy: http.ProxyFromEnvironment}
	ws, _, err := dialer.DialContext(ctx, u.String(), http.Header{"User-Agent": {agent}})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(64 << 20)
	c := &wire{ws: ws}
	c.acked.Store(true)
	return c, nil
}

const writeTime = 10 * time.Second

// closeToResume is any code but 1000 and 1001, which end the session.
const closeToResume = 4000

func (c *wire) send(op int, d any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeTime)) // a socket that cannot fails below
	return c.ws.WriteJSON(map[string]any{"op": op, "d": d})
}

// close says goodbye with a code and closes. A second time does nothing.
func (c *wire) close(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) // it may be gone
	_ = c.ws.Close()
}

// hello reads the first frame, which says how often to beat.
func (c *wire) hello() (time.Duration, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	var f frame
	if err := c.ws.ReadJSON(&f); err != nil {
		return 0, fmt.Errorf("wait for hello: %w", err)
	}
	var hello struct {
		Every int64 `json:"heartbeat_interval"`
	}
	if err := lenient(f.D, &hello); f.Op != opHello || err != nil || hello.Every <= 0 {
		return 0, fmt.Errorf("the gateway began with op %d instead of hello", f.Op)
	}
	_ = c.ws.SetReadDeadline(time.Time{})
	return time.Duration(hello.Every) * time.Millisecond, nil
}

// beat says that the bot lives, the first time after a random part of the time
// between. When the last beat was not answered by the next, the connection is dead.
func (c *wire) beat(every time.Duration, seq *atomic.Int64, alive <-chan struct{}) {
	for wait := rand.N(every) + 1; ; wait = every {
		timer := time.NewTimer(wait)
		select {
		case <-alive:
			timer.Stop()
			return
		case <-timer.C:
		}
		if !c.acked.Swap(false) {
			c.dead.Store(true)
			c.close(closeToResume)
			return
		}
		if c.pulse(seq) != nil {
			c.close(closeToResume)
			return
		}
	}
}

func (c *wire) pulse(seq *atomic.Int64) error {
	if n := seq.Load(); n > 0 {
		return c.send(opHeartbeat, n)
	}
	return c.send(opHeartbeat, nil)
}
