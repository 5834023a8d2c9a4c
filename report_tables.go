package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The tables of a study: levels of every measure, interquartile means of the primary ones, and the tests
// that the verdict is made of.

// entry is a cell of a sheet: a value, and in smaller type what belongs to it.
type entry struct {
	main, sub string
	class     string // of CSS
}

// sheet is a table.
type sheet struct {
	name    string // within its study: "levels-infomax-lambda1-k32"
	caption string
	heads   []string // the first stubs of them name rows
	stubs   int
	rows    [][]entry
}

// named gives s its name.
func (s sheet) named(parts ...string) sheet {
	s.name = strings.Join(parts, "-")
	return s
}

// slug is c for a name: "infomax-lambda0.1".
func (c condition) slug() string {
	slug := c.objective
	if c.below != (layer{}) {
		slug = c.below.Objective + "-" + slug
	}
	if c.hasLambda() {
		slug += "-lambda" + shortest(c.lambda)
	}
	return slug
}

func (s *sheet) add(row ...entry) { s.rows = append(s.rows, row) }

// names are entries without anything smaller.
func names(texts ...string) (row []entry) {
	for _, text := range texts {
		row = append(row, entry{main: text})
	}
	return row
}

// arrowed is a measure's title with the way that is better.
func (m measure) arrowed() string {
	return m.title + map[int]string{+1: " ↑", -1: " ↓", 0: ""}[m.better]
}

// levelSheets have mean ± sd of every measure by activation, one for each K at which c ran.
func (s *study) levelSheets(c condition) (all []sheet) {
	for _, K := range s.ks {
		places := s.ran(c, K)
		if len(places) == 0 {
			continue
		}
		table := sheet{stubs: 1, heads: []string{""}}
		table.caption = fmt.Sprintf("%s, %s, %s: mean ± standard deviation over %s", s.name(), c, atK(K), plural(len(s.seeds), "seed"))
		for _, p := range places {
			table.heads = append(table.heads, p.activation)
		}
		for _, m := range measures {
			row, some := names(m.arrowed()), false
			for _, p := range places {
				cell := s.levelEntry(p, m)
				some = some || cell.main != "–"
				row = append(row, cell)
			}
			if some {
				table.add(row...)
			}
		}
		all = append(all, table.named("levels", c.slug(), "k"+strconv.Itoa(K)))
	}
	return all
}

// levelEntry says how many values there are if there is not one for every seed, and marks
// softmax's total correlation, which is infinite.
func (s *study) levelEntry(p place, m measure) entry {
	values := present(s.values(p, m))
	var e entry
	e.main, e.sub = levelTexts(meanSD(values))
	if len(values) > 0 && s.infinite(p, m) {
		e.main += "*"
	}
	if n := len(values); n > 0 && n < len(s.seeds) {
		e.sub = strings.TrimSpace(fmt.Sprintf("%s (n = %d)", e.sub, n))
	}
	return e
}

// placeSheet has a row for each K and activation, a column for each of the conditions.
func (s *study) placeSheet(caption string, conditions []condition, cell func(p place) entry) sheet {
	table := sheet{caption: s.name() + caption, stubs: 2, heads: append([]string{"K", "activation"}, texts(conditions)...)}
	for _, p := range s.grid(condition{}, s.ks...) {
		row := names(strconv.Itoa(p.K), p.activation)
		for _, c := range conditions {
			row = append(row, cell(p.under(c)))
		}
		table.add(row...)
	}
	return table
}

// centreSheet has the interquartile means of a primary measure.
func (s *study) centreSheet(m measure) sheet {
	caption := fmt.Sprintf(", %s: interquartile mean over %s", m.inSentence(), plural(len(s.seeds), "seed"))
	if finite(bootstrapCoverage(len(s.seeds))) {
		caption += " [bootstrap interval, nominally 95 %; of normal values it contains the centre " + coverageText(len(s.seeds)) + "]"
	}
	return s.placeSheet(caption, s.conditions, func(p place) (e entry) {
		if centre := s.centre(p, m); finite(centre.Value) {
			e.main, e.sub = estimateTexts(centre)
			return e
		}
		return entry{main: "–"}
	})
}

