package main

import (
	"math"
	"slices"
)

// L-BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.5), for the probes and the optimum.
// The last steps sᵢ and the changes yᵢ of the gradient along them give an approximation H of the inverse
// Hessian. A step goes along d = −H g and is halved until f falls by enough (Armijo, 3.4):
//
//	f(x + t d) ≤ f(x) + c₁ t ⟨g,d⟩,   t = 1, ½, ¼, …
//
// A convex f has ⟨s,y⟩ ≥ 0 without Wolfe's second condition. Where f is not convex, as the
// optimum's loss, pairs without positive curvature are dropped, so that H stays positive definite.
// Inner products and the loops below have one order, so that every machine takes the same steps.
const (
	lbfgsMemory    = 10
	lbfgsHalvings  = 30    // of one step, at most
	lbfgsDecrease  = 1e-4  // c₁
	lbfgsCurvature = 1e-12 // a pair is kept if the cosine between s and y is above this
)

// lbfgsPair is a step s and the change y of the gradient over it; sy = ⟨s,y⟩, yy = ⟨y,y⟩.
type lbfgsPair struct {
	s, y   []float64
	sy, yy float64
}

// minimise takes x to where no element of f's gradient is beyond ±tolerance. f returns its value at x
// and sets gradient. most is the evaluations of f after which it gives up.
func minimise(
	f func(x, gradient []float64) float64, x []float64, tolerance float64, most int,
) (evaluations int, converged bool) {
	n := len(x)
	g, d, next, gNext := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	value := f(x, g)
	evaluations = 1
	var pairs []lbfgsPair // the latest last
	for {
		if largestOf(g) <= tolerance {
			return evaluations, true
		}
		direct(d, g, pairs)
		slope := inner(g, d)
		step := 1.0
		if len(pairs) == 0 {
			step = 1 / max(1, math.Sqrt(-slope)) // no curvature yet: a step of length 1 at most
		}
		for halvings := 0; ; halvings++ {
			if halvings > lbfgsHalvings || evaluations == most {
				return evaluations, false
			}
			copy(next, x)
			addTo(next, step, d)
			v := f(next, gNext)
			evaluations++
			if v <= math.FMA(lbfgsDecrease*step, slope, value) {
				value = v
				break
			}
			step /= 2
		}
		pairs = remember(pairs, next, x, gNext, g)
		copy(x, next)
		copy(g, gNext)
	}
}

// remember appends the latest pair and forgets the oldest one of too many. A pair without
// positive curvature is none.
func remember(pairs []lbfgsPair, xNew, xOld, gNew, gOld []float64) []lbfgsPair {
	pair := lbfgsPair{s: slices.Clone(xNew), y: slices.Clone(gNew)}
	addTo(pair.s, -1, xOld)
	addTo(pair.y, -1, gOld)
	pair.sy, pair.yy = inner(pair.s, pair.y), inner(pair.y, pair.y)
	if pair.sy <= lbfgsCurvature*math.Sqrt(inner(pair.s, pair.s)*pair.yy) {
		return pairs
	}
	if len(pairs) == lbfgsMemory {
		pairs = slices.Delete(pairs, 0, 1)
	}
	return append(pairs, pair)
}

// direct sets d = −H g by the two-loop recursion, H₀ = ⟨s,y⟩/⟨y,y⟩ of the latest pair.
func direct(d, g []float64, pairs []lbfgsPair) {
	for i, v := range g {
		d[i] = -v
	}
	var alpha [lbfgsMemory]float64
	for i, pair := range slices.Backward(pairs) {
		alpha[i] = inner(pair.s, d) / pair.sy
		addTo(d, -alpha[i], pair.y)
	}
	if len(pairs) > 0 {
		latest := pairs[len(pairs)-1]
		for i := range d {
			d[i] *= latest.sy / latest.yy
		}
	}
	for i, pair := range pairs {
		addTo(d, alpha[i]-inner(pair.y, d)/pair.sy, pair.s)
	}
}
