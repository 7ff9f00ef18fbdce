package chart

import (
	"image/color"

	"cresset/bot/chat"
)

// A palette is the colours of one background. Every colour that writes words
// has a contrast of at least 4.5 to paper.
type palette struct {
	paper, ink, muted, rule, base, hatch color.RGBA
	good, warning, danger, neutral       color.RGBA
	wash                                 uint8 // opacity of an area under its line
}

var light = palette{
	paper: rgb(0xffffff), ink: rgb(0x1f2937), muted: rgb(0x626b79), rule: rgb(0xe3e6ea), base: rgb(0xc5cad1), hatch: rgb(0xe9ebee),
	good: rgb(0x15803d), warning: rgb(0xb45f06), danger: rgb(0xd62424), neutral: rgb(0x2f66a8),
	wash: 34,
}

var dark = palette{
	paper: rgb(0x1a1d21), ink: rgb(0xe6e8eb), muted: rgb(0x9da5b0), rule: rgb(0x31363d), base: rgb(0x4b525b), hatch: rgb(0x2a2e34),
	good: rgb(0x4cb87a), warning: rgb(0xdea13c), danger: rgb(0xf07970), neutral: rgb(0x7fb0e6),
	wash: 40,
}

func (p palette) tone(t chat.Tone) color.RGBA {
	switch t {
	case chat.Good:
		return p.good
	case chat.Warning:
		return p.warning
	case chat.Danger:
		return p.danger
	default:
		return p.neutral
	}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// faint is c at the given opacity.
func faint(c color.RGBA, opacity uint8) color.NRGBA {
	return color.NRGBA{c.R, c.G, c.B, opacity}
}
