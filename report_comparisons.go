package main

import "math"

// Every comparison of a study. Tests are corrected together (Holm) within a family: one measure,
// one K and one kind of comparison. The size of a family is that of the whole protocol however
// few of its tests could be done, since it was declared beforehand.

// The kinds of comparison, and the tests of each in the protocol's families.
const (
	againstBaseline  = "baseline"   // infomax at λ = 1 against three baselines, six activations: 18
	acrossActivation = "activation" // infomax at λ = 1, pairs of six activations: 15
	acrossLambda     = "lambda"     // infomax, pairs of three λ, six activations: 18
)

var declared = map[string]int{againstBaseline: 18, acrossActivation: 15, acrossLambda: 18}

const (
	significant = 0.05 // adjusted p below this
	minPairs    = 3    // fewer pairs are not tested
	// maxUnpaired bounds the exact Mann–Whitney test, whose time grows as the fourth power.
	maxUnpaired = 20
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
func (s *study) families() []family {
	var all []family
	for _, K := range s.ks {
		for _, m := range trainedMetrics() {
			all = append(all, s.baselineFamily(m, K), s.activationFamily(m, K), s.lambdaFamily(m, K))
		}
		all = append(all, s.activationFamily(finalLoss, K), s.activationFamily(epochs90, K), s.lambdaFamily(epochs90, K))
	}
	inParallel(len(all), func(i int) { all[i].compare(s) })
	return all
}

func (s *study) baselineFamily(m measure, K int) family {
	f := family{kind: againstBaseline, measure: m, K: K}
	for _, baseline := range baselines {
		for _, activation := range s.activations {
			f.add(place{treatment, activation, K}, place{baseline, activation, K})
		}
	}
	return f
}

// activationFamily leaves softmax out of total correlation, where it is infinite.
func (s *study) activationFamily(m measure, K int) family {
	f := family{kind: acrossActivation, measure: m, K: K}
	for i, first := range s.activations {
		for _, second := range s.activations[i+1:] {
			if !m.isTC() || first != "softmax" && second != "softmax" {
				f.add(place{treatment, first, K}, place{treatment, second, K})
			}
		}
	}
	return f
}

func (s *study) lambdaFamily(m measure, K int) family {
	f := family{kind: acrossLambda, measure: m, K: K}
	for _, activation := range s.activations {
		for i, first := range s.conditions {
			for _, second := range s.conditions[i+1:] {
				if first.objective == "infomax" && second.objective == "infomax" {
					f.add(place{first, activation, K}, place{second, activation, K})
				}
			}
		}
	}
	return f
}

func (f *family) add(x, y place) {
	f.comparisons = append(f.comparisons, comparison{measure: f.measure, x: x, y: y})
}

// compare does the tests of f. A comparison without pairs is dropped.
func (f *family) compare(s *study) {
	var done []comparison
	var p []float64
	for _, c := range f.comparisons {
		c.compare(s.values(c.x, c.measure), s.values(c.y, c.measure))
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
	if f.kind == acrossActivation {
		f.friedmanTest(s)
	}
}

// compare takes a value of x and of y for each seed.
func (c *comparison) compare(xs, ys []float64) {
	var x, y []float64
	for i := range xs {
		if finite(xs[i]) && finite(ys[i]) {
			x, y = append(x, xs[i]), append(y, ys[i])
		}
	}
	c.pairs = len(x)
	nan := math.NaN()
	c.adjusted = nan
	c.test, c.shift = signedRankResult{RankBiserial: nan, P: nan}, unsupported()
	c.unpaired = rankSumResult{U: nan, CliffsDelta: nan, P: nan}
	c.paired, c.welch = tResult{T: nan, DF: nan, P: nan}, tResult{T: nan, DF: nan, P: nan}
	if c.pairs < minPairs {
		return
	}
	d := differences(x, y)
	c.test, c.shift, c.paired, c.welch = signedRank(d), hodgesLehmann(d), pairedT(d), welch(x, y)
	if c.pairs <= maxUnpaired {
		c.unpaired = rankSum(x, y)
	}
}

// friedmanTest takes the seeds that have a value for every activation that is compared.
func (f *family) friedmanTest(s *study) {
	var compared []place
	for _, activation := range s.activations {
		p := place{treatment, activation, f.K}
		for _, c := range f.comparisons {
			if c.x == p || c.y == p {
				compared = append(compared, p)
				break
			}
		}
	}
	blocks := make([][]float64, len(s.seeds))
	for _, p := range compared {
		for i, v := range s.values(p, f.measure) {
			blocks[i] = append(blocks[i], v)
		}
	}
	var whole [][]float64
	for _, b := range blocks {
		if usable(b) {
			whole = append(whole, b)
		}
	}
	f.blocks = len(whole)
	if f.blocks < minPairs {
		whole = nil
	}
	f.friedman = friedman(whole)
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

// leastAdjustedP is the smallest adjusted p that n pairs can give the first test of a family.
func leastAdjustedP(kind string, n int) float64 {
	return min(1, math.Ldexp(float64(declared[kind]), 1-n))
}

// neededSeeds is the least number of pairs whose smallest adjusted p is significant.
func neededSeeds(kind string) int {
	n := 1
	for leastAdjustedP(kind, n) >= significant {
		n++
	}
	return n
}
