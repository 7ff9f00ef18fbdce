package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
)

var (
	feb = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	mar = feb.AddDate(0, 1, 0)
)

// after is the moment after a share of February.
func after(share float64) time.Time {
	return feb.Add(time.Duration(share * float64(mar.Sub(feb))))
}

// line is a panel over February with points at even distances until a share of it.
func line(tone chat.Tone, until float64, values ...float64) chat.Panel {
	p := chat.Panel{Name: "acme", Value: "50 % left", Tone: tone, From: feb, To: mar}
	for i, v := range values {
		p.Points = append(p.Points, chat.Point{At: after(until * float64(i) / float64(len(values)-1)), Value: v})
	}
	return p
}

func picture(t *testing.T, o Options, panels ...chat.Panel) image.Image {
	t.Helper()
	return drawn(t, o, &chat.Chart{Title: "acme · checkout", Alt: "a chart", Panels: panels})
}

func drawn(t *testing.T, o Options, c *chat.Chart) image.Image {
	t.Helper()
	b, err := PNG(c, o)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	want := width
	if o.Card {
		want = CardWide
	}
	if img.Bounds().Dx() != want {
		t.Fatalf("the picture is %d wide, want %d", img.Bounds().Dx(), want)
	}
	return img
}

// on is the plane on which picture shows a lone panel.
func on(p chat.Panel) plane {
	cv := newCanvas()
	s := newSeries(&p)
	return cv.largePlane(&s, shareTicks(s.lowest()))
}

func wantColour(t *testing.T, img image.Image, at vec, want color.RGBA) {
	t.Helper()
	x, y := round(at.x), round(at.y)
	if got := color.RGBAModel.Convert(img.At(x, y)); got != want {
		t.Errorf("the colour at %d,%d is %v, want %v", x, y, got, want)
	}
}

// has reports whether a colour is anywhere within b.
func has(img image.Image, b image.Rectangle, c color.RGBA) bool {
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.RGBAModel.Convert(img.At(x, y)) == c {
				return true
			}
		}
	}
	return false
}

func TestLineHasTheColourOfItsTone(t *testing.T) {
	for _, o := range []Options{{}, {Dark: true}} {
		colours := light
		if o.Dark {
			colours = dark
		}
		for _, tone := range []chat.Tone{chat.Neutral, chat.Good, chat.Warning, chat.Danger, "unheard of"} {
			t.Run(fmt.Sprint(o, tone), func(t *testing.T) {
				p := line(tone, 1, 0.9, 0.1)
				img, pl := picture(t, o, p), on(p)
				for _, share := range []float64{0.25, 0.5, 0.75} {
					at := vec{pl.x(after(share)), pl.y(0.9 - 0.8*share)}
					wantColour(t, img, at, colours.tone(tone))
					wantColour(t, img, vec{at.x, at.y - 40}, colours.paper)
				}
				wantColour(t, img, vec{pl.x(after(0.9)), pl.y(0)}, colours.danger)
			})
		}
	}
}

func TestNothingIsDrawnWhereNothingIsKnown(t *testing.T) {
	broken := line(chat.Good, 1, 0.6, 0.6, 0.6, 0.6, 0.6)
	broken.Points[3].Break = true
	strange := line(chat.Good, 1, 0.6, 0.6, 0.6, math.NaN(), 0.6, 0.6, 0.6)
	endless := line(chat.Good, 1, 0.6, 0.6, 0.6, math.Inf(-1), 0.6, 0.6, 0.6)
	for name, tt := range map[string]struct {
		panel      chat.Panel
		line, hole float64
	}{
		"a break":       {broken, 0.3, 0.6},
		"not a number":  {strange, 0.25, 0.5},
		"endless":       {endless, 0.25, 0.4},
		"after the end": {line(chat.Good, 0.5, 0.6, 0.6), 0.3, 0.8},
	} {
		t.Run(name, func(t *testing.T) {
			img, pl := picture(t, Options{}, tt.panel), on(tt.panel)
			wantColour(t, img, vec{pl.x(after(tt.line)), pl.y(0.6)}, light.good)
			wantColour(t, img, vec{pl.x(after(tt.hole)), pl.y(0.6)}, light.paper)
			wantColour(t, img, vec{pl.x(after(tt.hole)), pl.y(0.3)}, light.paper) // no area either
		})
	}
}

