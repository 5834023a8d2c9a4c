package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The note's questions beyond the verdict, answered from a study's comparisons: how the activation changes the
// result at λ = 1; what the verdict's tests show one by one; and the sweep over λ with its sweet spot, if at the
// places (activation × K) one λ is shown to be best by both primary measures.

func (a *analysis) questions() []finding {
	ask := func(asked string, m measure, better int, statistic func(s *study, p place, m measure) float64) finding {
		return a.perK(asked, func(K int) string { return a.leader(m, K, a.ranking(m, K, better, statistic)) })
	}
	return []finding{
		ask("Lowest redundancy (weight correlation):", primaries[1], -1, (*study).middle),
		ask("Most dead units:", measureOf("dead_units"), +1, (*study).mean),
		ask("Best independence (output correlation; softmax's cannot be below K/(K − 1)):", measureOf("output_correlation"), -1, (*study).middle),
		ask("Best independence (best bound of total correlation in nats; where it is infinite, as softmax's is, it is left out):",
			measureOf("tc_bound"), -1, (*study).middle),
		a.stability(),
		a.tradeoff(),
	}
}

// leader names the first of a ranking and the next, and whether the paired test tells them apart.
func (a *analysis) leader(m measure, K int, list []ranked) string {
	switch {
	case len(list) == 0:
		return ""
	case len(list) == 1:
		return list[0].String() + ", the only one"
	case list[0].value == list[len(list)-1].value:
		return fmt.Sprintf("all alike (%s)", list[0].text())
	}
	first, second := list[0], list[1]
	text := fmt.Sprintf("%s, next %s (%s", first, second.activation, second.text())
	x, y := place{treatment, first.activation, K}, place{treatment, second.activation, K}
	c := cmp.Or(a.find(m, x, y), a.find(m, y, x))
	if c == nil || c.pairs < minPairs {
		return text + ")"
	}
	firstLarger := (c.test.RankBiserial > 0) == (c.x == x) // seed by seed
	switch {
	case c.adjusted >= significant:
		text += "; not shown to differ"
	case firstLarger != (first.value > second.value):
		text += "; but seed by seed the other way"
	}
	return text + "; adjusted " + pEquals(c.adjusted) + ")"
}

// stability compares standard deviations, for which there is no paired test, each with the fall of its own loss,
// since losses of different activations differ in scale.
func (a *analysis) stability() finding {
	asked := "Most stable optimisation (lowest standard deviation of the final loss over the seeds, in per cent of the loss's mean fall; no test):"
	return a.perK(asked, func(K int) string {
		var list []ranked
		for _, p := range a.ran(treatment, K) {
			var falls []float64
			for _, r := range a.runs[p] {
				if r != nil {
					falls = append(falls, float64(r.InitialLoss-r.FinalLoss))
				}
			}
			_, sd := meanSD(present(a.values(p, finalLoss)))
			if share := 100 * sd / average(present(falls)); share >= 0 && finite(share) {
				list = append(list, ranked{p.activation, share})
			}
		}
		switch len(list) {
		case 0:
			return ""
		case 1:
			return list[0].String() + ", the only one"
		}
		slices.SortStableFunc(list, func(x, y ranked) int { return cmp.Compare(x.value, y.value) })
		return fmt.Sprintf("%s, next %s, least stable %s", list[0], list[1], list[len(list)-1])
	})
}

// tradeoff says whether one activation is best on both sides, and within activations how the two sides go together.
func (a *analysis) tradeoff() finding {
	rank, correlation := measureOf("effective_rank"), measureOf("output_correlation")
	return a.perK("Trade-off between effective rank and output correlation:", func(K int) string {
		ranks := a.ranking(rank, K, rank.better, (*study).middle)
		correlations := a.ranking(correlation, K, correlation.better, (*study).middle)
		if len(ranks) < 2 || len(correlations) < 2 || !finite(ranks[0].value) || !finite(correlations[0].value) {
			return ""
		}
		text := ranks[0].activation + " has both the highest rank and the lowest correlation"
		if ranks[0].activation != correlations[0].activation {
			text = fmt.Sprintf("%s has the highest rank, %s the lowest correlation", ranks[0].activation, correlations[0].activation)
		}
		var cells []seedPairs
		for _, p := range a.ran(treatment, K) {
			v, w := a.values(p, rank), a.values(p, correlation)
			for i := range v {
				if !finite(v[i]) || !finite(w[i]) {
					v[i] = math.NaN()
				}
			}
			cells = append(cells, seedPairs{v, w})
		}
		if r := spearmanWithin(cells); finite(r.Rho) {
			way := "the two go together"
			if r.Rho > 0 {
				way = "a trade-off"
			}
			text += fmt.Sprintf("; seed by seed within activations Spearman's ρ of the two is %s (this way round %s), unadjusted %s", short(r.Rho), way, pEquals(r.P))
		}
		return text
	})
}

// friedmanFinding says whether the activations differ in m at all, and in how many pairs.
func (a *analysis) friedmanFinding(m measure) finding {
	return a.perK(m.title+" across activations, Friedman's test:", func(K int) string {
		for _, f := range a.families {
			if f.kind != acrossActivation || f.measure.field != m.field || f.K != K || !finite(f.friedman.P) {
				continue
			}
			differ := 0
			for _, c := range f.comparisons {
				if c.outcome() != 0 {
					differ++
				}
			}
			return fmt.Sprintf("χ² = %s with %s degrees of freedom, %s, %s; %d of %s differ after Holm", short(f.friedman.Chi2), short(f.friedman.DF),
				pEquals(f.friedman.P), plural(f.blocks, "seed"), differ, plural(len(f.comparisons), "pair"))
		}
		return ""
	})
}

