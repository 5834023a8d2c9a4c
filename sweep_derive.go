package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// What is derived from all runs of an output folder, whoever made them: results.csv, one row a
// run. The same runs give the same bytes, so nothing that depends on the day or the machine
// is in it. manifest.json tells of the command that ran last.

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

// shortest is x in the fewest digits that read back as x.
func shortest(x float64) string {
	if !finite(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
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

// sorted returns the good runs in the order of compareConfigs.
func (v inventory) sorted() []*Result {
	var runs []*Result
	for _, r := range v.good {
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return runs
}

// derive writes results.csv, and if asked the report, from all runs, those of other processes included, and returns the
// inventory it is from. It looks again after writing: whoever writes last has seen every run
// that was there before, so that of several processes the last leaves a complete file.
func (s store) derive(known inventory, withReport bool) (inventory, error) {
	for {
		now, err := s.scan(known)
		if err != nil {
			return now, err
		}
		b, err := formatResults(now.sorted())
		if err == nil {
			err = writeAtomic(filepath.Join(s.out, "results.csv"), b)
		}
		if err == nil && withReport {
			err = writeReport(s.out, now.sorted())
		}
		if err != nil {
			return now, err
		}
		again, err := s.scan(now)
		if err != nil || len(again.good) == len(now.good) {
			return again, err
		}
		known = again
	}
}

// manifest is manifest.json.
type manifest struct {
	Command      string  `json:"command"`
	Runs         int     `json:"runs"` // of the grid, all shards together
	Data         string  `json:"data"`
	Grid         grid    `json:"grid"`
	Epochs       int     `json:"epochs"`
	Batch        int     `json:"batch"`
	LearningRate float64 `json:"learning_rate"`
	TCRows       int     `json:"tc_rows"`
	DataSHA256   string  `json:"data_sha256"`
	Numerics     int     `json:"numerics"`
	Go           string  `json:"go"`
	Platform     string  `json:"platform"`
}

func newManifest(args []string, p plan, dataSHA256 string) manifest {
	c := p.grid.Shared
	return manifest{
		Command: strings.Join(append([]string{"infomax"}, args...), " "), Runs: len(p.all), Data: c.Data, Grid: p.grid,
		Epochs: c.Epochs, Batch: c.Batch, LearningRate: c.LearningRate, TCRows: c.TCRows, DataSHA256: dataSHA256,
		Numerics: numericsVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

func (s store) writeManifest(m manifest) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeAtomic(filepath.Join(s.out, "manifest.json"), append(b, '\n'))
}
