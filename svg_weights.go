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

// strip is some units of one network.
type strip struct {
	label string // "relu"; may be empty
	W     Mat    // units × D
}

// picture is how a unit's D inputs are laid out: its colours, height × width each, stand side by
// side.
type picture struct {
	height, width, colours int
	interleaved            bool // the colours of a pixel follow each other, not the pixels of a colour
}

// pictureOf takes the shape of the data's rows: height × width, and colours first or last. Without
// one, it is the smallest square that holds them.
func pictureOf(shape []int, D int) picture {
	side := int(math.Ceil(math.Sqrt(float64(D))))
	switch {
	case len(shape) == 2:
		return picture{shape[0], shape[1], 1, false}
	case len(shape) == 3 && shape[2] <= 4:
		return picture{shape[0], shape[1], shape[2], true}
	case len(shape) == 3:
		return picture{shape[1], shape[2], shape[0], false}
	}
	return picture{side, side, 1, false}
}

func (p picture) String() string {
	colours := fmt.Sprintf(", %d colours side by side", p.colours)
	return fmt.Sprintf("%d × %d", p.height, p.width) + only(p.colours > 1, colours)
}

// at is the pixel of input i. There is one empty column between colours.
func (p picture) at(i int) (x, y int) {
	pixels := p.height * p.width
	pixel, colour := i%pixels, i/pixels
	if p.interleaved {
		pixel, colour = i/p.colours, i%p.colours
	}
	return pixel%p.width + colour*(p.width+1), pixel / p.width
}

// filterPicture draws each strip's units in their order, on a scale of its own, −limit to limit,
// which stands beside it: dark blue for negative weights, grey for 0, bright yellow for positive
// ones. Lightness rises all the way, so the sign is there in greyscale too. The 1 % of weights
// beyond the limit are drawn as if at it. shape is that of the data's rows.
func filterPicture(strips []strip, shape []int, note string) []byte {
	c := newCanvas("Weight vectors as images")
	layout, left := pictureOf(shape, strips[0].W.Cols), margin+60
	for _, s := range strips {
		left = max(left, margin+textWidth(s.label, textSize)+8)
	}
	for i, name := range []string{"−limit", "0", "+limit"} {
		c.key(name, func(x, y float64) {
			r, g, b, _ := palette()[1+127*i].RGBA()
			c.line(x-8, y, x+8, y, fmt.Sprintf("stroke-width:12;stroke:#%02x%02x%02x", r>>8, g>>8, b>>8))
		})
	}
	c.y += 26
	for _, s := range strips {
		c.strip(s, layout, left)
	}
	note = "Each image is " + layout.String() + ". One weight in a hundred is beyond the limit. " + note
	return c.bytes(note)
}

const (
	tileGap  = 2   // pixels between images
	tallest  = 200 // units, of an image
	perStrip = 16  // square images in a line
)

