package main

import (
	"fmt"
	"math"
	"slices"
)

// What is measured of a run: W after initialisation and after training, the activations of the whole
// test split, and how well a linear probe of the trained network's activations tells the classes.
// As in a step, W is D×K here, a unit a column: what EXPERIMENT.md calls WWᵀ, the units' inner products, is WᵀW.

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

// metric is one scalar of Metrics, as tables and figures show it.
type metric struct {
	field  string // the name in run.json and the column of results.csv
	title  string
	better int // +1 higher is better, −1 lower, 0 neither
	of     func(Metrics) float64
}

// notConverged is the status of probes of which one ended before its gradient was small enough.
const notConverged = "not converged"

// metrics in the order of every table. Their func of returns NaN where a metric does not apply.
var metrics = []metric{
	{"effective_rank", "Effective rank", +1, func(m Metrics) float64 { return float64(m.EffectiveRank) }},
	{"effective_rank_live", "… of live weights", +1, func(m Metrics) float64 { return float64(m.EffectiveRankLive) }},
	{"weight_correlation", "Weight correlation", -1, func(m Metrics) float64 { return float64(m.WeightCorrelation) }},
	{"weight_correlation_live", "… of live weights", -1, func(m Metrics) float64 { return float64(m.WeightCorrelationLive) }},
	{"weight_redundancy", "Weight redundancy", -1, func(m Metrics) float64 { return float64(m.WeightRedundancy) }},
	{"weight_norm", "Weight norm", 0, func(m Metrics) float64 { return float64(m.WeightNorm) }},
	{"activation_rate", "Mean activation rate", 0, func(m Metrics) float64 { return mean(m.ActivationRate) }},
	{"dead_units", "Dead units", -1, func(m Metrics) float64 { return float64(m.DeadUnits) }},
	{"max_responsibility", "Largest responsibility", -1, func(m Metrics) float64 { return float64(m.MaxResponsibility) }},
	{"variance_ratio", "Variance ratio", -1, func(m Metrics) float64 { return float64(m.VarianceRatio) }},
	{"output_correlation", "Output correlation", -1, func(m Metrics) float64 { return float64(m.OutputCorrelation) }},
	{"activation_rank", "Activation rank", +1, func(m Metrics) float64 { return float64(m.ActivationRank) }},
	{"tc_gauss_nats", "Total correlation, Gaussian (nats)", -1, func(m Metrics) float64 { return float64(m.TCGaussNats) }},
	{"tc_tree_nats", "Total correlation, tree (nats)", -1, func(m Metrics) float64 { return float64(m.TCTreeNats) }},
	{"tc_bound", "Total correlation, best bound (nats)", -1, Metrics.tcBound},
	{"tc_knn_nats", "Total correlation, kNN (nats)", -1, func(m Metrics) float64 { return float64(m.TCKNNNats) }},
	{"probe_accuracy", "Linear probe, accuracy", +1, func(m Metrics) float64 { return float64(m.ProbeAccuracy) }},
	{"probe_accuracy_1000", "… from 100 a class", +1, func(m Metrics) float64 { return float64(m.ProbeAccuracy1000) }},
}

// tcBound is the larger of the two lower bounds; without more rows than units there is only the tree's.
func (m Metrics) tcBound() float64 {
	if math.IsNaN(float64(m.TCGaussNats)) {
		return float64(m.TCTreeNats)
	}
	return float64(max(m.TCGaussNats, m.TCTreeNats))
}

// measureWeights sets the metrics of W (D×K; unit k is column k). Those of live weights are of W without
// what cannot act: the inputs that are constant, and for softmax the mean of the units, which its
// outputs do not depend on.
func (m *Metrics) measureWeights(W Mat, constant []bool, softmax bool) {
	gramian, sigma, exponent := spectrum(W)
	m.WeightNorm = Number(math.Ldexp(math.Sqrt(trace(gramian)/float64(W.Cols)), exponent))
	m.WeightCorrelation, m.EffectiveRank = Number(weightCorrelation(gramian)), Number(effectiveRank(sigma))
	units, _ := scaleUnits(W)
	gram(gramian, units)
	m.WeightRedundancy = Number(weightRedundancy(gramian))
	gramian, sigma, _ = spectrum(liveWeights(W, constant, softmax))
	m.WeightCorrelationLive, m.EffectiveRankLive = Number(weightCorrelation(gramian)), Number(effectiveRank(sigma))
}

// spectrum returns WᵀW (K×K) and the singular values, both of W scaled by 2⁻ᵉ to elements below 1 in magnitude, and e.
func spectrum(W Mat) (gramian Mat, sigma []float64, exponent int) {
	W = Mat{W.Rows, W.Cols, slices.Clone(W.Data)}
	exponent = normalise(W.Data)
	gramian = newMat(W.Cols, W.Cols)
	gram(gramian, W)
	return gramian, singularValues(W, gramian), exponent
}

// scaleUnits returns A (N×K) with each unit, a column, divided by 2ᵉ, so that its largest element is in
// [½, 1) and no square over- or underflows beside it; and the K exponents e. This changes no bit of a
// ratio.
func scaleUnits(A Mat) (scaled Mat, exponent []int) {
	scaled, exponent = newMat(A.Rows, A.Cols), make([]int, A.Cols)
	largest := make([]float64, A.Cols)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			largest[k] = max(largest[k], math.Abs(a))
		}
	}
	for k, a := range largest {
		_, exponent[k] = math.Frexp(a)
	}
	first, second := make([]float64, A.Cols), make([]float64, A.Cols) // 2⁻ᵉ is beyond float64 where a unit is small
	for k, e := range exponent {
		first[k], second[k] = math.Ldexp(1, min(-e, 1023)), math.Ldexp(1, max(0, -e-1023))
	}
	for n := range A.Rows {
		row := scaled.Row(n)
		for k, a := range A.Row(n) {
			row[k] = a * first[k] * second[k]
		}
	}
	return scaled, exponent
}

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

