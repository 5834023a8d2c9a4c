package main

import (
	"fmt"
	"slices"
	"strings"
)

// What a study lacks: of the protocol, of its own grid, and the runs that diverged.

// runCount is the number of runs, diverged ones included.
func (s *study) runCount() int {
	n := 0
	for p := range s.places() {
		n += len(s.seeds) - len(s.missingSeeds(p))
	}
	return n
}

// fullGrid is the number of runs that every combination of what occurs would have.
func (s *study) fullGrid() int {
	return len(s.conditions) * len(s.activations) * len(s.ks) * len(s.seeds)
}

// beyond lists where the study falls short of the protocol.
func (s *study) beyond() (absent []string) {
	lack := func(what string, all []string, has func(name string) bool) {
		missing := slices.DeleteFunc(slices.Clone(all), has)
		if len(missing) > 0 {
			absent = append(absent, what+" "+listing(missing))
		}
	}
	lack("activations", activationNames, func(name string) bool { return slices.Contains(s.activations, name) })
	lack("K", []string{"16", "32", "64"}, func(name string) bool {
		return slices.ContainsFunc(s.ks, func(K int) bool { return fmt.Sprint(K) == name })
	})
	lack("conditions", []string{"infomax, λ = 0.1", "infomax, λ = 1", "infomax, λ = 10", "variance", "reconstruction", "random"},
		func(name string) bool {
			return slices.ContainsFunc(s.conditions, func(c condition) bool { return c.String() == name })
		})
	if len(s.seeds) < 10 {
		absent = append(absent, fmt.Sprintf("%s instead of 10", plural(len(s.seeds), "seed")))
	}
	return append(absent, s.otherSettings()...)
}

// otherSettings lists where the training is not the protocol's. A study of untrained runs alone has none.
func (s *study) otherSettings() (others []string) {
	p := protocolSetting
	if s.TCRows != p.TCRows {
		others = append(others, fmt.Sprintf("%d rows for total correlation instead of %d", s.TCRows, p.TCRows))
	}
	if s.Epochs == 0 {
		return others
	}
	if s.Epochs != p.Epochs {
		others = append(others, fmt.Sprintf("%s instead of %d", plural(s.Epochs, "epoch"), p.Epochs))
	}
	switch s.Batch {
	case p.Batch:
	case 0:
		others = append(others, fmt.Sprintf("the full batch instead of batches of %d", p.Batch))
	default:
		others = append(others, fmt.Sprintf("batches of %d instead of %d", s.Batch, p.Batch))
	}
	if s.LearningRate != p.LearningRate {
		others = append(others, fmt.Sprintf("learning rate %s instead of %s", shortest(s.LearningRate), shortest(p.LearningRate)))
	}
	return others
}

// completeness is the first thing to know about a study.
func (s *study) completeness() string {
	runs, grid := s.runCount(), s.fullGrid()
	text := fmt.Sprintf("%s of %s", plural(runs, "run"), s.name())
	if runs < grid {
		text += fmt.Sprintf("; %d of its grid are missing", grid-runs)
	}
	if d := len(s.diverged()); d > 0 {
		text += fmt.Sprintf("; %d diverged", d)
	}
	switch {
	case len(s.beyond()) > 0:
		text += "; this is not the whole protocol, see what is missing"
	case runs == grid:
		text += ": the whole protocol"
	}
	return text + "."
}

// holes names the missing runs of the study's own grid, a place or a whole condition at a time.
func (s *study) holes() (lines []string) {
	for _, c := range s.conditions {
		for _, K := range s.ks {
			var whole []string
			for _, activation := range s.activations {
				missing := s.missingSeeds(place{c, activation, K})
				switch {
				case len(missing) == len(s.seeds):
					whole = append(whole, activation)
				case len(missing) > 0:
					lines = append(lines, fmt.Sprintf("%s, K = %d, %s: seeds %s", c, K, activation, ranges(missing, "–")))
				}
			}
			if len(whole) > 0 {
				lines = append(lines, fmt.Sprintf("%s, K = %d, %s: every seed", c, K, strings.Join(whole, ", ")))
			}
		}
	}
	return lines
}

func (s *study) missingSeeds(p place) (missing []uint64) {
	for i, seed := range s.seeds {
		if s.runs[p] == nil || s.runs[p][i] == nil {
			missing = append(missing, seed)
		}
	}
	return missing
}

// divergedAt counts the runs at p whose loss stopped being finite.
func (s *study) divergedAt(p place) int {
	n := 0
	for _, r := range s.runs[p] {
		if r != nil && r.Status != "ok" {
			n++
		}
	}
	return n
}

// diverged names the runs whose loss stopped being finite.
func (s *study) diverged() (lines []string) {
	for p := range s.places() {
		for _, r := range s.runs[p] {
			if r != nil && r.Status != "ok" {
				lines = append(lines, fmt.Sprintf("%s, in epoch %d", r.ID, r.DivergedEpoch))
			}
		}
	}
	return lines
}

// Where a study comes from. The command that ran last, times and machines are left to manifest.json and
// run.json: the same runs may have come about in many ways.

// dataSHA256 is that of the runs' data.
func (s *study) dataSHA256() string {
	for p := range s.places() {
		for _, r := range s.runs[p] {
			if r != nil {
				return r.DataSHA256
			}
		}
	}
	return ""
}

// command runs the study's grid.
func (s *study) command() string {
	var objectives, lambdas, ks []string
	for _, c := range s.conditions {
		if !slices.Contains(objectives, c.objective) {
			objectives = append(objectives, c.objective)
		}
		if c.objective == "infomax" {
			lambdas = append(lambdas, shortest(c.lambda))
		}
	}
	for _, K := range s.ks {
		ks = append(ks, fmt.Sprint(K))
	}
	list := func(flag string, values []string) string {
		if len(values) == 0 {
			return ""
		}
		return " -" + flag + " " + strings.Join(values, ",")
	}
	text := "go run . -data " + s.Data + list("act", s.activations) + list("k", ks) + list("objective", objectives) + list("lambda", lambdas) +
		" -seed " + strings.ReplaceAll(ranges(s.seeds, "-"), " ", "")
	if s.Epochs > 0 {
		text += fmt.Sprintf(" -epochs %d -batch %d -lr %s", s.Epochs, s.Batch, shortest(s.LearningRate))
	}
	return text + fmt.Sprintf(" -tc-rows %d", s.TCRows)
}
