package main

import (
	"math"
	"slices"
)

// Every comparison of the report. A contrast lists families of pairs of groups; the pairs of one
// family are tested seed by seed, by each measure and at each K, and corrected together (Holm), as
// if they were at least as many as in the whole protocol. Trends over K and associations of two
// measures are tested without pairs.

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
	{"baseline", 3 * len(activations), but("final_loss", "epochs_to_90"),
		subjectWith(untrained, autoencoder, variance)},
	{"untrained", len(activations), of(weightMeasures...), eachWithUntrained},
	{"activation", len(activations) * (len(activations) - 1) / 2, but("max_responsibility"), amongActivations},
	{"lambda", 3 * len(activations), but("final_loss"), amongLambdas},
	{"reference", len(activations), but("final_loss", "epochs_to_90"), subjectWith(tied)},
	{"stack", len(activations), of(depthMeasures...), withOtherStacks},
	{"data", len(activations), of(slices.Concat(weightMeasures, outputMeasures[:1], probeMeasures)...),
		acrossStudies(largerData)},
	{"whiten", len(protocolWhitened), of(slices.Concat(weightMeasures, probeMeasures)...), acrossStudies(whiter)},
}

// protocolWhitened are the activations that run at every power of whitening.
var protocolWhitened = []string{"identity", "relu", "tanh"}

var (
	weightMeasures = []string{"effective_rank", "weight_correlation"} // declared beforehand
	outputMeasures = []string{"output_correlation", "tc_bound"}       // chosen after the data were seen
	probeMeasures  = []string{"probe_accuracy", "probe_accuracy_1000"}

	depthMeasures = []string{"output_correlation", "probe_accuracy"}

	// A trend over K is of measures by what grows with K anyway. What may predict a good probe was
	// fixed before there were runs.
	normalised = []string{
		"effective_rank_over_random", "output_correlation_per_pair", "dead_share", "probe_accuracy"}
	predictors = []string{"weight_correlation", "effective_rank_live", "output_correlation", "tc_bound"}
)

func of(fields ...string) func(m measure) bool {
	return func(m measure) bool { return slices.Contains(fields, m.field) }
}

// but are all measures, except those, what a trend alone is of, and the ratio whose inverse is tested.
func but(fields ...string) func(m measure) bool {
	others := of(append(fields, "variance_ratio", "effective_rank_over_random", "output_correlation_per_pair",
		"dead_share")...)
	return func(m measure) bool { return !others(m) }
}

// with pairs x's groups with those of the others, of the same activation and K.
func (s *study) with(K int, x condition, others ...side) (pairs []pair) {
	for _, y := range others {
		for _, p := range s.grid(x, K) {
			pairs = append(pairs, pair{side{s, p}, side{y.study, p.under(y.condition)}})
		}
	}
	return pairs
}

// every is all groups of s under c.
func (s *study) every(c condition) side { return side{s, group{condition: c}} }

func subjectWith(others ...condition) func(*study, int) [][]pair {
	return func(s *study, K int) [][]pair {
		var ys []side
		for _, c := range others {
			ys = append(ys, s.every(c))
		}
		return [][]pair{s.with(K, s.subject(), ys...)}
	}
}

// eachWithUntrained has a family for each trained condition but the subject.
func eachWithUntrained(s *study, K int) (families [][]pair) {
	for _, c := range s.conditions {
		if trains(c.objective) && c != s.subject() {
			families = append(families, s.with(K, c, s.every(untrained)))
		}
	}
	return families
}

// amongActivations compares the activations at each K, amongLambdas the λ of each activation and K.
func amongActivations(s *study, K int) [][]pair {
	return [][]pair{s.among(s.grid(s.subject(), K))}
}

func amongLambdas(s *study, K int) [][]pair {
	var pairs []pair
	lambdas := s.lambdas()
	for _, p := range s.grid(s.subject(), K) {
		var groups []group
		for _, c := range lambdas {
			groups = append(groups, p.under(c))
		}
		pairs = append(pairs, s.among(groups)...)
	}
	return [][]pair{pairs}
}

// mostLambdas is how many λ are compared with each other: their pairs grow with the square, and in
// so large a family nothing could be significant.
const mostLambdas = 12

// among pairs each of the groups with all that follow.
func (s *study) among(groups []group) (pairs []pair) {
	if len(groups) > mostLambdas {
		return nil
	}
	for i, x := range groups {
		for _, y := range groups[i+1:] {
			pairs = append(pairs, pair{side{s, x}, side{s, y}})
		}
	}
	return pairs
}

// withOtherStacks has a family for each condition that InfoMax on InfoMax is compared with.
func withOtherStacks(s *study, K int) (families [][]pair) {
	for _, other := range []condition{s.stack("random", "infomax"), s.stack("infomax", "random"),
		s.stack("", "infomax"), s.stack("reconstruction", "reconstruction")} {
		families = append(families, s.with(K, s.subject(), s.every(other)))
	}
	return families
}

// acrossStudies compares the subject's groups with the same ones in the other studies that match.
func acrossStudies(match func(x, y setting) bool) func(*study, int) [][]pair {
	return func(s *study, K int) [][]pair {
		var ys []side
		for _, other := range s.all {
			if other != s && match(s.setting, other.setting) {
				ys = append(ys, other.every(s.subject()))
			}
		}
		return [][]pair{s.with(K, s.subject(), ys...)}
	}
}