func TestNoDataIsNeverGreen(t *testing.T) {
	empty := line(chat.Good, 1)
	nan := line(chat.Good, 1, math.NaN(), math.NaN())
	nan.Ahead = []chat.Point{{At: mar, Value: 0.5}}
	for name, panels := range map[string][]chat.Panel{
		"no points": {empty}, "no numbers": {nan}, "no words": {{Tone: chat.Good}}, "grid": {empty, nan, empty}, "no panels": nil,
	} {
		t.Run(name, func(t *testing.T) {
			img := picture(t, Options{}, panels...)
			if has(img, img.Bounds(), light.good) {
				t.Error("green stands on a picture without data")
			}
			if !has(img, img.Bounds(), light.hatch) {
				t.Error("nothing is hatched")
			}
		})
	}
}

func TestOnlyWhatIsBadHasASign(t *testing.T) {
	at := func(tone chat.Tone) image.Image { return picture(t, Options{}, line(tone, 1, 0.5, 0.5)) }
	cv := newCanvas()
	left := width - margin - round(cv.measure(headline, "50 % left"))
	sign := image.Rect(left-40, 30, left-8, 70)
	for tone, want := range map[chat.Tone]bool{chat.Good: false, chat.Neutral: false, chat.Warning: true, chat.Danger: true} {
		if got := has(at(tone), sign, light.tone(tone)); got != want {
			t.Errorf("a sign for tone %q: %v, want %v", tone, got, want)
		}
	}
}

func TestForecastKeepsItsSlope(t *testing.T) {
	p := line(chat.Good, 0.5, 0.8, 0.5)
	p.Ahead = []chat.Point{{At: mar, Value: -49.5}} // reaches 0 after 1 % of the way, far under the picture later
	img, pl := picture(t, Options{}, p), on(p)
	x := pl.x(after(0.5 + 0.5*0.01))
	zero := image.Rect(round(x)-6, round(pl.y(0))+6, round(x)+12, round(pl.bottom))
	if !has(img, zero, light.danger) {
		t.Error("the forecast does not cross zero where it should")
	}
	under := image.Rect(round(pl.x(after(0.7))), round(pl.y(0))+6, round(pl.right), round(pl.bottom)+6)
	if has(img, under, light.danger) {
		t.Error("the forecast runs along the bottom")
	}
}

func TestForecastIsRedOnlyIfItRunsOut(t *testing.T) {
	for end, want := range map[float64]color.RGBA{0.2: light.good, -0.1: light.danger} {
		p := line(chat.Good, 0.5, 0.8, 0.7)
		p.Ahead = []chat.Point{{At: after(0.5), Value: 0.7}, {At: mar, Value: end}}
		img, pl := picture(t, Options{}, p), on(p)
		ahead := image.Rect(round(pl.x(after(0.55))), round(pl.top)+4, round(pl.right), round(pl.y(0))-8)
		if !has(img, ahead, want) {
			t.Errorf("a forecast of %v has not the colour %v", end, want)
		}
	}
}

func TestFarBelowZeroIsClamped(t *testing.T) {
	p := line(chat.Danger, 1, 1, -5, -5, -5)
	img, pl := picture(t, Options{}, p), on(p)
	if pl.low != floor {
		t.Fatalf("the bottom is %v, want %v", pl.low, floor)
	}
	wantColour(t, img, vec{pl.x(after(0.6)), pl.bottom}, light.danger)
	if got, want := shareLabel(floor, pl.series), "≤ −200 %"; got != want {
		t.Errorf("the bottom says %q, want %q", got, want)
	}
}

