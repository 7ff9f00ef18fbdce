package app

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the bot says into the scripts, to be read and committed")

// TestScripts runs the conversations of testdata/script on every platform, and on
// every store. What people do is on lines of their own, what the bot says follows;
// see README.txt beside the scripts for the words. The pages of the console are read
// as a whole after each line, which takes long.
func TestScripts(t *testing.T) {
	newPostgresHome, newBrowserHome := postgresHomes(t), browserHomes(t)
	play := map[string]func(testing.TB) home{"memory-postgres": newPostgresHome, "slack-socket": newSlackSocketHome, "console": newConsoleHome, "browser": newBrowserHome,
		"slack-http": newSlackHTTPHome, "discord-gateway": newDiscordGatewayHome, "discord-http": newDiscordHTTPHome}
	eachScript(t, "testdata/script", func(file, section string, script *string) {
		name := file + "/" + section
		t.Run(name+"/memory", func(t *testing.T) { updated(script, runScript(t, *script, newMemoryHome)) })
		if *update || testing.Short() {
			return
		}
		for _, where := range slices.Sorted(maps.Keys(play)) {
			if long := where == "console" || where == "browser"; long && leftOut(section) {
				continue
			}
			t.Run(name+"/"+where, func(t *testing.T) { t.Parallel(); runScript(t, *script, play[where]) })
		}
	})
}

// leftOut says that a section of what takes long is not played with the race detector,
// which makes it take four times as long. It sees the lifecycle of an incident; make
// test plays all of them without it.
func leftOut(section string) bool { return raceDetector && section != "lifecycle" }

// eachScript plays the sections of the files in a folder, and writes them back as they
// are then when they are to be updated.
func eachScript(t *testing.T, folder string, play func(file, section string, script *string)) {
	files, err := filepath.Glob(folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", folder, err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range archive.Files {
			f := &archive.Files[i]
			script := string(f.Data)
			play(strings.TrimSuffix(filepath.Base(file), ".txtar"), strings.ReplaceAll(f.Name, " ", "_"), &script)
			f.Data = []byte(script)
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// updated takes over what was said, if scripts are to be updated.
func updated(script *string, said string) {
	if *update {
		*script = said
	}
}

// A home is a platform as people see it.
type home interface {
	start(clock *clock) // the bot, on the state that is there
	stop()              // the bot
	settle()            // until nothing is to be done now
	join(who, channel string)
	misrule(who, does, channel string) // what a person does to a channel
	say(who, channel, text string)
	press(who, channel, label string)
	pick(who, channel, menu, option string) // by what is read; a person by name
	fill(who string, values map[string]string)
	react(who, channel, emoji string)
	shortcut(who, channel, id string)
	again() // the last act is delivered once more
	look() scene
}

// A configurable home takes more configuration, for when it is started next. {ada} is
// the account of ada.
type configurable interface{ configure(yaml string) }

// alone is where somebody talks with the bot, and presses what only they see.
const alone = "@cresset"

// teamOf makes some people the team, and others departments: "ada; sales: eve; support: bob".
func teamOf(words string) string {
	people := func(names string) string { return `["{` + strings.Join(strings.Fields(names), `}", "{`) + `}"]` }
	team, rest, more := strings.Cut(words, "; ")
	yaml := "roles: {responder: " + people(team) + "}\n"
	if more {
		yaml += "departments:\n"
		for department := range strings.SplitSeq(rest, "; ") {
			name, members, _ := strings.Cut(department, ": ")
			yaml += "  - {name: " + name + ", members: " + people(members) + "}\n"
		}
	}
	return yaml
}

// accounts puts the accounts of people into a configuration.
func accounts(yaml string, key func(who string) string) string {
	for _, who := range people {
		yaml = strings.ReplaceAll(yaml, "{"+who+"}", key(who))
	}
	return yaml
}

// A scene is everything that can be seen, in a stable order of places.
type scene struct {
	private map[string][]entry // by person
	places  []placeSeen
	refused map[string][]entry // what a form said at its fields, by person
	forms   map[string]string  // open forms, by person
}

type placeSeen struct {
	name    string
	members []string
	topic   string
	pins    int
	links   []string
	said    []entry
}

// An entry is one message of the bot.
type entry struct {
	id, thread string
	lines      []string
	edits      int
}

// A clock stands still until the script moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

var act = regexp.MustCompile(`^(\w+)(?: ([#@][\w:-]+))?(?:(> )| (presses|picks|fills|reacts|joins|leaves|unpins|archives|deletes|shortcut) )(.*)$`)

// runScript plays a conversation and gives it with what was really said.
func runScript(t *testing.T, text string, open func(testing.TB) home) string {
	t.Helper()
	p := &player{t: t, home: open(t), board: newBoard(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}} // a Monday
	p.home.start(p.clock)
	defer p.home.stop()
	p.heard()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		if line == "" || strings.HasPrefix(line, "#") {
			p.out = append(p.out, line)
			i++
			continue
		}
		if isAnswer(line) {
			t.Fatalf("line %d: %q answers nothing", i+1, line)
		}
		p.do(i+1, line)
		p.home.settle()
		p.out = append(p.out, line)
		var want []string
		for i++; i < len(lines) && isAnswer(lines[i]); i++ {
			want = append(want, lines[i])
		}
		got := p.hears(want)
		if agrees(want, got) {
			got = want // with the … of whoever wrote it
		}
		p.out = append(p.out, got...)
		if !*update && !agrees(want, got) {
			t.Errorf("after %q\n got:\n%s\nwant:\n%s", line, indent(got), indent(want))
		}
	}
	return strings.Join(p.out, "\n") + "\n"
}

func indent(lines []string) string { return "\t" + strings.Join(lines, "\n\t") }

func isAnswer(line string) bool {
	return strings.HasPrefix(line, "cresset ") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "room ") ||
		strings.HasPrefix(line, "form ") || line == "…"
}

