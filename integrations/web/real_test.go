package web

import (
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestSReal(t *testing.T) {
	u := os.Getenv("WEB_URL")
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open", chromedp.Navigate(u+"/"), theme(false), seen("What to try"))
	do(t, ctx, "click", click(`[data-fill^="/incident declare"]`), keys("#line", "\r"), chromedp.Sleep(1500*time.Millisecond))
	shot(t, ctx, "real-1")
	do(t, ctx, "cre", keys("#line", "/cre request customer:globex export is slow\r"), chromedp.Sleep(1000*time.Millisecond), keys("#line", "/slo digest\r"), chromedp.Sleep(1500*time.Millisecond))
	shot(t, ctx, "real-2")
	do(t, ctx, "help", keys("#line", "help\r"), chromedp.Sleep(1000*time.Millisecond))
	shot(t, ctx, "real-3")
	do(t, ctx, "room", click(`#menu-rooms a`), chromedp.Sleep(1000*time.Millisecond))
	shot(t, ctx, "real-4")
	do(t, ctx, "update", keys("#line", "/incident update we roll back next:30m\r"), chromedp.Sleep(800*time.Millisecond), keys("#line", "lead @bob please\r"), chromedp.Sleep(800*time.Millisecond), keys("#line", "/incident lead @bob\r"), chromedp.Sleep(800*time.Millisecond), keys("#line", "/incident resolve\r"), chromedp.Sleep(1500*time.Millisecond), keys("#line", "/postmortem draft\r"), chromedp.Sleep(1500*time.Millisecond))
	shot(t, ctx, "real-5")
	do(t, ctx, "declare form", keys("#line", "/incident declare\r"), chromedp.Sleep(1000*time.Millisecond))
	shot(t, ctx, "real-6")
	for _, p := range []string{"incidents", "incidents/INC-1", "queue", "customers/acme", "slos", "outbox", "c/incidents", "c/cre"} {
		do(t, ctx, p, chromedp.Navigate(u+"/"+p), chromedp.Sleep(400*time.Millisecond))
		shot(t, ctx, "real-"+string(p[0])+p[len(p)-3:])
	}
}
