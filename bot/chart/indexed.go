package chart

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// indexed is the picture in at most 256 colours, which halves the PNG. What has
// an area is exact; a pixel on a soft edge may take a shade that nobody can tell
// from its own.
func (cv *canvas) indexed() *image.Paletted {
	counts := cv.count()
	byUse := func(a, b uint32) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) }
	used := slices.SortedFunc(maps.Keys(counts), byUse)
	kept := spread(used)
	index := make(map[uint32]uint8, len(used))
	for _, c := range used {
		index[c] = nearest(kept, c)
	}
	return cv.mapped(kept, index)
}

// spread is the first 256 of colours that are apart enough to be told apart.
func spread(colours []uint32) []uint32 {
	const enough = 60
	var kept []uint32
	for _, c := range colours {
		if len(kept) < 256 && (len(kept) == 0 || distance(kept[nearest(kept, c)], c) >= enough) {
			kept = append(kept, c)
		}
	}
	return kept
}

// count is how many pixels have each colour, as pixel gives it.
func (cv *canvas) count() map[uint32]int {
	counts := map[uint32]int{}
	pix := cv.img.Pix
	for i := 0; i < len(pix); {
		c, start := pixel(pix, i), i
		for i += 4; i < len(pix) && pixel(pix, i) == c; i += 4 {
		}
		counts[c] += (i - start) / 4
	}
	return counts
}

func (cv *canvas) mapped(kept []uint32, index map[uint32]uint8) *image.Paletted {
	pix := cv.img.Pix
	if n := len(pix) / 4; cap(cv.indices) < n {
		cv.indices = make([]uint8, n)
	}
	m := &image.Paletted{Pix: cv.indices[:len(pix)/4], Stride: width, Rect: cv.img.Rect}
	for _, c := range kept {
		m.Palette = append(m.Palette, color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff})
	}
	last, at := kept[0], index[kept[0]]
	for i := range m.Pix {
		if c := pixel(pix, 4*i); c != last {
			last, at = c, index[c]
		}
		m.Pix[i] = at
	}
	return m
}

// pixel is the colour at pix[i:] as 0xrrggbb; every pixel is opaque.
func pixel(pix []uint8, i int) uint32 {
	return uint32(pix[i])<<16 | uint32(pix[i+1])<<8 | uint32(pix[i+2])
}

func nearest(colours []uint32, c uint32) uint8 {
	best, least := 0, 1<<30
	for i, k := range colours {
		if d := distance(k, c); d < least {
			best, least = i, d
		}
	}
	return uint8(best)
}

// distance is the square of how far two colours are apart.
func distance(a, b uint32) int {
	r, g, bl := channel(a, b, 16), channel(a, b, 8), channel(a, b, 0)
	return r*r + g*g + bl*bl
}

func channel(a, b uint32, shift int) int { return int(a>>shift&0xff) - int(b>>shift&0xff) }
