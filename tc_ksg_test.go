package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bruteKSG is equation 8 of Kraskov et al. for the points x[r], y[perm[r]], by looking at all of them.
func bruteKSG(x, y []int64, perm []int, k int) float64 {
	var sum float64
	for i := range perm {
		var distances []int64
		for j := range perm {
			if j != i {
				distances = append(distances, max(distance(x[i], x[j]), distance(y[perm[i]], y[perm[j]])))
			}
		}
		slices.Sort(distances)
		eps := distances[k-1]
		nx, ny := -1, -1 // without the point itself
		for j := range perm {
			if distance(x[i], x[j]) < eps {
				nx++
			}
			if distance(y[perm[i]], y[perm[j]]) < eps {
				ny++
			}
		}
		sum += digamma(float64(nx+1)) + digamma(float64(ny+1))
	}
	n := float64(len(perm))
	return digamma(float64(k)) + digamma(n) - sum/n
}

// gaussianPair returns N rows of two normals with correlation ρ.
func gaussianPair(rows int, rho float64, seed uint64) Mat {
	return sample(rows, 2, seed, func(z []float64, _ func() float64) {
		z[1] = float64(rho*z[0]) + float64(math.Sqrt(1-rho*rho)*z[1])
	})
}

func gaussianMI(rho float64) float64 { return -0.5 * math.Log(1-rho*rho) }

// permOf returns the rank of the second unit for each rank of the first.
func permOf(order [][]int) []int {
	rank := make([]int, len(order[1]))
	for r, n := range order[1] {
		rank[n] = r
	}
	perm := make([]int, len(rank))
	for r, n := range order[0] {
		perm[r] = rank[n]
	}
	return perm
}

func TestMutualInformationEqualsItsDefinition(t *testing.T) {
	pairs := map[string]func(rows int) Mat{
		"independent": func(n int) Mat { return gaussianPair(n, 0, 1) },
		"correlated":  func(n int) Mat { return gaussianPair(n, 0.95, 1) },
		"identical":   func(n int) Mat { return gaussianPair(n, 1, 1) },
		"opposite":    func(n int) Mat { return gaussianPair(n, -1, 1) },
		"relu": func(n int) Mat {
			return mapped(gaussianPair(n, 0.8, 1), func(z float64) float64 { return max(0, z) })
		},
		"few values": func(n int) Mat { return mapped(gaussianPair(n, 0.8, 1), math.Round) },
	}
	for name, pair := range pairs {
		t.Run(name, func(t *testing.T) {
			for _, rows := range []int{5, 6, 17, 300, 301} {
				perm, ksg := permOf(orderUnits(pair(rows), 1)), newKSG(rows)
				want := bruteKSG(ksg.score, ksg.score, perm, neighbors)
				for range 2 { // the estimator is used again and again
					if got := ksg.mutualInformation(perm); got != want {
						t.Errorf("N = %d: got %v, want %v", rows, got, want)
					}
				}
			}
		})
	}
}

func TestMutualInformationOfTwoGaussians(t *testing.T) {
	ksg := newKSG(4000)
	for _, rho := range []float64{0, 0.3, -0.7, 0.9, 0.99} {
		const draws = 20 // one has a standard deviation of 0.01 to 0.016 nats
		var mean float64
		for seed := range uint64(draws) {
			mean += ksg.mutualInformation(permOf(orderUnits(gaussianPair(4000, rho, seed), 1))) / draws
		}
		if want := gaussianMI(rho); math.Abs(mean-want) > 0.015 {
			t.Errorf("ρ = %v: %.3f nats, want %.3f ± 0.015", rho, mean, want)
		}
	}
}

// permutations calls visit with all orders of perm[from:].
func permutations(perm []int, from int, visit func([]int)) {
	if from == len(perm) {
		visit(perm)
	}
	for i := from; i < len(perm); i++ {
		perm[from], perm[i] = perm[i], perm[from]
		permutations(perm, from+1, visit)
		perm[from], perm[i] = perm[i], perm[from]
	}
}

