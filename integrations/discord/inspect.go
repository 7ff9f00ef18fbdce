package discord

import (
	"context"
	"errors"
	"net/http"

	"cresset/bot/chat"
)

// Inspect reads a channel and its card, in two calls. Who is in a room is who has
// an overwrite that lets them see it: of a public room everybody sees, too.
func (p *Platform) Inspect(ctx context.Context, room chat.Place, card chat.Ref) (chat.RoomState, error) {
	if _, err := p.whoami(ctx); err != nil {
		return chat.RoomState{}, err
	}
	c, err := p.askChannel(ctx, room.Channel)
	switch {
	case errors.Is(err, chat.ErrGone):
		return chat.RoomState{Gone: true}, nil
	case err != nil:
		return chat.RoomState{}, err
	case p.archived(c):
		return chat.RoomState{Archived: true, Name: c.Name}, nil
	}
	state := chat.RoomState{Name: c.Name}
	state.Topic, state.Purpose = parted(c.Topic)
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.Allow&view != 0 {
			state.Members = append(state.Members, o.ID)
		}
	}
	if !isID(card.ID) {
		return state, nil
	}
	m, err := p.readMessage(ctx, room.Channel, card.ID)
	if err != nil && !errors.Is(err, chat.ErrGone) {
		return chat.RoomState{}, err
	}
	state.CardThere, state.CardPinned = err == nil, m.Pinned
	return state, nil
}

// readMessage asks for one message.
func (p *Platform) readMessage(ctx context.Context, channel, id string) (message, error) {
	var m message
	err := p.call(ctx, request{method: http.MethodGet, path: "/channels/" + channel + "/messages/" + id}, &m)
	return m, seen(refusal(chat.LookingUp, err))
}
