// The table at the end of a single run: what was measured before and after training, beside the best that
// it can be, and a sentence on what happened. It rests on the experiment and on nothing of the other commands.

package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// describe names a run to a person: mnist: infomax, relu, K = 32, λ = 1, seed 1.
func describe(c Config) string {
	data := c.Data
	if c.Components > 0 {
		data += fmt.Sprintf(", %d components, whitened by %s", c.Components, shortest(c.Whiten))
	}
	text := fmt.Sprintf("%s: %s, %s, %s", data, c.Objective, c.Activation, atK(c.K))
	if c.stacked() {
		text += fmt.Sprintf(", on %s, %s", c.Below.Objective, atK(c.Below.K))
	}
	if c.hasLambda() {
		text += ", λ = " + shortest(c.Lambda)
	}
	return fmt.Sprintf("%s, seed %d", text, c.Seed)
}

// writeTable prints the metrics of r, initialisation beside trained, and where its files are. before says that
// they were there when the command began.
func writeTable(w io.Writer, s store, r *Result, before bool) {
	took := fmt.Sprintf("%s in %.1f s", plural(len(r.Curve), "epoch"), r.Seconds)
	if before {
		took = "it was there already, and nothing was run"
	}
	fmt.Fprintf(w, "%s; %s\n\n", describe(r.Config), took)
	writeRow(w, "", 0, "initial", "trained", "best")
	for _, m := range metrics {
		writeRow(w, m.title, m.better, cell(m, r.Init), cell(m, r.Final), best(m, r))
	}
	writeRow(w, "Loss", -1, number(float64(r.InitialLoss)), number(float64(r.FinalLoss)), "")
	if n := len(r.Curve); n > 0 && r.Config.Batch > 1 {
		K, N := float64(r.Config.K), float64(r.Config.Batch)
		writeRow(w, "Loss's tc term, in batches", -1, "", number(float64(r.Curve[n-1].TC)), number(K*(K-1)/(N-1)))
	}
	if r.EpochsTo90 > 0 {
		writeRow(w, "Epochs to 90 % of the gain", -1, "", fmt.Sprint(r.EpochsTo90), "")
	}
	fmt.Fprintf(w, "\n%s\n\n↑ higher is better, ↓ lower is better, best is what the best %s would have\n",
		happened(r), plural(r.Config.K, "unit"))
	if len(r.Curve) > 0 && r.Config.Batch > 1 && finite(float64(r.FinalLoss)) && !r.Config.decodes() {
		fmt.Fprintf(w, "for the tc term best is what the sampling noise of %d rows gives independent units, K(K−1)/(N−1): smaller values are possible\n", r.Config.Batch)
	}
	writeNotes(w, r)
	fmt.Fprintf(w, "\n%s has run.json, weights.npz, filters.svg", s.folder(r.ID))
	if len(r.Curve) > 0 {
		fmt.Fprint(w, ", training.svg")
	}
	fmt.Fprintln(w)
}

// happened says in a sentence what training did.
func happened(r *Result) string {
	rank := fmt.Sprintf("the effective rank %s of %s", moved(number(float64(r.Init.EffectiveRank)), number(float64(r.Final.EffectiveRank)),
		r.Final.EffectiveRank > r.Init.EffectiveRank), best(metrics[0], r))
	switch {
	case r.Status != "ok" && r.DivergedEpoch == 0:
		return fmt.Sprintf("The layer below diverged, and so this run counts as diverged: %s.", rank)
	case r.Status != "ok":
		return fmt.Sprintf("By epoch %d, its last, the loss, a weight or a moment of Adam's was not finite; until then %s.", r.DivergedEpoch, rank)
	case len(r.Curve) == 0:
		return fmt.Sprintf("No steps were taken: %s.", rank)
	}
	return fmt.Sprintf("The loss %s, and %s.", moved(number(float64(r.InitialLoss)), number(float64(r.FinalLoss)), r.FinalLoss > r.InitialLoss), rank)
}

