package slacktest

// Enterprise makes the workspace one of an organisation on Enterprise Grid; none
// with an empty ID.
func (ws *Workspace) Enterprise(id string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.enterprise = id
	for _, u := range ws.users {
		if u.TeamID == ws.TeamID {
			u.Enterprise = id
		}
	}
}

// InstallForOrganisation installs the app for all of an organisation. Methods that
// work on one workspace then want its team_id, and the app may not yet be in it.
func (ws *Workspace) InstallForOrganisation(id string) {
	ws.Enterprise(id)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.orgWide = true
}

// wantsTeam are the methods that work on one workspace.
var wantsTeam = map[string]bool{"conversations.create": true, "conversations.list": true, "users.conversations": true,
	"users.list": true, "usergroups.list": true, "usergroups.users.list": true}

// workspace says whether a call to an app of a whole organisation names a
// workspace that the app is in.
func (c *call) workspace() error {
	switch {
	case !c.orgWide || !wantsTeam[c.name]:
		return nil
	case c.str("team_id") == "":
		c.problem("%s of an app of a whole organisation has no team_id", c.name)
		return refuse("missing_argument")
	case c.str("team_id") != c.TeamID:
		return refuse("team_access_not_granted")
	}
	return nil
}

// belong names the organisation in a payload, if there is one.
func (ws *Workspace) belong(payload obj) obj {
	if ws.enterprise != "" {
		payload["enterprise_id"] = ws.enterprise
	}
	return payload
}
