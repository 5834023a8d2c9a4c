package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample returns N rows, each made by `shape` from K independent standard normals and a source of more.
// Normals come from normalQuantile, so that a sample has the same bits everywhere.
func sample(rows, units int, seed uint64, shape func(z []float64, normal func() float64)) Mat {
	rng := rand.New(rand.NewPCG(seed, streamData))
	normal := func() float64 {
		p := (float64(rng.Uint64()>>12) + 0.5) / (1 << 52)
		return math.Copysign(normalQuantile(min(p, 1-p)), p-0.5)
	}
	a := newMat(rows, units)
	for n := range rows {
		for k := range a.Row(n) {
			a.Row(n)[k] = normal()
		}
		shape(a.Row(n), normal)
	}
	return a
}

// Shapes of sample: independent units, units whose neighbours have correlation 0.7, and units 0 and 1,
// 2 and 3, … by one function.

func independent([]float64, func() float64) {}

func chainOf(z []float64, _ func() float64) {
	for k := 1; k < len(z); k++ {
		z[k] = float64(0.7*z[k-1]) + float64(math.Sqrt(0.51)*z[k])
	}
}

func pairwise(f func(x, y float64) (float64, float64)) func([]float64, func() float64) {
	return func(z []float64, _ func() float64) {
		for k := 0; k+1 < len(z); k += 2 {
			z[k], z[k+1] = f(z[k], z[k+1])
		}
	}
}

func relu(z float64) float64 { return max(0, z) }

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

// estimates are gauss, knn and tree.
func estimates(a Mat, seed uint64) (e [3]float64) {
	_, e[0], e[1], e[2] = totalCorrelation(a, seed)
	return e
}

// knownTruths are distributions of K units whose total correlation is known. share is what gauss, knn and
// tree read at K = 16 and 64, as shares of the truth, give or take 0.06; in nats where the truth is 0 or
// infinite, give or take 0.4 and 1 %.
var knownTruths = []struct {
	name  string
	shape func(z []float64, normal func() float64)
	truth func(units float64) float64
	share [2][3]float64
}{
	{"independent normals", independent,
		func(float64) float64 { return 0 },
		[2][3]float64{{0, 0, 0}, {0, 0, 0}}},
	{"chain, AR(0.7)", chainOf,
		func(K float64) float64 { return -(K - 1) / 2 * math.Log(0.51) },
		[2][3]float64{{1, 0.79, 1}, {1, 0.46, 1}}},
	{"equicorrelated 0.3", func(z []float64, normal func() float64) {
		common := math.Sqrt(0.3) * normal()
		for k := range z {
			z[k] = common + float64(math.Sqrt(0.7)*z[k])
		}
	},
		func(K float64) float64 { return -0.5 * ((K-1)*math.Log(0.7) + math.Log(0.7+0.3*K)) },
		[2][3]float64{{1, 0.9, 0.39}, {1, 0.92, 0.31}}}, // 0.39 and 0.31 is the best tree's truth
	{"ReLU of pairs, ρ = 0.8", pairwise(func(x, y float64) (float64, float64) {
		return relu(x), relu(float64(0.8*x) + float64(0.6*y))
	}),
		func(K float64) float64 { return K / 2 * reluPairMI(0.8) },
		[2][3]float64{{0.65, 0.6, 1}, {0.65, 0.25, 1}}},
	{"pairs y = x² + noise", pairwise(func(x, y float64) (float64, float64) {
		return x, float64(x*x) + float64(0.5*y)
	}),
		func(K float64) float64 { return K / 2 * squarePairMI(0.5) },
		[2][3]float64{{0, 0.26, 1}, {0, 0.07, 1}}},
	{"Student t₅", func(z []float64, normal func() float64) {
		var chi2 float64
		for range 5 {
			v := normal()
			chi2 += float64(v * v)
		}
		for k := range z {
			z[k] /= math.Sqrt(chi2 / 5)
		}
	},
		func(K float64) float64 { return K*studentEntropy(5, 1) - studentEntropy(5, K) },
		[2][3]float64{{0, 1.44, 0.35}, {0.05, 1.78, 0.12}}}, // knn reads too much
	{"identical pairs", pairwise(func(x, _ float64) (float64, float64) { return x, x }),
		func(float64) float64 { return math.Inf(1) },
		[2][3]float64{{81, 5.7, 45.2}, {324, 7.9, 180.9}}},
	{"all units identical", func(z []float64, _ func() float64) {
		for k := range z {
			z[k] = z[0]
		}
	},
		func(float64) float64 { return math.Inf(1) },
		[2][3]float64{{152, 84, 84.8}, {638, 357.1, 356}}},
}

