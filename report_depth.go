package main

import (
	"fmt"
	"slices"
	"strings"
)

// Depth: whether InfoMax composes, from the comparisons of its stacks.

// stacked are the analyses of stacks or, if there are none, one of the protocol's stack beside the first study with labels.
func stacked(own, stacks []*analysis) []*analysis {
	if asked := labelled(own); len(stacks) == 0 && len(asked) > 0 {
		shared := asked[0].setting
		shared.Stack = protocolStack
		return []*analysis{analyseStacks(newStudy(shared, slices.DeleteFunc(slices.Clone(asked[0].all), func(r *Result) bool { return !shared.has(r.Config) })))}
	}
	return stacks
}

// depth answers for stacks of two sizes.
func (a *analysis) depth() (part followUpPart) {
	part.Answer, part.Limits = a.depthAnswer(), depthLimits
	whole := *a.study
	whole.activations = activationNames
	for _, c := range append([]condition{a.composed()}, a.rivals()...) {
		part.Missing = append(part.Missing, whole.lacking(protocolSeeds, c)...)
	}
	if len(a.ran(a.composed(), a.ks...)) == 0 {
		return part
	}
	part.Findings = []finding{a.depthTests()}
	for _, m := range depthMeasures {
		part.Figures = append(part.Figures, a.slopesFigure(m)...)
	}
	part.Sheets = a.depthSheets()
	return part
}

// depthAnswer sets the control, identity, apart.
func (a *analysis) depthAnswer() string {
	both := conjunctionOf(a.answers, a.composed(), a.rivals()[0], a.rivals()[1])
	control := slices.IndexFunc(both, func(x answer) bool { return x.activation == "identity" })
	others := slices.DeleteFunc(slices.Clone(both), func(x answer) bool { return x.activation == "identity" })
	switch {
	case len(both) == 0:
		return fmt.Sprintf("No answer: it takes runs of %s, with the same seeds and on data with labels.",
			listing(texts(append([]condition{a.composed()}, a.rivals()[:2]...))))
	case !slices.ContainsFunc(both, func(x answer) bool { return !x.tooFew }):
		return a.seedsNeeded(againstStack, a.answers)
	case len(others) == 0:
		return "No answer: of the activations only identity was run, the control. " + controlText(both[control])
	}
	text := fmt.Sprintf("%s. InfoMax on InfoMax is shown to be better than both InfoMax on random weights and random weights on InfoMax, by both %s and %s, with %d of %s besides identity%s.",
		opening(others), depthMeasures[0].spelled(), depthMeasures[1].spelled(), count(others, confirmed), plural(len(others), "activation"), namesOf(others, confirmed))
	if n := count(others, mixed); n > 0 {
		text += fmt.Sprintf(" With %d%s it is better than one of these at least by one measure, and worse by the other.", n, namesOf(others, mixed))
	}
	if n := count(others, refuted); n > 0 {
		text += fmt.Sprintf(" With %d%s it is worse than one of these by a measure at least, and better than it by neither.", n, namesOf(others, refuted))
	}
	if control < 0 {
		return text + " Identity, the control, was not run." + a.besideOne()
	}
	return text + " " + controlText(both[control]) + a.besideOne()
}

// besideOne says whether two layers are better than one, which composing does not imply; nothing without single layers.
func (a *analysis) besideOne() string {
	text := a.outcomesAgainst(treatment)
	return only(text != "", " Against a single layer of InfoMax, "+text+".")
}

