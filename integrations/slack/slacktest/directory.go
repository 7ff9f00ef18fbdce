package slacktest

// botID is the bot of the app, which is not its bot user.
const botID = "B0CRESSET"

func (c *call) authTest() (obj, error) {
	me := obj{"url": c.URL + "/", "team": "Test Workspace", "team_id": c.TeamID, "user": c.BotUser.Name,
		"user_id": c.BotUser.ID, "bot_id": botID, "is_enterprise_install": c.orgWide}
	if c.enterprise != "" {
		me["enterprise_id"] = c.enterprise
	}
	if c.orgWide { // the token belongs to no workspace
		me["team_id"] = c.enterprise
	}
	return me, nil
}

func (c *call) teamInfo() (obj, error) {
	return obj{"team": obj{"id": c.TeamID, "name": "Test Workspace", "domain": "test-workspace",
		"email_domain": "example.com"}}, nil
}

func (c *call) usersInfo() (obj, error) {
	u := c.userBy(c.str("user"))
	if u == nil || u.ID != c.str("user") {
		return nil, refuse("user_not_found")
	}
	return obj{"user": c.userJSON(u)}, nil
}

func (c *call) usersList() (obj, error) {
	var found []any
	for _, u := range c.users {
		if u.TeamID == c.TeamID { // people from outside are not listed
			found = append(found, c.userJSON(u))
		}
	}
	return c.page("members", found, 1000)
}

func (c *call) usersLookupByEmail() (obj, error) {
	for _, u := range c.users {
		if u.Email == c.str("email") && !u.Deleted && !u.IsBot {
			return obj{"user": c.userJSON(u)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (c *call) usergroupsList() (obj, error) {
	found := []any{}
	for _, g := range c.groups {
		shown := obj{"id": g.id, "team_id": c.TeamID, "is_usergroup": true, "name": g.handle, "handle": g.handle,
			"is_external": false, "user_count": len(g.members)}
		if c.bool("include_users") {
			shown["users"] = g.members
		}
		found = append(found, shown)
	}
	return obj{"usergroups": found}, nil
}

func (c *call) usergroupsUsersList() (obj, error) {
	for _, g := range c.groups {
		if g.id == c.str("usergroup") {
			return obj{"users": g.members}, nil
		}
	}
	return nil, refuse("no_such_subteam")
}

func (c *call) userJSON(u *User) obj {
	profile := obj{"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
		"display_name_normalized": u.Name, "team": u.TeamID}
	if c.may([]string{"users:read.email"}) && !u.IsBot {
		profile["email"] = u.Email
	}
	shown := obj{"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"tz": u.TZ, "tz_label": u.TZ, "tz_offset": 3600, "is_bot": u.IsBot, "is_app_user": false, "is_admin": false,
		"is_owner": false, "is_restricted": u.Guest, "is_ultra_restricted": false, "is_email_confirmed": !u.Unconfirmed, "profile": profile, "updated": 1}
	if u.Enterprise != "" {
		shown["enterprise_user"] = obj{"id": u.ID, "enterprise_id": u.Enterprise, "teams": []string{u.TeamID}}
	}
	if u.TeamID != c.TeamID && (c.enterprise == "" || u.Enterprise != c.enterprise) {
		shown["is_stranger"] = true
	}
	return shown
}
