package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// The kinds of envelopes, in the words of Socket Mode.
const (
	kindSlash       = "slash_commands"
	kindEvents      = "events_api"
	kindInteractive = "interactive"
)

// errUnreadable is what a payload gives that is not what Slack documents.
var errUnreadable = errors.New("the payload cannot be read")

// errUnknown is what a payload gives that Slack may well document, by now.
var errUnknown = errors.New("nothing is known of such a payload")

// An act is an event and how its answer can reach the person.
type act struct {
	chat.Event
	via     via
	trigger string   // opens one form, within three seconds
	blocks  []string // of the form: the ids of its inputs, in order
	late    bool     // nobody reads what the acknowledgement carries any more
	home    bool     // it was done on the home tab, which is drawn anew
	hash    string   // of the home tab that was seen, or of the form that was changed
	view    string   // the id of that form

	suggested json.RawMessage // the acknowledgement of a suggestion
}

type via int

const (
	bySlash      via = iota // the acknowledgement carries the answer
	byForm                  // the acknowledgement closes the form or shows what is wrong in it
	byClick                 // a button or a shortcut: nothing of it is delivered again
	byMessage               // a mention or a reaction: delivered again until it is acknowledged
	byHome                  // the home tab was opened: the same, and the answer is drawn on it
	byDraft                 // a field of an open form was changed: the form is drawn anew
	bySuggestion            // somebody types into a field: answered by what is proposed
)

// decode reads what Slack delivered. Nil is an act that means nothing here. Parts
// of another shape than expected spoil nothing, unless nothing comes of the rest.
func (p *Platform) decode(ctx context.Context, kind string, payload []byte) (*act, error) {
	var d delivered
	odd := json.Unmarshal(payload, &d)
	var shape *json.UnmarshalTypeError
	if odd != nil && !errors.As(odd, &shape) {
		return nil, fmt.Errorf("%w: %v", errUnreadable, odd)
	}
	a, err := p.understand(ctx, kind, d)
	if a == nil && err == nil && shape != nil && d.meant(kind) {
		return nil, fmt.Errorf("%w: %s is a %s", errUnknown, shape.Field, shape.Value)
	}
	return a, err
}

// meant says whether acts come of such payloads.
func (d delivered) meant(kind string) bool {
	return kind != kindEvents || d.Event.Type == "message" || slices.Contains(events, d.Event.Type)
}

// understand is the only place that knows Slack's kinds of events.
func (p *Platform) understand(ctx context.Context, kind string, d delivered) (*act, error) {
	if kind != kindEvents { // somebody waits for a form or an answer
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lookUpTime)
		defer cancel()
	}
	switch {
	case kind == kindSlash:
		return p.slash(ctx, d), nil
	case kind == kindEvents && d.Type == "app_rate_limited":
		p.options.Log.Warn("Slack drops events: more than 30,000 in an hour", "platform", name)
		return nil, nil
	case kind == kindEvents && d.Event.Type == "app_mention":
		return p.mention(ctx, d)
	case kind == kindEvents && d.Event.Type == "reaction_added":
		return p.reaction(ctx, d)
	case kind == kindEvents && d.Event.Type == "app_home_opened":
		return p.homeOpened(ctx, d)
	case kind == kindEvents && d.Event.Type == "message" && d.Event.Kind == "im":
		return p.direct(ctx, d)
	case kind == kindEvents && d.Event.Type == "message":
		return p.overheard(ctx, d)
	case kind == kindEvents && isRoomEvent(d.Event.Type):
		return p.roomEvent(ctx, d)
	case kind == kindInteractive && d.Type == "block_suggestion":
		return p.suggest(ctx, d), nil
	case kind == kindInteractive && d.Type == "block_actions" && d.isForm():
		return p.changed(ctx, d)
	case kind == kindInteractive && d.Type == "block_actions":
		return p.button(ctx, d), nil
	case kind == kindInteractive && d.Type == "message_action":
		return p.shortcut(ctx, d), nil
	case kind == kindInteractive && d.Type == "view_submission":
		return p.submission(ctx, d)
	case kind == kindEvents && d.Type == "event_callback" && d.Event.Type != "",
		kind == kindInteractive && slices.Contains(unused, d.Type):
		return nil, nil
	}
	return nil, fmt.Errorf("%w: %s of type %q", errUnknown, kind, d.Type)
}

// unused are the kinds of interactions that mean nothing here.
var unused = []string{"view_closed", "shortcut", "interactive_message", "dialog_submission"}

