package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// What is not the same when it is done twice is a room, a message and an issue.
// Each has an identity that is durable before the call, and is looked for under
// it when the call may have happened. Everything else (invitations, pins, topics,
// bookmarks, archiving) states what shall be so, and is simply repeated.

// A platform shows what it made after a while: messages in seconds, rooms in its
// lists perhaps in a minute. Before that, not to be found means nothing.
const (
	messageShows = 10 * time.Second
	roomShows    = time.Minute
)

// early is nil, or says that what was asked then was asked too early to conclude
// anything from its not being found: what may have been made lately may not be
// shown yet.
func (o *Outbox) early(before doubt, asked time.Time, shows time.Duration) error {
	if left := shows - asked.Sub(o.made(before)); before.again && left > 0 {
		return &chat.SendError{Retry: true, After: min(left, messageShows), Err: fmt.Errorf("%w: it may have happened a moment ago and not be shown yet", errWait)}
	}
	return nil
}

// made is when it may have happened at the latest. Of what another life of this
// process was at nobody knows when it arrived; it was before this one began.
func (o *Outbox) made(before doubt) time.Time { return later(before.at, o.leadsSince()) }

// openRoom makes the room. The name is its natural key: a name in use is ours if
// an answer was lost, and somebody else's otherwise; then the next name is
// tried, and kept before it is.
func (o *Outbox) openRoom(ctx context.Context, p chat.Platform, e *store.Errand, before doubt) (workflow.Outcome, error) {
	rooms, ok := p.(chat.Rooms)
	if !ok {
		return workflow.Outcome{}, never("%s has no rooms; work in the thread of the announcement", cre.PlatformLabel(p.Name()))
	}
	for ; e.Suffix < 26; e.Suffix++ {
		if err := o.keepSuffix(ctx, e); err != nil {
			return workflow.Outcome{}, err
		}
		spec := *e.Room
		if before.again {
			spec.Doubt = o.made(before)
		}
		spec.Name = suffixed(e.Room.Name, e.Suffix)
		room, err := rooms.OpenRoom(ctx, spec)
		if err == nil {
			return workflow.Outcome{Room: &room}, nil
		}
		if !errors.Is(err, chat.ErrNameTaken) {
			return workflow.Outcome{}, err
		}
		asked := o.with.Now()
		room, found, err := rooms.FindRoom(ctx, spec.Name)
		if err != nil {
			return workflow.Outcome{}, err
		}
		if early := o.early(before, asked, roomShows); !found && early != nil {
			return workflow.Outcome{}, early
		}
		if !found {
			continue // it belongs to somebody who hides it
		}
		ours, err := o.ours(ctx, &room, &spec, e.Subject)
		if err != nil {
			return workflow.Outcome{}, err
		}
		if ours {
			return workflow.Outcome{Room: &room}, nil
		}
	}
	return workflow.Outcome{}, never("every name like #%s is taken", e.Room.Name)
}

// suffixed is the name after n names were taken: name, name-b, name-c …
func suffixed(name string, n int) string {
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s-%c", name, 'a'+n)
}

// skew is how far the clock of a platform may be behind ours: a zone or the
// summer time set wrong.
const skew = 2 * time.Hour

// ours reports whether a room that exists is the one that was asked for: made by
// this bot, not before it was asked for, carrying no other mark, and no other
// incident's.
func (o *Outbox) ours(ctx context.Context, r *chat.Room, spec *chat.RoomSpec, incident string) (bool, error) {
	if !r.Own || r.Created.Before(spec.Since.Add(-skew)) || r.Purpose != "" && !strings.Contains(r.Purpose, spec.Mark) {
		return false, nil
	}
	free := true
	err := o.with.DB.View(ctx, func(tx store.Tx) error {
		owner, err := store.IncidentAt(tx, r.Place)
		free = owner == nil || owner.ID == incident
		return err
	})
	return free, err
}

// keepSuffix makes the chosen name durable before it is asked for.
func (o *Outbox) keepSuffix(ctx context.Context, e *store.Errand) error {
	if e.Suffix == 0 {
		return nil
	}
	return o.with.DB.Update(ctx, func(tx store.Tx) error {
		leads, err := o.leads(tx)
		if err != nil {
			return err
		}
		kept, err := store.Errands.Get(tx, store.Key(e.ID))
		if err != nil {
			return err
		}
		if !leads || kept == nil || !kept.Open() {
			return errors.New("another process does this errand now")
		}
		kept.Suffix = e.Suffix
		return store.Errands.Put(tx, kept)
	})
}

