package main

import (
	"fmt"
	"io"
	"math"
)

// The table at the end of a single run.

// writeTable prints the metrics of r, initialisation beside trained, and where its files are. A
// run that failed has none.
func writeTable(w io.Writer, s store, r *Result) {
	if r == nil {
		return
	}
	c := r.Config
	fmt.Fprintf(w, "%s: %s, %s, K = %d", c.Data, c.Objective, c.Activation, c.K)
	if c.Objective == "infomax" {
		fmt.Fprintf(w, ", λ = %v", c.Lambda)
	}
	fmt.Fprintf(w, ", seed %d; %d epochs in %.1f s\n\n", c.Seed, len(r.Curve), r.Seconds)
	fmt.Fprintf(w, "%-36s%14s%14s\n", "", "initial", "trained")
	for _, m := range metrics {
		writeRow(w, m.title, m.better, cell(m, r.Init), cell(m, r.Final))
	}
	writeRow(w, "Loss", -1, number(float64(r.InitialLoss)), number(float64(r.FinalLoss)))
	if r.EpochsTo90 > 0 {
		writeRow(w, "Epochs to 90 % of the gain", -1, "", fmt.Sprint(r.EpochsTo90))
	}
	fmt.Fprint(w, "\n↑ higher is better, ↓ lower is better\n")
	writeNotes(w, r)
	fmt.Fprintf(w, "\n%s has run.json, weights.npz, filters.svg", s.folder(r.ID))
	if len(r.Curve) > 0 {
		fmt.Fprint(w, ", training.svg")
	}
	fmt.Fprintln(w)
}

// writeRow leaves out a metric that does not apply.
func writeRow(w io.Writer, title string, better int, initial, trained string) {
	if initial == "" && trained == "" {
		return
	}
	arrow := map[int]string{1: " ↑", -1: " ↓"}[better]
	fmt.Fprintf(w, "%-36s%14s%14s\n", title+arrow, initial, trained)
}

func cell(m metric, state Metrics) string {
	if m.field == "variance_ratio" && state.VarianceRatioStatus == "infinite" {
		return "∞"
	}
	return number(m.of(state))
}

// number has five significant digits, in plain notation where that is short.
func number(x float64) string {
	if !finite(x) {
		return ""
	}
	text := fmt.Sprintf("%.5g", x)
	if math.Abs(x) >= 1e5 && math.Abs(x) < 1e9 {
		text = fmt.Sprintf("%.0f", x)
	}
	return text
}

// writeNotes says what the numbers of total correlation can and cannot mean.
func writeNotes(w io.Writer, r *Result) {
	if r.Final.TCStatus == "infinite" {
		fmt.Fprint(w, "softmax's outputs sum to one, so their total correlation is infinite: its estimates leave out the last unit\n")
	}
	if r.Final.TCUnits >= 2 && finite(float64(r.Final.TCKNNNats)) {
		fmt.Fprintf(w, "the kNN estimate saturates: pairs of equal units, of infinite total correlation, read %.3g nats\n",
			knnLimit(r.Config.TCRows, r.Final.TCUnits))
	}
}
