package main

import (
	"fmt"
	"slices"
	"strings"
)

// The verdicts in words: the answer to the primary question, and how far each baseline is.

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
	most := 0
	for _, K := range a.ks {
		most = max(most, a.mostPairs(K))
	}
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
		text := "Against " + baselineNames[baseline] + ": "
		if answers := a.answersFor(baseline); len(answers) > 0 {
			text += counts(answers) + ". " + a.sizes(answers)
		} else {
			text += "not run."
		}
		sentences = append(sentences, text)
	}
	return sentences
}

// sizes tells the range of the shifts; effective rank is in per cent of the most there can be.
func (a *analysis) sizes(answers []answer) string {
	var ranks, correlations, levels []float64
	for _, x := range answers {
		most := float64(a.maxRank(x.K))
		ranks = append(ranks, 100*x.rank.shift.Value/most)
		levels = append(levels, 100*a.centre(x.rank.y, primaries[0]).Value/most)
		correlations = append(correlations, x.correlation.shift.Value)
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
