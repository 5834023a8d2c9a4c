package main

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// fromSpectrum returns a symmetric matrix with the given eigenvalues: diag(λ) between products of
// three random reflections.
func fromSpectrum(lambda []float64) Mat {
	n := len(lambda)
	S := newMat(n, n)
	for i, l := range lambda {
		S.Row(i)[i] = l
	}
	for seed := range uint64(3) {
		v := xavier(n, 1, seed, streamWeights).Data
		scale := 2 / inner(v, v)
		for range 2 { // S H, transposed H S, and then H S H
			for i := range n {
				addTo(S.Row(i), -scale*inner(v, S.Row(i)), v)
			}
			S = S.T()
		}
	}
	for i := range n {
		for j := range i {
			S.Row(i)[j] = S.Row(j)[i]
		}
	}
	return S
}

// spectra of n eigenvalues: descending, none below 0.
func spectra(n int) map[string][]float64 {
	of := func(f func(i int) float64) (lambda []float64) {
		for i := range n {
			lambda = append(lambda, f(i))
		}
		return lambda
	}
	return map[string][]float64{
		"all alike": of(func(int) float64 { return 3 }),
		"all 0":     of(func(int) float64 { return 0 }),
		"even":      of(func(i int) float64 { return float64(n - i) }),
		"graded":    of(func(i int) float64 { return math.Pow(10, -float64(i)/4) }),
		"one":       of(func(i int) float64 { return float64(max(0, 1-i)) }),
		"a third 0": of(func(i int) float64 { return float64(max(0, 2*n/3-i)) }),
		"pairs":     of(func(i int) float64 { return float64(n - i/2*2) }),
		"huge":      of(func(i int) float64 { return 1e300 * float64(n-i) }),
		"tiny":      of(func(i int) float64 { return 1e-300 * float64(n-i) }),
		"strings": of(func(i int) float64 {
			s := math.Sin(math.Pi / 2 * float64(n-i) / float64(n+1))
			return 4 * s * s
		}),
	}
}

// TestEigenOfKnownSpectra: every eigenvalue to n 2⁻⁵³ of the largest, and V diag(λ) Vᵀ is the
// matrix.
func TestEigenOfKnownSpectra(t *testing.T) {
	for _, n := range []int{jacobiLimit + 1, 193} {
		for name, want := range spectra(n) {
			t.Run(fmt.Sprintf("%s, n = %d", name, n), func(t *testing.T) {
				S, tolerance := fromSpectrum(want), float64(n)*0x1p-53*want[0]
				V, got := eigen(S, jacobiLimit, true)
				if diff := cmp.Diff(eigenvalues(S), got); diff != "" {
					t.Errorf("eigenvalues with and without vectors (-without +with)\n%s", diff)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, tolerance)); diff != "" {
					t.Errorf("eigenvalues (-want +got)\n%s", diff)
				}
				if !slices.IsSortedFunc(got, descending) || got[n-1] < 0 {
					t.Errorf("not descending to 0: %v", got)
				}
				checkOrthonormal(t, "V", V, slices.Repeat([]float64{1}, n))
				again, scaled := newMat(n, n), newMat(n, n)
				for i, v := range V.Data {
					scaled.Data[i] = v * got[i%n]
				}
				matmul(again, scaled, V.T())
				if diff := cmp.Diff(S.Data, again.Data, cmpopts.EquateApprox(0, tolerance)); diff != "" {
					t.Errorf("V diag(λ) Vᵀ (-want +got)\n%s", diff)
				}
			})
		}
	}
}

// TestSingularValuesOfLargeMatrices: they lose what the head of mat_eigen.go says that they lose,
// and no more: the relative error of σ is that of λ = σ², and what vanishes beside √(n 2⁻⁵³) is
// lost.
func TestSingularValuesOfLargeMatrices(t *testing.T) {
	const m, n = 180, 140
	sigma := make([]float64, n)
	for i := range sigma {
		sigma[i] = math.Pow(10, -float64(i)/8) // to 1e-17
	}
	lost := math.Sqrt(n * 0x1p-53)
	for name, W := range map[string]Mat{"tall": withSigma(m, n, sigma...), "wide": withSigma(n, m, sigma...)} {
		_, got := spectrum(W)
		if len(got) != n {
			t.Fatalf("%s: %d singular values, want %d", name, len(got), n)
		}
		for i, want := range sigma {
			if tolerance := min(lost, 2*n*0x1p-53/want); !(math.Abs(got[i]-want) <= tolerance) {
				t.Errorf("%s: σ of %g is %g, off by more than %g", name, want, got[i], tolerance)
			}
		}
		if _, jacobis, _ := svd(W); math.Abs(got[n-1]/jacobis[n-1]-1) < 1 {
			t.Errorf("%s: the smallest is %g, nothing is lost beside Jacobi's %g", name, got[n-1], jacobis[n-1])
		}
	}
}

func TestEigenvaluesOfWhatIsNotFinite(t *testing.T) {
	S := fromSpectrum(spectra(140)["even"])
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		S.Row(7)[9] = x
		if got := eigenvalues(S); len(got) != 140 || slices.ContainsFunc(got, finite) {
			t.Errorf("%v in a matrix gives eigenvalues %v", x, got)
		}
	}
}

// TestJacobiIsUsedUpToItsLimit: there its bits are those of the metrics.
func TestJacobiIsUsedUpToItsLimit(t *testing.T) {
	S := fromSpectrum(spectra(jacobiLimit)["strings"])
	_, want, _ := svd(S)
	if diff := cmp.Diff(want, eigenvalues(S)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func BenchmarkEigen(b *testing.B) {
	for _, n := range []int{256, 512, 1024} {
		S := newMat(n, n)
		gram(S, xavier(2*n, n, 1, streamWeights))
		b.Run(fmt.Sprintf("values/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				eigenvalues(S)
			}
		})
		b.Run(fmt.Sprintf("vectors/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				eigen(S, jacobiLimit, true)
			}
		})
	}
}
