package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

var realMNIST = sync.OnceValues(func() (*Dataset, error) { return loadMNIST(context.Background(), "", nil) })

func mnistForTest(tb testing.TB) *Dataset {
	tb.Helper()
	data, err := realMNIST()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func benchmarkStep(b *testing.B, c Config) {
	data := mnistForTest(b)
	c.Batch, c.LearningRate, c.Seed, c.Lambda = 128, 1e-3, 1, 1
	t := newTrainer(c, &data.Train)
	rows := allRows(data.Train.N)
	i := 0
	for b.Loop() {
		t.step(rows[i*128 : (i+1)*128])
		i = (i + 1) % 468
	}
}

func BenchmarkStep(b *testing.B) {
	for _, f := range activations {
		for _, k := range []int{16, 32, 64, 256, 1024} {
			for _, impl := range implementations() {
				b.Run(fmt.Sprintf("act=%s/K=%d/impl=%s", f.name, k, impl), func(b *testing.B) {
					force(b, impl)
					benchmarkStep(b, Config{Objective: "infomax", Activation: f.name, K: k})
				})
			}
		}
	}
}

func BenchmarkReconstructionStep(b *testing.B) {
	for _, k := range []int{16, 32, 64} {
		for _, impl := range implementations() {
			b.Run(fmt.Sprintf("K=%d/impl=%s", k, impl), func(b *testing.B) {
				force(b, impl)
				benchmarkStep(b, Config{Objective: "reconstruction", Activation: "relu", K: k})
			})
		}
	}
}
