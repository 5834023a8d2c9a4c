package main

import (
	"math"
	"sync"
)

// Principal components, the linear features that keep the most variance: columns of W (D×K) are the first
// K principal axes of the rows X (N×D), the eigenvectors of Cov(X) by descending eigenvalue, and b =
// −Wᵀmean, so that z is centred. There are D axes, or N if that is less; columns of W beyond them
// are 0. The sign of an axis is arbitrary: its largest weight in magnitude is made positive.

// principalAxes returns W (D×K) and b (K) for the rows of s.
func principalAxes(s *Set, K int) (W Mat, b []float64) {
	p := componentsOf(s)
	W, b = newMat(s.D, K), make([]float64, K)
	for k := range min(K, p.axes.Cols) {
		largest := 0.0
		for d := range s.D {
			if w := p.axes.Row(d)[k]; math.Abs(w) > math.Abs(largest) {
				largest = w
			}
		}
		for d := range s.D {
			w := p.axes.Row(d)[k] * math.Copysign(1, largest)
			W.Row(d)[k] = w
			b[k] = math.FMA(-w, p.mean[d], b[k])
		}
	}
	return W, b
}

// onComponents returns data with the inputs of c: their first M principal components, each divided by
// its standard deviation σ, over N−1, to the power P. Means, axes and deviations are the train
// split's, for the test split too.
//
//	x′ = diag(σ₁⁻ᴾ … σ_M⁻ᴾ) Wᵀ (x − mean)        W: the first M principal axes (D×M)
//
// With P = 1 the train split's Cov(x′) is I. The error is a badUsage: components of no variance
// cannot be divided.
func (data *Dataset) onComponents(c Config) (*Dataset, error) {
	if c.Components == 0 {
		return data, nil
	}
	if axes := min(data.Train.N, data.Train.D); axes > maxAxes {
		return nil, usagef("-components takes data of %d rows or inputs at most, and %s has %d", maxAxes, c.Data, axes)
	}
	p := componentsOf(&data.Train)
	vary := 0
	for vary < len(p.variance) && p.variance[vary] > leastVariance*p.variance[0] {
		vary++
	}
	if c.Components > vary {
		return nil, usagef("-components %d: %s has %d that vary: give that many at most", c.Components, c.Data, vary)
	}
	W, b := principalAxes(&data.Train, c.Components)
	for k := range b {
		N := float64(data.Train.N)
		scale := exp(-c.Whiten / 2 * log(p.variance[k]*N/(N-1)))
		b[k] *= scale
		for d := range W.Rows {
			W.Row(d)[k] *= scale
		}
	}
	projected := data.with(data.through(activationByName("identity"), W, b)) // z of both splits (run.go)
	projected.Projection, projected.Shape = W, data.Shape
	return projected, nil
}

// leastVariance is what a component must have of the first one's variance. What rounding leaves of
// nothing is less.
const leastVariance = 1e-12

// components are the principal axes of a set, one in each column, the variance along each, over N,
// and the means of its inputs.
type components struct {
	axes     Mat
	variance []float64
	mean     []float64
}

// lastComponents are those of the last set asked for, and of no other: every stack has a set of its
// own, whose rows a longer memory would hold on to.
var lastComponents struct {
	sync.Mutex
	of *Set
	components
}

// maxAxes is the most axes that there can be: some five square matrices of that size are 2.7 GB,
// and take minutes.
const maxAxes = 1 << 13

// mostJacobiAxes is the most axes that are computed by Jacobi's rotations: more would take minutes. It is
// more than jacobiLimit, because axes are computed once for a data set, and spectra twice a run.
const mostJacobiAxes = 1024

// componentsOf returns those of s, computed once for runs of one set that follow each other:
// MNIST's take seconds.
func componentsOf(s *Set) components {
	last := &lastComponents
	last.Lock()
	defer last.Unlock()
	switch {
	case last.of == s:
	case s.N < s.D:
		last.components = componentsOfFew(s)
	default:
		mean, covariance := covarianceOf(s)
		axes, variance := eigen(covariance, mostJacobiAxes, true)
		last.components = components{axes, variance, mean}
	}
	last.of = s
	return last.components
}

// componentsOfFew returns those of fewer rows than inputs, at a cost that grows with N²D and N³.
// With R = X − 1·meanᵀ, an eigenvector of the smaller matrix makes one of Cov(X). Axes of no
// variance are 0.
//
//	1/N RRᵀ u = λu   ⇒   Cov(X) a = 1/N RᵀR a = λa,   a = Rᵀu / √(Nλ)
func componentsOfFew(s *Set) components {
	R, mean, axes := newMat(s.N, s.D), make([]float64, s.D), newMat(s.D, s.N)
	for n := range s.N {
		copy(R.Row(n), s.dense(n))
	}
	center(R, mean, R)
	columns := R.T()
	products := gramOf(columns)
	scaleBy(products, 1/float64(s.N))
	U, variance := eigen(products, mostJacobiAxes, true)
	for k, v := range variance {
		scale := 0.0
		if v > leastVariance*variance[0] {
			scale = 1 / math.Sqrt(v*float64(s.N))
		}
		for n := range s.N {
			U.Row(n)[k] *= scale
		}
	}
	matmul(axes, columns, U)
	return components{axes, variance, mean}
}

// covarianceOf returns the means of the inputs and Cov(X) (D×D, over N), block by block. One factor is
// X less its first row, so that for inputs far from 0 rounding errors grow with |mean|/σ and not with its square:
//
//	Cov(X) = 1/N Σₙ xₙ (xₙ − x₀)ᵀ − mean (mean − x₀)ᵀ
func covarianceOf(s *Set) (mean []float64, covariance Mat) {
	b, R, shift := s.newBlock(), newMat(blockRows, s.D), make([]float64, s.D) // R = X − 1·x₀ᵀ, shift = mean − x₀
	first, products := s.dense(0), s.arrange(newMat(s.D, s.D))
	for from := 0; from < s.N; from += blockRows {
		rows := make([]uint32, 0, blockRows)
		for n := from; n < min(from+blockRows, s.N); n++ {
			row := R.Row(len(rows))
			for d, x := range s.dense(n) {
				row[d] = x - first[d]
				shift[d] += row[d]
			}
			rows = append(rows, uint32(n))
		}
		b.load(rows)
		b.spread(products.view(), products.view(), 1, R.view(), s.D)
	}
	covariance, mean = s.restore(products), make([]float64, s.D)
	scaleBy(covariance, 1/float64(s.N))
	scaleBy(Mat{1, s.D, shift}, 1/float64(s.N))
	for i := range mean {
		mean[i] = first[i] + shift[i]
		for j, c := range covariance.Row(i) {
			covariance.Row(i)[j] = math.FMA(-mean[i], shift[j], c)
		}
	}
	return mean, covariance
}
