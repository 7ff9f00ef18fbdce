package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cresset/bot/router"
	"cresset/commands"
	"cresset/config"
	"cresset/integrations"
)

var update = flag.Bool("update", false, "write README's table of commands and docs/configuration.md, to be read and committed")

const (
	tableBegins = "<!-- commands: written by go test ./bot -update -->\n"
	tableEnds   = "<!-- end of commands -->"
)

func TestReadmeListsEveryCommand(t *testing.T) {
	text := read(t, "README.md")
	before, rest, found := strings.Cut(text, tableBegins)
	got, after, closed := strings.Cut(rest, tableEnds)
	if !found || !closed {
		t.Fatalf("README.md has no place for the table: %q", tableBegins)
	}
	want := commandTable()
	if *update {
		got = want
		put(t, "README.md", before+tableBegins+want+tableEnds+after)
	}
	if got != want {
		t.Errorf("README.md lists\n%s\nthe code has\n%s\ngo test ./bot -update writes it", got, want)
	}
}

// commandTable is what people can say and what it will do, in the order of help.
func commandTable() string {
	table := "| say | it will |\n|---|---|\n"
	all := router.New(commands.All(), router.With{}).Commands()
	for i := range all {
		if !all[i].Hidden {
			table += "| `" + all[i].Name + "` | " + strings.ReplaceAll(all[i].Summary, "|", `\|`) + " |\n"
		}
	}
	return table
}

const aboutConfiguration = `# Configuration

cresset reads one YAML file, named by ` + "`-config FILE` or `CRESSET_CONFIG`" + `. Without one it
runs on ` + "`config/starter.yaml`" + `, which is also the best place to start from. Every setting
below may be left out, unless it says *required*.

- ` + "`${NAME}`" + ` reads the environment, ` + "`${NAME:-default}`" + ` has a default, ` + "`${file:PATH}`" + ` reads
  a file beside the configuration, and ` + "`$$`" + ` is a dollar. What they say changes a value,
  never the structure. Secrets belong there, not in the file.
- An unknown name is refused with the nearest known one. All problems come at once, each
  with file, line and path; the bot then exits with 2 and has started nothing.
  ` + "`cresset -config FILE check`" + ` also asks every integration whether it would work.
- A length of time is written ` + "`90s`, `30m`, `2h` or `1d`" + `; hours of a week are written
  ` + "`Mon-Fri 09:00-17:00`" + `. Where a list of settings is meant, the headings below end in ` + "`[]`" + `.
- A customer that a person adds with ` + "`cre customer add`" + ` lives in the state, beside those here.
- ` + "`roles`" + ` go by ` + "`platform:id`" + ` (as ` + "`slack:U024BE7LH`" + `) or ` + "`*`" + `. Names are refused: people can
  choose them.
- With ` + "`store: postgres://…`" + ` several bots may run on one database. All take events and
  answer; one of them does the errands, and another takes over when it stops.

This page is written by ` + "`go test ./bot -update`" + ` from what the code reads.

## Settings

`

func TestConfigurationReferenceIsCurrent(t *testing.T) {
	const name = "docs/configuration.md"
	want := aboutConfiguration + config.Reference() + "\n## Integrations\n\n" + integrations.Describe()
	if *update {
		put(t, name, want)
	}
	if got := read(t, name); got != want {
		t.Errorf("%s is not what the code reads; go test ./bot -update writes it", name)
	}
	for _, section := range strings.Split(integrations.Names(), ", ") {
		if !strings.Contains(want, "`integrations."+section) {
			t.Errorf("%s does not describe integrations.%s", name, section)
		}
	}
}

// What the documents name is there: files, targets of make, commands of the bot.
func TestDocumentsNameWhatExists(t *testing.T) {
	targets := regexp.MustCompile(`(?m)^([a-z]+):`).FindAllStringSubmatch(read(t, "Makefile"), -1)
	path := regexp.MustCompile("(?:\\]\\(|`)((?:\\.ci|bot|commands|config|docs|integrations|store)/[\\w./-]*|[A-Z]+\\.md|[A-Z]\\w+file)[`)#]")
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "docs/configuration.md", "docs/messages.md", "docs/replicas/README.md"} {
		text := read(t, name)
		for _, m := range path.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat("../" + m[1]); err != nil {
				t.Errorf("%s names %s: %v", name, m[1], err)
			}
		}
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)").FindAllStringSubmatch(text, -1) {
			if !slices.ContainsFunc(targets, func(t []string) bool { return t[1] == m[1] }) {
				t.Errorf("%s names `make %s`, which the Makefile has not", name, m[1])
			}
		}
	}
	if !strings.Contains(read(t, ".ci/run"), "make test") {
		t.Error(".ci/run does not call make test")
	}
}

// The README's table of the bot's own commands is that of its usage.
func TestReadmeHasTheUsage(t *testing.T) {
	text := read(t, "README.md")
	for _, m := range regexp.MustCompile(`(?m)^  cresset (\w+)`).FindAllStringSubmatch(usage, -1) {
		if !strings.Contains(text, "| `cresset "+m[1]) {
			t.Errorf("README.md does not explain `cresset %s`", m[1])
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `cresset (\\w+)").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(usage, "  cresset "+m[1]) {
			t.Errorf("README.md explains `cresset %s`, which the usage does not name", m[1])
		}
	}
}

// The image is built from nothing: the binary must need no C library and no
// zones of the machine, and the Dockerfile say what the code says.
func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	starter, err := config.Parse(config.StarterName, config.Starter(), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(starter.Listen, ":")
	for _, want := range []string{"CGO_ENABLED=0", "FROM scratch", "USER 65532:65532", "VOLUME /data", "EXPOSE " + port, `CMD ["/cresset", "health"]`, "ca-certificates.crt"} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	list := exec.Command("go", "list", "-deps", ".")
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	deps, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("without cgo: %v\n%s", err, deps)
	}
	if !bytes.Contains(deps, []byte("\ntime/tzdata\n")) {
		t.Error("the binary carries no time zones")
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile("../"+name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
