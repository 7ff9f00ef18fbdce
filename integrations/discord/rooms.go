package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

const (
	longestTopic = 1024
	inCategory   = 50
	// roomShows is how long Discord may take to list a channel that it made.
	roomShows = 10 * time.Second
)

// What the overwrites of a room say.
const (
	view  bits = discordgo.PermissionViewChannel
	write bits = discordgo.PermissionSendMessages
	// talk is what nobody may do any more in an archived room.
	talk bits = discordgo.PermissionSendMessages | discordgo.PermissionSendMessagesInThreads | discordgo.PermissionCreatePublicThreads
)

// OpenRoom makes a channel under the category. Names are not unique on Discord,
// so one that is in use is refused here; and where an earlier call may have made
// the room, it is waited for first, also beside somebody else's of the name. The
// bot has an overwrite in each of its rooms, by which they are known as its own.
func (p *Platform) OpenRoom(ctx context.Context, spec chat.RoomSpec) (chat.Room, error) {
	self, err := p.whoami(ctx)
	if err != nil {
		return chat.Room{}, err
	}
	asked := p.options.Now() // the answer may be on its way for long, and tells of then
	all, err := p.channels(ctx, !spec.Doubt.IsZero())
	if err != nil {
		return chat.Room{}, err
	}
	named := slices.DeleteFunc(slices.Clone(all), func(c channel) bool { return c.Name != spec.Name || c.isThread() })
	left := roomShows - asked.Sub(spec.Doubt)
	switch {
	case !spec.Doubt.IsZero() && left > 0 && !slices.ContainsFunc(named, p.own):
		return chat.Room{}, &chat.SendError{Retry: true, After: left, Err: errors.New("discord: the room may have been made a moment ago and not be listed yet")}
	case len(named) > 0:
		return chat.Room{}, &chat.SendError{Err: fmt.Errorf("%w: #%s", chat.ErrNameTaken, spec.Name)}
	}
	parent, err := p.category(ctx, all)
	if err != nil {
		return chat.Room{}, err
	}
	body := map[string]any{"name": spec.Name, "type": discordgo.ChannelTypeGuildText, "parent_id": parent,
		"topic": joined("", spec.Mark), "permission_overwrites": p.overwrites(self, spec.Private)}
	var c channel
	err = p.call(ctx, request{method: http.MethodPost, path: "/guilds/" + p.settings.Guild + "/channels", body: body, reason: "cresset " + spec.Mark}, &c)
	if err != nil {
		return chat.Room{}, refusal(chat.OpeningRoom, err)
	}
	p.guild.put(c)
	return p.room(c), nil
}

// overwrites are who may do what in a new room.
func (p *Platform) overwrites(self string, private bool) []overwrite {
	all := []overwrite{{ID: self, Type: 1, Allow: view | write}}
	if private {
		all = append(all, overwrite{ID: p.settings.Guild, Deny: view})
	}
	return all
}

// category is the category that has room for one more: the one of the setting,
// or, when it is full, one with a number. It is made when there is none.
func (p *Platform) category(ctx context.Context, all []channel) (string, error) {
	for n := 1; ; n++ {
		called := p.settings.Category
		if n > 1 {
			called = fmt.Sprintf("%s %d", called, n)
		}
		i := slices.IndexFunc(all, func(c channel) bool {
			return discordgo.ChannelType(c.Type) == discordgo.ChannelTypeGuildCategory && strings.EqualFold(c.Name, called)
		})
		if i < 0 {
			return p.makeCategory(ctx, called)
		}
		within := 0
		for _, c := range all {
			if c.ParentID == all[i].ID {
				within++
			}
		}
		if within < inCategory {
			return all[i].ID, nil
		}
	}
}

func (p *Platform) makeCategory(ctx context.Context, called string) (string, error) {
	var c channel
	body := map[string]any{"name": called, "type": discordgo.ChannelTypeGuildCategory}
	err := p.call(ctx, request{method: http.MethodPost, path: "/guilds/" + p.settings.Guild + "/channels", body: body, reason: "cresset: for war rooms"}, &c)
	if err != nil {
		return "", seen(refusal(chat.OpeningRoom, err))
	}
	p.guild.put(c)
	return c.ID, nil
}

func (p *Platform) room(c channel) chat.Room {
	_, purpose := parted(c.Topic)
	return chat.Room{Place: chat.Place{Platform: name, Channel: c.ID}, Name: c.Name, Link: p.linkTo(c.ID),
		Purpose: purpose, Own: p.own(c), Created: timeOf(c.ID, time.Time{})}
}

// own says whether the bot made a room. The mark stands in it from the moment it
// is made: one without was emptied by a person, or is somebody else's.
func (p *Platform) own(c channel) bool {
	_, there := c.overwriteOf(p.known())
	return there && c.Topic != ""
}

// archived says whether a room was closed: the bot's own overwrite says that it
// may not write there.
func (p *Platform) archived(c channel) bool {
	o, there := c.overwriteOf(p.known())
	return there && o.Deny&write != 0
}

func (p *Platform) linkTo(channel string) string {
	return p.settings.APIURL + "channels/" + p.settings.Guild + "/" + channel
}

