package slack

import (
	"context"
	"sync"
	"time"
)

// Slack may let an app open one socket a minute, and a few more at once; it
// publishes two figures for apps.connections.open, and this is the lower. While
// nothing is heard at all, nobody waits for that: Slack says itself when it is
// too much.
const (
	openEvery  = time.Minute
	openAtOnce = 10
	openApart  = 2 * time.Second // at the least, deaf or not, once the burst is spent
)

// openings keep the lines from asking for sockets faster than Slack gives them.
// They tell real time, as the timers do with which they wait.
type openings struct {
	mu    sync.Mutex
	spent time.Time // when the burst is whole again
	last  time.Time
	again time.Time // Slack wants to hear nothing before
}

// turn waits until a socket may be opened. deaf says whether nothing is heard
// meanwhile.
func (o *openings) turn(ctx context.Context, deaf func() bool) error {
	for {
		wait := o.take(time.Now(), deaf())
		if wait <= 0 {
			return ctx.Err()
		}
		sleep(ctx, min(wait, openApart)) // the other socket may end meanwhile
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// take uses up a turn, or says how long there is none.
func (o *openings) take(now time.Time, deaf bool) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait := o.again.Sub(now)
	if short := o.spent.Sub(now) - (openAtOnce-1)*openEvery; short > 0 {
		if deaf {
			short = min(short, openApart-now.Sub(o.last))
		}
		wait = max(wait, short)
	}
	if wait > 0 {
		return wait
	}
	left := min(max(o.spent.Sub(now), 0), (openAtOnce-1)*openEvery)
	o.spent, o.last = now.Add(left+openEvery), now
	return 0
}

// refused is what Slack asked for with 429.
func (o *openings) refused(after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if after > 0 {
		o.again = time.Now().Add(after)
	}
}
