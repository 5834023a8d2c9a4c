package main

import (
	"fmt"
	"slices"
)

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string
	D           int // inputs
	Train, Test Set
	SHA256      string
}

// Set is a split in sparse form. Inputs come four together, for an image in squares of 2×2
// pixels, because neighbouring pixels are mostly black or not black together: row n has the
// entries start[n] to start[n+1], one for each quad that is not all zero, in order:
//
//	code₃<<50 | code₂<<36 | code₁<<22 | code₀<<8 | quad          xᵢ = level[codeᵢ]
//
// Place 4·quad + i stands for the input order[4·quad+i]. level[0] is 0. MNIST's levels are
// byte/255; a set of reals has a level for each distinct value.
type Set struct {
	N, D    int
	order   []int    // of the inputs; at −1 there is none, and x is 0
	start   []uint32 // N+1
	entries []uint64
	level   []float64
	labels  []byte // N: the digit, the cluster, or 0
}

const (
	maxQuads  = 1 << 8
	maxLevels = 1 << 14
)

// newSet returns images of height×width codes as a Set. Inputs that are no image are one line.
func newSet[C byte | uint16](codes []C, height, width int, level []float64, labels []byte) Set {
	D := height * width
	s := Set{N: len(codes) / D, D: D, order: inSquares(height, width), level: level, labels: labels}
	if len(codes)%D != 0 || len(s.order) > 4*maxQuads || len(level) > maxLevels || level[0] != 0 {
		panic(fmt.Sprintf("newSet: %d codes of %d levels in images of %d×%d, level[0] = %v", len(codes), len(level), height, width, level[0]))
	}
	if len(codes) > 0 && int(slices.Max(codes)) >= len(level) {
		panic(fmt.Sprintf("newSet: code %d of %d levels", slices.Max(codes), len(level)))
	}
	s.start = make([]uint32, s.N+1)
	for n := range s.N {
		s.start[n+1] = s.start[n]
		for p := 0; p < len(s.order); p += 4 {
			if quadOf(codes[n*D:(n+1)*D], s.order[p:p+4]) != 0 {
				s.start[n+1]++
			}
		}
	}
	s.entries = make([]uint64, 0, s.start[s.N])
	for n := range s.N {
		for p := 0; p < len(s.order); p += 4 {
			if e := quadOf(codes[n*D:(n+1)*D], s.order[p:p+4]); e != 0 {
				s.entries = append(s.entries, e|uint64(p/4))
			}
		}
	}
	return s
}

// inSquares returns the pixels of an image in squares of 2×2.
func inSquares(height, width int) (order []int) {
	for y := 0; y < height; y += 2 {
		for x := 0; x < width; x += 2 {
			for _, at := range [4][2]int{{y, x}, {y, x + 1}, {y + 1, x}, {y + 1, x + 1}} {
				if at[0] < height && at[1] < width {
					order = append(order, at[0]*width+at[1])
				} else {
					order = append(order, -1)
				}
			}
		}
	}
	return order
}

// quadOf returns the codes of a row's quad as they are in an entry.
func quadOf[C byte | uint16](row []C, inputs []int) uint64 {
	code := func(i int) uint64 {
		if d := inputs[i]; d >= 0 {
			return uint64(row[d])
		}
		return 0
	}
	return code(0)<<8 | code(1)<<22 | code(2)<<36 | code(3)<<50
}

// row returns the entries of row n.
func (s *Set) row(n int) []uint64 { return s.entries[s.start[n]:s.start[n+1]] }

// values returns the four inputs of an entry.
func values(e uint64, level []float64) (x0, x1, x2, x3 float64) {
	const code = maxLevels - 1
	return level[e>>8&code], level[e>>22&code], level[e>>36&code], level[e>>50]
}

// dense returns row n with its zeros.
func (s *Set) dense(n int) []float64 {
	places := newMat(len(s.order), 1)
	for _, e := range s.row(n) {
		p := e % maxQuads * 4
		places.Data[p], places.Data[p+1], places.Data[p+2], places.Data[p+3] = values(e, s.level)
	}
	return s.inputs(places).Data
}

// places returns a D×K matrix as places×K: every row where its input is in the set, zeros where
// there is no input. inputs is its inverse.
func (s *Set) places(inputs Mat) Mat {
	m := newMat(len(s.order), inputs.Cols)
	for p, d := range s.order {
		if d >= 0 {
			copy(m.Row(p), inputs.Row(d))
		}
	}
	return m
}

func (s *Set) inputs(places Mat) Mat {
	m := newMat(s.D, places.Cols)
	for p, d := range s.order {
		if d >= 0 {
			copy(m.Row(d), places.Row(p))
		}
	}
	return m
}
