package main

import "slices"

// Data sets, as a layer meets them. It asks the rows X of a split for two products, Z = XW + b and
// XᵀdZ. Images are sparse (mat_sparse.go); what the sparse form cannot hold, because it has too many
// inputs or too many distinct values, is dense.

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string
	D           int // inputs
	Train, Test Set
	SHA256      string
}

// Set is a split: N rows of D inputs, and their labels.
type Set struct {
	inputs
	N, D   int
	labels []byte // N: the digit, the cluster, or 0
}

// inputs are rows X (N×D). The products may take the inputs in an order of their own, with gaps:
// the rows of W are then arranged so, places×K.
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

// images are sparse inputs.
type images struct{ *sparse }

func (x images) newBlock() block { return newColumns(x.sparse) }

// imageSet returns images (N×height×width bytes) in which a byte p stands for p/255.
func imageSet(bytes []byte, height, width int, labels []byte) Set {
	level := make([]float64, 256)
	for p := range level {
		level[p] = float64(p) / 255
	}
	D := height * width
	if fitsSparse(height, width, len(level)) {
		return Set{images{newSparse(bytes, height, width, level)}, len(bytes) / D, D, labels}
	}
	X := newMat(len(bytes)/D, D)
	for i, p := range bytes {
		X.Data[i] = level[p]
	}
	return realSet(X, labels)
}

// realSet returns the rows X (N×D) as they are.
func realSet(X Mat, labels []byte) Set {
	if level := distinct(X.Data); fitsSparse(1, X.Cols, len(level)) {
		codes := make([]byte, len(X.Data))
		for i, x := range X.Data {
			if x != 0 {
				code, _ := slices.BinarySearch(level[1:], x)
				codes[i] = byte(code + 1)
			}
		}
		return Set{images{newSparse(codes, 1, X.Cols, level)}, X.Rows, X.Cols, labels}
	}
	return Set{denseRows{X}, X.Rows, X.Cols, labels}
}

// distinct returns 0 and the other distinct values of x in ascending order.
func distinct(x []float64) []float64 {
	sorted := slices.Compact(slices.Sorted(slices.Values(x)))
	return append([]float64{0}, slices.DeleteFunc(sorted, func(v float64) bool { return v == 0 })...)
}

// denseRows are inputs as they are, in their own order.
type denseRows struct{ X Mat }

func (r denseRows) arrange(W Mat) Mat         { return Mat{W.Rows, W.Cols, slices.Clone(W.Data)} }
func (r denseRows) restore(W Mat) Mat         { return r.arrange(W) }
func (r denseRows) dense(n int) []float64     { return r.X.Row(n) }
func (r denseRows) squaredNorm(n int) float64 { return inner(r.X.Row(n), r.X.Row(n)) }

func (r denseRows) constant() []bool {
	all := make([]bool, r.X.Cols)
	for d := range all {
		all[d] = constantColumn(r.X, d)
	}
	return all
}

func (r denseRows) newBlock() block {
	return &denseBlock{all: r.X, at: newMat(blockRows, r.X.Cols), scaled: newMat(blockRows, r.X.Cols)}
}

// denseBlock holds its rows side by side.
type denseBlock struct {
	all    Mat
	rows   int
	at     Mat     // blockRows×D
	scale  float64 // that scaled is for; 0 if for none
	scaled Mat     // at, times scale
}

func (b *denseBlock) prefetch([]uint32) {}

func (b *denseBlock) load(rows []uint32) {
	b.rows, b.scale = len(rows), 0
	for i, n := range rows {
		copy(b.at.Row(i), b.all.Row(int(n)))
	}
}

// times returns the block's rows, each input scale times.
func (b *denseBlock) times(scale float64) []float64 {
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

func (b *denseBlock) gather(z view, scale float64, w view, cols int) {
	D := b.at.Cols
	mul(z, z, coefficients{b.times(scale), D, 1}, w, b.rows, D, cols)
}

func (b *denseBlock) spread(dw, init view, scale float64, dz view, cols int) {
	D := b.at.Cols
	mul(dw, init, coefficients{b.times(scale), 1, D}, dz, D, b.rows, cols)
}

// product is one linear map of a batch: Z (N×K) and W (places×K), or their gradients, with the inputs
// scale times.
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