// say says a message, or replaces the one that carries its key. People are called by
// the accounts that they have there.
func (o *Outbox) say(ctx context.Context, p chat.Platform, e *store.Errand, before doubt) (workflow.Outcome, error) {
	id, said, err := o.identity(ctx, e)
	if err != nil {
		return workflow.Outcome{}, err
	}
	var lost chat.Ref
	if editor, ok := p.(chat.Editor); ok && said != nil {
		err := editor.Edit(ctx, said.Ref, *e.Message)
		if err == nil || !errors.Is(err, chat.ErrGone) {
			return workflow.Outcome{Ref: said.Ref}, err
		}
		lost = said.Ref
		// Somebody deleted it; it is said anew, which takes the turn of a message.
		done, err := o.turnFor(p, chat.Posting, e)
		if err != nil {
			return workflow.Outcome{}, err
		}
		defer done()
	}
	if before.again {
		asked := o.with.Now()
		ref, found, err := o.find(ctx, p, e, id)
		if err == nil && !found {
			err = o.early(before, asked, messageShows)
		}
		if err == nil && !found && e.Useless(asked) {
			err = errLate
		}
		if err != nil || found {
			return workflow.Outcome{Ref: ref, Lost: lost}, err
		}
	}
	ref, err := p.Post(ctx, e.Place, *e.Message, id)
	if err == nil {
		o.limits.learn(e.Place, ref.Place)
	}
	return workflow.Outcome{Ref: ref, Lost: lost}, err
}

// identity reads the identity of what is said or opened, how what is said reads where
// it is said, and the message that it replaces.
func (o *Outbox) identity(ctx context.Context, e *store.Errand) (id string, said *store.Said, err error) {
	err = o.with.DB.View(ctx, func(tx store.Tx) error {
		generation, err := store.Fact(tx, store.Generation)
		if err != nil {
			return err
		}
		id = Identity(generation, e.ID)
		if e.Message == nil {
			return nil
		}
		if e.Message, err = addressed(tx, e.Message, e.Platform()); err != nil || e.Message.Key == "" {
			return err
		}
		said, err = store.SaidMessages.Get(tx, store.MessageKey(e))
		return err
	})
	return id, said, err
}

// addressed is the message with people called by their accounts on a platform, as far
// as they are linked with one.
func addressed(tx store.Tx, m *chat.Message, platform string) (*chat.Message, error) {
	var failed error
	there := m.Calling(func(p chat.Person) chat.Person {
		linked, err := store.AccountOn(tx, platform, p)
		failed = cmp.Or(failed, err)
		if linked.IsZero() {
			return p
		}
		return linked
	})
	return &there, failed
}

// find looks for a message that may have been said. Where nobody can look, a
// person decides rather than the room reads it twice: who retries it has looked.
func (o *Outbox) find(ctx context.Context, p chat.Platform, e *store.Errand, id string) (chat.Ref, bool, error) {
	finder, ok := p.(chat.Finder)
	if !ok && e.Attempts == 1 { // counted from the retry; a crash would have left more
		return chat.Ref{}, false, nil
	}
	if !ok {
		return chat.Ref{}, false, never("it may have been said already, and %s cannot be asked; look, then retry it or drop it", cre.PlatformLabel(p.Name()))
	}
	done, err := o.turnFor(p, chat.LookingUp, e)
	if err != nil {
		return chat.Ref{}, false, err
	}
	defer done()
	return finder.Find(ctx, e.Place, id, e.Began)
}

// turnFor takes the turn for one more call than the errand was begun with, and
// gives what ends it.
func (o *Outbox) turnFor(p chat.Platform, d chat.Deed, e *store.Errand) (done func(), err error) {
	turn, again, ok := o.limits.take(p, d, e.Place, e.Priority, o.with.Now())
	if !ok {
		return nil, &chat.SendError{Retry: true, After: again.Sub(o.with.Now()), Err: fmt.Errorf("%w: there is no turn to %s", errWait, string(d))}
	}
	return func() { o.limits.done(turn, o.with.Now()) }, nil
}
