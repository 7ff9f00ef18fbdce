package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/config"
	"cresset/integrations"
	"cresset/integrations/api"
	"cresset/integrations/web"
	"cresset/store"
	"cresset/store/bolt"
)

// An Environment is what the command line works with. Its methods are the
// commands.
type Environment struct {
	Out, Err   io.Writer
	Log        *slog.Logger
	Getenv     func(string) (string, bool)
	ConfigPath string // "": the starter configuration
}

// ErrRefused ends a command whose refusal was printed already.
var ErrRefused = errors.New("refused")

// load reads the configuration. A file that cannot be read is a wrong one.
func (e Environment) load() (*config.Config, error) {
	c, err := config.Load(e.ConfigPath, e.Getenv)
	if err != nil && c == nil {
		return nil, config.Problems{{File: e.ConfigPath, Text: err.Error()}}
	}
	return c, err
}

// whole reads the configuration. Where the file is wrong already, the problems
// that the rest of the bot finds in it are reported with its own.
func (e Environment) whole() (*config.Config, error) {
	c, err := e.load()
	if c == nil {
		return nil, err
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		return nil, config.Join(problems, problemsOf(c, e.Log))
	}
	return c, err
}

// open reads the configuration and opens the bot.
func (e Environment) open() (*App, error) {
	c, err := e.whole()
	if err != nil {
		return nil, err
	}
	return Open(Options{Config: c, Log: e.Log})
}

// Run runs the bot until it is told to stop.
func (e Environment) Run(ctx context.Context) error {
	a, err := e.open()
	if err != nil {
		return err
	}
	address, err := a.Listen()
	if err != nil {
		return errors.Join(err, a.Close())
	}
	say := "say on " + cre.PlatformLabel(a.rules.Home)
	if _, ok := a.platforms[web.Name]; ok {
		say = "open it and say"
	}
	fmt.Fprintf(e.Out, "cresset is at %s — %s: /incident declare sev2 customer:acme checkout returns 500\n", address, say)
	err = a.Run(ctx)
	return errors.Join(err, a.Close())
}

// Manifests lists what [Environment.Manifest] can be asked for.
func Manifests() []string { return integrations.Manifests() }

// Manifest prints what to paste, or to open, to create the bot on a chat service:
// for a connection from here, or for signed HTTP at the address where that service
// reaches the bot.
func (e Environment) Manifest(name, address string) error {
	c, err := e.load()
	if err != nil {
		return err
	}
	text, err := integrations.Manifest(name, c.Integrations, vocabularyOf(c), strings.TrimSuffix(address, "/"))
	if err != nil {
		return err
	}
	_, err = e.Out.Write(append(text, '\n'))
	return err
}

// Say sends one line to the running bot and prints its reply.
func (e Environment) Say(line, address string) error {
	address, token, err := e.bot(address)
	if err != nil {
		return err
	}
	reply, failed, err := api.Ask(&http.Client{Timeout: 30 * time.Second}, address, token, line)
	if err != nil {
		return fmt.Errorf("ask the bot at %s: %w", address, err)
	}
	fmt.Fprintln(e.Out, reply)
	if failed {
		return ErrRefused
	}
	return nil
}

// bot is the address of the running bot and a token that it takes.
func (e Environment) bot(address string) (string, string, error) {
	if address == "" {
		address, _ = e.Getenv("CRESSET_URL")
	}
	c, err := e.load()
	if err != nil && address == "" {
		return "", "", err
	}
	if address == "" {
		address = "http://" + reachable(c.Listen)
	}
	if token, ok := e.Getenv("CRESSET_TOKEN"); ok {
		return address, token, nil
	}
	p, err := e.place()
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(filepath.Join(p.dir(), TokenFile))
	if err != nil {
		return "", "", fmt.Errorf("no token: set CRESSET_TOKEN, or run this where the bot keeps its state: %w", err)
	}
	return address, strings.TrimSpace(string(text)), nil
}

// Health asks the bot that listens where the configuration says whether it
// lives. Whatever is wrong, the exit code is 1: a container's health check knows
// no other.
func (e Environment) Health(ctx context.Context) error {
	c, err := e.load()
	if err != nil {
		return fmt.Errorf("no address to ask: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address := "http://" + reachable(c.Listen) + "/healthz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the bot does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // what came is enough
		return fmt.Errorf("%s answered %s: %s", address, resp.Status, bytes.TrimSpace(said))
	}
	_, err = fmt.Fprintln(e.Out, address, "is well.")
	return err
}

// reachable is an address by which this machine reaches a listener: nobody can
// dial "every address".
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}

