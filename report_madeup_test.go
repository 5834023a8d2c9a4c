package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Made-up runs, with whatever effect a test plants.

// madeUpGrid is the protocol's, with the given activations, K, λ and seeds.
func madeUpGrid(t testing.TB, data string, activations []string, ks []uint64, lambdas []float64, seeds, epochs int) []Config {
	t.Helper()
	g := grid{Below: []layer{{}}, Whiten: []float64{1}, Objectives: objectives[:6], Activations: activations, Ks: ks, Lambdas: lambdas,
		Shared: Config{Data: data, Epochs: epochs, Batch: 128, LearningRate: 1e-3, TCRows: 2000}}
	for seed := range seeds {
		g.Seeds = append(g.Seeds, uint64(seed+1))
	}
	configs, err := g.configs(dataSource{})
	if err != nil {
		t.Fatal(err)
	}
	return configs
}

// effect is how much better than all else infomax is made.
type effect struct{ rank, correlation, output float64 }

// madeUpRun is a run whose numbers are noise about a level that its activation sets, the same for
// every objective but for the effect. Rounding keeps a compiler's fusions out of them.
func madeUpRun(c Config, e effect) *Result {
	activation := slices.Index(activationNames, c.Activation)
	K := float64(c.K)
	number := func(x float64) Number { return Number(math.Round(x*1e6) / 1e6) }
	level := 0.95 - 0.03*float64(activation)
	state := func(objective int) Metrics {
		rng := rand.New(rand.NewPCG(c.Seed, uint64(1000*c.K+10*activation+objective)))
		m := Metrics{
			EffectiveRank:     number(K * (level + 0.01*rng.Float64())),
			WeightCorrelation: number((1.05 - level) / 4 * (1 + 0.1*rng.Float64())),
			WeightRedundancy:  number(K * (1.2 - level)), ActivationRate: slices.Repeat([]float64{0.5}, c.K),
			MaxResponsibility: Number(math.NaN()), VarianceRatio: number(1 + 5*rng.Float64()),
			OutputCorrelation: number(K * (1.1 - level) * (1 + rng.Float64())), TCUnits: c.K, ProbeAccuracy: number(level), ProbeAccuracy1000: number(level - 0.1), EffectiveRankLive: number(K * level), WeightCorrelationLive: number((1.05 - level) / 4), WeightNorm: 1,
			ActivationRank: number(K * level), TCGaussNats: number(K * (1.2 - level)),
			TCTreeNats: number(K * (1.1 - level) * (1 + 0.2*rng.Float64())), TCKNNNats: number(2 + rng.Float64()),
		}
		switch c.Activation {
		case "relu":
			m.DeadUnits = rng.IntN(4)
		case "softmax":
			m.MaxResponsibility, m.TCStatus = number(1.5/K), "infinite"
		}
		return m
	}
	r := &Result{ID: c.ID(), Numerics: c.numerics(), Config: c, Status: "ok", DataSHA256: "made up", Inputs: madeUpInputs(c),
		Init: state(len(objectives)), Go: "go", Platform: "any/any"}
	r.Final, r.InitialLoss, r.FinalLoss = r.Init, Number(math.NaN()), Number(math.NaN())
	if !c.trains() {
		return r
	}
	r.Final = state(slices.Index(objectives, c.Objective))
	if c.Objective == "infomax" {
		r.Final.EffectiveRank = number(float64(r.Final.EffectiveRank) + e.rank + c.Lambda/100)
		r.Final.WeightCorrelation = number(float64(r.Final.WeightCorrelation) - e.correlation)
		r.Final.OutputCorrelation = number(float64(r.Final.OutputCorrelation) - e.output)
		r.Final.TCGaussNats, r.Final.TCTreeNats = r.Final.TCGaussNats-Number(e.output), r.Final.TCTreeNats-Number(e.output)
	}
	end := -K - 3*float64(activation) - float64(c.Seed)/100
	r.InitialLoss = number(end + K)
	for epoch := range c.Epochs {
		loss := number(end + K/float64(epoch*epoch+2))
		r.Curve = append(r.Curve, Epoch{loss, loss, 1})
	}
	r.FinalLoss, r.EpochsTo90 = r.Curve[c.Epochs-1].Loss, epochsTo90(float64(r.InitialLoss), r.Curve)
	return r
}

// madeUpInputs is D.
func madeUpInputs(c Config) int {
	switch {
	case c.stacked():
		return c.Below.K
	case slices.Contains(planeNames, c.Data):
		return 2
	}
	return 784
}

func madeUpRuns(configs []Config, e effect) (runs []*Result) {
	for _, c := range configs {
		runs = append(runs, madeUpRun(c, e))
	}
	return runs
}

// madeUpWeights has weights of 4 inputs, or of 2 in the plane.
func madeUpWeights(c Config) []npyArray {
	D := 4
	if madeUpInputs(c) == 2 {
		D = 2
	}
	W := xavier(D, c.K, c.Seed, streamWeights)
	arrays := []npyArray{{"W", []int{c.K, D}, W.T().Data}}
	if D != 2 {
		return arrays
	}
	path := npyArray{Name: "trajectory", Shape: []int{c.Epochs + 1, c.K, 3}}
	for step := range c.Epochs + 1 {
		for k := range c.K {
			path.Data = append(path.Data, float64(step+1)*W.Row(0)[k], float64(step+1)*W.Row(1)[k], float64(step))
		}
	}
	return append(arrays, path)
}

// saveMadeUp writes the folders of runs, in any order, without the syncing of store.save.
func saveMadeUp(t testing.TB, s store, runs []*Result) {
	t.Helper()
	for _, r := range runs {
		var weights bytes.Buffer
		if err := writeNPZ(&weights, madeUpWeights(r.Config)); err != nil {
			t.Fatal(err)
		}
		r.WeightsSHA256 = fmt.Sprintf("%x", sha256.Sum256(weights.Bytes()))
		run, err := formatRun(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(s.folder(r.ID), 0o777); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{"run.json": run, "weights.npz": weights.Bytes()} {
			if err := os.WriteFile(filepath.Join(s.folder(r.ID), name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// derived maps the files of an output folder, runs apart, to what they hold.
func derived(t *testing.T, s store) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(s.out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(s.out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// reportOn saves runs, derives everything by -report and returns it.
func reportOn(t *testing.T, runs []*Result) map[string]string {
	t.Helper()
	s := store{t.TempDir()}
	saveMadeUp(t, s, runs)
	mustRun(t, "-report", "-quiet", "-out", s.out)
	return derived(t, s)
}

// readStats returns the rows of stats.csv.
func readStats(t *testing.T, files map[string]string) []map[string]string {
	t.Helper()
	return csvRows(t, files["stats.csv"])
}

// csvRows returns the rows of a table as maps from its columns' names.
func csvRows(t *testing.T, text string) (rows []map[string]string) {
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
