package main

import (
	"math"
	"slices"
)

// Whether low redundancy goes with good task performance: the rank correlation of each predictor, a measure of redundancy
// fixed before this analysis, with each probe's accuracy. A stratum is an activation and K, a cell one condition in it. Between
// conditions the objective moves both; within them only the seed does. Holm corrects over the predictors, for each
// probe and for each of the two questions.

var (
	predictors = []measure{measureOf("weight_correlation"), measureOf("effective_rank_live"), measureOf("output_correlation"), measureOf("tc_bound")}
	probes     = []measure{measureOf("probe_accuracy"), measureOf("probe_accuracy_1000")}
)

// The questions, as stats.csv names them.
const (
	betweenConditions = "between"
	withinConditions  = "within"
)

// prediction is what a predictor says of a probe's accuracy.
type prediction struct {
	predictor, probe measure
	between, within  oriented
}

// The answers for a predictor and a probe.
const (
	predicts         = "predicts"
	predictsOpposite = "predicts the opposite" // within conditions less redundancy goes with lower accuracy
	betweenOnly      = "between conditions only"
	notShown         = "not shown"
	notTested        = "not tested"
)

func (p prediction) word() string {
	switch {
	case p.within.outcome() > 0:
		return predicts
	case p.within.outcome() < 0:
		return predictsOpposite
	case p.between.outcome() != 0:
		return betweenOnly
	case !finite(p.within.P) && !finite(p.between.P):
		return notTested
	}
	return notShown
}

// oriented is an association of low redundancy with high accuracy: Rho and Each are positive where the two go together.
type oriented struct {
	association
	runs     int     // that have both values
	adjusted float64 // P, Holm
}

// outcome is +1 where less redundancy is shown to go with higher accuracy, −1 where with lower, 0 where neither is.
func (o oriented) outcome() int {
	switch {
	case !(o.adjusted < significant) || o.Rho == 0:
		return 0
	case o.Rho < 0:
		return -1
	}
	return +1
}

// associations has all of the study, by probe and predictor.
func (s *study) associations() []prediction {
	all := make([]prediction, len(probes)*len(predictors))
	inParallel(len(all), func(i int) {
		all[i] = s.predict(predictors[i%len(predictors)], probes[i/len(predictors)])
	})
	for family := range slices.Chunk(all, len(predictors)) {
		var between, within []float64
		for _, p := range family {
			between, within = append(between, p.between.P), append(within, p.within.P)
		}
		between, within = holm(between), holm(within)
		for i := range family {
			family[i].between.adjusted, family[i].within.adjusted = between[i], within[i]
		}
	}
	return all
}

// predict does both tests. A stratum of a single condition says nothing of what lies between.
func (s *study) predict(predictor, probe measure) prediction {
	var strata [][]seedPairs
	var cells []seedPairs
	between, within := 0, 0
	for _, K := range s.ks {
		for _, p := range s.grid(condition{}, K) {
			var stratum []seedPairs
			filled, runs := 0, 0
			for _, c := range predicting(s.conditions) {
				cell, n := s.cell(p.under(c), predictor, probe)
				stratum = append(stratum, cell)
				if runs += n; n > 0 {
					filled++
				}
			}
			cells, within = append(cells, stratum...), within+runs
			if filled > 1 {
				strata, between = append(strata, stratum), between+runs
			}
		}
	}
	orient := func(a association, runs int) oriented {
		sign := float64(predictor.better * probe.better)
		a.Rho *= sign
		for i := range a.Each {
			a.Each[i] *= sign
		}
		return oriented{a, runs, math.NaN()}
	}
	return prediction{predictor, probe, orient(spearmanBetween(strata), between), orient(spearmanWithin(cells), within)}
}

// withinOf is the mean of ρ over the cells of c; predict lines cells up by place, and in it by condition.
func (p prediction) withinOf(c condition, all []condition) float64 {
	conditions := predicting(all)
	var rhos []float64
	if i := slices.Index(conditions, c); i >= 0 {
		for ; i < len(p.within.Each); i += len(conditions) {
			rhos = append(rhos, p.within.Each[i])
		}
	}
	return mean(present(rhos))
}

// predicting are those of the conditions that are taken: infomax at every λ, and the baselines.
func predicting(all []condition) []condition {
	return slices.DeleteFunc(slices.Clone(all), func(c condition) bool { return c == tied || c == pca })
}

// cell pairs the values of the runs at p, and counts those that have both. Runs that diverged or collapsed are left out:
// as the worst in both they would look like an association. So are single units, and estimates of what is infinite.
func (s *study) cell(p place, predictor, probe measure) (pairs seedPairs, runs int) {
	pairs = seedPairs{x: slices.Repeat([]float64{math.NaN()}, len(s.seeds)), y: slices.Repeat([]float64{math.NaN()}, len(s.seeds))}
	if p.K == 1 || s.infinite(p, predictor) {
		return pairs, 0
	}
	xs, ys := s.values(p, predictor), s.values(p, probe)
	for i := range s.seeds {
		if finite(xs[i]) && finite(ys[i]) {
			pairs.x[i], pairs.y[i] = xs[i], ys[i]
			runs++
		}
	}
	return pairs, runs
}
