package app

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// copyChild names the source to a child, copyChildTo its target.
const (
	copyChild   = "CRESSET_TEST_COPY_FROM"
	copyChildTo = "CRESSET_TEST_COPY_TO"
)

// copyInChild copies, and is killed meanwhile.
func copyInChild(t *testing.T, from string) {
	e := Environment{Out: io.Discard, Err: os.Stderr, Log: testLog(t), Getenv: os.LookupEnv}
	if err := e.Copy(t.Context(), from, os.Getenv(copyChildTo)); err != nil {
		t.Fatal(err)
	}
}

// A copy is killed, with kill -9, when a part of the state has gone through the
// network: while it is copied, and while both sides are compared.
func killedCopy(t *testing.T, m *movers, server *pgtest.Server) {
	m.fill(m.file, 4000)
	before := m.sum(m.file)
	for _, after := range []int64{1 << 20, 7 << 20} {
		v := newValve(t, server.Address(), after)
		m.killAt(v, m.file, strings.Replace(m.url, server.Address(), v.address(), 1))
		complains(t, m.starts(m.url), "an incomplete copy of "+m.file, "Run it again", "copy --from '"+m.file+"' --to '")
		complains(t, m.env(m.url).Doctor(t.Context()), "an incomplete copy")
		complains(t, m.env(m.url).Unmark(t.Context()), "an incomplete copy")
		if err := m.starts(m.file); err != nil { // nothing happened to it
			t.Error(err)
		}
		before = m.sum(m.file) // the start wrote a little
	}
	m.copy(m.file, m.url)
	if got := m.sum(m.url); got != before {
		t.Errorf("the digest is %s, was %s", got, before)
	}

	other := "bolt:" + filepath.Join(t.TempDir(), "other.db")
	v := newValve(t, server.Address(), 2<<20)
	m.killAt(v, strings.Replace(m.url, server.Address(), v.address(), 1), other)
	complains(t, m.starts(m.url), "is being copied to "+other+", or that was cut short", "doctor -unmark")
	complains(t, m.starts(other), "an incomplete copy of")
	m.copy(m.url, other)
	if got := m.sum(other); got != before {
		t.Errorf("the digest is %s, was %s", got, before)
	}
	if got := m.move(m.url).Stage; got != store.Left {
		t.Errorf("the source is marked %q", got)
	}
}

// killAt kills a child that copies when the valve has let through what it lets.
func (m *movers) killAt(v *valve, from, to string) {
	m.t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCopy$", "-test.timeout=2m")
	child.Env = append(os.Environ(), copyChild+"="+from, copyChildTo+"="+to, "PGPASSWORD="+pgtest.PasswordInURL)
	child.Stdout, child.Stderr = m.t.Output(), m.t.Output()
	if err := child.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	select {
	case <-v.full:
		if err := child.Process.Kill(); err != nil {
			m.t.Error(err)
		}
		<-ended // "signal: killed"
	case err := <-ended:
		m.t.Fatalf("it ended before so much was copied: %v", err)
	case <-time.After(time.Minute):
		m.t.Fatalf("in a minute too little was copied")
	}
	v.close()
}

// A valve stands before a server, lets so many bytes through in both
// directions together, and then no more.
type valve struct {
	listener net.Listener
	server   string
	full     chan struct{}

	mu    sync.Mutex
	left  int64
	conns []net.Conn
}

func newValve(t *testing.T, server string, bytes int64) *valve {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v := &valve{listener: l, server: server, full: make(chan struct{}), left: bytes}
	t.Cleanup(v.close)
	go v.accept()
	return v
}

func (v *valve) address() string { return v.listener.Addr().String() }

func (v *valve) accept() {
	for {
		client, err := v.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", v.server)
		if err != nil {
			_ = client.Close()
			return
		}
		v.mu.Lock()
		v.conns = append(v.conns, client, server)
		v.mu.Unlock()
		go v.pass(client, server)
		go v.pass(server, client)
	}
}

func (v *valve) pass(from, to net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !v.lets(n) {
			break
		}
		if _, err := to.Write(buf[:n]); err != nil {
			break
		}
	}
	v.mu.Lock()
	open := v.left > 0
	v.mu.Unlock()
	if open { // one side hung up, and so does the other
		_ = to.Close()
	}
}

func (v *valve) lets(n int) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.left <= 0 {
		return false
	}
	if v.left -= int64(n); v.left <= 0 {
		close(v.full)
		return false
	}
	return true
}

func (v *valve) close() {
	_ = v.listener.Close()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.conns {
		_ = c.Close()
	}
}
