package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Transfer: how well a linear probe of the frozen features tells the classes, which no objective was shown. The tests are
// those that every measure has against the baselines, read by the rule of the verdict: better by both probes.

func (a *analysis) transfer() (part followUpPart) {
	answers := a.judge(probes, baselines...)
	asked := append([]condition{treatment}, baselines...)
	if a.inputs <= maxAxes {
		asked = append(asked, pca)
	}
	part.Answer, part.Missing = a.transferAnswer(answers), a.lacking(neededSeeds(againstBaseline), asked...)
	if a.whole == nil && a.inputs <= maxAxes {
		part.Missing = append(part.Missing, lack{fmt.Sprintf("all %d principal components, which are a line in the figures", a.inputs), a.wholeCommand()})
	}
	if len(answers) == 0 {
		return part
	}
	part.Limits = transferLimits
	part.Findings = append(part.Findings, a.transferTests(answers))
	part.Findings = append(part.Findings, a.unconverged()...)
	for _, m := range probes {
		part.Findings = append(part.Findings, a.extremes("In %, "+m.spelled()+" under infomax at λ = 1, interquartile mean, from the best activation to the worst:", m,
			func(s *study, p place, m measure) float64 { return 100 * s.middle(p, m) }))
		part.Figures = append(part.Figures, a.accuracyFigure(m))
		part.Sheets = append(part.Sheets, a.probeSheet(m))
	}
	part.Findings = append(part.Findings, a.besideComponents()...)
	return part
}

// wholeCommand makes the run of all principal components. Nothing asks for its total correlation, which has every two of
// them to weigh, unless it has a place among others.
func (s *study) wholeCommand() string {
	rows := 0
	if slices.Contains(s.ks, s.inputs) {
		rows = s.TCRows
	}
	return fmt.Sprintf("go run . -data %s -act identity -k %d -objective pca -tc-rows %d", s.source(), s.inputs, rows)
}

// transferAnswer says for each baseline how many places are better by both probes, and worse.
func (a *analysis) transferAnswer(answers []answer) string {
	if len(answers) == 0 {
		return "No answer: it takes runs of infomax at λ = 1 and, with the same seeds, of random, reconstruction or variance."
	}
	if !slices.ContainsFunc(answers, func(x answer) bool { return !x.tooFew }) {
		return a.seedsNeeded(againstBaseline, answers)
	}
	var parts []string
	for _, baseline := range []condition{untrained, autoencoder, varianceOnly} {
		if its := against(answers, baseline); len(its) > 0 {
			first := opening(its)
			parts = append(parts, fmt.Sprintf("Against %s, %s: better by both probes in %d of %s (activation × K)%s; worse by one at least, and better by neither, in %d%s.",
				baselineNames[baseline], strings.ToLower(first[:1])+first[1:], count(its, confirmed), plural(len(its), "place"), byPoints(its, confirmed, +1),
				count(its, refuted), byPoints(its, refuted, -1)+placesOf(its, refuted)))
		}
	}
	return strings.Join(parts, " ")
}

