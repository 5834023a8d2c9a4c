package main

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

// plainRun is a run of c whose effective rank is a share of the most possible, and whose other
// numbers follow from it.
func plainRun(c Config, share float64) *Result {
	c.TCRows = 0
	c = c.normal()
	r := &Result{ID: c.ID(), Config: c, Status: "ok", Inputs: 784, FinalLoss: 1}
	state := func(share float64) Metrics {
		n := Number(share)
		return Metrics{EffectiveRank: n * Number(c.K), WeightRedundancy: 16 * n * n, OutputCorrelation: 2 - n,
			ProbeAccuracy: 1 - n/2, ProbeAccuracy1000: n / 2, ActivationRate: []float64{1}}
	}
	r.Init, r.Final = state(0.75), state(share)
	for epoch := range c.Epochs {
		r.Curve = append(r.Curve, Epoch{Number(9 - epoch), Number(5 - epoch), Number(share)})
	}
	return r
}

// plainRuns are runs of every objective and λ, with the share that share gives each.
func plainRuns(c Config, seeds int, share func(c Config) float64) (runs []*Result) {
	for _, objective := range []string{"infomax", "variance", "reconstruction", "random", "optimum"} {
		for _, activation := range []string{"identity", "softmax"} {
			for _, K := range []int{4, 8} {
				for _, lambda := range []float64{0.1, 1, 10} {
					c.Objective, c.Activation, c.K, c.Lambda = objective, activation, K, lambda
					known := objective != "optimum" || activation == "identity"
					if known && (c.hasLambda() || lambda == 1) {
						for c.Seed = 1; c.Seed <= uint64(seeds); c.Seed++ {
							runs = append(runs, plainRun(c, share(c)))
						}
					}
				}
			}
		}
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return runs
}

// marksOf are the middles of a figure's marks, or of its bars, of a style, in their order.
func marksOf(t *testing.T, svg []byte, style string) (at []point) {
	for _, n := range parse(t, svg) {
		if strings.Contains(n.attr["style"], style) {
			for _, m := range pathPoint.FindAllStringSubmatch(n.attr["d"], -1) {
				if strings.HasPrefix(m[0], "M") {
					at = append(at, point{parseNumber(t, m[1]), parseNumber(t, m[2])})
				}
			}
		}
	}
	return at
}

// weightsFile is that of four units of 784 inputs.
func weightsFile(string) ([]byte, error) {
	var b bytes.Buffer
	W := newMat(4, 784)
	W.Data[0] = 1
	err := writeNPZ(&b, []npyArray{{"W", []int{4, 784}, W.Data}, {"b", []int{4}, make([]float64, 4)}})
	return b.Bytes(), err
}

// TestEveryFigureOfEveryStudy: whatever runs there are, a figure is well formed, or there is none.
func TestEveryFigureOfEveryStudy(t *testing.T) {
	c := Config{Data: "mnist", Epochs: 3, Batch: 128, LearningRate: 1e-3}
	half := func(Config) float64 { return 0.5 }
	all := plainRuns(c, 2, half)
	some := func(keep func(r *Result) bool) []*Result {
		return slices.DeleteFunc(plainRuns(c, 2, half), func(r *Result) bool { return !keep(r) })
	}
	white := c
	white.Components = 16
	for _, white.Whiten = range []float64{0, 0.5, 1} {
		all = append(all, plainRuns(white, 2, half)...)
	}
	diverged := plainRuns(c, 1, func(c Config) float64 { return math.NaN() })
	for _, r := range diverged {
		r.Status = "diverged"
	}
	for _, c := range []struct {
		name string
		runs []*Result
		want int // figures
	}{
		{"all", all, 39},
		{"one", some(func(r *Result) bool { return r.ID == all[0].ID }), 6},
		{"untrained", some(func(r *Result) bool { return r.Config.Objective == "random" }), 5},
		{"no optimum", some(func(r *Result) bool { return r.Config.Objective != "optimum" }), 8},
		{"one activation", some(func(r *Result) bool { return r.Config.Activation == "softmax" }), 8},
		{"diverged", diverged, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			names := map[string]bool{}
			for _, s := range studies(c.runs) {
				figures := []figure{{name: "log", draw: plain(byActivation(measureOf("output_correlation")))}}
				for _, q := range questions {
					figures = append(figures, q.figures...)
				}
				for _, f := range figures {
					svg, err := f.draw(s, weightsFile)
					if err != nil {
						t.Fatal(err)
					}
					if svg == nil {
						continue
					}
					names[f.file(s)] = true
					checkFigure(t, svg)
					if again, _ := f.draw(s, weightsFile); !bytes.Equal(svg, again) {
						t.Errorf("%s: drawn again, the bytes differ", f.file(s))
					}
				}
			}
			if len(names) != c.want {
				t.Errorf("%d figures, want %d: %v", len(names), c.want, names)
			}
		})
	}
}

