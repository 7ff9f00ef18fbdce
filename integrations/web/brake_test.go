package web

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestBrakeIsBounded(t *testing.T) {
	b := newBrake()
	at := noon
	for n := range mostTries + 500 {
		at = at.Add(time.Millisecond)
		b.try(at, fmt.Sprint("name-", n), netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}))
	}
	if n := len(b.wrong); n > mostTries {
		t.Errorf("%d are remembered, want at most %d", n, mostTries)
	}
	if b.wrong[nameKey(fmt.Sprint("name-", mostTries+499))].times != 1 || b.wrong[nameKey("name-0")].times != 0 {
		t.Error("the oldest is not the one that was forgotten")
	}
}

// Each guess has to wait twice as long as the one before, and at last a minute;
// after a quarter of an hour without one all is forgotten. One house has many
// addresses.
func TestBrakeOfAnAddress(t *testing.T) {
	b, at := newBrake(), noon
	var waits []string
	for n := range freeByPeer + 9 {
		name, peer := fmt.Sprint("name-", n), netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", n+1))
		if wait := b.try(at, name, peer); wait > 0 {
			waits = append(waits, wait.String())
			at = at.Add(wait)
			if again := b.try(at, name, peer); again != 0 {
				t.Errorf("after %s there are %s to wait", wait, again)
			}
		}
	}
	if got := strings.Join(waits, " "); got != "1s 2s 4s 8s 16s 32s 1m0s 1m0s 1m0s" {
		t.Errorf("the waits are %s", got)
	}
	if wait := b.try(at, "ada", netip.MustParseAddr("2001:db8:0:1::1")); wait != 0 {
		t.Errorf("another house waits %s", wait)
	}
	if wait := b.try(at.Add(forgetAfter), "ada", netip.MustParseAddr("2001:db8::1")); wait != 0 {
		t.Errorf("after %s there are %s to wait", forgetAfter, wait)
	}
}