// placesOf is " (relu and tanh at K = 16; softmax at K = 16 and 64)", the places of the answers with that word; nothing if they are all or none.
func placesOf(answers []answer, word string) string {
	var ks, activations, parts []string
	at := map[string][]string{} // by activation, K
	for _, x := range answers {
		if x.word == word {
			placeIn(&activations, x.activation)
			at[x.activation] = append(at[x.activation], strconv.Itoa(x.K))
		}
	}
	with := map[string][]string{} // by all its K, activations
	for _, name := range activations {
		all := listing(at[name])
		placeIn(&ks, all)
		with[all] = append(with[all], name)
	}
	for _, all := range ks {
		parts = append(parts, listing(with[all])+" at K = "+all)
	}
	if n := count(answers, word); n == 0 || n == len(answers) {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// byPoints is ", by 0.35 to 1.1 percentage points of a probe": the sizes of the shifts of an outcome among the answers of a word.
func byPoints(answers []answer, word string, outcome int) string {
	var sizes []float64
	for _, x := range answers {
		for _, c := range x.tests {
			if x.word == word && c.outcome() == outcome {
				sizes = append(sizes, 100*math.Abs(c.shift.Value))
			}
		}
	}
	if sizes = present(sizes); len(sizes) == 0 {
		return ""
	}
	return ", by " + span(sizes, roughly) + " percentage points of a probe"
}

// transferTests says for each baseline how the tests fall, and how large the shifts are.
func (a *analysis) transferTests(answers []answer) finding {
	f := say("A place is an activation and K. The test is paired by seeds, InfoMax at λ = 1 against each baseline, with Holm's correction over the %d tests of a probe and K. Shown to be better by both probes is confirmed; "+
		"worse by one at least and better by neither is refuted; better by one and worse by the other is mixed.", declared[againstBaseline])
	for _, baseline := range []condition{untrained, autoencoder, varianceOnly} {
		its := against(answers, baseline)
		if len(its) == 0 {
			continue
		}
		var parts []string
		for i, m := range probes {
			var shifts []float64
			outcomes := map[int]int{}
			for _, x := range its {
				outcomes[x.tests[i].outcome()]++
				shifts = append(shifts, 100*x.tests[i].shift.Value)
			}
			text := fmt.Sprintf("with %s better in %d and worse in %d", labelsOf(m), outcomes[+1], outcomes[-1])
			if shifts = present(shifts); len(shifts) > 0 {
				text += fmt.Sprintf(" (shifts, shown or not, of %s percentage points)", span(shifts, func(v float64) string { return plus(v, roughly(v)) }))
			}
			parts = append(parts, text)
		}
		f.Lines = append(f.Lines, fmt.Sprintf("Against %s, of %s %s: %s.", baselineNames[baseline], plural(len(its), "place"), counts(its), strings.Join(parts, "; ")))
	}
	return f
}

// unconverged counts the runs in which a probe's fit did not converge; nothing without any.
func (a *analysis) unconverged() []finding {
	n := 0
	for _, r := range a.all {
		if r.Final.ProbeStatus == notConverged {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []finding{say("A probe's fit did not converge in %d of %s: its accuracy is that of its last step, or none where activations are not finite.", n, plural(len(a.all), "run"))}
}

// besideComponents places the treatment beside principal components, of which there is one run, and so no test.
func (a *analysis) besideComponents() (findings []finding) {
	var parts, whole []string
	for _, m := range probes {
		below := 0
		for _, p := range a.compared() {
			if a.whole != nil && a.centre(p, m).Value < m.value(a.whole) {
				below++
			}
		}
		if above, places := a.better(a.compared(), treatment, pca, m); places > 0 {
			parts = append(parts, fmt.Sprintf("in %d of %s with %s", above, plural(places, "place"), labelsOf(m)))
		}
		if a.whole != nil {
			whole = append(whole, fmt.Sprintf("%s %% with %s (above InfoMax's interquartile mean in %d of %s)", fixed(100*m.value(a.whole), 2), labelsOf(m),
				below, plural(len(a.compared()), "place")))
		}
	}
	if len(parts) > 0 {
		findings = append(findings, say("By interquartile means and without a test, InfoMax tells the classes better than as many principal components under the same activation (pca, one run each) %s.",
			listing(parts)))
	}
	if len(whole) > 0 {
		findings = append(findings, say("All %d principal components reach %s (one run). With all labels a probe of them is one of the raw inputs, up to the penalty; with 100 labels a class it is not, "+
			"since there each component is scaled to the same spread, however little it varies.", a.inputs, listing(whole)))
	}
	return findings
}

// accuracyFigure shows a probe's accuracy by activation: infomax and the baselines, with lines at pca and at all
// principal components.
func (a *analysis) accuracyFigure(m measure) drawing {
	var panels []groupPanel
	for _, K := range a.ks {
		panel := groupPanel{Title: atK(K)}
		for _, p := range a.ran(treatment, K) {
			g := group{Activation: p.activation, Mean: estimateOf(unsupported())}
			for _, e := range a.emblems() {
				if c := e.condition; c == treatment || slices.Contains(baselines, c) {
					g.Marks = append(g.Marks, conditionMark{e.emblem, estimateOf(m.inUnit(a.centre(p.under(c), m)))})
				}
			}
			if axis := m.inUnit(a.centre(p.under(pca), m)).Value; finite(axis) {
				g.Levels = append(g.Levels, level{"pca, one run", axis})
			}
			if a.whole != nil && finite(m.value(a.whole)) {
				g.Levels = append(g.Levels, level{fmt.Sprintf("all %d principal components, one run", a.inputs), 100 * m.value(a.whole)})
			}
			panel.Groups = append(panel.Groups, g)
		}
		if len(panel.Groups) > 0 {
			panels = append(panels, panel)
		}
	}
	return drawing{name: "transfer-" + m.figureName(), svg: groupPlot(m.axisShown(), panels, a.shown(treatment.String()+", and the baselines"))}
}

// conditionEmblem is how figures show a condition.
type conditionEmblem struct {
	condition
	emblem
}

// emblems are those of the conditions that predictions take, the same in every figure of every study: those of the protocol
// have their places, others follow.
func (s *study) emblems() (all []conditionEmblem) {
	usual := predicting(protocolConditions())
	others := len(usual)
	for _, c := range predicting(s.conditions) {
		i := slices.Index(usual, c)
		if i < 0 {
			i, others = others, others+1
		}
		all = append(all, conditionEmblem{c, emblem{c.String(), i}})
	}
	return all
}

// transferLimits are what the tests cannot show.
var transferLimits = []string{
	"The labels are of the same data that the features were learned from, without labels. Whether the features serve other data or other tasks was not tried.",
	"Seeds vary the first weights and the batches. Train and test split are the same for all, so that no test and no interval is about other data.",
	"A probe is linear: it tells what a linear classifier can read, and not what the features hold.",
	"For identity the probe with all labels sees only the span of W, so that redundancy of the weights cannot matter to it.",
	"The lines in the figures, of principal components, are single runs, and no test compares with them.",
	"The probes were chosen after other results were seen, and each probe and K is a family of its own: over all of them the chance of a false finding may be more than 5 %.",
}
