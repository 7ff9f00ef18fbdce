package discord

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

const (
	handleTime = 30 * time.Second // how long an act may take before it has failed
	deferAfter = 2 * time.Second  // of the three that Discord waits
	saidKept   = 10 * time.Minute
	ephemeral  = int(discordgo.MessageFlagsEphemeral)
)

// A response is the first answer to an interaction.
type response struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// offerChoices is what answers while somebody types.
const offerChoices = discordgo.InteractionApplicationCommandAutocompleteResult

// A responder sends the first answer; nil says that there is none to send.
type responder func(context.Context, *response) error

// A conversation is an interaction and the way back to the person.
type conversation struct {
	*Platform
	*act
	token    string
	respond  responder
	deferred bool
}

// interact handles an interaction, on whichever transport it came, and answers
// within three seconds: when the handler takes longer, with a deferral.
func (p *Platform) interact(ctx context.Context, d interaction, handle chat.Handler, respond responder) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	late := time.NewTimer(deferAfter)
	defer late.Stop()
	if discordgo.InteractionType(d.Type) == discordgo.InteractionApplicationCommandAutocomplete {
		p.report(respond(ctx, &response{offerChoices, map[string]any{"choices": p.propose(ctx, d)}}), d)
		return
	}
	if !p.first(key(d.ID)) {
		_ = respond(ctx, nil) // it is answered, or will be, where it came first
		return
	}
	c := &conversation{Platform: p, act: p.understand(ctx, d), token: d.Token, respond: respond}
	switch {
	case c.act == nil:
		p.options.Log.Warn("interaction means nothing here", "platform", name, "event", key(d.ID), "type", d.Type)
		c.act = p.interacted(ctx, d, byClick)
		c.tell(ctx, chat.Message{Text: "This has expired. Say the command again to get a new form or button."})
		return
	case c.asked != "":
		c.tell(ctx, chat.Message{Text: chat.Plain(c.asked)}, row(component{Type: discordgo.ButtonComponent, Style: dangerButton,
			Label: cmp.Or(c.yes, "Yes"), CustomID: agrees + ":" + c.Line}))
		return
	case c.shown != nil && c.via == byClick:
		p.report(c.open(ctx, *c.shown), d)
		return
	}
	done := make(chan handled, 1)
	go func() { done <- p.handled(ctx, c.Event, handle) }()
	select {
	case h := <-done:
		c.answer(ctx, h)
	case <-late.C:
		err := c.postpone(ctx)
		p.report(err, d)
		if h := <-done; code(err) != alreadyAnswered { // else another replica answers
			c.answer(ctx, h)
		}
	}
}

func (p *Platform) report(err error, d interaction) {
	if err != nil && code(err) != alreadyAnswered {
		p.options.Log.Warn("interaction not answered", "platform", name, "event", key(d.ID), "err", err)
	}
}

// handled is what the handler made of an act.
type handled struct {
	reply chat.Reply
	err   error
}

var errPanicked = errors.New("the handler panicked")

func (p *Platform) handled(ctx context.Context, e chat.Event, handle chat.Handler) (h handled) {
	h.err = errPanicked
	ctx, cancel := context.WithTimeout(ctx, handleTime)
	defer cancel()
	if e.Channel == "" {
		e.Channel, _ = p.guild.nameOf(e.Place.Channel)
	}
	p.guarded("handler", func() { h.reply, h.err = handle(ctx, e) })
	return h
}

// answer does what the handler wants of the conversation.
func (c *conversation) answer(ctx context.Context, h handled) {
	r := h.reply
	switch {
	case h.err != nil:
		c.options.Log.Error("event not handled", "platform", name, "event", c.Key, "err", h.err)
		c.tell(ctx, unknown)
	case r.Form != nil && (c.via == byForm || c.deferred):
		c.tell(ctx, invitation(*r.Form), c.opener(*r.Form))
	case r.Form != nil:
		if err := c.open(ctx, *r.Form); err != nil {
			c.options.Log.Warn("form not opened", "platform", name, "event", c.Key, "err", err)
			_ = c.whisper(ctx, c.act, invitation(*r.Form), c.opener(*r.Form))
		}
	case len(r.Problems) > 0 && c.shown != nil:
		filled := c.refilled()
		c.tell(ctx, wrong(filled, r.Problems), c.opener(filled))
	case r.Message.IsZero() || r.Public:
		c.nothing(ctx)
	default:
		c.tell(ctx, r.Message)
	}
}

var unknown = chat.Message{Tone: chat.Danger, Text: "It is not known whether this worked. Look first, then try again."}

// postpone says that the answer takes a moment. On a message that needs no sign;
// elsewhere the person alone sees that the bot thinks.
func (c *conversation) postpone(ctx context.Context) error {
	c.deferred = true
	if c.on {
		return c.respond(ctx, &response{Type: discordgo.InteractionResponseDeferredMessageUpdate})
	}
	return c.respond(ctx, &response{discordgo.InteractionResponseDeferredChannelMessageWithSource, map[string]int{"flags": ephemeral}})
}

