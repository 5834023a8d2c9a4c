package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

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

// TestComponentsAreWhitenedToTheirPower: inputs of known axes and deviations 4, 1, ½, 0.1 come out with these to the power
// 1 − P, along their axes, and centred; with P = 1 the covariance is I.
func TestComponentsAreWhitenedToTheirPower(t *testing.T) {
	Q := orthonormal(6, 4, 1)
	X := withAxes([]float64{1, -2, 0, 0.5, 100, 0.1}, Q, 0.5, 4, 0.1, 1)
	data := withTest(X)
	for _, P := range []float64{0, 0.25, 1} {
		inputs, err := data.components(Config{Components: 3, Whiten: P})
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
	inputs, err := withTest(withAxes(mean, Q, 0.5, 4, 0.1, 1)).components(Config{Components: 4, Whiten: 1})
	if err != nil {
		t.Fatal(err)
	}
	for n := range inputs.Train.N {
		want := inputs.Train.dense(n)
		for k := range want {
			want[k] *= 3
			for d, m := range mean {
				want[k] += inputs.Axes.Row(d)[k] * (2*m + 1)
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
		if _, err := data.components(Config{Components: M, Whiten: 1}); (err == nil) != ok {
			t.Errorf("%d components: %v", M, err)
		}
	}
}

// TestWeightsAreMappedBackToTheInputs: z of the components is z of the data's own inputs but for the means.
func TestWeightsAreMappedBackToTheInputs(t *testing.T) {
	data := sampleData()
	c := Config{Objective: "infomax", Activation: "identity", K: 3, Lambda: 1, Epochs: 1, Batch: 32, LearningRate: 1e-3, Components: 20, Whiten: 0.5}
	inputs, err := data.components(c)
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
		if diff := cmp.Diff(z(&inputs.Train, w.W, n), z(&data.Train, w.Inputs, n), cmpopts.EquateApprox(1e-10, 1e-10)); diff != "" {
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
		inputs, err := sampleData().components(c)
		if err != nil {
			t.Fatal(err)
		}
		hashRun(t, h, c, inputs)
		hashFloats(h, inputs.Axes.Data)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != whitenedBitsEverywhere {
		t.Errorf("fingerprint %s, want %s", got, whitenedBitsEverywhere)
	}
}

// TestIDsAreThoseFromBeforeThereWereComponents, and P counts with components alone.
func TestIDsTellComponentsApart(t *testing.T) {
	plain := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32, Lambda: 1, Seed: 1, Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
	if want := "mnist-infomax-relu-k32-lambda1-seed1-863d51a0"; plain.ID() != want {
		t.Errorf("ID %s, want %s as in the answer", plain.ID(), want)
	}
	half := plain
	half.Whiten = 0.5
	if half.normal().ID() != plain.ID() {
		t.Error("without components P makes another run")
	}
	var ids []string
	for _, M := range []int{0, 1, 2} {
		for _, P := range []float64{0, 0.5, 1} {
			c := plain
			c.Components, c.Whiten = M, P
			ids = append(ids, c.normal().ID())
		}
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != 7 {
		t.Errorf("%d ids, want 7: %v", n, ids)
	}
}
