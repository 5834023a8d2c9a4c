package main

import (
	"math"
	"sync"
)

// Principal components, the linear features that keep the most variance: rows of W are the first K
// principal axes of the rows X (N×D), the eigenvectors of Cov(X) by descending eigenvalue, and
// b = −W·mean, so that z is centred. Beyond D axes there are none, and W has rows of 0. An axis has no
// sign of its own: its largest weight is positive.

// principalAxes returns W (D×K) and b (K) for the rows of s.
func principalAxes(s *Set, K int) (W Mat, b []float64) {
	p := componentsOf(s)
	W, b = newMat(s.D, K), make([]float64, K)
	for k := range min(K, s.D) {
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

// components are the principal axes of a set, one in each column, and the means of its inputs.
type components struct {
	axes Mat
	mean []float64
}

var knownComponents = struct {
	sync.Mutex
	of map[*Set]components
}{of: map[*Set]components{}}

// componentsOf returns those of s, computed once in a process: MNIST's take seconds.
func componentsOf(s *Set) components {
	knownComponents.Lock()
	defer knownComponents.Unlock()
	p, known := knownComponents.of[s]
	if !known {
		var covariance Mat
		p.mean, covariance = secondMoment(s)
		for i := range s.D {
			for j := range s.D {
				covariance.Row(i)[j] = math.FMA(-p.mean[i], p.mean[j], covariance.Row(i)[j])
			}
		}
		p.axes, _, _ = svd(covariance) // symmetric, with no eigenvalue below 0
		knownComponents.of[s] = p
	}
	return p
}

// secondMoment returns the means of the inputs and XᵀX/N (D×D), block by block.
func secondMoment(s *Set) (mean []float64, second Mat) {
	b, X, sums := s.newBlock(), newMat(blockRows, s.D), newMat(1, s.D)
	products := s.arrange(newMat(s.D, s.D))
	for from := 0; from < s.N; from += blockRows {
		var rows []uint32
		for n := from; n < min(from+blockRows, s.N); n++ {
			copy(X.Row(len(rows)), s.dense(n))
			rows = append(rows, uint32(n))
		}
		b.load(rows)
		b.spread(products.view(), products.view(), 1, X.view(), s.D)
		mul(sums.view(), sums.view(), ones, X.view(), 1, len(rows), s.D)
	}
	second = s.restore(products)
	scaleBy(second, 1/float64(s.N))
	scaleBy(sums, 1/float64(s.N))
	return sums.Data, second
}
