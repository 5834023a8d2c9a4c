package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// What is seen in the tables and figures, in words. Every sentence is computed.

// finding is a sentence, or the opening of one that its lines end: one for each K.
type finding struct {
	Text  string
	Lines []string
}

func say(format string, args ...any) finding { return finding{Text: fmt.Sprintf(format, args...)} }

// perK opens with text and ends with what end says about each K, once if it is the same for all.
func (s *study) perK(text string, end func(K int) string) finding {
	f := finding{Text: text}
	var lines []string
	for _, K := range s.ks {
		if line := end(K); line != "" {
			lines, f.Lines = append(lines, line), append(f.Lines, atK(K)+": "+line)
		}
	}
	switch same := slices.Compact(slices.Clone(lines)); {
	case len(lines) == 0:
		f.Text += " no value."
	case len(s.ks) == 1:
		f.Text, f.Lines = f.Text+" "+same[0]+".", nil
	case len(same) == 1 && len(lines) == len(s.ks):
		f.Text, f.Lines = f.Text+" at every K "+same[0]+".", nil
	}
	return f
}

// ranked is an activation and the value that it is ranked by.
type ranked struct {
	activation string
	value      float64
}

// ranking sorts the activations at K by a statistic of m over the seeds, the highest first if
// better is +1, the lowest if −1. softmax, whose total correlation is infinite, has no place in that.
func (s *study) ranking(m measure, K, better int, statistic func([]float64) float64) (list []ranked) {
	for _, activation := range s.treated(K) {
		if m.isTC() && activation == "softmax" {
			continue
		}
		if v := statistic(present(s.values(place{treatment, activation, K}, m))); finite(v) {
			list = append(list, ranked{activation, v})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return better * cmp.Compare(b.value, a.value) })
	return list
}

func average(x []float64) float64 {
	m, _ := meanSD(x)
	return m
}

func deviation(x []float64) float64 {
	_, sd := meanSD(x)
	return sd
}

// leader names the first of a ranking and the next, and whether the paired test tells them apart.
func (a *analysis) leader(m measure, K int, list []ranked) string {
	if len(list) == 0 {
		return ""
	}
	first := list[0]
	if len(list) == 1 {
		return fmt.Sprintf("%s (%s), the only one", first.activation, short(first.value))
	}
	if first.value == list[len(list)-1].value {
		return fmt.Sprintf("all alike (%s)", short(first.value))
	}
	second := list[1]
	text := fmt.Sprintf("%s (%s), next %s (%s", first.activation, short(first.value), second.activation, short(second.value))
	x, y := place{treatment, first.activation, K}, place{treatment, second.activation, K}
	c := cmp.Or(a.find(m, x, y), a.find(m, y, x))
	if c == nil || c.pairs < minPairs {
		return text + ")"
	}
	firstLarger := (c.test.RankBiserial > 0) == (c.x == x) // seed by seed
	switch {
	case c.adjusted >= significant:
		text += "; not shown to differ"
	case firstLarger != (first.value > second.value):
		text += "; but seed by seed the other way"
	}
	return text + "; adjusted " + pEquals(c.adjusted) + ")"
}

// change says how training moves m from its initialisation, by the median over the seeds.
func (s *study) change(m measure) finding {
	rises, falls, places := 0, 0, 0
	for _, K := range s.ks {
		for _, activation := range s.treated(K) {
			p := place{treatment, activation, K}
			var changes []float64
			for i, v := range s.values(p, m) {
				if finite(v) {
					changes = append(changes, v-m.metric.of(s.runs[p][i].Init))
				}
			}
			if changes = present(changes); len(changes) == 0 {
				continue
			}
			places++
			if median(changes) > 0 {
				rises++
			} else if median(changes) < 0 {
				falls++
			}
		}
	}
	return say("Training with λ = 1 raises %s in %d of %s (activation × K) and lowers it in %d, by the median over the seeds.",
		m.inSentence(), rises, plural(places, "place"), falls)
}

// extremes names the activations with the best and the worst interquartile mean of m.
func (s *study) extremes(m measure) finding {
	return s.perK(m.title+", interquartile mean, from the best activation to the worst:", func(K int) string {
		list := s.ranking(m, K, m.better, interquartileMean)
		if len(list) == 0 {
			return ""
		}
		return ends(list)
	})
}

