package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"cresset/bot/chat"
)

// What the bot and the gateway say to each other.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// intents are the events that the bot always hears; none is privileged. Whether it
// may read what it reacts on is a switch of the app, not of the connection.
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentGuildMessageReactions | discordgo.IntentDirectMessages

// A frame is what stands on the wire.
type frame struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d,omitempty"`
	S  int64           `json:"s,omitempty"`
	T  string          `json:"t,omitempty"`
}

// A session is what Discord remembers of the bot between two connections.
type session struct {
	id, address string
	seq         atomic.Int64
	resumed     bool // on the present connection it was taken up
}

func (s *session) end() {
	s.id, s.address = "", ""
	s.seq.Store(0)
}

// An ending is how a connection ended.
type ending struct {
	err     error
	invalid bool // Discord did not want the session: to be waited for
	forever bool // no other will be better
}

// listen keeps one connection to the gateway until ctx ends, or Discord refuses
// the bot for good.
func (p *Platform) listen(ctx context.Context, handle chat.Handler) error {
	h := p.hear(ctx, handle)
	defer h.stop()
	var s session
	for failures, unwanted := 0, 0; ctx.Err() == nil; {
		end := p.supervised(ctx, &s, h)
		p.connected(false, end.err)
		if ctx.Err() != nil {
			break
		}
		if end.forever {
			return end.err
		}
		p.options.Log.Warn("gateway connection ended", "platform", name, "err", end.err)
		if s.resumed {
			failures, unwanted, s.resumed = 0, 0, false
		}
		wait := backoff(failures)
		if end.invalid {
			wait = max(wait, between1And5()<<min(unwanted, 6))
			unwanted++
		}
		failures++
		p.rest(ctx, wait)
	}
	return nil
}

// backoff is how long to wait after so many failures one after the other.
func backoff(failures int) time.Duration {
	if failures == 0 {
		return 200 * time.Millisecond
	}
	most := min(time.Second<<min(failures, 7), time.Minute)
	return most/2 + rand.N(most/2)
}

func between1And5() time.Duration { return time.Second + rand.N(4*time.Second) }

// supervised is one connection, which may even panic: the process goes on.
func (p *Platform) supervised(ctx context.Context, s *session, h *hearing) (end ending) {
	defer func() {
		if r := recover(); r != nil {
			p.options.Log.Error("panicked", "platform", name, "what", "gateway", "err", fmt.Sprint(r))
			end = ending{err: errPanicked}
		}
	}()
	return p.connect(ctx, s, h)
}

// connect opens a connection, takes the session up or begins one, and hears what
// comes until it ends.
func (p *Platform) connect(ctx context.Context, s *session, h *hearing) ending {
	address, end := s.address, ending{}
	if s.id == "" {
		if address, end = p.gatewayAddress(ctx); end.err != nil {
			return end
		}
	}
	c, err := p.dial(ctx, address)
	if err != nil {
		if s.id != "" {
			s.address = cmp.Or(p.fallbackAddress(ctx), s.address)
		}
		return ending{err: fmt.Errorf("connect to the gateway: %w", err)}
	}
	defer c.close(closeToResume)
	defer context.AfterFunc(ctx, func() { c.close(websocket.CloseNormalClosure) })()
	every, err := c.hello()
	if err != nil {
		return ending{err: err}
	}
	alive := make(chan struct{})
	defer close(alive)
	go p.guarded("heartbeat", func() { c.beat(every, &s.seq, alive) })
	if err := p.greet(c, s); err != nil {
		return ending{err: err}
	}
	return p.hearFrames(c, s, h)
}

// fallbackAddress is where Discord takes sessions up when their own address is
// not reached.
func (p *Platform) fallbackAddress(ctx context.Context) string {
	address, end := p.gatewayAddress(ctx)
	if end.err != nil {
		return ""
	}
	return address
}

// fewSessions is below how many that may still be begun today the bot shares
// them out over the rest of it.
const fewSessions = 50

// gatewayAddress asks where the gateway is, and whether a session may be begun:
// Discord takes the token away from who begins too many.
func (p *Platform) gatewayAddress(ctx context.Context) (string, ending) {
	var answer struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"`
		} `json:"session_start_limit"`
	}
	answer.Limit.Remaining = fewSessions // where Discord does not say
	err := p.call(ctx, request{method: http.MethodGet, path: "/gateway/bot"}, &answer)
	switch {
	case err != nil:
		err = seen(refusal(chat.LookingUp, err))
		p.rest(ctx, retryAfter(err))
		return "", ending{err: err, forever: !passing(err)}
	case answer.Limit.Remaining < fewSessions:
		wait := time.Duration(answer.Limit.ResetAfter) * time.Millisecond / time.Duration(max(answer.Limit.Remaining, 0)+1)
		p.options.Log.Error("few gateway sessions are left for today, the next one waits", "platform", name, "left", answer.Limit.Remaining, "wait", wait)
		p.rest(ctx, wait)
	}
	return answer.URL, ending{}
}

