package hooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"cresset/store"
)

// window is how long a message without an id is the same if every word of it is.
const window = time.Hour

// longestID is the longest id that is kept as it came.
const longestID = 200

// keyOf names a message across its deliveries: by its id, or by all that it says
// and the hour. So a message without id that is delivered again within an hour is
// the same, across the turn of the hour too, and after two hours it is another.
func (in *Intake) keyOf(ctx context.Context, h *hook, id, content string) (string, error) {
	if id != "" {
		return keyOfID(h, id), nil
	}
	hour := in.Now().Unix() / int64(window.Seconds())
	key := func(hour int64) string { return keyOfID(h, digest(content)+" "+strconv.FormatInt(hour, 10)) }
	earlier := false
	err := in.DB.View(ctx, func(tx store.Tx) error {
		kept, err := store.Inbox.Get(tx, store.Key(key(hour-1)))
		earlier = kept != nil && in.Now().Sub(kept.At) < window
		return err
	})
	if earlier {
		hour--
	}
	return key(hour), err
}

// keyOfID is the key of a message with an id. Ids come from outside: a long or an
// odd one is kept as its digest.
func keyOfID(h *hook, id string) string {
	if len(id) > longestID || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' }) {
		id = digest(id)
	}
	return "hook:" + h.Name + ":" + id
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + hex.EncodeToString(sum[:])
}
