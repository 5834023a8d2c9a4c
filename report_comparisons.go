package main

import (
	"math"
	"slices"
)

// Every comparison of a study, from its values. Tests are corrected together (Holm) within a family: one
// measure, one K and one kind of comparison. A family has at least the size that it has in the whole protocol,
// however few of its tests could be done, since that was declared beforehand. A single unit has nothing to be
// redundant with, so at K = 1 nothing is compared.

// The kinds of comparison.
const (
	againstBaseline  = "baseline"   // infomax at λ = 1 against each baseline, by activation
	acrossActivation = "activation" // infomax at λ = 1, pairs of activations
	acrossLambda     = "lambda"     // infomax, pairs of λ, by activation
	againstReference = "reference"  // infomax at λ = 1 against tied, by activation: no declared test
	againstStack     = "stack"      // infomax on infomax against one other stack, or a single layer, by activation
	againstData      = "data"       // infomax at λ = 1 on more data against less, by activation
)

// declared is the number of tests of each kind in a family of the protocol.
var declared = map[string]int{
	againstBaseline:  len(baselines) * len(activations),
	acrossActivation: pairsOf(len(activations)),
	acrossLambda:     pairsOf(len(protocolLambdas)) * len(activations),
	againstReference: len(activations),
	againstStack:     len(activations),
	againstData:      len(activations),
}

func pairsOf(n int) int { return n * (n - 1) / 2 }

const (
	minPairs = 3 // fewer pairs are not tested
)

// comparison is x against y, seed by seed. Differences are x − y, in the measure's unit.
type comparison struct {
	measure  measure
	x, y     place
	pairs    int // seeds for which both have a value
	test     signedRankResult
	shift    intervalEstimate
	adjusted float64 // test.P, Holm
	unpaired rankSumResult
	paired   tResult
	welch    tResult
}

// family is what Holm corrects together. friedman is of the activations alone.
type family struct {
	kind        string
	measure     measure
	K           int
	comparisons []comparison
	friedman    friedmanResult
	blocks      int // seeds in friedman
}

// families makes every comparison of the study that has pairs.
func (s *study) families() (all []family) {
	for _, K := range s.ks {
		for _, m := range measures {
			for _, kind := range kindsFor(m) {
				if K > 1 {
					all = append(all, s.family(kind, m, K))
				}
			}
		}
	}
	inParallel(len(all), func(i int) { all[i].compare(s) })
	return all
}

// kindsFor lists the kinds of comparison that m is fit for. Losses of different objectives or λ are on different
// scales, and not every baseline is trained.
func kindsFor(m measure) []string {
	switch m.field {
	case finalLoss.field:
		return []string{acrossActivation}
	case epochs90.field:
		return []string{acrossActivation, acrossLambda}
	case "variance_ratio": // varianceShare instead
		return nil
	}
	return []string{againstBaseline, acrossActivation, acrossLambda, againstReference}
}

// family pairs the places that are to be compared.
func (s *study) family(kind string, m measure, K int) family {
	f := family{kind: kind, measure: m, K: K}
	add := func(x, y place) { f.comparisons = append(f.comparisons, comparison{measure: m, x: x, y: y}) }
	places := s.grid(treatment, K)
	switch kind {
	case againstBaseline, againstReference:
		against := baselines
		if kind == againstReference {
			against = []condition{tied}
		}
		for _, baseline := range against {
			for _, p := range places {
				add(p, p.under(baseline))
			}
		}
	case acrossActivation:
		for i, x := range places {
			for _, y := range places[i+1:] {
				if !s.infinite(x, m) && !s.infinite(y, m) {
					add(x, y)
				}
			}
		}
	case acrossLambda:
		for _, p := range places {
			for i, first := range s.lambdas() {
				for _, second := range s.lambdas()[i+1:] {
					add(p.under(first), p.under(second))
				}
			}
		}
	}
	return f
}

// compare does the tests of f.
func (f *family) compare(s *study) {
	own := func(p place) []float64 { return s.values(p, f.measure) }
	f.between(own, own)
	if f.kind == acrossActivation {
		f.friedmanTest(s)
	}
}

// between compares values of x and of y, which have the same seeds. A comparison without pairs is dropped.
func (f *family) between(valuesX, valuesY func(place) []float64) {
	var done []comparison
	var p []float64
	for _, c := range f.comparisons {
		c.compare(valuesX(c.x), valuesY(c.y))
		if c.pairs > 0 {
			done = append(done, c)
			p = append(p, c.test.P)
		}
	}
	f.comparisons = done
	for len(p) < declared[f.kind] {
		p = append(p, math.NaN())
	}
	adjusted := holm(p)
	for i := range done {
		done[i].adjusted = adjusted[i]
	}
}

// compare takes a value of x and of y for each seed.
func (c *comparison) compare(xs, ys []float64) {
	var x, y []float64
	for i := range xs {
		if !math.IsNaN(xs[i]) && !math.IsNaN(ys[i]) {
			x, y = append(x, xs[i]), append(y, ys[i])
		}
	}
	c.pairs, c.adjusted = len(x), math.NaN()
	if c.pairs < minPairs {
		x, y = nil, nil // of which every test is NaN
	}
	d := differences(x, y)
	c.test, c.shift, c.paired, c.welch, c.unpaired = signedRank(d), hodgesLehmann(d), pairedT(d), welch(x, y), rankSum(x, y)
}

// friedmanTest takes the seeds that have a value for every activation that is compared.
func (f *family) friedmanTest(s *study) {
	blocks := make([][]float64, len(s.seeds))
	for _, p := range s.ran(treatment, f.K) {
		if slices.ContainsFunc(f.comparisons, func(c comparison) bool { return c.x == p || c.y == p }) {
			for i, v := range s.values(p, f.measure) {
				blocks[i] = append(blocks[i], v)
			}
		}
	}
	blocks = slices.DeleteFunc(blocks, func(b []float64) bool { return !usable(b) })
	f.blocks = len(blocks)
	if f.blocks < minPairs {
		blocks = nil
	}
	f.friedman = friedman(blocks)
}

// outcome is +1 where x is better than y, −1 where it is worse, 0 where neither is shown or
// neither would be better.
func (c *comparison) outcome() int {
	if !(c.adjusted < significant) || c.test.RankBiserial == 0 {
		return 0
	}
	if c.test.RankBiserial > 0 {
		return c.measure.better
	}
	return -c.measure.better
}

// wins counts the pairs in which x is better; where no way is better, in which x is larger.
func (c *comparison) wins() int {
	if c.measure.better < 0 {
		return c.test.Losses
	}
	return c.test.Wins
}

func (c *comparison) losses() int { return c.pairs - c.wins() - c.test.Ties }

// leastAdjustedP is the smallest adjusted p that n pairs can give the first test of a family of the declared size.
func leastAdjustedP(kind string, n int) float64 { return leastP(declared[kind], n) }

// leastP is the smallest p that n pairs can give the first of some tests after Holm.
func leastP(tests, n int) float64 { return min(1, math.Ldexp(float64(tests), 1-n)) }

// neededSeeds is the least number of pairs whose smallest adjusted p is significant.
func neededSeeds(kind string) int {
	n := 1
	for leastAdjustedP(kind, n) >= significant {
		n++
	}
	return n
}
