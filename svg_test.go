package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// node is an element of a figure, with the text in it.
type node struct {
	name, text string
	attr       map[string]string
}

func (n node) number(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(n.attr[name], 64)
	if err != nil {
		t.Fatalf("<%s %v>: %s: %v", n.name, n.attr, name, err)
	}
	return v
}

// parse reads a figure as strict XML, which encoding/xml alone is not: it lets an attribute stand twice.
func parse(t *testing.T, svg []byte) (nodes []node) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var open []int
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nodes
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := node{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := n.attr[a.Name.Local]; twice {
					t.Fatalf("<%s> has %s twice", n.name, a.Name.Local)
				}
				n.attr[a.Name.Local] = a.Value
			}
			open = append(open, len(nodes))
			nodes = append(nodes, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				nodes[open[len(open)-1]].text += string(token)
			}
		}
	}
}

type box struct{ left, top, right, bottom float64 }

var pathPoint = regexp.MustCompile(`[ML](-?[0-9.]+),(-?[0-9.]+)`)

// bounds is what a node covers; ok is false for what covers nothing of its own.
func (n node) bounds(t *testing.T) (b box, ok bool) {
	t.Helper()
	switch n.name {
	case "circle":
		x, y, r := n.number(t, "cx"), n.number(t, "cy"), n.number(t, "r")
		return box{x - r, y - r, x + r, y + r}, true
	case "line":
		x0, y0, x1, y1 := n.number(t, "x1"), n.number(t, "y1"), n.number(t, "x2"), n.number(t, "y2")
		return box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}, true
	case "rect", "image":
		if n.attr["width"] == "100%" {
			return b, false
		}
		x, y, w, h := n.number(t, "x"), n.number(t, "y"), n.number(t, "width"), n.number(t, "height")
		if w < 0 || h < 0 {
			t.Fatalf("<%s> of size %g × %g", n.name, w, h)
		}
		return box{x, y, x + w, y + h}, true
	case "path":
		if n.attr["d"] == "" || n.attr["stroke"] == "" && n.attr["fill-opacity"] == "" {
			return b, false // nothing, or an arrow's head, which has coordinates of its own
		}
		b = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, m := range pathPoint.FindAllStringSubmatch(n.attr["d"], -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			b = box{min(b.left, x), min(b.top, y), max(b.right, x), max(b.bottom, y)}
		}
		return b, true
	case "text":
		size := textSize
		if n.attr["font-size"] != "" {
			size = n.number(t, "font-size")
		}
		x, y, w := n.number(t, "x"), n.number(t, "y"), textWidth(n.text, size)
		switch n.attr["anchor"] + n.attr["text-anchor"] {
		case "middle":
			x -= w / 2
		case "end":
			x -= w
		}
		if n.attr["transform"] != "" { // −40°, anchored at the end
			return box{x + 0.23*w, y - 3, x + w, y + 0.65*w + 3}, true
		}
		return box{x, y - 0.75*size, x + w, y + 0.2*size}, true
	}
	return b, false
}

func TestFiguresAreWellFormedAndInsideTheirViewBox(t *testing.T) {
	for _, f := range sampleFigures() {
		t.Run(f.name, func(t *testing.T) {
			svg := f.draw()
			nodes := parse(t, svg)
			var width, height float64
			if _, err := fmt.Sscanf(nodes[0].attr["viewBox"], "0 0 %g %g", &width, &height); err != nil {
				t.Fatal(err)
			}
			tips := 0
			for _, n := range nodes {
				for name, v := range n.attr {
					if name != "href" && name != "aria-label" && regexp.MustCompile(`NaN|Inf`).MatchString(v) {
						t.Errorf("<%s> has %s=%q", n.name, name, v)
					}
				}
				if n.name == "title" {
					tips++
				}
				if b, ok := n.bounds(t); ok && (b.left < 0 || b.top < 0 || b.right > width || b.bottom > height) {
					t.Errorf("<%s %v> %q covers %.1f, outside %g × %g", n.name, n.attr, n.text, b, width, height)
				}
			}
			if tips < f.tips {
				t.Errorf("%d tooltips, want at least %d", tips, f.tips)
			}
			if !bytes.Equal(svg, f.draw()) {
				t.Error("drawn again, the bytes differ")
			}
		})
	}
}

func TestTextsDoNotOverlap(t *testing.T) {
	for _, f := range sampleFigures() {
		t.Run(f.name, func(t *testing.T) {
			var boxes []box
			var texts []string
			for _, n := range parse(t, f.draw()) {
				if n.name != "text" || n.attr["transform"] != "" || n.text == "×" {
					continue // marks of missing values stand where they must
				}
				if size := n.attr["font-size"]; size != "" && n.number(t, "font-size")*600/pageWidth < 9 {
					t.Errorf("%q is %s units high: too small in a column", n.text, size)
				}
				b, _ := n.bounds(t)
				for i, other := range boxes {
					if b.left < other.right && other.left < b.right && b.top < other.bottom && other.top < b.bottom {
						t.Errorf("%q at %.1f and %q at %.1f overlap", n.text, b, texts[i], other)
					}
				}
				boxes, texts = append(boxes, b), append(texts, n.text)
			}
		})
	}
}

