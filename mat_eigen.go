package main

import (
	"fmt"
	"math"
	"slices"
)

// Eigenvalues of a symmetric S (n×n), for sizes at which Jacobi's rotations (mat_svd.go) take too
// long. Reflections make S tridiagonal (Householder 1958; Golub & Van Loan, Matrix Computations,
// 8.3.1), and QL steps with implicit shifts make that diagonal (Martin & Wilkinson 1968, Dubrulle
// 1970; EISPACK's imtql2). A reflection is H = I − τ v vᵀ, v₁ = 1, and
//
//	H S H = S − v wᵀ − w vᵀ,   w = p − ½τ⟨p,v⟩ v,   p = τ S v
//
// Products with 32 reflections at a time are subtracted from what is left of S (Dongarra,
// Hammarling & Sorensen 1989), so that two thirds of the n³ multiply-adds are matrix products.
//
// Accuracy. An eigenvalue is off by up to about n·2⁻⁵³ of the largest, whatever its own size: one
// of 0 may come out that large, with either sign. A singular value computed as σ = √λ from a Gram
// matrix is off by n·2⁻⁵³ σ₁²/2σ, and one of 0 may come out as √(n·2⁻⁵³) σ₁, where Jacobi's
// rotations keep their digits.

// jacobiLimit is the largest size whose spectrum is computed by Jacobi's rotations, which take
// 30 to 50 n³ multiply-adds. (pca.go takes them for more axes.)
const jacobiLimit = 128

// spectrum returns WᵀW (K×K) and the singular values of W (D×K) in descending order.
func spectrum(W Mat) (gramian Mat, sigma []float64) {
	gramian = gramOf(W)
	if min(W.Rows, W.Cols) <= jacobiLimit {
		_, sigma, _ = svd(W)
		return gramian, sigma
	}
	smaller := gramian
	if W.Rows < W.Cols {
		smaller = gramOf(W.T()) // has the same values but for zeros
	}
	sigma = eigenvalues(smaller)
	for i, lambda := range sigma {
		sigma[i] = math.Sqrt(lambda)
	}
	return gramian, sigma
}

// eigenvalues returns those of S, symmetric with none below 0 but for rounding, in descending
// order. Beyond jacobiLimit those computed below 0 are set to 0, and all are NaN if anything in S is
// not finite; up to it, an infinite S may give infinite ones.
func eigenvalues(S Mat) (lambda []float64) {
	_, lambda = eigen(S, jacobiLimit, false)
	return lambda
}

// eigen returns V, whose columns are orthonormal, and λ, as eigenvalues, with S = V diag(λ) Vᵀ.
// Sizes up to jacobi are left to Jacobi's rotations; beyond, V has no rows unless vectors are asked for,
// and means nothing if the eigenvalues are NaN.
func eigen(S Mat, jacobi int, vectors bool) (V Mat, lambda []float64) {
	if S.Rows <= jacobi {
		V, lambda, _ = svd(S)
		return V, lambda
	}
	if !allFinite(S.Data) {
		return S, slices.Repeat([]float64{math.NaN()}, S.Rows)
	}
	A, E := Mat{S.Rows, S.Cols, slices.Clone(S.Data)}, Mat{} // rows of E: eigenvectors
	exponent := normalise(A.Data)
	t := tridiagonalise(A)
	if vectors {
		E = t.Q()
	}
	t.solve(E)
	lambda, order := largestFirst(t.diagonal, exponent)
	for i, l := range lambda {
		lambda[i] = max(l, 0)
	}
	return columnsOf(E, order), lambda
}

// tridiagonal is T (n×n), symmetric, and how it came from S: T = Q S Qᵀ, Q the product of the
// reflections Hₖ = I − τₖ vₖ vₖᵀ, k = 0 … n−2.
type tridiagonal struct {
	diagonal, beside []float64 // n; beside[i] is Tᵢ₊₁,ᵢ, and its last is 0
	V                Mat       // n×n; vₖ is its row k from column k+1 on
	tau              []float64 // n
}

// reflectionsAtOnce is how many reflections are subtracted by one product.
const reflectionsAtOnce = 32

// tridiagonalise reduces A to T and overwrites it with V. With the pending reflections' v, w as rows of L
// and their −w, −v as rows of R, the part of S not yet reduced is A + LᵀR.
func tridiagonalise(A Mat) tridiagonal {
	n := A.Rows
	t := tridiagonal{make([]float64, n), make([]float64, n), A, make([]float64, n)}
	L, R := newMat(2*reflectionsAtOnce, n), newMat(2*reflectionsAtOnce, n)
	column, dots := make([]float64, n), make([]float64, 2*reflectionsAtOnce)
	for k := range n {
		pending := 2 * (k % reflectionsAtOnce) // rows of L and R
		if pending == 0 && k > 0 {             // A ← A + LᵀR; rows of L and R are read from column k on alone
			rest := A.view().from(k, k)
			mul(rest, rest, coefficients{L.Data[k:], 1, n}, view{R.Data[k:], n}, n-k, L.Rows, n-k)
		}
		// column = row k of A + LᵀR, which is its column k, too, from L's column k
		mul(view{column[k:], 0}, view{A.Row(k)[k:], 0}, coefficients{L.Data[k:], 0, n}, view{R.Data[k:], n},
			1, pending, n-k)
		t.diagonal[k] = column[k]
		if k == n-1 {
			break
		}
		at := k + 1
		v, w := L.Row(pending)[at:], L.Row(pending + 1)[at:]
		copy(v, column[at:])
		beta, tau := reflect(v)
		t.beside[k], t.tau[k] = beta, tau
		for i := range w { // w = (A + LᵀR) v
			w[i] = inner(A.Row(at + i)[at:], v)
		}
		for r := range pending {
			dots[r] = inner(R.Row(r)[at:], v)
		}
		mul(view{w, 0}, view{w, 0}, coefficients{dots, 0, 1}, view{L.Data[at:], n}, 1, pending, n-at)
		half := -tau * tau * inner(w, v) / 2
		for i := range w { // w = p − ½τ⟨p,v⟩v, where p = τw
			w[i] = math.FMA(tau, w[i], float64(half*v[i]))
			R.Row(pending)[at+i], R.Row(pending + 1)[at+i] = -w[i], -v[i]
		}
		copy(A.Row(k)[at:], v) // what was there is reduced
	}
	return t
}

