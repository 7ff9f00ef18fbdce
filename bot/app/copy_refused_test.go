package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/store"
)

func refusedCopies(t *testing.T, m *movers) {
	dir := t.TempDir()
	fresh := "bolt:" + filepath.Join(dir, "fresh.db")
	m.fill(m.file, 3)
	refused := func(from, to string, words ...string) {
		t.Helper()
		complains(t, m.env("").Copy(t.Context(), from, to), words...)
	}
	refused("bolt:"+filepath.Join(dir, "none.db"), m.url, "there is no state to copy", "none.db")
	refused(m.file, m.file, "the same place")
	refused(m.file, "bolt:"+filepath.Join(dir, "no", "folder.db"), "--to: ", "no such file")
	refused(m.file, strings.Replace(m.url, "/postgres?", "/nope?", 1), "--to: ", `no database "nope"`)
	refused(m.url, fresh, "--from: ", "there is no state in it")
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a source was made")
	}

	m.fill(m.url, 1)
	there, here := m.sum(m.url), m.sum(m.file)
	refused(m.file, m.url, "is not empty", "nothing is overwritten")
	refused(m.url, m.file, "is not empty")
	refused(m.url, m.url+"&connect_timeout=9", "is not empty")
	if m.sum(m.url) != there || m.sum(m.file) != here || m.move(m.url).Run+m.move(m.file).Run != "" {
		t.Error("a refused copy changed something")
	}

	newer := "bolt:" + filepath.Join(dir, "newer.db")
	m.at(newer, func(db store.DB) error {
		return db.Update(t.Context(), func(tx store.Tx) error { return store.SetFact(tx, "layout", "99") })
	})
	refused(newer, fresh, "--from: ", "written by a newer cresset", "layout 99")

	m.bolt.start(m.clock)
	refused(m.file, fresh, "another cresset seems to be running")
	refused(m.url, m.file, "another cresset seems to be running")
	m.bolt.stop()

	m.at(m.url, func(db store.DB) error {
		return db.Update(t.Context(), func(tx store.Tx) error {
			_, err := store.Claim(tx, "outbox", "somebody", time.Minute, false)
			return err
		})
	})
	refused(m.url, fresh, "a cresset is running", "somebody", "Stop every replica", "wait 1m")
	if _, err := os.Stat(filepath.Join(dir, "fresh.db")); err == nil {
		t.Error("a refused copy left an empty file, on which a bot would start")
	}
	if got := m.move(m.url).Run; got != "" {
		t.Errorf("the refused source is marked by run %q", got)
	}
}

// What an operator types wrong is a problem of the call, and no password that
// everybody can read is taken.
func TestCopyAddresses(t *testing.T) {
	e := Environment{Getenv: func(name string) (string, bool) {
		return map[string]string{"SECRET": "hunter2"}[name], name == "SECRET"
	}}
	for _, address := range []string{
		"postgres://u:hunter2@h/db", "postgresql://u:hunter2@h1:1,h2/db?x=y", "postgres://u:a${SECRET}@h/db", "postgres://u@h/db?password=hunter2",
		"postgres://u:@hunter2@h/db", "postgres://u@h/db?a=b&sslpassword=hunter2", "postgres://u:${SECRET}x@h/db", "postgres://u@h/db?a=%zz",
	} {
		_, err := e.end("--to", address)
		complains(t, err, "--to: has a password", "list of processes", "'postgres://user:${PGPASSWORD}@host/database'")
		problems(t, err)
	}
	for address, want := range map[string]string{
		"cresset.db": "--from: is not a store; write bolt:", "": "--from: is missing", "${EMPTY:-}": "--from: is missing", "mysql://h/db": "--from: is not a store", "bolt:": "--from: is not a store",
		"postgres://u:${NONE}@h/db": "--from: needs NONE, which the environment does not set", "postgres://h/${SECRET": "--from: has a ${ without its }",
	} {
		_, err := e.end("--from", address)
		complains(t, err, want)
		problems(t, err)
	}
	_, _, err := e.ends("here", "there")
	complains(t, err, "--from: is not a store", "--to: is not a store")
	for address, want := range map[string]string{
		"postgres://u:${SECRET}@h,i/db?x=y": "postgres://u:${SECRET}@h,i/db?x=y", "postgres://u@h/db": "postgres://u@h/db",
		"bolt:/var/x.db": "bolt:/var/x.db", "${SECRET:-x}": "",
	} {
		got, err := e.end("--to", address)
		if want != "" && (err != nil || got.name != want) {
			t.Errorf("%s is called %q, %v", address, got.name, err)
		}
	}
	whole := Environment{Getenv: func(string) (string, bool) {
		return "postgres://u:hunter2@h1,h2:7/db?password=hunter2&sslmode=disable", true
	}}
	if got, err := whole.end("--to", "${URL}"); err != nil || got.name != "postgres://u:${PGPASSWORD}@h1,h2:7/db?sslmode=disable" || got.server == "" {
		t.Errorf("an address out of the environment is called %q, %v", got.name, err)
	}
	if got, err := e.end("--to", "bolt:x.db"); err != nil || !filepath.IsAbs(got.file) || got.name != "bolt:"+got.file {
		t.Errorf("a relative file is %+v, %v", got, err)
	}
}

