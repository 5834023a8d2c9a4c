package main

import (
	"math"
	"slices"
	"strings"
)

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
