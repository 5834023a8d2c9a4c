package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Total correlation of the K units of A (N×K):
//
//	TC(A) = Σ_k H(a_k) − H(A)                                  nats
//
// It is 0 when the units are independent and only then, and a strictly monotone function of each unit
// leaves it as it is. So each unit is replaced by its normal scores,
//
//	g_nk = Φ⁻¹((rank_nk + ½)/N)                                rank_nk in 0…N−1 within unit k
//
// with ties in random order, drawn for each unit by itself, which leaves TC as it is too: such an
// order says nothing about other units. A ReLU's zeros become the lower part of a Gaussian, and all
// units hold the same N scores. Only their order differs.
//
// Three estimates follow, because none is right everywhere. EXPERIMENT.md shows where each one fails.
//
//	gauss  what correlations alone say                                  here
//	knn    the joint density, by nearest neighbours                     tc_neighbors.go
//	tree   the best tree of pairwise dependences                        tc_neighbors.go

// neighbors is the k of both nearest-neighbour estimates.
const neighbors = 4

// Config.check refuses fewer rows, and more units.
const (
	minTCRows  = 2 * (neighbors + 1) // give each half of the rows its neighbours (treeTC)
	maxTCUnits = 128                 // every pair has an estimate of its own: K²/2 times about 0.2 ms at N = 2,000
)

// evenRows returns n of N rows, ⌊i·N/n⌋. Those that total correlation is estimated from are spread over all,
// because a test split may be in some order. MNIST's is, and its first 2,000 rows would raise tanh's Gaussian estimate.
func evenRows(N, n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i * N / n)
	}
	return rows
}

// totalCorrelation returns the three estimates in nats for the activations A (N×K, N ≥ minTCRows), and how
// many units they are about. Constant units are left out: they carry no information, and a dead unit must not
// change an estimate. With fewer than two others all three are 0. A NaN has no rank and makes all three
// NaN; gauss is NaN too unless A has more rows than units. Nothing is clipped at 0. The seed decides
// only the order of ties.
func totalCorrelation(A Mat, seed uint64) (units int, gauss, knn, tree float64) {
	order := orderUnits(A, seed)
	if slices.ContainsFunc(A.Data, math.IsNaN) {
		return len(order), math.NaN(), math.NaN(), math.NaN()
	}
	if len(order) < 2 {
		return len(order), 0, 0, 0
	}
	G := scoresOf(order)
	gauss = math.NaN()
	if A.Cols < A.Rows {
		gauss = gaussTC(G)
	}
	return len(order), gauss, knnTC(G), treeTC(order)
}

// orderUnits returns, for every unit of A (N×K) that is not constant, its rows from the smallest
// activation to the largest: order[k][rank] = row. Such a unit draws N keys whether it has ties or
// not, so that ties in one unit do not change the keys of the next.
func orderUnits(A Mat, seed uint64) [][]int {
	rng, keys, columns := rand.New(rand.NewPCG(seed, streamTies)), make([]uint64, A.Rows), A.T()
	var order [][]int
	for k := range A.Cols {
		if constantColumn(A, k) {
			continue
		}
		for n := range keys {
			keys[n] = rng.Uint64()
		}
		a := columns.Row(k)
		order = append(order, sortedIndices(A.Rows, func(m, n int) int {
			return cmp.Or(cmp.Compare(a[m], a[n]), cmp.Compare(keys[m], keys[n]))
		}))
	}
	return order
}

// normalScores returns Φ⁻¹((r + ½)/N) for r = 0…N−1. The upper half mirrors the lower, so that the
// mean is 0.
func normalScores(N int) []float64 {
	score := make([]float64, N)
	for r := range N / 2 {
		score[r] = normalQuantile((float64(r) + 0.5) / float64(N))
		score[N-1-r] = -score[r]
	}
	return score
}

// scoresOf returns the scores G (N×K) of units given by their orders.
func scoresOf(order [][]int) Mat {
	score := normalScores(len(order[0]))
	G := newMat(len(score), len(order))
	for k, rows := range order {
		for r, n := range rows {
			G.Row(n)[k] = score[r]
		}
	}
	return G
}

