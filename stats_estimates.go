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
// With zeros or ties the interval covers at least as much. Below six pairs none reaches 95 %, and Low, High and Level are
// NaN. An infinite d gives infinite averages, so that the value and the ends, which are order statistics, may be infinite.
// Sources: Hodges & Lehmann (1963), Annals of Mathematical Statistics 34, 598; Noether (1967), JASA 62, 184, for the ties.
func hodgesLehmann(d []float64) intervalEstimate {
	shift := unsupported()
	if !usable(d) {
		return shift
	}
	d = slices.Sorted(slices.Values(d))
	averages := len(d) * (len(d) + 1) / 2
	shift.Value = midpoint(walshAverage(d, (averages+1)/2), walshAverage(d, averages/2+1))
	if c, level := walshIndex(len(d)); c > 0 {
		shift.Low, shift.High, shift.Level = walshAverage(d, c), walshAverage(d, averages+1-c), level
	}
	return shift
}

// midpoint returns (a+b)/2 of numbers other than NaN. That of −∞ and +∞ is 0: like two differences of opposite signs whose
// magnitudes have the same rank, they balance.
func midpoint(a, b float64) float64 {
	if sum := a + b; finite(sum) {
		return sum / 2
	}
	if a == -b {
		return 0
	}
	return float64(a/2) + float64(b/2)
}

// walshAverage returns the k-th smallest, from 1, of the averages of sorted values. It halves the range of float64s
// that it lies in: averages up to a bound are counted along the staircase that divides them, so the cost is 64n.
func walshAverage(sorted []float64, k int) float64 {
	atMost := func(bound float64) int {
		count, j := 0, len(sorted)-1 // with the i-th, all up to the j-th stay within the bound
		for i := 0; i <= j; i++ {
			for j >= i && midpoint(sorted[i], sorted[j]) > bound {
				j--
			}
			count += j - i + 1
		}
		return count
	}
	low, high := rankOfFloat(sorted[0]), rankOfFloat(sorted[len(sorted)-1])
	for low < high {
		middle := low&high + (low^high)>>1 // their mean, rounded down, without overflow
		if atMost(floatOfRank(middle)) >= k {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return floatOfRank(low)
}

// rankOfFloat numbers the float64s in their order, both zeros 0; floatOfRank is its inverse.
func rankOfFloat(x float64) int64 {
	if bits := int64(math.Float64bits(x)); bits >= 0 {
		return bits
	}
	return -int64(math.Float64bits(-x))
}

func floatOfRank(rank int64) float64 {
	if rank < 0 {
		return -math.Float64frombits(uint64(-rank))
	}
	return math.Float64frombits(uint64(rank))
}

// walshIndex returns the largest c whose interval, from the c-th smallest to the c-th largest Walsh
// average of n pairs, has a level of at least 95 %, and that level; c = 0 when there is none. Beyond maxExactPairs
// W⁺ is taken as normal, with the correction for continuity.
//
//	level = 1 − 2 P(W⁺ < c)        W⁺ of the ranks 1…n under fair signs
func walshIndex(n int) (c int, level float64) {
	if n > maxExactPairs {
		N := float64(n)
		mean, sd := float64(N*(N+1)/4), math.Sqrt(N*(N+1)*float64(2*n+1)/24)
		c = int(math.Floor(math.FMA(normalQuantile(0.025), sd, mean+0.5)))
		below := normalCDF((float64(c) - 0.5 - mean) / sd)
		return c, 1 - below - below
	}
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

// meanSD returns the mean (NaN without values) and the standard deviation over n−1 (NaN below two); both are NaN if a value
// is infinite. Sums are of differences from the first value, so that values equal but for rounding have exactly no spread.
func meanSD(x []float64) (mean, sd float64) {
	mean, sd, e := scaledMeanSD(x)
	return math.Ldexp(mean, e), math.Ldexp(sd, e)
}

// scaledMeanSD returns both divided by 2ᵉ, as in scaled.
func scaledMeanSD(x []float64) (mean, sd float64, e int) {
	if len(x) == 0 || !allFinite(x) {
		return math.NaN(), math.NaN(), 0
	}
	x, e = scaled(mergedValues(x))
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
	return mean, math.Sqrt(squares / (n - 1)), e
}

func allFinite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !finite(v) })
}