// ends is "tanh (1.2) to relu (3.4)", the first and the last of a ranking.
func ends(list []ranked) string {
	first, last := list[0], list[len(list)-1]
	if first.value == last.value {
		return short(first.value) + " for " + listing(activationsOf(list))
	}
	return fmt.Sprintf("%s (%s) to %s (%s)", first.activation, short(first.value), last.activation, short(last.value))
}

func activationsOf(list []ranked) (names []string) {
	for _, r := range list {
		names = append(names, r.activation)
	}
	return names
}

// gain is how much better p is than reference by the interquartile mean of m.
func (s *study) gain(m measure, p, reference place) float64 {
	return float64(m.better) * (s.centre(p, m).Value - s.centre(reference, m).Value)
}

// betterThan counts the places where c is better than a primary baseline by all of the measures.
func (s *study) betterThan(c condition, by ...measure) string {
	var parts []string
	for _, baseline := range primaryBaselines {
		better, places := 0, 0
		for p := range s.places() {
			least := math.Inf(1)
			for _, m := range by {
				least = min(least, s.gain(m, p, place{baseline, p.activation, p.K}))
			}
			if p.condition != c || !finite(least) {
				continue
			}
			places++
			if least > 0 {
				better++
			}
		}
		if places > 0 {
			parts = append(parts, fmt.Sprintf("better than %s in %d of %s", baselineNames[baseline], better, plural(places, "place")))
		}
	}
	if len(parts) == 0 {
		return "no baseline to compare with"
	}
	return listing(parts)
}

// beside compares levels with those of the baselines, before any test.
func (s *study) beside(m measure) finding {
	return say("By interquartile means of %s, infomax at λ = 1 is %s.", m.inSentence(), s.betterThan(treatment, m))
}

// deadUnits says which activations have dead units, on average over the seeds.
func (s *study) deadUnits() finding {
	dead := measureOf("dead_units")
	runs, with := 0, 0
	for _, K := range s.ks {
		for _, activation := range s.treated(K) {
			for _, v := range present(s.values(place{treatment, activation, K}, dead)) {
				runs++
				if v > 0 {
					with++
				}
			}
		}
	}
	if with == 0 {
		return say("No unit is dead in any of %s.", plural(runs, "run"))
	}
	return s.perK(fmt.Sprintf("Of %s, %d end with dead units. Mean over the seeds:", plural(runs, "run"), with), func(K int) string {
		var parts []string
		list := s.ranking(dead, K, +1, average)
		for i, r := range list {
			if r.value == 0 {
				parts = append(parts, "none with "+listing(activationsOf(list[i:])))
				break
			}
			parts = append(parts, r.activation+" "+short(r.value))
		}
		return strings.Join(parts, ", ")
	})
}

// speed tells how many epochs most of the loss's fall takes.
func (s *study) speed() finding {
	return s.perK("Epochs to 90 % of the fall in loss, mean over the seeds, from the fastest activation to the slowest:", func(K int) string {
		list := s.ranking(epochs90, K, -1, average)
		if len(list) == 0 {
			return ""
		}
		return ends(list)
	})
}

// lateEpochs are the last tenth of the epochs, of which there must be ten at least.
const lateEpochs = 10

// lateFall says whether the loss still falls at the end.
func (s *study) lateFall() (finding, bool) {
	largest, who := 0.0, ""
	if s.Epochs < lateEpochs {
		return finding{}, false
	}
	for _, K := range s.ks {
		for _, activation := range s.treated(K) {
			points := s.curve(place{treatment, activation, K})
			n := len(points)
			first, late, last := points[0].Value, points[n-1-n/lateEpochs].Value, points[n-1].Value
			if share := 100 * (late - last) / (first - last); first > last && (who == "" || share > largest) {
				largest, who = share, fmt.Sprintf("%s, K = %d", activation, K)
			}
		}
	}
	if who == "" {
		return finding{}, false
	}
	return say("In the last tenth of the epochs the median loss falls by no more than %s %% of its fall since the first epoch (%s).",
		roughly(largest), who), true
}
