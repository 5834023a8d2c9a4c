package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// The figures that the tests look at.

// Made-up values, by a running number. No product meets a sum here, so they are the same
// everywhere; as are then the figures.
var madeUp = []struct {
	name  string
	value func(i int) float64
}{
	{"varied", func(i int) float64 { return float64(i*37%101+2) / 4 }},
	{"some negative", func(i int) float64 { return float64(i*37%101) - 40 }},
	{"all equal", func(int) float64 { return 15.5 }},
	{"all zero", func(int) float64 { return 0 }},
	{"tiny", func(i int) float64 { return float64(i*37%101+1) / 1e9 }},
	{"huge", func(i int) float64 { return float64(i*37%101+1) * 1e12 }},
	{"some missing", func(i int) float64 {
		if i%3 == 0 {
			return math.NaN()
		}
		return float64(i*37%101) / 4
	}},
	{"one infinite", func(i int) float64 {
		if i == 5 {
			return math.Inf(1)
		}
		return float64(i * 37 % 101)
	}},
	{"all missing", func(int) float64 { return math.NaN() }},
}

func sampleEstimate(v float64) estimate { return estimate{v, v - 0.5, v + 0.5} }

func sampleGroups(panels, seeds int, value func(i int) float64) (all []groupPanel) {
	for k := range panels {
		p := groupPanel{Title: fmt.Sprintf("K = %d", 16<<k), Most: float64(k%2) * 64}
		for a, name := range activationNames {
			g := group{Activation: name, Mean: sampleEstimate(value(a))}
			for s := range seeds {
				g.Seeds = append(g.Seeds, uint64(s+1))
				g.Initial = append(g.Initial, value(10*a+s))
				g.Trained = append(g.Trained, value(10*a+s+k))
			}
			g.Levels = []level{{"random", value(a + 1)}, {"autoencoder", value(a + 2)}}
			if name == "softmax" {
				g.Levels = append(g.Levels, level{"floor of softmax, K/(K − 1)", value(3)})
				g.Note = "infinite; shown without the last unit"
			}
			p.Groups = append(p.Groups, g)
		}
		all = append(all, p)
	}
	return all
}

func sampleConditions(panels int, value func(i int) float64) (all []groupPanel) {
	for _, p := range sampleGroups(panels, 0, value) {
		p.Most = 0
		for i := range p.Groups {
			g := &p.Groups[i]
			g.Mean, g.Note = estimate{math.NaN(), math.NaN(), math.NaN()}, ""
			for j := range 4 {
				g.Marks = append(g.Marks, conditionMark{emblem{fmt.Sprintf("condition %d", j), j}, sampleEstimate(value(i + 7*j))})
			}
		}
		all = append(all, p)
	}
	return all
}

func sampleScatter(panels int, value func(i int) float64) (all []scatterPanel) {
	for k := range panels {
		p := scatterPanel{Title: fmt.Sprintf("100 labels a class, K = %d", 16<<k)}
		for a, name := range activationNames {
			for j := range 6 {
				c := cloud{Activation: name, emblem: emblem{fmt.Sprintf("infomax, λ = %d", j), j}}
				for i := range 3 {
					c.Points = append(c.Points, [2]float64{value(a + i), value(i + 7*j)})
				}
				p.Clouds = append(p.Clouds, c)
			}
		}
		all = append(all, p)
	}
	return all
}

func sampleCharts(panels, points int, q quantity, value func(i int) float64) (all []chart) {
	for k := range panels {
		ch := chart{Title: fmt.Sprintf("K = %d", 16<<k), Y: q}
		for a, name := range activationNames {
			s := series{Name: name}
			for i := range points {
				s.Points = append(s.Points, point{X: float64(i + 1), estimate: sampleEstimate(value(10*a + i))})
			}
			ch.Series = append(ch.Series, s)
		}
		all = append(all, ch)
	}
	return all
}

func sampleForest(panels int, value func(i int) float64) (all []forestPanel) {
	for k := range panels {
		p := forestPanel{Title: fmt.Sprintf("against reconstruction, K = %d", 16<<(k%3))}
		for a, name := range activationNames {
			p.Shifts = append(p.Shifts, shift{name, sampleEstimate(value(a + k)), float64(a) / 50})
		}
		all = append(all, p)
	}
	return all
}

func sampleSlopes(panels, seeds int, value func(i int) float64) (all []slopes) {
	for a, name := range activationNames[:panels] {
		p := slopes{Activation: name, Means: [2]estimate{sampleEstimate(value(a)), sampleEstimate(value(a + 1))},
			Levels: []level{{"random → infomax", value(a + 2)}, {"reconstruction", value(a + 3)}}}
		for s := range seeds {
			p.Seeds, p.From, p.To = append(p.Seeds, uint64(s+1)), append(p.From, value(10*a+s)), append(p.To, value(10*a+s+1))
		}
		all = append(all, p)
	}
	return all
}

