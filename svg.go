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
	c.path(line([][2]float64{{x0, y0}, {x1, y1}}), style)
}

// line is the path from the first point to the next and on. A point that is NaN leaves a gap.
func line(points [][2]float64) (d string) {
	next := "M"
	for _, p := range points {
		if isGap(p) {
			next = "M"
			continue
		}
		d += next + num(p[0]) + "," + num(p[1])
		next = "L"
	}
	return d
}

func isGap(p [2]float64) bool { return math.IsNaN(p[0]) || math.IsNaN(p[1]) }

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

// mark is how something looks in every figure: its colour, of Okabe and Ito (2008), survives colour
// blindness, and its shape and its dash survive greyscale.
type mark struct {
	name, colour, dash string
	shape              []float64 // x, y in turn, in units of the radius; nil: a circle
	fill               string    // of the shape, if that is not the colour
}

var (
	square   = []float64{-.9, -.9, .9, -.9, .9, .9, -.9, .9}
	triangle = []float64{0, -1.2, 1.15, .85, -1.15, .85}
	diamond  = []float64{0, -1.35, 1.35, 0, 0, 1.35, -1.35, 0}
	pointed  = []float64{0, 1.2, 1.15, -.85, -1.15, -.85}
	upright  = []float64{-.4, -1.4, .4, -1.4, .4, 1.4, -.4, 1.4}
	cross    = []float64{-.4, -1.2, .4, -1.2, .4, -.4, 1.2, -.4, 1.2, .4,
		.4, .4, .4, 1.2, -.4, 1.2, -.4, .4, -1.2, .4, -1.2, -.4, -.4, -.4}
)

// marks are those of the activations, in their order.
var marks = []mark{
	{"identity", "#000000", "none", nil, ""},
	{"relu", "#d55e00", "8 3", square, ""},
	{"leaky_relu", "#e69f00", "4 2", triangle, ""},
	{"softmax", "#0072b2", "10 3 2 3", diamond, ""},
	{"tanh", "#009e73", "2 2", pointed, ""},
	{"softplus", "#cc79a7", "10 2 2 2 2 2", cross, ""},
}

func markOf(activation string) mark { return marks[slices.Index(activationNames, activation)] }

// outline is the shape of m about (x, y) with radius r, as a path.
func (m mark) outline(x, y, r float64) string {
	if m.shape == nil {
		return fmt.Sprintf("M%s,%sa%[3]s,%[3]s 0 1 1 %s,0a%[3]s,%[3]s 0 1 1 -%[4]s,0Z",
			num(x-r), num(y), num(r), num(2*r))
	}
	var corners [][2]float64
	for corner := range slices.Chunk(m.shape, 2) {
		corners = append(corners, [2]float64{math.FMA(corner[0], r, x), math.FMA(corner[1], r, y)})
	}
	return line(corners) + "Z"
}

func (c *canvas) mark(m mark, x, y, r float64) {
	c.path(m.outline(x, y, r), "fill:"+cmp.Or(m.fill, m.colour)+";stroke:"+m.colour)
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
	better  int     // +1 higher, −1 lower, 0 neither
	log     bool    // logarithmic: values ≤ 0 cannot be shown
	setting bool    // its ticks are at its values
	most    float64 // it spans 0 … most; 0: it spans its values
}

func (q quantity) label() string {
	better := map[int]string{+1: ", higher is better", -1: ", lower is better"}[q.better]
	return q.title + better + only(q.log, ", log scale")
}

// shows tells whether v has a position on the axis: NaN has none, nor what would overflow a
// difference.
func (q quantity) shows(v float64) bool { return math.Abs(v) <= 1e300 && (!q.log || v >= 1e-300) }

// scale maps the values lo…hi of a quantity to from…to.
type scale struct {
	quantity
	lo, hi, from, to float64
	ticks            []tick
}

type tick struct {
	value float64
	label string
}