func unmarking(t *testing.T, m *movers) {
	m.fill(m.file, 3)
	if err := m.starts(m.file); err != nil { // gives it its identity
		t.Fatal(err)
	}
	born := m.generation(m.file)
	m.copy(m.file, m.url)
	if err := m.env(m.file).Unmark(t.Context()); err != nil || !strings.Contains(m.out.String(), "No cresset may run there") {
		t.Errorf("unmark: %v\n%s", err, &m.out)
	}
	if err := m.starts(m.file); err != nil {
		t.Error(err)
	}
	if m.generation(m.file) == born {
		t.Error("a state that goes on beside its copy has the copy's identity")
	}
	complains(t, m.env("").Copy(t.Context(), m.url, m.file), "is not empty")

	other := "bolt:" + filepath.Join(t.TempDir(), "other.db")
	c := m.begin(m.url, other)
	if err := inOrder(t.Context(), c.agree, c.leave); err != nil {
		t.Fatal(err)
	}
	complains(t, m.starts(m.url), "is being copied to "+other)
	if err := m.env(m.url).Unmark(t.Context()); err != nil || !strings.Contains(m.out.String(), "is of no use") {
		t.Errorf("unmark: %v\n%s", err, &m.out)
	}
	if got := m.generation(m.url); got != born {
		t.Errorf("the identity of a state that never left went from %q to %q", born, got)
	}
	complains(t, c.left(t.Context()), "took the mark away")
	m.close(c)
	if err := m.env(m.url).Unmark(t.Context()); err != nil || !strings.Contains(m.out.String(), "there was no mark") {
		t.Errorf("unmark twice: %v\n%s", err, &m.out)
	}
}

func backupOfWhatIsAway(t *testing.T, m *movers) {
	dir := t.TempDir()
	early, late := filepath.Join(dir, "early"), filepath.Join(dir, "late")
	m.fill(m.file, 3)
	if err := m.env(m.file).Backup(t.Context(), early); err != nil {
		t.Fatal(err)
	}
	m.copy(m.file, m.url)
	moved, err := os.ReadFile(m.bolt.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(late, moved, 0o600); err != nil {
		t.Fatal(err)
	}
	complains(t, m.env(m.file).Backup(t.Context(), filepath.Join(dir, "no")), "moved to "+m.url)
	complains(t, m.env(m.file).Restore(t.Context(), early), "moved to "+m.url, "doctor -unmark")
	elsewhere := "bolt:" + filepath.Join(dir, "elsewhere.db")
	complains(t, m.env(elsewhere).Restore(t.Context(), late), "unusable", "it moved to "+m.url)
	if err := m.env(elsewhere).Restore(t.Context(), early); err != nil {
		t.Error(err)
	}
	if err := m.env(m.file).Unmark(t.Context()); err != nil {
		t.Error(err)
	}
	if err := m.env(m.file).Restore(t.Context(), early); err != nil {
		t.Error(err)
	}
	complains(t, m.env(m.url).Backup(t.Context(), filepath.Join(dir, "no")), "pg_dump")
}

func TestCopyProgress(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		want     string
	}{
		{false, "copying: 600 of 1000 records, 100 a second, now in sli\ncopying: 1000 of 1000 records, 125 a second\n"},
		{true, "\rcopying: 100 of 1000 records, 100 a second, now in timeline" +
			"\rcopying: 300 of 1000 records, 100 a second, now in timeline" +
			"\rcopying: 600 of 1000 records, 100 a second, now in sli     " +
			"\rcopying: 1000 of 1000 records, 125 a second           \n"},
	} {
		var out bytes.Buffer
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		p := &progress{out: &out, terminal: c.terminal, now: func() time.Time { return now }, what: "copying", total: 1000, began: now, said: now}
		p.show("incidents", 1)
		for _, step := range []int{1, 2, 3} {
			now = now.Add(time.Duration(step) * time.Second)
			p.show([]string{"", "timeline", "timeline", "sli"}[step], int(now.Sub(p.began).Seconds())*100)
		}
		now = now.Add(2 * time.Second)
		p.end(1000)
		if got := out.String(); got != c.want {
			t.Errorf("terminal %v: got\n%q\nwant\n%q", c.terminal, got, c.want)
		}
	}
	if isTerminal(&bytes.Buffer{}) {
		t.Error("a buffer is a terminal")
	}
	if got := (&progress{what: "copying", now: time.Now, began: time.Now().Add(time.Hour)}).far(5); got != "copying: 5 records" {
		t.Error(fmt.Sprint(got))
	}
}
