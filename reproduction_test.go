package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
)

// REPRODUCTION.md is made here, the source study's figures beside ours. The published figures are typed in below; ours are
// read from testdata/published*.csv, each a results.csv, and testdata/published_tc.csv, the loss's terms, which results.csv
// has only as their sum. The prose is testdata/reproduction.md.tmpl; reproduction_page_test.go computes what it says of numbers.

var (
	update        = flag.Bool("update", false, "write REPRODUCTION.md")
	publishedRuns = flag.String("published", "", "folder that has the folders published and published_start: "+
		"hold their runs against testdata, or with -update put them there")
)

const (
	reproductionPage = "REPRODUCTION.md"
	publishedTC      = "testdata/published_tc.csv"
)

// publishedFolders are what the runs are made into: by the program as it is, and as testdata/published_start.patch makes it.
var publishedFolders = []string{"published", "published_start"}

// reproductionCommands make the runs of each folder.
var reproductionCommands = map[string][]string{
	"published": {
		"-act relu -k 16 -lambda 1,100 -seed 1-10",
		"-act relu -k 16 -lambda 1,100 -seed 1-10 -batch 0",
		"-act relu -k 16 -lambda 100 -seed 1-10 -batch 0 -epochs 50",
		"-act relu -k 16 -lambda 100 -seed 1-10 -batch 0 -epochs 10",
		"-act relu -k 16 -lambda 100 -seed 1-10 -batch 0 -epochs 1",
		"-act relu -k 64 -seed 1-10",
	},
	"published_start": {"-act relu -k 64 -seed 1-10"},
}

// tenSeeds is what ten runs of ours have in common. Their seed is 0 here.
type tenSeeds struct {
	Config
	folder string
}

func relu(folder string, K int, lambda float64, batch, epochs int) tenSeeds {
	return tenSeeds{Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: K, Lambda: lambda,
		Epochs: epochs, Batch: batch, LearningRate: 0.001, TCRows: 2000}, folder}
}

var (
	batches1   = relu("published", 16, 1, 128, 100)
	batches100 = relu("published", 16, 100, 128, 100)
	full1      = relu("published", 16, 1, 0, 100)
	batches64  = relu("published", 64, 1, 128, 100)
	started64  = relu("published_start", 64, 1, 128, 100)
)

func full100(steps int) tenSeeds { return relu("published", 16, 100, 0, steps) }

// Columns of results.csv that figures are compared with, and the loss's tc term.
const (
	columnLoss       = "final_loss"
	columnTC         = "tc"
	columnRedundancy = "final_weight_redundancy"
	columnOutputs    = "final_output_correlation"
	columnRank       = "final_effective_rank"
)

// printed is a published number, or one of each of several seeds, as printed there.
type printed struct {
	ours      tenSeeds
	column    string
	published []string
}

// ablation are the figures at K = 64, of seeds 1, 2 and 3 there.
func ablation(ours tenSeeds) []printed {
	return []printed{
		{ours, columnLoss, []string{"-614.35", "-613.41", "-612.98"}},
		{ours, columnTC, []string{"58.65", "58.05", "57.53"}},
		{ours, columnRedundancy, []string{"30.52", "28.55", "29.75"}},
		{ours, columnOutputs, []string{"28.07", "27.51", "27.13"}},
	}
}

