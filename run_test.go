package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// runFolder reads the only run in s whose id starts with prefix.
func runFolder(t *testing.T, s store, prefix string) *Result {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.runs(), prefix+"*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("runs %s*: %v, %v", prefix, found, err)
	}
	r, _, err := s.read(filepath.Base(found[0]))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestALayerBelowIsTheRunThatTheSameFlagsGive(t *testing.T) {
	alone, stacked := store{t.TempDir()}, store{t.TempDir()}
	flags := strings.Fields("-data clusters -act tanh -epochs 2 -seed 3 -lambda 2 -tc-rows 0 -quiet")
	mustRun(t, append(flags, "-k", "5", "-out", alone.out)...)
	mustRun(t, append(flags, "-k", "4", "-below", "infomax:5", "-out", stacked.out)...)
	first := runFolder(t, alone, "clusters-infomax-tanh-k5-lambda2-seed3")
	lower := runFolder(t, stacked, "clusters-infomax-tanh-k5")
	upper := runFolder(t, stacked, "clusters-infomax5-infomax-tanh-k4-lambda2-seed3")
	if lower.ID != first.ID || lower.WeightsSHA256 != first.WeightsSHA256 || upper.BelowSHA256 != first.WeightsSHA256 {
		t.Errorf("weights of a run alone %s, of the same below another %s, and the stack stands on %s",
			first.WeightsSHA256, lower.WeightsSHA256, upper.BelowSHA256)
	}
	// Trained weights that are there are used, and a stack on them has the same bits.
	var said bytes.Buffer
	both := append(flags[:len(flags)-1], "-k", "4", "-below", "infomax:5", "-objective", "infomax,random",
		"-out", alone.out)
	if status := command(both, io.Discard, &said); status != 0 {
		t.Fatalf("exit status %d: %s", status, &said)
	}
	same := runFolder(t, alone, "clusters-infomax5-infomax-tanh-k4")
	if same.WeightsSHA256 != upper.WeightsSHA256 {
		t.Error("a stack on a layer that was there has other weights")
	}
	// The start of training is a random layer on a trained one.
	random := runFolder(t, alone, "clusters-infomax5-random-tanh-k4-lambda2")
	if diff := cmp.Diff(same.Init, random.Final, closeMetrics); diff != "" {
		t.Errorf("initial metrics of a trained stack and those of an untrained one (-initial +untrained)\n%s", diff)
	}
	if !finite(float64(same.Init.ProbeAccuracy)) {
		t.Error("a stack has no probe of its start")
	}
}

// Weights below that were changed since the sweep began are not built upon.
func TestALayerBelowIsCheckedBeforeItIsUsed(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-act", "tanh", "-k", "5", "-epochs", "1", "-tc-rows", "0", "-quiet", "-out", s.out)
	id := runFolder(t, s, "clusters-infomax-tanh-k5").ID
	file := filepath.Join(s.folder(id), "weights.npz")
	weights, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	weights[len(weights)/2] ^= 1
	if err := os.WriteFile(file, weights, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := s.layer(id); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("changed weights of a layer below: error %v, want one of their SHA-256", err)
	}
}

// TestOutputsAreStandardisedByTheTrainSplit: units that are dead or constant on it become 0.
func TestOutputsAreStandardisedByTheTrainSplit(t *testing.T) {
	data, W, b := clusters(), newMat(2, 3), []float64{0, -9, 1} // the first is constant, the second dead
	W.Row(0)[2] = 1
	above := data.outputs(activationByName("relu"), W, b)
	column := make([]float64, data.Train.N)
	for n := range column {
		column[n] = relu(data.Train.dense(n)[0] + 1)
	}
	mean, sd := meanSD(column)
	for name, split := range map[string][2]Set{"train": {data.Train, above.Train}, "test": {data.Test, above.Test}} {
		for n := range split[0].N {
			want := []float64{0, 0, (relu(split[0].dense(n)[0]+1) - mean) / sd}
			if diff := cmp.Diff(want, split[1].dense(n), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Fatalf("%s row %d (-want +got)\n%s", name, n, diff)
			}
		}
	}
}

// TestShardsOfStacksAreTheWhole: layers below are trained once, whatever the shard.
func TestShardsOfStacksAreTheWhole(t *testing.T) {
	grid := []string{"-below", "none,random:4,pca:2", "-objective", "infomax,random,pca",
		"-act", "relu,softmax", "-epochs", "1"}
	s, whole := store{t.TempDir()}, store{t.TempDir()}
	mustRun(t, sweepInto(s, append(grid, "-shard", "1/2")...)...)
	mustRun(t, sweepInto(s, append(grid, "-shard", "2/2")...)...)
	mustRun(t, sweepInto(whole, grid...)...)
	first, _ := outcome(t, s)
	if all, _ := outcome(t, whole); all != first {
		t.Errorf("results.csv of two shards (-) and of one process (+)\n%s", cmp.Diff(first, all))
	}
}

