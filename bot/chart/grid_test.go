package chart

import (
	"fmt"
	"testing"

	"cresset/bot/chat"
)

func TestGridLaysPanelsOut(t *testing.T) {
	for panels, columns := range map[int]int{2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3, 24: 4, 30: 4} {
		t.Run(fmt.Sprint(panels), func(t *testing.T) {
			c := &chat.Chart{Title: "acme · checkout"}
			for range panels {
				c.Panels = append(c.Panels, line(chat.Good, 1, 0.5, 0.5))
			}
			l := newLayout(c)
			if l.columns != columns {
				t.Fatalf("%d columns, want %d", l.columns, columns)
			}
			img := picture(t, Options{}, c.Panels...)
			shown, _ := fitting(c.Panels)
			for i := range shown {
				b := l.cell(i)
				middle := vec{(b.left + b.right) / 2, b.top + 32 + 20 + l.plot/2}
				wantColour(t, img, middle, light.good)
				if b.right > width-margin+0.5 || b.bottom > float64(img.Bounds().Dy())-margin+1 {
					t.Errorf("cell %d at %v leaves the picture %v", i, b, img.Bounds())
				}
			}
		})
	}
}

func TestLastCellCountsWhatIsLeftOut(t *testing.T) {
	panels := make([]chat.Panel, 35)
	for i := range panels {
		panels[i] = line(chat.Good, 1, 0.5, 0.5)
	}
	c := &chat.Chart{Title: "acme · checkout", Panels: panels}
	last := newLayout(c).cell(mostCells - 1).pixels()
	full, over := picture(t, Options{}, panels[:mostCells]...), picture(t, Options{}, panels...)
	if full.Bounds() != over.Bounds() {
		t.Errorf("the pictures are %v and %v, want one size", full.Bounds(), over.Bounds())
	}
	if !has(full, last, light.good) || has(over, last, light.good) {
		t.Error("the last cell has a line if and only if all panels fit: not so")
	}
	if shown, more := fitting(panels); len(shown) != 23 || more != 12 {
		t.Errorf("%d of 35 panels are shown and %d are counted, want 23 and 12", len(shown), more)
	}
	if !has(over, last, light.muted) {
		t.Error("the last cell does not say how many are left out")
	}
}

func TestPicturesAreSmall(t *testing.T) {
	for _, n := range []int{1, mostCells} {
		if b, err := PNG(busy(n), Options{}); err != nil || len(b) > 200<<10 {
			t.Errorf("%d panels take %d bytes (%v), want at most 200 KB", n, len(b), err)
		}
	}
}

// busy is a chart with n panels of a point every ten minutes.
func busy(n int) *chat.Chart {
	c := &chat.Chart{Title: "Error budget left by customer", Subtitle: "last 30 days"}
	for i := range n {
		p := line(chat.Good, 1)
		p.Name, p.Value = fmt.Sprintf("customer-%d", i), fmt.Sprintf("%d %%", 100-i)
		for k := range 28 * 144 {
			share := float64(k) / (28 * 144)
			p.Points = append(p.Points, chat.Point{At: after(share), Value: 1 - share*share*float64(i+1)/20})
		}
		p.Marks = []chat.Mark{{At: after(0.3), Label: "INC-1"}, {At: after(0.6), Label: "INC-2"}}
		c.Panels = append(c.Panels, p)
	}
	return c
}

func BenchmarkPNG(b *testing.B) {
	for _, n := range []int{1, mostCells} {
		c := busy(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := PNG(c, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A card has the line of its panel from end to end, and no words but the dates.
func TestCard(t *testing.T) {
	plot := box{24, 24, CardWide - 24, CardHigh - 72}
	for _, o := range []Options{{Card: true}, {Card: true, Dark: true}} {
		colours := light
		if o.Dark {
			colours = dark
		}
		known, unknown := picture(t, o, line(chat.Good, 1, 1, 0.5)), picture(t, o, chat.Panel{Name: "acme", From: feb, To: mar})
		if known.Bounds().Dy() != CardHigh || !has(known, plot.pixels(), colours.good) || has(known, box{0, 0, CardWide, 20}.pixels(), colours.ink) {
			t.Errorf("dark %v: the card is no line alone", o.Dark)
		}
		if !has(known, box{24, CardHigh - 60, CardWide - 24, CardHigh}.pixels(), colours.muted) {
			t.Errorf("dark %v: the card does not say from when to when", o.Dark)
		}
		if !has(unknown, plot.pixels(), colours.hatch) {
			t.Errorf("dark %v: what is not known is drawn", o.Dark)
		}
	}
	if _, err := PNG(&chat.Chart{}, Options{Card: true}); err != nil {
		t.Error(err)
	}
}
