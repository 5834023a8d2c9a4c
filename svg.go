package main

// What all figures are drawn with: SVG written element by element, legends, panels and their axes,
// the scales that place values along them, and the look of each activation.
//
// A figure is 720 units wide. In a column of 600 px its 12-unit text is 10 px high.
// Style stands in attributes, and the only ids are those of arrow heads, alike in all figures, so
// that figures can stand in one HTML page. Every number is formatted by num, from arithmetic
// that no compiler fuses, so a figure has the same bytes on every platform.

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	pageWidth = 720.0
	margin    = 12.0
	textSize  = 12.0
	smallSize = 11.0 // 9.2 px in a column of 600 px: the least that is used

	ink    = "#222222"
	grey   = "#6b6b6b"
	faint  = "#dddddd"
	shaded = "#ececec"
)

// canvas is a figure being drawn: all of the width down to y, and the line there up to x.
type canvas struct {
	body  strings.Builder
	label string
	x, y  float64
}

// newCanvas starts a figure; label is read aloud in its place.
func newCanvas(label string) *canvas { return &canvas{label: label, x: margin, y: margin} }

// bytes returns the whole SVG document.
func (c *canvas) bytes() []byte {
	paper := element("rect", "", "width", "100%", "height", "100%", "fill", "white")
	return []byte(element("svg", "\n"+paper+"\n"+c.body.String(), "xmlns", "http://www.w3.org/2000/svg",
		"viewBox", "0 0 "+num(pageWidth)+" "+num(c.y+margin/2), "font-family", "sans-serif",
		"font-size", textSize, "fill", ink, "role", "img", "aria-label", c.label) + "\n")
}

// element is markup around other markup: attributes are names and values, string or float64, in turn.
func element(name, inner string, attributes ...any) string {
	s := "<" + name
	for i := 0; i < len(attributes); i += 2 {
		value, isText := attributes[i+1].(string)
		if !isText {
			value = num(attributes[i+1].(float64))
		}
		s += " " + attributes[i].(string) + `="` + escape(value) + `"`
	}
	if inner == "" {
		return s + "/>"
	}
	return s + ">" + inner + "</" + name + ">"
}

// tip is the markup of a tooltip: shown when the pointer rests on the element it is in.
func tip(s string) string { return element("title", escape(s)) }

func (c *canvas) add(name, inner string, attributes ...any) {
	c.body.WriteString(element(name, inner, attributes...) + "\n")
}

// text writes s at (x, y); anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor, s string, attributes ...any) {
	c.add("text", escape(s), append([]any{"x", x, "y", y, "text-anchor", anchor}, attributes...)...)
}

func (c *canvas) line(x0, y0, x1, y1 float64, attributes ...any) {
	c.add("line", "", append([]any{"x1", x0, "y1", y0, "x2", x1, "y2", y1}, attributes...)...)
}

// path is the d of a path element: lines from the first point to the next and on.
func path(points ...[2]float64) string {
	places := make([]string, len(points))
	for i, p := range points {
		places[i] = num(p[0]) + "," + num(p[1])
	}
	return "M" + strings.Join(places, "L")
}

// num formats a coordinate: at most two decimals, no trailing zeros, no −0.
func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

