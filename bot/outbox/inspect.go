package outbox

import (
	"context"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

// inspect looks at a room. Where nobody can look it finds nothing out, and that
// is no failure.
func inspect(ctx context.Context, p chat.Platform, e *store.Errand) (workflow.Outcome, error) {
	inspector, ok := p.(chat.Inspector)
	if !ok {
		return workflow.Outcome{}, nil
	}
	seen, err := inspector.Inspect(ctx, e.Place, e.Ref)
	if err != nil {
		return workflow.Outcome{}, err
	}
	return workflow.Outcome{Seen: &seen}, nil
}

// lookTime is how long a look is tried: somebody waits for what comes of it.
const lookTime = 2 * time.Minute

// looksAgain reports whether a look that failed is worth another.
func looksAgain(e *store.Errand, refused *chat.SendError, now time.Time) bool {
	return e.Kind == store.Inspect && refused.Retry && now.Sub(e.Began) < lookTime
}
