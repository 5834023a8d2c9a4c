package main

import (
	"math"
	"slices"
)

// How the treatment's results change with K, by measures relative to what grows with K anyway, and by a test for a
// trend within seeds.

// The grid over K is the follow-up's.
var (
	scaleActivations = []string{"relu", "tanh", "softmax"}
	scaleKs          = []int{64, 128, 256, 512, 1024}
	scaleConditions  = []condition{treatment, autoencoder, untrained}
)

const (
	scaleSeeds  = 5
	scaleEpochs = 10
)

// normalised are the measures. The random level of a run's effective rank is that of its own weights before any step, which
// are those of the untrained run of its seed and K.
var normalised = []measure{
	{metric{field: "effective_rank_over_random", title: "Effective rank over its random level", better: +1},
		func(r *Result) float64 { return float64(r.Final.EffectiveRank / r.Init.EffectiveRank) }},
	{metric{field: "output_correlation_per_pair", title: "Output correlation for each pair of units", better: -1},
		func(r *Result) float64 {
			return float64(r.Final.OutputCorrelation) / float64(r.Config.K*(r.Config.K-1))
		}},
	{metric{field: "dead_share", title: "Share of dead units", better: -1},
		func(r *Result) float64 { return float64(r.Final.DeadUnits) / float64(r.Config.K) }},
	measureOf("probe_accuracy"),
}

// trend is how a measure changes with K for one activation under the treatment.
type trend struct {
	measure
	activation string
	seeds      int // that have a run at every K
	test       trendResult
	adjusted   float64 // test.P, Holm
}

// outcome is +1 where the measure is shown to get better with K, −1 where worse, 0 where neither is.
func (t trend) outcome() int {
	switch {
	case !(t.adjusted < significant):
		return 0
	case t.test.Increasing < t.test.Decreasing:
		return t.better
	}
	return -t.better
}

// treated are the K at which the treatment ran, above 1.
func (s *study) treated() []int {
	return slices.DeleteFunc(slices.Clone(s.ks), func(K int) bool { return K == 1 || len(s.ran(treatment, K)) == 0 })
}

// overWidths has the trends of the study: Holm's correction is over the activations, for each measure.
func (s *study) overWidths() (all []trend) {
	for _, m := range normalised {
		var tests []trend
		var p []float64
		for _, activation := range s.activations {
			blocks := s.seedsOver(m, treatment, activation)
			if len(blocks) == 0 {
				continue
			}
			t := trend{measure: m, activation: activation, seeds: len(blocks)}
			if t.seeds < minPairs {
				blocks = nil
			}
			t.test = pageTrend(blocks)
			tests, p = append(tests, t), append(p, t.test.P)
		}
		for len(p) < len(scaleActivations) {
			p = append(p, math.NaN())
		}
		adjusted := holm(p)
		for i := range tests {
			tests[i].adjusted = adjusted[i]
		}
		all = append(all, tests...)
	}
	return all
}

// seedsOver has the values over K of every seed that has all of them.
func (s *study) seedsOver(m measure, c condition, activation string) (blocks [][]float64) {
	for i := range s.seeds {
		var block []float64
		for _, K := range s.treated() {
			block = append(block, s.values(place{c, activation, K}, m)[i])
		}
		if usable(block) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// leastTrendP is the smallest adjusted p that a trend of a measure can have: all seeds order the k columns alike.
func leastTrendP(k, seeds, activations int) float64 {
	if seeds < minPairs {
		return 1
	}
	p := 2 * float64(max(activations, len(scaleActivations)))
	for range seeds {
		for j := range k {
			p /= float64(j + 1)
		}
	}
	return min(1, p)
}
