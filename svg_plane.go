package main

// Pictures of weights over two inputs: the data, each unit's weight vector w, the line
// w·x + b = 0, and how they moved in training.

import (
	"math"
	"strconv"
	"strings"
)

// plane is one network of two inputs.
type plane struct {
	Title      string // may be empty
	Activation string
	Points     [][2]float64   // data; about 800 of them are drawn
	Units      [][3]float64   // w₁, w₂, b of every unit after training
	Path       [][][3]float64 // the same at initialisation and after each epoch; nil: not shown
}

// planePicture draws the planes, each a square panel. Planes with a path move: they rest at the
// final state, go from initialisation to it, and begin again. What prints is the final state.
func planePicture(planes []plane) []byte {
	c := newCanvas("Weight vectors and the lines w·x + b = 0, over the data")
	moving := false
	for _, p := range planes {
		moving = moving || len(p.Path) > 1
	}
	columns := min(max(1, len(planes)), 3)
	outer, side := 0.0, (pageWidth-margin)/float64(columns)-40
	if columns < 3 {
		side = 300 + 180/float64(columns)
		outer = (pageWidth - float64((side+40)*float64(columns))) / 2
	}
	c.legend(planeLegend(c, moving))
	for i, f := range c.layout(len(planes), columns, outer, 32, side, 26) {
		f.right = f.left + side
		c.plane(planes[i], f)
	}
	if moving {
		c.body.WriteString("<style>@media print, (prefers-reduced-motion: reduce) " +
			"{ .trajectory-moving { display: none } .trajectory-still { display: inline } }</style>\n")
		c.progress()
	}
	return c.bytes()
}

// finite tells whether unit k can be drawn: after a divergence it cannot.
func (p plane) finite(k int) bool {
	for _, units := range append([][][3]float64{p.Units}, p.Path...) {
		for _, v := range units[k] {
			if !(math.Abs(v) <= 1e300) {
				return false
			}
		}
	}
	return true
}

// window is the square −reach…reach of the inputs in a frame. Arrows are drawn stretch times as long.
type window struct {
	f              frame
	reach, stretch float64
}

func newWindow(p plane, f frame) window {
	var reach, longest float64
	for _, x := range p.Points {
		reach = max(reach, math.Abs(x[0]), math.Abs(x[1]))
	}
	for _, units := range append([][][3]float64{p.Units}, p.Path...) {
		for k, u := range units {
			if p.finite(k) {
				longest = max(longest, math.Abs(u[0]), math.Abs(u[1]))
			}
		}
	}
	if reach == 0 {
		reach = 1
	}
	v := window{f, 1.1 * reach, 1}
	if fit := longest / v.reach; fit > 0.95 || 0 < fit && fit < 0.25 {
		step, _ := niceStep(fit / 0.95)
		v.stretch = 1 / step
	}
	return v
}

// place is where the inputs (x, y) are on the page, to a tenth of a unit: animations are long.
func (v window) place(x, y float64) (float64, float64) {
	half := (v.f.right - v.f.left) / 2
	px := math.FMA(x/v.reach, half, (v.f.left+v.f.right)/2)
	py := math.FMA(-y/v.reach, half, (v.f.top+v.f.bottom)/2)
	return math.Round(px*10) / 10, math.Round(py*10) / 10
}

// arrow is the path from the origin to w; arrowHead puts a head on it.
func (v window) arrow(u [3]float64) string {
	x0, y0 := v.place(0, 0)
	x, y := v.place(u[0]*v.stretch, u[1]*v.stretch)
	return segment(x0, y0, x, y)
}

func segment(x0, y0, x1, y1 float64) string {
	var d pathData
	d.to(x0, y0)
	d.to(x1, y1)
	return string(d)
}

// arrowHead defines the head of m's arrows, and returns its name for marker-end.
func (c *canvas) arrowHead(m mark) string {
	id := "arrow-" + m.name
	head := element("path", "", "d", "M0,0L-8,-3.4L-6.4,0L-8,3.4Z", "fill", m.colour)
	c.add("marker", head, "id", id, "viewBox", "-8 -4 9 8", "markerWidth", 9.0, "markerHeight", 8.0,
		"markerUnits", "userSpaceOnUse", "orient", "auto")
	return "url(#" + id + ")"
}

