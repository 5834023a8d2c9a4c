package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

// Tables: those of the answers, in Markdown and LaTeX, and stats.csv, a row for each comparison, association
// and trend. What does not apply is empty.

// entry is a cell: a value, and in smaller type what belongs to it.
type entry struct{ Main, Sub, Class string }

// sheet is a table; the first stubs of its columns name the row.
type sheet struct {
	Name, Caption string
	Heads         []string
	Stubs         int
	Rows          [][]entry
}

func names(texts ...string) (row []entry) {
	for _, text := range texts {
		row = append(row, entry{Main: text})
	}
	return row
}

func (m measure) arrowed() string {
	return m.label() + map[int]string{+1: " ↑", -1: " ↓"}[m.better]
}

// entries are n cells of what the tests found, in the colour of their verdict.
func entries(tests []comparison, n int) []entry {
	row := names(slices.Repeat([]string{"–"}, n)...) // not made, or of infinite total correlation
	for i, c := range tests {
		row[i] = c.entry()
		row[i].Class = verdicts[verdict(tests)]
	}
	return row
}

// levels has mean ± sd of every measure by activation, a table for each K at which c ran.
func (s *study) levels(c condition) (all []sheet) {
	for _, K := range s.ks {
		groups := s.grid(c, K)
		if groups == nil {
			continue
		}
		table := sheet{
			Name: slugOf(fmt.Sprintf("%s levels %s k%d", s.name(), c, K)), Stubs: 1, Heads: []string{""},
			Caption: fmt.Sprintf("%s, %s, %s: mean ± standard deviation over the seeds", s.name(), c, atK(K)),
		}
		for _, p := range groups {
			table.Heads = append(table.Heads, p.activation)
		}
		for _, m := range measures {
			row := names(m.arrowed())
			for _, p := range groups {
				row = append(row, meanEntry(s.values(p, m)))
			}
			if slices.ContainsFunc(row[1:], func(e entry) bool { return e.Main != "–" }) {
				table.Rows = append(table.Rows, row)
			}
		}
		all = append(all, table)
	}
	return all
}

// meanEntry has two digits of the deviation, over what is finite, and says of how many that is.
func meanEntry(all []float64) entry {
	values := slices.DeleteFunc(slices.Clone(all), func(v float64) bool { return !finite(v) })
	if len(values) == 0 {
		return entry{Main: "–"}
	}
	mean, sd := meanSD(values)
	e := entry{Main: short(mean), Sub: only(finite(sd), "± "+short(sd))}
	if decimals := 1 - exponent(sd, 2); sd > 0 && math.Abs(mean) < 1e5 {
		e.Main, e.Sub = fixed(mean, decimals), "± "+fixed(sd, decimals)
	}
	e.Sub += only(len(values) < len(all), fmt.Sprintf(" (n = %d)", len(values)))
	return e
}

// entry has the shift as readers see it.
func (c comparison) entry() entry {
	text := func(v float64) string { return aligned(v * c.x.scale(c.x.group, c.measure)) }
	e := entry{Main: only(c.shift.Value > 0, "+") + text(c.shift.Value),
		Sub: fmt.Sprintf("%d/%d, r = %s, p = %s", c.wins(), c.n, fixed(c.effect, 2), aligned(c.adjusted))}
	switch {
	case !finite(c.shift.Value):
		e.Main = "no value"
	case !math.IsNaN(c.shift.Low):
		e.Main += " [" + text(c.shift.Low) + ", " + text(c.shift.High) + "]"
	}
	return e
}

// Opens tells whether row i begins a group.
func (s sheet) Opens(i int) bool { return s.Stubs > 1 && i > 0 && s.Rows[i][0] != s.Rows[i-1][0] }

// formatTables returns tables.md and tables.tex: the tables of every answer, and every level.
func formatTables(studies []*study, all []answered) (md, tex []byte, err error) {
	var tables []sheet
	for _, a := range all {
		for _, s := range studies {
			tables = append(tables, a.by[s].Tables...)
		}
	}
	for _, s := range studies {
		for _, c := range s.conditions {
			tables = append(tables, s.levels(c)...)
		}
	}
	there := map[string]bool{} // some answers have the same table
	tables = slices.DeleteFunc(tables, func(s sheet) bool {
		was := there[s.Name]
		there[s.Name] = true
		return was
	})
	var inMarkdown, inTeX bytes.Buffer
	err = errors.Join(mdTables.Execute(&inMarkdown, tables), texTables.Execute(&inTeX, tables))
	return inMarkdown.Bytes(), inTeX.Bytes(), err
}

// Numbers are the columns that name no row.
func (s sheet) Numbers() int { return len(s.Heads) - s.Stubs }

// Pages divides rows, of two lines each, for pages in LaTeX.
func (s sheet) Pages() [][][]entry { return slices.Collect(slices.Chunk(s.Rows, 24)) }

