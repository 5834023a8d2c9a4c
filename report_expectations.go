package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// What stands beside the verdict: the note's three expectations, each with what was seen of it; a second verdict, on
// the features, chosen after the data were seen; and what the verdict would be under other choices.

// expectations are the note's three, each beside what was seen of it.
func (a *analysis) expectations() []finding {
	if len(a.answers) == 0 {
		return nil
	}
	return append(a.tooFewSeeds(againstBaseline), a.optimistic(), a.pessimistic(), a.likely())
}

// optimistic: "InfoMax yields high effective rank; one activation clearly wins; results are stable across seeds."
func (a *analysis) optimistic() finding {
	rank := primaries[0]
	var levels, spreads []float64
	for _, p := range a.compared() {
		_, sd := meanSD(present(a.values(p, rank)))
		levels = append(levels, 100*a.centre(p, rank).Value/float64(a.maxRank(p.K)))
		spreads = append(spreads, 100*sd/float64(a.maxRank(p.K)))
	}
	text := "no value"
	if levels, spreads = present(levels), present(spreads); len(levels) > 0 && len(spreads) > 0 {
		text = fmt.Sprintf("effective rank is %s %% of the most there can be (standard deviation over the seeds: up to %s %% of that)",
			span(levels, aligned), roughly(slices.Max(spreads)))
	}
	var winners []string
	for _, K := range a.ks {
		for _, p := range a.ran(treatment, K) {
			if a.beatsAll(p) {
				winners = append(winners, p.activation+" at "+atK(K))
			}
		}
	}
	winner := "no activation is shown to be better than every other by both measures at any K"
	if len(winners) > 0 {
		winner = "shown to be better than every other by both measures: " + listing(winners)
	}
	return say("Optimistic (high effective rank, one activation that clearly wins, stable over seeds): %s; %s.", text, winner)
}

// tooFewSeeds warns where no test of that kind can be significant, whatever the data.
func (a *analysis) tooFewSeeds(kind string) []finding {
	if a.leastAdjusted(kind) < significant {
		return nil
	}
	return []finding{say("With %s no paired comparison can be significant after Holm, whatever the data.", plural(len(a.seeds), "seed"))}
}

// leastAdjusted is the smallest adjusted p that all seeds can give in the smallest family of the kind and a primary measure.
func (a *analysis) leastAdjusted(kind string) float64 {
	tests := 0
	for _, f := range a.families {
		n, primary := len(f.comparisons), f.measure.field == primaries[0].field || f.measure.field == primaries[1].field
		if f.kind == kind && primary && (tests == 0 || n < tests) {
			tests = n
		}
	}
	return leastP(max(tests, declared[kind]), len(a.seeds))
}

// compared are the places of the treatment, those of a single unit left out.
func (a *analysis) compared() []place {
	return slices.DeleteFunc(a.ran(treatment, a.ks...), func(p place) bool { return p.K == 1 })
}

// beatsAll tells whether p is shown to be better than all other activations by both primary measures.
func (a *analysis) beatsAll(p place) bool {
	others := slices.DeleteFunc(a.ran(treatment, p.K), func(q place) bool { return q == p })
	for _, q := range others {
		for _, m := range primaries {
			if a.outcomeOf(m, p, q) != +1 {
				return false
			}
		}
	}
	return len(others) > 0
}

// outcomeOf is +1 where x is shown to be better than y, −1 where it is shown to be worse, whichever way round
// they were compared.
func (a *analysis) outcomeOf(m measure, x, y place) int {
	if c := a.find(m, x, y); c != nil {
		return c.outcome()
	}
	if c := a.find(m, y, x); c != nil {
		return -c.outcome()
	}
	return 0
}

// pessimistic: "InfoMax doesn't improve over random; all activations collapse or have dead units; high variance
// across seeds."
func (a *analysis) pessimistic() finding {
	answers := against(a.answers, untrained)
	text := "no training was not run"
	if len(answers) > 0 {
		text = fmt.Sprintf("not shown to be less redundant than no training in %d of %s", len(answers)-count(answers, confirmed), plural(len(answers), "place"))
	}
	var bad []string
	var spreads []float64
	runs, failed := 0, 0
	for _, p := range a.compared() {
		some := false
		var losses, falls []float64
		for _, r := range a.runs[p] {
			if r == nil {
				continue
			}
			runs++
			if r.Final.DeadUnits > 0 || r.Final.VarianceRatioStatus != "" || r.Status != "ok" {
				failed, some = failed+1, true
			}
			losses, falls = append(losses, float64(r.FinalLoss)), append(falls, float64(r.InitialLoss-r.FinalLoss))
		}
		if some && !slices.Contains(bad, p.activation) {
			bad = append(bad, p.activation)
		}
		_, sd := meanSD(present(losses))
		if fall := average(present(falls)); fall > 0 && finite(sd) {
			spreads = append(spreads, 100*sd/fall)
		}
	}
	text += fmt.Sprintf("; %d of %s end with a dead or constant unit or diverged", failed, plural(runs, "run"))
	if failed > 0 {
		text += fmt.Sprintf(", of %s (%d of %s)", listing(bad), len(bad), plural(len(a.activations), "activation"))
	}
	if len(spreads) > 0 {
		text += fmt.Sprintf("; over the seeds the final loss has a standard deviation of %s %% of its fall at most", roughly(slices.Max(spreads)))
	}
	return say("Pessimistic (no better than random, all activations collapse or have dead units, high variance over seeds): %s.", text)
}

