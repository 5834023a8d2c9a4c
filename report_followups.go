package main

import (
	"fmt"
	"slices"
	"strings"
)

// The questions that the note leaves for later, a chapter each: as the note asks it, what the runs answer, what that
// rests on, what cannot be concluded, and which runs are missing.

// followUp is a chapter.
type followUp struct {
	Name, Question string         // the question is the note's, word for word
	Parts          []followUpPart // one for each study that it is put to
}

// followUpPart answers for one study, by whose name it goes.
type followUpPart struct {
	section
	Answer  string
	Limits  []string // what cannot be concluded
	Missing []lack
}

// lack is something that is missing, and the command that makes it.
type lack struct{ What, Command string }

// followUps has the chapters with a part, from all studies of single layers, those of them shown in full (own), and stacks.
func followUps(all, own, stacks []*analysis) []followUp {
	chapters := []followUp{
		{"Depth", "Stack two layers. Does InfoMax compose?", partsOf(stacked(own, stacks), (*analysis).depth)},
		{"Transfer", "Freeze and linear probe. Do InfoMax features transfer?", partsOf(labelled(own), (*analysis).transfer)},
		{"Scale", "Larger K, larger data. Does it hold?", scaleParts(all, own)},
		{"Downstream", "Does low redundancy predict good task performance?", partsOf(labelled(own), (*analysis).downstream)},
	}
	return slices.DeleteFunc(chapters, func(c followUp) bool { return len(c.Parts) == 0 })
}

func partsOf(asked []*analysis, answer func(*analysis) followUpPart) (parts []followUpPart) {
	for _, a := range asked {
		part := answer(a)
		part.Title = a.name()
		a.file(part.Figures)
		parts = append(parts, part)
	}
	return parts
}

// labelled has the largest study of each data set with labels, in a tie the first: a data set's probes are reported
// once.
func labelled(all []*analysis) (asked []*analysis) {
	for _, a := range all {
		last := len(asked) - 1
		switch {
		case !slices.ContainsFunc(a.all, func(r *Result) bool { return r.Final.ProbeStatus != "no labels" }):
		case last < 0 || asked[last].Data != a.Data:
			asked = append(asked, a)
		case len(asked[last].all) < len(a.all):
			asked[last] = a
		}
	}
	return asked
}

// lacking is what the study lacks of these conditions at its activations and K, with as many seeds as are needed: nothing,
// or all of it with one command.
func (s *study) lacking(needed int, conditions ...condition) []lack {
	seeds := slices.Clone(s.seeds)
	for next := uint64(1); len(seeds) < needed; next++ {
		if !slices.Contains(seeds, next) {
			seeds = append(seeds, next)
		}
	}
	slices.Sort(seeds)
	var parts []string
	var missed []condition
	for _, c := range conditions {
		missing, grid := 0, s.grid(c, s.ks...)
		perPlace := len(seeds)
		if c.once() {
			perPlace = 1
		}
		for _, p := range grid {
			missing += perPlace
			for _, r := range s.runs[p] {
				if r != nil {
					missing--
				}
			}
		}
		if missing > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s of %s", missing, plural(perPlace*len(grid), "run"), c))
			missed = append(missed, c)
		}
	}
	if len(missed) == 0 {
		return nil
	}
	return []lack{{strings.Join(parts, "; "), s.commandOf(missed, seeds)}}
}