// sampleWidths are the charts of sampleCharts with K for x, and conditions of one activation for series.
func sampleWidths(panels, points int, q quantity, value func(i int) float64) []chart {
	all := sampleCharts(panels, points, q, value)
	for i, ch := range all {
		for j := range ch.Series {
			s := &all[i].Series[j]
			s.emblem, s.Name = emblem{"condition " + s.Name, j}, ch.Series[0].Name
			for n := range s.Points {
				s.Points[n].X = float64(int(16) << n)
			}
		}
	}
	return all
}

func samplePlanes(planes, units, epochs int, value func(i int) float64) (all []plane) {
	for k := range planes {
		p := plane{Title: activationNames[k] + ", K = 16", Activation: activationNames[k]}
		for i := range 100 {
			p.Points = append(p.Points, [2]float64{float64(i%10) - 4.5, float64(i/10) - 4.5})
		}
		for t := range epochs + 1 {
			var at [][3]float64
			for u := range units {
				at = append(at, [3]float64{value(u + 3*t), value(u + 40), value(u + 70)})
			}
			p.Path = append(p.Path, at)
		}
		p.Units = p.Path[epochs]
		if epochs == 0 {
			p.Path = nil
		}
		all = append(all, p)
	}
	return all
}

func sampleWeights(units int, value func(i int) float64) Mat {
	W := newMat(units, 784)
	for i := range W.Data {
		W.Data[i] = value(i) - value(i/784)
	}
	return W
}

// figure is a sample of a kind of figure.
type figure struct {
	name string
	draw func() []byte
	tips int // at least
}

// sampleFigures draws every kind of figure from every kind of values, and from none.
func sampleFigures() (all []figure) {
	up := quantity{Title: "Effective rank", Better: 1}
	down := quantity{Title: "Total correlation", Unit: "nats", Better: -1, Log: true}
	const note = "mnist, 100 epochs; infomax, λ = 1; seeds 1–10."
	count := quantity{Title: "Dead units", Whole: true}
	for _, v := range madeUp {
		add := func(kind string, tips int, draw func() []byte) {
			if v.name == "all missing" {
				tips = 0
			}
			all = append(all, figure{kind + ", " + v.name, draw, tips})
		}
		add("groups", 60, func() []byte { return groupPlot(up, sampleGroups(3, 10, v.value), note) })
		add("groups, log", 6, func() []byte { return groupPlot(down, sampleGroups(3, 10, v.value), note) })
		add("groups, one panel", 6, func() []byte { return groupPlot(count, sampleGroups(1, 3, v.value), note) })
		add("conditions", 72, func() []byte { return groupPlot(up, sampleConditions(3, v.value), note) })
		add("conditions, one panel", 24, func() []byte { return groupPlot(down, sampleConditions(1, v.value), note) })
		add("scatter", 30, func() []byte { return scatterPlot(up, count, sampleScatter(6, v.value), 3, note) })
		add("scatter, one panel", 0, func() []byte { return scatterPlot(down, up, sampleScatter(1, v.value), 1, note) })
		add("curves", 18, func() []byte {
			return chartPlot(quantity{Title: "Epoch"}, sampleCharts(3, 100, up, v.value), bands, note)
		})
		add("sweep", 18, func() []byte {
			return chartPlot(quantity{Title: "λ", Log: true}, sampleCharts(2, 3, up, v.value), whiskers, note)
		})
		add("trade-off", 6, func() []byte { return chartPlot(down, sampleCharts(3, 10, up, v.value), scatter, note) })
		add("one point", 6, func() []byte { return chartPlot(up, sampleCharts(1, 1, down, v.value), bands, note) })
		add("training", 1, func() []byte {
			c := []float64{v.value(0), v.value(1), v.value(2), v.value(3)}
			return trainingPlot("relu", c, c, c, note)
		})
		add("forest", 18, func() []byte { return forestPlot(up, sampleForest(9, v.value), 3, note) })
		add("forest, one panel", 3, func() []byte { return forestPlot(down, sampleForest(1, v.value), 1, note) })
		add("slopes", 6, func() []byte {
			return slopePlot(down, [2]string{"one layer", "two layers"}, sampleSlopes(6, 10, v.value), note)
		})
		add("conditions over K", 18, func() []byte {
			return chartPlot(quantity{Title: "K", Log: true, Whole: true}, sampleWidths(3, 5, up, v.value), whiskers, note)
		})
		add("plane", 10, func() []byte { return planePicture(samplePlanes(1, 32, 0, v.value), note) })
		add("planes that move", 10, func() []byte { return planePicture(samplePlanes(6, 16, 20, v.value), note) })
		add("filters", 32, func() []byte { return filterPicture([]strip{{W: sampleWeights(32, v.value)}}, note) })
		add("filters, strips", 32, func() []byte {
			W := sampleWeights(16, v.value)
			return filterPicture([]strip{{"relu", W}, {"leaky_relu", W}}, note)
		})
	}
	none := madeUp[0].value
	add := func(kind string, draw func() []byte) {
		all = append(all, figure{"nothing: " + kind, draw, 0})
	}
	add("groups", func() []byte { return groupPlot(up, nil, note) })
	add("seeds", func() []byte { return groupPlot(up, sampleGroups(3, 0, none), note) })
	add("scatter", func() []byte { return scatterPlot(up, down, nil, 0, note) })
	add("clouds", func() []byte { return scatterPlot(up, down, make([]scatterPanel, 2), 2, note) })
	add("charts", func() []byte { return chartPlot(up, nil, bands, note) })
	add("points", func() []byte { return chartPlot(down, sampleCharts(3, 0, up, none), bands, note) })
	add("training", func() []byte { return trainingPlot("relu", nil, nil, nil, "") })
	add("forest", func() []byte { return forestPlot(up, nil, 0, note) })
	add("shifts", func() []byte { return forestPlot(up, make([]forestPanel, 3), 3, note) })
	add("slopes", func() []byte { return slopePlot(up, [2]string{"one", "two"}, nil, note) })
	add("planes", func() []byte { return planePicture(nil, note) })
	add("units", func() []byte { return planePicture(make([]plane, 4), note) })
	add("filters", func() []byte { return filterPicture(nil, note) })
	add("images", func() []byte { return filterPicture([]strip{{W: newMat(0, 784)}}, note) })
	return all
}

