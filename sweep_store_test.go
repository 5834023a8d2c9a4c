package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// untrainedInto is the command line of the cheapest runs.
func untrainedInto(s store, seeds string) []string {
	return []string{"-data", "clusters", "-objective", "random", "-k", "2", "-tc-rows", "0", "-quiet", "-out", s.out,
		"-seed", seeds}
}

// tinyRun is a store with one run of the smallest kind, and that run's id.
func tinyRun(t *testing.T) (store, string) {
	t.Helper()
	s := store{t.TempDir()}
	mustRun(t, untrainedInto(s, "1")...)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 1 {
		t.Fatalf("one run left %d: %v", len(there.good), err)
	}
	return s, there.sorted()[0].ID
}

// TestEveryDamageIsNoticed: every truncation, flips of random bits, every byte appended.
func TestEveryDamageIsNoticed(t *testing.T) {
	s, id := tinyRun(t)
	rng := rand.New(rand.NewPCG(1, 0))
	for _, name := range []string{"run.json", "weights.npz"} {
		path := filepath.Join(s.folder(id), name)
		whole := contentsOf(t, path)
		check := func(what string, b []byte) {
			t.Helper()
			if err := os.WriteFile(path, b, 0o666); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.read(id); err == nil {
				t.Fatalf("%s %s: read does not notice", name, what)
			}
		}
		for i := range whole {
			check("cut off", whole[:i])
		}
		for range 500 {
			flipped := slices.Clone(whole)
			flipped[rng.IntN(len(whole))] ^= 1 << rng.IntN(8)
			check("with a bit flipped", flipped)
		}
		for i := range 256 {
			check("with a byte more", append(slices.Clone(whole), byte(i)))
		}
		through := bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")) // Git's core.autocrlf=true
		if name != "run.json" {
			through = whole
		}
		if err := os.WriteFile(path, through, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.read(id); err != nil {
			t.Errorf("%s as it was: %v", name, err)
		}
	}
	if err := os.Rename(s.folder(id), s.folder(id+"-copy")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.read(id + "-copy"); err == nil {
		t.Error("under another name: read does not notice")
	}
}

// TestDamagedRunsAreNamedAndRunAgainOnceRemoved: nothing that is there is ever written to.
func TestDamagedRunsAreNamedAndRunAgainOnceRemoved(t *testing.T) {
	for name, damage := range map[string]func(folder string) error{
		"weights cut off": func(folder string) error { return os.Truncate(filepath.Join(folder, "weights.npz"), 99) },
		"no run.json":     func(folder string) error { return os.Remove(filepath.Join(folder, "run.json")) },
		"a file in its place": func(folder string) error {
			return errors.Join(os.RemoveAll(folder), os.WriteFile(folder, []byte("what?"), 0o666))
		},
		"a folder for run.json": func(folder string) error { // which root cannot read either
			path := filepath.Join(folder, "run.json")
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o777))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, id := tinyRun(t)
			want := folders(t, s)
			if err := damage(s.folder(id)); err != nil {
				t.Fatal(err)
			}
			for seeds, asked := range map[string]int{"1-3": 1, "4-5": 0} {
				var stdout, stderr bytes.Buffer
				if status := command(untrainedInto(s, seeds), &stdout, &stderr); status != asked {
					t.Errorf("-seed %s: exit status %d: %s", seeds, status, &stderr)
				}
				wantInOrder(t, stderr.String(), s.folder(id)+" is left out: ", "remove it",
					strings.Repeat("infomax: 1 of 3 runs not there: a warning above says why, or "+
						"somebody removed them\n", asked))
			}
			report := []string{"-report", "-out", s.out}
			if status := command(report, new(bytes.Buffer), new(bytes.Buffer)); status != 1 {
				t.Errorf("-report without one of 5 runs: exit status %d", status)
			}
			if listed := mustRun(t, append(untrainedInto(s, "1"), "-list")...); !strings.HasPrefix(listed, "damaged") {
				t.Errorf("-list prints %s", listed)
			}
			if got := strings.Count(textOf(t, filepath.Join(s.out, "results.csv")), "\n"); got != 5 {
				t.Errorf("results.csv has %d lines, want a head and the other 4 seeds", got)
			}
			if err := os.RemoveAll(s.folder(id)); err != nil {
				t.Fatal(err)
			}
			mustRun(t, untrainedInto(s, "1")...)
			if diff := cmp.Diff(want[id], folders(t, s)[id]); diff != "" {
				t.Errorf("run again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSaveKeepsTheRunThatWasFirst(t *testing.T) {
	s, id := tinyRun(t)
	want := folders(t, s)
	if err := s.save(id, []file{{"run.json", []byte("second")}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, folders(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if entries, err := os.ReadDir(s.runs()); err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

// TestWhoeverWritesLastHasSeenEveryRun: runs that come while a process writes are written too, unless they come and
// come.
func TestWhoeverWritesLastHasSeenEveryRun(t *testing.T) {
	source := store{t.TempDir()}
	mustRun(t, untrainedInto(source, "1-8")...)
	runs := planOf(t, strings.Join(untrainedInto(source, "1-8"), " ")).mine
	for comes, want := range [][]int{{1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}, {1, 2, 3, 4}} { // runs, one at each writing
		s := store{t.TempDir()}
		var got []int
		come := func() {
			id := runs[len(got)].ID()
			if err := os.CopyFS(s.folder(id), os.DirFS(source.folder(id))); err != nil {
				t.Fatal(err)
			}
		}
		come()
		if _, err := s.settle(inventory{}, func(runs []*Result) error {
			if got = append(got, len(runs)); len(got) <= comes {
				come()
			}
			return nil
		}); err != nil || !slices.Equal(got, want) {
			t.Errorf("writings of %v runs, %v; want %v", got, err, want)
		}
	}
}

// TestResultsHoldTheNumbersOfRunJSON, sorted.
func TestResultsHoldTheNumbersOfRunJSON(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, sweepInto(s, "-act", "softmax", "-k", "10,9", "-tc-rows", "200", "-seed", "1", "-lambda", "10,9",
		"-objective", "random,infomax")...)
	order := ""
	for _, row := range csvRows(t, textOf(t, filepath.Join(s.out, "results.csv"))) {
		order += row["objective"] + row["lambda"] + " K=" + row["k"] + "; "
		var run map[string]any
		if err := json.Unmarshal(contentsOf(t, filepath.Join(s.folder(row["id"]), "run.json")), &run); err != nil {
			t.Fatal(err)
		}
		same := func(name string, want any, got string) {
			x, err := strconv.ParseFloat(got, 64)
			if number, is := want.(float64); want == nil && got != "" || is && (err != nil || x != number) {
				t.Errorf("%s: %s is %q, want %v", row["id"], name, got, want)
			}
		}
		for _, state := range []string{"init", "final"} {
			for name, want := range run[state].(map[string]any) {
				if name != "activation_rate" { // a list there, its mean here
					same(state+"_"+name, want, row[state+"_"+name])
				}
			}
		}
		for _, name := range []string{"initial_loss", "final_loss"} {
			same(name, run[name], row[name])
		}
		if row["weights_sha256"] != run["weights_sha256"] || row["status"] != run["status"] {
			t.Errorf("%s: %v", row["id"], row)
		}
	}
	if want := "infomax9 K=9; infomax9 K=10; infomax10 K=9; infomax10 K=10; random K=9; random K=10; "; order != want {
		t.Errorf("rows are %s, want %s", order, want)
	}
}

// TestAReportThatCannotBeWrittenIsNotAnnounced: here a folder stands in its place.
func TestAReportThatCannotBeWrittenIsNotAnnounced(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, untrainedInto(s, "1-2")...)
	if err := errors.Join(os.Remove(s.page()), os.MkdirAll(filepath.Join(s.page(), "x"), 0o777)); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	status := command([]string{"-report", "-out", s.out}, &stdout, &stderr)
	if status != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "could be written") {
		t.Errorf("exit status %d; prints %q; %q", status, &stdout, &stderr)
	}
}
