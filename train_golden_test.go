package main

import (
	"encoding/json"
	"fmt"
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
}

// readJSON reads a file of numbers that another program made.
func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	readJSON(t, "testdata/golden.json", &g)
	if len(g.InfoMax) != 18 || len(g.Reconstruction) != 6 || len(g.Adam) != 1 || len(g.Weights) != 5 {
		t.Fatalf("golden.json has %d, %d, %d, %d cases", len(g.InfoMax), len(g.Reconstruction), len(g.Adam), len(g.Weights))
	}
	return g
}

func matOf(rows [][]float64) Mat {
	return Mat{len(rows), len(rows[0]), slices.Concat(rows...)}
}

// setOf codes dense rows as sparse images of two lines, of one line if D is odd, unless they have too many values.
func setOf(X Mat) Set {
	s, height := realSet(X.Data, 1, X.Cols, make([]byte, X.Rows)), 2-X.Cols%2
	line, sparse := s.inputs.(*sparse)
	if !sparse {
		return s
	}
	codes := make([]byte, 0, len(X.Data))
	for _, x := range X.Data {
		codes = append(codes, byte(slices.Index(line.level[:], x)))
	}
	s.inputs = newSparse(codes, height, X.Cols/height, line.level[:])
	return s
}

func allRows(n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	return rows
}

// trainerOn returns a trainer for one full batch of s that starts from W (K×D), b and V (D×K).
func trainerOn(c Config, s Set, W Mat, b []float64, V Mat) *trainer {
	c.K, c.Seed, c.LearningRate = W.Rows, 1, 1e-3
	t := newTrainer(c, &s)
	copy(t.W.Data, s.arrange(W.T()).Data)
	copy(t.b, b)
	if c.Objective == "reconstruction" {
		copy(t.V.Data, s.arrange(V).Data)
	}
	return t
}

func gradientOfV(t *trainer) Mat { return t.objective.(*freeAutoencoder).dV }

// closeTo compares to 1e-10 of the smaller magnitude, the agreement that golden.json promises for
// losses and gradients; a number that cancels to zero may differ by 1e-13.
var closeTo = cmpopts.EquateApprox(1e-10, 1e-13)

func TestInfoMaxAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).InfoMax {
		t.Run(fmt.Sprintf("%s λ=%v", c.Act, c.Lam), func(t *testing.T) {
			tr := trainerOn(Config{Objective: "infomax", Activation: c.Act, Lambda: c.Lam}, setOf(matOf(c.X)), matOf(c.W), c.B, Mat{})
			loss, entropy, tc := tr.step(allRows(tr.X.N))
			got := []any{loss, entropy, tc, tr.A.Data, tr.X.restore(tr.dW).T().Data, tr.db}
			want := []any{c.Loss, c.Entropy, c.TC, matOf(c.A).Data, matOf(c.DW).Data, c.DB}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("loss, entropy, tc, A, dW, db (-want +got)\n%s", diff)
			}
		})
	}
}

func TestReconstructionAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).Reconstruction {
		t.Run(c.Act, func(t *testing.T) {
			tr := trainerOn(Config{Objective: "reconstruction", Activation: c.Act}, setOf(matOf(c.X)), matOf(c.W), c.B, matOf(c.V))
			loss, _, _ := tr.step(allRows(tr.X.N))
			got := []any{loss, tr.X.restore(tr.dW).T().Data, tr.db, tr.X.restore(gradientOfV(tr)).Data}
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
			m.measureWeights(W, make([]bool, W.Rows), false)
			got := []float64{float64(m.EffectiveRank), float64(m.WeightCorrelation), float64(m.WeightRedundancy)}
			want := []float64{c.EffectiveRank, c.WeightCorrelation, c.WeightRedundancy}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("effective rank, correlation, redundancy (-want +got)\n%s", diff)
			}
		})
	}
}

