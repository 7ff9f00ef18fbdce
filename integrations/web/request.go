package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A requestRow is a request in a table.
type requestRow struct {
	*cre.Request
	Place    int // in the queue, from 1
	Points   int
	Reasons  []cre.Reason
	Customer customerLink
	Owner    string
	Asker    string
	Words    string
	Late     bool // it is due, and was not done
	Clock    clockView
	Buttons  []buttonView
}

// A clockView is the promise about a request that runs out first.
type clockView struct {
	Words string // "answer by", "" for none
	At    time.Time
	Tone  string
}

// eyes are with what a visitor looks at requests. Whoever opens a console without a
// login may do everything.
func (c *Console) eyes(tx store.Tx, me chat.Person) (cre.Eyes, error) {
	granted := ""
	if c.gate.open() {
		granted = cre.Admin.String()
	}
	return store.EyesOf(tx, c.Settings, me, granted)
}

// mostReasons is how many reasons of its score a line shows; its own page has all.
const mostReasons = 3

func (c *Console) rankedRow(tx store.Tx, req store.Ranked) requestRow {
	row := c.requestRow(tx, &req.Request)
	row.Place, row.Points, row.Reasons = req.Place, req.Points, req.Reasons[:min(len(req.Reasons), mostReasons)]
	return row
}

func (c *Console) requestRow(tx store.Tx, req *cre.Request) requestRow {
	row := requestRow{Request: req, Owner: shown(req.Owner), Asker: shown(req.Requester), Words: req.Status.Words()}
	if req.Customer != "" {
		row.Customer = customerLink{req.Customer, c.customerName(tx, req.Customer)}
	}
	if req.Status.Open() {
		row.Late = !req.Due.IsZero() && c.Now().After(req.Due)
		row.Clock = c.nearest(c.clocks(tx, req), req)
		if req.Owner.IsZero() {
			row.Buttons = append(row.Buttons, buttonView{Label: "Take", Line: "cre take " + req.ID})
		}
		done := buttonView{Label: "Done", Line: "cre done " + req.ID, Confirm: "Is " + req.ID + " done?"}
		if req.Status == cre.CloseLoop {
			done = buttonView{Label: "The customer was told", Line: "cre told " + req.ID}
		}
		row.Buttons = append(row.Buttons, done)
	}
	return row
}

// clocks are the promises about a request, as they stand now.
func (c *Console) clocks(tx store.Tx, req *cre.Request) []cre.RequestClock {
	tier := ""
	if cust := c.customer(tx, req.Customer); cust != nil {
		tier = cust.Tier
	}
	return c.Settings.Targets(tier, req.Kind).Clocks(c.Settings.Hours, req, c.Now())
}

// nearest is the clock that somebody looks at first: of those that still count, what
// ran out or runs out first.
func (c *Console) nearest(clocks []cre.RequestClock, req *cre.Request) clockView {
	var first *cre.RequestClock
	paused := false
	for i, clock := range clocks {
		answered := clock.Kind == cre.FirstResponse && !req.Answered.IsZero()
		paused = paused || clock.State == cre.ClockPaused
		if !answered && !clock.Due.IsZero() && (first == nil || clock.Due.Before(first.Due)) {
			first = &clocks[i]
		}
	}
	switch {
	case first != nil:
		return clockView{dueWords(first.Kind), first.Due, c.urgency(first)}
	case paused:
		return clockView{Words: "paused"}
	case len(clocks) == 0 && req.Status == cre.New && req.Answered.IsZero() && !req.NextLook.IsZero():
		tone := ""
		if c.Now().After(req.NextLook) {
			tone = "danger"
		}
		return clockView{dueWords(cre.FirstResponse), req.NextLook, tone}
	}
	return clockView{}
}

func dueWords(kind cre.ClockKind) string {
	if kind == cre.Resolution {
		return "done by"
	}
	return "answer by"
}

// urgency is the tone of a clock.
func (c *Console) urgency(clock *cre.RequestClock) string {
	switch {
	case clock.State == cre.ClockBroken:
		return "danger"
	case !clock.Warn.IsZero() && !c.Now().Before(clock.Warn):
		return "warning"
	}
	return ""
}

type requestPage struct {
	requestRow
	From    buttonView // where it was asked
	InQueue int        // how many are
	Most    int        // points that there may be
	Clocks  []cre.RequestClock
	Hands   []handView
	Tools   []buttonView
}

// A handView is a stretch of time in which somebody had the ball.
type handView struct {
	At    time.Time
	Words string
	For   time.Duration
}

func (c *Console) showRequest(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "request", func(tx store.Tx, s *shell) (bool, error) {
		number, _ := requestNumber(strings.ToUpper(r.PathValue("id")))
		req, err := store.Requests.Get(tx, store.Key(number))
		if err != nil || req == nil {
			return false, err
		}
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false, err
		}
		if visible, err := store.Sees(tx, eyes, req); err != nil || !visible {
			return false, err
		}
		body, err := c.requestPage(tx, s, req)
		s.Title, s.Page, s.Body = req.ID+" "+req.Title, "queue", body
		return true, err
	})
}

func (c *Console) requestPage(tx store.Tx, s *shell, req *cre.Request) (*requestPage, error) {
	p := &requestPage{requestRow: c.requestRow(tx, req), Clocks: c.clocks(tx, req), Most: c.Settings.Weights.Most()}
	if req.Status.Open() {
		queue, err := c.queue(tx, s)
		if err != nil {
			return nil, err
		}
		ranked, err := queue.Read(store.Waiting{Queued: cre.Queued{Number: req.Number}, Place: queue.Place(req.Number)})
		if err != nil {
			return nil, err
		}
		p.Place, p.Points, p.Reasons, p.InQueue = ranked.Place, ranked.Points, ranked.Reasons, queue.Len()
	}
	p.From.URL, p.From.Own = c.href(req.Origin)
	p.Hands, p.Tools = c.handsOf(req), requestTools(req)
	return p, nil
}

// handsOf is who had the ball since when, and for how long.
func (c *Console) handsOf(req *cre.Request) (hands []handView) {
	end := cmp.Or(req.Ended, c.Now())
	for i, h := range req.Hands {
		until := end
		if i+1 < len(req.Hands) {
			until = req.Hands[i+1].At
		}
		v := handView{At: h.At, Words: h.Status.Words()}
		if h.Status.Open() {
			v.For = until.Sub(h.At)
		}
		hands = append(hands, v)
	}
	return hands
}

// requestTools are the usual next commands.
func requestTools(req *cre.Request) []buttonView {
	on := func(label, verb string) buttonView {
		return buttonView{Label: label, Line: "cre " + verb + " " + req.ID}
	}
	ask := []buttonView{on("Similar", "like"), on("Why here", "why")}
	if !req.Status.Open() {
		return ask[:1]
	}
	var tools []buttonView
	if req.Owner.IsZero() {
		take := on("Take", "take")
		take.Class = "good"
		tools = append(tools, take)
	}
	assign := on("Assign to…", "assign")
	assign.Form = true
	done := on("Done", "done")
	done.Confirm = "Is " + req.ID + " done?"
	return append(append(tools, on("Answer…", "answer"), assign, on("Waits for…", "wait"), done, on("Decline…", "decline"), on("Urgent because…", "bump")), ask...)
}

// requestNumber reads R-12.
func requestNumber(id string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, "R-")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil
}
