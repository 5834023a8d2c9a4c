package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The folder answer is what the command in its manifest.json left, of the runs their run.json alone. Its tables must follow
// from these.

func answerFile(name string) string { return filepath.Join("answer", name) }

// answerRows are the rows of a table of the answer.
func answerRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	return csvRows(t, textOf(t, answerFile(name)))
}

// archivedRuns are the runs in runs.tar.gz, in the order of every table. Each run.json is held to its checksum.
func archivedRuns(t *testing.T) []*Result {
	t.Helper()
	runs, err := readArchive()
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

var readArchive = sync.OnceValues(func() (runs []*Result, err error) {
	file, err := os.Open(answerFile("runs.tar.gz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		r, err := parseRun(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return runs, nil
})

// TestTheAnswerFollowsFromItsRuns: the tables are what this program makes of the runs in the archive.
func TestTheAnswerFollowsFromItsRuns(t *testing.T) {
	runs := archivedRuns(t)
	results, err := formatResults(runs)
	if err != nil {
		t.Fatal(err)
	}
	all, stacks := analyseAll(runs)
	every := slices.Concat(all, stacks)
	stats, err := formatStats(every)
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string][]byte{"results.csv": results, "stats.csv": stats, "tables.md": formatMarkdown(every)} {
		if textOf(t, answerFile(name)) != string(made) {
			t.Errorf("answer/%s is not what the runs give; `go run . -report -out answer` makes it, where they are", name)
		}
	}
}

// TestTheAnswerIsOfOneSweep: its report is of its results.csv, whose rows are all runs of the grids in its manifest.
func TestTheAnswerIsOfOneSweep(t *testing.T) {
	var m manifest
	if err := json.Unmarshal([]byte(textOf(t, answerFile("manifest.json"))), &m); err != nil {
		t.Fatal(err)
	}
	results := textOf(t, answerFile("results.csv"))
	if n := len(answerRows(t, "results.csv")); n != m.Runs {
		t.Errorf("%d rows of %d runs", n, m.Runs)
	}
	if _, err := readClaims(answerFile("results.csv"), dataSource{}); err != nil {
		t.Error(err)
	}
	report := textOf(t, answerFile("report.html"))
	if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(results))); !strings.Contains(report, hash) {
		t.Errorf("report.html has not the SHA-256 of results.csv, %s", hash)
	}
	size := int64(0)
	entries, err := os.ReadDir("answer")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 12e6 || len(report) > 6e6 {
		t.Errorf("the answer has %d bytes and its report %d: at most 12 and 6 million", size, len(report))
	}
}
