package main

import (
	"fmt"
	"slices"
	"strings"
)

// Scale, larger and other data: the moved images beside their originals (report_originals.go), and Fashion-MNIST's verdicts
// beside MNIST's.

// dataParts has a part for each study of moved images and of Fashion-MNIST; with MNIST alone, how to make such studies.
func dataParts(all, own []*analysis) (parts []followUpPart) {
	var images *analysis // of MNIST
	for _, a := range own {
		if a.Data == mnist.name && images == nil {
			images = a
		}
	}
	for _, a := range all {
		if a.moved() {
			parts = append(parts, a.largerData())
		}
	}
	if images == nil {
		return parts
	}
	same := images.setting
	if same.Epochs == 0 { // what is here is untrained
		same = protocolSetting
		same.Data, same.TCRows = images.Data, images.TCRows
	}
	if len(parts) == 0 {
		parts = append(parts, notRun("Larger data: ", same.on(mnistShifted.name), largerDataLimits, treatment))
	}
	others := slices.DeleteFunc(slices.Clone(own), func(a *analysis) bool { return a.Data != fashion.name })
	for _, a := range others {
		parts = append(parts, a.otherData(images))
	}
	if len(others) == 0 {
		same.Data = fashion.name
		parts = append(parts, notRun("Other data: ", same, otherDataLimits, append([]condition{treatment}, baselines...)...))
	}
	return parts
}

// notRun says how to run conditions of which there is nothing, with the follow-up's K.
func notRun(title string, shared setting, limits []string, conditions ...condition) followUpPart {
	none := newStudy(shared, nil)
	none.activations, none.ks = activationNames, []int{protocolStack.Upper}
	return followUpPart{section: section{Title: title + shared.name()}, Answer: "No answer: it was not run.", Limits: limits,
		Missing: none.lacking(protocolSeeds, conditions...)}
}

// largerData answers for the moved images and their originals.
func (a *analysis) largerData() (part followUpPart) {
	other := a.original
	part.Title, part.Limits = "Larger data: "+a.name(), largerDataLimits
	if other == nil {
		part.Answer = fmt.Sprintf("No answer: there is no study of %s with these settings and about as many steps, %d.", a.images(), a.steps())
		beside := *a.study
		beside.setting = a.on(a.images())
		part.Missing = []lack{{"runs of " + a.images() + " to compare with", beside.commandOf([]condition{treatment}, a.seeds)}}
		return part
	}
	whole := *a.study
	whole.activations = other.activations
	part.Missing = whole.lacking(protocolSeeds, treatment)
	part.Answer = a.largerDataAnswer()
	part.Findings = []finding{say("The test: seed by seed, infomax at λ = 1 on %s (%s, %d steps) against %s (%s, %d steps), with Holm's correction over the %d activations for a measure and K. "+
		"Runs of a seed start from the same weights; they see other batches.", a.Data, plural(a.Epochs, "epoch"), a.steps(), other.Data, plural(other.Epochs, "epoch"), other.steps(), declared[againstData])}
	part.Sheets = []sheet{a.dataSheet()}
	for _, m := range []measure{primaries[0], depthMeasures[1]} {
		part.Figures = append(part.Figures, a.dataFigure(m)...)
	}
	a.file(part.Figures)
	return part
}

// largerDataAnswer counts what the tests show, or where none can show anything which way the shifts go.
func (a *analysis) largerDataAnswer() string {
	most, worse := 0, 0
	for _, m := range dataMeasures {
		for _, c := range a.dataTests(m) {
			if most = max(most, c.pairs); c.outcome() < 0 {
				worse++
			}
		}
	}
	tooFew := leastAdjustedP(againstData, most) >= significant
	text := "Nothing is shown to get worse on more data. By measure: "
	switch {
	case most == 0:
		return fmt.Sprintf("No answer: no run of infomax at λ = 1 has one on %s of the same activation, K and seed.", a.original.Data)
	case most < minPairs:
		return fmt.Sprintf("No answer: %s are too few to describe.", plural(most, "pair"))
	case tooFew:
		text = fmt.Sprintf("No answer: with %s no comparison can be significant, whatever the data; it takes %d. By the estimated shifts on more data, without a test: ",
			plural(most, "pair"), neededSeeds(againstData))
	case worse > 0:
		text = "Not in every respect: on more data something is shown to get worse. By measure: "
	}
	var parts []string
	for _, m := range dataMeasures {
		outcomes, places := map[int]int{}, 0
		for _, c := range a.dataTests(m) {
			way := c.outcome()
			if tooFew {
				way = c.measure.better * sign(c.shift.Value)
			}
			outcomes[way]++
			places++
		}
		if places > 0 {
			parts = append(parts, fmt.Sprintf("%s is better in %d and worse in %d of %s", m.spelled(), outcomes[+1], outcomes[-1], plural(places, "place")))
		}
	}
	return text + strings.Join(parts, "; ") + "."
}

// sign is that of v; 0 of NaN.
func sign(v float64) int {
	switch {
	case v > 0:
		return +1
	case v < 0:
		return -1
	}
	return 0
}

