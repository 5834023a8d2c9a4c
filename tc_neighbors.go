package main

import (
	"math"
	"math/rand/v2"
	"slices"
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
// In many dimensions all distances are nearly equal, and the estimate sees what changes that: dependence
// shared by many units. Dependence between two units is diluted by all the others: 64 units in identical
// pairs, whose truth is infinite, read 8 nats at N = 2,000. Where density varies strongly (heavy tails)
// the estimate is too large.

// nullDraws is how many permuted data sets the null is averaged over. At N = 2,000 and K = 64 one has a
// standard deviation of 0.07 nats.
const nullDraws = 4

// knnTC is the estimate above for the scores G (N×K).
func knnTC(G Mat) float64 {
	return float64(G.Cols) * (nullLogRadius(G.Rows, G.Cols) - meanLogRadius(G))
}

var nullLogRadii sync.Map // of func() float64 by N and K

// nullLogRadius returns the null for N rows and K units, computed once in a process.
func nullLogRadius(N, K int) float64 {
	null, _ := nullLogRadii.LoadOrStore([2]int{N, K}, sync.OnceValue(func() (sum float64) {
		for draw := range uint64(nullDraws) {
			sum += meanLogRadius(permutedScores(N, K, rand.New(rand.NewPCG(draw, streamNull))))
		}
		return sum / nullDraws
	}))
	return null.(func() float64)()
}

// permutedScores returns scores (N×K) in random order, each unit's by itself.
func permutedScores(N, K int, rng *rand.Rand) Mat {
	order := make([][]int, K)
	for k := range order {
		order[k] = rng.Perm(N)
	}
	return scoresOf(order)
}

// meanLogRadius returns mean_n log ε_n of the rows of G (N×K). No ε_n is 0, since no two scores of a unit
// are equal. Every two rows are measured once: N²K/2 multiplications.
func meanLogRadius(G Mat) float64 {
	near, d2 := slices.Repeat([]nearest{nearestNone}, G.Rows), make([]float64, G.Rows)
	for n := range near {
		distancesTo(G, n, d2)
		for m, v := range d2[:n] {
			bits := int64(math.Float64bits(v))
			if bits < near[n].epsilon() {
				near[n].add(bits)
			}
			if bits < near[m].epsilon() {
				near[m].add(bits)
			}
		}
	}
	var sum float64
	for n := range near {
		sum += log(math.Float64frombits(uint64(near[n].epsilon())))
	}
	return sum / (2 * float64(G.Rows)) // log ε = ½ log ε²
}

// distancesTo sets d2[m] = Σ_k (g_nk − g_mk)², summed in unit order, for every row m before n, four
// rows at a time so that the sums do not wait for each other.
func distancesTo(G Mat, n int, d2 []float64) {
	x := G.Row(n)
	for m := 0; m < n; m += 4 {
		i, j, l := min(m+1, n), min(m+2, n), min(m+3, n) // n: the row itself, whose distance nobody reads
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

// nearest holds the k smallest distances seen, in order, so that the last is ε. They are integers, whose
// min and max are conditional moves: a branch would be mispredicted every other time. Read as integers,
// the bits of float64s from 0 to +Inf (farthest) keep their order.
type nearest [neighbors]int64

const farthest = 0x7FF << 52

var nearestNone = nearest(slices.Repeat([]int64{farthest}, neighbors))

func (q *nearest) epsilon() int64 { return q[neighbors-1] }

// add makes the distance v one of the smallest if it is small enough.
func (q *nearest) add(v int64) {
	for i, d := range q {
		q[i], v = min(d, v), max(d, v)
	}
}

// The tree estimate. The mutual information of two units is that of Kraskov, Stögbauer and
// Grassberger (2004), first estimator, equation 8:
//
//	I(x, y) = ψ(k) + ψ(N) − mean_n [ψ(x_n + 1) + ψ(y_n + 1)]             nats
//
// ε_n is the distance max(|Δx|, |Δy|) from row n to its k-th nearest neighbour; x_n and y_n count the
// other rows with |Δx| < ε_n and with |Δy| < ε_n.
//
// It has no permutation null to subtract: its mean over all orders of y is 0 where no two distances are
// equal, as the test of all orders of six rows shows. The scores have pairs of equal distances, which
// leaves about 1e-4 nats at N = 1,000.
//
// What a tree over the units explains is a lower bound of TC, reached when the units form that tree,
// and the best tree is the maximum spanning tree (Chow and Liu 1968):
//
//	TC ≥ Σ_(i,j)∈T I(a_i, a_j)
//
// Estimates that chose a tree are too large to weigh it: of 120 whose truth is 0, the best 15 sum
// to 0.5 nats at N = 1,000. So T is chosen on the even rows and weighed on the odd ones, then the other
// way round, and the two sums are averaged. An edge that only looked heavy then weighs what it should.

// treeTC is the tree estimate for units given by their orders. A last odd row is left out.
func treeTC(order [][]int) float64 {
	even, odd := pairwiseMI(everySecond(order, 0)), pairwiseMI(everySecond(order, 1))
	return (treeWeight(even, odd) + treeWeight(odd, even)) / 2
}

// everySecond returns the orders of rows first, first+2, …, ⌊N/2⌋ of them, renumbered from 0.
func everySecond(order [][]int, first int) [][]int {
	rows := len(order[0]) / 2
	half := make([][]int, len(order))
	for k := range order {
		for _, n := range order[k] {
			if n%2 == first && n/2 < rows {
				half[k] = append(half[k], n/2)
			}
		}
	}
	return half
}

// pairwiseMI returns the mutual information of every two units (K×K, diagonal 0).
func pairwiseMI(order [][]int) Mat {
	N, K := len(order[0]), len(order)
	ksg, info, rank, perm := newKSG(N), newMat(K, K), make([]int, N), make([]int, N)
	for i, y := range order {
		for r, n := range y {
			rank[n] = r
		}
		for j, x := range order[:i] {
			for r, n := range x {
				perm[r] = rank[n]
			}
			info.Row(i)[j] = ksg.mutualInformation(perm)
			info.Row(j)[i] = info.Row(i)[j]
		}
	}
	return info
}

// treeWeight returns Σ weighed_ij over the K−1 edges of the tree over K units for which Σ chosen_ij is
// largest (both K×K, symmetric), grown from unit 0 (Prim 1957), in K² steps. Of equal edges the first
// unit's wins.
func treeWeight(chosen, weighed Mat) (sum float64) {
	link := make([]int, chosen.Rows) // the unit in the tree that weighs most with k; −1: k is in the tree
	link[0] = -1
	for range chosen.Rows - 1 {
		next := -1
		for k, from := range link {
			if from >= 0 && (next < 0 || chosen.Row(from)[k] > chosen.Row(link[next])[next]) {
				next = k
			}
		}
		sum += weighed.Row(link[next])[next]
		link[next] = -1
		for k, from := range link {
			if from >= 0 && chosen.Row(next)[k] > chosen.Row(from)[k] {
				link[k] = next
			}
		}
	}
	return sum
}

// ksgEstimator computes I(x, y) for pairs of units with N rows. All units have the same N scores, so a
// pair is a permutation, perm[rank of x] = rank of y, and the tables are made once.
//
// Rows lie in strips of `width` neighbouring ranks of y, each strip in the order of x. Rows are visited in
// the order of x, and a strip's cursor is its first point that has not been visited. From there the
// search for ε goes outward until |Δx| ≥ ε, first in the row's own strip, then in those above and
// below, until a whole strip is that far. A search sees 11 points on average when x and y are independent.
type ksgEstimator struct {
	score  []int64   // by rank, in units of 2⁻⁴⁰: integers compare without a branch, see nearest
	under  []int     // under[c]: how many scores lie below cell c; cells start at the smallest score
	psi    []float64 // ψ(0…N), the first one unused
	width  int
	strip  [][]scorePoint // with a sentinel at either end
	cursor []int
}

type scorePoint struct{ x, y int64 }

const (
	scoreBits = 40                          // fraction bits of a score
	cellBits  = 30                          // a cell is 2⁻¹⁰ wide and holds two of 5,000 scores at most
	sentinel  = farthest + 1<<(scoreBits+4) // at least farthest from every score, all under 2⁴
)

func newKSG(N int) *ksgEstimator {
	e := &ksgEstimator{score: make([]int64, N), psi: make([]float64, N+1), width: 2 * int(math.Sqrt(float64(N)))}
	for r, s := range normalScores(N) {
		e.score[r] = int64(math.Ldexp(s, scoreBits))
		e.psi[r+1] = digamma(float64(r + 1))
	}
	for r := 0; r < N; {
		e.under = append(e.under, r)
		for r < N && e.score[r] < e.score[0]+int64(len(e.under))<<cellBits {
			r++
		}
	}
	strips := (N + e.width - 1) / e.width
	e.strip, e.cursor = make([][]scorePoint, strips), make([]int, strips)
	return e
}

// mutualInformation returns I(x, y) for the N rows whose y ranks, in the order of x, are perm.
func (e *ksgEstimator) mutualInformation(perm []int) float64 {
	e.fillStrips(perm)
	var sum float64
	for rx, ry := range perm {
		eps := e.neighborDistance(rx, ry)
		e.cursor[ry/e.width]++
		sum += e.psi[e.closer(rx, eps)+1] + e.psi[e.closer(ry, eps)+1]
	}
	N := len(perm)
	return e.psi[neighbors] + e.psi[N] - sum/float64(N)
}

// fillStrips deals the points to the strips and sets each cursor on its strip's first point.
func (e *ksgEstimator) fillStrips(perm []int) {
	for c := range e.strip {
		e.strip[c] = append(e.strip[c][:0], scorePoint{x: -sentinel})
		e.cursor[c] = 1
	}
	for rx, ry := range perm {
		c := ry / e.width
		e.strip[c] = append(e.strip[c], scorePoint{e.score[rx], e.score[ry]})
	}
	for c := range e.strip {
		e.strip[c] = append(e.strip[c], scorePoint{x: sentinel})
	}
}

// neighborDistance returns ε of the row with ranks rx, ry, which is at its strip's cursor.
func (e *ksgEstimator) neighborDistance(rx, ry int) int64 {
	at := scorePoint{e.score[rx], e.score[ry]}
	near := nearestNone
	own := ry / e.width
	near.search(e.strip[own], e.cursor[own]-1, e.cursor[own]+1, at) // the cursor is the row itself
	for c := own + 1; c < len(e.strip) && e.score[c*e.width]-at.y < near.epsilon(); c++ {
		near.search(e.strip[c], e.cursor[c]-1, e.cursor[c], at)
	}
	for c := own - 1; c >= 0 && at.y-e.score[(c+1)*e.width-1] < near.epsilon(); c-- {
		near.search(e.strip[c], e.cursor[c]-1, e.cursor[c], at)
	}
	return near.epsilon()
}

// search adds the strip's points from index left to the left and from right to the right, while |Δx| < ε.
func (q *nearest) search(strip []scorePoint, left, right int, at scorePoint) {
	for ; at.x-strip[left].x < q.epsilon(); left-- {
		q.add(max(at.x-strip[left].x, distance(at.y, strip[left].y)))
	}
	for ; strip[right].x-at.x < q.epsilon(); right++ {
		q.add(max(strip[right].x-at.x, distance(at.y, strip[right].y)))
	}
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// closer returns how many other scores are closer than eps to that of rank r: they are from its score − eps + 1
// to its score + eps − 1.
func (e *ksgEstimator) closer(r int, eps int64) int {
	return e.countBelow(e.score[r]+eps) - e.countBelow(e.score[r]-eps+1) - 1
}

// countBelow returns how many scores are below v.
func (e *ksgEstimator) countBelow(v int64) int {
	c := (v - e.score[0]) >> cellBits
	if c < 0 {
		return 0
	}
	r := e.under[min(c, int64(len(e.under)-1))]
	for r < len(e.score) && e.score[r] < v {
		r++
	}
	return r
}