// TestFiguresSayWhoseRunsTheyAre: of every figure the data, epochs, objective and seeds, and of the references
// whose they are.
func TestFiguresSayWhoseRunsTheyAre(t *testing.T) {
	files := reportOn(t, madeUpRuns(madeUpGrid(t, "mnist", []string{"relu", "tanh"}, []uint64{4}, []float64{0.1, 1}, 6, 100), effect{rank: 1, correlation: 0.1}))
	for name, want := range map[string]string{
		"dead-units":               "mnist, 100 epochs; infomax, λ = 1; seeds 1–6.",
		"training-curves":          "mnist, 100 epochs; infomax, λ = 1; seeds 1–6.",
		"effective-rank-by-lambda": "mnist, 100 epochs; infomax; seeds 1–6.",
		"effective-rank-shifts":    "mnist, 100 epochs; infomax, λ = 1, and the baselines; seeds 1–6.",
		"weight-vectors":           "mnist, 100 epochs; infomax, λ = 1, K = 4, seed 1.",
		"effective-rank":           ">random runs, interquartile mean<",
	} {
		if !strings.Contains(files["mnist-"+name+".svg"], want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	if got := shownRun(Config{Data: "uniform", Objective: "random", Activation: "relu", K: 2, Seed: 3}, "relu"); got != "uniform, untrained; random, relu, K = 2, seed 3." {
		t.Error(got)
	}
}

func TestSettingsHaveNamesOfTheirOwn(t *testing.T) {
	untrained := setting{Data: "mnist", TCRows: 2000}
	other := untrained
	other.TCRows = 500
	if untrained.name() != "mnist, untrained" || other.name() != "mnist, untrained, 500 TC rows" {
		t.Errorf("%q and %q", untrained.name(), other.name())
	}
}

func TestACurveIsAsLongAsItsRuns(t *testing.T) {
	p := place{treatment, "relu", 2}
	s := &study{setting: setting{Epochs: 2e9}, runs: map[place][]*Result{p: {{Status: "diverged", Curve: make([]Epoch, 1)}, nil}}}
	if points := s.curve(p); len(points) != 2 {
		t.Errorf("%d points of one epoch, want them and where it ends", len(points))
	}
}

// TestABadRunIsNoHoleInACount: an infinite mean is one that anything is better than.
func TestABadRunIsNoHoleInACount(t *testing.T) {
	m := primaries[0]
	s := &study{setting: setting{Epochs: 1}, activations: []string{"relu"}, ks: []int{2}, runs: map[place][]*Result{}, centres: map[centreKey]intervalEstimate{}}
	for c, status := range map[condition]string{treatment: "diverged", untrained: "ok"} {
		for range 4 {
			s.runs[place{c, "relu", 2}] = append(s.runs[place{c, "relu", 2}], &Result{Status: status, Config: Config{K: 2}, Final: Metrics{EffectiveRank: 2}})
		}
	}
	at := []place{{treatment, "relu", 2}}
	if better, places := s.better(at, treatment, untrained, m); better != 0 || places != 1 {
		t.Errorf("treatment: %d of %d", better, places)
	}
	if better, places := s.better(at, untrained, treatment, m); better != 1 || places != 1 {
		t.Errorf("baseline: %d of %d", better, places)
	}
}
