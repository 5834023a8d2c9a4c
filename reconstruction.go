package main

import "math"

// The reconstruction loss of an autoencoder with a free linear decoder V (D×K), no bias:
//
//	L = 1/N Σₙ ‖xₙ − V aₙ‖²
//
// The residual is N×D and dense, but nothing here needs it. With G = VᵀV and H = AᵀA (K×K)
// and Y = XV (N×K), where X is sparse:
//
//	N·L = Σₙ ‖xₙ‖² + Σ A ∘ (AG − 2Y)
//	∂L/∂A = 2 (A G − Y) / N                                           (N×K)
//	∂L/∂V = 2 (V H − XᵀA) / N                                         (D×K)

// reconstruction evaluates the loss for batches of up to n rows of a set; its memory is
// reused from batch to batch.
type reconstruction struct {
	energy []float64 // set.N: ‖x‖² of every row
	zero   view
	G, H   Mat // K×K
	Y      Mat // N×K
}

func newReconstruction(s *Set, n, k int) *reconstruction {
	l := &reconstruction{energy: make([]float64, s.N), zero: view{make([]float64, k), 0},
		G: newMat(k, k), H: newMat(k, k), Y: newMat(n, k)}
	for n := range l.energy {
		for _, e := range s.row(n) {
			_, code0, code1 := s.split(e)
			x0, x1 := s.level[code0], s.level[code1]
			l.energy[n] = math.FMA(x1, x1, math.FMA(x0, x0, l.energy[n]))
		}
	}
	return l
}

// loss returns L for the rows of the set whose activations are A and XV is Y, and sets
// dA = ∂L/∂A.
func (l *reconstruction) loss(dA, A, V, Y Mat, rows []uint32) float64 {
	N, K := A.Rows, A.Cols
	gram(l.G, V, l.zero)
	mul(dA.view(), l.zero, coefficients{A.Data, K, 1}, l.G.view(), N, K, K)
	total := 0.0
	for _, n := range rows {
		total += l.energy[n]
	}
	scale := 2 / float64(N)
	for i, a := range A.Data {
		ag, y := dA.Data[i], Y.Data[i]
		total = math.FMA(a, math.FMA(-2, y, ag), total)
		dA.Data[i] = scale * (ag - y)
	}
	return total / float64(N)
}

// decoder returns −2A/N, whose product with Xᵀ is one part of ∂L/∂V; finishV adds the
// other. It overwrites Y.
func (l *reconstruction) decoder(A Mat) Mat {
	scaled := l.Y.head(A.Rows)
	scale := -2 / float64(A.Rows)
	for i, a := range A.Data {
		scaled.Data[i] = scale * a
	}
	return scaled
}

// finishV completes dV = −2XᵀA/N to ∂L/∂V by adding 2VH/N.
func (l *reconstruction) finishV(dV, A, V Mat) {
	K := A.Cols
	gram(l.H, A, l.zero)
	scale := 2 / float64(A.Rows)
	for i := range l.H.Data {
		l.H.Data[i] *= scale
	}
	mul(dV.view(), dV.view(), coefficients{V.Data, K, 1}, l.H.view(), V.Rows, K, K)
}
