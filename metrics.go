package main

import (
	"math"
	"slices"
)

// What is measured of a run: W after initialisation and after training, the activations of the whole
// test split, and how well a linear probe of the trained network's activations tells the classes. As
// in a step, W is D×K here, a unit a column: what EXPERIMENT.md calls WWᵀ, the units' inner products,
// is WᵀW.

// squaredDistance returns ‖C/unit − x·I‖²_F.
func squaredDistance(C Mat, unit, x float64) (sum float64) {
	for j := range C.Rows {
		for k, c := range C.Row(j) {
			c /= unit
			if j == k {
				c -= x
			}
			sum = math.FMA(c, c, sum)
		}
	}
	return sum
}

// weightCorrelation returns ‖WᵀW/‖W‖²_F − I/K‖²_F from WᵀW (K×K), whose trace is ‖W‖²_F.
func weightCorrelation(gramian Mat) float64 {
	return squaredDistance(gramian, trace(gramian), 1/float64(gramian.Rows))
}

// weightRedundancy returns ‖ŴᵀŴ − I‖²_F from WᵀW (K×K), which it overwrites with ŴᵀŴ. A unit of zero
// length has no direction, and its row of ŴᵀŴ is zero.
func weightRedundancy(gramian Mat) float64 {
	length := make([]float64, gramian.Rows)
	for k := range length {
		length[k] = math.Sqrt(gramian.Row(k)[k])
	}
	for j := range gramian.Rows {
		for k, g := range gramian.Row(j) {
			if g != 0 {
				gramian.Row(j)[k] = g / length[j] / length[k]
			}
		}
	}
	return squaredDistance(gramian, 1, 1)
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

// entropyRank returns exp(−Σ pᵢ log pᵢ) of the shares pᵢ = xᵢ/Σx (Roy & Vetterli 2007), 0 when
// all are zero, NaN when one is not finite.
func entropyRank(x []float64) float64 {
	total, entropy := 0.0, 0.0
	for _, v := range x {
		total += v
	}
	switch {
	case !finite(total):
		return math.NaN()
	case total == 0:
		return 0
	}
	for _, v := range x {
		if p := v / total; p > 0 {
			entropy = math.FMA(-p, log(p), entropy)
		}
	}
	return exp(entropy)
}

// correlation returns Corr(A) (K×K), in which a constant unit's row is 0, and the ratio of the largest
// to the smallest variance, +Inf if a unit is constant. Sums of squares are of A less its first row, so
// that a constant unit's is exactly 0:
//
//	R = A − 1·a₀ᵀ, centred        M = RᵀR        Corrⱼₖ = Mⱼₖ / √(Mⱼⱼ Mₖₖ)
func correlation(A Mat) (M Mat, ratio float64) {
	N, K := A.Rows, A.Cols
	R := newMat(N, K)
	mul(R.view(), A.view(), minusOnes, view{A.Row(0), 0}, N, 1, K)
	squares, shift := make([]float64, K), make([]float64, K)
	center(R, shift, R)
	M = gramOf(R) // which becomes Corr(A)
	for k := range squares {
		squares[k] = M.Row(k)[k]
	}
	for j := range K {
		for k, m := range M.Row(j) {
			if m != 0 {
				M.Row(j)[k] = m / (math.Sqrt(squares[j]) * math.Sqrt(squares[k]))
			}
		}
	}
	least := slices.Min(squares)
	if least == 0 {
		return M, math.Inf(1)
	}
	return M, slices.Max(squares) / least
}

// liveWeights returns W without what cannot act: the weights of inputs that are constant, and for
// softmax the mean of the units, which its outputs do not depend on.
func liveWeights(W Mat, constant []bool, softmax bool) Mat {
	live := newMat(W.Rows, W.Cols)
	for d := range W.Rows {
		if constant[d] {
			continue
		}
		shared := 0.0
		if softmax {
			shared = mean(W.Row(d))
		}
		for k, w := range W.Row(d) {
			live.Row(d)[k] = w - shared
		}
	}
	return live
}

func trace(m Mat) (sum float64) {
	for k := range m.Rows {
		sum += m.Row(k)[k]
	}
	return sum
}

// maxResponsibility returns max_k Σₙ Aₙₖ/N.
func maxResponsibility(A Mat) float64 {
	sums := make([]float64, A.Cols)
	columnSums(sums, A)
	return slices.Max(sums) / float64(A.Rows)
}

// epochsTo90 returns the first epoch t with L₀ − L_t ≥ 0.9 (L₀ − L_last), L₀ being the loss
// before any step; 0 when the loss did not fall.
func epochsTo90(first float64, curve []Epoch) int {
	if len(curve) == 0 {
		return 0
	}
	gain := first - float64(curve[len(curve)-1].Loss)
	if !(gain > 0) {
		return 0
	}
	return 1 + slices.IndexFunc(curve, func(e Epoch) bool { return first-float64(e.Loss) >= 0.9*gain })
}

// Metrics are the measurements of one state of a run.
type Metrics struct {
	WeightCorrelation     Number    `json:"weight_correlation"`
	WeightCorrelationLive Number    `json:"weight_correlation_live"`
	WeightRedundancy      Number    `json:"weight_redundancy"`
	WeightNorm            Number    `json:"weight_norm"`
	EffectiveRank         Number    `json:"effective_rank"`
	EffectiveRankLive     Number    `json:"effective_rank_live"`
	ActivationRate        []float64 `json:"activation_rate"` // K
	DeadUnits             int       `json:"dead_units"`
	MaxResponsibility     Number    `json:"max_responsibility"` // null unless softmax
	VarianceRatio         Number    `json:"variance_ratio"`
	VarianceRatioStatus   string    `json:"variance_ratio_status,omitempty"` // "infinite"
	OutputCorrelation     Number    `json:"output_correlation"`
	ActivationRank        Number    `json:"activation_rank"`
	TCGaussNats           Number    `json:"tc_gauss_nats"`
	TCKNNNats             Number    `json:"tc_knn_nats"`
	TCTreeNats            Number    `json:"tc_tree_nats"`
	TCStatus              string    `json:"tc_status,omitempty"` // "off", "infinite"
	TCUnits               int       `json:"tc_units"`            // how many the estimates are about
	ProbeAccuracy         Number    `json:"probe_accuracy"`      // null without labels, and in init unless stacked
	ProbeAccuracy1000     Number    `json:"probe_accuracy_1000"`
	ProbeStatus           string    `json:"probe_status,omitempty"` // notConverged, "no labels"
}

// notConverged is the status of probes of which one ended before its gradient was small enough.
const notConverged = "not converged"

// measureWeights sets the metrics of W (D×K).
func (m *Metrics) measureWeights(W Mat, constant []bool, softmax bool) {
	gramian, sigma := spectrum(W)
	m.WeightNorm = Number(math.Sqrt(trace(gramian) / float64(W.Cols)))
	m.WeightCorrelation, m.EffectiveRank = Number(weightCorrelation(gramian)), Number(effectiveRank(sigma))
	m.WeightRedundancy = Number(weightRedundancy(gramian))
	gramian, sigma = spectrum(liveWeights(W, constant, softmax))
	m.WeightCorrelationLive, m.EffectiveRankLive = Number(weightCorrelation(gramian)), Number(effectiveRank(sigma))
}

const (
	active   = 1e-6 // an activation beyond ±active counts
	deadRate = 0.01 // a unit active on a smaller share of the rows is dead
)

// measureActivations sets the metrics of the test activations A (N×K).
func (m *Metrics) measureActivations(A Mat) {
	m.ActivationRate = make([]float64, A.Cols)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			if math.Abs(a) > active {
				m.ActivationRate[k]++
			}
		}
	}
	for k := range m.ActivationRate {
		m.ActivationRate[k] /= float64(A.Rows)
		if m.ActivationRate[k] < deadRate {
			m.DeadUnits++
		}
	}
	C, ratio := correlation(A)
	m.OutputCorrelation, m.ActivationRank = Number(squaredDistance(C, 1, 1)), Number(entropyRank(eigenvalues(C)))
	m.VarianceRatio = Number(ratio)
	if math.IsInf(ratio, 1) {
		m.VarianceRatio, m.VarianceRatioStatus = Number(math.NaN()), "infinite"
	}
}

