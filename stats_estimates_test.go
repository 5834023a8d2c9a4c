package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// c − 1 is the two-sided 5 % critical value of the signed-rank test, from the tables in
// Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods.
func TestWalshIndexMatchesTheCriticalValues(t *testing.T) {
	critical := map[int]int{6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 15: 25, 20: 52}
	for n, value := range critical {
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			if c, _ := walshIndex(n); c != value+1 {
				t.Errorf("c = %d, want %d", c, value+1)
			}
		})
	}
	if _, level := walshIndex(10); level != 1-50.0/1024 {
		t.Errorf("level at n = 10 is %v, want 1 − 50/1024", level)
	}
}

func TestHodgesLehmannKnownAnswers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		d    []float64
		want intervalEstimate
	}{
		{"n = 3 has no interval", []float64{5, 0, 1}, intervalEstimate{1.75, nan, nan, nan}}, // 0 ½ 1 2½ 3 5
		{"n = 5 has no interval", []float64{1, 2, 3, 4, 5}, intervalEstimate{3, nan, nan, nan}},
		{"n = 6 has the range", []float64{6, 1, 3, 2, 5, 4}, intervalEstimate{3.5, 1, 6, 1 - 2.0/64}},
		{"all equal", []float64{2, 2, 2, 2, 2, 2}, intervalEstimate{2, 2, 2, 1 - 2.0/64}},
		{"identical", make([]float64, 10), intervalEstimate{0, 0, 0, 1 - 50.0/1024}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, hodgesLehmann(c.d), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The interval holds exactly the shifts that the test does not reject at its level.
func TestHodgesLehmannIntervalInvertsTheSignedRankTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	for n := 6; n <= 14; n++ {
		d, zero := make([]float64, n), make([]float64, n)
		for i := range d {
			d[i] = rng.NormFloat64()
		}
		interval := hodgesLehmann(d)
		pAt := func(shift float64) float64 {
			for i := range zero {
				zero[i] = shift
			}
			return signedRank(differences(d, zero)).P
		}
		const step = 1e-9
		for _, end := range []struct{ inside, outside float64 }{
			{interval.Low + step, interval.Low - step},
			{interval.High - step, interval.High + step},
		} {
			if p := pAt(end.inside); p <= 1-interval.Level {
				t.Errorf("n = %d: p = %v just inside, want above %v", n, p, 1-interval.Level)
			}
			if p := pAt(end.outside); p > 1-interval.Level {
				t.Errorf("n = %d: p = %v just outside, want at most %v", n, p, 1-interval.Level)
			}
		}
	}
}

func TestHodgesLehmannIntervalCoversItsLevel(t *testing.T) {
	const samples, shift = 4000, 0.3
	rng := rand.New(rand.NewPCG(5, 0))
	covered := 0.0
	for range samples {
		d := make([]float64, 10)
		for i := range d {
			d[i] = shift + rng.NormFloat64()
		}
		if interval := hodgesLehmann(d); interval.Low <= shift && shift <= interval.High {
			covered++
		}
	}
	want := 1 - 50.0/1024
	if tolerance := 4 * math.Sqrt(want*(1-want)/samples); math.Abs(covered/samples-want) > tolerance {
		t.Errorf("coverage %.4f, want %.4f ± %.4f", covered/samples, want, tolerance)
	}
}

func TestMeanSDKnownAnswers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name     string
		x        []float64
		mean, sd float64
	}{
		{"nothing", nil, nan, nan},
		{"one", []float64{3}, 3, nan},
		{"three", []float64{1, 2, 6}, 3, math.Sqrt(7)},
		{"all equal", []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0.1, 0},
		{"far from zero", []float64{1e9 + 1, 1e9 + 2, 1e9 + 3}, 1e9 + 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			mean, sd := meanSD(c.x)
			if diff := cmp.Diff([]float64{c.mean, c.sd}, []float64{mean, sd}, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestInterquartileMeanTrimsFractions(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float64
		want float64
	}{
		{"nothing", nil, math.NaN()},
		{"NaN", []float64{1, math.NaN(), 2}, math.NaN()},
		{"one", []float64{7}, 7},
		{"two", []float64{9, 1}, 5},
		{"three: ¼, 1, ¼ of 1½", []float64{10, 1, 4}, (0.25*1 + 4 + 0.25*10) / 1.5},
		{"four: the middle two", []float64{100, 2, 1, 3}, 2.5},
		{"eight: the middle four", []float64{8, 1, 7, 2, 6, 3, 5, -90}, (2 + 3 + 5 + 6) / 4.0},
		{"ten: ½, 1, 1, 1, 1, ½ of 5", []float64{0, 0, 2, 3, 5, 7, 11, 13, 99, 99}, (1 + 3 + 5 + 7 + 11 + 6.5) / 5},
		{"outliers", []float64{-1e300, 1, 2, 1e300}, 1.5},
		{"all equal", []float64{0.1, 0.1, 0.1}, 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, interquartileMean(c.x), relative(1e-15), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Six values have 6⁶ resamples, so that the bootstrap distribution itself is known.
func TestBootstrapIntervalCutsTheEnumeratedDistribution(t *testing.T) {
	x := []float64{1, 2, 4, 8, 16, 32}
	var means []float64
	for code := range 46656 {
		resample := make([]float64, len(x))
		for i := range resample {
			resample[i] = x[code%6]
			code /= 6
		}
		means = append(means, interquartileMean(resample))
	}
	slices.Sort(means)
	for seed := range uint64(20) {
		interval := interquartileMeanInterval(x, seed)
		below := float64(sortedBelow(means, interval.Low)) / 46656
		above := 1 - float64(sortedBelow(means, math.Nextafter(interval.High, math.Inf(1))))/46656
		// Four standard errors of 0.35 %, from 1,999 resamples, and a step of 0.3 % of the distribution.
		if math.Abs(below-0.025) > 0.017 || math.Abs(above-0.025) > 0.017 {
			t.Errorf("seed %d: %.4f below and %.4f above, want 0.025 each", seed, below, above)
		}
	}
}

// sortedBelow counts the values less than v.
func sortedBelow(sorted []float64, v float64) int {
	i, _ := slices.BinarySearch(sorted, v)
	return i
}

func TestBootstrapIntervalIsSeededAndRefusesFewValues(t *testing.T) {
	nan := math.NaN()
	x := []float64{3, 1, 4, 1.5, 9, 2.6, 5.3, 5.8, 9.7, 9.3}
	if diff := cmp.Diff(interquartileMeanInterval(x, 7), interquartileMeanInterval(x, 7)); diff != "" {
		t.Errorf("the same seed differs (-first +second)\n%s", diff)
	}
	if cmp.Equal(interquartileMeanInterval(x, 7), interquartileMeanInterval(x, 8)) {
		t.Error("two seeds give the same interval")
	}
	for _, c := range []struct {
		name string
		x    []float64
		want intervalEstimate
	}{
		{"nothing", nil, intervalEstimate{nan, nan, nan, nan}},
		{"NaN", []float64{1, 2, nan, 4, 5, 6}, intervalEstimate{nan, nan, nan, nan}},
		{"n = 5 has no interval", []float64{1, 2, 3, 4, 5}, intervalEstimate{3, nan, nan, nan}},
		{"all equal", []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, intervalEstimate{0.1, 0.1, 0.1, 0.95}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, interquartileMeanInterval(c.x, 1), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
