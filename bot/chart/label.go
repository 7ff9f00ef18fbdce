package chart

import (
	"image/color"
	"math"
	"slices"

	"cresset/bot/chat"
)

// A board knows what already stands on a plane, to find room for words.
type board struct {
	plane box
	lines [][2]vec // words must not touch these
	words []box    // nor these
	faint [][2]vec // and should not touch these
}

func newBoard(pl plane) *board {
	b := &board{plane: pl.box}
	for _, run := range pl.runs {
		b.lines = append(b.lines, pairs(pl.path(run))...)
	}
	b.lines = append(b.lines, pairs(pl.trail(pl.ahead))...)
	for _, v := range shareTicks(pl.low) {
		b.crossing([]vec{{pl.left, pl.y(v)}, {pl.right, pl.y(v)}})
	}
	return b
}

func pairs(path []vec) (all [][2]vec) {
	for i := 1; i < len(path); i++ {
		all = append(all, [2]vec{path[i-1], path[i]})
	}
	return all
}

// crossing adds a line that words may cross if they must.
func (b *board) crossing(path []vec) { b.faint = append(b.faint, pairs(path)...) }

// near is room for words of the given size, as close to p as can be: at its
// right if possible, above the line if possible. It reports false if everything
// near is taken.
func (b *board) near(p vec, wide, high float64, far bool) (box, bool) {
	offsets := []float64{0, 24, 32, 42, 54, 80, 110, 150, 200}
	if !far {
		offsets = offsets[:6]
	}
	best, cost := box{}, math.Inf(1)
	for _, dy := range offsets {
		for _, up := range []float64{-1, 1} {
			for i, x := range []float64{p.x + 20, p.x + 60, p.x + 120, p.x - wide/2, p.x - wide - 20} {
				mid := p.y + up*dy
				room := box{x, mid - high/2, x + wide, mid + high/2}
				c, ok := b.cost(room.grown(5))
				ok = ok && !b.hides(leader(p, room))
				to := room.nearest(p)
				if c += math.Hypot(to.x-p.x, to.y-p.y) + 8*float64(i) + 5*up; ok && c < cost {
					best, cost = room, c
				}
			}
		}
	}
	return best, !math.IsInf(cost, 1)
}

func (b *board) cost(room box) (float64, bool) {
	if room.left < b.plane.left || room.right > b.plane.right || room.top < b.plane.top-8 || room.bottom > b.plane.bottom+8 {
		return 0, false
	}
	for _, w := range b.words {
		if w.left < room.right && room.left < w.right && w.top < room.bottom && room.top < w.bottom {
			return 0, false
		}
	}
	for _, l := range b.lines {
		if crosses(l, room) {
			return 0, false
		}
	}
	cost := 0.0
	for _, l := range b.faint {
		if crosses(l, room) {
			cost += 60
		}
	}
	return cost, true
}

// hides reports whether a line would run through words.
func (b *board) hides(line []vec) bool {
	for _, l := range pairs(line) {
		for _, w := range b.words {
			if crosses(l, w) {
				return true
			}
		}
	}
	return false
}

// leader is the line from a place to words that stand off from it; nil if they
// are near enough to need none.
func leader(p vec, words box) []vec {
	end := words.grown(2).nearest(p)
	gap := math.Hypot(end.x-p.x, end.y-p.y)
	if gap <= 32 {
		return nil
	}
	return []vec{between(p, end, 15/gap), between(p, end, 1-4/gap)}
}

// crosses reports whether a line touches b, by cutting off what lies outside
// each of its sides.
func crosses(l [2]vec, b box) bool {
	enter, leave := 0.0, 1.0
	dx, dy := l[1].x-l[0].x, l[1].y-l[0].y
	for _, side := range [4][2]float64{{-dx, l[0].x - b.left}, {dx, b.right - l[0].x}, {-dy, l[0].y - b.top}, {dy, b.bottom - l[0].y}} {
		switch toward, room := side[0], side[1]; {
		case toward == 0 && room < 0:
			return false
		case toward < 0:
			enter = max(enter, room/toward)
		case toward > 0:
			leave = min(leave, room/toward)
		}
	}
	return enter <= leave
}

// label writes words near p and, if they stand off, leads from them to p. Where
// there is no room it writes nothing.
func (cv *canvas) label(b *board, p vec, words string, c color.Color, far bool) {
	const high = 28
	words = cv.cut(small, words, 460)
	room, ok := b.near(p, cv.measure(small, words), high, far)
	if !ok || words == "" {
		return
	}
	b.words = append(b.words, room)
	cv.write(small, words, room.left, room.bottom-5, c)
	if line := leader(p, room); far && line != nil {
		cv.stroke(everywhere, line, 2, cv.colours.muted)
		b.lines = append(b.lines, pairs(line)...)
	}
}

// keepFree keeps words off the sign at p.
func (b *board) keepFree(p vec) { b.words = append(b.words, box{p.x, p.y, p.x, p.y}.grown(10)) }

// mostMarks is how many marks get words, the latest first; the others are rings
// alone.
const mostMarks = 12

// marks rings the moments on the line and says what they are. The latest mark
// speaks first: words stand at the right of their ring, so that the way down
// from an earlier ring stays free for its leader.
func (cv *canvas) marks(pl plane, b *board, marks []chat.Mark) {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(x, y chat.Mark) int { return y.At.Compare(x.At) })
	marks = slices.DeleteFunc(marks, func(m chat.Mark) bool { return m.At.Before(pl.from) || m.At.After(pl.to) })
	places := make([]vec, len(marks))
	for i, m := range marks {
		value, _ := pl.at(m.At) // in a gap a mark stands on zero
		places[i] = pl.place(chat.Point{At: m.At, Value: value})
		cv.fill(everywhere, cv.colours.ink, disc(places[i], 8))
		cv.fill(everywhere, cv.colours.paper, disc(places[i], 5))
		b.keepFree(places[i])
		b.crossing([]vec{{places[i].x, places[i].y - 60}, {places[i].x, places[i].y + 60}}) // words there seem to be its own
	}
	for i := range min(len(marks), mostMarks) {
		cv.label(b, places[i], marks[i].Label, cv.colours.ink, true)
	}
}

// paceLabel names the dotted line, where it is farthest from everything.
func (cv *canvas) paceLabel(pl plane, b *board) {
	const words, high = "even pace", 28
	wide := cv.measure(small, words)
	for _, part := range []float64{0.2, 0.35, 0.5, 0.65, 0.8} {
		p := vec{pl.left + part*(pl.right-pl.left), pl.y(1 - part)}
		for _, room := range []box{
			{p.x - wide - 14, p.y + 8, p.x - 14, p.y + 8 + high},
			{p.x + 14, p.y - 8 - high, p.x + 14 + wide, p.y - 8},
		} {
			if cost, ok := b.cost(room.grown(8)); ok && cost == 0 {
				cv.write(small, words, room.left, room.bottom-5, cv.colours.muted)
				return
			}
		}
	}
}
