package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// shared is the server of most tests, template the files that all begin with.
// Who stops or spoils a server starts another one with another.
var shared, template *cluster

func TestMain(m *testing.M) {
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "cresset-pg")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	programs, err := findPrograms()
	if err != nil {
		return 0, err
	}
	if err := own(dir); err != nil {
		return 0, err
	}
	if template, err = newTemplate(programs, dir); err != nil {
		return 0, err
	}
	if shared, err = template.copy("shared"); err != nil {
		return 0, err
	}
	if err := shared.start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.stop("immediate")) }()
	if code = run(); code != 0 {
		fmt.Fprintf(os.Stderr, "The last that the shared server said:\n%s\n", shared.said())
	}
	return code, nil
}

// findPrograms looks where Debian keeps the newest server, then on the PATH.
func findPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(slices.Max(found)), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", errors.New("there is no PostgreSQL here, and these tests start their own server. On Debian and Ubuntu: apt-get install postgresql")
}

const secret = "s3cr3t/pass?word"

const secretInURL = "s3cr3t%2Fpass%3Fword"

// cluster is a PostgreSQL server on a port of the loopback.
type cluster struct {
	programs string
	data     string
	port     int
	life     io.Closer // the server ends with it, and so with the test's process
	done     chan error
}

// newTemplate makes the files of a server, which PostgreSQL refuses to do as root.
func newTemplate(programs, dir string) (*cluster, error) {
	c := &cluster{programs: programs, data: filepath.Join(dir, "template")}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(secret), 0o600); err != nil {
		return nil, err
	}
	if err := own(password); err != nil {
		return nil, err
	}
	return c, c.run(filepath.Join(programs, "initdb"), "-D", c.data, "-U", "cresset", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-locale", "--no-sync")
}

// copy is a server with the files of c, which must not be running.
func (c *cluster) copy(name string) (*cluster, error) {
	fresh, err := c.beside(name)
	if err != nil {
		return nil, err
	}
	return fresh, c.run("cp", "-a", c.data, fresh.data)
}

// beside is a server without files yet, on a port of its own.
func (c *cluster) beside(name string) (*cluster, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &cluster{programs: c.programs, data: filepath.Join(filepath.Dir(c.data), name), port: l.Addr().(*net.TCPAddr).Port}, nil
}

// another is a second server, stopped by the end of the test.
func another(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c, err := template.copy(t.Name())
	none(t, err)
	none(t, c.start(settings...))
	t.Cleanup(func() { none(t, c.stop("immediate")) })
	return c
}

// start runs the server under a shell that kills it when its standard input ends.
func (c *cluster) start(settings ...string) error {
	args := []string{"-c", `"$@" & read _; kill -QUIT $! 2>/dev/null; wait`, "sh", filepath.Join(c.programs, "postgres"),
		"-D", c.data, "-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-c", "unix_socket_directories="}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	cmd := c.command("/bin/sh", args...)
	log, err := os.OpenFile(c.data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if c.life, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.done = make(chan error, 1)
	go func() { c.done <- cmd.Wait() }()
	return c.answers()
}

func (c *cluster) answers() error {
	var err error
	for range 500 {
		var conn *pgconn.PgConn
		if conn, err = pgconn.Connect(context.Background(), c.url("")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("the server does not come up: %w\n%s", err, c.said())
}

// said is the end of the server's log.
func (c *cluster) said() []byte {
	log, err := os.ReadFile(c.data + ".log")
	if err != nil {
		return []byte(err.Error())
	}
	return log[max(0, len(log)-2000):]
}

// stop is pg_ctl stop with a mode. Immediate is as good as pulling the plug.
func (c *cluster) stop(mode string) error {
	if c.life == nil {
		return nil
	}
	err := c.run(filepath.Join(c.programs, "pg_ctl"), "stop", "-D", c.data, "-m", mode, "-s")
	_ = c.life.Close()
	<-c.done
	c.life = nil
	return err
}

func (c *cluster) run(program string, args ...string) error {
	out, err := c.command(program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}

func (c *cluster) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = "/"
	if id, ok := other(); ok {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &id}
	}
	return cmd
}

// other is whom to be instead of root.
func other() (id syscall.Credential, ok bool) {
	if os.Getuid() != 0 {
		return id, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err == nil && err2 == nil {
			return syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, true
		}
	}
	return id, false
}

func own(path string) error {
	if id, ok := other(); ok {
		return os.Chown(path, int(id.Uid), int(id.Gid))
	}
	return nil
}

func (c *cluster) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)) }

func (c *cluster) url(query string) string { return urlOf(c.address(), query) }

func urlOf(address, query string) string {
	return fmt.Sprintf("postgres://cresset:%s@%s/postgres?sslmode=disable&%s", secretInURL, address, query)
}

// sql runs statements beside the store, and gives the first column of the
// last one's first row.
func (c *cluster) sql(t testing.TB, statements string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, c.url(""))
	none(t, err)
	defer conn.Close(ctx)
	answer, err := conn.Exec(ctx, statements).ReadAll()
	none(t, err)
	if last := answer[len(answer)-1]; len(last.Rows) > 0 {
		return string(last.Rows[0][0])
	}
	return ""
}

var schemas atomic.Int64

// schema makes an empty schema and gives the query of the URL that leads there.
func (c *cluster) schema(t testing.TB) (name, query string) {
	t.Helper()
	name = fmt.Sprintf("t%d", schemas.Add(1))
	c.sql(t, "create schema "+name)
	return name, "search_path=" + name + "&application_name=" + name // which is how its sessions are found
}

// fresh opens a new database, which the test closes at its end.
func fresh(t testing.TB, o Options) (db *DB, schema string) {
	t.Helper()
	schema, query := shared.schema(t)
	return open(t, shared.url(query), o), schema
}

func open(t testing.TB, url string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), url, o)
	none(t, err)
	t.Cleanup(func() { none(t, db.Close()) })
	return db
}

func none(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// url leads to the same database as db.
func (db *DB) url(t testing.TB) string {
	t.Helper()
	return shared.url("search_path=" + db.server.config.RuntimeParams["search_path"])
}
