package main

import (
	"cmp"
	"math"
	"slices"
)

// The statistics of the experiment, for small samples: with ten seeds a rank test must be exact,
// so its null distribution is enumerated (stats_ranks.go). Values that differ by rounding alone are tied (stats_ties.go).
//
// Two runs of one seed are a pair. A paired test takes the differences d = x − y of the treatment x and the baseline y,
// in the unit of the metric. A value may be infinite, since a run that diverged is infinitely bad: ranks, medians and
// trimmed means allow for it, and t tests, which cannot, give NaN. The result is NaN wherever the data support no other:
// a value is NaN, there is no spread, or there are too few values.

// usable tells whether x has values and none is NaN.
func usable(x []float64) bool { return len(x) > 0 && !slices.ContainsFunc(x, math.IsNaN) }

// scaled returns x/2ᵉ, all finite values below 1, and e. It is exact except for values that vanish beside the largest, so
// that sums and squares neither overflow nor vanish and have the bits that they would have unscaled.
func scaled(x []float64) (y []float64, e int) {
	largest := 0.0
	for _, v := range x {
		if finite(v) {
			largest = max(largest, math.Abs(v))
		}
	}
	_, e = math.Frexp(largest)
	y = make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Ldexp(v, -e)
	}
	return y, e
}

// tResult is a t test.
type tResult struct {
	T, DF float64 // statistic, degrees of freedom
	P     float64 // two-sided
}

// pairedT is Student's paired t test; NaN below two pairs, or when all d are equal but for rounding.
//
//	t = mean(d) / (sd(d)/√n)    df = n − 1                     Student (1908), Biometrika 6, 1
func pairedT(d []float64) tResult {
	n := float64(len(d))
	mean, sd, _ := scaledMeanSD(d)
	return studentTest(mean, sd/math.Sqrt(n), n-1)
}

// welch is the t test of two independent samples x and y of unequal variances; NaN when either has
// fewer than two values or neither has any spread but for rounding.
//
//	t  = (mean(x) − mean(y)) / √(u + v)    u = var(x)/m, v = var(y)/n
//	df = (u + v)² / (u²/(m−1) + v²/(n−1))                      Welch (1947), Biometrika 34, 28
func welch(x, y []float64) tResult {
	m, n := float64(len(x)), float64(len(y))
	pooled, _ := scaled(mergedValues(slices.Concat(x, y)))
	meanX, sdX := meanSD(pooled[:len(x)])
	meanY, sdY := meanSD(pooled[len(x):])
	_, e := math.Frexp(max(sdX, sdY)) // neither square may vanish unless it does so beside the other
	sdX, sdY = math.Ldexp(sdX, -e), math.Ldexp(sdY, -e)
	u, v := sdX*sdX/m, sdY*sdY/n
	df := (u + v) * (u + v) / (u*u/(m-1) + v*v/(n-1))
	return studentTest(meanX-meanY, math.Ldexp(math.Sqrt(u+v), e), df)
}

// studentTest tests a difference against its standard error; NaN unless the error is positive.
func studentTest(difference, standardError, df float64) tResult {
	if !(standardError > 0) {
		return tResult{T: math.NaN(), DF: math.NaN(), P: math.NaN()}
	}
	t := difference / standardError
	return tResult{T: t, DF: df, P: studentTwoSided(t, df)}
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
