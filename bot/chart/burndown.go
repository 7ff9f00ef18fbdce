package chart

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

const (
	margin      = 48.0
	largeHeight = 800
)

// burnDown draws one panel over the whole picture.
func (cv *canvas) burnDown(c *chat.Chart, p *chat.Panel) {
	cv.start(largeHeight)
	s := newSeries(p)
	cv.largeHeader(c, p, &s)
	shares := shareTicks(s.lowest())
	pl := cv.largePlane(&s, shares)
	cv.timeAxis(pl)
	if s.empty() {
		cv.unknown(pl.box)
		return
	}
	cv.shareAxis(pl, shares)
	cv.largeLine(pl, p)
}

// largePlane leaves room at its left for the labels of the shares.
func (cv *canvas) largePlane(s *series, shares []float64) plane {
	left := margin
	if !s.empty() {
		left += cv.widest(shares, s) + 18
	}
	return plane{series: s, low: s.lowest(), box: box{left, 158, width - margin, largeHeight - 104}}
}

func (cv *canvas) largeHeader(c *chat.Chart, p *chat.Panel, s *series) {
	title, subtitle := c.Title, c.Subtitle
	if title == "" {
		title = p.Name
	} else if subtitle == "" && !strings.Contains(title, p.Name) {
		subtitle = p.Name
	}
	const whole = width - 2*margin
	left := width - margin - cv.value(headline, p, s, box{margin + whole/2, 0, width - margin, 66})
	note := cv.cut(body, p.Note, whole/2)
	noteWidth := cv.measure(body, note)
	cv.writeEnding(body, note, width-margin, 112, cv.colours.muted)
	cv.write(headline, cv.cut(headline, title, left-2*margin), margin, 66, cv.colours.ink)
	cv.write(body, cv.cut(body, subtitle, whole-noteWidth-margin), margin, 112, cv.colours.muted)
}

// value writes the panel's headline at the right bottom of b, in the colour of
// its tone and with a sign where the tone is not good, and returns its width.
func (cv *canvas) value(st style, p *chat.Panel, s *series, b box) float64 {
	text, c, tone := p.Value, cv.colours.tone(p.Tone), p.Tone
	if s.empty() {
		c, tone = cv.colours.muted, chat.Neutral
		if text == "" {
			text = "no data"
		}
	}
	size := float64(cv.faces[st].Metrics().CapHeight) / 64
	text = cv.cut(st, text, b.right-b.left-2*size)
	wide := cv.measure(st, text)
	cv.write(st, text, b.right-wide, b.bottom, c)
	if tone != chat.Warning && tone != chat.Danger {
		return wide
	}
	cv.sign(tone, vec{b.right - wide - size, b.bottom - size/2}, size/2, c)
	return wide + 1.5*size
}

// sign is a triangle for a warning and a diamond for danger.
func (cv *canvas) sign(tone chat.Tone, at vec, half float64, c color.Color) {
	shape := []vec{{at.x, at.y - half}, {at.x - half*1.1, at.y + half}, {at.x + half*1.1, at.y + half}}
	if tone == chat.Danger {
		half *= 1.1
		shape = []vec{{at.x, at.y - half}, {at.x - half, at.y}, {at.x, at.y + half}, {at.x + half, at.y}}
	}
	cv.fill(everywhere, c, shape)
}

var everywhere = box{0, 0, width, 1 << 20}

// unknown says that there is nothing to draw in b.
func (cv *canvas) unknown(b box) {
	const words = "no data"
	cv.hatching(b)
	wide, mid := cv.measure(body, words), b.middle()
	cv.rect(box{mid.x - wide/2 - 20, mid.y - 26, mid.x + wide/2 + 20, mid.y + 26}, cv.colours.paper)
	cv.write(body, words, mid.x-wide/2, mid.y+10, cv.colours.muted)
}

func (cv *canvas) widest(shares []float64, s *series) float64 {
	wide := 0.0
	for _, v := range shares {
		wide = max(wide, cv.measure(small, shareLabel(v, s)))
	}
	return wide
}

func shareLabel(v float64, s *series) string {
	if v <= floor && s.belowFloor() {
		return "≤ " + percent(v)
	}
	return percent(v)
}

func (cv *canvas) shareAxis(pl plane, shares []float64) {
	for _, v := range shares {
		y := pl.y(v)
		cv.level(pl.left, pl.right, y, 2, cv.colours.rule)
		cv.writeEnding(small, shareLabel(v, pl.series), pl.left-18, y+9, cv.colours.muted)
	}
}