// likely: "InfoMax helps but doesn't eliminate redundancy; activations show different failure modes; λ tuning
// matters."
func (a *analysis) likely() finding {
	correlation := primaries[1]
	helped := map[place]bool{}
	for _, x := range a.answers {
		if slices.ContainsFunc(x.tests, func(c comparison) bool { return c.measure.field == correlation.field && c.outcome() == +1 }) {
			helped[x.under(treatment)] = true
		}
	}
	least := math.Inf(1) // above the least that K units and D inputs allow, 1/min(K, D) − 1/K
	places := a.compared()
	for _, p := range places {
		floor := 1/float64(a.maxRank(p.K)) - 1/float64(p.K)
		least = min(least, a.centre(p, correlation).Value-floor)
	}
	text := fmt.Sprintf("weight correlation is shown to be lower than a baseline's in %d of %s", len(helped), plural(len(places), "place"))
	if finite(least) {
		text += fmt.Sprintf("; by interquartile means it stays %s or more above the least there can be", short(least))
	}
	var worst []string
	for _, field := range []string{"dead_units", varianceShare.field, correlation.field} {
		m := measureOf(field)
		var names []string
		for _, K := range a.ks {
			if list := a.ranking(m, K, -cmp.Or(m.better, +1), (*study).mean); len(list) > 1 && list[0].value != list[len(list)-1].value {
				names = append(names, list[0].activation)
			}
		}
		if names = slices.Compact(slices.Sorted(slices.Values(names))); len(names) > 0 {
			worst = append(worst, strings.Join(names, " or ")+" ("+m.inSentence()+")")
		}
	}
	if len(worst) > 0 {
		text += "; the worst activation by the mean over seeds, without a test, is " + listing(worst)
	}
	shown, swept := 0, a.swept()
	for _, p := range swept {
		if slices.ContainsFunc(primaries, func(m measure) bool { return a.lambdaMatters(m, p) }) {
			shown++
		}
	}
	if len(a.lambdas()) > 1 {
		text += fmt.Sprintf("; two λ are shown to differ by a primary measure in %d of %s", shown, plural(len(swept), "place"))
	}
	return say("Likely (helps but does not eliminate redundancy, different failure modes, λ matters): %s.", text)
}

// lambdaMatters tells whether two λ are shown to differ in m beside p.
func (a *analysis) lambdaMatters(m measure, p place) bool {
	for i, first := range a.lambdas() {
		for _, second := range a.lambdas()[i+1:] {
			if a.outcomeOf(m, p.under(first), p.under(second)) != 0 {
				return true
			}
		}
	}
	return false
}

// featureReason says why there is a second verdict.
const featureReason = "The note asks for features that are not redundant, and measures weights. Orthogonal weights alone do not decorrelate " +
	"outputs: for identity that takes a diagonal WΣWᵀ, Σ the covariance of the inputs, which among orthogonal W only particular ones give, such as principal axes."

// featureVerdict is the second verdict, chosen after the data were seen.
func (a *analysis) featureVerdict() []finding {
	both := conjunction(a.features)
	if len(both) == 0 {
		return nil
	}
	f := say("%s By output correlation and the best bound of total correlation (the first alone where the other is infinite, as it is for softmax): "+
		"%s", featureReason, conjunctionText(both, "features, by both measures")+a.byOneMeasure(both))
	for _, baseline := range baselines {
		if answers := against(a.features, baseline); len(answers) > 0 {
			f.Lines = append(f.Lines, fmt.Sprintf("Against %s: %s.", baselineNames[baseline], counts(answers)))
		}
	}
	f.Lines = append(f.Lines, "The loss itself lowers output correlation, and two lower bounds of total correlation do not order what they bound."+a.bySaturating())
	return []finding{f}
}

// byOneMeasure counts the places that are confirmed without a bound of total correlation.
func (a *analysis) byOneMeasure(both []answer) string {
	alone := 0
	for _, x := range both {
		if x.word == confirmed && a.infinite(x.place, featureMeasures[len(featureMeasures)-1]) {
			alone++
		}
	}
	if alone == 0 {
		return ""
	}
	return fmt.Sprintf(" Output correlation alone decides %d of the confirmed ones.", alone)
}

