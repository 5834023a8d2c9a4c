package main

import "slices"

// The forest plot: how far InfoMax shifts a metric from each baseline, by activation.

// shift is one activation's row in one panel of forestPlot.
type shift struct {
	Activation string
	estimate           // Hodges–Lehmann shift, infomax − baseline
	P          float64 // adjusted; the marker is filled if it is under 0.05
}

type forestPanel struct {
	Title  string // "against random, K = 32"
	Shifts []shift
	Beside []shift // another panel's, whose range this one has room for, so that the two can be compared
}

// forestPlot shows the shifts of q. Panels stand in rows of the given number of columns: say, a
// row for each baseline and a column for each K. All panels have the same activations, in one
// order. note says whose runs they are.
func forestPlot(q quantity, panels []forestPanel, columns int, note string) []byte {
	q.Log = false // of differences
	c := newCanvas("Shift of " + q.label())
	c.heading("Shift, infomax − baseline: " + q.label())
	c.forestLegend(q, panels)
	rows := 1
	for _, p := range panels {
		rows = max(rows, len(p.Shifts))
	}
	names := textWidth("leaky_relu", textSize)
	for i, f := range c.layout(len(panels), columns, names, 8, float64(19*rows+6), 24) {
		c.forest(panels[i], f, q.Better, i%columns == 0)
	}
	c.footnote(note)
	return c.bytes()
}

// forest draws one panel, with the rows' names if it is the first of its line.
func (c *canvas) forest(p forestPanel, f frame, better int, named bool) {
	const numbers = 62 // room at the right for the shifts in figures
	values := []float64{0}
	for _, s := range slices.Concat(p.Shifts, p.Beside) {
		values = append(values, s.Value, s.Low, s.High)
	}
	plot := frame{f.left, f.top, f.right - numbers, f.bottom}
	across := newScale(quantity{}, values, 4).over(plot.left+8, plot.right-8)
	zero := across.at(0)
	if better != 0 {
		from, to := zero, plot.right
		if better < 0 {
			from, to = plot.left, zero
		}
		c.add("rect", "", "x", from, "y", f.top, "width", to-from, "height", f.bottom-f.top, "fill", shaded)
	}
	c.line(zero, f.top, zero, f.bottom, "stroke", ink)
	c.axisX(plot, across)
	c.title(f, p.Title)
	for i, s := range p.Shifts {
		y := f.top + float64(19*i+12)
		if named {
			c.text(f.left-8, y+4, "end", s.Activation)
		}
		if !across.shows(s.Value) {
			c.text(f.right, y+4, "end", "no value", "font-size", smallSize, "fill", grey)
			continue
		}
		m := markOf(s.Activation)
		if s.drawn(across.quantity) {
			c.line(across.at(s.Low), y, across.at(s.High), y, "stroke", m.colour, "stroke-width", 1.4)
		}
		told := s.Activation + " " + p.Title + ": " + s.text() + ", adjusted " + pEquals(s.P)
		fill := "white"
		if s.P < significant {
			fill = m.colour
		}
		c.marker(m, across.at(s.Value), y, 4.2, fill, m.colour, tip(told), "stroke-width", 1.2)
		c.text(f.right, y+4, "end", aligned(s.Value), "font-size", smallSize)
	}
}

// forestLegend explains what is drawn.
func (c *canvas) forestLegend(q quantity, panels []forestPanel) {
	var filled, hollow, intervals bool
	for _, p := range panels {
		for _, s := range p.Shifts {
			filled = filled || s.P < significant
			hollow = hollow || !(s.P < significant) && q.shows(s.Value)
			intervals = intervals || s.drawn(q)
		}
	}
	m, name := markOf(""), "shift"
	if intervals {
		name += ", 95 % interval"
	}
	key := func(drawn bool, p, fill string) {
		if !drawn {
			return
		}
		c.key(name+"; adjusted p "+p+" "+shortest(significant), func(x, y float64) {
			if intervals {
				c.line(x-12, y, x+12, y, "stroke", grey, "stroke-width", 1.4)
			}
			c.marker(m, x, y, 4.2, fill, m.colour, "")
		})
	}
	key(filled, "<", m.colour)
	key(hollow, "≥", "white")
	if q.Better != 0 {
		c.key("infomax is better", func(x, y float64) {
			c.add("rect", "", "x", x-13, "y", y-7, "width", 26.0, "height", 14.0, "fill", shaded)
		})
	}
}
