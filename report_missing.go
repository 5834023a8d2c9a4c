package main

import (
	"fmt"
	"slices"
	"strings"
)

// What a study lacks of the protocol and of its own grid, which of its runs diverged, and the command that
// makes it. The command that ran last, times and machines are in manifest.json and run.json alone, because
// the same runs can have been made in many ways.

// beyond lists where the study falls short of the protocol.
func (s *study) beyond() (absent []string) {
	lack := func(what string, all, here []string) {
		missing := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(here, name) })
		if len(missing) > 0 {
			absent = append(absent, what+" "+listing(missing))
		}
	}
	lack("activations", activationNames, s.activations)
	lack("K", texts(protocolKs), texts(s.ks))
	lack("conditions", texts(protocolConditions()), texts(s.conditions))
	if len(s.seeds) < protocolSeeds {
		absent = append(absent, fmt.Sprintf("%s instead of %d", plural(len(s.seeds), "seed"), protocolSeeds))
	}
	return append(absent, s.otherSettings()...)
}

// protocolConditions are all objectives, and of infomax every λ.
func protocolConditions() (all []condition) {
	for _, objective := range objectives {
		if objective != "infomax" {
			all = append(all, condition{objective: objective})
			continue
		}
		for _, lambda := range protocolLambdas {
			all = append(all, condition{objective: objective, lambda: lambda})
		}
	}
	return all
}

// texts are the items of a list as they print.
func texts[T any](list []T) (all []string) {
	for _, item := range list {
		all = append(all, fmt.Sprint(item))
	}
	return all
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
	text := s.size()
	switch {
	case len(s.beyond()) > 0:
		text += "; this is not the whole protocol, see what is missing"
	case len(s.holes()) == 0:
		text += ": the whole protocol"
	}
	return text + "."
}

// size is how many runs the study has, and how many of its own grid are missing or diverged.
func (s *study) size() string {
	runs, grid := len(s.all), 0
	for _, c := range s.conditions {
		perPlace := len(s.seeds)
		if c.once() {
			perPlace = 1
		}
		grid += perPlace * len(s.activations) * len(s.ks)
	}
	text := fmt.Sprintf("%s of %s", plural(runs, "run"), s.name())
	if runs < grid {
		text += fmt.Sprintf("; %d of its grid are missing", grid-runs)
	}
	if d := len(s.diverged(s.places()...)); d > 0 {
		text += fmt.Sprintf("; %d diverged", d)
	}
	return text
}

// holes names the missing runs of the study's own grid, a place or a whole condition at a time.
func (s *study) holes() (lines []string) {
	for _, c := range s.conditions {
		for _, K := range s.ks {
			var whole []string
			for _, p := range s.grid(c, K) {
				missing := s.missingSeeds(p)
				switch {
				case len(missing) == 0 && s.runs[p] != nil:
				case len(missing) == len(s.seeds):
					whole = append(whole, p.activation)
				case len(missing) > 0:
					lines = append(lines, fmt.Sprintf("%s, %s, %s: seeds %s", c, atK(K), p.activation, ranges(missing, "–")))
				}
			}
			if len(whole) > 0 {
				lines = append(lines, fmt.Sprintf("%s, %s, %s: every seed", c, atK(K), strings.Join(whole, ", ")))
			}
		}
	}
	return lines
}

// missingSeeds lists those that have no run at p; all of them where pca's one run is missing.
func (s *study) missingSeeds(p place) (missing []uint64) {
	if p.once() && s.runs[p] != nil {
		return nil
	}
	for i, seed := range s.seeds {
		if s.runs[p] == nil || s.runs[p][i] == nil {
			missing = append(missing, seed)
		}
	}
	return missing
}

// diverged are the runs at the places that diverged.
func (s *study) diverged(places ...place) (runs []*Result) {
	for _, p := range places {
		for _, r := range s.runs[p] {
			if r != nil && r.Status != "ok" {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// commands run the study's grid: a single one, unless it is of stacks.
func (s *study) commands() (all []string) {
	var below []layer
	for _, c := range s.conditions {
		if !slices.Contains(below, c.below) {
			below = append(below, c.below)
			all = append(all, s.commandOf(slices.DeleteFunc(slices.Clone(s.conditions), func(other condition) bool { return other.below != c.below }), s.seeds))
		}
	}
	return all
}

// commandOf runs conditions of the study, which stand on the same layer or on none, with its activations and K.
func (s *study) commandOf(conditions []condition, seeds []uint64) string {
	var objectives, lambdas, below []string
	trained := false
	for _, c := range conditions {
		placeIn(&objectives, c.objective)
		if c.hasLambda() {
			placeIn(&lambdas, shortest(c.lambda))
		}
		if c.below != (layer{}) {
			placeIn(&below, c.below.String())
		}
		trained = trained || Config{Objective: c.objective, Below: c.below}.trained()
	}
	text := fmt.Sprintf("go run . -data %s -act %s -k %s -objective %s", s.source(), strings.Join(s.activations, ","),
		strings.Join(texts(s.ks), ","), strings.Join(objectives, ","))
	if len(below) > 0 {
		text += " -below " + strings.Join(below, ",")
	}
	if len(lambdas) > 0 {
		text += " -lambda " + strings.Join(lambdas, ",")
	}
	if len(seeds) > 0 {
		text += " -seed " + strings.ReplaceAll(ranges(seeds, "-"), " ", "")
	}
	if trained {
		training := s.setting
		if s.Epochs == 0 { // what is here is untrained
			training = protocolSetting
		}
		text += fmt.Sprintf(" -epochs %d -batch %d -lr %s", training.Epochs, training.Batch, shortest(training.LearningRate))
	}
	return text + fmt.Sprintf(" -tc-rows %d", s.TCRows)
}
