package app

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A chromium is one browser for many tests.
type chromium struct {
	ctx  context.Context
	free chan *browserRoom

	mu   sync.Mutex
	tabs []context.CancelFunc
}

// mostRooms is how many tests use the browser at once.
const mostRooms = 4

func startChromium(t testing.TB) *chromium {
	c := &chromium{ctx: browse(t), free: make(chan *browserRoom, mostRooms)}
	t.Cleanup(func() {
		for _, end := range c.tabs {
			end()
		}
	})
	for range mostRooms {
		c.free <- &browserRoom{chromium: c, people: map[string]context.Context{}}
	}
	return c
}

// take gives pages to a test until it ends.
func (c *chromium) take(t testing.TB) *browserRoom {
	room := <-c.free
	t.Cleanup(func() {
		defer func() { c.free <- room }() // also when leaving fails
		room.leave(t)
	})
	return room
}

// A browserRoom is a page for each of several people, none of whom has another's
// cookies.
type browserRoom struct {
	chromium *chromium
	people   map[string]context.Context

	mu    sync.Mutex
	wrong []string // what the browser complained of
}

// listen keeps what is wrong with the pages themselves.
func (r *browserRoom) listen(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err == nil && (m.IsException() || m.Type == chromedp.ConsoleError && m.Source != "network") {
			r.mu.Lock()
			r.wrong = append(r.wrong, m.String())
			r.mu.Unlock()
		}
	}
}

// leave ends a test. Its pages must have had nothing to complain of.
func (r *browserRoom) leave(t testing.TB) {
	for who := range r.people {
		r.tab(t, who).do("leave", chromedp.Navigate("about:blank"))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.wrong) > 0 {
		t.Errorf("the browser complains: %q", r.wrong)
	}
	r.wrong = nil
}

func (r *browserRoom) tab(t testing.TB, who string) *browser {
	ctx, there := r.people[who]
	if !there {
		var cancel context.CancelFunc
		ctx, cancel = chromedp.NewContext(r.chromium.ctx, chromedp.WithNewBrowserContext())
		r.chromium.mu.Lock()
		r.chromium.tabs = append(r.chromium.tabs, cancel)
		r.chromium.mu.Unlock()
		if err := chromedp.Do(ctx); err != nil {
			t.Fatal(err)
		}
		r.people[who] = ctx
		go r.listen(chromedp.Console(ctx))
	}
	return &browser{t: t, ctx: ctx}
}

// value is what an expression, or the promise that it gives, has for a value. A
// page that is being left for the next is asked again.
func value[T any](b *browser, expression string) T {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		if err == nil {
			return v
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// paste puts a text into a field at once: each key that is pressed draws the page anew.
func paste(selector, text string) act1 {
	return until(fmt.Sprintf(`document.querySelector(%q).focus() || document.execCommand("insertText", false, %q)`, selector, text))
}

// hover moves the pointer over an element.
func hover(selector string) act1 {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		box, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => {
			const e = document.querySelector(%q);
			e.scrollIntoView({ block: "center" });
			const box = e.getBoundingClientRect();
			return [box.x + box.width / 2, box.y + box.height / 2];
		})()`, selector)))
		if err != nil {
			return err
		}
		return chromedp.Do(ctx, chromedp.MouseEvent("mouseMoved", box[0], box[1]))
	})
}
