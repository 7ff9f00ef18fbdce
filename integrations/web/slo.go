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
		all, err := c.standings(tx)
		s.Title, s.Body = "SLOs", all
		return true, err
	})
}

type sloPage struct {
	standingView
	Everybody bool // it is of no customer
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
		eyes, err := c.eyes(tx, visitor(r))
		if err != nil {
			return false, err
		}
		body := &sloPage{viewStanding(st), len(slo.Customers) == 0, c.customerLinks(tx, slo.Customers, eyes)}
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

// serveSLOChart is the picture of an SLO as it stands now, at NAME.png; a small one with
// card=1.
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
	c.cache(w, "private, max-age=30")
	c.draw(w, r, cre.BudgetChart([]cre.Standing{st}, c.Now(), c.zone()))
}
