package main

import (
	"math"
	"slices"
)

// Linear probes: what a linear classifier can read of the labels y in the activations F (N×K) of a
// frozen network. It is multinomial logistic regression on F made comparable by a matrix T (K×K):
//
//	P = softmax(X U + 1·βᵀ),   X = (F − 1·meanᵀ) T                    (N×C)
//	L = −1/N Σₙ log Pₙ,yₙ + ½ μ ‖U‖²_F                                 U (K×C), β (C)
//
// With Y the one-hot rows of y,
//
//	∂L/∂U = Tᵀ (F − 1·meanᵀ)ᵀ (P − Y) / N + μ U                       (K×C)
//	∂L/∂β = Σₙ (P − Y)ₙ / N                                           (C)
//
// T is applied to U and ∂L/∂U, not to the rows, so that X is never formed, unless T has so few columns that X
// is cheaper than F (project). There are two probes, because for identity the whitened one sees only the span
// of W, and how redundant the weights are cannot matter to it:
//
//	all   every row, whitened: T = V diag(1/√λ), V diag(λ) Vᵀ the covariance of F, μ = 1e-4
//	few   the first 100 rows of each class, standardised: T = diag(1/sd), μ = 1e-2
//
// Units of variance under 1e-12, and eigenvalues under 1e-9 of the largest, have zeros in T, and so in U.
// Variances are over N−1 and of the rows that are fitted.
const (
	probePenaltyAll  = 1e-4
	probePenaltyFew  = 1e-2
	probeFew         = 100   // rows of a class
	probeVariance    = 1e-12 // the least that a unit must have
	probeEigenvalue  = 1e-9  // the least, of the largest
	probeTolerance   = 1e-5  // of the gradient's largest element; toleranceAll is that of all rows
	probeEvaluations = 500   // of L, at most
	probeUsual       = 40    // evaluations that a probe of many units usually takes
	probeBlock       = 64    // rows whose P stays in the cache from logits to gradient
	probeParts       = 8     // of the rows, each with its own sums: their number decides the last bits
)

// probeResult is one probe: the share of test rows that it gets right, NaN if activations are not
// finite, and how the fit went.
type probeResult struct {
	Accuracy    float64
	Evaluations int // of L and its gradient
	Converged   bool
}

// toleranceAll is the tolerance of the fit to all rows of K units. For many units it is coarser, which
// halves the evaluations; they take most of a run's time apart from its steps.
func toleranceAll(K int) float64 {
	if K > manyUnits {
		return 10 * probeTolerance
	}
	return probeTolerance
}

// probeAccuracies fits both probes on the activations of the train split, which it uses up, and returns
// how they do on the test split's. There are as many classes as the largest train label says, and one.
func probeAccuracies(train Mat, trainLabels []byte, test Mat, testLabels []byte) (all, few probeResult) {
	sameLength("probe: rows and labels of train", train.Rows, len(trainLabels))
	sameLength("probe: rows and labels of test", test.Rows, len(testLabels))
	sameLength("probe: units of train and test", train.Cols, test.Cols)
	score := func(p *probe, tolerance float64) (r probeResult) {
		r.Evaluations, r.Converged = p.fit(tolerance)
		r.Accuracy = p.accuracy(test, testLabels)
		return r
	}
	first, labels := firstOfEachClass(train, trainLabels, probeFew)
	few = score(newProbe(first, labels, standardising, probePenaltyFew), probeTolerance)
	return score(newProbe(train, trainLabels, whitening, probePenaltyAll), toleranceAll(train.Cols)), few
}

// firstOfEachClass returns, in order, the rows that are among the first n with their label.
func firstOfEachClass(F Mat, labels []byte, n int) (Mat, []byte) {
	var seen [256]int
	few, its := Mat{Cols: F.Cols}, []byte(nil)
	for i, y := range labels {
		if seen[y]++; seen[y] <= n {
			few.Data, its = append(few.Data, F.Row(i)...), append(its, y)
		}
	}
	few.Rows = len(its)
	return few, its
}

// whitening returns T with Tᵀ cov T = I, but for what is left out.
func whitening(cov Mat) (T Mat) {
	T, lambda := eigen(cov, jacobiLimit, true)
	for i, v := range T.Data {
		if l := lambda[i%T.Cols]; l > 0 && l >= probeEigenvalue*lambda[0] {
			T.Data[i] = v / math.Sqrt(l)
		} else {
			T.Data[i] = 0
		}
	}
	return T
}

// standardising returns T that divides every unit by its standard deviation.
func standardising(cov Mat) (T Mat) {
	T = newMat(cov.Rows, cov.Cols)
	for k := range T.Rows {
		if v := cov.Row(k)[k]; v > 0 {
			T.Row(k)[k] = 1 / math.Sqrt(v)
		}
	}
	return T
}