// measureTotalCorrelation sets the estimates for the test rows A (N×K). Softmax's
// outputs sum to one, so that their total correlation is infinite; the estimates are then those
// without the last unit.
func (m *Metrics) measureTotalCorrelation(A Mat, c Config) {
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
	if c.TCRows == 0 {
		m.TCStatus = "off"
		return
	}
	if c.Activation == "softmax" && c.K > 1 {
		A, m.TCStatus = A.T().head(c.K-1).T(), "infinite" // without its last column
	}
	units, gauss, knn, tree := totalCorrelation(A, c.Seed)
	m.TCUnits, m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = units, Number(gauss), Number(knn), Number(tree)
}

// tcBound is the larger of the two lower bounds; without more rows than units there is only the tree's.
func (m Metrics) tcBound() Number {
	if math.IsNaN(float64(m.TCGaussNats)) {
		return m.TCTreeNats
	}
	return max(m.TCGaussNats, m.TCTreeNats)
}

func (m Metrics) varianceRatio() Number {
	if m.VarianceRatioStatus == "infinite" { // which JSON cannot hold
		return Number(math.Inf(1))
	}
	return m.VarianceRatio
}

// metric is one scalar of Metrics, as tables and figures show it.
type metric struct {
	field  string // the name in run.json and the column of results.csv
	title  string
	better int                  // +1 higher is better, −1 lower, 0 neither
	get    func(Metrics) Number // NaN where it does not apply
}

