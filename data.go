package main

import "fmt"

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
//	p<<32 | code₁<<16 | code₀          x₂ₚ = level[code₀], x₂ₚ₊₁ = level[code₁]
//
// level[0] is 0. MNIST's levels are byte/255; a set of reals has one for each distinct value.
type Set struct {
	N, D    int
	start   []uint32 // N+1
	entries []uint64
	level   []float64
	labels  []byte // N: the digit, the cluster, or 0
}

// newSet returns the rows of codes, D to a row, as a Set. D is even.
func newSet[C byte | uint16](codes []C, D int, level []float64, labels []byte) Set {
	if D%2 != 0 || len(codes)%D != 0 || level[0] != 0 {
		panic(fmt.Sprintf("newSet: %d codes in rows of %d, level[0] = %v", len(codes), D, level[0]))
	}
	pairs := 0
	for i := 0; i < len(codes); i += 2 {
		if codes[i]|codes[i+1] != 0 {
			pairs++
		}
	}
	s := Set{N: len(codes) / D, D: D, level: level, labels: labels}
	s.start, s.entries = make([]uint32, s.N+1), make([]uint64, 0, pairs)
	for n := range s.N {
		row := codes[n*D : (n+1)*D]
		for i := 0; i < D; i += 2 {
			if row[i]|row[i+1] != 0 {
				s.entries = append(s.entries, uint64(i/2)<<32|uint64(row[i+1])<<16|uint64(row[i]))
			}
		}
		s.start[n+1] = uint32(len(s.entries))
	}
	return s
}

// row returns the entries of row n.
func (s *Set) row(n int) []uint64 { return s.entries[s.start[n]:s.start[n+1]] }

// pair returns what an entry says: which row or pair of inputs, and the two values.
func (s *Set) pair(e uint64) (index int, x0, x1 float64) {
	return int(e >> 32), s.level[e&0xffff], s.level[e>>16&0xffff]
}

// dense returns row n with its zeros.
func (s *Set) dense(n int) []float64 {
	x := make([]float64, s.D)
	for _, e := range s.row(n) {
		p, x0, x1 := s.pair(e)
		x[2*p], x[2*p+1] = x0, x1
	}
	return x
}