// boundary is the path of the line w·x + b = 0 within the window: the points −b w/|w|² + t (−w₂,
// w₁) for the t that keep both inputs inside. A line that does not cross the window is a path of no
// length.
func (v window) boundary(u [3]float64) string {
	square := math.FMA(u[0], u[0], float64(u[1]*u[1]))
	var px, py float64
	if square > 0 {
		px, py = -u[2]*u[0]/square, -u[2]*u[1]/square
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	for _, side := range [2][2]float64{{px, -u[1]}, {py, u[0]}} {
		p, slope := side[0], side[1]
		if slope == 0 && math.Abs(p) <= v.reach {
			continue
		}
		t0, t1 := (-v.reach-p)/slope, (v.reach-p)/slope
		lo, hi = max(lo, min(t0, t1)), min(hi, max(t0, t1))
	}
	if !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		px, py = max(-v.reach, min(v.reach, px)), max(-v.reach, min(v.reach, py))
		lo, hi = 0, 0
	}
	x0, y0 := v.place(math.FMA(-u[1], lo, px), math.FMA(u[0], lo, py))
	x1, y1 := v.place(math.FMA(-u[1], hi, px), math.FMA(u[0], hi, py))
	return segment(x0, y0, x1, y1)
}

func (c *canvas) plane(p plane, f frame) {
	v := newWindow(p, f)
	title := p.Title
	if v.stretch != 1 {
		title = strings.TrimPrefix(title+"; w ×"+short(v.stretch), "; ")
	}
	c.panelTitle(f, title)
	every := max(1, (len(p.Points)+799)/800)
	var dots pathData
	for i := 0; i < len(p.Points); i += every {
		x, y := v.place(p.Points[i][0], p.Points[i][1])
		dots.dot(x, y)
	}
	c.add("path", "", "d", string(dots),
		"stroke", "#c4c4c4", "stroke-width", 2.6, "stroke-linecap", "round")
	inputs := newScale(quantity{}, []float64{-v.reach, v.reach}, 4)
	c.axisX(f, inputs.over(f.left, f.right))
	up := inputs.over(f.bottom, f.top)
	for _, t := range up.ticks {
		c.line(f.left-4, up.at(t.value), f.left, up.at(t.value), "stroke", ink)
		c.text(f.left-7, up.at(t.value)+4, "end", t.label, "font-size", smallSize)
	}
	c.text(f.right-5, f.bottom-6, "end", "x₁", "fill", grey)
	c.text(f.left+5, f.top+14, "start", "x₂", "fill", grey)
	c.add("rect", "", "x", f.left, "y", f.top, "width", f.right-f.left, "height", f.bottom-f.top,
		"fill", "none", "stroke", ink)
	if len(p.Path) < 2 {
		c.units(p, v, nil)
		return
	}
	c.tracks(p, v)
	c.inGroup("trajectory-still", "none", func() { c.units(p, v, nil) })
	c.inGroup("trajectory-moving", "inline", func() { c.units(p, v, timeline(len(p.Path))) })
}

// inGroup puts what draw adds into a group of the class, which display shows or hides unless a
// style says otherwise.
func (c *canvas) inGroup(class, display string, draw func()) {
	c.body.WriteString(`<g class="` + class + `" display="` + display + "\">\n")
	draw()
	c.body.WriteString("</g>\n")
}

