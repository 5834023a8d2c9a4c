package main

// Marks by category: a panel for each K, a row for each activation, and in it a mark for each
// condition.

import (
	"math"
	"slices"
)

// spot is a condition in a row of a panel: where its runs lie, and each of them.
type spot struct {
	panel, row string
	mark       // without a shape: a bar over the whole row
	estimate
	runs []float64
}

const lane = 6.5 // the height of one condition within a row

// dotPlot draws the panels side by side, over one axis, the later spots upon the earlier; nil if
// there are none.
func dotPlot(q quantity, spots []spot, note string) []byte {
	if len(spots) == 0 {
		return nil
	}
	c := newCanvas(q.label())
	var panels, rows, names []string
	var values []float64
	outer := 0.0
	for _, d := range spots {
		if !slices.Contains(names, d.name) {
			c.key(d.name, func(x, y float64) { c.condition(d.mark, x, y, y-7, y+7) })
		}
		addNew(&panels, d.panel)
		addNew(&rows, d.row)
		addNew(&names, d.name)
		outer = max(outer, textWidth(d.row, textSize)+4)
		values = append(append(values, d.Value, d.Low, d.High), d.runs...)
	}
	s, height := newScale(q, values), float64(lane*float64(max(2, len(names))))+8 // of a row
	for i, f := range c.layout(panels, outer, 8, float64(height*float64(len(rows)))) {
		s := s.over(f.left+8, f.right-8)
		c.axisX(f, s)
		for j, row := range rows {
			top := f.top + float64(height*float64(j))
			middle := top + float64(height/2)
			c.line(f.left, top, f.right, top, "stroke:"+faint)
			if f.left < outer+margin+8 {
				c.text(f.left-6, middle+4, "end", row, "")
			}
			for _, d := range spots {
				if d.panel == panels[i] && d.row == row {
					lanes := 2*slices.Index(names, d.name) + 1 - len(names) // halves, from the row's middle
					c.spot(d, s, middle+float64(lane/2*float64(lanes)), top, top+height)
				}
			}
		}
	}
	return c.bytes(note)
}

// spot draws d at height y of a row from top to bottom: its runs, their interval, and on top the
// mark.
func (c *canvas) spot(d spot, s scale, y, top, bottom float64) {
	var runs []point
	for _, v := range d.runs {
		if x := s.at(v); math.IsNaN(x) {
			c.hidden++
		} else {
			runs = append(runs, point{x, y})
		}
	}
	c.stamps(speck, "stroke:"+d.colour+";stroke-width:3;stroke-linecap:round;stroke-opacity:0.5", runs...)
	if low, high := (point{s.at(d.Low), y}), (point{s.at(d.High), y}); !low.isGap() && !high.isGap() {
		c.path(line(low, high), "stroke:"+d.colour+";stroke-width:1.5")
	}
	if x := s.at(d.Value); !math.IsNaN(x) {
		c.condition(d.mark, x, y, top+1, bottom-1)
	}
}

// condition draws m at (x, y) or, without a shape, as a bar from top to bottom.
func (c *canvas) condition(m mark, x, y, top, bottom float64) {
	if m.shape == "" {
		c.line(x, top, x, bottom, "stroke-width:4;stroke:"+m.colour)
	} else {
		c.mark(m, point{x, y})
	}
}
