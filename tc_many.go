package main

import "math"

// Total correlation of many units (K > manyUnits, or for gauss many relative to N), for which the computations of tc.go and
// tc_neighbors.go would cost too much or be biased. What is estimated is the same.
//
//	gauss  The mean of −½ log det R for independent units is K(K−1)/(4N) to first order only: at K = 1,024 and N = 2,000
//	       that is 31 nats short. For normals v_k is Beta((n−k)/2, k/2), k = 0 … K−1, n = N−1 (Bartlett 1933), so that
//	       the mean is
//
//	           ½ Σ_k [ψ(n/2) − ψ((n−k)/2)]
//
//	       and −½ log det R is as much too large on average for dependent normals. As many units as rows make R singular:
//	       then there is no estimate, NaN.
//
//	knn    Distances are d² = ‖x‖² + ‖y‖² − 2⟨x,y⟩, from products of blocks of rows. Scores of a unit are 2/N apart or
//	       more, so that d² ≥ 4K/N² stays far above what cancels, a few 2⁻⁵³ of the lengths.
//
//	tree   The tree is chosen by the mutual information of ranks in eight levels, which sees dependence of any shape as
//	       KSG's does, at one count a row and pair; only its K−1 edges are weighed by KSG, on the rows that did not choose
//	       them. Either choice gives the same readings (TOTAL_CORRELATION.md).

// manyUnits is the most units whose every pair is estimated by KSG: K²/2 times 0.1 ms at N = 2,000.
const manyUnits = 128

// gaussApplies tells whether N rows give the Gaussian estimate for K units.
func gaussApplies(N, K int) bool { return K < N }

// fewRows tells whether N rows are too few for gaussBias to first order in 1/N: with ten rows a unit that is 0.12 nats too
// small at K = 128.
func fewRows(N, K int) bool { return N < 10*K }

// gaussBias returns the mean, in nats, of −½ log det R for K independent units and N rows.
func gaussBias(N, K int) float64 {
	if K <= manyUnits && !fewRows(N, K) {
		return float64(K*(K-1)) / float64(4*N)
	}
	sum := 0.0
	for k := range K {
		sum += digamma(float64(N-1)/2) - digamma(float64(N-1-k)/2)
	}
	return sum / 2
}

// distanceProducts calls see for every row n of G with d2[m] = ‖gₙ − gₘ‖², m < n.
func distanceProducts(G Mat, see func(n int, d2 []float64)) {
	N, K := G.Rows, G.Cols
	Gt, squares, D, none := G.T(), make([]float64, N), newMat(tileRows, N), view{make([]float64, N), 0}
	for n := range squares {
		squares[n] = inner(G.Row(n), G.Row(n))
	}
	for from := 0; from < N; from += tileRows {
		to := min(from+tileRows, N)
		mul(D.view(), none, coefficients{G.Data[from*K:], K, 1}, Gt.view(), to-from, K, to)
		for n := from; n < to; n++ {
			d2 := D.Row(n - from)[:n]
			for m, dot := range d2 {
				d2[m] = math.FMA(-2, dot, squares[n]+squares[m])
			}
			see(n, d2)
		}
	}
}

// treeOfMany is treeTC for many units, given the two halves of the rows.
func treeOfMany(half [2][][]int) float64 {
	var weight [2]float64
	split(2, 1, func(from, to int) {
		for i := from; i < to; i++ {
			edges := maximumSpanningTree(levelInformation(half[i]))
			weight[i] = edgesMI(half[1-i], edges)
		}
	})
	return (weight[0] + weight[1]) / 2
}

const rankLevels = 8

// levelInformation returns the mutual information of the levels ⌊8·rank/N⌋ of every two units (K×K, diagonal 0), times
// N 2³⁰ and up to a constant that all pairs share: Σ c log c over the 64 counts c of pairs of levels. Terms are whole
// numbers, so that two pairs of units with the same counts in another order are exactly equal.
func levelInformation(order [][]int) Mat {
	N, K := len(order[0]), len(order)
	level := make([][]uint8, K)
	for k, rows := range order {
		level[k] = make([]uint8, N)
		for r, n := range rows {
			level[k][n] = uint8(r * rankLevels / N)
		}
	}
	cLogC := make([]int64, N+1)
	for c := 1; c <= N; c++ {
		cLogC[c] = int64(math.Ldexp(float64(c)*log(float64(c)), 30))
	}
	info := newMat(K, K)
	for i := range K {
		for j := range i {
			var count [rankLevels * rankLevels]uint32
			second := level[j][:N]
			for n, first := range level[i] {
				count[(first*rankLevels+second[n])%(rankLevels*rankLevels)]++
			}
			sum := int64(0)
			for _, c := range count {
				sum += cLogC[c]
			}
			info.Row(i)[j], info.Row(j)[i] = float64(sum), float64(sum)
		}
	}
	return info
}

// edgesMI returns the sum of the edges' mutual information.
func edgesMI(order [][]int, edges [][2]int) (sum float64) {
	ksg := newKSG(len(order[0]))
	for _, e := range edges {
		sum += ksg.ofOrders(order[e[0]], order[e[1]])
	}
	return sum
}
