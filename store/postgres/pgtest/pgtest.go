//go:build unix

// Package pgtest starts PostgreSQL servers for tests: real ones, from the
// programs that are installed, on ports of the loopback.
//
//	server := pgtest.Start(t)
//	db, err := postgres.Open(t.Context(), server.URL(""), postgres.Options{})
//
// It promises that a server ends with its test, and with the test's process
// however that ends, and that root may run it, as somebody else.
//
// It refuses to use a server that is running already, and to test without one:
// where there is no PostgreSQL, it says how to get it.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Password is that of the user, and has what must be escaped in a URL;
// PasswordInURL is how it stands there.
const (
	Password      = "s3cr3t/pass?word"
	PasswordInURL = "s3cr3t%2Fpass%3Fword"
)

// Server is a PostgreSQL server with files of its own. It is no server for
// anything else: a crash of the machine may lose its files.
type Server struct {
	Data string // its folder
	Port int

	programs string
	life     io.Closer // the server ends with it, and so with the test's process
	done     chan error
	schemas  atomic.Int64
}

// Start is a server that runs until the end of the test, with settings such as
// "fsync=off".
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "cresset-pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	template, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := template.Copy("server")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop("immediate"); err != nil {
			t.Error(err)
		}
	})
	if err := s.Start(settings...); err != nil {
		t.Fatal(err)
	}
	return s
}

// New makes the files of a server in a folder. To run it, take a Copy.
func New(dir string) (*Server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	if err := Own(dir); err != nil {
		return nil, err
	}
	s := &Server{programs: programs, Data: filepath.Join(dir, "template")}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(Password), 0o600); err != nil {
		return nil, err
	}
	if err := Own(password); err != nil {
		return nil, err
	}
	return s, s.Run("initdb", "-D", s.Data, "-U", "cresset", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-locale", "--no-sync")
}

// Copy is a server with the files of s, which must not be running.
func (s *Server) Copy(name string) (*Server, error) {
	fresh, err := s.Beside(name)
	if err != nil {
		return nil, err
	}
	return fresh, run(s.command("cp", "-a", s.Data, fresh.Data))
}

// Beside is a server without files yet, on a port of its own.
func (s *Server) Beside(name string) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &Server{programs: s.programs, Data: filepath.Join(filepath.Dir(s.Data), name), Port: l.Addr().(*net.TCPAddr).Port}, nil
}

// Start runs the server under a shell that kills it when its standard input
// ends, and returns when it takes connections.
func (s *Server) Start(settings ...string) error {
	args := []string{"-c", `"$@" & read _; kill -QUIT $! 2>/dev/null; wait`, "sh", filepath.Join(s.programs, "postgres"),
		"-D", s.Data, "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-c", "unix_socket_directories="}
	for _, one := range settings {
		args = append(args, "-c", one)
	}
	cmd := s.command("/bin/sh", args...)
	log, err := os.OpenFile(s.Data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if s.life, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.done = make(chan error, 1)
	go func() { s.done <- cmd.Wait() }()
	return s.answers()
}

func (s *Server) answers() error {
	var err error
	for range 500 {
		var conn *pgconn.PgConn
		if conn, err = pgconn.Connect(context.Background(), s.URL("")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("the server does not come up: %w\n%s", err, s.Said())
}

// Said is the end of the server's log.
func (s *Server) Said() []byte {
	log, err := os.ReadFile(s.Data + ".log")
	if err != nil {
		return []byte(err.Error())
	}
	return log[max(0, len(log)-2000):]
}

// Stop is pg_ctl stop with a mode. Immediate is as good as pulling the plug. A
// server that does not run is stopped already.
func (s *Server) Stop(mode string) error {
	if s.life == nil {
		return nil
	}
	err := s.Run("pg_ctl", "stop", "-D", s.Data, "-m", mode, "-s")
	_ = s.life.Close()
	<-s.done
	s.life = nil
	return err
}

// Run runs one of PostgreSQL's own programs.
func (s *Server) Run(program string, args ...string) error {
	return run(s.command(filepath.Join(s.programs, program), args...))
}

func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, err, out)
	}
	return nil
}

// Address is host and port.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// URL is how to connect, with settings such as search_path=t1.
func (s *Server) URL(query string) string { return URL(s.Address(), query) }

// URL is how to connect by other addresses than the server's own.
func URL(address, query string) string {
	return fmt.Sprintf("postgres://cresset:%s@%s/postgres?sslmode=disable&%s", PasswordInURL, address, query)
}

// SQL runs statements, and gives the first column of the last one's first row.
func (s *Server) SQL(statements string) (first string, err error) {
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, s.URL(""))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	answer, err := conn.Exec(ctx, statements).ReadAll()
	if err != nil {
		return "", err
	}
	if last := answer[len(answer)-1]; len(last.Rows) > 0 {
		return string(last.Rows[0][0]), nil
	}
	return "", nil
}

// Schema makes an empty schema, and gives its name and the query of a URL that
// leads there and names its sessions after it.
func (s *Server) Schema() (name, query string, err error) {
	name = fmt.Sprintf("t%d", s.schemas.Add(1))
	_, err = s.SQL("create schema " + name)
	return name, "search_path=" + name + "&application_name=" + name, err
}
