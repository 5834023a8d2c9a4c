package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The folder answer is what -report makes of the runs in its archive: of all their run.json, and of
// the networks that a figure shows their weights.npz.

var update = flag.Bool("update", false, "write the files of answer/ from its archive")

func answerFile(name string) string { return filepath.Join("answer", name) }

// archivedRuns are the runs in runs.tar.gz, in the order of every table.
func archivedRuns(t testing.TB) []*Result {
	t.Helper()
	a, err := readArchive()
	if err != nil {
		t.Fatal(err)
	}
	return a.runs
}

// archived is what runs.tar.gz holds, the weights by the id of their run.
type archived struct {
	runs    []*Result
	weights map[string][]byte
}

var readArchive = sync.OnceValues(func() (a archived, err error) {
	file, err := os.Open(answerFile("runs.tar.gz"))
	if err != nil {
		return a, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return a, err
	}
	archive := tar.NewReader(unzipped)
	a.weights = map[string][]byte{}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return a, err
		}
		b, err := io.ReadAll(archive)
		if err != nil {
			return a, err
		}
		switch path.Base(header.Name) {
		case "run.json":
			r, err := parseRun(b)
			if err != nil {
				return a, fmt.Errorf("%s: %w", header.Name, err)
			}
			a.runs = append(a.runs, r)
		case "weights.npz":
			a.weights[path.Base(path.Dir(header.Name))] = b
		}
	}
	slices.SortFunc(a.runs, func(x, y *Result) int { return compareConfigs(x.Config, y.Config) })
	return a, nil
})

const answerBegins, answerEnds = "<!-- answer -->\n", "<!-- /answer -->\n"

// withAnswer is README with the report's headlines where its answer stands.
func withAnswer(t *testing.T, readme string, headlines []string) string {
	t.Helper()
	before, rest, begins := strings.Cut(readme, answerBegins)
	_, after, ends := strings.Cut(rest, answerEnds)
	if !begins || !ends {
		t.Fatalf("README.md has not %q and %q", answerBegins, answerEnds)
	}
	text := "**" + headlines[0] + "**\n\n"
	for _, line := range headlines[1:] {
		text += "- " + line + "\n"
	}
	return before + answerBegins + text + "\n![Effective rank of the weights](answer/mnist-effective-rank.svg)\n" +
		answerEnds + after
}

// TestAnswerFollowsFromItsRuns: with -update it writes the files, and README's answer, instead.
func TestAnswerFollowsFromItsRuns(t *testing.T) {
	a, err := readArchive()
	if err != nil {
		t.Fatal(err)
	}
	results, err := formatResults(a.runs)
	if err != nil {
		t.Fatal(err)
	}
	files, headlines, err := reportFiles(a.runs, results, func(id string) ([]byte, error) {
		if b, there := a.weights[id]; there {
			return b, nil
		}
		return nil, fmt.Errorf("the archive has no weights of %s", id)
	})
	if err != nil {
		t.Fatal(err)
	}
	readme := file{"../README.md", []byte(withAnswer(t, textOf(t, "README.md"), headlines))}
	for _, f := range append(files, file{"results.csv", results}, readme) {
		if strings.HasSuffix(f.name, ".svg") && f.name != "mnist-effective-rank.svg" { // which README shows
			continue
		}
		if *update {
			write(t, answerFile(f.name), f.data)
		} else if textOf(t, answerFile(f.name)) != string(f.data) {
			t.Errorf("%s is not what the runs give: go test -run Answer -update . makes it", answerFile(f.name))
		}
	}
}

// csvRows returns the rows of a table as maps from its columns' names.
func csvRows(t testing.TB, text string) (rows []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// firstComparisons are the comparisons of 2,231 runs that were in stats.csv when this test was
// written, with what may not change in them, in sorted lines. Later runs and questions add others.
func firstComparisons(t *testing.T, stats string) []string {
	t.Helper()
	kinds := []string{"baseline", "activation", "lambda", "reference", "stack", "data"}
	columns := strings.Fields("data epochs batch learning_rate tc_rows test measure k " +
		"x_below x_objective x_lambda x_activation y_below y_objective y_lambda y_activation " +
		"pairs wins ties shift shift_low shift_high rank_biserial p p_adjusted outcome")
	var lines []string
	for _, row := range csvRows(t, stats) {
		if slices.Contains(kinds, row["test"]) && row["components"] == "" {
			var cells []string
			for _, c := range columns {
				cells = append(cells, row[c])
			}
			lines = append(lines, strings.Join(cells, ","))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestTheFirstComparisonsStay(t *testing.T) {
	const want, wantSHA256 = 4917, "37aa4df5fdc3674589a1482e43f82921c76eed19fc22804209f4d991bbd1aba9"
	stats, err := formatStats(studies(archivedRuns(t)))
	if err != nil {
		t.Fatal(err)
	}
	lines := firstComparisons(t, string(stats))
	sum := sha256Text([]byte(strings.Join(lines, "\n")))
	if len(lines) == want && sum == wantSHA256 {
		return
	}
	t.Errorf("%d comparisons, SHA-256 %s; want %d, %s", len(lines), sum, want, wantSHA256)
	for i, line := range firstComparisons(t, textOf(t, answerFile("stats.csv"))) {
		if i >= len(lines) || lines[i] != line {
			t.Fatalf("the first that differs from answer/stats.csv:\n%s\n%s", lines[min(i, len(lines)-1)], line)
		}
	}
}
