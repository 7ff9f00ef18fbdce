package outbox

import (
	"sync"
	"time"

	"cresset/store"
)

// Trials tell an errand that fails alone from one that fails with all others
// because its platform is down. They belong to this process, and may be
// forgotten.
type trials struct {
	mu      sync.Mutex
	worked  map[string]time.Time // by platform, or tracker, and kind: when one was last done
	failing map[uint64]trial     // by errand
}

// A trial is what is known of an errand that failed.
type trial struct {
	last  time.Time // when it failed last
	alone time.Time // since when others of its kind were done between its failures; zero: they were not
}

func newTrials() *trials {
	return &trials{worked: map[string]time.Time{}, failing: map[uint64]trial{}}
}

func kindAt(e *store.Errand) string { return e.Platform() + e.IssueRef.Tracker + " " + string(e.Kind) }

// failed notes a failure, and says for how long the errand has failed alone.
func (t *trials) failed(e *store.Errand, now time.Time) (alone time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	this, known := t.failing[e.ID]
	switch {
	case !known || !t.worked[kindAt(e)].After(this.last):
		this.alone = time.Time{}
	case this.alone.IsZero():
		this.alone = now
	}
	this.last = now
	t.failing[e.ID] = this
	if this.alone.IsZero() {
		return 0
	}
	return now.Sub(this.alone)
}

// over notes that nothing more is tried. done says that it was done.
func (t *trials) over(e *store.Errand, done bool, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failing, e.ID)
	if done {
		t.worked[kindAt(e)] = now
	}
}
