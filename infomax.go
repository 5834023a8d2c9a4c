package main

import "math"

// The InfoMax loss of a batch of activations A (N×K) and its gradient.
//
//	meanₖ = Σₙ Aₙₖ / N        varₖ = Σₙ (Aₙₖ − meanₖ)² / (N−1)        sₖ = 1/√(varₖ+ε)
//	S = (A − mean)·diag(s)                                            (N×K)
//	C = SᵀS / (N−1)                                                   (K×K)
//	L = −Σₖ log(varₖ+ε) + λ ‖C − I‖²_F
//	    └── entropy ──┘       └── tc ──┘       tc is not total correlation (tc.go)
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
// Two products, RᵀR and R·B, are the whole cost. Both grow as K². For more units than rows, K > N,
// take the N×N matrix T = SSᵀ/(N−1): SC = TS and ‖C‖_F = ‖T‖_F, so that the cost is linear in K:
//
//	P = 4λ/(N−1) · (T S − S)        tc = ‖T‖²_F − 2 Σₖ Cₖₖ + K        (3)
//
// A unit without variance has R = 0: it keeps its penalty (0−1)², and its gradient is 0.

// varianceEpsilon is ε in log(var+ε) and in S.
const varianceEpsilon = 1e-6

// infoMax is the objective. Its memory is reused from batch to batch.
type infoMax struct {
	lambda         float64
	mean, scale, q []float64 // K; scale is s
	R              Mat       // batch×K: A − mean; S where there are more units than rows
	M, B           Mat       // K×K: RᵀR, and C − I until it becomes the matrix of (2)
	// Sᵀ (K×N) and T (N×N) are made by the first batch with K > N. Later ones with K > N have at most as
	// many rows, since batches are equal but for an epoch's last.
	St, T Mat
}

func newInfoMax(lambda float64, batch, k int) *infoMax {
	l := &infoMax{lambda: lambda, R: newMat(batch, k)}
	l.mean, l.scale, l.q = make([]float64, k), make([]float64, k), make([]float64, k)
	if k <= batch {
		l.M, l.B = newMat(k, k), newMat(k, k)
	}
	return l
}

// infoMax is an objective (train.go).
func (l *infoMax) forward(b block, rows []uint32, layer linear) { multiply(b, rows, layer) }

func (l *infoMax) backward(b block, rows []uint32, layer linear, _ Mat) {
	multiplyTransposed(b, rows, layer)
}

func (l *infoMax) loss(dA, A Mat, _ []uint32) (loss, entropy, tc float64) {
	N, K := A.Rows, A.Cols
	if K > N {
		if l.T.Data == nil {
			l.St, l.T = newMat(K, N), newMat(N, N)
		}
		entropy, tc = l.wideTerms(A)
		l.wideGradient(dA)
	} else {
		entropy, tc = l.terms(A)
		l.gradient(dA)
	}
	return math.FMA(l.lambda, tc, entropy), entropy, tc
}

// terms returns the two of L = entropy + λ tc, unweighted, and keeps what gradient needs.
func (l *infoMax) terms(A Mat) (entropy, tc float64) {
	N, K := A.Rows, A.Cols
	R := l.R.head(N)
	center(R, l.mean, A)
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

// gradient sets dA = ∂L/∂A for the batch that terms saw last.
func (l *infoMax) gradient(dA Mat) {
	N, K := dA.Rows, dA.Cols
	// Bⱼₖ = sⱼ sₖ (4λ (C−I)ⱼₖ − δⱼₖ (2+qₖ)) / (N−1), the matrix of (2)
	for j := range K {
		row := l.B.Row(j)
		s := 4 * l.lambda * l.scale[j] / float64(N-1)
		for k, scale := range l.scale[:len(row)] {
			row[k] *= s * scale
		}
		row[j] -= l.scale[j] * l.scale[j] * (2 + l.q[j]) / float64(N-1)
	}
	matmul(dA, l.R.head(N), l.B)
}

// wideTerms is terms for K > N, from (3).
func (l *infoMax) wideTerms(A Mat) (entropy, tc float64) {
	N, K := A.Rows, A.Cols
	S, St, T := l.R.head(N), l.St.as(K, N), l.T.as(N, N)
	center(S, l.mean, A) // S is R until it is scaled below, and q holds Σₙ R² for the moment
	columnSquares(l.q, S)
	for k, sum := range l.q {
		entropy -= l.rescale(k, sum, N)
		// ‖C − I‖² = ‖C‖² + Σₖ (1 − 2Cₖₖ)
		tc += 1 - 2*sum*l.scale[k]*l.scale[k]/float64(N-1)
	}
	for n := range N {
		multiplyBy(S.Row(n), l.scale)
	}
	transpose(St, S)
	gram(T, St)
	for i := range T.Data {
		T.Data[i] /= float64(N - 1)
	}
	return entropy, tc + inner(T.Data, T.Data)
}

// wideGradient is gradient for K > N, from (3). With P of (3) and cₖ = (2+qₖ)/(N−1), (1) becomes
//
//	qₖ = 4λ/(N−1) · Σₙ (TS − S)ₙₖ Sₙₖ
//	∂L/∂Aₙₖ = sₖ ( 4λ/(N−1) · (TS)ₙₖ − (4λ/(N−1) + cₖ) Sₙₖ )
//
// It goes through a few units at a time, whose columns then stay in the cache.
func (l *infoMax) wideGradient(dA Mat) {
	const few = 64
	N, K := dA.Rows, dA.Cols
	S := l.R.head(N)
	matmul(dA, l.T.as(N, N), S)
	alpha := 4 * l.lambda / float64(N-1)
	for from := 0; from < K; from += few {
		to := min(from+few, K)
		q, scale := l.q[from:to], l.scale[from:to]
		clear(q)
		for n := range N {
			s, ts := S.Row(n)[from:to], dA.Row(n)[from:to]
			for k := range q {
				q[k] = math.FMA(ts[k]-s[k], s[k], q[k])
			}
		}
		for n := range N {
			s, ts := S.Row(n)[from:to], dA.Row(n)[from:to]
			for k, sum := range q {
				c := math.FMA(alpha, sum, 2) / float64(N-1)
				ts[k] = scale[k] * math.FMA(alpha, ts[k], -float64((alpha+c)*s[k]))
			}
		}
	}
}
