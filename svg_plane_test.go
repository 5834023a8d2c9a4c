package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinesOfUnitsAreClippedToTheView(t *testing.T) {
	v := window{f: frame{0, 0, 200, 200}, reach: 1, stretch: 1}
	for _, c := range []struct {
		name string
		u    [3]float64
		want string
	}{
		{"vertical", [3]float64{2, 0, -1}, "M150,200L150,0"},
		{"horizontal", [3]float64{0, 1, -0.5}, "M200,50L0,50"},
		{"through the corners", [3]float64{1, 1, 0}, "M200,200L0,0"},
		{"over a corner", [3]float64{1, 1, -1.5}, "M200,50L150,0"},
		{"outside", [3]float64{1, 0, -9}, "M200,100L200,100"},
		{"no weights", [3]float64{0, 0, 1}, "M100,100L100,100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, v.boundary(c.u)); diff != "" {
				t.Error("(-want +got)", diff)
			}
		})
	}
}

// What prints is the base value of what moves, so that must be the final state, where the
// animation also begins and ends.
func TestAnimationRestsAtTheFinalState(t *testing.T) {
	planes := samplePlanes(1, 4, 50, madeUp[0].value)
	nodes := parse(t, planePicture(planes, ""))
	moving := 0
	for i, n := range nodes {
		if n.name != "animate" {
			continue
		}
		moving++
		parent := nodes[i-1]
		if parent.name == "title" {
			parent = nodes[i-2]
		}
		values := strings.Split(n.attr["values"], ";")
		final := parent.attr[n.attr["attributeName"]]
		if values[0] != final || values[len(values)-1] != final {
			t.Errorf("%s rests at %s, moves from %s to %s", n.attr["attributeName"], final, values[0], values[len(values)-1])
		}
	}
	if moving != 2*4+1 {
		t.Errorf("%d things move, want an arrow and a line for each of 4 units, and the bar", moving)
	}
}

// TestFiltersShowEveryWeight: of inputs that make a square, and of others, whose square is filled up with white.
func TestFiltersShowEveryWeight(t *testing.T) {
	for D, side := range map[int]int{1: 1, 4: 2, 5: 3, 7: 3, 9: 3} {
		W := newMat(3, D)
		for i := range W.Data {
			W.Data[i] = float64(i - 6)
		}
		limit := percentile99(W.Data)
		nodes := parse(t, filterPicture([]strip{{W: W}}, ""))
		images := slices.DeleteFunc(nodes, func(n node) bool { return n.name != "image" })
		data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(images[1].attr["href"], "data:image/png;base64,"))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for k := range W.Rows {
			for i := range side * side {
				want := palette()[0]
				if i < D {
					want = palette()[shade(W.Row(k)[i], limit)]
				}
				got := img.At(k*(side+tileGap)+i%side, i/side)
				if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
					t.Errorf("D = %d: weight %d of unit %d (-want +got) %s", D, i, k, diff)
				}
			}
		}
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

func TestFiltersOf64UnitsAreSmall(t *testing.T) {
	if n := len(filterPicture([]strip{{W: sampleWeights(64, madeUp[0].value)}}, "")); n > 300_000 {
		t.Errorf("%d bytes, want under 300,000", n)
	}
}
