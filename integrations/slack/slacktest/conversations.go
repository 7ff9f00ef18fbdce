package slacktest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Channels that the app cannot see do not exist for it.
func (c *call) channel() (*channel, error) { return c.visible(c.str("channel")) }

func (c *call) visible(id string) (*channel, error) {
	ch := c.channelBy(id)
	if ch == nil || ch.id != id || ch.private && !ch.has(c.BotUser.ID) {
		return nil, refuse("channel_not_found")
	}
	return ch, c.suits(ch.family())
}

// suits refuses when the scopes that the method takes for this family of
// channels (channels, groups, im) are all missing.
func (c *call) suits(family string) error {
	needed := slices.DeleteFunc(slices.Clone(c.methods[c.name].scopes), func(scope string) bool {
		return !strings.HasPrefix(scope, family+":")
	})
	if c.may(needed) {
		return nil
	}
	return c.missing(needed)
}

func (c *call) missing(needed []string) error {
	return refusal{"missing_scope", obj{"needed": strings.Join(needed, ","), "provided": strings.Join(c.scopes, ",")}}
}

// joined is a channel in which the app can act: it is a member and the channel lives.
func (c *call) joined() (*channel, error) { return c.joinedTo(c.str("channel")) }

func (c *call) joinedTo(id string) (*channel, error) {
	ch, err := c.visible(id)
	switch {
	case err != nil:
		return nil, err
	case !ch.has(c.BotUser.ID):
		return nil, refuse("not_in_channel")
	case ch.archived:
		return nil, refuse("is_archived")
	}
	return ch, nil
}

// freeName checks the argument name for a new or renamed channel.
func (c *call) freeName() (string, error) {
	name := strings.TrimPrefix(c.str("name"), "#")
	if code := badName(name); code != "" {
		c.problem("%s: channel name %q: %s", c.name, name, code)
		return "", refuse(code)
	}
	if c.channelBy(name) != nil { // archived channels keep their names
		return "", refuse("name_taken")
	}
	return name, nil
}

func (c *call) conversationsCreate() (obj, error) {
	private := c.bool("is_private")
	ch := &channel{id: c.id("C"), private: private, creator: c.BotUser.ID,
		created: c.clock(), members: []string{c.BotUser.ID}}
	err := c.suits(ch.family())
	if err != nil {
		return nil, err
	}
	if ch.name, err = c.freeName(); err != nil {
		return nil, err
	}
	c.channels = append(c.channels, ch)
	return obj{"channel": c.channelJSON(ch)}, nil
}

func (c *call) conversationsRename() (obj, error) {
	ch, err := c.joined()
	if err != nil {
		return nil, err
	}
	name, err := c.freeName()
	if err != nil {
		return nil, err
	}
	if ch.creator != c.BotUser.ID {
		return nil, refuse("not_authorized")
	}
	ch.previousNames = append(ch.previousNames, ch.name)
	ch.name = name
	c.narrate(ch, c.BotUser.ID, "channel_name", "renamed the channel to "+name)
	return obj{"channel": c.channelJSON(ch)}, nil
}

func (c *call) conversationsArchive() (obj, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case ch.archived:
		return nil, refuse("already_archived")
	case ch == c.channels[0]:
		return nil, refuse("cant_archive_general")
	case !ch.has(c.BotUser.ID):
		return nil, refuse("not_in_channel")
	}
	c.narrate(ch, c.BotUser.ID, "channel_archive", "archived the channel")
	ch.archived = true
	c.emit(ch, ch.event("archive", obj{"channel": ch.id, "user": c.BotUser.ID}))
	return nil, nil
}

func (c *call) conversationsUnarchive() (obj, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case !ch.archived:
		return nil, refuse("not_archived")
	}
	ch.archived = false
	c.narrate(ch, c.BotUser.ID, "channel_unarchive", "un-archived the channel")
	return nil, nil
}

func (c *call) conversationsSetTopic() (obj, error) {
	ch, err := c.described("topic")
	if err != nil {
		return nil, err
	}
	ch.topic = c.str("topic")
	c.narrate(ch, c.BotUser.ID, "channel_topic", "set the channel topic: "+ch.topic)
	return obj{"channel": c.channelJSON(ch)}, nil
}

