package main

import (
	"math"
	"slices"
)

// MNIST's images moved by a pixel make nine times as many rows. Runs on them are compared with runs on MNIST of about as
// many steps, seed by seed: those of one seed start from the same weights.

// dataMeasures are compared between data sets.
var dataMeasures = slices.Concat(primaries, depthMeasures, []measure{measureOf("probe_accuracy_1000")})

// trainRows is the size of the train split of images; 0 of other data.
func (s setting) trainRows() int {
	i := slices.Index(imageNames, s.Data)
	if i < 0 {
		return 0
	}
	rows := imageSets[i].files[0].dims[0]
	if imageSets[i].shifted {
		rows *= len(shifts)
	}
	return rows
}

// epochSteps is how many steps an epoch takes, 0 if that is not known. A last batch of one row is dropped.
func (s setting) epochSteps() int {
	rows := s.trainRows()
	if s.Batch == 0 {
		return min(1, rows)
	}
	steps := rows / s.Batch
	if rows%s.Batch > 1 {
		steps++
	}
	return steps
}

func (s setting) steps() int { return s.epochSteps() * s.Epochs }

// on is s with other data, and as many epochs as come nearest to the steps of s.
func (s setting) on(data string) setting {
	steps := float64(s.steps())
	s.Data = data
	s.Epochs = max(1, int(math.Round(steps/float64(s.epochSteps()))))
	return s
}

// nearlyEqual is how many times the steps of one run another may take.
const nearlyEqual = 1.05

// moved tells whether the study is of moved images and has runs to compare with runs on the original ones.
func (s *study) moved() bool { return s.Data == mnistShifted.name && len(s.treated()) > 0 }

// originalOf is the study of MNIST with a's other settings, at about as many steps; nil if there is none.
func originalOf(a *analysis, all []*analysis) *analysis {
	for _, other := range all {
		same := a.setting
		same.Data, same.Epochs = a.images(), other.Epochs
		few, many := min(a.steps(), other.steps()), max(a.steps(), other.steps())
		if other.setting == same && float64(many) <= nearlyEqual*float64(few) {
			return other
		}
	}
	return nil
}

// compareOriginal compares a, on more data, with its original by the seeds that both have.
func (a *analysis) compareOriginal() {
	for _, K := range a.treated() {
		for _, m := range dataMeasures {
			f := family{kind: againstData, measure: m, K: K}
			for _, p := range a.ran(treatment, K) {
				f.comparisons = append(f.comparisons, comparison{measure: m, x: p, y: p})
			}
			f.between(func(p place) []float64 { return a.values(p, m) }, func(p place) []float64 { return a.original.valuesOf(a.seeds, p, m) })
			a.families = append(a.families, f)
		}
	}
}

// valuesOf is values by other seeds than the study's.
func (s *study) valuesOf(seeds []uint64, p place, m measure) []float64 {
	values, own := slices.Repeat([]float64{math.NaN()}, len(seeds)), s.values(p, m)
	for i, seed := range seeds {
		if j := slices.Index(s.seeds, seed); j >= 0 {
			values[i] = own[j]
		}
	}
	return values
}

// dataTests are those of a measure.
func (a *analysis) dataTests(m measure) (tests []comparison) {
	for _, f := range a.families {
		if f.kind == againstData && f.measure.field == m.field {
			tests = append(tests, f.comparisons...)
		}
	}
	return tests
}
