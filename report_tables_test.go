package main

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersAsTheyArePrinted(t *testing.T) {
	nan := math.NaN()
	level := func(mean, sd float64) string {
		value, deviation := levelTexts(mean, sd)
		return value + " " + deviation
	}
	value, interval := estimateTexts(intervalEstimate{Value: 1.23456, Low: 1.2, High: 1.3, Level: 0.95})
	tests := []struct{ name, got, want string }{
		{"mean to its deviation's digits", level(12.3456, 0.0123), "12.346 ± 0.012"},
		{"no spread", level(3, 0), "3 ± 0"},
		{"no deviation", level(3.25, nan), "3.25 "},
		{"no mean", level(nan, nan), "– "},
		{"large", level(1.5e7, 2e5), "1.5×10⁷ ± 2×10⁵"},
		{"estimate", value, "1.235"},
		{"interval", interval, "[1.200, 1.300]"},
		{"p", pEquals(0.03515625), "p = 0.035"},
		{"small p", pEquals(1e-9), "p < 0.0001"},
		{"no p", pText(nan), "–"},
		{"roughly", roughly(-1.047) + " " + roughly(16.98) + " " + roughly(0.000123), "−1 17 0.00012"},
		{"ranges", ranges([]uint64{1, 2, 3, 7, 9, 10}, "–"), "1–3, 7, 9–10"},
		{"listing", listing([]string{"a"}) + "; " + listing([]string{"a", "b", "c"}), "a; a, b and c"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestSheetsEscapeWhatTheirFormatsReserve(t *testing.T) {
	s := sheet{caption: `100 % & more_of #1 {x} $ ~ ^ \`, heads: []string{"a|b", "<λ>"}, stubs: 1}
	s.add(entry{main: "leaky_relu*"}, entry{main: "−1.5×10⁻³", sub: "± 2"})
	wantLatex := `\caption{100 \% \& more\_of \#1 \{x\} \$ \textasciitilde{} \textasciicircum{} \textbackslash{}}`
	if got := s.latex(); !strings.Contains(got, wantLatex) || !strings.Contains(got, "leaky\\_relu* & $-$1.5$\\times$10$^-$$^3$ \\\\\n & $\\pm$ 2 \\\\\n") {
		t.Errorf("LaTeX:\n%s", got)
	}
	if got, want := s.markdown(), "| a\\|b | &lt;λ> |\n|---|--:|\n| leaky\\_relu\\* | −1.5×10⁻³ ± 2 |\n"; !strings.HasSuffix(got, want) {
		t.Errorf("Markdown (-want +got):\n%s", cmp.Diff(want, got))
	}
	if got := string(s.HTML()); !strings.Contains(got, "100 % &amp; more") || !strings.Contains(got, "&lt;λ&gt;") || !strings.Contains(got, "<td>−1.5×10⁻³<br><small>± 2</small></td>") {
		t.Errorf("HTML:\n%s", got)
	}
}

func TestLatexTablesCompileInABareArticle(t *testing.T) {
	files := reportOn(t, madeUpRuns(madeUpGrid(t, "mnist", activationNames, []uint64{4}, []float64{0.1, 1}, 6, 2), effect{}))
	for _, r := range files["tables.tex"] {
		if r > 126 {
			t.Fatalf("tables.tex has %q, which a bare article may not know", r)
		}
	}
	compiler, err := exec.LookPath("pdflatex")
	if err != nil {
		t.Skip("the rest needs pdflatex")
	}
	dir := t.TempDir()
	article := "\\documentclass{article}\\begin{document}\\input{tables.tex}\\end{document}"
	for name, text := range map[string]string{"tables.tex": files["tables.tex"], "article.tex": article} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(compiler, "-interaction=nonstopmode", "-halt-on-error", "article.tex")
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, output)
	}
}