// probe is a logistic regression. An evaluation of L reads F once and takes 2·N·K·C multiply-adds, so
// that of many units it pays to leave out what T has zeros for.
type probe struct {
	F         Mat       // N×K, centred, or X if projected
	mean      []float64 // of all units
	units     []int     // K: the units that have a column in F
	labels    []byte    // N
	classes   int       // C
	penalty   float64   // μ
	finite    bool      // whether all of F is
	T         Mat       // K×K, or K×r if projected
	projected bool
	x         []float64 // (K+1)×C, or (r+1)×C: U, and β as the last row
	W         Mat       // K×C: T U, or U if projected
	beta      []float64 // C
	dW        Mat       // as W: (F − 1·meanᵀ)ᵀ (P − Y) / N
	part      probePart
}

// probePart is what a part of the rows adds to L's gradient, and memory for a block of rows.
type probePart struct {
	dW        Mat       // C×K, and rows of zeros up to a multiple of four, which mul takes at a time
	dBeta     []float64 // C
	Z         Mat       // block×C: logits
	P         []float64 // C×block, padded as dW
	sum, ones []float64 // block
}

// newProbe returns the probe with U = 0 and β = 0; transform computes T from F's covariance. It works in
// F's memory, since there is no room for a second copy of 540,000 rows (mnist-shifted).
func newProbe(F Mat, labels []byte, transform func(cov Mat) Mat, penalty float64) *probe {
	p := &probe{F: F, mean: make([]float64, F.Cols), labels: labels, penalty: penalty}
	for _, y := range labels {
		p.classes = max(p.classes, int(y)+1)
	}
	center(p.F, p.mean, F)
	p.dropConstant()
	cov, ok := p.covariance()
	if !ok {
		return p
	}
	p.finite, p.T = true, transform(cov)
	p.project()
	K, C := p.F.Cols, p.classes
	p.x, p.W, p.dW = make([]float64, (K+1)*C), newMat(K, C), newMat(K, C)
	quads := (C + 3) / 4 * 4
	p.part = probePart{
		dW: newMat(quads, K), dBeta: make([]float64, C),
		Z: newMat(probeBlock, C), P: make([]float64, quads*probeBlock),
		sum: make([]float64, probeBlock), ones: slices.Repeat([]float64{1}, probeBlock),
	}
	return p
}

// dropConstant leaves units that hardly vary out of F, if there are so many units that it matters.
func (p *probe) dropConstant() {
	N, many := p.F.Rows, p.F.Cols > manyUnits
	variance := make([]float64, p.F.Cols)
	if many {
		columnSquares(variance, p.F)
	}
	for k, v := range variance {
		if !many || !(v/float64(N-1) < probeVariance) {
			p.units = append(p.units, k)
		}
	}
	kept := p.F.as(N, len(p.units))
	for n := range N {
		for i, k := range p.units {
			kept.Row(n)[i] = p.F.Row(n)[k]
		}
	}
	p.F = kept
}

// covariance returns that of F (K×K), in which units that hardly vary have zeros; ok is false below two
// rows and if a variance is not finite, as it is when anything in F is not.
func (p *probe) covariance() (cov Mat, ok bool) {
	N, K := p.F.Rows, p.F.Cols
	cov = gramOf(p.F)
	scaleBy(cov, 1/float64(N-1))
	for k := range K {
		v := cov.Row(k)[k]
		if !finite(v) {
			return cov, false
		}
		if v < probeVariance {
			for j := range K {
				cov.Row(j)[k], cov.Row(k)[j] = 0, 0
			}
		}
	}
	return cov, N > 1
}

// project replaces F of many units by X = F T without its last columns, of zeros, unless that costs more
// than it saves in the evaluations: the products T U, and those of the columns that X has not.
func (p *probe) project() {
	N, K := p.F.Rows, p.F.Cols
	if K <= manyUnits {
		return
	}
	r := K
	for r > 0 && p.T.Data[r-1] == 0 && constantColumn(p.T, r-1) {
		r--
	}
	if N*K*r > 2*probeUsual*p.classes*(N*(K-r)+K*K) {
		return
	}
	T := newMat(K, r)
	for k := range K {
		copy(T.Row(k), p.T.Row(k))
	}
	X, block := p.F.as(N, r), newMat(probeBlock, r)
	for n := 0; n < N; n += probeBlock { // X stays behind F
		to := min(n+probeBlock, N)
		part := block.head(to - n)
		matmul(part, Mat{to - n, K, p.F.Data[n*K : to*K]}, T)
		copy(X.Data[n*r:], part.Data)
	}
	p.F, p.T, p.projected = X, T, true
}

// fit minimises L from zero, until no element of its gradient is beyond ±tolerance.
func (p *probe) fit(tolerance float64) (evaluations int, converged bool) {
	if !p.finite {
		return 0, false
	}
	return minimise(p.loss, p.x, tolerance, probeEvaluations)
}

