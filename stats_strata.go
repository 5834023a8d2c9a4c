package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Stratified rank correlation. Every run has two values, x and y. A stratum is, in the report, an activation and K; a cell
// is one condition in a stratum, with a run for each seed. Two tests, of which the second is the stricter:
//
//	spearmanBetween  over all runs of a stratum:    y is permuted among conditions, within each seed
//	spearmanWithin   over the seeds of each cell:   y is permuted among seeds, within each cell
//
// All strata and cells are permuted alike. The runs of a seed share their first weights and their batches, so that a seed
// may be lucky everywhere, and strata and cells are not independent. A common permutation keeps what they share together,
// and p is right; with a permutation for each, shared luck would pass for evidence. For that, places are exchanged only if
// the same strata, or cells, have runs at both.

// seedPairs is a cell: x and y by seed. NaN stands where a run is missing or a measure does not apply: the pair is left
// out. An infinite value has a rank like any other.
type seedPairs struct{ x, y []float64 }

// association is how x and y go together; Rho and P are NaN when no stratum, or cell, is informative (rankTables).
type association struct {
	Rho, P float64   // from −1 to 1; two-sided
	PWhole float64   // between conditions: P by permuting whole conditions; else NaN
	Each   []float64 // Spearman's ρ in every stratum, or cell; NaN where that is not informative
}

// spearmanBetween combines Spearman's ρ over the n pairs of every stratum, conditions and seeds together. Strata hold
// the same conditions in the same order, of the same seeds: it panics when their numbers differ.
//
//	z̄ = Σ (n−3) atanh ρ / Σ (n−3)    Rho = tanh z̄        Fisher (1921), Metron 1, 3
//
// Since atanh ±1 is infinite, |ρ| counts there as no more than 1 − 6/(n³−n): half a step of ρ without ties below 1.
//
// P tests the hypothesis that a seed's values of y differ between conditions by chance alone. So whatever a condition does
// to every seed is evidence, and two measures that conditions move for unrelated reasons are found associated: with six
// conditions that move both at random, and ten seeds, in six of ten simulations. P cannot tell why the two go together.
// PWhole permutes whole conditions, few as they are: with n of them it is at least 1/n!. It is NaN where pairs are missing.
func spearmanBetween(strata [][]seedPairs) association {
	joined := make([]seedPairs, len(strata)) // by condition, and in it by seed
	for i, cells := range strata {
		for _, c := range cells {
			sameLength("spearmanBetween", len(strata[0][0].x), len(c.x), len(c.y))
			joined[i].x, joined[i].y = append(joined[i].x, c.x...), append(joined[i].y, c.y...)
		}
	}
	tables, result := rankTables(joined)
	if len(tables) == 0 {
		return result
	}
	weights := 0.0
	for _, t := range tables {
		weights += float64(t.n - 3)
	}
	seeds := len(strata[0][0].x)
	statistic := func(from []int) float64 {
		sum := 0.0 // Σ (n−3) atanh ρ
		for _, t := range tables {
			sum += t.weightedZ(from)
		}
		return sum
	}
	observed, p := permutationTest(exchangeable(tables, func(at int) int { return at % seeds }), statistic)
	result.Rho, result.P = tanh(observed/weights), p
	if !slices.ContainsFunc(tables, func(t rankTable) bool { return slices.Contains(t.present, false) }) {
		result.PWhole = wholePermutations(len(strata[0]), seeds, statistic)
	}
	return result
}

// mostWhole is the largest number of conditions whose orders are enumerated, 8! = 40,320 of them.
const mostWhole = 8

// wholePermutations is the share of the orders of the conditions, moved with all their seeds and alike in every stratum, in
// which the statistic is at least as far from 0 as the observed one: NaN for more than mostWhole conditions.
func wholePermutations(conditions, seeds int, statistic func(from []int) float64) float64 {
	if conditions > mostWhole {
		return math.NaN()
	}
	order, from := make([]int, conditions), make([]int, conditions*seeds)
	for i := range order {
		order[i] = i
	}
	least, asFar, orders := 0.0, 0, 0
	var permute func(k int)
	permute = func(k int) {
		if k < conditions {
			for i := k; i < conditions; i++ {
				order[k], order[i] = order[i], order[k]
				permute(k + 1)
				order[k], order[i] = order[i], order[k]
			}
			return
		}
		for at := range from {
			from[at] = order[at/seeds]*seeds + at%seeds
		}
		value := math.Abs(statistic(from))
		if orders == 0 { // as they are
			least = value * (1 - 2*uncertainty)
		}
		if orders++; value >= least {
			asFar++
		}
	}
	permute(0)
	return float64(asFar) / float64(orders)
}

