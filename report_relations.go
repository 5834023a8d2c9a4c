package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// What is tested without pairs: trends over K, and associations of two measures.

// A trend is of measures by what grows with K anyway. Predictors of a good probe were fixed before
// there were runs.
var (
	normalised = []string{"effective_rank_over_random", "output_correlation_per_pair", "dead_share", "probe_accuracy"}
	predictors = []string{"weight_correlation", "effective_rank_live", "output_correlation", "tc_bound"}
)

// trendsOf has a trend over K, seed by seed, for each measure and activation of the subject.
func trendsOf(s *study) (all []comparison) {
	if len(s.ks) <= len(protocolKs) {
		return nil
	}
	for _, m := range measuresOf(normalised...) {
		var family []comparison
		for _, activation := range s.activations {
			var blocks [][]float64
			for _, seed := range s.seeds {
				var block []float64
				for _, K := range s.ks {
					if r := s.runs[group{s.subject(), activation, K}][seed]; r != nil {
						block = append(block, m.value(r))
					}
				}
				if len(block) == len(s.ks) && usable(block) {
					blocks = append(blocks, block)
				}
			}
			if len(blocks) > 0 {
				trend, p := pageTrend(blocks)
				x := side{s, group{condition: s.subject(), activation: activation}}
				family = append(family,
					comparison{name: "trend", measure: m, pair: pair{x: x}, n: len(blocks), effect: trend, p: p})
			}
		}
		all = append(all, corrected(family, 3)...)
	}
	return all
}

// associationsOf has the ρ of each predictor with each probe among the runs of each group of those
// conditions, pooled.
func associationsOf(s *study, conditions ...condition) (all []comparison) {
	if s.stacked() {
		return nil
	}
	for _, probe := range measuresOf(probeMeasures...) {
		var family []comparison
		for _, m := range measuresOf(predictors...) {
			var cells []seedPairs
			var seeds []uint64 // of every cell
			for _, c := range conditions {
				for _, p := range s.grid(c, s.ks...) {
					cell, its := seedPairs{s.values(p, m), s.values(p, probe)}, slices.Sorted(maps.Keys(s.runs[p]))
					if slices.Contains(references, c.objective) || p.K == 1 || s.infinite(p, m) ||
						!allFinite(cell.x) || !allFinite(cell.y) || len(cell.x) > mostPairs ||
						cells != nil && !slices.Equal(its, seeds) {
						continue
					}
					cells, seeds = append(cells, cell), its
				}
			}
			if rho, p := spearmanWithin(cells); !math.IsNaN(p) {
				its := comparison{name: "within", measure: probe, predictor: m.field, pair: pair{x: side{study: s}},
					n: len(cells) * len(cells[0].x), effect: rho, p: p}
				its.better *= m.better
				family = append(family, its)
			}
		}
		all = append(all, corrected(family, len(predictors))...)
	}
	return all
}

// trends and associations count how many tests are significant, by each measure.
func trends(t *runTable, s *study) answer {
	return told(t, s, "trend", "As K grows, %s gets better with %d and worse with %d of %s.", "activation", "Page's L")
}

func associations(t *runTable, s *study) answer {
	a := told(t, s, "within", "Among runs that differ only in seed, less redundant ones have the better %s in %d "+
		"and the worse in %d of %s.", "test", "ρ")
	largest := 0.0
	for _, c := range associationsOf(s, s.subject()) {
		largest = max(largest, math.Abs(c.effect))
	}
	a.Text += only(a.Text != "" && largest > 0,
		fmt.Sprintf(" Within %s |ρ| is at most %s.", s.subject(), fixed(largest, 2)))
	return a
}

func told(t *runTable, s *study, name, sentence, of, effect string) (a answer) {
	table := sheet{Name: name, Stubs: 2, Caption: s.name() + ": adjusted p (Holm)",
		Heads: []string{"measure", "of", effect, "verdict"}}
	var found []counts
	for _, c := range t.all {
		if c.name != name || c.x.study != s {
			continue
		}
		if n := len(found); n == 0 || found[n-1].of != c.words() {
			found = append(found, counts{of: c.words()})
		}
		found[len(found)-1].add(c)
		what, word, size := c.x.activation, verdicts[c.outcome()], float64(c.better)*c.effect
		if c.predictor != "" {
			what = measureOf(c.predictor).title
		}
		table.Rows = append(table.Rows, append(names(c.title, what),
			entry{Main: plus(size, short(size)), Sub: pEquals(c.adjusted)}, entry{Main: word, Class: word}))
		a.Tables = []sheet{table}
	}
	for _, its := range found {
		a.Text += only(a.Text != "", " ") + fmt.Sprintf(sentence, its.of, its.better, its.worse, plural(its.cases, of))
	}
	return a
}
