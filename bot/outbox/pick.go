package outbox

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// A picked is an errand that can begin, whose lane is taken.
type picked struct {
	store.Errand
	deed chat.Deed // what its platform is asked for
	turn turn      // once it may
}

// In a storm so many lanes are looked at in one go, and so many errands picked at
// most: the next look goes on behind the last lane, a moment later.
const (
	lanesAtOnce  = 1000
	pickedAtOnce = 256
	goOnAfter    = 100 * time.Millisecond
)

// pick takes every errand that can begin now, the most urgent first, and says
// when the next one is due. Lanes in which something urgent waits are looked at
// in every go, the others in turns.
func (o *Outbox) pick(ctx context.Context) (all []picked, next time.Time, err error) {
	now := o.with.Now()
	var l look
	err = o.with.DB.View(ctx, func(tx store.Tx) error {
		l = look{tx: tx, outbox: o, now: now, next: now.Add(idle)}
		return cmp.Or(l.urgent(), l.lanes(o.cursor), l.timed())
	})
	if err != nil {
		return nil, now.Add(o.longestSleep()), err
	}
	if o.cursor = l.reached; l.reached != nil {
		l.next = earlier(l.next, now.Add(goOnAfter))
	}
	for _, e := range l.due {
		if o.take(e.Lane) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b picked) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.ID, b.ID))
	})
	return all, l.next, nil
}

// A look is one look at what is left to do.
type look struct {
	tx      store.Tx
	outbox  *Outbox
	now     time.Time
	due     []picked
	next    time.Time // when there is something to do at the latest
	reached []byte    // behind the last lane that was looked at; nil if all were
}

// consider sorts an errand: due, or later.
func (l *look) consider(e *store.Errand) error {
	deed, err := l.outbox.deed(l.tx, e)
	if err != nil {
		return err
	}
	if at := later(e.When(l.now), l.outbox.limits.sparedUntil(e.Platform(), deed)); at.After(l.now) {
		l.next = earlier(l.next, at)
	} else {
		l.due = append(l.due, picked{Errand: *e, deed: deed})
	}
	return nil
}

// urgent considers the first errand of the lanes in which something urgent
// waits: it may be another that is in its way.
func (l *look) urgent() error {
	_, err := l.each("urgent", nil, func(e *store.Errand) error {
		head, err := store.Errands.First(l.tx, "lane", store.Key(e.Lane))
		if err != nil || head == nil {
			return err
		}
		return l.consider(head)
	})
	return err
}

// lanes considers the first errand of each lane, from behind one on and round to
// it again.
func (l *look) lanes(from []byte) (err error) {
	if l.reached, err = l.each("lane", from, l.consider); err != nil || l.reached != nil || from == nil {
		return err
	}
	l.reached, err = l.each("lane", nil, l.consider)
	if bytes.Compare(l.reached, from) > 0 {
		l.reached = nil
	}
	return err
}

// each visits the first errand of the lanes behind one, until there are enough or
// only clocks are left. It says behind which lane it stopped, nil if it was at the
// end.
func (l *look) each(index string, from []byte, visit func(*store.Errand) error) (reached []byte, err error) {
	page := store.Page{Limit: 1, After: from}
	for range lanesAtOnce {
		var head *store.Errand
		for e, err := range store.Errands.By(l.tx, index, nil, page) {
			if err != nil {
				return nil, err
			}
			head = e
		}
		if head == nil || head.Timed() {
			return nil, nil
		}
		if err := visit(head); err != nil {
			return nil, err
		}
		page.After = store.Key(head.Lane, uint64(math.MaxUint64))
		if len(l.due) >= pickedAtOnce {
			break
		}
	}
	return page.After, nil
}

// timed considers what only waits for the clock.
func (l *look) timed() error {
	for e, err := range store.Errands.By(l.tx, "timed", nil, store.Page{Limit: 100}) {
		if err != nil {
			return err
		}
		if err := l.consider(e); err != nil {
			return err
		}
		if e.Due.After(l.now) {
			break
		}
	}
	return nil
}

// take takes a lane, unless an errand is under way in it.
func (o *Outbox) take(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[lane] {
		return false
	}
	o.busy[lane] = true
	return true
}

// free gives a lane back.
func (o *Outbox) free(lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, lane)
}
