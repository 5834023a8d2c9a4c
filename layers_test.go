package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layers are the rooms of the program, lowest first: what a room uses lies in it or below it.
// A stem with a star is a family of files. The report's files are layers of their own.
var layers = []struct{ room, files, holds string }{
	{"basics", "numbers files*", "random streams, numbers as text; files written whole"},
	{"linear algebra", "mat*", "`mat`: dense products; `mat_sparse`: products with images, kept in squares of 2×2 pixels; `mat_elementary`: exp, log, tanh, the elementwise kernels, Adam's step; `mat_tiles`: wide matrices; `mat_svd`: singular values, by Jacobi; `mat_eigen`: spectra of large matrices; `mat_amd64` and its `.h`, `.s`: all kernels again with AVX2 and AVX-512; `mat_arm64`: some with NEON"},
	{"statistics", "stats*", "t tests and Holm's correction; `stats_ranks`: the signed-rank test, which decides, and others of ranks; `stats_ties`: what counts as equal; `stats_estimates`: shifts, means, intervals; `stats_strata`: rank correlation between and within conditions; `stats_trend`: what grows with K; `stats_special`: gamma, beta, ψ, Φ⁻¹"},
	{"NumPy files", "npz*", "archives of arrays, as this program writes them; `npz_foreign`: as others do"},
	{"inputs", "data* mnist* synth", "sparse and dense rows; `data_load`: data sets by name; `data_own`: your own data; `mnist_fetch`: cache, module and mirrors, one after another, and their checksums; `mnist_shifted`: MNIST moved; the data in the plane"},
	{"total correlation", "tc*", "normal scores and the Gaussian estimate; `tc_neighbors`: kNN and the tree"},
	{"the experiment", "config activations infomax* reconstruction pca adam lbfgs probe* metrics train run stack", "`config`: settings; `activations`: each f with its derivative, name and colour; `infomax`: the loss, and `infomax_wide` where K > N (more units than rows); `reconstruction`: the autoencoders' losses; `pca`: principal components; `adam`: the optimiser; `lbfgs`: the probes' optimiser; `probe`: linear probes, and `probe_rows` where there are many units; `metrics`: effective rank and all that is measured; `train`: the steps; `run`: what is around them; `stack`: a layer on a frozen one"},
	{"drawing", "svg*", "figures, element by element; `svg_filters`: weights as images; `svg_plane`: in the plane"},
	{"report 1: study", "report_study*", "the runs arranged: which belong together, what is compared, where, by which measure"},
	{"report 2: missing", "report_missing", "what a study lacks, and the command that makes it"},
	{"report 3: comparisons", "report_comparisons report_associations report_trends", "every test, corrected within its family; whether redundancy goes with accuracy; trends over K"},
	{"report 4: verdict", "report_verdict report_stacks report_originals", "the rule for confirmed, refuted, mixed and undecided, and the headline; the same of stacks; larger data against the original"},
	{"report 5: figures", "report_figures", "what each figure shows"},
	{"report 6: tables", "report_tables*", "levels and tests, as Markdown, LaTeX and HTML"},
	{"report 7: findings", "report_findings", "what is seen, in computed sentences"},
	{"report 8: expectations", "report_expectations", "the note's three expectations; the second verdict, on features; other choices"},
	{"report 9: questions", "report_questions", "the note's further questions: activations, λ and its sweet spot"},
	{"report 10: follow-ups", "report_followups report_depth report_transfer report_scale* report_downstream", "the note's questions for later, a chapter each"},
	{"report 11: CSV", "report_csv", "results.csv and stats.csv"},
	{"report 12: page", "report", "the sections; with report.html.tmpl the page"},
	{"sweeps", "sweep*", "workers, what is derived, progress; `sweep_grid`: grids, -shard; `sweep_store`: run folders and their checksums"},
	{"command line", "main*", "what is printed; `main_flags`: flags and usage; `main_verify`: rows of results.csv run again"},
}

// layerOf returns the layer of a file, −1 if it has none.
func layerOf(file string) int {
	name := strings.TrimSuffix(filepath.Base(file), ".go")
	for i, layer := range layers {
		for _, stem := range strings.Fields(layer.files) {
			family, many := strings.CutSuffix(stem, "*")
			if name == family || many && strings.HasPrefix(name, family+"_") {
				return i
			}
		}
	}
	return -1
}

// TestRoomsUseOnlyWhatLiesBelow: no package-level name or method is used in a layer below its own.
func TestRoomsUseOnlyWhatLiesBelow(t *testing.T) {
	fset := token.NewFileSet()
	var files []*ast.File
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pkg.GoFiles {
		if layerOf(name) < 0 {
			t.Errorf("%s belongs to no room", name)
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil), FakeImportC: true}
	own, err := config.Check("infomax", fset, files, &info)
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for use, object := range info.Uses {
		function, _ := object.(*types.Func)
		method := function != nil && function.Signature().Recv() != nil
		if object.Pkg() != own || object.Parent() != own.Scope() && !method {
			continue
		}
		from, to := fset.Position(use.Pos()), fset.Position(object.Pos())
		if layerOf(from.Filename) < layerOf(to.Filename) {
			broken = append(broken, fmt.Sprintf("%s:%d uses %s of %s, which lies above it", from.Filename, from.Line, object.Name(), to.Filename))
		}
	}
	slices.Sort(broken)
	for _, line := range broken {
		t.Error(line)
	}
}

// textOf is a file of text, without the line ends that Git may have made its own.
func textOf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// TestReadmeShowsTheLayers: its list is the one above.
func TestReadmeShowsTheLayers(t *testing.T) {
	readme := textOf(t, "README.md")
	var want strings.Builder
	for _, layer := range slices.Backward(layers) {
		fmt.Fprintf(&want, "| %s | `%s` | %s |\n", layer.room, strings.ReplaceAll(layer.files, " ", "` `"), layer.holds)
	}
	if !strings.Contains(readme, "|---|---|---|\n"+want.String()+"\n") {
		t.Errorf("README.md does not show the layers:\n%s", want.String())
	}
}

// TestFilesNamedInCommentsAreThere: a comment that sends the reader to a file of this program names one that it has.
func TestFilesNamedInCommentsAreThere(t *testing.T) {
	comments := regexp.MustCompile(`//.*`)
	file := regexp.MustCompile(`\b[a-z0-9_]+\.go\b`)
	found := 0
	for _, pattern := range []string{"*.go", "*.h", "*.s"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			for _, comment := range comments.FindAllString(textOf(t, name), -1) {
				for _, other := range file.FindAllString(comment, -1) {
					found++
					if _, err := os.Stat(other); err != nil {
						t.Errorf("%s names %s: %s", name, other, comment)
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("no comment names a file")
	}
}
