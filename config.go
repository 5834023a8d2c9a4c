// Config, everything that decides a run's result: its values, their check, the run's name, and the order of runs.

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// numericsVersion is raised whenever some Config would give other bits. The version that a Config's bits
// date from is part of its run's id, so that runs of different numerics are never taken for each other.
const numericsVersion = 7

// numerics is the version that c's bits date from: 7 for tied weights; else 6 for fewer than ten rows a
// unit for total correlation; else 5 for many units in a layer; else 3.
func (c Config) numerics() int {
	switch {
	case slices.Contains(c.layers(), "tied"):
		return 7
	case c.TCRows > 0 && fewRows(c.TCRows, c.K):
		return 6
	case max(c.K, c.Below.K) > manyUnits:
		return 5
	}
	return 3
}

// manyUnits is the most units for which all is computed in the plain way. For more, spectra are not
// Jacobi's, probes are fitted to fewer columns and less closely, and an autoencoder of more than twice
// as many units as rows works with its decoder's outputs: the plain ways would take minutes a run.
const manyUnits = jacobiLimit

// Config is everything that decides a run's result.
type Config struct {
	Data         string  `json:"data"`
	Objective    string  `json:"objective"`
	Activation   string  `json:"activation"`
	K            int     `json:"k"`
	Lambda       float64 `json:"lambda"`         // weight of tc; 0 unless a layer is infomax or optimum
	Seed         uint64  `json:"seed"`           // 0 if every layer is pca
	Epochs       int     `json:"epochs"`         // 0 if no layer trains
	Batch        int     `json:"batch"`          // rows; 0 is the whole split, and if no layer trains
	LearningRate float64 `json:"learning_rate"`  // 0 if no layer trains
	TCRows       int     `json:"tc_rows"`        // test rows for total correlation; 0 leaves it out
	Below        layer   `json:"below,omitzero"` // the frozen layer whose outputs are the inputs
	// The inputs are the data's first Components principal components, each divided by its standard deviation to the
	// power Whiten, 0 to 1. 0 components are the data as they are.
	Components int     `json:"components,omitzero"`
	Whiten     float64 `json:"whiten,omitzero"`
}

// layer is what a stack stands on: a layer of K units, with the activation, seed and settings of the one above it,
// trained first, and frozen. The zero layer is none.
type layer struct {
	Objective string
	K         int
}

// String is the layer as -below takes it: infomax:64, or none.
func (l layer) String() string {
	if l == (layer{}) {
		return "none"
	}
	return fmt.Sprintf("%s:%d", l.Objective, l.K)
}

func (l layer) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

func (l *layer) UnmarshalText(text []byte) error {
	*l = layer{}
	if string(text) == "none" {
		return nil
	}
	name, units, _ := strings.Cut(string(text), ":")
	K, err := strconv.Atoi(units)
	if err != nil || K < 1 || K > maxK || !slices.Contains(objectives, name) {
		return fmt.Errorf("%q is not none, or an objective and 1 to %d units such as infomax:64", text, maxK)
	}
	*l = layer{name, K}
	return nil
}

// stacked tells whether there is a layer below.
func (c Config) stacked() bool { return c.Below != layer{} }

// below is the run of the layer below.
func (c Config) below() Config {
	c.Objective, c.K, c.Below = c.Below.Objective, c.Below.K, layer{}
	return c.normal()
}

// layers lists the objectives of c's layers.
func (c Config) layers() []string {
	if c.stacked() {
		return []string{c.Below.Objective, c.Objective}
	}
	return []string{c.Objective}
}

var (
	protocolObjectives = []string{"infomax", "variance", "reconstruction", "tied", "random", "pca"}
	objectives         = slices.Concat(protocolObjectives, []string{"optimum"})
	references         = []string{"tied", "pca", "optimum"} // of the objectives: in no declared test
)

// normal returns c without the settings that none of its layers uses, so that equal runs have
// equal Configs.
func (c Config) normal() Config {
	if !c.hasLambda() {
		c.Lambda = 0
	}
	if !c.trained() {
		c.Epochs, c.Batch, c.LearningRate = 0, 0, 0
	}
	if !c.seeded() {
		c.Seed = 0
	}
	if c.Components == 0 {
		c.Whiten = 0
	}
	return c
}

// seeded tells whether the run depends on its seed.
func (c Config) seeded() bool {
	return slices.ContainsFunc(c.layers(), func(objective string) bool { return objective != "pca" })
}

// hasLambda tells whether a layer has the InfoMax loss.
func (c Config) hasLambda() bool { return slices.ContainsFunc(c.layers(), hasLambda) }

// hasLambda tells whether the objective is the InfoMax loss.
func hasLambda(objective string) bool { return objective == "infomax" || objective == "optimum" }

// trains tells whether the objective takes steps.
func trains(objective string) bool {
	return !slices.Contains([]string{"random", "pca", "optimum"}, objective)
}

// trains tells whether the run takes steps; the layer below took its own.
func (c Config) trains() bool { return trains(c.Objective) }

