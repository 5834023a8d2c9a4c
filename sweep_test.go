package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shortSweep is 66 runs of a few milliseconds: without labels there are no probes.
var shortSweep = []string{"-data", "uniform", "-act", "relu,tanh,softmax", "-k", "2,3", "-objective", "all",
	"-seed", "1-2", "-epochs", "2", "-tc-rows", "0", "-workers", "2", "-quiet"}

const shortSweepRuns = 66

// sweepInto is the command line of shortSweep with more flags.
func sweepInto(s store, more ...string) []string {
	return append(append([]string{"-out", s.out}, shortSweep...), more...)
}

// times are the parts of run.json that differ between two runs of one config.
var times = regexp.MustCompile(`"(seconds|sha256)": .*`)

// folders maps every run to its files, each to its contents or, if long, their hash. Times are left
// out. What is set aside or temporary is no run.
func folders(t *testing.T, s store) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	paths, err := filepath.Glob(filepath.Join(s.runs(), "[a-z]*-*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		id := filepath.Base(filepath.Dir(path))
		if strings.HasPrefix(id, damagedPrefix) {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if all[id] == nil {
			all[id] = map[string]string{}
		}
		all[id][filepath.Base(path)] = fmt.Sprintf("%x", sha256.Sum256(times.ReplaceAll(b, nil)))
	}
	return all
}

// outcome is all that a sweep leaves and that must not depend on how it went.
func outcome(t *testing.T, s store) (results string, runs map[string]map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.out, "results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b), folders(t, s)
}

// undisturbedOutcome is kept for the tests that come later.
var undisturbedOutcome struct {
	results string
	runs    map[string]map[string]string
}

// undisturbed runs shortSweep in peace, once.
func undisturbed(t *testing.T) (results string, runs map[string]map[string]string) {
	t.Helper()
	if undisturbedOutcome.runs != nil {
		return undisturbedOutcome.results, undisturbedOutcome.runs
	}
	s := store{t.TempDir()}
	mustRun(t, sweepInto(s)...)
	results, runs = outcome(t, s)
	if len(runs) != shortSweepRuns || strings.Count(results, "\n") != shortSweepRuns+1 {
		t.Fatalf("%d runs, %d lines of results.csv", len(runs), strings.Count(results, "\n"))
	}
	undisturbedOutcome.results, undisturbedOutcome.runs = results, runs
	return results, runs
}

// sameOutcome fails t unless s holds what an undisturbed sweep leaves.
func sameOutcome(t *testing.T, s store, wantResults string, wantRuns map[string]map[string]string) {
	t.Helper()
	results, runs := outcome(t, s)
	if diff := cmp.Diff(wantResults, results); diff != "" {
		t.Errorf("results.csv (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantRuns, runs); diff != "" {
		t.Errorf("run folders (-want +got):\n%s", diff)
	}
}

// TestKilledSweepsLoseNothing kills sweeps at random moments of their time, and resumes them.
// INFOMAX_KILLS=200 makes it 200 kills.
func TestKilledSweepsLoseNothing(t *testing.T) {
	kills := 20
	if text := os.Getenv("INFOMAX_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	wantResults, wantRuns := undisturbed(t)
	begun := time.Now()
	if err := program(t, sweepInto(store{t.TempDir()})...).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	rng := rand.New(rand.NewPCG(1, 0))
	sweeps, early, unfinished := 0, 0, 0
	for killed := 0; killed < kills; sweeps++ {
		s := store{t.TempDir()}
		kept := map[string]string{} // run.json with its times, when it was first seen
		for killed < kills && len(kept) < shortSweepRuns {
			before := len(kept)
			if killAfter(t, program(t, sweepInto(s)...), time.Duration(rng.Int64N(int64(whole)/4))) {
				killed++
			}
			if keep(t, s, kept); len(kept) == before {
				early++
			}
		}
		leftovers, err := filepath.Glob(s.folder(filepath.Join(tempPrefix+"*", "run.json")))
		if err != nil {
			t.Fatal(err)
		}
		unfinished += len(leftovers)
		mustRun(t, sweepInto(s)...)
		keep(t, s, kept)
		sameOutcome(t, s, wantResults, wantRuns)
	}
	t.Logf("%d kills of %d sweeps: %d before a run was done, %d runs half written", kills, sweeps, early, unfinished)
}

// killAfter says whether the program was still there to be killed.
func killAfter(t *testing.T, cmd *exec.Cmd, wait time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	killable := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	killable.Env = cmd.Env
	err := killable.Run()
	if err != nil && ctx.Err() == nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return err != nil
}

// keep checks that every run seen before is there unchanged, times included, and that all are whole.
func keep(t *testing.T, s store, kept map[string]string) {
	t.Helper()
	there, err := s.scan(inventory{})
	if err != nil || len(there.bad) > 0 {
		t.Fatalf("after a kill: %v, damaged: %v", err, there.bad)
	}
	for id := range kept {
		if there.good[id] == nil {
			t.Fatalf("%s was done and is lost", id)
		}
	}
	for id := range there.good {
		b, err := os.ReadFile(filepath.Join(s.folder(id), "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		if was, seen := kept[id]; seen && was != string(b) {
			t.Fatalf("%s was done and is not the same", id)
		}
		kept[id] = string(b)
	}
}

func TestShardsMergeByCopying(t *testing.T) {
	wantResults, wantRuns := undisturbed(t)
	merged := store{t.TempDir()}
	for i := range 3 {
		s := store{t.TempDir()}
		mustRun(t, sweepInto(s, "-shard", fmt.Sprintf("%d/3", i+1), "-workers", strconv.Itoa(i+1))...)
		if err := os.CopyFS(merged.runs(), os.DirFS(s.runs())); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, "-report", "-out", merged.out)
	sameOutcome(t, merged, wantResults, wantRuns)
	mustRun(t, sweepInto(merged)...)
	sameOutcome(t, merged, wantResults, wantRuns)
}

func TestTwoProcessesShareAFolder(t *testing.T) {
	wantResults, wantRuns := undisturbed(t)
	s := store{t.TempDir()}
	var output [2]bytes.Buffer
	var cmds [2]*exec.Cmd
	for i := range cmds {
		cmds[i] = program(t, sweepInto(s)...)
		cmds[i].Stderr = &output[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, &output[i])
		}
	}
	sameOutcome(t, s, wantResults, wantRuns)
}

func TestAFinishedSweepRunsNothing(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, sweepInto(s)...)
	before := map[string]string{}
	keep(t, s, before)
	mustRun(t, sweepInto(s)...)
	after := map[string]string{}
	keep(t, s, after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("times changed (-want +got):\n%s", diff)
	}
}

func TestInterruptLeavesWhatIsDone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signal to another process")
	}
	wantResults, wantRuns := undisturbed(t)
	s := store{t.TempDir()}
	cmd := program(t, sweepInto(s, "-quiet=false")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := stderr.Read(first); err != nil { // a run is done
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	text.ReadFrom(stderr)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Fatalf("%v, want exit status 130: %s", err, &text)
	}
	results, runs := outcome(t, s)
	if n := len(runs); n == 0 || n == shortSweepRuns || strings.Count(results, "\n") != n+1 {
		t.Errorf("%d runs are done, and results.csv has\n%s", n, results)
	}
	mustRun(t, sweepInto(s)...)
	sameOutcome(t, s, wantResults, wantRuns)
}

func TestListRunsNothing(t *testing.T) {
	s := store{filepath.Join(t.TempDir(), "out")}
	text := mustRun(t, sweepInto(s, "-list")...)
	if got := strings.Count(text, "uniform-"); got != shortSweepRuns {
		t.Errorf("%d runs listed, want %d:\n%s", got, shortSweepRuns, text)
	}
	if _, err := os.Stat(s.out); err == nil {
		t.Error("-list made the output folder")
	}
	mustRun(t, sweepInto(s, "-act", "relu")...)
	text = mustRun(t, sweepInto(s, "-list")...)
	if got := strings.Count(text, "done     uniform-"); got != 22 || !strings.Contains(text, "22 of 66 runs done") {
		t.Errorf("%d runs listed as done, want 22:\n%s", got, text)
	}
}

func TestADivergedRunIsKeptAndTheRestGoesOn(t *testing.T) {
	s := store{t.TempDir()}
	var stdout, stderr bytes.Buffer
	args := sweepInto(s, "-act", "identity,tanh", "-objective", "reconstruction,random", "-lr", "1e200")
	if status := command(args, &stdout, &stderr); status != 0 { // that is a result
		t.Errorf("exit status %d: %s", status, &stderr)
	}
	there, err := s.scan(inventory{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range there.good {
		counts[r.Config.Objective+" "+r.Status]++
	}
	if diff := cmp.Diff(map[string]int{"reconstruction diverged": 8, "random ok": 8}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "8 of 16 runs diverged: a number stopped being finite, which a smaller -lr, or inputs of a smaller scale, may prevent\n"; !strings.HasSuffix(stderr.String(), want) {
		t.Errorf("stderr does not end in %q:\n%s", want, &stderr)
	}
	for id, r := range there.good {
		if r.Status == "diverged" && !strings.Contains(stderr.String(), id+" diverged, in epoch 1") {
			t.Errorf("%s is not named in\n%s", id, &stderr)
		}
	}
}

// TestWhatOverflowsInAdamIsADivergedRun: squares of such gradients are infinite, and steps 0, while the loss stays finite.
func TestWhatOverflowsInAdamIsADivergedRun(t *testing.T) {
	x := make([]float64, 300*4)
	for i := range x {
		x[i] = 1e100 * float64(1+i%7)
	}
	set := denseSet(x, 4, nil)
	c := Config{Objective: "reconstruction", Activation: "identity", K: 3, Seed: 1, Epochs: 3, Batch: 100, LearningRate: 1e-3}
	r, _, err := run(t.Context(), c, &Dataset{Train: set, Test: set}, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	if !finite(float64(r.FinalLoss)) || r.Status != "diverged" || r.DivergedEpoch != 3 || len(r.Curve) != 3 {
		t.Errorf("loss %v, %s in epoch %d of %d", r.FinalLoss, r.Status, r.DivergedEpoch, len(r.Curve))
	}
}

func TestAFailedRunIsRecordedAndTheRestGoesOn(t *testing.T) {
	s := store{t.TempDir()}
	if err := s.prepare(newConsole(io.Discard, true)); err != nil {
		t.Fatal(err)
	}
	bad, good := Config{Data: "clusters", Objective: "random", Activation: "none", K: 2}, Config{Data: "clusters", Objective: "random", Activation: "relu", K: 2}
	var stderr bytes.Buffer
	ahead := []Config{bad, good}
	work := sweep{store: s, data: clusters(), ahead: ahead, tally: newTally(newConsole(&stderr, true), 0, ahead)}
	if err := work.do(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr.String(), bad.ID()+" failed: panic: no activation") || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("stderr %q", &stderr)
	}
	if b, err := os.ReadFile(s.failure(bad.ID())); err != nil || !strings.Contains(string(b), "no activation") {
		t.Errorf("failure file %q, %v", b, err)
	}
	if got := slices.Collect(maps.Keys(folders(t, s))); len(got) != 1 || got[0] != good.ID() {
		t.Errorf("runs %v", got)
	}
}

func TestAFolderThatCannotBeWrittenStopsTheSweep(t *testing.T) {
	s := store{filepath.Join(t.TempDir(), "gone")}
	var stderr bytes.Buffer
	ahead := planOf(t, "-data clusters -objective random -k 2 -tc-rows 0 -seed 1-50").mine
	work := sweep{store: s, data: clusters(), ahead: ahead, tally: newTally(newConsole(&stderr, true), 0, ahead)}
	err := work.do(t.Context(), 1)
	if err == nil || !strings.Contains(err.Error(), "saving "+ahead[0].ID()) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if unended := len(work.tally.running); unended != 1 {
		t.Errorf("%d runs were begun", unended)
	}
}

// TestTheFolderHasWhatItsRunsGive: figures of studies that are no more go with them, and other files stay.
func TestTheFolderHasWhatItsRunsGive(t *testing.T) {
	s := store{t.TempDir()}
	sweep := func(epochs string) map[string]bool {
		mustRun(t, sweepInto(s, "-epochs", epochs)...)
		figures := map[string]bool{}
		names, _ := filepath.Glob(filepath.Join(s.out, "*.svg"))
		for _, name := range names {
			figures[filepath.Base(name)] = true
		}
		return figures
	}
	outside := filepath.Join(t.TempDir(), "outside.svg")
	write(t, filepath.Join(s.out, "mine.svg"), nil)
	write(t, outside, nil)
	first := sweep("1")
	for _, name := range []string{outside, "..&#47;" + filepath.Base(filepath.Dir(outside)) + "&#47;outside.svg"} {
		page := textOf(t, s.page())
		write(t, s.page(), []byte(page+"<figcaption>"+strings.ReplaceAll(name, "/", "&#47;")+"</figcaption>"))
	}
	for id := range folders(t, s) {
		if err := os.RemoveAll(s.folder(id)); err != nil {
			t.Fatal(err)
		}
	}
	second := sweep("2")
	if _, err := os.Stat(outside); err != nil {
		t.Error("a file outside the folder is gone")
	}
	if len(first) < 5 || len(second) < 5 {
		t.Fatalf("%d and %d figures", len(first), len(second))
	}
	for name := range second {
		if first[name] != (name == "mine.svg") {
			t.Errorf("%s is there", name)
		}
	}
}

// TestAPanicOfAnyWorkerIsTheCallers, so that it is that of one run.
func TestAPanicOfAnyWorkerIsTheCallers(t *testing.T) {
	for bad := range 4 {
		func() {
			defer func() {
				if p := recover(); !strings.HasPrefix(fmt.Sprint(p), "the bad one") {
					t.Errorf("worker %d: %v", bad, p)
				}
			}()
			var started sync.WaitGroup
			started.Add(4)
			share(4, 4, func(i int) {
				started.Done()
				started.Wait() // each has a worker of its own
				if i == bad {
					panic("the bad one")
				}
			})
		}()
	}
}