// progress prints how far a long command is, on one line of a terminal.
func (e Environment) progress(what string) func(done, total int64) {
	terminal := isTerminal(e.Err)
	return func(done, total int64) {
		if terminal && total > 0 {
			fmt.Fprintf(e.Err, "\r%s %3d %%", what, 100*done/total)
			if done == total {
				fmt.Fprintln(e.Err)
			}
		}
	}
}

// everything is every collection of the state.
func everything() []store.Checker { return append(store.All(), web.Collections()...) }

// Doctor reads all of the state and says what is wrong with it.
func (e Environment) Doctor(ctx context.Context) error {
	p, db, err := e.openState()
	if err != nil {
		return err
	}
	m, err := moveOf(ctx, db)
	if err != nil || m.Stage == store.Arriving {
		return errors.Join(err, p.away(m), db.Close())
	}
	wrong := db.View(ctx, check)
	if engine, ok := db.(interface{ Check(context.Context) error }); ok {
		wrong = errors.Join(engine.Check(ctx), wrong)
	}
	if err := errors.Join(wrong, db.Close()); err != nil {
		fmt.Fprintf(e.Out, "%s is damaged:\n%v\nCopy the file, then restore the newest backup: cresset restore FILE\n", p, err)
		return ErrRefused
	}
	fmt.Fprintf(e.Out, "%s is sound: structure, every record, every index, and the audit.\n", p)
	if err := p.away(m); err != nil {
		fmt.Fprintln(e.Out, err)
	}
	return nil
}

// openState opens the state that the configuration names, which must exist.
func (e Environment) openState() (place, store.DB, error) {
	p, err := e.place()
	if err != nil {
		return p, nil, err
	}
	if _, err := os.Stat(p.file); err != nil && p.file != "" {
		return p, nil, fmt.Errorf("there is no state to look at: %w", err)
	}
	db, err := p.open(time.Now, e.Log, nil)
	return p, db, err
}

// check reads every record, every index and the audit.
func check(tx store.Tx) error {
	return errors.Join(store.Check(tx, everything()), workflow.CheckAudit(tx))
}

// Restore puts a backup in place of the state, which is kept beside it.
func (e Environment) Restore(ctx context.Context, backup string) error {
	path, err := e.onlyFile()
	if err != nil {
		return err
	}
	if err := e.replaceable(ctx, path); err != nil {
		return err
	}
	kept, err := bolt.Restore(ctx, backup, path, bolt.Restoring{Generation: newGeneration(), Check: func(tx store.Tx) error {
		return errors.Join(store.MustBeHere(tx), check(tx))
	}})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "%s is restored from %s.\n", path, backup)
	if kept != "" {
		fmt.Fprintf(e.Out, "What was there before is %s.\n", kept)
	}
	return nil
}

// replaceable refuses to restore over a state that left: where it is now there
// may be a bot. A file that cannot be opened says nothing, and is what a restore is for.
func (e Environment) replaceable(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	db, err := bolt.Open(path, bolt.Options{})
	if errors.Is(err, bolt.ErrRunning) {
		return err
	}
	if err != nil {
		return nil
	}
	m, err := moveOf(ctx, db)
	if err != nil {
		return db.Close()
	}
	return errors.Join(place{file: path}.away(m), db.Close())
}

// Version prints which build this is.
func (e Environment) Version() error {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version + " " + info.GoVersion
	}
	_, err := fmt.Fprintln(e.Out, "cresset", version)
	return err
}

// problemsOf is what schedules and integrations have wrong in a configuration
// that has other problems too.
func problemsOf(c *config.Config, log *slog.Logger) config.Problems {
	if c.Listen == "" {
		return nil
	}
	_, problems := digestsOf(c)
	a := &App{config: c, log: log, now: time.Now, platforms: map[string]chat.Platform{}, metrics: newMetrics()}
	a.rules = &cre.Settings{Zone: time.UTC}
	return config.Join(problems, a.openParts(Options{}))
}
