package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cresset/store"
)

// browserHome is the console in Chromium: people click, paste and type, and the page
// that somebody has on the screen is read there, the others as visitors read them.
// Whoever acts for the first time logs in.
type browserHome struct {
	t testing.TB
	*consoleBot
	*consoleReader
	visitors *visitors
	room     *browserRoom
	present  []string // who has a page open
	seen     map[string]snapshot
	refused  map[string][]entry
}

// browserHomes opens pages of one Chromium, which is started when the first home
// needs it and ends with t.
func browserHomes(t testing.TB) func(testing.TB) home {
	chromium := sync.OnceValue(func() *chromium { return startChromium(t) })
	return func(t testing.TB) home {
		bot := newConsoleBot(t)
		h := &browserHome{t: t, consoleBot: bot, visitors: visit(t, bot.server.URL), room: chromium().take(t), seen: map[string]snapshot{}, refused: map[string][]entry{}}
		h.consoleReader = newConsoleReader(t, func() []string { return h.present }, h.show)
		return h
	}
}

func (h *browserHome) start(clock *clock) {
	h.consoleBot.start(clock)
	h.tab(people[0]) // somebody is always there to read
}

// stop waits for pages that are on their way somewhere: they would arrive half.
func (h *browserHome) stop() {
	for _, who := range h.present {
		h.tab(who)
	}
	h.consoleBot.stop()
}

// tab is the page of a person, who is logged in.
func (h *browserHome) tab(who string) *browser {
	tab := h.room.tab(h.t, who)
	if !slices.Contains(h.present, who) {
		h.present = append(h.present, who)
		tab.do("open the console", chromedp.Navigate(h.server.URL+"/c/general"))
	}
	h.logIn(tab, who)
	return tab
}

// logIn types the secret where the page asks for it, be it now or when the
// session has run out.
func (h *browserHome) logIn(tab *browser, who string) {
	if value[bool](tab, `location.pathname === "/login" || fetch("/complete?line=").then((r) => r.status === 401)`) {
		h.goTo(tab, "/c/general")
	}
	if value[string](tab, `location.pathname`) == "/login" {
		tab.do("log in", paste("#name", who), paste("#secret", secretOf(who)), keys("#secret", "\r"), until(`document.body.dataset.me === "`+who+`"`))
	}
	tab.do("wait for the page", until(`document.readyState === "complete"`))
}

// goTo opens a page, also where the browser is on its way to another by itself.
func (h *browserHome) goTo(tab *browser, path string) {
	err := errors.New("ERR_ABORTED")
	for tries := 0; tries < 5 && err != nil && strings.Contains(err.Error(), "ERR_ABORTED"); tries++ {
		err = chromedp.Do(tab.ctx, chromedp.Navigate(h.server.URL+path))
	}
	if err != nil {
		h.t.Fatalf("go to %s: %v", path, err)
	}
}

// at is the page of a person in a channel, where they went by the menu.
func (h *browserHome) at(who, channel string) *browser {
	tab := h.tab(who)
	channel = strings.TrimPrefix(channel, "#")
	if value[bool](tab, `document.querySelector("dialog.form[open]") !== null`) {
		tab.do("close the form", click("dialog.form[open] [data-close]"))
	}
	if value[string](tab, `document.body.dataset.channel`) != channel {
		tab.do("go to #"+channel, click(fmt.Sprintf(`nav [data-room=%q]`, channel)),
			until(fmt.Sprintf(`document.body.dataset.channel === %q && document.readyState === "complete"`, channel)))
	}
	return tab
}

// done waits until what was sent is answered.
const done = `document.querySelector("[aria-busy=true]") === null`

func (h *browserHome) say(who, channel, text string) {
	if channel == alone {
		channel = "#@" + who
	}
	tab := h.at(who, channel)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			tab.do("begin a line", chromedp.KeyEvent("\r", chromedp.KeyModifiers(chromedp.ModifierShift)))
		}
		tab.do("paste", paste("#line", line))
	}
	tab.do("send it", keys("#line", "\r"), until(done))
	if trouble := value[string](tab, `document.querySelector("#line-form .trouble").textContent`); trouble != "" {
		h.t.Errorf("%s says %q: %s", who, text, trouble)
	}
}

func (h *browserHome) press(who, channel, label string) {
	h.tab(who) // they look for it
	p, button := h.button(who, channel, label)
	tab := h.at(who, p.spot.Get("channel"))
	tab.do("press "+label, click(fmt.Sprintf("#m%s .buttons [data-line=%q]", p.id, button.line)))
	h.answer(tab)
}

func (h *browserHome) pick(who, channel, label, option string) {
	h.tab(who) // they look for it
	p, menu := h.menu(who, channel, label)
	tab := h.at(who, p.spot.Get("channel"))
	if _, there := menu.options[option]; !there { // people are offered when somebody reaches for the menu
		option = "@" + option
	}
	tab.do("pick "+option, choose(fmt.Sprintf("#m%s [data-menu=%q]", p.id, menu.line), option))
	h.answer(tab)
}

// answer says yes where the page asks, and waits until the act is done. It begins
// when the page is told that the question is closed, a moment after it is.
func (h *browserHome) answer(tab *browser) {
	const question = `document.getElementById("confirm")`
	if value[bool](tab, question+`.open`) {
		tab.do("answer yes", until(question+`.addEventListener("close", (e) => e.target.told = true, { once: true }) === undefined`),
			click("#confirm-yes"), until(question+`.told`), until(`delete `+question+`.told`))
	}
	tab.do("wait for the answer", until(done))
}

