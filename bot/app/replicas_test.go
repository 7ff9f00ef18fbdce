package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cresset/bot/app"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// Three bots, each a process, on one database and one workspace: all hear
// people, one does the errands. Whatever happens to it, another goes on, nothing
// is lost and nothing happens twice.
func TestReplicas(t *testing.T) {
	if path := os.Getenv(replicaChild); path != "" {
		liveInChild(t, path)
		return
	}
	server := pgtest.Start(t, "max_connections=200")
	t.Run("rolling restart", func(t *testing.T) { t.Parallel(); rollingRestart(t, server) })
	t.Run("database restarted", func(t *testing.T) { t.Parallel(); databaseRestarted(t) })
	for _, one := range accidents() {
		t.Run(fmt.Sprintf("leader %s %s %s", one.what, one.when, one.method), func(t *testing.T) { t.Parallel(); one.happens(t, server) })
	}
}

// liveInChild runs the whole bot until the process is told to end, or killed.
func liveInChild(t *testing.T, path string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	env := app.Environment{Out: os.Stdout, Err: os.Stderr, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Getenv: os.LookupEnv, ConfigPath: path}
	if err := env.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// An accident is what happens to the leader at the first call of a method.
type accident struct {
	what   string
	when   killing
	method string
	act    func(*fleet, accident)
}

// swallowed is an accident before the call: its request never arrives.
const swallowed killing = "before the loss of"

// accidents are the moments that hurt most, and all of them if there is time.
func accidents() []accident {
	killed := func(when killing, method string) accident {
		return accident{"killed", when, method, (*fleet).leaderDies}
	}
	paused := func(when killing, method string) accident {
		return accident{"paused", when, method, (*fleet).leaderPauses}
	}
	if !*app.Torture {
		return []accident{
			killed(afterWork, "chat.postMessage"),
			paused(afterWork, "chat.postMessage"),
			paused(beforeWork, "conversations.create"),
		}
	}
	var all []accident
	for _, method := range []string{"conversations.create", "conversations.invite", "chat.postMessage", "pins.add"} {
		all = append(all, killed(beforeWork, method), killed(afterWork, method),
			paused(beforeWork, method), paused(afterWork, method), paused(swallowed, method))
	}
	return all
}

func (a accident) happens(t *testing.T, server *pgtest.Server) {
	f := newFleet(t, server, 3)
	a.act(f, a)
	f.completed()
	time.Sleep(300 * time.Millisecond) // in which nothing may come twice
	for _, m := range f.missing() {
		t.Error(m)
	}
	f.sound()
}

// completed waits until all of the declare is done.
func (f *fleet) completed() {
	f.t.Helper()
	f.await("the declare to be complete", func() bool { return len(f.missing()) == 0 && len(f.open()) == 0 }, f.missing, f.open)
}

// missing says what a completed declare has and this one has not, and what it
// has too often.
func (f *fleet) missing() []string { return (&crash{ws: f.ws, asked: 1}).missingOnSlack() }

func (f *fleet) declare() {
	f.t.Helper()
	if answer := f.ws.As("ada").Slash("#general", "/incident", "declare sev2 checkout returns 500"); answer.Failed != "" {
		f.t.Errorf("no reply: %s", answer.Failed)
	}
}

// at does something at the first call of a method.
func (f *fleet) at(method string, when killing, do func()) {
	var done atomic.Bool
	hook := func(called string) {
		if called == method && done.CompareAndSwap(false, true) {
			do()
		}
	}
	if when == afterWork {
		f.ws.AfterCall(hook)
	} else {
		f.ws.BeforeCall(hook)
	}
}

// until waits for what the test does, inside a call.
func (f *fleet) until(c <-chan struct{}) {
	select {
	case <-c:
	case <-f.over:
	}
}

// leaderDies kills the leader in the middle of an errand.
func (f *fleet) leaderDies(a accident) {
	f.ws.HonourClientMsgID(false) // the bots must not lean on it
	leader, dead := f.leader(), make(chan struct{})
	f.at(a.method, a.when, func() {
		leader.kill()
		close(dead)
		if a.when == beforeWork {
			abortCall()
		}
	})
	f.declare()
	f.await("the leader to die", func() bool { return isClosed(dead) })
	f.takenOver(f.lease())
}

// leaderPauses stops the leader in the middle of an errand, as a virtual machine
// that is moved does, and lets it go on when another leads. Here the bots lean on
// client_msg_id: a request that was on its way all the time is not seen by
// looking.
func (f *fleet) leaderPauses(a accident) {
	leader, paused, late := f.leader(), make(chan struct{}), make(chan struct{})
	f.at(a.method, a.when, func() {
		leader.signal(syscall.SIGSTOP)
		close(paused)
		f.until(late)
		if a.when == swallowed {
			abortCall()
		}
	})
	f.declare()
	f.await("the leader to pause", func() bool { return isClosed(paused) })
	if a.when == afterWork {
		f.lateCommit(leader, late)
		return
	}
	f.takenOver(f.lease())
	f.completed()
	done := f.errands()
	close(late)
	f.wake(leader)
	for id, e := range f.errands() {
		if was := done[id]; e.Kind != store.Timer && (e.Attempts != was.Attempts || !e.Ended.Equal(was.Ended) || e.Ref != was.Ref) {
			f.t.Errorf("%s was %+v, and is %+v now that the old leader is back", e.Kind, was, e)
		}
	}
}

// lateCommit lets the old leader go on when it has its answer and the new one
// is at the same errand: its closing transaction is refused by the epoch.
func (f *fleet) lateCommit(leader *bot, late chan struct{}) {
	gate := make(chan struct{})
	f.ws.BeforeCall(func(method string) {
		if !upkeep(method) {
			f.until(gate)
		}
	})
	f.takenOver(f.lease())
	var under []uint64
	f.await("the new leader to look", func() bool {
		under = nil
		for id, e := range f.errands() {
			if e.State == store.Sending && e.Attempts > 1 {
				under = append(under, id)
			}
		}
		return len(under) > 0
	})
	close(late)
	f.wake(leader)
	now := f.errands()
	for _, id := range under {
		if e := now[id]; e.State != store.Sending || e.Attempts != 2 {
			f.t.Errorf("%s of the new leader is %s after %d attempts: the old one meddled", e.Kind, e.State, e.Attempts)
		}
	}
	close(gate)
}

// wake lets a bot go on, and waits until it knows that it leads no more.
func (f *fleet) wake(b *bot) {
	f.t.Helper()
	holder := f.lease().Holder
	b.signal(syscall.SIGCONT)
	f.await("the old leader to notice", func() bool { return b.leader() == holder })
	time.Sleep(300 * time.Millisecond) // in which it may still try to end its errand
}

// What the lease promises, see bot/outbox.
const (
	leaseFor   = 10 * time.Second
	askedEvery = 3 * time.Second
)

// takenOver waits until another has the lease: not before the old one ended, and
// no later than somebody asks for it. Both by the clock of the store.
func (f *fleet) takenOver(was store.Lease) {
	f.t.Helper()
	var now store.Lease
	f.await("another leader", func() bool { now = f.lease(); return now.Epoch != was.Epoch })
	if now.Epoch != was.Epoch+1 || now.Holder == was.Holder {
		f.t.Errorf("the lease went from %+v to %+v", was, now)
	}
	gap := now.Until.Add(-leaseFor).Sub(was.Until)
	f.t.Logf("taken over %v after the lease ended", gap)
	if gap < 0 || gap > askedEvery+5*time.Second { // the rest is for a slow machine
		f.t.Errorf("the lease was taken over %v after it ended", gap)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// rooms are the names of the war rooms.
func rooms(all []slacktest.Channel) (names []string) {
	for _, ch := range all {
		if ch.Name != "general" && !slices.Contains([]string{"incidents", "cre", "reliability"}, ch.Name) {
			names = append(names, ch.Name)
		}
	}
	return names
}