// TestOverviewIsToScale: marks, and the bar of untrained runs, are where the ticks say.
func TestOverviewIsToScale(t *testing.T) {
	shares := map[string]float64{"infomax": 0.75, "variance": 0.25, "reconstruction": 0.5, "random": 1}
	c := Config{Data: "mnist", Epochs: 3, Batch: 128}
	runs := plainRuns(c, 1, func(c Config) float64 { return shares[c.Objective] })
	svg := studies(runs)[0].dots(measureOf("effective_rank"))
	ticks := map[string][]float64{}
	for _, n := range parse(t, svg) {
		if n.name == "text" {
			ticks[n.text] = append(ticks[n.text], n.number(t, "x"))
		}
	}
	for objective, style := range map[string]string{"infomax": "fill:#222222;", "variance": "fill:#d55e00;",
		"reconstruction": "fill:#0072b2;", "random": "stroke-width:4;stroke:#e69f00", "optimum": "fill:#cc79a7;"} {
		want := []float64(nil)
		for panel := range ticks["40"] {
			at40, at100 := ticks["40"][panel], ticks["100"][panel]
			for range 2 { // activations
				want = append(want, at40+(shares[objective]-0.4)/0.6*(at100-at40))
			}
		}
		got := marksOf(t, svg, style)
		if objective == "optimum" { // which has nothing to do with activations
			want, got = nil, append(got, [2]float64{})
		}
		if len(got) != 1+len(want) { // one is in the legend
			t.Fatalf("%d marks of %s, want 1 + %d", len(got), objective, len(want))
		}
		for i, x := range want {
			if math.Abs(got[1+i][0]-x) > 0.5 {
				t.Errorf("%s: mark %d is at %.1f, want %.1f", objective, i, got[1+i][0], x)
			}
		}
	}
}

// TestCloudsHaveEveryRunInItsPanel: one mark for each run that is shown, of K = 4 at the left, of 8
// at the right.
func TestCloudsHaveEveryRunInItsPanel(t *testing.T) {
	runs := plainRuns(Config{Data: "mnist", Epochs: 3, Batch: 128}, 3, func(c Config) float64 { return 0.5 })
	runs = slices.DeleteFunc(runs, func(r *Result) bool { return r.Config.K == 8 && r.Config.Seed > 1 })
	svg := studies(runs)[0].clouds()
	var got [2]int
	for _, at := range marksOf(t, svg, "fill:") {
		if at[1] > 80 { // not in the legend
			got[int(at[0]/(pageWidth/2))]++
		}
	}
	if want := [2]int{24, 8}; got != want { // InfoMax at one λ and three others, two activations, seeds
		t.Errorf("%v marks, want %v", got, want)
	}
}

