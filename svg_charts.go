package main

// Plots over an x axis: training curves, the sweep over λ, the trade-off of two metrics.

import (
	"cmp"
	"slices"
	"strconv"
)

// point is one place of a series; estimate is its height.
type point struct {
	X float64
	estimate
	Tip string
}

// series is one activation in one panel of chartPlot. A name that is no activation's is drawn grey.
type series struct {
	Name   string
	Points []point
}

// chart is one panel of chartPlot.
type chart struct {
	Title  string
	Y      quantity
	Series []series
}

// look is how chartPlot draws series.
type look int

const (
	bands    look = iota // a line in a band of Low to High: training curves
	whiskers             // joined markers with intervals: a sweep
	scatter              // markers alone: a trade-off
)

// chartPlot draws the charts side by side over one x axis. Charts of one quantity share its
// title above them; else each has its own.
func chartPlot(x quantity, charts []chart, style look) []byte {
	shared := true
	var xs []float64
	scales := make([]scale, len(charts))
	for i, ch := range charts {
		shared = shared && ch.Y == charts[0].Y
		var ys []float64
		for _, s := range ch.Series {
			for _, p := range s.Points {
				xs = append(xs, p.X)
				ys = append(ys, p.Value, p.Low, p.High)
			}
		}
		scales[i] = newScale(ch.Y, ys, 5)
	}
	c := newCanvas("against " + x.label())
	if shared && len(charts) > 0 {
		c.label = charts[0].Y.label() + " " + c.label
		c.heading(charts[0].Y.label())
	}
	c.legend(chartLegend(c, x, charts, style))
	inset := 10.0
	if style == whiskers {
		inset = 22 // for what is dodged
	}
	columns := min(max(1, len(charts)), 3)
	frames := c.layout(len(charts), columns, 0, tickRoom(scales), 220, 20)
	across := newScale(x, xs, 5)
	for i, ch := range charts {
		f := frames[i]
		c.panelTitle(f, ch.Title)
		c.chart(x, ch, f, across.over(f.left+inset, f.right-inset), scales[i].over(f.bottom-8, f.top+8), style)
	}
	c.y += 12
	c.text(pageWidth/2, c.y, "middle", x.label())
	homeless := 0
	for _, v := range xs {
		if !x.shows(v) {
			homeless++
		}
	}
	if homeless > 0 {
		c.footnote("Without a value on the x axis, and so not shown: " + strconv.Itoa(homeless) + ".")
	}
	return c.bytes()
}

// chart draws one panel.
func (c *canvas) chart(x quantity, ch chart, f frame, across, up scale, style look) {
	c.axisY(f, up)
	c.axisX(f, across)
	for i, s := range ch.Series {
		var dodge float64 // so that intervals do not hide each other
		if style == whiskers {
			dodge = 4.5 * float64(2*i+1-len(ch.Series)) / 2
		}
		m := markOf(s.Name)
		runs, lost := segments(x, ch.Y, s.Points)
		for _, run := range runs {
			c.run(ch.Y, m, run, func(v float64) float64 { return across.at(v) + dodge }, up, style)
		}
		for _, p := range lost {
			at := across.at(p.X) + dodge
			c.text(at, f.bottom-2, "middle", "×", "fill", m.colour)
			c.add("circle", tip(s.Name+": no value at "+short(p.X)),
				"cx", at, "cy", f.bottom-6, "r", 5.0, "fill-opacity", 0.0)
		}
	}
}