// timeAxis writes moments under the plane, and the zone where they are times of
// day. A label that would touch another or leave the picture gives way.
func (cv *canvas) timeAxis(pl plane) {
	if pl.from.IsZero() {
		return
	}
	y, free := pl.bottom+56, 0.0
	if byClock(pl.from, pl.to) {
		zone := cv.cut(small, pl.from.Format("MST"), 200)
		cv.write(small, zone, margin, y, cv.colours.muted)
		free = margin + cv.measure(small, zone) + 20
	}
	for _, t := range timeTicks(pl.from, pl.to) {
		wide := cv.measure(small, t.label)
		x := min(pl.x(t.at)-wide/2, width-margin-wide)
		if x < free {
			continue
		}
		cv.rect(box{pl.x(t.at) - 1, pl.bottom + 8, pl.x(t.at) + 1, pl.bottom + 18}, cv.colours.rule)
		cv.write(small, t.label, x, y, cv.colours.muted)
		free = x + wide + 24
	}
}

// largeLine draws what is known, what is ahead, and their labels.
func (cv *canvas) largeLine(pl plane, p *chat.Panel) {
	c := cv.colours.tone(p.Tone)
	notes := newBoard(pl)
	cv.area(pl, c)
	cv.fan(pl, c)
	if pl.evenPace() {
		pace := []vec{{pl.left, pl.y(1)}, {pl.right, pl.y(0)}}
		for _, d := range dashes(pace, 0.1, 14) {
			cv.fill(pl.box, faint(cv.colours.muted, 190), disc(d[0], 2.4))
		}
		notes.crossing(pace)
	}
	cv.level(pl.left, pl.right, pl.y(0), 3, cv.colours.danger)
	cv.line(pl, 5, c)
	cv.dashed(pl.box, pl.trail(pl.ahead), 4, 16, 14, cv.ahead(pl, c))
	last := pl.place(pl.last())
	cv.fill(everywhere, c, square(last, 8))
	notes.keepFree(last)
	if words := lastWords(pl); words != "" {
		cv.label(notes, last, words, cv.colours.ink, false)
	}
	cv.marks(pl, notes, p.Marks)
	if pl.evenPace() {
		cv.paceLabel(pl, notes)
	}
}

// lastWords say what the last point is. It is only now if something lies ahead
// of it; a line that stops early says when it stopped.
func lastWords(pl plane) string {
	switch at := pl.last().At.In(pl.from.Location()); {
	case len(pl.ahead) > 0:
		return "now"
	case pl.share(at) > 0.97:
		return ""
	case byClock(pl.from, pl.to):
		return "until " + at.Format("15:04")
	default:
		return "until " + at.Format("2 Jan")
	}
}

func (cv *canvas) area(pl plane, c color.RGBA) {
	for _, run := range pl.runs {
		path := pl.path(run)
		first, last := path[0], path[len(path)-1]
		path = append(path, vec{last.x, pl.y(0)}, vec{first.x, pl.y(0)})
		cv.fill(pl.box, faint(c, cv.colours.wash), path)
	}
}

// line draws every run; a lone point is a dot.
func (cv *canvas) line(pl plane, wide float64, c color.RGBA) {
	for _, run := range pl.runs {
		path := pl.path(run)
		if len(path) == 1 {
			cv.fill(everywhere, c, disc(path[0], wide))
			continue
		}
		cv.stroke(everywhere, path, wide, c)
	}
}

// ahead is the colour of a forecast: danger if it comes to nothing, else that of the line.
func (cv *canvas) ahead(pl plane, c color.RGBA) color.RGBA {
	for _, p := range pl.ahead {
		if p.Value <= 0 {
			return cv.colours.danger
		}
	}
	return c
}

// fan shows a pace from 40 % slower to 40 % faster than the forecast's. It says
// that a forecast is loose; it is no confidence interval.
func (cv *canvas) fan(pl plane, c color.RGBA) {
	if len(pl.ahead) == 0 {
		return
	}
	const loose = 0.4
	start := pl.ahead[0]
	var upper, lower []chat.Point
	for _, p := range pl.ahead {
		spread := max(math.Abs(p.Value-start.Value)*loose, 0.015*pl.passed(start.At, p.At))
		upper = append(upper, chat.Point{At: p.At, Value: p.Value + spread})
		lower = append(lower, chat.Point{At: p.At, Value: p.Value - spread})
	}
	outline, back := pl.trail(upper), pl.trail(lower)
	slices.Reverse(back)
	cv.fill(pl.box, faint(cv.ahead(pl, c), cv.colours.wash-6), append(outline, back...))
}

// passed is how much of the time from start to the end of the plane is over at t.
func (pl plane) passed(start, t time.Time) float64 {
	return (pl.share(t) - pl.share(start)) / max(1e-9, 1-pl.share(start))
}