func (h *browserHome) fill(who string, values map[string]string) {
	tab := h.tab(who)
	form := h.seen[who].form(h.t)
	for _, f := range form.fields {
		typed, named := values[f.label]
		control := fmt.Sprintf("dialog.form [name=%q]", f.name)
		switch {
		case !named:
		case f.boxes:
			for _, one := range f.chosen(typed) {
				tab.do("tick "+one, click(fmt.Sprintf("%s[value=%q]", control, one)))
			}
		case len(f.options) > 0:
			tab.do("choose "+f.label, choose(control, typed))
		default:
			tab.do("fill in "+f.label, chromedp.Focus(chromedp.CSS(control)), chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(typed))
		}
		tab.do("see what hangs on "+f.label, until(done))
	}
	tab.do("send the form", click("dialog.form .button.good"), until(done))
	for _, problem := range value[[]string](tab, `[...document.querySelectorAll("dialog.form .problem:not([hidden])")].map((p) => "(at " + p.closest("[data-field]").dataset.field + ") " + p.textContent)`) {
		h.refused[who] = append(h.refused[who], entry{lines: []string{problem}})
	}
}

// choose takes the option of a list that reads so. The list itself is the
// browser's, where a test cannot click.
func choose(selector, option string) act1 {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
			const list = document.querySelector(%q);
			list.focus();
			list.value = [...list.options].find((o) => o.text === %q || o.value === %q).value;
			for (const told of ["input", "change"]) list.dispatchEvent(new Event(told, { bubbles: true }));
			return true;
		})()`, selector, option, option)))
		return err
	})
}

func (h *browserHome) react(who, channel, emoji string) {
	h.tool(who, channel, fmt.Sprintf("[data-react=%q]", reactionNames[emoji]))
}

func (h *browserHome) shortcut(who, channel, id string) {
	h.tool(who, channel, fmt.Sprintf("[title=%q]", shortcutOf(h.t, id).Label))
}

// tool presses one of the buttons that a message shows under the pointer.
func (h *browserHome) tool(who, channel, button string) {
	tab := h.at(who, channel)
	message := "#m" + h.lastTalk(who, channel).id
	tab.do("use "+button, hover(message), click(message+" > .tools "+button))
	h.answer(tab)
}

func (h *browserHome) join(who, channel string) { h.inMenu(who, channel, "join") }

func (h *browserHome) misrule(who, does, channel string) {
	switch does {
	case "leaves":
		h.inMenu(who, channel, "leave")
	case "archives":
		before := h.acts()
		h.inMenu(who, channel, "archive")
		for end := time.Now().Add(30 * time.Second); h.acts() == before; time.Sleep(5 * time.Millisecond) { // the page shows it before the bot is told
			if time.Now().After(end) {
				h.t.Fatal("waited 30 seconds for the bot to be told")
			}
		}
	case "unpins":
		tab := h.at(who, channel)
		tab.do("unpin", click(".pinned .unpin"))
		h.answer(tab)
	}
}

// acts is how many acts the bot was told of.
func (h *browserHome) acts() (n uint64) {
	if err := h.app.db.View(h.t.Context(), func(tx store.Tx) (err error) {
		n, err = store.Last(tx, "audit")
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// inMenu presses a button in the menu of a room.
func (h *browserHome) inMenu(who, channel, act string) {
	tab := h.at(who, channel)
	tab.do(act, click("#crowd"), click(fmt.Sprintf("#room-menu [data-act=%q]", act)))
	h.answer(tab)
	tab.do("close the menu", chromedp.KeyEvent("\x1b"), chromedp.WaitNotVisible(chromedp.CSS("#room-menu")))
}

// A snapshot is what a person has on the screen.
type snapshot struct {
	Login  bool // the page asks who it is, or would
	Here   string
	Page   string
	Dialog string   // the form that is open
	Unseen []string // messages of Here that cannot be seen
}

const shown = `(async () => {
	const here = document.body.dataset.channel;
	const dialog = document.querySelector("dialog.form[open]");
	return {
		Login: here === undefined || (await fetch("/complete?line=")).status === 401,
		Here: here,
		Page: document.documentElement.outerHTML,
		Dialog: dialog ? dialog.outerHTML : "",
		Unseen: [...document.querySelectorAll("#log .message")].filter((m) => !m.checkVisibility()).map((m) => m.textContent),
	};
})()`

func (h *browserHome) show(who string) map[string]string {
	s := value[snapshot](h.room.tab(h.t, who), shown)
	for s.Login {
		s = value[snapshot](h.tab(who), shown)
	}
	if len(s.Unseen) > 0 {
		h.t.Errorf("%s cannot see %q in #%s", who, s.Unseen, s.Here)
	}
	h.seen[who] = s
	pages := h.visitors.tour(who)
	pages[s.Here] = s.Page
	return pages
}

func (s snapshot) form(t testing.TB) *formSeen {
	if s.Dialog == "" {
		t.Fatal("no form is open")
	}
	return readForm(t, s.Dialog)
}

// look waits until no page shows what another does not show any more.
func (h *browserHome) look() scene {
	s, odd := h.consoleReader.look()
	for end := time.Now().Add(30 * time.Second); odd != ""; s, odd = h.consoleReader.look() {
		if time.Now().After(end) {
			h.t.Fatal(odd)
		}
		time.Sleep(20 * time.Millisecond) // the page comes soon, and reading it takes long
	}
	maps.Copy(s.refused, h.refused)
	for _, who := range h.present {
		s.refused[who] = slices.Clone(h.refused[who])
		if h.seen[who].Dialog != "" {
			s.forms[who] = h.seen[who].form(h.t).String()
		}
	}
	return s
}
