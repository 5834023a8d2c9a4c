package main

import (
	"math"
	"slices"
)

// Every comparison of the report. A contrast lists families of pairs of groups; the pairs of one
// family are tested seed by seed, by each measure and at each K, and corrected together (Holm). A
// family has at least the size that it has in the whole protocol.

// contrast says which groups are compared.
type contrast struct {
	name     string               // in stats.csv
	tests    int                  // of a family in the whole protocol
	by       func(m measure) bool // which measures
	families func(s *study, K int) [][]pair
}

// side is a group in a study; pair is x compared with y.
type side struct {
	*study
	group
}
type pair struct{ x, y side }

var contrasts = []contrast{
	{"baseline", 3 * len(activations), ofAllRuns, subjectWith(untrained, autoencoder, variance)},
	{"untrained", len(activations), of(weightMeasures...), eachWithUntrained},
	{"activation", len(activations) * (len(activations) - 1) / 2, ofTraining, among(activationRaces)},
	{"lambda", 3 * len(activations), func(m measure) bool {
		return ofAllRuns(m) || m.field == "epochs_to_90"
	}, among(lambdaRaces)},
	{"reference", len(activations), ofAllRuns, subjectWith(tied)},
	{"stack", len(activations), of(depthMeasures...), withOtherStacks},
	{"data", len(activations), of(slices.Concat(weightMeasures, outputMeasures[:1], probeMeasures)...), acrossStudies(largerData)},
	{"whiten", len(protocolWhitened), of(slices.Concat(weightMeasures, probeMeasures)...), acrossStudies(whiter)},
}

// protocolWhitened are the activations that run at every power of whitening.
var protocolWhitened = []string{"identity", "relu", "tanh"}

var (
	weightMeasures = []string{"effective_rank", "weight_correlation"} // declared beforehand
	outputMeasures = []string{"output_correlation", "tc_bound"}       // chosen after the data were seen
	probeMeasures  = []string{"probe_accuracy", "probe_accuracy_1000"}

	depthMeasures = []string{"output_correlation", "probe_accuracy"}
)

func of(fields ...string) func(m measure) bool {
	return func(m measure) bool { return slices.Contains(fields, m.field) }
}

// ofTraining are the measures of single layers; losses and epochs are not comparable between
// objectives.
func ofTraining(m measure) bool {
	return !of("variance_ratio", "max_responsibility", "effective_rank_over_random",
		"output_correlation_per_pair", "dead_share")(m)
}

func ofAllRuns(m measure) bool {
	return m.field == "max_responsibility" || ofTraining(m) && !of("final_loss", "epochs_to_90")(m)
}

// with pairs c's groups with those of the others, of the same activation and K.
func (s *study) with(K int, c condition, others ...condition) (pairs []pair) {
	for _, other := range others {
		for _, p := range s.grid(c, K) {
			pairs = append(pairs, pair{side{s, p}, side{s, p.under(other)}})
		}
	}
	return pairs
}

func subjectWith(others ...condition) func(*study, int) [][]pair {
	return func(s *study, K int) [][]pair { return [][]pair{s.with(K, s.subject(), others...)} }
}

// eachWithUntrained has a family for each trained condition but the subject.
func eachWithUntrained(s *study, K int) (families [][]pair) {
	for _, c := range s.conditions {
		if trains(c.objective) && c != s.subject() {
			families = append(families, s.with(K, c, untrained))
		}
	}
	return families
}

// races are groups of which one may be better than every other. Of each K there are the activations;
// of each activation and K, every λ.
func activationRaces(s *study, K int) [][]group { return [][]group{s.grid(s.subject(), K)} }

func lambdaRaces(s *study, K int) (races [][]group) {
	lambdas := s.lambdas()
	if len(lambdas) > mostLambdas {
		return nil
	}
	for _, p := range s.grid(s.subject(), K) {
		var race []group
		for _, c := range lambdas {
			race = append(race, p.under(c))
		}
		races = append(races, race)
	}
	return races
}

// mostLambdas is how many λ are compared with each other: their pairs grow with the square, and in
// so large a family nothing could be significant.
const mostLambdas = 12

// among pairs the groups of every race with each other.
func among(races func(*study, int) [][]group) func(*study, int) [][]pair {
	return func(s *study, K int) [][]pair {
		var pairs []pair
		for _, race := range races(s, K) {
			for i, x := range race {
				for _, y := range race[i+1:] {
					pairs = append(pairs, pair{side{s, x}, side{s, y}})
				}
			}
		}
		return [][]pair{pairs}
	}
}

// withOtherStacks has a family for each condition that InfoMax on InfoMax is compared with.
func withOtherStacks(s *study, K int) (families [][]pair) {
	for _, other := range []condition{s.stack("random", "infomax"), s.stack("infomax", "random"),
		s.stack("", "infomax"), s.stack("reconstruction", "reconstruction")} {
		families = append(families, s.with(K, s.subject(), other))
	}
	return families
}

// acrossStudies compares the subject's groups with the same ones in the studies that match.
func acrossStudies(match func(x, y setting) bool) func(*study, int) [][]pair {
	return func(s *study, K int) [][]pair {
		var pairs []pair
		for _, other := range s.all {
			for _, p := range s.grid(s.subject(), K) {
				if match(s.setting, other.setting) {
					pairs = append(pairs, pair{side{s, p}, side{other, p}})
				}
			}
		}
		return [][]pair{pairs}
	}
}

// largerData: nine times as many rows, about a ninth of the epochs, and all else alike.
func largerData(x, y setting) bool {
	same := y
	same.Data, same.Epochs = x.Data, x.Epochs
	return x.Data == "mnist-shifted" && y.Data == "mnist" && same == x &&
		8*x.Epochs < y.Epochs && y.Epochs < 10*x.Epochs
}

