package main

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestASingleRunSaysWhatItRunsAndEndsInATable, and when it was there already it says so.
func TestASingleRunSaysWhatItRunsAndEndsInATable(t *testing.T) {
	out := t.TempDir()
	tests := []struct{ name, first, begins, log string }{
		{"first time", "clusters: infomax, relu, K = 3, λ = 0.5, seed 1; 1 epoch in ", "clusters: infomax, relu, K = 3, λ = 0.5, seed 1\n", "epoch 1/1, loss "},
		{"there already", "clusters: infomax, relu, K = 3, λ = 0.5, seed 1; it was there already, and nothing was run\n", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var table, log bytes.Buffer
			args := strings.Fields("-data clusters -k 3 -epochs 1 -lambda 0.5 -tc-rows 0 -out " + out)
			if status := command(args, &table, &log); status != 0 {
				t.Fatalf("exit status %d: %s", status, &log)
			}
			if !strings.HasPrefix(log.String(), test.begins) || !strings.Contains(log.String(), test.log) || (test.begins == "") != (log.Len() == 0) {
				t.Errorf("stderr %q", &log)
			}
			if !strings.HasPrefix(table.String(), test.first) {
				t.Errorf("it does not begin with %q:\n%s", test.first, &table)
			}
			wantInOrder(t, table.String(), "initial", "trained", "best\n", "Effective rank ↑", "         2\n", "Dead units ↓", "Loss ↓",
				"\nThe loss fell from ", ", and the effective rank ", " of 2.\n", filepath.Join(out, "runs"), "filters.svg")
		})
	}
}

// TestBestIsWhatCanBeReached, by formulas that are worked out here by hand.
func TestBestIsWhatCanBeReached(t *testing.T) {
	tests := []struct {
		name string
		c    Config
		want map[string]string
	}{
		{"fewer units than inputs", Config{Data: "mnist", Activation: "relu", K: 32}, map[string]string{
			"effective_rank": "32", "weight_correlation": "0", "weight_redundancy": "0", "dead_units": "0", "variance_ratio": "1",
			"output_correlation": "0", "activation_rank": "32", "tc_tree_nats": "0", "activation_rate": ""}},
		// three unit vectors in the plane at 120°: six cosines of ½; WWᵀ/3 has the eigenvalues ½, ½, 0
		{"three units of two inputs", Config{Data: "clusters", Activation: "tanh", K: 3}, map[string]string{
			"effective_rank": "2", "weight_redundancy": "1.5", "weight_correlation": "0.16667", "output_correlation": "0", "activation_rank": "3"}},
		{"which the identity keeps", Config{Data: "clusters", Activation: "identity", K: 3}, map[string]string{
			"output_correlation": "1.5", "activation_rank": "2"}},
		// outputs that sum to one: four correlations of −⅓ a unit short, 12/9 in all
		{"softmax", Config{Data: "mnist", Activation: "softmax", K: 4}, map[string]string{
			"effective_rank": "4", "max_responsibility": "0.25", "output_correlation": "1.3333", "activation_rank": "3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]string{}
			for _, m := range metrics {
				if _, wanted := test.want[m.field]; wanted {
					got[m.field] = best(m, &Result{Config: test.c, Inputs: map[bool]int{true: 784, false: 2}[test.c.Data == "mnist"]})
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTableSaysWhatHappened(t *testing.T) {
	c := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32}
	ran := func(status string, curve []Epoch, first, last, rank float64) *Result {
		r := &Result{Inputs: 784, Config: c, Status: status, DivergedEpoch: 3, Curve: curve, InitialLoss: Number(first), FinalLoss: Number(last)}
		r.Init.EffectiveRank, r.Final.EffectiveRank = 31.5, Number(rank)
		return r
	}
	tests := []struct {
		r    *Result
		want string
	}{
		{ran("ok", make([]Epoch, 1), 137, -364, 28.172), "The loss fell from 137 to -364, and the effective rank fell from 31.5 to 28.172 of 32."},
		{ran("ok", make([]Epoch, 1), 1, 2, 31.75), "The loss rose from 1 to 2, and the effective rank rose from 31.5 to 31.75 of 32."},
		{ran("ok", nil, math.NaN(), math.NaN(), 31.5), "No steps were taken: the effective rank stayed at 31.5 of 32."},
		{ran("diverged", make([]Epoch, 3), 1, math.NaN(), 20), "By epoch 3, its last, the loss, a weight or a moment of Adam's was not finite; until then the effective rank fell from 31.5 to 20 of 32."},
	}
	for _, test := range tests {
		if got := happened(test.r); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestTheTableSaysWhereTotalCorrelationIsInfinite: of softmax, and of more units than inputs.
func TestTheTableSaysWhereTotalCorrelationIsInfinite(t *testing.T) {
	for _, test := range []struct {
		name      string
		units     int
		inputs    int
		activated string
		want      string
	}{
		{"as many as inputs", 2, 2, "tanh", ""},
		{"one more", 3, 2, "tanh", "3 units of 2 inputs are functions of each other, so their total correlation is infinite"},
		{"softmax", 2, 2, "softmax", "softmax's outputs sum to one, so their total correlation is infinite"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &Result{Inputs: test.inputs, Config: Config{Activation: test.activated, K: test.units, TCRows: 100}}
			r.Final.TCStatus = map[bool]string{true: "infinite"}[test.activated == "softmax"]
			var notes bytes.Buffer
			writeNotes(&notes, r)
			if got := notes.String(); !strings.HasPrefix(got, test.want) || strings.Contains(got, "infinite") != (test.want != "") {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestInfinityKeepsItsSign(t *testing.T) {
	for x, want := range map[float64]string{math.Inf(-1): "−Inf", math.Inf(1): "+Inf", -1e-7: "−1×10⁻⁷", math.Copysign(0, -1): "0"} {
		if got := short(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
}

// TestColumnsOfTheTableStandApart, with the longest titles and numbers there are.
func TestColumnsOfTheTableStandApart(t *testing.T) {
	for _, m := range metrics {
		var row bytes.Buffer
		writeRow(&row, m.title, -1, number(-1.23456e-300), number(-0.000123456), number(-123456789))
		line := strings.TrimSuffix(row.String(), "\n")
		if n := utf8.RuneCountInString(line); n != 77 || len(strings.Fields(strings.TrimPrefix(line, m.title))) != 4 {
			t.Errorf("%d characters: %q", n, line)
		}
	}
}

func TestARankThatIsNoNumber(t *testing.T) {
	if got, want := moved("3.3", number(entropyRank([]float64{math.NaN(), 1})), false), "stopped being finite, from 3.3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNotesOfSoftmax: as many rows as units are one more than are estimated from.
func TestNotesOfSoftmax(t *testing.T) {
	for activation, want := range map[string]bool{"softmax": true, "tanh": false} {
		c := Config{Activation: activation, K: 10, TCRows: 10}
		if c.gaussApplies() != want || math.IsNaN(measureOf("tc_gauss_nats").value(&Result{Config: c})) == want {
			t.Errorf("%s: the estimate applies: %t", activation, !want)
		}
	}
}
