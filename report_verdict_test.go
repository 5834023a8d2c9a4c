package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tested is a comparison of a primary measure with that outcome.
func tested(m measure, outcome int) comparison {
	c := comparison{measure: m, pairs: 10, adjusted: 0.01, test: signedRankResult{RankBiserial: float64(outcome * m.better)}}
	if outcome == 0 {
		c.adjusted = 0.5
	}
	return c
}

func TestVerdictOfEveryPairOfOutcomes(t *testing.T) {
	want := map[[2]int]string{
		{+1, +1}: confirmed,
		{-1, -1}: refuted, {-1, 0}: refuted, {0, -1}: refuted,
		{+1, -1}: mixed, {-1, +1}: mixed,
		{0, 0}: undecided, {+1, 0}: undecided, {0, +1}: undecided,
	}
	for outcomes, word := range want {
		a := answer{tests: []comparison{tested(primaries[0], outcomes[0]), tested(primaries[1], outcomes[1])}}
		a.decide(false)
		if a.word != word || (a.why != "") != (word == undecided) {
			t.Errorf("rank %+d, correlation %+d: %s (%s), want %s", outcomes[0], outcomes[1], a.word, a.why, word)
		}
	}
}

func TestOpeningOfTheHeadline(t *testing.T) {
	tests := []struct {
		want  string
		words []string
	}{
		{"Yes", []string{confirmed, confirmed}},
		{"No", []string{refuted, refuted}},
		{"It depends", []string{confirmed, refuted, undecided}},
		{"In part", []string{confirmed, mixed, undecided}},
		{"Nowhere confirmed", []string{refuted, undecided}},
		{"Nowhere confirmed", []string{mixed, mixed}},
		{"Undecided", []string{undecided, undecided}},
	}
	for _, test := range tests {
		var answers []answer
		for _, word := range test.words {
			answers = append(answers, answer{word: word})
		}
		if got := opening(answers); got != test.want {
			t.Errorf("%v: %q, want %q", test.words, got, test.want)
		}
	}
}

// TestAFamilyHasItsDeclaredSize compares one activation alone: ten wins have p = 2/1024, times the family.
func TestAFamilyHasItsDeclaredSize(t *testing.T) {
	configs := madeUpGrid(t, "mnist", []string{"tanh"}, []uint64{16}, []float64{1}, 10, 1)
	a := analyse(studies(madeUpRuns(configs, effect{rank: 1, correlation: 0.1}))[0])
	for _, x := range a.answers {
		for _, c := range x.tests {
			if c.test.P != 2.0/1024 || c.adjusted != float64(declared[againstBaseline])*2.0/1024 || c.wins() != 10 || c.losses() != 0 || c.outcome() != +1 {
				t.Errorf("%s against %s: p = %v, adjusted %v, %d wins, %d losses", c.measure.field, c.y.condition, c.test.P, c.adjusted, c.wins(), c.losses())
			}
		}
	}
	if len(a.answers) != 3 {
		t.Errorf("%d verdicts, want 3", len(a.answers))
	}
}

// TestTheProtocolFillsItsFamilies: a family of the whole protocol has as many comparisons as were declared.
func TestTheProtocolFillsItsFamilies(t *testing.T) {
	configs := madeUpGrid(t, "mnist", activationNames, []uint64{16}, protocolLambdas, 3, 1)
	for _, f := range studies(madeUpRuns(configs, effect{}))[0].families() {
		if f.measure.field == primaries[0].field && len(f.comparisons) != declared[f.kind] {
			t.Errorf("%s: %d comparisons, declared %d", f.kind, len(f.comparisons), declared[f.kind])
		}
	}
}

func TestSoManySeedsAreNeeded(t *testing.T) {
	for kind, want := range map[string]int{againstBaseline: 10, acrossLambda: 10, acrossActivation: 10} {
		n := neededSeeds(kind)
		if n != want || leastAdjustedP(kind, n) >= 0.05 || leastAdjustedP(kind, n-1) < 0.05 {
			t.Errorf("%s: %d seeds, adjusted p %v; want %d", kind, n, leastAdjustedP(kind, n), want)
		}
	}
}

// TestSweetSpotIsTheBestByBothMeasures plants it: λ = 1 has the best of both, or of one each.
func TestSweetSpotIsTheBestByBothMeasures(t *testing.T) {
	tests := []struct {
		name              string
		rank, correlation float64 // λ that is made the best
		want              string
	}{
		{"in the middle", 1, 1, "Sweet spot: λ = 1, shown to be better than every other λ by both primary measures in # of # places (activation × K)."},
		{"at the end", 10, 10, "Sweet spot: λ = 10, shown to be better than every other λ by both primary measures in # of # places (activation × K). It is the largest λ of the sweep: a larger one may be better."},
		{"nowhere", 0.1, 10, "No sweet spot: in none of # places (activation × K) is one λ shown to be better than every other by both primary measures."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			runs := madeUpRuns(madeUpGrid(t, "mnist", activationNames, []uint64{16}, []float64{0.1, 1, 10}, 10, 1), effect{})
			for _, r := range runs {
				if r.Config.Objective == "infomax" && r.Config.Lambda == test.rank {
					r.Final.EffectiveRank++
				}
				if r.Config.Objective == "infomax" && r.Config.Lambda == test.correlation {
					r.Final.WeightCorrelation -= 0.1
				}
			}
			found := analyse(studies(runs)[0]).sweetSpot()
			if test.want = strings.ReplaceAll(test.want, "#", strconv.Itoa(len(activations))); found[0].Text != test.want {
				t.Errorf("%q, want %q", found[0].Text, test.want)
			}
		})
	}
}