func TestScaleStaysWholeUnlessNegative(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		low    float64
	}{{[]float64{1, 0.99}, 0}, {[]float64{0.001, 0}, 0}, {[]float64{1, -0.01}, -0.12}, {[]float64{1, -0.9}, -0.96}, {[]float64{1, -5}, floor}} {
		p := line(chat.Good, 1, tt.values...)
		if got := on(p).low; math.Abs(got-tt.low) > 1e-9 {
			t.Errorf("the bottom for %v is %v, want %v", tt.values, got, tt.low)
		}
	}
}

func TestEvenPaceOnlyWhereItIsTrue(t *testing.T) {
	late := line(chat.Good, 0.5, 1, 0.8)
	late.From = feb.AddDate(0, 0, -3)
	for name, tt := range map[string]struct {
		panel chat.Panel
		want  bool
	}{
		"a month to date":      {line(chat.Good, 0.5, 1, 0.8), true},
		"a part of a window":   {line(chat.Good, 0.5, 0.8, 0.5), false},
		"a panel that is over": {line(chat.Good, 1, 1, 0.5), false},
		"known too late":       {late, false},
		"no data":              {line(chat.Good, 1), false},
	} {
		s := newSeries(&tt.panel)
		if got := s.evenPace(); got != tt.want {
			t.Errorf("%s: even pace %v, want %v", name, got, tt.want)
		}
	}
}

func TestNowIsSaidOnlyOfNow(t *testing.T) {
	ahead := line(chat.Good, 0.5, 1, 0.8)
	ahead.Ahead = []chat.Point{{At: mar, Value: 0.6}}
	for want, p := range map[string]chat.Panel{
		"now": ahead, "until 15 Feb": line(chat.Good, 0.5, 1, 0.8), "": line(chat.Good, 1, 1, 0.8),
	} {
		if got := lastWords(on(p)); got != want {
			t.Errorf("the last point says %q, want %q", got, want)
		}
	}
}

func TestMarksRingTheLine(t *testing.T) {
	p := line(chat.Good, 1, 0.9, 0.1)
	p.Marks = []chat.Mark{{At: after(0.5), Label: "INC-42: 8 h"}, {At: mar.AddDate(1, 0, 0), Label: "next year"}}
	img, pl := picture(t, Options{}, p), on(p)
	at := vec{pl.x(after(0.5)), pl.y(0.5)}
	wantColour(t, img, at, light.paper)
	words := image.Rect(round(at.x)+12, round(at.y)-60, round(at.x)+200, round(at.y)+60)
	if !has(img, words, light.ink) {
		t.Error("no words stand beside the mark")
	}
}

func TestSameBytesForTheSameChart(t *testing.T) {
	one := &chat.Chart{Title: "one", Panels: []chat.Panel{line(chat.Warning, 0.7, 1, 0.2)}}
	many := &chat.Chart{Title: "many", Panels: []chat.Panel{line(chat.Good, 1, 1, 0.2), line(chat.Danger, 1), line(chat.Danger, 1, 1, -3)}}
	want := map[*chat.Chart][]byte{}
	for _, c := range []*chat.Chart{one, many} {
		want[c], _ = PNG(c, Options{})
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, c := range []*chat.Chart{many, one} {
				if got, err := PNG(c, Options{}); err != nil || !bytes.Equal(got, want[c]) {
					t.Errorf("%s: other bytes the second time (%v)", c.Title, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestNoChartIsAnError(t *testing.T) {
	if b, err := PNG(nil, Options{}); err == nil {
		t.Errorf("nil became a picture of %d bytes", len(b))
	}
}

func TestWordsCanBeRead(t *testing.T) {
	for _, p := range []palette{light, dark} {
		for _, c := range []color.RGBA{p.ink, p.muted, p.good, p.warning, p.danger, p.neutral} {
			if got := contrast(c, p.paper); got < 4.5 {
				t.Errorf("the contrast of %v on %v is %.2f, want 4.5", c, p.paper, got)
			}
		}
	}
}

// contrast is that of WCAG 2: 1 for none, 21 for black on white.
func contrast(a, b color.RGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
