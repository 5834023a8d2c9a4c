package main

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// goldenMetrics is testdata/golden_metrics.json, whose note says where its numbers come from.
type goldenMetrics struct {
	Weights []struct {
		Name                 string
		W                    [][]float64 // K×D
		Elementwise, Softmax Metrics
	}
	Activations []struct {
		Name string
		A    [][]float64
		Want Metrics
	}
}

func readGoldenMetrics(t *testing.T) (g goldenMetrics) {
	t.Helper()
	readJSON(t, "testdata/golden_metrics.json", &g)
	if len(g.Weights) != 8 || len(g.Activations) != 11 {
		t.Fatalf("golden_metrics.json has %d and %d cases", len(g.Weights), len(g.Activations))
	}
	return g
}

// closeMetrics compares to 1e-10; what cancels to 0 may differ by 1e-20. Null agrees with null.
var closeMetrics = cmp.Options{
	cmp.Transformer("float64", func(x Number) float64 { return float64(x) }),
	cmpopts.EquateApprox(1e-10, 1e-20), cmpopts.EquateNaNs(), cmpopts.EquateEmpty(),
}

func TestMetricsOfWeightsAgreeWithNumPy(t *testing.T) {
	for _, c := range readGoldenMetrics(t).Weights {
		W := matOf(c.W).T()
		constant := make([]bool, W.Rows)
		for _, d := range []int{0, 4} {
			if d < len(constant) {
				constant[d] = true
			}
		}
		for _, softmax := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, softmax %v", c.Name, softmax), func(t *testing.T) {
				want := c.Elementwise
				if softmax {
					want = c.Softmax
				}
				var got Metrics
				got.measureWeights(W, constant, softmax)
				if diff := cmp.Diff(want, got, closeMetrics); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				ratio := float64(got.WeightNorm / want.WeightNorm)
				if !(math.Abs(ratio-1) < 1e-10) { // the norm may be 1e-100
					t.Errorf("weight norm %v, want %v", got.WeightNorm, want.WeightNorm)
				}
			})
		}
	}
}

