package discord

import (
	"strconv"
	"strings"
	"time"
)

// epoch is the first millisecond of Discord's identifiers.
const epoch = 1420070400000

// isID says whether s can be an identifier of Discord's, and so nothing else in
// a path or between angle brackets.
func isID(s string) bool {
	return len(s) >= 15 && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// timeOf is when an identifier was made.
func timeOf(id string, otherwise time.Time) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || !isID(id) {
		return otherwise.UTC()
	}
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// snowflake is the first identifier of a moment.
func snowflake(at time.Time) uint64 {
	return uint64(max(at.UnixMilli()-epoch, 0)) << 22
}
