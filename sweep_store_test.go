package main

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tinyRun is a store with one run of the smallest kind, and that run's id.
func tinyRun(t *testing.T) (store, string) {
	t.Helper()
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-k", "2", "-epochs", "1", "-tc-rows", "0", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 1 {
		t.Fatalf("one run left %d: %v", len(there.good), err)
	}
	return s, there.sorted()[0].ID
}

// damages changes a file of the run in many ways and fails t unless each is noticed.
func damages(t *testing.T, s store, id, name string, bytesOf func(whole []byte, i int) []byte, n int) {
	t.Helper()
	path := filepath.Join(s.folder(id), name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n < 0 {
		n = len(whole)
	}
	for i := range n {
		if err := os.WriteFile(path, bytesOf(whole, i), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := s.read(id); !errors.As(err, new(damage)) {
			t.Fatalf("%s, damage %d: read says %v", name, i, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(id); err != nil {
		t.Fatalf("%s as it was: %v", name, err)
	}
}

func TestEveryTruncationIsNoticed(t *testing.T) {
	s, id := tinyRun(t)
	for _, name := range []string{"run.json", "weights.npz"} {
		damages(t, s, id, name, func(whole []byte, i int) []byte { return whole[:i] }, -1)
	}
}

func TestEveryBitFlipIsNoticed(t *testing.T) {
	s, id := tinyRun(t)
	rng := rand.New(rand.NewPCG(1, 0))
	for _, name := range []string{"run.json", "weights.npz"} {
		damages(t, s, id, name, func(whole []byte, _ int) []byte {
			flipped := append([]byte(nil), whole...)
			flipped[rng.IntN(len(whole))] ^= 1 << rng.IntN(8)
			return flipped
		}, 1000)
	}
}

func TestAppendedBytesAreNoticed(t *testing.T) {
	s, id := tinyRun(t)
	for _, name := range []string{"run.json", "weights.npz"} {
		damages(t, s, id, name, func(whole []byte, i int) []byte { return append(whole[:len(whole):len(whole)], byte(i)) }, 256)
	}
}

func TestAFolderUnderAnotherNameIsNoRun(t *testing.T) {
	s, id := tinyRun(t)
	if err := os.Rename(s.folder(id), s.folder(id+"-copy")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(id + "-copy"); !errors.As(err, new(damage)) {
		t.Errorf("read says %v", err)
	}
}

func TestDamagedRunsAreSetAsideAndRunAgain(t *testing.T) {
	tests := []struct {
		name   string
		damage func(folder string) error
	}{
		{"weights cut off", func(folder string) error { return os.Truncate(filepath.Join(folder, "weights.npz"), 99) }},
		{"no weights", func(folder string) error { return os.Remove(filepath.Join(folder, "weights.npz")) }},
		{"no run.json", func(folder string) error { return os.Remove(filepath.Join(folder, "run.json")) }},
		{"empty run.json", func(folder string) error { return os.Truncate(filepath.Join(folder, "run.json"), 0) }},
		{"a file in its place", func(folder string) error {
			return errors.Join(os.RemoveAll(folder), os.WriteFile(folder, []byte("what?"), 0o666))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, id := tinyRun(t)
			want := folders(t, s)[id]
			for n := range 2 { // the second finds the name damaged-…-1 taken
				if err := test.damage(s.folder(id)); err != nil {
					t.Fatal(err)
				}
				cmd := program(t, "-data", "clusters", "-k", "2", "-epochs", "1", "-tc-rows", "0", "-quiet", "-out", s.out)
				text, err := cmd.CombinedOutput()
				aside := damagedPrefix + id + []string{"-1", "-2"}[n]
				if err != nil || !strings.Contains(string(text), aside) {
					t.Fatalf("%v: %s", err, text)
				}
				if _, err := os.Stat(s.folder(aside)); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(want, folders(t, s)[id]); diff != "" {
					t.Errorf("run again (-want +got):\n%s", diff)
				}
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
	leftovers, err := filepath.Glob(filepath.Join(s.runs(), tempPrefix+"*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left over: %v, %v", leftovers, err)
	}
}

func TestOnlyOldLeftoversAreCleared(t *testing.T) {
	s := store{t.TempDir()}
	old, young := s.folder(tempPrefix+"old"), s.folder(tempPrefix+"young")
	err := errors.Join(os.MkdirAll(old, 0o777), os.MkdirAll(young, 0o777), os.WriteFile(filepath.Join(old, "run.json"), nil, 0o666))
	past := time.Now().Add(-2 * leftoverAge)
	if err := errors.Join(err, os.Chtimes(old, past, past), s.prepare(newConsole(io.Discard, true))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old leftover: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young one, which a live process may hold: %v", err)
	}
}

// TestLeftoversOfOthersStay: -out may be a folder that others use too.
func TestLeftoversOfOthersStay(t *testing.T) {
	s := store{t.TempDir()}
	theirs := filepath.Join(s.out, ".tmp-theirs")
	if err := os.Mkdir(theirs, 0o777); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(theirs, long, long); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(newConsole(io.Discard, true)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Errorf("the folder of another program is gone: %v", err)
	}
}
