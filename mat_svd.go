package main

import (
	"cmp"
	"math"
	"slices"
)

// The singular value decomposition by one-sided Jacobi rotations (Hestenes 1958; Demmel & Veselić
// 1992): rotate pairs of rows of A until all are orthogonal. Their lengths are then the singular
// values, and the product of the rotations is the other factor. If A is a diagonal matrix times a
// well-conditioned one (or, with fewer columns than rows, the other way round), small singular
// values have the same relative accuracy as large ones, down to 2⁻⁴⁵⁰ of the largest: squares and
// products of much less underflow.

const maxSweeps = 60

// svd returns A = U diag(σ) Vᵀ for A m×n with p = min(m,n): U m×p, σ descending, V n×p.
// A singular value of zero has a zero column in V, or in U if m > n.
// Cost: O(p² max(m,n)) a sweep, 7 to 16 sweeps.
func svd(A Mat) (U Mat, sigma []float64, V Mat) {
	if A.Rows > A.Cols {
		V, sigma, U = svd(A.T())
		return U, sigma, V
	}
	rows := Mat{A.Rows, A.Cols, slices.Clone(A.Data)}
	exponent := normalise(rows.Data)
	turned := newMat(A.Rows, A.Rows) // rows = turned·A, so that A = turnedᵀ·rows: U is turnedᵀ
	for i := range A.Rows {
		turned.Row(i)[i] = 1
	}
	orthogonalise(rows, turned)
	for i := range A.Rows {
		row := rows.Row(i)
		length := math.Sqrt(inner(row, row))
		sigma = append(sigma, length)
		for j := range row {
			if length > 0 {
				row[j] /= length
			} else {
				row[j] = 0
			}
		}
	}
	sigma, order := largestFirst(sigma, exponent)
	return columnsOf(turned, order), sigma, columnsOf(rows, order)
}

// largestFirst returns x·2ᵉ from the largest to the smallest, and their indices in x.
func largestFirst(x []float64, exponent int) (sorted []float64, order []int) {
	order = sortedIndices(len(x), func(i, j int) int { return cmp.Compare(x[j], x[i]) })
	for _, i := range order {
		sorted = append(sorted, math.Ldexp(x[i], exponent))
	}
	return sorted, order
}

// columnsOf returns a matrix whose columns are rows of m, in the given order.
func columnsOf(m Mat, order []int) Mat {
	columns := newMat(m.Cols, len(order))
	for k, i := range order {
		for j, x := range m.Row(i) {
			columns.Row(j)[k] = x
		}
	}
	return columns
}

// normalise divides x by 2ᵉ, so that its largest magnitude is in [½, 1) and squares neither
// overflow nor all vanish, and returns e. It is exact except for elements that vanish beside the
// largest.
func normalise(x []float64) int {
	_, e := math.Frexp(largestOf(x))
	for i, a := range x {
		x[i] = math.Ldexp(a, -e)
	}
	return e
}

// largestOf returns max |xᵢ|, NaN if there is one.
func largestOf(x []float64) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

// orthogonalise rotates rows p and q of both matrices until every |⟨p,q⟩| ≤ √n 2⁻⁵³ ‖p‖‖q‖,
// n = Cols, which is what rounding leaves of an inner product of n terms.
func orthogonalise(rows, turned Mat) {
	squares := make([]float64, rows.Rows) // ‖p‖²
	for p := range squares {
		squares[p] = inner(rows.Row(p), rows.Row(p))
	}
	tolerance := 0x1p-53 * math.Sqrt(float64(rows.Cols))
	for range maxSweeps {
		rotated := false
		for p := range rows.Rows {
			for q := p + 1; q < rows.Rows; q++ {
				a, b, d := squares[p], squares[q], inner(rows.Row(p), rows.Row(q))
				if math.Abs(d) <= tolerance*math.Sqrt(a)*math.Sqrt(b) {
					continue
				}
				c, s := rotation(a, b, d)
				if s == 0 { // the shorter row vanishes beside the longer
					continue
				}
				rotate(rows.Row(p), rows.Row(q), c, s)
				rotate(turned.Row(p), turned.Row(q), c, s)
				squares[p], squares[q] = inner(rows.Row(p), rows.Row(p)), inner(rows.Row(q), rows.Row(q))
				rotated = true
			}
		}
		if !rotated {
			return
		}
	}
}

// rotation returns the cosine and sine that make two rows orthogonal whose squared lengths
// are a and b and whose inner product is d (Golub & Van Loan, Matrix Computations, 8.4.2).
func rotation(a, b, d float64) (c, s float64) {
	zeta := (b - a) / (2 * d)
	t := 1 / (math.Abs(zeta) + math.Sqrt(math.FMA(zeta, zeta, 1)))
	if zeta < 0 {
		t = -t
	}
	c = 1 / math.Sqrt(math.FMA(t, t, 1))
	return c, c * t
}

// rotate sets x, y = c x − s y, s x + c y.
func rotate(x, y []float64, c, s float64) {
	sameLength("rotate", len(x), len(y))
	for i, a := range x {
		b := y[i]
		x[i] = math.FMA(c, a, -float64(s*b))
		y[i] = math.FMA(s, a, float64(c*b))
	}
}
