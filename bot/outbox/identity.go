package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Identity is the identity of one intent to speak: the same after a restart,
// another after a restore, in the form of a UUID (version 8 of RFC 9562).
func Identity(generation string, errand uint64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "cresset %s %d", generation, errand))
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	h := hex.EncodeToString(id)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
