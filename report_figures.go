package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The figures of a study: what each one shows, gathered for the plots from its values, its comparisons and,
// for the weight vectors of one network of each activation, from the run folders.

// drawing is an SVG file. Its name has no study and no ending; File has both.
type drawing struct {
	name string
	svg  []byte
	File string
}

// file gives the study's figures the names of their files.
func (s *study) file(figures []drawing) {
	for i, f := range figures {
		figures[i].File = s.slug() + "-" + f.name + ".svg"
	}
}

// Moving tells whether f is the animated version of a still figure, which print leaves out.
func (f drawing) Moving() bool { return strings.HasSuffix(f.name, "-moving") }

// axis is the quantity of a measure. Correlations range over decades.
func (m measure) axis() quantity {
	title, unit, _ := strings.Cut(m.title, " (")
	q := quantity{Title: title, Unit: strings.TrimSuffix(unit, ")"), Better: m.better}
	switch m.field {
	case "weight_correlation", "output_correlation", "output_correlation_per_pair":
		q.Log = true
	case "dead_units":
		q.Unit, q.Whole = "of K", true
	case "tc_knn_nats":
		q.Unit += ", saturates in high dimension"
	}
	return q
}

func (m measure) figureName() string { return strings.ReplaceAll(m.field, "_", "-") }

// shown says in a figure whose runs it is of: "mnist, 100 epochs; infomax, λ = 1; seeds 1–10. ". K is in
// the titles of panels.
func (s *study) shown(runs string) string {
	name := s.name()
	if s.Epochs == protocolSetting.Epochs {
		name += ", " + plural(s.Epochs, "epoch")
	}
	what := "seeds "
	if len(s.seeds) == 1 {
		what = "seed "
	}
	return name + "; " + runs + "; " + what + ranges(s.seeds, "–") + ". "
}

// shownRun is the same of one run, whose activation may be said elsewhere.
func shownRun(c Config, activation string) string {
	training := plural(c.Epochs, "epoch")
	if !c.trains() {
		training = "untrained"
	}
	network := []string{conditionOf(c).String(), activation, atK(c.K), fmt.Sprintf("seed %d", c.Seed)}
	network = slices.DeleteFunc(network, func(part string) bool { return part == "" })
	return c.Data + ", " + training + "; " + strings.Join(network, ", ") + "."
}

func estimateOf(e intervalEstimate) estimate { return estimate{e.Value, e.Low, e.High} }

// groupFigure shows m by activation under the treatment; nothing where nothing has a value.
func (s *study) groupFigure(m measure) []drawing {
	var panels []groupPanel
	some := false
	for _, K := range s.ks {
		panel := groupPanel{Title: atK(K)}
		if m.field == "effective_rank" {
			panel.Most = float64(s.maxRank(K))
		}
		for _, p := range s.ran(treatment, K) {
			g := s.group(m, p)
			some = some || len(present(g.Trained)) > 0
			panel.Groups = append(panel.Groups, g)
		}
		if len(panel.Groups) > 0 {
			panels = append(panels, panel)
		}
	}
	if !some {
		return nil
	}
	return []drawing{{name: m.figureName(), svg: groupPlot(m.axis(), panels, s.shown(treatment.String()))}}
}

func (s *study) group(m measure, p place) group {
	g := group{Activation: p.activation, Mean: estimateOf(s.centre(p, m))}
	values := s.values(p, m)
	for i, r := range s.runs[p] {
		if r != nil {
			g.Seeds = append(g.Seeds, s.seeds[i])
			g.Initial = append(g.Initial, m.metric.of(r.Init))
			g.Trained = append(g.Trained, values[i])
		}
	}
	for _, baseline := range primaryBaselines {
		if reference := s.middle(p.under(baseline), m); finite(reference) {
			g.Levels = append(g.Levels, level{baseline.objective + " runs, interquartile mean", reference})
		}
	}
	switch {
	case s.infinite(p, m) && p.activation == "softmax":
		g.Note = "infinite, since the outputs sum to one; shown without the last unit"
	case s.infinite(p, m):
		g.Note = "infinite, since there are more units than inputs"
	case p.activation == "softmax" && m.field == "output_correlation" && p.K > 1:
		g.Levels = append(g.Levels, level{"softmax's floor, K/(K − 1)", float64(p.K) / float64(p.K-1)})
	}
	return g
}