// bySaturating counts what the kNN estimate says against no training, softmax's left out as elsewhere.
func (a *analysis) bySaturating() string {
	outcomes, tests := map[int]int{}, 0
	for _, y := range a.grid(untrained, a.ks...) {
		m := measureOf("tc_knn_nats")
		if c := a.find(m, y.under(treatment), y); c != nil && !a.infinite(y, m) {
			outcomes[c.outcome()]++
			tests++
		}
	}
	if tests == 0 {
		return ""
	}
	return fmt.Sprintf(" The kNN estimate, which sees joint dependence and is no bound, is shown to be lower than without training in %d of %s, and higher in %d.",
		outcomes[+1], plural(tests, "place"), outcomes[-1])
}

// byBaseline is " Against an autoencoder …: 9 confirmed, 5 refuted. Against …".
func (a *analysis) byBaseline(answers []answer) (text string) {
	for _, baseline := range primaryBaselines {
		if its := against(answers, baseline); len(its) > 0 {
			text += fmt.Sprintf(" Against %s: %s.", baselineNames[baseline], counts(its))
		}
	}
	return text
}

// otherChoices says what the verdict would be under other choices: on live weights, against tied weights, and
// in the other studies of the same data.
func (a *analysis) otherChoices(others []*analysis) (lines []string) {
	if both := conjunction(a.live); len(both) > 0 {
		lines = append(lines, "On live weights, without inputs that never vary and, for softmax, the mean of the units: "+conjunctionText(both, "weights, by both measures")+a.byBaseline(a.live))
	}
	if both := conjunction(a.directions); len(both) > 0 {
		lines = append(lines, "On directions alone, weight vectors at unit length: "+conjunctionText(both, "weights, by weight redundancy")+a.byBaseline(a.directions))
	}
	if len(a.tied) > 0 {
		lines = append(lines, fmt.Sprintf("Against %s: %s.", baselineNames[tied], counts(a.tied)))
	}
	for _, c := range []condition{tied, pca} {
		if better, places := a.better(a.compared(), c, treatment, primaries...); places > 0 {
			lines = append(lines, fmt.Sprintf("For reference, by interquartile means and without a test: %s is less redundant than InfoMax by both measures in %d of %s.",
				baselineNames[c], better, plural(places, "place")))
		}
	}
	for _, other := range others {
		if both := conjunction(other.answers); other != a && other.images() == a.images() && len(both) > 0 {
			lines = append(lines, other.name()+": "+conjunctionText(both, "weights, by both measures")+a.atThe(both))
		}
	}
	return append(lines, a.alike()...)
}

// atThe says what the study's own verdict is at the places of another study's, as far as it has them.
func (a *analysis) atThe(others []answer) string {
	both := slices.DeleteFunc(conjunction(a.answers), func(x answer) bool {
		return !slices.ContainsFunc(others, func(y answer) bool { return x.place == y.place && !y.tooFew })
	})
	if len(both) == 0 {
		return ""
	}
	return fmt.Sprintf(" The verdict above has %d of these places: there it is confirmed in %d and refuted in %d.", len(both), count(both, confirmed), count(both, refuted))
}

// alike names the activations that give nearly the same results, seed by seed: their places are not results of
// their own.
func (a *analysis) alike() (lines []string) {
	for i, first := range a.activations {
		for _, second := range a.activations[i+1:] {
			largest, pairs := 0.0, 0
			for _, K := range a.ks {
				x, y := place{treatment, first, K}, place{treatment, second, K}
				if a.runs[x] == nil || a.runs[y] == nil {
					continue
				}
				ys := a.values(y, primaries[0])
				for j, v := range a.values(x, primaries[0]) {
					if d := math.Abs(v - ys[j]); finite(d) {
						largest, pairs = max(largest, d/float64(a.maxRank(K))), pairs+1
					}
				}
			}
			if pairs >= minPairs && largest < nearlyAlike {
				lines = append(lines, fmt.Sprintf("In infomax at λ = 1 %s and %s differ by less than %s %% of the highest effective rank in all of %s: "+
					"such places are not independent results, though their baselines may differ.", first, second,
					shortest(math.Floor(math.FMA(1000, largest, 1))/10), plural(pairs, "pair")+" of runs"))
			}
		}
	}
	return lines
}

// nearlyAlike is a difference, as a share of the highest effective rank, that makes two activations one result.
const nearlyAlike = 0.005

// swept are the places that have every λ.
func (a *analysis) swept() []place {
	return slices.DeleteFunc(a.grid(treatment, a.ks...), func(p place) bool {
		return slices.ContainsFunc(a.lambdas(), func(c condition) bool { return a.runs[p.under(c)] == nil })
	})
}
