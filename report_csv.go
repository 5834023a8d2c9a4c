package main

import (
	"bytes"
	"encoding/csv"
	"strconv"
)

// stats.csv: a row for each comparison, and one for each Friedman test. What the data do not
// support is empty.

// statsRow is a comparison, or the Friedman test of a family if test is "friedman".
type statsRow struct {
	study   *study
	family  family
	test    string
	pairs   int
	verdict string // of a primary measure against a baseline
	comparison
}

type statsColumn struct {
	name string
	of   func(statsRow) string
}

func statsColumns() []statsColumn {
	count, real := strconv.Itoa, shortest
	// tested is empty where there were too few pairs.
	tested := func(r statsRow, n int) string {
		if r.pairs < minPairs || r.test == "friedman" {
			return ""
		}
		return count(n)
	}
	return []statsColumn{
		{"data", func(r statsRow) string { return r.study.Data }},
		{"epochs", func(r statsRow) string { return count(r.study.Epochs) }},
		{"batch", func(r statsRow) string { return count(r.study.Batch) }},
		{"learning_rate", func(r statsRow) string { return real(r.study.LearningRate) }},
		{"tc_rows", func(r statsRow) string { return count(r.study.TCRows) }},
		{"test", func(r statsRow) string { return r.test }},
		{"measure", func(r statsRow) string { return r.family.measure.field }},
		{"k", func(r statsRow) string { return count(r.family.K) }},
		{"x", func(r statsRow) string { return r.x.condition.String() }},
		{"x_activation", func(r statsRow) string { return r.x.activation }},
		{"y", func(r statsRow) string { return r.y.condition.String() }},
		{"y_activation", func(r statsRow) string { return r.y.activation }},
		{"pairs", func(r statsRow) string { return count(r.pairs) }},
		{"wins", func(r statsRow) string { return tested(r, r.wins()) }},
		{"losses", func(r statsRow) string { return tested(r, r.losses()) }},
		{"ties", func(r statsRow) string { return tested(r, r.comparison.test.Ties) }},
		{"shift", func(r statsRow) string { return real(r.shift.Value) }},
		{"shift_low", func(r statsRow) string { return real(r.shift.Low) }},
		{"shift_high", func(r statsRow) string { return real(r.shift.High) }},
		{"shift_level", func(r statsRow) string { return real(r.shift.Level) }},
		{"rank_biserial", func(r statsRow) string { return real(r.comparison.test.RankBiserial) }},
		{"p", func(r statsRow) string { return real(r.comparison.test.P) }},
		{"friedman_chi2", func(r statsRow) string { return friedmanOnly(r, r.family.friedman.Chi2) }},
		{"friedman_df", func(r statsRow) string { return friedmanOnly(r, r.family.friedman.DF) }},
		{"p_adjusted", func(r statsRow) string { return real(r.adjusted) }},
		{"outcome", func(r statsRow) string { return [3]string{"worse", "", "better"}[r.outcome()+1] }},
		{"verdict", func(r statsRow) string { return r.verdict }},
		{"cliffs_delta", func(r statsRow) string { return real(r.unpaired.CliffsDelta) }},
		{"p_mann_whitney", func(r statsRow) string { return real(r.unpaired.P) }},
		{"p_paired_t", func(r statsRow) string { return real(r.paired.P) }},
		{"p_welch", func(r statsRow) string { return real(r.welch.P) }},
	}
}

// friedmanOnly is x in a row of a Friedman test.
func friedmanOnly(r statsRow, x float64) string {
	if r.test != "friedman" {
		return ""
	}
	return shortest(x)
}