// One hash over a figure of each kind. It changes with every change of the look, and must then be
// the same on every platform.
func TestFiguresHaveTheSameBytesEverywhere(t *testing.T) {
	hash := sha256.New()
	for _, f := range sampleFigures() {
		if strings.HasSuffix(f.name, ", varied") {
			hash.Write(f.draw())
		}
	}
	const want = "fb86d81a7e028425203c988b704a2b1ee147c2d18bfd2536ce8b94d46b652fa0"
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != want {
		t.Errorf("SHA-256 %s, want %s", got, want)
	}
}

func TestMissingValuesLeaveAMark(t *testing.T) {
	nan := math.NaN()
	gone := estimate{nan, nan, nan}
	q := quantity{Title: "Rank"}
	for _, c := range []struct {
		name, mark string
		svg        []byte
	}{
		{"seed", ">2×<title>relu: no value in 2 runs<", groupPlot(q, []groupPanel{{"K = 2", []group{
			{Activation: "relu", Seeds: []uint64{1, 2, 3}, Trained: []float64{nan, 1, nan}, Mean: gone}}, 0}}, "")},
		{"value that a logarithm cannot show", ">1×<", groupPlot(quantity{Log: true}, []groupPanel{{"K = 2", []group{
			{Activation: "relu", Seeds: []uint64{1, 2}, Trained: []float64{0, 1}, Mean: gone}}, 0}}, "")},
		{"note", "* softmax: infinite", groupPlot(q, []groupPanel{{"K = 2", []group{
			{Activation: "softmax", Note: "infinite", Mean: gone}}, 0}}, "")},
		{"end of a curve", "relu: no value at 2<", trainingPlot("relu", []float64{1, nan, nan}, nil, nil, "")},
		{"place on the x axis", "not shown: 1.", chartPlot(q, []chart{{"K = 2", q, []series{
			{Name: "relu", Points: []point{{X: nan, estimate: gone}, {X: 1, estimate: estimate{1, nan, nan}}}}}}}, scatter, "")},
		{"mean of a condition", ">no value<", groupPlot(q, []groupPanel{{"K = 2", []group{
			{Activation: "relu", Mean: gone, Marks: []conditionMark{{emblem{"random", 1}, gone}}}}, 0}}, "")},
		{"shift", ">no value<", forestPlot(q, []forestPanel{{Title: "K = 2", Shifts: []shift{{"relu", gone, nan}}}}, 1, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(c.svg), c.mark) {
				t.Errorf("no %q in\n%s", c.mark, c.svg)
			}
		})
	}
}

func TestNamesAreEscaped(t *testing.T) {
	const name = `<a> & "b"`
	svg := groupPlot(quantity{Title: name}, []groupPanel{{name, []group{
		{Activation: name, Seeds: []uint64{1}, Trained: []float64{1}, Note: name, Levels: []level{{name, 1}}}}, 0}}, "")
	found := 0
	for _, n := range parse(t, svg) {
		if strings.Contains(n.text, name) {
			found++
		}
	}
	if found < 6 {
		t.Errorf("the name is in %d elements, want 6 or more", found)
	}
	parse(t, planePicture([]plane{{Title: name, Activation: name, Units: [][3]float64{{1, 2, 3}}}}, ""))
}

func TestEveryActivationHasItsMark(t *testing.T) {
	for i, m := range activations {
		for _, other := range activations[:i] {
			if m.name == other.name || m.colour == other.colour || m.dash == other.dash || slices.Equal(m.shape, other.shape) {
				t.Errorf("%s and %s look alike", m.name, other.name)
			}
		}
	}
}

