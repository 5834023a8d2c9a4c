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
// Tied weights are V = W, in one memory. Then Y = −2/N (Z − b), and ∂L/∂W is the sum of the encoder's gradient, XᵀdZ, and
// ∂L/∂V, so that X is multiplied twice and not four times:
//
//	∂L/∂W = Xᵀ(dZ − 2/N A) + W · 2/N H                                (D×K)
//
// X enters XV and XᵀA as −2/N·X, which costs nothing where X is sparse.
//
// G takes D K² multiply-adds, so that for many units the outputs of the decoder, VAᵀ (D×N), are cheaper after all. With
// B = 2/N · VAᵀ a step grows with K alone:
//
//	Σ G∘H = ‖VAᵀ‖²          A · 2/N G = BᵀV          V · 2/N H = BA

// reconstruction evaluates the loss for batches of up to n rows of a set; its memory is
// reused from batch to batch.
type reconstruction struct {
	energy []float64 // ‖x‖² of every row of the set
	Y      Mat       // N×K
	G, H   Mat       // K×K; of few units
	At, B  Mat       // K×N, places×N; of many
}

// newReconstruction takes the way of many units above max(2n, jacobiLimit), where D K² is more than what B costs.
func newReconstruction(s *Set, places, n, k int) *reconstruction {
	l := &reconstruction{energy: make([]float64, s.N), Y: newMat(n, k)}
	for n := range l.energy {
		l.energy[n] = s.squaredNorm(n)
	}
	if k > max(2*n, jacobiLimit) {
		l.At, l.B = newMat(k, n), newMat(places, n)
	} else {
		l.G, l.H = newMat(k, k), newMat(k, k)
	}
	return l
}

// share is for tied weights: given XW in Z, it sets Y = −2/N XW and Z = XW + b.
func (l *reconstruction) share(Z Mat, b []float64) {
	Y, scale := l.Y.head(Z.Rows), -2/float64(Z.Rows)
	for n := range Z.Rows {
		z, y := Z.Row(n), Y.Row(n)
		for k, x := range z {
			y[k], z[k] = scale*x, x+b[k]
		}
	}
}

// loss returns L for the rows of the set whose activations are A and whose Y is given, and sets
// dA = ∂L/∂A.
func (l *reconstruction) loss(dA, A, V, Y Mat, rows []uint32) float64 {
	total := l.quadratic(dA, A, V, Y)
	for _, n := range rows {
		total += l.energy[n]
	}
	return total/float64(A.Rows) + inner(A.Data, Y.Data)
}

// quadratic returns Σ G∘H and sets dA.
func (l *reconstruction) quadratic(dA, A, V, Y Mat) (sum float64) {
	N, K, places := A.Rows, A.Cols, V.Rows
	if l.many() {
		At, B := Mat{K, N, l.At.Data[:K*N]}, Mat{places, N, l.B.Data[:places*N]}
		transpose(At, A)
		mul(B.view(), zeros, coefficients{V.Data, K, 1}, At.view(), places, K, N)
		sum = inner(B.Data, B.Data)
		scaleBy(B, 2/float64(N))
		mul(dA.view(), Y.view(), coefficients{B.Data, 1, N}, V.view(), N, places, K)
		return sum
	}
	gram(l.G, V)
	gram(l.H, A)
	sum = inner(l.G.Data, l.H.Data)
	scaleBy(l.G, 2/float64(N))
	scaleBy(l.H, 2/float64(N))
	mul(dA.view(), Y.view(), coefficients{A.Data, K, 1}, l.G.view(), N, K, K)
	return sum
}

func (l *reconstruction) many() bool { return l.B.Data != nil }

// finishV adds V · 2/N H, of which loss left H, to dV.
func (l *reconstruction) finishV(dV, V, A Mat) {
	N, K := A.Rows, A.Cols
	if l.many() {
		mul(dV.view(), dV.view(), coefficients{l.B.Data, N, 1}, A.view(), V.Rows, N, K)
		return
	}
	mul(dV.view(), dV.view(), coefficients{V.Data, K, 1}, l.H.view(), V.Rows, K, K)
}
