package app

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
)

// smaller is a PNG that looks the same, in less than half of the bytes.
func smaller(shot []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return nil, err
	}
	var small bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColours(img))
	return small.Bytes(), err
}

// fewColours is the picture in at most 256 colours: the most used, as far as
// they can be told apart.
func fewColours(img image.Image) *image.Paletted {
	counts := map[color.RGBA]int{}
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[opaque(img.At(x, y))]++
		}
	}
	used := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range used {
		if len(palette) < 256 && (len(palette) == 0 || apart(palette[palette.Index(c)], c)) {
			palette = append(palette, c)
		}
	}
	paletted := image.NewPaletted(bounds, palette)
	index := map[color.RGBA]uint8{}
	for c := range counts {
		index[c] = uint8(palette.Index(c))
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			paletted.SetColorIndex(x, y, index[opaque(img.At(x, y))])
		}
	}
	return paletted
}

func opaque(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}
}

// apart reports whether anybody can tell two colours from one another.
func apart(a, b color.Color) bool {
	one, other := opaque(a), opaque(b)
	square := func(x, y uint8) int { return (int(x) - int(y)) * (int(x) - int(y)) }
	return square(one.R, other.R)+square(one.G, other.G)+square(one.B, other.B) > 60
}
