package discordtest

import (
	"slices"
	"strconv"
	"strings"
)

func (c *call) getMe() (any, error) { return c.userJSON(c.bot()), nil }

func (c *call) getUser() (any, error) {
	u := c.userOf(c.value("user"))
	if u == nil {
		return nil, errUnknownUser
	}
	return c.userJSON(u), nil
}

// userOf finds a person by ID only, as Discord does. "@me" is the app.
func (c *call) userOf(id string) *user {
	if id == "@me" {
		return c.bot()
	}
	if u := c.userBy(id); u != nil && u.ID == id {
		return u
	}
	return nil
}

// Flags of an application: its privileged intents, as a small one has them.
const (
	membersLimited = 1 << 15
	contentLimited = 1 << 19
)

func (c *call) getApplication() (any, error) {
	if id := c.value("application"); id != "" && id != c.AppID {
		return nil, refuse(404, 10002)
	}
	flags := 0
	if c.privileged&IntentGuildMembers != 0 {
		flags |= membersLimited
	}
	if c.privileged&IntentMessageContent != 0 {
		flags |= contentLimited
	}
	endpoint := any(nil)
	if c.base != "" {
		endpoint = c.base + interactionsPath
	}
	return obj{"id": c.AppID, "name": c.BotUser.Name, "description": "", "icon": nil, "bot": c.userJSON(c.bot()),
		"bot_public": false, "bot_require_code_grant": false, "verify_key": c.PublicKey, "flags": flags,
		"interactions_endpoint_url": endpoint, "approximate_guild_count": 1, "owner": c.userJSON(c.owner())}, nil
}

func (c *call) createDirect() (any, error) {
	var f form
	id := f.snowflake("recipient_id", c.body["recipient_id"])
	if err := f.refusal(); err != nil {
		return nil, err
	}
	u := c.userOf(id)
	switch {
	case u == nil:
		return nil, errUnknownUser
	case u.Bot:
		return nil, refuse(400, 50007)
	}
	return c.channelJSON(c.direct(u)), nil
}

// inThisGuild refuses every other guild.
func (c *call) inThisGuild() error {
	if c.value("guild") != c.GuildID {
		return errUnknownGuild
	}
	return nil
}

func (c *call) getGuild() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	return c.guildJSON(), nil
}

func (c *call) getRoles() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	return c.guildJSON()["roles"], nil
}

func (c *call) getMember() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	u := c.userOf(c.value("user"))
	switch {
	case u == nil:
		return nil, errUnknownUser
	case u.gone:
		return nil, refuse(404, 10007)
	}
	return c.memberJSON(u), nil
}

// listMembers needs the privileged intent, as Discord has it.
func (c *call) listMembers() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	if c.privileged&IntentGuildMembers == 0 {
		return nil, errAccess
	}
	after, _ := strconv.ParseInt(c.query.Get("after"), 10, 64)
	return c.members(1, func(u *user) bool {
		id, _ := strconv.ParseInt(u.ID, 10, 64)
		return id > after
	})
}

func (c *call) searchMembers() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	begin := strings.ToLower(c.query.Get("query"))
	if begin == "" {
		return nil, invalid("query", "BASE_TYPE_REQUIRED", "This field is required")
	}
	return c.members(1, func(u *user) bool {
		return strings.HasPrefix(strings.ToLower(u.Name), begin) || u.Nick != "" && strings.HasPrefix(strings.ToLower(u.Nick), begin)
	})
}

func (c *call) members(otherwise int64, wanted func(*user) bool) (any, error) {
	limit, err := c.limit(otherwise, 1000)
	if err != nil {
		return nil, err
	}
	found := []any{}
	for _, u := range slices.SortedFunc(slices.Values(c.users), func(a, b *user) int { return strings.Compare(a.ID, b.ID) }) {
		if !u.gone && wanted(u) && int64(len(found)) < limit {
			found = append(found, c.memberJSON(u))
		}
	}
	return found, nil
}

// limit is the parameter of that name.
func (c *call) limit(otherwise, most int64) (int64, error) {
	given := c.query.Get("limit")
	if given == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and %d.", most)
	}
	return n, nil
}
