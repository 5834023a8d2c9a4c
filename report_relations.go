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

// relation is a test of either kind.
type relation struct {
	measure
	of                string // an activation; the title of the other measure
	predictor         string // its field
	runs              int
	size, p, adjusted float64 // the trend or ρ, in which above 0 is better
	own               float64 // ρ of the subject's runs alone
}

func (r relation) outcome() int {
	if !(r.adjusted < significant) {
		return 0
	}
	return sign(r.size)
}

// corrected sets the adjusted p of a family.
func corrected(family []relation, least int) []relation {
	var p []float64
	for _, r := range family {
		p = append(p, r.p)
	}
	for i, adjusted := range holm(p, least) {
		family[i].adjusted = adjusted
	}
	return family
}

// trendsOf has a trend over K, seed by seed, for each measure and activation of the subject.
func trendsOf(s *study) (all []relation) {
	if len(s.ks) <= len(protocolKs) {
		return nil
	}
	for _, m := range measuresOf(normalised...) {
		var family []relation
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
			if len(blocks) == 0 {
				continue
			}
			size, p := pageTrend(blocks)
			family = append(family, relation{measure: m, of: activation, runs: len(blocks),
				size: float64(m.better) * size, p: p})
		}
		all = append(all, corrected(family, 3)...)
	}
	return all
}

// associationsOf has the ρ of low redundancy with high accuracy among the runs of each group,
// pooled, for each probe and predictor; and beside it that of the subject's runs alone.
func associationsOf(s *study) (all []relation) {
	if s.stacked() {
		return nil
	}
	for _, probe := range measuresOf(probes...) {
		var family []relation
		for _, m := range measuresOf(predictors...) {
			var cells, own []seedPairs
			var seeds []uint64 // of every cell
			for _, c := range s.conditions {
				for _, p := range s.grid(c, s.ks...) {
					cell, its := seedPairs{s.values(p, m), s.values(p, probe)}, slices.Sorted(maps.Keys(s.runs[p]))
					if slices.Contains(references, c.objective) || p.K == 1 || s.infinite(p, m) ||
						!allFinite(cell.x) || !allFinite(cell.y) || len(cell.x) > mostPairs ||
						cells != nil && !slices.Equal(its, seeds) {
						continue
					}
					seeds = its
					if cells = append(cells, cell); c == s.subject() {
						own = append(own, cell)
					}
				}
			}
			rho, p := spearmanWithin(cells)
			if math.IsNaN(p) {
				continue
			}
			alone, _ := spearmanWithin(own)
			sign := float64(m.better * probe.better)
			family = append(family, relation{measure: probe, of: m.title, predictor: m.field,
				runs: len(cells) * len(cells[0].x), size: sign * rho, p: p, own: sign * alone})
		}
		all = append(all, corrected(family, len(predictors))...)
	}
	return all
}

// told is the answer of relations: how many are significant, by each measure.
func told(s *study, name, what, size string, all []relation) (a answer) {
	table := sheet{Name: name, Stubs: 2, Caption: s.name() + ": adjusted p (Holm)",
		Heads: []string{"measure", "of", size, "verdict"}}
	var found []counts
	for _, r := range all {
		if n := len(found); n == 0 || found[n-1].of != r.title {
			found = append(found, counts{of: r.title})
		}
		found[len(found)-1].add(r.outcome())
		word := verdicts[r.outcome()]
		table.Rows = append(table.Rows, append(names(r.title, r.of),
			entry{Main: plus(r.size, short(r.size)), Sub: pEquals(r.adjusted)}, entry{Main: word, Class: word}))
	}
	if found == nil {
		return a
	}
	for _, its := range found {
		what += fmt.Sprintf(" %s: better in %d and worse in %d of %s.", its.of, its.better, its.worse,
			plural(its.cases, "test"))
	}
	return answer{text: what, tables: []sheet{table}}
}

func trends(t *runTable, s *study) answer {
	return told(s, "trends", "From the least K to the most, with each activation:", "Page's L", t.trends[s])
}

func associations(t *runTable, s *study) answer {
	own := math.NaN()
	for _, r := range t.associations[s] {
		if !(math.Abs(r.own) <= own) {
			own = math.Abs(r.own)
		}
	}
	what := "Runs that differ in their seed alone, where redundancy is lower" +
		only(finite(own), fmt.Sprintf(" (within %s |ρ| ≤ %s)", s.subject(), fixed(own, 2))) + ":"
	return told(s, "downstream", what, "ρ", t.associations[s])
}
