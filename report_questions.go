package main

import (
	"cmp"
	"fmt"
	"slices"
)

// The note's secondary questions, about infomax at λ = 1: how the activation changes the result.

func (a *analysis) questions() []finding {
	ask := func(asked string, m measure, better int, statistic func([]float64) float64) finding {
		return a.perK(asked, func(K int) string { return a.leader(m, K, a.ranking(m, K, better, statistic)) })
	}
	return []finding{
		ask("Lowest redundancy (weight correlation):", primaries[1], -1, interquartileMean),
		ask("Most dead units:", measureOf("dead_units"), +1, average),
		ask("Best independence (output correlation; softmax's cannot be below K/(K − 1)):", measureOf("output_correlation"), -1, interquartileMean),
		ask("Best independence (total correlation in nats, tree estimate; infinite for softmax, which is left out):",
			measureOf("tc_tree_nats"), -1, interquartileMean),
		a.stability(),
		a.tradeoff(),
	}
}

// stability compares standard deviations, for which there is no paired test.
func (a *analysis) stability() finding {
	return a.perK("Most stable optimisation (lowest standard deviation of the final loss over the seeds, though losses of different activations differ in scale):", func(K int) string {
		list := a.ranking(finalLoss, K, -1, deviation)
		if len(list) < 2 {
			return ""
		}
		last := list[len(list)-1]
		return fmt.Sprintf("%s (%s), next %s (%s), least %s (%s)", list[0].activation, short(list[0].value),
			list[1].activation, short(list[1].value), last.activation, short(last.value))
	})
}

// tradeoff says whether one activation is best on both sides.
func (a *analysis) tradeoff() finding {
	return a.perK("Trade-off between effective rank and output correlation:", func(K int) string {
		ranks := a.ranking(measureOf("effective_rank"), K, +1, interquartileMean)
		correlations := a.ranking(measureOf("output_correlation"), K, -1, interquartileMean)
		if len(ranks) < 2 || len(correlations) < 2 {
			return ""
		}
		text := ranks[0].activation + " has both the highest rank and the lowest correlation"
		if ranks[0].activation != correlations[0].activation {
			text = fmt.Sprintf("%s has the highest rank, %s the lowest correlation", ranks[0].activation, correlations[0].activation)
		}
		rho, runs := a.association(measureOf("effective_rank"), measureOf("output_correlation"), K)
		if runs < minPairs || !finite(rho) {
			return text
		}
		return fmt.Sprintf("%s; over the %d runs Spearman's ρ of the two is %s", text, runs, short(rho))
	})
}