// trained tells whether any layer takes steps.
func (c Config) trained() bool { return slices.ContainsFunc(c.layers(), trains) }

// ID names the run's folder, for example mnist-infomax-relu-k32-lambda1-seed3-1f2e3d4c. The
// hex is the start of a SHA-256 of every setting and the numerics version. A stack's name has both layers:
// mnist-random64-infomax-relu-k32-…, and one of principal components their number and P:
// mnist-components256-whiten1-….
func (c Config) ID() string {
	name := c.Data
	if c.Components > 0 {
		name += fmt.Sprintf("-components%d-whiten%s", c.Components, shortest(c.Whiten))
	}
	if c.stacked() {
		name += fmt.Sprintf("-%s%d", c.Below.Objective, c.Below.K)
	}
	name += fmt.Sprintf("-%s-%s-k%d", c.Objective, c.Activation, c.K)
	if c.hasLambda() {
		name += "-lambda" + shortest(c.Lambda)
	}
	ignore := strings.NewReplacer(" Below:none", "", " Components:0 Whiten:0", "") // because ids are older than these
	sum := sha256Text([]byte(ignore.Replace(fmt.Sprintf("%d %+v", c.numerics(), c))))
	return fmt.Sprintf("%s-seed%d-%s", name, c.Seed, sum[:8])
}

// maxK guards against typing errors, and is the most that products take.
const maxK = maxCols

// check returns what to change in c as a badUsage, or nil. c is as typed, before normal; its names, units
// and other listed numbers are known to be valid or finite. size is that of the data.
func (c Config) check(size dataSize) error {
	switch {
	case c.Lambda < 0:
		return usagef("-lambda %v: give a number, 0 or more", c.Lambda)
	case c.Epochs < 1:
		return usagef("-epochs %d: give 1 or more, or -objective random for no training", c.Epochs)
	case c.Batch < 0 || c.Batch == 1:
		return usagef("-batch %d: give 0 for the whole training split, or 2 rows or more: one has no variance", c.Batch)
	case !finite(c.LearningRate) || c.LearningRate <= 0:
		return usagef("-lr %v: give a number above 0", c.LearningRate)
	case c.Components < 0:
		return usagef("-components %d: give how many, or 0 for the data as they are", c.Components)
	case c.Whiten < 0 || c.Whiten > 1:
		return usagef("-whiten %v: give a power from 0 to 1", c.Whiten)
	case slices.Contains(c.layers(), "optimum") && c.Activation != "identity":
		return usagef("-objective optimum is for identity alone: give -act identity, or leave it out")
	case c.TCRows != 0 && max(c.K, c.Below.K) > maxTCUnits:
		return usagef("%d units: total correlation takes %d at most; give -tc-rows 0 to leave it out",
			max(c.K, c.Below.K), maxTCUnits)
	case c.TCRows != 0 && (c.TCRows < minTCRows || c.TCRows > size.test):
		return usagef("-tc-rows %d: give %d to %d rows, or 0 to leave total correlation out",
			c.TCRows, minTCRows, size.test)
	}
	return nil
}

// badUsage is a mistake in the command line.
type badUsage struct{ error }

func usagef(format string, args ...any) error { return badUsage{fmt.Errorf(format, args...)} }

// compareConfigs is the order of every list and table of runs.
func compareConfigs(a, b Config) int {
	compare := func(a, b string, of []string) int { return slices.Index(of, a) - slices.Index(of, b) }
	return cmp.Or(
		compareInputs(a, b),
		compare(a.Below.Objective, b.Below.Objective, objectives), // none first
		cmp.Compare(a.Below.K, b.Below.K),
		compare(a.Objective, b.Objective, objectives),
		cmp.Compare(a.Lambda, b.Lambda),
		compare(a.Activation, b.Activation, activationNames),
		cmp.Compare(a.K, b.K),
		cmp.Compare(a.Seed, b.Seed),
		cmp.Compare(a.Epochs, b.Epochs),
		cmp.Compare(a.Batch, b.Batch),
		cmp.Compare(a.LearningRate, b.LearningRate),
		cmp.Compare(a.TCRows, b.TCRows))
}

// compareInputs is the order of what runs are trained on: the data, and how many components of them, how white.
func compareInputs(a, b Config) int {
	return cmp.Or(compareData(a.Data, b.Data), cmp.Compare(a.Components, b.Components), cmp.Compare(a.Whiten, b.Whiten))
}

// cost estimates the time of a run in epochs of InfoMax with one unit. It decides nothing but
// the order of runs, the shards and the time left.
func (c Config) cost() float64 {
	K, steps := float64(c.K), float64(c.Epochs)
	measure := 125 + float64(2*K) // the metrics of a random network and its probes; of a trained one twice that
	switch c.Objective {
	case "random", "pca":
		return measure
	case "optimum":
		steps = 100
	case "reconstruction", "tied":
		steps *= 2.3
	}
	return float64(2*measure) + float64(K*steps)
}
