// Command bot runs cresset, and looks after its state.
//
// Without a command it runs the bot. It exits 0 when all is well, 1 when
// something failed, and 2 when it was called or configured wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"cresset/bot/app"
	"cresset/config"
)

func main() {
	app.TuneMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

var usage = `cresset: incidents, customer requests and SLOs, where people talk

  cresset [-config FILE]          run; without a file, with the built-in starter configuration
  cresset check                   try the configuration and everything it names
  cresset manifest ` + strings.Join(app.Manifests(), "|") + ` [https://ADDRESS]
                                  print what to paste to create the bot there: to connect
                                  from here, or to be asked at the address, signed
  cresset say 'incident list'     send one line to the running bot
  cresset import [-dry-run] [-from NAME] FILE
                                  file the requests of a sheet (CSV) in the running bot
  cresset export FILE             write the requests of the running bot into a sheet
  cresset health                  ask the running bot whether it lives
  cresset backup FILE             copy the state while the bot runs or rests
  cresset restore FILE            put a backup in place of the state
  cresset doctor                  read all of the state and say what is wrong
  cresset doctor -unmark          use a state again that copy marked as moved
  cresset copy -from ADDRESS -to ADDRESS
                                  move the state to another engine or place, as
                                  bolt:cresset.db or 'postgres://user:${PGPASSWORD}@host/db'
  cresset version

Before the command: -config FILE (or CRESSET_CONFIG) is what it runs on, -url
ADDRESS (or CRESSET_URL) is the bot that say asks, -v logs more.
In the source tree, go run ./bot is the same as cresset.
`

// run does what the arguments ask and gives the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	path := flags.String("config", os.Getenv("CRESSET_CONFIG"), "")
	verbose := flags.Bool("v", false, "")
	address := flags.String("url", "", "")
	if err := flags.Parse(args); err != nil {
		fmt.Fprint(errs, usage)
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		fmt.Fprintln(errs, err)
		return 2
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	e := app.Environment{Out: out, Err: errs, Getenv: os.LookupEnv, ConfigPath: *path,
		Log: slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))}
	err := command(ctx, e, flags.Args(), *address)
	return exitCode(err, errs)
}

// errUsage says that the command was called wrongly.
var errUsage = errors.New("this is no command")

func command(ctx context.Context, e app.Environment, args []string, address string) error {
	name, rest := "run", ""
	if len(args) > 0 {
		name, rest = args[0], strings.Join(args[1:], " ")
	}
	switch {
	case name == "run" && rest == "":
		return e.Run(ctx)
	case name == "check" && rest == "":
		return e.Check(ctx)
	case name == "manifest" && isManifest(args[1:]):
		return e.Manifest(args[1], strings.Join(args[2:], ""))
	case name == "manifest":
		return fmt.Errorf("%w: manifest takes %s, and perhaps an address that begins with https://", errUsage, strings.Join(app.Manifests(), " or "))
	case name == "say" && rest != "":
		return e.Say(rest, address)
	case name == "import":
		return importSheet(ctx, e, args[1:], address)
	case name == "export" && isFile(rest):
		return e.Export(ctx, rest, address)
	case name == "health" && rest == "":
		return e.Health(ctx)
	case name == "backup" && isFile(rest):
		return e.Backup(ctx, rest)
	case name == "restore" && isFile(rest):
		return e.Restore(ctx, rest)
	case name == "doctor" && rest == "":
		return e.Doctor(ctx)
	case name == "doctor" && (rest == "-unmark" || rest == "--unmark"):
		return e.Unmark(ctx)
	case name == "copy":
		return move(ctx, e, args[1:])
	case name == "version" && rest == "":
		return e.Version()
	case name == "help":
		_, err := fmt.Fprint(e.Out, usage)
		return err
	}
	return fmt.Errorf("%w: %s", errUsage, strings.Join(args, " "))
}

// isManifest reports whether the arguments name something that has a manifest, and
// perhaps an address.
func isManifest(args []string) bool {
	return len(args) > 0 && slices.Contains(app.Manifests(), args[0]) &&
		(len(args) == 1 || len(args) == 2 && strings.HasPrefix(args[1], "https://"))
}

// isFile reports whether an argument may name a file, and is no option.
func isFile(arg string) bool { return arg != "" && !strings.HasPrefix(arg, "-") }

// importSheet reads the options of import.
func importSheet(ctx context.Context, e app.Environment, args []string, address string) error {
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dry, from := flags.Bool("dry-run", false, ""), flags.String("from", "", "")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return fmt.Errorf("%w: import takes a FILE, and before it perhaps -dry-run and -from NAME", errUsage)
	}
	return e.Import(ctx, flags.Arg(0), *from, *dry, address)
}

// move reads the options of copy.
func move(ctx context.Context, e app.Environment, args []string) error {
	flags := flag.NewFlagSet("copy", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	from, to := flags.String("from", "", ""), flags.String("to", "", "")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		_, err := fmt.Fprint(e.Out, usage)
		return err
	} else if err != nil {
		return fmt.Errorf("%w: copy: %w", errUsage, err)
	}
	if *from == "" || *to == "" || flags.NArg() > 0 {
		return fmt.Errorf("%w: copy takes -from ADDRESS and -to ADDRESS", errUsage)
	}
	return e.Copy(ctx, *from, *to)
}

func exitCode(err error, errs io.Writer) int {
	var problems config.Problems
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(errs, "%v\n\n%s", err, usage)
		return 2
	case errors.As(err, &problems):
		fmt.Fprintln(errs, err)
		return 2
	case errors.Is(err, app.ErrRefused):
		return 1 // it was said already
	}
	fmt.Fprintln(errs, err)
	return 1
}
