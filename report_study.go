package main

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The run table. A study is the runs that share data and training settings. A group in it is a
// condition, an activation and K, and has a run for each seed.

// condition is an objective, for InfoMax and its optimum the λ, and the layer below, if there is one.
type condition struct {
	objective string
	lambda    float64
	below     layer
}

var (
	treatment   = condition{objective: "infomax", lambda: 1}
	autoencoder = condition{objective: "reconstruction"}
	untrained   = condition{objective: "random"}
	variance    = condition{objective: "variance"}
	tied        = condition{objective: "tied"}
)

// objectiveTitles are what readers call the objectives.
var objectiveTitles = map[string]string{
	"infomax": "InfoMax", "variance": "λ = 0", "reconstruction": "autoencoder",
	"tied": "tied autoencoder", "random": "untrained", "pca": "principal axes", "optimum": "optimum",
}

func conditionOf(c Config) condition { return condition{c.Objective, c.Lambda, c.Below} }

func (c condition) hasLambda() bool {
	return Config{Objective: c.objective, Below: c.below}.hasLambda()
}

func (c condition) String() string {
	title := func(objective string) string {
		return objectiveTitles[objective] + only(hasLambda(objective), " λ = "+shortest(c.lambda))
	}
	return only(c.below != (layer{}), title(c.below.Objective)+" → ") + title(c.objective)
}

type group struct {
	condition
	activation string
	K          int
}

func groupOf(c Config) group { return group{conditionOf(c), c.Activation, c.K} }

// under is p's group under another condition.
func (p group) under(c condition) group { return group{c, p.activation, p.K} }

// setting is what the runs of a study share: a Config without what differs between them.
type setting struct {
	Config
	Stack [2]int // units of both layers; zero in studies of single layers
}

var usual = Config{Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}

func settingOf(c Config) (s setting) {
	if c.stacked() {
		s.Stack = [2]int{c.Below.K, c.K}
	}
	c.Objective, c.Activation, c.K, c.Lambda, c.Seed, c.Below = "", "", 0, 0, 0, layer{}
	s.Config = c
	return s
}

// has tells whether a run of c fits a study of s. Stacks are compared with single layers as wide
// as their upper one; runs without training fit any training settings.
func (s setting) has(c Config) bool {
	own := settingOf(c)
	if s.Stack[1] == c.K && conditionOf(c) == treatment {
		own.Stack = s.Stack
	}
	if !c.trained() {
		own.Epochs, own.Batch, own.LearningRate = s.Epochs, s.Batch, s.LearningRate
	}
	return own == s
}

func (s setting) stacked() bool { return s.Stack != [2]int{} }

// name is the data and what is not as in the protocol: "mnist", "clusters, 10 epochs".
func (s setting) name() string {
	text, p := s.Data, usual
	add := func(unusual bool, format string, values ...any) {
		text += only(unusual, ", "+fmt.Sprintf(format, values...))
	}
	add(s.Components > 0, "%s, P = %v", plural(s.Components, "component"), s.Whiten)
	add(s.Epochs > 0 && s.Epochs != p.Epochs, "%s", plural(s.Epochs, "epoch"))
	add(s.Epochs > 0 && s.Batch != p.Batch, "batch %d", s.Batch)
	add(s.Epochs > 0 && s.LearningRate != p.LearningRate, "learning rate %v", s.LearningRate)
	add(s.TCRows == 0, "no total correlation")
	add(s.TCRows > 0 && s.TCRows != p.TCRows, "total correlation from %d rows", s.TCRows)
	add(s.stacked(), "stacks of %d and %d units", s.Stack[0], s.Stack[1])
	return text
}

var notInNames = regexp.MustCompile(`[^a-z0-9.]+`)

// slugOf makes text fit for names of files and labels.
func slugOf(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "λ", "lambda")
	return strings.Trim(notInNames.ReplaceAllString(text, "-"), "-.")
}

func (s setting) slug() string { return slugOf(s.name()) }

type study struct {
	setting
	all         []*study // every study, this one too
	comparisons []comparison
	inputs      int     // D
	lambda      float64 // of the subject: 1, or the least there is
	conditions  []condition
	activations []string
	ks          []int
	seeds       []uint64
	runs        map[group]map[uint64]*Result
}

