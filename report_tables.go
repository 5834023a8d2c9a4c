package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Tables: results.csv, a row for each run; stats.csv, a row for each comparison, association and
// trend; and those of the answers, in Markdown and LaTeX. What does not apply is empty.

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

func (m measure) arrowed() string { return m.title + map[int]string{+1: " ↑", -1: " ↓"}[m.better] }

// levels has mean ± sd of every measure by activation, a table for each K at which c ran.
func (s *study) levels(c condition) (all []sheet) {
	for _, K := range s.ks {
		groups := s.grid(c, K)
		if groups == nil {
			continue
		}
		table := sheet{
			Name: fmt.Sprintf("levels-%s-k%d", slugOf(c.String()), K), Stubs: 1, Heads: []string{""},
			Caption: fmt.Sprintf("%s, %s, %s: mean ± standard deviation over the seeds; * infinite",
				s.name(), c, atK(K)),
		}
		for _, p := range groups {
			table.Heads = append(table.Heads, p.activation)
		}
		for _, m := range measures {
			row, some := names(m.arrowed()), false
			for _, p := range groups {
				all := s.values(p, m)
				values := slices.DeleteFunc(slices.Clone(all), func(v float64) bool { return !finite(v) })
				e := meanEntry(values)
				e.Main += only(s.infinite(p, m), "*")
				if n := len(values); 0 < n && n < len(all) {
					e.Sub += fmt.Sprintf(" (n = %d)", n)
				}
				row, some = append(row, e), some || len(values) > 0
			}
			if some {
				table.Rows = append(table.Rows, row)
			}
		}
		all = append(all, table)
	}
	return all
}

// meanEntry has two digits of the deviation.
func meanEntry(values []float64) entry {
	mean, sd := meanSD(values)
	switch {
	case !finite(mean):
		return entry{Main: "–"}
	case !(sd > 0) || math.Abs(mean) >= 1e5:
		return entry{Main: short(mean), Sub: only(finite(sd), "± "+short(sd))}
	}
	return entry{Main: fixed(mean, 1-exponent(sd, 7)), Sub: "± " + fixed(sd, 1-exponent(sd, 7))}
}

// entry has the shift as readers see it.
func (c comparison) entry() entry {
	text := func(v float64) string { return aligned(c.x.scaled(c.x.group, c.measure, v)) }
	e := entry{Main: plus(c.shift.Value, text(c.shift.Value)),
		Sub: fmt.Sprintf("%d/%d, r = %s, %s", c.wins(), c.n, fixed(c.test.RankBiserial, 2), pEquals(c.adjusted))}
	if !math.IsNaN(c.shift.Low) {
		e.Main += " [" + text(c.shift.Low) + ", " + text(c.shift.High) + "]"
	}
	return e
}

// Opens tells whether row i begins a group.
func (s sheet) Opens(i int) bool { return s.Stubs > 1 && i > 0 && s.Rows[i][0] != s.Rows[i-1][0] }

func (s sheet) markdown() string {
	safe := strings.NewReplacer("|", `\|`, "_", `\_`, "*", `\*`, "<", "&lt;").Replace
	text := "**" + safe(s.Caption) + "**\n\n"
	line := func(row []entry) {
		for _, e := range row {
			text += "| " + safe(strings.TrimSpace(e.Main+" "+e.Sub)) + " "
		}
		text += "|\n"
	}
	line(names(s.Heads...))
	text += strings.Repeat("|---", s.Stubs) + strings.Repeat("|--:", len(s.Heads)-s.Stubs) + "|\n"
	for _, row := range s.Rows {
		line(row)
	}
	return text + "\n"
}

// texRows is how many rows of two lines fit a page.
const texRows = 24