// gaussTC is the total correlation of Gaussians with the correlations of the scores G (N×K):
//
//	R = GᵀG / Σ_r score_r²                                     (K×K)
//	TC = −½ log det R − bias = −½ Σ_k log v_k − bias
//
// v_k, the square of the k-th diagonal element of R's Cholesky factor, is the share of unit k's
// variance that the units before it leave unexplained.
//
// Identical units make R singular and TC infinite, but ranks cannot tell identical from very alike:
// two different orders of N rows agree best when they swap the middle two scores, δ apart, and then
//
//	1 − ρ² ≈ 2δ²/Σ_r score_r²
//
// So v_k is kept from falling below that, and estimates stay finite and ordered: a unit that others
// determine contributes −½ log of that bound, 10.1 nats at N = 2,000.
func gaussTC(G Mat) float64 {
	L, score := gramOf(G), normalScores(G.Rows)
	gap := score[G.Rows/2] - score[G.Rows/2-1]
	floor := 2 * gap * gap / inner(score, score)
	total := L.Data[0]
	for i := range L.Data {
		L.Data[i] /= total
	}
	var sum float64
	for k := range L.Rows {
		row := L.Row(k)
		for j := range k {
			row[j] = (row[j] - inner(row[:j], L.Row(j)[:j])) / L.Row(j)[j]
		}
		v := max(row[k]-inner(row[:k], row[:k]), floor)
		row[k] = math.Sqrt(v)
		sum += log(v)
	}
	return float64(-sum/2) - gaussBias(G.Rows, G.Cols) // a half is a product
}

// gaussBias returns the mean, in nats, of −½ log det R for K independent units and N rows; of dependent
// normals, −½ log det R is too large by the same. v_k is Beta((n−k)/2, k/2), k = 0 … K−1, n = N−1
// (Bartlett 1933), so that the mean is
//
//	½ Σ_k [ψ(n/2) − ψ((n−k)/2)] = K(K−1)/(4N) + …
//
// With ten rows a unit the first term alone is 0.12 nats too small at K = 128.
func gaussBias(N, K int) float64 {
	if !fewRows(N, K) {
		return float64(K*(K-1)) / float64(4*N)
	}
	sum := 0.0
	for k := range K {
		sum += digamma(float64(N-1)/2) - digamma(float64(N-1-k)/2)
	}
	return sum / 2
}

// fewRows tells whether N rows are too few for the bias to first order in 1/N.
func fewRows(N, K int) bool { return N < 10*K }

// polynomial returns c[0] + c[1]x + c[2]x² + … by Horner's rule.
func polynomial(x float64, c []float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = math.FMA(sum, x, c[i])
	}
	return sum
}

// Wichura (1988), Applied Statistics 37, 477, algorithm AS 241, routine PPND16: rational approximations
// for p near ½ and for the tail.
var (
	quantileCentreNum = []float64{
		3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
	}
	quantileCentreDen = []float64{
		1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
	}
	quantileTailNum = []float64{
		1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
	}
	quantileTailDen = []float64{
		1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
	}
)

// normalQuantile returns Φ⁻¹(p), the standard normal quantile, to about 1e-15 relative, for p from 1e-11, which
// no rank of fewer than 10¹⁰ is below, to ½.
func normalQuantile(p float64) float64 {
	q := p - 0.5
	if q >= -0.425 {
		r := math.FMA(-q, q, 0.180625) // 0.425² − q²
		return q * polynomial(r, quantileCentreNum) / polynomial(r, quantileCentreDen)
	}
	r := math.Sqrt(-log(p)) - 1.6
	return -(polynomial(r, quantileTailNum) / polynomial(r, quantileTailDen))
}

// digammaSeries has B₂ₙ / 2n of the Bernoulli numbers B₂, B₄, … B₁₄.
var digammaSeries = []float64{
	1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12,
}

// digamma returns ψ(x) = (d/dx) log Γ(x) for x > 0. Its error is below
// 1e-14 · max(1, |ψ(x)|).
//
//	ψ(x) = ψ(x+1) − 1/x                                DLMF 5.5.2 (Olver et al. 2010)
//	ψ(x) ~ log x − 1/(2x) − Σₙ B₂ₙ / (2n x²ⁿ)          DLMF 5.11.2
//
// From 10 on the series has float64's precision; the recurrence brings smaller arguments there.
func digamma(x float64) float64 {
	shift := 0.0 // 1/x + 1/(x+1) + …
	for ; x < 10; x++ {
		shift += 1 / x
	}
	square := 1 / (x * x)
	tail := math.FMA(square, polynomial(square, digammaSeries), 0.5/x)
	return log(x) - tail - shift
}
