package main

import (
	"fmt"
	"math"
	"slices"
)

// The figures of a study: what each one shows, gathered for the plots.

// drawing is an SVG file. Its name has no study and no ending; File has both.
type drawing struct {
	name string
	svg  []byte
	File string
}

// treated lists the activations that have runs of the treatment at K.
func (s *study) treated(K int) (activations []string) {
	for _, activation := range s.activations {
		if s.runs[place{treatment, activation, K}] != nil {
			activations = append(activations, activation)
		}
	}
	return activations
}

// groupFigure shows m by activation under the treatment; false where nothing has a value.
func (s *study) groupFigure(m measure) (drawing, bool) {
	var panels []groupPanel
	some := false
	for _, K := range s.ks {
		panel := groupPanel{Title: atK(K)}
		for _, activation := range s.treated(K) {
			g := s.group(m, place{treatment, activation, K})
			some = some || len(present(g.Trained)) > 0
			panel.Groups = append(panel.Groups, g)
		}
		if len(panel.Groups) > 0 {
			panels = append(panels, panel)
		}
	}
	if !some {
		return drawing{}, false
	}
	return drawing{name: m.figureName(), svg: groupPlot(m.axis(), panels)}, true
}

func (s *study) group(m measure, p place) group {
	g := group{Activation: p.activation}
	values := s.values(p, m)
	for i, r := range s.runs[p] {
		if r != nil {
			g.Seeds = append(g.Seeds, s.seeds[i])
			g.Initial = append(g.Initial, m.metric.of(r.Init))
			g.Trained = append(g.Trained, values[i])
		}
	}
	g.Mean = estimateOf(s.centre(p, m))
	for _, baseline := range primaryBaselines {
		reference := interquartileMean(present(s.values(place{baseline, p.activation, p.K}, m)))
		if finite(reference) {
			g.Levels = append(g.Levels, level{baseline.objective, reference})
		}
	}
	switch {
	case p.activation != "softmax":
	case m.field == "output_correlation" && p.K > 1:
		g.Levels = append(g.Levels, level{"softmax's floor, K/(K − 1)", float64(p.K) / float64(p.K-1)})
	case m.isTC():
		g.Note = "infinite, since the outputs sum to one; shown without the last unit"
	}
	return g
}

func estimateOf(e intervalEstimate) estimate { return estimate{e.Value, e.Low, e.High} }

// curvesFigure shows the loss by epoch: median and range over the seeds.
func (s *study) curvesFigure() (drawing, bool) {
	loss := quantity{Title: "Loss", Better: -1}
	var charts []chart
	for _, K := range s.ks {
		ch := chart{Title: atK(K), Y: loss}
		for _, activation := range s.treated(K) {
			ch.Series = append(ch.Series, series{activation, s.curve(place{treatment, activation, K})})
		}
		if len(ch.Series) > 0 {
			charts = append(charts, ch)
		}
	}
	if len(charts) == 0 {
		return drawing{}, false
	}
	return drawing{name: "training-curves", svg: chartPlot(quantity{Title: "Epoch", Whole: true}, charts, bands)}, true
}

// curve is the median loss of each epoch, between the smallest and the largest of the runs that
// did not diverge.
func (s *study) curve(p place) (points []point) {
	for epoch := range s.Epochs {
		var losses []float64
		for _, r := range s.runs[p] {
			if r != nil && r.Status == "ok" && epoch < len(r.Curve) {
				losses = append(losses, float64(r.Curve[epoch].Loss))
			}
		}
		e := estimate{math.NaN(), math.NaN(), math.NaN()}
		if len(losses) > 0 {
			e = estimate{median(losses), slices.Min(losses), slices.Max(losses)}
		}
		points = append(points, point{X: float64(epoch + 1), estimate: e})
	}
	return points
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	last := len(sorted) - 1
	return (sorted[last/2] + sorted[last-last/2]) / 2
}

// lambdaFigure shows a primary measure against λ; false with fewer than two λ.
func (s *study) lambdaFigure(m measure) (drawing, bool) {
	if len(s.lambdas()) < 2 {
		return drawing{}, false
	}
	var charts []chart
	for _, K := range s.ks {
		ch := chart{Title: atK(K), Y: m.axis()}
		for _, activation := range s.activations {
			line := series{Name: activation}
			for _, c := range s.lambdas() {
				if e := s.centre(place{c, activation, K}, m); finite(e.Value) {
					line.Points = append(line.Points, point{X: c.lambda, estimate: estimateOf(e)})
				}
			}
			ch.Series = append(ch.Series, line)
		}
		charts = append(charts, ch)
	}
	across := quantity{Title: "λ, weight of the independence term", Log: s.lambdas()[0].lambda > 0}
	return drawing{name: m.figureName() + "-by-lambda", svg: chartPlot(across, charts, whiskers)}, true
}

// lambdas are the conditions of infomax, by ascending λ.
func (s *study) lambdas() (all []condition) {
	for _, c := range s.conditions {
		if c.objective == "infomax" {
			all = append(all, c)
		}
	}
	return all
}

// forestFigure shows the shifts of a primary measure: a row for each baseline, a column for each K.
func (a *analysis) forestFigure(m measure) drawing {
	var panels []forestPanel
	for _, baseline := range baselines {
		if len(a.answersFor(baseline)) == 0 {
			continue
		}
		for _, K := range a.ks {
			panel := forestPanel{Title: fmt.Sprintf("against %s, K = %d", baseline, K)}
			for _, activation := range a.activations {
				row := shift{Activation: activation, estimate: estimateOf(unsupported()), P: math.NaN()}
				if c := a.find(m, place{treatment, activation, K}, place{baseline, activation, K}); c != nil {
					row.estimate, row.P = estimateOf(c.shift), c.adjusted
				}
				panel.Shifts = append(panel.Shifts, row)
			}
			panels = append(panels, panel)
		}
	}
	return drawing{name: m.figureName() + "-shifts", svg: forestPlot(m.axis(), panels, min(len(a.ks), 3))}
}

// tradeoffFigure shows effective rank against output correlation, a point for each run.
func (s *study) tradeoffFigure() drawing {
	rank, correlation := measureOf("effective_rank"), measureOf("output_correlation")
	var charts []chart
	for _, K := range s.ks {
		ch := chart{Title: atK(K), Y: rank.axis()}
		for _, activation := range s.treated(K) {
			p := place{treatment, activation, K}
			points := series{Name: activation}
			xs := s.values(p, correlation)
			for i, y := range s.values(p, rank) {
				if finite(xs[i]) && finite(y) {
					told := fmt.Sprintf("%s, seed %d: effective rank %s, output correlation %s", activation, s.seeds[i], short(y), short(xs[i]))
					points.Points = append(points.Points, point{xs[i], estimate{y, math.NaN(), math.NaN()}, told})
				}
			}
			ch.Series = append(ch.Series, points)
		}
		if len(ch.Series) > 0 {
			charts = append(charts, ch)
		}
	}
	return drawing{name: "trade-off", svg: chartPlot(correlation.axis(), charts, scatter)}
}
