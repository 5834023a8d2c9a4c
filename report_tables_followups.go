package main

import (
	"fmt"
	"slices"
	"strings"
)

// The tables of depth and scale.

// depthSheets have the levels of every condition and the tests, by measure.
func (a *analysis) depthSheets() (all []sheet) {
	for _, m := range depthMeasures {
		unit := only(m.isProbe(), " in %")
		levels := fmt.Sprintf(", %s: interquartile mean%s over the seeds", m.spelled(), unit)
		all = append(all, a.placeSheet(levels, slices.Concat(a.rivals(), []condition{a.composed()}), func(p place) (e entry) {
			e.main, e.sub = estimateTexts(m.inUnit(a.centre(p, m)))
			return e
		}).named("levels", m.figureName()))
		tests := fmt.Sprintf(", %s: %s against the others, Hodges–Lehmann shift [exact interval]%s; wins, rank-biserial r, p adjusted over %d activations", m.spelled(), a.composed(), strings.Replace(m.points(), " ", " in ", 1), declared[againstStack])
		all = append(all, a.placeSheet(tests, a.rivals(), func(y place) entry {
			if c := a.find(m, y.under(a.composed()), y); c != nil {
				return m.entryOf(*c)
			}
			return entry{main: "–"}
		}).named("tests", m.figureName()))
	}
	return all
}

// entryOf is the entry of a comparison in the unit that m is shown in.
func (m measure) entryOf(c comparison) entry {
	c.shift = m.inUnit(c.shift)
	return testEntry(c)
}

// trendSheet has a row for each measure and activation.
func (a *analysis) trendSheet() sheet {
	ks := a.treated()
	first, last := ks[0], ks[len(ks)-1]
	table := sheet{stubs: 2, heads: []string{"measure", "activation", atK(first), atK(last), "slope", "trend"},
		caption: fmt.Sprintf("%s: interquartile means of %s at the first and the last K; slope, mean over the seeds [smallest, largest]; p of the trend, adjusted over the activations of a measure, and of how many seeds", a.name(), treatment)}
	for _, c := range scaleConditions[1:] {
		table.heads = append(table.heads, "slope of "+c.String())
	}
	for _, t := range a.trends {
		row := names(t.arrowed(), t.activation)
		for _, K := range []int{first, last} {
			e := t.measure.inUnit(a.centre(place{treatment, t.activation, K}, t.measure))
			value, _ := estimateTexts(e)
			row = append(row, entry{main: value})
		}
		word := map[int]string{+1: "better", -1: "worse", 0: "not shown"}[t.outcome()]
		if !finite(t.adjusted) {
			word = "not tested"
		}
		row = append(row, a.slopeEntry(t.measure, treatment, t.activation), entry{main: word, sub: strings.TrimPrefix(only(finite(t.adjusted), pEquals(t.adjusted))+", "+plural(t.seeds, "seed"), ", ")})
		for _, c := range scaleConditions[1:] {
			row = append(row, a.slopeEntry(t.measure, c, t.activation))
		}
		table.add(row...)
	}
	return table.named("trends")
}

// slopeEntry is the mean and the range of the seeds' exponents, if all have one: a value that is not positive gives none.
func (a *analysis) slopeEntry(m measure, c condition, activation string) entry {
	var ks, slopes []float64
	for _, K := range a.treated() {
		ks = append(ks, float64(K))
	}
	for _, block := range a.seedsOver(m, c, activation) {
		slopes = append(slopes, logLogSlope(ks, block))
	}
	if len(slopes) == 0 || !allFinite(slopes) {
		return entry{main: "–"}
	}
	mean, _ := meanSD(slopes)
	text := func(v float64) string { return fixed(v, 3) }
	return entry{main: text(mean), sub: "[" + text(slices.Min(slopes)) + ", " + text(slices.Max(slopes)) + "]"}
}

// dataSheet has the tests, a column for each measure.
func (a *analysis) dataSheet() sheet {
	table := sheet{stubs: 2, heads: []string{"K", "activation"}, caption: fmt.Sprintf("%s against %s, %s: Hodges–Lehmann shift [exact interval, from six pairs], "+
		"of accuracies in percentage points; wins, rank-biserial r, p adjusted over %d activations", a.name(), a.original.name(), treatment, declared[againstData])}
	for _, m := range dataMeasures {
		table.heads = append(table.heads, m.arrowed())
	}
	for _, p := range a.ran(treatment, a.treated()...) {
		row := names(fmt.Sprint(p.K), p.activation)
		for _, m := range dataMeasures {
			cell := entry{main: "–"}
			for _, c := range a.dataTests(m) {
				if c.x == p {
					cell = m.entryOf(c)
				}
			}
			row = append(row, cell)
		}
		table.add(row...)
	}
	return table.named("larger-data")
}

// inUnit is an estimate of m, or of a difference in it, in the unit that it is shown in.
func (m measure) inUnit(e intervalEstimate) intervalEstimate {
	if m.isProbe() {
		e.Value, e.Low, e.High = 100*e.Value, 100*e.Low, 100*e.High
	}
	return e
}

// points is the unit of a difference in m, where it has one.
func (m measure) points() string { return only(m.isProbe(), " percentage points") }
