package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// An act is an event and how its answer can reach the person.
type act struct {
	chat.Event
	via   via
	on    bool       // it was done on a message, which needs no answer of its own
	asked string     // answer with this question instead of running the line
	yes   string     // what agreeing is called
	shown *chat.Form // the form that was filled, or is to be opened again
}

type via int

const (
	byCommand via = iota
	byForm
	byClick
	byYes     // to a question, in whose place the answer goes
	byMessage // a mention or a reaction: nobody waits, and only a message can answer
)

// interaction is every kind of interaction at once, as far as it is used: unknown
// and odd parts of a payload then spoil nothing.
type interaction struct {
	ID        string  `json:"id"`
	Type      int     `json:"type"`
	Token     string  `json:"token"`
	GuildID   string  `json:"guild_id"`
	ChannelID string  `json:"channel_id"`
	Channel   channel `json:"channel"`
	Member    *member `json:"member"`
	User      user    `json:"user"`
	Message   message `json:"message"`
	Data      struct {
		Name       string   `json:"name"`
		Type       int      `json:"type"`
		TargetID   string   `json:"target_id"`
		Options    []option `json:"options"`
		CustomID   string   `json:"custom_id"`
		Values     []string `json:"values"`
		Components []input  `json:"components"`
		Resolved   struct {
			Users    map[string]user    `json:"users"`
			Members  map[string]member  `json:"members"`
			Messages map[string]message `json:"messages"`
		} `json:"resolved"`
	} `json:"data"`
}

// option is one option of a command, or a sub-command with its own.
type option struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []option        `json:"options"`
}

// text is the value, whatever its type: a switch that is off says nothing.
func (o option) text() string {
	var v any
	_ = json.Unmarshal(o.Value, &v) // it was part of what was decoded
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
	}
	return ""
}

// input is one component of a filled form, whatever is around it.
type input struct {
	Type       int             `json:"type"`
	CustomID   string          `json:"custom_id"`
	Value      json.RawMessage `json:"value"`
	Values     []string        `json:"values"`
	Component  *input          `json:"component"`
	Components []input         `json:"components"`
}

// message is a message as far as it is used.
type message struct {
	ID         string    `json:"id"`
	ChannelID  string    `json:"channel_id"`
	GuildID    string    `json:"guild_id"`
	Type       int       `json:"type"`
	Flags      int       `json:"flags"`
	Author     user      `json:"author"`
	Member     *member   `json:"member"` // without the user
	WebhookID  string    `json:"webhook_id"`
	Content    string    `json:"content"`
	Mentions   []user    `json:"mentions"`
	Pinned     bool      `json:"pinned"`
	Components []shown   `json:"components"`
	Reactions  []reacted `json:"reactions"`
}

// shown is a component of a message that is there.
type shown struct {
	Type       int     `json:"type"`
	ID         int64   `json:"id"`
	CustomID   string  `json:"custom_id"`
	Label      string  `json:"label"`
	Content    string  `json:"content"`
	Components []shown `json:"components"`
}

type reacted struct {
	Emoji emoji `json:"emoji"`
}

type emoji struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

var errUnreadable = errors.New("it is not what Discord documents")

// readInteraction reads what Discord delivered. What cannot be read is reported.
func (p *Platform) readInteraction(data []byte) (d interaction, ok bool) {
	err := lenient(data, &d)
	if err == nil && (d.ID == "" || d.Type < 1 || d.Type > int(discordgo.InteractionModalSubmit)) {
		err = errUnreadable
	}
	if err != nil {
		p.options.OnUnreadable("interaction", data, err)
	}
	return d, err == nil
}

