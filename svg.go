package main

// The drawing core of the figures: SVG written element by element.
//
// A figure is 720 units wide. In a column of 600 px its 12-unit text is 10 px high.
// Style stands in attributes, and the only ids are those of arrow heads, alike in all figures, so
// that figures can stand in one HTML page. Every number is formatted by num, from arithmetic
// that no compiler fuses, so a figure has the same bytes on every platform.

import (
	"bytes"
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

// canvas is a figure being drawn. y is the height used so far: parts are laid one under another.
type canvas struct {
	body  bytes.Buffer
	label string
	y     float64
}

// newCanvas starts a figure; label is read aloud in its place.
func newCanvas(label string) *canvas { return &canvas{label: label, y: margin} }

// bytes returns the whole SVG document.
func (c *canvas) bytes() []byte {
	var doc bytes.Buffer
	size := num(pageWidth) + " " + num(c.y+margin/2)
	doc.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + size +
		`" font-family="sans-serif" font-size="` + num(textSize) + `" fill="` + ink +
		`" role="img" aria-label="` + escape(c.label) + "\">\n" +
		`<rect width="100%" height="100%" fill="white"/>` + "\n")
	doc.Write(c.body.Bytes())
	doc.WriteString("</svg>\n")
	return doc.Bytes()
}

// element is the markup of an element: its attributes are names and values (string or float64) in
// turn, and inner is markup too.
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

// pathData is the d of a path element: a line from the first point to the next and on.
type pathData []byte

func (p *pathData) to(x, y float64) {
	command := "L"
	if len(*p) == 0 {
		command = "M"
	}
	*p = append(*p, command+num(x)+","+num(y)...)
}

// dot adds a line of no length: round ends make it a dot.
func (p *pathData) dot(x, y float64) { *p = append(*p, "M"+num(x)+","+num(y)+"h0"...) }

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

// marker draws the shape of m at (x, y) with radius r.
func (c *canvas) marker(m mark, x, y, r float64, fill, stroke, inner string, attributes ...any) {
	attributes = append([]any{"fill", fill, "stroke", stroke}, attributes...)
	if m.shape == nil {
		c.add("circle", inner, append([]any{"cx", x, "cy", y, "r", r}, attributes...)...)
		return
	}
	var d pathData
	for i := 0; i < len(m.shape); i += 2 {
		d.to(math.FMA(m.shape[i], r, x), math.FMA(m.shape[i+1], r, y))
	}
	c.add("path", inner, append([]any{"d", string(d) + "Z"}, attributes...)...)
}

// heading writes a line over the whole width, and moves below it.
func (c *canvas) heading(s string) {
	c.y += 5
	c.text(margin, c.y+8, "start", s, "font-weight", "bold")
	c.y += 18
}

// footnote writes s in small type below what is drawn, on as many lines as it needs.
func (c *canvas) footnote(s string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && textWidth(line+" "+word, smallSize) > pageWidth-2*margin {
			c.y += 15
			c.text(margin, c.y, "start", line, "font-size", smallSize, "fill", grey)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	c.y += 15
	c.text(margin, c.y, "start", line, "font-size", smallSize, "fill", grey)
}

// legendEntry is a sample, drawn about (x, y) and 26 units wide, and its name.
type legendEntry struct {
	name   string
	sample func(x, y float64)
}

// legend writes the entries in lines over the whole width, and moves below them.
func (c *canvas) legend(entries []legendEntry) {
	x := margin
	for _, e := range entries {
		width := 32 + textWidth(e.name, textSize) + 12
		if x > margin && x+width > pageWidth {
			x = margin
			c.y += 18
		}
		e.sample(x+13, c.y+6)
		c.text(x+32, c.y+10, "start", e.name)
		x += width
	}
	c.y += 22
}

// frame is the plotting area of one panel.
type frame struct{ left, top, right, bottom float64 }

// layout places n panels in rows of the given number of columns, with outer units free at the
// left of each row. Every panel has left units for its own ticks, a line above for its title,
// and below units for what stands under it.
func (c *canvas) layout(n, columns int, outer, left, height, below float64) []frame {
	width := (pageWidth - margin - outer) / float64(columns)
	frames := make([]frame, n)
	for i := range frames {
		x := float64(width*float64(i%columns)) + margin/2 + outer
		y := float64((height+below+22)*float64(i/columns)) + c.y + 22
		frames[i] = frame{x + left, y, x + width - 8, y + height}
		if i == n-1 {
			c.y = y + height + below
		}
	}
	return frames
}

func (c *canvas) panelTitle(f frame, s string) {
	c.text((f.left+f.right)/2, f.top-8, "middle", s)
}

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
	better := map[int]string{1: "higher is better", -1: "lower is better"}[q.Better]
	switch {
	case q.Unit != "" && better != "":
		return q.Title + " (" + q.Unit + ", " + better + ")"
	case q.Unit+better != "":
		return q.Title + " (" + q.Unit + better + ")"
	}
	return q.Title
}

// shows tells whether v has a place on the axis. NaN has none, and neither has what would
// overflow a difference.
func (q quantity) shows(v float64) bool {
	return math.Abs(v) <= 1e300 && (!q.Log || v >= 1e-300)
}

// scale maps the values lo…hi on to from…to, both ends included.
type scale struct {
	lo, hi   float64 // logarithms to base 10 if log
	from, to float64
	log      bool
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
	s := scale{lo: lo, hi: hi, to: 1, log: q.Log}
	if q.Log {
		s.lo, s.hi = log10(lo), log10(hi)
		s.ticks = logTicks(lo, hi, count)
	} else {
		s.ticks = linearTicks(lo, hi, count, q.Whole)
	}
	return s
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
	if s.log {
		v = log10(v)
	}
	return math.FMA((v-s.lo)/(s.hi-s.lo), s.to-s.from, s.from)
}

func log10(x float64) float64 { return log(x) / log(10) }

// linearTicks returns about count multiples of 1, 2 or 5 × 10ᵉ in lo…hi, and two at least unless
// only whole numbers will do.
func linearTicks(lo, hi float64, count int, whole bool) []tick {
	least := 0.0
	if whole {
		least = 1
	}
	step, e := niceStep(max((hi-lo)/float64(count), least))
	farOff := max(math.Abs(lo), math.Abs(hi)) >= 1e5 || e < -4
	var ticks []tick
	const slack = 1e-9 // of a step, for ends that rounding has moved
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		v := i * step
		label := strconv.FormatFloat(v, 'f', max(0, -e), 64)
		switch {
		case v == 0:
			v, label = 0, "0" // not −0
		case farOff:
			label = strconv.FormatFloat(v, 'e', max(0, exponent(v)-e), 64)
		}
		ticks = append(ticks, tick{v, readable(label)})
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
	for _, factors := range []string{"1", "13", "125"} {
		stride := 1
		if factors == "1" {
			stride += (last - first) / (count + 1)
		}
		var ticks []tick
		for e := first; e <= last; e++ {
			for _, m := range strings.Split(factors, "") {
				label := m + "e" + strconv.Itoa(e)
				v, _ := strconv.ParseFloat(label, 64)
				if v < lo*(1-1e-9) || v > hi*(1+1e-9) || e%stride != 0 {
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

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x, and e. Decimal powers come
// from strconv, which rounds exactly.
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