// textWidth is about the width of s in DejaVu Sans, the widest of the usual sans-serif faces.
func textWidth(s string, size float64) float64 {
	width := 0.0
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

// heading writes a line over the whole width, and moves below it.
func (c *canvas) heading(s string) {
	c.text(margin, c.y+13, "start", s, "font-weight", "bold")
	c.y += 23
}

// footnote writes s in small type below what is drawn, on as many lines as it needs.
func (c *canvas) footnote(s string) {
	for words := strings.Fields(s); len(words) > 0; {
		n, line := 1, words[0]
		for n < len(words) && textWidth(line+" "+words[n], smallSize) <= pageWidth-2*margin {
			line += " " + words[n]
			n++
		}
		c.y += 15
		c.text(margin, c.y, "start", line, "font-size", smallSize, "fill", grey)
		words = words[n:]
	}
}

// key adds an entry to the legend, whose lines go over the whole width: a sample, drawn about
// (x, y) and 26 units wide, and its name.
func (c *canvas) key(name string, sample func(x, y float64)) {
	width := 32 + textWidth(name, textSize) + 12
	if c.x > margin && c.x+width > pageWidth {
		c.x, c.y = margin, c.y+18
	}
	sample(c.x+13, c.y+6)
	c.text(c.x+32, c.y+10, "start", name)
	c.x += width
}

// frame is the plotting area of one panel.
type frame struct{ left, top, right, bottom float64 }

// layout places n panels under the legend, in rows of at most that many columns, outer units from the
// left. Each has left units for its ticks, a line above for its title, and below units under it.
func (c *canvas) layout(n, columns int, outer, left, height, below float64) []frame {
	columns = max(1, min(columns, n))
	width := (pageWidth - margin - outer) / float64(columns)
	c.y += 22
	top := c.y + 22
	frames := make([]frame, n)
	for i := range frames {
		x := float64(width*float64(i%columns)) + margin/2 + outer
		y := float64((height+below+22)*float64(i/columns)) + top
		frames[i] = frame{x + left, y, x + width - 8, y + height}
		c.y = y + height + below
	}
	return frames
}

func (c *canvas) title(f frame, s string) { c.text((f.left+f.right)/2, f.top-8, "middle", s) }

// axisY draws the ticks of s at the left of f, with a pale line across for each.
func (c *canvas) axisY(f frame, s scale) {
	for _, t := range s.ticks {
		y := s.at(t.value)
		c.line(f.left, y, f.right, y, "stroke", faint)
		c.text(f.left-5, y+4, "end", t.label, "font-size", smallSize)
	}
	c.line(f.left, f.bottom, f.right, f.bottom, "stroke", ink)
}

// axisX draws the ticks of s under f.
func (c *canvas) axisX(f frame, s scale) {
	for _, t := range s.ticks {
		x := s.at(t.value)
		c.line(x, f.bottom, x, f.bottom+4, "stroke", ink)
		c.text(x, f.bottom+16, "middle", t.label, "font-size", smallSize)
	}
	c.line(f.left, f.bottom, f.right, f.bottom, "stroke", ink)
}

// quantity is what an axis shows.
type quantity struct {
	Title  string // "Total correlation, Gaussian"
	Unit   string // "nats"; empty for a pure number
	Better int    // +1 higher, −1 lower, 0 neither
	Log    bool   // logarithmic axis: values ≤ 0 cannot be shown
	Whole  bool   // counts: no ticks between whole numbers
}

// label is the axis title: "Total correlation, Gaussian (nats, lower is better)".
func (q quantity) label() string {
	about := q.Unit + map[int]string{1: ", higher is better", -1: ", lower is better"}[q.Better]
	if about == "" {
		return q.Title
	}
	return q.Title + " (" + strings.TrimPrefix(about, ", ") + ")"
}

// shows tells whether v has a place on the axis: NaN has none, nor what would overflow a difference.
func (q quantity) shows(v float64) bool { return math.Abs(v) <= 1e300 && (!q.Log || v >= 1e-300) }

// missing counts the values that have no place on the axis.
func (q quantity) missing(values []float64) (n int) {
	for _, v := range values {
		if !q.shows(v) {
			n++
		}
	}
	return n
}

// scale maps the values lo…hi of a quantity on to from…to, both ends included.
type scale struct {
	quantity
	lo, hi   float64 // logarithms to base 10 if Log
	from, to float64
	dodge    float64 // added to every place
	ticks    []tick
}

type tick struct {
	value float64
	label string
}

// newScale spans those of the values that q shows, with about count ticks; over gives it a place.
// Values equal to nine digits stand in the middle, zeros at the start; with no value it spans 0…1.
func newScale(q quantity, values []float64, count int) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if q.shows(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	narrow := hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi))
	switch {
	case lo > hi && q.Log:
		lo, hi = 1, 10
	case lo > hi || lo == 0 && hi == 0:
		lo, hi = 0, 1
	case narrow && q.Log:
		lo, hi = lo/2, hi*2
	case narrow:
		lo, hi = lo-math.Abs(lo)/10, hi+math.Abs(hi)/10
	}
	if q.Log {
		return scale{quantity: q, lo: log10(lo), hi: log10(hi), ticks: logTicks(lo, hi, count)}
	}
	return scale{quantity: q, lo: lo, hi: hi, ticks: linearTicks(lo, hi, count, q.Whole)}
}

