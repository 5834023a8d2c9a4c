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

// orthonormal returns an n×p matrix with orthonormal columns, from the decomposition of a random one.
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
		{"Hilbert 2", Mat{2, 2, []float64{1, 0.5, 0.5, 1.0 / 3}}, []float64{(4 + math.Sqrt(13)) / 6, (4 - math.Sqrt(13)) / 6}},
		{"repeated", withSigma(9, 7, 2, 2, 2, 1, 1), []float64{2, 2, 2, 1, 1, 0, 0}},
		{"rank one", withSigma(20, 5, 3), []float64{3, 0, 0, 0, 0}},
		{"tall", withSigma(60, 4, 4, 3, 2, 1), []float64{4, 3, 2, 1}},
		{"wide", withSigma(4, 60, 4, 3, 2, 1), []float64{4, 3, 2, 1}},
		{"graded", graded, nil},
		{"huge", withSigma(5, 5, 5e200, 4e200, 3e200, 2e200, 1e200), []float64{5e200, 4e200, 3e200, 2e200, 1e200}},
		{"tiny", withSigma(5, 5, 5e-200, 4e-200, 3e-200, 2e-200, 1e-200), []float64{5e-200, 4e-200, 3e-200, 2e-200, 1e-200}},
		{"64×784", xavier(64, 784, 4, streamWeights), nil},
		{"784×64", xavier(784, 64, 4, streamWeights), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			U, sigma, V := svd(c.A)
			B := product3(U, sigma, V)
			size, scale := float64(max(c.A.Rows, c.A.Cols)), 0.0
			for _, a := range c.A.Data {
				scale = max(scale, math.Abs(a))
			}
			residual, total := 0.0, 0.0
			for i, a := range c.A.Data {
				if scale > 0 {
					residual += (a - B.Data[i]) / scale * (a - B.Data[i]) / scale
					total += a / scale * a / scale
				}
			}
			if r := math.Sqrt(residual/max(total, math.SmallestNonzeroFloat64)) / (size * 0x1p-52); r >= 10 {
				t.Errorf("‖A−UΣVᵀ‖/(‖A‖·max(m,n)·ε) = %.3g", r)
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

// Rows whose squares, or whose products with one another, are below the smallest float64.
func TestSVDKeepsWhatVanishesWhenSquared(t *testing.T) {
	turn := func(a, b float64) Mat { // rows of length a and b, the second at 60° to the first
		return Mat{2, 3, []float64{a, 0, 0, b / 2, b * math.Sqrt(0.75), 0}}
	}
	for _, c := range []struct {
		name string
		A    Mat
		want []float64
	}{
		{"diagonal", Mat{3, 3, []float64{1, 0, 0, 0, 0.01, 0, 0, 0, 1e-170}}, []float64{1, 0.01, 1e-170}},
		{"zero rows", Mat{3, 3, []float64{0, 0, 0, 0, 1, 0, 0, 0, 1e-300}}, []float64{1, 1e-300, 0}},
		{"far apart", turn(1, 1e-170), []float64{1, 1e-170 * math.Sqrt(0.75)}},
		{"further", turn(1, 1e-290), []float64{1, 1e-290 * math.Sqrt(0.75)}},
		{"both small", Mat{3, 3, []float64{1, 0, 0, 0, 1e-170, 0, 0, 0.5e-170, 1e-170 * math.Sqrt(0.75)}}, []float64{1, 1e-170 * math.Sqrt(1.5), 1e-170 * math.Sqrt(0.5)}},
	} {
		for _, A := range []Mat{c.A, c.A.T()} {
			t.Run(c.name, func(t *testing.T) {
				U, sigma, V := svd(A)
				if diff := cmp.Diff(c.want, sigma, cmpopts.EquateApprox(4e-15, 0)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				for _, Q := range []Mat{U, V} {
					for i, s := range sigma {
						for j := range i + 1 {
							dot := 0.0
							for n := range Q.Rows {
								dot += Q.Row(n)[i] * Q.Row(n)[j]
							}
							if i == j {
								dot--
							}
							if s > 0 && math.Abs(dot) > 1e-14 {
								t.Errorf("columns %d and %d are off orthonormal by %g", i, j, dot)
							}
						}
					}
				}
			})
		}
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
