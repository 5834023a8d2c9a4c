package main

// Paired slopes: how each seed's value changes from one condition to another, a panel for each activation.

import "strconv"

// slopes are the runs of one activation, a line for each seed.
type slopes struct {
	Activation string
	Seeds      []uint64
	From, To   []float64   // per seed; NaN without a run
	Means      [2]estimate // of each
	Levels     []level     // of other conditions
}

// slopePlot draws the panels in rows of three. ends names what the lines go from and to; note says whose runs they are.
func slopePlot(q quantity, ends [2]string, panels []slopes, note string) []byte {
	c := newCanvas(q.label() + ", " + ends[0] + " and " + ends[1])
	c.heading(q.label())
	var levels []string
	missing, intervals, cut := false, false, false
	axes, scales := make([]groupAxis, len(panels)), make([]scale, len(panels))
	for i, p := range panels {
		for _, l := range p.Levels {
			placeIn(&levels, l.Name)
		}
		missing = missing || p.missing(q) > 0
		intervals = intervals || p.Means[0].drawn(q) || p.Means[1].drawn(q)
		axes[i] = newGroupAxis(q, groupPanel{Groups: []group{{Initial: p.From, Trained: p.To, Mean: p.Means[1], Levels: p.Levels}}})
		scales[i], cut = axes[i].scale, cut || axes[i].under+axes[i].over > 0
	}
	c.slopeLegend(levels, intervals, missing)
	for i, f := range c.layout(len(panels), 3, 0, tickRoom(scales), 170, 26) {
		p, axis := panels[i], axes[i].in(f)
		c.title(f, p.Activation)
		c.axisY(f, axis.scale)
		middle, width := (f.left+f.right)/2, f.right-f.left
		for _, l := range p.Levels {
			c.atLevel(&axis, l, middle, float64(width*0.46), placeIn(&levels, l.Name), tip(p.Activation+", "+l.Name+": "+short(l.Value)))
		}
		c.slopes(p, axis.scale, middle, width, ends, f)
	}
	if cut {
		c.footnote("↓ ↑: a reference beyond the axis, which spans the runs shown; beside the arrow its value.")
	}
	c.footnote(note)
	return c.bytes()
}

// missing counts the seeds without both values.
func (p slopes) missing(q quantity) (n int) {
	for i := range p.Seeds {
		if !q.shows(p.From[i]) || !q.shows(p.To[i]) {
			n++
		}
	}
	return n
}

// slopes draws the lines of p about x, and beyond their ends the means.
func (c *canvas) slopes(p slopes, s scale, x, width float64, ends [2]string, f frame) {
	m := markOf(p.Activation)
	at := [2]float64{x - float64(width*0.24), x + float64(width*0.24)}
	beyond := [2]float64{x - float64(width*0.38), x + float64(width*0.38)}
	for i, seed := range p.Seeds {
		from, to := p.From[i], p.To[i]
		if !s.shows(from) || !s.shows(to) {
			continue
		}
		told := tip(p.Activation + ", seed " + strconv.FormatUint(seed, 10) + ": " + short(from) + " → " + short(to))
		c.add("line", told, "x1", at[0], "y1", s.at(from), "x2", at[1], "y2", s.at(to), "stroke", m.colour, "stroke-width", 1.0, "stroke-opacity", 0.6)
		c.marker(m, at[0], s.at(from), 2.4, "white", m.colour, told)
		c.marker(m, at[1], s.at(to), 2.4, m.colour, m.colour, told)
	}
	for i, mean := range p.Means {
		c.text(at[i], f.bottom+16, "middle", ends[i])
		if s.shows(mean.Value) {
			c.whisker(s, mean, beyond[i], 3, m.colour)
			c.marker(m, beyond[i], s.at(mean.Value), 4, m.colour, ink, tip(p.Activation+", "+ends[i]+", interquartile mean "+mean.text()), "stroke-width", 0.7)
		}
	}
	if n := p.missing(s.quantity); n > 0 {
		c.add("text", strconv.Itoa(n)+"×"+tip(p.Activation+": "+plural(n, "seed")+" without both values"),
			"x", x, "y", f.top+4, "text-anchor", "middle", "font-size", smallSize, "fill", grey)
	}
}

// slopeLegend explains the glyphs that are drawn.
func (c *canvas) slopeLegend(levels []string, intervals, missing bool) {
	c.seedKey("a line for each seed")
	c.centreKey(intervals)
	c.levelKeys(levels)
	if missing {
		c.missingKey("seeds without both values")
	}
}
