package web

import (
	"maps"
	"net/netip"
	"sync"
	"time"
)

const (
	freeByName  = 5 // guesses until the next has to wait
	freeByPeer  = 20
	longestWait = time.Minute
	forgetAfter = 15 * time.Minute // without a wrong guess
	mostTries   = 10_000           // names and peers that are remembered
)

// A brake slows guessing down: after some wrong guesses at a name, or from an
// address, each further one has to wait, twice as long each time. It remembers a
// bounded number of them, the latest.
type brake struct {
	mu    sync.Mutex
	wrong map[string]wrong
}

// wrong are the guesses so far.
type wrong struct {
	times int
	last  time.Time
}

func newBrake() *brake { return &brake{wrong: map[string]wrong{}} }

// try counts a guess as wrong before it is known, so that guesses at the same
// moment do not pass together. Where it has to wait it is not counted.
func (b *brake) try(now time.Time, name string, peer netip.Addr) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	byName, byPeer := nameKey(name), peerKey(peer)
	if wait = max(b.wait(now, byName, freeByName), b.wait(now, byPeer, freeByPeer)); wait > 0 {
		return wait
	}
	b.count(now, byName)
	b.count(now, byPeer)
	return 0
}

// right takes back that a guess was counted, and what was wrong about the name
// before it.
func (b *brake) right(name string, peer netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.wrong, nameKey(name))
	if w, ok := b.wrong[peerKey(peer)]; ok {
		w.times--
		b.wrong[peerKey(peer)] = w
	}
}

func nameKey(name string) string { return "name " + name }

// peerKey is an address, or the network of one house where addresses are many.
func peerKey(peer netip.Addr) string {
	if network, err := peer.Prefix(64); err == nil && peer.Is6() {
		return "peer " + network.String()
	}
	return "peer " + peer.String()
}

func (b *brake) wait(now time.Time, key string, free int) time.Duration {
	w := b.wrong[key]
	if w.times < free || now.Sub(w.last) >= forgetAfter {
		return 0
	}
	pause := longestWait
	if double := w.times - free; double < 6 {
		pause = time.Second << double
	}
	return w.last.Add(pause).Sub(now)
}

func (b *brake) count(now time.Time, key string) {
	w, ok := b.wrong[key]
	if !ok && len(b.wrong) >= mostTries {
		b.makeRoom(now)
	}
	if now.Sub(w.last) >= forgetAfter {
		w.times = 0
	}
	b.wrong[key] = wrong{w.times + 1, now}
}

// makeRoom forgets what is long ago, or the one that is longest ago.
func (b *brake) makeRoom(now time.Time) {
	oldest := ""
	for key, w := range b.wrong {
		if oldest == "" || w.last.Before(b.wrong[oldest].last) {
			oldest = key
		}
	}
	maps.DeleteFunc(b.wrong, func(key string, w wrong) bool { return key == oldest || now.Sub(w.last) >= forgetAfter })
}