// published are all figures, table after table. The page names their source.
var published = []struct {
	name    string
	figures []printed
}{
	{"K = 16, batches, λ = 1", []printed{
		{batches1, columnLoss, []string{"-202.07"}},
		{batches1, columnTC, []string{"4.78"}},
		{batches1, columnRedundancy, []string{"2.21"}},
		{batches1, columnOutputs, []string{"3.13"}},
		{batches1, columnRank, []string{"15.14"}},
	}},
	{"K = 16, batches, λ = 100", []printed{
		{batches100, columnTC, []string{"0.28"}},
		{batches100, columnRedundancy, []string{"7.72"}},
		{batches100, columnOutputs, []string{"0.14"}},
		{batches100, columnRank, []string{"14.51"}},
	}},
	{"K = 16, full batch, λ = 1", []printed{
		{full1, columnTC, []string{"3.10"}},
		{full1, columnRedundancy, []string{"1.13"}},
	}},
	{"K = 16, full batch, λ = 100", []printed{
		{full100(1), columnTC, []string{"4.52"}},
		{full100(10), columnTC, []string{"0.25"}},
		{full100(50), columnTC, []string{"0.04"}},
		{full100(100), columnTC, []string{"0.005"}},
		{full100(1), columnRedundancy, []string{"0.287"}},
		{full100(10), columnRedundancy, []string{"0.286"}},
		{full100(50), columnRedundancy, []string{"0.329"}},
		{full100(100), columnRedundancy, []string{"0.535"}},
		{full100(1), columnOutputs, []string{"2.98"}},
		{full100(10), columnOutputs, []string{"0.25"}},
		{full100(50), columnOutputs, []string{"0.08"}},
		{full100(100), columnOutputs, []string{"0.04"}},
	}},
	{"K = 64", ablation(batches64)},
	{startTable, ablation(started64)},
}

// startTable compares figures once more, with runs that start as theirs did.
const startTable = "K = 64, their start"

// ourRuns has a column's values of a setting's ten seeds, in their order.
type ourRuns map[tenSeeds]map[string][]float64

func testdataCSV(folder string) string { return filepath.Join("testdata", folder+".csv") }

