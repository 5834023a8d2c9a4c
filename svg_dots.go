package main

// Marks by category: a row for each activation, and in it a mark for each condition.

import "slices"

// spot is a condition in a row: where its runs lie, and each of them.
type spot struct {
	mark
	estimate
	runs []float64
}

// dotRow is an activation. All panels of a figure have the same rows; one without spots is empty.
type dotRow struct {
	name  string
	level float64 // drawn as a bar over the whole row; NaN: none
	spots []spot
}

type dotPanel struct {
	title string
	rows  []dotRow
}

const lane = 6.5 // the height of one condition within a row

// dotPlot draws the panels side by side. level says what the bars are.
func dotPlot(q quantity, panels []dotPanel, level, note string) []byte {
	c := newCanvas(q.label())
	var names []string // of conditions: each has a lane
	outer := 0.0
	for _, p := range panels {
		for _, row := range p.rows {
			outer = max(outer, textWidth(row.name, textSize)+4)
			for _, d := range row.spots {
				if !slices.Contains(names, d.name) {
					names = append(names, d.name)
					c.key(d.name, func(x, y float64) { c.mark(d.mark, x, y, 4) })
				}
			}
		}
	}
	if level != "" {
		c.key(level, func(x, y float64) { c.bar(x, y-7, y+7) })
	}
	half := float64(lane/2*float64(max(2, len(names)))) + 4 // of a row
	for i, f := range c.layout(len(panels), 3, outer, 8, float64(2*half*float64(len(panels[0].rows)))) {
		s := panels[i].scale(q).over(f.left+8, f.right-8)
		c.panelTitle(f, panels[i].title)
		c.axisX(f, s)
		for j, row := range panels[i].rows {
			top := f.top + float64(2*half*float64(j))
			c.line(f.left, top, f.right, top, "stroke:"+faint)
			if f.left < outer+margin+8 {
				c.text(f.left-6, top+half+4, "end", row.name, "")
			}
			if s.shows(row.level) {
				c.bar(s.at(row.level), top+1, top+half+half-1)
			}
			for _, d := range row.spots {
				lanes := 2*slices.Index(names, d.name) + 1 - len(names) // halves, from the row's middle
				c.spot(d, s, top+half+float64(lane/2*float64(lanes)))
			}
		}
	}
	return c.bytes(note)
}

// scale spans all that p shows.
func (p dotPanel) scale(q quantity) scale {
	var values []float64
	for _, row := range p.rows {
		values = append(values, row.level)
		for _, d := range row.spots {
			values = append(append(values, d.Value, d.Low, d.High), d.runs...)
		}
	}
	return newScale(q, values, 4)
}

func (c *canvas) bar(x, top, bottom float64) {
	c.line(x, top, x, bottom, "stroke:#e69f00;stroke-width:4")
}

// spot draws d at height y: its runs, their interval, and on top the mark.
func (c *canvas) spot(d spot, s scale, y float64) {
	var runs [][2]float64
	for _, v := range d.runs {
		if s.shows(v) {
			runs = append(runs, [2]float64{s.at(v), y})
		} else {
			c.hidden++
		}
	}
	c.path(dots(runs), "stroke:"+d.colour+";stroke-width:3;stroke-linecap:round;stroke-opacity:0.5")
	if s.shows(d.Low) && s.shows(d.High) {
		c.line(s.at(d.Low), y, s.at(d.High), y, "stroke:"+d.colour+";stroke-width:1.5")
	}
	if s.shows(d.Value) {
		c.mark(d.mark, s.at(d.Value), y, 4)
	}
}

// dots is the path of points that are to have round ends.
func dots(points [][2]float64) (d string) {
	for _, p := range points {
		d += line([][2]float64{p}) + "h0"
	}
	return d
}