// whiter: the same components, whitened and not.
func whiter(x, y setting) bool {
	same := y
	same.Whiten = 1
	return x.Components > 0 && y.Whiten == 0 && x == same
}

// comparison is a test: of x compared with y, seed by seed, or, without y, of how x's runs change
// over K or with a predictor.
type comparison struct {
	name      string // of the contrast
	measure          // better is said of the effect
	predictor string // the field of the other measure of an association
	pair
	n        int // seeds that both have; without y, what was ranked
	signs    signedRankResult
	shift    estimate // of x − y
	effect   float64  // rank-biserial, ρ, or Page's L about its mean
	p        float64
	adjusted float64 // p (Holm)
	tests    int     // of the family
}

// mostPairs is how many seeds a comparison takes, from the first: an exact test of more costs time
// and memory, and p is 10⁻⁶⁰ already where all agree.
const mostPairs = 200

// compareAll makes every comparison that has runs. One unit alone has no redundancy.
func compareAll(all []*study) (done []comparison) {
	for _, s := range all {
		for _, K := range s.ks {
			for _, c := range contrasts {
				if K == 1 || s.stacked() != (c.name == "stack") {
					continue
				}
				for _, pairs := range c.families(s, K) {
					for _, m := range measures {
						if c.by(m) {
							done = append(done, c.compare(m, pairs)...)
						}
					}
				}
			}
		}
	}
	for _, s := range all {
		done = slices.Concat(done, trendsOf(s), associationsOf(s, s.conditions...))
	}
	return done
}

// compare tests a family.
func (c contrast) compare(m measure, pairs []pair) (family []comparison) {
	for _, pair := range pairs {
		x, y := pair.values(m)
		if len(x) == 0 || c.name == "activation" &&
			(pair.x.infinite(pair.x.group, m) || pair.y.infinite(pair.y.group, m)) {
			continue
		}
		d := differences(x, y)
		signs := signedRank(d)
		family = append(family, comparison{name: c.name, measure: m, pair: pair, n: len(x), signs: signs,
			shift: hodgesLehmann(d), effect: signs.RankBiserial, p: signs.P})
	}
	return corrected(family, c.tests)
}

// corrected sets the adjusted p of a family that has so many tests in the whole protocol.
func corrected(family []comparison, tests int) []comparison {
	var p []float64
	for _, c := range family {
		p = append(p, c.p)
	}
	for i, adjusted := range holm(p, tests) {
		family[i].adjusted, family[i].tests = adjusted, max(tests, len(p))
	}
	return family
}

// values has m of both sides, by ascending seed, where both apply.
func (p pair) values(m measure) (x, y []float64) {
	for _, seed := range p.x.seeds {
		r, s := p.x.runs[p.x.group][seed], p.y.runs[p.y.group][seed]
		if r == nil || s == nil || len(x) == mostPairs {
			continue
		}
		if v, w := m.value(r), m.value(s); !math.IsNaN(v) && !math.IsNaN(w) {
			x, y = append(x, v), append(y, w)
		}
	}
	return x, y
}

// outcome is +1 where x is significantly better than y, −1 where worse, else 0.
func (c comparison) outcome() int {
	switch {
	case !(c.adjusted < significant), c.effect == 0:
		return 0
	case c.effect < 0:
		return -c.better
	}
	return c.better
}

// few tells whether the pairs are too few for a significant p.
func (c comparison) few() bool {
	return c.y.study != nil && math.Ldexp(float64(c.tests), 1-c.n) >= significant
}

// wins counts the pairs in which x is better, or larger if neither way is.
func (c comparison) wins() int {
	if c.better < 0 {
		return c.signs.Losses
	}
	return c.signs.Wins
}

// verdicts are the words for the outcome of a comparison, and of several.
var verdicts = map[int]string{+1: "better", -1: "worse", 0: "unclear"}

// verdict is the rule for comparisons of one pair by several measures: +1, better, if every one
// is, −1, worse, if every one is, else 0, unclear. Of seeds that are too few for a test, every one
// has to agree.
func verdict(tests []comparison) int {
	better, worse := 0, 0
	for _, c := range tests {
		if c.outcome() > 0 || c.few() && c.wins() == c.n {
			better++
		}
		if c.outcome() < 0 || c.few() && c.wins()+c.signs.Ties == 0 {
			worse++
		}
	}
	switch n := len(tests); {
	case n > 0 && better == n:
		return +1
	case n > 0 && worse == n:
		return -1
	}
	return 0
}

// runTable is all that the report is about.
type runTable struct {
	studies []*study
	all     []comparison
	index   map[comparisonKey]comparison
}

type comparisonKey struct {
	contrast, field string
	pair
}

func newRunTable(runs []*Result) *runTable {
	t := &runTable{studies: studies(runs), index: map[comparisonKey]comparison{}}
	t.all = compareAll(t.studies)
	for _, c := range t.all {
		t.index[comparisonKey{c.name, c.field, c.pair}] = c
	}
	return t
}

// tests are the comparisons of x in s with y at x's activation and K, by those measures, in which no total
// correlation is infinite; nil unless all were made.
func (t *runTable) tests(s *study, contrast string, by []string, x group, y side) (tests []comparison) {
	for _, field := range by {
		c, made := t.index[comparisonKey{contrast, field, pair{side{s, x}, side{y.study, x.under(y.condition)}}}]
		switch {
		case s.infinite(x, measureOf(field)):
		case !made:
			return nil
		default:
			tests = append(tests, c)
		}
	}
	return tests
}
