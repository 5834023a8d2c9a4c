package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

var realMNIST = sync.OnceValues(func() (*Dataset, error) { return mnist.load(context.Background(), "", quiet) })

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
		t.block.prefetch(rows[(i+1)*128 : (i+2)*128])
		t.step(rows[i*128 : (i+1)*128])
		i = (i + 1) % 467
	}
}

func BenchmarkStep(b *testing.B) {
	for _, f := range activations {
		for _, k := range []int{16, 32, 64, 256, 512, 1024} {
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

// BenchmarkProducts times what a step does with the pixels of a batch of 128.
func BenchmarkProducts(b *testing.B) {
	data := mnistForTest(b)
	rows := shuffledRows(data.Train.N)
	c := data.Train.newBlock().(*columns)
	b.Run("turn", func(b *testing.B) {
		for i := 0; b.Loop(); i = (i + 1) % 467 {
			c.prefetch(rows[(i+1)*128 : (i+2)*128])
			c.load(rows[i*128 : (i+1)*128])
		}
	})
	for _, k := range []int{16, 32, 64} {
		W, Z := newMat(784, k), newMat(128, k)
		b.Run(fmt.Sprintf("gather/K=%d", k), func(b *testing.B) {
			for b.Loop() {
				gather(Z.view(), c, c.set.level, W.view(), k)
			}
		})
		b.Run(fmt.Sprintf("mul/K=%d", k), func(b *testing.B) { // the loss's product with K×K
			M := newMat(k, k)
			for b.Loop() {
				mul(Z.view(), zeros, coefficients{W.Data, k, 1}, M.view(), 128, k, k)
			}
		})
		b.Run(fmt.Sprintf("spread/K=%d", k), func(b *testing.B) {
			for b.Loop() {
				spread(W.view(), zeros, c, c.set.level, Z.view(), k)
			}
		})
	}
}

func shuffledRows(n int) []uint32 {
	rows := allRows(n)
	rand.New(rand.NewPCG(1, 6)).Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}
