package main

import (
	"fmt"
	"slices"
	"strings"
)

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
