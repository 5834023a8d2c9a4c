package main

import "math"

// The loss of infomax.go for more units than rows, K > N. Its two products grow as K². But with the
// N×N matrix T = SSᵀ/(N−1), SC = TS and ‖C‖_F = ‖T‖_F, so that the cost is linear in K:
//
//	P = 4λ/(N−1) · (T S − S)        tc = ‖T‖²_F − 2 Σₖ Cₖₖ + K        (3)

// lossWide is loss from (3). R becomes S.
func (l *infoMax) lossWide(R Mat) (entropy, tc float64) {
	N, K := R.Rows, R.Cols
	clear(l.q)
	columnSquares(l.q, R)
	for k, sum := range l.q {
		entropy -= l.rescale(k, sum, N)
		// ‖C − I‖² = ‖C‖² + Σₖ (1 − 2Cₖₖ)
		tc += 1 - 2*sum*l.scale[k]*l.scale[k]/float64(N-1)
	}
	for n := range N {
		chain(R.Row(n), l.scale)
	}
	St := Mat{K, N, l.St.Data[:K*N]}
	transpose(St, R)
	T := Mat{N, N, l.T.Data[:N*N]}
	gram(T, St)
	for i := range T.Data {
		T.Data[i] /= float64(N - 1)
	}
	return entropy, tc + inner(T.Data, T.Data)
}

// gradientWide is gradient from (3). With P of (3) and cₖ = (2+qₖ)/(N−1), (1) becomes
//
//	qₖ = 4λ/(N−1) · Σₙ (TS − S)ₙₖ Sₙₖ
//	∂L/∂Aₙₖ = sₖ ( 4λ/(N−1) · (TS)ₙₖ − (4λ/(N−1) + cₖ) Sₙₖ )
//
// It goes through a few units at a time, whose columns then stay in the cache.
func (l *infoMax) gradientWide(dA Mat) {
	const few = 64
	N, K := dA.Rows, dA.Cols
	S := l.R.head(N)
	mul(dA.view(), zeros, coefficients{l.T.Data, N, 1}, S.view(), N, N, K) // TS
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
