package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The figures: what each one shows, gathered for the plots from the run table.

// figure is a drawing of a study: nothing where there is nothing to show.
type figure struct {
	name    string // the end of its file's
	caption string // what is to be seen, and what is drawn
	draw    func(s *study, weightsOf weightsReader) ([]byte, error)
}

// weightsReader gives the weights.npz of a run.
type weightsReader func(id string) ([]byte, error)

func (f figure) file(s *study) string { return slugOf(s.name()+" "+f.name) + ".svg" }

// plain is a drawing that needs no weights.
func plain(draw func(*study) []byte) func(*study, weightsReader) ([]byte, error) {
	return func(s *study, _ weightsReader) ([]byte, error) { return draw(s), nil }
}

// redundancyNorm is a measure of a figure alone.
var redundancyNorm = measure{metric{
	field: "weight_redundancy", title: "‖ŴŴᵀ − I‖, the root of the weight redundancy", better: -1,
}, func(r *Result) float64 { return math.Sqrt(float64(r.Final.WeightRedundancy)) }}

func (m measure) axis() quantity {
	return quantity{title: m.label(), better: m.better, percent: m.isRank(),
		log: strings.Contains(m.field, "_correlation")}
}

// note says in a figure whose runs it is of.
func (s *study) note(more string) string {
	return fmt.Sprintf("%s; %s. %s", s.name(), plural(len(s.seeds), "seed"), more)
}

const levelNote = "A mark is the Hodges–Lehmann centre of the seeds; of six or more, a thin line or a band " +
	"is its exact 95 % interval."

func activationMark(p group) mark { return markOf(activationNames, p.activation) }

// mark is the look of c in figures of s. The subject is black, InfoMax at another λ the darker the larger
// its λ; stacks take the marks in turn.
func (s *study) mark(c condition) mark {
	m, lambdas := markOf(objectives, c.objective), s.lambdas()
	if i := slices.Index(lambdas, c); i >= 0 && c != s.subject() {
		light := 255 - 127*i/max(1, len(lambdas)-1)
		m.fill = fmt.Sprintf("#%02[1]x%02[1]x%02[1]x", light)
	}
	if c.below != (layer{}) {
		m = marks[slices.Index(s.conditions, c)%len(marks)]
	}
	m.name = c.String()
	return m
}

// shown are the groups of figures without room for every λ and for references.
func (s *study) shown() []group { return s.groups(s.subject(), variance, autoencoder, tied, untrained) }

// byActivation is of dots by m.
func byActivation(m measure) func(*study) []byte {
	return func(s *study) []byte { return s.dots(m) }
}

// dots shows m of every condition by activation, in a panel for each K. Untrained is a bar, below all
// else. There is no figure of zeros and diverged runs alone.
func (s *study) dots(m measure) []byte {
	var spots []spot
	some := false
	others := slices.DeleteFunc(slices.Clone(s.conditions), func(c condition) bool {
		return c == untrained || c.objective == "optimum" || c.objective == "pca" && !m.isProbe()
	})
	for _, p := range s.groups(append([]condition{untrained}, others...)...) {
		look := s.mark(p.condition)
		if p.condition == untrained {
			look.shape = ""
		}
		if runs := slices.DeleteFunc(s.values(p, m), math.IsNaN); len(runs) > 0 {
			spots = append(spots, spot{atK(p.K), p.activation, look, s.level(p, m), runs})
			some = some || slices.ContainsFunc(runs, func(v float64) bool { return v != 0 && finite(v) })
		}
	}
	if !some {
		return nil
	}
	return dotPlot(m.axis(), spots, s.note(levelNote+" Small dots are runs."))
}

// lossCurves are of the subject.
func (s *study) lossCurves() []byte { return s.trainingCurves(s.subject()) }

// trainingCurves has panels of the loss and its two terms, at one K.
func (s *study) trainingCurves(c condition) []byte {
	var data []datum
	K := s.ks[len(s.ks)/2]
	for term, title := range []string{"Loss", "Entropy term", "Correlation term"} {
		for epoch := range s.Epochs {
			m := measure{of: func(r *Result) float64 {
				if epoch >= len(r.Curve) {
					return math.NaN()
				}
				e := r.Curve[epoch]
				return float64([]Number{e.Loss, e.Entropy, e.TC}[term])
			}}
			for _, p := range s.grid(c, K) {
				data = append(data, datum{title, activationMark(p), float64(epoch + 1), s.level(p, m)})
			}
		}
	}
	note := s.note(c.String() + ". " + only(len(s.seeds) > 1, levelNote))
	return linePlot("Loss by epoch, "+atK(K), quantity{title: "epoch", setting: true}, data, note)
}

// overSetting draws the lines that have two values of a setting at least.
func overSetting(title string, x quantity, data []datum, note string) []byte {
	lines := slices.DeleteFunc(slices.Clone(data), func(d datum) bool {
		return !slices.ContainsFunc(data, func(other datum) bool {
			return other.panel == d.panel && other.mark == d.mark && other.x != d.x
		})
	})
	x.setting = true
	return linePlot(title, x, lines, note+levelNote)
}

