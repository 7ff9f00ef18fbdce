package web

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/web-"+name+".png", png, 0o644)
}

func theme(dark bool) step {
	return chromedp.Func(func(ctx context.Context, tg *chromedp.Target) error {
		v := "light"
		if dark {
			v = "dark"
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v}}})
		return err
	})
}

func TestShots(t *testing.T) {
	b := newBench(t)
	b.script = scripted
	b.seed()
	room, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1-checkout-returns-500", Mark: "INC-1"})
	if err != nil {
		t.Fatal(err)
	}
	b.Describe(b.Context(), room.Place, "INC-1 · sev2 · investigating · lead @ada · customers Acme GmbH", "INC-1")
	b.Bookmark(b.Context(), room.Place, "Runbook", "https://example.org/runbook")
	b.Bookmark(b.Context(), room.Place, "Incident page", b.site()+"/incidents/INC-1")
	card := chat.Message{Tone: chat.Danger, Title: "INC-1 Checkout returns 500",
		Fields:  []chat.Field{{Label: "Severity", Value: "sev2"}, {Label: "Status", Value: "investigating"}, {Label: "Lead", Value: chat.Mention(known("ada"))}, {Label: "Customers", Value: "Acme GmbH"}, {Label: "Next update", Value: "13:00"}},
		Buttons: []chat.Button{{Label: "Post update", Line: "incident update", Style: chat.Good}, {Label: "Severity", Line: "incident severity"}, {Label: "Resolve", Line: "incident resolve", Confirm: "Is INC-1 resolved?"}},
		Footer:  chat.Textf("Declared 45m ago. %s", chat.Text("`incident recap` tells the story so far."))}
	ref, _ := b.Post(b.Context(), room.Place, card, "card")
	b.Pin(b.Context(), ref)
	b.Edit(b.Context(), ref, card)
	b.pass(time.Minute)
	b.who = "ada"
	b.did("/say", "channel", "inc-1-checkout-returns-500", "text", "The release of 11:00 looks suspect, see https://example.org/diff/42 @bob")
	b.did("/say", "channel", "inc-1-checkout-returns-500", "text", "I am rolling it back now.")
	b.pass(2 * time.Minute)
	b.who = "bob"
	b.did("/say", "channel", "inc-1-checkout-returns-500", "text", "Error rate falls already.")
	b.did("/react", "channel", "inc-1-checkout-returns-500", "about", "4", "name", "pushpin")
	b.did("/say", "channel", "inc-1-checkout-returns-500", "thread", "said:bob:key-00000003", "text", "3 % at 12:03, 0.4 % now")
	b.who = ""
	b.pass(time.Minute)
	st, _ := cre.Standing{}, 0
	b.DB.View(b.Context(), func(tx store.Tx) (err error) { st, err = b.standing(tx, b.Settings.SLOs[0]); return err })
	b.Post(b.Context(), chat.Place{Platform: Name, Channel: "#reliability"}, chat.Message{Tone: chat.Warning, Title: "SLO digest, Friday 20 November",
		Text: chat.Textf("**1 of 2** needs a look: %s burns faster than it may.\n- API for Globex: nothing was measured lately", "Checkout for Acme"),
		Table: &chat.Table{Columns: []string{"SLO", "Objective", "Left", "Burn, 1 h", "Since yesterday"}, Rows: [][]chat.Text{
			{"Checkout for Acme", "99.9%", "**48 %**", "2.4×, gone in 3d4h", "−6 %"}, {"API for Globex", "99.5%", "no data", "–", "–"}}},
		Chart: burnDown(st, time.UTC), Footer: "Next digest Mon 09:00."}, "digest")
	b.Post(b.Context(), room.Place, chat.Message{Title: "Postmortem of INC-1, draft 1", Text: "From the timeline; nothing in it is invented.",
		Files: []chat.File{{Name: "INC-1-postmortem.md", Type: "text/markdown", Content: []byte("# INC-1 Checkout returns 500\n\n## What the customer saw\n\nAcme GmbH could not pay for 12 minutes.\n\n| Time | What |\n|---|---|\n| 11:15 | declared |\n| 11:20 | acknowledged |\n\n## What we learnt\n\n- The canary did not cover checkout [T2]\n- ![x](https://evil.example/x.png)\n")}}}, "pm")

	ctx := browse(t, 1280, 860)
	pages := map[string]string{"first": "/", "room": "/c/inc-1-checkout-returns-500", "digest": "/c/reliability", "incidents": "/incidents",
		"incident": "/incidents/INC-1", "queue": "/queue", "customers": "/customers", "customer": "/customers/acme", "slos": "/slos", "slo": "/slos/acme-checkout", "outbox": "/outbox"}
	for _, size := range []struct {
		n    string
		w, h int64
	}{{"desk", 1280, 860}, {"phone", 390, 844}, {"tiny", 320, 640}} {
		for _, dark := range []bool{false, true} {
			if dark && size.n == "tiny" {
				continue
			}
			mode := "light"
			if dark {
				mode = "dark"
			}
			do(t, ctx, "size", chromedp.EmulateViewport(size.w, size.h), theme(dark))
			for name, path := range pages {
				do(t, ctx, path, chromedp.Navigate(b.server.URL+path), until(`document.readyState==="complete"`), chromedp.Sleep(150*time.Millisecond))
				shot(t, ctx, size.n+"-"+mode+"-"+name)
				if over := ask[float64](t, ctx, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%s at %s: %v px too wide", path, size.n, over)
				}
			}
			if size.n == "desk" {
				do(t, ctx, "form", chromedp.Navigate(b.server.URL+"/c/inc-1-checkout-returns-500"), click(`.pinned button[data-line="incident update"]`), shows("dialog.form[open]"), keys(`[name="v.next"]`, "soon"), click("dialog.form button.good"), seen("soon is no duration"))
				shot(t, ctx, size.n+"-"+mode+"-form")
				do(t, ctx, "complete", chromedp.Navigate(b.server.URL+"/"), keys("#line", "/inc"), shows("#line-list [role=option]"))
				shot(t, ctx, size.n+"-"+mode+"-complete")
			} else {
				do(t, ctx, "menu", chromedp.Navigate(b.server.URL+"/"), click("#menu"), chromedp.Sleep(300*time.Millisecond))
				shot(t, ctx, size.n+"-"+mode+"-menu")
			}
		}
	}
}