// weightCorrelation returns ‖WᵀW/‖W‖²_F − I/K‖²_F from WᵀW (K×K).
func weightCorrelation(gramian Mat) (sum float64) {
	K, total := gramian.Rows, trace(gramian) // ‖W‖²_F
	for j := range K {
		for k, g := range gramian.Row(j) {
			a := g / total
			if j == k {
				a -= 1 / float64(K)
			}
			sum = math.FMA(a, a, sum)
		}
	}
	return sum
}

// weightRedundancy returns ‖ŴᵀŴ − I‖²_F from WᵀW (K×K). A unit of zero length has no direction, and
// its row of ŴᵀŴ is zero.
func weightRedundancy(gramian Mat) (sum float64) {
	for j := range gramian.Rows {
		for k, g := range gramian.Row(j) {
			b := g / math.Sqrt(gramian.Row(j)[j]) / math.Sqrt(gramian.Row(k)[k])
			if g == 0 {
				b = 0
			}
			if j == k {
				b--
			}
			sum = math.FMA(b, b, sum)
		}
	}
	return sum
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
	for k := range m.ActivationRate {
		m.ActivationRate[k] /= float64(A.Rows)
		if m.ActivationRate[k] < deadRate {
			m.DeadUnits++
		}
	}
	C := m.measureVariances(A)
	m.OutputCorrelation = Number(distanceFromIdentity(C))
	m.ActivationRank = Number(entropyRank(eigenvalues(C)))
}

// measureVariances sets the variance ratio and returns Corr(A) (K×K), in which a constant unit's row
// is 0. Sums of squares are of A less its first row, so that a constant unit's is exactly 0:
//
//	R = A 2⁻ᵉ − 1·a₀ᵀ 2⁻ᵉ, centred        M = RᵀR        Corrⱼₖ = Mⱼₖ / √(Mⱼⱼ Mₖₖ)
func (m *Metrics) measureVariances(A Mat) Mat {
	N, K := A.Rows, A.Cols
	R, exponent := scaleUnits(A)
	mul(R.view(), R.view(), minusOnes, view{slices.Clone(R.Row(0)), 0}, N, 1, K)
	center(R, make([]float64, K), R)
	M, deviation := newMat(K, K), make([]float64, K)
	gram(M, R)
	for k := range K {
		deviation[k] = math.Sqrt(M.Row(k)[k])
	}
	m.VarianceRatio = Number(varianceRatio(M, exponent))
	if math.IsInf(float64(m.VarianceRatio), 1) {
		m.VarianceRatio, m.VarianceRatioStatus = Number(math.NaN()), "infinite"
	}
	for j := range K {
		for k := range M.Row(j) {
			if M.Row(j)[k] != 0 {
				M.Row(j)[k] /= deviation[j] * deviation[k]
			}
		}
	}
	return M
}

// varianceRatio returns maxⱼₖ Mⱼⱼ 4^eⱼ / (Mₖₖ 4^eₖ), +Inf when a unit is constant.
func varianceRatio(M Mat, exponent []int) float64 {
	ratio := 1.0
	for k, e := range exponent {
		if M.Row(k)[k] == 0 {
			return math.Inf(1)
		}
		for j := range exponent {
			ratio = max(ratio, math.Ldexp(M.Row(j)[j]/M.Row(k)[k], 2*(exponent[j]-e)))
		}
	}
	return ratio
}

// distanceFromIdentity returns ‖C − I‖²_F.
func distanceFromIdentity(C Mat) (sum float64) {
	for j := range C.Rows {
		for k, c := range C.Row(j) {
			if j == k {
				c--
			}
			sum = math.FMA(c, c, sum)
		}
	}
	return sum
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

// maxResponsibility returns max_k Σₙ Aₙₖ/N.
func maxResponsibility(A Mat) float64 {
	sums := make([]float64, A.Cols)
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			sums[k] += a
		}
	}
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
	for i, e := range curve {
		if first-float64(e.Loss) >= 0.9*gain {
			return i + 1
		}
	}
	return 0
}

// measureTotalCorrelation sets the estimates for the test rows A (N×K) that tcRow chooses. Softmax's
// outputs sum to one, so that their total correlation is infinite; the estimates are then those
// without the last unit.
func (m *Metrics) measureTotalCorrelation(A Mat, c Config) {
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
	if c.TCRows == 0 {
		m.TCStatus = "off"
		return
	}
	if c.Activation == "softmax" && c.K > 1 {
		A, m.TCStatus = withoutLastColumn(A), "infinite"
	}
	for k := range A.Cols {
		if !constantColumn(A, k) {
			m.TCUnits++
		}
	}
	gauss, knn, tree := totalCorrelation(A, c.Seed)
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(gauss), Number(knn), Number(tree)
}

// gaussApplies tells whether c has rows enough for its units, of which the last is left out for softmax.
func (c Config) gaussApplies() bool {
	K := c.K
	if c.Activation == "softmax" {
		K--
	}
	return gaussApplies(c.TCRows, K)
}

// tcRow is the i-th of the n of N rows that total correlation is estimated from, ⌊i·N/n⌋: spread over all, because
// a test split may be in some order. MNIST's is, and its first 2,000 rows double tanh's Gaussian estimate.
func tcRow(i, N, n int) int { return i * N / n }

func withoutLastColumn(A Mat) Mat {
	B := newMat(A.Rows, A.Cols-1)
	for n := range A.Rows {
		copy(B.Row(n), A.Row(n))
	}
	return B
}
