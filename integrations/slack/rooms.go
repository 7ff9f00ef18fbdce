package slack

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	longestTopic = 250
	inviteAtOnce = 100
)

// noTeam is what to do where the app is installed for a whole organisation.
const noTeam = "set integrations.slack.team to the workspace in which rooms are opened"

var errNoTeam = &chat.SendError{Advice: noTeam, Err: errors.New("slack: the app is installed for a whole organisation, and no workspace is set")}

// OpenRoom makes a channel. The bot is in it.
func (p *Platform) OpenRoom(ctx context.Context, spec chat.RoomSpec) (chat.Room, error) {
	self, err := p.whoami(ctx)
	if err != nil {
		return chat.Room{}, seen(refusal("auth.test", err))
	}
	if self.team == "" {
		return chat.Room{}, errNoTeam
	}
	ch, err := p.api.CreateConversationContext(ctx, slack.CreateConversationParams{
		ChannelName: spec.Name, IsPrivate: spec.Private, TeamID: self.team,
	})
	if err != nil {
		return chat.Room{}, refusal("conversations.create", err)
	}
	return self.room(ch), nil
}

func (id identity) room(ch *slack.Channel) chat.Room {
	return chat.Room{
		Place:   chat.Place{Platform: name, Channel: ch.ID},
		Name:    ch.Name,
		Link:    strings.TrimSuffix(id.address, "/") + "/archives/" + ch.ID,
		Purpose: unescape.Replace(ch.Purpose.Value),
		Own:     ch.Creator == id.user,
		Created: ch.Created.Time().UTC(),
	}
}

// FindRoom looks a channel up by its exact name: first among the channels the
// bot is in, which are few, then among all that it can see. Archived ones count,
// since they keep their names.
func (p *Platform) FindRoom(ctx context.Context, called string) (chat.Room, bool, error) {
	self, err := p.whoami(ctx)
	if err != nil {
		return chat.Room{}, false, refusal("auth.test", err)
	}
	for _, method := range []string{"users.conversations", "conversations.list"} {
		ch, err := p.findIn(ctx, method, called, self.team)
		if err != nil {
			return chat.Room{}, false, err
		}
		if ch != nil {
			return self.room(ch), true, nil
		}
	}
	return chat.Room{}, false, nil
}

func (p *Platform) findIn(ctx context.Context, method, called, team string) (*slack.Channel, error) {
	for cursor := ""; ; {
		channels, next, err := p.listed(ctx, method, cursor, team)
		if err != nil {
			return nil, refusal(method, err)
		}
		if i := slices.IndexFunc(channels, func(ch slack.Channel) bool { return ch.Name == called }); i >= 0 {
			return &channels[i], nil
		}
		if next == "" {
			return nil, nil
		}
		cursor = next
	}
}

func (p *Platform) listed(ctx context.Context, method, cursor, team string) ([]slack.Channel, string, error) {
	if team == "" {
		return nil, "", errNoTeam
	}
	types := []string{"public_channel", "private_channel"}
	if method == "users.conversations" {
		return p.api.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
			Cursor: cursor, Types: types, Limit: 999, TeamID: team})
	}
	return p.api.GetConversationsContext(ctx, &slack.GetConversationsParameters{
		Cursor: cursor, Types: types, Limit: 999, TeamID: team})
}

// Invite brings people in, a hundred at once.
func (p *Platform) Invite(ctx context.Context, room chat.Place, who []chat.Person) ([]chat.Refusal, error) {
	var refused []chat.Refusal
	var here []chat.Person
	for _, person := range who {
		if person.Platform != name || !isID(person.ID) {
			refused = append(refused, chat.Refusal{Who: person, Reason: "is not on Slack"})
			continue
		}
		here = append(here, person)
	}
	for batch := range slices.Chunk(here, inviteAtOnce) {
		more, err := p.invite(ctx, room.Channel, batch)
		refused = append(refused, more...)
		if err != nil {
			return refused, err
		}
	}
	return refused, nil
}

// invite makes one call if all is well. Slack lets nobody in when one of them
// cannot come: then it goes on without those whom Slack names, and, when it
// names nobody, one by one.
func (p *Platform) invite(ctx context.Context, room string, who []chat.Person) ([]chat.Refusal, error) {
	bad, err := p.inviteCall(ctx, room, who)
	refused, rest := sorted(who, bad)
	var blamed *personError
	switch {
	case err == nil:
		return refused, nil
	case !errors.As(err, &blamed):
		return nil, err
	case len(who) == 1:
		return []chat.Refusal{{Who: who[0], Reason: blamed.reason()}}, nil
	}
	size := len(rest)
	if size == len(who) {
		size = 1
	}
	for batch := range slices.Chunk(rest, max(size, 1)) {
		more, err := p.invite(ctx, room, batch)
		refused = append(refused, more...)
		if err != nil {
			return refused, err
		}
	}
	return refused, nil
}

