// Package chart draws a [chat.Chart] as a PNG, in process.
//
// It promises a picture for every chart: one panel becomes a large burn-down,
// several become a grid, bars stand below each other. The same chart and options give the same bytes. What
// is not known is never drawn: a break stays a gap, a value that is no number
// counts as a break, and a panel without a point is hatched and says so. Colour
// only repeats what a number, a word or a sign says already.
//
// It refuses to know budgets, windows, or what time it is: all of that is in
// the chart, and times are written in the zone of the panel's From.
package chart

import (
	"bytes"
	"errors"
	"image/png"
	"sync"

	"cresset/bot/chat"
)

// Options is how a picture looks.
type Options struct {
	Dark bool // for dark backgrounds
	Card bool // small, of the first panel alone, to stand below its name and value
}

// width is that of every picture, in pixels: twice the 960 that chats show.
const width = 1920

// PNG draws c. The picture is 1920 pixels wide and as high as it needs; a card is
// [CardWide] by [CardHigh]. The only chart that cannot be drawn is a nil one.
func PNG(c *chat.Chart, o Options) ([]byte, error) {
	if c == nil {
		return nil, errors.New("draw a chart: there is none")
	}
	cv := canvases.Get().(*canvas)
	defer canvases.Put(cv)
	cv.colours = light
	if o.Dark {
		cv.colours = dark
	}
	first := &chat.Panel{}
	if len(c.Panels) > 0 {
		first = &c.Panels[0]
	}
	switch {
	case o.Card:
		cv.card(first)
	case len(c.Bars) > 0:
		cv.bars(c)
	case len(c.Panels) < 2:
		cv.burnDown(c, first)
	default:
		cv.grid(c)
	}
	return cv.encode()
}

var canvases = sync.Pool{New: func() any { return newCanvas() }}

func (cv *canvas) encode() ([]byte, error) {
	cv.out.Reset()
	e := png.Encoder{BufferPool: (*oneBuffer)(cv)}
	if err := e.Encode(&cv.out, cv.indexed()); err != nil {
		return nil, err
	}
	return bytes.Clone(cv.out.Bytes()), nil
}

// oneBuffer lends the canvas's encoder state to package png.
type oneBuffer canvas

func (b *oneBuffer) Get() *png.EncoderBuffer  { return b.encoder }
func (b *oneBuffer) Put(e *png.EncoderBuffer) { b.encoder = e }