// studies divides runs, which are in the order of compareConfigs, as its studies are by their first.
// Runs without training are in every study that has trained ones of their activation and K; if
// there is none, in one of their own.
func studies(runs []*Result) (all []*study) {
	find := func(of setting) *study {
		i := slices.IndexFunc(all, func(s *study) bool { return s.setting == of })
		if i < 0 {
			i = len(all)
			all = append(all, &study{setting: of, runs: map[group]map[uint64]*Result{}})
		}
		return all[i]
	}
	trains := map[side]bool{} // whatever the condition
	for _, r := range runs {
		if c := r.Config; c.trained() {
			trains[side{find(settingOf(c)), groupOf(c).under(condition{})}] = true
		}
	}
	for _, r := range runs {
		c, alone := r.Config, true
		for _, s := range all {
			if s.has(c) && (c.trained() || trains[side{s, groupOf(c).under(condition{})}]) {
				s.add(r)
				alone = false
			}
		}
		if alone {
			find(settingOf(c)).add(r)
		}
	}
	for _, s := range all {
		slices.SortFunc(s.activations, func(a, b string) int {
			return slices.Index(activationNames, a) - slices.Index(activationNames, b)
		})
		slices.Sort(s.ks)
		slices.Sort(s.seeds)
		s.seeds = slices.Compact(s.seeds)
	}
	for _, s := range all {
		s.all = all
		s.comparisons = slices.Concat(s.pairedTests(), s.trends(), s.associations())
	}
	return all
}

func (s *study) add(r *Result) {
	p := groupOf(r.Config)
	if s.runs[p] == nil {
		s.runs[p] = map[uint64]*Result{}
		addNew(&s.conditions, p.condition)
		addNew(&s.activations, p.activation)
		addNew(&s.ks, p.K)
		if p.objective == "infomax" && (s.lambda == 0 || p.lambda == treatment.lambda) { // they ascend
			s.lambda = p.lambda
		}
	}
	s.runs[p][r.Config.Seed], s.inputs = r, r.Inputs
	if r.Config.seeded() {
		s.seeds = append(s.seeds, r.Config.Seed)
	}
}

// size is the number of runs.
func (s *study) size() (n int) {
	for _, bySeed := range s.runs {
		n += len(bySeed)
	}
	return n
}

// groups lists those of the conditions that have a run, by condition, K and activation.
func (s *study) groups(conditions ...condition) (all []group) {
	for _, c := range conditions {
		for _, K := range s.ks {
			all = append(all, s.grid(c, K)...)
		}
	}
	return all
}

// grid lists the groups of c at K that have a run.
func (s *study) grid(c condition, K int) (all []group) {
	for _, activation := range s.activations {
		if p := (group{c, activation, K}); s.runs[p] != nil {
			all = append(all, p)
		}
	}
	return all
}

// subject is the condition that the study is about: InfoMax, in stacks on InfoMax.
func (s *study) subject() condition {
	return s.stack(only(s.stacked(), "infomax"), "infomax")
}

// stack is a condition of stacks, or of a single layer if below is "", at the study's λ.
func (s *study) stack(below, above string) condition {
	c := condition{objective: above}
	if below != "" {
		c.below = layer{below, s.Stack[0]}
	}
	if c.hasLambda() {
		c.lambda = s.lambda
	}
	return c
}

// lambdas are the conditions of InfoMax in a single layer, by ascending λ.
func (s *study) lambdas() []condition {
	return slices.DeleteFunc(slices.Clone(s.conditions), func(c condition) bool {
		return c.objective != "infomax" || c.below != layer{}
	})
}

// values has m of every run at p as readers see it, by ascending seed; nil where it is infinite.
func (s *study) values(p group, m measure) (values []float64) {
	if s.infinite(p, m) {
		return nil
	}
	for _, seed := range slices.Sorted(maps.Keys(s.runs[p])) {
		values = append(values, s.scale(p, m)*m.value(s.runs[p][seed]))
	}
	return values
}

// level is where the values of m at p lie, with an exact interval.
func (s *study) level(p group, m measure) estimate {
	values := slices.DeleteFunc(s.values(p, m), math.IsNaN)
	return hodgesLehmann(values[:min(len(values), mostPairs)])
}

