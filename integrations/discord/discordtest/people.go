package discordtest

import (
	"slices"
	"strings"
)

// User is a person, or the app's bot.
type User struct {
	ID         string
	Name       string // the username, as in @ada
	GlobalName string // the name that is shown
	Nick       string // the name in the guild, if it is another
	Locale     string
	Bot        bool
}

// AddUser adds a person, who is in the guild from then on.
func (s *Server) AddUser(name string) User {
	return s.AddUserLike(User{Name: name})
}

// AddUserLike adds a person with what u says; what it leaves empty is made up.
func (s *Server) AddUserLike(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addUser(u)
}

func (s *Server) addUser(u User) User {
	u.ID = or(u.ID, s.id())
	u.GlobalName = or(u.GlobalName, strings.ToUpper(u.Name[:1])+u.Name[1:])
	u.Locale = or(u.Locale, "en-US")
	added := &user{User: u, joined: s.clock()}
	s.users = append(s.users, added)
	member := s.memberJSON(added)
	member["guild_id"] = s.GuildID
	s.dispatch(event{name: "GUILD_MEMBER_ADD", needs: IntentGuildMembers, data: member})
	return u
}

// AddRole adds a role to the guild, gives it to members, and returns its ID.
func (s *Server) AddRole(name string, allows Permissions, members ...string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &role{id: s.id(), name: name, permissions: allows, position: len(s.roles)}
	s.roles = append(s.roles, r)
	for _, name := range members {
		u := s.mustUser(name)
		u.roles = append(u.roles, r.id)
	}
	return r.id
}

// RefuseDirects makes a person take no direct messages from the app.
func (s *Server) RefuseDirects(name string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mustUser(name).closed = true
}

// AddChannel adds a channel that everybody sees.
func (s *Server) AddChannel(name string) Channel {
	return s.addChannel(&channel{name: name})
}

// AddPrivateChannel adds a channel that these members alone see.
func (s *Server) AddPrivateChannel(name string, members ...string) Channel {
	s.t.Helper()
	hidden := []Overwrite{{ID: s.GuildID, Deny: ViewChannel}}
	s.locked(func() {
		for _, member := range members {
			hidden = append(hidden, Overwrite{ID: s.mustUser(member).ID, Type: 1, Allow: ViewChannel})
		}
	})
	return s.addChannel(&channel{name: name, overwrites: hidden})
}

// AddCategory adds a category, under which channels can stand.
func (s *Server) AddCategory(name string) Channel {
	return s.addChannel(&channel{name: name, kind: category})
}

func (s *Server) addChannel(ch *channel) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch.id, ch.created = s.id(), s.clock()
	s.open(ch)
	return s.snapshot(ch)
}

// userBy finds a person by ID or name, with or without the @.
func (s *Server) userBy(ref string) *user {
	ref = strings.TrimPrefix(ref, "@")
	i := slices.IndexFunc(s.users, func(u *user) bool { return u.ID == ref || u.Name == ref })
	if i < 0 {
		return nil
	}
	return s.users[i]
}

func (s *Server) mustUser(ref string) *user {
	s.t.Helper()
	u := s.userBy(ref)
	if u == nil {
		s.t.Fatalf("discordtest: nobody is called %q", ref)
	}
	return u
}

func (s *Server) owner() *user { return s.users[0] }
func (s *Server) bot() *user   { return s.users[1] }

// roleBy finds a role by ID or name, with or without the @.
func (s *Server) roleBy(ref string) *role {
	i := slices.IndexFunc(s.roles, func(r *role) bool {
		return r.id == ref || strings.TrimPrefix(r.name, "@") == strings.TrimPrefix(ref, "@")
	})
	if i < 0 {
		return nil
	}
	return s.roles[i]
}

func (s *Server) nameOf(id string) string {
	if u := s.userBy(id); u != nil {
		return u.Name
	}
	if r := s.roleBy(id); r != nil {
		return "@" + strings.TrimPrefix(r.name, "@")
	}
	return id
}

// UserName is the name of the person or role with this ID; the ID where there is
// nobody.
func (s *Server) UserName(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nameOf(id)
}