// interquartileMean returns the mean of the middle half of the sorted values; NaN without values.
// Exactly n/4 values are trimmed from each end: when that is not whole, the value that the cut
// goes through keeps the weight that is left of it. For n = 3 the weights are ¼, 1, ¼.
//
//	Σ wᵢ x₍ᵢ₎ / (n/2)        wᵢ = length of [i, i+1] ∩ [n/4, 3n/4],  i = 0…n−1
//
// An infinite value does no harm where it is trimmed; elsewhere the mean is infinite, unless −∞ and +∞ balance.
func interquartileMean(x []float64) float64 {
	if !usable(x) {
		return math.NaN()
	}
	x, e := scaled(x)
	slices.Sort(x)
	return math.Ldexp(sortedInterquartileMean(x), e)
}

// sortedInterquartileMean is interquartileMean of values in ascending order, as from scaled.
func sortedInterquartileMean(sorted []float64) float64 {
	n := len(sorted)
	middle := sorted[n/2] // sums are of differences from it: exact for equal values, and safe from outliers
	if math.IsInf(middle, 0) {
		middle = 0
	}
	sum, infinite := 0.0, 0 // 4 Σ wᵢ (x₍ᵢ₎ − middle) of the finite values, 4 Σ ±wᵢ of the infinite ones
	for i, v := range sorted {
		quarters := min(4*(i+1), 3*n) - max(4*i, n) // 4wᵢ, negative when outside
		switch {
		case quarters <= 0:
		case math.IsInf(v, 0):
			infinite += int(math.Copysign(float64(quarters), v))
			sum = math.FMA(float64(quarters), -middle, sum) // it counts as 0, if both signs balance
		default:
			sum = math.FMA(float64(quarters), v-middle, sum)
		}
	}
	if infinite != 0 {
		return math.Inf(infinite)
	}
	return middle + sum/float64(2*n)
}

// interquartileMeanInterval is the interquartile mean with a 95 % percentile bootstrap interval, the
// same for the same seed. Below six values Low, High and Level are NaN: even the whole range of the
// sample then misses the centre more often than 5 %. With few values it covers less than its level: see
// bootstrapCoverage. An infinite value makes an end infinite only where enough resamples do not trim it.
// Sources: Efron (1979), Annals of Statistics 7, 1; Agarwal et al. (2021), NeurIPS, for the use.
func interquartileMeanInterval(x []float64, seed uint64) intervalEstimate {
	const resamples = 1999 // (resamples+1) · 2.5 % is whole, so that both ends are order statistics
	const tail = (resamples + 1) / 40
	result := unsupported()
	result.Value = interquartileMean(x)
	if len(x) < 6 || !usable(x) {
		return result
	}
	x, e := scaled(x)
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
	result.Low, result.High, result.Level = math.Ldexp(means[tail-1], e), math.Ldexp(means[resamples-tail], e), 0.95
	return result
}

// median returns the middle value, or the midpoint of the two; NaN without values.
func median(x []float64) float64 {
	if !usable(x) {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	last := len(sorted) - 1
	return midpoint(sorted[last/2], sorted[last-last/2])
}

// coverageFrom6 is how often, in percent, interquartileMeanInterval contains the true centre for samples of n = 6, 7, … 40
// normal values: from 12,000 samples each, with a standard error of up to 0.25. TestBootstrapCoverageIsMeasured makes it.
var coverageFrom6 = []float64{
	91.6, 92.8, 93.9, 93.8, // 6 … 9
	93.4, 94.1, 93.8, 93.8, 93.7, 93.5, 94.2, 94.2, 94.0, 94.3, // 10 … 19
	94.6, 94.6, 94.3, 94.6, 94.4, 94.5, 94.3, 94.5, 94.5, 94.9, // 20 … 29
	94.5, 94.4, 94.6, 94.7, 94.5, 94.5, 94.6, 94.9, 94.7, 94.3, // 30 … 39
	94.6, // 40
}

// bootstrapCoverage returns how often, in percent, the interval of interquartileMeanInterval, of a level of 95 %, holds the
// centre of n normal values. It is measured up to n = 40; beyond, where it draws near 95, it is that of 40. Below six
// values, where there is no interval, it is NaN.
func bootstrapCoverage(n int) float64 {
	if n < 6 {
		return math.NaN()
	}
	return coverageFrom6[min(n-6, len(coverageFrom6)-1)]
}
