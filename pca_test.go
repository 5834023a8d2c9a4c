package main

import (
	"crypto/sha256"
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
				W, b := principalAxes(s, 8)
				if !slices.Equal(W.T().Data[6*6:], make([]float64, 2*6)) {
					t.Errorf("more units than inputs: %v", W.T().Data[6*6:])
				}
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
		axes, variance := eigen(covariance, mostJacobiAxes, true)
		got := componentsOf(s)
		want, have := [][]float64{mean, variance[:N-1]}, [][]float64{got.mean, got.variance[:N-1]}
		if diff := cmp.Diff(want, have, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
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

// TestComponentsOfMoreInputsThanAProductTakes: few rows may have any number of them.
func TestComponentsOfMoreInputsThanAProductTakes(t *testing.T) {
	s := denseCopy(setOf(xavier(6, maxCols+1, 3, streamData)))
	data := &Dataset{Train: *s, Test: *s}
	inputs, err := data.onComponents(Config{Components: 5, Whiten: 1})
	if err != nil || inputs.Train.D != 5 {
		t.Errorf("%v", err)
	}
}

// TestPCAHasOneRun: whatever the seed, and the same weights for every activation.
func TestPCAHasOneRun(t *testing.T) {
	for flags, want := range map[string]int{"-k 2,3": 4, "-k 3 -below pca:2": 2} {
		if runs := planOf(t, "-objective pca -seed 1-10 -act relu,tanh "+flags).all; len(runs) != want {
			t.Errorf("%s: 10 seeds and 2 activations make %d runs, want %d", flags, len(runs), want)
		}
	}
	ids := map[string]bool{}
	data := sampleData()
	var want Mat
	for _, act := range []string{"relu", "tanh"} {
		for seed := range uint64(3) {
			c := Config{Data: "mnist", Objective: "pca", Activation: act, K: 3, Seed: seed, Epochs: 5, Lambda: 2}
			c = c.normal()
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

// withTest is a data set whose test split has other means and deviations than its train split.
func withTest(train Mat) *Dataset {
	test := mapped(train, func(x float64) float64 { return 3*x + 1 })
	return &Dataset{Train: *denseCopy(setOf(train)), Test: *denseCopy(setOf(test)), SHA256: "of the file"}
}

// covarianceOver1 is Cov(X) over N−1, by its definition.
func covarianceOver1(s *Set) (mean []float64, cov Mat) {
	mean, cov = make([]float64, s.D), newMat(s.D, s.D)
	for n := range s.N {
		for d, x := range s.dense(n) {
			mean[d] += x / float64(s.N)
		}
	}
	for n := range s.N {
		x := s.dense(n)
		for i := range x {
			for j := range x {
				cov.Row(i)[j] += (x[i] - mean[i]) * (x[j] - mean[j]) / float64(s.N-1)
			}
		}
	}
	return mean, cov
}

// TestComponentsAreWhitenedToTheirPower: inputs of known axes and deviations 4, 1, ½, 0.1 come out with these
// to the power 1 − P, along their axes, and centred; with P = 1 the covariance is I.
func TestComponentsAreWhitenedToTheirPower(t *testing.T) {
	Q := orthonormal(6, 4, 1)
	X := withAxes([]float64{1, -2, 0, 0.5, 100, 0.1}, Q, 0.5, 4, 0.1, 1)
	data := withTest(X)
	for _, P := range []float64{0, 0.25, 1} {
		inputs, err := data.onComponents(Config{Components: 3, Whiten: P})
		if err != nil {
			t.Fatal(err)
		}
		mean, cov := covarianceOver1(&inputs.Train)
		want := newMat(3, 3)
		for k, sd := range []float64{4, 1, 0.5} {
			want.Row(k)[k] = math.Pow(sd*math.Sqrt(256.0/255), 2-2*P)
		}
		if diff := cmp.Diff(want, cov, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("P = %v: covariance (-want +got)\n%s", P, diff)
		}
		if diff := cmp.Diff(make([]float64, 3), mean, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("P = %v: mean (-want +got)\n%s", P, diff)
		}
	}
}

// TestTestSplitIsWhitenedAsTheTrainSplit: 3x + 1 becomes 3x′ plus what the axes make of 3·mean + 1 − mean.
func TestTestSplitIsWhitenedAsTheTrainSplit(t *testing.T) {
	Q := orthonormal(6, 4, 1)
	mean := []float64{1, -2, 0, 0.5, 7, 0.1}
	inputs, err := withTest(withAxes(mean, Q, 0.5, 4, 0.1, 1)).onComponents(Config{Components: 4, Whiten: 1})
	if err != nil {
		t.Fatal(err)
	}
	for n := range inputs.Train.N {
		want := inputs.Train.dense(n)
		for k := range want {
			want[k] *= 3
			for d, m := range mean {
				want[k] += inputs.Projection.Row(d)[k] * (2*m + 1)
			}
		}
		if diff := cmp.Diff(want, inputs.Test.dense(n), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Fatalf("row %d (-want +got)\n%s", n, diff)
		}
	}
}

// TestComponentsThatDoNotVaryAreRefused: six inputs, one of them constant, that lie in a space of four dimensions.
func TestComponentsThatDoNotVaryAreRefused(t *testing.T) {
	data := withTest(withAxes(make([]float64, 6), orthonormal(6, 4, 1), 0.5, 4, 0.1, 1))
	for M, ok := range map[int]bool{0: true, 4: true, 5: false, 6: false, 7: false} {
		if _, err := data.onComponents(Config{Components: M, Whiten: 1}); (err == nil) != ok {
			t.Errorf("%d components: %v", M, err)
		}
	}
}

// TestWeightsAreMappedBackToTheInputs: z of the components is z of the data's own inputs but for the means.
func TestWeightsAreMappedBackToTheInputs(t *testing.T) {
	data := sampleData()
	c := Config{Objective: "infomax", Activation: "identity", K: 3, Lambda: 1, Epochs: 1, Batch: 32, LearningRate: 1e-3,
		Components: 20, Whiten: 0.5}
	inputs, err := data.onComponents(c)
	if err != nil {
		t.Fatal(err)
	}
	_, w, err := run(t.Context(), c, inputs, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	z := func(s *Set, W Mat, n int) (z []float64) {
		for k := range c.K {
			z = append(z, inner(W.T().Row(k), s.dense(n))-inner(W.T().Row(k), s.dense(0)))
		}
		return z
	}
	for n := range 10 {
		byComponents, byInputs := z(&inputs.Train, w.W, n), z(&data.Train, w.OverData, n)
		if diff := cmp.Diff(byComponents, byInputs, cmpopts.EquateApprox(1e-10, 1e-10)); diff != "" {
			t.Errorf("row %d (-by components +by inputs)\n%s", n, diff)
		}
	}
}

// whitenedBitsEverywhere is the SHA-256 of what whitened runs and an optimum give, the same on every processor.
const whitenedBitsEverywhere = "ebce7d086b246615669a08356d00a0fd5cc47cd1598f2fc05fb975684f86cbc6"

func TestWhitenedRunsGiveTheSameBitsEverywhere(t *testing.T) {
	h := sha256.New()
	for _, c := range []Config{
		{Objective: "infomax", Activation: "tanh", K: 19, Lambda: 1, Epochs: 2, Batch: 64, Components: 40, Whiten: 1},
		{Objective: "reconstruction", Activation: "relu", K: 9, Epochs: 1, Batch: 64, Components: 40, Whiten: 0.25},
		{Objective: "optimum", Activation: "identity", K: 5, Lambda: 2, Components: 30},
	} {
		inputs, err := sampleData().onComponents(c)
		if err != nil {
			t.Fatal(err)
		}
		hashRun(t, h, c, inputs)
		hashFloats(h, inputs.Projection.Data)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != whitenedBitsEverywhere {
		t.Errorf("fingerprint %s, want %s", got, whitenedBitsEverywhere)
	}
}
