package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cresset/bot/chat"
)

// The narrowest screen that people use: nothing is cut off, whatever the page.
func TestNarrowScreen(t *testing.T) {
	b := newBench(t)
	b.seed()
	b.Post(b.Context(), placeOf("reliability"), chat.Message{Text: "a word that is long: 0123456789012345678901234567890123456789012345678901234567890123456789",
		Table: &chat.Table{Columns: []string{"SLO", "Objective", "Left", "Burn"}, Rows: [][]chat.Text{{"Checkout for Acme", "99.9 %", "48 %", "2.4×, gone in 3d4h"}}}}, "1")
	ctx := browse(t, 1280, 860)
	do(t, ctx, "make the window small", chromedp.EmulateViewport(320, 568))
	for _, path := range []string{"/", "/c/reliability", "/incidents", "/incidents/INC-1", "/queue", "/queue?tab=over", "/queue/import", "/requests/R-2", "/customers", "/customers/acme", "/slos", "/slos/acme-checkout", "/outbox"} {
		do(t, ctx, path, chromedp.Navigate(b.server.URL+path), until(`document.readyState === "complete"`))
		for _, part := range []string{"document.documentElement", "document.getElementById('main')"} {
			if over := ask[float64](t, ctx, part+".scrollWidth - "+part+".clientWidth"); over > 0 {
				t.Errorf("%s is %v pixels too wide for its %s", path, over, part)
			}
		}
	}
	do(t, ctx, "open the menu", click("#menu"), shows("#nav-queue"), until(`document.activeElement.closest("#side") !== null`))
	do(t, ctx, "close it with a key", chromedp.KeyEvent("\x1b"), until(`document.activeElement.id === "menu"`))
}

// On a phone the pinned card of a war room is folded, and was so before any script ran:
// nothing jumps.
func TestPinnedCardOnAPhone(t *testing.T) {
	b := newBench(t)
	b.warRoom(false, "ada")
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open a war room", chromedp.EmulateViewport(390, 844), chromedp.Navigate(b.server.URL+"/c/inc-1-slow"), until(`document.body.classList.contains("ready")`))
	const before = `(() => {
		const head = document.querySelector(".head"), pinned = document.getElementById("pinned");
		const folded = !pinned.open && head.offsetHeight;
		document.body.classList.remove("ready");
		pinned.open = true;
		return [folded, head.offsetHeight];
	})()`
	if high := ask[[]float64](t, ctx, before); high[0] == 0 || high[0] != high[1] {
		t.Errorf("the head is %v pixels high, want the same before and after", high)
	}
}

func TestButtonsOfPages(t *testing.T) {
	b := newBench(t)
	b.seed()
	ctx := browse(t, 1280, 860)
	do(t, ctx, "take a request", chromedp.Navigate(b.server.URL+"/queue"), click(`[data-line="cre take R-1"]`), seen("heard cre take R-1"))
	do(t, ctx, "answer no", click(`[data-line="cre done R-2"]`), shows("#confirm[open]"), click(`#confirm [value="no"]`), until(`!document.getElementById("confirm").open`))
	if e := b.last(); e.Line != "cre take R-1" {
		t.Errorf("no did %q", e.Line)
	}
	do(t, ctx, "answer yes", click(`[data-line="cre done R-2"]`), shows("#confirm[open]"), click("#confirm-yes"), seen("heard cre done R-2"))
	do(t, ctx, "try what a page proposes", chromedp.Navigate(b.server.URL+"/customers/globex"),
		click(`[data-fill^="/incident declare"]`), shows("#welcome"), until(`document.getElementById("line").value === "/incident declare sev2 customer:globex "`))
}

func TestPagesAreLive(t *testing.T) {
	b := newBench(t)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "see no incident", chromedp.Navigate(b.server.URL+"/incidents"), seen("No incident is open"))
	b.seed()
	b.say("incidents", "INC-1 is declared")
	do(t, ctx, "see it without loading the page", seen("Checkout returns 500"), shows("#nav-c-incidents.unread"))
}

// Behind a proxy a page is not cut off from a bot that is away: it is answered
// that nobody is there, and asks again.
func TestPageComesBackBehindAProxy(t *testing.T) {
	b := newBench(t)
	var away atomic.Bool
	refused := make(chan string, 100)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			http.Error(w, "nobody is there", http.StatusBadGateway)
			refused <- r.URL.Path
			return
		}
		b.server.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	t.Cleanup(b.hub.close)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open", chromedp.Navigate(proxy.URL+"/"), shows("#line"), until(`document.readyState === "complete"`))
	away.Store(true)
	proxy.CloseClientConnections()
	do(t, ctx, "notice it", shows(".cut-off"))
	for _, path := range []string{"/live", "/"} { // the page asks once the stream is refused for good
		for path != <-refused {
		}
	}
	b.say("general", "said meanwhile")
	away.Store(false)
	do(t, ctx, "come back", seen("said meanwhile"), until(`!document.body.classList.contains("cut-off")`))
}

func TestThreadsAndReactions(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) { return chat.Reply{}, nil }
	b.say("general", "the question")
	ctx := browse(t, 1280, 860)
	do(t, ctx, "answer in a thread", chromedp.Navigate(b.server.URL+"/"), seen("the question"),
		chromedp.Focus(chromedp.CSS("#m1 [data-thread]")), chromedp.KeyEvent("\r"), shows("#line-t1"))
	b.say("general", "something else") // the open box must stay
	do(t, ctx, "write the answer", seen("something else"), keys("#line-t1", "the answer\r"), seen("1 answer"), seen("the answer"))
	do(t, ctx, "give a reaction by key", chromedp.Focus(chromedp.CSS("#m1 [data-react=pushpin]")), chromedp.KeyEvent("\r"), shows("#m1 .reaction.mine"))
	if e := b.last(); e.Line != "incident pin" || e.About.Text != "the question" {
		t.Errorf("the reaction became %+v", e)
	}
	do(t, ctx, "recall a line", keys("#line", "first line\r"), seen("first line"), until(`document.getElementById("line").value === ""`),
		chromedp.KeyEvent(kb.ArrowUp), until(`document.getElementById("line").value === "first line"`))
}

func TestLineThatIsNotSaved(t *testing.T) {
	b := newBench(t)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open", chromedp.Navigate(b.server.URL+"/"), shows("#line"))
	b.server.CloseClientConnections()
	b.server.Listener.Close()
	do(t, ctx, "say into the void", keys("#line", "is anybody there\r"), seen("Not saved"))
	if line := ask[string](t, ctx, `document.getElementById("line").value`); strings.TrimSpace(line) != "is anybody there" {
		t.Errorf("the line has %q, want what was typed", line)
	}
}
