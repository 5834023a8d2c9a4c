package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// estimates runs totalCorrelation and returns gauss, knn and tree in this order.
func estimates(t *testing.T, a Mat, seed uint64) [3]float64 {
	t.Helper()
	_, gauss, knn, tree := totalCorrelation(a, seed)
	return [3]float64{gauss, knn, tree}
}

// chainSample returns N rows of units whose neighbours have correlation 0.7.
func chainSample(rows, units int, seed uint64) Mat {
	return sample(rows, units, seed, func(z []float64, _ func() float64) {
		for k := 1; k < len(z); k++ {
			z[k] = float64(0.7*z[k-1]) + float64(math.Sqrt(0.51)*z[k])
		}
	})
}

// mapped returns f of every element of a.
func mapped(a Mat, f func(float64) float64) Mat {
	b := newMat(a.Rows, a.Cols)
	for i, z := range a.Data {
		b.Data[i] = f(z)
	}
	return b
}

// withColumn returns a with a column put in before column k.
func withColumn(a Mat, k int, column func(n int) float64) Mat {
	b := newMat(a.Rows, a.Cols+1)
	for n := range a.Rows {
		copy(b.Row(n), slices.Insert(slices.Clone(a.Row(n)), k, column(n)))
	}
	return b
}

func assertFinite(t *testing.T, got [3]float64) {
	t.Helper()
	for i, v := range got {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s estimate is %v, want a finite number", [3]string{"gauss", "knn", "tree"}[i], v)
		}
	}
}