// verdictSheet has the verdicts against each baseline.
func (a *analysis) verdictSheet() sheet {
	return a.placeSheet(": verdicts on the hypothesis, by baseline", baselines, func(p place) entry {
		for _, x := range a.answers {
			if x.place == p {
				return entry{main: x.word, class: x.word}
			}
		}
		return entry{main: "not run"}
	})
}

// probeSheet has the accuracy of a probe under the treatment and pca, in per cent, and the tests against the baselines, in
// percentage points.
func (a *analysis) probeSheet(m measure) sheet {
	caption := fmt.Sprintf(", %s: interquartile mean in %% over %s of infomax at λ = 1, and of pca; between them the shifts from each baseline to infomax, "+
		"Hodges–Lehmann [exact interval] in percentage points; wins, rank-biserial r, adjusted p", m.spelled(), plural(len(a.seeds), "seed"))
	conditions := slices.Concat([]condition{treatment}, baselines, []condition{pca})
	return a.placeSheet(caption, conditions, func(p place) entry {
		if slices.Contains(baselines, p.condition) {
			if c := a.find(m, p.under(treatment), p); c != nil {
				return m.entryOf(*c)
			}
			return entry{main: "–"}
		}
		var e entry
		e.main, e.sub = estimateTexts(m.inUnit(a.centre(p, m)))
		return e
	}).named(m.figureName())
}

// predictionSheet has ρ and its adjusted p of both questions, and the answer.
func (a *analysis) predictionSheet() sheet {
	table := sheet{stubs: 2, heads: []string{"probe", "measure of redundancy", "(i) between conditions", "(ii) within conditions", "answer"},
		caption: a.name() + ": Spearman's ρ of low redundancy with high accuracy; p adjusted over the measures of redundancy, for each probe and question; how many activations and K, or cells, have a positive ρ"}
	for _, p := range a.predictions {
		table.add(append(names(labelsOf(p.probe), p.predictor.spelled()), p.between.entry(), p.within.entry(), entry{main: p.word()})...)
	}
	return table.named("downstream")
}

func (o oriented) entry() entry {
	if !finite(o.P) {
		return entry{main: "–", sub: "not tested"}
	}
	each := present(o.Each)
	positive := len(slices.DeleteFunc(slices.Clone(each), func(rho float64) bool { return rho <= 0 }))
	whole := ""
	if finite(o.PWhole) {
		whole = "; conditions as a whole " + pEquals(o.PWhole)
	}
	return entry{main: plus(o.Rho, fixed(o.Rho, 2)), sub: fmt.Sprintf("%s, %d of %d%s", pEquals(o.adjusted), positive, len(each), whole)}
}

// associates tells whether any association could be tested.
func (a *analysis) associates() bool {
	return slices.ContainsFunc(a.predictions, func(p prediction) bool { return p.word() != notTested })
}

// testSheets have the two tests behind each verdict, one for each baseline that has any.
func (a *analysis) testSheets() (all []sheet) {
	for _, baseline := range baselines {
		table := sheet{stubs: 2, heads: []string{"K", "activation", primaries[0].arrowed(), primaries[1].arrowed(), "verdict"}}
		table.caption = fmt.Sprintf("%s, %s against %s: Hodges–Lehmann shift [exact interval]; wins, rank-biserial r, adjusted p",
			a.name(), treatment, baseline)
		for _, x := range against(a.answers, baseline) {
			row := append(names(strconv.Itoa(x.K), x.activation), testEntry(x.tests[0]), testEntry(x.tests[1]))
			table.add(append(row, entry{main: x.word, sub: x.why, class: x.word})...)
		}
		if len(table.rows) > 0 {
			all = append(all, table.named("against", baseline.objective))
		}
	}
	return all
}