// understand is the only place that knows the kinds of interactions. Nil is one
// that means nothing here.
func (p *Platform) understand(ctx context.Context, d interaction) *act {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	p.meetMembers(d)
	switch {
	case discordgo.InteractionType(d.Type) == discordgo.InteractionApplicationCommand && d.Data.TargetID != "":
		return p.shortcut(ctx, d)
	case discordgo.InteractionType(d.Type) == discordgo.InteractionApplicationCommand:
		return p.slash(ctx, d)
	case discordgo.InteractionType(d.Type) == discordgo.InteractionMessageComponent:
		return p.control(ctx, d)
	case discordgo.InteractionType(d.Type) == discordgo.InteractionModalSubmit:
		return p.submission(ctx, d)
	}
	return nil
}

// interacted is an act without what it says.
func (p *Platform) interacted(ctx context.Context, d interaction, v via) *act {
	by, unsure := p.actor(ctx, d)
	a := &act{via: v, on: d.Message.ID != "", Event: chat.Event{Key: key(d.ID), By: by, Unsure: unsure, Place: p.placeOf(d),
		At: timeOf(d.ID, p.options.Now())}}
	if a.Place.Thread == "" {
		a.Event.Channel = d.Channel.Name
	}
	return a
}

// actor is who did it. A member of another server, or somebody in private, is
// looked for in this one.
func (p *Platform) actor(ctx context.Context, d interaction) (who chat.Person, unsure bool) {
	if d.Member != nil && d.GuildID == p.settings.Guild {
		return p.met(d.Member.User, d.Member), false
	}
	u := d.User
	if d.Member != nil {
		u = d.Member.User
	}
	return p.acting(ctx, u)
}

func (p *Platform) placeOf(d interaction) chat.Place {
	if d.Channel.isThread() && d.Channel.ParentID != "" {
		p.guild.addThread(d.ChannelID, d.Channel.ParentID)
		return chat.Place{Platform: name, Channel: d.Channel.ParentID, Thread: d.ChannelID}
	}
	return chat.Place{Platform: name, Channel: d.ChannelID}
}

func (p *Platform) slash(ctx context.Context, d interaction) *act {
	words, options := []string{d.Data.Name}, d.Data.Options
	for len(options) == 1 && options[0].Type <= int(discordgo.ApplicationCommandOptionSubCommandGroup) {
		words, options = append(words, options[0].Name), options[0].Options
	}
	entry, known := p.commands.entries[strings.Join(words, " ")]
	if !known {
		return nil
	}
	a := p.interacted(ctx, d, byCommand)
	a.Line = entry.line
	for _, o := range options {
		value := o.text()
		switch {
		case value == "":
		case entry.free:
			line, people := p.read(ctx, value, d.Data.Resolved.Users)
			a.Line = p.commands.spoken(d.Data.Name + " " + strings.TrimPrefix(line, "/"))
			a.People = people
		case o.Type == int(discordgo.ApplicationCommandOptionUser):
			a.name(o.Name, p.somebody(ctx, a, value))
		default:
			text, people := p.read(ctx, value, d.Data.Resolved.Users)
			a.know(people)
			a.name(o.Name, text)
		}
	}
	return a
}

// name gives an argument by its name.
func (a *act) name(argument, value string) {
	if a.Named == nil {
		a.Named = map[string]string{}
	}
	a.Named[argument] = value
}

func (a *act) know(people map[string]chat.Person) {
	for called, who := range people {
		if a.People == nil {
			a.People = map[string]chat.Person{}
		}
		a.People[called] = who
	}
}

// somebody is a person who was picked, as @called, or, where no word can stand
// for them, by their key.
func (p *Platform) somebody(ctx context.Context, a *act, id string) string {
	who, called := p.called(ctx, id)
	if other, taken := a.People[called]; called == "" || taken && other.ID != who.ID {
		return who.Key()
	}
	a.know(map[string]chat.Person{called: who})
	return "@" + called
}

func (p *Platform) shortcut(ctx context.Context, d interaction) *act {
	line, known := p.commands.shortcuts[d.Data.Name]
	m, given := d.Data.Resolved.Messages[d.Data.TargetID]
	if !known || !given {
		return nil
	}
	a := p.interacted(ctx, d, byCommand)
	a.Line, a.About = line, p.postOf(ctx, a.Place, m)
	return a
}

