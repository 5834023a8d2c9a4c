package main

import (
	"math"
	"slices"
	"strings"
)

// A study is the runs of one data set that share their training settings, and the measures that they are compared by.
// Within a study, every place (condition, activation, K) has one run for each seed, and seeds are pairs.

// condition is an objective, for infomax its λ, and the layer below, if there is one.
type condition struct {
	objective string
	lambda    float64
	below     layer
}

var (
	treatment    = condition{objective: "infomax", lambda: 1}
	varianceOnly = condition{objective: "variance"}
	autoencoder  = condition{objective: "reconstruction"}
	untrained    = condition{objective: "random"}
	tied         = condition{objective: "tied"} // for reference, outside the declared tests, as pca is
	pca          = condition{objective: "pca"}

	baselines        = []condition{autoencoder, untrained, varianceOnly}
	primaryBaselines = []condition{autoencoder, untrained} // of the primary question
)

// once tells whether c has one run at a place, whatever the seeds: all of its layers are principal components.
func (c condition) once() bool {
	return c.objective == pca.objective && (c.below == layer{} || c.below.Objective == pca.objective)
}

func (c condition) String() string {
	text := c.objective
	if c.below != (layer{}) {
		text = c.below.Objective + " → " + text
	}
	if c.hasLambda() {
		text += ", λ = " + shortest(c.lambda)
	}
	return text
}

// hasLambda tells whether a layer has the InfoMax loss.
func (c condition) hasLambda() bool {
	return c.objective == treatment.objective || c.below.Objective == treatment.objective
}

func conditionOf(c Config) condition { return condition{c.Objective, c.Lambda, c.Below} }

// place is the runs of all seeds of one condition, activation and K.
type place struct {
	condition
	activation string
	K          int
}

// under is p's place under another condition, "beside" it: with the same activation and K.
func (p place) under(c condition) place { return place{c, p.activation, p.K} }

type study struct {
	setting
	all         []*Result   // in the order of compareConfigs
	inputs      int         // D
	conditions  []condition // those that have runs, in the order of tables
	activations []string
	ks          []int
	seeds       []uint64
	runs        map[place][]*Result // for each of seeds; nil where there is no run; pca has one run
	centres     map[centreKey]intervalEstimate
	whole       *Result // all principal components of the data; nil without such a run
}

func newStudy(shared setting, runs []*Result) *study {
	s := &study{setting: shared, all: runs, runs: map[place][]*Result{}, centres: map[centreKey]intervalEstimate{}}
	for _, r := range runs {
		s.inputs = r.Inputs
		s.conditions = append(s.conditions, placeOf(r).condition)
		s.activations = append(s.activations, r.Config.Activation)
		s.ks = append(s.ks, r.Config.K)
		if !placeOf(r).once() {
			s.seeds = append(s.seeds, r.Config.Seed)
		}
	}
	s.conditions = slices.Compact(s.conditions) // runs come sorted by these
	s.activations = slices.DeleteFunc(slices.Clone(activationNames), func(name string) bool { return !slices.Contains(s.activations, name) })
	s.ks = slices.Compact(slices.Sorted(slices.Values(s.ks)))
	s.seeds = slices.Compact(slices.Sorted(slices.Values(s.seeds)))
	for _, r := range s.all {
		p := placeOf(r)
		if p.once() {
			s.runs[p] = []*Result{r}
			continue
		}
		if s.runs[p] == nil {
			s.runs[p] = make([]*Result, len(s.seeds))
		}
		i, _ := slices.BinarySearch(s.seeds, r.Config.Seed)
		s.runs[p][i] = r
	}
	return s
}

func placeOf(r *Result) place {
	return place{conditionOf(r.Config), r.Config.Activation, r.Config.K}
}

// grid lists the places of c at each of ks, in the order of tables, whether they have a run or not.
func (s *study) grid(c condition, ks ...int) (places []place) {
	for _, K := range ks {
		for _, activation := range s.activations {
			places = append(places, place{c, activation, K})
		}
	}
	return places
}

// ran lists the places of c at each of ks that have a run.
func (s *study) ran(c condition, ks ...int) []place {
	return slices.DeleteFunc(s.grid(c, ks...), func(p place) bool { return s.runs[p] == nil })
}

// places lists all that have a run.
func (s *study) places() (places []place) {
	for _, c := range s.conditions {
		places = append(places, s.ran(c, s.ks...)...)
	}
	return places
}

// lambdas are the conditions of infomax, by ascending λ.
func (s *study) lambdas() []condition {
	return slices.DeleteFunc(slices.Clone(s.conditions), func(c condition) bool { return c.objective != "infomax" })
}

// values has a value for each of s.seeds, for pca a single one: NaN where there is no run or the measure does
// not apply, the worse infinity where the run diverged or collapsed.
func (s *study) values(p place, m measure) []float64 {
	values := slices.Repeat([]float64{math.NaN()}, max(len(s.seeds), len(s.runs[p])))
	for i, r := range s.runs[p] {
		if r != nil {
			values[i] = m.value(r)
		}
	}
	return values
}

// present returns the values that are finite, those of the runs that neither diverged nor collapsed.
func present(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !finite(v) })
}

