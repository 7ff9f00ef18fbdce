package slack

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// delivered is every payload at once, as far as it is used: unknown and odd
// parts of a payload then spoil nothing.
type delivered struct {
	Type string `json:"type"`

	// slash command
	Command      string `json:"command"`
	Text         string `json:"text"`
	TeamID       string `json:"team_id"`       // also of events
	EnterpriseID string `json:"enterprise_id"` // also of events
	UserID       string `json:"user_id"`
	UserName     string `json:"user_name"`
	ChannelID    string `json:"channel_id"`
	ChannelName  string `json:"channel_name"`

	// event
	EventID string `json:"event_id"`
	Shared  *bool  `json:"is_ext_shared_channel"`
	Event   struct {
		message
		Reaction   string    `json:"reaction"`
		Channel    channelID `json:"channel"`
		OldChannel string    `json:"old_channel_id"`
		NewChannel string    `json:"new_channel_id"`
		Inviter    string    `json:"inviter"`
		Item       struct {
			Type    string `json:"type"`
			Channel string `json:"channel"`
			TS      string `json:"ts"`
		} `json:"item"`
		ItemUser string `json:"item_user"`
		Tab      string `json:"tab"` // of the home of the app
		View     struct {
			Hash string `json:"hash"`
		} `json:"view"`
		EventTS string `json:"event_ts"`
	} `json:"event"`

	// interaction
	TriggerID string `json:"trigger_id"` // also of slash commands
	Team      struct {
		ID string `json:"id"`
	} `json:"team"`
	Enterprise struct {
		ID string `json:"id"`
	} `json:"enterprise"`
	User struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
		TeamID   string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"channel"`
	Container struct {
		Type        string `json:"type"`
		ChannelID   string `json:"channel_id"`
		ThreadTS    string `json:"thread_ts"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message    message  `json:"message"`
	ActionTS   string   `json:"action_ts"`
	Actions    []action `json:"actions"`
	CallbackID string   `json:"callback_id"`
	ActionID   string   `json:"action_id"` // of a suggestion
	Value      string   `json:"value"`     // what is typed
	View       struct {
		ID              string `json:"id"`
		Type            string `json:"type"`
		Hash            string `json:"hash"`
		CallbackID      string `json:"callback_id"`
		PrivateMetadata string `json:"private_metadata"`
		Blocks          []struct {
			Type    string `json:"type"`
			BlockID string `json:"block_id"`
		} `json:"blocks"`
		State struct {
			Values map[string]map[string]input `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

// action is a button that was pressed, or a menu in which something was chosen.
type action struct {
	input
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	ActionTS string `json:"action_ts"`
}

// line is what the action says, and whom it means.
func (a action) line(ctx context.Context, p *Platform) (line string, people map[string]chat.Person) {
	line, chosen := strings.CutPrefix(a.ActionID, menuPrefix)
	switch {
	case a.Type == "button":
		return a.Value, nil
	case !chosen || a.SelectedUser == "" && a.SelectedOption.Value == "":
		return "", nil // a link, or a field of an open form
	case a.SelectedUser == "":
		return line + " " + a.SelectedOption.Value, nil
	}
	who, called := p.mentioned(ctx, a.SelectedUser, "")
	if called == "" {
		return line + " " + who.Key(), nil
	}
	return line + " @" + called, map[string]chat.Person{called: who}
}

// message is a message as far as it is used.
type message struct {
	Type     string `json:"type"`
	User     string `json:"user"`
	Username string `json:"username"`
	BotID    string `json:"bot_id"`
	Team     string `json:"team"`
	UserTeam string `json:"user_team"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Kind     string `json:"channel_type"`
	Subtype  string `json:"subtype"`
}

// isForm says whether somebody is in a form of ours.
func (d delivered) isForm() bool {
	return d.View.CallbackID == formID || d.View.CallbackID == homeFormID
}

// inside says whether an event happened where nobody of another organisation is.
func (d delivered) inside() bool { return d.Shared != nil && !*d.Shared }

// in is a place as the bot speaks there: for a conversation of two, the one of the
// person with the bot, since it is in no other.
func (d delivered) in(where chat.Place) chat.Place {
	if cmp.Or(d.ChannelName, d.Channel.Name) != "directmessage" {
		return where
	}
	return chat.Place{Platform: name, Direct: cmp.Or(d.UserID, d.User.ID), Thread: where.Thread}
}

func (d delivered) channel() string { return cmp.Or(d.Channel.ID, d.Container.ChannelID) }

// homeTeam is the workspace that the author belongs to.
func (m message) homeTeam() string { return cmp.Or(m.UserTeam, m.Team) }

// key is the event's: of the installation, which is an organisation, a workspace
// of one, or a workspace by itself.
func (d delivered) key(id string) string {
	parts := []string{name, cmp.Or(d.EnterpriseID, d.Enterprise.ID), cmp.Or(d.TeamID, d.Team.ID), id}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ":")
}