func (p *Platform) slash(ctx context.Context, d delivered) *act {
	if d.UserID == "" || d.TriggerID == "" {
		return nil // Slack's own test of the address
	}
	text, people := p.read(ctx, d.Text)
	// Slack has slash commands for its installation only, in shared channels, too.
	by, _, _ := p.actor(ctx, d.UserID, d.UserName, origin{team: d.TeamID, inside: true})
	return &act{via: bySlash, trigger: d.TriggerID, Event: chat.Event{
		Key:     d.key(d.TriggerID),
		By:      by,
		Place:   d.in(place(d.ChannelID, "", "")),
		Channel: d.ChannelName,
		Line:    p.spoken("/" + strings.TrimPrefix(d.Command, "/") + " " + text),
		People:  people,
		At:      p.options.Now().UTC(),
	}}
}

func (p *Platform) mention(ctx context.Context, d delivered) (*act, error) {
	e := d.Event
	if e.BotID != "" || e.User == "" || d.EventID == "" || e.User == p.known().user {
		return nil, nil
	}
	by, unsure, err := p.actor(ctx, e.User, "", origin{team: e.homeTeam(), inside: d.inside()})
	if err != nil {
		return nil, err
	}
	text, people := p.read(ctx, afterMention(e.Text, p.known().user))
	return &act{via: byMessage, Event: chat.Event{
		Key:    d.key(d.EventID),
		By:     by,
		Unsure: unsure,
		Place:  place(string(e.Channel), e.ThreadTS, ""),
		Line:   strings.TrimSpace(text),
		People: people,
		At:     timeOf(e.TS, p.options.Now()),
	}}, nil
}

// direct is a line that somebody typed to the bot, in private. Of what is edited or
// deleted there, and of files without words, nothing comes.
func (p *Platform) direct(ctx context.Context, d delivered) (*act, error) {
	e := d.Event
	if e.Subtype != "" || e.BotID != "" || e.User == "" || e.User == p.known().user || strings.TrimSpace(e.Text) == "" || d.EventID == "" {
		return nil, nil
	}
	by, unsure, err := p.actor(ctx, e.User, "", origin{team: e.homeTeam(), inside: d.inside()})
	if err != nil {
		return nil, err
	}
	text := e.Text
	if self := p.known().user; self != "" && strings.Contains(text, "<@"+self) {
		text = afterMention(text, self)
	}
	line, people := p.read(ctx, text)
	where := place(string(e.Channel), e.ThreadTS, e.TS)
	return &act{via: byMessage, Event: chat.Event{
		Key:    d.key(d.EventID),
		By:     by,
		Unsure: unsure,
		Place:  chat.Place{Platform: name, Direct: e.User, Thread: where.Thread},
		Line:   p.spoken(line),
		People: people,
		Alone:  true,
		At:     timeOf(e.TS, p.options.Now()),
	}}, nil
}

// spoken is a line with the word of a slash command in the bot's own words.
func (p *Platform) spoken(line string) string {
	typed, ok := strings.CutPrefix(strings.TrimSpace(line), "/")
	if !ok {
		return strings.TrimSpace(line)
	}
	word, rest, _ := strings.Cut(typed, " ")
	if i := slices.IndexFunc(p.vocabulary.Slash, func(s chat.Slash) bool { return s.Name == word }); i >= 0 {
		word = p.vocabulary.Slash[i].Line
	}
	return strings.TrimSpace(word + " " + rest)
}

// afterMention is what follows the mention of the bot, or of whomever is
// mentioned first while the bot does not know its own id.
func afterMention(text, self string) string {
	mark := "<@" + self
	if self == "" || !strings.Contains(text, mark) {
		mark = "<@"
	}
	_, rest, found := strings.Cut(text, mark)
	if !found {
		return text
	}
	_, rest, _ = strings.Cut(rest, ">")
	return strings.TrimLeft(rest, " :,\u00a0")
}

func (p *Platform) reaction(ctx context.Context, d delivered) (*act, error) {
	e := d.Event
	emoji, _, _ := strings.Cut(e.Reaction, "::") // a skin tone changes nothing
	line, known := p.vocabulary.Reactions[emoji]
	if !known || e.Item.Type != "message" || e.User == "" || d.EventID == "" || e.User == p.known().user {
		return nil, nil
	}
	by, unsure, err := p.actor(ctx, e.User, "", origin{inside: d.inside()})
	switch {
	case err != nil:
		return nil, err
	case p.isBot(e.User):
		return nil, nil
	}
	about, err := p.fetch(ctx, e.Item.Channel, e.Item.TS, e.ItemUser)
	if err != nil {
		return nil, err
	}
	return &act{via: byMessage, Event: chat.Event{
		Key:    d.key(d.EventID),
		By:     by,
		Unsure: unsure,
		Place:  about.Place,
		Line:   line,
		About:  about,
		Quiet:  true,
		At:     timeOf(e.EventTS, p.options.Now()),
	}}, nil
}