// newScale spans those of the values that q shows, with about count ticks. Values that are equal to
// nine digits stand in its middle, zeros at its start.
func newScale(q quantity, values []float64, count int) scale {
	values = slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !q.shows(v) })
	if q.most > 0 {
		values = append(values, 0, q.most)
	}
	if len(values) == 0 {
		values = []float64{0.1, 1}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	lo, hi := values[0], values[len(values)-1]
	switch size := max(math.Abs(lo), math.Abs(hi)); {
	case size < 1e-300: // a share of it would underflow
		lo, hi = 0, 1
	case hi-lo > 1e-9*size:
	case q.log:
		lo, hi = lo/2, hi*2
	default:
		lo, hi = lo-size/10, hi+size/10
	}
	s := scale{quantity: q, lo: lo, hi: hi}
	switch {
	case q.setting && len(values) <= 8:
		for _, v := range values {
			s.ticks = append(s.ticks, tick{v, short(v)})
		}
	case q.log:
		s.ticks = logTicks(lo, hi, count)
	default:
		whole := !slices.ContainsFunc(values, func(v float64) bool { return v != math.Trunc(v) })
		s.ticks = linearTicks(lo, hi, count, whole)
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
	lo, hi := s.lo, s.hi
	switch {
	case !s.shows(v):
		return math.NaN()
	case s.log:
		v, lo, hi = log(v), log(lo), log(hi)
	}
	return math.FMA((v-lo)/(hi-lo), s.to-s.from, s.from)
}

// linearTicks returns about count multiples of 1, 2 or 5 × 10ᵉ in lo…hi, two at least unless whole.
func linearTicks(lo, hi float64, count int, whole bool) (ticks []tick) {
	step, e := niceStep((hi - lo) / float64(count))
	if whole && step < 1 {
		step, e = 1, 0
	}
	far := max(math.Abs(lo), math.Abs(hi)) >= 1e6 || e < -4
	const slack = 1e-6 // of a step, for ends that rounding has moved
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		v := float64(i * step)
		label := fixed(v, -e)
		switch {
		case v == 0:
			label = "0"
		case far:
			label = readable(strconv.FormatFloat(v, 'e', max(0, exponent(v, 7)-e), 64))
		}
		ticks = append(ticks, tick{v, label})
	}
	if len(ticks) < 2 && !whole {
		return linearTicks(lo, hi, count+2, whole)
	}
	return ticks
}

// logTicks returns the powers of ten in lo…hi, about count of them; in up to three decades also 2
// and 5 times them; and where there are fewer than two, linear ticks.
func logTicks(lo, hi float64, count int) (ticks []tick) {
	first, last := exponent(lo, 7), exponent(hi, 7)
	stride, factors := (last-first)/(count+1)+1, "1"
	if last-first < 3 {
		factors = "125"
	}
	for e := first; e <= last; e++ {
		for _, m := range factors {
			label := string(m) + "e" + strconv.Itoa(e)
			v, _ := strconv.ParseFloat(label, 64)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) || e%stride != 0 {
				continue
			}
			if -4 < e && e < 4 {
				label = shortest(v)
			}
			ticks = append(ticks, tick{v, readable(label)})
		}
	}
	if len(ticks) < 2 {
		return linearTicks(lo, hi, count, false)
	}
	return ticks
}

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x, and e. strconv rounds exactly.
func niceStep(x float64) (step float64, e int) {
	for e = exponent(x, 7) - 1; ; e++ {
		for _, m := range []string{"1", "2", "5"} {
			step, _ = strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
			if step >= x {
				return step, e
			}
		}
	}
}

// frame is the plotting area of one panel.
type frame struct{ left, top, right, bottom float64 }

// layout places n panels under the legend, in rows of up to that many columns, all of them outer
// units from the left. Each has left units for its ticks, a line above it for its title and one
// below it for its ticks.
func (c *canvas) layout(n, columns int, outer, left, height float64) (frames []frame) {
	columns = max(1, min(columns, n))
	width := (pageWidth - margin - outer) / float64(columns)
	if c.x > margin {
		c.y += 22
	}
	top := c.y + 22
	for i := range n {
		x := float64(width*float64(i%columns)) + outer + margin/2
		y := float64((height+46)*float64(i/columns)) + top
		frames = append(frames, frame{x + left, y, x + width - 8, y + height})
		c.y = y + height + 24
	}
	return frames
}

func (c *canvas) panelTitle(f frame, s string) { c.text((f.left+f.right)/2, f.top-7, "middle", s, "") }

// axisX draws the ticks of s under f and a pale line for each. A label that would touch the last
// one is left out.
func (c *canvas) axisX(f frame, s scale) {
	end := math.Inf(-1)
	for _, t := range s.ticks {
		x, half := s.at(t.value), textWidth(t.label, smallSize/2)
		c.line(x, f.top, x, f.bottom, "stroke:"+faint)
		if x-half > end {
			c.small(x, f.bottom+16, "middle", t.label)
			end = x + half + 3
		}
	}
	c.line(f.left, f.bottom, f.right, f.bottom, "stroke:"+ink)
}

// axisY draws the ticks of s at the left of f and a pale line for each.
func (c *canvas) axisY(f frame, s scale) {
	for _, t := range s.ticks {
		y := s.at(t.value)
		c.line(f.left, y, f.right, y, "stroke:"+faint)
		c.small(f.left-5, y+4, "end", t.label)
	}
}
