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
func (m Mat) head(n int) Mat { return m.as(n, m.Cols) }

// as returns a rows×cols matrix in the beginning of m's memory.
func (m Mat) as(rows, cols int) Mat { return Mat{rows, cols, m.Data[:rows*cols]} }

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

// Kernels are the loops that take a run's time. Each has a wrapper, which checks sizes, a
// definition in plain Go, and twins in assembly (mat_amd64, mat_arm64), which stand in for it where
// the processor can run them. Of mul:
//
//	mul           the wrapper, which everyone calls
//	mulKernel     a variable: mulGeneric, which defines the result, or a twin, such as
//	mul2AVX512    which gives the same bits, several columns at a time
//
// Twins give the same bits because they compute each element by the same operations in the same
// order; only the number of elements in a register differs. Sums of mul run over rows, inputs or units
// in order, one fused multiply-add at a time; inner has sixteen partial sums.
//
// A product that is not to be fused with a sum is written float64(x*y), in the whole program:
// without the conversion, compilers for some processors fuse it and others do not.

// twin is an instruction set's version of the kernels.
type twin struct {
	name string
	use  func() // makes it the kernels
}

// twins are those that this processor can run, the fastest last, which is in use.
var twins []twin

// view is a matrix with a free distance between rows: element (i, j) is data[i*stride+j].
// Stride 0 repeats one row.
type view struct {
	data   []float64
	stride int
}

func (m Mat) view() view { return view{m.Data, m.Cols} }

// from returns v without its first i rows and j columns.
func (v view) from(i, j int) view { return view{v.data[i*v.stride+j:], v.stride} }

// row returns cols elements of row i.
func (v view) row(i, cols int) []float64 { return v.data[i*v.stride:][:cols] }

// four returns cols elements of rows i to i+3.
func (v view) four(i, cols int) [4][]float64 {
	return [4][]float64{v.row(i, cols), v.row(i+1, cols), v.row(i+2, cols), v.row(i+3, cols)}
}

// check panics unless v holds rows×cols elements.
func (v view) check(kernel string, rows, cols int) {
	if rows > 0 && (v.stride < 0 || len(v.data) < (rows-1)*v.stride+cols) {
		panic(fmt.Sprintf("%s: %d×%d matrix with stride %d in %d elements",
			kernel, rows, cols, v.stride, len(v.data)))
	}
}

// coefficients is the left factor of mul: element (i, r) is data[i*rowStride+r*colStride].
type coefficients struct {
	data                 []float64
	rowStride, colStride int
}

// mulBlock is how many terms mul adds to all sums before it goes on to the next terms, so that
// their rows of B stay in the cache. The order of each sum does not change.
const mulBlock = 128

// mul computes out = init + A·B, where out and init are rows×cols, A is rows×depth and B
// depth×cols:
//
//	outᵢₖ = initᵢₖ + Σᵣ aᵢᵣ bᵣₖ,   r = 0 … depth−1 in order
//
// out may be init, and must not overlap A or B.
func mul(out, init view, a coefficients, b view, rows, depth, cols int) {
	if rows <= 0 || cols <= 0 { // probes may have no columns
		return
	}
	out.check("mul", rows, cols)
	init.check("mul", rows, cols)
	b.check("mul", depth, cols)
	if depth > 0 && len(a.data) <= (rows-1)*a.rowStride+(depth-1)*a.colStride {
		panic(fmt.Sprintf("mul: %d×%d coefficients with strides %d, %d in %d elements",
			rows, depth, a.rowStride, a.colStride, len(a.data)))
	}
	for r := 0; ; r += mulBlock {
		n := min(mulBlock, depth-r)
		mulKernel(out, init, a, b, rows, n, cols)
		if r+n == depth {
			return
		}
		init = out
		a.data = a.data[n*a.colStride:]
		b.data = b.data[n*b.stride:]
	}
}

// matmul sets out = A·B.
func matmul(out, A, B Mat) {
	sameLength("matmul", A.Cols, B.Rows)
	mul(out.view(), zeros, coefficients{A.Data, A.Cols, 1}, B.view(), A.Rows, A.Cols, B.Cols)
}

var mulKernel = mulGeneric

func mulGeneric(out, init view, a coefficients, b view, rows, depth, cols int) {
	for i := range rows {
		copy(out.row(i, cols), init.row(i, cols))
	}
	r := 0
	for ; r+4 <= depth; r += 4 {
		terms := b.four(r, cols)
		for i := range rows {
			at, next := i*a.rowStride+r*a.colStride, a.colStride
			x0, x1, x2, x3 := a.data[at], a.data[at+next], a.data[at+2*next], a.data[at+3*next]
			addFour(out.row(i, cols), &terms, x0, x1, x2, x3)
		}
	}
	for ; r < depth; r++ {
		for i := range rows {
			addOne(out.row(i, cols), b.row(r, cols), a.data[i*a.rowStride+r*a.colStride])
		}
	}
}

