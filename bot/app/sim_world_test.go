package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// sim is one seed: services, people, and one life of the bot after the other.
type sim struct {
	t      *testing.T
	seed   uint64
	dir    string
	temper temper
	on     []simService
	active sync.WaitGroup // people, and what befalls the bot
	dying  sync.WaitGroup // lives that were cut off
	stray  sync.WaitGroup // what is still on its way
	dice   *rand.Rand     // of the world
	began  time.Time
	kills  chan struct{} // asks the world for a crash at this point

	gateway func(context.Context) (net.Conn, error) // what the bot hears of one service on

	mu      sync.Mutex
	lives   int
	life    *life                // nil while there is none
	quiet   bool                 // nothing goes wrong any more
	down    map[string]time.Time // services that are not reached, until when
	jumped  time.Duration        // how far the clock of the bot is off
	drained time.Time            // when everything was done
	times   map[string]int       // how often something of a kind happened
	backup  string
	history history

	ledger
}

func newSim(t *testing.T, seed uint64) *sim {
	return &sim{t: t, seed: seed, dir: scratch(t), ledger: newLedger(), kills: make(chan struct{}),
		dice: rand.New(rand.NewPCG(seed, 1)), times: map[string]int{}, down: map[string]time.Time{}}
}

// meet makes the services that people meet on.
func (s *sim) meet() {
	time.Sleep(time.Until(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))) // Discord's identifiers begin in 2015
	for _, name := range s.temper.on {
		s.on = append(s.on, map[string]func(*sim) simService{"slack": newSimSlack, "discord": newSimDiscord}[name](s))
	}
	time.Sleep(time.Minute) // so that what is there is not new
	s.began = time.Now()
	s.note("seed %d: %v", s.seed, s.temper)
}

// simChannels are there from the start, beside #general.
var simChannels = []string{"incidents", "cre", "reliability", "support"}

// scratch is in memory where there is such a place: what a power cut does to a
// file is tested elsewhere, and here it would only be waited for.
func scratch(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "cresset-sim-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// impossible is what a person cannot do at this moment.
type impossible string

// cautious makes an act that a service does not offer a panic of [impossible], which
// the person takes note of: what is offered may change while they reach for it.
type cautious struct{ testing.TB }

func (cautious) Fatalf(format string, args ...any) { panic(impossible(fmt.Sprintf(format, args...))) }

// now is the clock of the bot.
func (s *sim) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.jumped)
}

// history is what happened, in lines for people.
type history struct{ lines []string }

func (s *sim) note(format string, args ...any) {
	line := fmt.Sprintf("%10s  ", time.Since(s.began).Round(time.Millisecond)) + strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " / ")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history.lines = append(s.history.lines, line)
}

// tellIf tells the history when the seed failed, or when it is asked for.
func (s *sim) tellIf(always bool) {
	if !s.t.Failed() && !always {
		return
	}
	s.t.Logf("what happened:\n%s\nreplay it with: go test ./bot/app -run TestSimulation -seed %d",
		s.names().Replace(strings.Join(s.history.lines, "\n")), s.seed)
}

// names reads identifiers of people and channels as people do.
func (s *sim) names() *strings.Replacer {
	var pairs []string
	for _, on := range s.on {
		for _, p := range people {
			_, id, _ := strings.Cut(on.account(p).key(), ":")
			pairs = append(pairs, id, "@"+p)
		}
		for _, c := range on.channels() {
			pairs = append(pairs, c.id, "#"+c.name)
		}
	}
	return strings.NewReplacer(pairs...)
}

// log is the bot's own log, from warnings on, as part of the history.
func (s *sim) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(notes{s}, &slog.HandlerOptions{Level: slog.LevelWarn,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
}

type notes struct{ *sim }

func (n notes) Write(line []byte) (int, error) {
	n.note("    log: %s", bytes.TrimSpace(line))
	return len(line), nil
}

func (s *sim) file(n int) string { return filepath.Join(s.dir, fmt.Sprintf("life-%d.db", n)) }

const simConfig = `
store: bolt:%s
severities: {sev1: {update_every: 10m}}
tiers: {enterprise: {first_look: 2m, next_response: 3m, resolution: 12m}}
customers:
  - {key: acme, name: Acme GmbH, tier: enterprise, owner: "@ada"}
  - {key: globex, name: Globex Corporation}
api: {tokens: [{name: sim, token: an-unguessable-word, role: admin}]}
integrations: {%s}
`

// simPictures makes the bot measure, and draw what it measured.
const simPictures = `
digests: [{name: often, schedule: "*/20 * * * *", to: reliability}]
slos: [{name: checkout, customers: [acme], objective: 99.9%, window: 30d, probe: {url: "https://shop.test/", every: 10m}}]
`