func TestMetricsOfActivationsAgreeWithExactArithmetic(t *testing.T) {
	for _, c := range readGoldenMetrics(t).Activations {
		t.Run(c.Name, func(t *testing.T) {
			var got Metrics
			got.measureActivations(matOf(c.A))
			if diff := cmp.Diff(c.Want, got, closeMetrics); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestLimitsOfTheMetrics: what is exactly at a limit, or just beyond it.
func TestLimitsOfTheMetrics(t *testing.T) {
	A := newMat(100, 3) // units active on 1 % of the rows, and on none by a little
	A.Row(7)[0], A.Row(7)[1], A.Row(7)[2] = 5e-6, 1e-6, -5e-6
	A.Row(8)[2] = 1
	var m Metrics
	m.measureActivations(A)
	if diff := cmp.Diff([]float64{0.01, 0, 0.02}, m.ActivationRate); diff != "" || m.DeadUnits != 1 {
		t.Errorf("%d dead units, want 1; rates (-want +got)\n%s", m.DeadUnits, diff)
	}
	if got := maxResponsibility(Mat{2, 3, []float64{.5, .25, .25, 0, .75, .25}}); got != 0.5 {
		t.Errorf("largest responsibility %v, want the mean of .25 and .75", got)
	}
	if got := epochsTo90(20, []Epoch{{Loss: 12}, {Loss: 11}, {Loss: 10}, {Loss: 10}}); got != 2 {
		t.Errorf("nine of ten gained after epoch %d, want 2", got)
	}
	for K, want := range map[int]string{1: "", 2: "infinite"} {
		var m Metrics
		m.measureTotalCorrelation(xavier(50, K, 1, streamData), Config{Activation: "softmax", K: K, TCRows: 50})
		if m.TCStatus != want || m.TCUnits != 1 {
			t.Errorf("softmax of %d units: status %q of %d units, want %q of 1", K, m.TCStatus, m.TCUnits, want)
		}
	}
}

// TestAConstantUnitHasNoVariance: the mean of many 0.1 is not 0.1.
func TestAConstantUnitHasNoVariance(t *testing.T) {
	for _, N := range []int{2, 9999, 10000} {
		A := newMat(N, 2)
		for n := range N {
			A.Row(n)[0], A.Row(n)[1] = 0.1, float64(n)
		}
		var m Metrics
		m.measureActivations(A)
		if m.VarianceRatioStatus != "infinite" || finite(float64(m.VarianceRatio)) ||
			m.OutputCorrelation != 1 || m.ActivationRank != 1 {
			t.Errorf("%d rows: variance ratio %v (%s), output correlation %v, activation rank %v; want infinite, 1, 1",
				N, m.VarianceRatio, m.VarianceRatioStatus, m.OutputCorrelation, m.ActivationRank)
		}
	}
}

// TestMetricsOfWeightsIgnoreScale: to the last bit if it is a power of two.
func TestMetricsOfWeightsIgnoreScale(t *testing.T) {
	W, constant := xavier(9, 5, 1, streamWeights), make([]bool, 9)
	constant[3] = true
	for _, softmax := range []bool{false, true} {
		var want Metrics
		want.measureWeights(W, constant, softmax)
		for _, e := range []int{-400, -1, 60, 400} {
			var got Metrics
			got.measureWeights(mapped(W, func(w float64) float64 { return math.Ldexp(w, e) }), constant, softmax)
			if norm := Number(math.Ldexp(float64(want.WeightNorm), e)); got.WeightNorm != norm {
				t.Errorf("2^%d W has norm %v, want %v", e, got.WeightNorm, norm)
			}
			got.WeightNorm = want.WeightNorm
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("2^%d W (-want +got)\n%s", e, diff)
			}
		}
	}
}

func TestRowsForTotalCorrelationAreSpread(t *testing.T) {
	for of, want := range map[[2]int][]uint32{{10, 4}: {0, 2, 5, 7}, {7, 7}: {0, 1, 2, 3, 4, 5, 6}, {5, 1}: {0}} {
		if diff := cmp.Diff(want, evenRows(of[0], of[1])); diff != "" {
			t.Errorf("%d of %d rows (-want +got)\n%s", of[1], of[0], diff)
		}
	}
}

// TestSaturationDoesNotHideRanks: of a trained network tanh's outputs are ±1 on a third of the rows, and
// say no longer which of two is larger. The estimates are still those of z, bit for bit.
func TestSaturationDoesNotHideRanks(t *testing.T) {
	data := clusters()
	estimatesOf := func(act string) (z [3]Number, saturated float64, ofOutputs [3]float64) {
		c := Config{Objective: "random", Activation: act, K: 6, Seed: 1, TCRows: 500}
		tr := newTrainer(c, &data.Train)
		scaleBy(tr.W, 20)
		m, A := tr.measure(&data.Test), tr.activations(&data.Test)
		for _, a := range A.Data {
			if math.Abs(a) == 1 {
				saturated += 1 / float64(len(A.Data))
			}
		}
		z = [3]Number{m.TCGaussNats, m.TCKNNNats, m.TCTreeNats}
		return z, saturated, estimates(chosenRows(A, c.TCRows), c.Seed)
	}
	want, _, _ := estimatesOf("identity")
	keepsRanks := map[string]bool{"identity": true, "leaky_relu": true, "tanh": true, "softplus": true}
	for _, f := range activations {
		got, saturated, ofOutputs := estimatesOf(f.name)
		if keepsRanks[f.name] != (got == want) {
			t.Errorf("%s: estimates %v, identity's are %v", f.name, got, want)
		}
		if f.name == "tanh" && (saturated < 0.3 || ofOutputs[0] == float64(want[0])) {
			t.Errorf("tanh: a share of %v is ±1, and its outputs give %v", saturated, ofOutputs)
		}
	}
}

// chosenRows are those of A that total correlation is estimated from.
func chosenRows(A Mat, n int) Mat {
	rows := evenRows(A.Rows, min(n, A.Rows))
	some := newMat(len(rows), A.Cols)
	for i, row := range rows {
		copy(some.Row(i), A.Row(int(row)))
	}
	return some
}

func TestOneStartServesAllObjectivesOfItsSeed(t *testing.T) {
	var s starts
	measured := 0
	for _, c := range []Config{
		{Objective: "infomax", K: 2, Lambda: 1, Seed: 1, Epochs: 5},
		{Objective: "infomax", K: 2, Lambda: 3, Seed: 1, Epochs: 5},
		{Objective: "tied", K: 2, Seed: 1, Epochs: 5}, {Objective: "random", K: 2, Seed: 1},
		{Objective: "random", K: 3, Seed: 1}, {Objective: "random", K: 2, Seed: 2},
		{Objective: "pca", K: 2}, {Objective: "random", K: 2},
	} {
		m := s.metrics(c, func() Metrics {
			measured++
			return Metrics{DeadUnits: measured}
		})
		if m.DeadUnits != measured {
			t.Errorf("%+v has the metrics of measurement %d of %d", c, m.DeadUnits, measured)
		}
	}
	if measured != 5 {
		t.Errorf("%d measurements, want one for each of two numbers of units, of three seeds and of pca: 5", measured)
	}
}
