package outbox

import (
	"context"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// do does the errand. What is not the same when it is done twice is looked up
// first, if it may have happened before.
func (o *Outbox) do(ctx context.Context, e *store.Errand, before doubt) (workflow.Outcome, error) {
	switch e.Kind {
	case store.Timer:
		return workflow.Outcome{}, nil
	case store.Measure:
		return o.measure(ctx, e)
	case store.Draft:
		return o.draft(ctx, e)
	case store.HandOff:
		return o.handOff(ctx, e, before)
	case store.AskIssue:
		return o.askIssue(ctx, e)
	}
	p, ok := o.with.Platforms[e.Platform()]
	if !ok {
		return workflow.Outcome{}, never("%s is not configured, so nothing can be done there", cre.PlatformLabel(e.Platform()))
	}
	switch e.Kind {
	case store.OpenRoom:
		return o.openRoom(ctx, p, e, before)
	case store.Say:
		return o.say(ctx, p, e, before)
	case store.Invite:
		return invite(ctx, p, e)
	case store.Describe:
		return describe(ctx, p, e)
	case store.CloseRoom:
		return closeRoom(ctx, p, e)
	case store.Pin:
		return pin(ctx, p, e)
	case store.Bookmark:
		return bookmark(ctx, p, e)
	case store.Inspect:
		return inspect(ctx, p, e)
	}
	return workflow.Outcome{}, never("nobody knows how to do %q", string(e.Kind))
}

// deeds are what a platform is asked for.
var deeds = map[store.ErrandKind]chat.Deed{store.OpenRoom: chat.OpeningRoom, store.Say: chat.Posting, store.Invite: chat.Inviting,
	store.Describe: chat.Describing, store.CloseRoom: chat.ClosingRoom, store.Pin: chat.Pinning, store.Bookmark: chat.Bookmarking}

// deed is what the platform of e is asked for: a message that replaces another
// is an edit, where there are edits.
func (o *Outbox) deed(tx store.Tx, e *store.Errand) (chat.Deed, error) {
	if _, edits := o.with.Platforms[e.Platform()].(chat.Editor); e.Kind != store.Say || e.Message.Key == "" || !edits {
		return deeds[e.Kind], nil
	}
	said, err := store.SaidMessages.Get(tx, store.MessageKey(e))
	if err == nil && said != nil {
		return chat.Editing, nil
	}
	return chat.Posting, err
}

func invite(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	rooms, ok := p.(chat.Rooms)
	if !ok {
		return workflow.Outcome{}, nil
	}
	refused, err := rooms.Invite(ctx, e.Place, e.People)
	return workflow.Outcome{Refused: refused}, err
}

func describe(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	rooms, ok := p.(chat.Rooms)
	if !ok {
		return workflow.Outcome{}, nil
	}
	return workflow.Outcome{}, rooms.Describe(ctx, e.Place, e.Topic, e.Purpose)
}

func closeRoom(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	rooms, ok := p.(chat.Rooms)
	if !ok {
		return workflow.Outcome{}, nil
	}
	return workflow.Outcome{}, rooms.CloseRoom(ctx, e.Place)
}

func pin(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	pinner, ok := p.(chat.Pinner)
	if !ok {
		return workflow.Outcome{}, nil
	}
	return workflow.Outcome{Ref: e.Ref}, pinner.Pin(ctx, e.Ref)
}

func bookmark(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	b, ok := p.(chat.Bookmarker)
	if !ok {
		return workflow.Outcome{}, nil
	}
	return workflow.Outcome{}, b.Bookmark(ctx, e.Place, e.Topic, e.Link)
}
