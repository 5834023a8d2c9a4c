package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsEqualButForRoundingIsTied(t *testing.T) {
	// |d| = 0.025, 0.05, 0.05, 0.05 as decimals; as float64s the last three differ.
	d := differences([]float64{.5, .825, .375, .5}, []float64{.525, .775, .325, .55})
	want := signedRankResult{Wins: 2, Losses: 2, RankBiserial: 0.2, P: 1, Exact: true} // no signs of 1, 3, 3, 3 sum to less than 2
	if diff := cmp.Diff(want, signedRank(d)); diff != "" {
		t.Errorf("signed rank (-want +got)\n%s", diff)
	}
	third, sum := 0.3, 0.1+float64(0.2)*math.Nextafter(1, 2) // 0.3 and the next float64 or two
	if third == sum {
		t.Fatal("0.1 + 0.2 is 0.3")
	}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"an equal pair", signedRank(differences([]float64{sum, 2}, []float64{third, 2})).Identical, true},
		{"equal differences have no spread", math.IsNaN(pairedT(differences([]float64{1.1, 2.2, 3.3, 4.4}, []float64{1, 2.1, 3.2, 4.3})).P), true},
		{"equal values have no spread", math.IsNaN(welch([]float64{third, sum}, []float64{1, 1}).P), true},
		{"rank sum", rankSum([]float64{sum, third}, []float64{third, sum}).CliffsDelta, 0.0},
		{"Friedman", friedman([][]float64{{sum, third, sum}, {1, 1, 1}}).P, 1.0},
		{"Spearman", newRankTable(seedPairs{[]float64{sum, third, 1, 2}, []float64{1, 1, 2, 3}}).rho, 1.0},
		{"chains", doubledMidranks([]float64{1, 1 + 0x1.8p-43, 1 + 0x1.8p-42, 1 + 0x1p-40}), []int{4, 4, 4, 8}},
		{"each pair by its own size", signedRank(differences([]float64{1e9, 2e-9, 3e-9}, []float64{0, 1e-9, 5e-9})).RankBiserial, 2.0 / 6},
		{"large values hide small differences", signedRank(differences([]float64{1e9 + 1e-5, 1}, []float64{1e9, 1 + 1e-9})).Ties, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if _, sd := meanSD([]float64{third, sum, third}); sd != 0 {
		t.Errorf("sd = %v of values that are equal but for rounding", sd)
	}
}

// A mean over 640,000 values is the same in any order of adding, but not a mean whose values are all 10⁻⁹ larger.
func TestMeansInAnyOrderAreTied(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	values := make([]float64, 640_000)
	for i := range values {
		values[i] = rng.Float64()
	}
	inOrder := mean(values)
	different := 0
	for range 20 {
		rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		shuffled := mean(values)
		if shuffled != inOrder {
			different++
		}
		if d := differences([]float64{inOrder}, []float64{shuffled}); d[0] != 0 {
			t.Errorf("means differ by %g", d[0])
		}
		if d := differences([]float64{inOrder * (1 + 1e-9)}, []float64{shuffled}); d[0] == 0 {
			t.Error("10⁻⁹ is no difference")
		}
	}
	if different == 0 {
		t.Error("the order of adding changes no mean: the test shows nothing")
	}
}

