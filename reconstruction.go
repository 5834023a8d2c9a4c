package main

// The reconstruction loss of an autoencoder with a free linear decoder V (D×K), no bias:
//
//	L = 1/N Σₙ ‖xₙ − V aₙ‖²
//
// The residual is N×D and dense, but nothing here needs it. With G = VᵀV and H = AᵀA (K×K) and
// Y = −2/N · XV (N×K), where X is sparse:
//
//	L = 1/N (Σₙ ‖xₙ‖² + Σ G∘H) + Σ A∘Y
//	∂L/∂A = A · 2/N G + Y                                             (N×K)
//	∂L/∂V = V · 2/N H − 2/N XᵀA                                       (D×K)
//
// Tied weights are V = W, in one memory: ∂L/∂W is then the sum of the encoder's gradient, XᵀdZ, and ∂L/∂V.
//
// X enters XV and XᵀA as −2/N·X, which costs nothing where X is sparse.

// reconstruction evaluates the loss for batches of up to n rows of a set; its memory is
// reused from batch to batch.
type reconstruction struct {
	energy []float64 // ‖x‖² of every row of the set
	G, H   Mat       // K×K
	Y      Mat       // N×K
}

func newReconstruction(s *Set, n, k int) *reconstruction {
	l := &reconstruction{energy: make([]float64, s.N), G: newMat(k, k), H: newMat(k, k), Y: newMat(n, k)}
	for n := range l.energy {
		l.energy[n] = s.squaredNorm(n)
	}
	return l
}

// loss returns L for the rows of the set whose activations are A and whose Y is given, and sets
// dA = ∂L/∂A.
func (l *reconstruction) loss(dA, A, V, Y Mat, rows []uint32) float64 {
	N, K := A.Rows, A.Cols
	gram(l.G, V)
	gram(l.H, A)
	total := inner(l.G.Data, l.H.Data)
	for _, n := range rows {
		total += l.energy[n]
	}
	scaleBy(l.G, 2/float64(N))
	scaleBy(l.H, 2/float64(N))
	mul(dA.view(), Y.view(), coefficients{A.Data, K, 1}, l.G.view(), N, K, K)
	return total/float64(N) + inner(A.Data, Y.Data)
}

// finishV completes dV = −2/N XᵀA to ∂L/∂V with the H that loss left.
func (l *reconstruction) finishV(dV, V Mat) {
	K := V.Cols
	mul(dV.view(), dV.view(), coefficients{V.Data, K, 1}, l.H.view(), V.Rows, K, K)
}
