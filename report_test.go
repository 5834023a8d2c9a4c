package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// madeUp is a run of c with the metrics of an untrained network, changed by set.
func madeUp(c Config, set func(m *Metrics)) *Result {
	c = c.normal()
	rng := rand.New(rand.NewPCG(c.Seed, uint64(c.K)))
	m := Metrics{ActivationRate: slices.Repeat([]float64{0.5}, c.K), TCUnits: c.K}
	K := float64(c.K)
	for _, number := range []*Number{&m.EffectiveRank, &m.EffectiveRankLive, &m.WeightCorrelation,
		&m.WeightCorrelationLive, &m.WeightRedundancy, &m.OutputCorrelation, &m.TCGaussNats, &m.TCTreeNats,
		&m.ProbeAccuracy, &m.ProbeAccuracy1000, &m.VarianceRatio, &m.ActivationRank, &m.TCKNNNats} {
		*number = Number(K/2 + rng.Float64()/10)
	}
	r := &Result{ID: c.ID(), Config: c, Status: "ok", DataSHA256: "made up", Inputs: 784, Init: m, Final: m}
	if set != nil {
		set(&r.Final)
	}
	if c.trains() {
		r.EpochsTo90, r.Curve = 1, []Epoch{{Loss: 1}, {Loss: -1}}
		r.FinalLoss = -1
	}
	return r
}

// madeUpSweep is a sweep of made-up runs.
type madeUpSweep struct {
	data           string
	objectives, at []string // activations
	ks             []int
	lambdas        []float64
	seeds          int
	epochs         int
	components     int
	whiten         float64
	effect         func(c Config, m *Metrics)
}

func (s madeUpSweep) runs() (runs []*Result) {
	for _, objective := range s.objectives {
		for _, activation := range s.at {
			for _, K := range s.ks {
				for _, lambda := range s.lambdas {
					for seed := range s.seeds {
						if lambda != s.lambdas[0] && !hasLambda(objective) {
							continue
						}
						c := Config{Data: s.data, Objective: objective, Activation: activation, K: K, Lambda: lambda,
							Seed: uint64(seed + 1), Epochs: s.epochs, Batch: 128, LearningRate: 1e-3, TCRows: 2000,
							Components: s.components, Whiten: s.whiten}.normal()
						runs = append(runs, madeUp(c, func(m *Metrics) {
							if s.effect != nil {
								s.effect(c, m)
							}
						}))
					}
				}
			}
		}
	}
	return runs
}