// agrees compares line by line. A line that ends in … goes on as it likes; a …
// alone is any number of lines.
func agrees(want, got []string) bool {
	for i, w := range want {
		if w == "…" {
			return true
		}
		if i >= len(got) {
			return false
		}
		if start, ok := strings.CutSuffix(w, "…"); ok && strings.HasPrefix(got[i], start) {
			continue
		}
		if w != got[i] {
			return false
		}
	}
	return len(want) == len(got)
}

type player struct {
	t     *testing.T
	home  home
	board *board
	clock *clock
	last  scene
	out   []string
}

// do does one line of the script.
func (p *player) do(n int, line string) {
	p.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "at":
		p.at(rest)
		return
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.t.Fatalf("line %d: %v", n, err)
		}
		p.clock.set(p.clock.Now().Add(d))
		return
	case "restart":
		p.home.stop()
		p.home.start(p.clock)
		return
	case "again":
		p.home.again()
		return
	case "team":
		p.home.stop()
		p.home.(configurable).configure(teamOf(rest))
		p.home.start(p.clock)
		return
	case "tracker":
		if err := p.board.does(rest); err != nil {
			p.t.Fatalf("line %d: %v", n, err)
		}
		return
	case "down", "up":
		p.home.(*twoHomes).takes(rest, word == "up")
		return
	}
	m := act.FindStringSubmatch(line)
	if m == nil {
		p.t.Fatalf("line %d: I do not understand %q", n, line)
	}
	who, channel, what := m[1], m[2], m[5]
	if channel == "" && m[4] != "presses" && m[4] != "picks" {
		channel = "#general"
	}
	switch m[4] {
	case "":
		p.home.say(who, channel, strings.ReplaceAll(what, `\n`, "\n"))
	case "presses":
		p.home.press(who, channel, what)
	case "picks":
		menu, option, _ := strings.Cut(what, ": ")
		p.home.pick(who, channel, menu, option)
	case "fills":
		p.home.fill(who, fieldsOf(what))
	case "reacts":
		p.home.react(who, channel, what)
	case "joins":
		p.home.join(who, what)
	case "leaves", "unpins", "archives", "deletes":
		p.home.misrule(who, m[4], what)
	case "shortcut":
		p.home.shortcut(who, channel, what)
	}
}

// at moves the clock on to the next time that shows so, or by days: "+1d 09:00".
func (p *player) at(text string) {
	now := p.clock.Now()
	days := 0
	if d, hour, ok := strings.Cut(text, "d "); ok {
		fmt.Sscanf(d, "+%d", &days)
		text = hour
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		p.t.Fatalf("at %q: %v", text, err)
	}
	next := time.Date(now.Year(), now.Month(), now.Day()+days, t.Hour(), t.Minute(), 0, 0, time.UTC)
	if next.Before(now) {
		p.t.Fatalf("at %s: the clock is at %s already", text, now.Format("15:04"))
	}
	p.clock.set(next)
}

