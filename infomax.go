package main

import (
	"fmt"
	"math"
)

// The InfoMax loss of a batch of activations A (N×K) and its gradient.
//
//	meanₖ = Σₙ Aₙₖ / N        varₖ = Σₙ (Aₙₖ − meanₖ)² / (N−1)        sₖ = 1/√(varₖ+ε)
//	S = (A − mean)·diag(s)                                            (N×K)
//	C = SᵀS / (N−1)                                                   (K×K)
//	L = −Σₖ log(varₖ+ε) + λ ‖C − I‖²_F
//	    └── entropy ──┘       └── tc ──┘
//
// Derivation. Through C, symmetric, the penalty reaches S as
//
//	P = ∂(λ tc)/∂S = 4λ/(N−1) · S (C − I)                             (N×K)
//
// A enters S directly, and by way of var and mean. With Rₙₖ = Aₙₖ − meanₖ, Sₙₖ = sₖRₙₖ:
//
//	∂L/∂varₖ = −sₖ² − ½ sₖ² Σₙ Pₙₖ Sₙₖ        ∂varₖ/∂Aₙₖ = 2 Rₙₖ/(N−1)
//
// The way through the mean gives nothing: it collects the column sums of P and of S, and
// those are zero because S is centred. Write qₖ = Σₙ PₙₖSₙₖ = 4λ [C(C−I)]ₖₖ. Then
//
//	∂L/∂Aₙₖ = sₖ ( Pₙₖ − Sₙₖ (2+qₖ)/(N−1) )                           (1)
//
// All of (1) is linear in R with coefficients from C alone, so with M = RᵀR:
//
//	varₖ = Mₖₖ/(N−1)        Cⱼₖ = sⱼ Mⱼₖ sₖ/(N−1)
//	∂L/∂A = R B,   Bⱼₖ = sⱼ sₖ (4λ (C−I)ⱼₖ − δⱼₖ (2+qₖ)) / (N−1)      (2)
//
// Two products, RᵀR and R·B, are the whole cost. When K > N there is a cheaper way: infomax_wide.go.
//
// A unit without variance has R = 0: it keeps its penalty (0−1)², and its gradient is 0.

// varianceEpsilon is ε in log(var+ε) and in S.
const varianceEpsilon = 1e-6

// infoMax evaluates the loss for batches of fewest to n rows; its memory is reused from batch
// to batch.
type infoMax struct {
	lambda float64
	mean   []float64 // K
	scale  []float64 // K: s
	q      []float64 // K
	R      Mat       // N×K: A − mean; S when K > N
	M, B   Mat       // K×K: RᵀR, and C − I or the matrix of (2)
	T      Mat       // N×N, when K > N
	St     Mat       // K×N, when K > N
}

func newInfoMax(lambda float64, n, fewest, k int) *infoMax {
	l := &infoMax{lambda: lambda, mean: make([]float64, k), scale: make([]float64, k), q: make([]float64, k),
		R: newMat(n, k)}
	if wide := min(n, k-1); k > fewest {
		l.T, l.St = newMat(wide, wide), newMat(k, wide)
	}
	if k <= n {
		l.M, l.B = newMat(k, k), newMat(k, k)
	}
	return l
}

// loss returns the two unweighted terms of L = entropy + λ tc, and keeps what gradient needs.
func (l *infoMax) loss(A Mat) (entropy, tc float64) {
	N, K := A.Rows, A.Cols
	if N < 2 || K != len(l.mean) || N > l.R.Rows {
		panic(fmt.Sprintf("infomax: batch of %d×%d, made for 2…%d×%d", N, K, l.R.Rows, len(l.mean)))
	}
	R := l.R.head(N)
	center(R, l.mean, A)
	if K > N {
		return l.lossWide(R)
	}
	gram(l.M, R)
	for k := range K {
		entropy -= l.rescale(k, l.M.Data[k*K+k], N)
	}
	// Bⱼₖ holds (C−I)ⱼₖ for the moment.
	for j := range K {
		s := l.scale[j] / float64(N-1)
		row, scale := l.B.Row(j), l.scale
		for k, m := range l.M.Row(j)[:len(row)] {
			row[k] = s * m * scale[k]
		}
		row[j]--
		squares := inner(row, row)
		tc += squares
		l.q[j] = 4 * l.lambda * (squares + row[j]) // C = (C−I) + I
	}
	return entropy, tc
}

// rescale sets unit k's s from its sum of squares, and returns log(var+ε).
func (l *infoMax) rescale(k int, sumOfSquares float64, N int) float64 {
	v := sumOfSquares/float64(N-1) + varianceEpsilon
	l.scale[k] = 1 / math.Sqrt(v)
	return log(v)
}

// gradient sets dA = ∂L/∂A for the batch that loss saw last.
func (l *infoMax) gradient(dA Mat) {
	N, K := dA.Rows, dA.Cols
	if K > N {
		l.gradientWide(dA)
		return
	}
	// Bⱼₖ = sⱼ sₖ (4λ (C−I)ⱼₖ − δⱼₖ (2+qₖ)) / (N−1), the matrix of (2)
	for j := range K {
		row := l.B.Row(j)
		s := 4 * l.lambda * l.scale[j] / float64(N-1)
		for k, scale := range l.scale[:len(row)] {
			row[k] *= s * scale
		}
		row[j] -= float64(l.scale[j]*l.scale[j]) * (2 + l.q[j]) / float64(N-1)
	}
	mul(dA.view(), zeros, coefficients{l.R.Data, K, 1}, l.B.view(), N, K, K)
}
