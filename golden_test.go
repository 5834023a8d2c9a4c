package main

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// golden is testdata/golden.json, whose note says where its numbers come from.
type golden struct {
	InfoMax []struct {
		Act, Kind              string
		Lam, Loss, Entropy, TC float64
		X, W, A, DW            [][]float64
		B, DB                  []float64
	} `json:"infomax"`
	Reconstruction []struct {
		Act     string
		Loss    float64
		X, W, V [][]float64
		B, DB   []float64
		DW, DV  [][]float64
	}
	Adam []struct {
		P0     []float64
		LR     float64
		Grads  [][]float64
		Params [][]float64
	}
	Weights []struct {
		Kind              string
		W                 [][]float64
		Singular          []float64
		EffectiveRank     float64 `json:"effective_rank"`
		WeightCorrelation float64 `json:"weight_correlation"`
		WeightRedundancy  float64 `json:"weight_redundancy"`
	}
	Activations []struct {
		A                 [][]float64
		Variance          []float64
		VarianceRatio     float64   `json:"variance_ratio"`
		OutputCorrelation float64   `json:"output_correlation"`
		ActivationRate    []float64 `json:"activation_rate"`
		DeadUnits         int       `json:"dead_units"`
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.InfoMax) != 18 || len(g.Reconstruction) != 6 || len(g.Adam) != 1 || len(g.Weights) != 5 || len(g.Activations) != 1 {
		t.Fatalf("golden.json has %d, %d, %d, %d, %d cases", len(g.InfoMax), len(g.Reconstruction), len(g.Adam), len(g.Weights), len(g.Activations))
	}
	return g
}

func matOf(rows [][]float64) Mat {
	return Mat{len(rows), len(rows[0]), slices.Concat(rows...)}
}

// setOf codes dense rows as a Set; an odd last input gets a zero beside it.
func setOf(X Mat) Set {
	X = evenCols(X)
	codes, level := encodeReals(X.Data)
	return newSet(codes, X.Cols, level, make([]byte, X.Rows))
}

// evenCols returns X with a column of zeros added if it has an odd number.
func evenCols(X Mat) Mat {
	even := newMat(X.Rows, X.Cols+X.Cols%2)
	for n := range X.Rows {
		copy(even.Row(n), X.Row(n))
	}
	return even
}

func allRows(n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	return rows
}

// trainerOn returns a trainer for one full batch of X that starts from W (K×D), b and V (D×K).
func trainerOn(c Config, X, W Mat, b []float64, V Mat) *trainer {
	s := setOf(X)
	c.K, c.Seed, c.LearningRate = W.Rows, 1, 1e-3
	t := newTrainer(c, &s)
	transpose(t.W, evenCols(W))
	copy(t.b, b)
	clear(t.V.Data[copy(t.V.Data, V.Data):])
	return t
}

// closeTo compares to 1e-10 of the larger magnitude, the agreement that golden.json promises for
// losses and gradients; a number that cancels to zero may differ by 1e-13.
var closeTo = cmpopts.EquateApprox(1e-10, 1e-13)

func TestInfoMaxAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).InfoMax {
		t.Run(c.Act, func(t *testing.T) {
			tr := trainerOn(Config{Objective: "infomax", Activation: c.Act, Lambda: c.Lam}, matOf(c.X), matOf(c.W), c.B, Mat{})
			loss, entropy, tc := tr.step(allRows(tr.set.N))
			got := []any{loss, entropy, tc, tr.A.Data, tr.dW.head(len(c.W[0])).T().Data, tr.db}
			want := []any{c.Loss, c.Entropy, c.TC, matOf(c.A).Data, matOf(c.DW).Data, c.DB}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("λ = %v: loss, entropy, tc, A, dW, db (-want +got)\n%s", c.Lam, diff)
			}
		})
	}
}

func TestReconstructionAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).Reconstruction {
		t.Run(c.Act, func(t *testing.T) {
			tr := trainerOn(Config{Objective: "reconstruction", Activation: c.Act}, matOf(c.X), matOf(c.W), c.B, matOf(c.V))
			loss, _, _ := tr.step(allRows(tr.set.N))
			got := []any{loss, tr.dW.head(len(c.W[0])).T().Data, tr.db, tr.dV.head(len(c.V)).Data}
			want := []any{c.Loss, matOf(c.DW).Data, c.DB, matOf(c.DV).Data}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("loss, dW, db, dV (-want +got)\n%s", diff)
			}
		})
	}
}

func TestAdamAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).Adam {
		w := slices.Clone(c.P0)
		a, clock := newAdam(w), newAdamClock(c.LR)
		for i, g := range c.Grads {
			clock.tick()
			a.update(&clock, g)
			if diff := cmp.Diff(c.Params[i], w, closeTo); diff != "" {
				t.Fatalf("step %d (-want +got)\n%s", i+1, diff)
			}
		}
	}
}

