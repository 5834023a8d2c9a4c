package main

import (
	"fmt"
	"math/bits"
)

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string
	D           int // inputs
	Train, Test Set
	SHA256      string
}

// Set is a split in sparse form. Inputs 2p and 2p+1 are a pair, because neighbouring pixels
// are mostly black or not black together: row n has the entries start[n] to start[n+1], one
// for each pair that is not all zero, in order of p:
//
//	p<<2B | code₁<<B | code₀          x₂ₚ = level[code₀], x₂ₚ₊₁ = level[code₁]
//
// with B = codeBits. level[0] is 0. MNIST's levels are byte/255, B = 8; a set of reals has a
// level for each distinct value.
type Set struct {
	N, D     int
	codeBits int
	start    []uint32 // N+1
	entries  []uint32
	level    []float64
	labels   []byte // N: the digit, the cluster, or 0
}

// newSet returns the rows of codes, D to a row, as a Set. D is even, and D/2 pairs of codes
// fit into 32 bits.
func newSet[C byte | uint16](codes []C, D int, level []float64, labels []byte) Set {
	s := Set{N: len(codes) / D, D: D, codeBits: bits.Len(uint(len(level) - 1)), level: level, labels: labels}
	if D%2 != 0 || len(codes)%D != 0 || level[0] != 0 || 2*s.codeBits+bits.Len(uint(D/2-1)) > 32 {
		panic(fmt.Sprintf("newSet: %d codes of %d levels in rows of %d, level[0] = %v", len(codes), len(level), D, level[0]))
	}
	pairs := 0
	for i := 0; i < len(codes); i += 2 {
		if codes[i]|codes[i+1] != 0 {
			pairs++
		}
	}
	s.start, s.entries = make([]uint32, s.N+1), make([]uint32, 0, pairs)
	for n := range s.N {
		row := codes[n*D : (n+1)*D]
		for i := 0; i < D; i += 2 {
			if row[i]|row[i+1] != 0 {
				if int(max(row[i], row[i+1])) >= len(level) {
					panic(fmt.Sprintf("newSet: row %d has codes %d and %d of %d levels", n, row[i], row[i+1], len(level)))
				}
				s.entries = append(s.entries, (uint32(i/2)<<s.codeBits|uint32(row[i+1]))<<s.codeBits|uint32(row[i]))
			}
		}
		s.start[n+1] = uint32(len(s.entries))
	}
	return s
}

// row returns the entries of row n.
func (s *Set) row(n int) []uint32 { return s.entries[s.start[n]:s.start[n+1]] }

// decode returns the parts of an entry.
func (s *Set) decode(e uint32) (pair int, code0, code1 uint32) {
	mask := uint32(1)<<s.codeBits - 1
	return int(e >> (2 * s.codeBits)), e & mask, e >> s.codeBits & mask
}

// dense returns row n with its zeros.
func (s *Set) dense(n int) []float64 {
	x := make([]float64, s.D)
	for _, e := range s.row(n) {
		p, code0, code1 := s.decode(e)
		x[2*p], x[2*p+1] = s.level[code0], s.level[code1]
	}
	return x
}
