package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cresset is the binary under test.
var cresset string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "cresset-")
	if err == nil {
		cresset = filepath.Join(dir, "cresset")
		build := exec.Command("go", "build", "-o", cresset, ".")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the bot:", err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func TestWrongCallsShowTheUsage(t *testing.T) {
	for _, args := range [][]string{{"fly"}, {"say"}, {"backup"}, {"restore"}, {"backup", "-h"}, {"restore", "--help"}, {"manifest"}, {"manifest", "irc"}, {"check", "twice"}, {"-fast"}, {"health", "now"},
		{"copy"}, {"copy", "-from", "bolt:a.db"}, {"copy", "--to", "bolt:a.db"}, {"copy", "-from", "bolt:a", "-to", "bolt:b", "bolt:c"}, {"copy", "-fast"}, {"doctor", "-well"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != 2 || !strings.Contains(errs.String(), usage) || out.Len() > 0 {
			t.Errorf("%q: exit %d, out %q, err %q; want 2 and the usage on err", args, code, &out, &errs)
		}
	}
	for _, args := range [][]string{{"help"}, {"-h"}, {"-help"}, {"copy", "-h"}} {
		var out bytes.Buffer
		if code := run(t.Context(), args, &out, &out); code != 0 || !strings.Contains(out.String(), usage) {
			t.Errorf("%q: exit %d, said %q; want 0 and the usage", args, code, &out)
		}
	}
}

// Every problem is said at once with its line, those of integrations too, and
// nothing is started.
func TestAWrongConfigurationStartsNothing(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "cresset.yaml", `timezon: UTC
store: bolt:`+filepath.Join(dir, "cresset.db")+`
digests:
  - {name: daily, schedule: "0 99 * * *", to: reliability}
integrations:
  slak: {}
  slack: {bot_token: xoxp-wrong}
`)
	for _, command := range [][]string{nil, {"check"}} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"-config", file}, command...), &out, &errs)
		for _, problem := range []string{":1: timezon ", ":4: digests[0].schedule ", ":6: integrations.slak ", ":7: integrations.slack "} {
			if !strings.Contains(errs.String(), file+problem) {
				t.Errorf("%q said\n%s\nwithout %q", command, &errs, file+problem)
			}
		}
		if code != 2 || out.Len() > 0 {
			t.Errorf("%q: exit %d and out %q, want 2 and nothing", command, code, &out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "cresset.db")); err == nil {
		t.Error("a store was made")
	}
}

func TestOneBotOnOneStore(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	said, code := try(t, dir, "CRESSET_LISTEN="+freeAddress(t))
	if want := "another cresset seems to be running on this file"; code != 1 || !strings.Contains(said, want) {
		t.Errorf("exit %d, said %q; want 1 and %q", code, said, want)
	}
}

func TestAPortInUseIsSaid(t *testing.T) {
	first := start(t, t.TempDir())
	said, code := try(t, t.TempDir(), "CRESSET_LISTEN="+strings.TrimPrefix(first.url, "http://"))
	if want := "is another cresset running?"; code != 1 || !strings.Contains(said, want) {
		t.Errorf("exit %d, said %q; want 1 and %q", code, said, want)
	}
}

func TestATermEndsWell(t *testing.T) {
	bot := start(t, t.TempDir())
	began := time.Now()
	if code := bot.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d, want 0; it said\n%s", code, bot.said())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// What is said to a running bot is kept, copied, restored and found sound.
func TestLookingAfterTheState(t *testing.T) {
	dir := t.TempDir()
	bot := start(t, dir)
	env := bot.env
	expect := func(code int, want string, args ...string) {
		t.Helper()
		if said, got := try(t, dir, env, args...); got != code || !strings.Contains(said, want) {
			t.Errorf("%q: exit %d, said %q; want %d and %q", args, got, said, code, want)
		}
	}
	expect(0, "is well", "health")
	expect(0, "**INC-1** kept (severity unset) is declared", "-url", bot.url, "say", "incident declare kept")
	expect(1, "Did you mean", "-url", bot.url, "say", "incident declrae nothing")
	expect(1, "Stop it first", "doctor")
	expect(0, "backup.db is a backup of", "backup", "backup.db")
	expect(0, "**INC-2** lost", "-url", bot.url, "say", "incident declare lost")
	if code := bot.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit %d, want 0; it said\n%s", code, bot.said())
	}
	expect(1, "does not answer", "health")
	expect(0, "is sound", "doctor")
	expect(0, "is restored from backup.db", "restore", "backup.db")
	expect(0, "is sound", "doctor")

	bot = start(t, dir)
	env = bot.env
	expect(0, "kept", "-url", bot.url, "say", "incident list")
	if said, _ := try(t, dir, env, "-url", bot.url, "say", "incident list"); strings.Contains(said, "lost") {
		t.Errorf("after the restore there is what came after the backup:\n%s", said)
	}
}