// TestSettingsAreNotMixed has three studies; the untrained runs of MNIST belong to two.
func TestSettingsAreNotMixed(t *testing.T) {
	acts, ks, lambdas := []string{"relu", "tanh"}, []uint64{4}, []float64{1}
	configs := slices.Concat(madeUpGrid(t, "mnist", acts, ks, lambdas, 3, 2), madeUpGrid(t, "mnist", acts, ks, lambdas, 3, 5),
		madeUpGrid(t, "clusters", acts, ks, lambdas, 3, 2))
	slices.SortFunc(configs, compareConfigs)
	runs := map[string]int{}
	for _, s := range studies(madeUpRuns(slices.Compact(configs), effect{})) {
		runs[s.slug()] = len(s.all)
	}
	want := map[string]int{"mnist-2-epochs": 32, "mnist-5-epochs": 32, "clusters-2-epochs": 32}
	if diff := cmp.Diff(want, runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

func TestSimilarityIsTheLargestCosine(t *testing.T) {
	W := Mat{3, 2, []float64{1, 0, 0, 5, -3, -3}}
	if got, want := similarity(W), math.Sqrt(0.5); math.Abs(got-want) > 1e-15 {
		t.Errorf("similarity %v, want %v", got, want)
	}
	if got := similarity(Mat{2, 2, []float64{1, 2, 0, 0}}); !math.IsNaN(got) {
		t.Errorf("of a vector and a zero %v, want NaN", got)
	}
}

// TestNoVerdictWithoutAPlaceOfBothBaselines: one baseline has runs at one K, the other at another.
func TestNoVerdictWithoutAPlaceOfBothBaselines(t *testing.T) {
	configs := madeUpGrid(t, "mnist", []string{"tanh"}, []uint64{16, 32}, []float64{1}, 10, 1)
	configs = slices.DeleteFunc(configs, func(c Config) bool {
		return c.Objective == "random" && c.K == 32 || c.Objective == "reconstruction" && c.K == 16
	})
	got := analyse(studies(madeUpRuns(configs, effect{rank: 1, correlation: 0.1}))[0]).headline()
	if want := "No verdict: the hypothesis is about both an autoencoder (reconstruction) and no training (random), and there are no runs of the two to compare with " +
		"at the same activation and K."; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFewPairsBesideManyAreTooFew: three pairs cannot be significant, whatever else is in their family.
func TestFewPairsBesideManyAreTooFew(t *testing.T) {
	configs := madeUpGrid(t, "mnist", []string{"tanh", "relu"}, []uint64{16}, []float64{1}, 10, 1)
	configs = slices.DeleteFunc(configs, func(c Config) bool { return c.Activation == "relu" && c.Seed > 3 })
	for _, x := range analyse(studies(madeUpRuns(configs, effect{rank: 1, correlation: 0.1}))[0]).answers {
		if few := x.activation == "relu"; x.tooFew != few || (x.word == confirmed) == few {
			t.Errorf("%s against %s: %s, %q", x.activation, x.condition, x.word, x.why)
		}
	}
}

// TestManyLambdasTakeMoreSeeds: ten pairs of λ for six activations are more tests than the three that are declared.
func TestManyLambdasTakeMoreSeeds(t *testing.T) {
	for lambdas, tooFew := range map[int]bool{3: false, 5: true} {
		configs := madeUpGrid(t, "mnist", activationNames, []uint64{16}, []float64{0.1, 1, 10, 2, 5}[:lambdas], 10, 1)
		a := analyse(studies(madeUpRuns(configs, effect{}))[0])
		if got := len(a.tooFewSeeds(acrossLambda)) > 0; got != tooFew {
			t.Errorf("%d λ: too few seeds is %v", lambdas, got)
		}
	}
}

// TestPrincipalComponentsAloneLackNothing: they have no seeds.
func TestPrincipalComponentsAloneLackNothing(t *testing.T) {
	configs := []Config{{Data: "mnist", Objective: "pca", Activation: "relu", K: 16, TCRows: 2000}, {Data: "mnist", Objective: "pca", Activation: "tanh", K: 16, TCRows: 2000}}
	if holes := studies(madeUpRuns(configs, effect{}))[0].holes(); len(holes) > 0 {
		t.Errorf("%q", holes)
	}
}