// reluPairMI is the mutual information of max(0, x) and max(0, y), where x and y are standard normals
// with correlation ρ and joint density f. The four terms are the four quadrants:
//
//	I = ∫∫_{x,y>0} f log(f/φφ) + 2 ∫_{x>0} φ q log(q/½) + p log(p/¼)
//
// q(x) = P(y ≤ 0 | x), p = P(x ≤ 0, y ≤ 0) = ¼ + asin(ρ)/2π.
func reluPairMI(rho float64) float64 {
	const step, top = 0.01, 8.0
	phi := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	s := math.Sqrt(1 - rho*rho)
	p := 0.25 + math.Asin(rho)/(2*math.Pi)
	sum := p * math.Log(p/0.25)
	for x := step / 2; x < top; x += step { // midpoint rule
		q := math.Erfc(rho*x/s/math.Sqrt2) / 2
		sum += 2 * step * phi(x) * q * math.Log(q/0.5)
		for y := step / 2; y < top; y += step {
			e := (y - rho*x) / s
			sum += step * step * phi(x) * phi(e) / s * (-math.Log(s) - e*e/2 + y*y/2)
		}
	}
	return sum
}

// squarePairMI is the mutual information H(y) − ½ log 2πeσ² of a standard normal x and
// y = x² + σ·normal.
func squarePairMI(sigma float64) float64 {
	const step = 0.02
	var entropy float64
	for y := -4.0; y < 40; y += step {
		var f float64
		for x := step / 2; x < 7; x += step {
			e := (y - x*x) / sigma
			f += 2 * step * math.Exp(-(x*x+e*e)/2) / (2 * math.Pi * sigma)
		}
		if f > 0 {
			entropy -= step * f * math.Log(f)
		}
	}
	return entropy - 0.5*math.Log(2*math.Pi*math.E*sigma*sigma)
}

// studentEntropy is the entropy of the multivariate t with ν degrees of freedom in K dimensions, unit scale.
// Source: Kotz and Nadarajah (2004), Multivariate t Distributions, section 1.7.
func studentEntropy(nu, K float64) float64 {
	a, _ := math.Lgamma(nu / 2)
	b, _ := math.Lgamma((nu + K) / 2)
	return a - b + K/2*math.Log(nu*math.Pi) + (nu+K)/2*(digamma((nu+K)/2)-digamma(nu/2))
}

// TestKnownTruths holds every estimate to its shares. Its log is the table of EXPERIMENT.md.
func TestKnownTruths(t *testing.T) {
	sizes := []int{16, 64}
	if testing.Short() {
		sizes = sizes[:1]
	}
	table := "| N = 2,000 | K | truth | `tc_gauss_nats` | `tc_knn_nats` | `tc_tree_nats` |\n|---|---|---|---|---|---|\n"
	for i, K := range sizes {
		for _, c := range knownTruths {
			got, truth := estimates(sample(2000, K, 1, c.shape), 1), c.truth(float64(K))
			for e, want := range c.share[i] {
				share, tolerance := got[e]/truth, 0.06
				if truth == 0 || math.IsInf(truth, 1) {
					share, tolerance = got[e], 0.4+want/100
				}
				if !(math.Abs(share-want) <= tolerance) {
					t.Errorf("%s, K = %d: estimate %d reads %.3f of %.3f, a share of %.3f, want %v",
						c.name, K, e, got[e], truth, share, want)
				}
			}
			row := fmt.Sprintf("| %s | %d | %.2f | %.2f | %.2f | %.2f |\n", c.name, K, truth, got[0], got[1], got[2])
			row = strings.Replace(row, "+Inf", "∞", 1)
			if table += row; K == 64 && !strings.Contains(textOf(t, "EXPERIMENT.md"), row) {
				t.Errorf("EXPERIMENT.md does not have the row\n%s", row)
			}
		}
	}
	t.Log("\n" + table)
}

