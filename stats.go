package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The statistics of the experiment, for small samples: with ten seeds a rank test must be exact,
// so its null distribution is counted out, never approximated.
//
// Seeds are pairs. A paired test takes the differences d = x − y of the treatment x and the
// baseline y, in the unit of the metric. NaN is the result wherever the data support none:
// a value that is not finite, no spread, or too few values.

// differences returns d = x − y, pair by pair. It panics when the lengths differ.
func differences(x, y []float64) []float64 {
	if len(x) != len(y) {
		panic(fmt.Sprintf("differences: %d values against %d", len(x), len(y)))
	}
	d := make([]float64, len(x))
	for i := range d {
		d[i] = x[i] - y[i]
	}
	return d
}

// usable tells whether x has values and all are finite.
func usable(x []float64) bool {
	return len(x) > 0 && !slices.ContainsFunc(x, func(v float64) bool { return v-v != 0 })
}

// doubledMidranks returns twice the rank of every value, from 1 up, where equal values share the
// mean of the ranks they take up. Doubled, midranks are integers and every rank sum is exact.
// Source: Kendall (1945), Biometrika 33, 239.
func doubledMidranks(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	ranks := make([]int, len(x))
	for first, last := 0, 0; first < len(x); first = last {
		for last < len(x) && x[order[last]] == x[order[first]] {
			last++
		}
		for _, i := range order[first:last] {
			ranks[i] = (first + 1) + last
		}
	}
	return ranks
}

// signFlipDistribution returns p[s], the probability that the ranks with a positive sign sum to s
// when every sign is a fair coin. It is exact up to 53 ranks: every p is a multiple of 2⁻ⁿ.
//
//	p(s; r₁…rₙ) = ½ p(s; r₁…rₙ₋₁) + ½ p(s − rₙ; r₁…rₙ₋₁)
func signFlipDistribution(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	p := make([]float64, total+1)
	p[0] = 1
	for _, r := range ranks {
		for s := total; s >= 0; s-- {
			negative, positive := p[s], 0.0
			if s >= r {
				positive = p[s-r]
			}
			p[s] = (negative + positive) / 2
		}
	}
	return p
}

// subsetSums returns count[s], the number of subsets of the given size whose ranks sum to s.
// It is exact up to 2⁵³ subsets, 28 of 56 ranks, and rounded beyond. Time grows as the fourth
// power of the number of ranks: it is meant for tens of them.
//
//	count(j, s; r₁…rₙ) = count(j, s; r₁…rₙ₋₁) + count(j−1, s − rₙ; r₁…rₙ₋₁)
func subsetSums(ranks []int, size int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	count := make([][]float64, size+1) // [j][s]
	for j := range count {
		count[j] = make([]float64, total+1)
	}
	count[0][0] = 1
	for _, r := range ranks {
		for j := size; j > 0; j-- {
			for s := r; s <= total; s++ {
				count[j][s] += count[j-1][s-r]
			}
		}
	}
	return count[size]
}

// twoSidedP returns P(|s − c| ≥ |observed − c|) for a statistic s with the given weights, by value,
// and centre c = twiceCentre/2; NaN when the weights overflow.
func twoSidedP(weight []float64, observed, twiceCentre int) float64 {
	distance := func(s int) int { return max(2*s-twiceCentre, twiceCentre-2*s) }
	var tail, all float64
	for s, w := range weight {
		all += w
		if distance(s) >= distance(observed) {
			tail += w
		}
	}
	if math.IsInf(all, 1) {
		return math.NaN()
	}
	return tail / all
}

// signedRankResult compares pairs.
type signedRankResult struct {
	Wins, Losses, Ties int     // pairs with d > 0, d < 0, d = 0
	RankBiserial       float64 // from −1 to 1: all d < 0, all d > 0; 0 when identical
	P                  float64 // two-sided, exact
	Identical          bool    // every d = 0; then P = 1
}

