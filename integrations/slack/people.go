package slack

import (
	"cmp"
	"context"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// identity is who the bot is, as auth.test says.
type identity struct {
	team       string // where rooms are opened and channels found; "" if that is not known
	enterprise string
	wide       bool // the app is installed for the whole enterprise
	user, bot  string
	address    string
}

func (p *Platform) known() identity {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self
}

// whoami asks who the bot is, once.
func (p *Platform) whoami(ctx context.Context) (identity, error) {
	if self := p.known(); self.user != "" {
		return self, nil
	}
	var answer struct {
		Team       string `json:"team_id"`
		Enterprise string `json:"enterprise_id"`
		Wide       bool   `json:"is_enterprise_install"`
		User       string `json:"user_id"`
		Bot        string `json:"bot_id"`
		URL        string `json:"url"`
	}
	if err := p.call(ctx, "auth.test", nil, &answer); err != nil {
		return identity{}, err
	}
	self := identity{answer.Team, answer.Enterprise, answer.Wide, answer.User, answer.Bot, answer.URL}
	if self.wide || p.settings.Team != "" { // an organisation's token belongs to no workspace
		self.team = p.settings.Team
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.self = self
	return self, nil
}

// An origin is what a payload tells of where somebody is from.
type origin struct {
	team   string // of the person; "" if it is not said
	inside bool   // it happened where nobody of another organisation can be
}

// outside says whether somebody of an origin is from another organisation, if
// that can be told. Within an enterprise only users.info knows all the teams.
func (id identity) outside(o origin) (outside, certain bool) {
	switch {
	case id.team == "" || o.team == "":
		return false, o.inside
	case o.team == id.team:
		return false, true
	case id.enterprise == "":
		return true, true
	}
	return false, o.inside
}

// actor is who acted. In a shared channel everybody can press a button: who
// cannot be told to be of this organisation is from outside, for which unsure is
// the reason, and who is known not to be is so wherever they act. An error says
// that it could be told in a moment.
func (p *Platform) actor(ctx context.Context, id, handle string, o origin) (who chat.Person, unsure bool, err error) {
	self, _ := p.whoami(ctx) // what is not known is not certain
	outside, certain := self.outside(o)
	var k knownPerson
	if !certain || handle == "" {
		k = p.ask(ctx, id)
	}
	who = p.person(id, handle)
	if certain {
		who.External = outside || k.foreign
		return who, false, nil
	}
	unsure = !k.foreign && k.handle == ""
	who.External = k.foreign || unsure
	return who, unsure, k.trouble
}

// knownPerson is what users.info said. Names change and people come and go, so
// it is asked again after a while.
type knownPerson struct {
	handle, name string
	email        string // of somebody of this organisation, confirmed
	bot, foreign bool
	until        time.Time
	trouble      error // why it said nothing, if it may in a moment
}

const (
	namesKept  = time.Hour
	misses     = time.Minute
	mostPeople = 20_000
	lookUpTime = 1200 * time.Millisecond // a slash command has three seconds in all
)

// person is somebody as the payload calls them, by a better name if one is known.
func (p *Platform) person(id, handle string) chat.Person {
	p.mu.Lock()
	k := p.people[id]
	p.mu.Unlock()
	return chat.Person{Platform: name, ID: id, Name: chat.Clean(cmp.Or(k.name, handle)), External: k.foreign}
}

// lookUp is somebody whom the payload does not name. A name that cannot be had
// is left out.
func (p *Platform) lookUp(ctx context.Context, id, team string) chat.Person {
	k := p.ask(ctx, id)
	outside, _ := p.known().outside(origin{team: team})
	return chat.Person{Platform: name, ID: id, Name: chat.Clean(k.name), External: k.foreign || outside}
}

// mentioned is somebody mentioned, and the one word that can stand for them in a
// line as @called: their name, their handle, or, with neither, nothing.
func (p *Platform) mentioned(ctx context.Context, id, label string) (who chat.Person, called string) {
	if label != "" {
		who = chat.Person{Platform: name, ID: id, Name: chat.Clean(label), External: p.person(id, "").External}
		return who, word(who.Name)
	}
	who = p.lookUp(ctx, id, "")
	return who, cmp.Or(word(who.Name), word(p.ask(ctx, id).handle))
}

// word is s, or nothing if it cannot stand in a line as one word.
func word(s string) string {
	if !oneWord(s) {
		return ""
	}
	return s
}

// vouch adds the e-mail address of who acted, once it is known: nobody is made to
// wait for it.
func (p *Platform) vouch(a *act) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k := p.people[a.By.ID]; !a.By.External && !a.Unsure {
		a.Email = k.email
	}
}

func (p *Platform) isBot(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.people[id].bot
}

func (p *Platform) ask(ctx context.Context, id string) knownPerson {
	now := p.options.Now()
	p.mu.Lock()
	k, have := p.people[id]
	p.mu.Unlock()
	if have && now.Before(k.until) || !isID(id) {
		return k
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	self, err := p.whoami(ctx)
	var u *slack.User
	if err == nil {
		u, err = p.api.GetUserInfoContext(ctx, id)
	}
	if err != nil {
		p.options.Log.Debug("name not found", "platform", name, "user", id, "err", err)
		k.until, k.trouble = now.Add(misses), nil
		if err = refusal("users.info", err); passing(err) && k.handle == "" {
			k.trouble = err
		}
	} else {
		k = self.describe(u)
		k.until = now.Add(namesKept)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.people) >= mostPeople {
		clear(p.people)
	}
	p.people[id] = k
	return k
}

func (id identity) describe(u *slack.User) knownPerson {
	home := u.TeamID == id.team || id.enterprise != "" && u.Enterprise.EnterpriseID == id.enterprise
	email := ""
	if home && !u.IsStranger && !u.IsBot && !u.IsRestricted && u.IsEmailConfirmed {
		email = u.Profile.Email
	}
	return knownPerson{
		email:   email,
		handle:  u.Name,
		name:    cmp.Or(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name),
		bot:     u.IsBot,
		foreign: !home || u.IsStranger,
	}
}