func TestWeightMetricsAgreeWithNumPy(t *testing.T) {
	for _, c := range readGolden(t).Weights {
		t.Run(c.Kind, func(t *testing.T) {
			W := matOf(c.W).T()
			_, sigma, _ := svd(W)
			if diff := cmp.Diff(c.Singular, sigma, cmpopts.EquateApprox(1e-12, 1e-14)); diff != "" {
				t.Errorf("singular values (-want +got)\n%s", diff)
			}
			var m Metrics
			m.measureWeights(W)
			got := []float64{float64(m.EffectiveRank), float64(m.WeightCorrelation), float64(m.WeightRedundancy)}
			want := []float64{c.EffectiveRank, c.WeightCorrelation, c.WeightRedundancy}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("effective rank, correlation, redundancy (-want +got)\n%s", diff)
			}
		})
	}
}

func TestActivationMetricsAgreeWithNumPy(t *testing.T) {
	for _, c := range readGolden(t).Activations {
		A := matOf(c.A)
		cov := covariance(A)
		var variance []float64
		for k := range A.Cols {
			variance = append(variance, cov.Row(k)[k])
		}
		var m Metrics
		m.measureActivations(A)
		got := []any{variance, float64(m.VarianceRatio), float64(m.OutputCorrelation), m.ActivationRate, m.DeadUnits}
		want := []any{c.Variance, c.VarianceRatio, c.OutputCorrelation, c.ActivationRate, c.DeadUnits}
		if diff := cmp.Diff(want, got, closeTo); diff != "" {
			t.Errorf("variances, their ratio, output correlation, rates, dead units (-want +got)\n%s", diff)
		}
	}
}

// TestGradientsMatchFiniteDifferences takes every parameter by Richardson-extrapolated central
// differences, (4 f′(h/2) − f′(h))/3, whose error is O(h⁴).
func TestGradientsMatchFiniteDifferences(t *testing.T) {
	for _, g := range readGolden(t).InfoMax {
		if g.Lam != 1 {
			continue
		}
		X, W := matOf(g.X), matOf(g.W)
		V := xavier(W.Cols, W.Rows, 7, streamDecoder)
		for _, c := range []Config{
			{Objective: "infomax", Lambda: 1}, {Objective: "infomax", Lambda: 10}, {Objective: "variance"}, {Objective: "reconstruction"},
		} {
			c.Activation = g.Act
			t.Run(g.Act+" "+c.Objective, func(t *testing.T) {
				tr := trainerOn(c, X, W, g.B, V)
				lossAt := func(p *float64, x float64) float64 {
					saved := *p
					*p = x
					defer func() { *p = saved }()
					trial := trainerOn(c, X, tr.W.T(), tr.b, tr.V)
					loss, _, _ := trial.step(allRows(X.Rows))
					return loss
				}
				check := func(name string, params, grad []float64) {
					for i := range params {
						x := params[i]
						slope := func(h float64) float64 {
							return (lossAt(&params[i], x+h) - lossAt(&params[i], x-h)) / (2 * h)
						}
						const h = 2e-3
						want := (64*slope(h/4) - 20*slope(h/2) + slope(h)) / 45
						if math.Abs(grad[i]-want) > 1e-7*max(1e-2, math.Abs(want)) {
							t.Errorf("%s[%d] = %.12g, finite differences give %.12g", name, i, grad[i], want)
						}
					}
				}
				probe := trainerOn(c, X, W, g.B, V)
				probe.step(allRows(X.Rows))
				check("W", tr.W.Data, probe.dW.Data)
				check("b", tr.b, probe.db)
				if c.Objective == "reconstruction" {
					check("V", tr.V.Data, probe.dV.Data)
				}
			})
		}
	}
}

// TestWideLossAgreesWithItsDefinition checks the N×N side of the loss, for K > N, against the
// K×K definition and its finite differences.
func TestWideLossAgreesWithItsDefinition(t *testing.T) {
	const N, K = 5, 9
	A := xavier(N, K, 3, streamWeights)
	plain := func(A Mat) float64 {
		cov := covariance(A)
		var m Metrics
		m.measureCorrelation(cov)
		loss := 1.5 * float64(m.OutputCorrelation)
		for k := range K {
			loss -= log(cov.Row(k)[k] + varianceEpsilon)
		}
		return loss
	}
	l := newInfoMax(1.5, N, K)
	entropy, tc := l.loss(A)
	dA := newMat(N, K)
	l.gradient(dA)
	if diff := cmp.Diff(plain(A), entropy+1.5*tc, closeTo); diff != "" {
		t.Errorf("loss (-want +got)\n%s", diff)
	}
	for i, x := range A.Data {
		slope := func(h float64) float64 {
			A.Data[i] = x + h
			up := plain(A)
			A.Data[i] = x - h
			down := plain(A)
			A.Data[i] = x
			return (up - down) / (2 * h)
		}
		want := (4*slope(5e-5) - slope(1e-4)) / 3
		if math.Abs(dA.Data[i]-want) > 1e-7*max(1, math.Abs(want)) {
			t.Errorf("dA[%d] = %v, finite differences give %v", i, dA.Data[i], want)
		}
	}
}
