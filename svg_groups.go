package main

// A metric by activation (effective rank, dead units, total correlation): every seed's value, and their
// mean with its interval. In all plots NaN stands for a value that does not exist: it is left out, and the place says so.

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// estimate is a value and its 95 % interval; Low and High are NaN where there is none.
type estimate struct{ Value, Low, High float64 }

// drawn tells whether e has an interval on the axis of q.
func (e estimate) drawn(q quantity) bool { return q.shows(e.Low) && q.shows(e.High) }

// group is one activation in one panel of groupPlot.
type group struct {
	Activation string
	Seeds      []uint64
	Initial    []float64 // per seed, before training
	Trained    []float64 // per seed, after
	Mean       estimate  // of Trained
	Levels     []level
	Marks      []conditionMark // instead of the seeds and their mean
	Note       string          // for under the figure: "infinite; shown without the last unit"
}

type groupPanel struct {
	Title  string // "K = 32"
	Groups []group
	Most   float64 // what the quantity cannot exceed, which the axis then marks; 0 if nothing
}

// groupPlot shows a metric by activation, one panel for each K: every seed's value joined to its
// own initialisation, the mean with its interval, and the levels. note says whose runs they are.
func groupPlot(q quantity, panels []groupPanel, note string) []byte {
	c := newCanvas(q.label() + " by activation")
	c.heading(q.label())
	var levels, notes []string
	var marks []conditionMark
	missing, gaps, intervals, cut := 0, 0, false, false
	axes, scales := make([]groupAxis, len(panels)), make([]scale, len(panels))
	for i, p := range panels {
		for _, g := range p.Groups {
			missing += q.missing(g.Trained)
			intervals = intervals || g.Mean.drawn(q)
			for _, l := range g.Levels {
				placeIn(&levels, l.Name)
			}
			for _, m := range g.Marks {
				intervals = intervals || m.drawn(q)
				gaps += q.missing([]float64{m.Value})
			}
			marks = append(marks, g.Marks...)
		}
		axes[i] = newGroupAxis(q, p)
		scales[i], cut = axes[i].scale, cut || axes[i].under+axes[i].over > 0
	}
	c.groupLegend(marks, levels, intervals, missing > 0, gaps > 0)
	below := 26.0
	if len(panels) > 1 {
		below = 58 // for names on the slant
	}
	for i, f := range c.layout(len(panels), 3, 0, tickRoom(scales), 230, below) {
		p, axis := panels[i], axes[i].in(f)
		c.title(f, p.Title)
		c.axisY(f, axis.scale)
		width := (f.right - f.left) / float64(max(1, len(p.Groups)))
		for j, g := range p.Groups {
			x := float64(width*(float64(j)+0.5)) + f.left
			name := g.Activation
			if g.Note != "" {
				name += noteSign(placeIn(&notes, g.Activation+": "+g.Note))
			}
			c.groupName(x, f.bottom+16, width, name)
			for _, l := range g.Levels {
				c.atLevel(&axis, l, x, float64(min(width, 44)*0.45), placeIn(&levels, l.Name), tip(g.Activation+", "+l.Name+": "+short(l.Value)))
			}
			c.group(g, axis.scale, x, min(width, 44), f.top)
			c.conditionMarks(g, axis.scale, x, min(width, 60), f.bottom)
		}
	}
	for i, note := range notes {
		c.footnote(noteSign(i) + " " + note)
	}
	if cut {
		c.footnote("↓ ↑: a reference beyond the axis, which spans the runs shown; beside the arrow its value.")
	}
	c.footnote(note)
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

// group draws the runs of one activation in a column of the given width about x: initialisation at the
// left, trained in the middle, mean at the right, and at the top how many have no value.
func (c *canvas) group(g group, s scale, x, width, top float64) {
	m := markOf(g.Activation)
	before, mean := x-float64(width*0.3), x+float64(width*0.3)
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
		c.whisker(s, g.Mean, mean, 3, m.colour)
		c.marker(m, mean, s.at(g.Mean.Value), 4, m.colour, ink,
			tip(g.Activation+", interquartile mean "+g.Mean.text()), "stroke-width", 0.7)
	}
	if n := strconv.Itoa(s.missing(g.Trained)); n != "0" {
		c.add("text", n+"×"+tip(g.Activation+": no value in "+n+" runs"),
			"x", x, "y", top+4, "text-anchor", "middle", "font-size", smallSize, "fill", grey)
	}
}

// whisker draws the interval of e, upright at x.
func (c *canvas) whisker(s scale, e estimate, x, halfWidth float64, colour string) {
	if !e.drawn(s.quantity) {
		return
	}
	low, high := s.at(e.Low), s.at(e.High)
	c.line(x, low, x, high, "stroke", colour, "stroke-width", 1.4)
	for _, y := range []float64{low, high} {
		c.line(x-halfWidth, y, x+halfWidth, y, "stroke", colour, "stroke-width", 1.4)
	}
}

// text is e in words: "3.14 [3.1, 3.2]".
func (e estimate) text() string {
	if math.IsNaN(e.Low) || math.IsNaN(e.High) {
		return short(e.Value)
	}
	return short(e.Value) + " [" + short(e.Low) + ", " + short(e.High) + "]"
}

// groupLegend explains the glyphs that are drawn.
func (c *canvas) groupLegend(marks []conditionMark, levels []string, intervals, missing, gaps bool) {
	c.conditionKeys(marks)
	if len(marks) == 0 {
		c.seedKey("initialisation → trained, a line per seed")
	}
	c.centreKey(intervals)
	c.levelKeys(levels)
	if missing {
		c.missingKey("runs without a value")
	}
	if gaps {
		c.gapKey()
	}
}

// seedKey explains the line of a seed, from an open marker to a full one.
func (c *canvas) seedKey(text string) {
	m := markOf("")
	c.key(text, func(x, y float64) {
		c.line(x-9, y, x+9, y, "stroke", grey)
		c.marker(m, x-9, y, 2.6, "white", m.colour, "")
		c.marker(m, x+9, y, 2.6, m.colour, m.colour, "")
	})
}

func (c *canvas) levelKeys(levels []string) {
	for i, name := range levels {
		c.key(name, func(x, y float64) { c.level(x-12, x+12, y, i, "") })
	}
}

// gapKey explains the cross that stands for a mean.
func (c *canvas) gapKey() {
	c.key("no value", func(x, y float64) { c.text(x, y+4, "middle", "×") })
}

func (c *canvas) missingKey(text string) {
	c.key(text, func(x, y float64) { c.text(x, y+4, "middle", "n×", "font-size", smallSize, "fill", grey) })
}

// centreKey is the entry for interquartile means, with what their intervals are if any is drawn.
func (c *canvas) centreKey(intervals bool) {
	m, name, e := markOf(""), "interquartile mean", estimate{0, math.NaN(), math.NaN()}
	if intervals {
		name, e = name+", bootstrap interval (nominally 95 %)", estimate{0, 0, 1}
	}
	c.key(name, func(x, y float64) {
		c.whisker(scale{lo: 0, hi: 1, from: y + 7, to: y - 7}, e, x, 3, grey)
		c.marker(m, x, y, 4, m.colour, ink, "")
	})
}
