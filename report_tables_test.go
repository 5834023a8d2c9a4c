package main

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
		{"no deviation", level(3.25, nan), "3.250 "},
		{"no mean", level(nan, nan), "– "},
		{"large", level(15000001.5, 2e5), "1.500×10⁷ ± 2.0×10⁵"},
		{"estimate", value, "1.235"},
		{"interval", interval, "[1.200, 1.300]"},
		{"no deviation, trailing zero", level(-0.38204, nan), "−0.3820 "},
		{"no minus before zero", fixed(-0.0004, 3) + " " + fixed(-0.0006, 3), "0.000 −0.001"},
		{"no plus before zero", plus(0.0004, fixed(0.0004, 3)) + " " + plus(0.5, "0.5"), "0.000 +0.5"},
		{"p", pEquals(0.03515625), "p = 0.035"},
		{"p, trailing zero", pEquals(0.3), "p = 0.30"},
		{"p just significant", pEquals(51.0 / 1024), "p = 0.0498"},
		{"p just significant, by less", pEquals(0.049999), "p = 0.049999"},
		{"p just not significant", pEquals(0.0503), "p = 0.0503"},
		{"p at the threshold", pEquals(significant), "p = 0.050"},
		{"p in print without powers of ten", pEquals(0.00012), "p = 0.00012"},
		{"p nearly one", pEquals(0.9999), "p = 1"},
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
	s.add(entry{main: "tanh"}, entry{main: "+0.5 [0.1, 0.9]", sub: "3/3, r = 1.00"})
	wantLatex := `\caption{100 \% \& more\_of \#1 \{x\} \$ \textasciitilde{} \textasciicircum{} \textbackslash{}}`
	if got := s.latex(); !strings.Contains(got, wantLatex) || !strings.Contains(got, "leaky\\_relu* & $-$1.5$\\times$10$^-$$^3$ \\\\\n & $\\pm$ 2 \\\\[1.5pt]\n") {
		t.Errorf("LaTeX:\n%s", got)
	}
	if got, want := s.markdown(), "| a\\|b | &lt;λ> |\n|---|--:|\n| leaky\\_relu\\* | −1.5×10⁻³ ± 2 |\n| tanh | +0.5 [0.1, 0.9]; 3/3, r = 1.00 |\n"; !strings.HasSuffix(got, want) {
		t.Errorf("Markdown (-want +got):\n%s", cmp.Diff(want, got))
	}
	if got := string(s.HTML()); !strings.Contains(got, "100 % &amp; more") || !strings.Contains(got, "&lt;λ&gt;") || !strings.Contains(got, "<td>−1.5×10⁻³<br><small>± 2</small></td>") {
		t.Errorf("HTML:\n%s", got)
	}
}

// manyTables has four settings, one of them with a table of 120 lines and one with the widest numbers.
func manyTables(t *testing.T) (runs []*Result) {
	t.Helper()
	for _, part := range []struct {
		data    string
		ks      []uint64
		seeds   int
		epochs  int
		lambdas []float64
	}{
		{"mnist", []uint64{4}, 6, 2, []float64{0.1, 1, 10}}, {"clusters", []uint64{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 7, 2, []float64{1}},
		{"clusters", []uint64{2}, 2, 3, []float64{1}}, {"uniform", []uint64{2}, 3, 2, []float64{0.1, 1}},
	} {
		runs = append(runs, madeUpRuns(madeUpGrid(t, part.data, activationNames, part.ks, part.lambdas, part.seeds, part.epochs), effect{rank: 1, correlation: 0.1})...)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return probed(runs, func(Config) float64 { return 0 })
}

func TestLatexTablesFitAPageAndLoseNothing(t *testing.T) {
	labels, inParts := map[string]bool{}, 0
	for _, s := range studies(manyTables(t)) {
		a := analyse(s)
		a.predictions = a.associations()
		for _, table := range a.sheets() {
			label := a.slug() + "-" + table.name
			if table.name == "" || labels[label] {
				t.Errorf("two tables are %s", label)
			}
			labels[label] = true
			cells := 0
			for _, part := range table.parts() {
				lines := 0
				for _, row := range part.rows {
					lines += rowLines(row)
					cells += len(row) - part.stubs
				}
				if lines > texLines || part.width() > texWidth {
					t.Errorf("%s: %d lines, %.0f pt wide", label, lines, part.width())
				}
			}
			if want := len(table.rows) * (len(table.heads) - table.stubs); cells != want {
				t.Errorf("%s: %d cells, want %d", label, cells, want)
			}
			if len(table.parts()) > 1 {
				inParts++
			}
		}
	}
	if inParts == 0 {
		t.Error("no table was so large that it had to be divided")
	}
}

func TestLatexTablesCompileInEveryClass(t *testing.T) {
	tables := reportOn(t, manyTables(t))["tables.tex"]
	for _, r := range tables {
		if r > 126 {
			t.Fatalf("tables.tex has %q, which a bare article may not know", r)
		}
	}
	compiler, err := exec.LookPath("pdflatex")
	if err != nil {
		t.Skip("the rest needs pdflatex")
	}
	for _, class := range []string{"{article}", "[twocolumn]{article}", "{IEEEtran}", "[aps,twocolumn]{revtex4-2}"} {
		t.Run(class, func(t *testing.T) {
			_, name, _ := strings.Cut(strings.TrimSuffix(class, "}"), "{")
			if exec.Command("kpsewhich", name+".cls").Run() != nil {
				t.Skip("there is no such class here")
			}
			dir := t.TempDir()
			article := "\\documentclass" + class + "\\begin{document}\\input{tables.tex}\\end{document}"
			for name, text := range map[string]string{"tables.tex": tables, "article.tex": article} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(compiler, "-interaction=nonstopmode", "-halt-on-error", "article.tex")
			cmd.Dir = dir
			output, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v:\n%s", err, output)
			}
			for _, bad := range []string{"Overfull", "Float too large", "unprocessed"} {
				if strings.Contains(string(output), bad) {
					t.Errorf("%s:\n%s", bad, output)
				}
			}
		})
	}
}
