package main

import (
	"fmt"
	"slices"
	"strings"
)

// The verdict on the hypothesis that InfoMax gives non-redundant features: a higher effective
// rank and a lower weight correlation than a baseline. It is computed for every activation, K
// and baseline from the adjusted p of these two comparisons, and from nothing else; then put in words.

const (
	confirmed = "confirmed" // both better
	refuted   = "refuted"   // at least one worse, none better
	mixed     = "mixed"     // one better, one worse
	undecided = "undecided" // anything else
)

var verdictWords = []string{confirmed, refuted, mixed, undecided}

// answer is the verdict for one activation and K against one baseline.
type answer struct {
	place                   // of the baseline
	word, why string        // why only if undecided
	tooFew    bool          // seeds, for anything but undecided
	tests     [2]comparison // of the primaries
}

// analysis is a study and what was computed from it.
type analysis struct {
	*study
	families []family
	answers  []answer // by baseline, K and activation
}

func analyse(s *study) *analysis {
	a := &analysis{study: s, families: s.families()}
	for _, baseline := range baselines {
		for _, y := range s.grid(baseline, s.ks...) {
			x := y.under(treatment)
			rank, correlation := a.find(primaries[0], x, y), a.find(primaries[1], x, y)
			if rank != nil && correlation != nil {
				a.answers = append(a.answers, answer{place: y, tests: [2]comparison{*rank, *correlation}})
			}
		}
	}
	for i := range a.answers {
		next := &a.answers[i]
		next.decide(leastAdjustedP(againstBaseline, a.mostPairs(next.K)) >= significant)
	}
	return a
}

// mostPairs is that of the verdicts' tests at ks. If it is too few, no test of a family there can be
// significant; if it is not, even one of fewer pairs can.
func (a *analysis) mostPairs(ks ...int) int {
	most := 0
	for _, x := range a.answers {
		if slices.Contains(ks, x.K) {
			most = max(most, x.tests[0].pairs, x.tests[1].pairs)
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

// decide takes whether all pairs at this K are too few to be significant, whatever the data.
func (a *answer) decide(tooFew bool) {
	rank, correlation := a.tests[0].outcome(), a.tests[1].outcome()
	a.word = undecided
	switch {
	case rank*correlation < 0:
		a.word = mixed
	case min(rank, correlation) < 0:
		a.word = refuted
	case rank+correlation == 2:
		a.word = confirmed
	case tooFew:
		a.tooFew, a.why = true, "too few seeds"
	case rank > 0:
		a.why = "only effective rank is shown to be better"
	case correlation > 0:
		a.why = "only weight correlation is shown to be better"
	default:
		a.why = "neither measure is shown to differ"
	}
}

// answersFor returns those against the baselines.
func (a *analysis) answersFor(against ...condition) []answer {
	return slices.DeleteFunc(slices.Clone(a.answers), func(x answer) bool { return !slices.Contains(against, x.condition) })
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

// headline answers the primary question, against an autoencoder and against no training.
func (a *analysis) headline() string {
	answers := a.answersFor(primaryBaselines...)
	switch {
	case len(answers) == 0:
		return "No verdict: it takes runs of infomax at λ = 1 and, with the same seeds, of reconstruction or random."
	case !slices.ContainsFunc(answers, func(x answer) bool { return !x.tooFew }):
		return a.seedsNeeded()
	}
	text := fmt.Sprintf("%s. InfoMax gives less redundant weights, by both measures, %s (activation × K).", opening(answers), a.tally(confirmed))
	if count(answers, refuted) > 0 {
		text += fmt.Sprintf(" It gives more redundant ones, by one measure at least and with neither better, %s.", a.tally(refuted))
	}
	for _, baseline := range primaryBaselines {
		if len(a.answersFor(baseline)) == 0 {
			text += fmt.Sprintf(" Not compared with %s.", baselineNames[baseline])
		}
	}
	return text
}

// tally is "than an autoencoder (reconstruction) in 3 of 6 places and than no training (random) in 0 of 6 places".
func (a *analysis) tally(word string) string {
	var parts []string
	for _, baseline := range primaryBaselines {
		if some := a.answersFor(baseline); len(some) > 0 {
			parts = append(parts, fmt.Sprintf("than %s in %d of %s", baselineNames[baseline], count(some, word), plural(len(some), "place")))
		}
	}
	return strings.Join(parts, " and ")
}

// opening is the answer in a word or two.
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

func (a *analysis) seedsNeeded() string {
	most := a.mostPairs(a.ks...)
	return fmt.Sprintf("No verdict: too few seeds. With %s the smallest adjusted p there can be is %s, so nothing "+
		"can be significant whatever the data; it takes %d seeds. What follows describes these runs.",
		plural(most, "pair"), pText(leastAdjustedP(againstBaseline, most)), neededSeeds(againstBaseline))
}

// baselineNames are for sentences.
var baselineNames = map[condition]string{
	varianceOnly: "variance alone (λ = 0)", autoencoder: "an autoencoder (reconstruction)", untrained: "no training (random)",
}

// perBaseline says for each baseline how the verdicts fall and how large the shifts are.
func (a *analysis) perBaseline() (sentences []string) {
	for _, baseline := range baselines {
		text := "not run."
		if answers := a.answersFor(baseline); len(answers) > 0 {
			text = counts(answers) + ". " + a.sizes(answers)
		}
		sentences = append(sentences, "Against "+baselineNames[baseline]+": "+text)
	}
	return sentences
}

// sizes tells the range of the shifts; effective rank is in per cent of the most there can be.
func (a *analysis) sizes(answers []answer) string {
	var ranks, correlations, levels []float64
	for _, x := range answers {
		most := float64(a.maxRank(x.K))
		ranks = append(ranks, 100*x.tests[0].shift.Value/most)
		levels = append(levels, 100*a.centre(x.place, primaries[0]).Value/most)
		correlations = append(correlations, x.tests[1].shift.Value)
	}
	ranks, levels, correlations = present(ranks), present(levels), present(correlations)
	if len(ranks) == 0 || len(correlations) == 0 {
		return fmt.Sprintf("With fewer than %d pairs no shift is estimated.", minPairs)
	}
	signed := func(v float64) string { return plus(v, roughly(v)) }
	return fmt.Sprintf("The baseline has %s %% of the highest effective rank there can be; InfoMax shifts it by %s "+
		"percentage points, and weight correlation by %s.",
		span(levels, aligned), span(ranks, signed), span(correlations, signed))
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
func (s setting) maxRank(K int) int {
	if s.Data == "mnist" {
		return K
	}
	return min(K, 2)
}
