package main

import (
	"cmp"
	"fmt"
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
// Three estimates follow, because none is right everywhere. TOTAL_CORRELATION.md shows where each
// one fails.
//
//	gauss  what correlations alone say                                  here
//	knn    the joint density, by nearest neighbours                     tc_neighbors.go
//	tree   the best tree of pairwise dependences                        tc_neighbors.go

// neighbors is the k of both nearest-neighbour estimates.
const neighbors = 4

// minTCRows is the fewest rows that give each half of the rows its neighbours (treeTC).
const minTCRows = 2 * (neighbors + 1)

// totalCorrelation returns the three estimates in nats for the activations A (N×K). Constant units
// are left out: they carry no information, and a dead unit must not change an estimate. With fewer
// than two others all three are 0. A NaN has no rank and makes all three NaN; gauss is NaN too unless there are more
// rows than units. Nothing is clipped at 0. The seed decides only the order of ties.
func totalCorrelation(A Mat, seed uint64) (gauss, knn, tree float64) {
	if A.Rows < minTCRows { // which Config.check refuses
		panic(fmt.Sprintf("totalCorrelation: %d×%d, %d rows are the fewest", A.Rows, A.Cols, minTCRows))
	}
	if slices.ContainsFunc(A.Data, math.IsNaN) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	order := orderUnits(A, seed)
	if len(order) < 2 {
		return 0, 0, 0
	}
	G := scoresOf(order)
	gauss = math.NaN()
	if gaussApplies(A.Rows, A.Cols) {
		gauss = gaussTC(G)
	}
	return gauss, knnTC(G), treeTC(order)
}

// orderUnits returns, for every unit of A (N×K) that is not constant, its rows from the smallest
// activation to the largest: order[k][rank] = row. Such a unit draws N keys whether it has ties or
// not, so that ties in one unit do not change the keys of the next.
func orderUnits(A Mat, seed uint64) [][]int {
	type entry struct {
		value float64
		key   uint64
		row   int
	}
	rng := rand.New(rand.NewPCG(seed, streamTies))
	column := make([]entry, A.Rows)
	var order [][]int
	for k := range A.Cols {
		if constantColumn(A, k) {
			continue
		}
		for n := range column {
			column[n] = entry{A.Row(n)[k], rng.Uint64(), n}
		}
		slices.SortFunc(column, func(p, q entry) int {
			return cmp.Or(cmp.Compare(p.value, q.value), cmp.Compare(p.key, q.key), p.row-q.row)
		})
		rows := make([]int, A.Rows)
		for r, e := range column {
			rows[r] = e.row
		}
		order = append(order, rows)
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
// variance that the units before it leave unexplained. The bias is the mean of the first term for
// independent units, K(K−1)/(4N) to first order in 1/N (tc_many.go).
//
// Identical units make R singular and TC infinite, but ranks cannot tell identical from very alike:
// two different orders of N rows agree best when they swap the middle two scores, δ apart, and then
//
//	1 − ρ² ≈ 2δ²/Σ_r score_r²
//
// So v_k is kept from falling below that, and estimates stay finite and ordered: a unit that others
// determine contributes −½ log of that bound, 10.1 nats at N = 2,000.
func gaussTC(G Mat) float64 {
	floor := leastUnexplained(G.Rows)
	L := correlations(G)
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
	return -(sum + float64(2*gaussBias(G.Rows, G.Cols))) / 2
}

// correlations returns R (K×K) of gaussTC.
func correlations(G Mat) Mat {
	R := newMat(G.Cols, G.Cols)
	gram(R, G)
	total := R.Data[0]
	for i := range R.Data {
		R.Data[i] /= total
	}
	return R
}

// leastUnexplained returns 2δ²/Σ score² of gaussTC for N rows.
func leastUnexplained(N int) float64 {
	score := normalScores(N)
	gap := score[N/2] - score[N/2-1]
	return 2 * gap * gap / inner(score, score)
}
