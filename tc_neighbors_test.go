package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bruteLogRadius is the definition of meanLogRadius: it sorts all distances of every row.
func bruteLogRadius(g Mat) float64 {
	var sum float64
	for n := range g.Rows {
		var d2 []float64
		for m := range g.Rows {
			square := 0.0
			for k, x := range g.Row(n) {
				square += float64((x - g.Row(m)[k]) * (x - g.Row(m)[k]))
			}
			if m != n {
				d2 = append(d2, square)
			}
		}
		slices.Sort(d2)
		sum += log(d2[neighbors-1])
	}
	return sum / (2 * float64(g.Rows))
}

func TestMeanLogRadiusEqualsItsDefinition(t *testing.T) {
	for _, rows := range []int{5, 6, 7, 8, 101} {
		for _, units := range []int{1, 2, 7} {
			for _, copies := range []int{1, 2} {
				g := permutedScores(rows, units, rand.New(rand.NewPCG(1, 1)))
				for k := copies - 1; k < units; k += copies {
					for n := range rows {
						g.Row(n)[k] = g.Row(n)[k-copies+1]
					}
				}
				if got, want := meanLogRadius(g), bruteLogRadius(g); got != want {
					t.Errorf("%d×%d, %d copies: got %v, want %v", rows, units, copies, got, want)
				}
			}
		}
	}
}

func TestNullDependsOnRowsAndUnitsAlone(t *testing.T) {
	first := nullLogRadius(60, 3)
	others := []float64{nullLogRadius(61, 3), nullLogRadius(60, 4)}
	again := nullLogRadius(60, 3)
	nullLogRadii.Clear()
	if anew := nullLogRadius(60, 3); again != first || anew != first || slices.Contains(others, first) {
		t.Errorf("first %v, kept %v, computed again %v, others %v", first, again, anew, others)
	}
}

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

func TestMutualInformationEqualsItsDefinition(t *testing.T) {
	for _, c := range []struct {
		name string
		rho  float64
		of   func(float64) float64
	}{
		{"independent", 0, math.Tanh}, {"correlated", 0.95, math.Tanh}, {"identical", 1, math.Tanh},
		{"opposite", -1, math.Tanh}, {"relu", 0.8, relu}, {"few values", 0.8, math.Round},
	} {
		for _, rows := range []int{5, 6, 17, 300, 301} {
			order := orderUnits(mapped(sample(rows, 2, 1, pairwise(func(x, y float64) (float64, float64) {
				return x, float64(c.rho*x) + float64(math.Sqrt(1-c.rho*c.rho)*y)
			})), c.of), 1)
			ksg, rank, perm := newKSG(rows), make([]int, rows), make([]int, rows)
			for r, n := range order[1] {
				rank[n] = r
			}
			for r, n := range order[0] {
				perm[r] = rank[n]
			}
			want := bruteKSG(ksg.score, ksg.score, perm, neighbors)
			info := pairwiseMI([][]int{order[0], order[1], order[1]}) // the estimator is used again and again
			if got := [2]float64{info.Row(1)[0], info.Row(0)[2]}; got != [2]float64{want, want} {
				t.Errorf("%s, N = %d: got %v, want %v", c.name, rows, got, want)
			}
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

// TestPermutationNullOfScoresIsNegligible: it is not exactly 0, but small beside its own sampling error.
func TestPermutationNullOfScoresIsNegligible(t *testing.T) {
	const rows, draws = 1000, 2000
	rng, ksg, mean := rand.New(rand.NewPCG(1, streamNull)), newKSG(rows), 0.0
	for range draws {
		mean += ksg.mutualInformation(rng.Perm(rows)) / draws
	}
	if math.Abs(mean) > 0.0015 {
		t.Errorf("mean %v nats, want below 0.0015", mean)
	}
}

func TestTreeIsWeighedOnRowsThatDidNotChooseIt(t *testing.T) {
	order := orderUnits(sample(2000, 16, 1, independent), 1)
	even := pairwiseMI(everySecond(order, 0))
	if own := treeWeight(even, even); own < 0.3 {
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
	for _, c := range []struct {
		name    string
		weights []float64
		want    [][2]int
	}{
		{"a chain", []float64{
			0, 9, 1, 2, -3,
			9, 0, 8, 7, -2,
			1, 8, 0, 7.5, -5,
			2, 7, 7.5, 0, -1,
			-3, -2, -5, -1, 0,
		}, [][2]int{{0, 1}, {1, 2}, {2, 3}, {3, 4}}},
		{"equal weights", make([]float64, 16), [][2]int{{0, 1}, {0, 2}, {0, 3}}},
	} {
		K := int(math.Sqrt(float64(len(c.weights))))
		bit, want := newMat(K, K), 0.0 // of every edge, so that a sum tells which edges are in it
		for i := range K {
			for j := range i {
				bit.Row(i)[j] = math.Ldexp(1, i*K+j)
				bit.Row(j)[i] = bit.Row(i)[j]
			}
		}
		for _, edge := range c.want {
			want += bit.Row(edge[0])[edge[1]]
		}
		if got := treeWeight(Mat{K, K, c.weights}, bit); got != want {
			t.Errorf("%s: edges %b, want %b", c.name, int(got), int(want))
		}
	}
}
