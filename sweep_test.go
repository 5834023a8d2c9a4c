package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
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
	return slices.Concat([]string{"-out", s.out}, shortSweep, more)
}

// times are the parts of run.json that differ between two runs of one config.
var times = regexp.MustCompile(`"(seconds|sha256)": .*`)

// folders maps every run to its files, each to the hash of its contents without times. What is temporary is no run.
func folders(t *testing.T, s store) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	paths, err := filepath.Glob(filepath.Join(s.runs(), "[a-z]*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		id := filepath.Base(filepath.Dir(path))
		if all[id] == nil {
			all[id] = map[string]string{}
		}
		all[id][filepath.Base(path)] = sha256Text(times.ReplaceAll(contentsOf(t, path), nil))
	}
	return all
}

// outcome is all that a sweep leaves and that must not depend on how it went: what is derived, and the runs.
func outcome(t *testing.T, s store) (derived string, runs map[string]map[string]string) {
	t.Helper()
	for _, name := range []string{"results.csv", "stats.csv", "tables.md", "tables.tex", "report.html"} {
		text := contentsOf(t, filepath.Join(s.out, name))
		derived += fmt.Sprintf("%s: %d lines, %s\n", name, bytes.Count(text, []byte("\n")), sha256Text(text))
	}
	return derived, folders(t, s)
}

// undisturbedOutcome is kept for the tests that come later.
var undisturbedOutcome struct {
	derived string
	runs    map[string]map[string]string
}

// sameOutcome fails t unless s holds what a sweep leaves that is run in peace.
func sameOutcome(t *testing.T, s store) {
	t.Helper()
	want := &undisturbedOutcome
	if want.runs == nil {
		peace := store{t.TempDir()}
		mustRun(t, sweepInto(peace)...)
		if want.derived, want.runs = outcome(t, peace); len(want.runs) != shortSweepRuns {
			t.Fatalf("%d runs", len(want.runs))
		}
	}
	derived, runs := outcome(t, s)
	if diff := cmp.Diff(want.derived, derived); diff != "" {
		t.Errorf("what is derived (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.runs, runs); diff != "" {
		t.Errorf("run folders (-want +got):\n%s", diff)
	}
}

// TestKilledSweepsLoseNothing kills sweeps at random moments of their time, and resumes them.
// INFOMAX_KILLS=200 makes it 200 kills.
func TestKilledSweepsLoseNothing(t *testing.T) {
	kills := 15
	if text := os.Getenv("INFOMAX_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	if err := program(t, sweepInto(store{t.TempDir()})...).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	rng := rand.New(rand.NewPCG(1, 0))
	for killed := 0; killed < kills; {
		s := store{t.TempDir()}
		kept := map[string]string{} // run.json with its times, when it was first seen
		for killed < kills && len(kept) < shortSweepRuns {
			if killAfter(t, program(t, sweepInto(s)...), time.Duration(rng.Int64N(int64(whole)/4))) {
				killed++
			}
			keep(t, s, kept)
		}
		mustRun(t, sweepInto(s)...)
		keep(t, s, kept)
		sameOutcome(t, s)
	}
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
		t.Fatalf("%v, damaged: %v", err, there.bad)
	}
	for id := range kept {
		if there.good[id] == nil {
			t.Fatalf("%s was done and is lost", id)
		}
	}
	for id := range there.good {
		run := string(contentsOf(t, filepath.Join(s.folder(id), "run.json")))
		if was, seen := kept[id]; seen && was != run {
			t.Fatalf("%s was done and is not the same", id)
		}
		kept[id] = run
	}
}

// TestShardsMergeByCopying, whatever the number of workers; and a finished sweep runs nothing.
func TestShardsMergeByCopying(t *testing.T) {
	merged := store{t.TempDir()}
	for i := range 3 {
		s := store{t.TempDir()}
		mustRun(t, sweepInto(s, "-shard", fmt.Sprintf("%d/3", i+1), "-workers", strconv.Itoa(i+1))...)
		if err := os.CopyFS(merged.runs(), os.DirFS(s.runs())); err != nil {
			t.Fatal(err)
		}
	}
	kept := map[string]string{}
	keep(t, merged, kept)
	mustRun(t, "-report", "-out", merged.out)
	sameOutcome(t, merged)
	mustRun(t, sweepInto(merged)...)
	sameOutcome(t, merged)
	keep(t, merged, kept)
	if got := mustRun(t, sweepInto(merged, "-seed", "1", "-list")...); !strings.Contains(got, "36 of 36 runs done") {
		t.Errorf("-list prints %s", got)
	}
}

func TestTwoProcessesShareAFolder(t *testing.T) {
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
	sameOutcome(t, s)
}

// started starts the program and waits until it has done a run into s.
func started(t *testing.T, s store, cmd *exec.Cmd) *bytes.Buffer {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) // if it is still there
	for begun := time.Now(); len(folders(t, s)) == 0; time.Sleep(time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("no run is done: %s", &stderr)
		}
	}
	return &stderr
}