func testEntry(c comparison) entry {
	if c.pairs < minPairs {
		return entry{main: "–", sub: plural(c.pairs, "pair") + ", not tested"}
	}
	if c.test.Identical {
		return entry{main: "identical", sub: fmt.Sprintf("in %d of %d", c.pairs, c.pairs)}
	}
	value, interval := estimateTexts(c.shift)
	if finite(c.shift.Value) {
		value = plus(c.shift.Value, value)
	}
	return entry{
		main: strings.TrimSpace(value + " " + interval),
		sub:  fmt.Sprintf("%d/%d, r = %s, %s", c.wins(), c.pairs, fixed(c.test.RankBiserial, 2), pEquals(c.adjusted)),
	}
}

// sheets are the tables of tables.md and tables.tex.
func (a *analysis) sheets() (all []sheet) {
	if a.stacked() {
		all = a.depthSheets()
		for _, c := range a.conditions {
			if c != treatment {
				all = append(all, a.levelSheets(c)...)
			}
		}
		return all
	}
	if len(a.answers) > 0 {
		all = append(all, a.verdictSheet().named("verdicts"))
	}
	all = append(all, a.testSheets()...)
	for _, m := range primaries {
		all = append(all, a.centreSheet(m).named(m.figureName()))
	}
	for _, m := range probes {
		if a.compares(m) {
			all = append(all, a.probeSheet(m))
		}
	}
	if a.associates() {
		all = append(all, a.predictionSheet())
	}
	if len(a.trends) > 0 {
		all = append(all, a.trendSheet())
	}
	if a.original != nil {
		all = append(all, a.dataSheet())
	}
	for _, c := range a.conditions {
		all = append(all, a.levelSheets(c)...)
	}
	return all
}

// tablesNote opens tables.md and tables.tex.
func tablesNote() string {
	return fmt.Sprintf("Bootstrap intervals of an interquartile mean are nominally 95 %%; of normal values they contain the centre %s seeds; "+
		"exact intervals of a shift have at least the level that they state. Wins are pairs in which the condition named first is better. "+
		"p is adjusted by Holm: against a baseline within one measure and K, %d tests; elsewhere as the caption says. %s", coverageText(protocolSeeds), declared[againstBaseline], levelNote)
}

// levelNote stands where levels of total correlation do.
const levelNote = "* Total correlation is infinite: softmax's outputs sum to one, and more units than inputs are functions of each other. " +
	"Softmax's estimates leave out the last unit. The kNN estimate saturates in high dimension and cannot be read as a level there."

// levelTexts writes a mean to the decimals that its standard deviation supports, two significant
// digits of it: "12.346" and "± 0.012". Without a deviation the second is empty.
func levelTexts(mean, sd float64) (value, deviation string) {
	switch {
	case !finite(mean):
		return "–", ""
	case !finite(sd):
		return tabled(mean), ""
	case sd == 0:
		return tabled(mean), "± 0"
	}
	decimals := 1 - exponent(sd)
	if decimals > 5 || math.Abs(mean) >= 1e5 {
		return tabled(mean), "± " + readable(strconv.FormatFloat(sd, 'e', 1, 64))
	}
	return fixed(mean, decimals), "± " + fixed(sd, decimals)
}

// estimateTexts writes an estimate to the decimals that its interval supports, two significant
// digits of half its width: "1.23" and "[1.02, 1.44]". Without an interval the second is empty.
func estimateTexts(e intervalEstimate) (value, interval string) {
	half := (e.High - e.Low) / 2
	switch {
	case !finite(e.Value):
		return "–", ""
	case !finite(half):
		return tabled(e.Value), ""
	}
	decimals := 1 - exponent(half)
	text := func(x float64) string { return fixed(x, decimals) }
	if half == 0 || decimals > 6 || math.Abs(e.Value) >= 1e5 {
		text = tabled
	}
	return text(e.Value), "[" + text(e.Low) + ", " + text(e.High) + "]"
}

// coverageText says what a 95 % bootstrap interval of n values covers.
func coverageText(n int) string {
	return fmt.Sprintf("%s %% of the time with %d", fixed(bootstrapCoverage(n), 1), n)
}
