package main

import (
	"fmt"
	"math"
)

// What is measured of a run: W after initialisation and after training, and the activations
// of the whole test split.

// Metrics are the measurements of one state of a run.
type Metrics struct {
	WeightCorrelation     Number    `json:"weight_correlation"`
	WeightRedundancy      Number    `json:"weight_redundancy"`
	EffectiveRank         Number    `json:"effective_rank"`
	ActivationRate        []float64 `json:"activation_rate"` // K
	DeadUnits             int       `json:"dead_units"`
	MaxResponsibility     Number    `json:"max_responsibility"` // null unless softmax
	VarianceRatio         Number    `json:"variance_ratio"`
	VarianceRatioStatus   string    `json:"variance_ratio_status,omitempty"` // "infinite"
	OutputCorrelation     Number    `json:"output_correlation"`
	OutputCorrelationLive Number    `json:"output_correlation_live"`
	ActivationRank        Number    `json:"activation_rank"`
	TCGaussNats           Number    `json:"tc_gauss_nats"`
	TCKNNNats             Number    `json:"tc_knn_nats"`
	TCTreeNats            Number    `json:"tc_tree_nats"`
	TCStatus              string    `json:"tc_status,omitempty"` // "off", "infinite"
	TCUnits               int       `json:"tc_units"`            // how many the estimates are about
}

// metric is one scalar of Metrics, as tables and figures show it.
type metric struct {
	field  string // the name in run.json and the column of results.csv
	title  string
	better int // +1 higher is better, −1 lower, 0 neither
	of     func(Metrics) float64
}

// metrics in the order of every table. of is NaN where a metric does not apply.
var metrics = []metric{
	{"effective_rank", "Effective rank", +1, func(m Metrics) float64 { return float64(m.EffectiveRank) }},
	{"weight_correlation", "Weight correlation", -1, func(m Metrics) float64 { return float64(m.WeightCorrelation) }},
	{"weight_redundancy", "Weight redundancy", -1, func(m Metrics) float64 { return float64(m.WeightRedundancy) }},
	{"activation_rate", "Mean activation rate", 0, func(m Metrics) float64 { return mean(m.ActivationRate) }},
	{"dead_units", "Dead units", -1, func(m Metrics) float64 { return float64(m.DeadUnits) }},
	{"max_responsibility", "Largest responsibility", -1, func(m Metrics) float64 { return float64(m.MaxResponsibility) }},
	{"variance_ratio", "Variance ratio", -1, func(m Metrics) float64 { return float64(m.VarianceRatio) }},
	{"output_correlation", "Output correlation", -1, func(m Metrics) float64 { return float64(m.OutputCorrelation) }},
	{"output_correlation_live", "… of live units", -1, func(m Metrics) float64 { return float64(m.OutputCorrelationLive) }},
	{"activation_rank", "Activation rank", +1, func(m Metrics) float64 { return float64(m.ActivationRank) }},
	{"tc_gauss_nats", "Total correlation, Gaussian (nats)", -1, func(m Metrics) float64 { return float64(m.TCGaussNats) }},
	{"tc_tree_nats", "Total correlation, tree (nats)", -1, func(m Metrics) float64 { return float64(m.TCTreeNats) }},
	{"tc_knn_nats", "Total correlation, kNN (nats)", -1, func(m Metrics) float64 { return float64(m.TCKNNNats) }},
}

// measureWeights sets the metrics of W (D×K; unit k is column k).
func (m *Metrics) measureWeights(W Mat) {
	K := W.Cols
	gramian := newMat(K, K)
	gram(gramian, W)
	trace := 0.0 // ‖W‖²_F
	for k := range K {
		trace += gramian.Row(k)[k]
	}
	// ‖WWᵀ/‖W‖²_F − I/K‖²_F and ‖ŴŴᵀ − I‖²_F; a unit of zero length has no direction, and
	// its row of ŴŴᵀ is zero.
	correlation, redundancy := 0.0, 0.0
	for j := range K {
		for k, g := range gramian.Row(j) {
			a, b := g/trace, g/math.Sqrt(gramian.Row(j)[j])/math.Sqrt(gramian.Row(k)[k])
			if g == 0 {
				b = 0
			}
			if j == k {
				a, b = a-1/float64(K), b-1
			}
			correlation, redundancy = math.FMA(a, a, correlation), math.FMA(b, b, redundancy)
		}
	}
	m.WeightCorrelation, m.WeightRedundancy = Number(correlation), Number(redundancy)
	_, sigma, _ := svd(W)
	m.EffectiveRank = Number(effectiveRank(sigma))
}

// effectiveRank returns (Σσ)² / Σσ²: 1 when one singular value has everything, their number
// when all are equal.
func effectiveRank(sigma []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, s := range sigma {
		sum, squares = sum+s, math.FMA(s, s, squares)
	}
	return sum * sum / squares
}

const (
	active   = 1e-6 // an activation beyond ±active counts
	deadRate = 0.01 // a unit active on a smaller share of the rows is dead
)

