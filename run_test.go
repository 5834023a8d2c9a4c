package main

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// BenchmarkRun is a run of 10 epochs of the largest K, in parts: what is measured before its steps, the steps, what is
// measured after them, and the probes. It takes minutes.
func BenchmarkRun(b *testing.B) {
	data := mnistForTest(b)
	defer func(c int) { cores = c }(cores)
	for _, act := range []string{"relu", "tanh", "softmax"} {
		for _, K := range []int{512, 1024} {
			for _, cores = range []int{1, runtime.GOMAXPROCS(0)} {
				b.Run(fmt.Sprintf("act=%s/K=%d/cores=%d", act, K, cores), func(b *testing.B) {
					c := Config{Data: "mnist", Objective: "infomax", Activation: act, K: K, Lambda: 1, Seed: 1, Epochs: 10, Batch: 128, LearningRate: 1e-3}
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
	t, constant := newTrainer(c, &data.Train), data.Train.constant()
	measure := func() { m, test, _ = t.measure(&data.Test, constant) }
	outside += part("init", measure)
	steps := part("steps", func() { t.train(b.Context(), func(int, Epoch) {}) })
	outside += part("final", measure)
	outside += part("probes", func() { t.measureProbes(&m, data, test) })
	b.ReportMetric(100*outside/(outside+steps), "%-outside")
	b.ReportMetric(float64(m.ProbeAccuracy), "accuracy")
}
