package main

// Lines and points over an x axis: training curves, sweeps over a setting, one measure against
// another.

import (
	"math"
	"slices"
)

// point is a value of a series at x.
type point struct {
	x float64
	estimate
}

type series struct {
	mark
	points []point
}

// chart is a panel.
type chart struct {
	title  string
	y      quantity
	series []series
}

// add appends a level at x, unless it is of no runs.
func (s *series) add(x float64, e estimate) {
	if !math.IsNaN(e.Value) {
		s.points = append(s.points, point{x, e})
	}
}

// addChart adds a panel with those series that have at least that many points, if there are any.
func addChart(charts []chart, title string, y quantity, all []series, least int) []chart {
	all = slices.DeleteFunc(all, func(s series) bool { return len(s.points) < least })
	if len(all) > 0 {
		charts = append(charts, chart{title, y, all})
	}
	return charts
}

// look is how series are drawn.
type look int

const (
	joined look = iota // marks with intervals, joined by lines
	bands              // a line within a band from low to high
	clouds             // marks alone
)

// linePlot draws charts over one x axis, in rows of up to that many columns; nil if there are none.
func linePlot(title string, x quantity, charts []chart, columns int, style look, note string) []byte {
	if len(charts) == 0 {
		return nil
	}
	c := newCanvas(title)
	var names []string
	var xs []float64
	up, left := make([]scale, len(charts)), 0.0
	for i, ch := range charts {
		var ys []float64
		for _, s := range ch.series {
			if s.name != "" && !slices.Contains(names, s.name) {
				names = append(names, s.name)
				c.key(s.name, func(x, y float64) {
					if style != clouds {
						c.line(x-13, y, x+13, y, s.stroke())
					}
					c.mark(s.mark, x, y, 3.6)
				})
			}
			for _, p := range s.points {
				xs, ys = append(xs, p.x), append(ys, p.Value, p.Low, p.High)
			}
		}
		up[i] = newScale(ch.y, ys, 5)
		for _, t := range up[i].ticks {
			left = max(left, textWidth(t.label, smallSize)+8)
		}
	}
	across := newScale(x, xs, 5)
	for i, f := range c.layout(len(charts), columns, 0, left, 190) {
		across, up := across.over(f.left+22, f.right-22), up[i].over(f.bottom-8, f.top+8)
		c.panelTitle(f, charts[i].title)
		c.axisX(f, across)
		c.axisY(f, up)
		for j, s := range charts[i].series {
			aside := 0.0
			if style == joined { // intervals must not hide each other
				aside = 2.5 * float64(2*j+1-len(charts[i].series)) / 2
			}
			c.series(s, across.over(across.from+aside, across.to+aside), up, style, j)
		}
	}
	c.y += 10
	c.text(pageWidth/2, c.y, "middle", x.label(), "")
	return c.bytes(note)
}

// series draws s. A band has four marks or so, that of another number at other points.
func (c *canvas) series(s series, across, up scale, style look, number int) {
	var middle, highs, lows [][2]float64
	for _, p := range s.points {
		x := across.at(p.x)
		middle = append(middle, [2]float64{x, up.at(p.Value)})
		highs, lows = append(highs, [2]float64{x, up.at(p.High)}), append(lows, [2]float64{x, up.at(p.Low)})
	}
	if style == joined {
		for i := range middle {
			c.path(line([][2]float64{highs[i], lows[i]}), "stroke-width:1.4;stroke:"+s.colour)
		}
	}
	if style == bands {
		slices.Reverse(lows)
		edge := slices.DeleteFunc(append(highs, lows...), isGap)
		c.path(line(edge), "fill-opacity:0.15;fill:"+s.colour)
	}
	if style != clouds {
		c.path(line(middle), s.stroke())
	}
	every, cloud := 1, ""
	if style == bands {
		every = max(1, len(middle)/4)
	}
	for i, at := range middle {
		switch {
		case isGap(at):
			c.hidden++
		case style == clouds:
			cloud += s.outline(at[0], at[1], 2.6)
		case i%every == number*every/6%every:
			c.mark(s.mark, at[0], at[1], 3.6)
		}
	}
	c.path(cloud, "fill-opacity:0.6;fill:"+s.colour)
}

// stroke is the style of m's lines.
func (m mark) stroke() string {
	return "fill:none;stroke:" + m.colour + ";stroke-width:1.6;stroke-dasharray:" + m.dash
}
