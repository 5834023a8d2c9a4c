package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Scale, larger K: what the trends show, beside the levels that the measures are set against.

// widest has each data set's study with the treatment at the most K, some above the protocol's; in a tie the first.
func widest(all []*analysis) (asked []*analysis) {
	for _, a := range all {
		treated, last := a.treated(), len(asked)-1
		switch {
		case len(treated) < 2 || slices.Max(treated) <= slices.Max(protocolKs):
		case last < 0 || asked[last].Data != a.Data:
			asked = append(asked, a)
		case len(asked[last].treated()) < len(treated):
			asked[last] = a
		}
	}
	return asked
}

// scaleParts are about larger K, then larger data, then other data.
func scaleParts(all, own []*analysis) (parts []followUpPart) {
	asked := labelled(own)
	parts = partsOf(widest(all), (*analysis).wider)
	if len(parts) == 0 && len(asked) > 0 {
		parts = []followUpPart{asked[0].notWider()}
	}
	for i := range parts {
		parts[i].Title = "Larger K: " + parts[i].Title
	}
	return append(parts, dataParts(all, own)...)
}

// notWider says that runs of larger K are missing beside a study.
func (a *analysis) notWider() followUpPart {
	shared := a.setting
	shared.Epochs, shared.Batch, shared.LearningRate, shared.TCRows = scaleEpochs, protocolSetting.Batch, protocolSetting.LearningRate, 0
	none := newStudy(shared, nil)
	none.activations, none.ks = scaleActivations, scaleKs
	return followUpPart{section: section{Title: shared.name()}, Answer: fmt.Sprintf("No answer: there are no runs of infomax at λ = 1 at two K, one of them above %d.", slices.Max(protocolKs)),
		Limits: widerLimits, Missing: none.lacking(scaleSeeds, scaleConditions...)}
}

// wider answers for larger K.
func (a *analysis) wider() (part followUpPart) {
	part.Answer, part.Limits = a.widerAnswer(), widerLimits
	whole := *a.study
	whole.activations = slices.DeleteFunc(slices.Clone(activationNames), func(name string) bool {
		return !slices.Contains(scaleActivations, name) && !slices.Contains(a.activations, name)
	})
	whole.ks = slices.Compact(slices.Sorted(slices.Values(slices.Concat(scaleKs, a.treated()))))
	part.Missing = whole.lacking(scaleSeeds, scaleConditions...)
	part.Findings = append([]finding{say("The test: within each seed that has every K (%s), Page's test for a trend of infomax at λ = 1 over K, two-sided, exact up to %d K and %d seeds, with Holm's correction over "+
		"the activations of a measure, %d at least. Measures are set against what grows with K anyway: effective rank is divided by its random level, output correlation by K(K − 1), dead units by K. "+
		"A slope is the exponent b of a power Kᵇ, fitted on a logarithmic scale seed by seed, whether or not the values follow a power.", listing(texts(a.treated())), maxExactColumns, maxExactBlocks, len(scaleActivations)),
		a.randomLevel(), a.aboveEpsilon()}, a.order()...)
	part.Sheets = []sheet{a.trendSheet()}
	for _, m := range normalised {
		part.Figures = append(part.Figures, a.widthFigure(m)...)
	}
	return part
}

// widerAnswer says with how many activations anything gets worse, then for each measure with which it is shown to change.
func (a *analysis) widerAnswer() string {
	ks, seeds := a.treated(), 0
	var worse, tested []string
	for _, t := range a.trends {
		if seeds = max(seeds, t.seeds); finite(t.adjusted) {
			placeIn(&tested, t.activation)
		}
		if t.outcome() < 0 {
			placeIn(&worse, t.activation)
		}
	}
	if least := leastTrendP(len(ks), seeds, len(tested)); len(tested) == 0 || least >= significant {
		return fmt.Sprintf("No answer: too few seeds or K. With %s that have all of %d K no trend can be shown, whatever the data. What follows describes these runs.",
			plural(seeds, "seed"), len(ks))
	}
	text := fmt.Sprintf("Nothing is shown to get worse from K = %d to %d.", ks[0], ks[len(ks)-1])
	if len(worse) > 0 {
		text = fmt.Sprintf("Not in every respect: from K = %d to %d something is shown to get worse with %d of %s.", ks[0], ks[len(ks)-1],
			len(worse), plural(len(tested), "activation"))
	}
	var lines []string
	for _, m := range normalised {
		if line := a.trendText(m); line != "" {
			lines = append(lines, line)
		}
	}
	return text + " By measure, with interquartile means at both ends of what changes: " + strings.Join(lines, "; ") + "." + a.besideRandom()
}

