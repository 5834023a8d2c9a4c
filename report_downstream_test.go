package main

import (
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// foretold are made-up runs in which redundancy and accuracy are of a run's objective, of its seed, or of neither:
// level moves all measures of redundancy and both accuracies by as much for each objective, and follow says how much
// of a run's own redundancy shows in its accuracy.
func foretold(t *testing.T, level map[string]float64, follow float64) []*Result {
	t.Helper()
	runs := madeUpRuns(madeUpGrid(t, "mnist", []string{"identity", "tanh"}, []uint64{16}, []float64{0.1, 1, 10}, 10, 3), effect{})
	for i, r := range runs {
		rng := rand.New(rand.NewPCG(uint64(i), 77))
		m, own, chance := &r.Final, rng.NormFloat64(), rng.NormFloat64()
		redundancy := own - level[r.Config.Objective]
		m.WeightCorrelation, m.OutputCorrelation, m.TCGaussNats = Number(20+redundancy), Number(20+redundancy), Number(90+redundancy)
		m.EffectiveRankLive = Number(10 - redundancy)
		accuracy := level[r.Config.Objective] - follow*own + chance
		m.ProbeAccuracy, m.ProbeAccuracy1000 = Number(0.8+accuracy/100), Number(0.7+accuracy/100)
	}
	return runs
}

var objectiveMoves = map[string]float64{"infomax": 8, "variance": 4, "reconstruction": -4, "random": -8}

func TestPlantedAssociationsGiveTheirAnswer(t *testing.T) {
	everyOne := "weight correlation, effective rank of live weights, output correlation and the best bound of total correlation"
	for _, test := range []struct {
		name    string
		runs    []*Result
		opening string
		clause  string
		answer  string
	}{
		{"accuracy follows redundancy", foretold(t, nil, 1), "Yes.", ", low redundancy predicts high accuracy", predicts},
		{"and the objective moves both", foretold(t, objectiveMoves, 1), "Yes.", ", low redundancy predicts high accuracy", predicts},
		{"the wrong way round", foretold(t, nil, -1), "Rather the opposite.", ", low redundancy predicts low accuracy", predictsOpposite},
		{"the objective alone moves both", foretold(t, objectiveMoves, 0), "Between conditions only, where the objective may be the cause.",
			", low redundancy goes with high accuracy between conditions only", betweenOnly},
		{"noise", foretold(t, nil, 0), "Not shown.", " nothing is shown", notShown},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := reportOn(t, test.runs)
			want := test.opening + " With all labels" + test.clause + " by " + everyOne + ". With 100 labels a class" + test.clause + " by " + everyOne + "."
			page := regexp.MustCompile(` \(ρ [^)]*\)`).ReplaceAllString(files["report.html"], "")
			if n := strings.Count(page, want); n != 2 { // at the top and in the chapter
				t.Errorf("report.html has %d times %q", n, want)
			}
			if n := strings.Count(files["report.html"], "<td>"+test.answer+"</td>"); n != 8 {
				t.Errorf("the table has %d answers %q, want 8", n, test.answer)
			}
			shown := map[string]int{}
			for _, row := range readStats(t, files) {
				if row["predictor"] != "" {
					shown[row["test"]+" "+row["outcome"]+" "+row["pairs"]]++
				}
			}
			outcomes := map[string][2]string{predicts: {"better", "better"}, predictsOpposite: {"worse", "worse"}, betweenOnly: {"better", ""}, notShown: {"", ""}}[test.answer]
			if diff := cmp.Diff(map[string]int{"between " + outcomes[0] + " 120": 8, "within " + outcomes[1] + " 120": 8}, shown); diff != "" {
				t.Errorf("stats.csv (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatIsShownWithinNamesItsConditions: accuracy that follows redundancy under no training alone is not laid to InfoMax.
func TestWhatIsShownWithinNamesItsConditions(t *testing.T) {
	runs := foretold(t, nil, 0)
	for i, follows := range foretold(t, nil, 20) {
		if follows.Config.Objective == "random" {
			runs[i] = follows
		}
	}
	part := followUpsOf(t, runs)["Downstream, mnist, 3 epochs"]
	seen := regexp.MustCompile(`^weight correlation, with all labels: infomax, λ = 0.1 ([+−][0-9.]+); infomax, λ = 1 ([+−][0-9.]+); infomax, λ = 10 ([+−][0-9.]+); variance ([+−][0-9.]+); reconstruction ([+−][0-9.]+); random ([+−][0-9.]+)$`)
	for _, f := range part.Findings {
		for _, line := range f.Lines {
			if found := seen.FindStringSubmatch(line); found != nil {
				for i, text := range found[1:] {
					rho, err := strconv.ParseFloat(strings.Replace(text, "−", "-", 1), 64)
					if follows := i == 5; err != nil || follows != (rho > 0.9) {
						t.Errorf("condition %d has a mean ρ of %s (%v)", i, text, err)
					}
				}
				return
			}
		}
	}
	t.Errorf("no line by condition in %v", part.Findings)
}

// TestRhoIsOfTheMeasuresAsTheyAre: in stats.csv low redundancy is a low weight correlation and a high rank.
func TestRhoIsOfTheMeasuresAsTheyAre(t *testing.T) {
	signs := map[string]bool{}
	for _, row := range readStats(t, reportOn(t, foretold(t, nil, 1))) {
		if rho, err := strconv.ParseFloat(row["rho"], 64); err == nil {
			signs[row["predictor"]+" "+strconv.FormatBool(rho > 0)] = true
		}
	}
	want := []string{"effective_rank_live true", "output_correlation false", "tc_bound false", "weight_correlation false"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(signs))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestBadRunsAreNoAssociation: a run that diverged ranks worst in both measures, which alone would make an association.
func TestBadRunsAreNoAssociation(t *testing.T) {
	runs := foretold(t, nil, 0)
	for _, r := range runs {
		if r.Config.Seed <= 3 {
			r.Status, r.DivergedEpoch = "diverged", 2
		}
	}
	for _, a := range studies(runs)[0].associations() {
		if a.within.outcome() != 0 || a.between.outcome() != 0 || a.within.runs != 84 {
			t.Errorf("%s: between %+v, within %+v", a.predictor.field, a.between, a.within)
		}
	}
}

func TestInfiniteTotalCorrelationPredictsNothing(t *testing.T) {
	runs := madeUpRuns(madeUpGrid(t, "mnist", []string{"softmax"}, []uint64{16}, []float64{1}, 6, 3), effect{})
	for _, a := range studies(runs)[0].associations() {
		if a.predictor.field == "tc_bound" && (a.within.runs != 0 || a.word() != notTested) {
			t.Errorf("%+v", a)
		}
	}
}

// TestFewSeedsPredictNothing: of fewer than five seeds no order is rare enough, whatever the data.
func TestFewSeedsPredictNothing(t *testing.T) {
	for seeds, want := range map[int]string{4: "No answer: with 4 seeds nothing can be shown within conditions", 5: "Yes."} {
		runs := slices.DeleteFunc(foretold(t, nil, 100), func(r *Result) bool { return r.Config.Seed > uint64(seeds) })
		if got := followUpsOf(t, runs)["Downstream, mnist, 3 epochs"].Answer; !strings.HasPrefix(got, want) {
			t.Errorf("%d seeds: %q", seeds, got)
		}
	}
	if p := leastWithinP(5); math.Abs(p-4.0/120) > 1e-15 {
		t.Errorf("5 seeds: p can be as small as %v", p)
	}
}
