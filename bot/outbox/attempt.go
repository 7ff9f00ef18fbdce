package outbox

import (
	"context"
	"errors"
	"fmt"
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

// errLate is why something is not said that nobody wants to hear any more.
var errLate = errors.New("it came too late to be of use")

// attempt does one errand: note that it may happen, do it, note what came of it.
// The error is that how the errand stands cannot be kept.
func (o *Outbox) attempt(ctx context.Context, e store.Errand) error {
	var before doubt
	if e.Kind != store.Timer {
		begun, b, err := o.begin(ctx, e.ID)
		if err != nil || begun == nil {
			return err
		}
		e, before = *begun, b
	}
	outcome, err := o.call(ctx, &e, before)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	return o.end(ctx, &e, before, outcome, err)
}

// call does the errand. What is under way when the bot stops is given some time
// to end.
func (o *Outbox) call(ctx context.Context, e *store.Errand, before doubt) (workflow.Outcome, error) {
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastCall, cancel) })()
	return o.do(call, e, before)
}

// A doubt is what is known of the attempts before: whether one of them may have
// done the errand, and when that was.
type doubt struct {
	again bool
	at    time.Time
}

// begin marks the errand as one that may have happened, before it does, and says
// whether it may have happened before. What led here may be old news: it gives
// nil when there is nothing to do, or not yet.
func (o *Outbox) begin(ctx context.Context, id uint64) (begun *store.Errand, before doubt, err error) {
	var late *store.Errand
	err = o.with.DB.Update(ctx, func(tx store.Tx) error {
		begun, late = nil, nil
		if leads, err := o.leads(tx); err != nil || !leads {
			return err
		}
		e, err := store.Errands.Get(tx, store.Key(id))
		if err != nil || e == nil || !e.Open() || e.When(o.with.Now()).After(o.with.Now()) {
			return err
		}
		if e.Late(o.with.Now()) {
			e.State, e.Ended, e.Trouble, late = store.Dropped, o.with.Now(), errLate.Error(), e
			return store.Errands.Put(tx, e)
		}
		before = doubt{e.State == store.Sending, e.Unclear}
		e.State, e.Attempts, e.Unclear = store.Sending, e.Attempts+1, o.with.Now()
		if e.Began.IsZero() {
			e.Began = o.with.Now()
		}
		begun = e
		return store.Errands.Put(tx, e)
	})
	if err == nil && late != nil {
		o.with.Count(string(late.Kind), "dropped")
	}
	return begun, before, err
}

// end notes what came of the attempt, with the step that follows.
func (o *Outbox) end(ctx context.Context, done *store.Errand, before doubt, outcome workflow.Outcome, failure error) error {
	result, told := "", false
	var alone time.Duration
	var about func(*workflow.Step) error
	if o.reaches(done) {
		about = o.outages.note(done, failure, o.with.Now())
	}
	if failure != nil {
		alone = o.trials.failed(done, o.with.Now())
		if refused := refusal(failure); refused.After > 0 {
			o.limits.spare(done.Platform(), refused.Spare, o.with.Now().Add(refused.After))
		}
	}
	err := o.with.DB.Update(ctx, func(tx store.Tx) error {
		result, told = "", false
		if leads, err := o.leads(tx); err != nil || !leads {
			return err // whoever leads now finds it begun, and looks
		}
		if about != nil {
			if err := about(o.step(tx)); err != nil {
				return err
			}
			told = true
		}
		e, err := store.Errands.Get(tx, store.Key(done.ID))
		if err != nil || e == nil || !e.Open() {
			return err
		}
		e.Suffix = done.Suffix
		if !outcome.Ref.IsZero() {
			e.Ref = outcome.Ref
		}
		if outcome.Issue.Opened() {
			e.IssueRef = outcome.Issue
		}
		s := o.step(tx)
		if result = o.judge(e, before, alone, failure, s.Now); result == "retry" {
			return store.Errands.Put(tx, e)
		}
		out := outcome
		if failure != nil {
			out = workflow.Outcome{Trouble: e.Trouble, Gone: errors.Is(failure, chat.ErrGone)}
		}
		if err := o.close(tx, e); err != nil {
			return err
		}
		return s.Close(e, out)
	})
	if err == nil && told {
		o.outages.told(done)
	}
	if result != "retry" {
		o.trials.over(done, failure == nil && result == "done", o.with.Now())
	}
	if err == nil && result != "" {
		o.with.Count(string(done.Kind), result)
		o.report(done, result, failure)
	}
	return err
}

// judge decides what a failure means for the errand: again later, or never. What
// may have happened once is looked up until it is clear: that this attempt failed
// says nothing about the one before. alone is for how long it failed while others
// like it were done.
func (o *Outbox) judge(e *store.Errand, before doubt, alone time.Duration, failure error, now time.Time) string {
	if failure == nil {
		e.State, e.Ended, e.Trouble, e.Unclear = store.Done, now, "", time.Time{}
		return "done"
	}
	e.Trouble = chat.Cut(words(failure), 500)
	if errors.Is(failure, errLate) {
		e.State, e.Ended = store.Dropped, now
		return "dropped"
	}
	refused := refusal(failure)
	if asks(e) && !looksAgain(e, refused, now) {
		e.State, e.Ended = store.Done, now // who asked goes on without an answer
		return "failed"
	}
	e.Unclear = before.at
	if refused.Unknown {
		e.Unclear = now
	}
	if refused.Retry && (e.Attempts < fewest || now.Sub(e.Began) < outage && (refused.After > 0 || alone < patience)) {
		if !refused.Unknown && !before.again {
			e.State = store.Todo
		}
		e.Due = now.Add(max(refused.After, backoff(e.Attempts)))
		return "retry"
	}
	e.State, e.Ended, e.Barred = store.Parked, now, refused.Barred
	return "parked"
}

// refusal is a failure as platforms say it.
func refusal(failure error) *chat.SendError {
	refused := &chat.SendError{}
	if !errors.As(failure, &refused) {
		refused = &chat.SendError{Err: failure}
	}
	return refused
}

// asks reports whether the errand only asks: then a failure is an answer.
func asks(e *store.Errand) bool {
	return e.Kind == store.Measure || e.Kind == store.Draft || e.Kind == store.Inspect || e.Kind == store.AskIssue
}

// words say a failure to people.
func words(err error) string {
	var refused *chat.SendError
	if errors.As(err, &refused) && refused.Advice != "" {
		return refused.Advice
	}
	return err.Error()
}

// An errand is tried for as long as its platform may be down. One that fails
// alone, while the platform does the like for others, is tried for less: it holds
// up what is behind it for nothing. It is tried a few times at least: the bot may
// have been away, or a person may just have asked for another try.
const (
	outage   = 24 * time.Hour
	patience = 15 * time.Minute
	fewest   = 10
)

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
	if e.State == store.Done {
		e.Issue = nil // the tracker has it
	}
	return store.Errands.Put(tx, e)
}

func (o *Outbox) report(e *store.Errand, result string, failure error) {
	switch {
	case failure == nil, errors.Is(failure, errLate):
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
