package main

// Pictures of weights: as images, or as vectors over data in the plane.

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
)

// vectors are the weights of some units of one network.
type vectors struct {
	activation string // may be empty
	W          Mat    // units × D
	// trajectory is w₁, w₂, b of every unit at the start and after each epoch, (epochs+1)×units×3, for D = 2.
	trajectory []float64
}

// picture is how a unit's D inputs are laid out: its colours, height × width each, stand side by
// side.
type picture struct {
	height, width, colours int
	last                   bool // a pixel's colours follow each other, not a colour's pixels
}

// pictureOf takes the shape of the data's rows: height × width, and colours first or last, which are the
// fewer of the two. Without one, it is the smallest square that holds them, less its empty lines.
func pictureOf(shape []int, D int) picture {
	side := int(math.Ceil(math.Sqrt(float64(D))))
	switch {
	case len(shape) < 2:
		return picture{(D + side - 1) / side, side, 1, false}
	case len(shape) == 2:
		return picture{shape[0], shape[1], 1, false}
	case shape[2] <= shape[0]:
		return picture{shape[0], shape[1], shape[2], true}
	}
	return picture{shape[1], shape[2], shape[0], false}
}

// at is the pixel of input i. There is one empty column between colours.
func (p picture) at(i int) (x, y int) {
	pixel, colour := i%(p.height*p.width), i/(p.height*p.width)
	if p.last {
		pixel, colour = i/p.colours, i%p.colours
	}
	return pixel%p.width + colour*(p.width+1), pixel / p.width
}

// filterPicture draws each network's units in their order, on a scale of its own, −limit to limit,
// which stands beside it: blue for negative weights, grey for 0, yellow for positive ones.
// Lightness rises all the way, so the sign is there in greyscale too. shape is that of the data's
// rows.
func filterPicture(all []vectors, shape []int, note string) []byte {
	c := newCanvas("Weight vectors as images")
	layout, left := pictureOf(shape, all[0].W.Cols), margin+60
	for _, s := range all {
		left = max(left, margin+textWidth(s.activation, textSize)+8)
	}
	for i, name := range []string{"−limit", "0", "+limit"} {
		c.key(name, func(x, y float64) {
			shade := palette()[1+127*i].(color.RGBA)
			c.line(x-8, y, x+8, y, fmt.Sprintf("stroke-width:12;stroke:#%02x%02x%02x", shade.R, shade.G, shade.B))
		})
	}
	c.y += 26
	for _, s := range all {
		s.W = s.W.head(min(s.W.Rows, max(1, mostDrawn/len(all)/s.W.Cols)))
		c.strip(s, layout, left)
	}
	colours := only(layout.colours > 1, ", "+plural(layout.colours, "colour")+" side by side")
	return c.bytes(fmt.Sprintf("A unit's inputs are in %s of %d%s. Weights beyond the limit, 1 in 100, are drawn "+
		"as if at it. %s",
		plural(layout.height, "line"), layout.width, colours, note))
}

const (
	mostDrawn = 512 * 784 // weights of all networks; of each are drawn the first units
	tileGap   = 2         // pixels between images
	tallest   = 200       // units, of an image
	perStrip  = 16        // square images in a line
)

// strip draws the images of s in one PNG.
func (c *canvas) strip(s vectors, p picture, left float64) {
	limit := percentile99(s.W.Data)
	width, height := p.colours*(p.width+1)-1, p.height
	columns := max(1, min(s.W.Rows, perStrip*height/width))
	lines := (s.W.Rows + columns - 1) / columns
	size := image.Rect(0, 0, columns*(width+tileGap)-tileGap, lines*(height+tileGap)-tileGap)
	atlas := image.NewPaletted(size, palette())
	for k := range s.W.Rows {
		for i, w := range s.W.Row(k) {
			x, y := p.at(i)
			atlas.SetColorIndex(x+k%columns*(width+tileGap), y+k/columns*(height+tileGap), shade(w, limit))
		}
	}
	c.text(left-8, c.y+14, "end", s.activation, "")
	c.small(left-8, c.y+29, "end", "±"+aligned(limit))
	scale := min((pageWidth-margin-left)/float64(size.Dx()), tallest/float64(height))
	c.image(atlas, left, c.y, scale)
	c.y += float64(scale*float64(size.Dy())) + 8
}

