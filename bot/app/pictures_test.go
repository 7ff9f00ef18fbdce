package app

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cresset/bot/cre"
	"cresset/config"
	"cresset/store"
)

var pictures = flag.Bool("pictures", false, "make the pictures of docs anew, to be looked at and committed")

// largestPicture is what a page of the documentation can afford.
const largestPicture = 150_000

// TestPictures takes the pictures of the documentation, of a morning that is
// always the same. Without -pictures they go nowhere, and it is only held that
// they can be taken, and that those of the documentation are small.
func TestPictures(t *testing.T) {
	if *pictures {
		needFonts(t)
	}
	m := newMorning(t)
	m.work()
	m.queue()
	tab := m.photographer()
	for _, shot := range []struct {
		name, path string
		high       int64
		before     []act1
	}{
		{"console-room", "/c/" + m.room, 860, nil},
		{"console-queue", "/queue", 820, []act1{chromedp.KeyEvent("jjjjxjx"), until(`document.getElementById("bulk-count").textContent === "2 selected"`)}},
		{"console-digest", "/c/reliability", 620, []act1{until(`[...document.querySelectorAll("#log img")].every((i) => i.complete && i.naturalWidth > 0)`)}},
		{"console-form", "/c/general", 800, []act1{keys("#line", "/incident declare\r"), shows("dialog.form[open]"), halfFilled}},
	} {
		tab.do(shot.name, chromedp.EmulateViewport(1200, shot.high, chromedp.EmulateScale(2)), chromedp.Navigate(m.server.URL+shot.path), until(`document.readyState === "complete"`))
		tab.do(shot.name, append(shot.before, calm)...)
		picture, err := chromedp.Run(tab.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		m.hang("../../docs/"+shot.name+".png", picture)
	}
}

// calm takes from the picture what differs from one time to the next, and a shadow
// that few colours cannot draw. All of it is drawn anew at once: what came late, such
// as a chart, has other corners where it was drawn over what was there.
var calm = chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(async () => {
		document.activeElement.blur();
		getSelection().removeAllRanges();
		for (const dialog of document.querySelectorAll("dialog")) dialog.style.boxShadow = "none";
		for (const seen of ["hidden", ""]) {
			document.body.style.visibility = seen;
			for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
		}
		return true;
	})()`, chromedp.EvalAwaitPromise))
	return err
})

// hang writes the picture, if it is to be made anew, and holds that it loads quickly.
func (m *morning) hang(path string, picture []byte) {
	m.t.Helper()
	if *pictures {
		small, err := smaller(picture)
		if err != nil {
			m.t.Fatal(err)
		}
		if err := os.WriteFile(path, small, 0o644); err != nil {
			m.t.Fatal(err)
		}
	}
	loadsQuickly(m.t, path)
}

// A morning is the starter configuration at work.
type morning struct {
	*consoleHome
	clock *clock
	room  string
}

func newMorning(t testing.TB) *morning {
	bot := serveConsoleBot(t)
	bot.yaml = strings.NewReplacer("${CRESSET_LISTEN:-localhost:8737}", bot.server.Listener.Addr().String(),
		"bolt:cresset.db", "bolt:"+filepath.Join(t.TempDir(), "cresset.db"), "console: {}", "console: "+logins()).Replace(string(config.Starter()))
	m := &morning{consoleHome: consoleHomeOf(t, bot), clock: &clock{now: time.Date(2026, 3, 2, 8, 59, 0, 0, time.UTC)}, room: "inc-1-card-payments-fail-at-checkout"}
	m.start(m.clock)
	t.Cleanup(m.stop)
	return m
}

// photographer is the page of ada, who is logged in.
func (m *morning) photographer() *browser {
	tab := startChromium(m.t).take(m.t).tab(m.t, "ada")
	tab.do("log in", chromedp.Navigate(m.server.URL+"/login"), keys("#name", "ada"),
		keys("#secret", secretOf("ada")+"\r"), until(`document.body.dataset.me === "ada"`))
	return tab
}

// work is what happened by a quarter past ten.
func (m *morning) work() {
	m.measure()
	m.at("09:00") // the digest
	m.at("09:05")
	m.say("eve", "#cre", "/cre request customer:globex due:friday the export of invoices takes minutes")
	m.say("sam", "#cre", "/cre request customer:acme single sign-on fails for new people")
	m.say("sam", "#cre", "/cre request customer:initech which regions do you offer")
	m.at("09:20")
	m.say("ada", "#cre", "/cre take R-2")
	m.say("bob", "#cre", "/cre take R-1")
	m.say("ada", "#cre", "/cre wait R-2 customer they send the log of their identity provider")
	m.say("eve", "#cre", "/cre request customer:acme due:wednesday a higher rate limit before their sale")
	m.at("09:52")
	m.say("ada", "#general", "/incident declare sev2 customer:acme card payments fail at checkout")
	m.join("bob", "#"+m.room)
	m.join("eve", "#"+m.room)
	m.say("ada", "#"+m.room, "/incident ops @bob")
	m.at("09:54")
	m.say("eve", "#"+m.room, "Acme's shop team called. About one card payment in five ends in an error since 09:40, invoices are fine.")
	m.at("09:57")
	m.say("bob", "#"+m.room, "The errors begin with the deploy at 09:38: the new payment client gives up after 2 seconds.")
	m.react("ada", "#"+m.room, "📌")
	m.at("10:02")
	m.say("ada", "#"+m.room, "/incident update next:30m rolling back the deploy of 09:38; card payments should recover within ten minutes")
	m.at("10:05")
	m.say("ada", "#"+m.room, "/incident task watch the error rate after the rollback @bob")
	m.at("10:09")
	m.say("bob", "#"+m.room, "Rollback is out in the first region, and errors there are gone.")
	m.at("10:12")
}

func (m *morning) at(hour string) {
	at, err := time.Parse("15:04", hour)
	if err != nil {
		m.t.Fatal(err)
	}
	now := m.clock.Now()
	m.clock.set(time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC))
	m.settle()
}

func (m *morning) say(who, channel, text string) {
	m.consoleHome.say(who, channel, text)
	m.settle()
}

// halfFilled is a form as somebody has it before them.
var halfFilled = chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
	return chromedp.Do(ctx, keys(`dialog.form [name="v.title"]`, "search returns no products"), chromedp.SendKeys(chromedp.CSS(`dialog.form [name="v.severity"]`), "sev2"),
		click(`dialog.form [value="globex"]`), until(done))
})

// measure leaves what a month of measuring leaves: globex had one bad evening,
// acme several.
func (m *morning) measure() {
	now := m.clock.Now().Truncate(time.Hour)
	err := m.app.db.Update(m.t.Context(), func(tx store.Tx) error {
		for h := now.AddDate(0, 0, -31); !h.After(now); h = h.Add(time.Hour) {
			for slo, bad := range map[string]float64{"acme-checkout": badOfAcme(h, now), "globex-api": badOfGlobex(h, now)} {
				if err := store.SLIHours.Put(tx, measured(slo, h, bad)); err != nil {
					return fmt.Errorf("%s at %s: %w", slo, h, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// measured is an hour of 2000 events, of which some were bad.
func measured(slo string, hour time.Time, bad float64) *cre.SLIHour {
	h := &cre.SLIHour{SLO: slo, Hour: hour}
	for minute := range 60 {
		from := hour.Add(time.Duration(minute) * time.Minute)
		h.Add(cre.Bucket{From: from, To: from.Add(time.Minute), Good: (2000 - bad) / 60, Bad: bad / 60})
	}
	return h
}

func badOfAcme(h, now time.Time) float64 {
	switch ago := now.Sub(h) / time.Hour; {
	case ago < 7:
		return 6
	case ago > 500 && ago < 508:
		return 45
	case ago > 260 && ago < 266:
		return 60
	case h.Hour() == 12:
		return 3
	}
	return 0
}

func badOfGlobex(h, now time.Time) float64 {
	if ago := now.Sub(h) / time.Hour; ago > 380 && ago < 392 {
		return 70
	}
	return float64(h.Day()%5) + 1
}
