package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTiedWeightsAreOneMatrix: decoder and encoder share their memory, W learns, and no V is written.
func TestTiedWeightsAreOneMatrix(t *testing.T) {
	data := sampleData()
	c := Config{Objective: "tied", Activation: "tanh", K: 5, Seed: 1, Epochs: 2, Batch: 128, LearningRate: 1e-3}
	r, w, err := run(t.Context(), c, data, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.V.Data) != 0 {
		t.Errorf("V is written: %d×%d", w.V.Rows, w.V.Cols)
	}
	if cmp.Equal(w.W, w.W0) || !(r.FinalLoss < r.InitialLoss) {
		t.Errorf("loss from %v to %v", r.InitialLoss, r.FinalLoss)
	}
}

// TestTiedGradientIsTheSumOfBoth: with V = W, the loss of a free decoder and the sum of its two gradients.
func TestTiedGradientIsTheSumOfBoth(t *testing.T) {
	data, W, b := sampleData(), Mat{}, []float64{0.3, -0.2, 0.1, 0.4, 0}
	W = xavier(len(b), data.Train.D, 1, streamWeights)
	for _, f := range activations {
		t.Run(f.name, func(t *testing.T) {
			tied := trainerOn(Config{Objective: "tied", Activation: f.name, Batch: 128}, data.Train, W, b, Mat{})
			free := trainerOn(Config{Objective: "reconstruction", Activation: f.name, Batch: 128}, data.Train, W, b, W.T())
			rows := allRows(128)
			got, _, _ := tied.step(rows)
			want, _, _ := free.step(rows)
			addTo(free.dW.Data, 1, gradientOfV(free).Data)
			if diff := cmp.Diff([]any{want, free.dW.Data, free.db}, []any{got, tied.dW.Data, tied.db}, closeTo); diff != "" {
				t.Errorf("loss, dW, db (-want +got)\n%s", diff)
			}
		})
	}
}

// TestTiedIdentityBecomesOrthogonal: ‖x − WᵀWx‖² is least where rows of W are orthonormal and span the
// principal axes.
func TestTiedIdentityBecomesOrthogonal(t *testing.T) {
	X := withAxes([]float64{1, -2, 0, 0.5, 3, 0.1}, orthonormal(6, 5, 1), 1, 0.8, 0.6, 0.4, 0.2)
	s := realSet(X.Data, 1, X.Cols, nil)
	c := Config{Objective: "tied", Activation: "identity", K: 3, Seed: 1, Epochs: 1500, LearningRate: 1e-2}
	r, _, err := run(t.Context(), c, &Dataset{Train: s, Test: s}, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	if !(r.Init.WeightCorrelation > 1e-2) || !(r.Final.WeightCorrelation < 1e-4) || !(r.Final.EffectiveRank > 2.999) {
		t.Errorf("weight correlation from %v to %v, effective rank %v", r.Init.WeightCorrelation, r.Final.WeightCorrelation, r.Final.EffectiveRank)
	}
}