// The state moves to another file, where the bot goes on. The old one refuses,
// until somebody insists.
func TestMovingTheState(t *testing.T) {
	dir := t.TempDir()
	bot := start(t, dir)
	expect := func(code int, want string, args ...string) {
		t.Helper()
		if said, got := try(t, dir, bot.env, args...); got != code || !strings.Contains(said, want) {
			t.Errorf("%q: exit %d, said %q; want %d and %q", args, got, said, code, want)
		}
	}
	expect(0, "**INC-1**", "-url", bot.url, "say", "incident declare kept")
	expect(1, "seems to be running", "copy", "--from", "bolt:cresset.db", "--to", "bolt:new.db")
	if code := bot.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit %d, want 0; it said\n%s", code, bot.said())
	}
	expect(2, "everybody on this machine", "copy", "--from", "bolt:cresset.db", "--to", "postgres://u:hunter2@localhost/db")
	if said, _ := try(t, dir, bot.env, "copy", "--from", "bolt:cresset.db", "--to", "postgres://u:hunter2@localhost/db"); strings.Contains(said, "hunter2") {
		t.Errorf("it repeats the password: %s", said)
	}
	expect(0, "store: bolt:"+filepath.Join(dir, "new.db"), "copy", "--from", "bolt:cresset.db", "-to=bolt:new.db")
	expect(1, "moved to bolt:"+filepath.Join(dir, "new.db"), "run")
	expect(0, "moved to bolt:"+filepath.Join(dir, "new.db"), "doctor")
	expect(0, "in use again", "doctor", "--unmark")
	if err := os.Rename(filepath.Join(dir, "new.db"), filepath.Join(dir, "cresset.db")); err != nil {
		t.Fatal(err)
	}
	bot = start(t, dir)
	expect(0, "kept", "-url", bot.url, "say", "incident list")
	expect(0, "**INC-2**", "-url", bot.url, "say", "incident declare next")
}

// A bot that answers that it is unwell is not well.
func TestHealthOfASickBot(t *testing.T) {
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "the disk failed", http.StatusServiceUnavailable)
	}))
	defer sick.Close()
	said, code := try(t, t.TempDir(), "CRESSET_LISTEN="+strings.TrimPrefix(sick.URL, "http://"), "health")
	if code != 1 || !strings.Contains(said, "the disk failed") {
		t.Errorf("exit %d, said %q; want 1 and why", code, said)
	}
}

func TestADamagedStateIsSaid(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cresset.db", strings.Repeat("no database ", 4096))
	for _, command := range []string{"run", "doctor"} {
		if said, code := try(t, dir, "CRESSET_LISTEN="+freeAddress(t), command); code != 1 || !strings.Contains(said, "cresset.db") {
			t.Errorf("%s: exit %d, said %q; want 1 and the file", command, code, said)
		}
	}
}

// A process is a bot that runs.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	env  string // by which its own binary finds it
	log  *os.File
	done chan int
}

// start runs the bot in a folder and waits until it says where it is. It ends
// with the test.
func start(t testing.TB, dir string) *process {
	t.Helper()
	address := freeAddress(t)
	return startCommand(t, "http://"+address, inFolder(dir, []string{"CRESSET_LISTEN=" + address}, cresset))
}

// startCommand is start for a command line, which may be a shell's: signals go
// to its whole group, as from a terminal.
func startCommand(t testing.TB, url string, cmd *exec.Cmd) *process {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "said")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, url: url, env: "CRESSET_LISTEN=" + strings.TrimPrefix(url, "http://"), log: log, done: make(chan int, 1)}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // the exit code says it
		p.done <- cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		p.stop(syscall.SIGKILL)
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what outlived its parent; mostly nothing
	})
	for range 1200 {
		if strings.Contains(p.said(), "cresset is at "+url) {
			return p
		}
		select {
		case code := <-p.done:
			p.done <- code
			t.Fatalf("exit %d before it ran:\n%s", code, p.said())
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("it did not say where it is:\n%s", p.said())
	return nil
}

// stop sends a signal and gives the exit code.
func (p *process) stop(s syscall.Signal) int {
	select {
	case code := <-p.done:
		p.done <- code
		return code
	default:
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, s) // it may have ended by itself
	select {
	case code := <-p.done:
		p.done <- code
		return code
	case <-time.After(30 * time.Second):
		p.t.Errorf("still running 30 seconds after %s:\n%s", s, p.said())
		return -1
	}
}

func (p *process) said() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		p.t.Error(err)
	}
	return string(text)
}

// try runs the binary in a folder with one more variable, and gives what it
// said on both streams and its exit code.
func try(t testing.TB, dir, env string, args ...string) (string, int) {
	t.Helper()
	address, _ := strings.CutPrefix(env, "CRESSET_LISTEN=")
	cmd := inFolder(dir, []string{env, "CRESSET_URL=http://" + address}, append([]string{cresset}, args...)...)
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// inFolder is a command that sees nothing of the person who runs the tests.
func inFolder(dir string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	return cmd
}

// freeAddress is an address on which nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "localhost:" + port
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
