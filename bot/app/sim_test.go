package app

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

var (
	oneSeed = flag.Int64("seed", -1, "run the simulation of this seed alone, and tell all of it")
	seeds   = flag.Int("seeds", 2000, "how many seeds the simulation runs; -short and the race detector run a tenth")
)

// TestSimulation is the whole bot on Slack, on Discord or on both, which go wrong
// in every way that is known, with people who work at random, while the bot is
// stopped, killed and restored. Afterwards, whatever happened, the promises hold:
// see promises.
//
//	go test ./bot/app -run TestSimulation -seed 1234      one seed, told in full
//	go test ./bot/app -run TestSimulation -seeds 100000   for longer
//
// A seed decides what people do and when, and what goes wrong with which call.
// Goroutines that wake at the same fake instant run in the order that the
// scheduler likes, so a replay may differ where two things happen at once.
func TestSimulation(t *testing.T) {
	if *oneSeed >= 0 {
		simulate(t, uint64(*oneSeed), true)
		return
	}
	n := *seeds
	if testing.Short() || raceDetector {
		n /= 10
	}
	const groups = 8
	for g := range groups {
		t.Run(fmt.Sprint("group ", g), func(t *testing.T) {
			t.Parallel()
			enough := 3
			for seed := g; seed < n && enough > 0; seed += groups {
				if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { simulate(t, uint64(seed), false) }) {
					enough--
				}
			}
		})
	}
}

// simulate is one seed.
func simulate(t *testing.T, seed uint64, tell bool) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, seed)
		s.temper = temperOf(s.dice)
		defer s.tellIf(tell)
		s.begin()
		s.people()
		s.world()
		s.active.Wait()
		s.end()
	})
}

// begin makes the services and starts the bot.
func (s *sim) begin() {
	s.meet()
	s.start()
}

// end lets everything come to its end, and holds it against the promises.
func (s *sim) end() {
	s.calm()
	s.drain()
	s.stop()
	s.stray.Wait()
	s.promises()
}

// temper is what a seed is like as a whole.
type temper struct {
	trouble    float64       // how many calls go wrong
	honours    bool          // services know a message again that they have
	late       bool          // calls may have their effect after the bot stopped waiting
	lag        time.Duration // what is new is not seen before
	restless   bool          // the bot is stopped and killed
	restored   bool          // an old backup is put in place
	skewed     bool          // the clock of the bot jumps
	twice      bool          // everything is delivered twice
	foreign    float64       // how many names of rooms somebody else has taken
	acts       int           // of each person
	queue      bool          // people work on requests more than on incidents
	longPauses bool          // a day goes by
	pictures   bool          // SLOs are measured and drawn, which takes a while
	on         []string      // the services
	signed     bool          // Discord's interactions come over signed HTTP
	tight      bool          // Discord's limits are as low as they may be
}

func temperOf(r *rand.Rand) temper {
	one := func(n int) bool { return r.IntN(n) == 0 }
	t := temper{honours: one(2), restless: !one(4), restored: one(10), skewed: one(10), twice: one(3), acts: 1 + r.IntN(2), longPauses: one(250), pictures: one(40)}
	if !one(5) {
		t.trouble = 0.4 * r.Float64()
		t.late = t.honours && one(2)
	}
	if one(3) {
		t.lag = time.Duration(r.IntN(5000)) * time.Millisecond
	}
	if one(3) {
		t.foreign = 0.5
	}
	if one(10) {
		t.acts += 4
	}
	t.pictures = t.pictures && !t.longPauses // a day of them takes its time
	t.on = [][]string{{"slack"}, {"slack"}, {"discord"}, {"discord"}, {"slack", "discord"}}[r.IntN(5)]
	t.signed, t.tight = one(2), one(4)
	if t.queue = one(6); t.queue {
		t.acts += 2
	}
	return t
}

func (t temper) String() string {
	return fmt.Sprintf("on %v, %.0f%% of the calls go wrong, messages known again %v, late effects %v, seen after %v, restarts %v, restore %v, clock jumps %v, all twice %v, %.0f%% of names taken, a day goes by %v, requests %v, pictures %v, signed %v, tight %v",
		t.on, t.trouble*100, t.honours, t.late, t.lag, t.restless, t.restored, t.skewed, t.twice, t.foreign*100, t.longPauses, t.queue, t.pictures, t.signed, t.tight)
}
