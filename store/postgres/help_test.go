package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/store"
	"cresset/store/postgres/pgtest"
)

type note struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

var notes = &store.Collection[note]{Name: "notes", Key: func(n *note) []byte { return store.Key(n.Name) }}

func write(t testing.TB, db store.DB, name, text string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{name, text}) })
	if err != nil {
		t.Errorf("write %q: %v", name, err)
	}
}

// names lists the notes.
func names(t testing.TB, db store.DB) (all []string) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		all = nil
		for n, err := range notes.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all = append(all, n.Name)
		}
		return nil
	})
	none(t, err)
	return all
}

// once numbers a note and guards itself with an inbox, as a command does.
func once(event string) func(store.Tx) error {
	return func(tx store.Tx) error {
		seen, err := tx.Get("inbox", []byte(event))
		if err != nil || seen != nil {
			return err
		}
		n, err := store.Sequence(tx, "note")
		if err != nil {
			return err
		}
		if err := notes.Put(tx, &note{fmt.Sprintf("%06d", n), event}); err != nil {
			return err
		}
		return tx.Put("inbox", []byte(event), []byte("done"))
	}
}

// says wants an error that has all the words, and not the password.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error does not say %q: %v", w, err)
		}
	}
	keepsSecret(t, fmt.Sprintf("%v %+v %#v", err, err, err))
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		keepsSecret(t, fmt.Sprintf("%v %#v", inner, inner))
	}
}

func keepsSecret(t *testing.T, text string) {
	t.Helper()
	for _, s := range []string{pgtest.Password, pgtest.PasswordInURL, "s3cr3t"} {
		if strings.Contains(text, s) {
			t.Errorf("the password is in %s", text)
		}
	}
}

// logged is a log that a test reads.
func logged() (*slog.Logger, *bytes.Buffer) {
	var text bytes.Buffer
	return slog.New(slog.NewTextHandler(&text, nil)), &text
}

// proxy stands between the store and its server.
type proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	conns []net.Conn
	// eat, if set, sees what goes to the server. Once it says true the answer
	// is swallowed and the connection cut.
	eat     func(sent []byte) bool
	refuses bool
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	none(t, err)
	p := &proxy{listener: l, server: server}
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
	})
	go p.accept()
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.serve(client)
	}
}

func (p *proxy) serve(client net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	server, err := net.Dial("tcp", p.server)
	if p.refuses || err != nil {
		_ = client.Close()
		if err == nil {
			_ = server.Close()
		}
		return
	}
	p.conns = append(p.conns, client, server)
	eaten := make(chan struct{})
	go p.forward(client, server, eaten)
	go func() {
		defer client.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			select {
			case <-eaten:
				return
			default:
			}
			if _, err2 := client.Write(buf[:n]); err != nil || err2 != nil {
				return
			}
		}
	}()
}

func (p *proxy) forward(client, server net.Conn, eaten chan struct{}) {
	defer server.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if n > 0 && p.eats(buf[:n]) {
			close(eaten)
			_, _ = server.Write(buf[:n])
			time.Sleep(20 * time.Millisecond) // the server does what it was sent
			_ = client.Close()
			return
		}
		if _, err2 := server.Write(buf[:n]); errors.Is(err, io.EOF) || err != nil || err2 != nil {
			return
		}
	}
}

func (p *proxy) eats(sent []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.eat != nil && p.eat(sent)
}

// set changes what the proxy does.
func (p *proxy) set(eat func(sent []byte) bool, refuses bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eat, p.refuses = eat, refuses
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// commits tells whether a commit is among what was sent.
func commits(sent []byte) bool { return bytes.Contains(sent, []byte("\x00commit\x00")) }

// FreshURL is the URL of an empty database, for tests from outside the package.
func FreshURL(t testing.TB) string {
	t.Helper()
	_, query := shared.schema(t)
	return shared.URL(query)
}