// byLambda has a panel for each K and a line for each activation.
func (s *study) byLambda() []byte {
	var data []datum
	m := measureOf("effective_rank")
	for _, p := range s.groups(s.lambdas()...) {
		data = append(data, datum{atK(p.K), activationMark(p), p.lambda, s.level(p, m)})
	}
	return overSetting(m.axis().label(), quantity{title: "λ", log: true}, data, s.note(""))
}

// byOptimum has a panel for each K: how redundant the weights are that the loss prefers, those of
// runs, and untrained ones.
func (s *study) byOptimum() []byte {
	var data []datum
	m := redundancyNorm
	for _, p := range s.groups(s.conditions...) {
		if p.objective != "optimum" {
			continue
		}
		for _, of := range []condition{p.condition, {objective: "infomax", lambda: p.lambda}, untrained} {
			look := markOf(objectives, of.objective)
			look.name = objectiveTitles[of.objective]
			data = append(data, datum{atK(p.K), look, p.lambda, s.level(p.under(of), m)})
		}
	}
	return overSetting(m.axis().label(), quantity{title: "λ", log: true}, data, s.name()+"; identity. ")
}

// byK has a panel for each activation and a line for each condition.
func (s *study) byK() []byte {
	var data []datum
	m := measureOf("effective_rank_over_random")
	for _, p := range s.shown() {
		data = append(data, datum{p.activation, s.mark(p.condition), float64(p.K), s.level(p, m)})
	}
	return overSetting(m.axis().label(), quantity{title: "K", log: true}, data, s.note(""))
}

// byWhiteness shows the studies that differ from s in nothing but how white the inputs are: a row
// of panels for each measure, a panel for each K, and a line for each activation, trained and not.
func (s *study) byWhiteness() []byte {
	var data []datum
	for _, m := range measuresOf("effective_rank", "probe_accuracy") {
		for _, other := range s.all { // by ascending power
			same := other.setting
			if same.Whiten = s.Whiten; same != s.setting || s.Components == 0 {
				continue
			}
			for _, p := range other.groups(s.subject()) {
				look, panel := activationMark(p), m.label()+", "+atK(p.K)
				look.dash = "none"
				data = append(data, datum{panel, look, other.Whiten, other.level(p, m)})
				look.name, look.dash, look.fill = look.name+", "+untrained.String(), "2 3", "#ffffff"
				data = append(data, datum{panel, look, other.Whiten, other.level(p.under(untrained), m)})
			}
		}
	}
	x := quantity{title: "P: each component is divided by its standard deviation to the power P"}
	note := fmt.Sprintf("%s, %d components; %s. ", s.Data, s.Components, plural(len(s.seeds), "seed"))
	return overSetting("Whitened inputs", x, data, note)
}

// clouds shows the probe over output correlation, a point for each run: the colour is its activation,
// the shape its condition.
func (s *study) clouds() []byte {
	x, y := measureOf("output_correlation"), measureOf("probe_accuracy_1000")
	var data []datum
	var shapes []mark
	nan := math.NaN()
	for _, p := range s.shown() {
		look := mark{name: p.String(), colour: grey, shape: s.mark(p.condition).shape}
		shapes = append(shapes, look)
		look.name, look.colour = p.activation, activationMark(p).colour
		ys := s.values(p, y)
		for i, v := range s.values(p, x) {
			data = append(data, datum{atK(p.K), look, v, estimate{ys[i], nan, nan}})
		}
	}
	return linePlot(y.axis().label(), x.axis(), data, s.note("A mark for each run."), shapes...)
}

// networks are the weights of one network of each activation, of the smallest K and seed.
func (s *study) networks(weightsOf weightsReader) ([]byte, error) {
	var all []vectors
	var first *Result
	for _, p := range s.grid(s.subject(), s.ks[0]) {
		r := s.runs[p][s.seeds[0]]
		if r == nil {
			continue
		}
		b, err := weightsOf(r.ID)
		if err != nil {
			return nil, err
		}
		arrays, err := readNPZ(b, "W", "inputs", "trajectory")
		if err != nil {
			return nil, fmt.Errorf("reading the weights of %s: %w", r.ID, err)
		}
		all, first = append(all, vectorsOf(r, arrays)), cmp.Or(first, r)
	}
	if first == nil {
		return nil, nil
	}
	var data *Dataset
	if made := map[string]func() *Dataset{"clusters": clusters, "uniform": uniform}[s.Data]; made != nil {
		data = made()
	}
	return first.weightPicture(all, data), nil
}

// vectorsOf takes the arrays of a run's weights.npz: its units, if they can be, in the data's own inputs.
func vectorsOf(r *Result, arrays map[string][]float64) vectors {
	W, K := arrays["W"], r.Config.K
	if inputs := arrays["inputs"]; inputs != nil {
		W = inputs
	}
	return vectors{r.Config.Activation, Mat{K, len(W) / K, W}, arrays["trajectory"]}
}

// weightPicture draws networks like that of r, over their data if these are in the plane.
func (r *Result) weightPicture(all []vectors, data *Dataset) []byte {
	c := r.Config
	note := fmt.Sprintf("%s, %s; %s, %s, seed %d.",
		c.Data, plural(c.Epochs, "epoch"), conditionOf(c), atK(c.K), c.Seed)
	if data == nil || data.Train.D != 2 || c.Components > 0 || c.stacked() { // whose weights are not over the data
		return filterPicture(all, r.Shape, note)
	}
	return planePicture(all, data.Test, note)
}