// association returns Spearman's ρ of two measures over all treated runs at K, and their number.
func (a *analysis) association(m, other measure, K int) (rho float64, runs int) {
	var x, y []float64
	for _, activation := range a.treated(K) {
		p := place{treatment, activation, K}
		v, w := a.values(p, m), a.values(p, other)
		for i := range v {
			if finite(v[i]) && finite(w[i]) {
				x, y = append(x, v[i]), append(y, w[i])
			}
		}
	}
	return spearman(x, y), len(x)
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
// tests that do not take seeds for pairs agree.
func (a *analysis) sensitivity(i int) finding {
	var better, worse, rankSum, welch int
	for _, x := range a.answers {
		c := [2]comparison{x.rank, x.correlation}[i]
		switch c.outcome() {
		case 0:
			continue
		case +1:
			better++
		case -1:
			worse++
		}
		if c.unpaired.P < significant {
			rankSum++
		}
		if c.welch.P < significant {
			welch++
		}
	}
	all, shown := len(a.answers), better+worse
	f := say("%s: infomax is better in %d of %s, worse in %d, and not shown to differ in %d.",
		primaries[i].title, better, plural(all, "comparison"), worse, all-shown)
	if shown > 0 {
		f.Text += fmt.Sprintf(" Of the %d shown to differ, the unpaired Mann–Whitney and Welch tests, not adjusted, "+
			"have p < 0.05 in %d and %d.", shown, rankSum, welch)
	}
	return f
}

// The sweep over λ and its sweet spot: at each place (activation × K), which λ is best by each
// primary measure, and whether one λ is best by both.

// best returns the index of the λ with the best interquartile mean of m, −1 unless every λ has
// one, and whether the paired tests show it to be better than every other.
func (a *analysis) best(m measure, activation string, K int) (index int, shown bool) {
	lambdas := a.lambdas()
	at := func(i int) place { return place{lambdas[i], activation, K} }
	index = 0
	for i := range lambdas {
		v, most := a.centre(at(i), m).Value, a.centre(at(index), m).Value
		if !finite(v) {
			return -1, false
		}
		if float64(m.better)*(v-most) > 0 {
			index = i
		}
	}
	shown = true
	for i := range lambdas {
		c := a.find(m, at(min(i, index)), at(max(i, index)))
		if i != index && (c == nil || c.outcome() != cmp.Compare(i, index)) {
			shown = false
		}
	}
	return index, shown
}

// choice is the best λ of a place by each primary measure, as an index, and whether it is shown.
type choice struct {
	index [2]int
	shown [2]bool
}

// choices are those of the places that have every λ.
func (a *analysis) choices() (all []choice) {
	for _, K := range a.ks {
		for _, activation := range a.activations {
			var c choice
			for j, m := range primaries {
				c.index[j], c.shown[j] = a.best(m, activation, K)
			}
			if c.index[0] >= 0 && c.index[1] >= 0 {
				all = append(all, c)
			}
		}
	}
	return all
}

func (a *analysis) sweetSpot() []finding {
	if n := len(a.lambdas()); n < 2 {
		return []finding{say("The sweep takes runs of at least two λ; here is %d.", n)}
	}
	choices := a.choices()
	if len(choices) == 0 {
		return []finding{say("No activation and K has runs at every λ.")}
	}
	return []finding{a.spot(choices), a.preference(0, choices), a.preference(1, choices), a.price()}
}

// spot names the sweet spot if one λ is best by both measures in more than half of the places.
func (a *analysis) spot(choices []choice) finding {
	places := plural(len(choices), "place")
	var parts []string
	for i, c := range a.lambdas() {
		both := 0
		for _, made := range choices {
			if made.index == [2]int{i, i} {
				both++
			}
		}
		if 2*both > len(choices) {
			return say("Sweet spot: λ = %s, best by the interquartile means of both primary measures in %d of %s (activation × K).%s", shortest(c.lambda), both, places, a.edge(i))
		}
		if both > 0 {
			parts = append(parts, fmt.Sprintf("λ = %s in %d", shortest(c.lambda), both))
		}
	}
	if len(parts) == 0 {
		return say("No sweet spot: in none of %s (activation × K) is one λ best by the interquartile means of both primary measures.", places)
	}
	return say("No single sweet spot: of %s (activation × K), best by the interquartile means of both primary measures is %s.", places, listing(parts))
}

// edge warns of a sweet spot at an end of the sweep.
func (a *analysis) edge(i int) string {
	switch i {
	case 0:
		return " It is the smallest λ of the sweep: a smaller one may be better."
	case len(a.lambdas()) - 1:
		return " It is the largest λ of the sweep: a larger one may be better."
	}
	return ""
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
	return say("Best %s: %s.", primaries[j].inSentence(), listing(parts))
}

// swept tells whether there are runs of every λ at an activation and K.
func (a *analysis) swept(activation string, K int) bool {
	return !slices.ContainsFunc(a.lambdas(), func(c condition) bool { return a.runs[place{c, activation, K}] == nil })
}

// price tells what λ does to optimisation and to dead units, and how the trained weights compare.
// Means are over the places that have every λ, since others would weigh for some λ alone.
func (a *analysis) price() finding {
	f := finding{Text: "What λ does, over every activation and K that has all of them; better is by the interquartile means of both primary measures, without a test:"}
	for _, c := range a.lambdas() {
		var epochs, dead []float64
		diverged := 0
		for p := range a.places() {
			if p.condition == c && a.swept(p.activation, p.K) {
				epochs = append(epochs, present(a.values(p, epochs90))...)
				dead = append(dead, present(a.values(p, measureOf("dead_units")))...)
				diverged += a.divergedAt(p)
			}
		}
		f.Lines = append(f.Lines, fmt.Sprintf("λ = %s: %s; mean of %s epochs to 90 %% of the fall in loss and of %s dead units; %s diverged",
			shortest(c.lambda), a.betterThan(c, primaries...), short(average(epochs)), short(average(dead)), plural(diverged, "run")))
	}
	return f
}