// exitStatus waits for the program to end.
func exitStatus(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// endless is a sweep whose first run takes a moment, and the second minutes, in a single measurement of many units.
func endless(s store) []string {
	return []string{"-data", "clusters", "-tc-rows", "0", "-objective", "random", "-k", "2,3000", "-workers", "2",
		"-out", s.out}
}

// TestSignalsLeaveWhatIsDone, at once even in the middle of a measurement. A hangup that is ignored, as under nohup, is
// not heard.
func TestSignalsLeaveWhatIsDone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signal to another process")
	}
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(signal.String(), func(t *testing.T) {
			if signal == syscall.SIGHUP && ossignal.Ignored(signal) {
				t.Skip("these tests run under nohup")
			}
			s := store{t.TempDir()}
			cmd := program(t, endless(s)...)
			if signal == syscall.SIGTERM { // which nohup leaves, unlike the hangup before it
				shell := exec.Command("sh", append([]string{"-c", `trap "" HUP; exec "$@"`, "sh"}, cmd.Args...)...)
				shell.Env, cmd = cmd.Env, shell
			}
			stderr := started(t, s, cmd)
			if signal == syscall.SIGTERM {
				if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
					t.Fatal(err)
				}
				time.Sleep(50 * time.Millisecond)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if got := exitStatus(t, cmd); got != want ||
				!strings.HasPrefix(stderr.String(), signal.String()+": ending in order; a second signal ends at once\n"+
					"infomax: stopped with 1 of 2 runs done") {
				t.Errorf("exit status %d, want %d: %s", got, want, stderr)
			}
			if n := strings.Count(textOf(t, filepath.Join(s.out, "results.csv")), "\n"); n != 2 {
				t.Errorf("results.csv has %d lines", n)
			}
		})
	}
}

// TestAFolderThatIsRenamedStopsTheSweep: the run that cannot be saved is named, and no new folder appears.
func TestAFolderThatIsRenamedStopsTheSweep(t *testing.T) {
	s := store{filepath.Join(t.TempDir(), "out")}
	cmd := program(t, untrainedInto(s, "1-5000")...)
	stderr := started(t, s, cmd)
	if err := os.Rename(s.out, s.out+"-2"); err != nil {
		t.Fatal(err)
	}
	status := exitStatus(t, cmd)
	lost := regexp.MustCompile(`^infomax: clusters-\S+ is done but cannot be saved and is lost: `)
	if status != 1 || !lost.Match(stderr.Bytes()) {
		t.Errorf("exit status %d: %s", status, stderr)
	}
	if _, err := os.Stat(s.out); err == nil {
		t.Error("there is a new folder")
	}
}

