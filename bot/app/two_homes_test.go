package app

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// TestTwoHomes runs the conversations of testdata/two: one bot on two platforms, in
// memory, and on Slack and Discord. What is on the second is written with its name:
// #annex:general is a channel of it, "ada@annex" what only ada reads there. "down
// annex" and "up annex" say whether it takes anything, "team ada bob@annex" names an
// account on each, and CODE is the code that was given last. On the other two, memory
// and annex read slack and discord.
func TestTwoHomes(t *testing.T) {
	eachScript(t, "testdata/two", func(file, section string, script *string) {
		name := file + "/" + section
		t.Run(name+"/memory", func(t *testing.T) { updated(script, runScript(t, *script, newTwoMemories)) })
		if *update || testing.Short() {
			return
		}
		t.Run(name+"/slack-and-discord", func(t *testing.T) {
			t.Parallel()
			runScript(t, chatServices.Replace(*script), newSlackAndDiscord)
		})
	})
}

// A service is a platform that can be one of several of one bot.
type service interface {
	home
	meet(*clock)
	section() string       // of the configuration
	key(who string) string // of an account
	live(*App)             // until deafen
	deafen()
	takes(calls bool)
}

// twoHomes are two platforms of one bot. The near one is home.
type twoHomes struct {
	t            testing.TB
	near, far    service
	annex        string // the name of the far one
	path, probed string
	more         string // configuration
	app          *App
	acted        home
	codes        []string
}

var chatServices = strings.NewReplacer("annex", "discord", "Annex", "Discord", "memory", "slack", "Memory", "Slack")

func newTwoMemories(t testing.TB) home {
	far := inMemory(t)
	far.name = "annex"
	return newTwoHomes(t, inMemory(t), far, far.name)
}

func newSlackAndDiscord(t testing.TB) home {
	return newTwoHomes(t, newSlackSocketHome(t).(*slackHome), newDiscordGatewayHome(t).(*discordHome), "discord")
}

func newTwoHomes(t testing.TB, near, far service, annex string) home {
	return &twoHomes{t: t, near: near, far: far, annex: annex, acted: near, path: filepath.Join(t.TempDir(), "cresset.db"), probed: probedServer(t)}
}

// at is the home of a channel, and its name there.
func (h *twoHomes) at(channel string) (home, string) {
	h.acted = h.near
	if name, ok := strings.CutPrefix(channel, "#"+h.annex+":"); ok {
		h.acted, channel = h.far, "#"+name
	}
	return h.acted, channel
}

func (h *twoHomes) takes(platform string, calls bool) {
	if platform == h.annex {
		h.far.takes(calls)
	} else {
		h.near.takes(calls)
	}
}

func (h *twoHomes) start(clock *clock) {
	var sections []string
	var platforms []chat.Platform
	for _, s := range []service{h.near, h.far} {
		s.meet(clock)
		if m, ok := s.(*memoryHome); ok {
			platforms = append(platforms, m.offered())
		} else {
			sections = append(sections, s.section())
		}
	}
	h.app = openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed, "integrations: {"+strings.Join(sections, ", ")+"}\n"+h.more), clock.Now, platforms...)
	h.near.live(h.app)
	h.far.live(h.app)
}

// configure takes {ada} for her account on the near platform, and {ada@annex} for that
// on the far one.
func (h *twoHomes) configure(yaml string) {
	h.more = accounts(yaml, h.near.key)
	for _, who := range people {
		h.more = strings.ReplaceAll(h.more, "{"+who+"@"+h.annex+"}", h.far.key(who))
	}
}

func (h *twoHomes) stop() {
	h.near.deafen()
	h.far.deafen()
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

// settle lets each hear what the other was told.
func (h *twoHomes) settle() {
	h.near.settle()
	h.far.settle()
	h.near.settle()
}

func (h *twoHomes) again() { h.acted.again() }

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
		s.private[who+"@"+h.annex] = all
	}
	for who, form := range far.forms {
		s.forms[who+"@"+h.annex] = form
	}
	for i := range far.places {
		far.places[i].name = h.annex + ":" + far.places[i].name
	}
	s.places = append(far.places, s.places...)
	for _, p := range s.places {
		alike(p.said)
	}
	for _, all := range s.private {
		alike(all)
	}
	return s
}

// differs is what no two platforms have alike: where links lead, how people are
// called inside, and how many calls it takes to say something.
var differs = []struct {
	is    *regexp.Regexp
	reads string
}{
	{address, "](link)"},
	{regexp.MustCompile("`[a-z]+:[0-9A-Za-z]+`"), "`ID`"},
	{regexp.MustCompile(`[1-9]\d* errands on the way`), "some errands on the way"},
}

// alike leaves out what differs.
func alike(said []entry) {
	for _, e := range said {
		for i := range e.lines {
			for _, d := range differs {
				e.lines[i] = d.is.ReplaceAllString(e.lines[i], d.reads)
			}
		}
	}
}
