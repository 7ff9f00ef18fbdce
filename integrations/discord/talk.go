package discord

import (
	"context"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// reads is how a message is read, nil for one of which nothing comes.
func (p *Platform) reads(m message) reading {
	switch {
	case p.concerns(m):
		return func(ctx context.Context) (*act, error) {
			a := p.said(ctx, m)
			a.Line = p.commands.spoken(a.Line)
			return a, nil
		}
	case p.overhears(m):
		return func(ctx context.Context) (*act, error) { return p.overheard(ctx, m) }
	}
	return nil
}

// concerns says whether a message is for the bot: it is mentioned, or written to
// in private.
func (p *Platform) concerns(m message) bool {
	_, mentioned := afterMention(m.Content, p.known())
	private := m.GuildID == "" && m.Content != ""
	return (mentioned && m.GuildID == p.settings.Guild || private) && p.human(m)
}

// human says whether a person wrote a message, by hand.
func (p *Platform) human(m message) bool {
	t := discordgo.MessageType(m.Type)
	return !m.Author.Bot && m.WebhookID == "" && m.Author.ID != "" && m.Author.ID != p.known() &&
		(t == discordgo.MessageTypeDefault || t == discordgo.MessageTypeReply)
}

// said is a line that was typed to the bot.
func (p *Platform) said(ctx context.Context, m message) *act {
	text, mentioned := afterMention(m.Content, p.known())
	if !mentioned {
		text = m.Content
	}
	known := map[string]user{}
	for _, u := range m.Mentions {
		known[u.ID] = u
		if m.GuildID == p.settings.Guild && u.Member != nil {
			p.met(u, u.Member)
		}
	}
	where := p.place(ctx, m.ChannelID, m.GuildID)
	line, people := p.read(ctx, text, known)
	by, unsure := p.author(ctx, m)
	return &act{via: byMessage, Event: chat.Event{Key: key(m.ID), By: by, Unsure: unsure, Place: where, Line: strings.TrimSpace(line), People: people,
		Alone: m.GuildID == "", At: timeOf(m.ID, p.options.Now())}}
}

// author is who wrote a message. Histories do not say whether they are still here.
func (p *Platform) author(ctx context.Context, m message) (by chat.Person, unsure bool) {
	if m.GuildID == p.settings.Guild && m.Member != nil {
		return p.met(m.Author, m.Member), false
	}
	return p.acting(ctx, m.Author)
}
