package main

import (
	"fmt"
	"math"
	"math/bits"
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
				spearman(golden.X, golden.Y), unpaired.CliffsDelta, unpaired.P,
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

// enumeratedSignedRankP is signedRank's P from all 2ⁿ sign patterns and a quadratic ranking.
func enumeratedSignedRankP(d []float64) float64 {
	d = slices.DeleteFunc(slices.Clone(d), func(v float64) bool { return v == 0 })
	rank := make([]int, len(d))
	for i := range d {
		for j := range d {
			switch {
			case math.Abs(d[j]) < math.Abs(d[i]):
				rank[i] += 2
			case math.Abs(d[j]) == math.Abs(d[i]):
				rank[i]++
			}
		}
		rank[i]++
	}
	statistic := func(positive func(i int) bool) int {
		sum := 0
		for i, r := range rank {
			if positive(i) {
				sum += r
			} else {
				sum -= r
			}
		}
		return max(sum, -sum)
	}
	observed := statistic(func(i int) bool { return d[i] > 0 })
	extreme := 0
	for pattern := range 1 << len(d) {
		if statistic(func(i int) bool { return pattern>>i&1 == 1 }) >= observed {
			extreme++
		}
	}
	return float64(extreme) / float64(int(1)<<len(d))
}

// coarse returns n draws among a few values, so that zeros and ties abound.
func coarse(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(rng.IntN(9) - 3)
	}
	return x
}

func TestSignedRankMatchesEnumerationWithTiesAndZeros(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for n := 1; n <= 10; n++ {
		for range 20 {
			d := coarse(rng, n)
			if got, want := signedRank(d).P, enumeratedSignedRankP(d); got != want {
				t.Errorf("signedRank(%v).P = %v, want %v", d, got, want)
			}
		}
	}
}

func TestSignedRankKnownAnswers(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		name string
		d    []float64
		want signedRankResult
	}{
		{"three wins", []float64{1, 2, 3}, signedRankResult{Wins: 3, RankBiserial: 1, P: 2.0 / 8}},
		{"ten wins", ten, signedRankResult{Wins: 10, RankBiserial: 1, P: 2.0 / 1024}},
		{"all equal", []float64{-2, -2, -2, -2}, signedRankResult{Losses: 4, RankBiserial: -1, P: 2.0 / 16}},
		{"identical", []float64{0, 0, 0}, signedRankResult{Ties: 3, P: 1, Identical: true}},
		{"one zero", []float64{0, 3, 1, -2}, signedRankResult{Wins: 2, Losses: 1, Ties: 1, RankBiserial: 2.0 / 6, P: 6.0 / 8}},
		{"balanced", []float64{1, -1}, signedRankResult{Wins: 1, Losses: 1, P: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, signedRank(c.d)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			want := c.want
			want.Wins, want.Losses, want.RankBiserial = want.Losses, want.Wins, -want.RankBiserial
			if diff := cmp.Diff(want, signedRank(negated(c.d))); diff != "" {
				t.Errorf("exchanged (-want +got)\n%s", diff)
			}
		})
	}
}

func negated(x []float64) []float64 { return differences(make([]float64, len(x)), x) }

// enumeratedRankSum is rankSum by comparing all pairs, for each way to choose the x.
func enumeratedRankSum(x, y []float64) rankSumResult {
	pooled := slices.Concat(x, y)
	// excess is 2U − mn when the bits of chosen name the x.
	excess := func(chosen uint) float64 {
		sum := 0
		for i, u := range pooled {
			for j, v := range pooled {
				switch {
				case chosen>>i&1 == 0 || chosen>>j&1 == 1:
				case u > v:
					sum++
				case u < v:
					sum--
				}
			}
		}
		return float64(sum)
	}
	observed := excess(1<<len(x) - 1)
	extreme, all := 0.0, 0.0
	for chosen := range uint(1) << len(pooled) {
		if bits.OnesCount(chosen) != len(x) {
			continue
		}
		all++
		if math.Abs(excess(chosen)) >= math.Abs(observed) {
			extreme++
		}
	}
	pairs := float64(len(x) * len(y))
	return rankSumResult{U: (observed + pairs) / 2, CliffsDelta: observed / pairs, P: extreme / all}
}

func TestRankSumMatchesEnumerationWithTies(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	for _, size := range [][2]int{{1, 2}, {3, 3}, {2, 7}, {5, 4}, {6, 6}} {
		for range 5 {
			x, y := coarse(rng, size[0]), coarse(rng, size[1])
			if diff := cmp.Diff(enumeratedRankSum(x, y), rankSum(x, y)); diff != "" {
				t.Errorf("x = %v, y = %v (-want +got)\n%s", x, y, diff)
			}
		}
	}
}

func TestFriedmanMatchesSciPy(t *testing.T) {
	for i, golden := range readGoldenStats(t).Friedman {
		t.Run(fmt.Sprint("blocks", i), func(t *testing.T) {
			want := friedmanResult{Chi2: golden.Chi2, DF: float64(len(golden.Blocks[0]) - 1), P: golden.P}
			if diff := cmp.Diff(want, friedman(golden.Blocks), relative(1e-13)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(friedmanResult{Chi2: 0, DF: 2, P: 1}, friedman([][]float64{{4, 4, 4}, {7, 7, 7}})); diff != "" {
		t.Errorf("all ties (-want +got)\n%s", diff)
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

func TestSpearmanKnownAnswers(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	for _, c := range []struct {
		name string
		y    []float64
		want float64
	}{
		{"increasing", []float64{1, 8, 27, 64}, 1},
		{"decreasing", []float64{0, -1, -5, -6}, -1},
		{"one exchange, 1 − 6·2/(4·15)", []float64{1, 3, 2, 4}, 0.8},
		{"no spread", []float64{5, 5, 5, 5}, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, spearman(x, c.y), near(1e-15), cmpopts.EquateNaNs()); diff != "" {
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
		{"signed rank with an infinity", signedRank([]float64{1, inf, 2}).P},
		{"shift of nothing", hodgesLehmann(nil).Value},
		{"shift with NaN", hodgesLehmann([]float64{1, nan, 2}).Value},
		{"rank sum of nothing", rankSum(good, nil).P},
		{"rank sum with NaN", rankSum([]float64{nan, 1}, good).P},
		{"more subsets than float64 holds", twoSidedP([]float64{1, inf, 1}, 0, 2)},
		{"paired t of one pair", pairedT([]float64{1}).P},
		{"paired t without spread", pairedT(flat).P},
		{"paired t statistic without spread", pairedT(flat).T},
		{"paired t with NaN", pairedT([]float64{1, nan}).P},
		{"Welch of one value", welch([]float64{1}, good).P},
		{"Welch without spread", welch(flat, flat).P},
		{"Welch with an infinity", welch([]float64{1, inf}, good).P},
		{"Spearman with NaN", spearman([]float64{1, nan, 2}, good)},
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
		"spearman":    func() { spearman([]float64{1}, nil) },
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
