package main

import (
	"fmt"
	"math"
)

// Mat is a dense matrix, row-major: element (i, j) is Data[i*Cols+j].
type Mat struct {
	Rows, Cols int
	Data       []float64
}

func newMat(rows, cols int) Mat { return Mat{rows, cols, make([]float64, rows*cols)} }

// Row returns row i, sharing m's memory.
func (m Mat) Row(i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols] }

// head returns the first n rows, sharing m's memory.
func (m Mat) head(n int) Mat { return Mat{n, m.Cols, m.Data[:n*m.Cols]} }

// T returns a transposed copy.
func (m Mat) T() Mat {
	t := newMat(m.Cols, m.Rows)
	transpose(t, m)
	return t
}

// transpose sets t (n×m) to the transpose of m (m×n).
func transpose(t, m Mat) {
	if t.Rows != m.Cols || t.Cols != m.Rows {
		panic(fmt.Sprintf("transpose: %d×%d from %d×%d", t.Rows, t.Cols, m.Rows, m.Cols))
	}
	const side = 8 // elements of t beside each other are written together
	for from := 0; from < m.Rows; from += side {
		to := min(from+side, m.Rows)
		for j := range m.Cols {
			for i := from; i < to; i++ {
				t.Data[j*t.Cols+i] = m.Data[i*m.Cols+j]
			}
		}
	}
}

// The kernels: mul and inner here, gather and spread in mat_sparse.go, the elementwise ones in
// mat_elementary.go, rotate in mat_svd.go. Each is defined by its plain Go version; the assembly
// twins give the same bits because every one of them computes each element by the same operations
// in the same order, and only the number of elements in a register differs. Sums run over rows,
// inputs or units in order, one fused multiply-add at a time; inner has an order of its own.
//
// Every caller of a kernel goes through one wrapper, which checks the sizes and calls …Kernel, which picks the twin.

// cores is how many goroutines a large piece of work may use, each on its own part of the result, so
// that their number changes no bit. It is set before runs start.
var cores = 1

// worthSplitting is the number of multiply-adds beyond which waking other cores pays.
var worthSplitting = 1 << 22

// split calls f concurrently on up to cores parts of [0, n), each of which begins at a multiple of grain.
func split(n, grain int, f func(from, to int)) {
	part := max(1, (n+cores*grain-1)/(cores*grain)) * grain
	share(cores, (n+part-1)/part, func(i int) { f(i*part, min((i+1)*part, n)) })
}

// view is a matrix with a free distance between rows: element (i, j) is data[i*stride+j].
// Stride 0 repeats one row.
type view struct {
	data   []float64
	stride int
}

func (m Mat) view() view { return view{m.Data, m.Cols} }

// from returns v without its first i rows and j columns.
func (v view) from(i, j int) view { return view{v.data[i*v.stride+j:], v.stride} }

// row returns cols elements of row i, and four those of rows i to i+3.
func (v view) row(i, cols int) []float64 { return v.data[i*v.stride:][:cols] }

func (v view) four(i, cols int) [4][]float64 {
	return [4][]float64{v.row(i, cols), v.row(i+1, cols), v.row(i+2, cols), v.row(i+3, cols)}
}

// check panics unless v holds rows×cols elements.
func (v view) check(kernel string, rows, cols int) {
	if rows > 0 && (v.stride < 0 || len(v.data) < (rows-1)*v.stride+cols) {
		panic(fmt.Sprintf("%s: %d×%d matrix with stride %d in %d elements", kernel, rows, cols, v.stride, len(v.data)))
	}
}

// coefficients is the left factor of mul: element (i, r) is data[i*row+r*inner].
type coefficients struct {
	data       []float64
	row, inner int
}

// mulBlock is how many terms every element is given before the next terms are begun, so that these
// rows of the right factor stay in the cache. The order of each sum does not change.
const mulBlock = 128

// mul computes out = init + A·B, where out and init are rows×cols, A is rows×inner and B
// inner×cols:
//
//	outᵢₖ = initᵢₖ + Σᵣ aᵢᵣ bᵣₖ,   r = 0 … inner−1 in order
//
// out may be init, and must not overlap A or B.
func mul(out, init view, a coefficients, b view, rows, inner, cols int) {
	if rows <= 0 || cols <= 0 {
		return
	}
	out.check("mul", rows, cols)
	init.check("mul", rows, cols)
	b.check("mul", inner, cols)
	if inner > 0 && len(a.data) <= (rows-1)*a.row+(inner-1)*a.inner {
		panic(fmt.Sprintf("mul: %d×%d coefficients with strides %d, %d in %d elements", rows, inner, a.row, a.inner, len(a.data)))
	}
	if cores > 1 && rows*inner*cols > worthSplitting && rows > 1 {
		split(rows, 4, func(i, to int) {
			mulRows(out.from(i, 0), init.from(i, 0), coefficients{a.data[i*a.row:], a.row, a.inner}, b, to-i, inner, cols)
		})
		return
	}
	mulRows(out, init, a, b, rows, inner, cols)
}

func mulRows(out, init view, a coefficients, b view, rows, inner, cols int) {
	for r := 0; ; r += mulBlock {
		n := min(mulBlock, inner-r)
		mulKernel(out, init, a, b, rows, n, cols)
		if r+n == inner {
			return
		}
		init = out
		a.data = a.data[n*a.inner:]
		b.data = b.data[n*b.stride:]
	}
}

