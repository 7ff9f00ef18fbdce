package chart

import (
	"image/color"
	"math"
	"slices"

	"cresset/bot/chat"
)

// mostBars is how many bars a picture has; more are counted below them.
const mostBars = 40

// The columns of a picture of bars: names, bars, notes, values.
const (
	barLeft   = margin + 440
	barRight  = width - margin - 380
	noteRight = width - margin - 190
	barHigh   = 38.0
	barPitch  = 70.0
)

// bars draws bars below each other, under the headings of their groups.
func (cv *canvas) bars(c *chat.Chart) {
	shown := c.Bars[:min(len(c.Bars), mostBars)]
	legend := legendOf(shown)
	key := newLayout(&chat.Chart{Title: c.Title, Subtitle: c.Subtitle}).top + 24
	rows := rowsBelow(key, shown)
	bottom, more := rows[len(rows)-1].bottom, len(c.Bars)-len(shown)
	cv.start(round(bottom + margin + barPitch*float64(min(more, 1))))
	cv.gridHeader(c)
	cv.legend(legend, key)
	for i := range shown {
		if headed(shown, i) {
			cv.write(body, cv.cut(body, shown[i].Group, barLeft-margin-24), margin, rows[i].top-28, cv.colours.muted)
		}
		cv.bar(&shown[i], rows[i], legend)
	}
	if c.Limit > 0 && c.Limit < 1 {
		cv.limit(c.Limit, rows)
	}
	if more > 0 {
		cv.more(box{margin, bottom + 24, width - margin, 0}, more)
	}
}

// rowsBelow is where each bar is drawn, below the key at y.
func rowsBelow(y float64, bars []chat.Bar) []box {
	rows := make([]box, len(bars))
	y += 68
	for i := range bars {
		if headed(bars, i) {
			y += 78
		}
		rows[i] = box{barLeft, y, barRight, y + barHigh}
		y += barPitch
	}
	return rows
}

// headed reports whether a heading stands above the i-th bar.
func headed(bars []chat.Bar, i int) bool {
	return bars[i].Group != "" && (i == 0 || bars[i].Group != bars[i-1].Group)
}

func (cv *canvas) bar(b *chat.Bar, row box, legend []chat.Share) {
	base := row.bottom - 7
	cv.write(name, cv.cut(name, b.Name, barLeft-margin-24), margin, base, cv.colours.ink)
	cv.headline(b, base)
	note := cv.cut(body, b.Note, noteRight-barRight-16)
	cv.writeEnding(body, note, noteRight, base, cv.colours.muted)
	cv.parts(b.Parts, row, legend)
}

// parts draws the parts with a gap between them. What is missing is not known.
func (cv *canvas) parts(parts []chat.Share, row box, legend []chat.Share) {
	known := 0.0
	for _, p := range parts {
		next := min(1, known+sane(p.Value))
		left, right := row.along(known), row.along(next)
		if known > 0 {
			left += 3
		}
		cv.rect(box{left, row.top, max(left, right), row.bottom}, cv.shade(legend, p.Label))
		known = next
	}
	if rest := (box{row.along(known), row.top, row.right, row.bottom}); known < 0.999 {
		cv.hatching(rest)
	}
}

// along is the place of a share of the bar that b is.
func (b box) along(share float64) float64 { return b.left + share*(b.right-b.left) }

// sane is a share that can be drawn.
func sane(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(1, max(0, v))
}

// headline writes the value of a bar at the right, with a sign where the tone is
// not good.
func (cv *canvas) headline(b *chat.Bar, base float64) {
	size := float64(cv.faces[figure].Metrics().CapHeight) / 64
	text := cv.cut(figure, b.Value, width-margin-noteRight-2*size)
	c := cv.colours.ink
	if b.Tone == chat.Warning || b.Tone == chat.Danger {
		c = cv.colours.tone(b.Tone)
		cv.sign(b.Tone, vec{width - margin - cv.measure(figure, text) - size, base - size/2}, size/2, c)
	}
	cv.writeEnding(figure, text, width-margin, base, c)
}

// legendOf is every part that there is, in the order in which they come.
func legendOf(bars []chat.Bar) []chat.Share {
	var all []chat.Share
	for _, b := range bars {
		for _, p := range b.Parts {
			if !slices.ContainsFunc(all, labelled(p.Label)) {
				all = append(all, p)
			}
		}
	}
	return all
}

func labelled(label string) func(chat.Share) bool {
	return func(s chat.Share) bool { return s.Label == label }
}

// shade is the colour of a part: that of its tone, else a step of the neutral
// one, fainter than the step before it.
func (cv *canvas) shade(legend []chat.Share, label string) color.Color {
	opacity := uint8(215)
	for _, s := range legend {
		switch {
		case s.Label == label && s.Tone != chat.Neutral:
			return cv.colours.tone(s.Tone)
		case s.Label == label:
			return faint(cv.colours.neutral, opacity)
		case s.Tone == chat.Neutral:
			opacity = max(opacity/2, 24)
		}
	}
	return cv.colours.hatch
}

// legend says on the line y which colour is which part.
func (cv *canvas) legend(parts []chat.Share, y float64) {
	const swatch = 28
	x := margin
	for _, s := range parts {
		label := cv.cut(body, s.Label, 300)
		wide := swatch + 14 + cv.measure(body, label)
		if x+wide > width-margin {
			return
		}
		cv.rect(box{x, y - 24, x + swatch, y - 24 + swatch}, cv.shade(parts, s.Label))
		cv.write(body, label, x+swatch+14, y, cv.colours.muted)
		x += wide + 44
	}
}

// limit draws the line that bars are held against, through every group.
func (cv *canvas) limit(at float64, rows []box) {
	x := rows[0].along(at)
	words := "limit " + percent(at)
	cv.write(small, words, x-cv.measure(small, words)/2, rows[0].top-22, cv.colours.muted)
	for start, i := 0, 1; i <= len(rows); i++ {
		if i == len(rows) || rows[i].top-rows[i-1].top > barPitch {
			cv.dashed(everywhere, []vec{{x, rows[start].top - 12}, {x, rows[i-1].bottom + 12}}, 3, 9, 9, cv.colours.ink)
			start = i
		}
	}
}
