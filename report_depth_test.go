package main

import (
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// configsOf lists the runs of a command line.
func configsOf(t testing.TB, line string) []Config {
	t.Helper()
	o, err := parseOptions(strings.Fields(strings.TrimPrefix(line, "go run . ")))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.plan()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(p.all, compareConfigs)
	return p.all
}

// depthConfigs are the runs of depth with the given seeds.
func depthConfigs(t testing.TB, seeds string) (all []Config) {
	t.Helper()
	for _, line := range followups {
		if line == "-act all -k 32 -seed 1-10" || strings.Contains(line, "-below") {
			all = append(all, configsOf(t, line+" -seed "+seeds)...)
		}
	}
	slices.SortFunc(all, compareConfigs)
	return all
}

// depthRuns have noise about one level in both measures, and what is planted.
func depthRuns(configs []Config, noise float64, plant func(c Config) (correlation, accuracy float64)) []*Result {
	runs := madeUpRuns(configs, effect{})
	rng := rand.New(rand.NewPCG(1, 0))
	for _, r := range runs {
		correlation, accuracy := plant(r.Config)
		r.Final.OutputCorrelation = Number(10 + noise*rng.Float64() + correlation)
		r.Final.ProbeAccuracy = Number(0.8 + noise*rng.Float64()/100 + accuracy)
	}
	return runs
}

// isComposed tells whether c is InfoMax on InfoMax.
func isComposed(c Config) bool {
	return c.Objective == "infomax" && c.Below.Objective == "infomax"
}

func TestPlantedStacksGiveTheirAnswer(t *testing.T) {
	where := func(who string, correlation, accuracy float64) func(Config) (float64, float64) {
		return func(c Config) (float64, float64) {
			if isComposed(c) && strings.Contains(who, "all "+c.Activation) || isComposed(c) && who == "all" {
				return correlation, accuracy
			}
			return 0, 0
		}
	}
	better := " with %s of 5 activations besides identity"
	tests := []struct {
		name  string
		noise float64
		plant func(Config) (float64, float64)
		want  []string
	}{
		{"compose", 1, where("all", -3, +0.05), []string{"Yes. InfoMax on InfoMax is shown to be better", strings.ReplaceAll(better, "%s", "5"), "(relu, leaky_relu, softmax, tanh and softplus).", "it is shown to be better than both as well",
			"Against a single layer of InfoMax, output correlation is better with 6 and worse with 0 of 6 activations, by shifts of −3 to −2.7; accuracy of the linear probe with all labels is better with 6 and worse with 0 of 6"}},
		{"do not", 1, where("all", +3, -0.05), []string{"No. ", strings.ReplaceAll(better, "%s", "0"), "With 5 (relu, leaky_relu, softmax, tanh and softplus) it is worse than one of these by a measure at least, and better than it by neither.", "it is worse than one of these"}},
		{"one of them", 1, where("all tanh", -3, +0.05), []string{"In part. ", strings.ReplaceAll(better, "%s", "1") + " (tanh).", "neither shown to be better than both, nor worse than either"}},
		{"by one measure", 1, where("all", -3, 0), []string{"Undecided. ", strings.ReplaceAll(better, "%s", "0") + ".", "nor worse than either"}},
		{"each measure its way", 1, where("all", -3, -0.05), []string{"Nowhere confirmed. ", "With 5 (relu, leaky_relu, softmax, tanh and softplus) it is better than one of these at least by one measure, and worse by the other.",
			"accuracy of the linear probe with all labels is better with 0 and worse with 6 of 6"}},
		{"better than one of the two", 1, func(c Config) (float64, float64) {
			if isComposed(c) || c.Objective == "random" {
				return -3, 0.05
			}
			return 0, 0
		}, []string{"Undecided. ", strings.ReplaceAll(better, "%s", "0")}},
		{"nothing", 1, where("", 0, 0), []string{"Undecided. ", strings.ReplaceAll(better, "%s", "0") + ". With identity"}},
		{"ties", 0, where("", 0, 0), []string{"Undecided. ", strings.ReplaceAll(better, "%s", "0") + ". With identity"}},
	}
	configs := depthConfigs(t, "1-10")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			part := analyseStacks(divide(depthRuns(configs, test.noise, test.plant), Config.stacked)[0]).depth()
			for _, want := range test.want {
				if !strings.Contains(part.Answer, want) {
					t.Errorf("no %q in %q", want, part.Answer)
				}
			}
			if len(part.Missing) > 0 {
				t.Errorf("missing: %v", part.Missing)
			}
			if got := len(part.Findings[0].Lines); got != 4 {
				t.Errorf("%d lines of tests, want 4", got)
			}
		})
	}
}

// TestStacksMissingRunsAreNamed takes runs away, and does what the page says is missing.
func TestStacksMissingRunsAreNamed(t *testing.T) {
	all := depthConfigs(t, "1-10")
	tests := []struct {
		name string
		take func(c Config) bool
		want string
	}{
		{"too few seeds", func(c Config) bool { return c.Seed <= 7 }, "No verdict: too few seeds. With 7 pairs the smallest adjusted p there can be is 0.094, so no paired comparison can be significant whatever the data; it takes 8 seeds."},
		{"a condition", func(c Config) bool { return c.Below.Objective != "random" }, "No answer: it takes runs of infomax → infomax, λ = 1, random → infomax, λ = 1 and infomax → random, λ = 1, with the same seeds and on data with labels."},
		{"the control alone", func(c Config) bool { return c.Activation == "identity" }, "No answer: of the activations only identity was run, the control. With identity,"},
		{"the control", func(c Config) bool { return c.Activation != "identity" }, "Identity, the control, was not run."},
		{"no single layer", Config.stacked, "Undecided."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			here := slices.DeleteFunc(slices.Clone(all), func(c Config) bool { return !test.take(c) })
			part := analyseStacks(divide(depthRuns(here, 1, func(Config) (float64, float64) { return 0, 0 }), Config.stacked)[0]).depth()
			if !strings.Contains(part.Answer, test.want) {
				t.Errorf("%q, want %q", part.Answer, test.want)
			}
			for _, m := range part.Missing {
				here = append(here, configsOf(t, m.Command)...)
			}
			slices.SortFunc(here, compareConfigs)
			if diff := cmp.Diff(all, slices.Compact(here)); diff != "" {
				t.Errorf("with what is missing (-want +got):\n%.2000s", diff)
			}
		})
	}
}

