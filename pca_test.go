package main

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// withAxes returns 256 rows whose covariance has the columns of Q (D×p) as eigenvectors and the
// eigenvalues sd²: with columns h of a Hadamard matrix, which are orthogonal and sum to 0,
//
//	xₙ = mean + Σⱼ hₙⱼ sdⱼ qⱼ                                       h = ±1
func withAxes(mean []float64, Q Mat, sd ...float64) Mat {
	X := newMat(256, Q.Rows)
	for n := range X.Rows {
		copy(X.Row(n), mean)
		for j, s := range sd {
			if bits.OnesCount(uint(n&(j+1)))%2 == 1 {
				s = -s
			}
			for d := range mean {
				X.Row(n)[d] = math.FMA(s, Q.Row(d)[j], X.Row(n)[d])
			}
		}
	}
	return X
}

// bothForms are rows as sparse inputs and as dense ones.
func bothForms(X Mat) []*Set {
	s := setOf(X)
	return []*Set{&s, denseCopy(s)}
}

// TestPrincipalAxesOfKnownOnes takes inputs near 0, and a million standard deviations away.
func TestPrincipalAxesOfKnownOnes(t *testing.T) {
	Q := orthonormal(6, 4, 1)
	for _, offset := range []struct{ mean, tolerance float64 }{{0, 1e-12}, {1e6, 1e-6}} {
		mean := []float64{1, -2, offset.mean, 0.5, -offset.mean, 0.1}
		for _, s := range bothForms(withAxes(mean, Q, 0.5, 4, 0.1, 1)) {
			t.Run(fmt.Sprintf("%T, %g from 0", s.inputs, offset.mean), func(t *testing.T) {
				W, b := principalAxes(s, 4)
				for k, j := range []int{1, 3, 0, 2} { // by descending variance
					axis, got := Q.T().Row(j), W.T().Row(k)
					if slices.Max(axis) < -slices.Min(axis) {
						axis = mapped(Mat{1, 6, axis}, func(q float64) float64 { return -q }).Data
					}
					if diff := cmp.Diff(axis, got, cmpopts.EquateApprox(0, offset.tolerance)); diff != "" {
						t.Errorf("unit %d (-want +got)\n%s", k, diff)
					}
					if shift := -inner(got, mean); math.Abs(b[k]-shift) > 1e-15*(1+offset.mean)*4 {
						t.Errorf("b of unit %d is %v, want %v", k, b[k], shift)
					}
				}
			})
		}
	}
}

// TestPrincipalAxesOfManyInputs: of more than Jacobi's rotations take apart, and most of them constant.
func TestPrincipalAxesOfManyInputs(t *testing.T) {
	const D = mostJacobiAxes + 1
	few := orthonormal(6, 4, 1)
	Q := newMat(D, 4)
	for i := range few.Rows {
		copy(Q.Row(200*i), few.Row(i))
	}
	X := withAxes(make([]float64, D), Q, 0.5, 4, 0.1, 1)
	X.Data = slices.Repeat(X.Data, 5) // more rows than inputs
	W, _ := principalAxes(denseCopy(realSet(X.Data, 1, X.Cols, nil)), 4)
	for k, j := range []int{1, 3, 0, 2} {
		if cosine := math.Abs(inner(Q.T().Row(j), W.T().Row(k))); math.Abs(cosine-1) > 1e-12 {
			t.Errorf("unit %d is off its axis, by a cosine of %v", k, cosine)
		}
	}
}

// TestPrincipalAxesOfFewRows: from the smaller matrix as from the covariance.
func TestPrincipalAxesOfFewRows(t *testing.T) {
	const N, D = 9, 15
	X := mapped(xavier(N, D, 3, streamData), func(x float64) float64 { return 1000 + x })
	for _, s := range bothForms(X) {
		mean, covariance := covarianceOf(s)
		axes, variance := axesOf(covariance)
		got := componentsOf(s)
		if diff := cmp.Diff([][]float64{mean, variance[:N-1]}, [][]float64{got.mean, got.variance[:N-1]}, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%T: means and variances (-by the covariance +got)\n%s", s.inputs, diff)
		}
		for k := range N - 1 {
			if cosine := inner(axes.T().Row(k), got.axes.T().Row(k)); math.Abs(math.Abs(cosine)-1) > 1e-9 {
				t.Errorf("%T: axis %d is off, by a cosine of %v", s.inputs, k, cosine)
			}
		}
		if last := got.axes.T().Row(N - 1); slices.Max(last) != 0 || slices.Min(last) != 0 {
			t.Errorf("%T: the axis of no variance is %v", s.inputs, last)
		}
	}
}

// TestPrincipalComponentsShareTheVariance: z is centred, all its variances together are those of the
// inputs, and beyond D units nothing is left.
func TestPrincipalComponentsShareTheVariance(t *testing.T) {
	const D, K = 11, 14
	data := xavier(300, D, 3, streamData)
	for _, s := range bothForms(mapped(data, func(x float64) float64 { return max(0, x) })) {
		W, b := principalAxes(s, K)
		Z := newMat(s.N, K)
		multiply(s.newBlock(), allRows(s.N), product{Z, s.arrange(W), b, 1})
		inputs, units := variances(Mat{s.N, D, elementsOf(*s)}), variances(Z)
		if diff := cmp.Diff(sumOf(inputs), sumOf(units), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("%T: sum of variances (-inputs +units)\n%s", s.inputs, diff)
		}
		for k, v := range units {
			if k >= D && v != 0 || k > 0 && v > units[k-1]*(1+1e-12) {
				t.Errorf("%T: unit %d has variance %v", s.inputs, k, v)
			}
		}
		fewer, _ := principalAxes(s, 4)
		for d := range D {
			if diff := cmp.Diff(W.Row(d)[:4], fewer.Row(d)); diff != "" {
				t.Errorf("%T: of 4 units, input %d (-of 14 +of 4)\n%s", s.inputs, d, diff)
			}
		}
	}
}

// variances returns the columns' sums of squares about their means.
func variances(A Mat) []float64 {
	R, mean, v := newMat(A.Rows, A.Cols), make([]float64, A.Cols), make([]float64, A.Cols)
	center(R, mean, A)
	for n := range A.Rows {
		for k, r := range R.Row(n) {
			v[k] += r * r
		}
	}
	return v
}

func sumOf(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// TestPCAHasOneRun: whatever the seed, and the same weights for every activation.
func TestPCAHasOneRun(t *testing.T) {
	if runs := planOf(t, "-objective pca -seed 1-10 -act relu,tanh -k 2,3").mine; len(runs) != 4 {
		t.Errorf("10 seeds, 2 activations and 2 K make %d runs", len(runs))
	}
	ids := map[string]bool{}
	data := sampleData()
	var want Mat
	for _, act := range []string{"relu", "tanh"} {
		for seed := range uint64(3) {
			c := Config{Data: "mnist", Objective: "pca", Activation: act, K: 3, Seed: seed, Epochs: 5, Lambda: 2}.normal()
			ids[c.ID()] = true
			_, w, err := run(t.Context(), c, data, new(starts), func(int, Epoch) { t.Error("pca has an epoch") })
			if err != nil {
				t.Fatal(err)
			}
			if want.Data == nil {
				want = w.W
			}
			if diff := cmp.Diff([]Mat{want, want}, []Mat{w.W, w.W0}); diff != "" {
				t.Errorf("%s, seed %d: W and W0 (-want +got)\n%s", act, seed, diff)
			}
		}
	}
	if len(ids) != 2 {
		t.Errorf("2 activations have %d ids", len(ids))
	}
}
