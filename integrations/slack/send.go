package slack

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// marker is the metadata in which a message carries the id it was posted with.
const marker = "cresset"

// Post says m in place. With the id Slack drops a repetition where it still
// remembers the first; Find does not depend on that. A document that cannot be
// attached is said so in the thread; the message itself stands.
func (p *Platform) Post(ctx context.Context, where chat.Place, m chat.Message, id string) (chat.Ref, error) {
	said, left, err := p.post(ctx, where, m, id)
	if gone := code(err); (gone == "channel_not_found" || gone == "is_archived") && p.forget(where) {
		said, left, err = p.post(ctx, where, m, id) // another channel may have the name now
	}
	if err != nil {
		return chat.Ref{}, err
	}
	p.learn(where, said.Channel)
	ref := chat.Ref{Place: chat.Place{Platform: name, Channel: said.Channel, Thread: where.Thread}, ID: said.TS}
	p.attach(ctx, ref, append(left, attachments(m)...))
	return ref, nil
}

func (p *Platform) post(ctx context.Context, where chat.Place, m chat.Message, id string) (said, []chat.File, error) {
	channel, err := p.postable(ctx, where)
	if err != nil {
		return said{}, nil, err
	}
	args := url.Values{"channel": {channel}, "client_msg_id": {messageID(id)}, "metadata": {mark(id)}}
	args.Set("unfurl_links", "false")
	args.Set("unfurl_media", "false")
	if where.Thread != "" {
		args.Set("thread_ts", where.Thread)
	}
	return p.say(ctx, "chat.postMessage", args, m)
}

// Edit replaces a message.
func (p *Platform) Edit(ctx context.Context, ref chat.Ref, m chat.Message) error {
	channel, err := p.channelID(ctx, ref.Place)
	if err != nil {
		return err
	}
	_, _, err = p.say(ctx, "chat.update", url.Values{"channel": {channel}, "ts": {ref.ID}}, m)
	return err
}

// ephemeral says m to one person in a place.
func (p *Platform) ephemeral(ctx context.Context, where chat.Place, who string, m chat.Message) error {
	args := url.Values{"channel": {p.channel(where)}, "user": {who}}
	if where.Thread != "" {
		args.Set("thread_ts", where.Thread)
	}
	_, left, err := p.say(ctx, "chat.postEphemeral", args, m)
	left = append(left, attachments(m)...)
	if err != nil || len(left) == 0 {
		return err
	}
	dm, err := p.channelID(ctx, chat.Place{Platform: name, Direct: who})
	if err != nil {
		return err
	}
	for _, f := range left { // a file is seen by a whole channel, or by one person in private
		if _, err := p.upload(ctx, f, dm, ""); err != nil {
			return err
		}
	}
	return nil
}

// said is Slack's answer to a message.
type said struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// say sends m with a method that takes blocks. Pictures that Slack does not show
// in the message are left over, to be attached.
func (p *Platform) say(ctx context.Context, method string, args url.Values, m chat.Message) (s said, left []chat.File, err error) {
	ids, files, err := p.pictures(ctx, m)
	if err != nil {
		return s, nil, err
	}
	args.Set("link_names", "false")
	args.Set("parse", "none")
	for i := 0; ; i++ {
		err := p.sayOnce(ctx, method, args, m, ids, &s)
		switch {
		case err == nil:
			return s, unshown(ids, files), nil
		case strings.Join(ids, "") == "" || code(err) != "invalid_blocks":
			return s, nil, err
		case i < len(pictureWaits):
			sleep(ctx, pictureWaits[i])
		default:
			clear(ids)
		}
	}
}

func (p *Platform) sayOnce(ctx context.Context, method string, args url.Values, m chat.Message, pictures []string, s *said) error {
	text, blocks := render(p.typing.Message(m), pictures...)
	js, err := json.Marshal(blocks)
	if err != nil {
		return fmt.Errorf("encode blocks: %w", err)
	}
	args.Set("text", text)
	args.Set("blocks", string(js))
	return refusal(method, p.call(ctx, method, args, s))
}

func mark(id string) string {
	js, _ := json.Marshal(slack.SlackMetadata{EventType: marker, EventPayload: map[string]any{"o": id}}) // strings encode
	return string(js)
}

var isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// messageID is the id as Slack wants it: a UUID, the same for the same id
// (RFC 9562, version 5, with a name space of its own).
func messageID(id string) string {
	if isUUID.MatchString(id) {
		return id
	}
	sum := sha1.Sum([]byte("cresset message " + id))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// skew is how far Slack's clock may be behind ours.
const skew = 2 * time.Hour

// Find looks for the message that was posted with id since then.
func (p *Platform) Find(ctx context.Context, where chat.Place, id string, since time.Time) (chat.Ref, bool, error) {
	channel, err := p.channelID(ctx, where)
	if err != nil {
		return chat.Ref{}, false, err
	}
	method := "conversations.history"
	args := url.Values{"channel": {channel}, "oldest": {tsOf(since.Add(-skew))}, "inclusive": {"true"},
		"include_all_metadata": {"true"}, "limit": {"200"}}
	if where.Thread != "" {
		method = "conversations.replies"
		args.Set("ts", where.Thread)
	}
	for {
		var page history
		if err := p.call(ctx, method, args, &page); err != nil {
			return chat.Ref{}, false, refusal(method, err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == marker && m.Metadata.EventPayload["o"] == id {
				return chat.Ref{Place: chat.Place{Platform: name, Channel: channel, Thread: where.Thread}, ID: m.TS}, true, nil
			}
		}
		if page.Next.Cursor == "" {
			return chat.Ref{}, false, nil
		}
		args.Set("cursor", page.Next.Cursor)
	}
}

type history struct {
	Messages []struct {
		TS       string              `json:"ts"`
		Metadata slack.SlackMetadata `json:"metadata"`
	} `json:"messages"`
	Next struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}
