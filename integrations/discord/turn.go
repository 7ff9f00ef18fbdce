package discord

import (
	"context"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// slotTime is how long an interaction waits for its turn, of the three seconds.
const slotTime = 500 * time.Millisecond

// mostWaiting bounds the interactions that wait.
const mostWaiting = 1000

// take handles an interaction beside others. It says false when there are too
// many.
func (p *Platform) take(d interaction, handle chat.Handler, respond responder) bool {
	if p.waiting.Add(1) > mostWaiting {
		p.waiting.Add(-1)
		return false
	}
	go func() {
		defer p.waiting.Add(-1)
		turn := time.NewTimer(slotTime)
		defer turn.Stop()
		select {
		case p.slots <- struct{}{}:
			defer func() { <-p.slots }()
			p.guarded("interaction", func() { p.interact(context.Background(), d, handle, respond) })
		case <-turn.C:
			p.options.Log.Warn("too many interactions at once, one was not handled", "platform", name, "event", key(d.ID))
			p.guarded("interaction", func() { p.report(respond(context.Background(), p.busy(d)), d) })
		}
	}()
	return true
}

// busy asks to try again. Nothing was done.
func (p *Platform) busy(d interaction) *response {
	if discordgo.InteractionType(d.Type) == discordgo.InteractionApplicationCommandAutocomplete {
		return &response{offerChoices, map[string]any{"choices": []commandChoice{}}}
	}
	l := p.render(chat.Message{Text: "Nothing was done: too much is happening at once. Try again in a moment."}, "")
	l.Flags |= ephemeral
	return &response{discordgo.InteractionResponseChannelMessageWithSource, l}
}