// over returns s from one place to another.
func (s scale) over(from, to float64) scale {
	s.from, s.to = from, to
	return s
}

// tickRoom is the width that the widest label of the scales takes beside an axis.
func tickRoom(scales []scale) float64 {
	room := 24.0
	for _, s := range scales {
		for _, t := range s.ticks {
			room = max(room, textWidth(t.label, smallSize))
		}
	}
	return room + 8
}

// at is the place of v.
func (s scale) at(v float64) float64 {
	if s.Log {
		v = log10(v)
	}
	return math.FMA((v-s.lo)/(s.hi-s.lo), s.to-s.from, s.from) + s.dodge
}

func log10(x float64) float64 { return log(x) / log(10) }

// linearTicks returns about count multiples of 1, 2 or 5 × 10ᵉ in lo…hi, two at least unless whole.
func linearTicks(lo, hi float64, count int, whole bool) []tick {
	step, e := niceStep((hi - lo) / float64(count))
	if whole && step < 1 {
		step, e = 1, 0
	}
	farOff := max(math.Abs(lo), math.Abs(hi)) >= 1e5 || e < -4
	var ticks []tick
	const slack = 1e-9 // of a step, for ends that rounding has moved
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		v := i * step
		label := fixed(v, -e)
		switch {
		case v == 0:
			v, label = 0, "0" // not −0
		case farOff:
			label = readable(strconv.FormatFloat(v, 'e', max(0, exponent(v)-e), 64))
		}
		ticks = append(ticks, tick{v, label})
	}
	if len(ticks) < 2 && !whole {
		return linearTicks(lo, hi, count+2, whole)
	}
	return ticks
}

// logTicks returns the powers of ten in lo…hi, about count of them; where there are fewer than
// three also 3, or 2 and 5 times them; and where that is no help, linear ticks.
func logTicks(lo, hi float64, count int) []tick {
	first, last := exponent(lo), exponent(hi)+1
	stride := (last-first)/(count+1) + 1
	for _, factors := range []string{"1", "13", "125"} {
		var ticks []tick
		for e := first; e <= last; e++ {
			for _, m := range factors {
				label := string(m) + "e" + strconv.Itoa(e)
				v, _ := strconv.ParseFloat(label, 64)
				if v < lo*(1-1e-9) || v > hi*(1+1e-9) || factors == "1" && e%stride != 0 {
					continue
				}
				if -3 <= e && e <= 3 {
					label = strconv.FormatFloat(v, 'f', max(0, -e), 64)
				}
				ticks = append(ticks, tick{v, readable(label)})
			}
		}
		if len(ticks) > 2 {
			return ticks
		}
	}
	return linearTicks(lo, hi, count, false)
}

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x, and e. strconv rounds exactly.
func niceStep(x float64) (step float64, e int) {
	for e = exponent(x) - 1; ; e++ {
		for _, m := range []string{"1", "2", "5"} {
			step, _ = strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
			if step >= x {
				return step, e
			}
		}
	}
}

// marker draws the shape of m at (x, y) with radius r.
func (c *canvas) marker(m mark, x, y, r float64, fill, stroke, inner string, attributes ...any) {
	name, shape := "circle", []any{"cx", x, "cy", y, "r", r}
	if m.shape != nil {
		var corners [][2]float64
		for i := 0; i < len(m.shape); i += 2 {
			corners = append(corners, [2]float64{math.FMA(m.shape[i], r, x), math.FMA(m.shape[i+1], r, y)})
		}
		name, shape = "path", []any{"d", path(corners...) + "Z"}
	}
	c.add(name, inner, slices.Concat(shape, []any{"fill", fill, "stroke", stroke}, attributes)...)
}

// markIndex is the place of an activation in every figure; after all of them, that of other names.
func markIndex(name string) int {
	if i := slices.Index(activationNames, name); i >= 0 {
		return i
	}
	return len(activations)
}

// markOf returns the mark of a name, a grey circle if it is not an activation's.
func markOf(name string) mark {
	if i := markIndex(name); i < len(activations) {
		return activations[i].mark
	}
	return mark{name: name, colour: grey, dash: "none"}
}
