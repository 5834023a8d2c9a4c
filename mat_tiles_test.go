package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestTilesGiveTheBitsOfPlainProducts at widths around a tile's, and rows around a block's, on one core and several.
func TestTilesGiveTheBitsOfPlainProducts(t *testing.T) {
	defer func(c, w int) { cores, worthSplitting = c, w }(cores, worthSplitting)
	r := rand.New(rand.NewPCG(1, 21))
	for _, K := range []int{wideCols + 1, 95, 96, 97, 200} {
		for _, N := range []int{1, tileRows - 1, tileRows, 2*tileRows + 1, 300} {
			A := newMat(N, K)
			fillPlain(r, A.Data)
			for _, cores = range []int{1, 3} {
				t.Run(fmt.Sprintf("%d×%d on %d cores", N, K, cores), func(t *testing.T) {
					worthSplitting = 0
					want, got := newMat(K, K), newMat(K, K)
					fillPlain(r, got.Data)
					gramStrips(want, A)
					gramTiles(got, A)
					for i := range K {
						if j, ok := sameBits(want.Row(i)[i:], got.Row(i)[i:]); !ok {
							t.Fatalf("RᵀR: row %d, element %d from the diagonal is %v, want %v", i, j, got.Row(i)[i+j], want.Row(i)[i+j])
						}
					}
					mean, R := make([]float64, K), newMat(N, K)
					mul(view{mean, 0}, zeros, ones, A.view(), 1, N, K)
					for k := range mean {
						mean[k] /= float64(N)
					}
					mul(R.view(), A.view(), minusOnes, view{mean, 0}, N, 1, K)
					means, centred := make([]float64, K), copyOf(A)
					centerColumns(centred, means, centred, 0, K)
					if i, ok := sameBits(append(mean, R.Data...), append(means, centred.Data...)); !ok {
						t.Errorf("means and A − mean: element %d differs", i)
					}
				})
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