// TestWhatNeedsMoreMemoryThanThereIsEndsBeforeTraining, in one line that has both numbers.
func TestWhatNeedsMoreMemoryThanThereIsEndsBeforeTraining(t *testing.T) {
	cmd := program(t, "-data", "clusters", "-k", "16384", "-tc-rows", "0", "-quiet", "-out", t.TempDir())
	cmd.Env = append(cmd.Env, "GOMEMLIMIT=200MiB")
	text, err := cmd.CombinedOutput()
	want := regexp.MustCompile(`^infomax: .*-k16384-.* 5\.\d+ GB .* needed, and 0\.21 GB .*: give a smaller -k .*\n$`)
	if err == nil || !want.Match(text) {
		t.Errorf("%v: %s", err, text)
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
	for id, r := range there.good {
		counts[r.Config.Objective+" "+r.Status]++
		if r.Status == "diverged" && !strings.Contains(stderr.String(), id+" diverged: a smaller -lr") {
			t.Errorf("%s is not named in\n%s", id, &stderr)
		}
	}
	if diff := cmp.Diff(map[string]int{"reconstruction diverged": 8, "random ok": 8}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatIsNotFiniteIsADivergedRun: where Adam's moments overflow while the loss stays finite, and where inputs are so
// large that their axes are no numbers, or outputs are infinite.
func TestWhatIsNotFiniteIsADivergedRun(t *testing.T) {
	for _, test := range []struct {
		objective string
		scale     float64
		epoch     int
	}{
		{"reconstruction", 1e100, 3}, {"pca", 1e306, 0}, {"random", math.MaxFloat64 / 8, 0},
	} {
		x := make([]float64, 300*4)
		for i := range x {
			x[i] = test.scale * float64(1+i%7)
		}
		set := denseSet(x, 4, nil)
		c := Config{Objective: test.objective, Activation: "identity", K: 3, Seed: 1, Epochs: 3, Batch: 100,
			LearningRate: 1e-3}
		r, _, err := run(t.Context(), c.normal(), &Dataset{Train: set, Test: set}, new(starts), func(int, Epoch) {})
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != "diverged" || r.DivergedEpoch != test.epoch || len(r.Curve) != test.epoch {
			t.Errorf("%s: %s in epoch %d of %d", test.objective, r.Status, r.DivergedEpoch, len(r.Curve))
		}
	}
}

func TestAFailedRunIsToldAndTheRestGoesOn(t *testing.T) {
	s := store{t.TempDir()}
	bad := Config{Data: "clusters", Objective: "random", Activation: "none", K: 2}
	good := Config{Data: "clusters", Objective: "random", Activation: "relu", K: 2}
	var stderr bytes.Buffer
	p := plan{mine: []Config{bad, good}}
	absent, err := s.runMissing(t.Context(), p, inventory{}, 1, newConsole(&stderr, true))
	if err == nil { // the folder is not prepared
		t.Error("a folder that is not there was written to")
	}
	if err = errors.Join(s.prepare(), absent); err != nil {
		t.Fatal(err)
	}
	if _, err = s.runMissing(t.Context(), p, inventory{}, 1, newConsole(&stderr, true)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr.String(), bad.ID()+" failed: panic: no activation") {
		t.Errorf("stderr %q", &stderr)
	}
	if got := slices.Collect(maps.Keys(folders(t, s))); len(got) != 1 || got[0] != good.ID() {
		t.Errorf("runs %v", got)
	}
}

// TestWhatIsDoneBeforeDataAreMissingIsInTheTable: a plan of several data sets, the first of which is not there.
func TestWhatIsDoneBeforeDataAreMissingIsInTheTable(t *testing.T) {
	s := store{t.TempDir()}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	p := plan{from: dataSource{dir: t.TempDir()}}
	for _, data := range []string{"fashion", "clusters"} {
		p.mine = append(p.mine, Config{Data: data, Objective: "random", Activation: "relu", K: 1, Seed: 1})
	}
	absent, err := s.runMissing(t.Context(), p, inventory{}, 1, quiet)
	if err != nil || absent == nil || !strings.Contains(absent.Error(), ": fashion: ") {
		t.Fatalf("%v, %v; want an error of fashion alone", absent, err)
	}
	now, _, err := s.derive(quiet, inventory{}, false)
	if err != nil || len(now.good) != 1 {
		t.Errorf("%d runs, error %v; want that of clusters", len(now.good), err)
	}
}
