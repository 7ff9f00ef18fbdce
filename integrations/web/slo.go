package web

import (
	"net/http"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A standingView is how an SLO stands, with the words that a page shows.
type standingView struct {
	cre.Standing
	Left   string // "29 % left", or why there is no number
	Pace   string // "2.4× too fast: gone in 3d4h"
	Tone   string
	Share  float64 // of the bar, 0 to 100
	Minute int64   // names the picture, which is drawn anew each minute
}

// standings are those of all SLOs, what needs a person first.
func (c *Console) standings(tx store.Tx) ([]standingView, error) {
	var all []cre.Standing
	for _, slo := range c.Settings.SLOs {
		st, err := c.standing(tx, slo)
		if err != nil {
			return nil, err
		}
		all = append(all, st)
	}
	cre.SortByConcern(all)
	views := make([]standingView, len(all))
	for i, st := range all {
		views[i] = viewStanding(st)
	}
	return views, nil
}

// standing is how one SLO stands now.
func (c *Console) standing(tx store.Tx, slo cre.SLO) (cre.Standing, error) {
	now := c.Now()
	from, _ := slo.Window.Span(now)
	first := from.UTC().Truncate(time.Hour).Add(-time.Hour)
	page := store.Page{After: store.Key(slo.Name, first), Limit: int(now.Sub(first)/time.Hour) + 2}
	var hours []cre.SLIHour
	for h, err := range store.SLIHours.All(tx, page) {
		if err != nil {
			return cre.Standing{}, err
		}
		if h.SLO == slo.Name {
			hours = append(hours, *h)
		}
	}
	return cre.Evaluate(slo, hours, now), nil
}

func viewStanding(st cre.Standing) standingView {
	v := standingView{Standing: st, Left: string(st.State), Tone: string(toneOf(st)), Minute: st.At.Unix() / 60}
	if st.Counted {
		v.Left = cre.Percent(st.Left) + " left"
		v.Share = 100 * max(0, min(1, st.Left))
	}
	if st.Hour.Known {
		v.Pace = pace(st)
	}
	return v
}

// pace is the burn rate with what comes of it, which belong together.
func pace(st cre.Standing) string {
	rate := strings.TrimSuffix(cre.Percent(st.Hour.Rate/100), " %") + "×"
	switch {
	case st.Left <= 0 && st.Counted:
		return rate + ", gone"
	case st.GoneIn > 0:
		return rate + ", gone in " + cre.Short(st.GoneIn)
	case st.Lasts:
		return rate + ", lasts"
	}
	return rate
}

func toneOf(st cre.Standing) chat.Tone {
	switch st.State {
	case cre.StateExhausted:
		return chat.Danger
	case cre.StateOK:
		return chat.Good
	}
	if st.State.Alarming() {
		return chat.Warning
	}
	return chat.Neutral
}

func (c *Console) showSLOs(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "slos", func(tx store.Tx, s *shell) (bool, error) {
		all, err := c.standings(tx)
		s.Title, s.Body = "SLOs", all
		return true, err
	})
}

type sloPage struct {
	standingView
	Customers []customerLink
}

func (c *Console) showSLO(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "slo", func(tx store.Tx, s *shell) (bool, error) {
		slo := c.slo(r.PathValue("name"))
		if slo == nil {
			return false, nil
		}
		st, err := c.standing(tx, *slo)
		if err != nil {
			return false, err
		}
		body := &sloPage{standingView: viewStanding(st)}
		for _, key := range slo.Customers {
			body.Customers = append(body.Customers, customerLink{key, c.customerName(tx, key)})
		}
		s.Title, s.Page, s.Body = slo.Heading(), "slos", body
		return true, nil
	})
}

func (c *Console) slo(name string) *cre.SLO {
	for i := range c.Settings.SLOs {
		if c.Settings.SLOs[i].Name == name {
			return &c.Settings.SLOs[i]
		}
	}
	return nil
}

// serveSLOChart is the picture of an SLO as it stands now, at NAME.png.
func (c *Console) serveSLOChart(w http.ResponseWriter, r *http.Request) {
	name, isPNG := strings.CutSuffix(r.PathValue("name"), ".png")
	slo := c.slo(name)
	if slo == nil || !isPNG {
		http.NotFound(w, r)
		return
	}
	var st cre.Standing
	err := c.DB.View(r.Context(), func(tx store.Tx) (err error) {
		st, err = c.standing(tx, *slo)
		return err
	})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "private, max-age=30")
	c.draw(w, r, burnDown(st, c.zone()))
}

// burnDown is the picture of one standing.
func burnDown(st cre.Standing, zone *time.Location) *chat.Chart {
	v := viewStanding(st)
	p := chat.Panel{Name: st.SLO.Name, Value: v.Left, Note: v.Pace, Tone: chat.Tone(v.Tone), From: st.From.In(zone), To: st.To.In(zone), Points: st.Line}
	if n := len(st.Line); n > 0 && st.GoneIn > 0 && st.To.After(st.At) {
		p.Ahead = []chat.Point{{At: st.At, Value: st.Left}, {At: st.At.Add(st.GoneIn), Value: 0}}
	}
	return &chat.Chart{Title: st.SLO.Heading(), Subtitle: "error budget, " + st.SLO.Window.String() + ", " + st.SLO.Objective,
		Alt: "Error budget of " + st.SLO.Heading() + ": " + v.Left, Panels: []chat.Panel{p}}
}
