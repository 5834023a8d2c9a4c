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
		{"three wins", []float64{1, 2, 3}, signedRankResult{Wins: 3, RankBiserial: 1, P: 2.0 / 8, Exact: true}},
		{"ten wins", ten, signedRankResult{Wins: 10, RankBiserial: 1, P: 2.0 / 1024, Exact: true}},
		{"all equal", []float64{-2, -2, -2, -2}, signedRankResult{Losses: 4, RankBiserial: -1, P: 2.0 / 16, Exact: true}},
		{"identical", []float64{0, 0, 0}, signedRankResult{Ties: 3, P: 1, Exact: true, Identical: true}},
		{"one zero", []float64{0, 3, 1, -2}, signedRankResult{Wins: 2, Losses: 1, Ties: 1, RankBiserial: 2.0 / 6, P: 6.0 / 8, Exact: true}},
		{"balanced", []float64{1, -1}, signedRankResult{Wins: 1, Losses: 1, P: 1, Exact: true}},
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
	return rankSumResult{U: (observed + pairs) / 2, CliffsDelta: observed / pairs, P: extreme / all, Exact: true}
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
			if diff := cmp.Diff(c.want, newRankTable(seedPairs{x, c.y}).rho, near(1e-15), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// alternating returns 1 … n, negative where the rule says so: differences without ties.
func alternating(n int, negative func(i int) bool) []float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = float64(i + 1)
		if negative(i + 1) {
			d[i] = -d[i]
		}
	}
	return d
}

// The numbers are SciPy 1.17.1's: wilcoxon(method='exact') and, beyond maxExactPairs, 'approx' with correction=True. At 200,
// where SciPy loses digits, it is from counts in whole numbers of any size.
func TestSignedRankOfManyPairsMatchesSciPy(t *testing.T) {
	third := func(i int) bool { return i%3 == 0 }
	square := func(i int) bool { return i*i%7 < 3 }
	for _, c := range []struct {
		n        int
		negative func(i int) bool
		want     float64
		exact    bool
	}{
		{30, third, 0.17059839516878128, true},
		{50, third, 0.02616696817119646, true},
		{100, third, 0.003526003801650468, true},
		{200, third, 2.4879064246942968e-05, true},
		{201, square, 2.4313754807175035e-07, false},
		{300, square, 1.5037948908244306e-10, false},
		{1000, square, 9.587369099434145e-32, false},
	} {
		t.Run(fmt.Sprint("n=", c.n), func(t *testing.T) {
			got := signedRank(alternating(c.n, c.negative))
			if diff := cmp.Diff(c.want, got.P, relative(1e-12)); diff != "" || got.Exact != c.exact {
				t.Errorf("exact = %v, want %v (-want +got)\n%s", got.Exact, c.exact, diff)
			}
		})
	}
}

// interleaved returns m and n of the distinct numbers 37k mod 1009, the first shifted by 40½.
func interleaved(m, n int) (x, y []float64) {
	for k := range m + n {
		v := float64(k * 37 % 1009)
		if k < m {
			x = append(x, v+40.5)
		} else {
			y = append(y, v)
		}
	}
	return x, y
}

// The numbers are SciPy 1.17.1's: mannwhitneyu(method='exact') and 'asymptotic'.
func TestRankSumOfManyValuesMatchesSciPy(t *testing.T) {
	for _, c := range []struct {
		m, n  int
		want  float64
		exact bool
	}{
		{20, 30, 0.0796057580023485, true},
		{50, 50, 0.6729043720149943, true},
		{5, 95, 0.0008335511649208262, true},
		{60, 41, 0.6719863515754778, true},
		{150, 150, 0.8977906829892209, false},
		{500, 500, 0.07907021077557941, false},
	} {
		t.Run(fmt.Sprint(c.m, "against", c.n), func(t *testing.T) {
			x, y := interleaved(c.m, c.n)
			for _, got := range []rankSumResult{rankSum(x, y), rankSum(y, x)} {
				if diff := cmp.Diff(c.want, got.P, relative(1e-12)); diff != "" || got.Exact != c.exact {
					t.Errorf("exact = %v, want %v (-want +got)\n%s", got.Exact, c.exact, diff)
				}
			}
		})
	}
}

