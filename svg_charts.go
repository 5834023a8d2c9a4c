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

// series is one activation in one panel of chartPlot, or one condition if the panel is of a single activation. A name that
// is no activation's is drawn grey.
type series struct {
	Name   string
	Points []point
	emblem // the condition; without Name the series is the activation
}

// mark is the activation's or, if the series is a condition, that of its emblem in the colour.
func (s series) mark(colour string) mark {
	if s.emblem.Name == "" {
		return markOf(s.Name)
	}
	return s.emblem.mark(colour)
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
	bands    look = iota // a median's line in a band of minimum to maximum: training curves
	whiskers             // joined interquartile means with intervals: a sweep
	scatter              // markers alone, one for each run: a trade-off
)

// chartPlot draws the charts side by side over one x axis. Charts of one quantity share its
// title above them; else each has its own. note says whose runs they are.
func chartPlot(x quantity, charts []chart, style look, note string) []byte {
	var xs []float64
	var keys []mark
	gaps, intervals := false, false
	scales := make([]scale, len(charts))
	for i, ch := range charts {
		var ys []float64
		for _, s := range ch.Series {
			if key := s.mark(grey); !slices.ContainsFunc(keys, func(m mark) bool { return m.name == key.name }) {
				keys = append(keys, key)
			}
			_, lost := segments(x, ch.Y, s.Points)
			gaps = gaps || len(lost) > 0
			for _, p := range s.Points {
				xs = append(xs, p.X)
				ys = append(ys, p.Value, p.Low, p.High)
				intervals = intervals || p.drawn(ch.Y) && (style != bands || p.Low < p.High)
			}
		}
		scales[i] = newScale(ch.Y, ys, 5)
	}
	shared := !slices.ContainsFunc(charts, func(ch chart) bool { return ch.Y != charts[0].Y })
	c := newCanvas("against " + x.label())
	if shared && len(charts) > 0 {
		c.label = charts[0].Y.label() + " " + c.label
		c.heading(charts[0].Y.label())
	}
	c.chartLegend(keys, gaps, intervals, style)
	inset := 10.0
	if style == whiskers {
		inset = 22 // for what is dodged
	}
	across := newScale(x, xs, 5)
	frames := c.layout(len(charts), 3, 0, tickRoom(scales), 220, 20)
	for i, ch := range charts {
		f := frames[i]
		c.title(f, ch.Title)
		c.chart(ch, f, across.over(f.left+inset, f.right-inset), scales[i].over(f.bottom-8, f.top+8), style)
	}
	c.y += 12
	c.text(pageWidth/2, c.y, "middle", x.label())
	if homeless := x.missing(xs); homeless > 0 {
		c.footnote("Without a value on the x axis, and so not shown: " + strconv.Itoa(homeless) + ".")
	}
	if style == whiskers && slices.ContainsFunc(charts, func(ch chart) bool { return len(ch.Series) > 1 }) {
		note = "Marks of one value on the x axis stand side by side. " + note
	}
	c.footnote(note)
	return c.bytes()
}

// chart draws one panel.
func (c *canvas) chart(ch chart, f frame, across, up scale, style look) {
	c.axisY(f, up)
	c.axisX(f, across)
	for i, s := range ch.Series {
		if style == whiskers { // intervals must not hide each other
			across.dodge = 4.5 * float64(2*i+1-len(ch.Series)) / 2
		}
		m := s.mark(markOf(s.Name).colour)
		runs, lost := segments(across.quantity, up.quantity, s.Points)
		for _, run := range runs {
			c.run(m, run, across, up, style)
		}
		for _, p := range lost {
			c.text(across.at(p.X), f.bottom-2, "middle", "×", "fill", m.colour)
			told := tip(m.name + ": no value at " + short(p.X))
			c.add("circle", told, "cx", across.at(p.X), "cy", f.bottom-6, "r", 5.0, "fill-opacity", 0.0)
		}
	}
}