func (c *call) conversationsSetPurpose() (obj, error) {
	ch, err := c.described("purpose")
	if err != nil {
		return nil, err
	}
	ch.purpose = c.str("purpose")
	c.narrate(ch, c.BotUser.ID, "channel_purpose", "set the channel purpose: "+ch.purpose)
	return obj{"channel": c.channelJSON(ch)}, nil
}

func (c *call) described(what string) (*channel, error) {
	ch, err := c.joined()
	if err == nil && utf8.RuneCountInString(c.str(what)) > 250 {
		c.problem("%s: a %s has at most 250 characters", c.name, what)
		return nil, refuse("too_long")
	}
	return ch, err
}

func (c *call) conversationsInvite() (obj, error) {
	ch, err := c.joined()
	if err != nil {
		return nil, err
	}
	invited := c.list("users")
	if len(invited) == 0 {
		return nil, refuse("no_user")
	}
	if len(invited) > 100 {
		c.problem("%s: invite at most 100 people at once", c.name)
	}
	var refused []any
	for _, id := range invited {
		if code := c.cannotInvite(ch, id); code != "" {
			refused = append(refused, obj{"user": id, "ok": false, "error": code})
		}
	}
	if len(refused) > 0 && (!c.bool("force") || len(refused) == len(invited)) {
		return nil, refusal{refused[0].(obj)["error"].(string), obj{"errors": refused}}
	}
	for _, id := range invited {
		if c.cannotInvite(ch, id) == "" {
			c.enter(ch, id, c.BotUser.ID)
		}
	}
	result := obj{"channel": c.channelJSON(ch)}
	if len(refused) > 0 {
		result["errors"] = refused
	}
	return result, nil
}

func (c *call) cannotInvite(ch *channel, id string) string {
	u := c.userBy(id)
	switch {
	case u == nil || u.ID != id || u.Deleted:
		return "user_not_found"
	case id == c.BotUser.ID:
		return "cant_invite_self"
	case ch.has(id):
		return "already_in_channel"
	}
	return ""
}

// enter makes somebody a member and tells the app.
func (ws *Workspace) enter(ch *channel, id, inviter string) {
	ch.join(id)
	ws.narrate(ch, id, "channel_join", "<@"+id+"> has joined the channel")
	joined := obj{"type": "member_joined_channel", "user": id, "channel": ch.id,
		"channel_type": ch.letter(), "team": ws.TeamID, "event_ts": ws.ts()}
	if inviter != "" {
		joined["inviter"] = inviter
	}
	ws.emit(ch, joined)
}

func (c *call) conversationsKick() (obj, error) {
	ch, err := c.joined()
	switch id := c.str("user"); {
	case err != nil:
		return nil, err
	case id == c.BotUser.ID:
		return nil, refuse("cant_kick_self")
	case !ch.has(id):
		return nil, refuse("not_in_channel")
	default:
		ch.members = slices.DeleteFunc(ch.members, func(member string) bool { return member == id })
	}
	return nil, nil
}

func (c *call) conversationsJoin() (obj, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case ch.archived:
		return nil, refuse("is_archived")
	case ch.private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.has(c.BotUser.ID):
		return obj{"channel": c.channelJSON(ch), "warning": "already_in_channel",
			"response_metadata": obj{"warnings": []any{"already_in_channel"}}}, nil
	}
	c.enter(ch, c.BotUser.ID, "")
	return obj{"channel": c.channelJSON(ch)}, nil
}

// conversationsOpen opens the direct message with one person. Groups of people
// in a direct message are not part of this workspace.
func (c *call) conversationsOpen() (obj, error) {
	if c.str("channel") != "" {
		ch, err := c.channel()
		if err != nil {
			return nil, err
		}
		return obj{"channel": c.channelJSON(ch)}, nil
	}
	ids := c.list("users")
	switch {
	case len(ids) == 0:
		return nil, refuse("users_list_not_supplied")
	case len(ids) > 1:
		return nil, refuse("method_not_supported_for_channel_type")
	}
	u := c.userBy(ids[0])
	if u == nil || u.ID != ids[0] {
		return nil, refuse("user_not_found")
	}
	ch := c.direct(u)
	if c.bool("return_im") {
		return obj{"channel": c.channelJSON(ch)}, nil
	}
	return obj{"channel": obj{"id": ch.id}}, nil
}