// charts has one for each K, with a line for each of the treatment's places there: all of them (grid), or
// those that ran.
func (s *study) charts(Y quantity, placesAt func(c condition, ks ...int) []place, line func(place) []point) (charts []chart) {
	for _, K := range s.ks {
		ch := chart{Title: atK(K), Y: Y}
		for _, p := range placesAt(treatment, K) {
			ch.Series = append(ch.Series, series{Name: p.activation, Points: line(p)})
		}
		if len(ch.Series) > 0 {
			charts = append(charts, ch)
		}
	}
	return charts
}

// curvesFigure shows the loss by epoch: median and range over the seeds.
func (s *study) curvesFigure() drawing {
	charts := s.charts(quantity{Title: "Loss", Better: -1}, s.ran, s.curve)
	return drawing{name: "training-curves", svg: chartPlot(quantity{Title: "Epoch", Whole: true}, charts, bands, s.shown(treatment.String()))}
}

// curve is the median loss of each epoch, between the smallest and the largest of the runs that
// did not diverge. Where all of them ended early, there is one epoch more, without a loss.
func (s *study) curve(p place) (points []point) {
	longest := 0
	for _, r := range s.runs[p] {
		if r != nil {
			longest = max(longest, len(r.Curve))
		}
	}
	for epoch := range min(longest+1, s.Epochs) {
		var losses []float64
		for _, r := range s.runs[p] {
			if r != nil && r.Status == "ok" && epoch < len(r.Curve) {
				losses = append(losses, float64(r.Curve[epoch].Loss))
			}
		}
		e := estimateOf(unsupported())
		if len(losses) > 0 {
			e = estimate{median(losses), slices.Min(losses), slices.Max(losses)}
		}
		points = append(points, point{X: float64(epoch + 1), estimate: e})
	}
	return points
}

// lambdaFigure shows a primary measure against λ; nothing with fewer than two λ.
func (s *study) lambdaFigure(m measure) []drawing {
	lambdas := s.lambdas()
	if len(lambdas) < 2 {
		return nil
	}
	charts := s.charts(m.axis(), s.grid, func(p place) (points []point) {
		for _, c := range lambdas {
			if e := s.centre(p.under(c), m); finite(e.Value) {
				points = append(points, point{X: c.lambda, estimate: estimateOf(e)})
			}
		}
		return points
	})
	across := quantity{Title: "λ, weight of the independence term", Log: lambdas[0].lambda > 0}
	return []drawing{{name: m.figureName() + "-by-lambda", svg: chartPlot(across, charts, whiskers, s.shown("infomax"))}}
}

// tradeoffFigure shows effective rank against output correlation, a point for each run.
func (s *study) tradeoffFigure() drawing {
	rank, correlation := measureOf("effective_rank"), measureOf("output_correlation")
	charts := s.charts(rank.axis(), s.ran, func(p place) (points []point) {
		xs := s.values(p, correlation)
		for i, y := range s.values(p, rank) {
			if finite(xs[i]) && finite(y) {
				told := fmt.Sprintf("%s, seed %d: effective rank %s, output correlation %s", p.activation, s.seeds[i], short(y), short(xs[i]))
				points = append(points, point{xs[i], estimate{y, math.NaN(), math.NaN()}, told})
			}
		}
		return points
	})
	return drawing{name: "trade-off", svg: chartPlot(correlation.axis(), charts, scatter, s.shown(treatment.String()))}
}

// forestFigure shows the shifts of a primary measure: a row for each baseline, a column for each K.
func (a *analysis) forestFigure(m measure) drawing {
	var panels []forestPanel
	for _, baseline := range baselines {
		if len(against(a.answers, baseline)) == 0 {
			continue
		}
		for _, K := range a.ks {
			panels = append(panels, a.shiftPanel(m, place{condition: baseline, K: K}))
		}
	}
	return drawing{name: m.figureName() + "-shifts", svg: forestPlot(m.axis(), panels, min(len(a.ks), 3), a.shown(treatment.String()+", and the baselines"))}
}