func TestAStackOnALayerThatDivergedHasDiverged(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-act", "identity", "-k", "3", "-objective", "random", "-below", "reconstruction:2",
		"-lr", "1e200", "-epochs", "2", "-tc-rows", "0", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 2 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id, r := range there.good {
		if r.Status != "diverged" || (r.DivergedEpoch == 0) != r.Config.stacked() {
			t.Errorf("%s: %s in epoch %d", id, r.Status, r.DivergedEpoch)
		}
	}
}

// TestIDsAreThoseOfThePublishedTables, whatever has become a setting since, and tell apart what differs.
func TestIDsAreThoseOfThePublishedTables(t *testing.T) {
	plain := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32, Lambda: 1, Seed: 1,
		Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000, Whiten: 0.5}
	if got, want := plain.normal().ID(), "mnist-infomax-relu-k32-lambda1-seed1-863d51a0"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	ids := map[string]bool{}
	for _, below := range []layer{{}, {"random", 64}, {"infomax", 64}, {"random", 65}} {
		for M, P := range []float64{0, 0.5, 1} {
			c := plain
			c.Below, c.Components, c.Whiten = below, M, P
			ids[c.ID()] = true
			b, err := json.Marshal(c)
			var back Config
			if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil || back != c {
				t.Errorf("%s read back is %+v: %v", b, back, err)
			}
		}
	}
	if len(ids) != 12 {
		t.Errorf("%d ids of 12 settings: %v", len(ids), ids)
	}
}

// TestSettingsThatNoLayerUsesAreNone, so that equal runs have equal settings.
func TestSettingsThatNoLayerUsesAreNone(t *testing.T) {
	all := Config{Objective: "random", K: 2, Lambda: 1, Seed: 1, Epochs: 100, Batch: 128, LearningRate: 1e-3}
	seed, none, trained := all, all, all
	seed.Lambda, seed.Epochs, seed.Batch, seed.LearningRate = 0, 0, 0, 0
	none = seed
	none.Objective, none.Seed = "pca", 0
	trained.Objective, trained.Lambda = "tied", 0
	for _, want := range []Config{seed, none, trained} {
		for below, settings := range map[layer]Config{{}: want, {"pca", 64}: want, {"infomax", 64}: all} {
			c := all
			c.Objective, c.Below = want.Objective, below
			settings.Objective, settings.Below = want.Objective, below
			if got := c.normal(); got != settings {
				t.Errorf("settings of %s on %v: %+v, want %+v", c.Objective, below, got, settings)
			}
		}
	}
}

// BenchmarkRun is a run in parts: what is measured before its steps, the steps, what is measured after them,
// the probes, and its files. Up to 64 units it is the protocol's, beyond that of 10 epochs without total
// correlation. It takes minutes.
func BenchmarkRun(b *testing.B) {
	data := mnistForTest(b)
	for _, act := range []string{"relu", "tanh", "softmax"} {
		for _, K := range []int{16, 32, 64, 512, 1024} {
			c := Config{Data: "mnist", Objective: "infomax", Activation: act, K: K, Lambda: 1, Seed: 1,
				Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
			if K > 64 {
				c.Epochs, c.TCRows = 10, 0
			}
			b.Run(fmt.Sprintf("act=%s/K=%d", act, K), func(b *testing.B) {
				for b.Loop() {
					benchmarkRun(b, c, data)
				}
			})
		}
	}
}

func benchmarkRun(b *testing.B, c Config, data *Dataset) {
	outside := 0.0
	part := func(name string, do func()) (seconds float64) {
		started := time.Now()
		do()
		seconds = time.Since(started).Seconds()
		b.ReportMetric(seconds, "s-"+name)
		return seconds
	}
	var m Metrics
	t := newTrainer(c, &data.Train)
	measure := func() { m = t.measure(&data.Test) }
	outside += part("init", measure)
	steps := part("steps", func() { t.train(b.Context(), func(int, Epoch) {}) })
	outside += part("final", measure)
	outside += part("probes", func() { t.measureProbes(&m, data) })
	outside += part("files", func() {
		W := t.X.restore(t.W)
		r, w := &Result{ID: c.ID(), Config: c, Init: m, Final: m}, &Weights{W: W, W0: W, B: t.b, B0: t.b}
		files, err := runFiles(r, w, data)
		s := store{b.TempDir()}
		if err = errors.Join(err, os.MkdirAll(s.runs(), 0o777), s.save(r.ID, files)); err != nil {
			b.Fatal(err)
		}
	})
	b.ReportMetric(100*outside/(outside+steps), "%-outside")
	b.ReportMetric(float64(m.ProbeAccuracy), "accuracy")
}
