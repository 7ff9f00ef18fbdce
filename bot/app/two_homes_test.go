package app

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestTwoHomes runs the conversations of testdata/two: one bot on two platforms.
// What is on the second is written with its name: #annex:general is a channel of
// it, "ada@annex" what only ada reads there. "down annex" and "up annex" say
// whether it takes anything. CODE is the code that was given last.
func TestTwoHomes(t *testing.T) {
	files, err := filepath.Glob("testdata/two/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range archive.Files {
			f := &archive.Files[i]
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+strings.ReplaceAll(f.Name, " ", "_"), func(t *testing.T) {
				if said := runScript(t, string(f.Data), newTwoHomes); *update {
					f.Data = []byte(said)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// twoHomes are two platforms of one bot. The near one starts it.
type twoHomes struct {
	near, far home
	acted     home
	codes     []string
}

const annex = "annex"

func newTwoHomes(t testing.TB) home {
	near, far := inMemory(t), inMemory(t)
	near.beside, far.name = far, annex
	return &twoHomes{near: near, far: far, acted: near}
}

// at is the home of a channel, and its name there.
func (h *twoHomes) at(channel string) (home, string) {
	h.acted = h.near
	if name, ok := strings.CutPrefix(channel, "#"+annex+":"); ok {
		h.acted, channel = h.far, "#"+name
	}
	return h.acted, channel
}

func (h *twoHomes) takes(platform string, calls bool) {
	at := h.near
	if platform == annex {
		at = h.far
	}
	at.(*memoryHome).platform.Takes(calls)
}

func (h *twoHomes) start(clock *clock) { h.near.start(clock) }
func (h *twoHomes) stop()              { h.near.stop() }
func (h *twoHomes) settle()            { h.near.settle() }
func (h *twoHomes) again()             { h.acted.again() }

func (h *twoHomes) join(who, channel string) {
	at, name := h.at(channel)
	at.join(who, name)
}

func (h *twoHomes) misrule(who, does, channel string) {
	at, name := h.at(channel)
	at.misrule(who, does, name)
}

func (h *twoHomes) say(who, channel, text string) {
	at, name := h.at(channel)
	if len(h.codes) > 0 {
		text = strings.ReplaceAll(text, "CODE", h.codes[len(h.codes)-1])
	}
	at.say(who, name, text)
}

func (h *twoHomes) press(who, channel, label string) {
	at, name := h.at(channel)
	at.press(who, name, label)
}

func (h *twoHomes) pick(who, channel, menu, option string) {
	at, name := h.at(channel)
	at.pick(who, name, menu, option)
}

func (h *twoHomes) react(who, channel, emoji string) {
	at, name := h.at(channel)
	at.react(who, name, emoji)
}

func (h *twoHomes) shortcut(who, channel, id string) {
	at, name := h.at(channel)
	at.shortcut(who, name, id)
}

// fill fills the form where it is open.
func (h *twoHomes) fill(who string, values map[string]string) {
	if h.acted = h.near; h.far.look().forms[who] != "" {
		h.acted = h.far
	}
	h.acted.fill(who, values)
}

var codeGiven = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`)

// readCodes takes note of the codes that people were given, and hides them.
func (h *twoHomes) readCodes(s scene) {
	for _, all := range s.private {
		for _, e := range all {
			for i, line := range e.lines {
				if code := codeGiven.FindString(line); code != "" {
					if !slices.Contains(h.codes, code) {
						h.codes = append(h.codes, code)
					}
					e.lines[i] = strings.ReplaceAll(line, code, "CODE")
				}
			}
		}
	}
}

func (h *twoHomes) look() scene {
	s, far := h.near.look(), h.far.look()
	h.readCodes(s)
	h.readCodes(far)
	for who, all := range far.private {
		s.private[who+"@"+annex] = all
	}
	for who, form := range far.forms {
		s.forms[who+"@"+annex] = form
	}
	for _, p := range far.places {
		p.name = annex + ":" + p.name
		s.places = append(s.places, p)
	}
	sortPlaces(s.places)
	return s
}