func claimsOf(t *testing.T, results string) []claim {
	t.Helper()
	claims, err := readClaims(results, dataSource{})
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// readOurRuns reads testdata. Every id vouches for its settings, and the two terms must add up to the loss.
func readOurRuns(t *testing.T) ourRuns {
	t.Helper()
	terms, err := csv.NewReader(strings.NewReader(textOf(t, publishedTC))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	runs := ourRuns{}
	terms = terms[1:]
	for _, folder := range publishedFolders {
		for _, c := range claimsOf(t, testdataCSV(folder)) {
			if len(terms) == 0 {
				t.Fatalf("%s ends before %s", publishedTC, c.ID())
			}
			runs.add(t, folder, c, terms[0])
			terms = terms[1:]
		}
	}
	if len(terms) > 0 {
		t.Fatalf("%s has %d runs too many", publishedTC, len(terms))
	}
	return runs
}

// add takes in a run, the next seed of its setting.
func (runs ourRuns) add(t *testing.T, folder string, c claim, terms []string) {
	t.Helper()
	of := tenSeeds{c.Config, folder}
	of.Seed = 0
	if runs[of] == nil {
		runs[of] = map[string][]float64{}
	}
	values := runs[of]
	if want := uint64(len(values[columnLoss]) + 1); c.Seed != want || terms[0] != folder || terms[1] != c.ID() {
		t.Fatalf("%s is where seed %d belongs, beside the terms of %s in %s", c.ID(), want, terms[1], terms[0])
	}
	for i, f := range resultRow(&Result{}) {
		switch f.name {
		case columnLoss, columnRedundancy, columnOutputs, columnRank:
			values[f.name] = append(values[f.name], parsed(t, c.row[i]))
		}
	}
	entropy, tc, loss := parsed(t, terms[2]), parsed(t, terms[3]), values[columnLoss][c.Seed-1]
	if !(math.Abs(entropy+c.Lambda*tc-loss) <= 1e-12*(math.Abs(entropy)+c.Lambda*tc)) {
		t.Fatalf("%s: %v + %v × %v is not its loss, %v", c.ID(), entropy, c.Lambda, tc, loss)
	}
	values[columnTC] = append(values[columnTC], tc)
}

func parsed(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// termsIn is published_tc.csv of the runs in the folders of parent: the last epoch's means over its batches.
func termsIn(t *testing.T, parent string) []byte {
	t.Helper()
	var rows [][]field
	for _, folder := range publishedFolders {
		out := filepath.Join(parent, folder)
		found, err := store{out}.scan(inventory{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claimsOf(t, filepath.Join(out, "results.csv")) {
			r := found.good[c.ID()]
			if r == nil {
				t.Fatalf("%s in %s: %v", c.ID(), out, found.bad[c.ID()])
			}
			last := r.Curve[len(r.Curve)-1]
			rows = append(rows, []field{{"folder", folder}, {"id", r.ID},
				{"entropy", shortest(float64(last.Entropy))}, {"tc", shortest(float64(last.TC))}})
		}
	}
	b, err := formatCSV(rows[0], rows)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holdAgainstTestdata takes the runs in the folders of parent; -update puts them into testdata.
func holdAgainstTestdata(t *testing.T, parent string) {
	t.Helper()
	files := map[string][]byte{publishedTC: termsIn(t, parent)}
	for _, folder := range publishedFolders {
		b, err := os.ReadFile(filepath.Join(parent, folder, "results.csv"))
		if err != nil {
			t.Fatal(err)
		}
		files[testdataCSV(folder)] = b
	}
	for name, now := range files {
		if *update {
			write(t, name, now)
		} else if diff := cmp.Diff(textOf(t, name), string(now)); diff != "" {
			t.Errorf("%s is not of the runs in %s (-testdata +runs):\n%s", name, parent, diff)
		}
	}
}

// TestReproductionPage: REPRODUCTION.md is what the runs and the published figures make of the template.
func TestReproductionPage(t *testing.T) {
	if *publishedRuns != "" {
		holdAgainstTestdata(t, *publishedRuns)
	}
	tmpl, err := template.ParseFiles("testdata/reproduction.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, reproduction{readOurRuns(t)}); err != nil {
		t.Fatal(err)
	}
	if *update {
		write(t, reproductionPage, b.Bytes())
	}
	if diff := cmp.Diff(textOf(t, reproductionPage), b.String()); diff != "" {
		t.Errorf("go test -run TestReproductionPage . -update writes it anew (-page +computed):\n%s", diff)
	}
}

// TestReproductionCommands: they make the runs in testdata, ten seeds of each setting that a figure is compared with and
// none besides.
func TestReproductionCommands(t *testing.T) {
	for _, folder := range publishedFolders {
		var made, kept []string
		for _, line := range reproductionCommands[folder] {
			for word := range strings.FieldsSeq(mustRun(t, append(strings.Fields(line), "-list", "-out", t.TempDir())...)) {
				if strings.HasPrefix(word, "mnist-infomax-") {
					made = append(made, word)
				}
			}
		}
		for _, c := range claimsOf(t, testdataCSV(folder)) {
			kept = append(kept, c.ID())
		}
		slices.Sort(made)
		slices.Sort(kept)
		if diff := cmp.Diff(made, kept); diff != "" {
			t.Errorf("%s (-commands +testdata):\n%s", folder, diff)
		}
	}
	ours, used := readOurRuns(t), map[tenSeeds]bool{}
	for _, table := range published {
		for _, f := range table.figures {
			used[f.ours] = true
			if n := len(ours[f.ours][f.column]); n != protocolSeeds {
				t.Errorf("%s, %s: %d seeds", table.name, f.column, n)
			}
		}
	}
	if len(ours) != len(used) {
		t.Errorf("runs of %d settings for figures of %d", len(ours), len(used))
	}
}

// TestReproductionPatchFits: what testdata/published_start.patch takes out or leaves of train.go stands there.
func TestReproductionPatchFits(t *testing.T) {
	source, lines := textOf(t, "train.go"), 0
	for hunk := range strings.SplitSeq(textOf(t, "testdata/published_start.patch"), "\n@@ ") {
		if strings.HasPrefix(hunk, "---") {
			continue
		}
		var before strings.Builder
		for line := range strings.Lines(hunk[strings.Index(hunk, "\n")+1:]) {
			if line[0] == ' ' || line[0] == '-' {
				before.WriteString(line[1:])
				lines++
			}
		}
		if !strings.Contains(source, before.String()) {
			t.Errorf("train.go has not:\n%s", before.String())
		}
	}
	if lines == 0 {
		t.Error("the patch has no lines")
	}
}
