package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The figures: what each one shows, gathered for the plots from the run table.

// The kinds of figures, by the ends of their files' names. What each shows is said in captions.
const (
	overview      = "effective-rank"
	byActivation  = ""
	byEpoch       = "training-curves"
	byLambda      = "by-lambda"
	byK           = "by-k"
	byWhiteness   = "whiteness"
	byOptimum     = "optimum"
	prediction    = "downstream"
	weightVectors = "weight-vectors"
)

// figure is of a measure, unless its kind has its own.
type figure struct{ kind, field string }

func (f figure) file(s *study) string { return slugOf(s.name()+" "+f.field+" "+f.kind) + ".svg" }

// draw returns nothing where there is nothing to show.
func (f figure) draw(s *study, weights func(id string) ([]byte, error)) ([]byte, error) {
	switch f.kind {
	case overview:
		return s.dots(shareOfMost, 100), nil
	case byEpoch:
		return s.trainingCurves(s.subject(), "Loss"), nil
	case byLambda:
		return s.byLambda(measureOf(f.field)), nil
	case byK:
		return s.byK(measureOf(f.field)), nil
	case byWhiteness:
		return s.byWhiteness(), nil
	case byOptimum:
		return s.byOptimum(), nil
	case prediction:
		return s.clouds(measureOf(f.field), measureOf("probe_accuracy_1000")), nil
	case weightVectors:
		return s.networks(weights)
	}
	return s.dots(measureOf(f.field), 0), nil
}

// Two measures that only figures have.
var (
	shareOfMost = measure{metric{
		field: "effective_rank", title: "Effective rank of the weights, % of the most possible", better: +1,
	}, func(r *Result) float64 {
		return 100 * float64(r.Final.EffectiveRank) / float64(min(r.Config.K, r.Inputs))
	}}
	redundancyNorm = measure{metric{
		field: "weight_redundancy", title: "‖ŴŴᵀ − I‖, the root of the weight redundancy", better: -1,
	}, func(r *Result) float64 { return math.Sqrt(float64(r.Final.WeightRedundancy)) }}
)

func (m measure) axis() quantity {
	return quantity{title: m.title, better: m.better, log: strings.Contains(m.field, "_correlation")}
}

// note says in a figure whose runs it is of.
func (s *study) note(more string) string {
	return fmt.Sprintf("%s; seeds %s. %s", s.name(), ranges(s.seeds), more)
}

const levelNote = "A mark is the Hodges–Lehmann centre of the seeds, a bar its exact 95 % interval."

var objectiveMarks = map[string]mark{
	"infomax":        {colour: ink, dash: "none", shape: square},
	"variance":       {colour: "#d55e00", dash: "8 3", shape: diamond},
	"reconstruction": {colour: "#0072b2", dash: "10 3 2 3", shape: triangle},
	"tied":           {colour: "#56b4e9", dash: "4 2", shape: pointed},
	"random":         {colour: "#e69f00", dash: "2 2", shape: upright},
	"pca":            {colour: "#009e73", dash: "10 2 2 2 2 2", shape: cross},
	"optimum":        {colour: "#cc79a7", dash: "6 2"},
}

// mark is the look of c in figures of s. InfoMax is the darker the larger its λ; stacks take the
// activations' marks in turn.
func (s *study) mark(c condition) mark {
	m, lambdas := objectiveMarks[c.objective], s.lambdas()
	if i := slices.Index(lambdas, c); i >= 0 {
		light := 255 * (len(lambdas) - 1 - i) / max(1, len(lambdas)-1)
		m.fill = "#" + strings.Repeat(fmt.Sprintf("%02x", light), 3)
	}
	if c.below != (layer{}) {
		m = marks[slices.Index(s.conditions, c)%len(marks)]
	}
	m.name = c.String()
	return m
}

// shown are the conditions of figures without room for every λ and for references.
func (s *study) shown() []condition {
	return slices.DeleteFunc(slices.Clone(s.conditions), func(c condition) bool {
		return slices.Contains([]string{"pca", "optimum"}, c.objective) ||
			c.objective == "infomax" && c.below == layer{} && c.lambda != s.lambda
	})
}

