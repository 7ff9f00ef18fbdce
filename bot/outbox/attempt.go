package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

// callTime bounds one attempt, so that a platform that never answers holds up
// its lane no longer; lastCall bounds those that are under way when the bot
// stops, and keepTime how long it takes to note what came of one.
const (
	callTime = 90 * time.Second
	lastCall = 7 * time.Second
	keepTime = 10 * time.Second
)

// attempt does one errand: note that it may happen, do it, note what came of it.
// A call that is under way when the bot stops is given its time to end. The
// error is that how the errand stands cannot be kept.
func (o *Outbox) attempt(ctx context.Context, e store.Errand) error {
	again := false
	if e.Kind != store.Timer {
		begun, before, err := o.begin(ctx, e.ID)
		if err != nil || begun == nil {
			return err
		}
		e, again = *begun, before == store.Sending
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastCall, cancel) })()
	outcome, err := o.do(call, &e, again)
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	return o.end(keep, &e, again, outcome, err)
}

// begin marks the errand as one that may have happened, before it does, and says
// what it was before. What led here may be old news: it gives nil when there is
// nothing to do, or not yet.
func (o *Outbox) begin(ctx context.Context, id uint64) (begun *store.Errand, before store.ErrandState, err error) {
	err = o.with.DB.Update(ctx, func(tx store.Tx) error {
		begun = nil
		if leads, err := o.leads(tx); err != nil || !leads {
			return err
		}
		e, err := store.Errands.Get(tx, store.Key(id))
		if err != nil || e == nil || !e.Open() || e.Due.After(o.with.Now()) {
			return err
		}
		before = e.State
		e.State, e.Attempts = store.Sending, e.Attempts+1
		if e.Began.IsZero() {
			e.Began = o.with.Now()
		}
		begun = e
		return store.Errands.Put(tx, e)
	})
	return begun, before, err
}

// end notes what came of the attempt, with the step that follows. again says that
// an earlier attempt may have done it.
func (o *Outbox) end(ctx context.Context, done *store.Errand, again bool, outcome workflow.Outcome, failure error) error {
	result := ""
	err := o.with.DB.Update(ctx, func(tx store.Tx) error {
		result = ""
		if leads, err := o.leads(tx); err != nil || !leads {
			return err // whoever leads now finds it begun, and looks
		}
		e, err := store.Errands.Get(tx, store.Key(done.ID))
		if err != nil || e == nil || !e.Open() {
			return err
		}
		e.Suffix = done.Suffix
		if !outcome.Ref.IsZero() {
			e.Ref = outcome.Ref
		}
		s := o.step(tx)
		if result = o.judge(e, again, failure, s.Now); result == "retry" {
			return store.Errands.Put(tx, e)
		}
		out := outcome
		if failure != nil {
			out = workflow.Outcome{Trouble: e.Trouble}
		}
		if err := o.close(tx, e); err != nil {
			return err
		}
		return s.Close(e, out)
	})
	if err == nil && result != "" {
		o.with.Count(string(done.Kind), result)
		o.report(done, result, failure)
	}
	return err
}

// judge decides what a failure means for the errand: again later, or never. What
// may have happened once is looked up until it is clear: that this attempt failed
// says nothing about the one before.
func (o *Outbox) judge(e *store.Errand, again bool, failure error, now time.Time) string {
	if failure == nil {
		o.worked.note(e, now)
		e.State, e.Ended, e.Trouble = store.Done, now, ""
		return "done"
	}
	e.Trouble = chat.Cut(words(failure), 500)
	refused := &chat.SendError{}
	if !errors.As(failure, &refused) {
		refused = &chat.SendError{Err: failure}
	}
	if asks(e) {
		e.State, e.Ended = store.Done, now // who asked goes on without an answer
		return "failed"
	}
	if refused.Retry && (now.Sub(e.Began) < o.patience(e, refused, now) || e.Attempts < fewest) {
		if !refused.Unknown && !again {
			e.State = store.Todo
		}
		wait := max(refused.After, backoff(e.Attempts))
		if refused.After > 0 {
			o.limits.spare(e.Platform(), refused.Spare, now.Add(refused.After))
		}
		e.Due = now.Add(wait)
		return "retry"
	}
	e.State, e.Ended = store.Parked, now
	return "parked"
}

// asks reports whether the errand only asks: then a failure is an answer.
func asks(e *store.Errand) bool { return e.Kind == store.Measure || e.Kind == store.Draft }

// words say a failure to people.
func words(err error) string {
	var refused *chat.SendError
	if errors.As(err, &refused) && refused.Advice != "" {
		return refused.Advice
	}
	return err.Error()
}

// An errand is tried for as long as its platform may be down, and a while if the
// platform does the like for others meanwhile: then it holds up what is behind it
// for nothing. It is tried a few times at least: the bot may have been away, or a
// person may just have asked for another try.
const (
	outage = 24 * time.Hour
	alone  = 15 * time.Minute
	fewest = 10
)

// patience is how long an errand is tried before a person has to look at it.
func (o *Outbox) patience(e *store.Errand, refused *chat.SendError, now time.Time) time.Duration {
	if refused.After == 0 && now.Sub(o.worked.last(e)) < alone {
		return alone
	}
	return outage
}

// A record of when a platform last did what it was asked, by kind of errand.
type worked struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (w *worked) note(e *store.Errand, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at[e.Platform()+" "+string(e.Kind)] = now
}

func (w *worked) last(e *store.Errand) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at[e.Platform()+" "+string(e.Kind)]
}

func backoff(attempts int) time.Duration {
	return min(5*time.Minute, time.Second<<min(attempts-1, 9))
}

// close keeps the errand as it ended. What nobody asks for again is forgotten.
func (o *Outbox) close(tx store.Tx, e *store.Errand) error {
	if e.Timed() && e.Once == "" {
		return store.Errands.Delete(tx, store.Errands.Key(e))
	}
	if e.Kind == store.Say && e.State == store.Done && e.Message.Key != "" {
		if err := store.SaidMessages.Put(tx, &store.Said{Place: e.Place, Key: e.Message.Key, Ref: e.Ref}); err != nil {
			return err
		}
	}
	if e.State == store.Done && e.Message != nil {
		e.Message = &chat.Message{Key: e.Message.Key, Title: e.Message.Title} // it is said; the platform has it
	}
	return store.Errands.Put(tx, e)
}

func (o *Outbox) report(e *store.Errand, result string, failure error) {
	switch {
	case failure == nil:
	case result == "retry":
		o.with.Log.Warn("errand is tried again", "errand", e.ID, "kind", string(e.Kind), "platform", e.Platform(), "subject", e.Subject, "attempt", e.Attempts, "err", failure)
	default:
		o.with.Log.Error("errand "+result, "errand", e.ID, "kind", string(e.Kind), "platform", e.Platform(), "subject", e.Subject, "err", failure)
	}
}

// never is a failure that no retry mends.
func never(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &chat.SendError{Err: err, Advice: err.Error()}
}
