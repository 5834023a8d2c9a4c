package main

// The forest plot: how far InfoMax shifts a metric from each baseline, with the interval.

// shift is one activation's row in one panel of forestPlot.
type shift struct {
	Activation string
	estimate           // Hodges–Lehmann shift, infomax − baseline
	P          float64 // adjusted; the marker is filled if it is under 0.05
}

type forestPanel struct {
	Title  string // "against random, K = 32"
	Shifts []shift
}

// forestPlot shows the shifts of q. Panels stand in rows of the given number of columns: say, a
// row for each baseline and a column for each K. All panels have the same activations, in one
// order.
func forestPlot(q quantity, panels []forestPanel, columns int) []byte {
	c := newCanvas("Shift of " + q.label())
	c.heading("Shift, infomax − baseline: " + q.label())
	c.legend(forestLegend(c, q))
	rows := 1
	for _, p := range panels {
		rows = max(rows, len(p.Shifts))
	}
	columns = max(1, columns)
	names := textWidth("leaky_relu", textSize)
	frames := c.layout(len(panels), columns, names, 8, float64(19*rows+6), 24)
	for i, p := range panels {
		c.forest(q, p, frames[i], i%columns == 0)
	}
	return c.bytes()
}

// forest draws one panel, with the rows' names if it is the first of its line.
func (c *canvas) forest(q quantity, p forestPanel, f frame, named bool) {
	const numbers = 62 // room at the right for the shifts in figures
	plain := quantity{}
	values := []float64{0}
	for _, s := range p.Shifts {
		values = append(values, s.Value, s.Low, s.High)
	}
	plot := frame{f.left, f.top, f.right - numbers, f.bottom}
	across := newScale(plain, values, 4).over(plot.left+8, plot.right-8)
	zero := across.at(0)
	if q.Better != 0 {
		from, to := zero, plot.right
		if q.Better < 0 {
			from, to = plot.left, zero
		}
		c.add("rect", "", "x", from, "y", f.top, "width", to-from, "height", f.bottom-f.top, "fill", shaded)
	}
	c.line(zero, f.top, zero, f.bottom, "stroke", ink)
	c.axisX(plot, across)
	c.panelTitle(f, p.Title)
	for i, s := range p.Shifts {
		y := f.top + float64(19*i+12)
		if named {
			c.text(f.left-8, y+4, "end", s.Activation)
		}
		if !plain.shows(s.Value) {
			c.text(f.right, y+4, "end", "no value", "font-size", smallSize, "fill", grey)
			continue
		}
		if plain.shows(s.Low) && plain.shows(s.High) {
			c.line(across.at(s.Low), y, across.at(s.High), y, "stroke", ink, "stroke-width", 1.4)
		}
		told := s.Activation + " " + p.Title + ": " + s.text() + ", adjusted p = " + short(s.P)
		m := markOf(s.Activation)
		fill := "white"
		if s.P < 0.05 {
			fill = m.colour
		}
		c.marker(m, across.at(s.Value), y, 4.2, fill, m.colour, tip(told), "stroke-width", 1.2)
		c.text(f.right, y+4, "end", aligned(s.Value), "font-size", smallSize)
	}
}

func forestLegend(c *canvas, q quantity) []legendEntry {
	m := markOf("")
	sample := func(fill string) func(x, y float64) {
		return func(x, y float64) {
			c.line(x-12, y, x+12, y, "stroke", ink, "stroke-width", 1.4)
			c.marker(m, x, y, 4.2, fill, m.colour, "")
		}
	}
	entries := []legendEntry{
		{"shift, 95 % interval; adjusted p < 0.05", sample(m.colour)},
		{"p ≥ 0.05", sample("white")},
	}
	if q.Better != 0 {
		entries = append(entries, legendEntry{"infomax is better", func(x, y float64) {
			c.add("rect", "", "x", x-13, "y", y-7, "width", 26.0, "height", 14.0, "fill", shaded)
		}})
	}
	return entries
}
