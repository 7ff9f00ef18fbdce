package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// TestPlugPulled stops a server at once under load and starts it again,
// twice. What was acknowledged is there, once; what was not is there at most once.
func TestPlugPulled(t *testing.T) {
	t.Parallel()
	server := another(t)
	db := open(t, server.URL(""), Options{Patience: time.Minute})
	const writers, each = 8, 25
	var done atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				event := fmt.Sprint(w, ".", i)
				if err := db.Update(t.Context(), once(event)); err != nil {
					t.Errorf("event %s: %v", event, err)
				}
				done.Add(1)
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	for round := range int64(2) {
		for done.Load() < (round+1)*writers*each/4 {
			time.Sleep(time.Millisecond)
		}
		none(t, server.Stop("immediate"))
		none(t, server.Start())
	}
	all.Wait()
	got := names(t, db)
	if len(got) != writers*each || got[len(got)-1] != fmt.Sprintf("%06d", writers*each) {
		t.Errorf("%d notes of %d events, the last is %s", len(got), writers*each, got[len(got)-1])
	}
}

// TestFailOver kills a primary with a synchronous standby under load, and
// promotes the standby. The store finds it by itself, with all that was acknowledged.
func TestFailOver(t *testing.T) {
	t.Parallel()
	primary, standby := withStandby(t)
	url := pgtest.URL(primary.Address()+","+standby.Address(), "target_session_attrs=read-write")
	db := open(t, url, Options{Patience: time.Minute})
	const writers, each = 6, 20
	var done atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				event := fmt.Sprint(w, ".", i)
				if err := db.Update(t.Context(), once(event)); err != nil {
					t.Errorf("event %s: %v", event, err)
				}
				done.Add(1)
			}
		})
	}
	for done.Load() < writers*each/3 {
		time.Sleep(time.Millisecond)
	}
	none(t, primary.Stop("immediate"))
	none(t, standby.Run("pg_ctl", "promote", "-D", standby.Data, "-s"))
	all.Wait()
	if n := len(names(t, db)); n != writers*each {
		t.Errorf("%d notes of %d events", n, writers*each)
	}
}

// withStandby is a primary that confirms what its standby has.
func withStandby(t *testing.T) (primary, standby *cluster) {
	t.Helper()
	primary = another(t)
	files, err := primary.Beside(t.Name() + "-standby")
	none(t, err)
	standby = &cluster{files}
	none(t, primary.Run("pg_basebackup", "-D", standby.Data, "-R", "-X", "stream", "-c", "fast",
		"-d", fmt.Sprintf("host=127.0.0.1 port=%d user=cresset password='%s'", primary.Port, pgtest.Password)))
	none(t, primary.Stop("fast"))
	none(t, primary.Start("synchronous_standby_names=*"))
	none(t, standby.Start())
	t.Cleanup(func() { none(t, standby.Stop("immediate")) })
	return primary, standby
}

// TestCutInCommit cuts the connection when the commit was sent and before its
// answer comes: the function runs again and finds that its work is done.
func TestCutInCommit(t *testing.T) {
	_, query := shared.schema(t)
	p := newProxy(t, shared.Address())
	db := open(t, pgtest.URL(p.address(), query), Options{})
	for i := range 5 {
		cuts, runs := 0, 0
		p.set(func(sent []byte) bool {
			cut := cuts < 2 && commits(sent) // the second time in the commit of the run that finds it done
			if cut {
				cuts++
			}
			return cut
		}, false)
		body := once(fmt.Sprint(i))
		err := db.Update(t.Context(), func(tx store.Tx) error { runs++; return body(tx) })
		if err != nil || runs != 3 {
			t.Errorf("event %d: %d runs, %v", i, runs, err)
		}
	}
	if got := names(t, db); !slices.Equal(got, []string{"000001", "000002", "000003", "000004", "000005"}) {
		t.Errorf("five events gave %q", got)
	}
}