// shiftPanel has the shifts from y's condition at its K, by activation.
func (a *analysis) shiftPanel(m measure, y place) forestPanel {
	panel := forestPanel{Title: fmt.Sprintf("against %s, %s", y.condition, atK(y.K))}
	for _, p := range a.grid(treatment, y.K) {
		row := shift{Activation: p.activation, estimate: estimateOf(unsupported()), P: math.NaN()}
		if c := a.find(m, p, p.under(y.condition)); c != nil {
			row.estimate, row.P = estimateOf(c.shift), c.adjusted
		}
		panel.Shifts = append(panel.Shifts, row)
	}
	return panel
}

// shownUnits is the most units of a network that are shown.
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
	places := s.ran(treatment, s.ks...)
	if len(places) == 0 {
		return nil, nil
	}
	places = s.ran(treatment, places[0].K)
	var most []*Result
	for i := range s.seeds {
		var runs []*Result
		for _, p := range places {
			if r := s.runs[p][i]; r != nil {
				runs = append(runs, r)
			}
		}
		if len(runs) > len(most) {
			most = runs
		}
	}
	for _, r := range most {
		n, err := readNetwork(r, weights)
		if err != nil {
			return nil, err
		}
		shown = append(shown, n)
	}
	return shown, nil
}

func readNetwork(r *Result, weights func(id string) ([]byte, error)) (network, error) {
	n := network{run: r}
	b, err := weights(r.ID)
	if err != nil {
		return n, err
	}
	arrays, err := readNPZ(b, "W", "trajectory")
	if err != nil {
		return n, fmt.Errorf("reading the weights of %s: %w", r.ID, err)
	}
	W := arrays["W"]
	if len(W.Shape) != 2 || W.Shape[0] != r.Config.K || W.Shape[1] == 0 || len(arrays["trajectory"].Data)%(3*r.Config.K) != 0 {
		return n, fmt.Errorf("the weights of %s are of shape %v", r.ID, W.Shape)
	}
	n.W = Mat{W.Shape[0], W.Shape[1], W.Data}.head(min(r.Config.K, shownUnits))
	n.path = pathOf(arrays["trajectory"].Data, r.Config.K, shownUnits)
	n.similarity = similarity(n.W)
	return n, nil
}

// pathOf divides a trajectory (T×K×3) by steps, and has the first units of it.
func pathOf(trajectory []float64, K, first int) (path [][][3]float64) {
	for state := range slices.Chunk(trajectory, 3*K) {
		units := make([][3]float64, min(K, first))
		for k := range units {
			units[k] = [3]float64(state[3*k:])
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

// weightFigures shows the networks: over the plane, still and moving, or as images. Own data of two inputs are not at hand
// here; each of its run folders has the picture.
func (s *study) weightFigures(shown []network) []drawing {
	c := shown[0].run.Config
	note := shownRun(c, "")
	if c.K > shownUnits {
		note += fmt.Sprintf(" The first %d of its units.", shownUnits)
	}
	if !slices.Contains(planeNames, s.Data) {
		if s.inputs == 2 {
			return nil
		}
		var strips []strip
		for _, n := range shown {
			strips = append(strips, strip{n.run.Config.Activation, n.W})
		}
		return []drawing{{name: "weight-vectors", svg: filterPicture(strips, note)}}
	}
	var still, moving []plane
	points := planePoints(s.Data)
	for _, n := range shown {
		p := plane{Title: n.run.Config.Activation, Activation: n.run.Config.Activation, Points: points, Units: n.path[len(n.path)-1]}
		still = append(still, p)
		p.Path = n.path
		moving = append(moving, p)
	}
	return []drawing{{name: "weight-vectors", svg: planePicture(still, note)}, {name: "weight-vectors-moving", svg: planePicture(moving, note)}}
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
