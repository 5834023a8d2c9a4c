package main

// Conditions told by their shape, since the colour is the activation's: side by side in a group of groupPlot, and in
// scatterPlot, which shows one measure against another, run by run.

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// emblem is a condition's name and the place of its shape, the same in all figures of a study.
type emblem struct {
	Name  string
	Place int
}

// conditionMark is the mean of a condition's runs.
type conditionMark struct {
	emblem
	estimate
}

// mark is that of the emblem in a colour. Shapes and dashes are those of the activations, in turn.
func (e emblem) mark(colour string) mark {
	like := activations[e.Place%len(activations)]
	return mark{e.Name, colour, like.dash, like.shape}
}

// conditionKeys names the emblems.
func (c *canvas) conditionKeys(marks []conditionMark) {
	var named []string
	for _, m := range marks {
		if !slices.Contains(named, m.Name) {
			named = append(named, m.Name)
			c.key(m.Name, func(x, y float64) { c.marker(m.mark(grey), x, y, 3.6, grey, grey, "") })
		}
	}
}

// conditionMarks draws those of g side by side in a column of the given width about x. One without a value leaves
// a cross at the bottom.
func (c *canvas) conditionMarks(g group, s scale, x, width, bottom float64) {
	colour := markOf(g.Activation).colour
	for i, m := range g.Marks {
		x := x + float64(width*0.8*((float64(i)+0.5)/float64(len(g.Marks))-0.5))
		told := tip(g.Activation + ", " + m.Name + ", interquartile mean " + m.text())
		if !s.shows(m.Value) {
			c.add("text", "×"+told, "x", x, "y", bottom-2, "text-anchor", "middle", "fill", colour)
			continue
		}
		c.whisker(s, m.estimate, x, 2, colour)
		c.marker(m.mark(colour), x, s.at(m.Value), 3.6, colour, ink, told, "stroke-width", 0.6)
	}
}

// cloud is the runs of one activation under one condition, a point each.
type cloud struct {
	Activation string
	emblem
	Points [][2]float64 // x, y
}

// scatterPanel has axes of its own.
type scatterPanel struct {
	Title  string
	Clouds []cloud
}

// scatterPlot shows y against x, in rows of that many panels. note says whose runs they are.
func scatterPlot(x, y quantity, panels []scatterPanel, columns int, note string) []byte {
	c := newCanvas(y.label() + " against " + x.label())
	c.heading(y.label())
	var names []string
	var emblems []conditionMark
	across, up := make([]scale, len(panels)), make([]scale, len(panels))
	for i, p := range panels {
		var xs, ys []float64
		for _, cloud := range p.Clouds {
			placeIn(&names, cloud.Activation)
			emblems = append(emblems, conditionMark{emblem: cloud.emblem})
			for _, at := range cloud.Points {
				xs, ys = append(xs, at[0]), append(ys, at[1])
			}
		}
		across[i], up[i] = newScale(x, xs, 4), newScale(y, ys, 5)
	}
	for _, name := range names {
		c.key(name, func(x, y float64) {
			c.add("rect", "", "x", x-8, "y", y-5, "width", 16.0, "height", 10.0, "fill", markOf(name).colour)
		})
	}
	slices.SortStableFunc(emblems, func(a, b conditionMark) int { return a.Place - b.Place })
	c.conditionKeys(emblems)
	for i, f := range c.layout(len(panels), columns, 0, tickRoom(up), 170, 26) {
		c.title(f, panels[i].Title)
		across, up := across[i].over(f.left+8, f.right-8).spaced(), up[i].over(f.bottom-8, f.top+8)
		c.axisY(f, up)
		c.axisX(f, across)
		hidden := 0
		for _, cloud := range panels[i].Clouds {
			hidden += c.cloud(cloud, across, up)
		}
		if hidden > 0 {
			c.text(f.right, f.bottom-4, "end", strconv.Itoa(hidden)+" not shown", "font-size", smallSize, "fill", grey)
		}
	}
	c.y += 12
	c.text(pageWidth/2, c.y, "middle", x.label())
	c.footnote("A mark for each run: the colour is its activation, the shape its condition. " + note)
	return c.bytes()
}

// cloud draws its points as one path, and returns how many have no place on an axis.
func (c *canvas) cloud(cl cloud, across, up scale) (hidden int) {
	m := cl.mark(markOf(cl.Activation).colour)
	var d strings.Builder
	for _, at := range cl.Points {
		if !across.shows(at[0]) || !up.shows(at[1]) {
			hidden++
			continue
		}
		d.WriteString(m.outline(across.at(at[0]), up.at(at[1]), 2.4))
	}
	if d.Len() > 0 {
		c.add("path", tip(cl.Activation+", "+cl.Name), "d", d.String(), "fill", m.colour, "fill-opacity", 0.55)
	}
	return hidden
}

// outline is the shape of m about (x, y) with radius r, closed, as a part of a path's d: to a tenth of a unit, since
// there are thousands.
func (m mark) outline(x, y, r float64) string {
	tenths := func(v float64) string { return num(math.Round(10*v) / 10) }
	if m.shape == nil { // an arc that ends where it began is none
		return "M" + tenths(x-r) + "," + tenths(y) + "a" + tenths(r) + " " + tenths(r) + " 0 1 1 0 .1Z"
	}
	d := "M" + tenths(x+float64(m.shape[0]*r)) + "," + tenths(y+float64(m.shape[1]*r))
	for i := 2; i < len(m.shape); i += 2 {
		d += "l" + tenths((m.shape[i]-m.shape[i-2])*r) + " " + tenths((m.shape[i+1]-m.shape[i-1])*r)
	}
	return d + "Z"
}