// signedRank is the exact two-sided sign-flip test of the signed-rank statistic, with the matched
// rank-biserial correlation. Zeros are dropped, ties of |d| take midranks.
//
//	W⁺ = Σ rank|dᵢ| over dᵢ > 0        W⁻ = Σ rank|dᵢ| over dᵢ < 0
//	P  = P(|W⁺ − W⁻| at least as large, signs being fair coins)
//	rank-biserial = (W⁺ − W⁻) / (W⁺ + W⁻)
//
// P is never below 2^(1−pairs without a tie). Sources: Wilcoxon (1945), Biometrics Bulletin 1, 80;
// Kerby (2014), Comprehensive Psychology 3, for the correlation.
func signedRank(d []float64) signedRankResult {
	if !usable(d) {
		return signedRankResult{RankBiserial: math.NaN(), P: math.NaN()}
	}
	nonzero := slices.DeleteFunc(slices.Clone(d), func(v float64) bool { return v == 0 })
	if len(nonzero) == 0 {
		return signedRankResult{Ties: len(d), P: 1, Identical: true}
	}
	magnitudes := make([]float64, len(nonzero))
	for i, v := range nonzero {
		magnitudes[i] = math.Abs(v)
	}
	ranks := doubledMidranks(magnitudes)
	wins, plus, total := 0, 0, 0 // pairs with d > 0, 2W⁺, 2(W⁺ + W⁻)
	for i, rank := range ranks {
		total += rank
		if nonzero[i] > 0 {
			wins++
			plus += rank
		}
	}
	return signedRankResult{
		Wins: wins, Losses: len(nonzero) - wins, Ties: len(d) - len(nonzero),
		RankBiserial: float64(2*plus-total) / float64(total),
		P:            twoSidedP(signFlipDistribution(ranks), plus, total),
	}
}

// rankSumResult compares two independent samples x and y.
type rankSumResult struct {
	U           float64 // pairs (xᵢ, yⱼ) with xᵢ > yⱼ, ties counted half
	CliffsDelta float64 // P(x > y) − P(x < y), from −1 to 1
	P           float64 // two-sided, exact
}

// rankSum is the Mann–Whitney test with Cliff's δ. P is exact, ties included: the share of all ways to
// choose the x among the pooled midranks in which the rank sum is as far from its mean.
//
//	R = Σ rank(xᵢ)    U = R − m(m+1)/2    δ = 2U/(mn) − 1        m values x, n values y
//
// Sources: Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50; Cliff (1993),
// Psychological Bulletin 114, 494.
func rankSum(x, y []float64) rankSumResult {
	if !usable(x) || !usable(y) {
		return rankSumResult{U: math.NaN(), CliffsDelta: math.NaN(), P: math.NaN()}
	}
	m, n := len(x), len(y)
	ranks := doubledMidranks(slices.Concat(x, y))
	twiceR := 0
	for _, r := range ranks[:m] {
		twiceR += r
	}
	twiceU := twiceR - m*(m+1)
	return rankSumResult{
		U:           float64(twiceU) / 2,
		CliffsDelta: float64(twiceU-m*n) / float64(m*n),
		P:           twoSidedP(subsetSums(ranks, m), twiceR, 2*m*(m+n+1)),
	}
}

// tResult is a t test.
type tResult struct {
	T, DF float64 // statistic, degrees of freedom
	P     float64 // two-sided
}

// pairedT is Student's paired t test; NaN below two pairs or when all d are equal.
//
//	t = mean(d) / (sd(d)/√n)    df = n − 1                     Student (1908), Biometrika 6, 1
func pairedT(d []float64) tResult {
	n := float64(len(d))
	mean, sd := meanSD(d)
	return studentTest(mean, sd/math.Sqrt(n), n-1)
}

// welch is the t test of two independent samples x and y of unequal variances; NaN when either has
// fewer than two values or neither has any spread.
//
//	t  = (mean(x) − mean(y)) / √(u + v)    u = var(x)/m, v = var(y)/n
//	df = (u + v)² / (u²/(m−1) + v²/(n−1))                      Welch (1947), Biometrika 34, 28
func welch(x, y []float64) tResult {
	m, n := float64(len(x)), float64(len(y))
	meanX, sdX := meanSD(x)
	meanY, sdY := meanSD(y)
	u, v := sdX*sdX/m, sdY*sdY/n
	df := (u + v) * (u + v) / (u*u/(m-1) + v*v/(n-1))
	return studentTest(meanX-meanY, math.Sqrt(u+v), df)
}

