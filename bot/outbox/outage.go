package outbox

import (
	"errors"
	"sync"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

// downAfter is when a platform is down: calls to it failed for so long, as if
// nobody were there or as if it took nothing, and none got an answer between.
const downAfter = time.Minute

// errWait is in failures of calls that we did not make: they say nothing about
// the platform.
var errWait = errors.New("not now")

// Outages tell whether platforms answer. They belong to this process; what people
// were told is kept in the store.
type outages struct {
	mu       sync.Mutex
	failing  map[string]time.Time // by platform: since when no call got an answer
	answered map[string]time.Time // when a call got one last
	calm     map[string]bool      // the store knows of no outage
}

func newOutages() *outages {
	return &outages{failing: map[string]time.Time{}, answered: map[string]time.Time{}, calm: map[string]bool{}}
}

// note takes the end of a call, and gives the step to be taken with it: that the
// platform is down, or up again; nil for none.
func (o *outages) note(e *store.Errand, failure error, now time.Time) func(*workflow.Step) error {
	p := e.Platform()
	if p == "" || errors.Is(failure, errWait) {
		return nil
	}
	refused := refusal(failure)
	if refused.After > 0 && e.Kind != store.Say { // a limit on some deed, such as setting topics, while people are told all the same
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if failure == nil || !refused.Retry && !refused.Barred { // a refusal is an answer
		delete(o.failing, p)
		o.answered[p] = now
		if o.calm[p] {
			return nil
		}
		return func(s *workflow.Step) error { return s.PlatformUp(p) }
	}
	since, known := o.failing[p]
	if !known {
		since = later(e.Unclear, o.answered[p])
		o.failing[p] = since
	}
	if now.Sub(since) < downAfter && !refused.Barred {
		return nil
	}
	delete(o.calm, p)
	return func(s *workflow.Step) error { return s.PlatformDown(p, since) }
}

// reaches reports whether an errand is done by asking its platform. What that has
// not, or is not there to do, is done with without a call.
func (o *Outbox) reaches(e *store.Errand) bool {
	p := o.with.Platforms[e.Platform()]
	ok := p != nil
	switch e.Kind {
	case store.OpenRoom, store.Invite, store.Describe, store.CloseRoom:
		_, ok = p.(chat.Rooms)
	case store.Pin:
		_, ok = p.(chat.Pinner)
	case store.Bookmark:
		_, ok = p.(chat.Bookmarker)
	case store.Inspect:
		_, ok = p.(chat.Inspector)
	}
	return ok
}

// told says that the step was kept: of a platform that answers, nothing is open.
func (o *outages) told(e *store.Errand) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := e.Platform(); p != "" {
		_, failing := o.failing[p]
		o.calm[p] = !failing
	}
}

// forget drops what may have changed while another process did the errands.
func (o *outages) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.failing)
	clear(o.calm)
}