// TestCurvesAreLevelsOfWhatIsFinite: the Hodges–Lehmann centre of 7, 1 and 2 is 3, as that of 3, 3 and 3.
func TestCurvesAreLevelsOfWhatIsFinite(t *testing.T) {
	c := Config{Data: "mnist", Objective: "infomax", K: 4, Lambda: 1, Epochs: 2, Batch: 128}
	var runs []*Result
	for i, loss := range []float64{7, 1, 2, math.NaN()} {
		for _, c.Activation = range []string{"identity", "tanh"} {
			c.Seed = uint64(i + 1)
			r := plainRun(c, 0.5)
			if r.Curve[1].Loss = Number(loss); c.Activation == "tanh" {
				r.Curve[1].Loss = 3
			}
			runs = append(runs, r)
		}
	}
	s := studies(runs)[0]
	svg := s.lossCurves()
	checkFigure(t, svg)
	var ends []float64
	for _, activation := range []string{"identity", "tanh"} {
		colour := markOf(activationNames, activation).colour
		marks := marksOf(t, svg, "fill:"+colour+";stroke")[1:] // one is in the legend
		ends = append(ends, marks[len(marks)-1][1])
	}
	if ends[0] != ends[1] {
		t.Errorf("the curves end at heights %v, want the same", ends)
	}
}

// TestWhitenessOptimumAndLambdaShowEveryStep: a mark for each power and λ, trained and untrained.
// Raw inputs have no part in the first.
func TestWhitenessOptimumAndLambdaShowEveryStep(t *testing.T) {
	c := Config{Data: "mnist", Epochs: 3, Batch: 128}
	runs := plainRuns(c, 1, func(Config) float64 { return 0.9 })
	c.Components = 16
	for _, c.Whiten = range []float64{0, 0.5, 1} {
		runs = append(runs, plainRuns(c, 1, func(c Config) float64 {
			return 0.5 + map[bool]float64{true: c.Whiten / 4, false: 0}[c.Objective == "infomax"]
		})...)
	}
	for i, s := range studies(runs) {
		for objective, want := range map[string]int{"optimum": 6, "infomax": 6, "random": 6} {
			style := "fill:" + markOf(objectives, objective).colour + ";stroke"
			if got := len(marksOf(t, s.byOptimum(), style)) - 1; got != want {
				t.Errorf("%s: %d marks of %s, want 3 λ × 2 K", s.name(), got, objective)
			}
		}
		lambda := marksOf(t, s.byLambda(), "fill:#222222;stroke")[1:]
		if len(lambda) != 6 || !(lambda[0][0] < lambda[1][0] && lambda[1][0] < lambda[2][0]) {
			t.Errorf("%s: marks by λ at %v, want 3 λ × 2 K", s.name(), lambda)
		}
		svg := s.byWhiteness()
		if i == 0 {
			if svg != nil {
				t.Error("raw inputs have a figure of whiteness")
			}
			continue
		}
		trained, not := marksOf(t, svg, "fill:#222222;stroke")[1:], marksOf(t, svg, "fill:#ffffff;stroke:#222222")[1:]
		if len(trained) != 12 || len(not) != 12 {
			t.Fatalf("%s: %d and %d marks, want 3 powers × 2 K × 2 measures", s.name(), len(trained), len(not))
		}
		if rise, still := trained[0][1]-trained[2][1], not[0][1]-not[2][1]; !(rise > 100) || still != 0 {
			t.Errorf("from P = 0 to 1 trained weights rise by %.0f units of the page, others by %.0f", rise, still)
		}
	}
}

// TestWeightsAreDrawnOverTheDatasOwnInputs: where the run's inputs are components, W is there in
// the data's own, too.
func TestWeightsAreDrawnOverTheDatasOwnInputs(t *testing.T) {
	c := Config{Data: "own-12345678", Objective: "infomax", Activation: "relu", K: 2, Lambda: 1, Seed: 1, Epochs: 1}
	r := plainRun(c, 0.5)
	r.Shape = []int{2, 3}
	svg, err := studies([]*Result{r})[0].networks(func(string) ([]byte, error) {
		var b bytes.Buffer
		inputs := npyArray{"inputs", []int{2, 6}, slices.Repeat([]float64{7}, 12)}
		err := writeNPZ(&b, []npyArray{{"W", []int{2, 1}, []float64{1, 2}}, inputs})
		return b.Bytes(), err
	})
	text := string(svg)
	if err != nil || !strings.Contains(text, "inputs are in 2 lines of 3.") || !strings.Contains(text, "±7.00") {
		t.Errorf("%v, or not W in the data's own inputs, 2 × 3:\n%s", err, text)
	}
}