func (p *Platform) control(ctx context.Context, d interaction) *act {
	does, line := lineOf(d.Data.CustomID)
	a := p.interacted(ctx, d, byClick)
	a.Line = line
	if d.Message.ID != "" && d.Message.Flags&int(discordgo.MessageFlagsEphemeral) == 0 {
		a.About = p.postOf(ctx, a.Place, d.Message)
	}
	switch does {
	case runs:
	case agrees:
		a.via, a.About = byYes, nil
	case asks:
		a.asked, a.yes = p.question(line), label(d.Message.Components, d.Data.CustomID)
	case menus:
		a.Line += " " + strings.Join(d.Data.Values, ",")
	case people:
		for _, id := range d.Data.Values {
			a.Line += " " + p.somebody(ctx, a, id)
		}
	case reopens:
		token, line, _ := strings.Cut(line, ":")
		a.Line = line
		if f, kept := p.form(token); kept {
			a.shown, a.Place, a.About = &f, f.Place, f.About
		}
	default:
		return nil
	}
	if a.Line == "" && a.shown == nil {
		return nil
	}
	return a
}

// label is what stands on a button.
func label(all []shown, id string) string {
	for _, c := range all {
		if c.CustomID == id {
			return c.Label
		}
		if found := label(c.Components, id); found != "" {
			return found
		}
	}
	return ""
}

func (p *Platform) submission(ctx context.Context, d interaction) *act {
	a := p.interacted(ctx, d, byForm)
	f, about, ok := p.filledForm(d.Data.CustomID)
	if !ok {
		return nil
	}
	a.Line, a.About, a.shown = f.Line, f.About, &f
	if !f.Place.IsZero() {
		a.Place = f.Place
	}
	if a.About == nil && about != "" {
		a.About = p.fetch(ctx, a.Place, about)
	}
	a.Values = map[string]string{}
	p.fill(ctx, a, d, d.Data.Components)
	return a
}

// fill reads the fields of a form, however deep they stand. A component that
// nobody here knows gives nothing.
func (p *Platform) fill(ctx context.Context, a *act, d interaction, all []input) {
	for _, in := range all {
		if in.Component != nil {
			p.fill(ctx, a, d, []input{*in.Component})
		}
		p.fill(ctx, a, d, in.Components)
		field, ours := strings.CutPrefix(in.CustomID, fieldPrefix)
		switch {
		case !ours:
		case in.Type == int(discordgo.UserSelectMenuComponent):
			a.Values[field] = ""
			for _, id := range in.Values {
				a.Values[field] = p.somebody(ctx, a, id)
			}
		case in.Values != nil:
			a.Values[field] = strings.Join(in.Values, ",")
		default:
			text, people := p.read(ctx, option{Value: in.Value}.text(), d.Data.Resolved.Users)
			a.know(people)
			a.Values[field] = text
		}
	}
}

// postOf is a message as an event refers to it.
func (p *Platform) postOf(ctx context.Context, where chat.Place, m message) *chat.Post {
	by := chat.Person{Platform: name, ID: m.Author.ID, Name: chat.Clean(cmp.Or(m.Author.GlobalName, m.Author.Username))}
	if !m.Author.Bot && isID(m.Author.ID) {
		by = p.lookUp(ctx, m.Author)
	}
	return &chat.Post{Ref: chat.Ref{Place: where, ID: m.ID}, By: by, Text: m.text(p), At: timeOf(m.ID, time.Time{}),
		Link: p.linkTo(cmp.Or(where.Thread, where.Channel)) + "/" + m.ID}
}

// text is what a message says, plain: of the bot's own, what its components say.
func (m message) text(p *Platform) string {
	if m.Content != "" {
		return p.plain(m.Content, m.Mentions)
	}
	return strings.TrimSpace(unescaped(said(m.Components)))
}

func said(all []shown) string {
	var texts []string
	for _, c := range all {
		texts = append(texts, c.Content, said(c.Components))
	}
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n")
}

func key(id string) string { return name + ":" + id }