// greet takes the session up, or begins one.
func (p *Platform) greet(c *wire, s *session) error {
	token := p.settings.BotToken.Reveal()
	if s.id != "" {
		return c.send(opResume, map[string]any{"token": token, "session_id": s.id, "seq": s.seq.Load()})
	}
	return c.send(opIdentify, map[string]any{"token": token, "intents": intentsOf(p.vocabulary),
		"properties": map[string]string{"os": runtime.GOOS, "browser": "cresset", "device": "cresset"}})
}

// hearFrames hears frames until the connection ends.
func (p *Platform) hearFrames(c *wire, s *session, h *hearing) ending {
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			return p.ended(c, s, err)
		}
		var f frame
		if err := lenient(data, &f); err != nil {
			p.options.OnUnreadable("frame", data, err)
			continue
		}
		switch f.Op {
		case opAck:
			c.acked.Store(true)
			p.hears()
		case opHeartbeat:
			if err := c.pulse(&s.seq); err != nil {
				return ending{err: err}
			}
		case opReconnect:
			return ending{err: errors.New("the gateway asks to connect again")}
		case opInvalid:
			if string(f.D) != "true" {
				s.end()
			}
			return ending{err: errors.New("the gateway does not know the session"), invalid: true}
		case opDispatch:
			s.seq.Store(max(f.S, s.seq.Load()))
			p.dispatched(f, s, h)
		}
	}
}

// dispatched is an event. What the gateway says of the session counts here, the
// rest is for the others.
func (p *Platform) dispatched(f frame, s *session, h *hearing) {
	before := p.hears()
	switch f.T {
	case "READY":
		var ready struct {
			ID      string `json:"session_id"`
			Address string `json:"resume_gateway_url"`
			User    user   `json:"user"`
		}
		if err := lenient(f.D, &ready); err != nil || ready.ID == "" {
			return
		}
		s.id, s.address, s.resumed = ready.ID, ready.Address, true
		p.mu.Lock()
		p.self = cmp.Or(ready.User.ID, p.self)
		p.mu.Unlock()
		p.connected(true, nil)
		p.hears()
		p.options.Log.Info("gateway session begun", "platform", name)
		h.began = &before
	case "RESUMED":
		s.resumed = true
		p.connected(true, nil)
		p.hears()
		p.options.Log.Info("gateway session taken up again", "platform", name)
	default:
		h.event(f.T, f.D)
	}
}

// hears notes that the gateway said something now, and gives when it did before.
// What it says before the session is there says nothing of what was missed.
func (p *Platform) hears() (before time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before = p.heard
	if p.up {
		p.heard = p.options.Now()
	}
	return before
}

// Why Discord closes a connection for good, and what to do about it.
var closedForever = map[int]string{
	4004: "Discord does not accept the token: reset it on the app's page Bot, and set the new one",
	4010: "Discord wants another shard: this bot is for one server, and has none",
	4011: "the bot is in too many servers for one connection: use an app of its own for this one",
	4012: "Discord no longer speaks this version of its gateway: use a newer cresset",
	4013: "Discord does not know what the bot wants to hear: use a newer cresset",
	4014: "the app may not hear what the bot needs: switch its intents on on the app's page Bot, or take requests.listen out of the configuration",
}

// ended is what the end of a connection means.
func (p *Platform) ended(c *wire, s *session, err error) ending {
	var closed *websocket.CloseError
	switch {
	case c.dead.Load():
		return ending{err: errors.New("the gateway did not answer a heartbeat")}
	case !errors.As(err, &closed):
		return ending{err: err}
	}
	if advice, forever := closedForever[closed.Code]; forever {
		return ending{err: &chat.SendError{Err: fmt.Errorf("discord closed the gateway: %w", err), Advice: advice}, forever: true}
	}
	if closed.Code == 4007 || closed.Code == 4009 { // the sequence, or the session, is too old
		s.end()
		return ending{err: err, invalid: true}
	}
	return ending{err: err}
}

func (p *Platform) connected(up bool, trouble error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up = up
	if trouble != nil || up {
		p.trouble = trouble
	}
	if !up {
		p.guild.deaf()
	}
}
