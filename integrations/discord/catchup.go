package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"cresset/bot/chat"
)

// How far back is looked for what was missed. An act that was handled before is
// known by its key, for a week: none is done twice.
const (
	longestGap    = time.Hour        // of lines that were typed: an older one would surprise
	atTheStart    = 10 * time.Minute // … when nobody knows when the bot last heard
	reactionsSeen = 24 * time.Hour   // of messages with reactions, which say not when
	pagesOfGap    = 5
	longestLook   = 10 * time.Minute // how long may be looked before it is begun again
	longestRest   = 5 * time.Minute  // between two looks, while Discord does not answer
)

// A look is for what was missed. What is missed while one is under way may stand
// where it was already, so another follows.
type look struct {
	mu    sync.Mutex
	since time.Time // what the next is for; zero: there is none
	busy  bool
}

// wanted notes that one is wanted, and says whether none is under way.
func (l *look) wanted(since time.Time) (begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since.IsZero() || since.Before(l.since) {
		l.since = since
	}
	begin, l.busy = !l.busy, true
	return begin
}

// next is the look that is wanted; without one, none is under way any more.
func (l *look) next() (since time.Time, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	since, l.since = l.since, time.Time{}
	l.busy = !since.IsZero()
	return since, l.busy
}

// lost says that nothing was heard since then; zero: since whenever, for this is the
// first session of this process. What can be looked for is; what was pressed
// meanwhile cannot: who did that saw it fail.
func (h *hearing) lost(heard time.Time) {
	if heard.IsZero() {
		h.lookFor(h.now().Add(-atTheStart))
		return
	}
	h.options.Log.Warn("nothing was heard for a while, buttons and commands failed meanwhile", "platform", name, "gap", h.now().Sub(heard).Round(time.Second), "gaps", h.gaps.Add(1))
	h.lookFor(heard)
}

// lookFor looks for what was missed since then, beside the rest.
func (h *hearing) lookFor(since time.Time) {
	if h.ctx.Err() != nil || !h.look.wanted(since) {
		return
	}
	h.all.Go(func() {
		wait := time.Second
		for since, more := h.look.next(); more && h.ctx.Err() == nil; since, more = h.look.next() {
			whole := true
			h.guarded("catching up", func() { whole = h.catchUp(since) })
			if whole {
				wait = time.Second
				continue
			}
			h.look.wanted(since)
			h.rest(h.ctx, wait)
			wait = min(2*wait, longestRest)
		}
	})
}

