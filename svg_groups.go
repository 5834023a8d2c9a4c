package main

// A metric by activation (effective rank, dead units, total correlation), in two plots: groupPlot
// shows the values themselves, every seed's and their mean; the forest plot shows how far InfoMax
// shifts them from each baseline. Both draw estimates with their intervals.
// In all plots NaN stands for a value that does not exist: it is left out, and the place says so.

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// estimate is a value and its 95 % interval; Low and High are NaN where there is none.
type estimate struct{ Value, Low, High float64 }

// level is a reference value: a baseline's mean, or a bound that is known.
type level struct {
	Name  string // "random", "autoencoder", "floor K/(K−1)": one look for each name
	Value float64
}

// group is one activation in one panel of groupPlot.
type group struct {
	Activation string
	Seeds      []uint64
	Initial    []float64 // per seed, before training
	Trained    []float64 // per seed, after
	Mean       estimate  // of Trained
	Levels     []level
	Note       string // for under the figure: "infinite; shown without the last unit"
}

type groupPanel struct {
	Title  string // "K = 32"
	Groups []group
}

// groupPlot shows a metric by activation, one panel for each K: every seed's value joined to its
// own initialisation, the mean with its interval, and the levels.
func groupPlot(q quantity, panels []groupPanel) []byte {
	c := newCanvas(q.label() + " by activation")
	c.heading(q.label())
	var levels, notes []string
	missing := 0
	scales := make([]scale, len(panels))
	for i, p := range panels {
		var values []float64
		for _, g := range p.Groups {
			values = slices.Concat(values, g.Initial, g.Trained, []float64{g.Mean.Value, g.Mean.Low, g.Mean.High})
			missing += q.missing(g.Trained)
			for _, l := range g.Levels {
				values = append(values, l.Value)
				placeIn(&levels, l.Name)
			}
		}
		scales[i] = newScale(q, values, 5)
	}
	c.groupLegend(levels, missing > 0)
	below := 26.0
	if len(panels) > 1 {
		below = 58 // for names on the slant
	}
	for i, f := range c.layout(len(panels), 3, 0, tickRoom(scales), 230, below) {
		p, s := panels[i], scales[i].over(f.bottom-8, f.top+14)
		c.title(f, p.Title)
		c.axisY(f, s)
		width := (f.right - f.left) / float64(max(1, len(p.Groups)))
		for j, g := range p.Groups {
			x := float64(width*(float64(j)+0.5)) + f.left
			name := g.Activation
			if g.Note != "" {
				name += noteSign(placeIn(&notes, g.Activation+": "+g.Note))
			}
			c.groupName(x, f.bottom+16, width, name)
			c.group(g, s, x, min(width, 44), f.top, levels)
		}
	}
	for i, note := range notes {
		c.footnote(noteSign(i) + " " + note)
	}
	return c.bytes()
}

// placeIn is the place of s in list, to which it is added unless it is there.
func placeIn(list *[]string, s string) int {
	if !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
	return slices.Index(*list, s)
}

func noteSign(i int) string { return strings.Repeat([]string{"*", "†", "‡", "§"}[i%4], 1+i/4) }

// groupName writes a column's name, on the slant if the column is narrow.
func (c *canvas) groupName(x, y, width float64, name string) {
	if width > textWidth("leaky_relu*", textSize) {
		c.text(x, y, "middle", name)
		return
	}
	c.text(x+5, y-2, "end", name, "transform", "rotate(-40 "+num(x+5)+" "+num(y-2)+")")
}

// group draws one activation in a column of the given width about x: initialisation at the left,
// trained in the middle, mean at the right, and at the top how many have no value.
func (c *canvas) group(g group, s scale, x, width, top float64, levels []string) {
	m := markOf(g.Activation)
	before, mean := x-float64(width*0.3), x+float64(width*0.3)
	for _, l := range g.Levels {
		if s.shows(l.Value) {
			y, half := s.at(l.Value), float64(width*0.45)
			c.level(x-half, x+half, y, placeIn(&levels, l.Name), tip(g.Activation+", "+l.Name+": "+short(l.Value)))
		}
	}
	for i, v := range g.Trained {
		if !s.shows(v) {
			continue
		}
		told := g.Activation + ", seed " + strconv.FormatUint(g.Seeds[i], 10) + ": " + short(v)
		if i < len(g.Initial) && s.shows(g.Initial[i]) {
			told += ", at initialisation " + short(g.Initial[i])
			y := s.at(g.Initial[i])
			c.line(before, y, x, s.at(v), "stroke", m.colour, "stroke-width", 0.7, "stroke-opacity", 0.5)
			c.marker(m, before, y, 2.4, "white", m.colour, tip(told))
		}
		c.marker(m, x, s.at(v), 2.4, m.colour, m.colour, tip(told), "stroke-width", 0.5, "fill-opacity", 0.7)
	}
	if s.shows(g.Mean.Value) {
		c.whisker(s, g.Mean, mean, 3)
		c.marker(m, mean, s.at(g.Mean.Value), 4, m.colour, ink,
			tip(g.Activation+", interquartile mean "+g.Mean.text()), "stroke-width", 0.7)
	}
	if n := strconv.Itoa(s.missing(g.Trained)); n != "0" {
		c.add("text", n+"×"+tip(g.Activation+": no value in "+n+" runs"),
			"x", x, "y", top+4, "text-anchor", "middle", "font-size", smallSize, "fill", grey)
	}
}