// spearmanWithin is Spearman's partial rank correlation given the cell: Pearson's correlation, over all pairs, of x and y as
// midranks within their cell less their mean there. Differences between cells, whatever their cause, do not enter. It
// panics when cells differ in their number of seeds.
//
//	Rho = Σ xy / √(Σx² Σy²)        a cell of n pairs without ties weighs n³ − n
//
// Sources: Taylor (1987), Biometrics 43, 409, for blocks; Liu, Li, Wanga & Shepherd (2018), Biometrics 74, 595: for cells of
// one size it is their partial ρ, since residuals on the scale of probability are then midranks less their mean, over n.
func spearmanWithin(cells []seedPairs) association {
	tables, result := rankTables(cells)
	if len(tables) == 0 {
		return result
	}
	seeds := len(tables[0].x)
	product := make([]int, seeds*seeds) // [i][j] = Σ xᵢ yⱼ over cells: all that a permutation of seeds needs
	xx, yy := 0, 0
	for _, t := range tables {
		xx, yy = xx+t.xx, yy+t.yy
		for i, x := range t.x {
			for j, y := range t.y {
				product[i*seeds+j] += x * y
			}
		}
	}
	observed, p := permutationTest(exchangeable(tables, func(int) int { return 0 }), func(from []int) float64 {
		sum := 0
		for i, j := range from {
			sum += product[i*seeds+j]
		}
		return float64(sum)
	})
	result.Rho, result.P = observed/math.Sqrt(float64(xx)*float64(yy)), p
	return result
}

// rankTable holds the ranks of a stratum's or a cell's pairs: 2(midrank − mean), and 0 where there is no pair.
// Source: Spearman (1904), American Journal of Psychology 15, 72.
type rankTable struct {
	x, y    []int
	present []bool
	n       int     // pairs
	xx, yy  int     // Σx², Σy²
	scale   float64 // √(Σx² Σy²): ρ is Σxy over it
	rho     float64 // Spearman's ρ, from −1 to 1: Pearson's on midranks. NaN without spread
}

// rankTables returns the informative tables, those with at least four pairs and some spread in x and in y, and the
// association without its Rho and P. It panics when they differ in length.
func rankTables(all []seedPairs) (tables []rankTable, result association) {
	result = association{Rho: math.NaN(), P: math.NaN(), PWhole: math.NaN(), Each: make([]float64, len(all))}
	for i, pairs := range all {
		sameLength("rankTables", len(all[0].x), len(pairs.x), len(pairs.y))
		result.Each[i] = math.NaN()
		if t := newRankTable(pairs); t.n >= 4 && t.scale > 0 {
			result.Each[i] = t.rho
			tables = append(tables, t)
		}
	}
	return tables, result
}

func newRankTable(pairs seedPairs) rankTable {
	t := rankTable{x: make([]int, len(pairs.x)), y: make([]int, len(pairs.x)), present: make([]bool, len(pairs.x))}
	var x, y []float64
	for at := range pairs.x {
		if !math.IsNaN(pairs.x[at]) && !math.IsNaN(pairs.y[at]) {
			t.present[at] = true
			x, y = append(x, pairs.x[at]), append(y, pairs.y[at])
		}
	}
	rankX, rankY := doubledMidranks(x), doubledMidranks(y)
	xy := 0
	for at, present := range t.present {
		if present {
			t.x[at], t.y[at] = rankX[t.n]-(len(x)+1), rankY[t.n]-(len(x)+1)
			t.xx += t.x[at] * t.x[at]
			t.yy += t.y[at] * t.y[at]
			xy += t.x[at] * t.y[at]
			t.n++
		}
	}
	t.scale = math.Sqrt(float64(t.xx) * float64(t.yy))
	t.rho = float64(xy) / t.scale
	return t
}

// weightedZ returns (n−3) atanh ρ of xᵢ against y at from[i], where atanh ρ = ½ log((1+ρ)/(1−ρ)). It is odd in ρ to the
// last bit.
func (t rankTable) weightedZ(from []int) float64 {
	xy := 0
	for i, x := range t.x {
		xy += x * t.y[from[i]]
	}
	n := float64(t.n)
	rho := min(math.Abs(float64(xy))/t.scale, 1-6/(n*(n-1)*(n+1)))
	return math.Copysign((n-3)/2*log((1+rho)/(1-rho)), float64(xy))
}

// exchangeable groups the places of equally long tables: those of one block that have pairs in the same tables.
func exchangeable(tables []rankTable, block func(at int) int) (groups [][]int) {
	group := map[string]int{}
	for at := range tables[0].x {
		key := fmt.Sprint(block(at), " ")
		for _, t := range tables {
			key += strconv.FormatBool(t.present[at])
		}
		g, known := group[key]
		if !known {
			g, group[key], groups = len(groups), len(groups), append(groups, nil)
		}
		groups[g] = append(groups[g], at)
	}
	return groups
}

// permutationTest returns the observed statistic and its two-sided p-value, always by the same permutations. statistic(from)
// takes at place i the y of place from[i], and places are permuted within their groups.
//
//	p = (1 + #{|statistic*| ≥ |statistic|}) / (1 + 9,999)
//
// Source: Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, 39.
func permutationTest(groups [][]int, statistic func(from []int) float64) (observed, p float64) {
	const permutations = 9999
	from := make([]int, len(slices.Concat(groups...)))
	for i := range from {
		from[i] = i
	}
	observed = statistic(from)
	least := math.Abs(observed) * (1 - 2*uncertainty) // equal but for rounding is equal
	rng := rand.New(rand.NewPCG(1, streamPermutation))
	asFar := 1
	for range permutations {
		for _, g := range groups {
			rng.Shuffle(len(g), func(i, j int) { from[g[i]], from[g[j]] = from[g[j]], from[g[i]] })
		}
		if math.Abs(statistic(from)) >= least {
			asFar++
		}
	}
	return observed, float64(asFar) / (permutations + 1)
}
