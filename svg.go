package main

// What all figures are drawn with: text, marks, legends, panels, and the scales along their axes.
//
// A figure is 720 units wide, and its smallest text is 11 units high. It has a background of its
// own, its style is in attributes, and it has no ids, so that figures can share an HTML page.
// Coordinates come from arithmetic that no compiler fuses and are written with two decimals, so a
// figure has the same bytes on every platform.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	pageWidth = 720.0
	margin    = 12.0
	textSize  = 12.0
	smallSize = 11.0

	ink   = "#222222"
	grey  = "#6b6b6b"
	faint = "#dddddd"
)

// canvas is a figure being drawn: it is filled down to y, and the legend's line that begins there
// up to x.
type canvas struct {
	body   strings.Builder
	title  string
	x, y   float64
	hidden int // values that an axis could not show
}

// newCanvas starts a figure, with its title in bold.
func newCanvas(title string) *canvas {
	c := &canvas{title: title, x: margin, y: margin}
	for _, line := range wrap(title, pageWidth-2*margin, 1.1*textSize) {
		c.text(margin, c.y+12, "start", line, "font-weight:bold")
		c.y += 16
	}
	c.y += 6
	return c
}

// bytes returns the whole SVG document, with a note in small type at its end.
func (c *canvas) bytes(note string) []byte {
	if c.hidden > 0 {
		note = strings.TrimSpace(note + " Not on the axes: " + plural(c.hidden, "value") + ".")
	}
	for _, line := range wrap(note, pageWidth-2*margin, smallSize) {
		c.y += 15
		c.small(margin, c.y, "start", line)
	}
	width, height := num(pageWidth), num(c.y+margin)
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" `+
		`width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" font-family="sans-serif" font-size="%s" fill="%s" `+
		`role="img" aria-label="%s"><title>%[5]s</title>`+
		"\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n%s</svg>\n",
		width, height, num(textSize), ink, escape(c.title), c.body.String())
}

// text writes s at (x, y); anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor, s, style string) {
	fmt.Fprintf(&c.body, `<text x="%s" y="%s" text-anchor="%s" style="%s">%s</text>`+"\n",
		num(x), num(y), anchor, style, escape(s))
}

func (c *canvas) small(x, y float64, anchor, s string) { c.text(x, y, anchor, s, "font-size:11px") }

// path draws d, an SVG path, filled or stroked as the style says.
func (c *canvas) path(d, style string) {
	if d != "" {
		fmt.Fprintf(&c.body, `<path d="%s" style="%s"/>`+"\n", d, style)
	}
}

func (c *canvas) line(x0, y0, x1, y1 float64, style string) {
	c.path(line(point{x0, y0}, point{x1, y1}), style)
}

// point is x and y; NaN is no position.
type point [2]float64

func (p point) isGap() bool { return math.IsNaN(p[0]) || math.IsNaN(p[1]) }

// line is the path from the first point to the next and on, with gaps.
func line(points ...point) (d string) {
	next := "M"
	for _, p := range points {
		if p.isGap() {
			next = "M"
			continue
		}
		d += next + num(p[0]) + "," + num(p[1])
		next = "L"
	}
	return d
}

// stamps draws a shape, a path relative to its middle, about each point.
func (c *canvas) stamps(shape, style string, points ...point) {
	d := ""
	for _, p := range points {
		d += line(p) + shape
	}
	c.path(d, style)
}

