package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
)

// Post says m in place. With the nonce Discord gives the first message back where
// it still remembers it; Find does not depend on that.
func (p *Platform) Post(ctx context.Context, where chat.Place, m chat.Message, id string) (chat.Ref, error) {
	channel, err := p.channelID(ctx, where)
	if err != nil {
		return chat.Ref{}, err
	}
	l, to, in := p.render(m, id), channel, chat.Place{Platform: name, Channel: channel}
	if where.Thread != "" {
		thread, err := p.threadID(ctx, channel, where.Thread, m)
		switch {
		case code(err) == noThreadsHere: // in private, for one
			l.Reference = &reference{MessageID: where.Thread}
		case err != nil:
			return chat.Ref{}, err
		default:
			to, in.Thread = thread, thread
		}
	}
	var said message
	err = p.call(ctx, request{method: http.MethodPost, path: "/channels/" + to + "/messages", body: l, files: l.files}, &said)
	if err != nil {
		return chat.Ref{}, p.notSaid(ctx, chat.Posting, where, channel, err)
	}
	return chat.Ref{Place: in, ID: said.ID}, nil
}

// notSaid is why nothing may be said in a channel. Where it is archived, the bot
// has no permission by its own doing.
func (p *Platform) notSaid(ctx context.Context, d chat.Deed, where chat.Place, channel string, err error) error {
	why := refusal(d, err)
	switch {
	case errors.Is(why, chat.ErrGone):
		p.guild.forget(channel)
		p.forgetDirect(where.Direct)
	case code(err) == missingPermissions && where.Direct == "":
		if c, err := p.askChannel(ctx, channel); err == nil && p.archived(c) {
			return gone("the channel is archived")
		}
	}
	return why
}

// Edit replaces a message.
func (p *Platform) Edit(ctx context.Context, ref chat.Ref, m chat.Message) error {
	channel, err := p.channelID(ctx, ref.Place)
	if err != nil {
		return err
	}
	if !isID(ref.ID) {
		return gone("there is no such message")
	}
	in := cmp.Or(ref.Place.Thread, channel)
	l := p.render(m, "")
	err = p.call(ctx, request{method: http.MethodPatch, path: "/channels/" + in + "/messages/" + ref.ID, body: l, files: l.files}, nil)
	if err != nil {
		return p.notSaid(ctx, chat.Editing, ref.Place, channel, err)
	}
	return nil
}

// threadID is the thread that hangs on a message, made when it is not there. It has
// the message's own id.
func (p *Platform) threadID(ctx context.Context, channel, on string, m chat.Message) (string, error) {
	if !isID(on) {
		return "", gone("there is no such message")
	}
	if p.guild.hasThread(on) {
		return on, nil
	}
	body := map[string]any{"name": p.threadName(ctx, channel, on, m), "auto_archive_duration": 10080}
	err := p.call(ctx, request{method: http.MethodPost, path: "/channels/" + channel + "/messages/" + on + "/threads", body: body}, nil)
	switch code(err) {
	case unknownMessage: // a thread that hangs on no message, or nothing
		_, err = p.askChannel(ctx, on)
	case threadExists:
		err = nil
	}
	if err != nil {
		return "", p.notSaid(ctx, chat.Posting, chat.Place{}, channel, err)
	}
	p.guild.addThread(on, channel)
	return on, nil
}

// threadName is the first line of the message that a thread hangs on; where the
// bot may not read it, of what it says in the thread.
func (p *Platform) threadName(ctx context.Context, channel, on string, m chat.Message) string {
	root, err := p.readMessage(ctx, channel, on)
	text := ""
	if err == nil {
		text, _, _ = strings.Cut(strings.TrimSpace(root.text(p)), "\n")
	}
	text = oneLineOf(text, 90)
	return cmp.Or(text, oneLineOf(cmp.Or(m.Title, m.Text.String()), 90), "Thread")
}

// marks are the numbers of two components that carry the id a message was posted
// with: Discord keeps them as they are.
func marks(id string) (box, text int32) {
	sum := sha256.Sum256([]byte("cresset message " + id))
	box = int32(binary.BigEndian.Uint32(sum[:4])&0x7fffffff | 1<<20) // no number that Discord gives by itself
	text = int32(binary.BigEndian.Uint32(sum[4:8])&0x7fffffff | 1<<20)
	if text == box {
		text ^= 1
	}
	return box, text
}

// nonce is the id in the 25 characters that Discord takes.
func nonce(id string) string {
	sum := sha256.Sum256([]byte("cresset nonce " + id))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

const (
	skew      = 2 * time.Hour // how far Discord's clock may be behind ours
	mostPages = 50            // of a hundred messages each
)

// Find looks for the message that was posted with id since then.
func (p *Platform) Find(ctx context.Context, where chat.Place, id string, since time.Time) (chat.Ref, bool, error) {
	channel, err := p.channelID(ctx, where)
	if err != nil {
		return chat.Ref{}, false, seen(err)
	}
	in := chat.Place{Platform: name, Channel: channel, Thread: where.Thread}
	ref, found, err := p.findIn(ctx, in, id, since)
	if code(err) == unknownChannel && where.Thread != "" { // nobody has said anything in the thread yet, or there are none here
		in.Thread = ""
		ref, found, err = p.findIn(ctx, in, id, since)
	}
	return ref, found, err
}

func (p *Platform) findIn(ctx context.Context, in chat.Place, id string, since time.Time) (chat.Ref, bool, error) {
	box, text := marks(id)
	after := snowflake(since.Add(-skew))
	for range mostPages {
		page, err := p.history(ctx, cmp.Or(in.Thread, in.Channel), fmt.Sprintf("after=%d", after))
		if err != nil {
			return chat.Ref{}, false, seen(refusal(chat.LookingUp, err))
		}
		for _, m := range page {
			if m.marked(box, text) {
				return chat.Ref{Place: in, ID: m.ID}, true, nil
			}
			n, _ := strconv.ParseUint(m.ID, 10, 64) // what is no number is no newer
			after = max(after, n)
		}
		if len(page) < pageSize {
			return chat.Ref{}, false, nil
		}
	}
	return chat.Ref{}, false, &chat.SendError{Err: errors.New("discord: too much was said since to look through it"), Advice: "look whether it was said, then retry or leave it"}
}

const pageSize = 100

// history is a page of messages, in any order.
func (p *Platform) history(ctx context.Context, channel, from string) ([]message, error) {
	var page []message
	path := fmt.Sprintf("/channels/%s/messages?limit=%d", channel, pageSize)
	if from != "" {
		path += "&" + from
	}
	return page, p.call(ctx, request{method: http.MethodGet, path: path}, &page)
}

// marked says whether a message carries the two numbers.
func (m message) marked(box, text int32) bool {
	for _, c := range m.Components {
		if c.ID == int64(box) && len(c.Components) > 0 && c.Components[0].ID == int64(text) {
			return true
		}
	}
	return false
}
