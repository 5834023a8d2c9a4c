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
	{"untrained", len(activations), of(weights...), eachWithUntrained},
	{"activation", len(activations) * (len(activations) - 1) / 2, ofTraining, acrossActivations},
	{"lambda", 3 * len(activations), func(m measure) bool {
		return ofAllRuns(m) || m.field == "epochs_to_90"
	}, acrossLambdas},
	{"reference", len(activations), ofAllRuns, subjectWith(tied)},
	{"stack", len(activations), of(depthMeasures...), withOtherStacks},
	{"data", len(activations), of(slices.Concat(weights, outputs[:1], probes)...), acrossStudies(largerData)},
	{"whiten", len(protocolWhitened), of(slices.Concat(weights, probes)...), acrossStudies(whiter)},
}

// protocolWhitened are the activations that run at every power of whitening.
var protocolWhitened = []string{"identity", "relu", "tanh"}

var (
	weights = []string{"effective_rank", "weight_correlation"} // declared beforehand
	outputs = []string{"output_correlation", "tc_bound"}       // chosen after the data were seen
	probes  = []string{"probe_accuracy", "probe_accuracy_1000"}

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

// among pairs groups with each other.
func (s *study) among(groups []group) (pairs []pair) {
	for i, x := range groups {
		for _, y := range groups[i+1:] {
			pairs = append(pairs, pair{side{s, x}, side{s, y}})
		}
	}
	return pairs
}

func acrossActivations(s *study, K int) [][]pair {
	return [][]pair{s.among(s.grid(s.subject(), K))}
}

// mostLambdas is how many λ are compared with each other: their pairs grow with the square, and in
// so large a family nothing could be significant.
const mostLambdas = 12

func acrossLambdas(s *study, K int) [][]pair {
	var pairs []pair
	if len(s.lambdas()) > mostLambdas {
		return nil
	}
	for _, p := range s.grid(s.subject(), K) {
		pairs = append(pairs, s.among(s.overLambda(p))...)
	}
	return [][]pair{pairs}
}

// overLambda has p at every λ.
func (s *study) overLambda(p group) (groups []group) {
	for _, c := range s.lambdas() {
		groups = append(groups, p.under(c))
	}
	return groups
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

// comparison is x compared with y, seed by seed. Differences are x − y.
type comparison struct {
	*contrast
	measure
	pair
	n        int // seeds that both have
	test     signedRankResult
	shift    estimate
	adjusted float64 // test.P, Holm
	tests    int     // of the family
}

// mostPairs is how many seeds a comparison takes, from the first: an exact test of more costs time
// and memory, and p is 10⁻⁶⁰ already where all agree.
const mostPairs = 200

// compareAll makes every comparison that has pairs of runs. One unit alone has no redundancy.
func compareAll(all []*study) (done []comparison) {
	for _, s := range all {
		for _, K := range s.ks {
			for i := range contrasts {
				c := &contrasts[i]
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
	return done
}

// compare tests a family.
func (c *contrast) compare(m measure, pairs []pair) (done []comparison) {
	var p []float64
	for _, pair := range pairs {
		x, y := pair.values(m)
		if len(x) == 0 || c.name == "activation" &&
			(pair.x.infinite(pair.x.group, m) || pair.y.infinite(pair.y.group, m)) {
			continue
		}
		d := differences(x, y)
		test := signedRank(d)
		done = append(done, comparison{c, m, pair, len(x), test, hodgesLehmann(d), 0, 0})
		p = append(p, test.P)
	}
	for i, adjusted := range holm(p, c.tests) {
		done[i].adjusted, done[i].tests = adjusted, max(c.tests, len(p))
	}
	return done
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
	if !(c.adjusted < significant) {
		return 0
	}
	return c.better * sign(c.test.RankBiserial)
}

// everySeed is +1 where x is better than y with every seed, −1 where worse, else 0.
func (c comparison) everySeed() int {
	if max(c.test.Wins, c.test.Losses) < c.n {
		return 0
	}
	return c.better * sign(c.test.RankBiserial)
}

func sign(x float64) int {
	switch {
	case x > 0:
		return +1
	case x < 0:
		return -1
	}
	return 0
}

// wins counts the pairs in which x is better, or larger if neither way is.
func (c comparison) wins() int {
	if c.better < 0 {
		return c.test.Losses
	}
	return c.test.Wins
}

// verdicts are the words for the outcome of a comparison, and of several.
var verdicts = map[int]string{+1: "better", -1: "worse", 0: "unclear"}

// verdict is the rule for comparisons of one pair by several measures: +1, better, if every one
// is, −1, worse, if every one is, else 0, unclear.
func verdict(tests []comparison, outcome func(comparison) int) int {
	sum := 0
	for _, c := range tests {
		sum += outcome(c)
	}
	if n := len(tests); n > 0 && (sum == n || sum == -n) {
		return sum / n
	}
	return 0
}

// runTable is all that the report is about.
type runTable struct {
	studies []*study
	all     []comparison
	index   map[comparisonKey]comparison

	trends, associations map[*study][]relation
}

type comparisonKey struct {
	contrast, field string
	pair
}

func newRunTable(runs []*Result) *runTable {
	t := &runTable{studies: studies(runs), index: map[comparisonKey]comparison{},
		trends: map[*study][]relation{}, associations: map[*study][]relation{}}
	t.all = compareAll(t.studies)
	for _, c := range t.all {
		t.index[comparisonKey{c.name, c.field, c.pair}] = c
	}
	for _, s := range t.studies {
		t.trends[s], t.associations[s] = trendsOf(s), associationsOf(s)
	}
	return t
}

// tests are the comparisons of one pair by those measures, in which no total correlation is
// infinite; nil unless all were made.
func (t *runTable) tests(contrast string, by []string, p pair) (tests []comparison) {
	for _, field := range by {
		c, made := t.index[comparisonKey{contrast, field, p}]
		switch {
		case p.x.infinite(p.x.group, measureOf(field)):
		case !made:
			return nil
		default:
			tests = append(tests, c)
		}
	}
	return tests
}
