package main

import (
	"fmt"
	"slices"
	"strings"
)

// Tables as LaTeX, for papers in one column or two. Every table stands across the page (table*, which in one
// column is table) and is no wider than the narrowest usual one, that of article at 10 pt. What is wider
// is divided into groups of columns, what is longer than a page into parts by its rows; each is a table
// with a label of its own, between lines that open and close it, to be copied or taken by its name.

const (
	texWidth  = 345.0 // pt, \textwidth of article
	texSep    = 3.0   // \tabcolsep
	texSize   = 7.0   // of \scriptsize at 10 pt
	texFold   = 39.0  // pt, of a head that stays in one line; the name of a row may be twice as wide
	texLines  = 48    // of 8 pt, in one table
	texFloats = 10    // that wait for a page, of LaTeX's 18
)

const texPreamble = `% All tables: \input{tables.tex}. One: copy what is between its two %< lines, or with the package
% catchfilebetweentags \ExecuteMetaData[tables.tex]{name}; \ref{tab:infomax:name} is its number.
% Load booktabs for its rules; without it they are plain, by these three lines.
\providecommand{\toprule}{\hline\rule{0pt}{2.5ex}}
\providecommand{\midrule}{\hline\rule{0pt}{2.5ex}}
\providecommand{\bottomrule}{\hline}
`

// formatLatex returns tables.tex.
func formatLatex(all []*analysis) []byte {
	text := texPreamble + "\n\\noindent " + texEscape(tablesNote()) + "\n"
	floats := 0
	for _, a := range all {
		for _, table := range a.sheets() {
			parts := table.parts()
			for i, part := range parts {
				part.name = a.slug() + "-" + part.name
				if i > 0 {
					part.name += fmt.Sprintf("-%d", i+1)
				}
				if len(parts) > 1 {
					part.caption += fmt.Sprintf(" (part %d of %d)", i+1, len(parts))
				}
				if floats++; floats%texFloats == 0 {
					text += "\n\\clearpage % lest too many tables wait for a page\n"
				}
				text += "\n%<*" + part.name + ">\n" + part.latex() + "%</" + part.name + ">\n"
			}
		}
	}
	return []byte(text)
}

// parts divides s into tables that fit a page: by rows, and these by columns.
func (s sheet) parts() (all []sheet) {
	s = s.folded()
	for _, rows := range s.pages() {
		part := s
		part.rows = rows
		all = append(all, part.columns()...)
	}
	return all
}

// fold breaks text that is wider than limit in two, at the last space of its first three fifths; else second is empty.
func fold(text string, limit float64) (first, second string) {
	middle := strings.LastIndex(text[:len(text)*3/5], " ")
	if middle < 0 || texTextWidth(text) <= limit {
		return text, ""
	}
	return text[:middle], text[middle+1:]
}

// folded is s with wide names of rows in two lines, where the row has two.
func (s sheet) folded() sheet {
	rows := s.rows
	s.rows = nil
	for _, row := range rows {
		row = slices.Clone(row)
		for i := range s.stubs {
			if rowLines(row) > 1 {
				row[i].main, row[i].sub = fold(row[i].main, 2*texFold)
			}
		}
		s.add(row...)
	}
	return s
}

// headRow are the heads: wide ones fill two lines, and the others then stand in the second.
func (s *sheet) headRow() (row []entry) {
	for _, head := range s.heads {
		first, second := fold(head, texFold)
		row = append(row, entry{main: first, sub: second})
	}
	if rowLines(row) > 1 {
		for i, e := range row {
			if e.sub == "" {
				row[i] = entry{sub: e.main}
			}
		}
	}
	return row
}

// pages divides the rows: where a group opens if that is possible.
func (s *sheet) pages() (all [][][]entry) {
	from, opened, lines := 0, 0, 0
	for i, row := range s.rows {
		if s.opens(i) {
			opened = i
		}
		if lines += rowLines(row); lines > texLines && i > from {
			end := i
			if opened > from {
				end = opened
			}
			all, from, lines = append(all, s.rows[from:end]), end, 0
			for _, row := range s.rows[from : i+1] {
				lines += rowLines(row)
			}
		}
	}
	return append(all, s.rows[from:])
}

