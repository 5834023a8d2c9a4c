package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func directionsOf(t *testing.T, lambda float64, sigma Mat, K int) *directions {
	V, B := newMat(sigma.Rows, K), newMat(K, K)
	return &directions{t.Context(), lambda, sigma, V, B, make([]float64, K), make([]float64, K)}
}

// TestOptimumGradientMatchesFiniteDifferences for units that are no longer of length 1, and not independent.
func TestOptimumGradientMatchesFiniteDifferences(t *testing.T) {
	const D, K = 7, 4
	A := xavier(D, D, 1, streamData)
	sigma := newMat(D, D)
	mul(sigma.view(), zeros, coefficients{A.Data, 1, D}, A.view(), D, D, D) // AᵀA
	f, W, dW := directionsOf(t, 0.7, sigma, K), xavier(D, K, 2, streamWeights), make([]float64, D*K)
	f.loss(W.Data, dW)
	unused := make([]float64, D*K)
	for i, w := range W.Data {
		const h = 1e-5
		W.Data[i] = w + h
		above := f.loss(W.Data, unused)
		W.Data[i] = w - h
		below := f.loss(W.Data, unused)
		W.Data[i] = w
		if diff := cmp.Diff((above-below)/(2*h), dW[i], cmpopts.EquateApprox(1e-7, 1e-7)); diff != "" {
			t.Errorf("element %d (-differences +gradient)\n%s", i, diff)
		}
	}
}

// TestOptimumOfKnownVariances: axes of variances 16, 4, 1, ¼. With λ = 2 two units come to lie along the
// first two, where the loss is −log 16·4. With λ = ¼, below ½, they prefer to share more of the first: the
// loss is lower.
func TestOptimumOfKnownVariances(t *testing.T) {
	X := withAxes(make([]float64, 6), orthonormal(6, 4, 1), 1, 4, 0.5, 2)
	s := denseCopy(setOf(X))
	principal := -math.Log(16 * 4 * (256.0 / 255) * (256.0 / 255))
	for _, lambda := range []float64{2, 0.25} {
		tr := newTrainer(Config{Objective: "optimum", Activation: "identity", K: 2, Lambda: lambda, Seed: 3}, s)
		first, last, err := tr.optimise(t.Context())
		if err != nil || !(last < first) {
			t.Fatalf("λ = %v: from %v to %v, %v", lambda, first, last, err)
		}
		var m Metrics
		m.measureWeights(tr.X.restore(tr.W), s.constant, false)
		switch {
		case lambda > 0.5 && (math.Abs(last-principal) > 1e-9 || m.WeightRedundancy > 1e-9):
			t.Errorf("λ = %v: loss %v, want %v; redundancy %v, want 0", lambda, last, principal, m.WeightRedundancy)
		case lambda < 0.5 && (last > principal-1e-3 || m.WeightRedundancy < 1e-3):
			t.Errorf("λ = %v: loss %v, want below %v; redundancy %v, want above 0",
				lambda, last, principal, m.WeightRedundancy)
		}
		for k := range 2 {
			if norm := inner(tr.X.restore(tr.W).T().Row(k), tr.X.restore(tr.W).T().Row(k)); math.Abs(norm-1) > 1e-12 {
				t.Errorf("unit %d has length² %v", k, norm)
			}
		}
	}
}
