package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parts returns the answers, and what is missing, of the chapters of a report on runs.
func followUpsOf(t *testing.T, runs []*Result) map[string]followUpPart {
	t.Helper()
	all, stacks := analyseAll(runs)
	parts := map[string]followUpPart{}
	for _, c := range followUps(all, leading(all), stacks) {
		for _, part := range c.Parts {
			parts[c.Name+", "+part.Title] = part
		}
	}
	return parts
}

// probed sets the probes of runs: level says how far each condition is from the others, beside noise.
func probed(runs []*Result, level func(c Config) float64) []*Result {
	for _, r := range runs {
		rng := rand.New(rand.NewPCG(r.Config.Seed, uint64(1000*r.Config.K+10*slices.Index(activationNames, r.Config.Activation)+slices.Index(objectives, r.Config.Objective))))
		r.Final.ProbeAccuracy = Number(0.8 + level(r.Config) + 0.01*rng.Float64())
		r.Final.ProbeAccuracy1000 = Number(0.7 + level(r.Config) + 0.01*rng.Float64())
	}
	return runs
}

func TestPlantedAccuraciesGiveTheirTransfer(t *testing.T) {
	configs := madeUpGrid(t, "mnist", []string{"relu", "tanh"}, []uint64{16}, []float64{1}, 10, 3)
	level := map[string]float64{"infomax": 0, "reconstruction": 0, "random": -0.2, "variance": +0.1}
	part := followUpsOf(t, probed(madeUpRuns(configs, effect{}), func(c Config) float64 { return level[c.Objective] }))["Transfer, mnist, 3 epochs"]
	want := "Against no training (random), yes: better by both probes in 2 of 2 places (activation × K), by 20 percentage points of a probe; worse by one at least, and better by neither, in 0. " +
		"Against an autoencoder (reconstruction), undecided: better by both probes in 0 of 2 places (activation × K); worse by one at least, and better by neither, in 0. " +
		"Against variance alone (λ = 0), no: better by both probes in 0 of 2 places (activation × K); worse by one at least, and better by neither, in 2, by 9.9 to 10 percentage points of a probe."
	if part.Answer != want {
		t.Errorf("answer (-want +got):\n%s", cmp.Diff(want, part.Answer))
	}
	if want := "Against no training (random), of 2 places 2 confirmed: with all labels better in 2 and worse in 0 (shifts, shown or not, of +20 percentage points); with 100 labels a class better in 2"; !strings.HasPrefix(part.Findings[0].Lines[0], want) {
		t.Errorf("%q does not begin %q", part.Findings[0].Lines[0], want)
	}
}

