package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// What is seen in the tables and figures, in words. Every sentence is computed from the values and comparisons
// of a study.

// finding is a sentence, or the beginning of one that each of its lines completes, such as one for each K.
type finding struct {
	Text  string
	Lines []string
}

func say(format string, args ...any) finding { return finding{Text: fmt.Sprintf(format, args...)} }

// section is a part of the page under a title.
type section struct {
	Title    string
	Findings []finding
	Figures  []drawing
	Sheets   []sheet
}

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

func (r ranked) String() string { return fmt.Sprintf("%s (%s)", r.activation, r.text()) }

// text is the value, which is infinite if bad runs reach into the middle half.
func (r ranked) text() string {
	if math.IsInf(r.value, 0) {
		return "bad runs"
	}
	return short(r.value)
}

// ranking sorts the activations at K by a statistic of m over the seeds, the highest first unless
// better is −1. Where total correlation is infinite, as softmax's is, an activation is left out.
func (s *study) ranking(m measure, K, better int, statistic func(s *study, p place, m measure) float64) (list []ranked) {
	for _, p := range s.ran(treatment, K) {
		if v := statistic(s, p, m); !math.IsNaN(v) && !s.infinite(p, m) {
			list = append(list, ranked{p.activation, v})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Or(better, +1) * cmp.Compare(b.value, a.value) })
	return list
}

// change says how training moves m from its initialisation, by the median over the seeds.
func (s *study) change(m measure) finding {
	rises, falls, places := 0, 0, 0
	for _, p := range s.ran(treatment, s.ks...) {
		changes := s.values(p, m)
		for i, r := range s.runs[p] {
			if r != nil {
				changes[i] -= m.metric.of(r.Init)
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
	return say("Training with λ = 1 raises %s in %d of %s (activation × K) and lowers it in %d, by the median over the seeds, without a test.",
		m.inSentence(), rises, plural(places, "place"), falls)
}

// extremes names the activations with the best and the worst of m, and what Friedman's test says of all.
func (a *analysis) extremes(text string, m measure, statistic func(s *study, p place, m measure) float64) finding {
	return a.perK(text, func(K int) string {
		list := a.ranking(m, K, m.better, statistic)
		if len(list) == 0 {
			return ""
		}
		first, last := list[0], list[len(list)-1]
		if first.value == last.value {
			return first.text() + " for " + listing(activationsOf(list))
		}
		text := first.String() + " to " + last.String()
		for _, f := range a.families {
			switch {
			case f.kind != acrossActivation || f.measure.field != m.field || f.K != K || !finite(f.friedman.P):
			case f.friedman.P < significant:
				text += ", across which they differ (Friedman, unadjusted " + pEquals(f.friedman.P) + ")"
			default:
				text += ", not shown to differ (Friedman, unadjusted " + pEquals(f.friedman.P) + ")"
			}
		}
		return text
	})
}

func activationsOf(list []ranked) (names []string) {
	for _, r := range list {
		names = append(names, r.activation)
	}
	return names
}

// better counts the places where c is better than other by the interquartile means of all of the measures, and those that
// have all of these.
func (s *study) better(at []place, c, other condition, by ...measure) (better, places int) {
	for _, p := range at {
		least := math.Inf(1)
		for _, m := range by {
			least = min(least, float64(m.better)*(s.centre(p.under(c), m).Value-s.centre(p.under(other), m).Value))
		}
		if math.IsNaN(least) { // without runs to compare; a bad run is infinitely far off
			continue
		}
		if places++; least > 0 {
			better++
		}
	}
	return better, places
}

// betterThan counts the places where c is better than a primary baseline, before any test.
func (s *study) betterThan(c condition, by ...measure) string {
	var parts []string
	for _, baseline := range primaryBaselines {
		if better, places := s.better(s.ran(c, s.ks...), c, baseline, by...); places > 0 {
			parts = append(parts, fmt.Sprintf("better than %s in %d of %s", baselineNames[baseline], better, plural(places, "place")))
		}
	}
	if len(parts) == 0 {
		return "without a baseline to compare with"
	}
	return listing(parts)
}

// deadUnits says which activations have dead units, on average over the seeds.
func (s *study) deadUnits() finding {
	dead := measureOf("dead_units")
	var counts []float64
	for _, p := range s.ran(treatment, s.ks...) {
		counts = append(counts, present(s.values(p, dead))...)
	}
	runs := plural(len(counts), "run") + " of " + treatment.String()
	with := len(slices.DeleteFunc(counts, func(n float64) bool { return n == 0 }))
	switch {
	case len(counts) == 0:
		return say("No run of %s ended without diverging, so that no dead unit is counted.", treatment)
	case with == 0:
		return say("No unit is dead in any of %s.", runs)
	}
	return s.perK(fmt.Sprintf("Of %s, %d end with dead units. Mean over the seeds:", runs, with), func(K int) string {
		var parts []string
		list := s.ranking(dead, K, +1, (*study).mean)
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

// lateEpochs is the least number of epochs that have a last tenth.
const lateEpochs = 10

// lateFall says for every activation how its median loss changes in the last tenth of the epochs; nothing below
// lateEpochs.
func (s *study) lateFall() []finding {
	if s.Epochs < lateEpochs {
		return nil
	}
	return []finding{s.perK("In the last tenth of the epochs the median loss changes by, in per cent of its fall since the first epoch:", func(K int) string {
		var parts []string
		for _, p := range s.ran(treatment, K) {
			points := s.curve(p)
			n := len(points)
			first, late, last := points[0].Value, points[n-1-n/lateEpochs].Value, points[n-1].Value
			if share := 100 * (last - late) / (first - last); first > last && finite(share) {
				parts = append(parts, p.activation+" "+plus(share, roughly(share)))
			}
		}
		return strings.Join(parts, ", ")
	})}
}
