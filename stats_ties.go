package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Values that differ by rounding alone are tied. Every rank, sign and spread in the statistics rests on this one rule:
//
//	a value v is known to within ± ε|v|, and a difference x − y to within ± ε(|x| + |y|),  ε = 2⁻⁴³
//	two of them are tied if these intervals meet, and a difference is zero if its interval holds zero
//
// so that |x−y| ≤ ε(|x|+|y|), about 1,000 units in the last place, makes an equal pair. The uncertainty is each value's
// own, never the sample's: beside a pair of 10⁹ the difference of 10⁻⁹ and 2·10⁻⁹ still counts.
//
// Why 2⁻⁴³. In the protocol a metric is a mean over up to 64 units of means over up to 10,000 rows. A sum of N terms, in any
// order, is off by less than λ√N 2⁻⁵³ relative, but for a chance of 2 exp(−λ²/2) (Higham & Mary 2019, SIAM J. Sci. Comput.
// 41, A2815): √10,000 + √64 = 108 leaves λ = 9.5 and a chance below 10⁻¹⁹. A single sum over all the 640,000 stays within it
// too: its standard deviation is about 2⁻⁴⁶. Runs that do differ, differ by 10⁻³ or so of the value, so one pair
// in 10⁹ is tied by chance.
//
// Meeting is not transitive, so ties go by chains: a, b and c are tied if a meets b and b meets c.
const uncertainty = 0x1p-43

// uncertaintyOf returns ε|x|: 0 of an infinite value, which is known exactly.
func uncertaintyOf(x float64) float64 {
	if math.IsInf(x, 0) {
		return 0
	}
	return uncertainty * math.Abs(x)
}

// differences returns d = x − y, pair by pair, with ties made exact: d is 0 where x and y are tied (as are two infinities of
// one sign), and tied |d| are made equal. It panics when the lengths differ. A difference beyond float64 is infinite.
func differences(x, y []float64) []float64 {
	if len(x) != len(y) {
		panic(fmt.Sprintf("differences: %d values against %d", len(x), len(y)))
	}
	d, magnitudes, radii := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i := range d {
		radii[i] = uncertaintyOf(x[i]) + uncertaintyOf(y[i])
		if d[i] = x[i] - y[i]; x[i] == y[i] || math.Abs(d[i]) <= radii[i] {
			d[i], radii[i] = 0, 0 // a zero ties with zeros alone
		}
		magnitudes[i] = math.Abs(d[i])
	}
	for i, magnitude := range merged(magnitudes, radii) {
		d[i] = math.Copysign(magnitude, d[i])
	}
	return d
}

// mergedValues returns x with tied values made equal.
func mergedValues(x []float64) []float64 {
	radii := make([]float64, len(x))
	for i, v := range x {
		radii[i] = uncertaintyOf(v)
	}
	return merged(x, radii)
}

// merged returns x with one value for each chain of intervals xᵢ ± radiusᵢ that meet: that of the chain's middle interval
// in the order of their lower ends. NaN stays NaN.
func merged(x, radii []float64) []float64 {
	order := make([]int, len(x))
	low, high := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		order[i], low[i], high[i] = i, v, v
		if finite(v) { // and stays so: what is finite never meets an infinity
			low[i] = max(v-radii[i], -math.MaxFloat64)
			high[i] = min(v+radii[i], math.MaxFloat64)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(low[i], low[j]), cmp.Compare(x[i], x[j])) })
	result := slices.Clone(x)
	for first, last := 0, 0; first < len(x); first = last {
		end := high[order[first]] // of the chain
		for last = first + 1; last < len(x) && low[order[last]] <= end; last++ {
			end = max(end, high[order[last]])
		}
		for _, i := range order[first:last] {
			result[i] = x[order[(first+last-1)/2]]
		}
	}
	return result
}

// doubledMidranks returns twice the rank of every value, from 1 up, where tied values share the
// mean of the ranks they take up. Doubled, midranks are integers and every rank sum is exact.
// Source: Kendall (1945), Biometrika 33, 239.
func doubledMidranks(x []float64) []int {
	x = mergedValues(x)
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
