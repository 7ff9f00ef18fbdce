package slacktest

import (
	"slices"
	"strings"
)

// User is a person, or the app's bot.
type User struct {
	ID       string
	Name     string // the handle, as in @ada
	RealName string
	Email    string
	TeamID   string // differs from the workspace's for a person from outside
	TZ       string
	IsBot    bool
	Deleted  bool
	Guest    bool // sees only some channels
	// Unconfirmed is an e-mail address of which nobody knows whose it is.
	Unconfirmed bool
	// Enterprise is the organisation of the person's workspace, where that has one.
	Enterprise string
}

type group struct {
	id, handle string
	members    []string // user IDs
}

// AddUser adds a person, who is in #general from then on.
func (ws *Workspace) AddUser(name string) User {
	return ws.AddUserLike(User{Name: name})
}

// AddUserLike adds a person with what u says; what it leaves empty is made up.
func (ws *Workspace) AddUserLike(u User) User {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.addUser(u)
}

func (ws *Workspace) addUser(u User) User {
	u.ID = or(u.ID, ws.id("U"))
	u.RealName = or(u.RealName, strings.ToUpper(u.Name[:1])+u.Name[1:])
	u.Email = or(u.Email, u.Name+"@example.com")
	u.TeamID = or(u.TeamID, ws.TeamID)
	u.TZ = or(u.TZ, "Europe/Paris")
	if u.TeamID == ws.TeamID {
		u.Enterprise = or(u.Enterprise, ws.enterprise)
	}
	ws.users = append(ws.users, &u)
	if !u.IsBot && u.TeamID == ws.TeamID {
		ws.channels[0].members = append(ws.channels[0].members, u.ID)
	}
	return u
}

// AddGroup adds a user group, @handle, and returns its ID.
func (ws *Workspace) AddGroup(handle string, members ...string) string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	g := &group{id: ws.id("S"), handle: handle, members: ws.idsOf(members)}
	ws.groups = append(ws.groups, g)
	return g.id
}

// Regroup makes other people the members of a user group.
func (ws *Workspace) Regroup(id string, members ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, g := range ws.groups {
		if g.id == id {
			g.members = ws.idsOf(members)
		}
	}
}

// AddChannel adds a public channel. Its first member made it.
func (ws *Workspace) AddChannel(name string, members ...string) Channel {
	return ws.addChannel(&channel{name: name}, members)
}

// AddPrivateChannel adds a private channel. Its first member made it.
func (ws *Workspace) AddPrivateChannel(name string, members ...string) Channel {
	return ws.addChannel(&channel{name: name, private: true}, members)
}

func (ws *Workspace) addChannel(ch *channel, members []string) Channel {
	ws.t.Helper()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if code := badName(ch.name); code != "" {
		ws.t.Fatalf("slacktest: channel %q: %s", ch.name, code)
	}
	ch.id, ch.created, ch.members = ws.id("C"), ws.clock(), ws.idsOf(members)
	if len(ch.members) > 0 {
		ch.creator = ch.members[0]
	}
	ws.channels = append(ws.channels, ch)
	return ws.snapshot(ch)
}

func (ws *Workspace) idsOf(names []string) []string {
	ws.t.Helper()
	ids := []string{}
	for _, name := range names {
		ids = append(ids, ws.mustUser(name).ID)
	}
	return ids
}

// userBy finds a person by ID or handle, with or without the @.
func (ws *Workspace) userBy(ref string) *User {
	ref = strings.TrimPrefix(ref, "@")
	i := slices.IndexFunc(ws.users, func(u *User) bool { return u.ID == ref || u.Name == ref })
	if i < 0 {
		return nil
	}
	return ws.users[i]
}

func (ws *Workspace) mustUser(ref string) *User {
	ws.t.Helper()
	u := ws.userBy(ref)
	if u == nil {
		ws.t.Fatalf("slacktest: nobody is called %q", ref)
	}
	return u
}

func (ws *Workspace) nameOf(id string) string {
	if u := ws.userBy(id); u != nil {
		return u.Name
	}
	return id
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// UserName is the handle of the person with this ID; the ID where there is
// nobody.
func (ws *Workspace) UserName(id string) string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.nameOf(id)
}
