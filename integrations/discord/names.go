package discord

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// whoami asks who the bot is, once.
func (p *Platform) whoami(ctx context.Context) (string, error) {
	if self := p.known(); self != "" {
		return self, nil
	}
	var me user
	if err := p.call(ctx, request{method: http.MethodGet, path: "/users/@me"}, &me); err != nil {
		return "", seen(refusal(chat.LookingUp, err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.self = me.ID
	return me.ID, nil
}

func (p *Platform) known() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self
}

// user and member are somebody as Discord describes them.
type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`

	Member *member `json:"member"` // of somebody mentioned in a server, without the user
}

type member struct {
	User    user   `json:"user"`
	Nick    string `json:"nick"`
	Pending bool   `json:"pending"` // has not agreed to the rules of the server yet, and is no member until then
}

// knownPerson is what Discord said of somebody. Names change and people come and
// go, so it is asked again after a while.
type knownPerson struct {
	name, handle string
	member       bool // of the server
	asked        time.Time
	until        time.Time
	doubt        bool // Discord could not say whether they are a member
}

const (
	namesKept  = time.Hour
	misses     = time.Minute
	memberFor  = time.Minute // how long somebody counts as a member of whom no payload says so
	mostPeople = 20_000
	lookUpTime = 1200 * time.Millisecond // an interaction has three seconds in all
)

// met is a member of the server whom a payload describes.
func (p *Platform) met(u user, m *member) chat.Person {
	now := p.options.Now()
	k := knownPerson{name: cmp.Or(m.Nick, u.GlobalName, u.Username), handle: u.Username, member: !m.Pending, asked: now, until: now.Add(namesKept)}
	p.remember(u.ID, k)
	return k.person(u.ID)
}

func (k knownPerson) person(id string) chat.Person {
	return chat.Person{Platform: name, ID: id, Name: chat.Clean(k.name), External: !k.member}
}

func (p *Platform) remember(id string, k knownPerson) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.people) >= mostPeople {
		clear(p.people)
	}
	p.people[id] = k
}

// lookUp is somebody of whom nobody says whether they are in the server. Who
// cannot be found there is from outside.
func (p *Platform) lookUp(ctx context.Context, u user) chat.Person {
	return p.askedFor(ctx, u, namesKept).person(u.ID)
}

// acting is somebody who acts, of whom nobody says whether they are in the server:
// who left it may do nothing any more. unsure says that they are from outside only
// because Discord did not answer.
func (p *Platform) acting(ctx context.Context, u user) (who chat.Person, unsure bool) {
	k := p.askedFor(ctx, u, memberFor)
	return k.person(u.ID), k.doubt && !k.member
}

func (p *Platform) askedFor(ctx context.Context, u user, fresh time.Duration) knownPerson {
	k := p.askAgain(ctx, u.ID, fresh)
	k.name = cmp.Or(k.name, u.GlobalName, u.Username)
	return k
}

func (p *Platform) ask(ctx context.Context, id string) knownPerson {
	return p.askAgain(ctx, id, namesKept)
}

// askAgain asks who somebody is, if it is not known, or for so long.
func (p *Platform) askAgain(ctx context.Context, id string, fresh time.Duration) knownPerson {
	now := p.options.Now()
	p.mu.Lock()
	k, have := p.people[id]
	p.mu.Unlock()
	if have && now.Before(k.until) && (fresh == namesKept || now.Before(k.asked.Add(fresh))) || !isID(id) {
		return k
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	var m member
	err := p.call(ctx, request{method: http.MethodGet, path: "/guilds/" + p.settings.Guild + "/members/" + id}, &m)
	switch {
	case err == nil:
		k = knownPerson{name: cmp.Or(m.Nick, m.User.GlobalName, m.User.Username), handle: m.User.Username, member: !m.Pending, asked: now, until: now.Add(namesKept)}
	case slices.Contains(aboutPerson, code(err)):
		k = knownPerson{asked: now, until: now.Add(namesKept)}
	default:
		p.options.Log.Debug("person not found", "platform", name, "user", id, "err", err)
		k.until, k.doubt = now.Add(misses), true
	}
	p.remember(id, k)
	return k
}

// called is the one word that can stand for somebody in a line as @called: their
// name, or their handle, which has no space.
func (p *Platform) called(ctx context.Context, id string) (who chat.Person, called string) {
	k := p.ask(ctx, id)
	who = k.person(id)
	for _, n := range []string{who.Name, k.handle} {
		if oneWord(n) {
			return who, n
		}
	}
	return who, ""
}

// oneWord says whether a name can stand in a command line as @name.
func oneWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\u00a0,;:\"'`()<>@", r) })
}

// channelID is the id of the channel behind a place: a name is looked up, and the
// conversation with one person is opened.
func (p *Platform) channelID(ctx context.Context, where chat.Place) (string, error) {
	switch {
	case where.Channel == "" && where.Direct != "":
		return p.direct(ctx, where.Direct)
	case strings.HasPrefix(where.Channel, "#"):
		return p.named(ctx, where.Channel[1:])
	case !isID(where.Channel):
		return "", gone("there is no such channel")
	}
	if c, ok := p.guild.channel(where.Channel); ok && p.archived(c) {
		return "", gone("the channel is archived")
	}
	return where.Channel, nil
}

// named finds the channel of a name, the oldest where there are two.
func (p *Platform) named(ctx context.Context, called string) (string, error) {
	for _, now := range []bool{false, true} { // of what was made this moment the gateway may not have told
		all, err := p.channels(ctx, now)
		if err != nil {
			return "", err
		}
		found := ""
		for _, c := range all {
			if c.Name == called && c.takesMessages() && (found == "" || timeOf(c.ID, time.Time{}).Before(timeOf(found, time.Time{}))) {
				found = c.ID
			}
		}
		if found != "" {
			return found, nil
		}
	}
	return "", gone("there is no channel #" + called + " that the bot can see: make it, or let the bot's role see it")
}

// direct is the channel of the conversation with one person.
func (p *Platform) direct(ctx context.Context, who string) (string, error) {
	p.mu.Lock()
	id := p.directs[who]
	p.mu.Unlock()
	if id != "" {
		return id, nil
	}
	if !isID(who) {
		return "", gone("the person is not on Discord")
	}
	var c channel
	err := p.call(ctx, request{method: http.MethodPost, path: "/users/@me/channels", body: map[string]string{"recipient_id": who}}, &c)
	if err != nil {
		return "", seen(refusal(chat.Posting, err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.directs[who] = c.ID
	return c.ID, nil
}

func (p *Platform) forgetDirect(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.directs, who)
}
