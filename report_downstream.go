package main

import (
	"fmt"
	"slices"
	"strings"
)

// Downstream: whether low redundancy predicts good task performance. Only an association within conditions can say so:
// between them the objective, which moves everything else as well, moves both.

func (a *analysis) downstream() (part followUpPart) {
	part.Answer, part.Missing = a.downstreamAnswer(), a.lacking(protocolSeeds, predicting(protocolConditions())...)
	if !a.associates() {
		return part
	}
	part.Limits = downstreamLimits
	part.Findings = []finding{say("The test: Spearman's ρ of each measure of redundancy with accuracy, positive where less redundancy goes with higher accuracy. "+
		"(i) Between conditions, over all runs of an activation and K, averaged over these by Fisher's z; accuracies are permuted among the conditions of a seed, and for comparison, without a correction, "+
		"among conditions as a whole, all seeds and places alike, which takes the few conditions for the witnesses and not their seeds. "+
		"(ii) Within conditions, by the ranks within each cell (activation, K, condition), pooled; accuracies are permuted among the seeds, in all cells alike. "+
		"Each has 9,999 permutations, and Holm's correction over the %d measures. Conditions are %s. Runs that diverged or collapsed are left out.",
		len(predictors), strings.Join(texts(predicting(a.conditions)), "; ")), a.spreads()}
	part.Findings = append(part.Findings, a.byCondition()...)
	part.Sheets = []sheet{a.predictionSheet()}
	for _, m := range predictors {
		part.Figures = append(part.Figures, a.predictionFigure(m)...)
	}
	return part
}

// downstreamAnswer has a sentence for each probe, after a word or two on all.
func (a *analysis) downstreamAnswer() string {
	count := func(word string) (n int) {
		for _, p := range a.predictions {
			if p.word() == word {
				n++
			}
		}
		return n
	}
	yes, opposite, tested := count(predicts), count(predictsOpposite), len(a.predictions)-count(notTested)
	var text string
	switch most := a.fullestCell(); {
	case leastWithinP(most) >= significant:
		return fmt.Sprintf("No answer: with %s nothing can be shown within conditions, whatever the data, and only that could answer; it takes five.", plural(most, "seed"))
	case tested == 0:
		return "No answer: redundancy or accuracy is the same in all runs."
	case yes == tested:
		text = "Yes."
	case yes > 0 && opposite > 0:
		text = "It depends."
	case yes > 0:
		text = "In part."
	case opposite > 0:
		text = "Rather the opposite."
	case count(betweenOnly) > 0:
		text = "Between conditions only, where the objective may be the cause."
	default:
		text = "Not shown."
	}
	for family := range slices.Chunk(a.predictions, len(predictors)) {
		text += " " + probeAnswer(family, predicting(a.conditions))
	}
	return text
}

// fullestCell is the largest number of seeds in a cell.
func (a *analysis) fullestCell() (most int) {
	for _, c := range predicting(a.conditions) {
		for _, p := range a.ran(c, a.ks...) {
			_, runs := a.cell(p, predictors[0], probes[0])
			most = max(most, runs)
		}
	}
	return most
}

// leastWithinP is the smallest adjusted p that n seeds can give the first test within conditions: there are n! orders.
func leastWithinP(n int) float64 {
	p := float64(len(predictors))
	for i := range n {
		p /= float64(i + 1)
	}
	return min(1, p)
}

// probeAnswer says of one probe by which predictors something is shown.
func probeAnswer(family []prediction, conditions []condition) string {
	var parts []string
	// beside is what qualifies an association: what lies between conditions if they are the witnesses, and what lies within them
	// where InfoMax is as the verdict has it.
	beside := func(word string) string {
		var wholes, seeds, own, each []float64
		for _, p := range family {
			if p.word() != word {
				continue
			}
			wholes, seeds = append(wholes, p.between.PWhole), append(seeds, p.between.adjusted)
			own = append(own, p.withinOf(treatment, conditions))
			for _, c := range conditions {
				each = append(each, p.withinOf(c, conditions))
			}
		}
		if wholes, own, each = present(wholes), present(own), present(each); word == betweenOnly && len(wholes) > 0 {
			return "; adjusted p " + equals(seeds) + " if conditions are permuted within seeds, but p " + equals(wholes) + " if they are as a whole"
		} else if word != betweenOnly && len(own) > 0 {
			return "; by condition, without a test, " + span(each, signedRho) + ", and " + span(own, signedRho) + " within infomax at λ = 1"
		}
		return ""
	}
	tell := func(text, word string, way int) {
		var names []string
		var rhos []float64
		for _, p := range family {
			if p.word() != word || way != 0 && p.between.outcome() != way {
				continue
			}
			names, rhos = append(names, p.predictor.spelled()), append(rhos, p.within.Rho)
			if way != 0 {
				rhos[len(rhos)-1] = p.between.Rho
			}
		}
		if len(names) == 0 {
			return
		}
		if word != notShown && word != notTested {
			text += " (ρ " + span(rhos, signedRho) + beside(word) + ")"
		}
		parts = append(parts, text+" by "+listing(names))
	}
	tell("predicts high accuracy", predicts, 0)
	tell("predicts low accuracy", predictsOpposite, 0)
	tell("goes with high accuracy between conditions only", betweenOnly, +1)
	tell("goes with low accuracy between conditions only", betweenOnly, -1)
	text := "With " + labelsOf(family[0].probe)
	if len(parts) > 0 {
		text += ", low redundancy"
	}
	tell("nothing is shown", notShown, 0)
	tell("nothing could be tested", notTested, 0)
	return text + " " + strings.Join(parts, "; ") + "."
}

