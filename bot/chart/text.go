package chart

import (
	"image"
	"image/color"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A style is a weight and a size of the Go fonts.
type style int

const (
	headline style = iota
	figure
	strong
	name
	body
	small
	styles
)

var typefaces = sync.OnceValue(func() [2]*sfnt.Font {
	return [2]*sfnt.Font{mustParse(goregular.TTF), mustParse(gobold.TTF)}
})

func mustParse(ttf []byte) *sfnt.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
}

func newCanvas() *canvas {
	regular, bold := typefaces()[0], typefaces()[1]
	cv := &canvas{}
	cv.faces[headline] = mustFace(bold, 42)
	cv.faces[figure] = mustFace(bold, 36)
	cv.faces[name] = mustFace(regular, 36)
	cv.faces[strong] = mustFace(bold, 30)
	cv.faces[body] = mustFace(regular, 29)
	cv.faces[small] = mustFace(regular, 26)
	return cv
}

func mustFace(f *sfnt.Font, pixels float64) font.Face {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: pixels, DPI: 72})
	if err != nil {
		panic(err) // only for impossible options
	}
	return face
}

// write draws s with its left end at x, on the baseline y. s must come from
// readable, cut or this package.
func (cv *canvas) write(st style, s string, x, y float64, c color.Color) {
	d := font.Drawer{
		Dst: cv.img, Src: image.NewUniform(c), Face: cv.faces[st],
		Dot: fixed.Point26_6{X: fixed.I(round(x)), Y: fixed.I(round(y))},
	}
	d.DrawString(s)
}

// writeEnding draws s with its right end at x.
func (cv *canvas) writeEnding(st style, s string, x, y float64, c color.Color) {
	cv.write(st, s, x-cv.measure(st, s), y, c)
}

func (cv *canvas) measure(st style, s string) float64 {
	return float64(font.MeasureString(cv.faces[st], s)) / 64
}

// cut makes s readable and at most room pixels wide, ending in an ellipsis
// where something was left out.
func (cv *canvas) cut(st style, s string, room float64) string {
	s = cv.readable(s)
	if cv.measure(st, s) <= room {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		if t := strings.TrimRight(string(runes[:n]), " ") + "…"; cv.measure(st, t) <= room {
			return t
		}
	}
	return "…"
}

// longest is how much of a text is looked at: more than fits on any picture.
const longest = 240

// readable writes s in characters that the Go fonts have, on one line. What has
// no likeness becomes a box, so that a reader sees that something stands there.
func (cv *canvas) readable(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if r = cv.known(r); r < 0 {
			continue
		}
		if n++; n > longest {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// known is a character of the font that stands for r, or -1 for none.
func (cv *canvas) known(r rune) rune {
	switch {
	case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cc, unicode.Cf) || r >= 0x1f3fb && r <= 0x1f3ff:
		return -1 // accents of their own, joiners, directions, skin tones: nothing without their neighbours
	case cv.has(r):
		return r
	case r >= 0xff01 && r <= 0xff5e: // full-width ASCII
		return r - 0xff01 + '!'
	}
	if like, ok := likeness[r]; ok {
		return like
	}
	return '□'
}

var likeness = map[rune]rune{'‐': '-', '‑': '-', '‒': '–', '―': '—', '−': '–', '∙': '·', '⋅': '·', '、': ',', '。': '.'}

// has reports whether the Go fonts can draw r; the weights cover the same.
func (cv *canvas) has(r rune) bool {
	i, err := typefaces()[0].GlyphIndex(&cv.glyphs, r)
	return err == nil && i != 0
}
