package discord

import (
	"context"
	"errors"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// intentsOf are what the connection asks for. What people say to each other Discord
// tells only with a privileged intent, which is asked for where the bot listens.
func intentsOf(v chat.Vocabulary) discordgo.Intent {
	if v.Overhear == nil {
		return intents
	}
	return intents | discordgo.IntentMessageContent
}

// overhears says whether a message may be one that the bot listens for, as far as
// that can be told without asking Discord.
func (p *Platform) overhears(m message) bool {
	hear := p.vocabulary.Overhear
	if hear == nil || m.GuildID != p.settings.Guild || !p.human(m) || !hear.Worth(p.plain(m.Content, m.Mentions)) {
		return false
	}
	called, known := p.guild.nameOf(m.ChannelID)
	return !known || hear.In(called)
}

// overheard is what somebody said in a channel that the bot listens in, or in a
// thread of it.
func (p *Platform) overheard(ctx context.Context, m message) (*act, error) {
	hear := p.vocabulary.Overhear
	where := p.place(ctx, m.ChannelID, m.GuildID)
	called, known := p.guild.nameOf(where.Channel)
	if !known {
		c, err := p.askChannel(ctx, where.Channel)
		if errors.Is(err, chat.ErrGone) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		called = c.Name
	}
	if !hear.In(called) {
		return nil, nil
	}
	said := p.said(ctx, m)
	post := chat.Post{Ref: chat.Ref{Place: said.Place, ID: m.ID}, By: said.By, Text: said.Line, At: said.At, Link: p.linkTo(m.ChannelID) + "/" + m.ID}
	a := &act{via: byMessage, Event: hear.Event(said.Key, called, post, said.People, said.At)}
	a.Unsure = said.Unsure
	return a, nil
}