// catchUp looks for what was said and reacted on since then, where it matters: in
// war rooms, in channels the bot is configured for or listens in, and in their threads. It says
// whether all of it could be read.
func (h *hearing) catchUp(since time.Time) (whole bool) {
	ctx, cancel := context.WithTimeout(h.ctx, longestLook)
	defer cancel()
	now := h.now()
	since = later(since.Add(-time.Minute), now.Add(-longestGap))
	acts := 0
	all, whole := h.mattering(ctx)
	for _, id := range all {
		n, err := h.catchUpIn(ctx, id, since, now.Add(-reactionsSeen))
		if err != nil && h.ctx.Err() == nil {
			h.options.Log.Warn("not caught up", "platform", name, "channel", id, "err", err)
		}
		whole = whole && !passing(err)
		acts += n
	}
	h.options.Log.Info("caught up", "platform", name, "since", since, "acts", acts)
	return whole
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// mattering are the channels and threads that are looked through, and whether they
// are all.
func (h *hearing) mattering(ctx context.Context) (matter []string, whole bool) {
	var all []channel
	err := h.politely(ctx, func() (err error) { all, err = h.channels(ctx, false); return err })
	if err != nil {
		h.options.Log.Warn("not caught up", "platform", name, "err", err)
		return nil, !passing(err)
	}
	for _, c := range all {
		if c.takesMessages() && (h.own(c) && !h.archived(c) || slices.Contains(h.options.Channels, c.Name) || h.vocabulary.Overhear.In(c.Name)) {
			matter = append(matter, c.ID)
		}
	}
	var active struct {
		Threads []channel `json:"threads"`
	}
	err = h.politely(ctx, func() error {
		return h.call(ctx, request{method: http.MethodGet, path: "/guilds/" + h.settings.Guild + "/threads/active"}, &active)
	})
	if err != nil {
		h.options.Log.Warn("threads not caught up", "platform", name, "err", err)
	}
	whole = !passing(err)
	for _, t := range active.Threads {
		if slices.Contains(matter, t.ParentID) {
			h.guild.addThread(t.ID, t.ParentID)
			matter = append(matter, t.ID)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range h.directs {
		matter = append(matter, id)
	}
	return matter, whole
}

// catchUpIn hands on what was said in one channel since then, and the reactions
// on what was said since long. What cannot be handed on keeps nothing else.
func (h *hearing) catchUpIn(ctx context.Context, id string, since, long time.Time) (acts int, failed error) {
	from := ""
	for range pagesOfGap {
		var page []message
		err := h.politely(ctx, func() (err error) { page, err = h.history(ctx, id, from); return err })
		if err != nil {
			return acts, graver(failed, err)
		}
		oldest := uint64(0)
		for _, m := range page {
			if n, err := strconv.ParseUint(m.ID, 10, 64); err == nil && (oldest == 0 || n < oldest) {
				oldest = n
			}
			n, err := h.caught(ctx, id, m, since, long)
			failed = graver(failed, err)
			acts += n
		}
		if len(page) < pageSize || oldest < snowflake(since) {
			break
		}
		from = fmt.Sprintf("before=%d", oldest)
	}
	return acts, failed
}

// caught hands on one message that may have been missed.
func (h *hearing) caught(ctx context.Context, channel string, m message, since, long time.Time) (acts int, failed error) {
	at := timeOf(m.ID, time.Time{})
	m.ChannelID = channel
	if !h.isDirect(channel) {
		m.GuildID = h.settings.Guild // histories do not say
	}
	if read := h.reads(m); at.After(since) && read != nil {
		acts++
		failed = h.do(read, true)
	}
	for _, r := range m.Reactions {
		if !at.After(long) || h.line(r.Emoji) == "" || m.GuildID == "" {
			continue
		}
		n, err := h.caughtReaction(ctx, m, r.Emoji)
		failed = graver(failed, err)
		acts += n
	}
	return acts, failed
}

// graver is, of two errors, the one for which it is worth looking again.
func graver(a, b error) error {
	if a == nil || passing(b) {
		return b
	}
	return a
}

func (h *hearing) isDirect(channel string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range h.directs {
		if id == channel {
			return true
		}
	}
	return false
}

// caughtReaction hands on a reaction of everybody who has put it.
func (h *hearing) caughtReaction(ctx context.Context, m message, e emoji) (acts int, err error) {
	called := url.PathEscape(e.Name)
	if e.ID != "" {
		called = url.PathEscape(e.Name + ":" + e.ID)
	}
	var who []user
	path := "/channels/" + m.ChannelID + "/messages/" + m.ID + "/reactions/" + called + "?limit=100"
	err = h.politely(ctx, func() error { return h.call(ctx, request{method: http.MethodGet, path: path}, &who) })
	for _, u := range who {
		r := reaction{UserID: u.ID, ChannelID: m.ChannelID, MessageID: m.ID, GuildID: m.GuildID, Emoji: e}
		if !u.Bot && h.means(r) != "" {
			acts++
			err = graver(err, h.do(func(ctx context.Context) (*act, error) { return h.reacted(ctx, r) }, true))
		}
	}
	return acts, err
}

// politely asks until it has an answer, as long as Discord only says to wait.
func (h *hearing) politely(ctx context.Context, ask func() error) error {
	for {
		err := refusal(chat.LookingUp, ask())
		if !passing(err) || ctx.Err() != nil {
			return err
		}
		h.rest(ctx, max(retryAfter(err), 500*time.Millisecond))
	}
}