// studentTest tests a difference against its standard error; NaN unless the error is positive.
func studentTest(difference, standardError, df float64) tResult {
	if !(standardError > 0) {
		return tResult{T: math.NaN(), DF: math.NaN(), P: math.NaN()}
	}
	t := difference / standardError
	return tResult{T: t, DF: df, P: studentTwoSided(t, df)}
}

// spearman returns the rank correlation of pairs, from −1 to 1: Pearson's on midranks. It is NaN
// when x or y has no spread, and panics when the lengths differ.
// Source: Spearman (1904), American Journal of Psychology 15, 72.
func spearman(x, y []float64) float64 {
	if len(x) != len(y) {
		panic(fmt.Sprintf("spearman: %d values against %d", len(x), len(y)))
	}
	if !usable(x) || !usable(y) {
		return math.NaN()
	}
	rankX, rankY := doubledMidranks(x), doubledMidranks(y)
	var xx, yy, xy int
	for i := range rankX {
		dx, dy := rankX[i]-(len(x)+1), rankY[i]-(len(y)+1) // twice rank − mean rank
		xx += dx * dx
		yy += dy * dy
		xy += dx * dy
	}
	return float64(xy) / math.Sqrt(float64(xx)*float64(yy))
}

// friedmanResult compares k treatments over the same blocks.
type friedmanResult struct {
	Chi2 float64
	DF   float64 // k − 1
	P    float64 // upper tail of χ², an approximation for few blocks
}

// friedman tests whether k treatments (columns) differ over n blocks (rows, all of length k: it panics
// otherwise), by ranks within each block, corrected for ties. When every block is all ties, χ² = 0
// and P = 1. NaN without blocks or below two treatments.
//
//	dᵢⱼ = rankᵢⱼ − (k+1)/2        χ² = (k−1) Σⱼ (Σᵢ dᵢⱼ)² / Σᵢⱼ dᵢⱼ²
//
// Sources: Friedman (1937), JASA 32, 675; the form with ties, Conover (1999), section 5.8.
func friedman(blocks [][]float64) friedmanResult {
	if !usable(slices.Concat(blocks...)) || len(blocks[0]) < 2 {
		return friedmanResult{Chi2: math.NaN(), DF: math.NaN(), P: math.NaN()}
	}
	k := len(blocks[0])
	column := make([]int, k) // 2 Σᵢ dᵢⱼ
	between, within := 0, 0  // 4 Σⱼ (Σᵢ dᵢⱼ)², 4 Σᵢⱼ dᵢⱼ²
	for _, block := range blocks {
		if len(block) != k {
			panic(fmt.Sprintf("friedman: a block of %d values among blocks of %d", len(block), k))
		}
		for j, rank := range doubledMidranks(block) {
			d := rank - (k + 1)
			column[j] += d
			within += d * d
		}
	}
	for _, sum := range column {
		between += sum * sum
	}
	df := float64(k - 1)
	if within == 0 {
		return friedmanResult{Chi2: 0, DF: df, P: 1}
	}
	chi2 := df * float64(between) / float64(within)
	return friedmanResult{Chi2: chi2, DF: df, P: chiSquareTail(chi2, df)}
}

// holm returns the p-values adjusted for a family of m = len(p) tests, in the order given. A test
// without a p-value (NaN) stays NaN and still counts in m: the family was declared beforehand.
//
//	adjusted(i) = max over j ≤ i of min(1, (m−j+1) p(j))        p(1) ≤ p(2) ≤ …
//
// Source: Holm (1979), Scandinavian Journal of Statistics 6, 65.
func holm(p []float64) []float64 {
	var order []int
	adjusted := make([]float64, len(p))
	for i := range p {
		adjusted[i] = math.NaN()
		if !math.IsNaN(p[i]) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	largest := 0.0
	for j, i := range order {
		largest = max(largest, min(1, float64(len(p)-j)*p[i]))
		adjusted[i] = largest
	}
	return adjusted
}