// level draws a level, with the dash of its place among all levels.
func (c *canvas) level(left, right, y float64, place int, inner string) {
	dash := []string{"2 2", "none", "7 2", "7 2 2 2"}[place%4]
	c.add("line", inner, "x1", left, "y1", y, "x2", right, "y2", y,
		"stroke", grey, "stroke-width", 2.0, "stroke-dasharray", dash)
}

// whisker draws the interval of e, upright at x.
func (c *canvas) whisker(s scale, e estimate, x, halfWidth float64) {
	if !s.shows(e.Low) || !s.shows(e.High) {
		return
	}
	low, high := s.at(e.Low), s.at(e.High)
	c.line(x, low, x, high, "stroke", ink, "stroke-width", 1.4)
	for _, y := range []float64{low, high} {
		c.line(x-halfWidth, y, x+halfWidth, y, "stroke", ink, "stroke-width", 1.4)
	}
}

// text is e in words: "3.14 [3.1, 3.2]".
func (e estimate) text() string {
	if math.IsNaN(e.Low) || math.IsNaN(e.High) {
		return short(e.Value)
	}
	return short(e.Value) + " [" + short(e.Low) + ", " + short(e.High) + "]"
}

// groupLegend explains the glyphs; that for missing values only if some are.
func (c *canvas) groupLegend(levels []string, missing bool) {
	m := markOf("")
	c.key("initialisation → trained, a line per seed", func(x, y float64) {
		c.line(x-9, y, x+9, y, "stroke", grey)
		c.marker(m, x-9, y, 2.6, "white", m.colour, "")
		c.marker(m, x+9, y, 2.6, m.colour, m.colour, "")
	})
	c.key("interquartile mean, bootstrap interval (nominally 95 %)", func(x, y float64) {
		c.whisker(scale{lo: 0, hi: 1, from: y + 7, to: y - 7}, estimate{0, 0, 1}, x, 3)
		c.marker(m, x, y, 4, m.colour, ink, "")
	})
	for i, name := range levels {
		c.key(name, func(x, y float64) { c.level(x-12, x+12, y, i, "") })
	}
	if missing {
		c.key("runs without a value", func(x, y float64) {
			c.text(x, y+4, "middle", "n×", "font-size", smallSize, "fill", grey)
		})
	}
}

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
	c.forestLegend(q.Better != 0)
	rows := 1
	for _, p := range panels {
		rows = max(rows, len(p.Shifts))
	}
	names := textWidth("leaky_relu", textSize)
	for i, f := range c.layout(len(panels), columns, names, 8, float64(19*rows+6), 24) {
		c.forest(panels[i], f, q.Better, i%columns == 0)
	}
	return c.bytes()
}

// forest draws one panel, with the rows' names if it is the first of its line.
func (c *canvas) forest(p forestPanel, f frame, better int, named bool) {
	const numbers = 62 // room at the right for the shifts in figures
	values := []float64{0}
	for _, s := range p.Shifts {
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
		if across.shows(s.Low) && across.shows(s.High) {
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

func (c *canvas) forestLegend(directed bool) {
	m := markOf("")
	sample := func(fill string) func(x, y float64) {
		return func(x, y float64) {
			c.line(x-12, y, x+12, y, "stroke", ink, "stroke-width", 1.4)
			c.marker(m, x, y, 4.2, fill, m.colour, "")
		}
	}
	c.key("shift, 95 % interval; adjusted p < 0.05", sample(m.colour))
	c.key("p ≥ 0.05", sample("white"))
	if directed {
		c.key("infomax is better", func(x, y float64) {
			c.add("rect", "", "x", x-13, "y", y-7, "width", 26.0, "height", 14.0, "fill", shaded)
		})
	}
}
