package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/store"
	"cresset/store/postgres/pgtest"
)

func TestCopy(t *testing.T) {
	if from := os.Getenv(copyChild); from != "" {
		copyInChild(t, from)
		return
	}
	server := pgtest.Start(t)
	for name, run := range map[string]func(*testing.T, *movers){
		"there and back":                    thereAndBack,
		"to another file":                   fileToFile,
		"killed":                            func(t *testing.T, m *movers) { killedCopy(t, m, server) },
		"killed at the last moment":         cutBetweenTheMarks,
		"a copy that differs":               copyThatDiffers,
		"interrupted":                       interruptedCopy,
		"a newer record":                    newerRecord,
		"what is refused":                   refusedCopies,
		"a bot that runs on":                botThatRunsOn,
		"two at once":                       twoCopiesAtOnce,
		"unmark":                            unmarking,
		"backup and restore of what is not": backupOfWhatIsAway,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); run(t, newMovers(t, server)) })
	}
}

// The bot goes on where the state is: numbers without a gap, the same room, a
// promise that came due on the way kept once, and nothing said twice.
func thereAndBack(t *testing.T, m *movers) {
	m.bolt.start(m.clock)
	m.bolt.say("ada", "#cre", "/incident declare sev2 checkout returns 500")
	m.bolt.settle()
	m.bolt.say("ada", "#inc-1-checkout-returns-500", "/incident update next:30m rolling back")
	m.bolt.settle()
	m.bolt.stop()
	before, told := m.sum(m.file), m.told()

	m.copy(m.file, m.url)
	for _, want := range []string{"moved from " + m.file + " to postgres://", before, "    store: " + m.url} {
		if !strings.Contains(m.out.String(), want) {
			t.Errorf("the report has no %q:\n%s", want, &m.out)
		}
	}
	if after := m.sum(m.url); after != before || m.sum(m.file) != before {
		t.Errorf("the digest was %s and is %s, at the source %s", before, after, m.sum(m.file))
	}
	if m.generation(m.url) != m.generation(m.file) {
		t.Error("the database has another identity: messages would be taken for others")
	}
	complains(t, m.starts(m.file), "moved to "+m.url, "Write into the configuration: store: "+m.url, "copy --from '"+m.url+"' --to '"+m.file+"'", "doctor -unmark")
	if err := m.env(m.url).Doctor(t.Context()); err != nil || !strings.Contains(m.out.String(), "is sound") {
		t.Errorf("doctor at the target: %v\n%s", err, &m.out)
	}

	m.pg.start(m.clock)
	m.pg.settle()
	if now := m.told(); now != told {
		t.Errorf("after the move the bot said again\n%s\nbefore it had said\n%s", now, told)
	}
	m.clock.set(m.clock.Now().Add(40 * time.Minute))
	m.pg.settle()
	if n := strings.Count(m.told(), "is late. It was due at 09:30."); n != 1 {
		t.Errorf("%d times somebody was told of the late update, want once:\n%s", n, m.told())
	}
	m.pg.say("ada", "#inc-1-checkout-returns-500", "/incident note it is the cache")
	m.pg.say("bob", "#cre", "/incident declare sev3 slow search")
	m.pg.settle()
	told = m.told()
	if rooms := strings.Count(told, "{inc-"); rooms != 2 || !strings.Contains(told, "{inc-2-slow-search") {
		t.Errorf("%d rooms after two declares:\n%s", rooms, told)
	}
	m.pg.stop()

	m.copy(m.url, m.file)
	if a, b := m.sum(m.url), m.sum(m.file); a != b || a == before {
		t.Errorf("back again the digests are %s and %s; before they were %s", a, b, before)
	}
	complains(t, m.starts(m.url), "moved to "+m.file)
	m.bolt.start(m.clock)
	m.bolt.settle()
	if now := m.told(); now != told {
		t.Errorf("back again the bot said again\n%s\nbefore it had said\n%s", now, told)
	}
	m.bolt.say("ada", "#cre", "/incident declare sev4 disk at 80 %")
	m.bolt.settle()
	if !strings.Contains(m.told(), "{inc-3-disk-at-80") {
		t.Errorf("the third incident has no room:\n%s", m.told())
	}
	m.bolt.stop()
}

