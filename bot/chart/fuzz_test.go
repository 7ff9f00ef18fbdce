package chart

import (
	"bytes"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestAnyChartBecomesAPicture draws charts by chance, most of them absurd.
func TestAnyChartBecomesAPicture(t *testing.T) {
	for seed := range uint64(24) {
		mustDraw(t, seed)
	}
}

func FuzzPNG(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(mustDraw)
}

func mustDraw(t *testing.T, seed uint64) {
	r := chance{rand.New(rand.NewPCG(seed, 7))}
	b, err := PNG(r.chart(), Options{Dark: r.IntN(2) == 0})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if _, err := png.Decode(bytes.NewReader(b)); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
}

// A chance makes up charts.
type chance struct{ *rand.Rand }

func (r chance) chart() *chat.Chart {
	c := &chat.Chart{Title: r.words(), Subtitle: r.words()}
	for range []int{0, 1, 1, 1, 2, 3, 4, 7, 24, 30}[r.IntN(10)] {
		p := chat.Panel{Name: r.words(), Value: r.words(), Note: r.words(), Tone: chat.Tone(r.words()), From: r.moment(), To: r.moment()}
		p.Tone = []chat.Tone{chat.Neutral, chat.Good, chat.Warning, chat.Danger, p.Tone}[r.IntN(5)]
		p.Points, p.Ahead = r.points(p.From), r.points(p.From)
		for range r.IntN(15) {
			p.Marks = append(p.Marks, chat.Mark{At: r.near(p.From), Label: r.words()})
		}
		c.Panels = append(c.Panels, p)
	}
	for range []int{0, 0, 1, 5, 50}[r.IntN(5)] {
		b := chat.Bar{Group: []string{"", "a", "b", r.words()}[r.IntN(4)], Name: r.words(), Value: r.words(), Note: r.words(), Tone: chat.Tone(r.words())}
		for range r.IntN(6) {
			b.Parts = append(b.Parts, chat.Share{Label: r.words(), Value: r.value(), Tone: []chat.Tone{chat.Neutral, chat.Warning}[r.IntN(2)]})
		}
		c.Bars, c.Limit = append(c.Bars, b), r.value()
	}
	return c
}

func (r chance) points(from time.Time) []chat.Point {
	var all []chat.Point
	for range []int{0, 1, 2, 10, 300}[r.IntN(5)] {
		all = append(all, chat.Point{At: r.near(from), Value: r.value(), Break: r.IntN(9) == 0})
	}
	return all
}

func (r chance) value() float64 {
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1, -1, math.MaxFloat64, -math.MaxFloat64, 1e11, math.SmallestNonzeroFloat64}
	if r.IntN(4) == 0 {
		return odd[r.IntN(len(odd))]
	}
	return r.Float64()*4 - 2
}

func (r chance) near(t time.Time) time.Time {
	return t.Add(time.Duration(r.Int64N(int64(time.Hour) << r.IntN(10))))
}

func (r chance) moment() time.Time {
	odd := []time.Time{{}, time.Unix(0, 0), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 999), time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)}
	if r.IntN(6) == 0 {
		return odd[r.IntN(len(odd))]
	}
	return r.near(feb.In(time.FixedZone(r.words(), r.IntN(100000)-50000)))
}

func (r chance) words() string {
	runes := []rune("abc XYZ 0189 %·−≈…\n\t東京العربية👩‍👩‍👧\u0301\ufffd\u202e")
	s := make([]rune, []int{0, 1, 8, 40, 400}[r.IntN(5)])
	for i := range s {
		s[i] = runes[r.IntN(len(runes))]
	}
	return string(s) + []string{"", "\xff"}[r.IntN(2)]
}
