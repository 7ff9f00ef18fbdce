// Package discord is cresset on Discord: one app in one server ("guild"), heard
// over the gateway and, with a public key, over signed HTTP.
//
// It promises that an act is answered only after the handler returned (or with a
// deferral, when that takes long), that the same act gives the same event key
// however often it is delivered, that nothing people wrote can mention, link or
// format anything, that a message pings nobody but those whom it mentions itself,
// and that every refusal of Discord's comes back classified, with what to do
// about it. What it may do on a server is the table in permissions.go, which makes
// the invite link and which the check reads.
//
// It refuses to keep anything but caches: a restart loses nothing but forms that
// are open. It repeats no call that may have done something; that is the outbox's
// part.
//
// The gateway and the calls are this package's own. The library that there is for
// Go lends its constants: it resumes at the wrong address, sees a dead connection
// after minutes, sleeps through limits with a lock in its hand, and cannot read
// the components of today's forms.
package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations/probe/guard"
)

const name = "discord"

// Options is what an app decides about its Discord platform. The zero value works.
type Options struct {
	Log            *slog.Logger
	Now            func() time.Time
	HTTP           *http.Client
	Transport      http.RoundTripper // of the client, where HTTP gives none; nil: the network
	Dial           func(ctx context.Context, network, address string) (net.Conn, error)
	OnBadSignature func() // called for each request whose signature is wrong
	// OnUnreadable is called for each delivery that cannot be read, with what it was.
	OnUnreadable func(kind string, raw []byte, err error)
	Channels     []string // names of channels the bot is configured to post in; Check asks about them
}

// Settings is the section integrations.discord of the configuration.
type Settings struct {
	BotToken      config.Secret `yaml:"bot_token" required:"true" doc:"Token of the bot, from the app's page Bot."`
	ApplicationID string        `yaml:"application_id" required:"true" doc:"Application ID, from the app's page General Information."`
	PublicKey     string        `yaml:"public_key" doc:"Public key, from the app's page General Information. When set, interactions are also taken at /discord/interactions on the bot's listener."`
	Guild         string        `yaml:"guild" required:"true" doc:"ID of the server: with developer mode on, Copy Server ID in its menu."`
	Category      string        `yaml:"category" default:"incidents" doc:"Category under which war rooms are made. It is made when it is missing; when it is full, another with a number."`
	APIURL        string        `yaml:"api_url" default:"https://discord.com/" doc:"Where the API is."`
}

// Platform is one Discord server with the app installed in it.
type Platform struct {
	settings   Settings
	vocabulary chat.Vocabulary
	typing     chat.Typing
	options    Options
	key        ed25519.PublicKey // nil: no signed HTTP
	commands   commandSet
	limits     limits
	rest       func(context.Context, time.Duration) // sleeps
	slots      chan struct{}                        // taken while an interaction is handled
	waiting    atomic.Int64                         // interactions, handled or not yet

	mu       sync.Mutex
	self     string // user ID of the bot; "" until Discord has said it
	up       bool
	trouble  error     // why the last connection failed
	heard    time.Time // when the gateway last said anything
	people   map[string]knownPerson
	directs  map[string]string // user ID -> ID of the direct channel
	answered recent            // keys of events that were taken
	kept     keptForms

	guild guild
}

var (
	_ chat.Platform  = (*Platform)(nil)
	_ chat.Served    = (*Platform)(nil)
	_ chat.Finder    = (*Platform)(nil)
	_ chat.Editor    = (*Platform)(nil)
	_ chat.Rooms     = (*Platform)(nil)
	_ chat.Pinner    = (*Platform)(nil)
	_ chat.Inspector = (*Platform)(nil)
	_ chat.Checker   = (*Platform)(nil)
	_ chat.Connected = (*Platform)(nil)
	_ chat.Paced     = (*Platform)(nil)
)