// rowLines is how many lines a row takes.
func rowLines(row []entry) int {
	if slices.ContainsFunc(row, func(e entry) bool { return e.sub != "" }) {
		return 2
	}
	return 1
}

// columns divides s into the fewest groups of about as many columns that fit; each has the stubs.
func (s sheet) columns() (all []sheet) {
	n := len(s.heads) - s.stubs
	for groups := 1; ; groups++ {
		all = nil
		fit := true
		for g := range groups {
			from, to := s.stubs+g*n/groups, s.stubs+(g+1)*n/groups
			part := s
			part.heads, part.rows = slices.Concat(s.heads[:s.stubs], s.heads[from:to]), nil
			for _, row := range s.rows {
				part.add(slices.Concat(row[:s.stubs], row[from:to])...)
			}
			all, fit = append(all, part), fit && part.width() <= texWidth
		}
		if fit || groups >= n {
			return all
		}
	}
}

// width is about that of s in LaTeX, in pt, and no less.
func (s *sheet) width() (width float64) {
	for i := range s.heads {
		widest := 0.0
		for _, row := range append(s.rows, s.headRow()) {
			widest = max(widest, texTextWidth(row[i].main), texTextWidth(row[i].sub))
		}
		width += widest + 2*texSep
	}
	return width
}

// texTextWidth is about the width of text in Computer Modern at texSize, which is wider than Times.
func texTextWidth(text string) float64 {
	width := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijl.,:;'()[]!| ", r):
			width += 0.36
		case strings.ContainsRune("frst", r):
			width += 0.47
		case strings.ContainsRune("mwMW%±−×→↑↓<>=≥≤∞–⁻", r), 'A' <= r && r <= 'Z':
			width += 0.92
		default:
			width += 0.59
		}
	}
	return texSize * width
}

// latex writes an entry's smaller part in a line of its own. Rules are those of booktabs, or
// plain ones where it is not loaded.
func (s *sheet) latex() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\\begin{table*}[!htbp]\n\\caption{%s}\n\\label{tab:infomax:%s}\n", texEscape(s.caption), s.name)
	fmt.Fprintf(&b, "\\centering\\scriptsize\\setlength{\\tabcolsep}{%gpt}\n\\begin{tabular}{%s%s}\n\\toprule\n",
		texSep, strings.Repeat("l", s.stubs), strings.Repeat("r", len(s.heads)-s.stubs))
	line := func(row []entry, text func(entry) string, gap string) {
		for i, e := range row {
			b.WriteString(map[bool]string{true: "", false: " & "}[i == 0] + texEscape(text(e)))
		}
		b.WriteString(" \\\\" + gap + "\n")
	}
	main, sub := func(e entry) string { return e.main }, func(e entry) string { return e.sub }
	both := func(row []entry, gap string) {
		line(row, main, "")
		if rowLines(row) > 1 {
			line(row, sub, gap)
		}
	}
	both(s.headRow(), "")
	b.WriteString("\\midrule\n")
	for i, row := range s.rows {
		if s.opens(i) {
			b.WriteString("\\midrule\n")
		}
		both(row, "[1.5pt]")
	}
	b.WriteString("\\bottomrule\n\\end{tabular}\n\\end{table*}\n")
	return b.String()
}

// texEscape makes text safe for LaTeX: its special characters, and those that pdfTeX's fonts lack.
var texEscape = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", "$<$", ">", "$>$", "|", "$|$", `"`, "''",
	"λ", `$\lambda$`, "ρ", `$\rho$`, "±", `$\pm$`, "−", "$-$", "×", `$\times$`, "∞", `$\infty$`, "≥", `$\ge$`, "≤", `$\le$`,
	"–", "--", "…", `\ldots{}`, "δ", `$\delta$`, "↑", `$\uparrow$`, "↓", `$\downarrow$`, "·", `$\cdot$`,
	"⁰", "$^0$", "¹", "$^1$", "²", "$^2$", "³", "$^3$", "⁴", "$^4$", "⁵", "$^5$",
	"⁶", "$^6$", "⁷", "$^7$", "⁸", "$^8$", "⁹", "$^9$", "⁻", "$^-$",
).Replace
