package main

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// results.csv, a row for each run, and stats.csv, a row for each comparison, Friedman test, association and trend. What
// does not apply and what the data do not support is empty. All is ASCII. EXPERIMENT.md lists the columns.

// field is a value of a row under the name of its column.
type field struct{ name, text string }

// formatCSV writes rows of the same columns; blank is one for the names alone.
func formatCSV(blank []field, rows [][]field) ([]byte, error) {
	lines := make([][]string, len(rows)+1)
	for _, f := range blank {
		lines[0] = append(lines[0], f.name)
	}
	for i, row := range rows {
		for _, f := range row {
			lines[i+1] = append(lines[i+1], f.text)
		}
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(lines)
	return b.Bytes(), err
}

// lambdaText is λ where a layer has one.
func lambdaText(c condition) string { return only(c.hasLambda(), shortest(c.lambda)) }

// belowText is the layer below where there is one.
func belowText(p place) string { return only(p.below != layer{}, p.below.String()) }

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
	trained := c.trained()
	row := []field{
		{"id", r.ID}, {"data", c.Data},
		{"components", only(c.Components > 0, count(c.Components))}, {"whiten", only(c.Components > 0, shortest(c.Whiten))},
		{"below", only(c.stacked(), c.Below.String())}, {"objective", c.Objective}, {"activation", c.Activation}, {"k", count(c.K)},
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

// formatStats returns stats.csv. A Friedman test has the treatment for x, and of the numbers only its own.
func formatStats(all []*analysis) ([]byte, error) {
	var none comparison
	none.compare(nil, nil)
	var rows [][]field
	for _, a := range all {
		for _, f := range a.families {
			if finite(f.friedman.P) && f.kind == acrossActivation {
				c := none
				c.x.condition, c.test.P = treatment, f.friedman.P
				rows = append(rows, filled(a.statsRow(f, "friedman", c), map[string]string{"pairs": strconv.Itoa(f.blocks),
					"friedman_chi2": shortest(f.friedman.Chi2), "friedman_df": shortest(f.friedman.DF)}))
			}
			for _, c := range f.comparisons {
				rows = append(rows, a.statsRow(f, f.kind, c))
			}
		}
		for _, p := range a.predictions {
			blank := a.statsRow(family{measure: p.probe}, "", none)
			rows = append(rows, p.statsRow(blank, betweenConditions, p.between), p.statsRow(blank, withinConditions, p.within))
		}
		for _, t := range a.trends {
			c := none
			c.x = place{condition: treatment, activation: t.activation}
			rows = append(rows, t.statsRow(a.statsRow(family{measure: t.measure}, "trend", c)))
		}
	}
	blank := (&analysis{study: &study{}}).statsRow(family{}, "", none)
	return formatCSV(blank, rows)
}

// statsRow is a comparison within f.
func (a *analysis) statsRow(f family, test string, c comparison) []field {
	count, real := strconv.Itoa, shortest
	tested := c.pairs >= minPairs
	return []field{
		{"data", a.Data}, {"epochs", count(a.Epochs)}, {"batch", count(a.Batch)},
		{"learning_rate", real(a.LearningRate)}, {"tc_rows", count(a.TCRows)},
		{"test", test}, {"measure", f.measure.field}, {"k", only(f.K > 0, count(f.K))},
		{"x_below", belowText(c.x)}, {"x_objective", c.x.objective}, {"x_lambda", lambdaText(c.x.condition)}, {"x_activation", c.x.activation},
		{"y_below", belowText(c.y)}, {"y_objective", c.y.objective}, {"y_lambda", lambdaText(c.y.condition)}, {"y_activation", c.y.activation},
		{"pairs", count(c.pairs)},
		{"wins", only(tested, count(c.wins()))}, {"losses", only(tested, count(c.losses()))}, {"ties", only(tested, count(c.test.Ties))},
		{"shift", real(c.shift.Value)}, {"shift_low", real(c.shift.Low)}, {"shift_high", real(c.shift.High)},
		{"shift_level", real(c.shift.Level)},
		{"rank_biserial", real(c.test.RankBiserial)}, {"p", real(c.test.P)}, {"p_exact", only(tested, strconv.FormatBool(c.test.Exact))},
		{"friedman_chi2", ""}, {"friedman_df", ""}, {"predictor", ""}, {"rho", ""}, {"p_conditions", ""}, {"page_l", ""},
		{"p_adjusted", real(c.adjusted)},
		{"outcome", [3]string{"worse", "", "better"}[c.outcome()+1]},
		{"verdict", a.verdictOf(c)},
		{"cliffs_delta", real(c.unpaired.CliffsDelta)}, {"p_mann_whitney", real(c.unpaired.P)},
		{"p_paired_t", real(c.paired.P)}, {"p_welch", real(c.welch.P)},
	}
}

// statsRow is one test of p: blank, which has the study and the measure, filled in. ρ is of the two measures as they are.
func (p prediction) statsRow(blank []field, test string, o oriented) []field {
	return filled(blank, map[string]string{"test": test, "pairs": strconv.Itoa(o.runs), "predictor": p.predictor.field, "p": shortest(o.P),
		"rho": shortest(float64(p.predictor.better*p.probe.better) * o.Rho), "p_conditions": shortest(o.PWhole), "p_adjusted": shortest(o.adjusted),
		"outcome": [3]string{"worse", "", "better"}[o.outcome()+1]})
}

// statsRow is t: blank, which has the study, the measure and the place, filled in.
func (t trend) statsRow(blank []field) []field {
	return filled(blank, map[string]string{"pairs": strconv.Itoa(t.seeds), "p": shortest(t.test.P), "p_exact": only(finite(t.test.P), strconv.FormatBool(t.test.Exact)), "page_l": shortest(t.test.L),
		"p_adjusted": shortest(t.adjusted), "outcome": [3]string{"worse", "", "better"}[t.outcome()+1]})
}

// filled is row with the texts in the columns of those names.
func filled(row []field, texts map[string]string) []field {
	row = slices.Clone(row)
	for i, f := range row {
		if text, is := texts[f.name]; is {
			row[i].text = text
		}
	}
	return row
}

// verdictOf is the verdict that c took part in, if any.
func (a *analysis) verdictOf(c comparison) string {
	for _, x := range a.answers {
		for _, part := range x.tests {
			if part.measure.field == c.measure.field && part.x == c.x && part.y == c.y {
				return x.word
			}
		}
	}
	return ""
}