func TestPermutationNullIsExactlyZeroWithoutEqualDistances(t *testing.T) {
	x := []int64{0, 1009, 3011, 3500, 9001, 20011}
	y := []int64{0, 47, 130, 811, 1500, 7700}
	for _, k := range []int{1, 2, 4} {
		var sum float64
		orders := 0
		permutations([]int{0, 1, 2, 3, 4, 5}, 0, func(perm []int) {
			sum += bruteKSG(x, y, perm, k)
			orders++
		})
		if mean := sum / float64(orders); orders != 720 || math.Abs(mean) > 1e-13 {
			t.Errorf("k = %d: mean over %d orders is %v, want 0", k, orders, mean)
		}
	}
}

// For the scores themselves the null is not exactly 0, but small beside its own sampling error.
func TestPermutationNullOfScoresIsNegligible(t *testing.T) {
	const rows, draws = 1000, 2000
	rng := rand.New(rand.NewPCG(1, streamNull))
	ksg := newKSG(rows)
	var sum, squares float64
	for range draws {
		v := ksg.mutualInformation(rng.Perm(rows))
		sum += v
		squares += v * v
	}
	mean := sum / draws
	deviation := math.Sqrt(squares/draws - mean*mean)
	t.Logf("N = %d: %.5f ± %.5f nats", rows, mean, deviation/math.Sqrt(draws))
	if math.Abs(mean) > 0.0015 || deviation > 0.022 {
		t.Errorf("mean %v, standard deviation %v; want below 0.0015 and 0.022", mean, deviation)
	}
}

func TestTreeIsWeighedOnRowsThatDidNotChooseIt(t *testing.T) {
	order := orderUnits(sample(2000, 16, 1, func([]float64, func() float64) {}), 1)
	even := pairwiseMI(everySecond(order, 0))
	if own := treeWeight(maximumSpanningTree(even), even); own < 0.3 {
		t.Errorf("the tree of independent units weighs %.3f nats on its own rows, expected 0.3 or more", own)
	}
	if got := treeTC(order); math.Abs(got) > 0.15 {
		t.Errorf("treeTC of independent units = %.3f nats, want 0 ± 0.15", got)
	}
}

func TestEverySecondSplitsTheRows(t *testing.T) {
	order := [][]int{{4, 0, 3, 1, 2, 6, 5}, {0, 1, 2, 3, 4, 5, 6}}
	for first, want := range [][][]int{{{2, 0, 1}, {0, 1, 2}}, {{1, 0, 2}, {0, 1, 2}}} {
		if diff := cmp.Diff(want, everySecond(order, first)); diff != "" {
			t.Errorf("from row %d (-want +got):\n%s", first, diff)
		}
	}
}

func TestMaximumSpanningTree(t *testing.T) {
	w := Mat{5, 5, []float64{
		0, 9, 1, 2, -3,
		9, 0, 8, 7, -2,
		1, 8, 0, 7.5, -5,
		2, 7, 7.5, 0, -1,
		-3, -2, -5, -1, 0,
	}}
	want := [][2]int{{0, 1}, {1, 2}, {2, 3}, {3, 4}}
	if diff := cmp.Diff(want, maximumSpanningTree(w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The cut property: a tree edge is the heaviest of those that join the two parts it holds together.
func TestMaximumSpanningTreeCannotBeImproved(t *testing.T) {
	const units = 12
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		w := newMat(units, units)
		for i := range units {
			for j := range i {
				w.Row(i)[j] = float64(rng.IntN(9) - 2) // equal and negative weights too
				w.Row(j)[i] = w.Row(i)[j]
			}
		}
		edges := maximumSpanningTree(w)
		for e, edge := range edges {
			part := component(append(slices.Clone(edges[:e]), edges[e+1:]...), edge[0])
			for i := range units {
				for j := range units {
					if part[i] && !part[j] && w.Row(i)[j] > w.Row(edge[0])[edge[1]] {
						t.Fatalf("edge %v of %v is lighter than (%d, %d)", edge, edges, i, j)
					}
				}
			}
			if part[edge[1]] {
				t.Fatalf("%v is not a tree", edges)
			}
		}
	}
}

// component returns the units that edges connect with unit k.
func component(edges [][2]int, k int) map[int]bool {
	part := map[int]bool{k: true}
	for range edges {
		for _, e := range edges {
			if part[e[0]] || part[e[1]] {
				part[e[0]], part[e[1]] = true, true
			}
		}
	}
	return part
}