// dots shows m of every condition by activation, in a panel for each K, on an axis from 0 to most,
// or to what there is if that is 0.
func (s *study) dots(m measure, most float64) []byte {
	q, level := m.axis(), ""
	q.most = most
	conditions := s.conditions
	if len(s.lambdas()) > 5 {
		conditions = s.shown()
	}
	var panels []dotPanel
	for _, K := range s.ks {
		panel, some := dotPanel{title: atK(K)}, false
		for _, activation := range s.activations {
			row := dotRow{activation, math.NaN(), nil}
			for _, c := range conditions {
				p := group{c, activation, K}
				runs := slices.DeleteFunc(s.values(p, m), math.IsNaN)
				if len(runs) == 0 || c.objective == "optimum" || c.objective == "pca" && !m.isProbe() {
					continue
				}
				some = some || slices.ContainsFunc(runs, func(v float64) bool { return v != 0 })
				if e := s.level(p, m); c == untrained {
					row.level, level = e.Value, c.String()
				} else {
					row.spots = append(row.spots, spot{s.mark(c), e, runs})
				}
			}
			panel.rows = append(panel.rows, row)
		}
		if some {
			panels = append(panels, panel)
		}
	}
	if panels == nil {
		return nil
	}
	return dotPlot(q, panels, level, s.note(levelNote+" Small dots are runs."))
}

// trainingCurves has a panel for each title, of the loss and its two terms: the median of c's seeds
// at one K, and their range.
func (s *study) trainingCurves(c condition, titles ...string) []byte {
	var charts []chart
	K := s.ks[len(s.ks)/2]
	for term, title := range titles {
		var all []series
		for _, p := range s.grid(c, K) {
			all = append(all, series{markOf(p.activation), s.curve(p, term)})
		}
		charts = addChart(charts, title, quantity{}, all, 1)
	}
	title := "Loss by epoch, " + atK(K) + only(len(s.seeds) > 1, ": median and range of the seeds")
	return linePlot(title, quantity{title: "epoch"}, charts, 3, bands, s.note(c.String()+"."))
}

// curve is the median of the loss, or of a term of it, in each epoch, between the smallest and the
// largest.
func (s *study) curve(p group, term int) (points []point) {
	for epoch := range s.Epochs {
		var values []float64
		for _, r := range s.runs[p] {
			if epoch < len(r.Curve) {
				e := r.Curve[epoch]
				if v := float64([]Number{e.Loss, e.Entropy, e.TC}[term]); finite(v) {
					values = append(values, v)
				}
			}
		}
		if len(values) > 0 {
			e := estimate{median(values), slices.Min(values), slices.Max(values)}
			points = append(points, point{float64(epoch + 1), e})
		}
	}
	return points
}

var lambdaAxis = quantity{title: "λ", log: true, setting: true}

// byLambda has a panel for each K and a line for each activation.
func (s *study) byLambda(m measure) []byte {
	var charts []chart
	for _, K := range s.ks {
		var all []series
		for _, activation := range s.activations {
			its := series{mark: markOf(activation)}
			for _, c := range s.lambdas() {
				its.add(c.lambda, s.level(group{c, activation, K}, m))
			}
			all = append(all, its)
		}
		charts = addChart(charts, atK(K), m.axis(), all, 2)
	}
	return linePlot(m.axis().label(), lambdaAxis, charts, 3, joined, s.note(levelNote))
}

// byOptimum has a panel for each K: how redundant the weights are that the loss prefers, those of
// runs, and untrained ones.
func (s *study) byOptimum() []byte {
	var charts []chart
	m := redundancyNorm
	for _, K := range s.ks {
		look := objectiveMarks
		all := []series{{mark: look["optimum"]}, {mark: look["infomax"]}, {mark: look["random"]}}
		all[0].name, all[1].name, all[2].name = "optimum of the loss", "after training", untrained.String()
		for _, c := range s.conditions {
			if c.objective == "optimum" {
				for i, of := range []condition{c, {objective: "infomax", lambda: c.lambda}, untrained} {
					all[i].add(c.lambda, s.level(group{of, "identity", K}, m))
				}
			}
		}
		charts = addChart(charts, atK(K), m.axis(), all, 2)
	}
	return linePlot(m.axis().label(), lambdaAxis, charts, 3, joined, s.note("identity. "+levelNote))
}

// byK has a panel for each activation and a line for each condition.
func (s *study) byK(m measure) []byte {
	var charts []chart
	for _, activation := range s.activations {
		var all []series
		for _, c := range s.shown() {
			its := series{mark: s.mark(c)}
			for _, K := range s.ks {
				its.add(float64(K), s.level(group{c, activation, K}, m))
			}
			all = append(all, its)
		}
		charts = addChart(charts, activation, m.axis(), all, 2)
	}
	x := quantity{title: "K", log: true, setting: true}
	return linePlot(m.axis().label(), x, charts, 3, joined, s.note(levelNote))
}

