package slacktest

import (
	"encoding/base64"
	"slices"
	"strings"
)

func (c *call) conversationsHistory() (obj, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Clone(ch.messages), func(m *message) bool {
		return m.threadTS != "" && m.threadTS != m.ts && !m.broadcast // replies stay in their thread
	})
	slices.Reverse(all)
	result, err := c.between(all)
	if err != nil {
		return nil, err
	}
	result["pin_count"] = len(ch.pins)
	return result, nil
}

func (c *call) conversationsReplies() (obj, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	m := ch.message(c.str("ts"))
	if m == nil {
		return nil, refuse("thread_not_found")
	}
	parent := ch.message(or(m.threadTS, m.ts))
	if parent == nil {
		return nil, refuse("thread_not_found")
	}
	return c.between(append([]*message{parent}, ch.replies(parent.ts)...))
}

func (c *call) readable() (*channel, error) {
	ch, err := c.channel()
	if err == nil && !ch.has(c.BotUser.ID) {
		return nil, refuse("not_in_channel")
	}
	return ch, err
}

// between answers with the page of messages that oldest, latest, inclusive, limit
// and cursor ask for. A cursor names the message that the next page starts with.
func (c *call) between(all []*message) (obj, error) {
	oldest, latest, inclusive := c.str("oldest"), c.str("latest"), c.bool("inclusive")
	all = slices.DeleteFunc(all, func(m *message) bool {
		outside := oldest != "" && before(m.ts, oldest) || latest != "" && before(latest, m.ts) || c.unseen(m)
		return outside || !inclusive && (same(m.ts, oldest) || same(m.ts, latest))
	})
	if cursor := c.str("cursor"); cursor != "" {
		plain, err := base64.StdEncoding.DecodeString(cursor)
		start := slices.IndexFunc(all, func(m *message) bool { return "next_ts:"+m.ts == string(plain) })
		if err != nil || start < 0 {
			return nil, refuse("invalid_cursor")
		}
		all = all[start:]
	}
	limit := c.int("limit", 100)
	if limit < 1 || limit > 999 {
		return nil, refuse("invalid_limit")
	}
	result := obj{"has_more": len(all) > limit}
	if len(all) > limit {
		next := base64.StdEncoding.EncodeToString([]byte("next_ts:" + all[limit].ts))
		result["response_metadata"] = obj{"next_cursor": next}
		all = all[:limit]
	}
	shown := []any{}
	for _, m := range all {
		shown = append(shown, c.messageJSON(m, c.bool("include_all_metadata")))
	}
	result["messages"] = shown
	return result, nil
}

// before compares timestamps, which may come without their fraction.
func before(a, b string) bool { return full(a) < full(b) }

func same(a, b string) bool { return b != "" && full(a) == full(b) }

// full writes a timestamp with ten digits, a dot and six digits.
func full(ts string) string {
	seconds, fraction, _ := strings.Cut(ts, ".")
	for len(seconds) < 10 {
		seconds = "0" + seconds
	}
	return seconds + "." + (fraction + "000000")[:6]
}