// Open reads the section and makes the platform. It asks nothing of Discord.
func Open(section config.Section, v chat.Vocabulary, o Options) (*Platform, config.Problems) {
	var s Settings
	problems := config.Join(section.Decode(&s), s.problems(section))
	if len(problems) > 0 {
		return nil, problems
	}
	if !strings.HasSuffix(s.APIURL, "/") {
		s.APIURL += "/"
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.HTTP = cmp.Or(o.HTTP, &http.Client{Timeout: 30 * time.Second, Transport: cmp.Or[http.RoundTripper](o.Transport, guard.Outward()), CheckRedirect: guard.Stay})
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 10 * time.Second, Control: guard.Control}).DialContext
	}
	if o.OnBadSignature == nil {
		o.OnBadSignature = func() {}
	}
	if o.OnUnreadable == nil {
		o.OnUnreadable = func(string, []byte, error) {}
	}
	commands := commandsOf(v)
	p := &Platform{
		settings: s, vocabulary: v, options: o, typing: v.Typing(commands.typed()), commands: commands, rest: sleep,
		slots: make(chan struct{}, interactionsAtOnce), people: map[string]knownPerson{}, directs: map[string]string{},
	}
	if s.PublicKey != "" {
		p.key, _ = hex.DecodeString(s.PublicKey) // its length and digits were checked
	}
	return p, nil
}

func (s Settings) problems(section config.Section) (all config.Problems) {
	add := func(path, format string, args ...any) {
		all = append(all, section.Problem(path, format, args...))
	}
	if t := s.BotToken.Reveal(); strings.HasPrefix(t, "Bot ") || strings.ContainsAny(t, " \n") {
		add("bot_token", "has a space in it; write the token alone, as on the app's page Bot")
	}
	if s.ApplicationID != "" && !isID(s.ApplicationID) {
		add("application_id", "is not an ID, which is a long number; copy it from the app's page General Information")
	}
	if s.Guild != "" && !isID(s.Guild) {
		add("guild", "is not an ID, which is a long number; switch developer mode on and use Copy Server ID")
	}
	if key, err := hex.DecodeString(s.PublicKey); s.PublicKey != "" && (err != nil || len(key) != ed25519.PublicKeySize) {
		add("public_key", "is not 64 hexadecimal digits; copy it from the app's page General Information")
	}
	if n := len([]rune(s.Category)); n > 80 {
		add("category", "is longer than 80 characters")
	}
	if why := guard.BadAddress(s.APIURL, "https://discord.com/"); s.APIURL != "" && why != "" {
		add("api_url", "is %q, which %s", s.APIURL, why)
	}
	return all
}

// Name returns "discord".
func (p *Platform) Name() string { return name }

// Run registers the commands and receives events until ctx is done. It returns
// early when Discord refuses the token or the app for good.
func (p *Platform) Run(ctx context.Context, handle chat.Handler) error {
	err := p.insist(ctx, "ask who the bot is", func(ctx context.Context) error {
		_, err := p.whoami(ctx)
		return err
	})
	if err != nil {
		return err
	}
	registered := make(chan struct{})
	go func() {
		defer close(registered)
		if err := p.insist(ctx, "register the commands", p.register); err != nil {
			p.options.Log.Error("commands not registered", "platform", name, "err", err, "advice", sentence(err))
		}
	}()
	select { // what takes long is no reason not to listen
	case <-registered:
	case <-time.After(3 * time.Second):
	}
	err = p.listen(ctx, handle)
	p.finish()
	<-registered
	return err
}

// insist tries until it is done, ctx ends, or Discord refuses for good.
func (p *Platform) insist(ctx context.Context, what string, f func(context.Context) error) error {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := f(ctx)
		switch {
		case err == nil, ctx.Err() != nil:
			return nil
		case !passing(err):
			return err
		}
		p.options.Log.Warn("cannot "+what, "platform", name, "err", err)
		p.rest(ctx, max(wait, retryAfter(err)))
	}
}

// interactionsAtOnce bounds how many interactions are handled at once.
const interactionsAtOnce = 64

// finish waits a little for what is under way: nothing is, when every slot is free.
func (p *Platform) finish() {
	enough := time.After(5 * time.Second)
	for taken := range cap(p.slots) {
		select {
		case p.slots <- struct{}{}:
			defer func() { <-p.slots }()
		case <-enough:
			p.options.Log.Warn("stopped with answers under way", "platform", name, "answers", cap(p.slots)-taken)
			return
		}
	}
}

// Ready says whether the bot hears people now.
func (p *Platform) Ready() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.up:
		return nil
	case p.trouble != nil:
		return fmt.Errorf("discord is not connected: %w", p.trouble)
	case p.self == "":
		return fmt.Errorf("discord has not yet accepted the bot token")
	default:
		return fmt.Errorf("discord has no gateway connection yet")
	}
}

// guarded does f, and outlives its panic.
func (p *Platform) guarded(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			p.options.Log.Error("panicked", "platform", name, "what", what, "err", fmt.Sprint(r))
		}
	}()
	f()
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
