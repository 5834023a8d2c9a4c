package main

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The runs of an output folder, arranged for comparison. A study is the runs of one data set
// that share their training settings: only these can be compared. Within a study, every place
// (condition, activation, K) has one run for each seed, and seeds are pairs.

// setting is what the runs of a study share.
type setting struct {
	Data          string
	Epochs, Batch int
	LearningRate  float64
	TCRows        int
}

// protocolSetting goes without saying in the name of a study.
var protocolSetting = setting{Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}

// condition is an objective and, for infomax, its λ.
type condition struct {
	objective string
	lambda    float64
}

var (
	treatment    = condition{"infomax", 1}
	varianceOnly = condition{objective: "variance"}
	autoencoder  = condition{objective: "reconstruction"}
	untrained    = condition{objective: "random"}

	baselines        = []condition{autoencoder, untrained, varianceOnly}
	primaryBaselines = []condition{autoencoder, untrained} // of the primary question
)

func (c condition) String() string {
	if c.objective == "infomax" {
		return "infomax, λ = " + shortest(c.lambda)
	}
	return c.objective
}

// place is the runs of all seeds of one condition, activation and K.
type place struct {
	condition
	activation string
	K          int
}

type study struct {
	setting
	conditions  []condition // what occurs of these four, in the order of tables
	activations []string
	ks          []int
	seeds       []uint64
	runs        map[place][]*Result // for each of seeds; nil where there is no run
	centres     map[centreKey]intervalEstimate
}

// studies divides runs, which are in the order of compareConfigs. Random runs have no training
// settings: they belong to every study of their data.
func studies(runs []*Result) []*study {
	var settings []setting
	add := func(s setting) {
		if !slices.Contains(settings, s) {
			settings = append(settings, s)
		}
	}
	for _, r := range runs {
		if c := r.Config; c.Objective != "random" {
			add(setting{c.Data, c.Epochs, c.Batch, c.LearningRate, c.TCRows})
		}
	}
	for _, r := range runs {
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.has(r.Config) }) {
			add(setting{Data: r.Config.Data, TCRows: r.Config.TCRows})
		}
	}
	slices.SortFunc(settings, setting.compare)
	var all []*study
	for _, s := range settings {
		all = append(all, newStudy(s, runs))
	}
	return all
}

// has tells whether runs of c belong to a study of s.
func (s setting) has(c Config) bool {
	return s.Data == c.Data && s.TCRows == c.TCRows && (c.Objective == "random" ||
		s.Epochs == c.Epochs && s.Batch == c.Batch && s.LearningRate == c.LearningRate)
}

func (s setting) compare(t setting) int {
	return cmp.Or(cmp.Compare(slices.Index(dataNames, s.Data), slices.Index(dataNames, t.Data)),
		cmp.Compare(s.Epochs, t.Epochs), cmp.Compare(s.Batch, t.Batch),
		cmp.Compare(s.LearningRate, t.LearningRate), cmp.Compare(s.TCRows, t.TCRows))
}

// name is the data and what is not as in the protocol: "mnist", "clusters, 10 epochs".
func (s setting) name() string {
	name := s.Data
	if s.Epochs == 0 {
		return name + ", untrained"
	}
	if s.Epochs != protocolSetting.Epochs {
		name += ", " + plural(s.Epochs, "epoch")
	}
	if s.Batch != protocolSetting.Batch {
		name += ", batch " + strconv.Itoa(s.Batch)
	}
	if s.LearningRate != protocolSetting.LearningRate {
		name += ", learning rate " + shortest(s.LearningRate)
	}
	if s.TCRows != protocolSetting.TCRows {
		name += ", " + strconv.Itoa(s.TCRows) + " TC rows"
	}
	return name
}

// slug is name for a file: "mnist", "clusters-10-epochs".
func (s setting) slug() string {
	return strings.ReplaceAll(strings.ReplaceAll(s.name(), ",", ""), " ", "-")
}

// maxRank is the most that an effective rank can be: min(K, D).
func (s setting) maxRank(K int) int {
	if s.Data == "mnist" {
		return K
	}
	return min(K, 2)
}

func newStudy(shared setting, runs []*Result) *study {
	s := &study{setting: shared, runs: map[place][]*Result{}}
	var mine []*Result
	for _, r := range runs {
		if !shared.has(r.Config) {
			continue
		}
		mine = append(mine, r)
		s.conditions = append(s.conditions, condition{r.Config.Objective, r.Config.Lambda})
		s.activations = append(s.activations, r.Config.Activation)
		s.ks = append(s.ks, r.Config.K)
		s.seeds = append(s.seeds, r.Config.Seed)
	}
	s.conditions = slices.Compact(s.conditions) // runs come sorted by these
	s.activations = slices.DeleteFunc(slices.Clone(activationNames), func(name string) bool { return !slices.Contains(s.activations, name) })
	s.ks = slices.Compact(slices.Sorted(slices.Values(s.ks)))
	s.seeds = slices.Compact(slices.Sorted(slices.Values(s.seeds)))
	for _, r := range mine {
		p := place{condition{r.Config.Objective, r.Config.Lambda}, r.Config.Activation, r.Config.K}
		if s.runs[p] == nil {
			s.runs[p] = make([]*Result, len(s.seeds))
		}
		i, _ := slices.BinarySearch(s.seeds, r.Config.Seed)
		s.runs[p][i] = r
	}
	s.estimateCentres()
	return s
}

