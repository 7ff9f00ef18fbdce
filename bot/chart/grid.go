package chart

import (
	"fmt"

	"cresset/bot/chat"
)

// mostCells is how many cells a grid has; with more panels the last cell counts
// those that are left out.
const mostCells = 24

// A layout is how the cells of a grid lie.
type layout struct {
	columns     int
	wide, plot  float64 // of a cell, and how high its plot is
	notes, ends bool    // a line for notes over the plots, for dates under them
	top, pitch  float64 // of the first row, and from row to row
}

const gutter = 64.0

func newLayout(c *chat.Chart) layout {
	l := layout{columns: columnsFor(len(c.Panels))}
	l.wide = (width - 2*margin - gutter*float64(l.columns-1)) / float64(l.columns)
	l.plot = map[int]float64{2: 260, 3: 180, 4: 84}[l.columns]
	l.ends = l.columns < 4
	for _, p := range c.Panels {
		l.notes = l.notes || l.columns < 4 && p.Note != ""
	}
	l.top = margin
	if c.Title != "" {
		l.top += 60
	}
	if c.Subtitle != "" {
		l.top += 46
	}
	l.pitch = 36 + l.plot + 48 + 20
	if l.notes {
		l.pitch += 40
	}
	if l.ends {
		l.pitch += 40
	}
	return l
}

func columnsFor(panels int) int {
	switch {
	case panels == 2 || panels == 4:
		return 2
	case panels <= 6 || panels == 9:
		return 3
	default:
		return 4
	}
}

// cell is the place of the i-th cell, without the space under it.
func (l layout) cell(i int) box {
	left := margin + float64(i%l.columns)*(l.wide+gutter)
	top := l.top + float64(i/l.columns)*l.pitch
	return box{left, top, left + l.wide, top + l.pitch - 48}
}

// grid draws several panels side by side.
func (cv *canvas) grid(c *chat.Chart) {
	panels, more := fitting(c.Panels)
	l := newLayout(c)
	cells := len(panels) + min(more, 1)
	cv.start(round(l.cell(cells-1).bottom + margin))
	cv.gridHeader(c)
	for i := range panels {
		cv.cell(l, l.cell(i), &panels[i])
	}
	if more > 0 {
		cv.more(l.cell(mostCells-1), more)
	}
}

// fitting is the panels that get a cell, and how many get none.
func fitting(panels []chat.Panel) (shown []chat.Panel, more int) {
	if len(panels) <= mostCells {
		return panels, 0
	}
	return panels[:mostCells-1], len(panels) - (mostCells - 1)
}

func (cv *canvas) gridHeader(c *chat.Chart) {
	const whole = width - 2*margin
	y := 66.0
	if c.Title != "" {
		cv.write(headline, cv.cut(headline, c.Title, whole), margin, y, cv.colours.ink)
		y += 46
	}
	cv.write(body, cv.cut(body, c.Subtitle, whole), margin, y, cv.colours.muted)
}

func (cv *canvas) cell(l layout, b box, p *chat.Panel) {
	s := newSeries(p)
	y := b.top + 32
	wide := cv.value(strong, p, &s, box{b.left + l.wide*0.4, 0, b.right, y})
	cv.write(body, cv.cut(body, p.Name, l.wide-wide-24), b.left, y, cv.colours.ink)
	if l.notes {
		y += 40
		cv.write(small, cv.cut(small, p.Note, l.wide), b.left, y, cv.colours.muted)
	}
	cv.plot(plane{series: &s, low: s.lowest(), box: box{b.left, y + 20, b.right, y + 20 + l.plot}}, p, l.ends)
}

// CardWide and CardHigh are the size of a card in pixels.
const (
	CardWide = 840
	CardHigh = 280
)

// card draws a panel without its words.
func (cv *canvas) card(p *chat.Panel) {
	const around = 24.0
	cv.start(CardHigh)
	cv.img.Rect.Max.X = CardWide
	s := newSeries(p)
	cv.plot(plane{series: &s, low: s.lowest(), box: box{around, around, CardWide - around, CardHigh - around - 48}}, p, true)
}

// plot draws the line of a panel, with the dates below it if there is room for them.
func (cv *canvas) plot(pl plane, p *chat.Panel, ends bool) {
	if ends {
		cv.ends(pl)
	}
	if pl.empty() {
		cv.unknown(pl.box)
		return
	}
	cv.smallLine(pl, p)
}

func (cv *canvas) smallLine(pl plane, p *chat.Panel) {
	c := cv.colours.tone(p.Tone)
	cv.area(pl, c)
	zero := cv.colours.base
	if pl.low < 0 {
		zero = cv.colours.danger
	}
	cv.level(pl.left, pl.right, pl.y(0), 2, zero)
	for _, m := range p.Marks {
		if x := pl.x(m.At); !m.At.Before(pl.from) && !m.At.After(pl.to) {
			cv.fill(everywhere, cv.colours.ink, []vec{{x - 7, pl.bottom + 11}, {x, pl.bottom}, {x + 7, pl.bottom + 11}})
		}
	}
	cv.line(pl, 4, c)
	if len(pl.ahead) > 0 {
		cv.dashed(pl.box, pl.trail(pl.ahead), 3, 10, 9, cv.ahead(pl, c))
		cv.fill(everywhere, c, square(pl.place(pl.last()), 6))
	}
}

// ends writes when a panel begins and ends.
func (cv *canvas) ends(pl plane) {
	if pl.from.IsZero() {
		return
	}
	format := "2 Jan"
	if byClock(pl.from, pl.to) {
		format = "2 Jan 15:04"
	}
	y := pl.bottom + 40
	cv.write(small, pl.from.Format(format), pl.left, y, cv.colours.muted)
	cv.writeEnding(small, pl.to.In(pl.from.Location()).Format(format), pl.right, y, cv.colours.muted)
}

func (cv *canvas) more(b box, n int) {
	cv.write(body, fmt.Sprintf("and %d more", n), b.left, b.top+32, cv.colours.muted)
}
