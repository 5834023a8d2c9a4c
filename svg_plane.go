package main

// Pictures of weights over two inputs: the data, each unit's weight vector w, the line
// w·x + b = 0, and how they moved in training.

import (
	"cmp"
	"math"
	"slices"
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
// final state, go from initialisation to it, and begin again. What prints is the final state. note says
// which runs.
func planePicture(planes []plane, note string) []byte {
	c := newCanvas("Weight vectors and the lines w·x + b = 0, over the data")
	moving := slices.ContainsFunc(planes, plane.moves)
	columns := min(max(1, len(planes)), 3)
	outer, side := 0.0, (pageWidth-margin)/float64(columns)-40
	if columns < 3 {
		side = 300 + 180/float64(columns)
		outer = (pageWidth - float64((side+40)*float64(columns))) / 2
	}
	c.planeLegend(moving)
	for i, f := range c.layout(len(planes), columns, outer, 32, side, 26) {
		f.right = f.left + side
		c.plane(newWindow(planes[i], f))
	}
	if moving {
		c.body.WriteString("<style>@media print, (prefers-reduced-motion: reduce) " +
			"{ .trajectory-moving { display: none } .trajectory-still { display: inline } }</style>\n")
		c.progress()
	}
	c.footnote(note)
	return c.bytes()
}

func (p plane) moves() bool { return len(p.Path) > 1 }

// window is the square −reach…reach of a plane's inputs in a frame. Arrows are drawn stretch times
// as long.
type window struct {
	plane
	f              frame
	reach, stretch float64
	drawn          []int // the units that can be: after a divergence some cannot
}

func newWindow(p plane, f frame) window {
	var reach, longest float64
	for _, x := range p.Points {
		reach = max(reach, math.Abs(x[0]), math.Abs(x[1]))
	}
	v := window{plane: p, f: f, reach: 1.1 * cmp.Or(reach, 1), stretch: 1}
	states := append([][][3]float64{p.Units}, p.Path...)
	for k := range p.Units {
		var length, largest float64 // NaN if a number is
		for _, units := range states {
			u := units[k]
			length = max(length, math.Abs(u[0]), math.Abs(u[1]))
			largest = max(largest, length, math.Abs(u[2]))
		}
		if largest <= 1e150 { // |w|² is finite
			v.drawn = append(v.drawn, k)
			longest = max(longest, length)
		}
	}
	if fit := longest / v.reach; fit > 0.95 || 0 < fit && fit < 0.25 {
		step, _ := niceStep(fit / 0.95)
		v.stretch = 1 / step
	}
	return v
}

// place is where the inputs (x, y) are on the page, to a tenth of a unit: animations are long.
func (v window) place(x, y float64) [2]float64 {
	half := (v.f.right - v.f.left) / 2
	px := math.FMA(x/v.reach, half, (v.f.left+v.f.right)/2)
	py := math.FMA(-y/v.reach, half, (v.f.top+v.f.bottom)/2)
	return [2]float64{math.Round(px*10) / 10, math.Round(py*10) / 10}
}

// end is where the arrow of w ends.
func (v window) end(u [3]float64) [2]float64 { return v.place(u[0]*v.stretch, u[1]*v.stretch) }

// arrow is the path from the origin to w; arrowHead puts a head on it.
func (v window) arrow(u [3]float64) string { return path(v.place(0, 0), v.end(u)) }

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
	at := func(t float64) [2]float64 { return v.place(math.FMA(-u[1], t, px), math.FMA(u[0], t, py)) }
	return path(at(lo), at(hi))
}

func (c *canvas) plane(v window) {
	f, title := v.f, v.Title
	if v.stretch != 1 {
		title = strings.TrimPrefix(title+"; w ×"+short(v.stretch), "; ")
	}
	c.title(f, title)
	var dots strings.Builder
	for i := 0; i < len(v.Points); i += max(1, (len(v.Points)+799)/800) {
		dots.WriteString(path(v.place(v.Points[i][0], v.Points[i][1])) + "h0") // round ends make a dot of it
	}
	c.add("path", "", "d", dots.String(), "stroke", "#c4c4c4", "stroke-width", 2.6, "stroke-linecap", "round")
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
	if !v.moves() {
		c.units(v, nil)
		return
	}
	c.tracks(v)
	c.inGroup("trajectory-still", "none", func() { c.units(v, nil) })
	c.inGroup("trajectory-moving", "inline", func() { c.units(v, timeline(len(v.Path))) })
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
func (c *canvas) units(v window, steps []int) {
	m := markOf(v.Activation)
	layer := func(shape func([3]float64) string, width, opaque float64, head string) {
		for _, k := range v.drawn {
			u := v.Units[k]
			told := "unit " + strconv.Itoa(k) + ": w = (" + short(u[0]) + ", " + short(u[1]) + "), b = " + short(u[2])
			moves := animate("d", steps, func(t int) string { return shape(v.Path[t][k]) })
			c.add("path", tip(told)+moves, "d", shape(u), "fill", "none", "stroke", m.colour,
				"stroke-width", width, "stroke-opacity", opaque, "marker-end", head)
		}
	}
	head := c.arrowHead(m)
	layer(v.boundary, 0.8, 0.55, "none")
	layer(v.arrow, 1.6, 1, head)
}

// tracks draws the way of every weight vector's end, faint, from a hollow dot.
func (c *canvas) tracks(v window) {
	m, dot := markOf(v.Activation), markOf("")
	for _, k := range v.drawn {
		var way [][2]float64
		for _, t := range timeline(len(v.Path))[restSteps:] {
			way = append(way, v.end(v.Path[t][k]))
		}
		c.marker(dot, way[0][0], way[0][1], 2.4, "white", m.colour, "", "stroke-opacity", 0.6)
		c.add("path", "", "d", path(way...), "fill", "none", "stroke", m.colour, "stroke-opacity", 0.45)
	}
}

const restSteps = 6

// timeline is the steps of an animation over a path of n: a rest at the end, then at most 31
// steps from the start.
func timeline(n int) []int {
	steps := slices.Repeat([]int{n - 1}, restSteps)
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
		at := func(t int) string { return num(left + float64((right-left)/100*float64(t))) }
		grow := animate("x2", timeline(101), at)
		c.add("line", grow, "x1", left, "y1", c.y, "x2", right, "y2", c.y, "stroke", ink, "stroke-width", 4.0)
	})
	c.y += 10
}

func (c *canvas) planeLegend(moving bool) {
	c.key("data", func(x, y float64) {
		for _, at := range [][2]float64{{-8, 3}, {0, -4}, {7, 1}} {
			c.add("circle", "", "cx", x+at[0], "cy", y+at[1], "r", 1.5, "fill", "#b0b0b0")
		}
	})
	c.key("weight vector w of a unit", func(x, y float64) {
		head := c.arrowHead(markOf("any"))
		c.line(x-13, y, x+13, y, "stroke", grey, "stroke-width", 1.6, "marker-end", head)
	})
	c.key("w·x + b = 0", func(x, y float64) { c.line(x-13, y, x+13, y, "stroke", grey, "stroke-width", 0.8) })
	if moving {
		c.key("way of w in training", func(x, y float64) {
			c.marker(markOf(""), x-10, y, 2.4, "white", grey, "")
			c.line(x-7, y, x+13, y, "stroke", grey, "stroke-opacity", 0.6)
		})
	}
}