// moved is "fell from 3 to 2".
func moved(from, to string, up bool) string {
	switch {
	case to == "":
		return "stopped being finite, from " + from
	case from == to:
		return "stayed at " + from
	case up:
		return fmt.Sprintf("rose from %s to %s", from, to)
	}
	return fmt.Sprintf("fell from %s to %s", from, to)
}

// best is the best value that a metric can have, "" where nothing bounds it. Of the K singular values of W, or
// eigenvalues of Corr(A), R can be above zero: R is K, or D if there are fewer inputs than units, or K − 1 if the
// units' mean does not count, as for softmax. At best these R are equal, and
//
//	‖WWᵀ/‖W‖² − I/K‖² = 1/R − 1/K        ‖C − I‖² = R (K/R − 1)² + K − R = K²/R − K
func best(m metric, r *Result) string {
	c := r.Config
	K, weights, outputs := float64(c.K), float64(min(c.K, r.Inputs)), float64(c.K)
	if c.Activation == "identity" {
		outputs = weights
	}
	if c.Activation == "softmax" && c.K > 1 { // whose outputs sum to one
		outputs = K - 1
		if strings.HasSuffix(m.field, "_live") {
			weights = min(weights, K-1)
		}
	}
	values := map[string]float64{
		"effective_rank": weights, "weight_correlation": 1/weights - 1/K, "weight_redundancy": K*K/weights - K,
		"dead_units": 0, "max_responsibility": 1 / K, "variance_ratio": 1,
		"output_correlation": K*K/outputs - K, "activation_rank": outputs,
		"tc_gauss_nats": 0, "tc_tree_nats": 0, "tc_knn_nats": 0, "tc_bound": 0,
		"probe_accuracy": 1, "probe_accuracy_1000": 1,
	}
	if value, bounded := values[strings.TrimSuffix(m.field, "_live")]; bounded {
		return number(value)
	}
	return ""
}

// writeRow leaves out a metric that does not apply.
func writeRow(w io.Writer, title string, better int, initial, trained, best string) {
	if initial == "" && trained == "" {
		return
	}
	arrow := map[int]string{1: " ↑", -1: " ↓"}[better]
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-38s%13s%13s%13s", title+arrow, initial, trained, best), " "))
}

func cell(m metric, state Metrics) string {
	if m.field == "variance_ratio" && state.VarianceRatioStatus == "infinite" {
		return "∞"
	}
	return number(m.of(state))
}

// writeNotes says what the numbers of total correlation can and cannot mean.
func writeNotes(w io.Writer, r *Result) {
	switch {
	case r.Final.TCStatus == "infinite":
		fmt.Fprint(w, "softmax's outputs sum to one, so their total correlation is infinite: its estimates leave out the last unit\n")
	case r.Config.TCRows > 0 && r.Config.K > r.Inputs:
		fmt.Fprintf(w, "%s of %s are functions of each other, so their total correlation is infinite, whatever its estimates are\n",
			plural(r.Config.K, "unit"), plural(r.Inputs, "input"))
	}
	if c := r.Config; c.TCRows > 0 && !c.gaussApplies() {
		fmt.Fprintf(w, "%s are too few for the correlations of %s: the Gaussian estimate needs more rows than units (-tc-rows)\n",
			plural(c.TCRows, "row"), plural(c.K, "unit"))
	}
	if r.Final.ProbeStatus == notConverged {
		fmt.Fprint(w, "a probe's fit did not converge: its accuracy is that of its last step, or none where activations are not finite\n")
	}
	if r.Final.TCUnits >= 2 && finite(float64(r.Final.TCKNNNats)) {
		fmt.Fprintf(w, "the kNN estimate saturates: for units equal in pairs, whose total correlation is infinite, it is %.3g nats; if more units share something it can be larger\n",
			knnLimit(r.Config.TCRows, r.Final.TCUnits))
	}
}

// number has five significant digits, in plain notation where that is short.
func number(x float64) string {
	switch size := math.Abs(x); {
	case !finite(x):
		return ""
	case 1e5 <= size && size < 1e9:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.5g", x)
}