// sorted tells those whom Slack names as unable to come from the rest. Who is
// there already is neither.
func sorted(who []chat.Person, bad map[string]string) (refused []chat.Refusal, rest []chat.Person) {
	for _, w := range who {
		switch code, named := bad[w.ID]; {
		case !named:
			rest = append(rest, w)
		case !slices.Contains(alreadyDone, code):
			refused = append(refused, chat.Refusal{Who: w, Reason: personError{code}.reason()})
		}
	}
	return refused, rest
}

// inviteCall gives the codes of those whom Slack names, by person.
func (p *Platform) inviteCall(ctx context.Context, room string, who []chat.Person) (map[string]string, error) {
	ids := make([]string, len(who))
	for i, w := range who {
		ids[i] = w.ID
	}
	var answer struct {
		Errors []struct {
			User  string `json:"user"`
			Error string `json:"error"`
		} `json:"errors"`
	}
	err := p.call(ctx, "conversations.invite", url.Values{"channel": {room}, "users": {strings.Join(ids, ",")}}, &answer)
	bad := map[string]string{}
	for _, e := range answer.Errors {
		bad[e.User] = e.Error
	}
	if c := code(err); c != "" && aboutPerson(c) {
		if len(who) == 1 && slices.Contains(alreadyDone, c) {
			return nil, nil
		}
		return bad, &personError{c}
	}
	return bad, refusal("conversations.invite", err)
}

// aboutPerson says whether a code blames an invited person, not the call.
func aboutPerson(c string) bool {
	call := slices.Concat(tooFast, unclear, badToken, unreachable, []string{"missing_scope", "method_not_supported_for_channel_type",
		"restricted_action", "no_permission", "invalid_arguments", "invalid_arg_name", "ekm_access_denied", "team_access_not_granted"})
	return !slices.Contains(call, c)
}

// personError is why one person cannot come.
type personError struct{ code string }

func (e personError) Error() string { return e.code }

func (e personError) reason() string {
	return cmp.Or(advice[e.code], "Slack says "+e.code)
}

// Describe sets topic and purpose; an empty one stays as it is.
func (p *Platform) Describe(ctx context.Context, room chat.Place, topic, purpose string) error {
	if topic != "" {
		_, err := p.api.SetTopicOfConversationContext(ctx, room.Channel, inShort(topic))
		if err := refusal("conversations.setTopic", err); err != nil {
			return err
		}
	}
	if purpose != "" {
		_, err := p.api.SetPurposeOfConversationContext(ctx, room.Channel, inShort(purpose))
		return refusal("conversations.setPurpose", err)
	}
	return nil
}

// inShort is one line that Slack takes above a conversation, in which nobody is
// mentioned. The limit is of the escaped text.
func inShort(s string) string {
	s = strings.Join(strings.Fields(chat.Clean(s)), " ")
	for n := longestTopic; ; n-- {
		if e := escape.Replace(chat.Cut(s, n)); len([]rune(e)) <= longestTopic {
			return e
		}
	}
}

// CloseRoom archives the channel.
func (p *Platform) CloseRoom(ctx context.Context, room chat.Place) error {
	return refusal("conversations.archive", p.api.ArchiveConversationContext(ctx, room.Channel))
}

// Pin keeps a message in sight.
func (p *Platform) Pin(ctx context.Context, ref chat.Ref) error {
	channel, err := p.channelID(ctx, ref.Place)
	if err != nil {
		return err
	}
	return refusal("pins.add", p.api.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, ref.ID)))
}

// Bookmark keeps a link above the conversation, once: a link that is there
// already gets the title.
func (p *Platform) Bookmark(ctx context.Context, room chat.Place, title, link string) error {
	title = plainObject(title, 100).Text
	there, err := p.api.ListBookmarksContext(ctx, room.Channel)
	if err != nil {
		return seen(refusal("bookmarks.list", err))
	}
	i := slices.IndexFunc(there, func(b slack.Bookmark) bool { return b.Link == link })
	switch {
	case i < 0:
		_, err = p.api.AddBookmarkContext(ctx, room.Channel, slack.AddBookmarkParameters{Title: title, Type: "link", Link: link})
		return refusal("bookmarks.add", err)
	case there[i].Title != title:
		_, err = p.api.EditBookmarkContext(ctx, room.Channel, there[i].ID, slack.EditBookmarkParameters{Title: &title, Link: link})
		return refusal("bookmarks.edit", err)
	}
	return nil
}
