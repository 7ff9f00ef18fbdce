package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
)

// Permissions is a set of permission bits.
type Permissions uint64

// The permissions that Discord looks at here.
const (
	Administrator         Permissions = 1 << 3
	ManageChannels        Permissions = 1 << 4
	AddReactions          Permissions = 1 << 6
	ViewChannel           Permissions = 1 << 10
	SendMessages          Permissions = 1 << 11
	ManageMessages        Permissions = 1 << 13
	EmbedLinks            Permissions = 1 << 14
	AttachFiles           Permissions = 1 << 15
	ReadMessageHistory    Permissions = 1 << 16
	MentionEveryone       Permissions = 1 << 17
	ManageRoles           Permissions = 1 << 28
	UseCommands           Permissions = 1 << 31
	ManageThreads         Permissions = 1 << 34
	CreatePublicThreads   Permissions = 1 << 35
	CreatePrivateThreads  Permissions = 1 << 36
	SendMessagesInThreads Permissions = 1 << 38
	PinMessages           Permissions = 1 << 51

	everything Permissions = 1<<53 - 1
)

// EveryonePermissions is what everybody in the guild may do at first.
const EveryonePermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
	AddReactions | UseCommands | CreatePublicThreads | CreatePrivateThreads | SendMessagesInThreads

// BotPermissions is what the app's role allows at first.
const BotPermissions = EveryonePermissions | ManageChannels | ManageRoles | ManageMessages | ManageThreads | PinMessages

// In directs nobody is asked.
const directPermissions = EveryonePermissions | PinMessages

// MarshalJSON writes the bits as Discord does: a decimal number in a string.
func (p Permissions) MarshalJSON() ([]byte, error) {
	return json.Marshal(strconv.FormatUint(uint64(p), 10))
}

// UnmarshalJSON reads a decimal number, in a string or not.
func (p *Permissions) UnmarshalJSON(data []byte) error {
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	bits, err := strconv.ParseUint(or(n.String(), "0"), 10, 64)
	*p = Permissions(bits)
	return err
}

func (p Permissions) has(all Permissions) bool { return p&all == all }

// Overwrite changes permissions in one channel for a role or a member.
type Overwrite struct {
	ID    string      `json:"id"`
	Type  int         `json:"type"` // 0 for a role, 1 for a member
	Allow Permissions `json:"allow"`
	Deny  Permissions `json:"deny"`
}

// guildPermissions is what somebody may do where no overwrite says otherwise.
func (s *Server) guildPermissions(u *user) Permissions {
	if u == s.owner() {
		return everything
	}
	p := s.roles[0].permissions
	for _, id := range u.roles {
		p |= s.roleBy(id).permissions
	}
	if p.has(Administrator) {
		return everything
	}
	return p
}

// permissions is what somebody may do in a channel. Threads go by their channel.
func (s *Server) permissions(u *user, ch *channel) Permissions {
	if ch.with != "" {
		if u.ID == ch.with || u == s.bot() {
			return directPermissions
		}
		return 0
	}
	if u.gone {
		return 0
	}
	if ch.thread != nil {
		if parent := s.channelBy(ch.parent); parent != nil {
			return s.inThread(u, ch, s.permissions(u, parent))
		}
		return 0
	}
	p := s.guildPermissions(u)
	if p == everything {
		return p
	}
	p = overwrite(p, ch.overwrites, s.GuildID)
	var allow, deny Permissions
	for _, o := range ch.overwrites {
		if o.ID != s.GuildID && slices.Contains(u.roles, o.ID) {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	p = overwrite(p&^deny|allow, ch.overwrites, u.ID)
	if !p.has(ViewChannel) {
		return 0
	}
	return p
}

func overwrite(p Permissions, all []Overwrite, id string) Permissions {
	i := slices.IndexFunc(all, func(o Overwrite) bool { return o.ID == id })
	if i < 0 {
		return p
	}
	return p&^all[i].Deny | all[i].Allow
}

// inThread is p, which somebody has in the channel, as it counts in its thread.
func (s *Server) inThread(u *user, ch *channel, p Permissions) Permissions {
	if ch.kind == privateThread && !p.has(ManageThreads) && !slices.Contains(ch.thread.members, u.ID) {
		return 0
	}
	p &^= SendMessages
	if p.has(SendMessagesInThreads) && (!ch.thread.locked || p.has(ManageThreads)) {
		p |= SendMessages
	}
	return p
}

// viewers are the people who see a channel, and the app where it does. The
// guild's owner, who sees everything, is left out.
func (s *Server) viewers(ch *channel) []*user {
	var found []*user
	for _, u := range s.users {
		if u != s.owner() && s.permissions(u, ch).has(ViewChannel) {
			found = append(found, u)
		}
	}
	return found
}
