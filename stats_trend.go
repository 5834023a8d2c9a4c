package main

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// What grows with K: a test for a trend, and the power of K that a value follows.

// Up to these sizes the null distribution is exact, and a test takes under 0.1 s; beyond them it is the normal one.
const (
	maxExactColumns = 8
	maxExactBlocks  = 50
)

// trendResult is a test for a trend over columns. The trend is upward if Increasing < Decreasing.
type trendResult struct {
	L                      float64 // Σⱼ j Rⱼ, Rⱼ the rank sum of column j = 1…k
	Increasing, Decreasing float64 // one-sided p, for an upward and for a downward trend
	P                      float64 // two-sided
	Exact                  bool    // p is by enumeration; if not, by the normal approximation
}

// pageTrend tests whether values change in one direction over k columns, in their order, by the midranks r within each of
// n blocks (rows, all of length k: it panics otherwise). NaN without blocks or below two columns.
//
//	L = Σ j rᵢⱼ over blocks i and columns j        mean(L) = nk(k+1)²/4
//
// Up to maxExactColumns and maxExactBlocks p is exact, ties included: the share of all (k!)ⁿ ways to permute every
// block's midranks in which L is as large, or as small. Reversing the columns of all blocks mirrors these about the mean,
// so that twice the smaller share is that of all L as far from it. Beyond, L is taken as normal, of the permutations'
// variance. Source: Page (1963), JASA 58, 216.
//
//	var(L) = k(k+1)/12 Σ (rᵢⱼ − (k+1)/2)²
func pageTrend(blocks [][]float64) trendResult {
	if !usable(slices.Concat(blocks...)) || len(blocks[0]) < 2 {
		nan := math.NaN()
		return trendResult{L: nan, Increasing: nan, Decreasing: nan, P: nan}
	}
	k := len(blocks[0])
	result := trendResult{Exact: k <= maxExactColumns && len(blocks) <= maxExactBlocks}
	null := []float64{1} // null[s − lowest] is the probability that 2L is s, in the blocks so far
	observed, lowest, squares := 0, 0, 0
	for _, block := range blocks {
		if len(block) != k {
			panic(fmt.Sprintf("pageTrend: a block of %d values among blocks of %d", len(block), k))
		}
		ranks := doubledMidranks(block)
		for j, rank := range ranks {
			observed += (j + 1) * rank
			squares += (rank - (k + 1)) * (rank - (k + 1)) // 4 Σ (r − (k+1)/2)²
		}
		if result.Exact {
			least, p := columnSums(ranks)
			lowest, null = lowest+least, convolved(null, p)
		}
	}
	result.L = float64(observed) / 2
	if result.Exact {
		for i, p := range null {
			if lowest+i >= observed {
				result.Increasing += p
			}
			if lowest+i <= observed {
				result.Decreasing += p
			}
		}
	} else {
		above := float64(2*observed - len(blocks)*k*(k+1)*(k+1)) // 4 (L − mean)
		sd := math.Sqrt(float64(k*(k+1)*max(1, squares)) / 3)    // 1: all ties, and then above is 0
		result.Increasing, result.Decreasing = normalCDF(-above/sd), normalCDF(above/sd)
	}
	result.Increasing, result.Decreasing = min(1, result.Increasing), min(1, result.Decreasing) // but for rounding
	result.P = min(1, 2*min(result.Increasing, result.Decreasing))
	return result
}

// columnSums returns the smallest sum Σ j·r over columns j = 1…k that any order of the ranks gives, and p[i], the
// probability that a random order gives i more. Time and memory grow as 2ᵏ.
//
//	count(s; set) = Σ count(s − |set|·r; set without r) over the ranks r of a set, which fill the first |set| columns
func columnSums(ranks []int) (least int, p []float64) {
	most := 0
	for j, r := range slices.Sorted(slices.Values(ranks)) {
		least, most = least+(len(ranks)-j)*r, most+(j+1)*r
	}
	count := make([][]float64, 1<<len(ranks)) // [set][s]
	for set := range count {
		count[set] = make([]float64, most+1)
	}
	count[0][0] = 1
	for set := range count {
		column := 1 + bits.OnesCount(uint(set))
		for i, r := range ranks {
			if set>>i&1 == 0 {
				for s, ways := range count[set][:most+1-column*r] {
					count[set|1<<i][s+column*r] += ways
				}
			}
		}
	}
	p = count[len(count)-1][least:]
	orders := 1.0
	for j := range ranks {
		orders *= float64(j + 1)
	}
	for i := range p {
		p[i] /= orders
	}
	return least, p
}

// convolved returns the distribution of the sum of two independent whole numbers from 0, of distributions p and q.
func convolved(p, q []float64) []float64 {
	result := make([]float64, len(p)+len(q)-1)
	for j, v := range q {
		if v > 0 { // without ties every second one is 0
			for i, u := range p {
				result[i+j] = math.FMA(u, v, result[i+j])
			}
		}
	}
	return result
}

// logLogSlope returns the exponent b of y ≈ c·xᵇ, the least squares slope of log y on log x. NaN unless all values are
// positive and finite, and two of x differ. The mean of the slopes of several seeds at the same x is the slope
// of their mean logarithms; their spread tells how well it is known.
//
//	b = Σ (log xᵢ − mean)(log yᵢ − mean) / Σ (log xᵢ − mean)²
func logLogSlope(x, y []float64) float64 {
	sameLength("logLogSlope", len(x), len(y))
	logX, logY := make([]float64, len(x)), make([]float64, len(x))
	for i := range x {
		if !(x[i] > 0 && y[i] > 0 && finite(x[i]) && finite(y[i])) {
			return math.NaN()
		}
		logX[i], logY[i] = log(x[i])-log(x[0]), log(y[i])-log(y[0]) // exactly 0 where equal
	}
	meanX, meanY := mean(logX), mean(logY)
	xx, xy := 0.0, 0.0
	for i := range logX {
		xx = math.FMA(logX[i]-meanX, logX[i]-meanX, xx)
		xy = math.FMA(logX[i]-meanX, logY[i]-meanY, xy)
	}
	return xy / xx
}