// formatStats returns stats.csv.
func formatStats(all []*analysis) ([]byte, error) {
	columns := statsColumns()
	rows := make([][]string, 1)
	for _, c := range columns {
		rows[0] = append(rows[0], c.name)
	}
	for _, r := range statsRows(all) {
		var row []string
		for _, c := range columns {
			row = append(row, c.of(r))
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(rows)
	return b.Bytes(), err
}

func statsRows(all []*analysis) (rows []statsRow) {
	for _, a := range all {
		for _, f := range a.families {
			if finite(f.friedman.P) && f.kind == acrossActivation {
				rows = append(rows, friedmanRow(a.study, f))
			}
			for _, c := range f.comparisons {
				rows = append(rows, statsRow{a.study, f, f.kind, c.pairs, a.verdictOf(c), c})
			}
		}
	}
	return rows
}

// friedmanRow has the treatment for x, and of the numbers only p.
func friedmanRow(s *study, f family) statsRow {
	r := statsRow{study: s, family: f, test: "friedman", pairs: f.blocks}
	r.comparison.compare(nil, nil)
	r.x.condition, r.comparison.test.P = treatment, f.friedman.P
	return r
}

// verdictOf is the verdict that c took part in, if any.
func (a *analysis) verdictOf(c comparison) string {
	for _, x := range a.answers {
		for _, part := range []comparison{x.rank, x.correlation} {
			if part.measure.field == c.measure.field && part.x == c.x && part.y == c.y {
				return x.word
			}
		}
	}
	return ""
}

// column is one of results.csv; of is "" where it does not apply.
type column struct {
	name string
	of   func(*Result) string
}

func resultColumns() []column {
	only := func(when bool, text string) string {
		if when {
			return text
		}
		return ""
	}
	infomax := func(r *Result) bool { return r.Config.Objective == "infomax" }
	trained := func(r *Result) bool { return r.Config.Objective != "random" }
	columns := []column{
		{"id", func(r *Result) string { return r.ID }},
		{"data", func(r *Result) string { return r.Config.Data }},
		{"objective", func(r *Result) string { return r.Config.Objective }},
		{"activation", func(r *Result) string { return r.Config.Activation }},
		{"k", func(r *Result) string { return strconv.Itoa(r.Config.K) }},
		{"lambda", func(r *Result) string { return only(infomax(r), shortest(r.Config.Lambda)) }},
		{"seed", func(r *Result) string { return strconv.FormatUint(r.Config.Seed, 10) }},
		{"epochs", func(r *Result) string { return only(trained(r), strconv.Itoa(r.Config.Epochs)) }},
		{"batch", func(r *Result) string { return only(trained(r), strconv.Itoa(r.Config.Batch)) }},
		{"learning_rate", func(r *Result) string { return only(trained(r), shortest(r.Config.LearningRate)) }},
		{"tc_rows", func(r *Result) string { return strconv.Itoa(r.Config.TCRows) }},
		{"status", func(r *Result) string { return r.Status }},
		{"diverged_epoch", func(r *Result) string { return only(r.DivergedEpoch > 0, strconv.Itoa(r.DivergedEpoch)) }},
		{"initial_loss", func(r *Result) string { return shortest(float64(r.InitialLoss)) }},
		{"final_loss", func(r *Result) string { return shortest(float64(r.FinalLoss)) }},
		{"epochs_to_90", func(r *Result) string { return only(r.EpochsTo90 > 0, strconv.Itoa(r.EpochsTo90)) }},
	}
	columns = append(columns, metricColumns("init_", func(r *Result) Metrics { return r.Init })...)
	columns = append(columns, metricColumns("final_", func(r *Result) Metrics { return r.Final })...)
	return append(columns, column{"weights_sha256", func(r *Result) string { return r.WeightsSHA256 }})
}

func metricColumns(prefix string, state func(*Result) Metrics) (columns []column) {
	for _, m := range metrics {
		columns = append(columns, column{prefix + m.field, func(r *Result) string { return shortest(m.of(state(r))) }})
	}
	return append(columns,
		column{prefix + "variance_ratio_status", func(r *Result) string { return state(r).VarianceRatioStatus }},
		column{prefix + "tc_status", func(r *Result) string { return state(r).TCStatus }},
		column{prefix + "tc_units", func(r *Result) string { return strconv.Itoa(state(r).TCUnits) }})
}

// formatResults returns results.csv, in the order of the runs.
func formatResults(runs []*Result) ([]byte, error) {
	columns := resultColumns()
	rows := make([][]string, len(runs)+1)
	for _, c := range columns {
		rows[0] = append(rows[0], c.name)
		for i, r := range runs {
			rows[i+1] = append(rows[i+1], c.of(r))
		}
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(rows)
	return b.Bytes(), err
}
