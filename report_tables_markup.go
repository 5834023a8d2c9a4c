package main

import (
	"fmt"
	"html/template"
	"strings"
)

// Tables as Markdown and as HTML.

// formatMarkdown returns tables.md.
func formatMarkdown(all []*analysis) []byte {
	text := "# InfoMax across activations: tables\n\n" + tablesNote() + "\n"
	for _, a := range all {
		for _, table := range a.sheets() {
			text += "\n" + table.markdown()
		}
	}
	return []byte(text)
}

// opens tells whether row i begins a group: its first name is not that of the row before.
func (s *sheet) opens(i int) bool {
	return s.stubs > 1 && i > 0 && s.rows[i][0] != s.rows[i-1][0]
}

// markdown writes an entry's parts in one line: "1.23 ± 0.01", but "+0.5; 10/10, p = 0.035".
func (s *sheet) markdown() string {
	var b strings.Builder
	safe := strings.NewReplacer("|", `\|`, "_", `\_`, "*", `\*`, "<", "&lt;").Replace
	line := func(row []entry) {
		for _, e := range row {
			between := " "
			if e.sub != "" && !strings.ContainsAny("±[(", string([]rune(e.sub)[:1])) {
				between = "; "
			}
			b.WriteString("| " + safe(strings.TrimSpace(e.main+between+e.sub)) + " ")
		}
		b.WriteString("|\n")
	}
	fmt.Fprintf(&b, "**%s**\n\n", safe(s.caption))
	line(names(s.heads...))
	b.WriteString(strings.Repeat("|---", s.stubs) + strings.Repeat("|--:", len(s.heads)-s.stubs) + "|\n")
	for _, row := range s.rows {
		line(row)
	}
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
	b.WriteString("<div class=\"wide\"><table>\n<caption><span>" + escape(s.caption) + "</span></caption>\n<thead><tr>")
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
