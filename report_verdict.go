package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The verdict on the hypothesis that InfoMax gives non-redundant features: a higher effective
// rank and a lower weight correlation than a baseline. It is computed for every activation, K
// and baseline from the adjusted p of these two comparisons (Wilcoxon's signed ranks, stats_ranks.go, and Holm, stats.go),
// and from nothing else; then put in words, the note's own first: better than both no training and an autoencoder. The same
// machinery judges the features themselves, live weights, and InfoMax against tied weights.

const (
	confirmed = "confirmed" // all measures better
	refuted   = "refuted"   // at least one worse, none better
	mixed     = "mixed"     // one better, one worse
	undecided = "undecided" // anything else
)

var verdictWords = []string{confirmed, refuted, mixed, undecided}

// answer is the verdict for one activation and K against one baseline.
type answer struct {
	place                  // of the baseline
	word, why string       // why only if undecided
	tooFew    bool         // seeds, for anything but undecided
	tests     []comparison // one for each measure
}

// analysis is a study and what was computed from it.
type analysis struct {
	*study
	families               []family
	answers, features      []answer     // by baseline, K and activation
	live, directions, tied []answer     // under other choices
	predictions            []prediction // of the studies that follow-ups are about
	trends                 []trend      // of those of larger K
	original               *analysis    // of those of moved images, if it is there
}

func analyse(s *study) *analysis {
	a := &analysis{study: s, families: s.families()}
	a.answers = a.judge(primaries, baselines...)
	a.features = a.judge(featureMeasures, baselines...)
	a.live = a.judge([]measure{measureOf("effective_rank_live"), measureOf("weight_correlation_live")}, baselines...)
	a.directions = a.judge([]measure{measureOf("weight_redundancy")}, baselines...)
	a.tied = a.judge(primaries, tied)
	return a
}

// judge gives an answer wherever all measures were compared, without those that are infinite there.
func (a *analysis) judge(by []measure, against ...condition) (answers []answer) {
	kind := againstBaseline
	if slices.Contains(against, tied) {
		kind = againstReference
	}
	return a.judgeOf(treatment, kind, by, against...)
}

// judgeOf is judge of another condition than the treatment, from comparisons of a kind.
func (a *analysis) judgeOf(x condition, kind string, by []measure, against ...condition) (answers []answer) {
	for _, other := range against {
		for _, y := range a.grid(other, a.ks...) {
			next := answer{place: y}
			for _, m := range by {
				if c := a.find(m, y.under(x), y); c != nil && !a.infinite(y, m) {
					next.tests = append(next.tests, *c)
				}
			}
			if len(next.tests) > 0 && (len(next.tests) == len(by) || a.infinite(y, by[len(by)-1])) {
				answers = append(answers, next)
			}
		}
	}
	for i := range answers {
		family, own := mostPairs(answers, answers[i].K), mostPairs(answers[i:i+1], answers[i].K)
		answers[i].decide(leastAdjustedP(kind, family) >= significant || leastP(1, own) >= significant)
	}
	return answers
}

// mostPairs is the largest number of pairs of the answers' tests at ks. If that is too small, no test of a family there can
// be significant. If not, a test with fewer pairs may be, as the last in Holm's order, unless they are too few for one test.
func mostPairs(answers []answer, ks ...int) int {
	most := 0
	for _, x := range answers {
		for _, c := range x.tests {
			if slices.Contains(ks, x.K) {
				most = max(most, c.pairs)
			}
		}
	}
	return most
}

// find returns the comparison of m at x and y, nil if there is none.
func (a *analysis) find(m measure, x, y place) *comparison {
	for _, f := range a.families {
		if f.measure.field != m.field || f.K != x.K {
			continue
		}
		for i, c := range f.comparisons {
			if c.x == x && c.y == y {
				return &f.comparisons[i]
			}
		}
	}
	return nil
}

// compares tells whether m was compared with any baseline.
func (a *analysis) compares(m measure) bool {
	return slices.ContainsFunc(a.families, func(f family) bool {
		return f.kind == againstBaseline && f.measure.field == m.field && len(f.comparisons) > 0
	})
}

