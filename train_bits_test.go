package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"
	"testing"
)

// bitsEverywhere is the SHA-256 of the weights, curves and metrics of sampleConfigs' runs, the
// same on every processor and operating system. It changes with numericsVersion and with the samples.
const bitsEverywhere = "982087d1fb8e53621e9a7429fb80f3933862e18bf11113e65f4dd1a7ddbb441e"

// largeBitsEverywhere is that of largeConfigs' runs.
const largeBitsEverywhere = "60f80f1c73a174daa98d9086c35109651536be1e7c6e7dc6df00d487d36c1e55"

// sampleConfigs reach every kernel: all activations and objectives, widths that are no multiple
// of a register, batches over one block, and more units than rows.
func sampleConfigs() (configs []Config) {
	for i, f := range activations {
		configs = append(configs, Config{Objective: "infomax", Activation: f.name, K: 19 + 3*i, Lambda: 1, Epochs: 1, Batch: 128})
	}
	return append(configs,
		Config{Objective: "variance", Activation: "relu", K: 7, Epochs: 2, Batch: 64},
		Config{Objective: "reconstruction", Activation: "tanh", K: 37, Epochs: 1, Batch: 128},
		Config{Objective: "infomax", Activation: "softplus", K: 41, Lambda: 10, Epochs: 1, Batch: 32},
		Config{Objective: "infomax", Activation: "identity", K: 5, Lambda: 0.1, Epochs: 3, Batch: 0},
		Config{Objective: "reconstruction", Activation: "softmax", K: 67, Epochs: 1, Batch: 0},
		Config{Objective: "infomax", Activation: "relu", K: 66, Lambda: 1, Epochs: 1, Batch: 128},
		Config{Objective: "random", Activation: "softmax", K: 8},
		Config{Objective: "tied", Activation: "leaky_relu", K: 21, Epochs: 1, Batch: 128},
	)
}

// largeConfigs have more units than jacobiLimit, and what is then done in other ways.
func largeConfigs() []Config {
	return []Config{
		{Objective: "infomax", Activation: "relu", K: 150, Lambda: 1, Epochs: 1, Batch: 128},
		{Objective: "random", Activation: "softmax", K: 230},
	}
}

// sampleData is a small set like MNIST: 14×14 pixels, one in five of them on.
func sampleData() *Dataset {
	r := rand.New(rand.NewPCG(1, 7))
	draw := func(n int) Set {
		codes := make([]byte, n*196)
		for i := range codes {
			if r.IntN(5) == 0 {
				codes[i] = byte(r.Uint32())
			}
		}
		labels := make([]byte, n)
		for i := range labels {
			labels[i] = byte(i % 4)
		}
		return imageSet(codes, 14, 14, labels)
	}
	return &Dataset{Train: draw(300), Test: draw(64)}
}

func hashFloats(h hash.Hash, x []float64) {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	h.Write(b)
}

// fingerprint runs sampleConfigs, and two on clusters, and hashes all that they give.
func fingerprint(t *testing.T) string {
	t.Helper()
	h := sha256.New()
	data := sampleData()
	for _, c := range sampleConfigs() {
		hashRun(t, h, c, data)
	}
	plane := clusters()
	plane.Train.labels = nil // the probes of 8,000 points take long where a processor is emulated
	hashRun(t, h, Config{Objective: "pca", Activation: "softplus", K: 11}, plane)
	hashRun(t, h, Config{Objective: "infomax", Activation: "tanh", K: 5, Lambda: 1, Epochs: 2, Batch: 128}, plane)
	hashRun(t, h, Config{Objective: "reconstruction", Activation: "relu", K: 3, Epochs: 1, Batch: 100}, plane)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// hashRun adds a run's weights, metrics and curve to h.
func hashRun(t *testing.T, h hash.Hash, c Config, data *Dataset) {
	t.Helper()
	c.Seed, c.LearningRate = 3, 1e-3
	if c.K <= maxTCUnits {
		c.TCRows = 64
	}
	r, w, err := run(t.Context(), c, data, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][]float64{w.W.Data, w.B, w.W0.Data, w.B0, w.V.Data, w.Trajectory} {
		hashFloats(h, x)
	}
	measured, err := json.Marshal([]any{r.Init, r.Final, r.InitialLoss, r.FinalLoss, r.EpochsTo90, r.Curve, r.Status})
	if err != nil {
		t.Fatal(err)
	}
	h.Write(measured)
}

func largeFingerprint(t *testing.T) string {
	t.Helper()
	h := sha256.New()
	for _, c := range largeConfigs() {
		hashRun(t, h, c, sampleData())
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// With -short, for processors that are emulated, each implementation runs on three cores alone, and only the last one,
// the fastest, has the large runs.
func TestRunsGiveTheSameBitsEverywhere(t *testing.T) {
	all, on := implementations(), []int{1, 3}
	if testing.Short() {
		on = on[1:]
	}
	for i, impl := range all {
		for _, n := range on {
			t.Run(fmt.Sprintf("%s on %d cores", impl, n), func(t *testing.T) {
				force(t, impl)
				savedCores, savedWorth := cores, worthSplitting
				defer func() { cores, worthSplitting = savedCores, savedWorth }()
				cores, worthSplitting = n, 0
				if got := fingerprint(t); got != bitsEverywhere {
					t.Errorf("fingerprint %s, want %s", got, bitsEverywhere)
				}
				if testing.Short() && i < len(all)-1 {
					return
				}
				if got := largeFingerprint(t); got != largeBitsEverywhere {
					t.Errorf("fingerprint of large runs %s, want %s", got, largeBitsEverywhere)
				}
			})
		}
	}
}

// denseCopy is a set in the other form.
func denseCopy(s Set) *Set {
	d := denseSet(elementsOf(s), s.D, s.labels)
	return &d
}

// TestStepAllocatesNothing: a step at the experiment's sizes reuses its memory.
func TestStepAllocatesNothing(t *testing.T) {
	data := sampleData()
	for _, objective := range []string{"infomax", "reconstruction", "tied"} {
		for _, f := range activations {
			for _, c := range []Config{{K: 64, Batch: 128}, {K: 17, Batch: 0}, {K: 100, Batch: 128}} {
				c.Objective, c.Activation, c.Lambda, c.LearningRate = objective, f.name, 1, 1e-3
				for _, s := range []*Set{&data.Train, denseCopy(data.Train)} {
					tr := newTrainer(c, s)
					rows := allRows(tr.A.Rows)
					if n := testing.AllocsPerRun(10, func() { tr.step(rows) }); n != 0 {
						t.Errorf("%s, %s, K = %d, %d rows, %T: %v allocations a step", objective, f.name, c.K, len(rows), s.inputs, n)
					}
				}
			}
		}
	}
}
