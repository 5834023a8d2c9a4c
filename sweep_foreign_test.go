package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// untrainedInto is the command line of the cheapest runs.
func untrainedInto(s store, seeds string) []string {
	return []string{"-data", "clusters", "-objective", "random", "-k", "2", "-tc-rows", "0", "-quiet", "-out", s.out, "-seed", seeds}
}

// copyRun puts the run of an id of one store into another.
func copyRun(t *testing.T, from, to store, id string) {
	t.Helper()
	if err := os.CopyFS(to.folder(id), os.DirFS(from.folder(id))); err != nil {
		t.Fatal(err)
	}
}

// TestWhoeverWritesLastHasSeenEveryRun: runs that come while a process writes are written by it if nobody else is
// at work, and else left to those who are, however many come.
func TestWhoeverWritesLastHasSeenEveryRun(t *testing.T) {
	source := store{t.TempDir()}
	mustRun(t, untrainedInto(source, "1-5")...)
	all, err := source.scan(inventory{})
	if err != nil {
		t.Fatal(err)
	}
	ids := slices.Sorted(maps.Keys(all.good))
	now, old := time.Now(), time.Now().Add(-2*leftoverAge)
	tests := []struct {
		name   string
		sign   string    // of another process
		signed time.Time // when it was last at work
		comes  int       // runs, one at each writing
		want   []int     // runs in each writing
	}{
		{"nobody else, nothing new", "", now, 0, []int{1}},
		{"two that end together", "", now, 1, []int{1, 2}},
		{"three that end together", "", now, 2, []int{1, 2, 3}},
		{"another is at work", tempPrefix + "SIGN", now, 4, []int{1}},
		{"another was killed long ago", tempPrefix + "SIGN", old, 1, []int{1, 2}},
		{"what is no sign", "notes", now, 1, []int{1, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store{t.TempDir()}
			copyRun(t, source, s, ids[0])
			if test.sign != "" {
				write(t, s.folder(test.sign), nil)
				if err := os.Chtimes(s.folder(test.sign), test.signed, test.signed); err != nil {
					t.Fatal(err)
				}
			}
			var got []int
			if _, err := s.settle(inventory{}, func(runs []*Result) error {
				got = append(got, len(runs))
				if n := len(got); n <= test.comes {
					copyRun(t, source, s, ids[n])
				}
				return nil
			}); err != nil || !slices.Equal(got, test.want) {
				t.Errorf("writings of %v runs, %v; want %v", got, err, test.want)
			}
		})
	}
}

// TestASweepSaysThatItIsAtWork while it is, and no longer.
func TestASweepSaysThatItIsAtWork(t *testing.T) {
	s := store{t.TempDir()}
	ahead := planOf(t, "-data clusters -k 2 -epochs 1 -tc-rows 0").mine
	console := newConsole(onWrite(func() {
		if !s.othersAtWork() {
			t.Error("no sign of a sweep at work")
		}
	}), false)
	work := sweep{store: s, data: clusters(), ahead: ahead, tally: newTally(console, 0, ahead)}
	if err := errors.Join(s.prepare(console), os.RemoveAll(s.failure(""))); err != nil {
		t.Fatal(err)
	}
	if err := work.do(t.Context(), 1); err != nil || s.othersAtWork() {
		t.Errorf("%v; at work afterwards: %v", err, s.othersAtWork())
	}
}

// onWrite is called with every write.
type onWrite func()

func (f onWrite) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

// unreadable makes the run of an id one whose files the system will not read: not damaged, but not to be used. It
// works for root too, whom permissions do not stop.
func unreadable(t *testing.T, s store, id string) {
	t.Helper()
	path := filepath.Join(s.folder(id), "run.json")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeReadIsLeftOutAndTheRestGoesOn(t *testing.T) {
	s := store{t.TempDir()}
	args := untrainedInto(s, "1-2")
	mustRun(t, args...)
	id := planOf(t, strings.Join(args, " ")).mine[0].ID()
	unreadable(t, s, id)
	tests := []struct {
		name, seeds string
		status      int
		want        []string // on stderr
	}{
		{"one of the runs asked for", "1-3", 1, []string{id + " is there but cannot be used: ", "infomax: 1 of 3 runs cannot be used: the reasons are above\n"}},
		{"one that is foreign", "4-5", 0, []string{s.folder(id) + " is left out: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := command(append(args, "-seed", test.seeds), &stdout, &stderr)
			if status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			wantInOrder(t, stderr.String(), test.want...)
		})
	}
	if got := len(rows(t, s)); got != 4 {
		t.Errorf("results.csv has %d runs, want those of the other 4 seeds", got)
	}
	if list := mustRun(t, "-list", "-out", s.out); !strings.Contains(list, "unread   "+id) {
		t.Errorf("-list prints\n%s", list)
	}
}

// TestASingleRunKeepsAReportInStep: whatever is derived is from the same runs.
func TestASingleRunKeepsAReportInStep(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, untrainedInto(s, "1-2")...)
	mustRun(t, untrainedInto(s, "3")...)
	results, err := os.ReadFile(filepath.Join(s.out, "results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(s.page())
	if err != nil || bytes.Count(results, []byte("\n")) != 4 || !strings.Contains(string(page), fmt.Sprintf("%x", sha256.Sum256(results))) {
		t.Errorf("%v: the report has not the hash of results.csv, which is\n%s", err, results)
	}
}

func TestARunThroughGitIsNotDamaged(t *testing.T) {
	s, id := tinyRun(t)
	path := filepath.Join(s.folder(id), "run.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))) // core.autocrlf=true
	if _, err := s.read(id); err != nil {
		t.Error(err)
	}
}

// TestFlushTakesFilesThatCannotBeSynced, such as a pipe, but no other failure.
func TestFlushTakesFilesThatCannotBeSynced(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := flush(w); err != nil {
		t.Errorf("a pipe: %v", err)
	}
	if r.Close(); w.Close() != nil || flush(w) == nil {
		t.Error("a closed file was taken for one that is on the disk")
	}
}

func TestArgumentsCanBePastedIntoAShell(t *testing.T) {
	for arg, want := range map[string]string{
		"-k=16,32": "-k=16,32", "results/a b": "'results/a b'", "": "''", "$HOME": "'$HOME'", "it's": `'it'\''s'`, "a;b": "'a;b'", "λ": "'λ'",
	} {
		if got := pasteable(arg); got != want {
			t.Errorf("%q becomes %s, want %s", arg, got, want)
		}
	}
}
