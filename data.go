// Data sets, as a layer sees them: it needs two products with the rows X of a split, Z = XW + b and
// XᵀdZ. Images are sparse (mat_sparse.go); data with too many inputs or distinct values for the
// sparse form are dense. At the end, the data sets by name: the images, those in the plane, and a
// person's own.

package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string // of a user's own data; else empty
	Train, Test Set
	SHA256      string
	Shape       []int // of a row that is an image in a file: height × width, colours first or last; else nil
	// Axes (D×M) turns the data's own inputs, less their means, into these inputs if these are M
	// principal components.
	Axes Mat
}

func (d *Dataset) size() dataSize { return dataSize{d.Train.N, d.Test.N} }

// Set is a split: N rows of D inputs, and their labels.
type Set struct {
	inputs
	N, D     int
	labels   []byte // N: the digit, the cluster; nil without
	constant []bool // D: the inputs that every row has alike
}

// inputs are rows X (N×D). Their products may take the D inputs in another order, with gaps: a place is a
// row of W in that order, and has an input or none. Dense inputs keep their order; mat_sparse.go puts them
// in squares.
type inputs interface {
	newBlock() block
	arrange(W Mat) Mat         // D×K → places×K
	restore(W Mat) Mat         // its inverse
	dense(n int) []float64     // row n, to be read
	squaredNorm(n int) float64 // ‖xₙ‖²
}

// block is the memory for the products of up to blockRows rows at a time.
type block interface {
	prefetch(rows []uint32) // of a later load
	load(rows []uint32)
	gather(z view, scale float64, w view, cols int)         // Z ← Z + s·XW
	spread(dw, init view, scale float64, dz view, cols int) // dW = init + s·XᵀdZ
}

func (s *sparse) newBlock() block { return newColumns(s) }

// imageSet returns images (N×height×width) in which a byte p stands for p/255.
func imageSet(bytes []byte, height, width int, labels []byte) Set {
	level := make([]float64, maxLevels)
	for p := range level {
		level[p] = float64(p) / 255
	}
	if fitsSparse(height, width, maxLevels) {
		return sparseSet(bytes, height, width, level, labels)
	}
	x := make([]float64, len(bytes))
	for i, p := range bytes {
		x[i] = level[p]
	}
	return denseSet(x, height*width, labels)
}

// realSet returns rows of numbers (N×height×width; inputs that are no image are one line).
func realSet(x []float64, height, width int, labels []byte) Set {
	level := levelsOf(x)
	if !fitsSparse(height, width, len(level)) {
		return denseSet(x, height*width, labels)
	}
	codes := make([]byte, len(x))
	for i, v := range x {
		if v != 0 {
			code, _ := slices.BinarySearch(level[1:], v)
			codes[i] = byte(code + 1)
		}
	}
	return sparseSet(codes, height, width, level, labels)
}

// sparseSet returns the rows that newSparse makes. Two inputs are alike if their codes are.
func sparseSet(codes []byte, height, width int, level []float64, labels []byte) Set {
	s := newSparse(codes, height, width, level)
	return Set{s, s.N, s.D, labels, constantInputs(codes, s.D)}
}

// levelsOf returns 0 and then the other distinct values of x in ascending order; it stops once they
// are too many.
func levelsOf(x []float64) []float64 {
	seen := map[float64]bool{}
	for _, v := range x {
		if v != 0 {
			seen[v] = true
		}
		if len(seen) == maxLevels {
			break
		}
	}
	return append([]float64{0}, slices.Sorted(maps.Keys(seen))...)
}

// constantInputs tells for each input whether all rows of x (N×D) have it alike.
func constantInputs[T byte | float64](x []T, D int) []bool {
	constant := slices.Repeat([]bool{true}, D)
	for row := range slices.Chunk(x, D) {
		for d, v := range row {
			if v != x[d] {
				constant[d] = false
			}
		}
	}
	return constant
}

// denseRows are inputs as they are, in their own order.
type denseRows struct {
	X       Mat
	squares []float64 // N: ‖xₙ‖²
}

// denseSet returns the rows x (N×D), which it keeps.
func denseSet(x []float64, D int, labels []byte) Set {
	r := denseRows{Mat{len(x) / D, D, x}, make([]float64, len(x)/D)}
	for n := range r.squares {
		r.squares[n] = inner(r.X.Row(n), r.X.Row(n))
	}
	return Set{r, len(r.squares), D, labels, constantInputs(x, D)}
}

