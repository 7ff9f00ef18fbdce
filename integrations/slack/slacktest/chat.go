package slacktest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Slack cuts what is longer on the way in, and refuses it in an update.
const (
	longestPost   = 40000
	longestUpdate = 4000
)

func (c *call) chatPostMessage() (obj, error) {
	ch, err := c.postable()
	if err != nil {
		return nil, err
	}
	key := ch.id + " " + c.str("client_msg_id")
	if earlier := c.posted[key]; earlier != nil && c.dedupe {
		return obj{"channel": ch.id, "ts": earlier.ts, "message": c.messageJSON(earlier, false)}, nil
	}
	m, err := c.compose(ch)
	if err != nil {
		return nil, err
	}
	if err := c.reply(m); err != nil {
		return nil, err
	}
	m.ts, m.clientMsgID = c.ts(), c.str("client_msg_id")
	if m.clientMsgID != "" {
		c.posted[key] = m
	}
	c.post(m)
	return obj{"channel": ch.id, "ts": m.ts, "message": c.messageJSON(m, true)}, nil
}

// postable finds where the app may post: by ID, by name, or to a person.
func (c *call) postable() (*channel, error) {
	ref := c.str("channel")
	ch := c.channelBy(ref)
	if u := c.userBy(ref); ch == nil && u != nil && u.ID == ref {
		ch = c.direct(u)
	}
	switch {
	case ch == nil || ch.private && !ch.has(c.BotUser.ID):
		return nil, refuse("channel_not_found")
	case c.orgWide && ref == "#"+ch.name: // each workspace may have one
		return nil, refuse("channel_not_found")
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.has(c.BotUser.ID) && !c.may([]string{"chat:write.public"}):
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// reply puts the message in the thread that the call names.
func (c *call) reply(m *message) error {
	thread := c.str("thread_ts")
	if thread == "" {
		return nil
	}
	parent := m.channel.message(thread)
	if parent == nil {
		return refuse("thread_not_found")
	}
	m.threadTS = or(parent.threadTS, parent.ts) // a reply to a reply goes to the same thread
	m.broadcast = c.bool("reply_broadcast")
	if m.broadcast {
		m.subtype = "thread_broadcast"
	}
	return nil
}

// compose reads what a chat method says, and holds it against the limits.
func (c *call) compose(ch *channel) (*message, error) {
	m := &message{channel: ch, user: c.BotUser.ID, botID: botID, text: c.str("text")}
	if err := c.markdown(m); err != nil {
		return nil, err
	}
	var err error
	if m.blocks, err = c.messageBlocks(); err != nil {
		return nil, err
	}
	if m.attachments, err = c.json("attachments"); err != nil {
		return nil, refuse("invalid_attachments")
	}
	if m.metadata, err = c.metadata(); err != nil {
		return nil, err
	}
	attached, _ := m.attachments.([]any)
	if m.text == "" && len(m.blocks) == 0 && len(attached) == 0 {
		return nil, refuse("no_text")
	}
	if utf8.RuneCountInString(m.text) > longestPost {
		c.problem("%s: text over %d characters is cut", c.name, longestPost)
		m.text = string([]rune(m.text)[:longestPost])
	}
	return m, nil
}

func (c *call) markdown(m *message) error {
	switch markdown := c.str("markdown_text"); {
	case markdown == "":
	case m.text != "" || c.str("blocks") != "":
		return refuse("markdown_text_conflict")
	case utf8.RuneCountInString(markdown) > 12000:
		c.problem("%s: markdown_text has at most 12000 characters", c.name)
		return refuse("msg_too_long")
	default:
		m.text = markdown
	}
	return nil
}

func (c *call) messageBlocks() ([]any, error) {
	given, err := c.json("blocks")
	if err == nil && (given == nil || given == "") {
		return nil, nil
	}
	blocks, isList := given.([]any)
	if err != nil || !isList {
		c.problem("%s: blocks is no JSON list", c.name)
		return nil, refuse("invalid_blocks_format")
	}
	if err := c.checkBlocks(blocks, 50); err != nil {
		return nil, err
	}
	return c.identify(blocks), nil
}

// checkBlocks refuses blocks as Slack does, and says why in response_metadata.
func (c *call) checkBlocks(blocks []any, most int) error {
	complaints := c.checkList(blocks, most)
	if len(complaints) == 0 {
		return nil
	}
	for _, complaint := range complaints {
		c.problem("%s: %s", c.name, complaint)
	}
	return refusal{"invalid_blocks", obj{"response_metadata": obj{"messages": asErrors(complaints)}}}
}

func asErrors(complaints []string) []string {
	marked := []string{}
	for _, complaint := range complaints {
		marked = append(marked, "[ERROR] "+complaint)
	}
	return marked
}

func (c *call) metadata() (any, error) {
	given, err := c.json("metadata")
	if err == nil && (given == nil || given == "") {
		return nil, nil
	}
	data, isObject := given.(obj)
	if err != nil || !isObject {
		return nil, refuse("invalid_metadata_format")
	}
	_, named := data["event_type"].(string)
	_, filled := data["event_payload"].(obj)
	if !named || !filled {
		c.problem("%s: metadata needs event_type and event_payload", c.name)
		return nil, refuse("invalid_metadata_schema")
	}
	return data, nil
}

func (c *call) chatUpdate() (obj, error) {
	m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(c.str("text")) > longestUpdate {
		c.problem("%s: text has at most %d characters", c.name, longestUpdate)
		return nil, refuse("msg_too_long")
	}
	edited, err := c.compose(m.channel)
	if err != nil {
		return nil, err
	}
	before := c.messageJSON(m, false)
	m.text = edited.text
	if c.has("blocks") || c.has("text") { // text alone takes the blocks away
		m.blocks = edited.blocks
	}
	if c.has("attachments") {
		m.attachments = edited.attachments
	}
	if c.has("metadata") {
		m.metadata = edited.metadata
	}
	m.edits++
	m.editedAt = c.ts()
	c.emitMessage(m.channel, obj{"type": "message", "subtype": "message_changed", "hidden": true,
		"message": c.messageJSON(m, false), "previous_message": before, "ts": m.editedAt})
	return obj{"channel": m.channel.id, "ts": m.ts, "text": m.text, "message": c.messageJSON(m, true)}, nil
}

func (c *call) chatDelete() (obj, error) {
	m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	m.channel.remove(m)
	c.emitMessage(m.channel, obj{"type": "message", "subtype": "message_deleted", "hidden": true,
		"deleted_ts": m.ts, "previous_message": c.messageJSON(m, false), "ts": c.ts()})
	return obj{"channel": m.channel.id, "ts": m.ts}, nil
}

// own finds a message that the app wrote itself.
func (c *call) own(otherwise string) (*message, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.archived {
		return nil, refuse("is_archived")
	}
	m := ch.message(c.str("ts"))
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case m.botID == "" || strings.HasPrefix(m.subtype, "channel_"):
		return nil, refuse(otherwise)
	}
	return m, nil
}

func (c *call) chatPostEphemeral() (obj, error) {
	ch, err := c.postable()
	if err != nil {
		return nil, err
	}
	to := c.userBy(c.str("user"))
	if to == nil || to.ID != c.str("user") {
		return nil, refuse("user_not_found")
	}
	if !ch.has(to.ID) {
		c.problem("%s: @%s is not in #%s and sees nothing there", c.name, to.Name, ch.name)
		return nil, refuse("user_not_in_channel")
	}
	m, err := c.compose(ch)
	if err != nil {
		return nil, err
	}
	if err := c.reply(m); err != nil {
		return nil, err
	}
	m.ts, m.to = c.ts(), to.ID
	c.ephemerals = append(c.ephemerals, m)
	return obj{"message_ts": m.ts}, nil
}

func (c *call) chatGetPermalink() (obj, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	m := ch.message(c.str("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return obj{"channel": ch.id, "permalink": c.permalink(m)}, nil
}

func (ws *Workspace) permalink(m *message) string {
	link := ws.URL + "/archives/" + m.channel.id + "/p" + strings.Replace(m.ts, ".", "", 1)
	if m.threadTS != "" && m.threadTS != m.ts {
		link += "?thread_ts=" + m.threadTS + "&cid=" + m.channel.id
	}
	return link
}

// post shows a message to everybody, and tells the app.
func (ws *Workspace) post(m *message) []*delivery {
	m.channel.messages = append(m.channel.messages, m)
	return ws.emitMessage(m.channel, ws.messageJSON(m, false))
}

// narrate is Slack's own line in a channel: who joined, a new topic.
func (ws *Workspace) narrate(ch *channel, user, subtype, text string) {
	ws.post(&message{channel: ch, ts: ws.ts(), user: user, subtype: subtype, text: text})
}

// messageJSON is a message as Slack shows it.
func (ws *Workspace) messageJSON(m *message, metadata bool) obj {
	shown := obj{"type": "message", "user": m.user, "ts": m.ts, "text": m.text, "team": ws.teamOf(m.user)}
	set := func(name string, value any, given bool) {
		if given {
			shown[name] = value
		}
	}
	set("subtype", m.subtype, m.subtype != "")
	set("blocks", m.blocks, len(m.blocks) > 0)
	set("attachments", m.attachments, m.attachments != nil && m.attachments != "")
	set("metadata", m.metadata, metadata && m.metadata != nil)
	set("client_msg_id", m.clientMsgID, m.clientMsgID != "")
	set("thread_ts", m.threadTS, m.threadTS != "")
	set("edited", obj{"user": m.user, "ts": m.editedAt}, m.edits > 0)
	set("reactions", reactionsJSON(m), len(m.reactions) > 0)
	if m.botID != "" {
		shown["bot_id"], shown["app_id"] = m.botID, ws.AppID
		shown["bot_profile"] = obj{"id": m.botID, "app_id": ws.AppID, "name": ws.BotUser.Name,
			"deleted": false, "team_id": ws.TeamID, "user_id": ws.BotUser.ID}
	}
	ws.describeFiles(m, shown)
	describeThread(m, shown)
	if slices.ContainsFunc(m.channel.pins, func(p pin) bool { return p.message == m }) {
		shown["pinned_to"] = []any{m.channel.id}
	}
	return shown
}

// teamOf is the workspace that somebody belongs to.
func (ws *Workspace) teamOf(user string) string {
	if u := ws.userBy(user); u != nil {
		return u.TeamID
	}
	return ws.TeamID
}

// describeThread adds to a parent what Slack says of its replies.
func describeThread(m *message, shown obj) {
	if m.channel == nil || m.threadTS != "" && m.threadTS != m.ts {
		return
	}
	replies := m.channel.replies(m.ts)
	if len(replies) == 0 {
		return
	}
	users := []string{}
	for _, reply := range replies {
		if !slices.Contains(users, reply.user) {
			users = append(users, reply.user)
		}
	}
	shown["thread_ts"], shown["reply_count"], shown["reply_users"] = m.ts, len(replies), users
	shown["reply_users_count"], shown["latest_reply"] = len(users), replies[len(replies)-1].ts
}
