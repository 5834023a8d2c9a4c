package main

import (
	"fmt"
	"strings"
)

// What the tables hold: levels of every measure, interquartile means of the primary ones, and
// the tests that the verdict is made of.

// levelSheet has mean ± sd of every measure by activation, for one condition and K; false
// without runs.
func (s *study) levelSheet(c condition, K int) (sheet, bool) {
	table := sheet{stubs: 1, heads: []string{""}}
	table.caption = fmt.Sprintf("%s, %s, K = %d: mean ± standard deviation over %s", s.name(), c, K, plural(len(s.seeds), "seed"))
	var places []place
	for _, activation := range s.activations {
		if p := (place{c, activation, K}); s.runs[p] != nil {
			places = append(places, p)
			table.heads = append(table.heads, activation)
		}
	}
	for _, m := range tabled() {
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
	return table, len(places) > 0
}

// levelEntry says how many values there are if there is not one for every seed, and marks
// softmax's total correlation, which is infinite.
func (s *study) levelEntry(p place, m measure) entry {
	values := present(s.values(p, m))
	var e entry
	e.main, e.sub = levelTexts(meanSD(values))
	if len(values) > 0 && m.isTC() && p.activation == "softmax" {
		e.main += "*"
	}
	if n := len(values); n > 0 && n < len(s.seeds) {
		e.sub = strings.TrimSpace(fmt.Sprintf("%s (n = %d)", e.sub, n))
	}
	return e
}

// centreSheet has the interquartile mean of a primary measure by K and activation, for each
// condition.
func (s *study) centreSheet(m measure) sheet {
	table := sheet{stubs: 2, heads: []string{"K", "activation"}}
	table.caption = fmt.Sprintf("%s, %s: interquartile mean over %s [95 %% bootstrap interval; with ten seeds it covers about 92 %%]",
		s.name(), m.inSentence(), plural(len(s.seeds), "seed"))
	for _, c := range s.conditions {
		table.heads = append(table.heads, c.String())
	}
	for _, K := range s.ks {
		for _, activation := range s.activations {
			row := names(fmt.Sprint(K), activation)
			for _, c := range s.conditions {
				row = append(row, centreEntry(s.centre(place{c, activation, K}, m)))
			}
			table.add(row...)
		}
	}
	return table
}

func centreEntry(e intervalEstimate) entry {
	if !finite(e.Value) {
		return entry{main: "–"}
	}
	value, interval := estimateTexts(e)
	return entry{main: value, sub: interval}
}

// testSheet has the two tests behind each verdict against one baseline; false without any.
func (a *analysis) testSheet(baseline condition) (sheet, bool) {
	table := sheet{stubs: 2, heads: []string{"K", "activation", primaries[0].arrowed(), primaries[1].arrowed(), "verdict"}}
	table.caption = fmt.Sprintf("%s, %s against %s: Hodges–Lehmann shift [exact interval]; wins, rank-biserial r, adjusted p",
		a.name(), treatment, baseline)
	answers := a.answersFor(baseline)
	for _, x := range answers {
		row := names(fmt.Sprint(x.K), x.activation)
		table.add(append(row, testEntry(x.rank), testEntry(x.correlation), entry{main: x.word, sub: x.why, class: x.word})...)
	}
	return table, len(answers) > 0
}

func testEntry(c comparison) entry {
	if c.pairs < minPairs {
		return entry{main: "–", sub: plural(c.pairs, "pair") + ", not tested"}
	}
	if c.test.Identical {
		return entry{main: "identical", sub: fmt.Sprintf("in %d of %d", c.pairs, c.pairs)}
	}
	value, interval := estimateTexts(c.shift)
	return entry{
		main: strings.TrimSpace(plus(c.shift.Value, value) + " " + interval),
		sub:  fmt.Sprintf("%d/%d, r = %s, %s", c.wins(), c.pairs, roughly(c.test.RankBiserial), pEquals(c.adjusted)),
	}
}

// verdictSheet has a row for each K and activation, a column for each baseline.
func (a *analysis) verdictSheet() sheet {
	table := sheet{caption: a.name() + ": verdicts on the hypothesis, by baseline", stubs: 2, heads: []string{"K", "activation"}}
	for _, baseline := range baselines {
		table.heads = append(table.heads, baseline.String())
	}
	for _, K := range a.ks {
		for _, activation := range a.activations {
			row := names(fmt.Sprint(K), activation)
			for _, baseline := range baselines {
				row = append(row, verdictEntry(a.answersFor(baseline), activation, K))
			}
			table.add(row...)
		}
	}
	return table
}

func verdictEntry(answers []answer, activation string, K int) entry {
	for _, x := range answers {
		if x.activation == activation && x.K == K {
			return entry{main: x.word, class: x.word}
		}
	}
	return entry{main: "not run"}
}

// sheets are the tables of tables.md and tables.tex.
func (a *analysis) sheets() (all []sheet) {
	if len(a.answers) > 0 {
		all = append(all, a.verdictSheet())
	}
	for _, baseline := range baselines {
		if table, ok := a.testSheet(baseline); ok {
			all = append(all, table)
		}
	}
	for _, m := range primaries {
		all = append(all, a.centreSheet(m))
	}
	for _, c := range a.conditions {
		for _, K := range a.ks {
			if table, ok := a.levelSheet(c, K); ok {
				all = append(all, table)
			}
		}
	}
	return all
}

const tablesNote = "Bootstrap intervals of an interquartile mean cover about 92 % with ten seeds, not 95 %; " +
	"exact intervals of a shift cover what they say. Wins are pairs in which infomax is better. " +
	"p is adjusted by Holm within one measure and K, 18 tests. " + levelNote

// levelNote stands where levels of total correlation do.
const levelNote = "* Softmax's total correlation is infinite: its estimates leave out the last unit. " +
	"The kNN estimate saturates in high dimension and is no level there."

// formatMarkdown returns tables.md.
func formatMarkdown(all []*analysis) []byte {
	var b strings.Builder
	b.WriteString("# InfoMax across activations: tables\n\n" + tablesNote + "\n")
	for _, a := range all {
		for _, table := range a.sheets() {
			b.WriteString("\n" + table.markdown())
		}
	}
	return []byte(b.String())
}

// formatLatex returns tables.tex, for \input in any article.
func formatLatex(all []*analysis) []byte {
	var b strings.Builder
	b.WriteString("% Load booktabs for its rules; without it they are plain.\n")
	for _, rule := range []string{"toprule", "midrule", "bottomrule"} {
		b.WriteString("\\providecommand{\\" + rule + "}{\\hline}\n")
	}
	b.WriteString("\n\\noindent " + texEscape(tablesNote) + "\n")
	for _, a := range all {
		for _, table := range a.sheets() {
			b.WriteString("\n" + table.latex())
		}
	}
	return []byte(b.String())
}
