package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// A channel is a channel, a thread or a category, as far as it is used.
type channel struct {
	ID         string      `json:"id"`
	GuildID    string      `json:"guild_id"`
	Type       int         `json:"type"`
	Name       string      `json:"name"`
	Topic      string      `json:"topic"`
	ParentID   string      `json:"parent_id"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

// An overwrite changes what a role or a member may do in one channel.
type overwrite struct {
	ID    string `json:"id,omitempty"`
	Type  int    `json:"type"` // 0 a role, 1 a member
	Allow bits   `json:"allow"`
	Deny  bits   `json:"deny"`
}

// bits are permissions, which Discord writes as a number in a string.
type bits uint64

// MarshalJSON implements json.Marshaler.
func (b bits) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(uint64(b))) }

// UnmarshalJSON implements json.Unmarshaler.
func (b *bits) UnmarshalJSON(data []byte) error {
	n, _ := strconv.ParseUint(strings.Trim(string(data), `"`), 10, 64) // what is no number allows nothing
	*b = bits(n)
	return nil
}

func (c channel) isThread() bool {
	switch discordgo.ChannelType(c.Type) {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		return true
	}
	return false
}

// takesMessages says whether one can write there as in a room.
func (c channel) takesMessages() bool {
	t := discordgo.ChannelType(c.Type)
	return t == discordgo.ChannelTypeGuildText || t == discordgo.ChannelTypeGuildNews
}

func (c channel) overwriteOf(id string) (overwrite, bool) {
	for _, o := range c.Overwrites {
		if o.ID == id {
			return o, true
		}
	}
	return overwrite{}, false
}

// guild is what is known of the server's channels: the gateway tells of every
// change, and while it does not, they are asked for.
type guild struct {
	mu      sync.Mutex
	live    bool // the gateway tells
	all     map[string]channel
	threads map[string]string // thread -> channel
}

// fill takes the whole list of channels, and the threads that are active.
func (g *guild) fill(channels, threads []channel) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all, g.threads, g.live = map[string]channel{}, map[string]string{}, true
	for _, c := range channels {
		g.all[c.ID] = c
	}
	for _, t := range threads {
		g.threads[t.ID] = t.ParentID
	}
}

// deaf says that changes are no longer told.
func (g *guild) deaf() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.live = false
}

func (g *guild) put(c channel) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.isThread() {
		g.note(c.ID, c.ParentID)
		return
	}
	if g.all != nil && c.ID != "" {
		g.all[c.ID] = c
	}
}

func (g *guild) forget(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.all, id)
	delete(g.threads, id)
}

// mostThreads bounds what is remembered: threads come and go.
const mostThreads = 20_000

func (g *guild) note(thread, parent string) {
	if g.threads == nil || len(g.threads) > mostThreads {
		g.threads = map[string]string{}
	}
	g.threads[thread] = parent
}

func (g *guild) addThread(thread, parent string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.note(thread, parent)
}

func (g *guild) hasThread(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.threads[id]
	return ok
}

// parent is the channel of a thread that is known.
func (g *guild) parent(thread string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.threads[thread]
}

func (g *guild) channel(id string) (channel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, ok := g.all[id]
	return c, ok && g.live
}

// nameOf is what a channel is called, or the one that a thread is in, as the gateway
// last told.
func (g *guild) nameOf(id string) (called string, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, known := g.all[cmp.Or(g.threads[id], id)]
	return c.Name, known
}

// known are all channels, if the gateway tells of changes.
func (g *guild) known() ([]channel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.live {
		return nil, false
	}
	all := make([]channel, 0, len(g.all))
	for _, c := range g.all {
		all = append(all, c)
	}
	return all, true
}

// channels are all channels of the server: as the gateway told, or, when that is
// not enough, as Discord lists them now.
func (p *Platform) channels(ctx context.Context, now bool) ([]channel, error) {
	if all, ok := p.guild.known(); ok && !now {
		return all, nil
	}
	var all []channel
	err := p.call(ctx, request{method: http.MethodGet, path: "/guilds/" + p.settings.Guild + "/channels"}, &all)
	if err != nil {
		return nil, seen(refusal(chat.LookingUp, err))
	}
	return all, nil
}

// askChannel asks for one channel or thread.
func (p *Platform) askChannel(ctx context.Context, id string) (channel, error) {
	if !isID(id) {
		return channel{}, gone("there is no such channel")
	}
	var c channel
	if err := p.call(ctx, request{method: http.MethodGet, path: "/channels/" + id}, &c); err != nil {
		return c, seen(refusal(chat.LookingUp, err))
	}
	p.guild.put(c)
	return c, nil
}

// place is where a message stands: in a channel, or in a thread of one.
func (p *Platform) place(ctx context.Context, id, guild string) chat.Place {
	where := chat.Place{Platform: name, Channel: id}
	if guild == "" {
		return where
	}
	parent := p.guild.parent(id)
	if parent == "" {
		if _, known := p.guild.channel(id); known {
			return where
		}
		if c, err := p.askChannel(ctx, id); err == nil && c.isThread() {
			parent = c.ParentID
		}
	}
	if parent != "" {
		where.Channel, where.Thread = parent, id
	}
	return where
}
