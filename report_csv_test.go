package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documented returns the names in the first column of the table under a heading of EXPERIMENT.md.
func documented(t *testing.T, heading string) (all []string) {
	t.Helper()
	page, err := os.ReadFile("EXPERIMENT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n| "+heading+" |")
	if !found {
		t.Fatalf("EXPERIMENT.md has no table of %s", heading)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for _, line := range strings.Split(table, "\n")[2:] {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			all = append(all, name[1])
		}
	}
	return all
}

// TestEveryColumnIsDocumented: init_… and final_… stand for the fields of the table of metrics.
func TestEveryColumnIsDocumented(t *testing.T) {
	files := reportOn(t, madeUpRuns(madeUpGrid(t, "clusters", []string{"relu", "tanh"}, []uint64{2}, []float64{1}, 3, 2), effect{}))
	fields := documented(t, "field")
	for name, want := range map[string][]string{"results.csv": documented(t, "results.csv"), "stats.csv": documented(t, "stats.csv")} {
		head, _, _ := strings.Cut(files[name], "\n")
		var got []string
		for _, column := range strings.Split(head, ",") {
			for _, prefix := range []string{"init_", "final_"} {
				if field, is := strings.CutPrefix(column, prefix); is && slices.Contains(fields, field) {
					column = prefix + "…"
				}
			}
			if !slices.Contains(got, column) {
				got = append(got, column)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-EXPERIMENT.md +code):\n%s", name, diff)
		}
	}
}

func TestSpreadsheetsCanReadTheCSV(t *testing.T) {
	files := reportOn(t, madeUpRuns(madeUpGrid(t, "clusters", []string{"relu", "tanh"}, []uint64{2}, []float64{0.1, 1}, 3, 2), effect{}))
	for _, name := range []string{"results.csv", "stats.csv"} {
		if i := strings.IndexFunc(files[name], func(r rune) bool { return r > 126 }); i >= 0 {
			t.Errorf("%s is not ASCII: %.40q", name, files[name][i:])
		}
	}
	for _, row := range readStats(t, files) {
		if row["test"] == acrossLambda && row["x_objective"]+row["x_lambda"]+row["y_lambda"] != "infomax0.11" {
			t.Errorf("x and y of a comparison of λ: %v", row)
		}
	}
}
