package slack

import (
	"context"
	"errors"
	"net/url"

	"cresset/bot/chat"
)

var _ chat.Inspector = (*Platform)(nil)

// Inspect reads a channel and what is kept above it, in five calls or, with more
// than a thousand people, a few more. A channel that the bot is not in is gone:
// it can mend nothing there.
func (p *Platform) Inspect(ctx context.Context, room chat.Place, card chat.Ref) (chat.RoomState, error) {
	seen, usable, err := p.inspectChannel(ctx, room.Channel)
	if err != nil || !usable {
		return seen, err
	}
	for _, look := range []func(context.Context, string, string, *chat.RoomState) error{p.inspectMembers, p.inspectPins, p.inspectLinks, p.inspectCard} {
		if err := look(ctx, room.Channel, card.ID, &seen); err != nil {
			return goneMeanwhile(err)
		}
	}
	return seen, nil
}

// goneMeanwhile is a room that was lost between two calls.
func goneMeanwhile(err error) (chat.RoomState, error) {
	switch code(err) {
	case "channel_not_found", "not_in_channel":
		return chat.RoomState{Gone: true}, nil
	case "is_archived":
		return chat.RoomState{Archived: true}, nil
	}
	return chat.RoomState{}, err
}

func (p *Platform) inspectChannel(ctx context.Context, id string) (seen chat.RoomState, usable bool, err error) {
	var answer struct {
		Channel struct {
			Name           string `json:"name"`
			IsArchived     bool   `json:"is_archived"`
			IsMember       bool   `json:"is_member"`
			Shared         bool   `json:"is_ext_shared"`
			Topic, Purpose struct {
				Value string `json:"value"`
			}
		} `json:"channel"`
	}
	err = p.look(ctx, "conversations.info", url.Values{"channel": {id}}, &answer)
	ch := answer.Channel
	switch {
	case errors.Is(err, chat.ErrGone):
		return chat.RoomState{Gone: true}, false, nil
	case err != nil:
		return chat.RoomState{}, false, err
	case ch.IsArchived: // first, since archiving a channel takes everybody out of it
		return chat.RoomState{Archived: true, Name: ch.Name}, false, nil
	case !ch.IsMember:
		return chat.RoomState{Gone: true, Name: ch.Name}, false, nil
	}
	return chat.RoomState{Name: ch.Name, Shared: ch.Shared, Topic: unescape.Replace(ch.Topic.Value), Purpose: unescape.Replace(ch.Purpose.Value)}, true, nil
}

func (p *Platform) inspectMembers(ctx context.Context, room, _ string, seen *chat.RoomState) error {
	args := url.Values{"channel": {room}, "limit": {"1000"}}
	for {
		var page struct {
			Members []string `json:"members"`
			Next    struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		if err := p.look(ctx, "conversations.members", args, &page); err != nil {
			return err
		}
		seen.Members = append(seen.Members, page.Members...)
		if page.Next.Cursor == "" {
			return nil
		}
		args.Set("cursor", page.Next.Cursor)
	}
}

func (p *Platform) inspectPins(ctx context.Context, room, card string, seen *chat.RoomState) error {
	var pins struct {
		Items []struct {
			Message struct {
				TS string `json:"ts"`
			} `json:"message"`
		} `json:"items"`
	}
	err := p.look(ctx, "pins.list", url.Values{"channel": {room}}, &pins)
	for _, pin := range pins.Items {
		seen.CardPinned = seen.CardPinned || card != "" && pin.Message.TS == card
	}
	return err
}

func (p *Platform) inspectLinks(ctx context.Context, room, _ string, seen *chat.RoomState) error {
	var links struct {
		Bookmarks []struct {
			Link string `json:"link"`
		} `json:"bookmarks"`
	}
	err := p.look(ctx, "bookmarks.list", url.Values{"channel_id": {room}}, &links)
	for _, b := range links.Bookmarks {
		seen.Links = append(seen.Links, b.Link)
	}
	return err
}

// inspectCard asks for the one message that was said at that moment.
func (p *Platform) inspectCard(ctx context.Context, room, card string, seen *chat.RoomState) error {
	if card == "" {
		return nil
	}
	var page history
	err := p.look(ctx, "conversations.history", url.Values{"channel": {room}, "latest": {card}, "oldest": {card}, "inclusive": {"true"}, "limit": {"1"}}, &page)
	for _, m := range page.Messages {
		seen.CardThere = seen.CardThere || m.TS == card
	}
	return err
}

// look asks a method that changes nothing: that it may have happened is no
// reason to be careful.
func (p *Platform) look(ctx context.Context, method string, args url.Values, into any) error {
	return seen(refusal(method, p.call(ctx, method, args, into)))
}