func (r denseRows) arrange(W Mat) Mat         { return Mat{W.Rows, W.Cols, slices.Clone(W.Data)} }
func (r denseRows) restore(W Mat) Mat         { return r.arrange(W) }
func (r denseRows) dense(n int) []float64     { return r.X.Row(n) }
func (r denseRows) squaredNorm(n int) float64 { return r.squares[n] }

func (r denseRows) newBlock() block {
	return &denseBlock{all: r.X, at: newMat(blockRows, r.X.Cols), scaled: newMat(blockRows, r.X.Cols)}
}

// denseBlock holds its rows side by side.
type denseBlock struct {
	all    Mat
	rows   int
	at     Mat // blockRows×D
	scaled Mat // at, times the scale of a product
}

func (b *denseBlock) prefetch([]uint32) {}

func (b *denseBlock) load(rows []uint32) {
	b.rows = len(rows)
	for i, n := range rows {
		copy(b.at.Row(i), b.all.Row(int(n)))
	}
}

// times returns the block's rows, each input scale times.
func (b *denseBlock) times(scale float64) []float64 {
	if scale == 1 {
		return b.at.Data
	}
	for i, x := range b.at.head(b.rows).Data {
		b.scaled.Data[i] = scale * x
	}
	return b.scaled.Data
}

func (b *denseBlock) gather(z view, scale float64, w view, cols int) {
	D := b.at.Cols
	mul(z, z, coefficients{b.times(scale), D, 1}, w, b.rows, D, cols)
}

func (b *denseBlock) spread(dw, init view, scale float64, dz view, cols int) {
	D := b.at.Cols
	mul(dw, init, coefficients{b.times(scale), 1, D}, dz, D, b.rows, cols)
}

// product is one linear map of a batch: Z (N×K) and W (places×K), or their gradients. The inputs are
// multiplied by scale.
type product struct {
	Z, W  Mat
	init  []float64 // K
	scale float64
}

// multiply sets Z = 1·initᵀ + s·XW for the given rows, for every product.
func multiply(b block, rows []uint32, products ...product) {
	for n := 0; n < len(rows); n += blockRows {
		part := rows[n:min(n+blockRows, len(rows))]
		b.load(part)
		for _, p := range products {
			sameLength("multiply", p.Z.Cols, len(p.init))
			for i := range part {
				copy(p.Z.Row(n+i), p.init)
			}
			b.gather(p.Z.view().from(n, 0), p.scale, p.W.view(), p.Z.Cols)
		}
	}
}

// multiplyTransposed sets W = s·XᵀZ for the rows that multiply saw last, for every product.
func multiplyTransposed(b block, rows []uint32, products ...product) {
	init := zeros
	for n := 0; n < len(rows); n += blockRows {
		if len(rows) > blockRows { // else they are still loaded
			b.load(rows[n:min(n+blockRows, len(rows))])
		}
		for _, p := range products {
			if n > 0 {
				init = p.W.view()
			}
			b.spread(p.W.view(), init, p.scale, p.Z.view().from(n, 0), p.Z.Cols)
		}
	}
}

var (
	imageNames = []string{mnist.name, fashion.name, mnistShifted.name} // as imageSets
	planeNames = []string{"clusters", "uniform"}                       // of two inputs
	dataNames  = slices.Concat(imageNames, planeNames)
)

// compareData is the order of data sets in every list and table: own data come last, by name.
func compareData(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(dataNames, name); i >= 0 {
			return i
		}
		return len(dataNames)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// dataSource says where data sets come from, except for those that the program generates.
type dataSource struct {
	dir string   // of images; "" for the cache and what fills it
	own *Dataset // nil for none
}

// loadData returns the named data set. Downloads and problems are told on screen.
func loadData(ctx context.Context, from dataSource, name string, screen *console) (*Dataset, error) {
	switch name {
	case "clusters":
		return clusters(), nil
	case "uniform":
		return uniform(), nil
	}
	if i := slices.Index(imageNames, name); i >= 0 {
		return imageSets[i].load(ctx, from.dir, screen.say)
	}
	return from.own, nil
}

// dataSize is the rows of a data set's splits.
type dataSize struct{ train, test int }

// size is that of a data set of a name.
func (from dataSource) size(name string) dataSize {
	if i := slices.Index(imageNames, name); i >= 0 {
		return imageSets[i].size()
	}
	if slices.Contains(planeNames, name) {
		return dataSize{planeTrain, planeRows - planeTrain}
	}
	return from.own.size()
}
