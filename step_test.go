package main

import (
	"context"
	"fmt"
	"math/rand/v2"
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
	rows := shuffledRows(data.Train.N)
	i := 0
	for b.Loop() {
		prefetch(&data.Train, rows[(i+1)*128:(i+2)*128])
		t.step(rows[i*128 : (i+1)*128])
		i = (i + 1) % 467
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

func BenchmarkGather(b *testing.B) {
	data := mnistForTest(b)
	for _, k := range []int{16, 32, 64} {
		for _, tiles := range []int{1, 2, 4, 7, 14} {
			b.Run(fmt.Sprintf("K=%d/tiles=%d", k, tiles), func(b *testing.B) {
				W, Z, zero := newMat(784, k), newMat(128, k), view{make([]float64, k), 0}
				rows := shuffledRows(60000)
				i := 0
				for b.Loop() {
					from := zero
					for t := 0; t < 14; t += tiles {
						gather(Z.view(), from, &data.Train, rows[i*128:(i+1)*128], t, min(14, t+tiles), W.view(), k)
						from = Z.view()
					}
					i = (i + 1) % 468
				}
			})
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	data := mnistForTest(b)
	c := newColumns(784)
	rows := shuffledRows(60000)
	i := 0
	for b.Loop() {
		turn(c, &data.Train, rows[i*128:(i+1)*128])
		i = (i + 1) % 468
	}
}

func BenchmarkSpread(b *testing.B) {
	data := mnistForTest(b)
	for _, k := range []int{16, 32, 64} {
		b.Run(fmt.Sprintf("K=%d", k), func(b *testing.B) {
			c := newColumns(784)
			dW, dZ, zero := newMat(784, k), newMat(128, k), view{make([]float64, k), 0}
			turn(c, &data.Train, shuffledRows(60000)[:128])
			for b.Loop() {
				spread(dW.view(), zero, c, data.Train.level, 0, 784, dZ.view(), 128, k)
			}
		})
	}
}

func shuffledRows(n int) []uint32 {
	rows := allRows(n)
	rand.New(rand.NewPCG(1, 6)).Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}