// reflect makes x the v of the reflection that takes x to (β, 0, …, 0), and returns β and τ.
func reflect(x []float64) (beta, tau float64) {
	alpha, squares := x[0], inner(x[1:], x[1:])
	x[0] = 1
	if squares == 0 {
		return alpha, 0
	}
	beta = -math.Copysign(math.Sqrt(math.FMA(alpha, alpha, squares)), alpha)
	for i := range x[1:] {
		x[1+i] /= alpha - beta
	}
	return beta, (beta - alpha) / beta
}

// Q returns Hₙ₋₂ … H₁ H₀, in blocks from the last to the first. With the v of a block's
// reflections as the rows of V, Hₖ … Hₗ = I − Vᵀ F V where F is upper triangular (Schreiber & Van
// Loan 1989):
//
//	Q ← Q (I − Vᵀ Fᵀ V) = Q − (Q Vᵀ) Fᵀ V
func (t tridiagonal) Q() Mat {
	n := t.V.Rows
	Q := newMat(n, n)
	for i := range n {
		Q.Row(i)[i] = 1
	}
	for from := (n - 2) / reflectionsAtOnce * reflectionsAtOnce; from >= 0; from -= reflectionsAtOnce {
		at, count := from+1, min(reflectionsAtOnce, n-1-from)
		V := newMat(count, n-at)
		for j := range count {
			copy(V.Row(j)[j:], t.V.Row(from + j)[at+j:])
		}
		QV, minusQVF, rest := newMat(n-at, count), newMat(n-at, count), Q.view().from(at, at)
		mul(QV.view(), zeros, coefficients{rest.data, n, 1}, V.T().view(), n-at, n-at, count)
		matmul(minusQVF, QV, minusFactor(V, t.tau[from:]))
		mul(rest, rest, coefficients{minusQVF.Data, count, 1}, V.view(), n-at, count, n-at)
	}
	return Q
}

// minusFactor returns m = −Fᵀ of Q for the reflections with the rows of V:
//
//	row j of m = −τⱼ (eⱼ + Σ_{i<j} ⟨vᵢ,vⱼ⟩ row i of m)
func minusFactor(V Mat, tau []float64) Mat {
	m := newMat(V.Rows, V.Rows)
	for j := range m.Rows {
		m.Row(j)[j] = -tau[j]
		for i := range j {
			dot := inner(V.Row(i), V.Row(j))
			for l := range i + 1 {
				m.Row(j)[l] = math.FMA(-tau[j]*dot, m.Row(i)[l], m.Row(j)[l])
			}
		}
	}
	return m
}

// mostSteps is the most QL steps for one eigenvalue; two or three are usual.
const mostSteps = 60

// solve makes T diagonal by rotations of neighbouring rows and columns, and turns the rows of E alike,
// if it has any.
func (t tridiagonal) solve(E Mat) {
	d, e := t.diagonal, t.beside
	largest := 0.0
	for i := range d {
		largest = max(largest, math.Abs(d[i])+math.Abs(e[i]))
	}
	for l := range d {
		for step := 0; ; step++ {
			m := l
			for m < len(d)-1 && math.Abs(e[m]) > 0x1p-53*largest { // not of its neighbours: see above
				m++
			}
			if m == l {
				break
			}
			if step == mostSteps {
				panic(fmt.Sprintf("eigenvalue %d of %d does not settle", l, len(d)))
			}
			t.step(l, m, E)
		}
	}
}

// step takes a QL step on rows l to m, shifted by the eigenvalue of their first 2×2 block that is
// nearer to its first element. Letters are imtql2's: g is the element to be chased, p what is to be
// taken from the next diagonal one, f and b what a rotation makes of a neighbour.
func (t tridiagonal) step(l, m int, E Mat) {
	d, e := t.diagonal, t.beside
	g := (d[l+1] - d[l]) / (2 * e[l])
	g = d[m] - d[l] + e[l]/(g+math.Copysign(math.Sqrt(math.FMA(g, g, 1)), g))
	s, c, p := 1.0, 1.0, 0.0
	for i := m - 1; i >= l; i-- {
		f, b := s*e[i], c*e[i]
		r := math.Sqrt(math.FMA(f, f, float64(g*g)))
		e[i+1] = r
		if r == 0 { // the matrix has come apart here
			d[i+1] -= p
			e[m] = 0
			return
		}
		s, c = f/r, g/r
		g = d[i+1] - p
		r = math.FMA(d[i]-g, s, float64(2*c*b))
		p = float64(s * r)
		d[i+1] = g + p
		g = math.FMA(c, r, -b)
		rotate(E.Row(i), E.Row(i+1), c, s)
	}
	d[l] -= p
	e[l], e[m] = g, 0
}