// decide sets the verdict; tooFew says that no result of so few pairs is significant, whatever the data.
func (a *answer) decide(tooFew bool) {
	var better []string
	worse := 0
	for _, c := range a.tests {
		switch c.outcome() {
		case +1:
			better = append(better, c.measure.inSentence())
		case -1:
			worse++
		}
	}
	a.word = undecided
	switch {
	case worse > 0 && len(better) > 0:
		a.word = mixed
	case worse > 0:
		a.word = refuted
	case len(better) == len(a.tests):
		a.word = confirmed
	case tooFew:
		a.tooFew, a.why = true, "too few seeds"
	case len(better) > 0:
		a.why = "only " + listing(better) + " is shown to be better"
	case len(a.tests) == 1:
		a.why = "it is not shown to differ"
	default:
		a.why = "neither measure is shown to differ"
	}
}

// against returns the answers for those baselines.
func against(answers []answer, baselines ...condition) []answer {
	return slices.DeleteFunc(slices.Clone(answers), func(x answer) bool { return !slices.Contains(baselines, x.condition) })
}

// conjunction is the note's hypothesis: better than both no training and an autoencoder.
func conjunction(answers []answer) []answer {
	return conjunctionOf(answers, treatment, autoencoder, untrained)
}

// conjunctionOf has an answer of c for each place that has one against first and one against second: confirmed if both are,
// else refuted if either is, else mixed if either is, else undecided.
func conjunctionOf(answers []answer, c, first, second condition) (both []answer) {
	for _, x := range against(answers, first) {
		i := slices.IndexFunc(answers, func(y answer) bool { return y.place == x.under(second) })
		if i < 0 {
			continue
		}
		y := answers[i]
		next := answer{place: x.under(c), word: undecided, tooFew: x.tooFew && y.tooFew}
		switch {
		case x.word == confirmed && y.word == confirmed:
			next.word = confirmed
		case x.word == refuted || y.word == refuted:
			next.word = refuted
		case x.word == mixed || y.word == mixed:
			next.word = mixed
		}
		both = append(both, next)
	}
	return both
}

// leading are the studies that the page shows in full: of those of each data set that can answer the main question, having
// the treatment and a baseline, the ones with the fewest settings other than the protocol's; if none can, all.
func leading(all []*analysis) (own []*analysis) {
	rank := func(a *analysis) int {
		if len(a.answers) == 0 {
			return math.MaxInt
		}
		return len(a.otherSettings())
	}
	return slices.DeleteFunc(slices.Clone(all), func(a *analysis) bool {
		return slices.ContainsFunc(all, func(other *analysis) bool { return other.images() == a.images() && rank(other) < rank(a) })
	})
}

func count(answers []answer, word string) int {
	n := 0
	for _, a := range answers {
		if a.word == word {
			n++
		}
	}
	return n
}

