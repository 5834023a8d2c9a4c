package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Tables, and their three forms.

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
			"\\centering\\resizebox{\\textwidth}{!}{\\begin{tabular}{%s%s}\n\\toprule\n", texEscape(s.Caption), label, n+1,
			strings.Repeat("l", s.Stubs), strings.Repeat("r", len(s.Heads)-s.Stubs))
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