// TestFiguresSayWhatTheyShow: what stands in a figure, and what does not when it is not drawn.
func TestFiguresSayWhatTheyShow(t *testing.T) {
	nan := math.NaN()
	rank, log := quantity{Title: "Rank", Better: 1}, quantity{Title: "Correlation", Log: true}
	groups := func(e estimate, levels ...level) []groupPanel {
		return []groupPanel{{"K = 64", []group{{Activation: "relu", Seeds: []uint64{1, 2}, Trained: []float64{40.5, 43}, Mean: e, Levels: levels}}, 64}}
	}
	sweep := func(low, high float64) []chart {
		return []chart{{"K = 2", rank, []series{{Name: "relu", Points: []point{{X: 1, estimate: estimate{2, low, high}}, {X: 2, estimate: estimate{2, low, high}}}}}}}
	}
	single, whole := estimate{2, nan, nan}, estimate{2, 1, 3}
	relu := markOf("relu").colour
	for _, c := range []struct {
		name        string
		svg         []byte
		with, empty string
	}{
		{"the note", groupPlot(rank, groups(whole), "mnist, seeds 1–2."), ">mnist, seeds 1–2.<", "beyond the axis"},
		{"the most there can be", groupPlot(rank, groups(whole), ""), ">64<", ""},
		{"an interval in the colour of its bar", groupPlot(rank, groups(whole), ""), `stroke="` + relu + `" stroke-width="1.4"`, ""},
		{"means alone", groupPlot(rank, groups(single), ""), ">interquartile mean<", "bootstrap"},
		{"means with intervals", groupPlot(rank, groups(whole), ""), ">interquartile mean, bootstrap interval (nominally 95 %)", ""},
		{"logarithms", groupPlot(log, groups(whole), ""), ">Correlation (log scale)<", ""},
		{"logarithms of a sweep", chartPlot(log, sweep(1, 3), whiskers, ""), ">Correlation (log scale)<", ""},
		{"shifts, which have no logarithm", forestPlot(log, nil, 1, ""), "Correlation", "log scale"},
		{"bands", chartPlot(rank, sweep(1, 3), bands, ""), ">from minimum to maximum<", ""},
		{"no bands", chartPlot(rank, sweep(2, 2), bands, ""), ">relu<", "minimum"},
		{"shifts without intervals", forestPlot(rank, []forestPanel{{Title: "K = 2", Shifts: []shift{{"relu", single, 0.2}}}}, 1, ""), ">shift; adjusted p ≥ 0.05<", "interval"},
		{"shifts with intervals", forestPlot(rank, []forestPanel{{Title: "K = 2", Shifts: []shift{{"relu", whole, 0.04}}}}, 1, ""), ">shift, 95 % interval; adjusted p &lt; 0.05<", "≥"},
		{"shifts with room for others", forestPlot(rank, []forestPanel{{Title: "K = 2", Shifts: []shift{{"relu", whole, 0.04}}, Beside: []shift{{"relu", estimate{40, nan, nan}, 0.04}}}}, 1, ""), ">40<", ""},
		{"marks side by side", chartPlot(rank, []chart{{"K = 2", rank, append(sweep(1, 3)[0].Series, series{Name: "tanh"})}}, whiskers, "mnist."), ">Marks of one value on the x axis stand side by side. mnist.<", ""},
		{"marks of one line", chartPlot(rank, sweep(1, 3), whiskers, "mnist."), ">mnist.<", "side by side"},
		{"a level near", groupPlot(rank, groups(whole, level{"random", 30}), ""), "random: 30<", "↓"},
		{"a level far off", groupPlot(rank, groups(estimate{42, 40, 44}, level{"random", 3.14}), ""), ">↓3.1<", ">↑3"},
		{"a level far above", groupPlot(rank, groups(estimate{42, 40, 44}, level{"random", 314}), ""), ">↑3.1×10²<", ""},
		{"images, for Inkscape", filterPicture([]strip{{W: sampleWeights(1, madeUp[0].value)}}, ""), ` xlink:href="data:image/png`, ` href=`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(c.svg), c.with) {
				t.Errorf("no %q in\n%.3000s", c.with, c.svg)
			}
			if c.empty != "" && strings.Contains(string(c.svg), c.empty) {
				t.Errorf("%q in\n%.3000s", c.empty, c.svg)
			}
		})
	}
}

// TestRunsAreNeverBeyondTheAxis: it spans every run; only a reference may stand at the edge.
func TestRunsAreNeverBeyondTheAxis(t *testing.T) {
	q := quantity{}
	for _, c := range []struct {
		name           string
		values, levels []float64
		want           extent
	}{
		{"a level takes more than half", []float64{15, 16}, []float64{9, 15.5}, extent{15, 16}},
		{"a level takes half", []float64{15, 16}, []float64{14}, extent{14, 16}},
		{"a run takes more than half", []float64{9, 15, 16}, []float64{15.5}, extent{9, 16}},
		{"runs all alike", []float64{0, 0}, []float64{1.7}, extent{0, 1.7}},
		{"over", []float64{1, 2}, []float64{9}, extent{1, 2}},
	} {
		if got := reach(q, c.values, c.levels); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLongNamesWrap(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("words in a legend ", 12))
	c := newCanvas("")
	c.heading(long)
	c.key(long, func(x, y float64) {})
	c.key("next", func(x, y float64) {})
	for _, n := range parse(t, c.bytes()) {
		if b, ok := n.bounds(t); ok && b.right > pageWidth {
			t.Errorf("%q ends at %.0f", n.text, b.right)
		}
	}
}
