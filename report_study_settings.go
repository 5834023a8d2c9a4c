package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The runs of an output folder, divided into studies by their data and training settings: only the runs of one can be
// compared. Stacks have studies of their own.

// setting is what the runs of a study share.
type setting struct {
	Data          string
	Epochs, Batch int
	LearningRate  float64
	TCRows        int
	Components    int
	Whiten        float64
	Stack         sizes // zero in studies of single layers
}

// sizes are the units of a stack's two layers.
type sizes struct{ Lower, Upper int }

// protocolSetting is left out of the name of a study.
var protocolSetting = setting{Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}

// studies divides runs of single layers, which are in the order of compareConfigs. Stacks are in none.
func studies(runs []*Result) (all []*study) {
	wholes := map[string]*Result{}
	runs = slices.DeleteFunc(slices.Clone(runs), func(r *Result) bool {
		is := isWhole(r, runs)
		if is {
			wholes[r.Config.Data] = r
		}
		return is || r.Config.stacked()
	})
	all = divide(runs, func(Config) bool { return true })
	for _, s := range all {
		s.whole = wholes[s.Data]
		if place := s.runs[place{pca, "identity", s.inputs}]; place != nil {
			s.whole = place[0]
		}
	}
	return all
}

// divide makes a study for every setting among the runs that opens admits. Untrained runs, which come last for their data,
// have no training settings: one belongs to each study of its data with trained runs of its activation and K or, without
// such a study, to each. A study of stacks also has the treatment's single layers that are as wide as its upper layers.
func divide(runs []*Result, opens func(Config) bool) (all []*study) {
	type width struct {
		setting
		activation string
		K          int
	}
	var settings []setting
	trained := map[width]bool{}
	for _, r := range runs {
		c := r.Config
		if opens(c) && !slices.ContainsFunc(settings, func(s setting) bool { return s.has(c) }) {
			settings = append(settings, settingOf(c))
		}
		if c.trained() {
			trained[width{settingOf(c), c.Activation, c.K}] = true
		}
	}
	slices.SortFunc(settings, setting.compare)
	for _, s := range settings {
		all = append(all, newStudy(s, slices.DeleteFunc(slices.Clone(runs), func(r *Result) bool {
			c := r.Config
			belongs := func(s setting) bool { return s.has(c) && trained[width{s, c.Activation, c.K}] }
			return !s.has(c) || !c.trained() && !belongs(s) && slices.ContainsFunc(settings, belongs)
		})))
	}
	return all
}

// isWhole tells whether r, among these runs, is the one of all principal components, the inputs rotated. It is a line
// in the figures of every study of its data, whatever its TC rows, and in no grid, unless other runs have its K and it
// counts as one of theirs, or its data have no other run and it is a study of its own.
func isWhole(r *Result, runs []*Result) bool {
	c := r.Config
	if placeOf(r).condition != pca || c.Activation != "identity" || c.K != r.Inputs {
		return false
	}
	others := slices.DeleteFunc(slices.Clone(runs), func(o *Result) bool { return o.Config.Data != c.Data || placeOf(o) == placeOf(r) })
	return len(others) > 0 && !slices.ContainsFunc(others, func(o *Result) bool { return o.Config.K == c.K })
}

func settingOf(c Config) setting {
	s := setting{Data: c.Data, Epochs: c.Epochs, Batch: c.Batch, LearningRate: c.LearningRate, TCRows: c.TCRows, Components: c.Components, Whiten: c.Whiten}
	if c.stacked() {
		s.Stack = sizes{c.Below.K, c.K}
	}
	return s
}

// stacked tells whether the study is of stacks.
func (s setting) stacked() bool { return s.Stack != sizes{} }

// has tells whether runs of c belong to a study of s.
func (s setting) has(c Config) bool {
	beside := s.stacked() && conditionOf(c) == treatment && c.K == s.Stack.Upper
	return s.Data == c.Data && s.Components == c.Components && s.Whiten == c.Whiten && s.TCRows == c.TCRows && (beside || s.Stack == settingOf(c).Stack) && (!c.trained() ||
		s.Epochs == c.Epochs && s.Batch == c.Batch && s.LearningRate == c.LearningRate)
}

// source is what -data takes. Of a person's own file only the checksum is known.
func (s setting) source() string {
	if slices.Contains(dataNames, s.Data) {
		return s.Data
	}
	return "FILE" + ownSuffix
}

func (s setting) compare(t setting) int {
	return cmp.Or(compareData(s.Data, t.Data), cmp.Compare(s.Components, t.Components), cmp.Compare(s.Whiten, t.Whiten),
		cmp.Compare(s.Epochs, t.Epochs), cmp.Compare(s.Batch, t.Batch),
		cmp.Compare(s.LearningRate, t.LearningRate), cmp.Compare(s.TCRows, t.TCRows),
		cmp.Compare(s.Stack.Lower, t.Stack.Lower), cmp.Compare(s.Stack.Upper, t.Stack.Upper))
}

// images is the data set that s.Data is made from: MNIST for its moved images, else itself.
func (s setting) images() string {
	if s.Data == mnistShifted.name {
		return mnist.name
	}
	return s.Data
}

// name is the data and what is not as in the protocol: "mnist", "clusters, 10 epochs".
func (s setting) name() string {
	name := s.Data
	trained := s.Epochs > 0
	if !trained {
		name += ", untrained"
	} else if s.Epochs != protocolSetting.Epochs {
		name += ", " + plural(s.Epochs, "epoch")
	}
	if trained && s.Batch != protocolSetting.Batch {
		name += ", batch " + strconv.Itoa(s.Batch)
	}
	if trained && s.LearningRate != protocolSetting.LearningRate {
		name += ", learning rate " + shortest(s.LearningRate)
	}
	if s.TCRows == 0 {
		name += ", without total correlation"
	} else if s.TCRows != protocolSetting.TCRows {
		name += ", " + strconv.Itoa(s.TCRows) + " TC rows"
	}
	if s.stacked() {
		name += fmt.Sprintf(", stacks of %d and %d units", s.Stack.Lower, s.Stack.Upper)
	}
	return name
}

// slug is name for a file: "mnist", "clusters-10-epochs".
func (s setting) slug() string {
	return strings.ReplaceAll(strings.ReplaceAll(s.name(), ",", ""), " ", "-")
}
