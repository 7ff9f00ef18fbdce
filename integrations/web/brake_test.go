package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Behind a proxy all have one address: who guesses under invented names keeps
// nobody out.
func TestStrangersKeepNobodyOut(t *testing.T) {
	b := private(t)
	for n := range 200 {
		b.request("POST", "/login", filled(fmt.Sprint("invented-", n), "wrong-secret-1", "/"))
	}
	if status, _, _ := b.request("POST", "/login", filled("invented-200", "wrong-secret-1", "/")); status != http.StatusTooManyRequests {
		t.Errorf("another invented name: %d, want 429: they share one brake", status)
	}
	b.logIn("ada", adaSecret)
	if n := len(b.gate.brake.wrong); n != 3 {
		t.Errorf("%d names are remembered, want ada, bob and nobody", n)
	}
}

// Each guess has to wait twice as long as the one before, and at last a minute;
// after a quarter of an hour without one all is forgotten.
func TestBrake(t *testing.T) {
	for _, name := range []string{"ada", "invented"} {
		b, at := newBrake([]login{{name: "ada"}, {name: "bob"}}), noon
		var waits []string
		for range freeGuesses + 9 {
			if wait := b.try(at, name); wait > 0 {
				waits = append(waits, wait.String())
				at = at.Add(wait)
				if again := b.try(at, name); again != 0 {
					t.Errorf("after %s there are %s to wait", wait, again)
				}
			}
		}
		if got := strings.Join(waits, " "); got != "1s 2s 4s 8s 16s 32s 1m0s 1m0s 1m0s" {
			t.Errorf("the waits at %s are %s", name, got)
		}
		if wait := b.try(at, "bob"); wait != 0 {
			t.Errorf("bob waits %s", wait)
		}
		if wait := b.try(at.Add(forgetAfter), name); wait != 0 {
			t.Errorf("after %s there are %s to wait", forgetAfter, wait)
		}
	}
}