// strip draws the images of s in one PNG.
func (c *canvas) strip(s strip, p picture, left float64) {
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
	c.text(left-8, c.y+14, "end", s.label, "")
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

// palette runs in even steps from dark to bright through five colours; index 0 is white.
func palette() color.Palette {
	stops := [][3]int{{0, 32, 96}, {30, 96, 176}, {148, 148, 148}, {240, 178, 40}, {255, 250, 190}}
	p := color.Palette{color.White}
	for i := range 255 {
		from, to, part := stops[i*4/254], stops[min(4, i*4/254+1)], i*4%254
		mix := func(j int) uint8 { return uint8((from[j]*(254-part) + to[j]*part) / 254) }
		p = append(p, color.RGBA{mix(0), mix(1), mix(2), 255})
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

// plane is one network of two inputs.
type plane struct {
	activation string
	K          int
	trajectory []float64 // w₁, w₂, b of every unit at the start and after each epoch: (epochs+1)×K×3
}

// unit is w₁, w₂, b of unit k after the given epoch.
func (p plane) unit(epoch, k int) [3]float64 { return [3]float64(p.trajectory[3*(epoch*p.K+k):]) }

// last is the number of epochs.
func (p plane) last() int { return len(p.trajectory)/(3*p.K) - 1 }

// units are those that did not diverge; longest is the largest coordinate that a w of them ever
// had.
func (p plane) units() (units []int, longest float64) {
	for k := range p.K {
		length, largest := 0.0, 0.0 // NaN if any number is
		for epoch := range p.last() + 1 {
			u := p.unit(epoch, k)
			length = max(length, math.Abs(u[0]), math.Abs(u[1]))
			largest = max(largest, length, math.Abs(u[2]))
		}
		if largest <= 1e100 {
			units, longest = append(units, k), max(longest, length)
		}
	}
	return units, longest
}

const (
	dotted = "stroke:#c4c4c4;stroke-width:2.6;stroke-linecap:round"
	thin   = "stroke-width:0.8;stroke-opacity:0.6;stroke:"
)

// planePicture draws each plane as a square panel: the data, of which about 800 rows, each unit's w
// as an arrow with the way that its tip came in training, and the line w·x + b = 0.
func planePicture(planes []plane, data Set, note string) []byte {
	c := newCanvas("Weight vectors, and the lines w·x + b = 0, over the data")
	c.key("data", func(x, y float64) {
		c.path(dots([][2]float64{{x - 8, y + 3}, {x, y - 4}, {x + 7, y + 1}}), dotted)
	})
	c.key("w of a unit", func(x, y float64) { c.arrow([2]float64{x - 13, y}, [2]float64{x + 13, y}, grey) })
	c.key("its way in training", func(x, y float64) { c.way([][2]float64{{x - 10, y}, {x + 13, y}}, grey) })
	c.key("w·x + b = 0", func(x, y float64) { c.line(x-13, y, x+13, y, thin+grey) })
	var points [][2]float64
	reach := 0.0
	for n := 0; n < data.N; n += max(1, (data.N+799)/800) {
		x := [2]float64(data.dense(n))
		points, reach = append(points, x), max(reach, math.Abs(x[0]), math.Abs(x[1]))
	}
	columns := min(len(planes), 3)
	side := min(400, (pageWidth-margin)/float64(columns)-48)
	for i, f := range c.layout(len(planes), columns, 0, 36, side) {
		f.right = f.left + side
		c.plane(planes[i], f, points, 1.1*cmp.Or(reach, 1))
	}
	return c.bytes(note)
}

// plane draws p in f, −reach…reach of both inputs. Arrows are drawn at their length or, if that is
// more than the panel or less than a quarter of it, as many times as long as the panel's title
// says.
func (c *canvas) plane(p plane, f frame, points [][2]float64, reach float64) {
	units, longest := p.units()
	c.hidden += p.K - len(units)
	title, stretch := p.activation, 1.0
	if fit := longest / reach; fit > 0.95 || 0 < fit && fit < 0.25 {
		step, _ := niceStep(fit / 0.95)
		stretch = 1 / step
		title += "; w ×" + short(stretch)
	}
	c.panelTitle(f, title)
	both := newScale(quantity{}, []float64{-reach, reach}, 4)
	across, up := both.over(f.left, f.right), both.over(f.bottom, f.top)
	c.axisX(f, across)
	c.axisY(f, up)
	at := func(x, y float64) [2]float64 { return [2]float64{across.at(x), up.at(y)} }
	tip := func(u [3]float64) [2]float64 { return at(u[0]*stretch, u[1]*stretch) }
	var data [][2]float64
	for _, x := range points {
		data = append(data, at(x[0], x[1]))
	}
	c.path(dots(data), dotted)
	colour := markOf(p.activation).colour
	// What is outside of an inner svg element is not drawn.
	fmt.Fprintf(&c.body, `<svg x="%s" y="%s" width="%s" height="%[3]s" viewBox="%[1]s %[2]s %[3]s %[3]s">`+"\n",
		num(f.left), num(f.top), num(f.right-f.left))
	for _, k := range units {
		if from, to, ok := boundary(p.unit(p.last(), k), reach); ok {
			c.path(line([][2]float64{at(from[0], from[1]), at(to[0], to[1])}), thin+colour)
		}
		var way [][2]float64
		for epoch := 0; epoch < p.last(); epoch += max(1, p.last()/30) {
			way = append(way, tip(p.unit(epoch, k)))
		}
		c.way(append(way, tip(p.unit(p.last(), k))), colour)
	}
	for _, k := range units {
		c.arrow(at(0, 0), tip(p.unit(p.last(), k)), colour)
	}
	c.body.WriteString("</svg>\n")
}

// boundary returns two points of the line w·x + b = 0 that are beyond the square −reach…reach, to
// either side of the point next to the origin, −b w/|w|²; ok is false if the line does not come
// near the square.
func boundary(u [3]float64, reach float64) (from, to [2]float64, ok bool) {
	square := math.FMA(u[0], u[0], float64(u[1]*u[1]))
	length := math.Sqrt(square)
	if !(math.Abs(u[2]) <= 1.5*reach*length) || square == 0 {
		return from, to, false
	}
	x, y := -u[2]*u[0]/square, -u[2]*u[1]/square
	dx, dy := float64(-u[1]/length*2*reach), float64(u[0]/length*2*reach)
	return [2]float64{x - dx, y - dy}, [2]float64{x + dx, y + dy}, true
}

// way draws a path faintly, from a hollow dot.
func (c *canvas) way(points [][2]float64, colour string) {
	c.path(line(points), "fill:none;stroke-opacity:0.45;stroke:"+colour)
	c.mark(mark{colour: colour, fill: "white"}, points[0][0], points[0][1], 2.2)
}

// arrow draws an arrow with its head at to.
func (c *canvas) arrow(from, to [2]float64, colour string) {
	c.line(from[0], from[1], to[0], to[1], "stroke-width:1.6;stroke:"+colour)
	dx, dy := to[0]-from[0], to[1]-from[1]
	if length := math.Sqrt(math.FMA(dx, dx, float64(dy*dy))); length > 0 {
		dx, dy = dx/length, dy/length
		barb := func(side float64) [2]float64 {
			x, y := math.FMA(-8, dx, to[0]), math.FMA(-8, dy, to[1])
			return [2]float64{math.FMA(side, dy, x), math.FMA(-side, dx, y)}
		}
		c.path(line([][2]float64{to, barb(3.4), barb(-3.4)})+"Z", "fill:"+colour)
	}
}
