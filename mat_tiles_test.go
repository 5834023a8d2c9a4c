package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestGramAddsInOrder at widths below and beyond where strips grow.
func TestGramAddsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 21))
	for _, K := range []int{1, 7, 8, 9, 95, 128, 200} {
		for _, N := range []int{1, 63, 129, 300} {
			R, got, want := newMat(N, K), newMat(K, K), newMat(K, K)
			fillPlain(r, R.Data)
			fillPlain(r, got.Data)
			gram(got, R)
			mulGeneric(want.view(), zeros, coefficients{R.Data, 1, K}, R.view(), K, N, K)
			if i, ok := sameBits(got.Data, want.Data); !ok {
				t.Fatalf("RᵀR of %d×%d: element (%d, %d) is %x, want %x", N, K, i/K, i%K, got.Data[i], want.Data[i])
			}
		}
	}
}

func BenchmarkGram(b *testing.B) {
	for _, K := range []int{64, 128, 256, 1024} {
		R, M := xavier(2048, K, 1, streamWeights), newMat(K, K)
		b.Run(fmt.Sprintf("K=%d", K), func(b *testing.B) {
			for b.Loop() {
				gram(M, R)
			}
		})
	}
}
