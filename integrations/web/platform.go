package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // to learn how large a chart is
	"strings"
	"time"

	"cresset/bot/chart"
	"cresset/bot/chat"
	"cresset/store"
)

// Post implements [chat.Platform]. A channel is made when it is first spoken in.
func (c *Console) Post(ctx context.Context, place chat.Place, m chat.Message, id string) (chat.Ref, error) {
	var ref chat.Ref
	size := measure(m.Chart)
	err := c.change(ctx, &ref.Place, func(tx store.Tx) error {
		if old, err := messages.Get(tx, store.Key(postID(id))); err != nil || old != nil {
			if old != nil {
				ref = old.ref()
			}
			return err
		}
		ch, root, err := c.spot(tx, place)
		if err != nil {
			return err
		}
		if ch.Archived {
			return gone("#" + ch.ID + " is archived")
		}
		fresh := &message{ID: postID(id), Thread: root, At: c.Now().UTC(), Said: &m, Picture: size}
		if err := add(tx, ch, fresh); err != nil {
			return err
		}
		ref = fresh.ref()
		return nil
	})
	return ref, err
}

func postID(id string) string { return "cresset:" + id }

// Find implements [chat.Finder].
func (c *Console) Find(ctx context.Context, _ chat.Place, id string, _ time.Time) (ref chat.Ref, found bool, err error) {
	err = c.DB.View(ctx, func(tx store.Tx) error {
		m, err := messages.Get(tx, store.Key(postID(id)))
		if m != nil {
			ref, found = m.ref(), true
		}
		return err
	})
	return ref, found, refusal(err)
}

// Edit implements [chat.Editor].
func (c *Console) Edit(ctx context.Context, ref chat.Ref, said chat.Message) error {
	size := measure(said.Chart)
	return c.changeMessage(ctx, ref, func(m *message) {
		m.Said, m.Picture, m.Edited = &said, size, c.Now().UTC()
	})
}

// changeMessage changes what the bot said in ref.
func (c *Console) changeMessage(ctx context.Context, ref chat.Ref, change func(*message)) error {
	return c.change(ctx, &ref.Place, func(tx store.Tx) error {
		m, err := messages.Get(tx, store.Key(ref.ID))
		if err != nil {
			return err
		}
		if m == nil || m.Said == nil {
			return gone("there is no message " + ref.ID)
		}
		ch, err := channels.Get(tx, store.Key(m.Channel))
		if err != nil {
			return err
		}
		if ch == nil || ch.Archived {
			return gone("#" + m.Channel + " is archived")
		}
		change(m)
		return messages.Put(tx, m)
	})
}

// spot finds where something is to be said: the channel, made if need be, and
// the message that a thread hangs on.
func (c *Console) spot(tx store.Tx, place chat.Place) (*channel, string, error) {
	ch, err := c.ensure(tx, channelID(place))
	if err != nil || place.Thread == "" {
		return ch, "", err
	}
	root, err := messages.Get(tx, store.Key(place.Thread))
	switch {
	case err != nil:
		return nil, "", err
	case root == nil || root.Channel != ch.ID:
		return nil, "", gone("#" + ch.ID + " has no message " + place.Thread)
	case root.Thread != "":
		return ch, root.Thread, nil
	}
	return ch, root.ID, nil
}

// ensure gives the channel of an id, and makes it when there is none.
func (c *Console) ensure(tx store.Tx, id string) (*channel, error) {
	ch, err := channels.Get(tx, store.Key(id))
	if err != nil || ch != nil {
		return ch, err
	}
	if name, direct := strings.CutPrefix(id, "@"); !channelName.MatchString(id) && !(direct && isPersonName(name)) {
		return nil, &chat.SendError{Err: fmt.Errorf("%q is no name of a channel", id),
			Advice: "Use up to 80 lower-case letters, digits and dashes."}
	}
	return &channel{ID: id, Created: c.Now().UTC()}, nil
}

// channelID is the console's id for a place: names are ids.
func channelID(p chat.Place) string {
	if p.Channel == "" && p.Direct != "" {
		return "@" + p.Direct
	}
	return strings.TrimPrefix(p.Channel, "#")
}

// change runs a transaction on what is at place and then tells the browsers; those
// of other replicas hear of it when theirs looks around.
func (c *Console) change(ctx context.Context, place *chat.Place, fn func(store.Tx) error) error {
	var change uint64
	err := c.DB.Update(ctx, func(tx store.Tx) (err error) {
		if err := fn(tx); err != nil {
			return err
		}
		change, err = store.Sequence(tx, changes)
		return err
	})
	if err != nil {
		return refusal(err)
	}
	c.hub.tell(channelID(*place))
	c.hub.own(change)
	return nil
}

// refusal says what a failed call means. A database that failed may have kept
// the change all the same.
func refusal(err error) error {
	var known *chat.SendError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &chat.SendError{Retry: true, Unknown: errors.Is(err, store.ErrUnknown), Err: err}
}

func gone(what string) error {
	return &chat.SendError{Err: fmt.Errorf("%w: %s", chat.ErrGone, what)}
}

// measure is the size of the picture of a chart, zero for none.
func measure(ch *chat.Chart) picture {
	if ch == nil {
		return picture{}
	}
	data, err := chart.PNG(ch, chart.Options{})
	if err != nil {
		return picture{}
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return picture{}
	}
	return picture{Wide: size.Width, High: size.Height}
}