// nothing ends an interaction of which everything was said already. Discord wants
// an answer all the same: a sign that the bot thinks is given and taken back.
func (c *conversation) nothing(ctx context.Context) {
	if c.via == byYes {
		c.tell(ctx, chat.Message{Text: "Done."})
		return
	}
	var err error
	if !c.deferred {
		err = c.postpone(ctx)
	}
	if err == nil && !c.on {
		err = patiently(ctx, func() error {
			return refusal("", c.call(ctx, request{method: http.MethodDelete, path: c.original(), open: true}, nil))
		})
	}
	if err != nil && code(err) != alreadyAnswered {
		c.options.Log.Warn("interaction not ended", "platform", name, "event", c.Key, "err", err)
	}
}

func (c *conversation) webhook() string {
	return "/webhooks/" + c.settings.ApplicationID + "/" + c.token
}

func (c *conversation) original() string { return c.webhook() + "/messages/@original" }

// tell says m to the person alone; where Discord no longer takes an answer, in a
// direct message.
func (c *conversation) tell(ctx context.Context, m chat.Message, more ...component) {
	l := c.render(m, "", more...)
	err := c.deliver(ctx, l)
	if err == nil || code(err) == alreadyAnswered {
		return
	}
	c.options.Log.Warn("interaction not answered", "platform", name, "event", c.Key, "err", err)
	_ = c.whisper(ctx, c.act, m, more...)
}

// deliver sends a letter in the way that is still open. Files go with what follows
// a deferral.
func (c *conversation) deliver(ctx context.Context, l letter) error {
	if !c.deferred && len(l.files) == 0 {
		if c.via == byYes {
			return c.respond(ctx, &response{discordgo.InteractionResponseUpdateMessage, l})
		}
		l.Flags |= ephemeral
		return c.respond(ctx, &response{discordgo.InteractionResponseChannelMessageWithSource, l})
	}
	if !c.deferred {
		if err := c.postpone(ctx); err != nil {
			return err
		}
	}
	r := request{method: http.MethodPatch, path: c.original(), files: l.files, open: true}
	if c.on && c.via != byYes {
		r.method, r.path = http.MethodPost, c.webhook()
		l.Flags |= ephemeral
	}
	r.body = l
	return patiently(ctx, func() error { return refusal(chat.Posting, c.call(ctx, r, nil)) })
}

// open shows a form.
func (c *conversation) open(ctx context.Context, f chat.Form) error {
	return c.respond(ctx, &response{discordgo.InteractionResponseModal, c.modal(f)})
}

// opener is a row with a button that opens the form, for acts that cannot open one.
func (c *conversation) opener(f chat.Form) component { return c.Platform.opener(f) }

func (p *Platform) opener(f chat.Form) component {
	id := reopens + ":" + p.keepForm(f) + ":"
	if len(id)+len(f.Line) <= longestCustomID {
		id += f.Line
	}
	return row(component{Type: discordgo.ButtonComponent, Style: successButton, Label: "Open the form", CustomID: id})
}

func invitation(f chat.Form) chat.Message {
	return chat.Message{Text: chat.Textf("`%s` needs a few more words.", f.Line)}
}

// first says whether an act is taken for the first time since the start.
func (p *Platform) first(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answered.add(key, time.Now())
}

// again lets an act be taken once more.
func (p *Platform) again(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.answered.young, key)
	delete(p.answered.old, key)
}

// recent remembers keys for at least saidKept.
type recent struct {
	young, old map[string]bool
	since      time.Time // when young was begun
}

// add says whether the key is new.
func (r *recent) add(key string, now time.Time) bool {
	if r.young == nil || now.Sub(r.since) > saidKept {
		r.young, r.old, r.since = map[string]bool{}, r.young, now
	}
	if r.young[key] || r.old[key] {
		return false
	}
	r.young[key] = true
	return true
}

// whisper says m to the person alone, in a direct message. Who takes none is told
// in the channel that there is something to hear, and no more. The error is logged.
func (p *Platform) whisper(ctx context.Context, a *act, m chat.Message, more ...component) error {
	err := patiently(ctx, func() error { return p.postDirect(ctx, a.By.ID, m, a.Key, more...) })
	if code(err) == closedToUs && a.Place.Channel != "" && !a.Quiet {
		m := chat.Message{Text: chat.Textf("%s, the answer is for you alone, and you take no direct messages from this server. Say it with a slash command.", a.By)}
		_, err = p.Post(ctx, a.Place, m, a.Key+" closed")
	}
	if err != nil {
		p.options.Log.Error("answer not said", "platform", name, "event", a.Key, "err", err)
	}
	return err
}

func (p *Platform) postDirect(ctx context.Context, who string, m chat.Message, id string, more ...component) error {
	to, err := p.direct(ctx, who)
	if err != nil {
		return err
	}
	l := p.render(m, id, more...)
	return refusal(chat.Posting, p.call(ctx, request{method: http.MethodPost, path: "/channels/" + to + "/messages", body: l, files: l.files}, nil))
}

// notYet is what Discord says of an answer that has not reached it.
var notYet = []int{unknownWebhook, unknownMessage, unknownInteraction}

// patiently tries again what Discord was too busy for, or not ready.
func patiently(ctx context.Context, f func() error) error {
	err := f()
	for range 4 {
		var e *chat.SendError
		if !errors.As(err, &e) || ctx.Err() != nil || !slices.Contains(notYet, code(err)) && (!e.Retry || e.Unknown) {
			break
		}
		sleep(ctx, max(e.After, 300*time.Millisecond))
		err = f()
	}
	return err
}
