package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// goldenStats is testdata/golden_stats.json, which names the sources of its numbers.
type goldenStats struct {
	Pairs []struct {
		X, Y          []float64
		MeanX         float64 `json:"mean_x"`
		SDX           float64 `json:"sd_x"`
		SignedRankP   float64 `json:"signed_rank_p"`
		HodgesLehmann float64 `json:"hodges_lehmann"`
		HLLow         float64 `json:"hl_low"`
		HLHigh        float64 `json:"hl_high"`
		MannWhitneyP  float64 `json:"mann_whitney_p"`
		WelchP        float64 `json:"welch_p"`
		PairedTP      float64 `json:"paired_t_p"`
		Spearman      float64
		CliffsDelta   float64 `json:"cliffs_delta"`
	}
	Welch struct {
		X, Y []float64
		T, P float64
	}
	Friedman []struct {
		Blocks  [][]float64
		Chi2, P float64
	}
	Holm    struct{ P, Adjusted []float64 }
	Special []struct {
		Function string
		Args     []float64
		Want     float64
	}
}

func readGoldenStats(t *testing.T) goldenStats {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_stats.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden goldenStats
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return golden
}

// near allows a relative error, and the same error absolutely below 1.
func near(tolerance float64) cmp.Option { return cmpopts.EquateApprox(tolerance, tolerance) }

// relative allows a relative error alone.
func relative(tolerance float64) cmp.Option { return cmpopts.EquateApprox(tolerance, 0) }

func TestSpecialFunctionsMatchMpmath(t *testing.T) {
	functions := map[string]struct {
		of        func(a []float64) float64
		tolerance cmp.Option
	}{
		"normalQuantile":  {func(a []float64) float64 { return normalQuantile(a[0]) }, relative(1e-15)},
		"normalCDF":       {func(a []float64) float64 { return normalCDF(a[0]) }, relative(3e-13)},
		"logGamma":        {func(a []float64) float64 { return logGamma(a[0]) }, near(1e-14)},
		"digamma":         {func(a []float64) float64 { return digamma(a[0]) }, near(2e-15)},
		"lowerGamma":      {func(a []float64) float64 { p, _ := incompleteGamma(a[0], a[1]); return p }, relative(1e-13)},
		"upperGamma":      {func(a []float64) float64 { _, q := incompleteGamma(a[0], a[1]); return q }, relative(1e-13)},
		"incompleteBeta":  {func(a []float64) float64 { return incompleteBeta(a[0], a[1], a[2], a[3]) }, relative(1e-13)},
		"studentTwoSided": {func(a []float64) float64 { return studentTwoSided(a[0], a[1]) }, relative(5e-13)},
		"chiSquareTail":   {func(a []float64) float64 { return chiSquareTail(a[0], a[1]) }, relative(1e-13)},
	}
	for _, golden := range readGoldenStats(t).Special {
		t.Run(fmt.Sprint(golden.Function, golden.Args), func(t *testing.T) {
			function := functions[golden.Function]
			got := function.of(golden.Args)
			if diff := cmp.Diff(golden.Want, got, function.tolerance); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSpecialFunctionsAtTheEndsOfTheirDomain(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	lower, upper := incompleteGamma(2, 0)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"normalQuantile(0)", normalQuantile(0), -inf},
		{"normalQuantile(1)", normalQuantile(1), inf},
		{"normalQuantile(0.5)", normalQuantile(0.5), 0},
		{"normalQuantile(-0.1)", normalQuantile(-0.1), nan},
		{"normalQuantile(1.1)", normalQuantile(1.1), nan},
		{"normalQuantile(NaN)", normalQuantile(nan), nan},
		{"logGamma(0)", logGamma(0), nan},
		{"logGamma(NaN)", logGamma(nan), nan},
		{"digamma(-1)", digamma(-1), nan},
		{"digamma(NaN)", digamma(nan), nan},
		{"P(2, 0)", lower, 0},
		{"Q(2, 0)", upper, 1},
		{"I_0(2, 3)", incompleteBeta(2, 3, 0, 1), 0},
		{"I_1(2, 3)", incompleteBeta(2, 3, 1, 0), 1},
		{"t = 0", studentTwoSided(0, 9), 1},
		{"t = NaN", studentTwoSided(nan, 9), nan},
		{"χ² = 0", chiSquareTail(0, 5), 1},
		{"χ² = NaN", chiSquareTail(nan, 5), nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNormalQuantileIsOddToTheLastBit(t *testing.T) {
	for i := 1; i < 4096; i++ {
		for _, p := range []float64{float64(i) / 8192, math.Ldexp(float64(i), -53)} {
			if below, above := normalQuantile(p), normalQuantile(1-p); below != -above {
				t.Fatalf("Φ⁻¹(%g) = %v, Φ⁻¹(1−%[1]g) = %v", p, below, above)
			}
		}
	}
}

func TestNormalQuantileInvertsTheDistributionFunction(t *testing.T) {
	previous := math.Inf(-1)
	for i := 1; i < 2000; i++ {
		p := float64(i) / 2000
		z := normalQuantile(p)
		if diff := cmp.Diff(p, normalCDF(z), relative(1e-13)); diff != "" {
			t.Fatalf("p = %g (-want +got)\n%s", p, diff)
		}
		if z <= previous {
			t.Fatalf("Φ⁻¹(%g) = %v is not above %v, that of the p before", p, z, previous)
		}
		previous = z
	}
}

func TestGammaRecurrences(t *testing.T) {
	for x := 0.0625; x < 40; x += 0.0625 {
		if diff := cmp.Diff(logGamma(x)+math.Log(x), logGamma(x+1), near(1e-14)); diff != "" {
			t.Errorf("log Γ(%g + 1) (-want +got)\n%s", x, diff)
		}
		if diff := cmp.Diff(digamma(x)+1/x, digamma(x+1), near(1e-14)); diff != "" {
			t.Errorf("ψ(%g + 1) (-want +got)\n%s", x, diff)
		}
	}
}

// The cases below have elementary closed forms: Student's t with 1 and 2 degrees of freedom, χ² with
// 2 and 4, and I_x(1, b) = 1 − (1−x)ᵇ.
func TestTailProbabilitiesMatchClosedForms(t *testing.T) {
	for i := 1; i < 200; i++ {
		x := float64(i) / 8
		y := x / 25
		want := []float64{
			1 - 2/math.Pi*math.Atan(x),
			1 - x/math.Sqrt(2+x*x),
			math.Exp(-x / 2),
			math.Exp(-x/2) * (1 + x/2),
			1 - math.Pow(1-y, 3.5),
		}
		got := []float64{
			studentTwoSided(-x, 1),
			studentTwoSided(x, 2),
			chiSquareTail(x, 2),
			chiSquareTail(x, 4),
			incompleteBeta(1, 3.5, y, 1-y),
		}
		if diff := cmp.Diff(want, got, near(1e-14)); diff != "" {
			t.Fatalf("x = %g (-want +got)\n%s", x, diff)
		}
	}
}

func TestContinuedFractionReachesTheGoldenRatio(t *testing.T) {
	got := continuedFraction(1, func(float64) (float64, float64) { return 1, 1 })
	if diff := cmp.Diff((1+math.Sqrt(5))/2, got, relative(1e-15)); diff != "" {
		t.Errorf("1 + 1/(1 + 1/(1 + …)) (-want +got)\n%s", diff)
	}
}
