package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestGaussEstimateOfManyIndependentUnitsIsZero: also where there are half as many units as rows, and K(K−1)/(4N) would
// leave 5.7 nats.
func TestGaussEstimateOfManyIndependentUnitsIsZero(t *testing.T) {
	for _, c := range []struct{ N, K int }{{400, 200}, {2000, manyUnits + 1}, {300, 290}, {360, 64}, {130, manyUnits}} {
		sum, draws := 0.0, uint64(4)
		for seed := range draws {
			sum += gaussTC(permutedScores(c.N, c.K, 1, rand.New(rand.NewPCG(seed, streamData))))
		}
		if mean := sum / float64(draws); !(math.Abs(mean) < 1) {
			t.Errorf("%d units, %d rows: %.2f nats, want 0", c.K, c.N, mean)
		}
	}
}

// TestGaussBiasIsContinuous: to first order in K/N it is what it is for few units.
func TestGaussBiasIsContinuous(t *testing.T) {
	const N, K = 1000000, manyUnits + 1
	if got, want := gaussBias(N, K), float64(K*(K-1))/(4*N); math.Abs(got/want-1) > 1e-4 {
		t.Errorf("bias of %d units in %d rows is %v, want about %v", K, N, got, want)
	}
}

func TestDistancesByProductsAgree(t *testing.T) {
	const N, K = 203, 150
	G := permutedScores(N, K, 2, rand.New(rand.NewPCG(1, streamData)))
	for n := 100; n < N; n++ { // all but a copy of another row
		copy(G.Row(n)[1:], G.Row(n - 100)[1:])
	}
	want := newMat(N, N)
	squaredDistances(G, func(n int, d2 []float64) { copy(want.Row(n), d2) })
	rows := 0
	distanceProducts(G, func(n int, d2 []float64) {
		rows++
		for m, d := range d2 {
			if math.Abs(d-want.Row(n)[m]) > 1e-12 {
				t.Fatalf("rows %d and %d: d² = %v, want %v", n, m, d, want.Row(n)[m])
			}
		}
		if len(d2) != n {
			t.Fatalf("row %d has %d distances", n, len(d2))
		}
	})
	if rows != N {
		t.Errorf("%d rows of %d", rows, N)
	}
}

// TestTreeOfManyReadsWhatTheTreeOfAllPairsReads, on dependence of every kind of the known truths.
func TestTreeOfManyReadsWhatTheTreeOfAllPairsReads(t *testing.T) {
	const units = 24
	for _, c := range knownTruths {
		t.Run(c.name, func(t *testing.T) {
			order := orderUnits(sample(2000, units, 1, c.shape), 1)
			want := treeTC(order)
			got := treeOfMany([2][][]int{everySecond(order, 0), everySecond(order, 1)})
			if math.Abs(got-want) > 0.15+0.01*want {
				t.Errorf("%.2f nats, all pairs %.2f", got, want)
			}
		})
	}
}

func TestManyUnitsInFewRowsHaveNoGaussianEstimate(t *testing.T) {
	for _, c := range []struct {
		N, K int
		has  bool
	}{{60, manyUnits, false}, {60, 60, false}, {61, 60, true}, {60, manyUnits + 1, false}, {140, 140, false}, {141, 140, true}} {
		t.Run(fmt.Sprintf("%d units, %d rows", c.K, c.N), func(t *testing.T) {
			got := estimates(t, chainSample(c.N, c.K, 1), 1)
			if finite(got[0]) != c.has || gaussApplies(c.N, c.K) != c.has || !finite(got[1]) || !finite(got[2]) {
				t.Errorf("gauss, knn, tree = %v", got)
			}
		})
	}
}

// TestWhatIsNotEstimatedIsNotTheWorst: the bound is then the tree's; a Gaussian estimate that fails is.
func TestWhatIsNotEstimatedIsNotTheWorst(t *testing.T) {
	r := &Result{Status: "ok", Config: Config{K: 300, TCRows: 200}}
	r.Final.TCGaussNats, r.Final.TCTreeNats, r.Final.TCUnits = Number(math.NaN()), 5, 300
	gauss, bound := measureOf("tc_gauss_nats"), measureOf("tc_bound")
	if v := gauss.value(r); !math.IsNaN(v) {
		t.Errorf("the Gaussian estimate that was not made counts as %v", v)
	}
	if v := bound.value(r); v != 5 {
		t.Errorf("the bound is %v, want the tree's 5", v)
	}
	r.Config.TCRows = 2000
	if v := gauss.value(r); !math.IsInf(v, 1) {
		t.Errorf("the Gaussian estimate that failed counts as %v", v)
	}
	r.Final.TCGaussNats, r.Final.TCTreeNats = 7, Number(math.NaN())
	if v := bound.value(r); !math.IsInf(v, 1) {
		t.Errorf("a bound without the tree's estimate counts as %v", v)
	}
}

// TestDistancesOfMoreRowsThanAProductHasColumns, from rows 0, 1, 2, … on a line.
func TestDistancesOfMoreRowsThanAProductHasColumns(t *testing.T) {
	G := newMat(maxCols+1, 1)
	for n := range G.Data {
		G.Data[n] = float64(n)
	}
	distanceProducts(G, func(n int, d2 []float64) {
		if n == maxCols && (d2[0] != float64(n)*float64(n) || d2[n-1] != 1) {
			t.Errorf("rows %d and 0: %v, and %d: %v", n, d2[0], n-1, d2[n-1])
		}
	})
}
