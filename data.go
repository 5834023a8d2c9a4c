package main

import "slices"

// Data sets, as a layer sees them: it needs two products with the rows X of a split, Z = XW + b and
// XᵀdZ. Images are sparse (mat_sparse.go); data with too many inputs or distinct values for the
// sparse form are dense.

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string // of a user's own data; else empty
	Train, Test Set
	SHA256      string
	Shape       []int // of a row, where it is an image in a file: height × width, with its colours first or last; else nil
	// Axes (D×M) turns the data's own inputs, less their means, into these inputs if these are M principal components.
	Axes Mat
}

func (d *Dataset) size() dataSize { return dataSize{d.Train.N, d.Test.N} }

// Set is a split: N rows of D inputs, and their labels.
type Set struct {
	inputs
	N, D   int
	labels []byte // N: the digit, the cluster; nil without
}

// inputs are rows X (N×D). Their products may take the D inputs in another order, with gaps; the rows of
// W are then arranged likewise, places×K.
type inputs interface {
	newBlock() block
	arrange(W Mat) Mat         // D×K → places×K
	restore(W Mat) Mat         // its inverse
	dense(n int) []float64     // row n
	squaredNorm(n int) float64 // ‖xₙ‖²
	constant() []bool          // D: the inputs that every row has alike
}

// block is the memory for the products of up to blockRows rows at a time.
type block interface {
	prefetch(rows []uint32) // of a later load
	load(rows []uint32)
	gather(z view, scale float64, w view, cols int)         // Z ← Z + s·XW
	spread(dw, init view, scale float64, dz view, cols int) // dW = init + s·XᵀdZ
}

func (s *sparse) newBlock() block { return newColumns(s) }

// stored is what rows are kept as: numbers, or bytes p that stand for p/255.
type stored interface{ byte | float32 | float64 }

// byteLevels returns what bytes stand for.
func byteLevels() []float64 {
	level := make([]float64, 256)
	for p := range level {
		level[p] = float64(p) / 255
	}
	return level
}

// imageSet returns images (N×height×width) in which a byte p stands for p/255.
func imageSet(bytes []byte, height, width int, labels []byte) Set {
	if level := byteLevels(); fitsSparse(height, width, len(level)) {
		return Set{newSparse(bytes, height, width, level), len(bytes) / (height * width), height * width, labels}
	}
	return denseSet(bytes, height*width, labels)
}

// realSet returns rows of numbers (N×height×width; inputs that are no image are one line).
func realSet[T float32 | float64](x []T, height, width int, labels []byte) Set {
	D := height * width
	if !fitsSparse(height, width, 1) {
		return denseSet(x, D, labels)
	}
	level := levelsOf(x)
	if !fitsSparse(height, width, len(level)) {
		return denseSet(x, D, labels)
	}
	codes := make([]byte, len(x))
	for i, v := range x {
		if v != 0 {
			code, _ := slices.BinarySearch(level[1:], float64(v))
			codes[i] = byte(code + 1)
		}
	}
	return Set{newSparse(codes, height, width, level), len(x) / D, D, labels}
}

// levelsOf returns 0 and then the other distinct values of x in ascending order; it stops once they are too many.
func levelsOf[T float32 | float64](x []T) []float64 {
	seen := map[T]bool{}
	for _, v := range x {
		if v != 0 {
			seen[v] = true
		}
		if len(seen) == maxLevels {
			break
		}
	}
	level := make([]float64, 1, len(seen)+1)
	for v := range seen {
		level = append(level, float64(v))
	}
	slices.Sort(level[1:])
	return level
}

// denseRows are inputs as they are, in their own order.
type denseRows[T stored] struct {
	x       []T // N×D
	D       int
	squares []float64 // N: ‖xₙ‖²
}

func denseSet[T stored](x []T, D int, labels []byte) Set {
	r := denseRows[T]{x, D, make([]float64, len(x)/D)}
	row := make([]float64, D)
	for n := range r.squares {
		widen(row, r.row(n))
		r.squares[n] = inner(row, row)
	}
	return Set{r, len(r.squares), D, labels}
}

func (r denseRows[T]) arrange(W Mat) Mat { return Mat{W.Rows, W.Cols, slices.Clone(W.Data)} }
func (r denseRows[T]) restore(W Mat) Mat { return r.arrange(W) }

func (r denseRows[T]) row(n int) []T             { return r.x[n*r.D : (n+1)*r.D] }
func (r denseRows[T]) squaredNorm(n int) float64 { return r.squares[n] }

func (r denseRows[T]) dense(n int) []float64 {
	x := make([]float64, r.D)
	widen(x, r.row(n))
	return x
}

// widen sets x to what row stands for.
func widen[T stored](x []float64, row []T) {
	switch row := any(row).(type) {
	case []byte:
		for d, p := range row {
			x[d] = float64(p) / 255
		}
	case []float32:
		for d, v := range row {
			x[d] = float64(v)
		}
	case []float64:
		copy(x, row)
	}
}

func (r denseRows[T]) constant() []bool {
	alike := slices.Repeat([]bool{true}, r.D)
	for from := 0; from < len(r.x); from += r.D {
		for d, x := range r.x[from : from+r.D] {
			alike[d] = alike[d] && x == r.x[d]
		}
	}
	return alike
}

func (r denseRows[T]) newBlock() block {
	return &denseBlock[T]{all: r, at: newMat(blockRows, r.D), scaled: newMat(blockRows, r.D)}
}

// denseBlock holds its rows side by side.
type denseBlock[T stored] struct {
	all    denseRows[T]
	rows   int
	at     Mat     // blockRows×D
	scale  float64 // that scaled is for; 0 if for none
	scaled Mat     // at, times scale
}

func (b *denseBlock[T]) prefetch([]uint32) {}

func (b *denseBlock[T]) load(rows []uint32) {
	b.rows, b.scale = len(rows), 0
	for i, n := range rows {
		widen(b.at.Row(i), b.all.row(int(n)))
	}
}

// times returns the block's rows, each input scale times.
func (b *denseBlock[T]) times(scale float64) []float64 {
	if scale == 1 {
		return b.at.Data
	}
	if scale != b.scale {
		b.scale = scale
		for i, x := range b.at.head(b.rows).Data {
			b.scaled.Data[i] = scale * x
		}
	}
	return b.scaled.Data
}

func (b *denseBlock[T]) gather(z view, scale float64, w view, cols int) {
	D := b.at.Cols
	mul(z, z, coefficients{b.times(scale), D, 1}, w, b.rows, D, cols)
}

func (b *denseBlock[T]) spread(dw, init view, scale float64, dz view, cols int) {
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
			z := p.Z.Data[n*p.Z.Cols : (n+len(part))*p.Z.Cols]
			for filled := copy(z, p.init); filled < len(z); filled *= 2 {
				copy(z[filled:], z[:filled])
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
