package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"cresset/bot/chat"
)

// whole is a chart of one bar: toil, two kinds of other work, and no word on the rest.
func whole(shares ...float64) *chat.Chart {
	b := chat.Bar{Name: "all work", Value: "62 %", Note: "13h30m"}
	for i, v := range shares {
		b.Parts = append(b.Parts, chat.Share{Label: fmt.Sprint(i), Value: v, Tone: []chat.Tone{chat.Warning, chat.Neutral, chat.Neutral}[i]})
	}
	return &chat.Chart{Title: "Toil", Bars: []chat.Bar{b}}
}

// rowsOf are where the bars of c are drawn.
func rowsOf(c *chat.Chart) []box {
	return rowsBelow(newLayout(&chat.Chart{Title: c.Title, Subtitle: c.Subtitle}).top+24, c.Bars)
}

func colourAt(img image.Image, row box, share float64) color.RGBA {
	return color.RGBAModel.Convert(img.At(round(row.along(share)), round(row.middle().y))).(color.RGBA)
}

func TestPartsLieSideBySide(t *testing.T) {
	c := whole(0.5, 0.25, 0.25)
	row := rowsOf(c)[0]
	for _, o := range []Options{{}, {Dark: true}} {
		colours := light
		if o.Dark {
			colours = dark
		}
		img := drawn(t, o, c)
		first, second, third := colourAt(img, row, 0.3), colourAt(img, row, 0.6), colourAt(img, row, 0.9)
		if first != colours.warning {
			t.Errorf("a part has the colour %v, want that of its tone, %v", first, colours.warning)
		}
		if second == third || second == first || third == colours.paper {
			t.Errorf("the neutral parts are %v and %v, want two shades", second, third)
		}
		for share, want := range map[float64]color.RGBA{0.49: first, 0.51: second, 0.74: second, 0.76: third, 0.999: third} {
			if got := colourAt(img, row, share); got != want {
				t.Errorf("at %v the bar is %v, want %v", share, got, want)
			}
		}
	}
}

// What is missing is hatched, and a share that is none draws nothing.
func TestWhatIsMissingInABarIsNotKnown(t *testing.T) {
	for name, c := range map[string]*chat.Chart{"missing": whole(0.5), "no number": whole(0.5, math.NaN()), "negative": whole(0.5, -0.3)} {
		row, img := rowsOf(c)[0], drawn(t, Options{}, c)
		rest := box{row.along(0.55), row.top, row.right, row.bottom}.pixels()
		if !has(img, rest, light.hatch) || !has(img, rest, light.paper) || has(img, rest, light.warning) {
			t.Errorf("%s: the rest of the bar is not hatched", name)
		}
	}
	full := whole(1)
	if img := drawn(t, Options{}, full); has(img, rowsOf(full)[0].pixels(), light.hatch) {
		t.Error("a whole bar is hatched")
	}
}

func TestOnlyWhatIsOverHasASignAndAColour(t *testing.T) {
	for tone, want := range map[chat.Tone]color.RGBA{chat.Neutral: light.ink, chat.Danger: light.danger} {
		c := whole(0.5)
		c.Bars[0].Tone = tone
		row := rowsOf(c)[0]
		value := box{noteRight, row.top, width - margin, row.bottom}.pixels()
		img := drawn(t, Options{}, c)
		if !has(img, value, want) || has(img, value, light.danger) != (tone == chat.Danger) {
			t.Errorf("the value of the tone %q has the wrong colour", tone)
		}
	}
}

func TestLimitRunsThroughEveryGroup(t *testing.T) {
	c := whole(0.2)
	for range 2 {
		c.Bars = append(c.Bars, chat.Bar{Group: "by customer", Name: "acme", Value: "20 %"})
	}
	rows := rowsOf(c)
	if gap := rows[1].top - rows[0].bottom; gap <= barPitch {
		t.Fatalf("the heading has %v pixels", gap)
	}
	at := func(r box) image.Rectangle {
		return box{r.along(0.5) - 3, r.top - 12, r.along(0.5) + 3, r.bottom + 12}.pixels()
	}
	without := drawn(t, Options{}, c)
	c.Limit = 0.5
	with := drawn(t, Options{}, c)
	for i, r := range rows {
		if has(without, at(r), light.ink) || !has(with, at(r), light.ink) {
			t.Errorf("row %d: a line where none is wanted, or none where one is", i)
		}
	}
}

func TestTooManyBarsAreCounted(t *testing.T) {
	c := whole(1)
	for range mostBars + 1 {
		c.Bars = append(c.Bars, c.Bars[0])
	}
	last := rowsOf(c)[mostBars]
	img := drawn(t, Options{}, c)
	if has(img, last.pixels(), light.warning) || !has(img, box{margin, last.top - 20, barLeft, last.bottom + 20}.pixels(), light.muted) {
		t.Error("the bars that have no room are not counted")
	}
}
