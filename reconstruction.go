package main

import "math"

// The reconstruction loss of an autoencoder with a free linear decoder V (D×K), no bias:
//
//	L = 1/N Σₙ ‖xₙ − V aₙ‖²
//
// The residual is N×D and dense, but nothing here needs it. With G = VᵀV and H = AᵀA (K×K)
// and Y = XV (N×K), where X is sparse:
//
//	N·L = Σₙ ‖xₙ‖² − 2 Σ A∘Y + Σ G∘H
//	∂L/∂A = 2/N · (A G − Y)                                           (N×K)
//	∂L/∂V = 2/N · (V H − XᵀA)                                         (D×K)

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
			x0, x1, x2, x3 := s.values(e)
			l.energy[n] = math.FMA(x3, x3, math.FMA(x2, x2, math.FMA(x1, x1, math.FMA(x0, x0, l.energy[n]))))
		}
	}
	return l
}

// loss returns L for the rows of the set whose activations are A and XV is Y, and sets
// dA = ∂L/∂A. It leaves −2A/N in Y, whose product with Xᵀ is a part of ∂L/∂V.
func (l *reconstruction) loss(dA, A, V, Y Mat, rows []uint32) float64 {
	N, K := A.Rows, A.Cols
	gram(l.G, V, l.zero)
	gram(l.H, A, l.zero)
	total := 0.0
	for _, n := range rows {
		total += l.energy[n]
	}
	total = math.FMA(-2, inner(A.Data, Y.Data), total) + inner(l.G.Data, l.H.Data)
	scale := 2 / float64(N)
	scaleBy(l.G, scale)
	scaleBy(l.H, scale)
	scaleBy(Y, -scale)
	mul(dA.view(), Y.view(), coefficients{A.Data, K, 1}, l.G.view(), N, K, K)
	for i, a := range A.Data {
		Y.Data[i] = -scale * a
	}
	return total / float64(N)
}

func scaleBy(m Mat, s float64) {
	for i := range m.Data {
		m.Data[i] *= s
	}
}

// finishV completes dV = −2XᵀA/N to ∂L/∂V with the H that loss left.
func (l *reconstruction) finishV(dV, V Mat) {
	K := V.Cols
	mul(dV.view(), dV.view(), coefficients{V.Data, K, 1}, l.H.view(), V.Rows, K, K)
}
