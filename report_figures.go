package main

import (
	"fmt"
	"math"
)

// The figures of a study: what each one shows, gathered for the plots.

// drawing is an SVG file. Its name has no study and no ending; File has both.
type drawing struct {
	name string
	svg  []byte
	File string
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

// The weight vectors of one network per activation, read from the run folders.

// shownUnits are the most of a network that are shown.
const shownUnits = 64

// network is a run whose weights are shown.
type network struct {
	run        *Result
	W          Mat            // (units × D), trained
	path       [][][3]float64 // for data in the plane: w₁, w₂, b of every unit, epoch by epoch
	similarity float64        // the largest |cos| between the weight vectors of two units
}

// shownNetworks reads the treatment's runs of the smallest K and of the seed that most
// activations have.
func (s *study) shownNetworks(weights func(id string) ([]byte, error)) (shown []network, err error) {
	for _, K := range s.ks {
		seed, most := 0, 0
		for i := range s.seeds {
			n := 0
			for _, activation := range s.treated(K) {
				if s.runs[place{treatment, activation, K}][i] != nil {
					n++
				}
			}
			if n > most {
				seed, most = i, n
			}
		}
		for _, activation := range s.treated(K) {
			r := s.runs[place{treatment, activation, K}][seed]
			if r == nil {
				continue
			}
			next, err := readNetwork(r, weights)
			if err != nil {
				return nil, err
			}
			shown = append(shown, next)
		}
		if len(shown) > 0 {
			break
		}
	}
	return shown, nil
}

func readNetwork(r *Result, weights func(id string) ([]byte, error)) (network, error) {
	n := network{run: r}
	b, err := weights(r.ID)
	if err != nil {
		return n, err
	}
	arrays, err := readNPZ(b)
	if err != nil {
		return n, fmt.Errorf("reading the weights of %s: %w", r.ID, err)
	}
	for _, a := range arrays {
		switch {
		case a.Name == "W" && len(a.Shape) == 2:
			n.W = Mat{a.Shape[0], a.Shape[1], a.Data}.head(min(a.Shape[0], shownUnits))
		case a.Name == "trajectory" && len(a.Shape) == 3:
			n.path = pathOf(a)
		}
	}
	n.similarity = similarity(n.W)
	return n, nil
}

// pathOf divides a trajectory (T×K×3) by steps.
func pathOf(a npyArray) (path [][][3]float64) {
	K := a.Shape[1]
	for t := range a.Shape[0] {
		units := make([][3]float64, min(K, shownUnits))
		for k := range units {
			units[k] = [3]float64(a.Data[3*(t*K+k):])
		}
		path = append(path, units)
	}
	return path
}

// similarity returns the largest |cos| of the angle between two rows of W; NaN below two rows.
func similarity(W Mat) float64 {
	largest := math.NaN()
	for j := range W.Rows {
		for k := range j {
			x, y := W.Row(j), W.Row(k)
			cos := math.Abs(inner(x, y)) / math.Sqrt(inner(x, x)) / math.Sqrt(inner(y, y))
			if !(cos <= largest) && finite(cos) {
				largest = min(cos, 1)
			}
		}
	}
	return largest
}

// weightFigures shows the networks: images as images, the plane still and moving.
func (s *study) weightFigures(shown []network) []drawing {
	if len(shown) == 0 {
		return nil
	}
	if s.Data == "mnist" {
		var strips []strip
		for _, n := range shown {
			strips = append(strips, strip{n.run.Config.Activation, n.W})
		}
		return []drawing{{name: "weight-vectors", svg: filterPicture(strips)}}
	}
	var still, moving []plane
	points := planePoints(s.Data)
	for _, n := range shown {
		if len(n.path) == 0 {
			continue
		}
		p := plane{Title: n.run.Config.Activation, Activation: n.run.Config.Activation, Points: points, Units: n.path[len(n.path)-1]}
		still = append(still, p)
		p.Path = n.path
		moving = append(moving, p)
	}
	return []drawing{{name: "weight-vectors", svg: planePicture(still)}, {name: "weight-vectors-moving", svg: planePicture(moving)}}
}

// planePoints is the test split of the data.
func planePoints(data string) (points [][2]float64) {
	d := clusters()
	if data == "uniform" {
		d = uniform()
	}
	for n := range d.Test.N {
		points = append(points, [2]float64(d.Test.dense(n)))
	}
	return points
}