// Where it takes over, the approximation is within 6 % of an exact p of 1 % or more, ties included, and within 25 % where
// independent values are of two or three kinds.
func TestNormalApproximationIsNearTheExactP(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	for _, levels := range []int{1, 2, 7, 1000} {
		d := make([]float64, maxExactPairs+1)
		magnitudes := make([]float64, len(d))
		plus, total := 0, 0
		for i := range d {
			magnitudes[i] = float64(1 + rng.IntN(levels))
			d[i] = math.Copysign(magnitudes[i], rng.Float64()-0.46)
		}
		ranks := doubledMidranks(magnitudes)
		for i, r := range ranks {
			total += r
			if d[i] > 0 {
				plus += r
			}
		}
		exact := twoSidedP(signFlipDistribution(ranks), plus, total)
		if got := signedRank(d); got.Exact || math.Abs(got.P-exact) > 0.06*exact {
			t.Errorf("signed rank, %d levels: p = %v, want %v ± 6 %%", levels, got.P, exact)
		}
		x, y := magnitudes[:60], magnitudes[60:120]
		for i := range 5 {
			x[i]++
		}
		ranks = doubledMidranks(magnitudes[:120])
		twiceR := 0
		for _, r := range ranks[:60] {
			twiceR += r
		}
		tolerance := 0.06
		if levels < 3 {
			tolerance = 0.25
		}
		exact = twoSidedP(subsetSums(ranks, 60), twiceR, 2*60*121)
		if got := rankSum(x, y); got.Exact || math.Abs(got.P-exact) > tolerance*exact {
			t.Errorf("rank sum, %d levels: p = %v, want %v ± %v", levels, got.P, exact, tolerance)
		}
	}
}

func TestInfiniteValuesAreTakenByRank(t *testing.T) {
	inf := math.Inf(1)
	x, y := []float64{-inf, 3, 4, -inf, 7}, []float64{1, 1, -inf, -inf, 5}
	d := differences(x, y)
	if diff := cmp.Diff([]float64{-inf, 2, inf, 0, 2}, d); diff != "" {
		t.Errorf("differences (-want +got)\n%s", diff)
	}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"signed rank", signedRank(d), signedRank([]float64{-9, 2, 9, 0, 2})},
		{"rank sum", rankSum(x, y), rankSum([]float64{-9, 3, 4, -9, 7}, []float64{1, 1, -9, -9, 5})},
		{"Spearman", newRankTable(seedPairs{x, y}).rho, newRankTable(seedPairs{[]float64{-9, 3, 4, -9, 7}, []float64{1, 1, -9, -9, 5}}).rho},
		{"Friedman", friedman([][]float64{x, {1, 2, 3, inf, inf}}), friedman([][]float64{{-9, 3, 4, -9, 7}, {1, 2, 3, 9, 9}})},
		{"the largest number is not infinite", doubledMidranks([]float64{inf, math.MaxFloat64, -inf, -math.MaxFloat64}), []int{8, 6, 2, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func BenchmarkRankTests(b *testing.B) {
	third := func(i int) bool { return i%3 == 0 }
	for _, n := range []int{10, 50, maxExactPairs, 1000} {
		d := alternating(n, third)
		b.Run(fmt.Sprint("signedRank/n=", n), func(b *testing.B) {
			for b.Loop() {
				signedRank(d)
			}
		})
		b.Run(fmt.Sprint("hodgesLehmann/n=", n), func(b *testing.B) {
			for b.Loop() {
				hodgesLehmann(d)
			}
		})
		b.Run(fmt.Sprint("rankSum/n=", n), func(b *testing.B) {
			x, y := alternating(n, third), alternating(n, func(int) bool { return false })
			for b.Loop() {
				rankSum(x, y)
			}
		})
	}
}
