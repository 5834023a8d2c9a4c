package main

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// product3 returns U diag(σ) Vᵀ.
func product3(U Mat, sigma []float64, V Mat) Mat {
	A := newMat(U.Rows, V.Rows)
	for i := range U.Rows {
		for j := range V.Rows {
			for p, s := range sigma {
				A.Row(i)[j] += U.Row(i)[p] * s * V.Row(j)[p]
			}
		}
	}
	return A
}

// orthonormal returns an n×p matrix with orthonormal columns, from the decomposition of a random
// one.
func orthonormal(n, p int, seed uint64) Mat {
	U, _, V := svd(xavier(n, p, seed, streamWeights))
	return product3(U, slices.Repeat([]float64{1}, p), V)
}

// withSigma returns a random m×n matrix with the given singular values.
func withSigma(m, n int, sigma ...float64) Mat {
	return product3(orthonormal(m, len(sigma), 1), sigma, orthonormal(n, len(sigma), 2))
}

func TestSVDReconstructs(t *testing.T) {
	graded := newMat(8, 6) // columns from 1 to 1e-50
	for i, x := range xavier(8, 6, 3, streamWeights).Data {
		graded.Data[i] = x * math.Pow(10, -10*float64(i%6))
	}
	cases := []struct {
		name  string
		A     Mat
		sigma []float64 // nil where not known
	}{
		{"scalar", Mat{1, 1, []float64{-3}}, []float64{3}},
		{"zero", newMat(4, 3), []float64{0, 0, 0}},
		{"diagonal", Mat{2, 3, []float64{0, 2, 0, -5, 0, 0}}, []float64{5, 2}},
		{"golden ratio", Mat{2, 2, []float64{1, 1, 0, 1}}, []float64{math.Phi, 1 / math.Phi}},
		{"repeated", withSigma(9, 7, 2, 2, 2, 1, 1), []float64{2, 2, 2, 1, 1, 0, 0}},
		{"rank one", withSigma(20, 5, 3), []float64{3, 0, 0, 0, 0}},
		{"tall", withSigma(60, 4, 4, 3, 2, 1), []float64{4, 3, 2, 1}},
		{"wide", withSigma(4, 60, 4, 3, 2, 1), []float64{4, 3, 2, 1}},
		{"graded", graded, nil},
		{"huge", withSigma(5, 5, 3e200, 2e200, 1e200), []float64{3e200, 2e200, 1e200, 0, 0}},
		{"tiny", withSigma(5, 5, 3e-200, 2e-200, 1e-200), []float64{3e-200, 2e-200, 1e-200, 0, 0}},
		{"64×784", xavier(64, 784, 4, streamWeights), nil},
		{"784×64", xavier(784, 64, 4, streamWeights), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			U, sigma, V := svd(c.A)
			B := product3(U, sigma, V)
			scale := largestOf(c.A.Data)
			tolerance := float64(max(c.A.Rows, c.A.Cols)) * 0x1p-52 * scale
			if diff := cmp.Diff(c.A.Data, B.Data, cmpopts.EquateApprox(0, tolerance)); diff != "" {
				t.Errorf("UΣVᵀ (-want +got)\n%s", diff)
			}
			if c.sigma != nil {
				if diff := cmp.Diff(c.sigma, sigma, cmpopts.EquateApprox(1e-13, scale*1e-14)); diff != "" {
					t.Errorf("singular values (-want +got)\n%s", diff)
				}
			}
			if !slices.IsSortedFunc(sigma, descending) {
				t.Errorf("singular values are not descending: %v", sigma)
			}
			checkOrthonormal(t, "U", U, sigma)
			checkOrthonormal(t, "V", V, sigma)
		})
	}
}

// checkOrthonormal checks the columns that belong to a singular value above rounding.
func checkOrthonormal(t *testing.T, name string, Q Mat, sigma []float64) {
	t.Helper()
	for i := range sigma {
		for j := range i + 1 {
			if sigma[i] <= 1e-12*sigma[0] {
				continue
			}
			dot := 0.0
			for n := range Q.Rows {
				dot += Q.Row(n)[i] * Q.Row(n)[j]
			}
			if i == j {
				dot--
			}
			if math.Abs(dot) > 1e-13 {
				t.Fatalf("columns %d and %d of %s: off orthonormal by %g", i, j, name, dot)
			}
		}
	}
}

// TestSVDKeepsSmallSingularValues: on a matrix with scaled columns a one-sided method keeps the
// relative accuracy of every singular value (Demmel & Veselić 1992). Here they are known.
func TestSVDKeepsSmallSingularValues(t *testing.T) {
	Q := orthonormal(6, 4, 5)
	want := []float64{1, 1e-20, 1e-60, 1e-100}
	A := newMat(6, 4)
	for i := range A.Data {
		A.Data[i] = Q.Data[i] * want[i%4]
	}
	_, sigma, _ := svd(A)
	if diff := cmp.Diff(want, sigma, cmpopts.EquateApprox(1e-14, 0)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func BenchmarkSVD(b *testing.B) {
	W := xavier(784, 64, 1, streamWeights)
	for b.Loop() {
		svd(W)
	}
}

// descending compares for slices.IsSortedFunc.
func descending(a, b float64) int {
	if a < b {
		return 1
	}
	return 0
}
