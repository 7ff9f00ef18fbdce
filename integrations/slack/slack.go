// Package slack is cresset on Slack: Socket Mode, signed HTTP, or both.
//
// It promises that an act is acknowledged only after the handler returned, that
// the same act gives the same event key on whatever connection and however often
// it is delivered, that nothing people wrote can mention, link or format
// anything, and that every refusal of Slack's comes back classified, with what
// to do about it. What it may do on a workspace is the table in scopes.go, which
// makes the manifest and which the check reads.
//
// It refuses to keep anything but caches: a restart loses nothing. It repeats no
// call that may have done something; that is the outbox's part.
package slack

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations/probe/guard"
)

const name = "slack"

// Options is what an app decides about its Slack platform. The zero value works.
type Options struct {
	Log            *slog.Logger
	Now            func() time.Time
	HTTP           *http.Client
	Transport      http.RoundTripper // of the client, where HTTP gives none; nil: the network
	Dial           Dial              // of the sockets; nil: the network
	OnBadSignature func()            // called for each request whose signature is wrong
	// OnUnreadable is called for each delivery that could not be read, before it is
	// acknowledged. raw is the caller's to keep.
	OnUnreadable func(kind string, raw []byte, err error)
	Groups       []string // ids of user groups that roles name
	Channels     []string // names of channels the bot is configured to post in; Check asks about them
}

// Dial makes a connection over which a WebSocket is opened, encrypted already
// where its address asks for that.
type Dial = func(ctx context.Context, network, address string) (net.Conn, error)

// Settings is the section integrations.slack of the configuration.
type Settings struct {
	BotToken      config.Secret `yaml:"bot_token" required:"true" doc:"Bot User OAuth Token of the app, xoxb-…."`
	AppToken      config.Secret `yaml:"app_token" doc:"App-level token with connections:write, xapp-…. When set, events arrive by Socket Mode."`
	SigningSecret config.Secret `yaml:"signing_secret" doc:"Signing secret of the app. When set, events are taken under /slack/ on the bot's listener."`
	Team          string        `yaml:"team" doc:"Workspace, T…, in which rooms are opened and channels are found. Where the app is installed for a whole organisation it must be set."`
	APIURL        string        `yaml:"api_url" default:"https://slack.com/api/" doc:"Where the Web API is; https://slack-gov.com/api/ for GovSlack."`
}

// Platform is one Slack workspace with the app installed in it, or a whole
// organisation on Enterprise Grid: people and channels have ids of their own
// throughout it.
type Platform struct {
	settings   Settings
	vocabulary chat.Vocabulary
	typing     chat.Typing
	options    Options
	api        *slack.Client
	stagger    time.Duration // between the starts of the connections
	slots      chan struct{} // taken while an act is handled or answered
	openings   openings

	mu       sync.Mutex
	self     identity
	open     []*socket // that Slack has greeted and not closed
	trouble  error     // why the last connection failed
	people   map[string]knownPerson
	groups   map[string][]string // who is in a user group
	channels map[string]string   // "#name" and "@user id" -> channel id
	named    map[string]namedChannel
	answered recent // keys of events whose answer was said
}

var (
	_ chat.Platform   = (*Platform)(nil)
	_ chat.Served     = (*Platform)(nil)
	_ chat.Finder     = (*Platform)(nil)
	_ chat.Editor     = (*Platform)(nil)
	_ chat.Rooms      = (*Platform)(nil)
	_ chat.Pinner     = (*Platform)(nil)
	_ chat.Bookmarker = (*Platform)(nil)
	_ chat.Checker    = (*Platform)(nil)
	_ chat.Connected  = (*Platform)(nil)
	_ chat.Paced      = (*Platform)(nil)
)

// Open reads the section and makes the platform. It asks nothing of Slack.
func Open(section config.Section, v chat.Vocabulary, o Options) (*Platform, config.Problems) {
	var s Settings
	problems := config.Join(section.Decode(&s), s.problems(section))
	if len(problems) > 0 {
		return nil, problems
	}
	if !strings.HasSuffix(s.APIURL, "/") {
		s.APIURL += "/"
	}
	o = o.orDefaults()
	p := &Platform{
		settings: s, vocabulary: v, typing: v.Typing(nil), options: o,
		stagger: 2 * time.Second, slots: make(chan struct{}, 64),
		people: map[string]knownPerson{}, groups: map[string][]string{},
		channels: map[string]string{}, named: map[string]namedChannel{},
	}
	p.api = slack.New(s.BotToken.Reveal(), slack.OptionAppLevelToken(s.AppToken.Reveal()),
		slack.OptionAPIURL(s.APIURL), slack.OptionHTTPClient(o.HTTP))
	return p, nil
}

