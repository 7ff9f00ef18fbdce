package slacktest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

func (c *call) conversationsInfo() (obj, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	shown := c.channelJSON(ch)
	if c.bool("include_num_members") {
		shown["num_members"] = len(ch.members)
	}
	return obj{"channel": shown}, nil
}

func (c *call) conversationsList() (obj, error) {
	return c.listChannels(func(ch *channel) bool { return true })
}

func (c *call) usersConversations() (obj, error) {
	id := or(c.str("user"), c.BotUser.ID)
	return c.listChannels(func(ch *channel) bool { return ch.has(id) })
}

func (c *call) listChannels(wanted func(*channel) bool) (obj, error) {
	types := c.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	var found []any
	for _, ch := range c.channels {
		hidden := ch.private && !ch.has(c.BotUser.ID) || ch.archived && c.bool("exclude_archived") || c.unlisted(ch)
		if !hidden && wanted(ch) && slices.Contains(types, ch.kind()) {
			shown := c.channelJSON(ch)
			shown["num_members"] = len(ch.members)
			found = append(found, shown)
		}
	}
	return c.page("channels", found, 100)
}

func (c *call) conversationsMembers() (obj, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	var found []any
	for _, id := range ch.members {
		found = append(found, id)
	}
	return c.page("members", found, 100)
}

// page answers with one page of a list and the cursor of the next.
func (c *call) page(name string, all []any, limit int) (obj, error) {
	start := 0
	if cursor := c.str("cursor"); cursor != "" {
		plain, err := base64.StdEncoding.DecodeString(cursor)
		offset, isOffset := strings.CutPrefix(string(plain), "offset:")
		start, _ = strconv.Atoi(offset)
		if err != nil || !isOffset || start > len(all) {
			return nil, refuse("invalid_cursor")
		}
	}
	if limit = c.int("limit", limit); limit < 1 || limit > 1000 {
		return nil, refuse("invalid_limit")
	}
	end := min(start+limit, len(all))
	next := ""
	if end < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte("offset:" + strconv.Itoa(end)))
	}
	return obj{name: append([]any{}, all[start:end]...), "response_metadata": obj{"next_cursor": next}}, nil
}

// kind is the word for conversations.list.
func (ch *channel) kind() string {
	switch {
	case ch.with != "":
		return "im"
	case ch.private:
		return "private_channel"
	}
	return "public_channel"
}

// eventKind is the word for the channel_type of a message event.
func (ch *channel) eventKind() string {
	switch {
	case ch.with != "":
		return "im"
	case ch.private:
		return "group"
	}
	return "channel"
}

// family is how the scopes for such a channel begin.
func (ch *channel) family() string {
	return map[string]string{"im": "im", "group": "groups", "channel": "channels"}[ch.eventKind()]
}

// letter is the channel_type of member_joined_channel.
func (ch *channel) letter() string {
	if ch.private {
		return "G"
	}
	return "C"
}

// others are the workspaces that a channel is shared with: those that it was
// connected to, and those of its members.
func (ws *Workspace) others(ch *channel) []string {
	teams := slices.Clone(ch.connected)
	for _, id := range ch.members {
		if team := ws.teamOf(id); team != ws.TeamID && !slices.Contains(teams, team) {
			teams = append(teams, team)
		}
	}
	return teams
}

func (ws *Workspace) isShared(ch *channel) bool { return len(ws.others(ch)) > 0 }

func (ws *Workspace) channelJSON(ch *channel) obj {
	if ch.with != "" {
		return obj{"id": ch.id, "created": ch.created.Unix(), "is_im": true, "is_org_shared": false,
			"user": ch.with, "is_archived": false, "is_user_deleted": false, "priority": 0}
	}
	return obj{
		"id": ch.id, "name": ch.name, "name_normalized": ch.name, "created": ch.created.Unix(), "creator": ch.creator,
		"context_team_id": ws.TeamID, "is_channel": true, "is_group": false, "is_im": false, "is_mpim": false,
		"is_private": ch.private, "is_archived": ch.archived, "is_general": ch == ws.channels[0],
		"is_member": ch.has(ws.BotUser.ID), "is_shared": ws.isShared(ch), "is_ext_shared": ws.isShared(ch), "is_org_shared": false,
		"is_pending_ext_shared": false, "shared_team_ids": append([]string{ws.TeamID}, ws.others(ch)...), "pending_shared": []any{},
		"unlinked": 0, "previous_names": append([]string{}, ch.previousNames...),
		"topic":   obj{"value": ch.topic, "creator": "", "last_set": 0},
		"purpose": obj{"value": ch.purpose, "creator": "", "last_set": 0},
	}
}