// TestGradientsMatchFiniteDifferences takes every parameter of every activation and objective, over
// sparse and dense inputs and a batch that is no multiple of four rows, by central differences, twice extrapolated:
// (64 f′(h/4) − 20 f′(h/2) + f′(h))/45 has an error of O(h⁶).
func TestGradientsMatchFiniteDifferences(t *testing.T) {
	const N, D, K = 11, 7, 4
	X := newMat(N, D)
	for i, x := range xavier(N, D, 7, streamData).Data {
		X.Data[i] = max(0, 2*x) + 0.1*float64(i%3) // some are 0
	}
	V, b := xavier(D, K, 7, streamDecoder), []float64{0.3, -0.2, 0.1, 0.4}
	var W Mat
	for seed := uint64(1); W.Data == nil || nearKink(X, W, b); seed++ {
		W = xavier(K, D, seed, streamWeights)
	}
	for _, f := range activations {
		for _, c := range []Config{
			{Objective: "infomax", Lambda: 1}, {Objective: "infomax", Lambda: 10}, {Objective: "variance"}, {Objective: "reconstruction"}, {Objective: "tied"},
		} {
			for _, s := range []Set{setOf(X), denseSet(X.Data, D, nil)} {
				c.Activation = f.name
				t.Run(fmt.Sprintf("%s %s λ=%v %T", f.name, c.Objective, c.Lambda, s.inputs), func(t *testing.T) {
					checkGradients(t, c, s, W, b, V)
				})
			}
		}
	}
}

// nearKink tells whether a step of the differences could take some z = wx + b over 0.
func nearKink(X, W Mat, b []float64) bool {
	for n := range X.Rows {
		for k := range W.Rows {
			if math.Abs(inner(X.Row(n), W.Row(k))+b[k]) < 0.01 {
				return true
			}
		}
	}
	return false
}