// trendText says with which activations m is shown to change; nothing where it was not tested.
func (a *analysis) trendText(m measure) string {
	var parts []string
	for _, way := range []struct {
		outcome int
		text    string
	}{{+1, "gets better with"}, {-1, "gets worse with"}, {0, "is not shown to change with"}} {
		var names []string
		for _, t := range a.trends {
			if t.field == m.field && finite(t.adjusted) && t.outcome() == way.outcome {
				names = append(names, t.activation+only(way.outcome != 0, a.fromTo(t)))
			}
		}
		if len(names) > 0 {
			parts = append(parts, way.text+" "+listing(names))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return m.spelled() + " " + listing(parts)
}

// fromTo is " (0.87 to 0.57)", the interquartile means at the first and the last K.
func (a *analysis) fromTo(t trend) string {
	ks := a.treated()
	first, last := a.treatedAt(t.measure, t.activation, ks[0]), a.treatedAt(t.measure, t.activation, ks[len(ks)-1])
	return fmt.Sprintf(" (%s to %s%s)", roughly(first), roughly(last), only(t.isProbe(), " %"))
}

// treatedAt is an interquartile mean of the treatment, in the unit that m is shown in.
func (a *analysis) treatedAt(m measure, activation string, K int) float64 {
	return m.inUnit(a.centre(place{treatment, activation, K}, m)).Value
}

// besideRandom says how far the probe is above that of no training at the first and the last K; nothing without.
func (a *analysis) besideRandom() string {
	m := measureOf("probe_accuracy")
	ks := a.treated()
	var ends []string
	for _, K := range []int{ks[0], ks[len(ks)-1]} {
		var parts []string
		for _, p := range a.ran(treatment, K) {
			if d := a.treatedAt(m, p.activation, K) - m.inUnit(a.centre(p.under(untrained), m)).Value; finite(d) {
				parts = append(parts, plus(d, roughly(d))+" with "+p.activation)
			}
		}
		if len(parts) > 0 {
			ends = append(ends, fmt.Sprintf("at K = %d %s", K, listing(parts)))
		}
	}
	if len(ends) < 2 {
		return ""
	}
	return " From no training, by interquartile means and without a test, that accuracy differs by, in percentage points, " + strings.Join(ends, ", ") + "."
}

// aboveEpsilon compares variances with the loss's ε: the penalty does not see the correlations of units far below it.
func (a *analysis) aboveEpsilon() finding {
	f := say("Variance beside the loss's ε, %s: the geometric mean over the units of (variance + ε)/ε in the batches of the last epoch, median over the seeds. Where it is near 1, most variances are below ε, "+
		"and the penalty hardly sees the correlations of those units: what changes there with K is ε's doing as well.", readable(shortest(varianceEpsilon)))
	for _, activation := range a.activations {
		var parts []string
		for _, K := range a.treated() {
			var ratios []float64
			for _, r := range a.runs[place{treatment, activation, K}] {
				if r != nil && len(r.Curve) > 0 {
					ratios = append(ratios, exp(-float64(r.Curve[len(r.Curve)-1].Entropy)/float64(K))/varianceEpsilon)
				}
			}
			if ratios = present(ratios); len(ratios) > 0 {
				parts = append(parts, fmt.Sprintf("%s at K = %d", rounded(median(ratios), 2), K))
			}
		}
		if len(parts) > 0 {
			f.Lines = append(f.Lines, activation+": "+strings.Join(parts, ", "))
		}
	}
	return f
}

// randomLevel compares the random level of effective rank, as measured, with its approximation.
func (a *analysis) randomLevel() finding {
	var parts []string
	for _, K := range a.treated() {
		var levels []float64
		for _, p := range a.ran(treatment, K) {
			for _, r := range a.runs[p] {
				if r != nil {
					levels = append(levels, float64(r.Init.EffectiveRank))
				}
			}
		}
		n, m := float64(min(K, a.inputs)), float64(max(K, a.inputs))
		if level := average(present(levels)); finite(level) {
			parts = append(parts, fmt.Sprintf("%s at K = %d, %s times that", short(level), K, fixed(level/(n*(1-n/(4*m))), 3)))
		}
	}
	return say("The random level of effective rank is that of a run's own weights before any step. For K far below D, which is %d, it is about K(1 − K/4D); for K far above, the same with K and D exchanged. "+
		"Its mean is %s.", a.inputs, strings.Join(parts, "; "))
}

// order counts the places, K by K, where the treatment is better than a baseline; nothing without any.
func (a *analysis) order() []finding {
	treated := *a.study
	treated.ks = a.treated()
	if !slices.ContainsFunc(primaryBaselines, func(c condition) bool { return len(treated.ran(c, treated.ks...)) > 0 }) {
		return nil
	}
	return []finding{treated.perK("By interquartile means of both primary measures, effective rank and weight correlation, without a test, infomax at λ = 1 is", func(K int) string {
		at := treated
		if at.ks = []int{K}; len(at.ran(autoencoder, K))+len(at.ran(untrained, K)) == 0 {
			return "not to be compared"
		}
		return at.betterThan(treatment, primaries...)
	})}
}

// widthFigure shows m against K: a panel for each activation, a line for each condition. Nothing where all values are zero.
func (a *analysis) widthFigure(m measure) []drawing {
	var charts []chart
	some := false
	for _, activation := range a.activations {
		ch := chart{Title: activation, Y: m.axisShown()}
		for _, e := range a.emblems() {
			s := series{Name: activation, emblem: e.emblem}
			for _, K := range a.treated() {
				if value := m.inUnit(a.centre(place{e.condition, activation, K}, m)); !math.IsNaN(value.Value) {
					s.Points = append(s.Points, point{X: float64(K), estimate: estimateOf(value)})
					some = some || value.Value != 0
				}
			}
			if len(s.Points) > 0 && slices.Contains(scaleConditions, e.condition) {
				ch.Series = append(ch.Series, s)
			}
		}
		if activation == "softmax" && m.field == "output_correlation_per_pair" && len(ch.Series) > 0 {
			ch.Series = append(ch.Series, a.floor())
		}
		if len(ch.Series) > 0 {
			charts = append(charts, ch)
		}
	}
	if !some {
		return nil
	}
	across := quantity{Title: "K, units", Log: true, Whole: true}
	return []drawing{{name: strings.ReplaceAll(m.field, "_", "-") + "-by-k", svg: chartPlot(across, charts, whiskers, a.shown(listing(texts(scaleConditions))))}}
}

// floor is the least that softmax's output correlation can be for each pair of units.
func (a *analysis) floor() series {
	s := series{emblem: emblem{"softmax's floor, 1/(K − 1)²", len(a.emblems())}}
	for _, K := range a.treated() {
		v := 1 / float64((K-1)*(K-1))
		s.Points = append(s.Points, point{X: float64(K), estimate: estimate{v, math.NaN(), math.NaN()}})
	}
	return s
}

// widerLimits are what the tests cannot show.
var widerLimits = []string{
	"Epochs and steps are the same at every K. How far training has come by then may change with K: a trend reflects both. These runs are never compared with others of more epochs.",
	"Only the trends of infomax are tested. The order of infomax and the baselines at each K, and their slopes, are described and not tested; a baseline may have the same trend.",
	"Accuracy of a linear probe may grow with K for any features, random ones among them: the figure shows the baselines that were run.",
	"With more units than inputs effective rank cannot exceed the number of inputs, nor can its random level. Output correlation of softmax cannot be below K/(K − 1), which for each pair is 1/(K − 1)² and falls with K.",
	"Page's test asks for an order that the seeds share. It gives no size, and values that rise and then fall may show no trend. Each measure is a family of its own: over all of them a false finding is likelier than 5 %.",
	"A constant unit adds 1 to output correlation, whatever K, which for each pair is little: where the share of dead units grows, this measure can fall for that reason alone.",
	"Total correlation is not among the measures.",
}
