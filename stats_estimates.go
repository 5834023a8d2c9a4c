package main

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Levels and shifts with their intervals. As in stats.go, NaN is the result where the data support
// none: an interval that too few values cannot carry is not given.

// intervalEstimate is a value and its confidence interval, in the unit of the data.
type intervalEstimate struct {
	Value, Low, High float64
	Level            float64 // confidence of the interval, from 0 to 1
}

// unsupported is the intervalEstimate that has neither a value nor an interval.
func unsupported() intervalEstimate {
	nan := math.NaN()
	return intervalEstimate{Value: nan, Low: nan, High: nan, Level: nan}
}

// hodgesLehmann estimates the shift between pairs: the median of the Walsh averages (dᵢ+dⱼ)/2,
// i ≤ j, within its exact interval of at least 95 %, which runs from the c-th smallest to the c-th
// largest of them. With n = 10 these are the 9th and 47th of 55, and Level is 0.951.
// Zeros and ties never make it cover less. Below six pairs no such interval reaches 95 %, so that Low, High
// and Level are NaN. Sources: Hodges & Lehmann (1963), Annals of Mathematical Statistics 34, 598;
// Noether (1967), JASA 62, 184, for the ties.
func hodgesLehmann(d []float64) intervalEstimate {
	shift := unsupported()
	if !usable(d) {
		return shift
	}
	var walsh []float64
	for i := range d {
		for j := range i + 1 {
			walsh = append(walsh, (d[i]+d[j])/2)
		}
	}
	slices.Sort(walsh)
	last := len(walsh) - 1
	shift.Value = (walsh[last/2] + walsh[last-last/2]) / 2
	if c, level := walshIndex(len(d)); c > 0 {
		shift.Low, shift.High, shift.Level = walsh[c-1], walsh[last-(c-1)], level
	}
	return shift
}

// walshIndex returns the largest c whose interval, from the c-th smallest to the c-th largest Walsh
// average of n pairs, has a level of at least 95 %, and that level; c = 0 when there is none.
//
//	level = 1 − 2 P(W⁺ < c)        W⁺ of the ranks 1…n under fair signs
func walshIndex(n int) (c int, level float64) {
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	p := signFlipDistribution(ranks)
	below := 0.0 // P(W⁺ < c)
	for below+p[c] <= 0.025 {
		below += p[c]
		c++
	}
	return c, 1 - below - below
}

// meanSD returns the mean (NaN without values) and the standard deviation over n−1 (NaN below two).
// Sums are taken from the first value, so that equal values have exactly no spread.
func meanSD(x []float64) (mean, sd float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	n := float64(len(x))
	sum := 0.0
	for _, v := range x {
		sum += v - x[0]
	}
	mean = x[0] + sum/n
	squares := 0.0
	for _, v := range x {
		squares = math.FMA(v-mean, v-mean, squares)
	}
	return mean, math.Sqrt(squares / (n - 1))
}

// interquartileMean returns the mean of the middle half of the sorted values; NaN without values.
// Exactly n/4 values are trimmed from each end: when that is not whole, the value that the cut
// goes through keeps the weight that is left of it. For n = 3 the weights are ¼, 1, ¼.
//
//	Σ wᵢ x₍ᵢ₎ / (n/2)        wᵢ = length of [i, i+1] ∩ [n/4, 3n/4],  i = 0…n−1
func interquartileMean(x []float64) float64 {
	if !usable(x) {
		return math.NaN()
	}
	return sortedInterquartileMean(slices.Sorted(slices.Values(x)))
}

// sortedInterquartileMean is interquartileMean of finite values in ascending order.
func sortedInterquartileMean(sorted []float64) float64 {
	n := len(sorted)
	middle := sorted[n/2] // sums are taken from here: equal values are exact, and outliers harmless
	sum := 0.0
	for i, v := range sorted {
		quarters := min(4*(i+1), 3*n) - max(4*i, n) // 4wᵢ, negative when outside
		sum = math.FMA(float64(max(quarters, 0)), v-middle, sum)
	}
	return middle + sum/float64(2*n)
}

// interquartileMeanInterval is the interquartile mean with a 95 % percentile bootstrap interval, the
// same for the same seed. Below six values Low, High and Level are NaN: even the whole range of the
// sample then misses the centre more often than 5 %. With few values it covers less than its level:
// 92 % for ten normal ones.
// Sources: Efron (1979), Annals of Statistics 7, 1; Agarwal et al. (2021), NeurIPS, for the use.
func interquartileMeanInterval(x []float64, seed uint64) intervalEstimate {
	const resamples = 1999 // (resamples+1) · 2.5 % is whole, so that both ends are order statistics
	const tail = (resamples + 1) / 40
	result := unsupported()
	result.Value = interquartileMean(x)
	if len(x) < 6 || !usable(x) {
		return result
	}
	rng := rand.New(rand.NewPCG(seed, streamBootstrap))
	resample, means := make([]float64, len(x)), make([]float64, resamples)
	for b := range means {
		for i := range resample {
			resample[i] = x[rng.IntN(len(x))]
		}
		slices.Sort(resample)
		means[b] = sortedInterquartileMean(resample)
	}
	slices.Sort(means)
	result.Low, result.High, result.Level = means[tail-1], means[resamples-tail], 0.95
	return result
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	last := len(sorted) - 1
	return (sorted[last/2] + sorted[last-last/2]) / 2
}