// loss returns L at x and sets gradient to its gradient.
func (p *probe) loss(x, gradient []float64) float64 {
	N, K, C := p.F.Rows, p.F.Cols, p.classes
	U, dU, dBeta := x[:K*C], gradient[:K*C], gradient[K*C:]
	p.beta = x[K*C:]
	if p.projected {
		copy(p.W.Data, U)
	} else {
		matmul(p.W, p.T, Mat{K, C, U})
	}
	loss := 0.0
	clear(p.dW.Data)
	clear(dBeta)
	rows := (N + probeParts*probeBlock - 1) / (probeParts * probeBlock) * probeBlock // of a part
	for from := 0; from < N; from += rows {
		loss += p.pass(from, min(from+rows, N))
		for c := range C {
			dBeta[c] += p.part.dBeta[c] / float64(N)
			for k, g := range p.part.dW.Row(c) {
				p.dW.Data[k*C+c] += g / float64(N)
			}
		}
	}
	for i, u := range U {
		dU[i] = p.penalty * u
	}
	if p.projected {
		addTo(dU, 1, p.dW.Data)
	} else {
		mul(view{dU, C}, view{dU, C}, coefficients{p.T.Data, 1, K}, p.dW.view(), K, K, C)
	}
	return math.FMA(p.penalty/2, inner(U, U), loss/float64(N))
}

// pass returns Σ −log Pₙ,yₙ of a part of the rows and sets its products with P − Y. P is held class by
// class, so that rows are the lanes of the kernels. With z the logits and m their maximum,
//
//	Pₙ_c = e^(zₙ_c−mₙ) / sₙ,   sₙ = Σ_c e^(zₙ_c−mₙ)          −log Pₙ,yₙ = log sₙ − (zₙ,yₙ − mₙ)
func (p *probe) pass(from, to int) (loss float64) {
	K, C, part := p.F.Cols, p.classes, &p.part
	clear(part.dW.Data)
	clear(part.dBeta)
	for ; from < to; from += probeBlock {
		n := min(probeBlock, to-from)
		F, labels := p.F.Data[from*K:(from+n)*K], p.labels[from:from+n]
		P, sum := part.P[:part.dW.Rows*n], part.sum[:n]
		Z := part.Z.head(n)
		mul(Z.view(), view{p.beta, 0}, coefficients{F, K, 1}, p.W.view(), n, K, C)
		for i, y := range labels {
			z := Z.Row(i)
			top := slices.Max(z)
			for c, v := range z {
				P[c*n+i] = v - top
			}
			loss -= z[y] - top
		}
		expKernel(P[:C*n], P[:C*n])
		clear(P[C*n:])
		mul(view{sum, 0}, zeros, ones, view{P, n}, 1, C, n)
		for i, s := range sum {
			loss += log(s)
			sum[i] = 1 / s
		}
		for c := range C {
			multiplyBy(P[c*n:(c+1)*n], sum)
		}
		for i, y := range labels {
			P[int(y)*n+i]--
		}
		for c := range C {
			part.dBeta[c] += inner(P[c*n:(c+1)*n], part.ones[:n])
		}
		mul(part.dW.view(), part.dW.view(), coefficients{P, n, 1}, view{F, K}, part.dW.Rows, n, K)
	}
	return loss
}

// accuracy returns the share of the rows of A whose largest logit, the first of them in a tie, is
// their label's. It is NaN when anything is not finite.
func (p *probe) accuracy(A Mat, labels []byte) float64 {
	if !p.finite {
		return math.NaN()
	}
	right, Z := 0, p.logits(A)
	if !allFinite(Z.Data) {
		return math.NaN()
	}
	for n, y := range labels {
		if z := Z.Row(n); slices.Index(z, slices.Max(z)) == int(y) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// logits returns (A − 1·meanᵀ) T U + 1·βᵀ (N×C).
func (p *probe) logits(A Mat) Mat {
	N, K, C := A.Rows, A.Cols, p.classes
	r := len(p.x)/C - 1
	chosen, W, beta := newMat(len(p.units), C), newMat(K, C), p.x[r*C:]
	matmul(chosen, p.T, Mat{r, C, p.x[:r*C]})
	for i, k := range p.units {
		copy(W.Row(k), chosen.Row(i))
	}
	shift := make([]float64, C) // meanᵀ T U, then βᵀ less it
	matmul(Mat{1, C, shift}, Mat{1, K, p.mean}, W)
	for c, s := range shift {
		shift[c] = beta[c] - s
	}
	Z := newMat(N, C)
	mul(Z.view(), view{shift, 0}, coefficients{A.Data, K, 1}, W.view(), N, K, C)
	return Z
}
