package web

import (
	"sync"
	"time"
)

const (
	freeGuesses = 5 // at a name, until the next has to wait
	longestWait = time.Minute
	forgetAfter = 15 * time.Minute // without a wrong guess
)

// A brake slows guessing down: after some wrong guesses at a name each further
// one has to wait, twice as long each time. All names that nobody has are one, so
// that it remembers no more names than there are people. It counts no addresses:
// behind a proxy everybody has the same, and a stranger would keep all out.
type brake struct {
	mu    sync.Mutex
	wrong map[string]wrong
}

// wrong are the guesses so far.
type wrong struct {
	times int
	last  time.Time
}

// newBrake is a brake for these people, and for the names that nobody has.
func newBrake(logins []login) *brake {
	b := &brake{wrong: map[string]wrong{nobody: {}}}
	for _, l := range logins {
		b.wrong[l.name] = wrong{}
	}
	return b
}

// nobody is the name that stands for all that nobody has.
const nobody = ""

// try counts a guess as wrong before it is known, so that guesses at the same
// moment do not pass together. Where it has to wait it is not counted.
func (b *brake) try(now time.Time, name string) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name = b.key(name)
	w := b.wrong[name]
	if now.Sub(w.last) >= forgetAfter {
		w.times = 0
	}
	if wait = w.last.Add(w.pause()).Sub(now); wait > 0 {
		return wait
	}
	b.wrong[name] = wrong{w.times + 1, now}
	return 0
}

// right takes back what was wrong about a name.
func (b *brake) right(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong[b.key(name)] = wrong{}
}

func (b *brake) key(name string) string {
	if _, known := b.wrong[name]; !known {
		return nobody
	}
	return name
}

// pause is how long after the last guess the next may come.
func (w wrong) pause() time.Duration {
	double := w.times - freeGuesses
	switch {
	case double < 0:
		return 0
	case double < 6:
		return time.Second << double
	}
	return longestWait
}