// shade is the palette's index for w: 1 at −limit, 128 at 0, 255 at limit; 0, white, for NaN.
func shade(w, limit float64) uint8 {
	if math.IsNaN(w) {
		return 0
	}
	return uint8(math.Floor(math.FMA(127, max(-1, min(1, w/limit)), 128.5)))
}

// palette runs in even steps from blue through grey to yellow; index 0 is white.
func palette() color.Palette {
	p := color.Palette{color.White}
	for i := range 255 {
		p = append(p, color.RGBA{uint8(i), uint8(32 + i*3/4), uint8(144 - i/8), 255})
	}
	return p
}

// image places a picture as a PNG data URI, a pixel scale units wide. It is stored, not compressed:
// nothing in it that another release of Go's compressor would write otherwise. Inkscape knows
// xlink:href alone.
func (c *canvas) image(img image.Image, x, y, scale float64) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, img); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	size := img.Bounds().Size()
	fmt.Fprintf(&c.body, `<image x="%s" y="%s" width="%s" height="%s" style="image-rendering:pixelated" `+
		`xlink:href="data:image/png;base64,%s"/>`+"\n", num(x), num(y),
		num(scale*float64(size.X)), num(scale*float64(size.Y)), base64.StdEncoding.EncodeToString(b.Bytes()))
}

// percentile99 is the value that 99 in 100 of the magnitudes do not exceed; 1 if that is 0 or there
// are none.
func percentile99(values []float64) float64 {
	magnitudes := []float64{0}
	for _, v := range values {
		if finite(v) {
			magnitudes = append(magnitudes, math.Abs(v))
		}
	}
	slices.Sort(magnitudes)
	return cmp.Or(magnitudes[99*len(magnitudes)/100], 1)
}

// ways are w₁, w₂, b after each epoch, of every unit that did not diverge; longest is the largest
// coordinate that a w of them ever had.
func (p vectors) ways() (ways [][][3]float64, longest float64) {
	for k := range p.W.Rows {
		var way [][3]float64
		length, largest := 0.0, 0.0 // NaN if any number is
		for t := 3 * k; t < len(p.trajectory); t += 3 * p.W.Rows {
			u := [3]float64(p.trajectory[t:])
			way = append(way, u)
			length = max(length, math.Abs(u[0]), math.Abs(u[1]))
			largest = max(largest, length, math.Abs(u[2]))
		}
		if largest <= 1e100 {
			ways, longest = append(ways, way), max(longest, length)
		}
	}
	return ways, longest
}

// stretch is how many times as long as they are arrows are drawn: 1, unless the longest would be
// more than the panel, −reach…reach, or less than a quarter of it.
func (p vectors) stretch(reach float64) float64 {
	_, longest := p.ways()
	if fit := longest / reach; fit > 0.95 || 0 < fit && fit < 0.25 {
		return 1 / niceStep(fit/0.95)
	}
	return 1
}

const thin = "stroke-width:0.8;stroke-opacity:0.6;stroke:"

