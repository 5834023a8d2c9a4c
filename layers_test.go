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
	"slices"
	"strings"
	"testing"
)

// layers are the rooms of the program, lowest first: what a room uses lies in it or below it.
// A stem with a star is a family of files. The report's files are layers of their own.
var layers = []struct{ room, files string }{
	{"basics", "numbers files"},
	{"linear algebra", "mat*"},
	{"statistics", "stats*"},
	{"inputs", "data mnist* synth"},
	{"total correlation", "tc*"},
	{"the experiment", "config activations infomax* reconstruction adam metrics train"},
	{"formats", "npz svg*"},
	{"report: the runs arranged", "report_study"},
	{"report: what is missing", "report_missing"},
	{"report: comparisons", "report_comparisons"},
	{"report: verdict", "report_verdict"},
	{"report: figures", "report_figures"},
	{"report: tables", "report_tables"},
	{"report: findings", "report_findings"},
	{"report: questions", "report_questions"},
	{"report: CSV files", "report_csv"},
	{"report: the page", "report"},
	{"sweeps", "sweep*"},
	{"command line", "main*"},
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

// TestReadmeShowsTheLayers: its list is the one above.
func TestReadmeShowsTheLayers(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, layer := range slices.Backward(layers) {
		fmt.Fprintf(&want, "    %-26s%s\n", layer.room, layer.files)
	}
	if !strings.Contains(string(readme), "\n\n"+want.String()+"\n") {
		t.Errorf("README.md does not show the layers:\n%s", want.String())
	}
}
