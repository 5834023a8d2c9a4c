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

func TestPairedAndUnpairedTestsMatchSciPy(t *testing.T) {
	for i, golden := range readGoldenStats(t).Pairs {
		t.Run(fmt.Sprint("pair", i), func(t *testing.T) {
			d := differences(golden.Y, golden.X) // golden shifts are of y against x
			shift := hodgesLehmann(d)
			mean, sd := meanSD(golden.X)
			unpaired := rankSum(golden.Y, golden.X)
			got := []float64{
				shift.Value, shift.Low, shift.High, mean, sd, pairedT(d).P, welch(golden.Y, golden.X).P,
				newRankTable(seedPairs{golden.X, golden.Y}).rho, unpaired.CliffsDelta, unpaired.P,
			}
			want := []float64{
				golden.HodgesLehmann, golden.HLLow, golden.HLHigh, golden.MeanX, golden.SDX, golden.PairedTP, golden.WelchP,
				golden.Spearman, golden.CliffsDelta, golden.MannWhitneyP,
			}
			if diff := cmp.Diff(want, got, near(1e-14)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := signedRank(d).P; got != golden.SignedRankP {
				t.Errorf("signed-rank p = %v, want exactly %v", got, golden.SignedRankP)
			}
		})
	}
}

func TestHolmAdjustsTheDeclaredFamily(t *testing.T) {
	golden := readGoldenStats(t).Holm
	nan := math.NaN()
	for _, c := range []struct {
		name    string
		p, want []float64
	}{
		{"SciPy", golden.P, golden.Adjusted},
		{"none", nil, []float64{}},
		{"one", []float64{0.03}, []float64{0.03}},
		{"capped at one", []float64{0.9, 0.8}, []float64{1, 1}},
		{"never decreasing", []float64{0.02, 0.0125, 0.02}, []float64{0.04, 0.0375, 0.04}},
		{"missing tests count", []float64{nan, 0.01, nan, 0.02}, []float64{nan, 0.04, nan, 0.06}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, holm(c.p), near(1e-15), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTTestsKnownAnswers(t *testing.T) {
	// d = 1, 2, 3: t = 2/(1/√3), and with two degrees of freedom P = 1 − t/√(2+t²).
	want := tResult{T: 2 * math.Sqrt(3), DF: 2, P: 1 - math.Sqrt(12.0/14)}
	if diff := cmp.Diff(want, pairedT([]float64{1, 2, 3}), near(1e-15)); diff != "" {
		t.Errorf("paired (-want +got)\n%s", diff)
	}
	// Equal sizes and variances: Welch's df is 2(n−1) = 4, where P = 1 − s(3 − s²)/2, s = t/√(4+t²).
	statistic := 3 / math.Sqrt(2.0/3)
	s := statistic / math.Sqrt(4+statistic*statistic)
	want = tResult{T: -statistic, DF: 4, P: 1 - s*(3-s*s)/2}
	if diff := cmp.Diff(want, welch([]float64{1, 2, 3}, []float64{4, 5, 6}), near(1e-15)); diff != "" {
		t.Errorf("Welch (-want +got)\n%s", diff)
	}
}

func TestWelchMatchesSciPyForUnequalSizes(t *testing.T) {
	golden := readGoldenStats(t).Welch
	got := welch(golden.X, golden.Y)
	if diff := cmp.Diff([]float64{golden.T, golden.P}, []float64{got.T, got.P}, relative(1e-14)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatTheDataCannotSupportIsNaN(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good, flat := []float64{1, 2, 4}, []float64{0.1, 0.1, 0.1}
	for _, c := range []struct {
		name string
		p    float64
	}{
		{"signed rank of nothing", signedRank(nil).P},
		{"signed rank with NaN", signedRank([]float64{1, nan, 2}).P},
		{"differences of NaN", differences([]float64{nan}, []float64{nan})[0]},
		{"shift of nothing", hodgesLehmann(nil).Value},
		{"shift with NaN", hodgesLehmann([]float64{1, nan, 2}).Value},
		{"rank sum of nothing", rankSum(good, nil).P},
		{"rank sum with NaN", rankSum([]float64{nan, 1}, good).P},
		{"more subsets than float64 holds", twoSidedP([]float64{1, inf, 1}, 0, 2)},
		{"paired t of one pair", pairedT([]float64{1}).P},
		{"paired t without spread", pairedT(flat).P},
		{"paired t statistic without spread", pairedT(flat).T},
		{"paired t with NaN", pairedT([]float64{1, nan}).P},
		{"paired t with an infinity", pairedT([]float64{1, 3, inf}).P},
		{"median of nothing", median(nil)},
		{"median with NaN", median([]float64{1, nan, 2})},
		{"Welch of one value", welch([]float64{1}, good).P},
		{"Welch without spread", welch(flat, flat).P},
		{"Welch with an infinity", welch([]float64{1, inf}, good).P},
		{"Friedman of nothing", friedman(nil).P},
		{"Friedman of one treatment", friedman([][]float64{{1}, {2}}).P},
		{"Friedman with NaN", friedman([][]float64{{1, 2}, {nan, 1}}).P},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !math.IsNaN(c.p) {
				t.Errorf("got %v, want NaN", c.p)
			}
		})
	}
}

func TestUnequalLengthsPanic(t *testing.T) {
	for name, call := range map[string]func(){
		"differences": func() { differences([]float64{1}, nil) },
		"friedman":    func() { friedman([][]float64{{1, 2}, {1, 2, 3}}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			call()
		})
	}
}

// Under the null hypothesis the labels of each pair are random. With ten pairs, P comes in steps:
// Holm rejects in a family of 18 when a P is 2/1024 and never otherwise, since 18 · 4/1024 > 0.05.
// So the family-wise error is 1 − (1 − 2/1024)¹⁸ = 3.46 %, and uncorrected, with
// P(P ≤ 0.05) = 50/1024, it is 59.4 %.
func TestHolmKeepsTheFamilyWiseErrorUnderFivePercent(t *testing.T) {
	const families, tests, pairs = 2000, 18, 10
	rng := rand.New(rand.NewPCG(3, 0))
	var corrected, uncorrected float64
	for range families {
		p := make([]float64, tests)
		for i := range p {
			d := make([]float64, pairs)
			for j := range d {
				d[j] = rng.NormFloat64() - rng.NormFloat64()
			}
			p[i] = signedRank(d).P
		}
		if slices.Min(holm(p)) < 0.05 {
			corrected++
		}
		if slices.Min(p) < 0.05 {
			uncorrected++
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Holm", corrected / families, 1 - math.Pow(1-2.0/1024, tests)},
		{"uncorrected", uncorrected / families, 1 - math.Pow(1-50.0/1024, tests)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if tolerance := 4 * math.Sqrt(c.want*(1-c.want)/families); math.Abs(c.got-c.want) > tolerance {
				t.Errorf("family-wise error %.4f, want %.4f ± %.4f", c.got, c.want, tolerance)
			}
		})
	}
}
