package main

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type strata = [][2][]float64

func TestStratifiedSpearmanKnownAnswers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	four := [2][]float64{{1, 2, 3, 4}, {1, 3, 2, 4}}                          // ρ = 0.8, n − 3 = 1
	eight := [2][]float64{{3, 1, 4, 1, 5, 9, 2, 6}, {2, 7, 1, 8, 2, 8, 1, 8}} // SciPy 1.17.1: spearmanr, n − 3 = 5
	const rhoOfEight = 0.19885368120992467
	for _, c := range []struct {
		name   string
		strata strata
		rho    float64
	}{
		{"one stratum", strata{eight}, rhoOfEight},
		{"two, weighted 1 and 5", strata{four, eight}, math.Tanh((math.Atanh(0.8) + 5*math.Atanh(rhoOfEight)) / 6)},
		{"what differs between strata adds nothing", strata{four, {{101, 102, 103, 104}, {-99, -97, -98, -96}}}, 0.8},
		{"by rank", strata{{{1, 2, 3, inf}, {-inf, 3, 2, 9}}}, 0.8},
		{"opposite", strata{four, {{1, 2, 3, 4}, {-1, -3, -2, -4}}}, 0},
		{"ρ = 1 of four counts as 1 − 6/60", strata{{{1, 2, 3, 4}, {1, 2, 3, 4}}}, 0.9},
		{"ρ = −1 of ten counts as 6/990 − 1", strata{{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}}, 6.0/990 - 1},
		{"three pairs and no spread say nothing", strata{four, {{1, 2, 3}, {3, 2, 1}}, {{1, 1, 1, 1}, {4, 3, 2, 1}}, {{4, 3, 2, 1}, {1, 1, 1, 1}}, {}}, 0.8},
		{"nothing", nil, nan},
		{"nothing that says anything", strata{{{1, 2, 3}, {3, 2, 1}}}, nan},
		{"NaN", strata{four, {{1, nan, 3}, {3, 2, 1}}}, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			rho, p := stratifiedSpearman(c.strata)
			if diff := cmp.Diff(c.rho, rho, near(1e-14), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("ρ (-want +got)\n%s", diff)
			}
			if math.IsNaN(p) != math.IsNaN(c.rho) || p <= 0 || p > 1 {
				t.Errorf("p = %v", p)
			}
			if _, again := stratifiedSpearman(c.strata); again != p && !math.IsNaN(p) {
				t.Errorf("p = %v, then %v", p, again)
			}
		})
	}
}

// Of the 24 orders of four, those with |ρ| ≥ 0.8 are 2 with 1 and 6 with 0.8; three strata, permuted alike, are counted
// below. Orders as far as the observed one but for rounding must count.
func TestStratifiedSpearmanPIsThatOfAllOrders(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	capped := func(rho float64) float64 { return math.Atanh(math.Copysign(min(math.Abs(rho), 0.9), rho)) }
	observed := math.Atanh(0.8)
	first, last := []float64{2, 4, 1, 3}, []float64{1, 4, 2, 3} // ρ = 0 and 0.4, beside 0.8 of 1, 3, 2, 4
	one, three := 0.0, 0.0
	for code := range 256 { // every order, the same for all strata
		order := []int{code % 4, code / 4 % 4, code / 16 % 4, code / 64}
		if seen := map[int]bool{order[0]: true, order[1]: true, order[2]: true, order[3]: true}; len(seen) < 4 {
			continue
		}
		z := func(y []float64) float64 {
			return capped(spearman(x, []float64{y[order[0]], y[order[1]], y[order[2]], y[order[3]]}))
		}
		middle := z([]float64{1, 3, 2, 4})
		if math.Abs(middle) >= observed-1e-9 {
			one++
		}
		if math.Abs(z(first)+middle+z(last)) >= observed+math.Atanh(0.4)-1e-9 {
			three++
		}
	}
	four := [2][]float64{x, {1, 3, 2, 4}}
	for _, c := range []struct {
		name   string
		strata strata
		want   float64
	}{
		{"one", strata{four}, one / 24},
		{"three, of ρ = 0, 0.8 and 0.4", strata{{x, first}, four, {x, last}}, three / 24},
	} {
		_, got := stratifiedSpearman(c.strata)
		if tolerance := 4 * math.Sqrt(c.want*(1-c.want)/9999); math.Abs(got-c.want) > tolerance {
			t.Errorf("%s: p = %.4f, want %.4f ± %.4f", c.name, got, c.want, tolerance)
		}
	}
}

// x and y that depend on the stratum alone are rejected 5 % of the time at p ≤ 0.05.
func TestStratifiedSpearmanKeepsItsLevel(t *testing.T) {
	const simulations = 1000
	var rejected, found atomic.Int64
	inParallel(simulations, func(i int) {
		rng := rand.New(rand.NewPCG(11, uint64(i)))
		null, effect := make(strata, 4), make(strata, 4)
		for s := range null {
			level := 10 * rng.NormFloat64()
			for range 6 {
				x, y := level+rng.NormFloat64(), level+rng.NormFloat64()
				null[s][0], null[s][1] = append(null[s][0], x), append(null[s][1], y)
				effect[s][0], effect[s][1] = append(effect[s][0], x), append(effect[s][1], y+2*x)
			}
		}
		if _, p := stratifiedSpearman(null); p <= 0.05 {
			rejected.Add(1)
		}
		if i%10 == 0 {
			if rho, p := stratifiedSpearman(effect); p <= 0.05 && rho > 0 {
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
}

func TestStratifiedSpearmanTakesPairs(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("did not panic")
		}
	}()
	stratifiedSpearman(strata{{{1, 2, 3, 4}, {1, 2, 3}}})
}
