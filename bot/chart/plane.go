package chart

import (
	"math"
	"slices"
	"time"

	"cresset/bot/chat"
)

// A plane is a series on the canvas.
type plane struct {
	*series
	box
	low float64 // the value at the bottom; the top is 1
}

func (pl plane) x(t time.Time) float64 { return pl.left + pl.share(t)*(pl.right-pl.left) }

func (pl plane) y(value float64) float64 {
	return pl.top + (1-value)/(1-pl.low)*(pl.bottom-pl.top)
}

// place is where p is drawn: on the edge if its value is beyond it.
func (pl plane) place(p chat.Point) vec {
	return vec{pl.x(p.At), pl.y(min(1, max(pl.low, p.Value)))}
}

// path is a run on the canvas. Beyond the plane it follows the edge.
func (pl plane) path(run []chat.Point) []vec { return pl.columns(bent(run, pl.low, 1)) }

// trail is a run on the canvas that leaves the plane, to be cut off there.
func (pl plane) trail(run []chat.Point) []vec { return pl.columns(bent(run, -10, 10)) }

// bent is run with its values between low and high. Where it crosses one of
// them it gets a point, so that the slope up to there stays true.
func bent(run []chat.Point, low, high float64) []chat.Point {
	beyond := func(p chat.Point) bool { return p.Value < low || p.Value > high }
	if !slices.ContainsFunc(run, beyond) {
		return run
	}
	var all []chat.Point
	for i, p := range run {
		if i > 0 {
			all = append(all, crossings(run[i-1], p, low, high)...)
		}
		p.Value = min(high, max(low, p.Value))
		all = append(all, p)
	}
	return all
}

// crossings are the points between a and b where the line crosses the levels.
func crossings(a, b chat.Point, levels ...float64) []chat.Point {
	var all []chat.Point
	for _, v := range levels {
		if part := (v - a.Value) / (b.Value - a.Value); part > 0 && part < 1 {
			at := a.At.Add(time.Duration(part * float64(b.At.Sub(a.At))))
			all = append(all, chat.Point{At: at, Value: v})
		}
	}
	return inOrder(all)
}

// columns places a run with at most four places to a column of pixels: its
// first, lowest, highest and last, so that no dip is lost.
func (pl plane) columns(run []chat.Point) []vec {
	at := func(i int) vec { return vec{pl.x(run[i].At), pl.y(run[i].Value)} }
	var path []vec
	for i := 0; i < len(run); {
		first := at(i)
		last, low, high := first, first, first
		for i++; i < len(run) && math.Floor(at(i).x) == math.Floor(first.x); i++ {
			last = at(i)
			if last.y > low.y {
				low = last
			}
			if last.y < high.y {
				high = last
			}
		}
		if high.x > low.x {
			low, high = high, low
		}
		path = append(path, first, high, low, last)
	}
	return slices.Compact(path)
}