func (m metric) of(state Metrics) float64 { return float64(m.get(state)) }

// metrics in the order of every table.
var metrics = []metric{
	{"effective_rank", "Effective rank", +1, func(m Metrics) Number { return m.EffectiveRank }},
	{"effective_rank_live", "Live effective rank", +1, func(m Metrics) Number { return m.EffectiveRankLive }},
	{"weight_correlation", "Weight correlation", -1, func(m Metrics) Number { return m.WeightCorrelation }},
	{"weight_correlation_live", "Live weight correlation", -1,
		func(m Metrics) Number { return m.WeightCorrelationLive }},
	{"weight_redundancy", "Weight redundancy", -1, func(m Metrics) Number { return m.WeightRedundancy }},
	{"weight_norm", "Weight norm", 0, func(m Metrics) Number { return m.WeightNorm }},
	{"activation_rate", "Mean activation rate", 0, func(m Metrics) Number { return Number(mean(m.ActivationRate)) }},
	{"dead_units", "Dead units", -1, func(m Metrics) Number { return Number(m.DeadUnits) }},
	{"max_responsibility", "Largest responsibility", -1, func(m Metrics) Number { return m.MaxResponsibility }},
	{"variance_ratio", "Variance ratio", -1, Metrics.varianceRatio},
	{"output_correlation", "Output correlation", -1, func(m Metrics) Number { return m.OutputCorrelation }},
	{"activation_rank", "Activation rank", +1, func(m Metrics) Number { return m.ActivationRank }},
	{"tc_gauss_nats", "Total correlation, Gaussian (nats)", -1, func(m Metrics) Number { return m.TCGaussNats }},
	{"tc_tree_nats", "Total correlation, tree (nats)", -1, func(m Metrics) Number { return m.TCTreeNats }},
	{"tc_bound", "Total correlation bound (nats)", -1, Metrics.tcBound},
	{"tc_knn_nats", "Total correlation, kNN (nats)", -1, func(m Metrics) Number { return m.TCKNNNats }},
	{"probe_accuracy", "Probe accuracy", +1, func(m Metrics) Number { return m.ProbeAccuracy }},
	{"probe_accuracy_1000", "Probe accuracy from 100 a class", +1,
		func(m Metrics) Number { return m.ProbeAccuracy1000 }},
}
