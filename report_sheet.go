package main

import (
	"fmt"
	"html/template"
	"strings"
)

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