func (o Options) orDefaults() Options {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.HTTP = cmp.Or(o.HTTP, &http.Client{Timeout: 30 * time.Second, Transport: cmp.Or[http.RoundTripper](o.Transport, guard.Outward()), CheckRedirect: guard.Stay})
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnBadSignature == nil {
		o.OnBadSignature = func() {}
	}
	if o.OnUnreadable == nil {
		o.OnUnreadable = func(kind string, raw []byte, err error) {
			o.Log.Warn("delivery not read", "platform", name, "kind", kind, "bytes", len(raw))
		}
	}
	return o
}

func (s Settings) problems(section config.Section) (all config.Problems) {
	add := func(path, format string, args ...any) {
		all = append(all, section.Problem(path, format, args...))
	}
	if t := s.BotToken; !t.IsZero() && !strings.HasPrefix(t.Reveal(), "xoxb-") {
		add("bot_token", "does not begin with xoxb-; copy the Bot User OAuth Token from the app's page OAuth & Permissions")
	}
	if t := s.AppToken; !t.IsZero() && !strings.HasPrefix(t.Reveal(), "xapp-") {
		add("app_token", "does not begin with xapp-; make an app-level token with connections:write on the app's page Basic Information")
	}
	if t := s.SigningSecret; !t.IsZero() && strings.TrimSpace(t.Reveal()) == "" {
		add("signing_secret", "is blank; copy it from the app's page Basic Information, or leave it out")
	}
	if s.AppToken.IsZero() && s.SigningSecret.IsZero() && !section.Has("app_token") && !section.Has("signing_secret") {
		add("", "has neither app_token nor signing_secret; set app_token for Socket Mode, signing_secret for signed HTTP, or both")
	}
	if s.Team != "" && (!isID(s.Team) || s.Team[0] != 'T') {
		add("team", "is %q, which is not a workspace; copy the T… out of the workspace's address in a browser", s.Team)
	}
	if why := guard.BadAddress(s.APIURL, "https://slack.com/api/"); s.APIURL != "" && why != "" {
		add("api_url", "is %q, which %s", s.APIURL, why)
	}
	return all
}

// Name returns "slack".
func (p *Platform) Name() string { return name }

// Run receives events by Socket Mode, if there is an app-level token, until ctx
// is done. It returns early when a token is refused for good.
func (p *Platform) Run(ctx context.Context, handle chat.Handler) error {
	err := p.introduce(ctx)
	if err == nil {
		p.keepGroups(ctx)
	}
	if err == nil && !p.settings.AppToken.IsZero() {
		err = p.listen(ctx, handle)
	}
	if err == nil {
		<-ctx.Done()
	}
	p.finish()
	return err
}

// introduce asks Slack who the bot is until it knows.
func (p *Platform) introduce(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		self, err := p.whoami(ctx)
		switch {
		case err == nil:
			p.options.Log.Info("connected to workspace", "platform", name, "team", self.team, "user", self.user)
			return nil
		case ctx.Err() != nil:
			return nil
		case fatal(err):
			return refusal("auth.test", err)
		}
		p.options.Log.Warn("cannot ask who the bot is", "platform", name, "err", err)
		sleep(ctx, max(wait, retryAfter(err)))
	}
}

// background does f beside the rest. It waits when too much is under way.
func (p *Platform) background(f func()) {
	p.slots <- struct{}{}
	go func() {
		defer func() { <-p.slots }()
		f()
	}()
}

// finish waits a little for what is under way: nothing is, when every slot is free.
func (p *Platform) finish() {
	enough := time.After(3 * time.Second)
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
	case len(p.open) > 0:
		return nil
	case !p.settings.SigningSecret.IsZero() && p.self.user != "":
		return nil
	case p.trouble != nil:
		return fmt.Errorf("slack is not connected: %w", p.trouble)
	case p.self.user == "":
		return fmt.Errorf("slack has not yet accepted the bot token")
	default:
		return fmt.Errorf("slack has no Socket Mode connection yet")
	}
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