func TestStatisticsAreFreeOfScale(t *testing.T) {
	x, y := []float64{1, 2, 4, 7, 11, 16, 22}, []float64{3, 1, 4, 1, 5, 9, 2}
	for _, e := range []int{-1070, -600, 0, 600, 1018} {
		at := func(x []float64) []float64 {
			scaled := make([]float64, len(x))
			for i, v := range x {
				scaled[i] = math.Ldexp(v, e)
			}
			return scaled
		}
		got := []tResult{pairedT(at([]float64{1, 2, 4})), welch(at(x), at(y))}
		if diff := cmp.Diff([]tResult{pairedT([]float64{1, 2, 4}), welch(x, y)}, got); diff != "" {
			t.Errorf("2^%d: t tests (-want +got)\n%s", e, diff)
		}
		mean, sd := meanSD(at(x))
		wantMean, wantSD := meanSD(x)
		values := []float64{mean, sd, interquartileMean(at(x)), hodgesLehmann(at(x)).Value, interquartileMeanInterval(at(x), 1).High}
		want := at([]float64{wantMean, wantSD, interquartileMean(x), hodgesLehmann(x).Value, interquartileMeanInterval(x, 1).High})
		if diff := cmp.Diff(want, values); diff != "" {
			t.Errorf("2^%d: mean, sd, interquartile mean, shift, its end (-want +got)\n%s", e, diff)
		}
	}
	// SciPy 1.17.1: ttest_1samp([1, 2, 4], 0)
	if diff := cmp.Diff(0.11808289631180308, pairedT([]float64{0x1p600, 0x1p601, 0x1p602}).P, relative(1e-13)); diff != "" {
		t.Errorf("paired t (-want +got)\n%s", diff)
	}
	huge := []float64{1.7e308, 1.7e308, 1.7e308, 1.7e308, 1.7e308, 1.7e308}
	if got := hodgesLehmann(huge); got.Value != 1.7e308 || got.High != 1.7e308 {
		t.Errorf("shift of six 1.7e308: %v", got)
	}
	if got := median([]float64{1.7e308, 1.7e308}); got != 1.7e308 {
		t.Errorf("median of two 1.7e308: %v", got)
	}
	if got := interquartileMean([]float64{-1.7e308, -1.7e308, 1.7e308, 1.7e308}); got != 0 {
		t.Errorf("interquartile mean of ± 1.7e308: %v", got)
	}
	// A spread far below the other sample's values: t = −1e170·√3.
	if got := welch([]float64{0, 1e-170, 2e-170}, []float64{1, 1, 1}); !(got.T < -1e169) || !(got.P < 1e-300) || got.DF != 2 {
		t.Errorf("Welch of tiny spread: %+v", got)
	}
}

// Shifts and trimmed means take infinities as what ever larger numbers approach.
func TestInfiniteLevelsAndShifts(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"a trimmed infinity", interquartileMean([]float64{1, 2, 3, inf}), 2.5},
		{"one that the cut goes through", interquartileMean([]float64{1, 2, inf}), inf},
		{"the worse half", interquartileMean([]float64{-inf, 3, 4, -inf}), -inf},
		{"balance", interquartileMean([]float64{-inf, -inf, 3, 5, inf, inf}), 8.0 / 3}, // ½(−∞), 3, 5, ½∞ over 3
		{"with NaN", interquartileMean([]float64{1, inf, nan}), nan},
		{"all infinite", interquartileMean([]float64{inf, inf}), inf},
		{"shift with one infinity", hodgesLehmann([]float64{1, 2, inf}).Value, inf},
		{"shift with one infinity of five", hodgesLehmann([]float64{1, 2, 3, 4, -inf}).Value, 2},
		{"shift of balance", hodgesLehmann([]float64{-inf, inf}).Value, 0},
		{"upper end", hodgesLehmann([]float64{1, 2, 3, 4, 5, inf}).High, inf},
		{"lower end", hodgesLehmann([]float64{1, 2, 3, 4, 5, inf}).Low, 1},
		{"bootstrap's value", interquartileMeanInterval([]float64{1, 2, 3, 4, 5, inf}, 1).Value, 3.5}, // ½·2, 3, 4, ½·5 over 3
		{"bootstrap's upper end", interquartileMeanInterval([]float64{1, 2, 3, 4, 5, inf}, 1).High, inf},
		{"median", median([]float64{-inf, 3, inf}), 3},
		{"median of two", median([]float64{3, inf}), inf},
	} {
		t.Run(c.name, func(t *testing.T) {
			if math.IsNaN(c.want) != math.IsNaN(c.got) || !math.IsNaN(c.want) && math.Abs(c.got-c.want) > 1e-15*math.Abs(c.want) {
				t.Errorf("got %v, want %v", c.got, c.want)
			}
		})
	}
}

// Walsh averages by selection are those by sorting.
func TestWalshAveragesAreOrderStatistics(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 0))
	for n := 1; n <= 12; n++ {
		d := make([]float64, n)
		for i := range d {
			if d[i] = rng.NormFloat64(); i%5 == 3 {
				d[i] = math.Inf(rng.IntN(2)*2 - 1)
			}
		}
		slices.Sort(d)
		var all []float64
		for i := range d {
			for j := range i + 1 {
				all = append(all, midpoint(d[i], d[j]))
			}
		}
		for k, want := range slices.Sorted(slices.Values(all)) {
			if got := walshAverage(d, k+1); got != want {
				t.Errorf("n = %d, k = %d: %v, want %v", n, k+1, got, want)
			}
		}
	}
}