// values has a value for each of s.seeds; NaN where there is no run, where it diverged and where
// the measure does not apply.
func (s *study) values(p place, m measure) []float64 {
	values := make([]float64, len(s.seeds))
	for i := range values {
		values[i] = math.NaN()
	}
	for i, r := range s.runs[p] {
		if r != nil && r.Status == "ok" {
			values[i] = m.of(r)
		}
	}
	return values
}

// present returns the values that are finite.
func present(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !finite(v) })
}

// centreKey is a measure, by its field, at a place.
type centreKey struct {
	place
	field string
}

// bootstrapSeed makes the intervals the same every time.
const bootstrapSeed = 1

// estimateCentres finds the interquartile means that tables and figures show: of the primary
// measures everywhere, of all that has a figure under the treatment.
func (s *study) estimateCentres() {
	var keys []centreKey
	var samples [][]float64
	for _, m := range plottedMeasures() {
		for p := range s.places() {
			if p.condition == treatment || m.field == primaries[0].field || m.field == primaries[1].field {
				keys = append(keys, centreKey{p, m.field})
				samples = append(samples, present(s.values(p, m)))
			}
		}
	}
	estimates := make([]intervalEstimate, len(keys))
	inParallel(len(keys), func(i int) { estimates[i] = interquartileMeanInterval(samples[i], bootstrapSeed) })
	s.centres = map[centreKey]intervalEstimate{}
	for i, key := range keys {
		s.centres[key] = estimates[i]
	}
}

// places yields those that have a run, in the order of tables.
func (s *study) places() iter.Seq[place] {
	return func(yield func(place) bool) {
		for _, c := range s.conditions {
			for _, K := range s.ks {
				for _, activation := range s.activations {
					if p := (place{c, activation, K}); s.runs[p] != nil && !yield(p) {
						return
					}
				}
			}
		}
	}
}

// centre is the interquartile mean of m at p; NaN without runs.
func (s *study) centre(p place, m measure) intervalEstimate {
	if e, ok := s.centres[centreKey{p, m.field}]; ok {
		return e
	}
	return unsupported()
}

// What runs are compared by.

// measure is a number of a run that runs are compared by: a metric after training, or one of the
// training itself.
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
	// primaries decide the verdict; declared beforehand.
	primaries = []measure{measureOf("effective_rank"), measureOf("weight_correlation")}
)

// measureOf is the metric of that field after training.
func measureOf(field string) measure {
	i := slices.IndexFunc(metrics, func(m metric) bool { return m.field == field })
	m := metrics[i]
	return measure{m, func(r *Result) float64 { return m.of(r.Final) }}
}

// inSentence is the title within a sentence.
func (m measure) inSentence() string { return strings.ToLower(m.title[:1]) + m.title[1:] }

// isTC tells whether m is an estimate of total correlation.
func (m measure) isTC() bool { return strings.HasPrefix(m.field, "tc_") }

// trainedMetrics are all metrics, after training.
func trainedMetrics() (all []measure) {
	for _, m := range metrics {
		all = append(all, measureOf(m.field))
	}
	return all
}

// plottedMeasures have a figure by activation each.
func plottedMeasures() (all []measure) {
	for _, field := range []string{"effective_rank", "weight_correlation", "dead_units", "output_correlation",
		"tc_gauss_nats", "tc_tree_nats", "tc_knn_nats"} {
		all = append(all, measureOf(field))
	}
	return all
}

// axis is the quantity of a measure. Correlations range over decades.
func (m measure) axis() quantity {
	title, unit, _ := strings.Cut(m.title, " (")
	q := quantity{Title: title, Unit: strings.TrimSuffix(unit, ")"), Better: m.better}
	switch m.field {
	case "weight_correlation", "output_correlation":
		q.Log = true
	case "dead_units":
		q.Unit, q.Whole = "of K", true
	case "tc_knn_nats":
		q.Unit += ", saturates in high dimension"
	}
	return q
}

func (m measure) figureName() string { return strings.ReplaceAll(m.field, "_", "-") }

// arrowed is a measure's title with the way that is better.
func (m measure) arrowed() string {
	return m.title + map[int]string{+1: " ↑", -1: " ↓", 0: ""}[m.better]
}

// tabled are the measures of the levels.
func tabled() []measure { return append(trainedMetrics(), finalLoss, epochs90) }

// treated lists the activations that have runs of the treatment at K.
func (s *study) treated(K int) (activations []string) {
	for _, activation := range s.activations {
		if s.runs[place{treatment, activation, K}] != nil {
			activations = append(activations, activation)
		}
	}
	return activations
}

// curve is the median loss of each epoch, between the smallest and the largest of the runs that
// did not diverge.
func (s *study) curve(p place) (points []point) {
	for epoch := range s.Epochs {
		var losses []float64
		for _, r := range s.runs[p] {
			if r != nil && r.Status == "ok" && epoch < len(r.Curve) {
				losses = append(losses, float64(r.Curve[epoch].Loss))
			}
		}
		e := estimate{math.NaN(), math.NaN(), math.NaN()}
		if len(losses) > 0 {
			e = estimate{median(losses), slices.Min(losses), slices.Max(losses)}
		}
		points = append(points, point{X: float64(epoch + 1), estimate: e})
	}
	return points
}

// lambdas are the conditions of infomax, by ascending λ.
func (s *study) lambdas() (all []condition) {
	for _, c := range s.conditions {
		if c.objective == "infomax" {
			all = append(all, c)
		}
	}
	return all
}