// sensitivity counts what the verdict's tests of the i-th primary measure show, and how often the
// unpaired tests have p < 0.05 where these show a difference and where they do not.
func (a *analysis) sensitivity(i int) finding {
	outcomes := map[int]int{}
	var rankSum, welch [2]int // of those not shown to differ, and of those shown
	for _, x := range a.answers {
		c, shown := x.tests[i], 0
		outcomes[c.outcome()]++
		if c.outcome() != 0 {
			shown = 1
		}
		if c.unpaired.P < significant {
			rankSum[shown]++
		}
		if c.welch.P < significant {
			welch[shown]++
		}
	}
	shown := outcomes[+1] + outcomes[-1]
	return say("%s: infomax is better in %d of %s, worse in %d, and not shown to differ in %d. The unpaired Mann–Whitney and Welch tests, "+
		"not adjusted, have p < 0.05 in %d and %d of the %d shown to differ, and in %d and %d of the others.",
		primaries[i].title, outcomes[+1], plural(len(a.answers), "comparison"), outcomes[-1], outcomes[0], rankSum[1], welch[1], shown, rankSum[0], welch[0])
}

func (a *analysis) sweetSpot() []finding {
	if n := len(a.lambdas()); n < 2 {
		return []finding{say("The sweep takes runs of at least two λ; here is %d.", n)}
	}
	choices := a.choices()
	if len(choices) == 0 {
		return []finding{say("No activation and K has runs at every λ that did not diverge.")}
	}
	return append(a.tooFewSeeds(acrossLambda), a.spot(choices), a.preference(0, choices), a.preference(1, choices), a.price())
}

// choice is the best λ of a place by each primary measure, as an index, and whether it is shown.
type choice struct {
	index [2]int
	shown [2]bool
}

// choices are those of the places that have every λ.
func (a *analysis) choices() (all []choice) {
	for _, p := range a.grid(treatment, a.ks...) {
		var c choice
		for j, m := range primaries {
			c.index[j], c.shown[j] = a.best(m, p)
		}
		if min(c.index[0], c.index[1]) >= 0 {
			all = append(all, c)
		}
	}
	return all
}

// best returns the index of the λ with the best interquartile mean of m beside p, −1 unless every λ has
// one, and whether the paired tests show it to be better than every other.
func (a *analysis) best(m measure, p place) (index int, shown bool) {
	lambdas := a.lambdas()
	most := math.Inf(-1)
	for i, c := range lambdas {
		v := float64(m.better) * a.centre(p.under(c), m).Value
		if !finite(v) {
			return -1, false
		}
		if v > most {
			index, most = i, v
		}
	}
	for i := range lambdas {
		c := a.find(m, p.under(lambdas[min(i, index)]), p.under(lambdas[max(i, index)]))
		if i != index && (c == nil || c.outcome() != cmp.Compare(i, index)) {
			return index, false
		}
	}
	return index, true
}

// spot names the sweet spot, if one λ is shown to be better than every other by both measures in more than half
// of the places.
func (a *analysis) spot(choices []choice) finding {
	lambdas, places := a.lambdas(), plural(len(choices), "place")
	edges := map[int]string{0: " It is the smallest λ of the sweep: a smaller one may be better.",
		len(lambdas) - 1: " It is the largest λ of the sweep: a larger one may be better."}
	var parts []string
	for i, c := range lambdas {
		shown := 0
		for _, made := range choices {
			if made.index == [2]int{i, i} && made.shown == [2]bool{true, true} {
				shown++
			}
		}
		if 2*shown > len(choices) {
			return say("Sweet spot: λ = %s, shown to be better than every other λ by both primary measures in %d of %s (activation × K).%s",
				shortest(c.lambda), shown, places, edges[i])
		}
		if shown > 0 {
			parts = append(parts, fmt.Sprintf("λ = %s in %d", shortest(c.lambda), shown))
		}
	}
	if len(parts) == 0 {
		return say("No sweet spot: in none of %s (activation × K) is one λ shown to be better than every other by both primary measures.", places)
	}
	return say("No single sweet spot: of %s (activation × K), shown to be better than every other λ by both primary measures is %s.", places, listing(parts))
}

// preference is where each λ is best by the j-th primary measure: "λ = 10 in 12 places (shown in 9)".
func (a *analysis) preference(j int, choices []choice) finding {
	var parts []string
	for i, c := range a.lambdas() {
		best, shown := 0, 0
		for _, made := range choices {
			if made.index[j] == i {
				best++
				if made.shown[j] {
					shown++
				}
			}
		}
		if best > 0 {
			parts = append(parts, fmt.Sprintf("λ = %s in %s (shown better than every other λ in %d)", shortest(c.lambda), plural(best, "place"), shown))
		}
	}
	return say("Best %s, by interquartile means: %s.", primaries[j].inSentence(), listing(parts))
}

// price tells what λ does to optimisation and to dead units, and how the trained weights compare.
// Means are over the places that have every λ, since others would count for some λ only.
func (a *analysis) price() finding {
	f := say("What λ does, over every activation and K that has all of them; " +
		"better is by the interquartile means of both primary measures, without a test:")
	swept := a.swept()
	for _, c := range a.lambdas() {
		var epochs, dead []float64
		diverged := 0
		for _, p := range swept {
			epochs = append(epochs, present(a.values(p.under(c), epochs90))...)
			dead = append(dead, present(a.values(p.under(c), measureOf("dead_units")))...)
			diverged += len(a.diverged(p.under(c)))
		}
		f.Lines = append(f.Lines, fmt.Sprintf("λ = %s: %s; mean of %s epochs to 90 %% of the fall in loss and of %s dead units; %s diverged",
			shortest(c.lambda), a.betterThan(c, primaries...), short(average(epochs)), short(average(dead)), plural(diverged, "run")))
	}
	return f
}