var mdTables = tableTemplate(`# InfoMax across activations: tables

A comparison is a shift [exact interval], in how many of the seeds x is better, the rank-biserial r, and the
adjusted p (Holm).

<<range .>>**<<md .Caption>>**

|<<range .Heads>> <<md .>> |<<end>>
<<repeat "|---" .Stubs>><<repeat "|--:" .Numbers>>|
<<range .Rows>>|<<range .>> <<md .Main>><<with .Sub>> <<md .>><<end>> |<<end>>
<<end>>
<<end>>`)

var texTables = tableTemplate(`% \input{tables.tex}, or copy one table. It needs the packages booktabs and graphicx.

<<range $i, $table := .>><<range $page, $rows := .Pages>>\begin{table*}[!htbp]
\caption{<<tex $table.Caption>>}
\label{tab:infomax:<<$table.Name>>-<<$page>>}
\centering\resizebox{\textwidth}{!}{\begin{tabular}{<<repeat "l" $table.Stubs>><<repeat "r" $table.Numbers>>}
\toprule
<<range $j, $head := $table.Heads>><<if $j>> & <<end>><<tex .>><<end>> \\
\midrule
<<range $rows>><<range $j, $e := .>><<if $j>> & <<end>><<tex .Main>><<end>> \\
<<if subs .>><<range $j, $e := .>><<if $j>> & <<end>><<tex .Sub>><<end>> \\
<<end>><<end>>\bottomrule
\end{tabular}}
\end{table*}

<<end>><<if sixth $i>>\clearpage

<<end>><<end>>`)

func tableTemplate(text string) *template.Template {
	return template.Must(template.New("").Delims("<<", ">>").Funcs(template.FuncMap{
		"repeat": strings.Repeat,
		"md":     strings.NewReplacer("|", `\|`, "_", `\_`, "*", `\*`, "<", "&lt;").Replace,
		"tex":    texEscape,
		"subs":   func(row []entry) bool { return slices.ContainsFunc(row, func(e entry) bool { return e.Sub != "" }) },
		"sixth":  func(i int) bool { return i%6 == 5 }, // LaTeX keeps few floats
	}).Parse(text))
}

// texEscape writes what the report writes in TeX, and ? for any other letter that is not ASCII.
func texEscape(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, texSpelling.Replace(text))
}

// texSpelling has what is to be replaced before what by.
var texSpelling = strings.NewReplacer(strings.Fields(`
	\ \textbackslash{}  { \{  } \}  $ \$  & \&  # \#  % \%  _ \_  ~ \textasciitilde{}  ^ \textasciicircum{}
	< $<$  > $>$  → $\to$  ↑ $\uparrow$  ↓ $\downarrow$  λ $\lambda$  ρ $\rho$  ± $\pm$  − $-$  × $\times$
	∞ $\infty$  ‖ $\Vert$  – --  ’ '  … \ldots{}  ⁻ $^-$
	⁰ $^0$  ¹ $^1$  ² $^2$  ³ $^3$  ⁴ $^4$  ⁵ $^5$  ⁶ $^6$  ⁷ $^7$  ⁸ $^8$  ⁹ $^9$`)...)

// formatStats returns stats.csv.
func formatStats(studies []*study) ([]byte, error) {
	var all []comparison
	for _, s := range studies {
		all = append(all, s.comparisons...)
	}
	return formatCSV(comparison{pair: pair{x: side{study: &study{}}}}, all, statsRow)
}

// statsRow has what is compared in columns x_ and y_; without y, what is of pairs is empty.
func statsRow(c comparison) []field {
	s, paired := c.x.study, c.y.study != nil
	return slices.Concat(dataFields(s.Config), fields(
		"epochs", s.Epochs,
		"batch", s.Batch,
		"learning_rate", s.LearningRate,
		"tc_rows", s.TCRows,
		"test", c.name,
		"measure", c.field,
		"predictor", c.predictor,
		"k", where(paired, c.x.K),
	), groupFields("x_", c.x.group), groupFields("y_", c.y.group), fields(
		"pairs", c.n,
		"wins", where(paired, c.wins()),
		"ties", where(paired, c.signs.Ties),
		"shift", where(paired, c.shift.Value),
		"shift_low", where(paired, c.shift.Low),
		"shift_high", where(paired, c.shift.High),
		"rank_biserial", where(paired, c.effect),
		"rho", where(c.name == "within", c.effect),
		"page_l_less_mean", where(c.name == "trend", c.effect),
		"p", c.p,
		"p_adjusted", c.adjusted,
		"outcome", where(c.outcome() != 0, verdicts[c.outcome()]),
	))
}

func groupFields(side string, p group) []field {
	return fields(
		side+"below", where(p.below != layer{}, p.below),
		side+"objective", p.objective,
		side+"lambda", where(p.hasLambda(), p.lambda),
		side+"activation", p.activation,
	)
}
