package app

import (
	"context"
	"time"

	"cresset/store"
)

// keepUnreadable counts what a platform delivered and nobody could read, and
// keeps it for an operator. The log says where it is, not what it says: people
// wrote it.
func (a *App) keepUnreadable(platform, kind string, raw []byte, cause error) {
	a.metrics.unreadable.WithLabelValues(platform).Inc()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var kept store.Unreadable
	err := a.db.Update(ctx, func(tx store.Tx) error {
		kept = store.Unreadable{Platform: platform, Kind: kind, Why: cause.Error(), Raw: raw, At: a.now().UTC()}
		return store.KeepUnreadable(tx, &kept)
	})
	if err != nil {
		a.log.Error("delivery not read, and not kept", "platform", platform, "kind", kind, "bytes", len(raw), "err", err)
		return
	}
	a.log.Warn("delivery not read; `cre unreadable` gives it", "platform", platform, "kind", kind, "number", kept.ID, "bytes", len(raw))
}