// infinite tells whether m estimates what is infinite at p: softmax's outputs sum to one, and of
// more units than inputs some are functions of others.
func (s *study) infinite(p group, m measure) bool {
	return m.isTC() && (p.activation == "softmax" || p.K > s.inputs)
}

// scale is what readers see of m at p for 1: effective ranks are in % of the most possible, accuracies in %.
func (s *study) scale(p group, m measure) float64 {
	switch {
	case m.isRank():
		return 100 / float64(min(p.K, s.inputs))
	case m.isProbe():
		return 100
	}
	return 1
}

// measure is a number of a run that runs are compared by.
type measure struct {
	metric
	of func(*Result) float64
}

// measures are all metrics after training, what the variance ratio is tested by, and what is of
// the training itself.
var measures = func() (all []measure) {
	add := func(field, title string, better int, of func(*Result) float64) {
		all = append(all, measure{metric{field: field, title: title, better: better}, of})
	}
	for _, m := range metrics {
		add(m.field, m.title, m.better, func(r *Result) float64 { return m.of(r.Final) })
	}
	add("variance_min_over_max", "Smallest over largest variance", +1, func(r *Result) float64 {
		return 1 / float64(r.Final.varianceRatio())
	})
	add("final_loss", "Final loss", -1, func(r *Result) float64 { return float64(r.FinalLoss) })
	add("epochs_to_90", "Epochs to 90 % of the gain", -1, func(r *Result) float64 {
		if r.EpochsTo90 == 0 {
			return math.NaN()
		}
		return float64(r.EpochsTo90)
	})
	add("effective_rank_over_random", "Effective rank over untrained", +1, func(r *Result) float64 {
		return float64(r.Final.EffectiveRank / r.Init.EffectiveRank)
	})
	add("output_correlation_per_pair", "Output correlation for each pair", -1, func(r *Result) float64 {
		return float64(r.Final.OutputCorrelation) / float64(r.Config.K*(r.Config.K-1))
	})
	add("dead_share", "Share of dead units", -1, func(r *Result) float64 {
		return float64(r.Final.DeadUnits) / float64(r.Config.K)
	})
	return all
}()

func measureOf(field string) measure { return measuresOf(field)[0] }

// measuresOf has those of the fields, in the order of measures.
func measuresOf(fields ...string) []measure {
	return slices.DeleteFunc(slices.Clone(measures), func(m measure) bool { return !of(fields...)(m) })
}

// value is m of r for comparisons: NaN where m does not apply. A run that diverged, or collapsed
// so that m has no value, gets the worst there is, so that its pair is never left out.
func (m measure) value(r *Result) float64 {
	c, v := r.Config, m.of(r)
	switch {
	case m.better == 0 && m.field != "" && r.Status != "ok", // but for curves, which have no field
		m.field == "max_responsibility" && c.Activation != "softmax",
		m.isProbe() && r.Final.ProbeStatus == "no labels",
		m.isTC() && (c.TCRows == 0 || c.K == 1),
		m.field == "tc_gauss_nats" && !c.gaussApplies(),
		(m.field == "final_loss" || m.field == "epochs_to_90") && !c.trains():
		return math.NaN()
	case m.better != 0 && (r.Status != "ok" || m.isTC() && r.Final.TCUnits < 2 || math.IsNaN(v)):
		return math.Inf(-m.better)
	}
	return v
}

// gaussApplies tells whether c has more rows than units, of which the last is left out for softmax.
func (c Config) gaussApplies() bool {
	if c.Activation == "softmax" {
		c.K--
	}
	return c.K < c.TCRows
}

func (m measure) isRank() bool  { return of("effective_rank", "effective_rank_live")(m) }
func (m measure) isProbe() bool { return strings.HasPrefix(m.field, "probe_") }
func (m measure) isTC() bool    { return strings.HasPrefix(m.field, "tc_") }

// label is the title with its unit.
func (m measure) label() string { return m.title + only(m.isRank() || m.isProbe(), ", %") }

// words is the title within a sentence.
func (m measure) words() string {
	return strings.ToLower(strings.TrimSuffix(m.title, " (nats)"))
}