func (p *Platform) button(ctx context.Context, d delivered) *act {
	if len(d.Actions) == 0 || d.User.ID == "" {
		return nil
	}
	line, people := d.Actions[0].line(ctx, p)
	if line == "" {
		return nil
	}
	where := d.in(place(d.channel(), cmp.Or(d.Message.ThreadTS, d.Container.ThreadTS), d.Message.TS))
	a := d.interaction(ctx, p, byClick)
	a.Place, a.Line, a.People = where, line, people
	if a.home = d.View.Type == "home"; a.home {
		a.Place, a.hash = chat.Place{Platform: name, Direct: a.By.ID}, d.View.Hash
	}
	clicked := cmp.Or(d.Actions[0].ActionTS, d.ActionTS)
	a.At = timeOf(clicked, p.options.Now())
	if d.TriggerID == "" { // in a workflow
		a.Key = d.key(d.User.ID + "." + clicked)
	}
	if d.Message.TS != "" && !d.Container.IsEphemeral {
		a.About = p.postOf(where, d.Message)
	}
	return a
}

func (p *Platform) shortcut(ctx context.Context, d delivered) *act {
	i := slices.IndexFunc(p.vocabulary.Shortcuts, func(s chat.Shortcut) bool { return s.ID == d.CallbackID })
	if i < 0 || d.User.ID == "" || d.TriggerID == "" {
		return nil
	}
	where := place(d.channel(), d.Message.ThreadTS, d.Message.TS)
	a := d.interaction(ctx, p, byClick)
	a.Place, a.Line = d.in(where), p.vocabulary.Shortcuts[i].Line
	a.At = timeOf(d.ActionTS, p.options.Now())
	if d.Message.TS != "" { // the message may stand in a conversation of others
		a.About = p.postOf(where, d.Message)
		a.About.By = p.lookUp(ctx, cmp.Or(d.Message.User, d.Message.BotID), "")
		a.About.Link = p.link(ctx, d.channel(), d.Message.TS)
	}
	return a
}

func (p *Platform) submission(ctx context.Context, d delivered) (*act, error) {
	if !d.isForm() || d.User.ID == "" || d.TriggerID == "" {
		return nil, nil
	}
	return p.ofForm(ctx, d)
}

// ofForm is an act on a form, with what is filled in.
func (p *Platform) ofForm(ctx context.Context, d delivered) (*act, error) {
	kept, err := unpack(d.View.PrivateMetadata)
	if err != nil {
		return nil, err
	}
	a := d.interaction(ctx, p, byForm)
	a.home = d.View.CallbackID == homeFormID
	a.Line, a.Place, a.About = kept.Line, kept.Place, kept.About
	a.At = p.options.Now().UTC()
	a.Values, a.People = p.filled(ctx, d.View.State.Values)
	for _, b := range d.View.Blocks {
		if b.Type == "input" {
			a.blocks = append(a.blocks, b.BlockID)
		}
	}
	return a, nil
}

func (d delivered) interaction(ctx context.Context, p *Platform, v via) *act {
	by, unsure, _ := p.actor(ctx, d.User.ID, cmp.Or(d.User.Name, d.User.Username), origin{team: d.User.TeamID})
	return &act{via: v, trigger: d.TriggerID, Event: chat.Event{Key: d.key(d.TriggerID), By: by, Unsure: unsure, Channel: d.Channel.Name}}
}

func (p *Platform) postOf(where chat.Place, m message) *chat.Post {
	return &chat.Post{
		Ref:  chat.Ref{Place: where, ID: m.TS},
		By:   p.person(cmp.Or(m.User, m.BotID), m.Username),
		Text: plain(m.Text),
		At:   timeOf(m.TS, time.Time{}),
	}
}

// place is where a message stands: in its thread, unless it is the one the
// thread hangs on.
func place(channel, thread, ts string) chat.Place {
	if thread == ts {
		thread = ""
	}
	return chat.Place{Platform: name, Channel: channel, Thread: thread}
}