// latex is a table for each page of rows, as wide as the text, in ASCII. It needs booktabs and
// graphicx.
func (s sheet) latex(label string) (text string) {
	for n, rows := range slices.Collect(slices.Chunk(s.Rows, texRows)) {
		line := func(row []entry, of func(entry) string) {
			var cells []string
			for _, e := range row {
				cells = append(cells, texEscape(of(e)))
			}
			text += strings.Join(cells, " & ") + " \\\\\n"
		}
		main, sub := func(e entry) string { return e.Main }, func(e entry) string { return e.Sub }
		text += fmt.Sprintf("\\begin{table*}[!htbp]\n\\caption{%s}\n\\label{tab:infomax:%s-%d}\n"+
			"\\centering\\resizebox{\\textwidth}{!}{\\begin{tabular}{%s%s}\n\\toprule\n",
			texEscape(s.Caption), label, n+1, strings.Repeat("l", s.Stubs), strings.Repeat("r", len(s.Heads)-s.Stubs))
		line(names(s.Heads...), main)
		text += "\\midrule\n"
		for _, row := range rows {
			line(row, main)
			if slices.ContainsFunc(row, func(e entry) bool { return e.Sub != "" }) {
				line(row, sub)
			}
		}
		text += "\\bottomrule\n\\end{tabular}}\n\\end{table*}\n\n"
	}
	return text
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

// field is a value of a row under the name of its column.
type field struct{ name, text string }

// formatCSV writes rows of the same columns; blank is one for the names alone.
func formatCSV(blank []field, rows [][]field) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := func(row []field, of func(field) string) {
		var cells []string
		for _, f := range row {
			cells = append(cells, of(f))
		}
		w.Write(cells)
	}
	line(blank, func(f field) string { return f.name })
	for _, row := range rows {
		line(row, func(f field) string { return f.text })
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// formatResults returns results.csv, in the order of the runs.
func formatResults(runs []*Result) ([]byte, error) {
	var rows [][]field
	for _, r := range runs {
		rows = append(rows, resultRow(r))
	}
	return formatCSV(resultRow(&Result{}), rows)
}

func resultRow(r *Result) []field {
	c, count := r.Config, strconv.Itoa
	trained, components := c.trained(), c.Components > 0
	row := []field{
		{"id", r.ID},
		{"data", c.Data},
		{"components", only(components, count(c.Components))},
		{"whiten", only(components, shortest(c.Whiten))},
		{"below", only(c.stacked(), c.Below.String())},
		{"objective", c.Objective},
		{"activation", c.Activation},
		{"k", count(c.K)},
		{"lambda", only(c.hasLambda(), shortest(c.Lambda))},
		{"seed", strconv.FormatUint(c.Seed, 10)},
		{"epochs", only(trained, count(c.Epochs))},
		{"batch", only(trained, count(c.Batch))},
		{"learning_rate", only(trained, shortest(c.LearningRate))},
		{"tc_rows", count(c.TCRows)},
		{"status", r.Status},
		{"diverged_epoch", only(r.DivergedEpoch > 0, count(r.DivergedEpoch))},
		{"initial_loss", shortest(float64(r.InitialLoss))},
		{"final_loss", shortest(float64(r.FinalLoss))},
		{"epochs_to_90", only(r.EpochsTo90 > 0, count(r.EpochsTo90))},
	}
	row = append(row, metricFields("init_", r.Init)...)
	row = append(row, metricFields("final_", r.Final)...)
	return append(row, field{"final_probe_status", r.Final.ProbeStatus}, field{"weights_sha256", r.WeightsSHA256})
}

func metricFields(prefix string, state Metrics) (row []field) {
	for _, m := range metrics {
		if prefix == "final_" || !strings.HasPrefix(m.field, "probe_") { // of the final state alone
			row = append(row, field{prefix + m.field, shortest(m.of(state))})
		}
	}
	return append(row, field{prefix + "variance_ratio_status", state.VarianceRatioStatus},
		field{prefix + "tc_status", state.TCStatus}, field{prefix + "tc_units", strconv.Itoa(state.TCUnits)})
}

// statsColumns are those of stats.csv. x_ and y_ are what is compared; a trend is of x.
var statsColumns = strings.Fields(`
	data components whiten epochs batch learning_rate tc_rows test measure predictor k
	x_below x_objective x_lambda x_activation y_below y_objective y_lambda y_activation
	pairs wins ties shift shift_low shift_high rank_biserial rho page_l_less_mean p p_adjusted outcome`)

// formatStats returns stats.csv.
func formatStats(t *runTable) ([]byte, error) {
	var rows [][]field
	count := strconv.Itoa
	add := func(s *study, cells map[string]string, p, adjusted float64, outcome int) {
		for name, text := range map[string]string{
			"data": s.Data, "components": only(s.Components > 0, count(s.Components)),
			"whiten": only(s.Components > 0, shortest(s.Whiten)),
			"epochs": count(s.Epochs), "batch": count(s.Batch), "learning_rate": shortest(s.LearningRate),
			"tc_rows": count(s.TCRows), "p": shortest(p), "p_adjusted": shortest(adjusted),
			"outcome": only(outcome != 0, verdicts[outcome]),
		} {
			cells[name] = text
		}
		var row []field
		for _, name := range statsColumns {
			row = append(row, field{name, cells[name]})
		}
		rows = append(rows, row)
	}
	of := func(cells map[string]string, side string, p group) {
		cells[side+"below"] = only(p.below != layer{}, p.below.String())
		cells[side+"objective"] = p.objective
		cells[side+"lambda"] = only(p.hasLambda(), shortest(p.lambda))
		cells[side+"activation"] = p.activation
	}
	for _, c := range t.all {
		cells := map[string]string{
			"test": c.name, "measure": c.field, "k": count(c.x.K),
			"pairs": count(c.n), "wins": count(c.wins()), "ties": count(c.test.Ties),
			"shift": shortest(c.shift.Value), "shift_low": shortest(c.shift.Low),
			"shift_high": shortest(c.shift.High), "rank_biserial": shortest(c.test.RankBiserial),
		}
		of(cells, "x_", c.x.group)
		of(cells, "y_", c.y.group)
		add(c.x.study, cells, c.test.P, c.adjusted, c.outcome())
	}
	for _, s := range t.studies {
		for _, r := range t.trends[s] {
			cells := map[string]string{"test": "trend", "measure": r.field, "pairs": count(r.runs),
				"page_l_less_mean": shortest(float64(r.better) * r.size)}
			of(cells, "x_", group{condition: s.subject(), activation: r.of})
			add(s, cells, r.p, r.adjusted, r.outcome())
		}
		for _, r := range t.associations[s] {
			add(s, map[string]string{"test": "within", "measure": r.field, "predictor": r.predictor,
				"pairs": count(r.runs), "rho": shortest(float64(r.better*measureOf(r.predictor).better) * r.size)},
				r.p, r.adjusted, r.outcome())
		}
	}
	var blank []field
	for _, name := range statsColumns {
		blank = append(blank, field{name, ""})
	}
	return formatCSV(blank, rows)
}