// num formats a coordinate: at most two decimals, no trailing zeros, no −0.
func num(x float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

// textWidth is about the width of s in DejaVu Sans, the widest of the usual sans-serif faces.
func textWidth(s string, size float64) (width float64) {
	for _, r := range s {
		switch {
		case strings.ContainsRune("fijlrt.,:;|'()[]⁻⁰¹²³⁴⁵⁶⁷⁸⁹ ", r):
			width += 0.42
		case strings.ContainsRune("mwMW%→−×=", r):
			width += 0.88
		default:
			width += 0.63
		}
	}
	return float64(width * size)
}

// wrap breaks s between words into lines no wider than width, if no word is.
func wrap(s string, width, size float64) (lines []string) {
	for _, word := range strings.Fields(s) {
		last := len(lines) - 1
		if last >= 0 && textWidth(lines[last]+" "+word, size) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// mark is how something looks. It has a shape, drawn at values, or a dash, of a line, or both.
type mark struct {
	name, colour, dash, shape string
	fill                      string // of the shape, if that is not the colour
}

const (
	speck = "h0" // with round ends
	ring  = "m-2.2,0a2.2,2.2 0 1 1 4.4,0a2.2,2.2 0 1 1 -4.4,0z"
)

// marks are taken in their order by the objectives, by the activations and by the conditions of
// stacks; what is beyond the last begins anew, so a list needs no more of them than it has names.
// The colours, of Okabe and Ito (2008), survive colour blindness, the shapes and dashes greyscale.
// Of their eight, yellow #f0e442 is left, which is hard to see on white.
var marks = []mark{
	// a square, a diamond, a triangle, one that points down, an upright bar, a cross and a ring
	{colour: ink, dash: "none", shape: "m-3.4-3.4h6.8v6.8h-6.8z"},
	{colour: "#d55e00", dash: "8 3", shape: "m0-5.1l5.1,5.1l-5.1,5.1l-5.1-5.1z"},
	{colour: "#0072b2", dash: "10 3 2 3", shape: "m0-4.6l4.4,7.8h-8.8z"},
	{colour: "#56b4e9", dash: "4 2", shape: "m0,4.6l4.4-7.8h-8.8z"},
	{colour: "#e69f00", dash: "2 2", shape: "m-1.5-5.3h3v10.6h-3z"},
	{colour: "#009e73", dash: "10 2 2 2 2 2", shape: "m-1.5-4.6h3v3.1h3.1v3h-3.1v3.1h-3v-3.1h-3.1v-3h3.1z"},
	{colour: "#cc79a7", dash: "6 2", shape: "m-3.8,0a3.8,3.8 0 1 1 7.6,0a3.8,3.8 0 1 1 -7.6,0z"},
}

// markOf is the mark of one of a list of names.
func markOf(names []string, name string) mark {
	m := marks[slices.Index(names, name)%len(marks)]
	m.name = name
	return m
}

// mark draws m at each point; without a dash faintly, because such points are many.
func (c *canvas) mark(m mark, points ...point) {
	style := "fill:" + cmp.Or(m.fill, m.colour)
	if m.dash == "" {
		style += ";fill-opacity:0.6"
	} else {
		style += ";stroke:" + m.colour
	}
	c.stamps(m.shape, style, points...)
}

// key adds an entry to the legend: a sample, drawn about (x, y) and up to 26 units wide, and its
// name.
func (c *canvas) key(name string, sample func(x, y float64)) {
	width := 32 + textWidth(name, textSize) + 12
	if c.x > margin && c.x+width > pageWidth {
		c.x, c.y = margin, c.y+18
	}
	sample(c.x+13, c.y+6)
	c.text(c.x+32, c.y+10, "start", name, "")
	c.x += width
}

// quantity is what an axis shows.
type quantity struct {
	title   string
	better  int  // +1 higher, −1 lower, 0 neither
	log     bool // logarithmic: values ≤ 0 cannot be shown
	setting bool // its ticks are at its values
	percent bool // its axis runs from 0 to 100
}

func (q quantity) label() string {
	better := map[int]string{+1: ", higher is better", -1: ", lower is better"}[q.better]
	return q.title + better + only(q.log, ", log scale")
}

// along is v, or its logarithm, and NaN if v cannot be shown: an infinite value, or what would
// overflow a difference.
func (q quantity) along(v float64) float64 {
	switch {
	case math.Abs(v) > 1e300, q.log && v < 1e-300:
		return math.NaN()
	case q.log:
		return log(v)
	}
	return v
}

// scale maps the values lo…hi of a quantity to from…to.
type scale struct {
	quantity
	lo, hi, from, to float64
	ticks            []float64
}

// newScale spans those of the values that q can show. Values that are equal to nine digits stand in
// its middle, zeros at its start. It has two ticks at least, unless it is of a setting.
func newScale(q quantity, values []float64) scale {
	values = slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(q.along(v)) })
	if q.percent {
		values = append(values, 0, 100)
	}
	if len(values) == 0 {
		values = []float64{1}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	lo, hi := values[0], values[len(values)-1]
	switch size := max(math.Abs(lo), math.Abs(hi)); {
	case size < 1e-300: // a share of it would underflow
		lo, hi = 0, 1
	case hi-lo <= 1e-9*size:
		lo, hi = lo-size/10, hi+size/10
	}
	s := scale{quantity: q, lo: lo, hi: hi}
	if q.setting && len(values) <= 8 {
		s.ticks = values
	} else if q.log {
		s.ticks = powersOfTen(lo, hi)
	}
	if s.ticks == nil || !q.setting && len(s.ticks) < 2 {
		s.ticks = multiples(lo, hi)
	}
	return s
}

// over returns s from one position to another.
func (s scale) over(from, to float64) scale {
	s.from, s.to = from, to
	return s
}

// at is the position of v, NaN if it has none.
func (s scale) at(v float64) float64 {
	lo := s.along(s.lo)
	return math.FMA((s.along(v)-lo)/(s.along(s.hi)-lo), s.to-s.from, s.from)
}

const tickCount = 5 // about; with five steps between lo and hi, two ticks at least are in lo…hi

// multiples returns those of 1, 2 or 5 × 10ᵉ in lo…hi.
func multiples(lo, hi float64) (ticks []float64) {
	step := niceStep((hi - lo) / tickCount)
	const slack = 0.05 // of a step: the tick of a value that is nearly round, as 100 where it ends at 99.9
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		ticks = append(ticks, float64(i*step))
	}
	return ticks
}

// powersOfTen returns those in lo…hi, or every second of them, or third, …
func powersOfTen(lo, hi float64) (ticks []float64) {
	first, last := exponent(lo, 7), exponent(hi, 7)
	for e := first; e <= last; e += (last-first)/(tickCount+1) + 1 {
		if v := scientific("1", e); lo <= v && v <= hi {
			ticks = append(ticks, v)
		}
	}
	return ticks
}

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x.
func niceStep(x float64) (step float64) {
	for _, m := range []string{"1", "2", "5", "10"} {
		if step = scientific(m, exponent(x, 7)); step >= x {
			break
		}
	}
	return step
}

// scientific is m × 10ᵉ, rounded once, on every platform.
func scientific(m string, e int) float64 {
	v, _ := strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
	return v
}

func tickLabel(v float64) string { return readable(strconv.FormatFloat(v, 'g', 6, 64)) }

// frame is the plotting area of one panel.
type frame struct{ left, top, right, bottom float64 }

// layout places panels under the legend, each with its title above and room for ticks below, in
// rows of up to three, all of them outer units from the left. A panel has left units for its ticks.
func (c *canvas) layout(titles []string, outer, left, height float64) (frames []frame) {
	columns := min(len(titles), 3)
	if len(titles) == 4 {
		columns = 2
	}
	width := (pageWidth - margin - outer) / float64(columns)
	if c.x > margin {
		c.y += 22
	}
	top := c.y + 22
	for i, title := range titles {
		x := float64(width*float64(i%columns)) + outer + margin/2
		y := float64((height+46)*float64(i/columns)) + top
		f := frame{x + left, y, x + width - 8, y + height}
		c.text(f.left, f.top-7, "start", title, "")
		frames = append(frames, f)
		c.y = y + height + 24
	}
	return frames
}

// axisX draws the ticks of s under f and a pale line for each. A label that would touch the last
// one is left out.
func (c *canvas) axisX(f frame, s scale) {
	end := math.Inf(-1)
	for _, v := range s.ticks {
		x, label := s.at(v), tickLabel(v)
		c.line(x, f.top, x, f.bottom, "stroke:"+faint)
		if half := textWidth(label, smallSize/2); x-half > end {
			c.small(x, f.bottom+16, "middle", label)
			end = x + half + 3
		}
	}
	c.line(f.left, f.bottom, f.right, f.bottom, "stroke:"+ink)
}

// axisY draws the ticks of s at the left of f and a pale line for each.
func (c *canvas) axisY(f frame, s scale) {
	for _, v := range s.ticks {
		y := s.at(v)
		c.line(f.left, y, f.right, y, "stroke:"+faint)
		c.small(f.left-5, y+4, "end", tickLabel(v))
	}
}