func TestPlacesAreNamedOnce(t *testing.T) {
	at := func(word, activation string, K int) answer {
		return answer{place: place{treatment, activation, K}, word: word}
	}
	answers := []answer{at(refuted, "relu", 16), at(refuted, "softmax", 16), at(refuted, "relu", 32), at(refuted, "tanh", 16), at(confirmed, "tanh", 32)}
	for word, want := range map[string]string{refuted: " (relu at K = 16 and 32; softmax and tanh at K = 16)", confirmed: " (tanh at K = 32)", mixed: ""} {
		if got := placesOf(answers, word); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	if got := placesOf(answers[:4], refuted); got != "" {
		t.Errorf("all of them: %q", got)
	}
}

func TestTooFewSeedsHaveNoTransfer(t *testing.T) {
	configs := madeUpGrid(t, "mnist", []string{"relu", "tanh"}, []uint64{16}, []float64{1}, 9, 3)
	part := followUpsOf(t, probed(madeUpRuns(configs, effect{}), func(c Config) float64 { return float64(len(c.Objective)) }))["Transfer, mnist, 3 epochs"]
	if !strings.HasPrefix(part.Answer, "No verdict: too few seeds.") {
		t.Errorf("9 seeds: %q", part.Answer)
	}
}

func TestOnlyDataWithLabelsHaveFollowUps(t *testing.T) {
	runs := madeUpRuns(madeUpGrid(t, "clusters", []string{"relu"}, []uint64{2}, []float64{1}, 3, 3), effect{})
	for _, r := range runs {
		r.Final.ProbeStatus = "no labels"
	}
	runs = append(madeUpRuns(madeUpGrid(t, "mnist", []string{"relu"}, []uint64{4}, []float64{1}, 3, 5), effect{}), runs...)
	runs = append(madeUpRuns(madeUpGrid(t, "mnist", []string{"relu", "tanh"}, []uint64{4}, []float64{1}, 3, 2), effect{}), runs...)
	var titles []string
	for title := range followUpsOf(t, runs) {
		if strings.HasPrefix(title, "Downstream") || strings.HasPrefix(title, "Transfer") {
			titles = append(titles, title)
		}
	}
	slices.Sort(titles)
	if diff := cmp.Diff([]string{"Downstream, mnist, 2 epochs", "Transfer, mnist, 2 epochs"}, titles); diff != "" {
		t.Errorf("the largest study of each data set with labels (-want +got):\n%s", diff)
	}
}

// allComponents is the run of which a study's figures have a line.
func allComponents() *Result {
	return madeUpRun(Config{Data: "mnist", Objective: "pca", Activation: "identity", K: 784}, effect{})
}

func TestAllComponentsAreALineAndNoPlace(t *testing.T) {
	runs := probed(madeUpRuns(madeUpGrid(t, "mnist", []string{"relu", "tanh"}, []uint64{16}, []float64{1}, 3, 3), effect{}), func(Config) float64 { return 0 })
	whole := allComponents()
	whole.Final.ProbeAccuracy, whole.Final.ProbeAccuracy1000 = 0.9224, 0.6596
	with, without := reportOn(t, append(runs, whole)), reportOn(t, runs)
	const line = "all 784 principal components, one run"
	for _, name := range []string{"mnist-3-epochs-transfer-probe-accuracy.svg", "mnist-3-epochs-transfer-probe-accuracy-1000.svg"} {
		if !strings.Contains(with[name], line) || strings.Contains(without[name], line) {
			t.Errorf("%s has the line without the run, or has not with it", name)
		}
	}
	for name, text := range without {
		if strings.Contains(name, "transfer") || name == "report.html" || name == "results.csv" {
			continue
		}
		if text != with[name] {
			t.Errorf("%s is another with the run of all components", name)
		}
	}
	if want := "All 784 principal components reach 92.24 % with all labels (above InfoMax&#39;s interquartile mean in 2 of 2 places) and 65.96 % with 100 labels a class (above InfoMax&#39;s interquartile mean in 0 of 2 places)"; !strings.Contains(with["report.html"], want) {
		t.Errorf("no %q", want)
	}
	// Other runs of its K make it a place like any; with no other run it is all there is.
	if s := studies([]*Result{whole}); len(s) != 1 || len(s[0].all) != 1 {
		t.Error("the run alone is not what the report is about")
	}
	other := madeUpRun(Config{Data: "mnist", Objective: "pca", Activation: "relu", K: 784}, effect{})
	if s := studies([]*Result{whole, other}); len(s) != 1 || s[0].whole != whole || len(s[0].all) != 2 {
		t.Error("beside another run of its K it is no place, or no line")
	}
}

func TestTheCommandForAllComponentsOfOwnDataNamesAFile(t *testing.T) {
	s := study{setting: setting{Data: "digits-1f2e3d4c"}, inputs: 64}
	if got, want := s.wholeCommand(), "go run . -data FILE.npz -act identity -k 64 -objective pca -tc-rows 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProbesThatDidNotConvergeAreCounted(t *testing.T) {
	runs := madeUpRuns(madeUpGrid(t, "mnist", []string{"relu"}, []uint64{4}, []float64{1}, 3, 5), effect{})
	said := func() (texts []string) {
		all, _ := analyseAll(runs)
		for _, a := range all {
			for _, f := range a.unconverged() {
				texts = append(texts, f.Text)
			}
		}
		return texts
	}
	if texts := said(); len(texts) > 0 {
		t.Errorf("all did: %q", texts)
	}
	runs[1].Final.ProbeStatus = notConverged
	if texts := said(); len(texts) != 1 || !strings.Contains(texts[0], fmt.Sprintf("in 1 of %d runs", len(runs))) {
		t.Errorf("one did not: %q", texts)
	}
	var notes bytes.Buffer
	if writeNotes(&notes, runs[1]); !strings.Contains(notes.String(), "did not converge") {
		t.Errorf("a single run says %q", &notes)
	}
}
