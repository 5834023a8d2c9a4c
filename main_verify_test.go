package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verifiedSweep makes a few runs of every kind and returns its results.csv, by lines.
func verifiedSweep(t *testing.T) (lines []string) {
	t.Helper()
	s := store{t.TempDir()}
	mustRun(t, strings.Fields("-data clusters -act tanh -k 2 -epochs 1 -tc-rows 0 -objective infomax,random,pca -below none,pca:2 -quiet -out "+s.out)...)
	b, err := os.ReadFile(filepath.Join(s.out, "results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(string(b), "\n")
}

// verifyFile runs -verify on a file of text and returns what is printed and said, and the exit status.
func verifyFile(t *testing.T, text string, more ...string) (said string, status int) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "results.csv")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	status = command(append([]string{"-verify", name, "-quiet"}, more...), &out, &out)
	return out.String(), status
}

func TestVerifyFindsEveryColumnThatIsNotTheSame(t *testing.T) {
	lines := verifiedSweep(t)
	if said, status := verifyFile(t, strings.Join(lines, ""), "-sample", "all"); status != 0 || strings.Count(said, "the same in all") != len(lines)-2 {
		t.Fatalf("an untouched file: exit status %d: %s", status, said)
	}
	columns := strings.Split(strings.TrimSpace(lines[0]), ",")
	for i, column := range columns {
		if i%3 != 0 && column != "weights_sha256" && column != "final_loss" { // a third of them, and these
			continue
		}
		row := strings.Split(strings.TrimSuffix(lines[1], "\n"), ",")
		row[i] += "1"
		said, status := verifyFile(t, lines[0]+strings.Join(row, ",")+"\n")
		if status != 1 || !strings.Contains(said, column) && !strings.Contains(said, "no run can have") && !strings.Contains(said, "is not the id") {
			t.Errorf("%s changed: exit status %d: %s", column, status, said)
		}
	}
}

func TestVerifyRefusesWhatIsNoResultsFile(t *testing.T) {
	lines := verifiedSweep(t)
	head, row := lines[0], lines[1]
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "cut off"},
		{"no rows", head, "no runs"},
		{"cut off within a line", head + row[:len(row)/2], "cut off"},
		{"a line too short", head + row[:len(row)/2] + "\n", "wrong number of fields"},
		{"foreign columns", strings.Replace(head, "final_loss", "loss", 1) + row, "final_loss is missing"},
		{"one column more", strings.TrimSpace(head) + ",more\n" + strings.TrimSpace(row) + ",1\n", "more is not one of them"},
		{"columns changed about", strings.Replace(head, "seed,epochs", "epochs,seed", 1) + row, "another order"},
		{"an unknown objective", head + strings.Replace(row, ",infomax,", ",informax,", 1), "no run can have its settings"},
		{"other settings", head + strings.Replace(row, ",tanh,2,", ",tanh,3,", 1), "is not the id"},
		{"another numerics version", head + strings.Replace(row, "seed1-", "seed1-0", 1), "numerics version"},
		{"no units", head + strings.Replace(row, ",tanh,2,", ",tanh,0,", 1), "no run can have its settings"},
		{"λ is no number", head + strings.Replace(row, ",tanh,2,1,", ",tanh,2,NaN,", 1), "no run can have its settings"},
		{"K is no number", head + strings.Replace(row, ",tanh,2,", ",tanh,two,", 1), "two"},
	} {
		if said, status := verifyFile(t, c.text); status != 1 || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit status %d, want 1 and one line with %q: %s", c.name, status, c.want, said)
		}
	}
}

func TestVerifyChoosesBySeed(t *testing.T) {
	text := strings.Join(verifiedSweep(t), "")
	ids := func(seed string) []string {
		said, status := verifyFile(t, text, "-sample", "2", "-seed", seed)
		if status != 0 || !strings.Contains(said, "2 of 6 runs") || !strings.Contains(said, "-seed "+seed) {
			t.Fatalf("exit status %d: %s", status, said)
		}
		var ids []string
		for line := range strings.Lines(said) {
			if _, id, ok := strings.Cut(line, " s: "); ok {
				ids = append(ids, id)
			}
		}
		return ids
	}
	first := ids("1")
	if again := ids("1"); !slices.Equal(first, again) {
		t.Errorf("-seed 1 chose %v and then %v", first, again)
	}
	for seed := '2'; slices.Equal(first, ids(string(seed))); seed++ {
		if seed == '9' {
			t.Fatal("every seed chooses the same rows")
		}
	}
	for _, bad := range []string{"-sample 0", "-sample some", "-seed 1-3", "-k 3", "-report"} {
		if status := command(append([]string{"-verify", "results.csv"}, strings.Fields(bad)...), io.Discard, io.Discard); status == 0 {
			t.Errorf("-verify with %s is taken", bad)
		}
	}
}

// TestVerifyComparesWhatIsThere before it ends on a data set that is not.
func TestVerifyComparesWhatIsThere(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-k", "2", "-objective", "random", "-tc-rows", "0", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil {
		t.Fatal(err)
	}
	missing := *there.sorted()[0]
	missing.Config.Data = "fashion"
	missing.ID = missing.Config.ID()
	rows, err := formatResults(append([]*Result{&missing}, there.sorted()...))
	if err != nil {
		t.Fatal(err)
	}
	said, status := verifyFile(t, string(rows), "-sample", "all", "-workers", "2", "-data-dir", t.TempDir())
	if status != 1 || !strings.Contains(said, "the same in all") || !strings.Contains(said, "Fashion-MNIST") {
		t.Errorf("exit status %d: %s", status, said)
	}
}