// equals is "= 0.032" or "= 0.15 to 0.19", and "< 0.0001" if all are.
func equals(p []float64) string {
	if text := span(p, pText); strings.HasPrefix(text, "<") {
		return text
	}
	return "= " + span(p, pText)
}

func signedRho(rho float64) string { return plus(rho, fixed(rho, 2)) }

// spreads says how much there is to predict: how far accuracy varies within conditions, and between them.
func (a *analysis) spreads() finding {
	f := say("How far accuracy varies:")
	for _, m := range probes {
		var within, centres []float64
		for _, c := range predicting(a.conditions) {
			for _, p := range a.ran(c, a.ks...) {
				_, sd := meanSD(present(a.values(p, m)))
				within, centres = append(within, 100*sd), append(centres, 100*a.centre(p, m).Value)
			}
		}
		if within, centres = present(within), present(centres); len(within) > 0 && len(centres) > 0 {
			f.Lines = append(f.Lines, fmt.Sprintf("with %s: within a cell by a standard deviation of %s percentage points (median over %s), whose interquartile means are %s to %s %%",
				labelsOf(m), roughly(median(within)), plural(len(within), "cell"), fixed(slices.Min(centres), 1), fixed(slices.Max(centres), 1)))
		}
	}
	return f
}

// byCondition says of what is shown within conditions in which of them it is seen.
func (a *analysis) byCondition() []finding {
	f := say("What is shown within conditions, by condition: the mean of ρ over the cells of each, without a test.")
	for _, p := range a.predictions {
		if p.within.outcome() == 0 {
			continue
		}
		var parts []string
		for _, c := range predicting(a.conditions) {
			if rho := p.withinOf(c, a.conditions); finite(rho) {
				parts = append(parts, c.String()+" "+signedRho(rho))
			}
		}
		f.Lines = append(f.Lines, fmt.Sprintf("%s, with %s: %s", p.predictor.spelled(), labelsOf(p.probe), strings.Join(parts, "; ")))
	}
	if len(f.Lines) == 0 {
		return nil
	}
	return []finding{f}
}

// predictionFigure shows accuracy against a predictor, run by run: a panel for each probe and K.
func (a *analysis) predictionFigure(predictor measure) []drawing {
	var panels []scatterPanel
	for _, m := range probes {
		for _, K := range a.ks {
			panel := scatterPanel{Title: labelsOf(m) + ", " + atK(K)}
			for _, activation := range a.activations {
				for _, e := range a.emblems() {
					pairs, runs := a.cell(place{e.condition, activation, K}, predictor, m)
					if runs == 0 {
						continue
					}
					next := cloud{Activation: activation, emblem: e.emblem}
					for i, x := range pairs.x {
						if finite(x) {
							next.Points = append(next.Points, [2]float64{x, 100 * pairs.y[i]})
						}
					}
					panel.Clouds = append(panel.Clouds, next)
				}
			}
			if len(panel.Clouds) > 0 {
				panels = append(panels, panel)
			}
		}
	}
	if len(panels) == 0 {
		return nil
	}
	axis := predictor.axis()
	axis.Title = strings.ToUpper(predictor.spelled()[:1]) + predictor.spelled()[1:]
	y := quantity{Title: "Accuracy of a linear probe", Unit: "%", Better: +1}
	return []drawing{{name: "downstream-" + predictor.figureName(), svg: scatterPlot(axis, y, panels, min(len(a.ks), 3), a.shown("infomax, and the baselines"))}}
}

// downstreamLimits are what the tests cannot show.
var downstreamLimits = []string{
	"(i) is confounded with the objective: conditions differ in more than their redundancy. The few conditions are given, not sampled, and seeds do not make them more: two traits that they " +
		"have for unrelated reasons are found associated more often than not.",
	"(ii) alone can support “predicts”, and means by it that among runs that differ in their seed the less redundant tell the classes better. It does not say that redundancy is the cause: " +
		"both may follow from the first weights.",
	"Untrained weights of a seed and K are the same for all activations, so the untrained cells are fewer independent observations than their number.",
	"An answer gives the direction, not the size. Within conditions, what is predicted is as small as the spread there.",
	"Redundancy before the activation, ‖Corr(Z) − I‖², is not recorded, so it is not a predictor. Total correlation is left out where it is infinite, as it is for softmax.",
	"For identity the probe with all labels sees only the span of W, so that redundancy of the weights cannot matter to it.",
	"The measures were fixed before this analysis, after other results had been seen. An association is within an activation: across activations it can be the reverse. Holm holds the chance of a false finding at 5 % within one probe and one of the two questions, not over all four.",
}
