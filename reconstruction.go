package main

import "math"

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
// Tied weights are V = W, in one memory. Then Y = −2/N (Z − b), and ∂L/∂W is the sum of the encoder's
// gradient, XᵀdZ, and ∂L/∂V, so that X is multiplied twice and not four times:
//
//	∂L/∂W = Xᵀ(dZ − 2/N A) + W · 2/N H                                (D×K)
//
// X enters XV and XᵀA as −2/N·X, which costs nothing where X is sparse.
//
// G takes D K² multiply-adds, so that for many units the outputs of the decoder, VAᵀ (D×N), are cheaper
// after all. With B = 2/N · VAᵀ a step is linear in K:
//
//	Σ G∘H = ‖VAᵀ‖²          A · 2/N G = BᵀV          V · 2/N H = BA

// reconstruction is what both objectives share; its memory is reused from batch to batch.
type reconstruction struct {
	V      Mat       // places×K
	energy []float64 // ‖x‖² of every row of the set
	Y      Mat       // batch×K
	G, H   Mat       // K×K; of few units
	At, B  Mat       // K×batch, places×batch; of many
}

// newReconstruction takes the way of many units for K > 2·batch and K > manyUnits (config.go), where
// the products with G and H cost more than those with B.
func newReconstruction(s *Set, V Mat, batch int) reconstruction {
	k := V.Cols
	l := reconstruction{V: V, energy: make([]float64, s.N), Y: newMat(batch, k)}
	for n := range l.energy {
		l.energy[n] = s.squaredNorm(n)
	}
	if k > max(2*batch, manyUnits) {
		l.At, l.B = newMat(k, batch), newMat(V.Rows, batch)
	} else {
		l.G, l.H = newMat(k, k), newMat(k, k)
	}
	return l
}

func (l *reconstruction) loss(dA, A Mat, rows []uint32) (loss, entropy, tc float64) {
	total := l.quadratic(dA, A)
	for _, n := range rows {
		total += l.energy[n]
	}
	return total/float64(A.Rows) + inner(A.Data, l.Y.head(A.Rows).Data), math.NaN(), math.NaN()
}

// quadratic returns Σ G∘H and sets dA = A · 2/N G + Y. It leaves 2/N H in H, or B, for finish.
func (l *reconstruction) quadratic(dA, A Mat) (sum float64) {
	N, K, places := A.Rows, A.Cols, l.V.Rows
	V, Y := l.V.view(), l.Y.view()
	if l.many() {
		At, B := l.At.as(K, N), l.B.as(places, N)
		transpose(At, A)
		matmul(B, l.V, At)
		sum = inner(B.Data, B.Data)
		scaleBy(B, 2/float64(N))
		mul(dA.view(), Y, coefficients{B.Data, 1, N}, V, N, places, K)
		return sum
	}
	gram(l.G, l.V)
	gram(l.H, A)
	sum = inner(l.G.Data, l.H.Data)
	scaleBy(l.G, 2/float64(N))
	scaleBy(l.H, 2/float64(N))
	mul(dA.view(), Y, coefficients{A.Data, K, 1}, l.G.view(), N, K, K)
	return sum
}

func (l *reconstruction) many() bool { return l.B.Data != nil }

// finish adds V · 2/N H, of which quadratic left a factor, to dV.
func (l *reconstruction) finish(dV, A Mat) {
	if l.many() {
		mul(dV.view(), dV.view(), coefficients{l.B.Data, A.Rows, 1}, A.view(), dV.Rows, A.Rows, A.Cols)
	} else {
		mul(dV.view(), dV.view(), coefficients{l.V.Data, A.Cols, 1}, l.H.view(), dV.Rows, A.Cols, A.Cols)
	}
}

// freeAutoencoder is the objective with a decoder of its own.
type freeAutoencoder struct {
	reconstruction
	dV Mat // places×K
}

// forward sets Y too.
func (l *freeAutoencoder) forward(b block, rows []uint32, layer linear) {
	N, K := len(rows), layer.Z.Cols
	multiply(b, rows, layer, linear{l.Y.head(N), l.V, zeros.data[:K], -2 / float64(N)})
}

func (l *freeAutoencoder) backward(b block, rows []uint32, layer linear, A Mat) {
	multiplyTransposed(b, rows, layer, linear{Z: A, W: l.dV, scale: -2 / float64(len(rows))})
	l.finish(l.dV, A)
}

// tiedAutoencoder is the objective with V = W.
type tiedAutoencoder struct{ reconstruction }

// forward takes Y = −2/N XW of the same product, before b is added.
func (l *tiedAutoencoder) forward(b block, rows []uint32, layer linear) {
	Z, bias, scale := layer.Z, layer.init, -2/float64(len(rows))
	layer.init = zeros.data[:Z.Cols]
	multiply(b, rows, layer)
	for n := range Z.Rows {
		z, y := Z.Row(n), l.Y.Row(n)
		for k, x := range z {
			y[k], z[k] = scale*x, x+bias[k]
		}
	}
}

func (l *tiedAutoencoder) backward(b block, rows []uint32, layer linear, A Mat) {
	addTo(layer.Z.Data, -2/float64(len(rows)), A.Data)
	multiplyTransposed(b, rows, layer)
	l.finish(layer.W, A)
}