// planePicture draws each network as a square panel: the data, of which about 800 rows, each unit's w
// as an arrow with the way that its tip came in training, and the line w·x + b = 0. The panel's
// title says where arrows are not at their length.
func planePicture(all []vectors, data Set, note string) []byte {
	c := newCanvas("Weight vectors, and the lines w·x + b = 0, over the data")
	const dotted = "stroke:#c4c4c4;stroke-width:2.6;stroke-linecap:round"
	c.key("data", func(x, y float64) {
		c.stamps(speck, dotted, point{x - 8, y + 3}, point{x, y - 4}, point{x + 7, y + 1})
	})
	c.key("w of a unit", func(x, y float64) { c.arrow(point{x - 13, y}, point{x + 13, y}, grey) })
	c.key("its way in training", func(x, y float64) { c.way(grey, point{x - 10, y}, point{x + 13, y}) })
	c.key("w·x + b = 0", func(x, y float64) { c.line(x-13, y, x+13, y, thin+grey) })
	var rows []point
	reach := 0.0
	for n := 0; n < data.N; n += max(1, (data.N+799)/800) {
		x := point(data.dense(n))
		rows, reach = append(rows, x), max(reach, math.Abs(x[0]), math.Abs(x[1]))
	}
	reach = 1.1 * cmp.Or(reach, 1)
	var titles []string
	for _, p := range all {
		stretch := p.stretch(reach)
		titles = append(titles, p.activation+only(stretch != 1, "; w ×"+short(stretch)))
	}
	side := min(400, (pageWidth-margin)/float64(min(len(all), 3))-48)
	both := newScale(quantity{}, []float64{-reach, reach})
	for i, f := range c.layout(titles, 0, 36, side) {
		f.right = f.left + side
		across, up := both.over(f.left, f.right), both.over(f.bottom, f.top)
		c.axisX(f, across)
		c.axisY(f, up)
		at := func(x, y float64) point { return point{across.at(x), up.at(y)} }
		var data []point
		for _, x := range rows {
			data = append(data, at(x[0], x[1]))
		}
		c.stamps(speck, dotted, data...)
		// What is outside of an inner svg element is not drawn.
		fmt.Fprintf(&c.body, `<svg x="%s" y="%s" width="%s" height="%[3]s" viewBox="%[1]s %[2]s %[3]s %[3]s">`+"\n",
			num(f.left), num(f.top), num(side))
		c.units(all[i], reach, at)
		c.body.WriteString("</svg>\n")
	}
	return c.bytes(note)
}

// units draws those of p. at is the position of a point −reach…reach.
func (c *canvas) units(p vectors, reach float64, at func(x, y float64) point) {
	ways, _ := p.ways()
	c.hidden += p.W.Rows - len(ways)
	colour, stretch := markOf(activationNames, p.activation).colour, p.stretch(reach)
	tip := func(u [3]float64) point { return at(u[0]*stretch, u[1]*stretch) }
	for _, way := range ways {
		last := way[len(way)-1]
		if from, to, ok := boundary(last, reach); ok {
			c.path(line(at(from[0], from[1]), at(to[0], to[1])), thin+colour)
		}
		var tips []point
		for epoch := 0; epoch < len(way)-1; epoch += max(1, len(way)/30) {
			tips = append(tips, tip(way[epoch]))
		}
		c.way(colour, append(tips, tip(last))...)
	}
	for _, way := range ways {
		c.arrow(at(0, 0), tip(way[len(way)-1]), colour)
	}
}

// boundary returns two points of the line w·x + b = 0 that are beyond the square −reach…reach, to
// either side of the point next to the origin, −b w/|w|²; ok is false if the line does not come
// near the square.
func boundary(u [3]float64, reach float64) (from, to [2]float64, ok bool) {
	length := math.Sqrt(math.FMA(u[0], u[0], float64(u[1]*u[1])))
	x, y, off := u[0]/length, u[1]/length, -u[2]/length
	end := func(along float64) [2]float64 {
		return [2]float64{math.FMA(off, x, -float64(along*y)), math.FMA(off, y, float64(along*x))}
	}
	return end(-2 * reach), end(2 * reach), math.Abs(off) <= 1.5*reach // not if w is 0
}

// way draws a path faintly, from a hollow dot.
func (c *canvas) way(colour string, points ...point) {
	c.path(line(points...), "fill:none;stroke-opacity:0.45;stroke:"+colour)
	c.stamps(ring, "fill:white;stroke:"+colour, points[0])
}

// arrow draws an arrow with its head at to.
func (c *canvas) arrow(from, to point, colour string) {
	c.path(line(from, to), "stroke-width:1.6;stroke:"+colour)
	dx, dy := to[0]-from[0], to[1]-from[1]
	if length := math.Sqrt(math.FMA(dx, dx, float64(dy*dy))); length > 0 {
		dx, dy = dx/length, dy/length
		head := fmt.Sprintf("l%s,%sl%s,%sz", num(math.FMA(-8, dx, -float64(3.4*dy))),
			num(math.FMA(-8, dy, float64(3.4*dx))), num(6.8*dy), num(-6.8*dx))
		c.stamps(head, "fill:"+colour, to)
	}
}