// TestNobodyToAsk cuts the connection in the commit for good.
func TestNobodyToAsk(t *testing.T) {
	_, query := shared.schema(t)
	p := newProxy(t, shared.Address())
	db := open(t, pgtest.URL(p.address(), query), Options{Patience: 300 * time.Millisecond})
	p.set(func(sent []byte) bool {
		p.refuses = commits(sent)
		return p.refuses
	}, false)
	err := db.Update(t.Context(), once("e"))
	if !errors.Is(err, store.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	says(t, err, "PostgreSQL went away in the commit", "no PostgreSQL answers at "+p.address())
	err = db.Update(t.Context(), once("f"))
	if errors.Is(err, store.ErrUnknown) {
		t.Errorf("nothing was sent, and still: %v", err)
	}
	says(t, err, "not saved", "no PostgreSQL answers")
	says(t, db.Check(t.Context()), "not read")
	p.set(nil, false)
	none(t, db.Check(t.Context()))
	if got := names(t, db); len(got) != 1 {
		t.Errorf("the server has %q", got)
	}
}

// TestUnknownAndRefused runs again after a commit whose outcome is unknown,
// and the function, which is not guarded, refuses.
func TestUnknownAndRefused(t *testing.T) {
	_, query := shared.schema(t)
	p := newProxy(t, shared.Address())
	db := open(t, pgtest.URL(p.address(), query), Options{})
	cut := false
	p.set(func(sent []byte) bool {
		now := !cut && commits(sent)
		cut = cut || now
		return now
	}, false)
	err := db.Update(t.Context(), func(tx store.Tx) error {
		old, err := tx.Get("a", []byte("k"))
		if err != nil || old != nil {
			return errors.Join(err, errNo)
		}
		return tx.Put("a", []byte("k"), nil)
	})
	if !errors.Is(err, store.ErrUnknown) || !errors.Is(err, errNo) {
		t.Errorf("got %v, want both what it says and that the outcome is unknown", err)
	}
}

// TestCutBeforeCommit ends the session under a function, as a fail-over does.
func TestCutBeforeCommit(t *testing.T) {
	db, schema := fresh(t, Options{})
	runs := 0
	err := db.Update(t.Context(), func(tx store.Tx) error {
		if _, err := store.Sequence(tx, "n"); err != nil {
			return err
		}
		if runs++; runs == 1 {
			killSessions(t, schema)
		}
		_, err := tx.Get("a", []byte("k")) // fails in the first run
		if err != nil && runs > 1 {
			return err
		}
		return tx.Put("a", []byte("k"), []byte("v"))
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
	killSessions(t, schema) // and while it rests
	time.Sleep(warm)
	runs = 0
	err = db.Update(t.Context(), func(tx store.Tx) error { runs++; return tx.Put("a", []byte("l"), nil) })
	if err != nil || runs != 1 {
		t.Errorf("after a rest: %d runs, %v", runs, err)
	}
}

// TestAllSessionsEnd ends sessions that rested too shortly to be asked: the
// first that is found dead speaks for all.
func TestAllSessionsEnd(t *testing.T) {
	db, schema := fresh(t, Options{})
	var busy, all sync.WaitGroup
	busy.Add(6)
	for range 6 {
		all.Go(func() {
			err := db.View(t.Context(), func(tx store.Tx) error {
				busy.Done()
				busy.Wait()
				_, err := tx.Get("a", []byte("k"))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	killSessions(t, schema)
	runs := 0
	err := db.Update(t.Context(), func(tx store.Tx) error { runs++; return tx.Put("a", []byte("k"), nil) })
	if err != nil || runs > 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func killSessions(t *testing.T, schema string) {
	t.Helper()
	shared.sql(t, "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where application_name = '"+schema+"'")
}

// TestUnavailable asks a server that does not answer any more.
func TestUnavailable(t *testing.T) {
	_, query := shared.schema(t)
	p := newProxy(t, shared.Address())
	db := open(t, pgtest.URL(p.address(), query), Options{Patience: 200 * time.Millisecond})
	p.set(nil, true)
	p.cut()
	put := func(tx store.Tx) error { return tx.Put("a", []byte("k"), nil) }
	get := func(tx store.Tx) error { _, err := tx.Get("a", []byte("k")); return err }
	for _, err := range []error{db.View(t.Context(), get), db.Update(t.Context(), func(tx store.Tx) error { return errors.Join(get(tx), put(tx)) })} {
		if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrUnknown) {
			t.Errorf("got %v", err)
		}
	}
}

// TestConflictForEver meets a neighbour of another process in every run.
func TestConflictForEver(t *testing.T) {
	db, _ := fresh(t, Options{Patience: 500 * time.Millisecond})
	neighbour := open(t, db.url(t), Options{})
	runs := 0
	meet := func(tx store.Tx) error {
		runs++
		if _, err := store.Sequence(tx, "n"); err != nil {
			return err
		}
		return neighbour.Update(t.Context(), func(tx store.Tx) error {
			_, err := store.Sequence(tx, "n")
			return err
		})
	}
	err := db.Update(t.Context(), meet)
	says(t, err, "not saved", "attempts", "could not serialize access")
	if errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrUnavailable) || runs < 3 {
		t.Errorf("after %d runs: %v", runs, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = db.Update(ctx, func(tx store.Tx) error {
		cancel()
		return meet(tx)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
	runs = 0
	err = db.Update(t.Context(), func(tx store.Tx) error {
		if runs < 2 {
			return meet(tx)
		}
		_, err := store.Sequence(tx, "n")
		return err
	})
	none(t, err)
}

// TestServerSaysNo makes the server fail in the middle of a write.
func TestServerSaysNo(t *testing.T) {
	db, schema := fresh(t, Options{Timeout: 700 * time.Millisecond})
	write(t, db, "before", "")
	says := func(body, words string, is error) {
		t.Helper()
		shared.sql(t, fmt.Sprintf(`set search_path = %s;
			create or replace function no() returns trigger language plpgsql as $$ begin %s; return new; end $$;
			drop trigger if exists no on cresset_records;
			create trigger no before insert on cresset_records for each row execute function no()`, schema, body))
		err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Put("a", []byte("k"), nil) })
		if err == nil || !strings.Contains(err.Error(), words) || is != nil && !errors.Is(err, is) || errors.Is(err, store.ErrUnknown) {
			t.Errorf("got %v, want %q", err, words)
		}
		err = db.Update(t.Context(), func(tx store.Tx) error {
			err := tx.Put("a", []byte("k"), nil)
			_ = tx.Scan("a", store.Range{}, func(_, _ []byte) error { return nil }) // whoever swallows the error
			return err
		})
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("swallowed: got %v, want %q", err, words)
		}
	}
	says(`raise exception 'could not extend file' using errcode = '53100'`, "could not extend file", store.ErrFull)
	says(`perform pg_sleep(3)`, "statement timeout", nil)
	if got := names(t, db); !slices.Equal(got, []string{"before"}) {
		t.Errorf("afterwards there is %q", got)
	}
	err := db.Update(t.Context(), func(tx store.Tx) error {
		_, err := store.Sequence(tx, "n")
		time.Sleep(1400 * time.Millisecond)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "idle-in-transaction timeout") || errors.Is(err, store.ErrUnknown) {
		t.Errorf("a function that slept: %v", err)
	}
}

// TestStandbyMissing ends the wait for a synchronous standby that is not
// there: PostgreSQL then says that it committed, with a warning. That is not enough.
func TestStandbyMissing(t *testing.T) {
	t.Parallel()
	server := another(t)
	db := open(t, server.URL(""), Options{Timeout: time.Minute})
	server.sql(t, "alter system set synchronous_standby_names = 'ghost'")
	server.sql(t, "select pg_reload_conf()")
	for server.sql(t, "show synchronous_standby_names") != "ghost" {
		time.Sleep(5 * time.Millisecond)
	}
	server.sql(t, "checkpoint") // who makes commits wait has read the setting as well
	result := make(chan error, 1)
	var runs atomic.Int64
	body := once("e")
	go func() {
		result <- db.Update(t.Context(), func(tx store.Tx) error { runs.Add(1); return body(tx) })
	}()
	const waits = "from pg_stat_activity where wait_event = 'SyncRep'"
	waitFor := func(run int64) {
		for runs.Load() < run || server.sql(t, "select count(*) "+waits) != "1" {
			select {
			case err := <-result:
				t.Fatalf("confirmed without the standby: %v", err)
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	waitFor(1)
	server.sql(t, "select pg_cancel_backend(pid) "+waits)
	waitFor(2)
	server.sql(t, "alter system reset synchronous_standby_names")
	server.sql(t, "select pg_reload_conf()")
	none(t, <-result)
	if got := names(t, db); len(got) != 1 || runs.Load() != 2 {
		t.Errorf("%q after %d runs", got, runs.Load())
	}
}

// TestNoRoomForLocks keeps one transaction open, as a machine that is paused
// does, until the server can keep no more of what others read. They wait for its
// end, and none of them fails.
func TestNoRoomForLocks(t *testing.T) {
	t.Parallel()
	server := another(t, "max_pred_locks_per_transaction=10", "max_connections=12")
	db := open(t, server.URL(""), Options{Connections: 4, Patience: time.Minute})
	none(t, db.Update(t.Context(), func(tx store.Tx) error { // more pages than one
		for i := range 2000 {
			if err := tx.Put("a", store.Key(i), make([]byte, 100)); err != nil {
				return err
			}
		}
		return nil
	}))
	neighbour := open(t, server.URL(""), Options{Timeout: time.Minute})
	paused, over := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		var once sync.Once
		err := neighbour.Update(t.Context(), func(tx store.Tx) error {
			_, err := tx.Get("a", store.Key(0))
			once.Do(func() { close(paused) })
			<-over
			return err
		})
		if err != nil {
			t.Errorf("the one that was paused: %v", err)
		}
	})
	<-paused
	var full atomic.Bool
	for w := range 3 {
		all.Go(func() {
			for n := 0; !full.Load(); n++ {
				if err := db.Update(t.Context(), wander(3*n+w)); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	for end := time.Now().Add(time.Minute); !bytes.Contains(server.Said(), []byte("out of shared memory")); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("after a minute the server still has room for locks")
			break
		}
	}
	full.Store(true)
	close(over)
	all.Wait()
}

// wander reads here and there, and writes something.
func wander(n int) func(store.Tx) error {
	return func(tx store.Tx) error {
		for i := range 20 {
			if _, err := tx.Get("a", store.Key((n+100*i)%2000)); err != nil {
				return err
			}
		}
		return tx.Put("b", store.Key(n), []byte("v"))
	}
}
