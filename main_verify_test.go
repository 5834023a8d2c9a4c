package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// verifiedSweep makes a few runs of every kind and returns its results.csv, by lines.
func verifiedSweep(t *testing.T, more ...string) (lines []string) {
	t.Helper()
	s := store{t.TempDir()}
	args := strings.Fields("-data clusters -act tanh -k 2 -epochs 1 -tc-rows 0 -objective infomax,random,pca " +
		"-below none,pca:2 -quiet -out " + s.out)
	mustRun(t, append(args, more...)...)
	return strings.SplitAfter(textOf(t, filepath.Join(s.out, "results.csv")), "\n")
}

// verifyFile runs -verify on a file of text and returns what is printed and said, and the exit status.
func verifyFile(t *testing.T, text string, more ...string) (said string, status int) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "results.csv")
	write(t, name, []byte(text))
	var out bytes.Buffer
	status = command(append([]string{"-verify", name, "-quiet"}, more...), &out, &out)
	return out.String(), status
}

func TestVerifyFindsEveryColumnThatIsNotTheSame(t *testing.T) {
	lines := verifiedSweep(t)
	whole := strings.Join(lines, "")
	said, status := verifyFile(t, whole, "-sample", "0")
	if status != 0 || strings.Count(said, "the same in all") != 6 {
		t.Fatalf("an untouched file: exit status %d: %s", status, said)
	}
	for i, column := range strings.Split(strings.TrimSpace(lines[0]), ",") {
		if i%3 != 0 && column != "weights_sha256" && column != "final_loss" { // a third of them, and these
			continue
		}
		text := lines[0]
		for _, line := range lines[1:3] {
			row := strings.Split(line, ",")
			row[i] = "7" + row[i]
			text += strings.Join(row, ",")
		}
		said, status := verifyFile(t, text)
		differ := strings.Count(said, "    "+column+" is ") == 2 &&
			strings.HasSuffix(said, "\ninfomax: 2 of 2 runs not confirmed: the reasons are above\n")
		refused := regexp.MustCompile(`^infomax: .*(no run can have|is not the id).*\n$`)
		if status != 1 || !differ && !refused.MatchString(said) {
			t.Errorf("%s changed: exit status %d: %s", column, status, said)
		}
	}
}

// TestVerifyTakesNumbersAsOthersWriteThem: pandas makes 1.0 of whole numbers in columns that have gaps.
func TestVerifyTakesNumbersAsOthersWriteThem(t *testing.T) {
	lines := verifiedSweep(t)
	columns := strings.Split(strings.TrimSpace(lines[0]), ",")
	row := strings.Split(strings.TrimSpace(lines[1]), ",")
	for _, name := range []string{"epochs", "batch", "lambda", "k", "epochs_to_90", "final_dead_units"} {
		row[slices.Index(columns, name)] += ".0"
	}
	text := "\ufeff," + strings.Join(columns, ",") + "\r\n0," + strings.Join(row, ",") + "\r\n" // and numbers the rows
	// Without the line feeds the carriage returns are left.
	for _, text := range []string{text, strings.ReplaceAll(text, "\n", "")} {
		if said, status := verifyFile(t, text); status != 0 || !strings.Contains(said, "the same in all") {
			t.Errorf("exit status %d: %s", status, said)
		}
	}
}

// TestVerifyTakesOwnDataUnderAnotherName: the hash decides.
func TestVerifyTakesOwnDataUnderAnotherName(t *testing.T) {
	digits := contentsOf(t, "testdata/own_digits.npz")
	first, second := filepath.Join(t.TempDir(), "first.npz"), filepath.Join(t.TempDir(), "second.npz")
	write(t, first, digits)
	write(t, second, digits)
	text := strings.Join(verifiedSweep(t, "-data", first, "-objective", "infomax"), "")
	said, status := verifyFile(t, text, "-data", second)
	if status != 0 || strings.Count(said, "the same in all") != 3 {
		t.Errorf("exit status %d: %s", status, said)
	}
	said, status = verifyFile(t, text, "-data", "testdata/own_bytes.npz")
	hash := sha256Of(string(digits))[:8]
	advice := fmt.Sprintf("infomax: first-%s is somebody's own data: "+
		"give -data the file whose SHA-256 begins with %s; ", hash, hash)
	if status != 1 || strings.Count(said, advice+"here is ") != 1 {
		t.Errorf("other data: exit status %d: %s", status, said)
	}
	both := text + strings.Join(verifiedSweep(t)[1:], "")
	said, status = verifyFile(t, both, "-sample", "0")
	if status != 1 || !strings.Contains(said, advice+"here is none\n3 of 9 runs not confirmed: ") ||
		strings.Count(said, "the same in all") != 6 {
		t.Errorf("data of two kinds: exit status %d: %s", status, said)
	}
}

func TestVerifyRefusesWhatIsNoResultsFile(t *testing.T) {
	lines := verifiedSweep(t)
	head, row := lines[0], lines[1]
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "no runs"},
		{"no rows", head, "no runs below its first line: give"},
		{"the data's name changed", head + strings.Replace(row, "clusters,", "mine,", 1), "is not the id"},
		{"cut off within a line", head + row[:len(row)/2], "wrong number of fields"},
		{"foreign columns", strings.Replace(head, "id,", "name,", 1) + row, "no column id"},
		{"semicolons", strings.ReplaceAll(head+row, ",", ";"), "with commas"},
		{"an unknown objective", head + strings.Replace(row, ",infomax,", ",informax,", 1), "is not the id"},
		{"other settings", head + strings.Replace(row, ",tanh,2,", ",tanh,3,", 1), "is not the id"},
		{"another numerics version", head + strings.Replace(row, "seed1-", "seed1-0", 1), "numerics version"},
		{"λ is no number", head + strings.Replace(row, ",tanh,2,1,", ",tanh,2,NaN,", 1), "no run can have"},
	} {
		said, status := verifyFile(t, c.text)
		if status != 1 || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit status %d, want 1 and one line with %q: %s", c.name, status, c.want, said)
		}
	}
}

func TestVerifyChoosesBySeed(t *testing.T) {
	text := strings.Join(verifiedSweep(t), "")
	chosen := func(seed string) string {
		var all []string
		said, status := verifyFile(t, text, "-sample", "2", "-seed", seed)
		if status != 0 || !strings.Contains(said, "2 of 6 runs") || !strings.Contains(said, "-seed "+seed) {
			t.Fatalf("exit status %d: %s", status, said)
		}
		for line := range strings.Lines(said) {
			_, id, _ := strings.Cut(line, " s: ")
			all = append(all, id)
		}
		slices.Sort(all) // from the order in which they ended
		return strings.Join(all, "")
	}
	first := chosen("1")
	if again := chosen("1"); first != again {
		t.Errorf("-seed 1 chose %s and then %s", first, again)
	}
	for seed := '2'; first == chosen(string(seed)); seed++ {
		if seed == '9' {
			t.Fatal("every seed chooses the same rows")
		}
	}
}

// TestVerifyComparesWhatIsThere before it ends on a data set that is not.
func TestVerifyComparesWhatIsThere(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, untrainedInto(s, "1")...)
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
	said, status := verifyFile(t, string(rows), "-sample", "0", "-workers", "2", "-data-dir", t.TempDir())
	if status != 1 || !strings.Contains(said, "the same in all") || !strings.Contains(said, ": fashion: ") {
		t.Errorf("exit status %d: %s", status, said)
	}
}