// measured returns the values that are there, the infinite ones of bad runs included.
func measured(values []float64) []float64 { return slices.DeleteFunc(slices.Clone(values), math.IsNaN) }

// centreKey is a measure, by its field, at a place.
type centreKey struct {
	place
	field string
}

// bootstrapSeed makes the intervals the same every time.
const bootstrapSeed = 1

// centre is the interquartile mean of m at p, estimated when it is first asked for; NaN without runs.
func (s *study) centre(p place, m measure) intervalEstimate {
	key := centreKey{p, m.field}
	e, known := s.centres[key]
	if !known {
		e = interquartileMeanInterval(measured(s.values(p, m)), bootstrapSeed)
		s.centres[key] = e
	}
	return e
}

// mean is that of the runs that neither diverged nor collapsed.
func (s *study) mean(p place, m measure) float64 { return average(present(s.values(p, m))) }

// middle is the interquartile mean, in which a bad run is the worst.
func (s *study) middle(p place, m measure) float64 { return s.centre(p, m).Value }

func average(x []float64) float64 {
	m, _ := meanSD(x)
	return m
}

// measure is a number of a run that runs are compared by: a metric after training, or one of the
// training itself. of is NaN where it does not apply or has no value.
type measure struct {
	metric
	of func(*Result) float64
}

var (
	finalLoss = measure{metric{field: "final_loss", title: "Final loss", better: -1},
		func(r *Result) float64 { return float64(r.FinalLoss) }}
	epochs90 = measure{metric{field: "epochs_to_90", title: "Epochs to 90 % of the gain", better: -1},
		func(r *Result) float64 {
			if r.EpochsTo90 == 0 {
				return math.NaN()
			}
			return float64(r.EpochsTo90)
		}}
	// varianceShare is what the variance ratio is tested by: it has a value for every run.
	varianceShare = measure{metric{field: "variance_min_over_max", title: "Smallest over largest variance", better: +1},
		func(r *Result) float64 {
			if r.Final.VarianceRatioStatus == "infinite" {
				return 0
			}
			return 1 / float64(r.Final.VarianceRatio)
		}}
	// primaries decide the verdict; declared beforehand.
	primaries = []measure{measureOf("effective_rank"), measureOf("weight_correlation")}
	// featureMeasures decide the second verdict, on the features; chosen after the data were seen.
	featureMeasures = []measure{measureOf("output_correlation"), measureOf("tc_bound")}
)

// measures are all metrics after training, then what is of the training itself.
var measures = func() (all []measure) {
	for _, m := range metrics {
		all = append(all, measure{m, func(r *Result) float64 { return m.of(r.Final) }})
		if m.field == "variance_ratio" {
			all = append(all, varianceShare)
		}
	}
	return append(all, finalLoss, epochs90)
}()

func measureOf(field string) measure {
	return measures[slices.IndexFunc(measures, func(m measure) bool { return m.field == field })]
}

// value is m of r for comparisons. A run that diverged, or collapsed so that m has no value, gets the worst there
// is, so that its pair is never left out. NaN where m does not apply.
func (m measure) value(r *Result) float64 {
	worst := math.Inf(-m.better)
	switch {
	case !m.applies(r):
		return math.NaN()
	case m.better == 0:
		return m.of(r)
	case r.Status != "ok", m.isTC() && r.Final.TCUnits < 2, math.IsNaN(m.of(r)):
		return worst
	}
	return m.of(r)
}

// applies tells whether a run of r's settings has m, however it ended.
func (m measure) applies(r *Result) bool {
	c := r.Config
	switch m.field {
	case "max_responsibility":
		return c.Activation == "softmax"
	case "probe_accuracy", "probe_accuracy_1000":
		return r.Final.ProbeStatus != "no labels"
	case finalLoss.field, epochs90.field:
		return c.trains()
	case "tc_gauss_nats":
		return c.TCRows > 0 && c.K > 1 && c.gaussApplies()
	}
	return !m.isTC() || c.TCRows > 0 && c.K > 1
}

// inSentence is the title within a sentence.
func (m measure) inSentence() string { return strings.ToLower(m.title[:1]) + m.title[1:] }

// spelled is the title of a predictor or a probe where it stands alone in a sentence.
func (m measure) spelled() string {
	switch m.field {
	case "effective_rank_live":
		return "effective rank of live weights"
	case "tc_bound":
		return "the best bound of total correlation"
	case "probe_accuracy", "probe_accuracy_1000":
		return "accuracy of the linear probe with " + labelsOf(m)
	}
	return m.inSentence()
}

// labelsOf says what a probe is fitted to.
func labelsOf(probe measure) string {
	if probe.field == "probe_accuracy_1000" {
		return "100 labels a class"
	}
	return "all labels"
}

// isProbe tells whether m is an accuracy, which is shown in per cent.
func (m measure) isProbe() bool { return strings.HasPrefix(m.field, "probe_") }

// isTC tells whether m estimates total correlation.
func (m measure) isTC() bool { return strings.HasPrefix(m.field, "tc_") }

// infinite tells whether m estimates what is infinite at p: softmax's outputs sum to one, and of more units than
// inputs some are functions of others. The inputs of a stack's upper layer are the units below.
func (s *study) infinite(p place, m measure) bool {
	return m.isTC() && (p.activation == "softmax" || p.K > s.inputs)
}