func mulGeneric(out, init view, a coefficients, b view, rows, inner, cols int) {
	for i := range rows {
		copy(out.row(i, cols), init.row(i, cols))
	}
	r := 0
	for ; r+4 <= inner; r += 4 {
		terms := b.four(r, cols)
		for i := range rows {
			at := i*a.row + r*a.inner
			addFour(out.row(i, cols), &terms, a.data[at], a.data[at+a.inner], a.data[at+2*a.inner], a.data[at+3*a.inner])
		}
	}
	for ; r < inner; r++ {
		for i := range rows {
			addOne(out.row(i, cols), b.row(r, cols), a.data[i*a.row+r*a.inner])
		}
	}
}

// addFour adds four terms to every sum, y ← y + x₀w₀ + x₁w₁ + x₂w₂ + x₃w₃, in order, loading and storing it once.
// It is not inlined, because its loop needs the registers that a caller would keep.
//
//go:noinline
func addFour(sums []float64, w *[4][]float64, x0, x1, x2, x3 float64) {
	n := len(sums)
	w0, w1, w2, w3 := w[0][:n], w[1][:n], w[2][:n], w[3][:n]
	for k, y := range sums {
		sums[k] = math.FMA(x3, w3[k], math.FMA(x2, w2[k], math.FMA(x1, w1[k], math.FMA(x0, w0[k], y))))
	}
}

// addOne adds one term: y ← y + xw.
//
//go:noinline
func addOne(sums, w []float64, x float64) {
	w = w[:len(sums)]
	for k, y := range sums {
		sums[k] = math.FMA(x, w[k], y)
	}
}

// innerSums is how many partial sums an inner product has: sum i takes the terms i, i + 16, … in
// order. They do not wait for each other, and fill vector registers.
const innerSums = 16

// inner returns ⟨x,y⟩: the partial sums are added pairwise, i and i+8, then i and i+4, i+2, i+1;
// the terms beyond the last whole sixteen follow one by one.
func inner(x, y []float64) float64 {
	sameLength("inner", len(x), len(y))
	sum := 0.0
	n := len(x) / innerSums * innerSums
	if n > 0 {
		sum = innerKernel(x[:n], y[:n])
	}
	for i := n; i < len(x); i++ {
		sum = math.FMA(x[i], y[i], sum)
	}
	return sum
}

// innerGeneric runs through x and y for four sums at a time, which registers hold.
func innerGeneric(x, y []float64) float64 {
	y = y[:len(x)]
	var sums [innerSums]float64
	for i := 0; i < innerSums; i += 4 {
		s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
		for n := i; n < len(x)-3; n += innerSums {
			s0 = math.FMA(x[n], y[n], s0)
			s1 = math.FMA(x[n+1], y[n+1], s1)
			s2 = math.FMA(x[n+2], y[n+2], s2)
			s3 = math.FMA(x[n+3], y[n+3], s3)
		}
		sums[i], sums[i+1], sums[i+2], sums[i+3] = s0, s1, s2, s3
	}
	for half := innerSums / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	return sums[0]
}

// maxCols is the most columns that a product can have: a K×K matrix of 16,384 units has 2 GB.
const maxCols = 1 << 14

// Constant operands of mul: a row of zeros, repeated, and coefficients that are all 1 or −1.
var (
	zeros     = view{make([]float64, maxCols), 0}
	ones      = coefficients{data: []float64{1}}
	minusOnes = coefficients{data: []float64{-1}}
)

// center sets mean to the means of A's columns and R = A − 1·meanᵀ. R may be A.
func center(R Mat, mean []float64, A Mat) {
	N, K := A.Rows, A.Cols
	if K > wideCols {
		if cores > 1 && len(A.Data) > worthSplitting {
			split(K, 8, func(from, to int) { centerColumns(R, mean, A, from, to) })
		} else {
			centerColumns(R, mean, A, 0, K)
		}
		return
	}
	mul(view{mean, 0}, zeros, ones, A.view(), 1, N, K)
	for k := range mean {
		mean[k] /= float64(N)
	}
	mul(R.view(), A.view(), minusOnes, view{mean, 0}, N, 1, K)
}

// centerColumns is center for the columns from ≤ k < to. It goes along rows, as memory does; mul goes down a few columns.
func centerColumns(R Mat, mean []float64, A Mat, from, to int) {
	mean = mean[from:to]
	clear(mean)
	for n := range A.Rows {
		for k, a := range A.Row(n)[from:to] {
			mean[k] += a
		}
	}
	for k := range mean {
		mean[k] /= float64(A.Rows)
	}
	for n := range A.Rows {
		r := R.Row(n)[from:to]
		for k, a := range A.Row(n)[from:to] {
			r[k] = a - mean[k]
		}
	}
}

// gram sets M = RᵀR (K×K), of which it computes the upper triangle.
func gram(M, R Mat) {
	K := R.Cols
	if K > wideCols {
		gramTiles(M, R)
	} else {
		gramStrips(M, R)
	}
	for j := range K {
		for k := j + 1; k < K; k++ {
			M.Data[k*K+j] = M.Data[j*K+k]
		}
	}
}

// gramStrips computes the upper triangle of gram, in strips of rows.
func gramStrips(M, R Mat) {
	const strip = 8
	K := R.Cols
	for i := 0; i < K; i += strip {
		mul(view{M.Data[i*K+i:], K}, zeros, coefficients{R.Data[i:], 1, K}, view{R.Data[i:], K}, min(strip, K-i), R.Rows, K-i)
	}
}

func scaleBy(m Mat, s float64) {
	for i := range m.Data {
		m.Data[i] *= s
	}
}

// constantColumn tells whether all elements of column k are equal.
func constantColumn(A Mat, k int) bool {
	for n := range A.Rows {
		if A.Row(n)[k] != A.Row(0)[k] {
			return false
		}
	}
	return true
}
