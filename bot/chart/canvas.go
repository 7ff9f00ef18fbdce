package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// A canvas draws shapes and words on pixels. It keeps its buffers between
// pictures and serves one picture at a time.
type canvas struct {
	img     *image.RGBA
	pixels  []byte  // what img uses, kept at its largest
	indices []uint8 // of the encoded picture, kept alike
	ras     vector.Rasterizer
	faces   [styles]font.Face
	glyphs  sfnt.Buffer
	colours palette
	out     bytes.Buffer
	encoder *png.EncoderBuffer
}

// A vec is a place on the canvas in pixels; y grows downwards.
type vec struct{ x, y float64 }

// A box is a rectangle of the canvas.
type box struct{ left, top, right, bottom float64 }

func (b box) middle() vec { return vec{(b.left + b.right) / 2, (b.top + b.bottom) / 2} }

// nearest is the place of b that is nearest to p.
func (b box) nearest(p vec) vec {
	return vec{min(max(p.x, b.left), b.right), min(max(p.y, b.top), b.bottom)}
}

func (b box) grown(by float64) box {
	return box{b.left - by, b.top - by, b.right + by, b.bottom + by}
}

func (b box) pixels() image.Rectangle {
	return image.Rect(int(math.Floor(b.left)), int(math.Floor(b.top)), int(math.Ceil(b.right)), int(math.Ceil(b.bottom)))
}

// start clears the canvas to height rows of paper.
func (cv *canvas) start(height int) {
	if n := width * height * 4; cap(cv.pixels) < n {
		cv.pixels = make([]byte, n)
	}
	cv.img = &image.RGBA{Pix: cv.pixels[:width*height*4], Stride: width * 4, Rect: image.Rect(0, 0, width, height)}
	draw.Draw(cv.img, cv.img.Rect, image.NewUniform(cv.colours.paper), image.Point{}, draw.Src)
}

// rect fills whole pixels.
func (cv *canvas) rect(b box, c color.Color) {
	r := image.Rect(round(b.left), round(b.top), round(b.right), round(b.bottom))
	draw.Draw(cv.img, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// level draws a crisp horizontal line, thick pixels high, around y.
func (cv *canvas) level(left, right, y float64, thick int, c color.Color) {
	top := float64(round(y) - thick/2)
	cv.rect(box{left, top, right, top + float64(thick)}, c)
}

// fill paints shapes within clip. Shapes that overlap must turn the same way
// round, as those of stroke and disc do: opposite turns would cancel out.
func (cv *canvas) fill(clip box, c color.Color, shapes ...[]vec) {
	r := bounds(shapes).Intersect(clip.pixels()).Intersect(cv.img.Rect)
	if r.Empty() {
		return
	}
	cv.ras.Reset(r.Dx(), r.Dy())
	for _, s := range shapes {
		for i, p := range s {
			x, y := float32(p.x-float64(r.Min.X)), float32(p.y-float64(r.Min.Y))
			if i == 0 {
				cv.ras.MoveTo(x, y)
			} else {
				cv.ras.LineTo(x, y)
			}
		}
		cv.ras.ClosePath()
	}
	cv.ras.Draw(cv.img, r, image.NewUniform(c), image.Point{})
}

func bounds(shapes [][]vec) image.Rectangle {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range shapes {
		for _, p := range s {
			b = box{min(b.left, p.x), min(b.top, p.y), max(b.right, p.x), max(b.bottom, p.y)}
		}
	}
	if b.left > b.right {
		return image.Rectangle{}
	}
	return b.pixels()
}

// stroke draws a line with round ends. Where it bends gently it is one shape:
// shapes that overlap along an edge would darken it.
func (cv *canvas) stroke(clip box, path []vec, wide float64, c color.Color) {
	path = slices.Compact(slices.Clone(path))
	shapes := make([][]vec, 0, 8)
	for start := 0; start < len(path); {
		end := start + 1
		for end < len(path)-1 && gentle(path[end-1], path[end], path[end+1]) {
			end++
		}
		shapes = append(shapes, disc(path[start], wide/2))
		if end < len(path) {
			shapes = append(shapes, ribbon(path[start:end+1], wide/2))
		}
		start = end
	}
	cv.fill(clip, c, shapes...)
}

// gentle reports whether a line bends by less than about 35 degrees at b.
func gentle(a, b, c vec) bool {
	ux, uy := unit(a, b)
	vx, vy := unit(b, c)
	return ux*vx+uy*vy > 0.82
}

// ribbon is the outline of a line that bends gently.
func ribbon(path []vec, half float64) []vec {
	outline := make([]vec, 2*len(path))
	for i, p := range path {
		ax, ay := unit(path[max(i-1, 0)], path[max(i, 1)])
		bx, by := unit(path[min(i, len(path)-2)], path[min(i+1, len(path)-1)])
		scale := half * 2 / ((ax+bx)*(ax+bx) + (ay+by)*(ay+by)) // both sides stay parallel
		nx, ny := -(ay+by)*scale, (ax+bx)*scale
		outline[i] = vec{p.x + nx, p.y + ny}
		outline[len(outline)-1-i] = vec{p.x - nx, p.y - ny}
	}
	return outline
}

// unit is the direction from a to b, which are two places.
func unit(a, b vec) (x, y float64) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	return (b.x - a.x) / length, (b.y - a.y) / length
}

// dashed draws a line of dashes, on pixels long with off pixels between.
func (cv *canvas) dashed(clip box, path []vec, wide, on, off float64, c color.Color) {
	for _, d := range dashes(path, on, off) {
		cv.stroke(clip, d, wide, c)
	}
}

// dashes cuts a path into its dashes, measured along the path.
func dashes(path []vec, on, off float64) [][]vec {
	var all [][]vec
	var dash []vec
	left, drawing := on, true
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		if drawing && dash == nil {
			dash = []vec{a}
		}
		for rest := math.Hypot(b.x-a.x, b.y-a.y); rest > left; {
			a = between(a, b, left/rest)
			rest = math.Hypot(b.x-a.x, b.y-a.y)
			if drawing {
				all = append(all, append(dash, a))
				dash, left = nil, off
			} else {
				dash, left = []vec{a}, on
			}
			drawing = !drawing
		}
		left -= math.Hypot(b.x-a.x, b.y-a.y)
		if drawing {
			dash = append(dash, b)
		}
	}
	if len(dash) > 1 {
		all = append(all, dash)
	}
	return all
}

func between(a, b vec, part float64) vec {
	return vec{a.x + (b.x-a.x)*part, a.y + (b.y-a.y)*part}
}

func disc(at vec, radius float64) []vec {
	const corners = 16
	p := make([]vec, corners)
	for i := range p {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / corners)
		p[i] = vec{at.x + radius*cos, at.y + radius*sin}
	}
	return p
}

func square(at vec, half float64) []vec {
	return []vec{{at.x - half, at.y - half}, {at.x - half, at.y + half}, {at.x + half, at.y + half}, {at.x + half, at.y - half}}
}

// hatching fills b with slanted stripes: the look of not knowing.
func (cv *canvas) hatching(b box) {
	const gap = 22
	tall := b.bottom - b.top
	var stripes [][]vec
	for x := b.left - tall; x < b.right; x += gap {
		stripes = append(stripes, ribbon([]vec{{x, b.bottom}, {x + tall, b.top}}, 1.5))
	}
	cv.fill(b, cv.colours.hatch, stripes...)
}

func round(f float64) int { return int(math.Round(f)) }
