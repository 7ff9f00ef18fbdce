package slacktest

import (
	"slices"
	"strings"
)

// Slack publishes no numbers for these; the workspace has some, so that they can be met.
const (
	mostPins      = 100
	mostBookmarks = 100
)

func (c *call) pinsAdd() (obj, error) {
	ch, m, err := c.item("timestamp")
	switch {
	case err != nil:
		return nil, err
	case pinned(ch, m) >= 0:
		return nil, refuse("already_pinned")
	case len(ch.pins) >= mostPins:
		return nil, refuse("too_many_pins")
	}
	ch.pins = append(ch.pins, pin{m, c.BotUser.ID, c.clock()})
	return nil, nil
}

func (c *call) pinsRemove() (obj, error) {
	ch, m, err := c.item("timestamp")
	if err != nil {
		return nil, err
	}
	i := pinned(ch, m)
	if i < 0 {
		return nil, refuse("no_pin")
	}
	ch.pins = slices.Delete(ch.pins, i, i+1)
	return nil, nil
}

func (c *call) pinsList() (obj, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, p := range ch.pins {
		message := c.messageJSON(p.message, false)
		message["permalink"] = c.permalink(p.message)
		items = append([]any{obj{"type": "message", "channel": ch.id, "created": p.at.Unix(),
			"created_by": p.by, "message": message}}, items...)
	}
	return obj{"items": items}, nil
}

func pinned(ch *channel, m *message) int {
	return slices.IndexFunc(ch.pins, func(p pin) bool { return p.message == m })
}

// item finds the message that a call names with channel and a timestamp.
func (c *call) item(timestamp string) (*channel, *message, error) {
	ch, err := c.joined()
	if err != nil {
		return nil, nil, err
	}
	if c.str(timestamp) == "" {
		return nil, nil, refuse("no_item_specified")
	}
	m := ch.message(c.str(timestamp))
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	return ch, m, nil
}

// bookmarked is the channel of a bookmark method, which calls it channel_id.
func (c *call) bookmarked() (*channel, error) { return c.joinedTo(c.str("channel_id")) }

func (c *call) bookmarksAdd() (obj, error) {
	ch, err := c.bookmarked()
	switch {
	case err != nil:
		return nil, err
	case c.str("type") != "link":
		return nil, refuse("invalid_bookmark_type")
	case !isWebLink(c.str("link")):
		return nil, refuse("invalid_link")
	case len(ch.bookmarks) >= mostBookmarks:
		return nil, refuse("too_many_bookmarks")
	}
	b := &bookmark{Bookmark{c.id("Bk"), c.str("title"), c.str("link"), c.str("emoji")}, c.clock(), c.clock()}
	ch.bookmarks = append(ch.bookmarks, b)
	return obj{"bookmark": c.bookmarkJSON(ch, b)}, nil
}

func (c *call) bookmarksEdit() (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	if c.has("link") && !isWebLink(c.str("link")) {
		return nil, refuse("invalid_link")
	}
	b.Title, b.Link, b.Emoji = or(c.str("title"), b.Title), or(c.str("link"), b.Link), or(c.str("emoji"), b.Emoji)
	b.updated = c.clock()
	return obj{"bookmark": c.bookmarkJSON(ch, b)}, nil
}

func (c *call) bookmarksRemove() (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	ch.bookmarks = slices.DeleteFunc(ch.bookmarks, func(other *bookmark) bool { return other == b })
	return nil, nil
}

func (c *call) bookmarksList() (obj, error) {
	ch, err := c.bookmarked()
	if err != nil {
		return nil, err
	}
	shown := []any{}
	for _, b := range ch.bookmarks {
		shown = append(shown, c.bookmarkJSON(ch, b))
	}
	return obj{"bookmarks": shown}, nil
}

func (c *call) bookmark() (*channel, *bookmark, error) {
	ch, err := c.bookmarked()
	if err != nil {
		return nil, nil, err
	}
	for _, b := range ch.bookmarks {
		if b.ID == c.str("bookmark_id") {
			return ch, b, nil
		}
	}
	return nil, nil, refuse("not_found")
}

func (c *call) bookmarkJSON(ch *channel, b *bookmark) obj {
	return obj{"id": b.ID, "channel_id": ch.id, "title": b.Title, "link": b.Link, "emoji": b.Emoji, "type": "link",
		"icon_url": "", "entity_id": nil, "date_created": b.created.Unix(), "date_updated": b.updated.Unix(),
		"rank": "a", "last_updated_by_user_id": c.BotUser.ID, "last_updated_by_team_id": c.TeamID,
		"shortcut_id": nil, "app_id": c.AppID}
}

func isWebLink(link string) bool {
	return strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")
}
