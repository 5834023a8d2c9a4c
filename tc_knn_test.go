package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// bruteLogRadius is the definition of meanLogRadius: it sorts all distances of every row.
func bruteLogRadius(g Mat) float64 {
	var sum float64
	for n := range g.Rows {
		var d2 []float64
		for m := range g.Rows {
			if m != n {
				d2 = append(d2, squaredDistance(g.Row(n), g.Row(m)))
			}
		}
		slices.Sort(d2)
		sum += log(d2[neighbors-1])
	}
	return sum / (2 * float64(g.Rows))
}

func squaredDistance(x, y []float64) float64 {
	var sum float64
	for k := range x {
		sum += float64((x[k] - y[k]) * (x[k] - y[k]))
	}
	return sum
}

func TestMeanLogRadiusEqualsItsDefinition(t *testing.T) {
	for _, rows := range []int{5, 6, 7, 8, 101} {
		for _, units := range []int{1, 2, 7} {
			for _, copies := range []int{1, 2} {
				t.Run(fmt.Sprintf("N=%d/K=%d/copies=%d", rows, units, copies), func(t *testing.T) {
					g := permutedScores(rows, units, copies, rand.New(rand.NewPCG(1, 1)))
					if got, want := meanLogRadius(g), bruteLogRadius(g); got != want {
						t.Errorf("got %v, want %v", got, want)
					}
				})
			}
		}
	}
}

// Kozachenko and Leonenko's H of K independent standard normals is K/2 log 2πe.
func TestEntropyOfIndependentNormals(t *testing.T) {
	const rows = 4000
	for units, tolerance := range map[int]float64{1: 0.04, 2: 0.06, 3: 0.1} {
		d := float64(units)
		logGamma, _ := math.Lgamma(d/2 + 1)
		logBall := d/2*math.Log(math.Pi) - logGamma
		normals := sample(rows, units, 1, func([]float64, func() float64) {})
		got := digamma(rows) - digamma(neighbors) + logBall + d*meanLogRadius(normals)
		if want := d / 2 * math.Log(2*math.Pi*math.E); math.Abs(got-want) > tolerance {
			t.Errorf("K = %d: H = %.4f nats, want %.4f ± %v", units, got, want, tolerance)
		}
	}
}

func TestJointEstimateOfTwoGaussians(t *testing.T) {
	for _, rho := range []float64{0, 0.5, -0.9, 0.99} {
		g := scoresOf(orderUnits(gaussianPair(4000, rho, 1), 1))
		got, want := knnTC(g), gaussianMI(rho)
		if math.Abs(got-want) > 0.06 {
			t.Errorf("ρ = %v: %.3f nats, want %.3f ± 0.06", rho, got, want)
		}
	}
}

// However strong the dependence between two units of a pair, the joint estimate stays below knnLimit.
func TestJointEstimateSaturates(t *testing.T) {
	const rows, units = 2000, 16
	limit := knnLimit(rows, units)
	if math.Abs(limit-5.7) > 0.15 {
		t.Errorf("knnLimit = %.3f nats, want 5.7 ± 0.15, the reading of identical pairs", limit)
	}
	last := 0.0
	for _, rho := range []float64{0.9, 0.99, 0.9999} {
		a := sample(rows, units, 1, pairwise(func(x, y float64) (float64, float64) {
			return x, float64(rho*x) + float64(math.Sqrt(1-rho*rho)*y)
		}))
		got, truth := knnTC(scoresOf(orderUnits(a, 1))), units/2*gaussianMI(rho)
		t.Logf("pairs with ρ = %v: %.2f of %.2f nats, limit %.2f", rho, got, truth, limit)
		if got < last || got > limit+0.05 {
			t.Errorf("pairs with ρ = %v read %.3f nats, want between %.3f and %.3f", rho, got, last, limit)
		}
		last = got
	}
}

func TestNullDependsOnRowsAndUnitsAlone(t *testing.T) {
	first := nullLogRadius(60, 3)
	nullLogRadius(61, 3)
	nullLogRadius(60, 4)
	if again := nullLogRadius(60, 3); again != first {
		t.Errorf("kept null %v, first %v", again, first)
	}
	clear(nullLogRadii.of)
	if again := nullLogRadius(60, 3); again != first {
		t.Errorf("null computed again %v, first %v", again, first)
	}
}

func TestNearestKeepsTheFourSmallest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		values := make([]int64, 4+rng.IntN(5))
		q := nearestNone
		for i := range values {
			values[i] = rng.Int64N(6) // many ties
			q.add(values[i])
		}
		slices.Sort(values)
		if got, want := (nearest{values[0], values[1], values[2], values[3]}), q; got != want {
			t.Fatalf("of %v: kept %v", values, q)
		}
	}
}