// counts is "12 confirmed, 6 undecided".
func counts(answers []answer) string {
	var parts []string
	for _, word := range verdictWords {
		if n := count(answers, word); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(parts, ", ")
}

// headline is the note's question, answered: by both primary measures, against both primary baselines.
func (a *analysis) headline() string {
	answers := against(a.answers, primaryBaselines...)
	switch {
	case len(answers) == 0:
		return "No verdict: it takes runs of infomax at λ = 1 and, with the same seeds, of reconstruction or random, each of two units or more."
	case !slices.ContainsFunc(answers, func(x answer) bool { return !x.tooFew }):
		return a.seedsNeeded(againstBaseline, a.answers)
	}
	both := conjunction(a.answers)
	if len(both) == 0 {
		const about = "No verdict: the hypothesis is about both %s and %s, and there are no runs of the %s to compare with%s. What follows is " +
			"about each baseline that is here."
		for _, baseline := range primaryBaselines {
			if len(against(answers, baseline)) == 0 {
				return fmt.Sprintf(about, baselineNames[baseline], baselineNames[answers[0].condition], "former", "")
			}
		}
		return fmt.Sprintf(about, baselineNames[autoencoder], baselineNames[untrained], "two", " at the same activation and K")
	}
	return opening(both) + ". " + conjunctionText(both, "weights, by both measures")
}

// conjunctionText of at least one answer is "InfoMax gives less redundant weights, by both measures, than both an autoencoder … and no training …
// in 3 of 18 places (activation × K). Against one of them at least it is refuted in 2."
func conjunctionText(both []answer, what string) string {
	if !slices.ContainsFunc(both, func(x answer) bool { return !x.tooFew }) {
		return "There are too few seeds for a verdict."
	}
	return fmt.Sprintf("InfoMax gives less redundant %s, than both %s and %s in %d of %s (activation × K). Against at least one of them "+
		"it is refuted in %d.", what, baselineNames[autoencoder], baselineNames[untrained], count(both, confirmed), plural(len(both), "place"), count(both, refuted))
}

// opening is the answer in a word or two, of at least one place.
func opening(answers []answer) string {
	all, yes, no := len(answers), count(answers, confirmed), count(answers, refuted)
	switch {
	case yes == all:
		return "Yes"
	case no == all:
		return "No"
	case yes > 0 && no > 0:
		return "It depends"
	case yes > 0:
		return "In part"
	case count(answers, undecided) == all:
		return "Undecided"
	}
	return "Nowhere confirmed"
}

// seedsNeeded says of answers, all of too few seeds, how many it takes.
func (a *analysis) seedsNeeded(kind string, answers []answer) string {
	most := mostPairs(answers, a.ks...)
	return fmt.Sprintf("No verdict: too few seeds. With %s the smallest adjusted p there can be is %s, so no paired comparison "+
		"can be significant whatever the data; it takes %d seeds. What follows describes these runs.",
		plural(most, "pair"), pText(leastAdjustedP(kind, most)), neededSeeds(kind))
}

// baselineNames are for sentences.
var baselineNames = map[condition]string{
	varianceOnly: "variance alone (λ = 0)", autoencoder: "an autoencoder (reconstruction)", untrained: "no training (random)",
	tied: "an autoencoder with tied weights (tied)", pca: "principal components (pca)",
}

// perBaseline says for each baseline how the verdicts fall and how large the shifts are.
func (a *analysis) perBaseline() (sentences []string) {
	for _, baseline := range baselines {
		text := "not run."
		if slices.Contains(a.conditions, baseline) {
			text = "nothing to compare, which takes the same seeds and two units or more."
		}
		if answers := against(a.answers, baseline); len(answers) > 0 {
			text = counts(answers) + ". " + a.sizes(answers)
		}
		sentences = append(sentences, "Against "+baselineNames[baseline]+": "+text)
	}
	return sentences
}

// verdictLimits are what the verdict does not say.
var verdictLimits = []string{
	"How large the difference is: a verdict gives its direction. Section 6 has the shifts.",
	"How often it would hold elsewhere: places share their seeds, and untrained weights are the same for all activations, so places are not independent replications.",
	"What tuned learning rates or more epochs would give: no objective had its rate tuned, and where f is not bounded the loss of InfoMax has no minimum.",
	"That untrained features are worth more: both measures are of W alone, and independent directions in many dimensions are nearly orthogonal without training. What features are good " +
		"for is the follow-up Transfer's question.",
	"Which of two causes a measure saw: both measures count vectors of unequal length as redundant, as they do parallel ones. The line on directions alone takes the lengths away.",
}

// sizes tells the range of the shifts beside the baseline's levels; effective rank is in per cent of the most
// there can be.
func (a *analysis) sizes(answers []answer) string {
	var ranks, correlations, levels, scale []float64
	for _, x := range answers {
		most := float64(a.maxRank(x.K))
		ranks = append(ranks, 100*x.tests[0].shift.Value/most)
		levels = append(levels, 100*a.centre(x.place, primaries[0]).Value/most)
		correlations = append(correlations, x.tests[1].shift.Value)
		scale = append(scale, a.centre(x.place, primaries[1]).Value)
	}
	ranks, levels, correlations, scale = present(ranks), present(levels), present(correlations), present(scale)
	if len(ranks) == 0 || len(correlations) == 0 || len(levels) == 0 || len(scale) == 0 {
		return fmt.Sprintf("No shift is estimated: it takes %d pairs, and most of them of runs that did not diverge.", minPairs)
	}
	signed := func(v float64) string { return plus(v, roughly(v)) }
	return fmt.Sprintf("By interquartile means the baseline has %s %% of the highest effective rank there can be, and a weight correlation of %s; the estimated "+
		"shifts of InfoMax, shown or not, are %s percentage points, and %s.",
		span(levels, aligned), span(scale, roughly), span(ranks, signed), span(correlations, signed))
}

// span is "−1.2 to +3.4", the smallest and the largest of x.
func span(x []float64, text func(float64) string) string {
	low, high := text(slices.Min(x)), text(slices.Max(x))
	if low == high {
		return low
	}
	return low + " to " + high
}

// maxRank is the most that an effective rank can be: min(K, D).
func (s *study) maxRank(K int) int { return min(K, s.inputs) }
