package main

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layersOf reads CONTRIBUTING.md's table of files, highest layer first: how far down the layer of each file
// stands. A file that the table does not name stands where its stem does, mat_x.go where mat.go.
func layersOf(t *testing.T, files []string) map[string]int {
	t.Helper()
	_, table, _ := strings.Cut(textOf(t, "CONTRIBUTING.md"), "| layer, highest first | files |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	stems, layers := map[string]int{}, map[string]int{}
	for depth, row := range strings.Split(table, "\n") {
		for _, stem := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(row, -1) {
			if stems[stem[1]] = depth; !slices.Contains(files, stem[1]+".go") {
				t.Errorf("CONTRIBUTING.md's table of files names %s, which is not there", stem[0])
			}
		}
	}
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".go")
		depth, named := stems[stem]
		if !named {
			stem, _, _ = strings.Cut(stem, "_")
			depth, named = stems[stem]
		}
		if !named && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s is not in CONTRIBUTING.md's table of files", file)
		}
		layers[file] = depth
	}
	return layers
}

// TestFilesUseOnlyLayersBelow: every file is in the table, and no package-level name or method is used in a layer
// below its own, except that a kernel's plain Go may stand where its formula is.
func TestFilesUseOnlyLayersBelow(t *testing.T) {
	all, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	layers := layersOf(t, all)
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range pkg.GoFiles {
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
	for use, object := range info.Uses {
		function, _ := object.(*types.Func)
		method := function != nil && function.Signature().Recv() != nil
		if object.Pkg() != own || object.Parent() != own.Scope() && !method {
			continue
		}
		from, to := fset.Position(use.Pos()), fset.Position(object.Pos())
		kernel := strings.HasPrefix(from.Filename, "mat") &&
			(to.Filename == "adam.go" || to.Filename == "activations.go")
		if layers[from.Filename] > layers[to.Filename] && !kernel {
			t.Errorf("%s uses %s of %s, a layer above it", from, object.Name(), to.Filename)
		}
	}
}