func fileToFile(t *testing.T, m *movers) {
	m.fill(m.file, 1200)
	before := m.sum(m.file)
	other := "bolt:" + filepath.Join(t.TempDir(), "new.db")
	m.copy(m.file, other)
	if got := m.sum(other); got != before {
		t.Errorf("the digest is %s, was %s", got, before)
	}
	complains(t, m.starts(m.file), "moved to "+other)
	if err := m.starts(other); err != nil {
		t.Error(err)
	}
	m.fill(m.url, 3) // no descendant of what the file holds
	complains(t, m.env("").Copy(t.Context(), m.url, m.file), "is not empty")
	m.copy(other, m.file)
	if err := m.starts(m.file); err != nil {
		t.Error(err)
	}
}

// The process ends after the source was marked and before the target was. Nothing
// starts on either; the same copy again sets it right.
func cutBetweenTheMarks(t *testing.T, m *movers) {
	m.fill(m.file, 10)
	for _, ends := range [][2]string{{m.file, m.url}, {m.url, m.file}} {
		from, to := ends[0], ends[1]
		for range 2 { // the copy that sets it right may be cut itself
			c := m.begin(from, to)
			m.does(c.agree, c.leave, c.fill, c.left)
			m.close(c)
			complains(t, m.starts(from), "moved to")
			complains(t, m.starts(to), "an incomplete copy of", "Run it again")
		}
		m.copy(from, to)
		complains(t, m.starts(from), "moved to")
		if err := m.env(to).Doctor(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// begin is a copy with both places open.
func (m *movers) begin(from, to string) *copying {
	m.t.Helper()
	c := &copying{e: m.env(""), run: newGeneration()}
	var err error
	if c.from, c.to, err = c.e.ends(from, to); err == nil {
		err = c.open()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return c
}

func (m *movers) close(c *copying) {
	m.t.Helper()
	if err := errors.Join(c.target.Close(), c.source.Close()); err != nil {
		m.t.Fatal(err)
	}
}

// A forger writes another byte than it was given, once.
type forger struct {
	store.DB
	key string
}

type forgery struct {
	store.Tx
	key string
}

func (f *forger) Update(ctx context.Context, fn func(store.Tx) error) error {
	return f.DB.Update(ctx, func(tx store.Tx) error { return fn(forgery{tx, f.key}) })
}

func (f forgery) Put(coll string, key, val []byte) error {
	if coll == "meta" && strings.HasPrefix(string(key), f.key) {
		val[len(val)/2] ^= 1
	}
	return f.Tx.Put(coll, key, val)
}

func copyThatDiffers(t *testing.T, m *movers) {
	m.fill(m.file, 700)
	third := "bolt:" + filepath.Join(t.TempDir(), "third.db")
	for i, ends := range [][2]string{{m.file, m.url}, {m.url, third}} {
		from, to := ends[0], ends[1]
		c := m.begin(from, to)
		c.target = &forger{c.target, "00000600"}
		err := c.move(t.Context())
		m.close(c)
		complains(t, err, "is not the same as", "Nothing has moved")
		complains(t, m.starts(to), "an incomplete copy of")
		if got := m.move(from).Stage; got != store.Here {
			t.Errorf("the source of a copy that failed is marked %q", got)
		}
		if i == 0 {
			m.copy(from, to)
		}
	}
}

// An interrupter ends the work when the copy is under way.
type interrupter struct {
	store.DB
	interrupt func()
	after     int
}

func (i *interrupter) Update(ctx context.Context, fn func(store.Tx) error) error {
	if i.after--; i.after == 0 {
		i.interrupt()
	}
	return i.DB.Update(ctx, fn)
}

// Who interrupts a copy has the source back at once.
func interruptedCopy(t *testing.T, m *movers) {
	m.fill(m.url, 2000)
	c := m.begin(m.url, m.file)
	ctx, cancel := context.WithCancel(t.Context())
	c.target = &interrupter{c.target, cancel, 4}
	err := c.move(ctx)
	m.close(c)
	if complains(t, err, "cut short", "Nothing has moved", "starts over"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not what a context says that was cancelled", err)
	}
	complains(t, m.starts(m.file), "an incomplete copy of "+m.url)
	if err := m.starts(m.url); err != nil {
		t.Error(err)
	}
	m.copy(m.url, m.file)
}

func newerRecord(t *testing.T, m *movers) {
	m.fill(m.file, 10)
	m.at(m.file, func(db store.DB) error {
		return db.Update(t.Context(), func(tx store.Tx) error {
			val, err := tx.Get("meta", store.Key("00000007"))
			val[0]++
			return errors.Join(err, tx.Put("meta", store.Key("00000007"), val))
		})
	})
	err := m.env("").Copy(t.Context(), m.file, m.url)
	complains(t, err, "damaged or newer than this cresset", "layout 2", "00000007", "doctor")
	complains(t, m.starts(m.url), "an incomplete copy of")
}

// A bot that runs on while its state is copied writes nothing any more, and ends.
func botThatRunsOn(t *testing.T, m *movers) {
	m.pg.start(m.clock)
	m.pg.settle()
	complains(t, m.env("").Copy(t.Context(), m.url, m.file), "a cresset is running on", "Stop every replica")
	if got := m.move(m.url).Stage; got != store.Here {
		t.Errorf("after the refusal the source is marked %q", got)
	}
	if err := m.pg.app.db.(fenced).Ready(t.Context()); err != nil {
		t.Error(err)
	}
	m.rest(m.url)
	other := "bolt:" + filepath.Join(t.TempDir(), "other.db")
	m.copy(m.url, other)
	before := m.sum(m.url)
	complains(t, m.pg.app.db.(fenced).Ready(t.Context()), "moved to "+other)
	ev := chat.Event{Key: "late", Line: "incident declare too late", By: m.bolt.person("ada"), Place: m.bolt.place("#cre")}
	if reply, err := m.pg.app.Handle(t.Context(), ev); err == nil && !reply.Failed {
		t.Errorf("after the move it answers %+v", reply)
	}
	if m.sum(m.url) != before {
		t.Error("it wrote where the state is not any more")
	}
	if _, err := m.pg.app.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := m.pg.app.Run(ctx)
	if complains(t, err, "moved to "+other); strings.Contains(err.Error(), "disk") {
		t.Errorf("it blames the disk: %v", err)
	}
	m.pg.memoryHome.stop()
}

// rest ends the leases at a place, as time would.
func (m *movers) rest(address string) {
	m.t.Helper()
	m.at(address, func(db store.DB) error {
		return db.Update(m.t.Context(), func(tx store.Tx) error {
			for l, err := range store.Leases.All(tx, store.Page{}) {
				if err == nil {
					l.Until = tx.Now()
					err = store.Leases.Put(tx, l)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Of two copies that meet at one side, the one that began first ends, and the
// other gets through.
func twoCopiesAtOnce(t *testing.T, m *movers) {
	m.fill(m.url, 10)
	third, fourth := "bolt:"+filepath.Join(t.TempDir(), "third.db"), "bolt:"+filepath.Join(t.TempDir(), "fourth.db")
	first, second := m.begin(m.url, m.file), m.begin(m.url, third)
	m.does(first.agree, first.leave, first.fill, second.agree, second.leave)
	complains(t, errors.Join(first.left(t.Context()), first.stay(t.Context())), "somebody else began to copy")
	m.does(second.fill, second.left, second.arrived)
	m.close(first)
	m.close(second)
	complains(t, m.starts(m.url), "moved to "+third)
	complains(t, m.starts(m.file), "an incomplete copy of")
	if err := m.starts(third); err != nil {
		t.Error(err)
	}

	m.fill(fourth, 5)
	first, second = m.begin(third, m.url), m.begin(fourth, m.url)
	m.does(first.agree, first.leave, second.agree, second.leave)
	complains(t, first.fill(t.Context()), "somebody else began to copy")
	m.does(second.fill)
	complains(t, first.arrived(t.Context()), "somebody else began to copy")
	m.does(second.left, second.arrived)
	m.close(first)
	m.close(second)
	if err := m.starts(m.url); err != nil {
		t.Error(err)
	}
}

// does takes steps of copies.
func (m *movers) does(steps ...func(context.Context) error) {
	m.t.Helper()
	for _, step := range steps {
		if err := step(m.t.Context()); err != nil {
			m.t.Fatal(err)
		}
	}
}
