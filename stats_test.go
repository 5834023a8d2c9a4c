package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// near allows a relative error, and the same error absolutely below 1.
func near(tolerance float64) cmp.Option { return cmpopts.EquateApprox(tolerance, tolerance) }

// relative allows a relative error alone.
func relative(tolerance float64) cmp.Option { return cmpopts.EquateApprox(tolerance, 0) }

// goldenOf reads a file of testdata, which names the sources of its numbers.
func goldenOf[T any](t *testing.T, name string) (golden T) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return golden
}

type goldenStats struct {
	Pairs []struct {
		X, Y          []float64
		MeanX         float64 `json:"mean_x"`
		SDX           float64 `json:"sd_x"`
		SignedRankP   float64 `json:"signed_rank_p"`
		HodgesLehmann float64 `json:"hodges_lehmann"`
		HLLow         float64 `json:"hl_low"`
		HLHigh        float64 `json:"hl_high"`
	}
	Holm    struct{ P, Adjusted []float64 }
	Special []struct {
		Function string
		Args     []float64
		Want     float64
	}
}

func TestPairedComparisonsMatchSciPy(t *testing.T) {
	for i, golden := range goldenOf[goldenStats](t, "golden_stats.json").Pairs {
		t.Run(fmt.Sprint("pair", i), func(t *testing.T) {
			d := differences(golden.Y, golden.X) // golden shifts are of y against x
			shift := hodgesLehmann(d)
			mean, sd := meanSD(golden.X)
			want := []float64{golden.HodgesLehmann, golden.HLLow, golden.HLHigh, golden.MeanX, golden.SDX}
			got := []float64{shift.Value, shift.Low, shift.High, mean, sd}
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
	rank := make([]int, len(d)) // doubled
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

func TestSignedRankMatchesEnumerationWithTiesAndZeros(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for n := 1; n <= 10; n++ {
		for range 20 {
			d := make([]float64, n)
			for i := range d {
				d[i] = float64(rng.IntN(9) - 3)
			}
			if got, want := signedRank(d).P, enumeratedSignedRankP(d); got != want {
				t.Errorf("signedRank(%v).P = %v, want %v", d, got, want)
			}
		}
	}
}

func TestSignedRankKnownAnswers(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		x, y []float64
		want signedRankResult
	}{
		{"three wins", []float64{1, 2, 3}, make([]float64, 3), signedRankResult{3, 0, 0, 1, 2.0 / 8}},
		{"ten wins", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, make([]float64, 10),
			signedRankResult{10, 0, 0, 1, 2.0 / 1024}},
		{"equal losses", []float64{-2, -2, -2, -2}, make([]float64, 4), signedRankResult{0, 4, 0, -1, 2.0 / 16}},
		{"identical", []float64{7, 7, 7}, []float64{7, 7, 7}, signedRankResult{0, 0, 3, 0, 1}},
		{"one zero", []float64{0, 3, 1, -2}, make([]float64, 4), signedRankResult{2, 1, 1, 2.0 / 6, 6.0 / 8}},
		{"both diverged", []float64{inf, inf, inf}, []float64{inf, inf, inf}, signedRankResult{0, 0, 3, 0, 1}},
		{"some diverged", []float64{inf, 1, 2}, []float64{1, 0, 0}, signedRankResult{3, 0, 0, 1, 2.0 / 8}},
		// |d| = 0.025, 0.05, 0.05, 0.05 as decimals; as float64s the last three differ.
		{"ties but for rounding", []float64{.5, .825, .375, .5}, []float64{.525, .775, .325, .55},
			signedRankResult{2, 2, 0, 0.2, 1}},
		{"each pair by its own size", []float64{1e9, 2e-9, 3e-9}, []float64{0, 1e-9, 5e-9},
			signedRankResult{2, 1, 0, 2.0 / 6, 0.75}},
		{"large values hide small differences", []float64{1e9 + 1e-5, 1}, []float64{1e9, 1 + 1e-9},
			signedRankResult{0, 1, 1, -1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, signedRank(differences(c.x, c.y))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			want := c.want
			want.Wins, want.Losses, want.RankBiserial = want.Losses, want.Wins, -want.RankBiserial
			zeros := cmp.Comparer(func(a, b float64) bool { return a == b }) // −0 is 0
			if diff := cmp.Diff(want, signedRank(differences(c.y, c.x)), zeros); diff != "" {
				t.Errorf("exchanged (-want +got)\n%s", diff)
			}
		})
	}
}

// A mean over 640,000 values is the same in any order of adding, but not a mean whose values are
// all 10⁻⁹ larger.
func TestMeansInAnyOrderAreTied(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	values := make([]float64, 640_000)
	for i := range values {
		values[i] = rng.Float64()
	}
	inOrder := mean(values)
	different := 0
	for range 5 {
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

func TestHodgesLehmannKnownAnswers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		d    []float64
		want estimate
	}{
		{"n = 3 has no interval", []float64{5, 0, 1}, estimate{1.75, nan, nan}}, // 0 ½ 1 2½ 3 5
		{"n = 5 has no interval", []float64{1, 2, 3, 4, 5}, estimate{3, nan, nan}},
		{"n = 6 has the range", []float64{6, 1, 3, 2, 5, 4}, estimate{3.5, 1, 6}},
		{"all equal", []float64{2, 2, 2, 2, 2, 2}, estimate{2, 2, 2}},
		{"one diverged", []float64{1, 2, 3, 4, 5, inf}, estimate{3.5, 1, inf}},
		{"all diverged", []float64{-inf, -inf, -inf}, estimate{-inf, nan, nan}},
		{"nothing", nil, estimate{nan, nan, nan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, hodgesLehmann(c.d), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The interval holds exactly the shifts that the test does not reject.
func TestHodgesLehmannIntervalInvertsTheSignedRankTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	for n := 6; n <= 14; n++ {
		d, zero := make([]float64, n), make([]float64, n)
		for i := range d {
			d[i] = rng.NormFloat64()
		}
		pAt := func(shift float64) float64 {
			for i := range zero {
				zero[i] = shift
			}
			return signedRank(differences(d, zero)).P
		}
		const step = 1e-9
		interval := hodgesLehmann(d)
		for end, inwards := range map[float64]float64{interval.Low: step, interval.High: -step} {
			if inside, outside := pAt(end+inwards), pAt(end-inwards); inside <= 0.05 || outside > 0.05 {
				t.Errorf("n = %d: p = %v inside and %v outside of %v", n, inside, outside, interval)
			}
		}
	}
}

func TestHolmAdjustsTheDeclaredFamily(t *testing.T) {
	golden := goldenOf[goldenStats](t, "golden_stats.json").Holm
	for _, c := range []struct {
		name  string
		p     []float64
		tests int
		want  []float64
	}{
		{"SciPy", golden.P, 0, golden.Adjusted},
		{"none", []float64{}, 18, []float64{}},
		{"one", []float64{0.03}, 1, []float64{0.03}},
		{"capped at one", []float64{0.9, 0.8}, 0, []float64{1, 1}},
		{"never decreasing", []float64{0.02, 0.0125, 0.02}, 3, []float64{0.04, 0.0375, 0.04}},
		{"missing tests count", []float64{0.01, 0.02}, 4, []float64{0.04, 0.06}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, holm(c.p, c.tests), near(1e-15)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Holm's level: of families of 18 true hypotheses at most 5 % have a rejection.
func TestHolmKeepsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	const families, n = 2000, 14
	rejected := 0
	for range families {
		var p []float64
		for range 18 {
			d := make([]float64, n)
			for i := range d {
				d[i] = rng.NormFloat64()
			}
			p = append(p, signedRank(d).P)
		}
		if slices.Min(holm(p, 18)) < significant {
			rejected++
		}
	}
	// 100 expected at most; 129 is three standard deviations of a binomial above.
	if rejected > 129 || rejected == 0 {
		t.Errorf("%d of %d families have a rejection", rejected, families)
	}
}

// allOrders calls visit with every order of 0 … n−1.
func allOrders(n int, visit func(order []int)) {
	order := make([]int, 0, n)
	var extend func()
	extend = func() {
		if len(order) == n {
			visit(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				extend()
				order = order[:len(order)-1]
			}
		}
	}
	extend()
}

// goldenAssociations has p-values of Page's L, one-sided, of rising values and of falling ones.
type goldenAssociations struct {
	Trend []struct {
		Blocks                 [][]float64
		L                      float64
		Increasing, Decreasing float64
		Exact                  bool
	}
}

func TestPageTrendMatchesEnumeration(t *testing.T) {
	for i, g := range goldenOf[goldenAssociations](t, "golden_associations.json").Trend {
		n, k := float64(len(g.Blocks)), float64(len(g.Blocks[0]))
		columns := make([][]float64, len(g.Blocks[0]))
		for _, b := range g.Blocks {
			for j, v := range b {
				columns[j] = append(columns[j], v)
			}
		}
		trend, p := pageTrend(columns)
		if want := g.L - n*k*(k+1)*(k+1)/4; trend != want {
			t.Errorf("%d: trend %v, want %v", i, trend, want)
		}
		if !g.Exact { // but by the normal distribution
			continue
		}
		// Of 9,999 permutations the share is off by less than four standard deviations.
		want := min(1, 2*min(g.Increasing, g.Decreasing))
		if off := math.Abs(p - want); off > 1e-4+4*math.Sqrt(want*(1-want)/9999) {
			t.Errorf("%d: p = %v, want about %v", i, p, want)
		}
	}
	var rising [][]float64
	for _, v := range []float64{1, 2, 3, 4} {
		rising = append(rising, slices.Repeat([]float64{v}, 10))
	}
	if _, p := pageTrend(rising); p != 1./10000 { // the observed order counts as one of the permutations
		t.Errorf("ten blocks that rise: p = %v, want 1/10,000", p)
	}
}

func TestSpearmanWithin(t *testing.T) {
	const rhoOfEight = 0.19885368120992467                          // SciPy 1.17.1: spearmanr
	four := seedPairs{[]float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}} // ρ = 0.8
	eight := seedPairs{[]float64{3, 1, 4, 1, 5, 9, 2, 6}, []float64{2, 7, 1, 8, 2, 8, 1, 8}}
	opposite := seedPairs{four.x, []float64{-1, -3, -2, -4}}
	raised := seedPairs{[]float64{101, 102, 103, 104}, []float64{-99, -97, -98, -96}}
	flat := seedPairs{four.x, []float64{7, 7, 7, 7}}
	for _, c := range []struct {
		name  string
		cells []seedPairs
		rho   float64
	}{
		{"one", []seedPairs{eight}, rhoOfEight},
		{"levels add nothing", []seedPairs{four, raised}, 0.8},
		{"opposite", []seedPairs{four, opposite}, 0},
		{"no spread says nothing", []seedPairs{four, flat}, 0.8},
	} {
		rho, p := spearmanWithin(c.cells)
		if math.Abs(rho-c.rho) > 1e-15 {
			t.Errorf("%s: ρ = %v, want %v", c.name, rho, c.rho)
		}
		// Every order of the seeds, in all cells alike.
		as, all := 0, 0
		allOrders(len(c.cells[0].x), func(order []int) {
			var shuffled []seedPairs
			for _, cell := range c.cells {
				y := make([]float64, len(order))
				for i, j := range order {
					y[i] = cell.y[j]
				}
				shuffled = append(shuffled, seedPairs{cell.x, y})
			}
			all++
			if math.Abs(pooledRho(shuffled)) >= math.Abs(c.rho)-1e-12 {
				as++
			}
		})
		want := float64(as) / float64(all)
		if off := math.Abs(p - want); off > 1e-4+4*math.Sqrt(want*(1-want)/9999) {
			t.Errorf("%s: p = %v, want about %v", c.name, p, want)
		}
	}
	if _, p := spearmanWithin(nil); !math.IsNaN(p) {
		t.Errorf("p = %v of nothing", p)
	}
}

// pooledRho is spearmanWithin's ρ by its definition.
func pooledRho(cells []seedPairs) float64 {
	xy, xx, yy := 0, 0, 0
	for _, c := range cells {
		x, y := centredRanks(c.x), centredRanks(c.y)
		if dot(x, x) > 0 && dot(y, y) > 0 {
			xy, xx, yy = xy+dot(x, y), xx+dot(x, x), yy+dot(y, y)
		}
	}
	return float64(xy) / math.Sqrt(float64(xx)*float64(yy))
}
