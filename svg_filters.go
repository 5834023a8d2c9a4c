package main

// Weight vectors of more than two inputs, drawn as images: dark blue for negative weights, grey for none, bright yellow for
// positive ones. Lightness rises all the way, so the sign is there in greyscale too.

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strconv"
)

// strip is some units of one network.
type strip struct {
	Label string // "relu"; may be empty
	W     Mat    // (units × D)
}

// filterPicture draws each strip's units in their order, on a scale of its own, −limit to limit.
// The limit stands beside it; the 1 % of weights beyond it are drawn as if at it. note says which runs.
func filterPicture(strips []strip, note string) []byte {
	c := newCanvas("Weight vectors as images")
	left, columns, limit := margin, 8, 0.0
	for _, s := range strips {
		limit = percentile99(s.W.Data)
		if s.Label != "" {
			left = max(left, margin+textWidth(s.Label, textSize)+6)
		}
		if len(strips) > 1 || s.W.Rows > 32 {
			columns = 16
		}
	}
	if len(strips) == 1 {
		c.colourBar(aligned(-limit), "+"+aligned(limit))
	} else {
		c.colourBar("−limit", "+limit")
	}
	for _, s := range strips {
		c.strip(s, left, columns)
	}
	c.footnote("Units and their inputs in order, line by line. One weight in a hundred lies beyond the limit and is drawn as if at it.")
	c.footnote(note)
	return c.bytes()
}

// strip draws the images of s in one PNG, with a tooltip over each.
func (c *canvas) strip(s strip, left float64, columns int) {
	limit := percentile99(s.W.Data)
	if s.Label != "" {
		c.text(left-6, c.y+18, "end", s.Label)
		c.text(left-6, c.y+33, "end", "±"+aligned(limit), "font-size", smallSize, "fill", grey)
	}
	atlas, pitch := tiles(s.W, columns, limit)
	scale := (pageWidth - margin - left) / float64(columns*pitch-tileGap)
	width, height := scale*float64(atlas.Rect.Dx()), float64(scale*float64(atlas.Rect.Dy()))
	c.image(atlas, left, c.y, width, height)
	step, side := scale*float64(pitch), scale*float64(pitch-tileGap)
	for k := range s.W.Rows {
		c.add("rect", tip("unit "+strconv.Itoa(k)), "x", left+float64(step*float64(k%columns)),
			"y", c.y+float64(step*float64(k/columns)), "width", side, "height", side, "fill-opacity", 0.0)
	}
	c.y += height + 8
}

const tileGap = 2 // pixels between the images of an atlas

// tiles draws the rows of W as images, each in the smallest square that holds it, in the given number of columns;
// pitch is the distance from one image to the next.
func tiles(W Mat, columns int, limit float64) (atlas *image.Paletted, pitch int) {
	side := int(math.Ceil(math.Sqrt(float64(W.Cols))))
	pitch = side + tileGap
	lines := (W.Rows + columns - 1) / columns
	bounds := image.Rect(0, 0, min(columns, W.Rows)*pitch-tileGap, lines*pitch-tileGap)
	atlas = image.NewPaletted(bounds, palette())
	for k := range W.Rows {
		for i, w := range W.Row(k) {
			x, y := k%columns*pitch+i%side, k/columns*pitch+i/side
			atlas.SetColorIndex(x, y, shade(w, limit))
		}
	}
	return atlas, pitch
}

// shade is the palette's index for w: 1 at −limit, 128 at 0, 255 at limit; 0, white, for NaN.
func shade(w, limit float64) uint8 {
	if math.IsNaN(w) {
		return 0
	}
	return uint8(math.Floor(math.FMA(127, max(-1, min(1, w/limit)), 128.5)))
}

// palette runs in even steps from dark to bright through five colours; index 0 is white.
func palette() color.Palette {
	stops := [][3]int{{0, 32, 96}, {30, 96, 176}, {148, 148, 148}, {240, 178, 40}, {255, 250, 190}}
	p := color.Palette{color.RGBA{255, 255, 255, 255}}
	for i := range 255 {
		from, to, part := stops[i*4/254%5], stops[min(4, i*4/254+1)], i*4%254
		mix := func(j int) uint8 { return uint8((from[j]*(254-part) + to[j]*part) / 254) }
		p = append(p, color.RGBA{mix(0), mix(1), mix(2), 255})
	}
	return p
}

// image places a picture as a PNG data URI. It is stored, not compressed: 8 bits a pixel, and
// nothing that another release of Go's compressor would write otherwise. Inkscape knows xlink:href alone.
func (c *canvas) image(img image.Image, x, y, width, height float64) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, img); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	c.add("image", "", "x", x, "y", y, "width", width, "height", height,
		"preserveAspectRatio", "none", "style", "image-rendering:pixelated",
		"xlink:href", "data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes()))
}

// colourBar draws the scale with its ends named, and moves below it.
func (c *canvas) colourBar(low, high string) {
	bar := image.NewPaletted(image.Rect(0, 0, 255, 1), palette())
	for i := range 255 {
		bar.SetColorIndex(i, 0, uint8(i+1))
	}
	const left, right = 260.0, 460.0
	c.text(margin, c.y+10, "start", "weight of each input")
	c.image(bar, left, c.y, right-left, 12)
	c.text(left-6, c.y+10, "end", low)
	c.text(right+6, c.y+10, "start", high)
	c.text((left+right)/2, c.y+25, "middle", "0")
	c.y += 38
}

// percentile99 is the value that 99 in 100 of the magnitudes do not exceed; 1 if that is 0 or
// there are none.
func percentile99(values []float64) float64 {
	var magnitudes []float64
	for _, v := range values {
		if finite(v) {
			magnitudes = append(magnitudes, math.Abs(v))
		}
	}
	slices.Sort(magnitudes)
	if n := len(magnitudes); n > 0 && magnitudes[(99*n+99)/100-1] > 0 {
		return magnitudes[(99*n+99)/100-1]
	}
	return 1
}