// addFour adds four terms to every sum, y ← y + x₀w₀ + x₁w₁ + x₂w₂ + x₃w₃, in order, loading and
// storing it once. It is not inlined, because its loop needs the registers that a caller would
// keep.
//
// Plain Go takes seven times as long as AVX2. Without GOAMD64=v3 the compiled code asks at every
// math.FMA whether the processor has it, two branches a multiply-add, and we know no way to keep
// them out of a loop. Tried without gain there: two rows of sums at once, eight terms added to a
// sum before it is stored, Horner's rule written out.
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

// innerSums is how many partial sums an inner product has, so that they do not wait for each other:
// sum i takes the terms i, i + 16, … in order.
const innerSums = 16

// inner returns ⟨x,y⟩: the partial sums are added pairwise, i and i+8, then i and i+4, i+2, i+1;
// the terms beyond the last whole sixteen follow one by one.
func inner(x, y []float64) float64 {
	sameLength("inner", len(x), len(y))
	whole := len(x) / innerSums * innerSums
	var sums [innerSums]float64
	for i := 0; i < innerSums; i += 4 { // registers hold four
		s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
		for n := i; n < whole; n += innerSums {
			a, b := x[n:n+4], y[n:n+4]
			s0, s1 = math.FMA(a[0], b[0], s0), math.FMA(a[1], b[1], s1)
			s2, s3 = math.FMA(a[2], b[2], s2), math.FMA(a[3], b[3], s3)
		}
		sums[i], sums[i+1], sums[i+2], sums[i+3] = s0, s1, s2, s3
	}
	for half := innerSums / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	sum := sums[0]
	for i := whole; i < len(x); i++ {
		sum = math.FMA(x[i], y[i], sum)
	}
	return sum
}

// maxCols is the most columns of a product that begins with zeros: a K×K matrix of 16,384 units has 2 GB.
const maxCols = 1 << 14

// Constant operands of mul: a row of zeros, repeated, and coefficients that are all 1 or −1, with strides
// of 0.
var (
	zeros     = view{make([]float64, maxCols), 0}
	ones      = coefficients{data: []float64{1}}
	minusOnes = coefficients{data: []float64{-1}}
)

// columnSums sets sums (K) to Σₙ Aₙₖ, as the product 1ᵀA.
func columnSums(sums []float64, A Mat) {
	clear(sums) // K may be more than zeros has
	mul(view{sums, 0}, view{sums, 0}, ones, A.view(), 1, A.Rows, A.Cols)
}

// center sets mean to the means of A's columns and R = A − 1·meanᵀ, a product too. R may be A.
func center(R Mat, mean []float64, A Mat) {
	N, K := A.Rows, A.Cols
	columnSums(mean, A)
	for k := range mean {
		mean[k] /= float64(N)
	}
	mul(R.view(), A.view(), minusOnes, view{mean, 0}, N, 1, K)
}

// gram sets M = RᵀR (K×K). It computes the upper triangle in strips of rows, and mirrors it. A strip is
// high, so that the copies that mul makes of R's columns (panels, mat_simd.go) are used often.
func gram(M, R Mat) {
	K := R.Cols
	strip := max(8, (K/8)&^3) // a multiple of 4: twins take four rows
	for i := 0; i < K; i += strip {
		right := view{R.Data[i:], K} // and Rᵀ by the same with strides exchanged
		mul(M.view().from(i, i), zeros, coefficients{right.data, 1, K}, right, min(strip, K-i), R.Rows, K-i)
	}
	for j := range K {
		for k := j + 1; k < K; k++ {
			M.Data[k*K+j] = M.Data[j*K+k]
		}
	}
}

// gramOf returns RᵀR (K×K).
func gramOf(R Mat) Mat {
	M := newMat(R.Cols, R.Cols)
	gram(M, R)
	return M
}

// multiplyBy multiplies g by s, element by element.
func multiplyBy(g, s []float64) {
	sameLength("multiplyBy", len(g), len(s))
	for i, x := range s {
		g[i] *= x
	}
}

// addTo sets x = x + a·y.
func addTo(x []float64, a float64, y []float64) {
	sameLength("addTo", len(x), len(y))
	for i, v := range y {
		x[i] = math.FMA(a, v, x[i])
	}
}

// columnSquares sets sums (K) to Σₙ Aₙₖ².
func columnSquares(sums []float64, A Mat) {
	clear(sums)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			sums[k] = math.FMA(a, a, sums[k])
		}
	}
}

// scaleBy multiplies every element by s.
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
