package main

import "math"

// Adam as in Kingma & Ba (2015), algorithm 1, for the parameters w with gradient g, at step t:
//
//	m ← β₁ m + (1−β₁) g          v ← β₂ v + (1−β₂) g²
//	w ← w − η · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)
//
// The bias corrections are the same for every parameter, so the clock keeps them as two factors and
// adamStep (mat_elementary.go, which has β₁, β₂ and ε) does the rest:
//
//	step = η/(1−β₁ᵗ)             factor = 1/√(1−β₂ᵗ)

// adamClock holds what all parameters share at step t.
type adamClock struct {
	rate           float64 // η, the learning rate
	power1, power2 float64 // β₁ᵗ, β₂ᵗ
	step, factor   float64
}

func newAdamClock(rate float64) adamClock { return adamClock{rate: rate, power1: 1, power2: 1} }

// tick moves on to the next step.
func (c *adamClock) tick() {
	c.power1 = float64(c.power1 * adamBeta1)
	c.power2 = float64(c.power2 * adamBeta2)
	c.step = c.rate / (1 - c.power1)
	c.factor = 1 / math.Sqrt(1-c.power2)
}

// adam is one parameter array with its moments, all of one length.
type adam struct{ w, m, v []float64 }

func newAdam(w []float64) adam { return adam{w, make([]float64, len(w)), make([]float64, len(w))} }

// update takes one step of Adam for the gradient g.
func (a adam) update(c *adamClock, g []float64) {
	if cores == 1 || 8*len(g) < worthSplitting {
		adamStep(a.w, a.m, a.v, g, c.step, c.factor)
		return
	}
	step, factor := c.step, c.factor
	split(len(g), 8, func(i, to int) { adamStep(a.w[i:to], a.m[i:to], a.v[i:to], g[i:to], step, factor) })
}