// run draws points that all have a place, in the manner of style. Markers on a line of many points
// are few, and stand elsewhere for every activation.
func (c *canvas) run(y quantity, m mark, points []point,
	across func(float64) float64, up scale, style look) {
	var line pathData
	for _, p := range points {
		line.to(across(p.X), up.at(p.Value))
	}
	if style == bands {
		c.add("path", "", "d", bandPath(y, points, across, up), "fill", m.colour, "fill-opacity", 0.15)
	}
	if style != scatter {
		first, last := points[0], points[len(points)-1]
		told := m.name + ": " + short(first.Value) + " at " + short(first.X) +
			", " + short(last.Value) + " at " + short(last.X)
		c.add("path", tip(told), "d", string(line), "fill", "none", "stroke", m.colour,
			"stroke-width", 1.6, "stroke-dasharray", m.dash)
	}
	every, offset := 1, 0
	if style == bands {
		every = max(1, len(points)/5)
		offset = markIndex(m.name) * every / (len(activations) + 1)
	}
	for i, p := range points {
		if i%every != offset {
			continue
		}
		told := tip(cmp.Or(p.Tip, m.name+", "+short(p.X)+": "+p.estimate.text()))
		switch style {
		case whiskers:
			c.whisker(y, up, p.estimate, across(p.X), 2)
			c.marker(m, across(p.X), up.at(p.Value), 3.6, m.colour, ink, told, "stroke-width", 0.6)
		case bands:
			c.marker(m, across(p.X), up.at(p.Value), 3, m.colour, m.colour, told)
		case scatter:
			c.marker(m, across(p.X), up.at(p.Value), 3.2, m.colour, m.colour, told, "fill-opacity", 0.6)
		}
	}
}

// bandPath goes along the highs and back along the lows; a point without them has a band of no
// height.
func bandPath(y quantity, points []point, across func(float64) float64, up scale) string {
	var d pathData
	edge := func(p point, v float64) {
		if !y.shows(v) {
			v = p.Value
		}
		d.to(across(p.X), up.at(v))
	}
	for _, p := range points {
		edge(p, p.High)
	}
	for _, p := range slices.Backward(points) {
		edge(p, p.Low)
	}
	return string(d) + "Z"
}

// segments splits points where one has no place. lost holds the first point of each gap that has
// an x.
func segments(x, y quantity, points []point) (runs [][]point, lost []point) {
	begin, gap := 0, false
	for i, p := range points {
		if x.shows(p.X) && y.shows(p.Value) {
			gap = false
			continue
		}
		if i > begin {
			runs = append(runs, points[begin:i])
		}
		begin = i + 1
		if !gap && x.shows(p.X) {
			lost = append(lost, p)
		}
		gap = true
	}
	if len(points) > begin {
		runs = append(runs, points[begin:])
	}
	return runs, lost
}

// chartLegend names the series of all charts, activations first and in their order.
func chartLegend(c *canvas, x quantity, charts []chart, style look) (entries []legendEntry) {
	var names []string
	gaps := false
	for _, ch := range charts {
		for _, s := range ch.Series {
			_, lost := segments(x, ch.Y, s.Points)
			gaps = gaps || len(lost) > 0
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return markIndex(a) - markIndex(b) })
	for _, name := range names {
		m := markOf(name)
		entries = append(entries, legendEntry{name, func(x, y float64) {
			if style != scatter {
				c.line(x-13, y, x+13, y, "stroke", m.colour, "stroke-width", 1.6, "stroke-dasharray", m.dash)
			}
			c.marker(m, x, y, 3.6, m.colour, m.colour, "")
		}})
	}
	if gaps {
		entries = append(entries, legendEntry{"no value", func(x, y float64) {
			c.text(x, y+4, "middle", "×")
		}})
	}
	return entries
}

// trainingPlot shows one run: loss and its two terms by epoch. A curve without any value, as the
// terms under reconstruction, has no panel.
func trainingPlot(activation string, loss, entropy, tc []float64) []byte {
	var charts []chart
	for _, curve := range []struct {
		title  string
		values []float64
	}{{"Loss", loss}, {"Entropy term", entropy}, {"TC term", tc}} {
		q := quantity{Title: curve.title, Better: -1}
		if !slices.ContainsFunc(curve.values, q.shows) {
			continue
		}
		s := series{Name: activation}
		for i, v := range curve.values {
			s.Points = append(s.Points, point{X: float64(i + 1), estimate: estimate{v, v, v}})
		}
		charts = append(charts, chart{q.label(), q, []series{s}})
	}
	return chartPlot(quantity{Title: "Epoch", Whole: true}, charts, bands)
}
