package main

// What all figures are drawn with: SVG written element by element, legends, panels and their axes,
// and the look of each activation.
//
// A figure is 720 units wide. In a column of 600 px its 12-unit text is 10 px high.
// Style is in attributes, but for svg_plane.go's rule on motion, and the only ids are those of arrow
// heads, alike in all figures: they can share an HTML page. Every number is formatted by num, from arithmetic
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

// canvas is a figure being drawn: it is filled down to y, and the line that begins there up to x.
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
		"xmlns:xlink", "http://www.w3.org/1999/xlink",
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

// heading writes s in bold over the whole width, and moves below it.
func (c *canvas) heading(s string) {
	for _, line := range wrap(s, pageWidth-2*margin, 1.1*textSize) {
		c.text(margin, c.y+13, "start", line, "font-weight", "bold")
		c.y += 16
	}
	c.y += 7
}

// footnote writes s in small type below what is drawn, on as many lines as it needs.
func (c *canvas) footnote(s string) {
	for _, line := range wrap(s, pageWidth-2*margin, smallSize) {
		c.y += 15
		c.text(margin, c.y, "start", line, "font-size", smallSize, "fill", grey)
	}
}

// key adds an entry to the legend, whose lines go over the whole width: a sample, drawn about
// (x, y) and 26 units wide, and its name. One that is wider than a line has lines of its own.
func (c *canvas) key(name string, sample func(x, y float64)) {
	lines := wrap(name, pageWidth-2*margin-32, textSize)
	width := 32 + textWidth(name, textSize) + 12
	if c.x > margin && c.x+width > pageWidth {
		c.x, c.y = margin, c.y+18
	}
	sample(c.x+13, c.y+6)
	for i, line := range lines {
		if i > 0 {
			c.y += 16
		}
		c.text(c.x+32, c.y+10, "start", line)
	}
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

// markIndex is the place of an activation in every figure; other names come after all activations.
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