func TestTotalCorrelationIgnoresStrictlyMonotoneActivations(t *testing.T) {
	z := chainSample(300, 5, 1)
	want := estimates(t, z, 1)
	for _, f := range []struct {
		name string
		of   func(float64) float64
	}{
		{"leaky_relu", func(z float64) float64 { return max(0.01*z, z) }},
		{"tanh", math.Tanh},
		{"softplus", func(z float64) float64 { return math.Log1p(math.Exp(z)) }},
	} {
		t.Run(f.name, func(t *testing.T) {
			if diff := cmp.Diff(want, estimates(t, mapped(z, f.of), 1)); diff != "" {
				t.Errorf("estimates differ from the identity's (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConstantUnitsContributeNothing(t *testing.T) {
	a := mapped(chainSample(300, 5, 1), func(z float64) float64 { return max(0, z) })
	want := estimates(t, a, 1)
	dead := func(int) float64 { return 0 }
	signed := func(n int) float64 { return math.Copysign(0, float64(n%2)-0.5) }
	for _, k := range []int{0, 3, 5} {
		got := estimates(t, withColumn(withColumn(a, k, dead), k, signed), 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("two dead units before unit %d change the estimates (-want +got):\n%s", k, diff)
		}
	}
}

// TestConstantUnitsCountAsUnitsOfTheGaussianEstimate: they are counted when rows are compared with units.
func TestConstantUnitsCountAsUnitsOfTheGaussianEstimate(t *testing.T) {
	dead := func(int) float64 { return 0 }
	a := withColumn(withColumn(chainSample(12, 10, 1), 0, dead), 5, dead)
	if got := estimates(t, a, 1)[0]; !math.IsNaN(got) {
		t.Errorf("12 units, two of them constant, in 12 rows: %v, want none", got)
	}
}

func TestTotalCorrelationOfFewerThanTwoLiveUnitsIsZero(t *testing.T) {
	one := chainSample(50, 1, 1)
	for _, c := range []struct {
		name string
		a    Mat
	}{
		{"one unit", one},
		{"one live and one dead unit", withColumn(one, 0, func(int) float64 { return 3 })},
		{"all rows equal", newMat(50, 4)},
		{"no unit", newMat(50, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff([3]float64{}, estimates(t, c.a, 1)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheFewestRowsAreEnough, of which Config.check refuses fewer.
func TestTheFewestRowsAreEnough(t *testing.T) {
	assertFinite(t, estimates(t, chainSample(minTCRows, 3, 1), 1))
	assertFinite(t, estimates(t, chainSample(minTCRows+1, minTCRows, 1), 1)) // the most units for a Gaussian estimate
}

func TestNaNActivationsGiveNaN(t *testing.T) {
	a := chainSample(50, 3, 1)
	a.Row(7)[1] = math.NaN()
	for i, v := range estimates(t, a, 1) {
		if !math.IsNaN(v) {
			t.Errorf("estimate %d = %v, want NaN", i, v)
		}
	}
}

func TestDuplicatedRowsGiveFiniteEstimates(t *testing.T) {
	for _, copies := range []int{2, 5, 50} {
		t.Run(fmt.Sprintf("copies=%d", copies), func(t *testing.T) {
			a := chainSample(200, 4, 1)
			for n := range a.Rows {
				copy(a.Row(n), a.Row(n-n%copies))
			}
			assertFinite(t, estimates(t, a, 1))
		})
	}
}

// Two identical units have an infinite total correlation; each estimate reads its own limit.
func TestIdenticalUnitsReadTheLimits(t *testing.T) {
	const rows = 2000
	a := chainSample(rows, 1, 1)
	got := estimates(t, withColumn(a, 1, func(n int) float64 { return math.Tanh(a.Row(n)[0]) }), 1)
	want := [3]float64{
		-0.5*log(leastUnexplained(rows)) - 2*1/(4.*rows), // 10.1
		knnLimit(rows, 2),
		digamma(rows/2) - digamma(neighbors), // 5.7: KSG with x_n = y_n = k − 1
	}
	for i, tolerance := range []float64{1e-6, 1e-9, 1e-12} {
		if math.Abs(got[i]-want[i]) > tolerance {
			t.Errorf("estimate %d = %v, want %v ± %v", i, got[i], want[i], tolerance)
		}
	}
}

func TestTiesAreBrokenByTheSeed(t *testing.T) {
	a := mapped(chainSample(300, 4, 1), func(z float64) float64 { return max(0, z) })
	if diff := cmp.Diff(estimates(t, a, 1), estimates(t, a, 1)); diff != "" {
		t.Errorf("the same seed gave two results (-first +second):\n%s", diff)
	}
	if one, two := estimates(t, a, 1), estimates(t, a, 2); one == two {
		t.Errorf("seeds 1 and 2 break ties alike: %v", one)
	}
}

// Two units that are zero on the same rows and independent there: broken in row order, the ties
// would read as a perfect dependence of 1,000 rows.
func TestTiesAddNoDependence(t *testing.T) {
	a := sample(2000, 2, 1, func([]float64, func() float64) {})
	for n := range 1000 {
		a.Row(n)[0], a.Row(n)[1] = -9, -9
	}
	// Both tied or both not: one bit of dependence, log 2.
	got := estimates(t, a, 1)
	for i, v := range got[1:] {
		if math.Abs(v-math.Ln2) > 0.06 {
			t.Errorf("estimate %d = %.3f nats, want %.3f ± 0.06", i+1, v, math.Ln2)
		}
	}
}

func TestNormalScoresAreOrderedAndOdd(t *testing.T) {
	for _, n := range []int{2, 9, 2000, 10000} {
		score := normalScores(n)
		for r := range score {
			if score[r] != -score[n-1-r] || r > 0 && !(score[r] > score[r-1]) {
				t.Fatalf("N = %d: scores around rank %d are not increasing and odd", n, r)
			}
		}
	}
	if got, want := normalScores(2)[1], 0.67448975019608171; math.Abs(got-want) > 1e-15 {
		t.Errorf("Φ⁻¹(3/4) = %.17g, want %.17g", got, want)
	}
}

func TestGaussEstimateIsTheDeterminant(t *testing.T) {
	g := scoresOf(orderUnits(chainSample(500, 3, 1), 1))
	r, _ := correlation(g)
	x, y, z := r.Row(1)[0], r.Row(2)[0], r.Row(2)[1]
	want := -0.5*math.Log(1+2*x*y*z-x*x-y*y-z*z) - 6./2000
	if got := gaussTC(g); math.Abs(got-want) > 1e-12 {
		t.Errorf("gaussTC = %v, want %v", got, want)
	}
}

// These bits come from this program; another platform, or another version of it, must give the same.
func TestTotalCorrelationBitsAreFixed(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, streamData))
	a := newMat(101, 4)
	for n := range a.Rows {
		u, v, w := rng.Float64(), rng.Float64(), rng.Float64()
		copy(a.Row(n), []float64{u, u + v, max(0, w-0.5), u * u})
	}
	var got [3]uint64
	for i, v := range estimates(t, a, 1) {
		got[i] = math.Float64bits(v)
	}
	want := [3]uint64{0x4017f212bb1df708, 0x3ff6ba7be0787922, 0x40080dd27fb19488}
	if got != want {
		t.Errorf("bits of gauss, knn, tree = %#x, want %#x", got, want)
	}
}

func BenchmarkTotalCorrelation(b *testing.B) {
	for _, units := range []int{16, 64, 1024} {
		a := mapped(chainSample(2000, units, 1), func(z float64) float64 { return max(0, z) })
		b.Run(fmt.Sprintf("K=%d", units), func(b *testing.B) { benchmarkTC(b, a) })
		b.Run(fmt.Sprintf("K=%d/null=first", units), func(b *testing.B) {
			for b.Loop() {
				clear(nullLogRadii.of)
				totalCorrelation(a, 1)
			}
		})
	}
}

func benchmarkTC(b *testing.B, a Mat) {
	nullLogRadius(a.Rows, a.Cols)
	for b.Loop() {
		totalCorrelation(a, 1)
	}
}

func TestQuantileAndDigammaMatchMpmath(t *testing.T) {
	for _, golden := range goldenOf[goldenStats](t, "golden_stats.json").Special {
		var got float64
		tolerance := relative(1e-15)
		switch golden.Function {
		case "normalQuantile":
			got = normalQuantile(golden.Args[0])
		case "digamma":
			got, tolerance = digamma(golden.Args[0]), near(2e-15)
		default:
			continue
		}
		if diff := cmp.Diff(golden.Want, got, tolerance); diff != "" {
			t.Errorf("%s(%v) (-want +got)\n%s", golden.Function, golden.Args, diff)
		}
	}
}