func TestTotalCorrelationIgnoresStrictlyMonotoneActivations(t *testing.T) {
	z := sample(300, 5, 1, chainOf)
	want := estimates(z, 1)
	for name, f := range map[string]func(float64) float64{
		"leaky_relu": func(z float64) float64 { return max(0.01*z, z) },
		"tanh":       math.Tanh,
		"softplus":   func(z float64) float64 { return math.Log1p(math.Exp(z)) },
	} {
		if diff := cmp.Diff(want, estimates(mapped(z, f), 1)); diff != "" {
			t.Errorf("%s: estimates differ from the identity's (-want +got):\n%s", name, diff)
		}
	}
}

// TestConstantUnitsContributeNothing, but count where rows are compared with units.
func TestConstantUnitsContributeNothing(t *testing.T) {
	a := mapped(sample(300, 5, 1, chainOf), relu)
	want := estimates(a, 1)
	dead := func(int) float64 { return 0 }
	signed := func(n int) float64 { return math.Copysign(0, float64(n%2)-0.5) }
	for _, k := range []int{0, 3, 5} {
		got := estimates(withColumn(withColumn(a, k, dead), k, signed), 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("two dead units before unit %d change the estimates (-want +got):\n%s", k, diff)
		}
	}
	few := withColumn(withColumn(sample(12, 10, 1, chainOf), 0, dead), 5, dead)
	if got := estimates(few, 1)[0]; !math.IsNaN(got) {
		t.Errorf("12 units, two of them constant, in 12 rows: gauss %v, want NaN", got)
	}
}

func TestWhatHasNoTotalCorrelation(t *testing.T) {
	one, nan := sample(50, 1, 1, chainOf), sample(50, 3, 1, chainOf)
	nan.Row(7)[1] = math.NaN()
	NaN := math.NaN()
	for _, c := range []struct {
		name  string
		a     Mat
		units int
		want  [3]float64
	}{
		{"one unit", one, 1, [3]float64{}},
		{"one live and one dead unit", withColumn(one, 0, func(int) float64 { return 3 }), 1, [3]float64{}},
		{"all rows equal", newMat(50, 4), 0, [3]float64{}},
		{"no unit", newMat(50, 0), 0, [3]float64{}},
		{"NaN", nan, 3, [3]float64{NaN, NaN, NaN}},
	} {
		units, gauss, knn, tree := totalCorrelation(c.a, 1)
		if _, same := sameBits(c.want[:], []float64{gauss, knn, tree}); !same || units != c.units {
			t.Errorf("%s: %v, %v, %v of %d units; want %v of %d", c.name, gauss, knn, tree, units, c.want, c.units)
		}
	}
}

// TestEstimatesAreFinite from the fewest rows, of rows that occur several times, and of more units than
// rows, which have no Gaussian estimate.
func TestEstimatesAreFinite(t *testing.T) {
	for _, c := range []struct {
		N, K, copies int
		gauss        bool
	}{
		{minTCRows, 3, 1, true}, {minTCRows + 1, minTCRows, 1, true}, {60, 60, 1, false}, {61, 60, 1, true},
		{60, maxTCUnits, 1, false}, {200, 4, 2, true}, {200, 4, 50, true},
	} {
		a := sample(c.N, c.K, 1, chainOf)
		for n := range a.Rows {
			copy(a.Row(n), a.Row(n-n%c.copies))
		}
		if got := estimates(a, 1); finite(got[0]) != c.gauss || !finite(got[1]) || !finite(got[2]) {
			t.Errorf("%d units, %d rows, each %d times: gauss, knn, tree = %v", c.K, c.N, c.copies, got)
		}
	}
}

func TestTiesAreBrokenByTheSeed(t *testing.T) {
	a := mapped(sample(300, 4, 1, chainOf), relu)
	one, again, two := estimates(a, 1), estimates(a, 1), estimates(a, 2)
	if one != again || one == two {
		t.Errorf("seed 1 gives %v and %v, seed 2 %v", one, again, two)
	}
}

