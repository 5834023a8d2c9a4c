package main

import "fmt"

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