// units draws every unit's line and, on top, its arrow; they move through the given steps of the
// path.
func (c *canvas) units(p plane, v window, steps []int) {
	m := markOf(p.Activation)
	layers := []struct {
		path          func([3]float64) string
		width, opaque float64
		head          string
	}{{v.boundary, 0.8, 0.55, "none"}, {v.arrow, 1.6, 1, c.arrowHead(m)}}
	for _, layer := range layers {
		for k, u := range p.Units {
			if !p.finite(k) {
				continue
			}
			inner := tip("unit " + strconv.Itoa(k) +
				": w = (" + short(u[0]) + ", " + short(u[1]) + "), b = " + short(u[2]))
			inner += animate("d", steps, func(t int) string { return layer.path(p.Path[t][k]) })
			c.add("path", inner, "d", layer.path(u), "fill", "none", "stroke", m.colour,
				"stroke-width", layer.width, "stroke-opacity", layer.opaque, "marker-end", layer.head)
		}
	}
}

// tracks draws the way of every weight vector's tip, faint, from a hollow dot.
func (c *canvas) tracks(p plane, v window) {
	m := markOf(p.Activation)
	for k := range p.Path[0] {
		if !p.finite(k) {
			continue
		}
		var d pathData
		for i, t := range timeline(len(p.Path))[restSteps:] {
			x, y := v.place(p.Path[t][k][0]*v.stretch, p.Path[t][k][1]*v.stretch)
			d.to(x, y)
			if i == 0 {
				c.add("circle", "", "cx", x, "cy", y, "r", 2.4,
					"fill", "white", "stroke", m.colour, "stroke-opacity", 0.6)
			}
		}
		c.add("path", "", "d", string(d), "fill", "none", "stroke", m.colour, "stroke-opacity", 0.45)
	}
}

const restSteps = 6

// timeline is the steps of an animation over a path of n: a rest at the end, then at most 31
// steps from the start.
func timeline(n int) (steps []int) {
	for range restSteps {
		steps = append(steps, n-1)
	}
	frames := min(n, 31)
	for i := range frames {
		steps = append(steps, i*(n-1)/(frames-1))
	}
	return steps
}

// animate is the markup that moves an attribute of the element it is in through its values at
// the steps.
func animate(attribute string, steps []int, at func(t int) string) string {
	if len(steps) == 0 {
		return ""
	}
	values := make([]string, len(steps))
	for i, t := range steps {
		values[i] = at(t)
	}
	return element("animate", "", "attributeName", attribute, "dur", "8s", "repeatCount", "indefinite",
		"values", strings.Join(values, ";"))
}

// progress draws a bar that grows while the units move.
func (c *canvas) progress() {
	const left, right = 250.0, 470.0
	c.y += 8
	c.inGroup("trajectory-moving", "inline", func() {
		c.text(left-10, c.y+4, "end", "initialisation")
		c.text(right+10, c.y+4, "start", "trained")
		c.line(left, c.y, right, c.y, "stroke", faint, "stroke-width", 4.0)
		grow := animate("x2", timeline(101), func(t int) string {
			return num(left + float64((right-left)/100*float64(t)))
		})
		c.add("line", grow, "x1", left, "y1", c.y, "x2", right, "y2", c.y, "stroke", ink, "stroke-width", 4.0)
	})
	c.y += 10
}

func planeLegend(c *canvas, moving bool) []legendEntry {
	entries := []legendEntry{
		{"data", func(x, y float64) {
			for _, at := range [][2]float64{{-8, 3}, {0, -4}, {7, 1}} {
				c.add("circle", "", "cx", x+at[0], "cy", y+at[1], "r", 1.5, "fill", "#b0b0b0")
			}
		}},
		{"weight vector w of a unit", func(x, y float64) {
			head := c.arrowHead(markOf("any"))
			c.line(x-13, y, x+13, y, "stroke", grey, "stroke-width", 1.6, "marker-end", head)
		}},
		{"w·x + b = 0", func(x, y float64) {
			c.line(x-13, y, x+13, y, "stroke", grey, "stroke-width", 0.8)
		}},
	}
	if moving {
		entries = append(entries, legendEntry{"way of w in training", func(x, y float64) {
			c.add("circle", "", "cx", x-10, "cy", y, "r", 2.4, "fill", "white", "stroke", grey)
			c.line(x-7, y, x+13, y, "stroke", grey, "stroke-opacity", 0.6)
		}})
	}
	return entries
}
