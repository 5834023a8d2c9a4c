package main

import "slices"

// The verdict on the hypothesis that InfoMax gives non-redundant features: a higher effective
// rank and a lower weight correlation than a baseline. It is computed for every activation, K
// and baseline from the adjusted p of these two comparisons, and from nothing else.

const (
	confirmed = "confirmed" // both better
	refuted   = "refuted"   // at least one worse, none better
	mixed     = "mixed"     // one better, one worse
	undecided = "undecided" // anything else
)

var verdictWords = []string{confirmed, refuted, mixed, undecided}

// answer is the verdict for one activation and K against one baseline.
type answer struct {
	word, why         string // why only if undecided
	tooFew            bool   // seeds, for anything but undecided
	activation        string
	K                 int
	baseline          condition
	rank, correlation comparison
}

// analysis is a study and what was computed from it.
type analysis struct {
	*study
	families []family
	answers  []answer // by baseline, K and activation
}

func analyse(s *study) *analysis {
	a := &analysis{study: s, families: s.families()}
	for _, baseline := range baselines {
		for _, K := range s.ks {
			for _, activation := range s.activations {
				x, y := place{treatment, activation, K}, place{baseline, activation, K}
				rank, correlation := a.find(primaries[0], x, y), a.find(primaries[1], x, y)
				if rank != nil && correlation != nil {
					a.answers = append(a.answers, answer{activation: activation, K: K, baseline: baseline, rank: *rank, correlation: *correlation})
				}
			}
		}
	}
	for i := range a.answers {
		next := &a.answers[i]
		next.decide(leastAdjustedP(againstBaseline, a.mostPairs(next.K)) >= significant)
	}
	return a
}

// mostPairs is that of the verdicts' tests at K. If it is too few, no test of the family can be
// significant; if it is not, even one of fewer pairs can.
func (a *analysis) mostPairs(K int) int {
	most := 0
	for _, x := range a.answers {
		if x.K == K {
			most = max(most, x.rank.pairs, x.correlation.pairs)
		}
	}
	return most
}

// find returns the comparison of m at x and y, nil if there is none.
func (a *analysis) find(m measure, x, y place) *comparison {
	for _, f := range a.families {
		if f.measure.field != m.field || f.K != x.K {
			continue
		}
		for i, c := range f.comparisons {
			if c.x == x && c.y == y {
				return &f.comparisons[i]
			}
		}
	}
	return nil
}

// decide takes whether all pairs at this K are too few to be significant, whatever the data.
func (a *answer) decide(tooFew bool) {
	rank, correlation := a.rank.outcome(), a.correlation.outcome()
	switch {
	case rank*correlation < 0:
		a.word = mixed
	case min(rank, correlation) < 0:
		a.word = refuted
	case rank+correlation == 2:
		a.word = confirmed
	default:
		a.word, a.tooFew, a.why = undecided, tooFew, doubt(tooFew, rank, correlation)
	}
}

// doubt says why neither yes nor no was shown.
func doubt(tooFew bool, rank, correlation int) string {
	switch {
	case tooFew:
		return "too few seeds"
	case rank > 0:
		return "only effective rank is shown to be better"
	case correlation > 0:
		return "only weight correlation is shown to be better"
	}
	return "neither measure is shown to differ"
}

// answersFor returns those against the baselines.
func (a *analysis) answersFor(against ...condition) (some []answer) {
	for _, next := range a.answers {
		if slices.Contains(against, next.baseline) {
			some = append(some, next)
		}
	}
	return some
}
