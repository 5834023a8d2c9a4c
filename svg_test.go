package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// node is an element of a figure, with the text in it.
type node struct {
	name, text string
	attr       map[string]string
}

func (n node) number(t *testing.T, name string) float64 {
	t.Helper()
	return parseNumber(t, n.attr[name])
}

func parseNumber(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// parse reads a figure.
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

var pathPoint = regexp.MustCompile(`[ML](-?[0-9.]+),(-?[0-9.]+)`)

// bounds are left, top, right and bottom of what a node covers; ok is false for what covers nothing
// of its own.
func (n node) bounds(t *testing.T) (b [4]float64, ok bool) {
	t.Helper()
	switch n.name {
	case "path":
		b = [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, m := range pathPoint.FindAllStringSubmatch(n.attr["d"], -1) {
			x, y := parseNumber(t, m[1]), parseNumber(t, m[2])
			b = [4]float64{min(b[0], x), min(b[1], y), max(b[2], x), max(b[3], y)}
		}
		return b, true
	case "image":
		x, y := n.number(t, "x"), n.number(t, "y")
		return [4]float64{x, y, x + n.number(t, "width"), y + n.number(t, "height")}, true
	case "text":
		size := textSize
		if strings.Contains(n.attr["style"], "font-size:11px") {
			size = smallSize
		}
		x, y, w := n.number(t, "x"), n.number(t, "y"), textWidth(n.text, size)
		x -= map[string]float64{"start": 0, "middle": w / 2, "end": w}[n.attr["text-anchor"]]
		return [4]float64{x, y - 0.75*size, x + w, y + 0.2*size}, true
	}
	return b, false
}

// checkFigure checks what holds for every figure.
func checkFigure(t *testing.T, svg []byte) {
	t.Helper()
	nodes := parse(t, svg)
	width, height := nodes[0].number(t, "width"), nodes[0].number(t, "height")
	if want := fmt.Sprintf("0 0 %v %v", width, height); nodes[0].attr["viewBox"] != want || nodes[1].text == "" {
		t.Errorf("viewBox %q, want %q; title %q", nodes[0].attr["viewBox"], want, nodes[1].text)
	}
	clipped := false // the lines of units, in an inner svg
	var texts []node
	notNumber := regexp.MustCompile(`NaN|Inf|%!`)
	for i, n := range nodes {
		clipped = clipped && n.name != "text" || i > 0 && n.name == "svg"
		text := strings.ReplaceAll(n.text, "InfoMax", "")
		if notNumber.MatchString(n.attr["d"] + n.attr["style"] + text) {
			t.Errorf("<%s> %q has no number in %v", n.name, n.text, n.attr)
		}
		b, ok := n.bounds(t)
		if ok && !clipped && (b[0] < 0 || b[1] < 0 || b[2] > width || b[3] > height) {
			t.Errorf("<%s> %q covers %.1f, outside %g × %g", n.name, n.text, b, width, height)
		}
		if n.name != "text" {
			continue
		}
		for _, other := range texts {
			if c, _ := other.bounds(t); b[0] < c[2] && c[0] < b[2] && b[1] < c[3] && c[1] < b[3] {
				t.Errorf("%q at %.1f and %q at %.1f overlap", n.text, b, other.text, c)
			}
		}
		texts = append(texts, n)
	}
}

// sampleFigures are of each kind, with values that are missing, alike, and far apart.
func sampleFigures() map[string][]byte {
	nan, inf := math.NaN(), math.Inf(1)
	a, b := markOf(activationNames, "relu"), markOf(activationNames, "leaky_relu")
	rank := quantity{title: "Rank <&>", better: +1}
	spots := []spot{
		{"K = 2", "relu", mark{name: "untrained", colour: grey}, estimate{3, nan, nan}, nil},
		{"K = 2", "relu", a, estimate{5, 4, 7}, []float64{5, 4, inf}},
		{"K = 2", "relu", b, estimate{5, nan, nan}, nil},
		{"K = 4", "softmax", a, estimate{inf, nan, inf}, []float64{-inf, 7}},
	}
	var lines, clouds []datum
	for i, e := range []estimate{{9, 8, 10}, {inf, nan, nan}, {4, 4, 4}, {3, 2, 4}, {nan, nan, nan}} {
		lines = append(lines, datum{"K = 2", a, float64(i + 1), e}, datum{"K = 4", a, float64(i + 1), e})
		clouds = append(clouds, datum{"K = 2", mark{colour: grey, shape: b.shape}, float64(i), e})
	}
	lines = append(lines, datum{"K = 2", b, 1, estimate{9, 8, 10}})
	W := Mat{3, 6, []float64{1, -1, 0, .5, nan, 2, 0, 0, 0, 0, 0, 0, -3, 1, 1, 1, 1, 1}}
	still := vectors{"tanh", Mat{Rows: 1}, []float64{.1, .1, .05}}
	far := vectors{"relu", Mat{Rows: 2}, []float64{2, 0, 9, 0, 1, 0, 50, 60, 3, nan, 1, 1}}
	test := clusters().Test
	return map[string][]byte{
		"dots":      dotPlot(rank, spots, "a note"),
		"lines":     linePlot("lines", quantity{title: "λ", log: true, setting: true}, lines, "a note"),
		"clouds":    linePlot("clouds", quantity{title: "x"}, clouds, strings.Repeat("a long note ", 30), a),
		"images":    filterPicture([]vectors{{"relu", W, nil}, {"leaky_relu", W, nil}}, []int{2, 3}, "a note"),
		"one plane": planePicture([]vectors{still}, test, ""),
		"planes":    planePicture([]vectors{far, still, far, still}, test, "a note"),
	}
}

func TestFiguresAreWellFormedInsideTheirEdgesAndLegible(t *testing.T) {
	for name, svg := range sampleFigures() {
		t.Run(name, func(t *testing.T) { checkFigure(t, svg) })
	}
}

// One hash over a figure of each kind. It changes with the look, and must then be the same on every
// platform.
func TestFiguresHaveTheSameBytesEverywhere(t *testing.T) {
	hash, figures := sha256.New(), sampleFigures()
	for _, name := range []string{"dots", "lines", "clouds", "images", "planes"} {
		hash.Write(figures[name])
	}
	const want = "58c631022c5df1743b55ac3f0fc9b95617eddd9a6a648eada4cf2a1de7c93413"
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != want {
		t.Errorf("SHA-256 %s, want %s", got, want)
	}
}

func TestWhatHasNoPlaceIsCounted(t *testing.T) {
	for name, want := range map[string]string{
		"dots": "a note Not on the axes: 2 values.", "lines": "Not on the axes: 2 values.",
		"planes": "Not on the axes: 2 values.", "images": "a note<",
	} {
		if svg := string(sampleFigures()[name]); !strings.Contains(svg, want) {
			t.Errorf("%s: no %q in its note", name, want)
		}
	}
}

func TestEveryNameHasAMarkOfItsOwn(t *testing.T) {
	if n := max(len(activationNames), len(objectives)); n > len(marks) {
		t.Errorf("%d names have %d marks, and two look alike: add one in svg.go", n, len(marks))
	}
	for i, m := range marks {
		for _, other := range marks[:i] {
			if m.colour == other.colour || m.dash == other.dash || m.shape == other.shape {
				t.Errorf("%+v and %+v look alike", m, other)
			}
		}
	}
}

func TestScaleTicks(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      quantity
		values []float64
		want   string
	}{
		{"ends between ticks", quantity{}, []float64{3.2, 17.9}, "5 10 15"},
		{"negative", quantity{}, []float64{-1, 1}, "−1 −0.5 0 0.5 1"},
		{"narrow", quantity{}, []float64{15.91, 15.97}, "15.92 15.94 15.96"},
		{"large", quantity{}, []float64{0, 5e6}, "0 10⁶ 2×10⁶ 3×10⁶ 4×10⁶ 5×10⁶"},
		{"small", quantity{}, []float64{1e-6, 3e-6}, "10⁻⁶ 1.5×10⁻⁶ 2×10⁻⁶ 2.5×10⁻⁶ 3×10⁻⁶"},
		{"the widest steps", quantity{}, []float64{-5.05, 5.05}, "−5 0 5"},
		{"equal", quantity{}, []float64{5.5, 5.5}, "5 5.5 6"},
		{"zeros", quantity{}, []float64{0, 0}, "0 0.2 0.4 0.6 0.8 1"},
		{"the least there is", quantity{}, []float64{0, 5e-324}, "0 0.2 0.4 0.6 0.8 1"},
		{"nothing", quantity{}, []float64{math.NaN()}, "0.9 0.95 1 1.05 1.1"},
		{"nearly round ends", quantity{}, []float64{0.1, 99.9}, "0 20 40 60 80 100"},
		{"beyond bounds", quantity{}, []float64{math.Inf(1), 0, 10, 1e301}, "0 2 4 6 8 10"},
		{"λ", quantity{log: true, setting: true}, []float64{10, 0.1, 1, 1}, "0.1 1 10"},
		{"decades", quantity{log: true}, []float64{2e-5, 3e5}, "0.001 0.1 10 1000 100000"},
		{"a decade", quantity{log: true}, []float64{1, 10}, "1 10"},
		{"short", quantity{log: true}, []float64{11, 19}, "12 14 16 18"},
		{"logarithm of zero", quantity{log: true}, []float64{0, -1, 1, 1e4}, "1 10 100 1000 10000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScale(c.q, c.values).over(100, 200)
			var labels []string
			for _, v := range s.ticks {
				labels = append(labels, tickLabel(v))
				if at := s.at(v); !(98 <= at && at <= 202) {
					t.Errorf("tick %g stands at %g, outside 98…202", v, at)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(labels, " ")); diff != "" {
				t.Error("(-want +got)", diff)
			}
		})
	}
}

// TestBoundaryIsTheLineThroughTheSquare: two of its points, beyond the square at either end.
func TestBoundaryIsTheLineThroughTheSquare(t *testing.T) {
	const reach = 1.5
	for _, u := range [][3]float64{{2, 0, -1}, {0, 1, -0.5}, {1, 1, 0}, {1, 1, -2.5}, {1e-9, -3e-9, 1e-9}} {
		from, to, ok := boundary(u, reach)
		for _, p := range [][2]float64{from, to} {
			off := u[0]*p[0] + u[1]*p[1] + u[2]
			if math.Abs(off) > 1e-12 || max(math.Abs(p[0]), math.Abs(p[1])) < reach {
				t.Errorf("%v: the line has w·x + b = %g at %v", u, off, p)
			}
		}
		if cross := from[0]*to[0] + from[1]*to[1]; !ok || cross > 0 {
			t.Errorf("%v: from %v to %v, %v", u, from, to, ok)
		}
	}
	for _, u := range [][3]float64{{1, 0, -9}, {0, 0, 1}, {0, 0, 0}} {
		if _, _, ok := boundary(u, reach); ok {
			t.Errorf("%v has a line in the square", u)
		}
	}
}

// TestFiltersShowEveryWeight: each pixel of each unit, in the data's own shape, and white where
// there is no input.
func TestFiltersShowEveryWeight(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []int
		size  string
		rows  [][]int // the inputs in each row of pixels, −1 for none
	}{
		{"a square", nil, "2 lines of 2", [][]int{{0, 1}, {2, 3}}},
		{"no square", nil, "2 lines of 2", [][]int{{0, 1}, {2, -1}}},
		{"not as wide as high", []int{3, 2}, "3 lines of 2", [][]int{{0, 1}, {2, 3}, {4, 5}}},
		{"colours last", []int{3, 2, 2}, "3 lines of 2, 2 colours",
			[][]int{{0, 2, -1, 1, 3}, {4, 6, -1, 5, 7}, {8, 10, -1, 9, 11}}},
		{"colours first", []int{2, 1, 5}, "1 line of 5, 2 colours", [][]int{{0, 1, 2, 3, 4, -1, 5, 6, 7, 8, 9}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			D := 1 + slices.Max(slices.Concat(c.rows...))
			W := newMat(3, D)
			for i := range W.Data {
				W.Data[i] = float64(i - 6)
			}
			limit := percentile99(W.Data)
			svg := filterPicture([]vectors{{W: W}}, c.shape, "")
			if !strings.Contains(string(svg), "inputs are in "+c.size) {
				t.Errorf("no %q in the note", c.size)
			}
			nodes := parse(t, svg)
			i := slices.IndexFunc(nodes, func(n node) bool { return n.name == "image" })
			_, data, _ := strings.Cut(nodes[i].attr["href"], "base64,")
			img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
			if err != nil {
				t.Fatal(err)
			}
			width := len(c.rows[0]) + tileGap
			columns := (img.Bounds().Dx() + tileGap) / width
			for k := range W.Rows {
				for y, row := range c.rows {
					for x, d := range row {
						want := palette()[0]
						if d >= 0 {
							want = palette()[shade(W.Row(k)[d], limit)]
						}
						got := img.At(k%columns*width+x, k/columns*(len(c.rows)+tileGap)+y)
						if fmt.Sprint(got.RGBA()) != fmt.Sprint(want.RGBA()) {
							t.Errorf("unit %d, input %d: %v, want %v", k, d, got, want)
						}
					}
				}
			}
		})
	}
}

func TestShadesGetLighterWithTheWeight(t *testing.T) {
	p, last := palette(), -1.0
	if len(p) != 256 || shade(-2, 1) != 1 || shade(0, 1) != 128 || shade(2, 1) != 255 || shade(math.NaN(), 1) != 0 {
		t.Fatal("the scale is not 1…128…255")
	}
	for i, colour := range p[1:] {
		r, g, b, _ := colour.RGBA()
		luma := 0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b)
		if luma < last {
			t.Errorf("shade %d is darker than the one before", i+1)
		}
		last = luma
	}
}
