package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sample returns N rows, each made by `shape` from K independent standard normals and a source of more.
// Normals come from normalQuantile, so that a sample has the same bits everywhere.
func sample(rows, units int, seed uint64, shape func(z []float64, normal func() float64)) Mat {
	rng := rand.New(rand.NewPCG(seed, streamData))
	normal := func() float64 { return normalQuantile((float64(rng.Uint64()>>12) + 0.5) / (1 << 52)) }
	a := newMat(rows, units)
	for n := range rows {
		for k := range a.Row(n) {
			a.Row(n)[k] = normal()
		}
		shape(a.Row(n), normal)
	}
	return a
}

// pairwise shapes units 0 and 1, 2 and 3, … by the same function.
func pairwise(f func(x, y float64) (float64, float64)) func([]float64, func() float64) {
	return func(z []float64, _ func() float64) {
		for k := 0; k+1 < len(z); k += 2 {
			z[k], z[k+1] = f(z[k], z[k+1])
		}
	}
}

// knownTruth is a distribution of K units whose total correlation is known.
type knownTruth struct {
	name  string
	shape func(z []float64, normal func() float64)
	truth func(units int) float64
	// share holds, by K, the least and the most that gauss, knn and tree may read, as shares of the
	// truth; in nats where the truth is 0 or infinite.
	share map[int][3][2]float64
}

var knownTruths = []knownTruth{
	{
		name:  "independent normals",
		shape: func([]float64, func() float64) {},
		truth: func(int) float64 { return 0 },
		share: map[int][3][2]float64{
			16: {{-0.4, 0.4}, {-0.4, 0.4}, {-0.4, 0.4}},
			64: {{-0.4, 0.4}, {-0.4, 0.4}, {-0.4, 0.4}},
		},
	},
	{
		name: "chain, AR(0.7)",
		shape: func(z []float64, _ func() float64) {
			for k := 1; k < len(z); k++ {
				z[k] = float64(0.7*z[k-1]) + float64(math.Sqrt(0.51)*z[k])
			}
		},
		truth: func(units int) float64 { return float64(units-1) * gaussianMI(0.7) },
		share: map[int][3][2]float64{
			16: {{0.97, 1.03}, {0.70, 0.88}, {0.88, 1.12}},
			64: {{0.97, 1.03}, {0.40, 0.52}, {0.88, 1.12}},
		},
	},
	{
		name: "equicorrelated 0.3",
		shape: func(z []float64, normal func() float64) {
			common := math.Sqrt(0.3) * normal()
			for k := range z {
				z[k] = common + float64(math.Sqrt(0.7)*z[k])
			}
		},
		truth: func(units int) float64 {
			k := float64(units)
			return -0.5 * ((k-1)*math.Log(0.7) + math.Log(0.7+0.3*k))
		},
		share: map[int][3][2]float64{
			16: {{0.94, 1.06}, {0.80, 1.00}, {0.28, 0.48}}, // the best tree's truth: 0.39
			64: {{0.94, 1.06}, {0.85, 1.00}, {0.25, 0.40}}, // 0.31
		},
	},
	{
		name: "ReLU of pairs, ρ = 0.8",
		shape: pairwise(func(x, y float64) (float64, float64) {
			return max(0, x), max(0, float64(0.8*x)+float64(0.6*y))
		}),
		truth: func(units int) float64 { return float64(units/2) * reluPairMI(0.8) },
		share: map[int][3][2]float64{
			16: {{0.55, 0.75}, {0.50, 0.70}, {0.90, 1.10}},
			64: {{0.55, 0.75}, {0.20, 0.30}, {0.90, 1.10}},
		},
	},
	{
		name: "pairs y = x² + noise",
		shape: pairwise(func(x, y float64) (float64, float64) {
			return x, float64(x*x) + float64(0.5*y)
		}),
		truth: func(units int) float64 { return float64(units/2) * squarePairMI(0.5) },
		share: map[int][3][2]float64{
			16: {{-0.05, 0.05}, {0.20, 0.32}, {0.90, 1.10}},
			64: {{-0.05, 0.05}, {0.04, 0.11}, {0.90, 1.10}},
		},
	},
	{
		name: "Student t₅",
		shape: func(z []float64, normal func() float64) {
			var chi2 float64
			for range 5 {
				v := normal()
				chi2 += float64(v * v)
			}
			for k := range z {
				z[k] /= math.Sqrt(chi2 / 5)
			}
		},
		truth: func(units int) float64 { return float64(units)*studentEntropy(5, 1) - studentEntropy(5, units) },
		share: map[int][3][2]float64{
			16: {{-0.05, 0.10}, {1.15, 1.60}, {0.00, 0.45}}, // knn reads too much
			64: {{-0.05, 0.10}, {1.60, 2.00}, {0.05, 0.20}},
		},
	},
	{
		name:  "identical pairs",
		shape: pairwise(func(x, _ float64) (float64, float64) { return x, x }),
		truth: func(int) float64 { return math.Inf(1) },
		share: map[int][3][2]float64{
			16: {{80, 82}, {5.4, 6.0}, {44, 47}},
			64: {{320, 326}, {7.4, 8.4}, {178, 184}},
		},
	},
	{
		name: "all units identical",
		shape: func(z []float64, _ func() float64) {
			for k := range z {
				z[k] = z[0]
			}
		},
		truth: func(int) float64 { return math.Inf(1) },
		share: map[int][3][2]float64{
			16: {{151, 153}, {83, 85}, {84, 86}},
			64: {{635, 639}, {355, 359}, {355, 357}},
		},
	},
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
func studentEntropy(nu float64, units int) float64 {
	k := float64(units)
	a, _ := math.Lgamma(nu / 2)
	b, _ := math.Lgamma((nu + k) / 2)
	return a - b + k/2*math.Log(nu*math.Pi) + (nu+k)/2*(digamma((nu+k)/2)-digamma(nu/2))
}

// TestKnownTruths holds every estimate to its shares. Its log is the table of EXPERIMENT.md.
func TestKnownTruths(t *testing.T) {
	sizes := []int{16, 64}
	if testing.Short() {
		sizes = sizes[:1]
	}
	table := "| N = 2,000 | K | truth | `tc_gauss_nats` | `tc_knn_nats` | `tc_tree_nats` |\n|---|---|---|---|---|---|\n"
	for _, units := range sizes {
		for _, c := range knownTruths {
			got, truth := estimates(t, sample(2000, units, 1, c.shape), 1), c.truth(units)
			scale := truth
			if truth == 0 || math.IsInf(truth, 1) {
				scale = 1
			}
			for i, bounds := range c.share[units] {
				if share := got[i] / scale; !(bounds[0] <= share && share <= bounds[1]) {
					t.Errorf("%s, K = %d: estimate %d reads %.3f of %.3f, a share of %.3f outside %v",
						c.name, units, i, got[i], truth, share, bounds)
				}
			}
			table += fmt.Sprintf("| %s | %d | %.2f | %.2f | %.2f | %.2f |\n", c.name, units, truth, got[0], got[1], got[2])
		}
	}
	t.Log("\n" + table)
}
