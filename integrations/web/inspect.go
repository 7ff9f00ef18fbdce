package web

import (
	"context"
	"slices"

	"cresset/bot/chat"
	"cresset/store"
)

var _ chat.Inspector = (*Console)(nil)

// Inspect implements [chat.Inspector].
func (c *Console) Inspect(ctx context.Context, room chat.Place, card chat.Ref) (seen chat.RoomState, err error) {
	err = c.DB.View(ctx, func(tx store.Tx) error {
		ch, err := channels.Get(tx, store.Key(channelID(room)))
		switch {
		case err != nil:
			return err
		case ch == nil:
			seen = chat.RoomState{Gone: true}
			return nil
		case ch.Archived:
			seen = chat.RoomState{Archived: true, Name: ch.ID}
			return nil
		}
		seen = chat.RoomState{Name: ch.ID, Topic: ch.Topic, Purpose: ch.Purpose, Members: slices.Clone(ch.Members),
			CardPinned: slices.Contains(ch.Pinned, card.ID)}
		for _, b := range ch.Bookmarks {
			seen.Links = append(seen.Links, b.Link)
		}
		m, err := messages.Get(tx, store.Key(card.ID))
		seen.CardThere = m != nil && m.Channel == ch.ID
		return err
	})
	return seen, refusal(err)
}