// dataFigure shows every seed's way from the original images to the moved ones, at the smallest K.
func (a *analysis) dataFigure(m measure) []drawing {
	other, K := a.original, a.treated()[0]
	var panels []slopes
	for _, p := range a.ran(treatment, K) {
		panels = append(panels, slopes{Activation: p.activation, Seeds: a.seeds, From: scaledBy(m, other.valuesOf(a.seeds, p, m)), To: scaledBy(m, a.values(p, m)),
			Means: [2]estimate{estimateOf(m.inUnit(interquartileMeanInterval(measured(other.valuesOf(a.seeds, p, m)), bootstrapSeed))), estimateOf(m.inUnit(a.centre(p, m)))}})
	}
	note := a.shown(treatment.String() + ", " + atK(K) + ", beside " + other.name())
	return []drawing{{name: m.figureName() + "-by-data", svg: slopePlot(m.axisShown(), [2]string{other.Data, a.Data}, panels, note)}}
}

// largerDataLimits are what the comparison cannot show.
var largerDataLimits = []string{
	"Moved images are made of the same 60,000: they are more rows and not more digits. The test split is not moved, so a layer trained on moved images is measured on a different kind of image.",
	"At equal steps every row is seen about a ninth as often. Nothing follows for more data and more steps together.",
	"Seeds vary the first weights and the batches. Each measure is a family of its own: over all of them a false finding is likelier than 5 %.",
}

// otherData sets the verdicts of a beside those of MNIST, at the places that both have.
func (a *analysis) otherData(beside *analysis) (part followUpPart) {
	part.Title, part.Limits = "Other data: "+a.name(), otherDataLimits
	var here, there [2]int // confirmed, refuted
	var compared []answer
	places, same, verdicts, others := 0, 0, 0, []string(nil)
	theirs := conjunction(beside.answers)
	for _, x := range conjunction(a.answers) {
		for _, y := range theirs {
			if x.place != y.place || x.tooFew || y.tooFew {
				continue
			}
			places++
			compared = append(compared, x)
			for i, word := range []string{confirmed, refuted} {
				here[i], there[i] = here[i]+count([]answer{x}, word), there[i]+count([]answer{y}, word)
			}
		}
	}
	for _, x := range a.answers {
		for _, y := range beside.answers {
			if x.place == y.place && !x.tooFew && !y.tooFew {
				if verdicts++; x.word == y.word {
					same++
				} else {
					others = append(others, fmt.Sprintf("%s at K = %d against %s, %s there and %s here", x.activation, x.K, baselineNames[x.condition], y.word, x.word))
				}
			}
		}
	}
	if places == 0 {
		part.Answer = fmt.Sprintf("No answer: no activation and K has a verdict against both baselines on %s and on %s.", a.name(), beside.name())
		part.Missing = a.lacking(protocolSeeds, append([]condition{treatment}, baselines...)...)
		return part
	}
	part.Answer = opening(compared) + fmt.Sprintf(". Of %s (activation × K) with a verdict on both data sets, InfoMax gives less redundant weights, by both measures, than both %s and %s in %d on %s and in %d on %s. "+
		"Against at least one of them it is refuted in %d and in %d. The verdicts against single baselines are the same on both in %d of %d.",
		plural(places, "place"), baselineNames[autoencoder], baselineNames[untrained], here[0], a.Data, there[0], beside.Data, here[1], there[1], same, verdicts)
	if len(others) > 0 {
		part.Findings = []finding{say("The verdicts against single baselines that are not the same on %s, there, and on %s, here: %s.", beside.Data, a.Data, strings.Join(others, "; "))}
	}
	for _, m := range primaries {
		part.Figures = append(part.Figures, a.besideFigure(beside, m)...)
	}
	a.file(part.Figures)
	return part
}

// besideFigure shows the shifts from each baseline on both data sets, at the K that both have.
func (a *analysis) besideFigure(beside *analysis, m measure) []drawing {
	var panels []forestPanel
	for _, baseline := range baselines {
		for _, K := range a.ks {
			if !slices.Contains(beside.ks, K) || len(against(a.answers, baseline)) == 0 || len(against(beside.answers, baseline)) == 0 {
				continue
			}
			compared := place{condition: baseline, K: K}
			theirs, ours := beside.shiftPanel(m, compared), a.shiftPanel(m, compared)
			theirs.Title, theirs.Beside = beside.Data+", "+theirs.Title, ours.Shifts
			ours.Title, ours.Beside = a.Data+", "+ours.Title, theirs.Shifts
			panels = append(panels, theirs, ours)
		}
	}
	return []drawing{{name: m.figureName() + "-beside-" + beside.slug(), svg: forestPlot(m.axis(), panels, 2, a.shown(treatment.String()+", and the baselines, beside "+beside.name()))}}
}

// otherDataLimits are what this cannot show.
var otherDataLimits = []string{
	"The two data sets are not tested against each other: a verdict that is there on one and not on the other is no evidence that the two differ.",
	"Both sets have as many images, of the same size. Nothing follows for other kinds of data, or for more data.",
}
