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

// goldenAssociations is testdata/golden_associations.json, which testdata/associations.py makes with SciPy.
type goldenAssociations struct {
	Trend []struct {
		Blocks                    [][]float64
		L, Increasing, Decreasing float64
		Exact                     bool
	}
	Slope []struct {
		X, Y  []float64
		Slope float64
	}
	Between []struct {
		X, Y   [][][]float64 // [stratum][condition][seed]
		Rho, P float64
		Each   []float64
	}
	Within []struct {
		X, Y   [][]float64 // [cell][seed]
		Rho, P float64
		Each   []float64
	}
}

func readGoldenAssociations(t *testing.T) goldenAssociations {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_associations.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden goldenAssociations
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return golden
}

func TestPageTrendMatchesSciPy(t *testing.T) {
	for i, golden := range readGoldenAssociations(t).Trend {
		t.Run(fmt.Sprint("blocks", i), func(t *testing.T) {
			want := trendResult{
				L: golden.L, Increasing: golden.Increasing, Decreasing: golden.Decreasing,
				P: min(1, 2*min(golden.Increasing, golden.Decreasing)), Exact: golden.Exact,
			}
			if diff := cmp.Diff(want, pageTrend(golden.Blocks), relative(1e-12)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// enumeratedTrend is pageTrend from every order of every block, ranked by comparing all pairs.
func enumeratedTrend(blocks [][]float64) trendResult {
	sums := []float64{0} // of 2L, over all orders of the blocks so far; the first is the observed one
	for _, block := range blocks {
		ranks := make([]float64, len(block)) // twice the midranks
		for i, u := range block {
			for _, v := range block {
				switch {
				case v < u:
					ranks[i] += 2
				case v == u:
					ranks[i]++
				}
			}
			ranks[i]++
		}
		var own []float64
		var place func(column int, sum float64)
		place = func(column int, sum float64) {
			if column == len(ranks) {
				own = append(own, sum)
			}
			for i := column; i < len(ranks); i++ {
				ranks[column], ranks[i] = ranks[i], ranks[column]
				place(column+1, sum+float64(column+1)*ranks[column])
				ranks[column], ranks[i] = ranks[i], ranks[column]
			}
		}
		place(0, 0)
		var all []float64
		for _, before := range sums {
			for _, s := range own {
				all = append(all, before+s)
			}
		}
		sums = all
	}
	mean := float64(len(blocks)*len(blocks[0])*(len(blocks[0])+1)*(len(blocks[0])+1)) / 2
	result := trendResult{L: sums[0] / 2, Exact: true}
	for _, s := range sums {
		share := 1 / float64(len(sums))
		if s >= sums[0] {
			result.Increasing += share
		}
		if s <= sums[0] {
			result.Decreasing += share
		}
		if math.Abs(s-mean) >= math.Abs(sums[0]-mean) {
			result.P += share
		}
	}
	return result
}

func TestPageTrendMatchesEnumerationWithTies(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 0))
	for _, size := range [][2]int{{1, 2}, {4, 2}, {3, 3}, {5, 3}, {2, 4}, {3, 4}, {2, 5}} {
		for range 5 {
			blocks := make([][]float64, size[0])
			for i := range blocks {
				blocks[i] = coarse(rng, size[1])
			}
			if diff := cmp.Diff(enumeratedTrend(blocks), pageTrend(blocks), relative(1e-10)); diff != "" {
				t.Errorf("%v (-want +got)\n%s", blocks, diff)
			}
		}
	}
}

func TestPageTrendKnownAnswers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	none := trendResult{L: nan, Increasing: nan, Decreasing: nan, P: nan}
	five := slices.Repeat([][]float64{{1, 2, 3, 4, 5}}, 5)
	for _, c := range []struct {
		name   string
		blocks [][]float64
		want   trendResult
	}{
		{"all five up", five, trendResult{L: 275, Increasing: math.Pow(120, -5), Decreasing: 1, P: 2 * math.Pow(120, -5), Exact: true}},
		{"one down", [][]float64{{3, 2, 1}}, trendResult{L: 10, Increasing: 1, Decreasing: 1.0 / 6, P: 2.0 / 6, Exact: true}},
		{"infinite is the largest", [][]float64{{-inf, 2, inf}}, trendResult{L: 14, Increasing: 1.0 / 6, Decreasing: 1, P: 2.0 / 6, Exact: true}},
		{"equal but for rounding", [][]float64{{0.1 + 0.2, 0.3}}, trendResult{L: 4.5, Increasing: 1, Decreasing: 1, P: 1, Exact: true}},
		{"ties alone, too many to count", slices.Repeat([][]float64{{7, 7}}, maxExactBlocks+1), trendResult{L: 51 * 4.5, Increasing: 0.5, Decreasing: 0.5, P: 1}},
		{"no blocks", nil, none},
		{"one column", [][]float64{{1}, {2}}, none},
		{"NaN", [][]float64{{1, nan}}, none},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, pageTrend(c.blocks), relative(1e-12), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Where it takes over, the approximation is within 5 % of an exact two-sided p of 1 % or more.
func TestTrendApproximationIsNearTheExactP(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 0))
	compared := 0
	for range 40 {
		blocks := make([][]float64, maxExactBlocks)
		for i := range blocks {
			blocks[i] = coarse(rng, 4)
			blocks[i][3] += rng.Float64()
		}
		exact := pageTrend(blocks)
		twice := pageTrend(slices.Concat(blocks, blocks, [][]float64{{1, 1, 1, 1}})) // the same trend, with twice the variance
		z := normalQuantile(twice.P/2) / math.Sqrt2
		if approximate := 2 * normalCDF(z); exact.P > 0.01 {
			compared++
			if twice.Exact || math.Abs(approximate-exact.P) > 0.05*exact.P {
				t.Errorf("p = %v, exactly %v", approximate, exact.P)
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d compared", compared)
	}
}

func TestLogLogSlopeMatchesSciPy(t *testing.T) {
	for i, golden := range readGoldenAssociations(t).Slope {
		t.Run(fmt.Sprint("line", i), func(t *testing.T) {
			if diff := cmp.Diff(golden.Slope, logLogSlope(golden.X, golden.Y), near(1e-14)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLogLogSlopeKnownAnswers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		x, y []float64
		want float64
	}{
		{"y = 3/√x", []float64{1, 4, 16, 64}, []float64{3, 1.5, 0.75, 0.375}, -0.5},
		{"y = 10¹⁵⁰ x²", []float64{2, 3, 7}, []float64{4e150, 9e150, 49e150}, 2},
		{"constant", []float64{64, 128, 1024}, []float64{0.1, 0.1, 0.1}, 0},
		{"y is 0", []float64{1, 2}, []float64{0, 1}, nan},
		{"y is negative", []float64{1, 2}, []float64{-1, -2}, nan},
		{"y is infinite", []float64{1, 2}, []float64{1, inf}, nan},
		{"y is NaN", []float64{1, 2}, []float64{nan, 1}, nan},
		{"x is 0", []float64{0, 2}, []float64{1, 2}, nan},
		{"x without spread", []float64{10, 10, 10}, []float64{1, 2, 4}, nan},
		{"one point", []float64{10}, []float64{1}, nan},
		{"none", nil, nil, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, logLogSlope(c.x, c.y), near(1e-14), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func BenchmarkPageTrend(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, size := range [][2]int{{5, 5}, {50, 7}, {maxExactBlocks, maxExactColumns}} {
		blocks := make([][]float64, size[0])
		for i := range blocks {
			blocks[i] = coarse(rng, size[1])
		}
		b.Run(fmt.Sprintf("n=%d/k=%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				pageTrend(blocks)
			}
		})
	}
}
