package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// BenchmarkRun is a run in parts: what is measured before its steps, the steps, what is measured after them, the probes,
// and its files. Up to 64 units it is the protocol's, beyond that of 10 epochs without total correlation. It takes minutes.
func BenchmarkRun(b *testing.B) {
	data := mnistForTest(b)
	defer func(c int) { cores = c }(cores)
	for _, act := range []string{"relu", "tanh", "softmax"} {
		for _, K := range []int{16, 32, 64, 512, 1024} {
			c := Config{Data: "mnist", Objective: "infomax", Activation: act, K: K, Lambda: 1, Seed: 1, Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
			if K > 64 {
				c.Epochs, c.TCRows = 10, 0
			}
			for _, cores = range []int{1, runtime.GOMAXPROCS(0)} {
				b.Run(fmt.Sprintf("act=%s/K=%d/cores=%d", act, K, cores), func(b *testing.B) {
					for b.Loop() {
						benchmarkRun(b, c, data)
					}
				})
			}
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
	var test Mat
	var m Metrics
	t, constant := newTrainer(c, &data.Train), data.Train.constant
	measure := func() { m, test = t.measure(&data.Test, constant) }
	outside += part("init", measure)
	steps := part("steps", func() { t.train(b.Context(), func(int, Epoch) {}) })
	outside += part("final", measure)
	outside += part("probes", func() { t.measureProbes(&m, data, test) })
	outside += part("files", func() {
		r, w := &Result{ID: c.ID(), Config: c, Init: m, Final: m}, &Weights{W: t.X.restore(t.W), W0: t.X.restore(t.W), B: t.b, B0: t.b}
		files, err := runFiles(r, w, data)
		s := store{b.TempDir()}
		if err = cmp.Or(err, os.MkdirAll(s.runs(), 0o777), s.save(r.ID, files)); err != nil {
			b.Fatal(err)
		}
	})
	b.ReportMetric(100*outside/(outside+steps), "%-outside")
	b.ReportMetric(float64(m.ProbeAccuracy), "accuracy")
}
