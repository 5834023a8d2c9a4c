package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	r, err := s.read(filepath.Base(found[0]))
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
	lower, upper := runFolder(t, stacked, "clusters-infomax-tanh-k5"), runFolder(t, stacked, "clusters-infomax5-infomax-tanh-k4-lambda2-seed3")
	if lower.ID != first.ID || lower.WeightsSHA256 != first.WeightsSHA256 || upper.BelowSHA256 != first.WeightsSHA256 {
		t.Errorf("weights of a run alone %s, of the same below another %s, and the stack stands on %s",
			first.WeightsSHA256, lower.WeightsSHA256, upper.BelowSHA256)
	}
	// Trained weights that are there are used, and a stack on them has the same bits.
	var said bytes.Buffer
	if status := command(append(flags[:len(flags)-1], "-k", "4", "-below", "infomax:5", "-objective", "infomax,random", "-out", alone.out), io.Discard, &said); status != 0 {
		t.Fatalf("exit status %d: %s", status, &said)
	}
	if !strings.Contains(said.String(), "layers below: 1 of 1 run there already") {
		t.Errorf("nothing said of the layer that is there:\n%s", &said)
	}
	same := runFolder(t, alone, "clusters-infomax5-infomax-tanh-k4")
	if same.WeightsSHA256 != upper.WeightsSHA256 {
		t.Error("a stack on a layer that was there has other weights")
	}
	// The start of training is a random layer on a trained one.
	random := runFolder(t, alone, "clusters-infomax5-random-tanh-k4-lambda2")
	equateNaN := cmp.Comparer(func(a, b Number) bool { return a == b || math.IsNaN(float64(a)) && math.IsNaN(float64(b)) })
	if diff := cmp.Diff(same.Init, random.Final, equateNaN); diff != "" {
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

func TestStacksOfIdentityAreOneLinearMap(t *testing.T) {
	data, identity := clusters(), activationByName("identity")
	W, b := xavier(2, 3, 1, streamWeights), []float64{0.5, -1, 2}
	V := xavier(3, 2, 2, streamWeights)
	above := data.outputs(identity, W, b)
	if above.Train.D != 3 || above.Train.N != data.Train.N || above.SHA256 != data.SHA256 {
		t.Fatalf("outputs of 3 units have D = %d, %d rows", above.Train.D, above.Train.N)
	}
	mean, sd := make([]float64, 3), make([]float64, 3)
	for k := range mean {
		column := make([]float64, data.Train.N)
		for n := range column {
			x := data.Train.dense(n)
			column[n] = x[0]*W.Row(0)[k] + x[1]*W.Row(1)[k] + b[k]
		}
		mean[k], sd[k] = meanSD(column)
	}
	var got, want []float64
	for n := range data.Test.N {
		x, s := data.Test.dense(n), above.Test.dense(n)
		for unit := range 2 {
			composed, stacked := 0.0, 0.0
			for k := range mean {
				v := V.Row(k)[unit] / sd[k]
				composed += x[0]*W.Row(0)[k]*v + x[1]*W.Row(1)[k]*v + (b[k]-mean[k])*v
				stacked += s[k] * V.Row(k)[unit]
			}
			got, want = append(got, stacked), append(want, composed)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("one map against a stack of two (-want +got)\n%.2000s", diff)
	}
}

func TestOutputsAreStandardisedByTheTrainSplit(t *testing.T) {
	data := clusters()
	W, b := newMat(2, 3), []float64{0, -9, 1} // the second unit is dead, the third alive, the first constant
	W.Row(0)[2] = 1
	above := data.outputs(activationByName("relu"), W, b)
	for k, wantSD := range []float64{0, 0, 1} {
		column := make([]float64, above.Train.N)
		for n := range column {
			column[n] = above.Train.dense(n)[k]
		}
		mean, sd := meanSD(column)
		if !(math.Abs(mean) <= 1e-12) || !(math.Abs(sd-wantSD) <= 1e-12) {
			t.Errorf("unit %d has mean %v and standard deviation %v, want 0 and %v", k, mean, sd, wantSD)
		}
	}
	for n := range above.Test.N {
		if a := above.Test.dense(n); a[0] != 0 || a[1] != 0 || !finite(a[2]) {
			t.Fatalf("test row %d is %v, want 0, 0 and a number", n, a)
		}
	}
}

// TestStackedGradientsMatchFiniteDifferences: the step of the layer above, on dense outputs of one below.
func TestStackedGradientsMatchFiniteDifferences(t *testing.T) {
	data := clusters()
	data.Train.N = 12
	for _, f := range activations {
		for _, objective := range []string{"infomax", "reconstruction", "tied"} {
			t.Run(f.name+" "+objective, func(t *testing.T) {
				above := data.outputs(f, xavier(2, 5, 1, streamWeights), []float64{0.3, -0.2, 0.1, 0, 0.4})
				X := Mat{above.Train.N, above.Train.D, above.Train.inputs.(denseRows).X.Data}
				V, b := xavier(5, 3, 7, streamDecoder), []float64{0.2, -0.1, 0.3}
				var W Mat
				for seed := uint64(1); W.Data == nil || nearKink(X, W, b); seed++ {
					W = xavier(3, 5, seed, streamWeights)
				}
				checkGradients(t, Config{Objective: objective, Activation: f.name, Lambda: 0.7}, above.Train, W, b, V)
			})
		}
	}
}

func TestLayersBelowInTheGrid(t *testing.T) {
	s := store{t.TempDir()}
	args := sweepInto(s, "-below", "none,random:4,pca:2", "-objective", "infomax,random,pca", "-act", "relu,softmax", "-epochs", "1")
	mustRun(t, append(args, "-shard", "1/2")...)
	mustRun(t, append(args, "-shard", "2/2")...)
	first, _ := outcome(t, s)
	whole := store{t.TempDir()}
	mustRun(t, append(sweepInto(whole), args[len(sweepInto(s)):]...)...)
	if all, _ := outcome(t, whole); all != first {
		t.Errorf("results.csv of two shards (-) and of one process (+)\n%s", cmp.Diff(first, all))
	}
	for _, bad := range []struct{ flag, want string }{
		{"infomax", "such as infomax:64"}, {"infomax:0", "1 to"}, {"rndom:4", "did you mean random?"}, {"none,none", "twice"},
	} {
		o, err := parseOptions([]string{"-below", bad.flag})
		if err == nil {
			_, err = o.plan()
		}
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("-below %s: %v, want %q in it", bad.flag, err, bad.want)
		}
	}
}

// TestARunWithoutALayerBelowKeepsItsID: ids are in published tables.
func TestARunWithoutALayerBelowKeepsItsID(t *testing.T) {
	c := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32, Lambda: 1, Seed: 1, Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
	if got, want := c.ID(), "mnist-infomax-relu-k32-lambda1-seed1-863d51a0"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	c.Below = layer{"random", 64}
	b, err := json.Marshal(c)
	var back Config
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || back != c {
		t.Errorf("%s read back is %+v: %v", b, back, err)
	}
	c.Objective, c.Below = "random", layer{"infomax", 64}
	if n := c.normal(); n.Lambda != 1 || n.Epochs != 100 || n.Seed != 1 {
		t.Errorf("a random layer on a trained one lost settings of the trained one: %+v", n)
	}
	c.Below = layer{"pca", 64}
	if n := c.normal(); n.Lambda != 0 || n.Epochs != 0 || n.Seed != 1 {
		t.Errorf("a random layer on principal components kept settings that nothing uses, or lost its seed: %+v", n)
	}
}

// TestComponentsOfComponentsHaveOneRun: whatever the seeds, and it is reported beside runs that have some.
func TestComponentsOfComponentsHaveOneRun(t *testing.T) {
	s := store{t.TempDir()}
	grid := []string{"-data", "clusters", "-act", "relu", "-k", "3", "-objective", "pca,random", "-tc-rows", "0", "-quiet", "-out", s.out}
	mustRun(t, append(grid, "-below", "pca:2")...)
	mustRun(t, append(grid, "-below", "random:2", "-seed", "2-3")...)
	there, err := s.scan(inventory{})
	if err != nil {
		t.Fatal(err)
	}
	for _, study := range studies(there.sorted()) {
		for p, its := range study.runs {
			if once := p.objective == "pca" && p.below.Objective == "pca"; once && len(its) != 1 {
				t.Errorf("%v has %d runs", p, len(its))
			}
		}
	}
	mustRun(t, "-report", "-quiet", "-out", s.out)
}

func TestAStackOnALayerThatDivergedHasDiverged(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-act", "identity", "-k", "3", "-objective", "random", "-below", "reconstruction:2", "-lr", "1e200", "-epochs", "2", "-tc-rows", "0", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 2 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id, r := range there.good {
		if r.Status != "diverged" || (r.DivergedEpoch == 0) != r.Config.stacked() {
			t.Errorf("%s: %s%s", id, r.Status, r.DivergedWhen())
		}
	}
}
