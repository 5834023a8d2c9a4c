package main

import (
	"context"
	"fmt"
	"math"
)

// The optimum of the InfoMax loss with identity: the directions of the units that the loss over all rows of
// the train split prefers, where training by batches may not arrive. With z = Wᵀx + b and Σ = Cov(X) over
// N−1 (D×D), it is a function of the covariance alone,
//
//	L = −Σₖ log sₖ + λ Σ_{j≠k} Cⱼₖ²        sₖ = wₖᵀΣwₖ        Cⱼₖ = wⱼᵀΣwₖ/√(sⱼsₖ)
//
// A unit's length adds −2 log‖wₖ‖ and nothing else (without ε, to which long weights are blind), so that
// lengths would grow for ever; with them set to 1 the loss of the directions is left,
//
//	F = Σₖ (log wₖᵀwₖ − log sₖ) + λ Σ_{j≠k} Cⱼₖ²                                       (1)
//
//	∂F/∂wₖ = 2wₖ/wₖᵀwₖ − 2vₖ/sₖ + 4λ Σ_{j≠k} Cⱼₖ (vⱼ/√(sⱼsₖ) − Cⱼₖvₖ/sₖ),  vₖ = Σwₖ    (2)
//
// If no two of the K+1 largest eigenvalues are equal, the K principal axes are a strict local minimum for
// λ > ½. To second order F is a sum over pairs of units. Let two lie near axes of eigenvalues r and 1, r > 1,
// w₁ = (cos θ, sin θ), w₂ = (−sin φ, cos φ). Then
//
//	F = −log r + (r−1)/r θ² − (r−1) φ² + 2λ/r (θ − rφ)²
//
// whose matrix has the determinant (2λ − 1)(r−1)²/r, and a positive first element. A unit that turns to an
// axis beyond the K only loses variance. Below λ = ½ it pays to give up independence for variance.

const (
	optimumTolerance   = 1e-7   // of the gradient's largest element; units end at lengths of 1 to 8
	optimumEvaluations = 20_000 // at most; MNIST needs 220 to 2,600
)

// directions evaluates (1) and (2).
type directions struct {
	ctx        context.Context
	lambda     float64
	sigma, V   Mat // D×D: Σ; D×K: ΣW
	B          Mat // K×K: WᵀΣW, then the coefficients of V in (2)
	squares, s []float64
}

// optimise takes W to directions of least loss, as units of length 1, and returns the losses before and
// after. The error is ctx's, or that no minimum was found.
func (t *trainer) optimise(ctx context.Context) (first, last float64, err error) {
	_, sigma := covarianceOf(t.X)
	scaleBy(sigma, float64(t.X.N)/float64(t.X.N-1))
	W, K := t.X.restore(t.W), t.config.K
	f := &directions{
		ctx: ctx, lambda: t.config.Lambda, sigma: sigma,
		V: newMat(W.Rows, K), B: newMat(K, K), squares: make([]float64, K), s: make([]float64, K),
	}
	gradient := make([]float64, len(W.Data))
	first = f.loss(W.Data, gradient)
	evaluations, found := minimise(f.loss, W.Data, optimumTolerance, optimumEvaluations)
	last = f.loss(W.Data, gradient) // again, so that f.squares is of the minimum
	if err := ctx.Err(); err != nil {
		return first, last, err
	}
	if !found {
		return first, last, fmt.Errorf("no optimum after %d evaluations of the loss: "+
			"inputs that vary little may have none", evaluations)
	}
	for i := range W.Data {
		W.Data[i] /= math.Sqrt(f.squares[i%K])
	}
	t.W = t.X.arrange(W)
	return first, last, nil
}

// loss returns F at W (D×K) and sets dW = ∂F/∂W. Once ctx is done it is infinite, so that no step is taken
// any more.
func (f *directions) loss(W, dW []float64) (F float64) {
	D, K := f.V.Rows, f.V.Cols
	if f.ctx.Err() != nil {
		return math.Inf(1)
	}
	matmul(f.V, f.sigma, Mat{D, K, W})
	mul(f.B.view(), zeros, coefficients{W, 1, K}, f.V.view(), K, D, K)
	columnSquares(f.squares, Mat{D, K, W})
	for k := range K {
		f.s[k] = f.B.Row(k)[k]
		F += log(f.squares[k]) - log(f.s[k])
	}
	for j := range K {
		row, sum := f.B.Row(j), 0.0 // sum = Σ_{k≠j} Cⱼₖ²
		for k, m := range row {
			if c := m / math.Sqrt(f.s[j]*f.s[k]); k != j {
				sum = math.FMA(c, c, sum)
				row[k] = 4 * f.lambda * c / math.Sqrt(f.s[j]*f.s[k])
			}
		}
		F = math.FMA(f.lambda, sum, F)
		row[j] = -(2 + float64(4*f.lambda*sum)) / f.s[j]
	}
	// dW = VB + 2W diag(1/wₖᵀwₖ), B the coefficients
	matmul(Mat{D, K, dW}, f.V, f.B)
	for i, w := range W {
		dW[i] = math.FMA(2/f.squares[i%K], w, dW[i])
	}
	return F
}