// measureActivations sets the metrics of the test activations A (N×K).
func (m *Metrics) measureActivations(A Mat) {
	if A.Rows < 2 {
		panic(fmt.Sprintf("measureActivations: %d×%d has no variance", A.Rows, A.Cols))
	}
	m.ActivationRate = make([]float64, A.Cols)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			if math.Abs(a) > active {
				m.ActivationRate[k]++
			}
		}
	}
	m.DeadUnits = 0
	for k := range m.ActivationRate {
		m.ActivationRate[k] /= float64(A.Rows)
		if m.ActivationRate[k] < deadRate {
			m.DeadUnits++
		}
	}
	cov := covariance(A)
	m.measureVariances(cov)
	m.measureCorrelation(cov)
	_, eigenvalues, _ := svd(cov) // of a symmetric matrix with none below zero
	m.ActivationRank = Number(entropyRank(eigenvalues))
}

// covariance returns the K×K covariance of A's columns, over N−1.
func covariance(A Mat) Mat {
	N, K := A.Rows, A.Cols
	R, M := newMat(N, K), newMat(K, K)
	center(R, make([]float64, K), A)
	gram(M, R)
	for i := range M.Data {
		M.Data[i] /= float64(N - 1)
	}
	return M
}

func (m *Metrics) measureVariances(cov Mat) {
	smallest, largest := math.Inf(1), 0.0
	for k := range cov.Rows {
		v := cov.Row(k)[k]
		smallest, largest = min(smallest, v), max(largest, v)
	}
	m.VarianceRatio, m.VarianceRatioStatus = Number(largest/smallest), ""
	if smallest == 0 {
		m.VarianceRatio, m.VarianceRatioStatus = Number(math.NaN()), "infinite"
	}
}

// measureCorrelation sets ‖C − I‖²_F with C as in the loss, and the same without the units
// that never vary and without the diagonal.
func (m *Metrics) measureCorrelation(cov Mat) {
	all, live := 0.0, 0.0
	for j := range cov.Rows {
		sj := math.Sqrt(cov.Row(j)[j] + varianceEpsilon)
		for k, v := range cov.Row(j) {
			c := v / (sj * math.Sqrt(cov.Row(k)[k]+varianceEpsilon))
			if j == k {
				c--
			} else {
				live = math.FMA(c, c, live) // a unit without variance has no covariance either
			}
			all = math.FMA(c, c, all)
		}
	}
	m.OutputCorrelation, m.OutputCorrelationLive = Number(all), Number(live)
}

// entropyRank returns exp(−Σ pᵢ log pᵢ) of the shares pᵢ = xᵢ/Σx (Roy & Vetterli 2007), 0 when
// all are zero.
func entropyRank(x []float64) float64 {
	total, entropy := 0.0, 0.0
	for _, v := range x {
		total += v
	}
	if total == 0 {
		return 0
	}
	for _, v := range x {
		if p := v / total; p > 0 {
			entropy = math.FMA(-p, log(p), entropy)
		}
	}
	return exp(entropy)
}

// maxResponsibility returns max_k Σₙ Aₙₖ/N.
func maxResponsibility(A Mat) float64 {
	sums := make([]float64, A.Cols)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			sums[k] += a
		}
	}
	largest := sums[0]
	for _, s := range sums {
		largest = max(largest, s)
	}
	return largest / float64(A.Rows)
}

// epochsTo90 returns the first epoch t with L₀ − L_t ≥ 0.9 (L₀ − L_last), L₀ being the loss
// before any step; 0 when there is no improvement to share out.
func epochsTo90(first float64, curve []Epoch) int {
	if len(curve) == 0 {
		return 0
	}
	gain := first - float64(curve[len(curve)-1].Loss)
	if !(gain > 0) {
		return 0
	}
	for i, e := range curve {
		if first-float64(e.Loss) >= 0.9*gain {
			return i + 1
		}
	}
	return 0
}

// measureTotalCorrelation sets the estimates from the first rows of A (N×K) that the config
// asks for. Softmax's outputs sum to one, so that their total correlation is infinite; the
// estimates are then those without the last unit.
func (m *Metrics) measureTotalCorrelation(A Mat, c Config) error {
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
	if c.TCRows == 0 {
		m.TCStatus = "off"
		return nil
	}
	A = A.head(min(A.Rows, c.TCRows))
	if c.Activation == "softmax" && c.K > 1 {
		A, m.TCStatus = withoutLastColumn(A), "infinite"
	}
	m.TCUnits = 0
	for k := range A.Cols {
		if !constantColumn(A, k) {
			m.TCUnits++
		}
	}
	gauss, knn, tree, err := totalCorrelation(A, c.Seed)
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(gauss), Number(knn), Number(tree)
	return err
}

func withoutLastColumn(A Mat) Mat {
	B := newMat(A.Rows, A.Cols-1)
	for n := range A.Rows {
		copy(B.Row(n), A.Row(n))
	}
	return B
}
