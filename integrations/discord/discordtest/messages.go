package discordtest

import (
	"slices"
	"strconv"
	"time"
)

// sent is a message that a nonce stands for, for some minutes.
type sent struct {
	message *message
	at      time.Time
}

const nonceLasts = 5 * time.Minute

func (c *call) createMessage() (any, error) {
	ch, err := c.writable()
	if err != nil {
		return nil, err
	}
	d := &draft{message: &message{channel: ch, kind: ordinary, author: c.BotUser.ID}, flagged: suppressEmbeds | silent | componentsV2}
	if err := c.refer(d); err != nil {
		return nil, err
	}
	if err := c.compose(d, c.body); err != nil {
		return nil, err
	}
	key := ch.id + " " + text(d.nonce)
	if earlier := c.nonces[key]; c.body["enforce_nonce"] == true && d.nonce != nil && c.dedupe && earlier != nil &&
		!earlier.message.deleted && c.clock().Sub(earlier.at) < nonceLasts {
		return c.messageJSON(earlier.message), nil
	}
	m := d.publish(c.Server)
	m.id, m.at = c.id(), c.clock()
	c.address(m, d.allowed, c.permissions(c.bot(), ch))
	if m.nonce != nil {
		c.nonces[key] = &sent{m, c.clock()}
	}
	c.post(m)
	return c.messageJSON(m), nil
}

// writable is the channel of the path, where the app may write. Writing into an
// archived thread opens it again.
func (c *call) writable() (*channel, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case ch.kind == category:
		return nil, refuse(400, 50008)
	case ch.with != "" && c.userBy(ch.with).closed:
		return nil, refuse(403, 50007)
	case !c.may(ch, SendMessages):
		return nil, errPermissions
	}
	return ch, nil
}

// refer reads message_reference, which makes the message a reply.
func (c *call) refer(d *draft) error {
	to := object(c.body["message_reference"])
	if to == nil {
		return nil
	}
	m := d.channel.message(text(to["message_id"]))
	switch {
	case m != nil:
		d.kind, d.reference = replyMessage, m
	case to["fail_if_not_exists"] != false:
		return invalid("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
	}
	return nil
}

// post shows a message to everybody in its channel, and tells the app.
func (s *Server) post(m *message) {
	if t := m.channel.thread; t != nil {
		if t.archived {
			t.archived, t.changed = false, s.clock()
			s.tellChannel("THREAD_UPDATE", m.channel)
		}
		if !slices.Contains(t.members, m.author) {
			t.members = append(t.members, m.author)
		}
	}
	m.channel.messages = append(m.channel.messages, m)
	s.tellMessage("MESSAGE_CREATE", m)
}

// message finds the message of the path, in a channel that the app sees.
func (c *call) message() (*message, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	m := ch.message(c.value("message"))
	if m == nil {
		return nil, errUnknownMessage
	}
	return m, nil
}

func (c *call) getMessage() (any, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return nil, err
	case !c.may(m.channel, ReadMessageHistory):
		return nil, errPermissions
	}
	return c.seen(m), nil
}

// seen is a message as the app may see it: without the intent, what others wrote
// is empty.
func (c *call) seen(m *message) obj {
	return c.redacted(m, c.messageJSON(m), c.privileged&IntentMessageContent != 0)
}

func (c *call) listMessages() (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	limit, err := c.limit(50, 100)
	if err != nil {
		return nil, err
	}
	found := []any{}
	if !c.may(ch, ReadMessageHistory) {
		return found, nil // as Discord has it
	}
	for _, m := range slices.Backward(c.page(ch, int(limit))) {
		found = append(found, c.seen(m))
	}
	return found, nil
}

// page is what before, after or around ask for, the oldest first.
func (c *call) page(ch *channel, limit int) []*message {
	all := slices.DeleteFunc(slices.Clone(ch.messages), c.unseen)
	from := func(parameter string) int {
		id, _ := strconv.ParseInt(c.query.Get(parameter), 10, 64)
		i := slices.IndexFunc(all, func(m *message) bool {
			n, _ := strconv.ParseInt(m.id, 10, 64)
			return n >= id
		})
		if i < 0 {
			return len(all)
		}
		return i
	}
	first, end := len(all)-limit, len(all)
	switch {
	case c.query.Has("around"):
		first = from("around") - limit/2
		end = first + limit
	case c.query.Has("before"):
		end = from("before")
		first = end - limit
	case c.query.Has("after"):
		first = from("after")
		if first < len(all) && all[first].id == c.query.Get("after") {
			first++
		}
		end = first + limit
	}
	first = max(first, 0)
	return all[first:max(min(end, len(all)), first)]
}

func (c *call) editMessage() (any, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return nil, err
	case m.kind == pinNotice || m.kind == threadStarter:
		return nil, refuse(403, 50021)
	case m.author != c.BotUser.ID:
		return nil, refuse(403, 50005)
	case m.channel.thread != nil && m.channel.thread.archived:
		return nil, refuse(400, 50083)
	}
	if err := c.edit(m, c.body, false); err != nil {
		return nil, err
	}
	return c.messageJSON(m), nil
}

// edit changes a message as a body says. An edit pings nobody.
func (c *call) edit(m *message, b obj, interactive bool) error {
	after := *m
	d := &draft{message: &after, interactive: interactive, flagged: suppressEmbeds | componentsV2}
	if err := c.compose(d, b); err != nil {
		return err
	}
	pinged := m.pings
	*m = *d.publish(c.Server)
	c.address(m, d.allowed, c.permissions(c.bot(), m.channel))
	m.pings = pinged
	m.edits++
	m.edited = c.clock()
	c.tellMessage("MESSAGE_UPDATE", m)
	return nil
}

func (c *call) deleteMessage() (any, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return nil, err
	case m.kind == threadStarter:
		return nil, refuse(403, 50021)
	case m.author != c.BotUser.ID && !c.may(m.channel, ManageMessages):
		return nil, errPermissions
	}
	c.withdraw(m)
	return nil, nil
}

// withdraw takes a message away, and tells the app.
func (s *Server) withdraw(m *message) {
	if m.holdsPlace() {
		close(m.interaction.resolved)
	}
	if m.to != "" {
		m.deleted = true
		return
	}
	m.channel.remove(m)
	s.tellMessage("MESSAGE_DELETE", m)
}
