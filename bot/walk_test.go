package main

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A walker follows how CONTRIBUTING.md adds a platform, block by block, in a
// fresh copy of the sources.
type walker struct {
	*reader
	chat   string // the address of the platform
	runs   string // the line that runs the bot
	people map[string]*caller
}

const walkedAddress = "localhost:2323"

// Every block of the section is followed as it stands there: files are written,
// lines added, commands run, conversations held by somebody who knows TCP only.
func TestTheWalkIsFollowed(t *testing.T) {
	w := &walker{reader: newReader(t, "CONTRIBUTING.md"), chat: freeAddress(t), people: map[string]*caller{}}
	_, section, found := strings.Cut(w.text, "\n## A chat platform, step by step\n")
	if !found {
		t.Fatal("CONTRIBUTING.md has no such section")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	follow := map[string]func(block string){"go": w.writes, "diff": w.adds, "yaml": w.configures, "sh": w.types, "text": w.talks}
	used := map[string]int{}
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(section, -1) {
		do, ok := follow[m[1]]
		if !ok {
			t.Fatalf("nothing follows a block of %s:\n%s", m[1], m[2])
		}
		used[m[1]]++
		if do(m[2]); t.Failed() {
			t.FailNow()
		}
	}
	for language := range follow {
		if used[language] == 0 {
			t.Errorf("the section has no block of %s any more", language)
		}
	}
	reference, err := os.ReadFile(filepath.Join(w.dir, "docs/configuration.md"))
	if err != nil || !strings.Contains(string(reference), "### `integrations.partyline`\n") {
		t.Errorf("the reference does not describe the section (%v)", err)
	}
}

// The table of abilities has every ability.
func TestTheWalkNamesEveryAbility(t *testing.T) {
	files, err := filepath.Glob("chat/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var abilities []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name != "Platform" {
				if _, ok := spec.Type.(*ast.InterfaceType); ok {
					abilities = append(abilities, spec.Name.Name)
				}
			}
			return true
		})
	}
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(abilities)
	slices.Sort(listed)
	if !slices.Equal(abilities, listed) {
		t.Errorf("CONTRIBUTING.md lists\n%q\nthe abilities are\n%q", listed, abilities)
	}
}

// writes takes a file whose first line is a comment with its name.
func (w *walker) writes(block string) { w.write(block, "// ") }

// configures is the same for a configuration, on addresses that are free.
func (w *walker) configures(block string) {
	if strings.Count(block, walkedAddress) != 1 {
		w.t.Errorf("the configuration does not name %s:\n%s", walkedAddress, block)
	}
	w.write(strings.Replace(block, walkedAddress, w.chat, 1)+"listen: "+w.address+"\n", "# ")
}

func (w *walker) write(block, comment string) {
	w.t.Helper()
	first, _, _ := strings.Cut(block, "\n")
	name, ok := strings.CutPrefix(first, comment)
	if !ok || !filepath.IsLocal(name) {
		w.t.Fatalf("the block names no file in its first line: %q", first)
	}
	if err := os.MkdirAll(filepath.Join(w.dir, filepath.Dir(name)), 0o755); err != nil {
		w.t.Fatal(err)
	}
	write(w.t, w.dir, name, block)
}

// adds puts the lines with a plus behind the line above them, which the file has.
func (w *walker) adds(block string) {
	var name string
	var lines []string
	at := 0
	end := func() {
		if name != "" {
			write(w.t, w.dir, name, strings.Join(lines, "\n"))
		}
	}
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if file, ok := strings.CutPrefix(line, "--- "); ok {
			end()
			text, err := os.ReadFile(filepath.Join(w.dir, file))
			if err != nil {
				w.t.Fatal(err)
			}
			name, lines, at = file, strings.Split(string(text), "\n"), 0
		} else if added, ok := strings.CutPrefix(line, "+"); ok {
			lines = slices.Insert(lines, at, added)
			at++
		} else {
			after := slices.Index(lines[at:], strings.TrimPrefix(line, " "))
			if after < 0 {
				w.t.Fatalf("%s has no line %q behind what was added before", name, line)
			}
			at += after + 1
		}
	}
	end()
}

// types runs commands one after the other, and the bot until the next ones.
func (w *walker) types(block string) {
	w.rest()
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "go run ./bot ") {
			w.runs = line
			w.start(line)
		} else {
			w.does(line)
		}
	}
}

// talks holds a conversation: "ada> " is what ada types, "ada< " is a line that
// she must then see, and a line that ends in … goes on as it likes.
func (w *walker) talks(block string) {
	who := regexp.MustCompile(`(?m)^(\w+)[<>] `).FindAllStringSubmatch(block, -1)
	for _, m := range who {
		w.connects(m[1])
	}
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if name, text, ok := strings.Cut(line, "> "); ok && w.people[name] != nil {
			w.people[name].types(text)
		} else if name, text, ok := strings.Cut(line, "< "); ok && w.people[name] != nil {
			w.people[name].sees(text)
		} else if line == "restart" {
			w.start(w.runs)
			clear(w.people)
			for _, m := range who {
				w.connects(m[1])
			}
		} else {
			w.t.Fatalf("nobody knows what %q means in a conversation", line)
		}
	}
	clear(w.people)
}

// A caller is somebody on a plain TCP connection.
type caller struct {
	t     testing.TB
	name  string
	conn  net.Conn
	lines chan string
	seen  []string // and not asked for yet
}

// connects says a name, and waits until it is answered.
func (w *walker) connects(name string) {
	w.t.Helper()
	if w.people[name] != nil {
		return
	}
	var conn net.Conn
	var err error
	for range 100 {
		if conn, err = net.Dial("tcp", w.chat); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		w.t.Fatalf("%v; the bot said\n%s", err, w.bot.said())
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	c := &caller{t: w.t, name: name, conn: conn, lines: make(chan string, 1000)}
	go func() {
		for heard := bufio.NewScanner(conn); heard.Scan(); {
			c.lines <- heard.Text()
		}
	}()
	w.people[name] = c
	c.types(name)
	c.sees("cresset: …")
}

func (c *caller) types(text string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(text + "\n")); err != nil {
		c.t.Fatal(err)
	}
}

// sees waits for a line, among those that were not asked for yet.
func (c *caller) sees(want string) {
	c.t.Helper()
	begin, goesOn := strings.CutSuffix(want, "…")
	late := time.After(time.Minute)
	for {
		i := slices.IndexFunc(c.seen, func(line string) bool { return line == want || goesOn && strings.HasPrefix(line, begin) })
		if i >= 0 {
			c.seen = slices.Delete(c.seen, i, i+1)
			return
		}
		select {
		case line := <-c.lines:
			c.seen = append(c.seen, line)
		case <-late:
			c.t.Fatalf("%s did not see %q, but\n%s", c.name, want, strings.Join(c.seen, "\n"))
		}
	}
}