// run draws points that all can be shown, as style says. A line of many points has few markers, at
// different points for each activation.
func (c *canvas) run(m mark, points []point, across, up scale, style look) {
	every, offset := 1, 0
	if style == bands {
		c.add("path", "", "d", bandPath(points, across, up), "fill", m.colour, "fill-opacity", 0.15)
		every = max(1, len(points)/5)
		offset = markIndex(m.name) * every / (len(activations) + 1)
	}
	if style != scatter {
		var line [][2]float64
		for _, p := range points {
			line = append(line, [2]float64{across.at(p.X), up.at(p.Value)})
		}
		first, last := points[0], points[len(points)-1]
		told := m.name + ": " + short(first.Value) + " at " + short(first.X) + ", " + short(last.Value) + " at " + short(last.X)
		c.add("path", tip(told), "d", path(line...), "fill", "none", "stroke", m.colour,
			"stroke-width", 1.6, "stroke-dasharray", m.dash)
	}
	for i := offset; i < len(points); i += every {
		p := points[i]
		x, y := across.at(p.X), up.at(p.Value)
		told := tip(cmp.Or(p.Tip, m.name+", "+short(p.X)+": "+p.estimate.text()))
		switch style {
		case whiskers:
			c.whisker(up, p.estimate, x, 2, m.colour)
			c.marker(m, x, y, 3.6, m.colour, ink, told, "stroke-width", 0.6)
		case bands:
			c.marker(m, x, y, 3, m.colour, m.colour, told)
		case scatter:
			c.marker(m, x, y, 3.2, m.colour, m.colour, told, "fill-opacity", 0.6)
		}
	}
}

// bandPath goes along the highs and back along the lows; a point without them has a band of no
// height.
func bandPath(points []point, across, up scale) string {
	edge := func(p point, v float64) [2]float64 {
		if !up.shows(v) {
			v = p.Value
		}
		return [2]float64{across.at(p.X), up.at(v)}
	}
	var highs, lows [][2]float64
	for _, p := range points {
		highs, lows = append(highs, edge(p, p.High)), append(lows, edge(p, p.Low))
	}
	slices.Reverse(lows)
	return path(append(highs, lows...)...) + "Z"
}

// segments splits points where one has no place. lost holds the first point of each gap, if that
// has an x.
func segments(x, y quantity, points []point) (runs [][]point, lost []point) {
	shown := func(p point) bool { return x.shows(p.X) && y.shows(p.Value) }
	for i, p := range points {
		first := i == 0 || shown(p) != shown(points[i-1]) // of a run or a gap
		switch {
		case shown(p) && first:
			runs = append(runs, []point{p})
		case shown(p):
			last := len(runs) - 1
			runs[last] = append(runs[last], p)
		case first && x.shows(p.X):
			lost = append(lost, p)
		}
	}
	return runs, lost
}

// chartLegend names the series, activations first and in their order, and what is drawn of each.
func (c *canvas) chartLegend(keys []mark, gaps, intervals bool, style look) {
	slices.SortStableFunc(keys, func(a, b mark) int { return markIndex(a.name) - markIndex(b.name) })
	for _, m := range keys {
		c.key(m.name, func(x, y float64) {
			if style != scatter {
				c.line(x-13, y, x+13, y, "stroke", m.colour, "stroke-width", 1.6, "stroke-dasharray", m.dash)
			}
			c.marker(m, x, y, 3.6, m.colour, m.colour, "")
		})
	}
	switch {
	case style == whiskers:
		c.centreKey(intervals)
	case style == scatter:
		c.key("a mark for each run", func(x, y float64) { c.marker(markOf(""), x, y, 3.2, grey, grey, "") })
	case intervals:
		c.key("median over the seeds", func(x, y float64) { c.line(x-13, y, x+13, y, "stroke", grey, "stroke-width", 1.6) })
		c.key("from minimum to maximum", func(x, y float64) {
			c.add("rect", "", "x", x-13, "y", y-7, "width", 26.0, "height", 14.0, "fill", grey, "fill-opacity", 0.15)
		})
	}
	if gaps {
		c.gapKey()
	}
}

// trainingPlot shows one run: loss and its two terms by epoch. A curve without any value, as the
// terms under reconstruction, has no panel. note says which run.
func trainingPlot(activation string, loss, entropy, tc []float64, note string) []byte {
	var charts []chart
	titles := []string{"Loss", "Entropy term", "TC term"}
	for i, values := range [][]float64{loss, entropy, tc} {
		q := quantity{Title: titles[i], Better: -1}
		if q.missing(values) == len(values) {
			continue
		}
		s := series{Name: activation}
		for epoch, v := range values {
			s.Points = append(s.Points, point{X: float64(epoch + 1), estimate: estimate{v, v, v}})
		}
		charts = append(charts, chart{q.label(), q, []series{s}})
	}
	return chartPlot(quantity{Title: "Epoch", Whole: true}, charts, bands, note)
}
