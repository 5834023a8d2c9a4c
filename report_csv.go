package main

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// results.csv, a row for each run, and stats.csv, a row for each comparison, association and trend.
// What does not apply is empty.

// field is a value of a row under the name of its column.
type field struct{ name, text string }

// formatCSV writes rows of the same columns; blank is one for the names alone.
func formatCSV(blank []field, rows [][]field) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := func(row []field, of func(field) string) {
		var cells []string
		for _, f := range row {
			cells = append(cells, of(f))
		}
		w.Write(cells)
	}
	line(blank, func(f field) string { return f.name })
	for _, row := range rows {
		line(row, func(f field) string { return f.text })
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// formatResults returns results.csv, in the order of the runs.
func formatResults(runs []*Result) ([]byte, error) {
	var rows [][]field
	for _, r := range runs {
		rows = append(rows, resultRow(r))
	}
	return formatCSV(resultRow(&Result{}), rows)
}

func resultRow(r *Result) []field {
	c, count := r.Config, strconv.Itoa
	trained, components := c.trained(), c.Components > 0
	row := []field{
		{"id", r.ID},
		{"data", c.Data},
		{"components", only(components, count(c.Components))},
		{"whiten", only(components, shortest(c.Whiten))},
		{"below", only(c.stacked(), c.Below.String())},
		{"objective", c.Objective},
		{"activation", c.Activation},
		{"k", count(c.K)},
		{"lambda", only(c.hasLambda(), shortest(c.Lambda))},
		{"seed", strconv.FormatUint(c.Seed, 10)},
		{"epochs", only(trained, count(c.Epochs))},
		{"batch", only(trained, count(c.Batch))},
		{"learning_rate", only(trained, shortest(c.LearningRate))},
		{"tc_rows", count(c.TCRows)},
		{"status", r.Status},
		{"diverged_epoch", only(r.DivergedEpoch > 0, count(r.DivergedEpoch))},
		{"initial_loss", shortest(float64(r.InitialLoss))},
		{"final_loss", shortest(float64(r.FinalLoss))},
		{"epochs_to_90", only(r.EpochsTo90 > 0, count(r.EpochsTo90))},
	}
	row = append(row, metricFields("init_", r.Init)...)
	row = append(row, metricFields("final_", r.Final)...)
	return append(row, field{"final_probe_status", r.Final.ProbeStatus}, field{"weights_sha256", r.WeightsSHA256})
}

func metricFields(prefix string, state Metrics) (row []field) {
	for _, m := range metrics {
		if prefix == "final_" || !strings.HasPrefix(m.field, "probe_") { // of the final state alone
			row = append(row, field{prefix + m.field, shortest(m.of(state))})
		}
	}
	return append(row, field{prefix + "variance_ratio_status", state.VarianceRatioStatus},
		field{prefix + "tc_status", state.TCStatus}, field{prefix + "tc_units", strconv.Itoa(state.TCUnits)})
}

// statsColumns are those of stats.csv. x_ and y_ are what is compared; a trend is of x.
var statsColumns = strings.Fields(`
	data components whiten epochs batch learning_rate tc_rows test measure predictor k
	x_below x_objective x_lambda x_activation y_below y_objective y_lambda y_activation
	pairs wins ties shift shift_low shift_high rank_biserial rho page_l_less_mean p p_adjusted outcome`)

// formatStats returns stats.csv.
func formatStats(t *runTable) ([]byte, error) {
	var rows [][]field
	count := strconv.Itoa
	add := func(s *study, cells map[string]string, p, adjusted float64, outcome int) {
		for name, text := range map[string]string{
			"data": s.Data, "components": only(s.Components > 0, count(s.Components)),
			"whiten": only(s.Components > 0, shortest(s.Whiten)),
			"epochs": count(s.Epochs), "batch": count(s.Batch), "learning_rate": shortest(s.LearningRate),
			"tc_rows": count(s.TCRows), "p": shortest(p), "p_adjusted": shortest(adjusted),
			"outcome": only(outcome != 0, verdicts[outcome]),
		} {
			cells[name] = text
		}
		var row []field
		for _, name := range statsColumns {
			row = append(row, field{name, cells[name]})
		}
		rows = append(rows, row)
	}
	of := func(cells map[string]string, side string, p group) {
		cells[side+"below"] = only(p.below != layer{}, p.below.String())
		cells[side+"objective"] = p.objective
		cells[side+"lambda"] = only(p.hasLambda(), shortest(p.lambda))
		cells[side+"activation"] = p.activation
	}
	for _, c := range t.all {
		cells := map[string]string{
			"test": c.name, "measure": c.field, "k": count(c.x.K),
			"pairs": count(c.n), "wins": count(c.wins()), "ties": count(c.test.Ties),
			"shift": shortest(c.shift.Value), "shift_low": shortest(c.shift.Low),
			"shift_high": shortest(c.shift.High), "rank_biserial": shortest(c.test.RankBiserial),
		}
		of(cells, "x_", c.x.group)
		of(cells, "y_", c.y.group)
		add(c.x.study, cells, c.test.P, c.adjusted, c.outcome())
	}
	for _, s := range t.studies {
		for _, r := range t.trends[s] {
			cells := map[string]string{"test": "trend", "measure": r.field, "pairs": count(r.runs),
				"page_l_less_mean": shortest(float64(r.better) * r.size)}
			of(cells, "x_", group{condition: s.subject(), activation: r.of})
			add(s, cells, r.p, r.adjusted, r.outcome())
		}
		for _, r := range t.associations[s] {
			add(s, map[string]string{"test": "within", "measure": r.field, "predictor": r.predictor,
				"pairs": count(r.runs), "rho": shortest(float64(r.better*measureOf(r.predictor).better) * r.size)},
				r.p, r.adjusted, r.outcome())
		}
	}
	var blank []field
	for _, name := range statsColumns {
		blank = append(blank, field{name, ""})
	}
	return formatCSV(blank, rows)
}