// byWhiteness shows the studies that differ from s in nothing but how white the inputs are: a row
// of panels for each measure, a panel for each K, and a line for each activation, trained and not.
func (s *study) byWhiteness() []byte {
	var charts []chart
	for i, m := range []measure{shareOfMost, measureOf("probe_accuracy")} {
		for _, K := range s.ks {
			var all []series
			for _, activation := range s.activations {
				trained := series{mark: markOf(activation)}
				trained.dash = "none"
				before := trained
				before.name += ", " + untrained.String()
				before.dash, before.fill = "2 3", "#ffffff"
				for _, other := range s.all { // by ascending power
					same := other.setting
					if same.Whiten = s.Whiten; same == s.setting && s.Components > 0 {
						trained.add(other.Whiten, other.level(group{s.subject(), activation, K}, m))
						before.add(other.Whiten, other.level(group{untrained, activation, K}, m))
					}
				}
				all = append(all, trained, before)
			}
			title := []string{"Effective rank, %, ", "Accuracy of the probe, "}[i] + atK(K)
			charts = addChart(charts, title, m.axis(), all, 2)
		}
	}
	x := quantity{title: "P: each component is divided by its standard deviation to the power P", setting: true}
	note := fmt.Sprintf("%s, %d components; seeds %s. %s", s.Data, s.Components, ranges(s.seeds), levelNote)
	return linePlot("Whitened inputs", x, charts, len(charts)/2, joined, note)
}

// clouds shows y over x, a point for each run: the colour is its activation, the shape its
// condition.
func (s *study) clouds(x, y measure) []byte {
	var legend []series // which has no points
	for _, activation := range s.activations {
		legend = append(legend, series{mark: mark{name: activation, colour: markOf(activation).colour}})
	}
	for _, c := range s.shown() {
		legend = append(legend, series{mark: mark{name: c.String(), colour: grey, shape: s.mark(c).shape}})
	}
	var charts []chart
	for _, K := range s.ks {
		ch := chart{atK(K), y.axis(), slices.Clip(legend)}
		for _, c := range s.shown() {
			for _, p := range s.grid(c, K) {
				its := series{mark: mark{colour: markOf(p.activation).colour, shape: s.mark(c).shape}}
				ys := s.values(p, y)
				for i, v := range s.values(p, x) {
					its.points = append(its.points, point{v, estimate{ys[i], math.NaN(), math.NaN()}})
				}
				ch.series = append(ch.series, its)
			}
		}
		charts = append(charts, ch)
	}
	return linePlot(y.axis().label(), x.axis(), charts, 3, clouds, s.note("A mark for each run."))
}

// networks are the weights of one network of each activation, of the smallest K and seed.
func (s *study) networks(weights func(id string) ([]byte, error)) ([]byte, error) {
	var all []network
	for _, p := range s.grid(s.subject(), s.ks[0]) {
		if r := s.runs[p][s.seeds[0]]; r != nil {
			b, err := weights(r.ID)
			if err != nil {
				return nil, err
			}
			arrays, err := readNPZ(b, "W", "inputs", "trajectory")
			if err != nil {
				return nil, fmt.Errorf("reading the weights of %s: %w", r.ID, err)
			}
			all = append(all, network{r, arrays})
		}
	}
	made := map[string]func() *Dataset{"clusters": clusters, "uniform": uniform}[s.Data]
	if made == nil || s.Components > 0 || s.stacked() {
		return weightPicture(all, nil), nil
	}
	return weightPicture(all, made()), nil
}

// network is a run and the arrays of its weights.npz.
type network struct {
	*Result
	arrays map[string]npyArray
}

// shownWeights is the most that are drawn as images: the first units of each network.
const shownWeights = 512 * 784

// weightPicture draws networks over their data, if these are in the plane, else as images of the
// data's own inputs.
func weightPicture(all []network, data *Dataset) []byte {
	var strips []strip
	var planes []plane
	for _, n := range all {
		K, W := n.Config.K, n.arrays["W"].Data
		if inputs := n.arrays["inputs"].Data; inputs != nil {
			W = inputs
		}
		D := len(W) / K
		units := min(K, max(1, shownWeights/len(all)/D))
		strips = append(strips, strip{n.Config.Activation, Mat{units, D, W[:units*D]}})
		planes = append(planes, plane{n.Config.Activation, K, n.arrays["trajectory"].Data})
	}
	if len(all) == 0 {
		return nil
	}
	c := all[0].Config
	note := fmt.Sprintf("%s, %s; %s, %s, seed %d.",
		c.Data, plural(c.Epochs, "epoch"), conditionOf(c), atK(c.K), c.Seed)
	if data == nil {
		return filterPicture(strips, all[0].Shape, note)
	}
	return planePicture(planes, data.Test, note)
}
