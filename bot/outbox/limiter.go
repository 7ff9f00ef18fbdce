package outbox

import (
	"sync"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// A limiter keeps the bot within what the platforms publish and within what they
// answer. It knows three things: which deeds a platform asked to be spared, how
// far the pace of each deed is used up, and when each channel may hear the next
// message. Slack hides what comes faster than one message in a second, and says
// nothing.
//
// What is urgent finds room: the less urgent an errand, the smaller the share of
// the burst that it may use up.
type limiter struct {
	mu       sync.Mutex
	began    time.Time               // what was called before is not known
	spared   map[deedAt]time.Time    // until when the platform asked for it
	used     map[deedAt]time.Time    // until when what was begun fills the pace
	channels map[channelAt]time.Time // when the next call may come
	under    map[channelAt]bool      // a call is under way
	known    map[string]string       // channels by the name they were addressed with
}

type deedAt struct {
	platform string
	deed     chat.Deed
}

type channelAt struct {
	deedAt
	channel string
}

func newLimiter() *limiter {
	return &limiter{spared: map[deedAt]time.Time{}, used: map[deedAt]time.Time{}, channels: map[channelAt]time.Time{},
		under: map[channelAt]bool{}, known: map[string]string{}}
}

// begin says that this process makes the calls from now on: another, or this one
// in an earlier life, may have made some a moment ago.
func (l *limiter) begin(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.began = now
}

// spare makes no such call until then, because the platform asked for it. A
// shorter time does not shorten a longer one.
func (l *limiter) spare(platform string, d chat.Deed, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := (deedAt{platform, d}); d != "" && until.After(l.spared[at]) {
		l.spared[at] = until
	}
}

// sparedUntil is when the platform takes such calls again.
func (l *limiter) sparedUntil(platform string, d chat.Deed) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spared[deedAt{platform, d}]
}

// A turn is the leave to make one call.
type turn struct {
	channel channelAt
	each    time.Duration // until the next call in the channel, 0: at once
}

// take gives the turn for one call, if there is one now; otherwise it says when
// to ask again. A turn is given back with done.
func (l *limiter) take(p chat.Platform, d chat.Deed, place chat.Place, urgency store.Priority, now time.Time) (t turn, again time.Time, ok bool) {
	paced, limited := p.(chat.Paced)
	if !limited {
		return turn{}, now, true
	}
	whole, each := paced.Pace(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	t = turn{channelAt{deedAt{p.Name(), d}, l.canonical(place.Key())}, each.Every}
	if free := l.free(t, now); free.After(now) {
		return turn{}, free, false
	}
	if whole.Every > 0 {
		at := t.channel.deedAt
		spent := time.Duration(share(whole.Burst, urgency)-1) * whole.Every
		l.used[at] = earlier(l.used[at], now.Add(time.Duration(whole.Burst)*whole.Every))
		if free := l.used[at].Add(-spent); free.After(now) {
			return turn{}, free, false
		}
		l.used[at] = later(l.used[at], now).Add(whole.Every)
	}
	if t.each > 0 {
		l.under[t.channel] = true
	}
	return t, now, true
}

// free is when the next call may begin in a channel. One that is under way is
// asked about again; what came in the moment before this process began is not
// known.
func (l *limiter) free(t turn, now time.Time) time.Time {
	switch {
	case t.each == 0:
		return time.Time{}
	case l.under[t.channel]:
		return now.Add(forEver)
	}
	free := later(l.channels[t.channel], l.began.Add(t.each))
	return earlier(free, now.Add(t.each)) // a clock that was set back makes nobody wait
}

// forEver is longer than any call takes; whoever gives a turn back asks again.
const forEver = time.Hour

// done gives a turn back: the call has ended.
func (l *limiter) done(t turn, now time.Time) {
	if t.each == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.under, t.channel)
	t.channel.channel = l.canonical(t.channel.channel)
	l.channels[t.channel] = now.Add(t.each)
	l.forget(now)
}

// learn says that a place that was addressed by its name is this channel.
func (l *limiter) learn(addressed, channel chat.Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if addressed.Key() != channel.Key() {
		l.known[addressed.Key()] = channel.Key()
	}
}

// canonical is the channel as the platform knows it, however it is addressed.
func (l *limiter) canonical(key string) string {
	if known, ok := l.known[key]; ok {
		return known
	}
	return key
}

// forget lets go of channels that may hear something again, so that they do not
// pile up.
func (l *limiter) forget(now time.Time) {
	if len(l.channels) < 1000 {
		return
	}
	for c, free := range l.channels {
		if free.Before(now) {
			delete(l.channels, c)
		}
	}
}

// share is how much of a burst the urgency may use up: the rest is for what is
// more urgent.
func share(burst int, urgency store.Priority) int {
	switch urgency {
	case store.ForAnnouncement:
		burst /= 2
	case store.ForDigest:
		burst /= 4
	}
	return max(1, burst)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