// FindRoom looks a channel up by its exact name: one of the bot's before others,
// and the oldest of two. Archived ones count, since they keep their names.
func (p *Platform) FindRoom(ctx context.Context, called string) (chat.Room, bool, error) {
	if _, err := p.whoami(ctx); err != nil {
		return chat.Room{}, false, err
	}
	all, err := p.channels(ctx, true)
	if err != nil {
		return chat.Room{}, false, err
	}
	all = slices.DeleteFunc(all, func(c channel) bool { return c.Name != called || !c.takesMessages() })
	if len(all) == 0 {
		return chat.Room{}, false, nil
	}
	best := slices.MinFunc(all, func(a, b channel) int {
		if mine, theirs := p.own(a), p.own(b); mine != theirs {
			return map[bool]int{true: -1, false: 1}[mine]
		}
		return timeOf(a.ID, time.Time{}).Compare(timeOf(b.ID, time.Time{}))
	})
	return p.room(best), true, nil
}

// Invite brings people in: everybody gets an overwrite that lets them see the
// room, in a call of its own.
func (p *Platform) Invite(ctx context.Context, room chat.Place, who []chat.Person) ([]chat.Refusal, error) {
	var refused []chat.Refusal
	for _, one := range who {
		if one.Platform != name || !isID(one.ID) {
			refused = append(refused, chat.Refusal{Who: one, Reason: "is not on Discord"})
			continue
		}
		if one.ID == p.known() {
			continue
		}
		err := p.call(ctx, request{method: http.MethodPut, path: "/channels/" + room.Channel + "/permissions/" + one.ID,
			body: overwrite{Type: 1, Allow: view}, reason: "cresset: brought into the war room"}, nil)
		switch {
		case slices.Contains(aboutPerson, code(err)):
			refused = append(refused, chat.Refusal{Who: one, Reason: advice[code(err)]})
		case err != nil:
			return refused, refusal(chat.Inviting, err)
		}
	}
	return refused, nil
}

// Describe sets topic and purpose; an empty one stays as it is. Both stand in the
// topic, which Discord lets nobody change often: what is so already is not said
// again.
func (p *Platform) Describe(ctx context.Context, room chat.Place, topic, purpose string) error {
	c, err := p.askChannel(ctx, room.Channel)
	if err != nil {
		return err
	}
	wasTopic, wasPurpose := parted(c.Topic)
	whole := joined(cmp.Or(topic, wasTopic), cmp.Or(purpose, wasPurpose))
	if whole == c.Topic {
		return nil
	}
	var now channel // c is known to others already
	err = p.call(ctx, request{method: http.MethodPatch, path: "/channels/" + room.Channel, body: map[string]string{"topic": whole}}, &now)
	if err != nil {
		return refusal(chat.Describing, err)
	}
	p.guild.put(now)
	return nil
}

// between stands between topic and purpose; a purpose alone has none before it.
const between = " | "

func joined(topic, purpose string) string {
	topic, purpose = oneLineOf(topic, longestTopic/2), strings.ReplaceAll(oneLineOf(purpose, longestTopic/2-len(between)), between, " / ")
	if topic == "" {
		return purpose
	}
	return topic + between + purpose
}

func parted(whole string) (topic, purpose string) {
	i := strings.LastIndex(whole, between)
	if i < 0 {
		return "", whole
	}
	return whole[:i], whole[i+len(between):]
}

// CloseRoom archives the channel: nobody can add anything, the bot neither, and
// who could read it still can.
func (p *Platform) CloseRoom(ctx context.Context, room chat.Place) error {
	self, err := p.whoami(ctx)
	if err != nil {
		return err
	}
	c, err := p.askChannel(ctx, room.Channel)
	if err != nil || p.archived(c) {
		return err
	}
	var closed []overwrite
	for _, o := range c.Overwrites {
		if o.ID != self && o.ID != p.settings.Guild {
			o.Allow &^= talk
			closed = append(closed, o)
		}
	}
	everybody, _ := c.overwriteOf(p.settings.Guild)
	everybody.ID, everybody.Allow, everybody.Deny = p.settings.Guild, everybody.Allow&^talk, everybody.Deny|talk
	closed = append(closed, everybody, overwrite{ID: self, Type: 1, Allow: view, Deny: talk})
	var now channel
	err = p.call(ctx, request{method: http.MethodPatch, path: "/channels/" + room.Channel, body: map[string]any{"permission_overwrites": closed},
		reason: "cresset: the incident is closed"}, &now)
	if err != nil {
		return refusal(chat.ClosingRoom, err)
	}
	p.guild.put(now)
	return nil
}

// Pin keeps a message in sight.
func (p *Platform) Pin(ctx context.Context, ref chat.Ref) error {
	channel, err := p.channelID(ctx, ref.Place)
	if err != nil {
		return err
	}
	if !isID(ref.ID) {
		return gone("there is no such message")
	}
	in := cmp.Or(ref.Place.Thread, channel)
	return refusal(chat.Pinning, p.call(ctx, request{method: http.MethodPut, path: "/channels/" + in + "/messages/pins/" + ref.ID}, nil))
}
