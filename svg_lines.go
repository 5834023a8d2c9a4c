package main

// Lines and points over an x axis: training curves, sweeps over a setting, one measure against
// another.

import (
	"math"
	"slices"
)

// datum is a level at x: of a panel, and in it of a line, which goes through all that has its mark.
type datum struct {
	panel string
	mark  // without a dash: marks alone
	x     float64
	estimate
}

// linePlot draws panels over one x axis; nil if no datum has a value. A line goes from datum to
// datum, in a band from low to high. The legend has the name of every mark, and of more.
func linePlot(title string, x quantity, data []datum, note string, more ...mark) []byte {
	data = slices.DeleteFunc(data, func(d datum) bool { return math.IsNaN(d.x) || math.IsNaN(d.Value) })
	if len(data) == 0 {
		return nil
	}
	c := newCanvas(title)
	var panels []string
	var lines []mark
	var xs []float64
	ys, up := map[string][]float64{}, map[string]scale{}
	left := 0.0
	for _, d := range data {
		addNew(&panels, d.panel)
		addNew(&lines, d.mark)
		xs, ys[d.panel] = append(xs, d.x), append(ys[d.panel], d.Value, d.Low, d.High)
	}
	c.legend(append(lines, more...))
	for _, title := range panels {
		up[title] = newScale(quantity{}, ys[title])
		for _, v := range up[title].ticks {
			left = max(left, textWidth(tickLabel(v), smallSize)+8)
		}
	}
	across := newScale(x, xs)
	for i, f := range c.layout(panels, 0, left, 190) {
		across, up := across.over(f.left+12, f.right-12), up[panels[i]].over(f.bottom-8, f.top+8)
		c.axisX(f, across)
		c.axisY(f, up)
		for j, m := range lines {
			its := slices.DeleteFunc(slices.Clone(data), func(d datum) bool {
				return d.panel != panels[i] || d.mark != m
			})
			c.series(m, its, across, up, j)
		}
	}
	c.y += 10
	c.text(pageWidth/2, c.y, "middle", x.label(), "")
	return c.bytes(note)
}

// legend has the first mark of each name.
func (c *canvas) legend(marks []mark) {
	var names []string
	for _, m := range marks {
		if !slices.Contains(names, m.name) {
			names = append(names, m.name)
			c.key(m.name, func(x, y float64) {
				c.stroke(m, point{x - 13, y}, point{x + 13, y})
				c.mark(m, point{x, y})
			})
		}
	}
}

// stroke draws the line of m, if it has one.
func (c *canvas) stroke(m mark, points ...point) {
	if m.dash != "" {
		c.path(line(points...), "fill:none;stroke:"+m.colour+";stroke-width:1.6;stroke-dasharray:"+m.dash)
	}
}

// series draws its data, all of one mark. A long line has six marks or so, that of another number
// at other points.
func (c *canvas) series(m mark, its []datum, across, up scale, number int) {
	var middle, highs, lows, marked []point
	every := 1
	if m.dash != "" {
		every = max(1, len(its)/6)
	}
	for i, d := range its {
		x := across.at(d.x)
		at := point{x, up.at(d.Value)}
		middle = append(middle, at)
		highs, lows = append(highs, point{x, up.at(d.High)}), append(lows, point{x, up.at(d.Low)})
		if at.isGap() {
			c.hidden++
		} else if i%every == number*every/6%every {
			marked = append(marked, at)
		}
	}
	slices.Reverse(lows)
	c.path(line(slices.DeleteFunc(append(highs, lows...), point.isGap)...), "fill-opacity:0.15;fill:"+m.colour)
	c.stroke(m, middle...)
	c.mark(m, marked...)
}
