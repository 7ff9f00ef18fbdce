package slack

import (
	"context"
	"net/url"
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
	return chat.Person{Platform: name, ID: id, Name: chat.Clean(firstOf(k.name, handle)), External: k.foreign}
}

// lookUp is somebody whom the payload does not name. A name that cannot be had
// is left out.
func (p *Platform) lookUp(ctx context.Context, id, team string) chat.Person {
	k := p.ask(ctx, id)
	who := chat.Person{Platform: name, ID: id, Name: chat.Clean(k.name), External: k.foreign}
	if k.name == "" && p.foreign(team) {
		who.External = true
	}
	return who
}

// mentioned is somebody mentioned, and the one word that can stand for them in a
// line as @called: their name, their handle, or, with neither, nothing.
func (p *Platform) mentioned(ctx context.Context, id, label string) (who chat.Person, called string) {
	if label != "" {
		who = chat.Person{Platform: name, ID: id, Name: chat.Clean(label), External: p.person(id, "").External}
		return who, word(who.Name)
	}
	who = p.lookUp(ctx, id, "")
	return who, firstOf(word(who.Name), word(p.ask(ctx, id).handle))
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

// foreign says whether a workspace is another than the bot's. On Enterprise Grid
// only users.info can tell, which ask does.
func (p *Platform) foreign(team string) bool {
	self := p.known()
	return team != "" && self.team != "" && team != self.team && self.enterprise == ""
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
		name:    firstOf(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name),
		bot:     u.IsBot,
		foreign: !home || u.IsStranger,
	}
}

// channel is the id of the channel behind a place, or what chat.postMessage
// takes in its stead: "#name" or a person's id.
func (p *Platform) channel(where chat.Place) string {
	called := where.Channel
	if called == "" {
		called = "@" + where.Direct
	}
	p.mu.Lock()
	id := p.channels[called]
	p.mu.Unlock()
	switch {
	case id != "":
		return id
	case where.Channel != "":
		return where.Channel
	default:
		return where.Direct
	}
}

// learn keeps the id that Slack answered for a place.
func (p *Platform) learn(where chat.Place, id string) {
	called := where.Channel
	if called == "" {
		called = "@" + where.Direct
	}
	if id == "" || called[0] != '#' && called[0] != '@' {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.channels[called] = id
}

// forget drops what is known of a name whose channel is gone: another may have it now.
func (p *Platform) forget(where chat.Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.channels, where.Channel)
}

// channelID is the id of the channel behind a place, looked up if need be: only
// methods that post take names.
func (p *Platform) channelID(ctx context.Context, where chat.Place) (string, error) {
	id := p.channel(where)
	switch {
	case where.Channel == "" && id == where.Direct:
		ch, _, _, err := p.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{where.Direct}})
		if err != nil {
			return "", refusal("conversations.open", err)
		}
		p.learn(where, ch.ID)
		return ch.ID, nil
	case len(id) > 0 && id[0] == '#':
		room, found, err := p.FindRoom(ctx, id[1:])
		if err != nil {
			return "", err
		}
		if !found {
			return "", gone("conversations.list", "there is no channel "+id+" that the bot can see: make it, or invite the bot to it")
		}
		p.learn(where, room.Place.Channel)
		return room.Place.Channel, nil
	}
	return id, nil
}

// postable is the channel behind a place, as the methods take it that post: also
// by its name, unless each workspace of an organisation can have one of that name.
func (p *Platform) postable(ctx context.Context, where chat.Place) (string, error) {
	id := p.channel(where)
	if id == "" || id[0] != '#' {
		return id, nil
	}
	self, err := p.whoami(ctx)
	switch {
	case err != nil:
		return "", seen(refusal("auth.test", err))
	case self.wide:
		return p.channelID(ctx, where)
	}
	return id, nil
}

// fetch reads a message that somebody reacted to. Where the bot may not read,
// the post has no text.
func (p *Platform) fetch(ctx context.Context, channel, ts, author string) (*chat.Post, error) {
	where := place(channel, "", "")
	post := &chat.Post{Ref: chat.Ref{Place: where, ID: ts}, At: timeOf(ts, time.Time{})}
	m, err := p.readMessage(ctx, channel, ts)
	switch {
	case passing(err):
		return nil, err
	case err != nil:
		p.options.Log.Warn("message not read", "platform", name, "channel", channel, "err", err)
	case m.TS != "":
		post = p.postOf(place(channel, m.ThreadTS, m.TS), m)
	}
	if who := firstOf(m.User, author, m.BotID); who != "" {
		post.By = p.lookUp(ctx, who, m.homeTeam())
	}
	post.Link = p.link(ctx, channel, ts)
	return post, nil
}

// readMessage finds one message, first outside threads, then in one. No message
// is no error.
func (p *Platform) readMessage(ctx context.Context, channel, ts string) (message, error) {
	for _, ask := range []struct {
		method string
		args   url.Values
	}{
		{"conversations.history", url.Values{"limit": {"1"}}},
		{"conversations.replies", url.Values{"limit": {"10"}, "ts": {ts}, "oldest": {ts}}},
	} {
		ask.args.Set("channel", channel)
		ask.args.Set("latest", ts)
		ask.args.Set("inclusive", "true")
		var page struct {
			Messages []message `json:"messages"`
		}
		if err := p.call(ctx, ask.method, ask.args, &page); err != nil {
			return message{}, refusal(ask.method, err)
		}
		for _, m := range page.Messages {
			if m.TS == ts {
				return m, nil
			}
		}
	}
	return message{}, nil
}

// link is the address of a message, or nothing.
func (p *Platform) link(ctx context.Context, channel, ts string) string {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	link, err := p.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
	if err != nil {
		p.options.Log.Debug("link not found", "platform", name, "channel", channel, "err", err)
		return ""
	}
	return link
}
