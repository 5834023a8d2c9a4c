// Data sets. Of their rows X a layer needs two products, Z = XW + b and XᵀdZ. Images are sparse
// (mat_sparse.go); data with too many inputs or distinct values for the sparse form are dense. At the
// end, the data sets by name: the images, those in the plane, and a person's own.

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string // of a user's own data; else empty
	Train, Test Set
	SHA256      string
	Shape       []int // of an image of one's own, as saved: height × width, colours first or last; else nil
	Projection  Mat   // D×M if these inputs are M components of the data's D: x′ = Projectionᵀ(x − mean)
}

func (d *Dataset) size() dataSize { return dataSize{d.Train.N, d.Test.N} }

// Set is a split: N rows of D inputs, and their labels.
type Set struct {
	inputs
	N, D     int
	labels   []byte // N: the digit, the cluster; nil without
	constant []bool // D: the inputs that every row has alike
}

// imageSet returns images (N×height×width) in which a byte p stands for p/255. They must fit
// the sparse form.
func imageSet(bytes []byte, height, width int, labels []byte) Set {
	level := make([]float64, maxLevels)
	for p := range level {
		level[p] = float64(p) / 255
	}
	return sparseSet(bytes, height, width, level, labels)
}

// realSet returns rows of numbers (N×height×width; inputs that are no image are one line).
func realSet(x []float64, height, width int, labels []byte) Set {
	level, codes, codeOf := []float64{0}, make([]byte, len(x)), map[float64]byte{0: 0}
	for i, v := range x {
		code, known := codeOf[v]
		if !known {
			code = byte(len(level))
			level, codeOf[v] = append(level, v), code
		}
		if !fitsSparse(height, width, len(level)) {
			return denseSet(x, height*width, labels)
		}
		codes[i] = code
	}
	return sparseSet(codes, height, width, level, labels)
}

// sparseSet returns the rows that newSparse makes. Two inputs are alike if their codes are.
func sparseSet(codes []byte, height, width int, level []float64, labels []byte) Set {
	s := newSparse(codes, height, width, level)
	return Set{s, s.N, s.D, labels, constantInputs(codes, s.D)}
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

// denseRows are inputs as they are (N×D), in their own order.
type denseRows struct{ Mat }

// denseSet returns the rows x (N×D), which it keeps.
func denseSet(x []float64, D int, labels []byte) Set {
	X := Mat{len(x) / D, D, x}
	return Set{denseRows{X}, X.Rows, D, labels, constantInputs(x, D)}
}

func (r denseRows) arrange(W Mat) Mat         { return Mat{W.Rows, W.Cols, slices.Clone(W.Data)} }
func (r denseRows) restore(W Mat) Mat         { return r.arrange(W) }
func (r denseRows) dense(n int) []float64     { return r.Row(n) }
func (r denseRows) squaredNorm(n int) float64 { return inner(r.Row(n), r.Row(n)) }

func (r denseRows) newBlock() block {
	return &denseBlock{all: r.Mat, at: newMat(blockRows, r.Cols), scaled: newMat(blockRows, r.Cols)}
}

// denseBlock holds its rows side by side.
type denseBlock struct {
	all, at, scaled Mat // N×D; the block's rows, blockRows×D, and scale times these
	rows            int
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

// linear is one linear map of a batch: Z (N×K) and W (places×K), or their gradients. The inputs are
// multiplied by scale.
type linear struct {
	Z, W  Mat
	init  []float64 // K, of multiply alone
	scale float64
}

// multiply sets Z = 1·initᵀ + s·XW for the given rows, for every map.
func multiply(b block, rows []uint32, maps ...linear) {
	for n := 0; n < len(rows); n += blockRows {
		part := rows[n:min(n+blockRows, len(rows))]
		b.load(part)
		for _, p := range maps {
			sameLength("multiply", p.Z.Cols, len(p.init))
			for i := range part {
				copy(p.Z.Row(n+i), p.init)
			}
			b.gather(p.Z.view().from(n, 0), p.scale, p.W.view(), p.Z.Cols)
		}
	}
}

// multiplyTransposed sets W = s·XᵀZ for every map. The rows must be those of the last multiply, because up to
// blockRows are still loaded.
func multiplyTransposed(b block, rows []uint32, maps ...linear) {
	init := zeros
	for n := 0; n < len(rows); n += blockRows {
		if len(rows) > blockRows { // else they are still loaded
			b.load(rows[n:min(n+blockRows, len(rows))])
		}
		for _, p := range maps {
			if n > 0 {
				init = p.W.view()
			}
			b.spread(p.W.view(), init, p.scale, p.Z.view().from(n, 0), p.Z.Cols)
		}
	}
}

var (
	dataNames  = []string{"mnist", "fashion", "mnist-shifted", "clusters", "uniform"}
	imageNames = dataNames[:3]
)

// compareData is the order of data sets in every list and table: own data, whose index −1 is the largest uint,
// come last, by name.
func compareData(a, b string) int {
	rank := func(name string) uint { return uint(slices.Index(dataNames, name)) }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// dataSource says where data sets come from, except for those that the program generates.
type dataSource struct {
	dir string   // of images; "" for the cache and what fills it
	own *Dataset // nil for none
}

// loadData returns the named data set. Downloads and problems are told on screen. Own data may be in a file of another
// name: the hash in the data's name decides.
func loadData(from dataSource, name string, screen *console) (*Dataset, error) {
	switch name {
	case "mnist", "mnist-shifted":
		return mnist.load(from.dir, name == "mnist-shifted", screen)
	case "fashion":
		return fashion.load(from.dir, false, screen)
	case "clusters":
		return clusters(), nil
	case "uniform":
		return uniform(), nil
	}
	given := "none"
	if from.own != nil {
		if given = fmt.Sprintf("%.8s", from.own.SHA256); strings.HasSuffix(name, given) {
			return from.own, nil
		}
	}
	return nil, fmt.Errorf("%s is somebody's own data: give -data the file whose SHA-256 begins with %s; here is %s",
		name, name[strings.LastIndex(name, "-")+1:], given)
}

// dataSize is the rows of a data set's splits.
type dataSize struct{ train, test int }

// size is that of the named data set.
func (from dataSource) size(name string) dataSize {
	switch name {
	case "mnist", "fashion":
		return dataSize{60000, 10000}
	case "mnist-shifted":
		return dataSize{60000 * len(shifts), 10000}
	case "clusters", "uniform":
		return dataSize{planeTrain, planeRows - planeTrain}
	}
	return from.own.size()
}