// table has the runs in the order of every table.
func table(samples ...madeUpSweep) []*study {
	var runs []*Result
	for _, s := range samples {
		runs = append(runs, s.runs()...)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return studies(runs)
}

// usualSample is ten seeds of two activations, in which InfoMax is better with relu and worse with
// tanh.
func usualSample() madeUpSweep {
	return madeUpSweep{data: "mnist", objectives: []string{"infomax", "variance", "reconstruction", "random"},
		at: []string{"relu", "tanh"}, ks: []int{4, 8}, lambdas: []float64{1}, seeds: 10, epochs: 100,
		effect: func(c Config, m *Metrics) {
			if c.Objective == "infomax" {
				shift := map[string]Number{"relu": +1, "tanh": -1}[c.Activation]
				m.EffectiveRank += shift
				m.WeightCorrelation -= shift
			}
		}}
}

func TestStudiesDivideRuns(t *testing.T) {
	whole := usualSample()
	short := whole
	short.epochs, short.ks = 10, []int{8}
	alone := madeUpSweep{data: "fashion", objectives: []string{"random"}, at: []string{"relu"}, ks: []int{4},
		lambdas: []float64{1}, seeds: 2}
	got := map[string]int{}
	for _, s := range table(whole, short, alone) {
		got[s.name()] = s.size()
	}
	// Untrained runs of K = 8 are in both studies of MNIST.
	want := map[string]int{"mnist": 160, "mnist, 10 epochs": 80, "fashion": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSeedZeroIsASeed: it is compared as any other, and what has no seed, principal axes, is none.
func TestSeedZeroIsASeed(t *testing.T) {
	sample := usualSample()
	sample.objectives, sample.seeds = []string{"infomax", "random", "pca"}, 3
	runs := sample.runs()
	for _, r := range runs {
		if r.Config.seeded() {
			r.Config.Seed--
		}
	}
	table := studies(runs)
	if diff := cmp.Diff([]uint64{0, 1, 2}, table[0].seeds); diff != "" {
		t.Errorf("seeds (-want +got)\n%s", diff)
	}
	for _, c := range table[0].comparisons {
		if c.n != 3 {
			t.Errorf("%s by %s has %d pairs, want 3", c.name, c.field, c.n)
		}
	}
}

// TestRunsWithoutPartnersAreNotCounted: an optimum alone, and diverged runs, have no sentence about others.
func TestRunsWithoutPartnersAreNotCounted(t *testing.T) {
	alone := madeUpSweep{data: "mnist", objectives: []string{"optimum"}, at: []string{"identity"}, ks: []int{4},
		lambdas: []float64{1}, seeds: 3}
	if a := optimal(table(alone)[0]); a.Text != "" {
		t.Errorf("of an optimum alone: %q", a.Text)
	}
	runs := usualSample().runs()
	for _, r := range runs {
		r.Status = "diverged"
	}
	some := slices.DeleteFunc(usualSample().runs(), func(r *Result) bool {
		return r.Config.Objective == "reconstruction" && r.Config.Activation == "tanh"
	})
	want := "Yes (2 of 2). By effective rank and weight correlation, compared with untrained: " +
		"2 better, 2 worse of 4; autoencoder: 2 better, 0 worse of 2; "
	if a := questions[0].answer(studies(some)[0]); !strings.HasPrefix(a.Word+". "+a.Text, want) {
		t.Errorf("%s. %s, want %s", a.Word, a.Text, want)
	}
	single := usualSample()
	if single.ks = []int{1}; len(table(single)[0].comparisons) != 0 {
		t.Error("one unit alone is compared")
	}
	if a := deadUnits(studies(runs)[0]); a.Text != "Runs with a dead unit: none." {
		t.Errorf("of diverged runs: %q", a.Text)
	}
}

func TestVerdictIsSymmetric(t *testing.T) {
	of := func(better int, biserial, p float64) comparison {
		return comparison{measure: measure{metric: metric{better: better}}, adjusted: p,
			effect: biserial}
	}
	better, worse, unclear := of(+1, 1, 0.01), of(-1, 1, 0.01), of(+1, 1, significant)
	for _, c := range []struct {
		tests []comparison
		want  string
	}{
		{[]comparison{better, better}, "better"}, {[]comparison{worse, worse}, "worse"},
		{[]comparison{better, worse}, "unclear"},
		{[]comparison{better, unclear}, "unclear"}, {[]comparison{worse, unclear}, "unclear"}, {nil, "unclear"},
		{[]comparison{of(-1, -1, 0.01)}, "better"}, {[]comparison{of(-1, 0, 0.01)}, "unclear"},
	} {
		if got := verdicts[verdict(c.tests)]; got != c.want {
			t.Errorf("%d tests: %s, want %s", len(c.tests), got, c.want)
		}
	}
}

// count is of the comparisons of a contrast by effective rank.
func (s *study) count(contrast string) (n int) {
	for _, c := range s.comparisons {
		if c.name == contrast && c.field == "effective_rank" {
			n++
		}
	}
	return n
}

func TestFamiliesOfContrasts(t *testing.T) {
	runs := table(usualSample())[0]
	wants := map[string]int{"baseline": 2 * 2 * 3, "untrained": 2 * 2 * 2, "activation": 2, "lambda": 0}
	for contrast, want := range wants {
		if got := runs.count(contrast); got != want {
			t.Errorf("%d comparisons of %s, want %d", got, contrast, want)
		}
	}
	if p := math.Ldexp(18, 1-enoughSeeds); !(p < significant && significant <= 2*p) {
		t.Errorf("with %d seeds the least p is %v", enoughSeeds, p)
	}
	for _, c := range runs.comparisons {
		tests := map[string]float64{"baseline": 18, "untrained": 6, "activation": 15}[c.name]
		if c.field == "effective_rank" && c.x.objective == "infomax" && c.outcome() != 0 && c.adjusted != tests*2/1024 {
			t.Errorf("%s: p = %v adjusted to %v, of %v tests", c.name, c.p, c.adjusted, tests)
		}
	}
}

func TestManyLambdasAndSeedsAreComparedInBounds(t *testing.T) {
	many := usualSample()
	many.objectives, many.at, many.ks, many.seeds = []string{"infomax"}, []string{"relu"}, []int{4}, 3
	for i := range mostLambdas {
		many.lambdas = append(many.lambdas, float64(i+2))
	}
	if got := table(many)[0].count("lambda"); got != 0 {
		t.Errorf("%d comparisons of %d λ", got, len(many.lambdas))
	}
	many.lambdas, many.seeds = []float64{1, 2}, mostPairs+100
	if c := table(many)[0].comparisons; len(c) == 0 || c[0].n != mostPairs {
		t.Error("not the first seeds are compared")
	}
}

func TestDivergedRunsAreComparedAndRankWorst(t *testing.T) {
	runs := usualSample().runs()
	for _, r := range runs {
		if r.Config.Objective == "infomax" || r.Config.Objective == "variance" {
			r.Status, r.DivergedEpoch, r.Final.EffectiveRank = "diverged", 1, Number(math.NaN())
		}
	}
	for _, c := range studies(runs)[0].comparisons {
		if c.name == "baseline" && c.field == "effective_rank" {
			want := signedRankResult{Losses: 10, RankBiserial: -1, P: 2.0 / 1024}
			if c.y.objective == "variance" { // diverged, too
				want = signedRankResult{Ties: 10, P: 1}
			}
			if !math.IsNaN(c.shift.Value) && c.y.objective == "variance" {
				t.Errorf("two diverged sides differ by %v", c.shift)
			}
			if diff := cmp.Diff(want, c.signs); diff != "" || c.n != 10 {
				t.Errorf("with %s: %d pairs (-want +got)\n%s", c.y, c.n, diff)
			}
		}
	}
}

// The template of every kind of answer.
func TestAnswers(t *testing.T) {
	few := usualSample()
	few.seeds, few.objectives = 3, []string{"infomax", "random"}
	better := usualSample()
	better.components, better.whiten, better.effect = 256, 1, func(c Config, m *Metrics) {
		if c.Objective == "infomax" {
			m.EffectiveRank++
			m.WeightCorrelation--
			m.ProbeAccuracy -= Number(c.Whiten)
		}
	}
	raw := better
	raw.whiten, raw.effect = 0, nil
	optimum := usualSample()
	optimum.at, optimum.seeds, optimum.lambdas = []string{"identity"}, 3, []float64{1, 10}
	optimum.objectives, optimum.effect = []string{"infomax", "random", "optimum"}, func(c Config, m *Metrics) {
		m.WeightRedundancy = map[string]Number{"random": 2, "infomax": 5, "optimum": 7 - Number(c.Lambda)}[c.Objective]
	}
	wide := usualSample()
	wide.ks, wide.objectives, wide.effect = []int{4, 8, 16, 32}, []string{"infomax"}, func(c Config, m *Metrics) {
		m.EffectiveRank = 10 / Number(c.K)
	}
	lambdas := usualSample()
	lambdas.lambdas, lambdas.objectives = []float64{0.1, 1}, []string{"infomax"}
	lambdas.effect = func(c Config, m *Metrics) { m.EffectiveRank += Number(c.Lambda) }
	for _, c := range []struct {
		name, asks string
		runs       []*study
		want       string
	}{
		{"verdict", "Does InfoMax produce", table(usualSample()),
			"Partly (2 of 4). By effective rank and weight correlation, compared with untrained: " +
				"2 better, 2 worse of 4; autoencoder: 2 better, 2 worse of 4; " +
				"λ = 0: 2 better, 2 worse of 4. " +
				"Training changes the effective rank by −25.0 to 25.0 points of 100."},
		{"few seeds", "Does InfoMax produce", table(few),
			"Unclear (0 of 4). By effective rank and weight correlation, " +
				"compared with untrained: 0 better, 0 worse of 4. " +
				"Training changes the effective rank by −25.0 to 25.0 points of 100."},
		{"whitened", "Are the weights less redundant on whitened", table(better, raw),
			"Yes (4 of 4). By effective rank and weight correlation, compared with untrained: " +
				"4 better, 0 worse of 4; autoencoder: 4 better, 0 worse of 4; " +
				"λ = 0: 4 better, 0 worse of 4. " +
				"Training changes the effective rank by 12.5 to 25.0 points of 100. " +
				"By probe accuracy and probe accuracy from 100 a class, compared with untrained: " +
				"0 better, 0 worse of 4; autoencoder: 0 better, 0 worse of 4; " +
				"λ = 0: 0 better, 0 worse of 4."},
		{"whitening", "Does whitening make the weights", table(better, raw),
			"Yes (4 of 4). By effective rank and weight correlation, compared with unwhitened inputs: " +
				"4 better, 0 worse of 4. By probe accuracy, compared with unwhitened inputs: 0 better, " +
				"4 worse of 4."},
		{"optimum", "Is it the loss", table(optimum), ". With identity: at the optimum of the loss, weights are more " +
			"redundant than untrained in 2 of 4 cases of λ and K. InfoMax, trained in 4 of them, ends more " +
			"redundant than the optimum in 2."},
		{"leaders", "Does λ matter?", table(lambdas),
			". Cases better, or worse, than all others. By effective rank: InfoMax λ = 0.1: 0 better, " +
				"4 worse of 4; InfoMax λ = 1: 4 better, 0 worse of 4."},
		{"trends", "Larger K.", table(wide), ". With how many activations each measure gets better or " +
			"worse as K grows: probe accuracy: 2 better, 0 worse of 2; " +
			"effective rank over untrained: 0 better, 2 worse of 2; " +
			"output correlation for each pair: 2 better, 0 worse of 2; " +
			"share of dead units: 0 better, 0 worse of 2."},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := questions[slices.IndexFunc(questions, func(q question) bool {
				return strings.HasPrefix(q.Asks, c.asks)
			})]
			a, err := q.ask(c.runs, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, a.Word+". "+a.Text); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// report has the files of a report on runs, whose weights are random.
func report(t *testing.T, runs []*Result) map[string]string {
	t.Helper()
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	made, _, err := reportFiles(runs, nil, func(id string) ([]byte, error) {
		c := runs[slices.IndexFunc(runs, func(r *Result) bool { return r.ID == id })].Config
		var b bytes.Buffer
		err := writeNPZ(&b, []npyArray{{"W", []int{c.K, 784}, xavier(784, c.K, c.Seed, streamWeights).T().Data}})
		return b.Bytes(), err
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range made {
		files[f.name] = string(f.data)
	}
	return files
}

// Every row of a table has as many cells as its head, in Markdown and in LaTeX, which is ASCII.
func TestTablesAreWhole(t *testing.T) {
	own := usualSample()
	own.data = "größe_100%"
	files := report(t, append(usualSample().runs(), own.runs()...))
	rows := 0
	for block := range strings.SplitSeq(files["tables.md"], "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		for _, line := range lines {
			if rows++; strings.HasPrefix(line, "|") && strings.Count(line, "|") != strings.Count(lines[0], "|") {
				t.Errorf("cells differ from the head's %s\n%s", lines[0], line)
			}
		}
	}
	tex := files["tables.tex"]
	for _, r := range tex {
		if r > 127 {
			t.Fatalf("%q in tables.tex", r)
		}
	}
	for _, name := range []string{"table*", "tabular"} {
		if n := strings.Count(tex, `\begin{`+name+`}`); n == 0 || n != strings.Count(tex, `\end{`+name+`}`) {
			t.Errorf("%s begins %d times", name, n)
		}
	}
	labels := regexp.MustCompile(`\\label{[^}]+}`).FindAllString(tex, -1)
	if slices.Sort(labels); len(slices.Compact(slices.Clone(labels))) != len(labels) {
		t.Error("a label of tables.tex is there twice")
	}
	if rows < 100 || !strings.Contains(tex, `100\%`) {
		t.Errorf("%d rows", rows)
	}
}

// The page stands alone and is short, also with little to show.
func TestPages(t *testing.T) {
	onlyUntrained := usualSample()
	onlyUntrained.objectives = []string{"random"}
	few := usualSample()
	few.seeds = 3
	optimum := usualSample()
	optimum.objectives, optimum.at = []string{"optimum"}, []string{"identity"}
	one := usualSample()
	one.at, one.ks, one.seeds, one.objectives = []string{"relu"}, []int{4}, 1, []string{"infomax"}
	diverged := one.runs()
	diverged[0].Status, diverged[0].DivergedEpoch, diverged[0].Final.EffectiveRank = "diverged", 2, Number(math.NaN())
	for name, runs := range map[string][]*Result{"usual": usualSample().runs(), "untrained": onlyUntrained.runs(),
		"optimum": optimum.runs(), "few": few.runs(),
		"one": one.runs(), "diverged": diverged, "none": nil} {
		page := report(t, runs)["report.html"]
		if n := strings.Count(page, "<figure>"); n > 10 || strings.Count(page, "<table>") > 6 {
			t.Errorf("%s: %d figures", name, n)
		}
		if !strings.Contains(page, plural(len(runs), "run")+", numerics") ||
			strings.Contains(page, "NaN") || strings.Contains(page, "%!") {
			t.Errorf("%s: the page is wrong", name)
		}
		if empty := regexp.MustCompile(`</h[23]>\s*<(h2|ul>\s*</ul)`).FindString(page); empty != "" {
			t.Errorf("%s: a heading without a text: %s", name, empty)
		}
		if outside := regexp.MustCompile(`(?:src|href)="(?:https?:|//)[^"]*"`).FindString(page); outside != "" {
			t.Errorf("%s: the page needs %s", name, outside)
		}
		if name == "few" && !strings.Contains(page, "no case can count") {
			t.Error("the page does not say that the seeds are too few")
		}
		if name == "diverged" && !strings.Contains(page, "1 of 1 run diverged") {
			t.Error("the page does not count a diverged run")
		}
	}
}
