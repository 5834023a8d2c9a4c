package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rows reads results.csv into a map for every run.
func rows(t *testing.T, s store) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.out, "results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return csvRows(t, string(b))
}

func TestResultsHoldTheNumbersOfRunJSON(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, sweepInto(s, "-act", "relu,softmax", "-k", "3", "-tc-rows", "200", "-seed", "1")...)
	for _, row := range rows(t, s) {
		t.Run(row["id"], func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(s.folder(row["id"]), "run.json"))
			if err != nil {
				t.Fatal(err)
			}
			var run map[string]any
			if err := json.Unmarshal(b, &run); err != nil {
				t.Fatal(err)
			}
			for _, state := range []string{"init", "final"} {
				for name, want := range run[state].(map[string]any) {
					if name != "activation_rate" { // a list there, its mean here
						sameValue(t, name, want, row[state+"_"+name])
					}
				}
			}
			for _, name := range []string{"status", "initial_loss", "final_loss", "weights_sha256"} {
				sameValue(t, name, run[name], row[name])
			}
			for name, want := range run["config"].(map[string]any) {
				unused := !(Config{Objective: row["objective"]}).trains() && slices.Contains([]string{"epochs", "batch", "learning_rate"}, name) ||
					row["objective"] != "infomax" && name == "lambda"
				if unused {
					want = nil
				}
				sameValue(t, name, want, row[name])
			}
		})
	}
}

// sameValue compares a value of run.json with a cell of results.csv.
func sameValue(t *testing.T, name string, want any, got string) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		if got != "" {
			t.Errorf("%s is %q, want nothing", name, got)
		}
	case string:
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	default:
		if x, err := strconv.ParseFloat(got, 64); err != nil || x != want {
			t.Errorf("%s is %q, want %v", name, got, want)
		}
	}
}

func TestResultsAreSorted(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, sweepInto(s, "-act", "tanh,relu", "-k", "10,9", "-seed", "10,9", "-objective", "random,variance")...)
	mustRun(t, sweepInto(s, "-data", "clusters", "-act", "softmax", "-k", "2", "-seed", "3", "-lambda", "10,9", "-objective", "infomax,random")...)
	var got []string
	for _, row := range rows(t, s) {
		got = append(got, row["data"]+" "+row["objective"]+" "+row["lambda"]+" "+row["activation"]+" "+row["k"]+" "+row["seed"])
	}
	want := []string{
		"clusters infomax 9 softmax 2 3", "clusters infomax 10 softmax 2 3", "clusters random  softmax 2 3",
		"uniform variance  relu 9 9", "uniform variance  relu 9 10", "uniform variance  relu 10 9", "uniform variance  relu 10 10",
		"uniform variance  tanh 9 9", "uniform variance  tanh 9 10", "uniform variance  tanh 10 9", "uniform variance  tanh 10 10",
		"uniform random  relu 9 9", "uniform random  relu 9 10", "uniform random  relu 10 9", "uniform random  relu 10 10",
		"uniform random  tanh 9 9", "uniform random  tanh 9 10", "uniform random  tanh 10 9", "uniform random  tanh 10 10",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(manifestGrid{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManifestDescribesTheCommand(t *testing.T) {
	s := store{t.TempDir()}
	args := sweepInto(s, "-act", "relu", "-shard", "1/2")
	for _, when := range []string{"while there is work", "when all is done"} {
		t.Run(when, func(t *testing.T) {
			mustRun(t, args...)
			b, err := os.ReadFile(filepath.Join(s.out, "manifest.json"))
			if err != nil {
				t.Fatal(err)
			}
			var got manifest
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatal(err)
			}
			want := manifest{
				Command: "infomax -out " + pasteable(s.out) + " " + strings.Join(args[2:], " "), Runs: 22,
				Grids: []manifestGrid{{Data: "uniform", grid: grid{Below: []layer{{}}, Whiten: []float64{1}, Objectives: objectives[:6],
					Activations: []string{"relu"}, Ks: []uint64{2, 3}, Lambdas: []float64{1}, Seeds: []uint64{1, 2}},
					Epochs: 2, Batch: 128, LearningRate: 1e-3}},
				DataSHA256: map[string]string{"uniform": uniform().SHA256},
				Numerics:   numericsVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(manifestGrid{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
