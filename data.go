package main

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string
	D           int // inputs
	Train, Test Set
	SHA256      string
}

// Set is a split in sparse form: the non-zero inputs of every row, in index order, as
// entries index<<16 | code with x = level[code]. MNIST's levels are byte/255; a set of reals
// has a level for each distinct value. A row is cut into tiles of tileWidth inputs, so that
// a pass over many rows can stay within the weights of a few tiles: tile t of row n is
// entries[start[n*tiles+t]:start[n*tiles+t+1]].
type Set struct {
	N, D, tiles int
	start       []uint32 // N·tiles+1
	entries     []uint32
	level       []float64
	labels      []byte // N: the digit, the cluster, or 0
}

// tileWidth inputs times 64 units of weights are 28 KiB, which stays in a first-level cache.
const tileWidth = 56

// newSet takes the rows as entries[start[n]:start[n+1]] and finds their tiles.
func newSet(d int, start, entries []uint32, level []float64, labels []byte) Set {
	s := Set{N: len(start) - 1, D: d, tiles: (d + tileWidth - 1) / tileWidth, entries: entries, level: level, labels: labels}
	s.start = make([]uint32, 0, s.N*s.tiles+1)
	for n := range s.N {
		p := start[n]
		for t := range s.tiles {
			s.start = append(s.start, p)
			for limit := uint32((t + 1) * tileWidth); p < start[n+1] && entries[p]>>16 < limit; {
				p++
			}
		}
	}
	s.start = append(s.start, start[s.N])
	return s
}

// row returns the entries of row n.
func (s *Set) row(n int) []uint32 {
	return s.entries[s.start[n*s.tiles]:s.start[(n+1)*s.tiles]]
}

// dense returns row n with its zeros.
func (s *Set) dense(n int) []float64 {
	x := make([]float64, s.D)
	for _, e := range s.row(n) {
		x[e>>16] = s.level[e&0xffff]
	}
	return x
}
