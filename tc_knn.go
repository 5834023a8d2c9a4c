package main

import (
	"math"
	"math/rand/v2"
	"sync"
)

// The joint estimate. Kozachenko and Leonenko (1987) estimate the entropy of N points in K dimensions
// from ε_n, the Euclidean distance of point n to its k-th nearest neighbour:
//
//	H = ψ(N) − ψ(k) + log c_K + K/N Σ_n log ε_n                c_K: volume of the unit ball
//
// TC is Σ_k H(g_k) − H(G), and Σ_k H(g_k) is H after permuting every column by itself. All but the
// last term is common to both and cancels, and so does, to first order, the bias in K dimensions:
//
//	TC = K (null − mean_n log ε_n)                             null: the mean_n log ε_n permuted
//
// The null depends on N and K alone, since every column holds the same scores.
//
// In many dimensions ε is nearly the distance to everything, and the estimate sees what changes that:
// dependence that many units share. What two units share is diluted by all the others, and knnLimit
// says how much can go unseen. Where density varies strongly (heavy tails) it reads too much.

// nullDraws is how many permuted data sets the null is averaged over. At N = 2,000 and K = 64 one has a
// standard deviation of 0.09 nats.
const nullDraws = 4

// knnTC is the estimate above for the scores G (N×K).
func knnTC(G Mat) float64 {
	return float64(G.Cols) * (nullLogRadius(G.Rows, G.Cols) - meanLogRadius(G))
}

// knnLimit returns what knnTC reads, in nats, for K units that come in identical pairs and are
// independent otherwise: 8 at N = 2,000 and K = 64, where the truth is infinite. Dependence between
// pairs cannot read more, however strong; dependence that more units share can.
func knnLimit(N, K int) float64 {
	rng := rand.New(rand.NewPCG(nullDraws, streamNull))
	return knnTC(permutedScores(N, K, 2, rng))
}

var nullLogRadii = struct {
	sync.Mutex
	of map[[2]int]float64 // by N and K
}{of: map[[2]int]float64{}}

// nullLogRadius returns the null for N rows and K units, computed once in a process.
func nullLogRadius(N, K int) float64 {
	nullLogRadii.Lock()
	defer nullLogRadii.Unlock()
	size := [2]int{N, K}
	if null, ok := nullLogRadii.of[size]; ok {
		return null
	}
	var sum float64
	for draw := range uint64(nullDraws) {
		rng := rand.New(rand.NewPCG(draw, streamNull))
		sum += meanLogRadius(permutedScores(N, K, 1, rng))
	}
	nullLogRadii.of[size] = sum / nullDraws
	return sum / nullDraws
}

// permutedScores returns scores (N×K) in random order, the same order for every run of `copies` columns.
func permutedScores(N, K, copies int, rng *rand.Rand) Mat {
	order := make([][]int, K)
	for k := range order {
		if k%copies == 0 {
			order[k] = rng.Perm(N)
		} else {
			order[k] = order[k-1]
		}
	}
	return scoresOf(order)
}

// meanLogRadius returns mean_n log ε_n of the rows of G (N×K). No ε_n is 0, since no two scores of a unit
// are equal. Every two rows are measured once: N²K/2 multiplications.
func meanLogRadius(G Mat) float64 {
	near := make([]nearest, G.Rows)
	d2 := make([]float64, G.Rows)
	for n := range near {
		near[n] = nearestNone
		squaredDistances(G, n, d2)
		for m, v := range d2[:n] {
			bits := int64(math.Float64bits(v))
			if bits < near[n].d {
				near[n].add(bits)
			}
			if bits < near[m].d {
				near[m].add(bits)
			}
		}
	}
	var sum float64
	for n := range near {
		sum += log(math.Float64frombits(uint64(near[n].d)))
	}
	return sum / (2 * float64(G.Rows)) // log ε = ½ log ε²
}

// squaredDistances sets d2[m] = Σ_k (g_nk − g_mk)², summed in unit order, for every row m before n, four
// rows at a time so that the sums do not wait for each other.
func squaredDistances(G Mat, n int, d2 []float64) {
	x := G.Row(n)
	for m := 0; m < n; m += 4 {
		i, j, l := min(m+1, n), min(m+2, n), min(m+3, n) // n: a sum not needed, 0
		a, b, c, d := G.Row(m)[:len(x)], G.Row(i)[:len(x)], G.Row(j)[:len(x)], G.Row(l)[:len(x)]
		var sa, sb, sc, sd float64
		for k, v := range x {
			da, db, dc, dd := v-a[k], v-b[k], v-c[k], v-d[k]
			sa += float64(da * da)
			sb += float64(db * db)
			sc += float64(dc * dc)
			sd += float64(dd * dd)
		}
		d2[m], d2[i], d2[j], d2[l] = sa, sb, sc, sd
	}
}

// nearest holds the four smallest distances seen, a ≤ b ≤ c ≤ d: d is ε. They are integers because min
// and max of integers are conditional moves, where a branch would be mispredicted every other time.
// The bits of a float64 that is not negative are in its order, from 0 to farthest, +Inf.
type nearest struct{ a, b, c, d int64 }

const farthest = 0x7FF << 52

var nearestNone = nearest{farthest, farthest, farthest, farthest}

// add makes the distance v one of the four if it is small enough.
func (q *nearest) add(v int64) {
	c, d := min(q.c, v), min(q.d, max(q.c, v))
	b, c := min(q.b, c), max(q.b, c)
	q.a, q.b, q.c, q.d = min(q.a, b), max(q.a, b), c, d
}
