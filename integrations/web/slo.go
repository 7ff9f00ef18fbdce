package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"cresset/bot/chart"
	"cresset/bot/cre"
	"cresset/store"
)

// A standingView is how an SLO stands, with the words that a page shows.
type standingView struct {
	cre.Standing
	Left    string // "29 % left", or why there is no number
	Pace    string // "2.4x, budget gone in 3 days"
	Tone    string
	Mood    string  // the tone of the state; what is only warming up has none
	Share   float64 // of the bar, 0 to 100
	Picture chartView
	Card    chartView // the same, small
}

// standings are those of the SLOs that are seen, what needs a person first.
func (c *Console) standings(tx store.Tx, eyes cre.Eyes) ([]standingView, error) {
	var all []cre.Standing
	for _, slo := range c.Settings.SLOsFor(eyes) {
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
	return store.Standing(tx, slo, c.Now())
}

func viewStanding(st cre.Standing) standingView {
	v := standingView{Standing: st, Left: string(st.State), Tone: string(st.Tone())}
	if v.Mood = v.Tone; st.State == cre.StateWarming {
		v.Mood = ""
	}
	if st.Counted {
		v.Left = cre.Percent(st.Left) + " left"
		v.Share = 100 * max(0, min(1, st.Left))
	}
	if st.Hour.Known {
		v.Pace = st.BurnWords()
	}
	light := fmt.Sprintf("/chart/slo/%s.png?t=%d", url.PathEscape(st.SLO.Name), st.At.Unix()/60) // drawn anew each minute
	v.Picture = chartView{Light: light, Dark: light + "&dark=1", Alt: "Error budget of " + st.SLO.Heading() + ": " + v.Left, Wide: 1920, High: 800}
	v.Card = v.Picture
	v.Card.Light, v.Card.Dark, v.Card.Wide, v.Card.High = light+"&card=1", light+"&card=1&dark=1", chart.CardWide, chart.CardHigh
	return v
}

func (c *Console) showSLOs(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "slos", func(tx store.Tx, s *shell) (bool, error) {
		eyes, err := c.eyes(tx, visitor(r))
		if err != nil {
			return false, err
		}
		all, err := c.standings(tx, eyes)
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
		eyes, err := c.eyes(tx, visitor(r))
		if err != nil {
			return false, err
		}
		st, err := c.slo(tx, eyes, r.PathValue("name"))
		if st == nil || err != nil {
			return false, err
		}
		s.Title, s.Page, s.Body = st.SLO.Heading(), "slos", &sloPage{viewStanding(*st), c.customerLinks(tx, st.SLO.Customers, eyes)}
		return true, nil
	})
}

// slo is how an SLO stands that is seen, nil for none.
func (c *Console) slo(tx store.Tx, eyes cre.Eyes, name string) (*cre.Standing, error) {
	for _, slo := range c.Settings.SLOsFor(eyes) {
		if slo.Name == name {
			st, err := c.standing(tx, slo)
			return &st, err
		}
	}
	return nil, nil
}

// serveSLOChart is the picture of an SLO as it stands now, at NAME.png; a small one with
// card=1.
func (c *Console) serveSLOChart(w http.ResponseWriter, r *http.Request) {
	name, isPNG := strings.CutSuffix(r.PathValue("name"), ".png")
	var st *cre.Standing
	err := c.DB.View(r.Context(), func(tx store.Tx) error {
		eyes, err := c.eyes(tx, visitor(r))
		if err == nil {
			st, err = c.slo(tx, eyes, name)
		}
		return err
	})
	switch {
	case err != nil:
		c.fail(w, r, err)
		return
	case st == nil || !isPNG:
		http.NotFound(w, r)
		return
	}
	c.cache(w, "private, max-age=30")
	c.draw(w, r, cre.BudgetChart([]cre.Standing{*st}, c.Now(), c.zone()))
}