// Two units that are zero on the same rows and independent there: broken in row order, the ties
// would read as a perfect dependence of 1,000 rows.
func TestTiesAddNoDependence(t *testing.T) {
	a := sample(2000, 2, 1, independent)
	for n := range 1000 {
		a.Row(n)[0], a.Row(n)[1] = -9, -9
	}
	// Both tied or both not: one bit of dependence, log 2.
	got := estimates(a, 1)
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
	g := scoresOf(orderUnits(sample(500, 3, 1, chainOf), 1))
	r, _ := correlation(g)
	x, y, z := r.Row(1)[0], r.Row(2)[0], r.Row(2)[1]
	want := -0.5*math.Log(1+2*x*y*z-x*x-y*y-z*z) - 6./2000
	if got := gaussTC(g); math.Abs(got-want) > 1e-12 {
		t.Errorf("gaussTC = %v, want %v", got, want)
	}
}

// TestGaussEstimateOfIndependentUnitsIsZero, also of about as many units as rows, where K(K−1)/(4N) alone
// would leave 40 nats.
func TestGaussEstimateOfIndependentUnitsIsZero(t *testing.T) {
	for _, c := range []struct{ N, K int }{{2000, 100}, {360, 64}, {130, maxTCUnits}} {
		sum, draws := 0.0, uint64(4)
		for seed := range draws {
			sum += gaussTC(permutedScores(c.N, c.K, rand.New(rand.NewPCG(seed, streamData))))
		}
		if mean := sum / float64(draws); !(math.Abs(mean) < 1) {
			t.Errorf("%d units, %d rows: %.2f nats, want 0", c.K, c.N, mean)
		}
	}
	for _, K := range []int{2, 20, maxTCUnits} { // with ten rows a unit the two formulas are near each other
		first, exact := gaussBias(10*K, K), gaussBias(10*K-1, K)
		if first != float64(K*(K-1))/float64(4*10*K) || !(exact > first && exact-first < 0.13) {
			t.Errorf("bias of %d units: %v by the first term, %v by all", K, first, exact)
		}
	}
}

// TestIdenticalUnitsReadTheLimits: two such units have an infinite total correlation. The limit of gauss
// is what two different orders can reach at most.
func TestIdenticalUnitsReadTheLimits(t *testing.T) {
	const N = 2000
	score := normalScores(N)
	swapped := slices.Clone(score)
	swapped[N/2], swapped[N/2-1] = score[N/2-1], score[N/2]
	rho := inner(score, swapped) / inner(score, score)
	a := sample(N, 1, 1, independent)
	got := estimates(withColumn(a, 1, func(n int) float64 { return math.Tanh(a.Row(n)[0]) }), 1)
	one := rand.New(rand.NewPCG(1, streamNull)).Perm(N)
	want := [3]float64{
		-0.5*math.Log(1-rho*rho) - 2*1/(4.*N), // 10.1
		knnTC(scoresOf([][]int{one, one})),
		digamma(N/2) - digamma(neighbors), // 5.7: KSG with x_n = y_n = k − 1
	}
	for i, tolerance := range []float64{1e-6, 1e-9, 1e-12} {
		if math.Abs(got[i]-want[i]) > tolerance {
			t.Errorf("estimate %d = %v, want %v ± %v", i, got[i], want[i], tolerance)
		}
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
	for i, v := range estimates(a, 1) {
		got[i] = math.Float64bits(v)
	}
	want := [3]uint64{0x4017f212bb1df708, 0x3ff6ba7be0787922, 0x40080dd27fb19488}
	if got != want {
		t.Errorf("bits of gauss, knn, tree = %#x, want %#x", got, want)
	}
}

func BenchmarkTotalCorrelation(b *testing.B) {
	for _, units := range []int{16, 64} {
		a := mapped(sample(2000, units, 1, chainOf), relu)
		b.Run(fmt.Sprintf("K=%d", units), func(b *testing.B) {
			nullLogRadius(a.Rows, units)
			for b.Loop() {
				totalCorrelation(a, 1)
			}
		})
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
