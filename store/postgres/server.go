package postgres

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// server is where the database is, and what may be said about it.
type server struct {
	config  *pgconn.Config
	secrets []string
	log     *slog.Logger
	clock   func() time.Time
	warned  [warnings]sync.Once
}

const connectTimeout = 5 * time.Second

// parse reads the URL. It does not repeat what it cannot read: the password
// might be anywhere in it.
func parse(raw string, o Options) (*server, error) {
	scheme, _, _ := strings.Cut(raw, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return nil, errors.New("the URL of the database must begin with postgres://, as in postgres://cresset@db.example.com:5432/cresset?sslmode=verify-full")
	}
	config, err := pgconn.ParseConfig(raw)
	if err != nil {
		return nil, errors.New("the URL of the database cannot be read. It looks like postgres://user:password@host:5432/name?sslmode=verify-full, with %-codes for special characters in the password, and its certificate files must exist")
	}
	s := &server{config: config, log: o.Log, clock: o.Clock, secrets: secretsOf(raw, config)}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.ValidateConnect = s.admit
	config.OnNotice = noteWarning
	return s, nil
}

// secretsOf lists what must not be shown: as it is and as it stands in the URL.
func secretsOf(raw string, config *pgconn.Config) []string {
	all := []string{config.Password, url.QueryEscape(config.Password), url.PathEscape(config.Password)}
	if u, err := url.Parse(raw); err == nil {
		if _, in, ok := strings.Cut(u.User.String(), ":"); ok {
			all = append(all, in)
		}
		all = append(all, u.Query()["password"]...)
		all = append(all, u.Query()["sslpassword"]...)
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// explain turns an error of the driver into a text without secrets. It keeps
// no more of the error than that: the driver's own know the password.
func (s *server) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %s", doing, s.hide(s.sentence(err)))
}

func (s *server) sentence(err error) string {
	var no refusal
	var told *pgconn.PgError
	var unconnected *pgconn.ConnectError
	switch {
	case errors.As(err, &no):
		return fmt.Sprintf("%s (at %s)", no, s.where())
	case errors.As(err, &told) && told.Code == "28P01":
		return fmt.Sprintf("the password of user %q is wrong, or there is no such user, says PostgreSQL at %s. Check user and password in the URL", s.config.User, s.where())
	case errors.As(err, &told) && told.Code == "28000":
		return fmt.Sprintf("PostgreSQL at %s does not let user %q in. Check user and password in the URL: %s", s.where(), s.config.User, told.Message)
	case errors.As(err, &told) && told.Code == "3D000":
		return fmt.Sprintf("PostgreSQL at %s has no database %q. Make it with: createdb -O %s %s", s.where(), s.config.Database, s.config.User, s.config.Database)
	case errors.As(err, &told) && told.Code == mayNot:
		return s.forbidden(told.Message)
	case errors.As(err, &told):
		return fmt.Sprintf("PostgreSQL says: %s (%s)", told.Message, told.Code)
	case errors.As(err, &unconnected) && strings.Contains(err.Error(), "tls error"): // the driver has no type for it
		return fmt.Sprintf("PostgreSQL at %s and this machine do not agree on TLS. Check that ssl is on there, its certificate, and sslmode and sslrootcert in the URL: %s", s.where(), oneLine(err))
	case errors.As(err, &unconnected):
		return fmt.Sprintf("no PostgreSQL answers at %s. Is it running, and may this machine reach it? %s", s.where(), oneLine(err))
	}
	return oneLine(err)
}

const mayNot = "42501"

// forbidden says how a user gets what PostgreSQL 15 and newer give to owners only.
func (s *server) forbidden(what string) string {
	return fmt.Sprintf("user %q may not make or use the table cresset_records (%s). Make that user the owner of database %q, or run there, as its owner: GRANT CREATE ON SCHEMA public TO %s",
		s.config.User, what, s.config.Database, s.config.User)
}

// where names the hosts of the URL, each once.
func (s *server) where() string {
	hosts := []string{address(s.config.Host, s.config.Port)}
	for _, f := range s.config.Fallbacks {
		hosts = append(hosts, address(f.Host, f.Port))
	}
	return strings.Join(slices.Compact(hosts), ", ")
}

func address(host string, port uint16) string { return net.JoinHostPort(host, strconv.Itoa(int(port))) }

// oneLine says each line once: the driver tries an address with TLS and without.
func oneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.Join(strings.Fields(line), " "); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}

func (s *server) hide(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "<secret>")
	}
	return text
}