// namesOf is " (relu and tanh)", the activations with that word; nothing if there are none.
func namesOf(answers []answer, word string) string {
	var names []string
	for _, x := range answers {
		if x.word == word {
			names = append(names, x.activation)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + listing(names) + ")"
}

// controlText says what a second layer does where it cannot compute more than one does.
func controlText(x answer) string {
	return "With identity, the control, whose stack is one linear map, it is " + map[string]string{
		confirmed: "shown to be better than both as well, so that a gain need not come from the activation between the layers.",
		refuted:   "worse than one of these by a measure at least, and better than it by neither.",
		mixed:     "better than one of these by one measure and worse by the other.",
		undecided: "neither shown to be better than both, nor worse than either.",
	}[x.word]
}

// depthTests says for each rival how the tests fall, and how large the shifts are.
func (a *analysis) depthTests() finding {
	f := say("The test: seed by seed, %s against each of the others, with Holm's correction over the %d activations for a measure and a comparison. "+
		"It composes where it is better by both measures than the first two. A layer below has %d units, all others %d.",
		a.composed(), declared[againstStack], a.Stack.Lower, a.Stack.Upper)
	for _, rival := range a.rivals() {
		name := rival.String()
		if rival == treatment {
			name = "a single layer, " + name
		}
		if text := a.outcomesAgainst(rival); text != "" {
			f.Lines = append(f.Lines, fmt.Sprintf("Against %s: %s.", name, text))
		}
	}
	return f
}

// outcomesAgainst says by measure how the comparisons with a rival fall, nothing without any: "output correlation is better with 6 and
// worse with 0 of 6 activations, by shifts of −7.3 to −0.016; …".
func (a *analysis) outcomesAgainst(rival condition) string {
	var parts []string
	for _, m := range depthMeasures {
		outcomes, tests, shifts := map[int]int{}, 0, []float64(nil)
		for _, y := range a.grid(rival, a.ks...) {
			if c := a.find(m, y.under(a.composed()), y); c != nil {
				tests++
				outcomes[c.outcome()]++
				shifts = append(shifts, m.inUnit(c.shift).Value)
			}
		}
		if tests == 0 {
			continue
		}
		text := fmt.Sprintf("%s is better with %d and worse with %d of %s", m.spelled(), outcomes[+1], outcomes[-1], plural(tests, "activation"))
		if shifts = present(shifts); len(shifts) > 0 {
			text += fmt.Sprintf(", by shifts%s of %s%s", only(outcomes[0] > 0, ", shown or not,"), span(shifts, func(v float64) string { return plus(v, roughly(v)) }), m.points())
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// slopesFigure shows every seed's way from the single layer to the stack, and the other stacks as lines.
func (a *analysis) slopesFigure(m measure) []drawing {
	var panels []slopes
	for _, p := range a.ran(a.composed(), a.ks...) {
		single := p.under(treatment)
		panel := slopes{Activation: p.activation, Seeds: a.seeds, From: scaledBy(m, a.values(single, m)), To: scaledBy(m, a.values(p, m)),
			Means: [2]estimate{estimateOf(m.inUnit(a.centre(single, m))), estimateOf(m.inUnit(a.centre(p, m)))}}
		for _, rival := range a.rivals() {
			if v := m.inUnit(a.centre(p.under(rival), m)).Value; rival != treatment && finite(v) {
				panel.Levels = append(panel.Levels, level{rival.String() + ", interquartile mean", v})
			}
		}
		panels = append(panels, panel)
	}
	if len(panels) == 0 {
		return nil
	}
	ends := [2]string{"one layer", "two layers"}
	return []drawing{{name: m.figureName(), svg: slopePlot(m.axisShown(), ends, panels, a.shown(treatment.String()+", and "+a.composed().String()))}}
}

// scaledBy are values in the unit that m is shown in.
func scaledBy(m measure, values []float64) []float64 {
	for i, v := range values {
		values[i] = m.inUnit(intervalEstimate{Value: v}).Value
	}
	return values
}

// axisShown is the axis of m in that unit.
func (m measure) axisShown() quantity {
	if !m.isProbe() {
		return m.axis()
	}
	title := m.spelled()
	return quantity{Title: strings.ToUpper(title[:1]) + title[1:], Unit: "%", Better: m.better}
}

// depthLimits are what the tests cannot show.
var depthLimits = []string{
	"“Composes” means that both layers need training, not that two layers are better than one. That is for the comparison with a single layer, which is not at equal cost: " +
		"a stack has more weights and is trained twice.",
	"Each layer is trained by itself, and the one below is frozen. Nothing follows for layers that are trained together, for more than two, or for other sizes.",
	"The first weights of the upper layer are the same in all stacks of a seed, so random weights on InfoMax are the starting point of InfoMax on InfoMax; standardising the upper layer's inputs is part of every stack.",
	"Seeds vary the first weights and the batches. Train and test split are the same for all, so that no test and no interval is about other data.",
	"To be better than both by both measures takes four tests, each at the 5 % level within its activations, and needs no further correction; to be worse takes one of the four and none better, so that a false one is likelier than 5 %.",
	"Output correlation is of the upper outputs alone, and sees linear dependence only. The tests show the direction of a shift, not whether it is large enough to matter.",
}