func checkGradients(t *testing.T, c Config, s Set, W Mat, b []float64, V Mat) {
	t.Helper()
	tr, probe := trainerOn(c, s, W, b, V), trainerOn(c, s, W, b, V)
	probe.step(allRows(s.N))
	lossAt := func(p *float64, x float64) float64 {
		saved := *p
		*p = x
		defer func() { *p = saved }()
		trial := trainerOn(c, s, s.restore(tr.W).T(), tr.b, s.restore(tr.V))
		loss, _, _ := trial.step(allRows(s.N))
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
	check("W", tr.W.Data, probe.dW.Data)
	check("b", tr.b, probe.db)
	if c.Objective == "reconstruction" {
		check("V", tr.V.Data, gradientOfV(probe).Data)
	}
}

// TestALastBatchOfOneRowIsDropped: it has no variance.
func TestALastBatchOfOneRowIsDropped(t *testing.T) {
	data := sampleData()
	c := Config{Objective: "infomax", Activation: "tanh", K: 3, Lambda: 1, Seed: 1, Batch: 299, LearningRate: 1e-3}
	epoch, one := newTrainer(c, &data.Train), newTrainer(c, &data.Train)
	e, _, err := epoch.epoch(t.Context(), allRows(300))
	loss, _, _ := one.step(allRows(299))
	if err != nil || float64(e.Loss) != loss || !slices.Equal(epoch.W.Data, one.W.Data) {
		t.Errorf("300 rows in batches of 299: loss %v, want that of one step, %v; %v", e.Loss, loss, err)
	}
}

// plainInfoMax is the loss as EXPERIMENT.md defines it and its gradient by equation (1) of
// infomax.go, element by element.
func plainInfoMax(A Mat, lambda float64) (loss float64, dA Mat) {
	N, K := A.Rows, A.Cols
	S, s, C := newMat(N, K), make([]float64, K), newMat(K, K)
	for k := range K {
		mean, square := 0.0, 0.0
		for n := range N {
			mean += A.Row(n)[k] / float64(N)
		}
		for n := range N {
			square += (A.Row(n)[k] - mean) * (A.Row(n)[k] - mean)
		}
		s[k] = 1 / math.Sqrt(square/float64(N-1)+varianceEpsilon)
		loss -= math.Log(square/float64(N-1) + varianceEpsilon)
		for n := range N {
			S.Row(n)[k] = (A.Row(n)[k] - mean) * s[k]
		}
	}
	for j := range K {
		for k := range K {
			for n := range N {
				C.Row(j)[k] += S.Row(n)[j] * S.Row(n)[k] / float64(N-1)
			}
			if j == k {
				C.Row(j)[k]--
			}
			loss += lambda * C.Row(j)[k] * C.Row(j)[k]
		}
	}
	P, q := newMat(N, K), make([]float64, K)
	dA = newMat(N, K)
	for n := range N {
		for k := range K {
			for j := range K {
				P.Row(n)[k] += 4 * lambda / float64(N-1) * S.Row(n)[j] * C.Row(j)[k]
			}
			q[k] += P.Row(n)[k] * S.Row(n)[k]
		}
	}
	for n := range N {
		for k := range K {
			dA.Row(n)[k] = s[k] * (P.Row(n)[k] - S.Row(n)[k]*(2+q[k])/float64(N-1))
		}
	}
	return loss, dA
}

// TestInfoMaxAgreesWithItsDefinition takes both sides of the loss, N×N and K×K, with a unit that
// does not vary, and a batch shorter than those before.
func TestInfoMaxAgreesWithItsDefinition(t *testing.T) {
	for _, N := range []int{2, 5, 129, 257} {
		for _, K := range []int{1, 9, 33, 130} {
			A := xavier(N, K, 3, streamWeights)
			for n := range N {
				A.Row(n)[K/2] = 0
			}
			const lambda = 1.5
			want, wantGradient := plainInfoMax(A, lambda)
			l := newInfoMax(lambda, N+1, K)
			dA := newMat(N+1, K)
			l.loss(dA, xavier(N+1, K, 4, streamWeights), nil)
			loss, _, _ := l.loss(dA.head(N), A, nil)
			if diff := cmp.Diff(want, loss, closeTo); diff != "" {
				t.Errorf("%d×%d: loss (-want +got)\n%s", N, K, diff)
			}
			scale := 0.0
			for _, g := range wantGradient.Data {
				scale = max(scale, math.Abs(g))
			}
			if diff := cmp.Diff(wantGradient.Data, dA.head(N).Data, cmpopts.EquateApprox(1e-10, 1e-12*scale)); diff != "" {
				t.Errorf("%d×%d: ∂L/∂A (-want +got)\n%s", N, K, diff)
			}
		}
	}
}

// TestReconstructionAgreesWithItsDefinition takes a batch of three blocks.
func TestReconstructionAgreesWithItsDefinition(t *testing.T) {
	X := newMat(300, 22)
	copy(X.Data, xavier(300, 22, 1, streamData).Data)
	for i := range X.Data {
		X.Data[i] = max(X.Data[i], 0)
	}
	for _, K := range []int{1, 37, 70, 601} { // the last are many
		W, V, b := xavier(K, 22, 2, streamWeights), xavier(22, K, 2, streamDecoder), make([]float64, K)
		tr := trainerOn(Config{Objective: "reconstruction", Activation: "identity"}, setOf(X), W, b, V)
		loss, _, _ := tr.step(allRows(300))
		want, dW, dV := 0.0, newMat(22, K), newMat(22, K)
		for n := range X.Rows {
			x, a, residual, dA := X.Row(n), make([]float64, K), make([]float64, 22), make([]float64, K)
			for k := range K {
				for d := range x {
					a[k] += W.Row(k)[d] * x[d]
				}
			}
			for d := range x {
				residual[d] = -x[d]
				for k := range K {
					residual[d] += V.Row(d)[k] * a[k]
				}
				want += residual[d] * residual[d] / 300
			}
			for d := range x {
				for k := range K {
					dV.Row(d)[k] += 2 * residual[d] * a[k] / 300
					dA[k] += 2 * residual[d] * V.Row(d)[k] / 300
				}
			}
			for d := range x {
				for k := range K {
					dW.Row(d)[k] += x[d] * dA[k]
				}
			}
		}
		if diff := cmp.Diff([]any{want, dW.Data, dV.Data}, []any{loss, tr.X.restore(tr.dW).Data, tr.X.restore(gradientOfV(tr)).Data}, cmpopts.EquateApprox(1e-9, 1e-12)); diff != "" {
			t.Errorf("K = %d: loss, dW, dV (-want +got)\n%s", K, diff)
		}
	}
}
