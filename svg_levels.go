package main

// Reference levels in groupPlot: what a metric is for other runs, or its known bound. The axis spans the
// runs that the plot is about, all of them. A level so far from these that it would take more than half
// of the height stands at the edge instead, with an arrow and its value.

import (
	"math"
	"slices"
)

// level is a reference value: a baseline's mean, or a bound that is known.
type level struct {
	Name  string // "random, interquartile mean", "floor K/(K−1)": one look for each name
	Value float64
}

// extent is the part of an axis that levels are drawn on as they are.
type extent struct{ lo, hi float64 }

func (s extent) has(v float64) bool { return s.lo <= v && v <= s.hi }

// reach is the extent of the values and of the near levels. A level is far if a gap wider than half of the
// axis divides it from all values; where all values are equal none is.
func reach(q quantity, values, levels []float64) extent {
	shown := func(list []float64) []float64 {
		return slices.DeleteFunc(slices.Clone(list), func(v float64) bool { return !q.shows(v) })
	}
	values = shown(values)
	all := slices.Sorted(slices.Values(append(shown(levels), values...)))
	if len(values) == 0 {
		return extent{math.Inf(-1), math.Inf(1)}
	}
	s := extent{all[0], all[len(all)-1]}
	first, last := slices.Min(values), slices.Max(values)
	axis := newScale(q, all, 1).over(0, 1)
	for i := 1; i < len(all) && first < last; i++ {
		if below, above := all[i-1], all[i]; axis.at(above)-axis.at(below) > 0.5 {
			if above <= first {
				s.lo = above
			} else if below >= last {
				s.hi = below
			}
		}
	}
	return s
}

// groupAxis is the axis of a panel: it shows near levels at their values, and has room at its ends for the
// far ones, of which it counts those under and those over it.
type groupAxis struct {
	scale
	extent
	frame
	under, over  int
	below, above int // how many of these are drawn
}

const edgeRow = 17.0 // the height of a level at the edge, with its value

func newGroupAxis(q quantity, p groupPanel) (a groupAxis) {
	var values, levels []float64
	if p.Most > 0 {
		values = append(values, p.Most)
	}
	for _, g := range p.Groups {
		values = slices.Concat(values, g.Initial, g.Trained, []float64{g.Mean.Value, g.Mean.Low, g.Mean.High})
		for _, m := range g.Marks {
			values = append(values, m.Value, m.Low, m.High)
		}
		for _, l := range g.Levels {
			levels = append(levels, l.Value)
		}
	}
	a.extent = reach(q, values, levels)
	for _, v := range levels {
		switch {
		case a.has(v):
			values = append(values, v)
		case v < a.extent.lo:
			a.under++
		case v > a.extent.hi:
			a.over++
		}
	}
	if a.scale = newScale(q, values, 5); p.Most > 0 {
		a.scale = a.marked(p.Most)
	}
	return a
}

// in returns a placed in f, between the far levels at its edges, which stand in up to three rows lest they touch.
func (a groupAxis) in(f frame) groupAxis {
	rows := func(n int) float64 { return float64(edgeRow * float64(min(n, 3))) }
	a.frame, a.scale = f, a.scale.over(f.bottom-8-rows(a.under), f.top+14+rows(a.over))
	return a
}

// atLevel draws l about x: where it is, or at an edge with an arrow and its value.
func (c *canvas) atLevel(a *groupAxis, l level, x, half float64, place int, inner string) {
	edge := func(arrow string, n *int, first float64) {
		y := first + float64(edgeRow*float64(*n%3))
		*n++
		c.text(x, y, "middle", arrow+rounded(l.Value, 2), "font-size", smallSize, "fill", grey)
		c.level(x-half, x+half, y+4, place, inner)
	}
	switch {
	case !a.shows(l.Value):
	case a.has(l.Value):
		y := a.at(l.Value)
		c.level(x-half, x+half, y, place, inner)
	case l.Value < a.extent.lo:
		edge("↓", &a.below, a.from+edgeRow)
	default:
		edge("↑", &a.above, a.top+edgeRow)
	}
}

// level draws a level, with the dash of its place among all levels.
func (c *canvas) level(left, right, y float64, place int, inner string) {
	dash := []string{"2 2", "none", "7 2", "7 2 2 2"}[place%4]
	c.add("line", inner, "x1", left, "y1", y, "x2", right, "y2", y,
		"stroke", grey, "stroke-width", 2.0, "stroke-dasharray", dash)
}