// largerData: nine times as many rows, and all else alike but the epochs, which make up for it.
func largerData(x, y setting) bool {
	same := y
	same.Data, same.Epochs = x.Data, x.Epochs
	return x.Data == "mnist-shifted" && y.Data == "mnist" && same == x
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
}

// mostPairs is how many seeds a comparison takes, from the first: an exact test of more costs time
// and memory, and p is 10⁻⁶⁰ already where all agree.
const mostPairs = 200

// pairedTests makes every comparison of pairs that has runs. One unit alone has no redundancy.
func (s *study) pairedTests() (all []comparison) {
	for _, K := range s.ks {
		for _, c := range contrasts {
			if K == 1 || s.stacked() != (c.name == "stack") {
				continue
			}
			for _, pairs := range c.families(s, K) {
				for _, m := range measures {
					if c.by(m) {
						all = append(all, c.compare(m, pairs)...)
					}
				}
			}
		}
	}
	return all
}

// compare tests a family.
func (c contrast) compare(m measure, pairs []pair) (family []comparison) {
	for _, pair := range pairs {
		values := bySeed(column{pair.x, m}, column{pair.y, m})
		if len(values[0]) == 0 || c.name == "activation" &&
			(pair.x.infinite(pair.x.group, m) || pair.y.infinite(pair.y.group, m)) {
			continue
		}
		d := differences(values[0], values[1])
		signs, shift := signedRank(d), hodgesLehmann(d)
		if !allFinite(values[0]) && !allFinite(values[1]) { // both sides diverged, which is a tie, but of no size
			shift = hodgesLehmann(nil)
		}
		family = append(family, comparison{name: c.name, measure: m, pair: pair, n: len(d), signs: signs,
			shift: shift, effect: signs.RankBiserial, p: signs.P})
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
		family[i].adjusted = adjusted
	}
	return family
}

// trends are over K, seed by seed, one for each measure and activation of the subject.
func (s *study) trends() (all []comparison) {
	if len(s.ks) <= 3 { // as in the protocol
		return nil
	}
	for _, m := range measuresOf(normalised...) {
		var family []comparison
		for _, activation := range s.activations {
			var columns []column
			for _, K := range s.ks {
				columns = append(columns, column{side{s, group{s.subject(), activation, K}}, m})
			}
			values := bySeed(columns...)
			if trend, p := pageTrend(values); !math.IsNaN(p) {
				x := side{s, group{condition: s.subject(), activation: activation}}
				family = append(family,
					comparison{name: "trend", measure: m, pair: pair{x: x}, n: len(values[0]), effect: trend, p: p})
			}
		}
		all = append(all, corrected(family, 3)...)
	}
	return all
}

// associations have the ρ of each predictor with each probe among the runs of each group, pooled.
func (s *study) associations() (all []comparison) {
	if s.stacked() {
		return nil
	}
	for _, probe := range measuresOf(probeMeasures...) {
		var family []comparison
		for _, m := range measuresOf(predictors...) {
			var cells []seedPairs // of groups that have every seed
			for _, p := range s.groups(s.conditions...) {
				xy := bySeed(column{side{s, p}, m}, column{side{s, p}, probe})
				if !slices.Contains(references, p.objective) && p.K > 1 && !s.infinite(p, m) &&
					len(xy[0]) == min(len(s.seeds), mostPairs) && allFinite(slices.Concat(xy...)) {
					cells = append(cells, seedPairs{xy[0], xy[1]})
				}
			}
			if rho, p := spearmanWithin(cells); !math.IsNaN(p) {
				its := comparison{name: "within", measure: probe, predictor: m.field, pair: pair{x: side{study: s}},
					n: len(cells) * len(cells[0].x), effect: rho, p: p}
				its.better *= m.better
				family = append(family, its)
			}
		}
		all = append(all, corrected(family, len(predictors))...)
	}
	return all
}

// column is a measure of a group.
type column struct {
	side
	measure
}

// bySeed has the values of each column, by ascending seed: of the seeds of which all have one.
func bySeed(columns ...column) [][]float64 {
	all := make([][]float64, len(columns))
	for _, seed := range columns[0].seeds {
		var values []float64
		for _, c := range columns {
			if r := c.runs[c.group][seed]; r != nil {
				values = append(values, c.value(r))
			}
		}
		if len(values) < len(columns) || !usable(values) || len(all[0]) == mostPairs {
			continue
		}
		for i, v := range values {
			all[i] = append(all[i], v)
		}
	}
	return all
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

// wins counts the pairs in which x is better, or larger if neither way is.
func (c comparison) wins() int {
	if c.better < 0 {
		return c.signs.Losses
	}
	return c.signs.Wins
}

// tests are the comparisons of x with y at x's activation and K, by those measures, in which no total
// correlation is infinite.
func (s *study) tests(contrast string, by []string, x group, y side) (tests []comparison) {
	its := pair{side{s, x}, side{y.study, x.under(y.condition)}}
	for _, c := range s.comparisons {
		if c.name == contrast && c.pair == its && of(by...)(c.measure) && !s.infinite(x, c.measure) {
			tests = append(tests, c)
		}
	}
	return tests
}
