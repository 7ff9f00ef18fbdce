package cre

import (
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
)

// LeftWords are the budget that is left, or why there is no number, with the
// state where it is not ok.
func (st *Standing) LeftWords() string {
	switch {
	case !st.Counted || st.State == StateNoData:
		return string(st.State)
	case st.State == StateOK:
		return Percent(st.Left)
	}
	return Percent(st.Left) + ", " + string(st.State)
}

// Spent is how much of the budget is gone, in whole percent: 0 to 100, and 0 where
// nothing is known.
func (st *Standing) Spent() int {
	if !st.Counted || st.State == StateNoData {
		return 0
	}
	return int(100 * min(max(1-st.Left, 0), 1))
}

// BurnWords are the burn rate of the last hour, with what comes of it: the two
// belong together.
func (st *Standing) BurnWords() string {
	if !st.Hour.Known || st.State == StateNoData {
		return "unknown"
	}
	rate := strings.TrimSuffix(fmt.Sprintf("%.1f", st.Hour.Rate), ".0") + "x"
	switch {
	case st.Left <= 0:
		return rate + ", budget gone"
	case st.GoneIn > 0:
		return rate + ", budget gone in " + Long(st.GoneIn)
	}
	return rate + ", budget lasts"
}

// Tone is how the budget feels.
func (st *Standing) Tone() chat.Tone {
	switch {
	case !st.Counted || st.State == StateNoData:
		return chat.Neutral
	case st.Left <= 0:
		return chat.Danger
	case st.State == StateBurning || st.Left < 0.1:
		return chat.Warning
	}
	return chat.Good
}

// BudgetChart draws the budgets of the standings: one large, or a grid.
func BudgetChart(all []Standing, now time.Time, zone *time.Location) *chat.Chart {
	c := &chat.Chart{Title: "Error budget left"}
	var alt []string
	for _, st := range all {
		p := chat.Panel{Name: st.SLO.Name, Value: string(st.State), From: st.From.In(zone), To: st.To.In(zone), Tone: chat.Neutral}
		if st.Counted && st.State != StateNoData {
			p.Value, p.Points = Percent(st.Left)+" left", st.Line
			p.Tone = st.Tone()
			p.Note = st.BurnWords()
			if st.SLO.Window.Length == 0 {
				p.Ahead = ahead(&st)
			} else if st.State == StateWarming {
				p.From = now.Add(-st.History).In(zone)
			}
		}
		if len(all) > 1 {
			p.Value = strings.TrimSuffix(p.Value, " left")
		}
		c.Panels = append(c.Panels, p)
		alt = append(alt, fmt.Sprintf("%s: %s", st.SLO.Name, st.LeftWords()))
	}
	if len(all) == 1 {
		slo := all[0].SLO
		c.Title, c.Subtitle = slo.Heading(), fmt.Sprintf("Error budget left, %s, target %s", slo.Window, slo.Objective)
	}
	c.Alt = chat.Cut("Error budget left. "+strings.Join(alt, "; "), 1900)
	return c
}

// ahead goes on with the burn of the last hour to the end of the window.
func ahead(st *Standing) []chat.Point {
	if !st.Hour.Known || !st.To.After(st.At) {
		return nil
	}
	lost := st.Hour.Bad / st.Allowed * st.To.Sub(st.At).Hours()
	return []chat.Point{{At: st.At, Value: st.Left}, {At: st.To, Value: st.Left - lost}}
}
