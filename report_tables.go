package main

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
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

// levelTexts writes a mean to the decimals that its standard deviation supports, two significant
// digits of it: "12.346" and "± 0.012". Without a deviation the second is empty.
func levelTexts(mean, sd float64) (value, deviation string) {
	switch {
	case !finite(mean):
		return "–", ""
	case !finite(sd):
		return short(mean), ""
	case sd == 0:
		return short(mean), "± 0"
	}
	decimals := 1 - exponent(sd)
	if decimals > 5 || math.Abs(mean) >= 1e5 {
		return short(mean), "± " + readable(strconv.FormatFloat(sd, 'g', 2, 64))
	}
	return fixed(mean, decimals), "± " + fixed(sd, decimals)
}

// estimateTexts writes an estimate to the decimals that its interval supports, two significant
// digits of half its width: "1.23" and "[1.02, 1.44]". Without an interval the second is empty.
func estimateTexts(e intervalEstimate) (value, interval string) {
	half := (e.High - e.Low) / 2
	if !finite(half) {
		return short(e.Value), ""
	}
	decimals := 1 - exponent(half)
	text := func(x float64) string { return fixed(x, decimals) }
	if half == 0 || decimals > 6 || math.Abs(e.Value) >= 1e5 {
		text = short
	}
	return text(e.Value), "[" + text(e.Low) + ", " + text(e.High) + "]"
}

// A sheet is a table, written as Markdown, LaTeX and HTML.

// entry is a cell of a sheet: a value, and in smaller type what belongs to it.
type entry struct {
	main, sub string
	class     string // of CSS
}

type sheet struct {
	caption string
	heads   []string // the first stubs of them name rows
	stubs   int
	rows    [][]entry
}

func (s *sheet) add(row ...entry) { s.rows = append(s.rows, row) }

// names are entries without anything smaller.
func names(texts ...string) (row []entry) {
	for _, text := range texts {
		row = append(row, entry{main: text})
	}
	return row
}

// opens tells whether row i begins a group: its first name is not that of the row before.
func (s *sheet) opens(i int) bool {
	return s.stubs > 1 && i > 0 && s.rows[i][0] != s.rows[i-1][0]
}

// markdown writes an entry's parts in one line.
func (s *sheet) markdown() string {
	var b strings.Builder
	cell := strings.NewReplacer("|", `\|`, "_", `\_`, "*", `\*`, "<", "&lt;")
	fmt.Fprintf(&b, "**%s**\n\n", cell.Replace(s.caption))
	for _, head := range s.heads {
		b.WriteString("| " + cell.Replace(head) + " ")
	}
	b.WriteString("|\n")
	for i := range s.heads {
		b.WriteString(map[bool]string{true: "|---", false: "|--:"}[i < s.stubs])
	}
	b.WriteString("|\n")
	for _, row := range s.rows {
		for _, e := range row {
			b.WriteString("| " + cell.Replace(strings.TrimSpace(e.main+" "+e.sub)) + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// latex writes an entry's smaller part in a line of its own. Rules are those of booktabs, or
// plain ones where it is not loaded.
func (s *sheet) latex() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\\begin{table}[htbp]\n\\centering\\scriptsize\\setlength{\\tabcolsep}{3pt}\n\\caption{%s}\n", texEscape(s.caption))
	fmt.Fprintf(&b, "\\makebox[\\textwidth]{\\begin{tabular}{%s%s}\n\\toprule\n",
		strings.Repeat("l", s.stubs), strings.Repeat("r", len(s.heads)-s.stubs))
	line := func(text func(i int) string) {
		for i := range s.heads {
			b.WriteString(map[bool]string{true: "", false: " & "}[i == 0] + texEscape(text(i)))
		}
		b.WriteString(" \\\\\n")
	}
	line(func(i int) string { return s.heads[i] })
	b.WriteString("\\midrule\n")
	for i, row := range s.rows {
		if s.opens(i) {
			b.WriteString("\\midrule\n")
		}
		line(func(i int) string { return row[i].main })
		for _, e := range row {
			if e.sub != "" {
				line(func(i int) string { return row[i].sub })
				break
			}
		}
	}
	b.WriteString("\\bottomrule\n\\end{tabular}}\n\\end{table}\n")
	return b.String()
}

// HTML is for the report's page.
func (s *sheet) HTML() template.HTML {
	var b strings.Builder
	cells := func(tag, scope string, e entry) {
		b.WriteString("<" + tag + scope)
		if e.class != "" {
			b.WriteString(` class="` + e.class + `"`)
		}
		b.WriteString(">" + escape(e.main))
		if e.sub != "" {
			b.WriteString("<br><small>" + escape(e.sub) + "</small>")
		}
		b.WriteString("</" + tag + ">")
	}
	b.WriteString("<div class=\"wide\"><table>\n<caption>" + escape(s.caption) + "</caption>\n<thead><tr>")
	for _, head := range s.heads {
		cells("th", ` scope="col"`, entry{main: head})
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for i, row := range s.rows {
		b.WriteString(map[bool]string{true: `<tr class="group">`, false: "<tr>"}[s.opens(i)])
		for i, e := range row {
			if i < s.stubs {
				cells("th", ` scope="row"`, e)
			} else {
				cells("td", "", e)
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table></div>\n")
	return template.HTML(b.String())
}

// texEscape makes text safe for LaTeX: its special characters, and those that pdfTeX's fonts lack.
var texEscape = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", "$<$", ">", "$>$", "|", "$|$", `"`, "''",
	"λ", `$\lambda$`, "±", `$\pm$`, "−", "$-$", "×", `$\times$`, "∞", `$\infty$`, "≥", `$\ge$`, "≤", `$\le$`,
	"–", "--", "…", `\ldots{}`, "δ", `$\delta$`, "↑", `$\uparrow$`, "↓", `$\downarrow$`, "·", `$\cdot$`,
	"⁰", "$^0$", "¹", "$^1$", "²", "$^2$", "³", "$^3$", "⁴", "$^4$", "⁵", "$^5$",
	"⁶", "$^6$", "⁷", "$^7$", "⁸", "$^8$", "⁹", "$^9$", "⁻", "$^-$",
).Replace
