package main

import (
	"fmt"
	"math"
	"slices"
)

// The tests by ranks. An infinite value has a rank like any other: beyond all finite ones, tied with
// the infinite ones of its sign.

// Up to these sizes a null distribution is exact, and a test takes under 50 ms; beyond them it is the normal one.
const (
	maxExactPairs   = 200     // unequal pairs of a signed-rank test
	maxExactRankSum = 1 << 24 // m²n(m+n), m ≤ n, of a rank-sum test: 53 against 53, 16 against 248, 5 against 816
)

// signFlipDistribution returns p[s], the probability that the ranks with a positive sign sum to s
// when every sign is a fair coin. It is exact up to 53 ranks, where every p is a multiple of 2⁻ⁿ, and rounded beyond.
// Time grows as the third power of the number of ranks.
//
//	p(s; r₁…rₙ) = ½ p(s; r₁…rₙ₋₁) + ½ p(s − rₙ; r₁…rₙ₋₁)
func signFlipDistribution(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	p := make([]float64, total+1)
	p[0] = 1
	reached := 0 // r₁ + … + rₙ
	for _, r := range ranks {
		reached += r
		for s := reached; s >= 0; s-- {
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
// power of the number of ranks.
//
//	count(j, s; r₁…rₙ) = count(j, s; r₁…rₙ₋₁) + count(j−1, s − rₙ; r₁…rₙ₋₁)
func subsetSums(ranks []int, size int) []float64 {
	ranks = slices.Sorted(slices.Values(ranks))
	smallest := make([]int, len(ranks)+1) // of the sums of j ranks: r₁ + … + rⱼ
	for j, r := range ranks {
		smallest[j+1] = smallest[j] + r
	}
	highest := smallest[len(ranks)] - smallest[len(ranks)-size] // the largest sum of `size` ranks
	count := make([][]float64, size+1)                          // [j][s]
	for j := range count {
		count[j] = make([]float64, highest+1)
	}
	count[0][0] = 1
	for i, r := range ranks {
		for j := min(size, i+1); j > max(0, size-len(ranks)+i); j-- { // from a smaller j the ranks left cannot reach size
			largest := smallest[i+1] - smallest[i+1-j]
			for s := smallest[j-1] + r; s <= largest; s++ {
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

// normalTwoSidedP approximates P(|S| ≥ |observed|) for S of mean 0, the given variance and equal steps, by the normal
// distribution with the correction for continuity: by half a step.
func normalTwoSidedP(observed, step, variance float64) float64 {
	if variance == 0 {
		return 1
	}
	z := max(0, math.Abs(observed)-float64(step/2)) / math.Sqrt(variance)
	return 2 * normalCDF(-z)
}

// commonDivisor returns the largest integer that divides all of x, from 1 up, or 0 if all are 0.
func commonDivisor(x []int) int {
	divisor := 0
	for _, v := range x {
		for v != 0 {
			divisor, v = v, divisor%v
		}
	}
	return divisor
}

// signedRankResult compares pairs.
type signedRankResult struct {
	Wins, Losses, Ties int     // pairs with d > 0, d < 0, d = 0
	RankBiserial       float64 // from −1 to 1: all d < 0, all d > 0; 0 when identical
	P                  float64 // two-sided
	Exact              bool    // P is by enumeration; if not, by the normal approximation
	Identical          bool    // every d = 0; then P = 1
}

// signedRank is the two-sided sign-flip test of the signed-rank statistic, with the matched rank-biserial correlation, of
// what differences returns. Zeros are dropped, ties of |d| take midranks; infinite d tie above all others.
//
//	W⁺ = Σ rank|dᵢ| over dᵢ > 0        W⁻ = Σ rank|dᵢ| over dᵢ < 0
//	P  = P(|W⁺ − W⁻| at least as large, signs being fair coins)
//	rank-biserial = (W⁺ − W⁻) / (W⁺ + W⁻)
//
// It is exact up to maxExactPairs. Beyond, W⁺ − W⁻ ~ N(0, Σ rank²) of the midranks, in steps of twice their greatest common
// divisor. P is never below 2^(1−unequal pairs). Sources: Wilcoxon (1945), Biometrics Bulletin 1, 80;
// Kerby (2014), Comprehensive Psychology 3, for the correlation.
func signedRank(d []float64) signedRankResult {
	if !usable(d) {
		return signedRankResult{RankBiserial: math.NaN(), P: math.NaN()}
	}
	nonzero := slices.DeleteFunc(slices.Clone(d), func(v float64) bool { return v == 0 })
	if len(nonzero) == 0 {
		return signedRankResult{Ties: len(d), P: 1, Exact: true, Identical: true}
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
	result := signedRankResult{
		Wins: wins, Losses: len(nonzero) - wins, Ties: len(d) - len(nonzero),
		RankBiserial: float64(2*plus-total) / float64(total),
		Exact:        len(nonzero) <= maxExactPairs,
	}
	if result.Exact {
		result.P = twoSidedP(signFlipDistribution(ranks), plus, total)
		return result
	}
	variance := 0.0 // of 2(W⁺ − W⁻)
	for _, rank := range ranks {
		variance = math.FMA(float64(rank), float64(rank), variance)
	}
	result.P = normalTwoSidedP(float64(2*plus-total), float64(2*commonDivisor(ranks)), variance)
	return result
}

// rankSumResult compares two independent samples x and y.
type rankSumResult struct {
	U           float64 // pairs (xᵢ, yⱼ) with xᵢ > yⱼ, ties counted half
	CliffsDelta float64 // P(x > y) − P(x < y), from −1 to 1
	P           float64 // two-sided
	Exact       bool    // P is by enumeration; if not, by the normal approximation
}

// rankSum is the Mann–Whitney test with Cliff's δ. Up to maxExactRankSum P is exact, ties included: the share of all ways
// to choose the x among the pooled midranks in which the rank sum is at least as far from its mean.
//
//	R = Σ rank(xᵢ)    U = R − m(m+1)/2    δ = 2U/(mn) − 1        m values x, n values y, N = m + n
//
// Beyond, R − m(N+1)/2 ~ N(0, mn/(N(N−1)) Σ (rank − (N+1)/2)²) over all N, in steps of the GCD of the ranks' differences.
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
	small, large := min(m, n), max(m, n)
	result := rankSumResult{
		U:           float64(twiceU) / 2,
		CliffsDelta: float64(twiceU-m*n) / float64(m*n),
		Exact:       float64(small*small)*float64(large)*float64(m+n) <= maxExactRankSum,
	}
	if result.Exact {
		if m > n { // the rank sum of the y is as far from its mean
			twiceR = (m+n)*(m+n+1) - twiceR
		}
		result.P = twoSidedP(subsetSums(ranks, small), twiceR, 2*small*(m+n+1))
		return result
	}
	squares := 0.0 // 4 Σ (rank − (N+1)/2)²
	lowest := slices.Min(ranks)
	above := make([]int, len(ranks))
	for i, r := range ranks {
		centred := float64(r - (m + n + 1))
		squares = math.FMA(centred, centred, squares)
		above[i] = r - lowest
	}
	N := float64(m + n)
	result.P = normalTwoSidedP(float64(twiceU-m*n), float64(commonDivisor(above)), float64(m)*float64(n)/(N*(N-1))*squares)
	return result
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
