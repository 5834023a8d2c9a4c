package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// cellsOf pairs x and y, [cell][seed].
func cellsOf(x, y [][]float64) []seedPairs {
	cells := make([]seedPairs, len(x))
	for i := range x {
		cells[i] = seedPairs{x[i], y[i]}
	}
	return cells
}

// oneSeed is a stratum of one seed, with a condition for each pair, and conditions of no run up to eight.
func oneSeed(x, y []float64) []seedPairs {
	cells := slices.Repeat([]seedPairs{{[]float64{math.NaN()}, []float64{math.NaN()}}}, 8)
	for i := range x {
		cells[i] = seedPairs{x[i : i+1], y[i : i+1]}
	}
	return cells
}

// sameAssociation compares with a Rho and P by enumeration: 9,999 permutations are within four standard errors.
func sameAssociation(t *testing.T, want, got association) {
	t.Helper()
	if diff := cmp.Diff(want, got, near(1e-12), cmpopts.EquateNaNs(), cmpopts.IgnoreFields(association{}, "P", "PWhole")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if tolerance := 4*math.Sqrt(want.P*(1-want.P)/9999) + 1e-4; math.Abs(got.P-want.P) > tolerance || math.IsNaN(got.P) {
		t.Errorf("p = %.4f, want %.4f ± %.4f", got.P, want.P, tolerance)
	}
}

// TestConditionsAsAWhole: of 4! orders of four conditions that move x and y alike only that and its reverse are as far from
// no association; seeds, of which there may be any number, make no difference.
func TestConditionsAsAWhole(t *testing.T) {
	strata := func(conditions, seeds int) (all [][]seedPairs) {
		for range 2 {
			var cells []seedPairs
			for c := range conditions {
				cells = append(cells, seedPairs{slices.Repeat([]float64{float64(c)}, seeds), slices.Repeat([]float64{float64(c * c)}, seeds)})
			}
			all = append(all, cells)
		}
		return all
	}
	missing := strata(4, 5)
	missing[1][2].y[3] = math.NaN()
	for _, c := range []struct {
		name   string
		strata [][]seedPairs
		want   float64
	}{
		{"5 seeds", strata(4, 5), 2. / 24}, {"20 seeds", strata(4, 20), 2. / 24}, {"a pair is missing", missing, math.NaN()},
		{"6 conditions", strata(6, 3), 2. / 720}, {"too many to count", strata(mostWhole+1, 3), math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, spearmanBetween(c.strata).PWhole, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAssociationsMatchSciPy(t *testing.T) {
	golden := readGoldenAssociations(t)
	for i, g := range golden.Between {
		t.Run(fmt.Sprint("between", i), func(t *testing.T) {
			var strata [][]seedPairs
			for j := range g.X {
				strata = append(strata, cellsOf(g.X[j], g.Y[j]))
			}
			sameAssociation(t, association{Rho: g.Rho, P: g.P, Each: g.Each}, spearmanBetween(strata))
		})
	}
	for i, g := range golden.Within {
		t.Run(fmt.Sprint("within", i), func(t *testing.T) {
			sameAssociation(t, association{Rho: g.Rho, P: g.P, Each: g.Each}, spearmanWithin(cellsOf(g.X, g.Y)))
		})
	}
}

func TestAssociationsKnownAnswers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	const rhoOfEight = 0.19885368120992467 // SciPy 1.17.1: spearmanr
	type pairs [2][]float64
	four := pairs{{1, 2, 3, 4}, {1, 3, 2, 4}} // ρ = 0.8
	eight := pairs{{3, 1, 4, 1, 5, 9, 2, 6}, {2, 7, 1, 8, 2, 8, 1, 8}}
	opposite := pairs{{1, 2, 3, 4}, {-1, -3, -2, -4}}
	for _, c := range []struct {
		name            string
		tables          []pairs
		each            []float64
		between, within float64
	}{
		{"one", []pairs{eight}, []float64{rhoOfEight}, rhoOfEight, rhoOfEight},
		{"z weighs n − 3, ranks n³ − n but for ties", []pairs{four, eight}, []float64{0.8, rhoOfEight},
			math.Tanh((math.Atanh(0.8) + 5*math.Atanh(rhoOfEight)) / 6), (4 + 8) / math.Sqrt((5+41.5)*(5+39))},
		{"levels add nothing", []pairs{four, {{101, 102, 103, 104}, {-99, -97, -98, -96}}}, []float64{0.8, 0.8}, 0.8, 0.8},
		{"by rank", []pairs{{{1, 2, 3, inf}, {-inf, 3, 2, 9}}}, []float64{0.8}, 0.8, 0.8},
		{"opposite", []pairs{four, opposite}, []float64{0.8, -0.8}, 0, 0},
		{"z of ρ = 1 of four is that of 1 − 6/60", []pairs{{{1, 2, 3, 4}, {1, 2, 3, 4}}}, []float64{1}, 0.9, 1},
		{"and of −1 of eight that of 6/504 − 1", []pairs{{{1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1}}}, []float64{-1}, 6.0/504 - 1, -1},
		{"three pairs and no spread say nothing", []pairs{four, {{1, 2, 3}, {3, 2, 1}}, {{1, 1, 1, 1}, {4, 3, 2, 1}}, {{4, 3, 2, 1}, {1, 1, 1, 1}}, {}},
			[]float64{0.8, nan, nan, nan, nan}, 0.8, 0.8},
		{"NaN leaves its pair out", []pairs{{{1, 2, nan, 3, 4, 9}, {1, 3, 7, 2, 4, nan}}}, []float64{0.8}, 0.8, 0.8},
		{"NaN throughout leaves its cell out", []pairs{{{nan, nan, nan, nan}, {1, 2, 3, 4}}, four}, []float64{nan, 0.8}, 0.8, 0.8},
		{"nothing that says anything", []pairs{{{1, 2, 3}, {3, 2, 1}}}, []float64{nan}, nan, nan},
		{"nothing", nil, []float64{}, nan, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			var strata [][]seedPairs
			var cells []seedPairs
			for _, table := range c.tables {
				stratum := oneSeed(table[0], table[1])
				strata = append(strata, stratum)
				var cell seedPairs
				for _, of := range stratum {
					cell.x, cell.y = append(cell.x, of.x...), append(cell.y, of.y...)
				}
				cells = append(cells, cell)
			}
			between, within := spearmanBetween(strata), spearmanWithin(cells)
			ignoreP := cmpopts.IgnoreFields(association{}, "P", "PWhole")
			if diff := cmp.Diff(association{Rho: c.between, Each: c.each}, between, near(1e-14), cmpopts.EquateNaNs(), ignoreP); diff != "" {
				t.Errorf("between (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(association{Rho: c.within, Each: c.each}, within, near(1e-14), cmpopts.EquateNaNs(), ignoreP); diff != "" {
				t.Errorf("within (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(within, spearmanWithin(cells), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("again (-first +second)\n%s", diff)
			}
			for _, got := range []association{between, within} {
				if math.IsNaN(got.P) != math.IsNaN(got.Rho) || got.P <= 0 || got.P > 1 {
					t.Errorf("p = %v", got.P)
				}
			}
		})
	}
}

// Seeds 4 and 5 are in one cell alone, so they change places with each other only: p is from 4! · 2 permutations.
func TestRunsChangePlacesWithinTheirGroup(t *testing.T) {
	nan := math.NaN()
	whole := seedPairs{[]float64{3, 1, 4, 2, 6, 5}, []float64{2, 1, 4, 3, 6, 5}}
	short := seedPairs{[]float64{1, 2, 3, 4, 5, 6}, []float64{1, 3, 2, 4, nan, nan}}
	x, shortX := []int{-1, -5, 1, -3, 5, 3}, []int{-3, -1, 1, 3}
	y, shortY := []int{-3, -5, 1, -1, 5, 3}, []int{-3, 1, -1, 3}
	var sums []int
	for code := range 1 << 9 {
		order := []int{code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3, 4 + code>>8, 5 - code>>8}
		if len(slices.Compact(slices.Sorted(slices.Values(order)))) < 6 {
			continue
		}
		sum := 0
		for i, j := range order {
			sum += x[i] * y[j]
			if j < 4 {
				sum += shortX[i] * shortY[j]
			}
		}
		sums = append(sums, sum)
	}
	observed := 66 + 16
	far := 0.0
	for _, s := range sums {
		if max(s, -s) >= observed {
			far++
		}
	}
	want := association{Rho: float64(observed) / 90, P: far / 48, Each: []float64{66.0 / 70, 0.8}}
	if len(sums) != 48 {
		t.Fatalf("%d permutations", len(sums))
	}
	sameAssociation(t, want, spearmanWithin([]seedPairs{whole, short}))
}

// planted is a made-up study: a level for each stratum, cell and seed, and what a seed does to a condition everywhere.
type planted struct {
	strata, conditions, seeds int
	cellX, cellY              float64 // spread of the conditions' own levels
	objective                 float64 // how far y's level follows x's, by condition
	follows                   float64 // how far y follows x within cells
}

func (p planted) draw(rng *rand.Rand) [][]seedPairs {
	normal := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		return x
	}
	levelX, levelY := normal(p.conditions), normal(p.conditions)
	seedX, seedY := normal(p.seeds), normal(p.seeds)
	runX, runY := normal(p.conditions*p.seeds), normal(p.conditions*p.seeds)
	all := make([][]seedPairs, p.strata)
	for s := range all {
		stratum := normal(2)
		for c := range p.conditions {
			x, y := normal(p.seeds), normal(p.seeds)
			for i := range x {
				run := c*p.seeds + i
				x[i] += seedX[i] + runX[run]
				y[i] += seedY[i] + runY[run] + float64(p.follows*x[i])
				x[i] += 9*stratum[0] + float64(p.cellX*levelX[c])
				y[i] += 9*stratum[1] + float64(p.cellY*levelY[c]) + float64(p.objective*levelX[c])
			}
			all[s] = append(all[s], seedPairs{x, y})
		}
	}
	return all
}

// Where nothing is planted that a test is about, p ≤ 0.05 comes 5 % of the time, however much strata share their seeds;
// where it is, nearly always.
func TestAssociationsKeepTheirLevelAndFindEffects(t *testing.T) {
	within := func(strata [][]seedPairs) association { return spearmanWithin(slices.Concat(strata...)) }
	withHoles := func(strata [][]seedPairs) association { // half of the strata have half of the seeds
		for _, stratum := range strata[:len(strata)/2] {
			for _, c := range stratum {
				for i := range len(c.x) / 2 {
					c.x[i] = math.NaN()
				}
			}
		}
		return within(strata)
	}
	for _, c := range []struct {
		name         string
		null, effect planted
		test         func([][]seedPairs) association
	}{
		{"between", planted{strata: 3, conditions: 4, seeds: 4, cellX: 9}, planted{strata: 3, conditions: 4, seeds: 4, follows: 2}, spearmanBetween},
		{"within", planted{strata: 3, conditions: 4, seeds: 8, cellX: 9, cellY: 9, objective: 9}, planted{strata: 3, conditions: 4, seeds: 8, cellX: 9, cellY: 9, follows: 1.5}, within},
		{"within, where runs are missing", planted{strata: 4, conditions: 3, seeds: 10, cellX: 9, cellY: 9, objective: 9}, planted{strata: 4, conditions: 3, seeds: 10, cellX: 9, follows: 2}, withHoles},
	} {
		t.Run(c.name, func(t *testing.T) {
			const simulations = 400
			var rejected, found atomic.Int64
			inParallel(simulations, func(i int) {
				rng := rand.New(rand.NewPCG(11, uint64(i)))
				if c.test(c.null.draw(rng)).P <= 0.05 {
					rejected.Add(1)
				}
				if i%10 == 0 {
					if r := c.test(c.effect.draw(rng)); r.P <= 0.05 && r.Rho > 0 {
						found.Add(1)
					}
				}
			})
			if got, tolerance := float64(rejected.Load())/simulations, 4*math.Sqrt(0.05*0.95/simulations); math.Abs(got-0.05) > tolerance {
				t.Errorf("rejects %.3f under the null hypothesis, want 0.05 ± %.3f", got, tolerance)
			}
			if found.Load() < simulations/10*9/10 {
				t.Errorf("finds %d of %d strong effects", found.Load(), simulations/10)
			}
		})
	}
}

// Redundancy x and accuracy y: what goes together within cells is found there, and what only the objective moves is not.
func TestPlantedStudiesAreTold(t *testing.T) {
	size := planted{strata: 6, conditions: 6, seeds: 10, cellX: 3}
	predicts, objective, noise := size, size, size
	predicts.follows, predicts.cellX = -1, 0
	objective.objective = -3
	for i, c := range []struct {
		name            string
		study           planted
		between, within bool
	}{
		{"accuracy falls with redundancy within cells", predicts, true, true},
		{"the objective alone moves both", objective, true, false},
		{"noise", noise, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			strata := c.study.draw(rand.New(rand.NewPCG(14, uint64(i))))
			between, within := spearmanBetween(strata), spearmanWithin(slices.Concat(strata...))
			if found := between.P < 0.01 && between.Rho < 0; found != c.between {
				t.Errorf("between: ρ = %.3f, p = %.4f", between.Rho, between.P)
			}
			if found := within.P < 0.01 && within.Rho < 0; found != c.within {
				t.Errorf("within: ρ = %.3f, p = %.4f", within.Rho, within.P)
			}
		})
	}
}

// Six conditions move x and y, each at random: spearmanBetween's doc comment says how often they pass for associated.
func TestConditionsAlonePassForAssociation(t *testing.T) {
	const simulations = 100
	var between, within atomic.Int64
	inParallel(simulations, func(i int) {
		strata := planted{strata: 3, conditions: 6, seeds: 10, cellX: 9, cellY: 9}.draw(rand.New(rand.NewPCG(15, uint64(i))))
		if spearmanBetween(strata).P <= 0.05 {
			between.Add(1)
		}
		if spearmanWithin(slices.Concat(strata...)).P <= 0.05 {
			within.Add(1)
		}
	})
	if share := float64(between.Load()) / simulations; math.Abs(share-0.6) > 0.15 {
		t.Errorf("between: %.2f, want 0.6 ± 0.15", share)
	}
	if got := within.Load(); got > 14 { // 5 + 4 √(100 · 0.05 · 0.95)
		t.Errorf("within: %d of %d", got, simulations)
	}
}

// The size of the experiment: 18 strata of 6 conditions and 10 seeds.
func BenchmarkAssociations(b *testing.B) {
	strata := planted{strata: 18, conditions: 6, seeds: 10, follows: 1}.draw(rand.New(rand.NewPCG(1, 0)))
	cells := slices.Concat(strata...)
	b.Run("between", func(b *testing.B) {
		for b.Loop() {
			spearmanBetween(strata)
		}
	})
	b.Run("within", func(b *testing.B) {
		for b.Loop() {
			spearmanWithin(cells)
		}
	})
}