func fieldsOf(text string) map[string]string {
	values := map[string]string{}
	for field := range strings.SplitSeq(text, "; ") {
		name, value, _ := strings.Cut(field, ": ")
		values[name] = value
	}
	return values
}

// hears waits a little for what is wanted: some platforms are told after they
// have acknowledged.
func (p *player) hears(want []string) []string {
	before := p.last
	got := p.heard()
	for range 60 {
		if *update || agrees(want, got) {
			break
		}
		time.Sleep(50 * time.Millisecond)
		p.last = before
		got = p.heard()
	}
	return got
}

// heard says what is new since it was last asked.
func (p *player) heard() []string {
	now := p.home.look()
	var lines []string
	for _, who := range now.people() {
		for _, e := range now.private[who][len(p.last.private[who]):] {
			lines = append(lines, spoken(fmt.Sprintf("cresset (to %s)", who), e.lines)...)
		}
		for _, e := range now.refused[who][len(p.last.refused[who]):] {
			lines = append(lines, spoken(fmt.Sprintf("cresset (to %s)", who), e.lines)...)
		}
		if form := now.forms[who]; form != "" && form != p.last.forms[who] {
			lines = append(lines, fmt.Sprintf("form to %s> %s", who, form))
		}
	}
	for _, place := range now.places {
		lines = append(lines, place.since(p.last.place(place.name))...)
	}
	p.last = now
	return lines
}

// people are those who alone see something.
func (s scene) people() []string {
	all := slices.Concat(slices.Collect(maps.Keys(s.private)), slices.Collect(maps.Keys(s.refused)), slices.Collect(maps.Keys(s.forms)))
	slices.Sort(all)
	return slices.Compact(all)
}

func (s scene) place(name string) placeSeen {
	for _, p := range s.places {
		if p.name == name {
			return p
		}
	}
	return placeSeen{}
}

func (p placeSeen) since(before placeSeen) []string {
	var lines []string
	note := func(format string, args ...any) {
		lines = append(lines, fmt.Sprintf("room #%s: ", p.name)+fmt.Sprintf(format, args...))
	}
	for _, m := range p.members {
		if !strings.Contains(" "+strings.Join(before.members, " ")+" ", " "+m+" ") {
			note("%s is in", m)
		}
	}
	if p.topic != before.topic {
		note("topic %q", p.topic)
	}
	for _, l := range p.links[len(before.links):] {
		note("link %q", l)
	}
	for i, e := range p.said {
		head := "cresset #" + p.name
		if e.thread != "" {
			head += " (thread)"
		}
		if i >= len(before.said) {
			lines = append(lines, spoken(head, e.lines)...)
		} else if strings.Join(e.lines, "\n") != strings.Join(before.said[i].lines, "\n") {
			lines = append(lines, spoken(head+" (edited)", e.lines)...)
		}
	}
	if p.pins > before.pins {
		note("%d pinned", p.pins-before.pins)
	}
	return lines
}

func spoken(head string, lines []string) []string {
	out := []string{head + "> " + lines[0]}
	for _, l := range lines[1:] {
		out = append(out, "    "+l)
	}
	return out
}

// people are all who speak in scripts.
var people = []string{"ada", "bob", "eve", "sam"}

// configFor is the configuration of the scripts, with what a home adds.
const scriptConfig = `
store: bolt:%s
timezone: UTC
customers:
  - {key: acme, name: Acme GmbH, tier: enterprise, owner: "@ada", shared_channel: support-acme, services: [checkout, payments]}
  - {key: globex, name: Globex Corporation, tier: business}
  - {key: initech, name: Initech}
tiers:
  enterprise: {first_look: 1h, weight: 4}
  business: {first_look: 4h, weight: 2}
requests:
  listen: [{channel: support-acme, customer: acme}, {channel: support-globex, customer: globex, file: always}]
digests:
  - {name: daily, schedule: "0 9 * * MON-FRI", to: reliability}
  - {name: queue, about: queue, schedule: "30 8 1 4 *", to: reliability}
  - {name: week, about: week, schedule: "0 8 6 4 *", to: reliability}
slos:
  - {name: checkout, title: Checkout for Acme, customers: [acme], objective: 99.9%%, window: 30d, probe: {url: "%s", every: 60s}}
%s
`
