package main

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Rank correlation within strata: whether x goes with y where all else that is known is equal.

// stratifiedSpearman returns the mean rank correlation of the strata's pairs, x in [0] and y in [1], and its two-sided
// p-value, the same for the same strata. Midranks are taken within each stratum, so that what differs between strata adds nothing.
//
//	z̄ = Σ (n−3) atanh ρ / Σ (n−3)    ρ = tanh z̄        Fisher (1921), Metron 1, 3; n pairs in a stratum
//	p = (1 + #{|z̄*| ≥ |z̄|}) / (1 + 9,999)                y permuted in each stratum; Phipson & Smyth (2010)
//
// Strata of one length are permuted alike, because their pairs share seeds: what the seed does to all is no evidence.
// A stratum says nothing, and is left out, if it has fewer than four pairs or x or y has no spread. Since atanh ±1 is
// infinite, |ρ| counts as no more than 1 − 6/(n³−n): half a step of ρ without ties below 1. So ρ is below 1 even when
// every stratum's is 1. It is NaN, as is p, when a value is NaN or nothing is left. It panics when x and y differ in length.
func stratifiedSpearman(strata [][2][]float64) (rho, p float64) {
	const permutations = 9999
	var informative []rankedStratum
	weights := 0.0
	for _, s := range strata {
		if len(s[0]) != len(s[1]) {
			panic(fmt.Sprintf("stratifiedSpearman: %d values against %d", len(s[0]), len(s[1])))
		}
		if len(s[0]) > 0 && (!usable(s[0]) || !usable(s[1])) {
			return math.NaN(), math.NaN()
		}
		if r := rankStratum(s[0], s[1]); r.weight > 0 && r.scale > 0 {
			informative = append(informative, r)
			weights += r.weight
		}
	}
	if len(informative) == 0 {
		return math.NaN(), math.NaN()
	}
	statistic := func() float64 { // Σ (n−3) atanh ρ
		sum := 0.0
		for _, r := range informative {
			sum += r.weightedZ()
		}
		return sum
	}
	observed := statistic()
	least := math.Abs(observed) * (1 - 2*uncertainty) // equal but for rounding is equal
	rng := rand.New(rand.NewPCG(1, streamPermutation))
	asFar := 1
	for range permutations {
		order := rng.Uint64()
		for _, r := range informative {
			rand.New(rand.NewPCG(order, streamPermutation)).Shuffle(len(r.y), func(i, j int) { r.y[i], r.y[j] = r.y[j], r.y[i] })
		}
		if math.Abs(statistic()) >= least {
			asFar++
		}
	}
	return tanh(observed / weights), float64(asFar) / (permutations + 1)
}

// rankedStratum holds twice the midranks less their mean, so that ρ = Σ xᵢyᵢ / scale.
type rankedStratum struct {
	x, y                 []int
	scale, limit, weight float64 // √(Σxᵢ² Σyᵢ²), the most that |ρ| counts as, n − 3
}

func rankStratum(x, y []float64) rankedStratum {
	n := float64(len(x))
	r := rankedStratum{x: doubledMidranks(x), y: doubledMidranks(y), weight: n - 3, limit: 1 - 6/(n*(n-1)*(n+1))}
	var xx, yy int
	for i := range r.x {
		r.x[i] -= len(x) + 1
		r.y[i] -= len(x) + 1
		xx += r.x[i] * r.x[i]
		yy += r.y[i] * r.y[i]
	}
	r.scale = math.Sqrt(float64(xx) * float64(yy))
	return r
}

// weightedZ returns (n−3) atanh ρ, where atanh ρ = ½ log((1+ρ)/(1−ρ)). It is odd in ρ to the last bit.
func (r rankedStratum) weightedZ() float64 {
	xy := 0
	for i, v := range r.x {
		xy += v * r.y[i]
	}
	rho := min(math.Abs(float64(xy))/r.scale, r.limit)
	return math.Copysign(r.weight/2*log((1+rho)/(1-rho)), float64(xy))
}