func TestWithoutStacksTheirCommandsAreGiven(t *testing.T) {
	runs := madeUpRuns(configsOf(t, "-act all -k 32 -seed 1-10 -objective infomax,random"), effect{})
	all, stacks := analyseAll(runs)
	part := stacked(leading(all), stacks)[0].depth()
	var want []Config
	for _, c := range depthConfigs(t, "1-10") {
		if c.stacked() {
			want = append(want, c)
		}
	}
	var got []Config
	for _, m := range part.Missing {
		got = append(got, configsOf(t, m.Command)...)
	}
	slices.SortFunc(got, compareConfigs)
	if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(part.Answer, "No answer: it takes") {
		t.Errorf("%s (-want +got):\n%s", part.Answer, diff)
	}
}

// TestStacksOfOtherSizesAreNotMixed: each pair of sizes is a study, and a single layer stands beside the stacks that are as wide.
func TestStacksOfOtherSizesAreNotMixed(t *testing.T) {
	var runs []*Result
	for _, line := range []string{"-k 8,16 -seed 1-3", "-k 8,16 -seed 1-3 -below infomax:4,infomax:8,random:4", "-k 8 -seed 1-3 -below infomax:4 -epochs 7"} {
		runs = append(runs, madeUpRuns(configsOf(t, line), effect{})...)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	got := map[string]int{}
	for _, s := range divide(runs, Config.stacked) {
		got[s.name()] = len(s.all)
	}
	want := map[string]int{"mnist, 7 epochs, stacks of 4 and 8 units": 3, "mnist, stacks of 4 and 8 units": 9, "mnist, stacks of 4 and 16 units": 9,
		"mnist, stacks of 8 and 8 units": 6, "mnist, stacks of 8 and 16 units": 6}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if all := studies(runs); len(all) != 1 || len(all[0].all) != 6 {
		t.Errorf("single layers are in %d studies", len(all))
	}
}

// TestStacksAreInTheFiles: their comparisons in stats.csv, with both layers, and their tables.
func TestStacksAreInTheFiles(t *testing.T) {
	runs := depthRuns(depthConfigs(t, "1-10"), 1, func(c Config) (float64, float64) {
		if isComposed(c) {
			return -3, 0.05
		}
		return 0, 0
	})
	files := reportOn(t, runs)
	got := map[string]int{}
	for _, row := range readStats(t, files) {
		if row["test"] == againstStack {
			got[strings.Join([]string{row["x_below"], row["x_objective"], row["y_below"], row["y_objective"], row["y_lambda"], row["outcome"], row["verdict"]}, " ")]++
		}
	}
	want := map[string]int{ // six activations by two measures
		"infomax:64 infomax random:64 infomax 1 better confirmed":      12,
		"infomax:64 infomax infomax:64 random 1 better confirmed":      12,
		"infomax:64 infomax  infomax 1 better ":                        12,
		"infomax:64 infomax reconstruction:64 reconstruction  better ": 12,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("comparisons (-want +got):\n%s", diff)
	}
	for _, name := range []string{"tables.md", "tables.tex", "report.html"} {
		if !strings.Contains(files[name], "stacks of 64 and 32 units, output correlation") {
			t.Errorf("%s has no table of stacks", name)
		}
	}
}

// TestFollowUpsOfFewAndBrokenRuns: each alone, without labels, and with values that do not exist, none of which is printed.
func TestFollowUpsOfFewAndBrokenRuns(t *testing.T) {
	var some []Config
	for _, line := range []string{"-act relu,softmax -k 8 -below infomax:4,random:4 -objective infomax,random", "-act relu -k 1 -below infomax:1 -seed 1-3", "-act relu -k 8",
		"-data clusters -act identity,tanh -k 4 -below infomax:8,random:8 -objective infomax,random -seed 1-3", "-act relu,softmax -k 96,128 -seed 1-3 -epochs 2 -tc-rows 0"} {
		some = append(some, configsOf(t, line)...)
	}
	folders := [][]Config{some}
	for _, c := range some {
		folders = append(folders, []Config{c})
	}
	bad := regexp.MustCompile(`.*(NaN|\bInf\b|%!|null).*`)
	for _, configs := range folders {
		slices.SortFunc(configs, compareConfigs)
		runs := madeUpRuns(configs, effect{})
		for i, r := range runs {
			if r.Config.Data != "mnist" {
				r.Final.ProbeStatus, r.Final.ProbeAccuracy = "no labels", Number(math.NaN())
			}
			if i%3 == 1 {
				r.Final.OutputCorrelation, r.Init.EffectiveRank = Number(math.NaN()), Number(math.NaN())
			}
			if i%5 == 2 {
				r.Status, r.DivergedEpoch = "diverged", 1
			}
		}
		for name, text := range reportOn(t, runs) {
			if found := bad.FindString(text); found != "" {
				t.Errorf("%d runs, %s: %.300s", len(runs), name, found)
			}
		}
	}
}
