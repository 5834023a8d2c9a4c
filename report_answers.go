package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The kinds of answer, each with the one template of its sentence.

// verdictOn counts the cases in which x is better than the rivals by all of the measures. Its
// table has every y of the contrast.
func verdictOn(contrast string, by []string, rivals ...string) kind {
	return func(t *runTable, s *study) (a answer) {
		xs, ys, found := t.compared(s, contrast, by...)
		ys = slices.DeleteFunc(ys, func(y side) bool { return !slices.Contains(rivals, y.String()) })
		if len(ys) == 0 {
			return a
		}
		subject, partly := side{s, xs[0]}, false
		for _, y := range ys {
			a.rivals = append(a.rivals, counts{of: y.unlike(subject)})
		}
		for _, x := range xs {
			var tests []comparison // with every rival
			whole := true
			for i, y := range ys {
				its := t.tests(s, contrast, found, x, y)
				a.rivals[i].add(its...)
				tests, whole = append(tests, its...), whole && its != nil
			}
			if whole {
				a.all.add(tests...)
			}
			for _, m := range measuresOf(found...) {
				partly = partly || s.infinite(x, m)
			}
		}
		a.Word, a.Tables = a.opening(), []sheet{t.shifts(s, contrast, len(by), by)}
		a.Text = "By " + titles(found) + only(partly, " (left out where it is infinite)") +
			only(a.all.few, ", if every seed agrees (they are too few for a test)") +
			", " + subject.unlike(ys[0]) + " compared"
		for i, r := range a.rivals {
			cases := only(i == 0, " case"+only(r.cases != 1, "s"))
			a.Text += fmt.Sprintf("%s with %s: %s%s", only(i > 0, ";"), r.of, r, cases)
		}
		a.Text += "."
		return a
	}
}

// compared has which groups of s a contrast compares by any of the measures, with what, and by
// which. ys are without activation and K, which are x's.
func (t *runTable) compared(s *study, contrast string, by ...string) (xs []group, ys []side, found []string) {
	for _, c := range t.all {
		if c.name == contrast && c.x.study == s && of(by...)(c.measure) && !s.infinite(c.x.group, c.measure) {
			addNew(&found, c.field)
			addNew(&xs, c.x.group)
			addNew(&ys, c.y.every(c.y.condition))
		}
	}
	return xs, ys, found
}

func titles(by []string) string {
	var all []string
	for _, m := range measuresOf(by...) {
		all = append(all, m.words())
	}
	return listing(all)
}

// opening is the word for so many of the cases.
func (a answer) opening() string {
	better, word := a.all.better, "No"
	switch {
	case a.all.few:
		return "Unclear"
	case better == 0 && !slices.ContainsFunc(a.rivals, func(r counts) bool { return r.worse > 0 }):
		word = "Unclear"
	case better == a.all.cases:
		word = "Yes"
	case 2*better >= a.all.cases:
		word = "Mostly"
	case better > 0:
		word = "Partly"
	}
	return fmt.Sprintf("%s (%d of %d)", word, better, a.all.cases)
}

// unlike names x by what it and y differ in.
func (x side) unlike(y side) string {
	switch {
	case x.condition != y.condition:
		return x.condition.String()
	case x.Whiten != y.Whiten:
		return only(x.Whiten == 0, "un") + "whitened"
	}
	return x.name()
}

// objectivesWithUntrained compares every objective with untrained by both measures of the weights.
func objectivesWithUntrained(t *runTable, s *study) (a answer) {
	groups := map[int]int{}
	for p := range s.runs {
		groups[p.K]++
	}
	K := s.ks[0] // the largest of those that most groups have
	for _, k := range s.ks {
		if groups[k] >= groups[K] {
			K = k
		}
	}
	table := sheet{Name: "objectives", Stubs: 1, Heads: []string{"", "effective rank, %",
		"‖Corr − I‖² of outputs", "linear probe, %", "weights, cases compared with untrained"},
		Caption: fmt.Sprintf("%s: ranges over the activations at %s, and in how many cases both measures of the "+
			"weights are better or worse than untrained", s.name(), atK(K))}
	var worse, better []string
	few, cases := false, 0
	for _, c := range s.conditions {
		if s.stacked() || !trains(c.objective) && c != untrained {
			continue
		}
		its, contrast := counts{}, "untrained"
		if c == s.subject() {
			contrast = "baseline"
		}
		for _, x := range s.grid(c, s.ks...) {
			its.add(t.tests(s, contrast, weightMeasures, x, s.every(untrained))...)
		}
		row := names(c.String())
		for _, m := range measuresOf("effective_rank", "output_correlation", "probe_accuracy") {
			row = append(row, entry{Main: s.rangeOf(s.grid(c, K), m, aligned)})
		}
		table.Rows = append(table.Rows, append(row, entry{Main: only(its.cases > 0, its.String())}))
		few, cases = few || its.few, cases+its.cases
		if its.cases > 0 && its.worse == its.cases {
			worse = append(worse, c.String())
		}
		if its.better > 0 {
			better = append(better, fmt.Sprintf("%s (%d of %d)", c, its.better, its.cases))
		}
	}
	if len(table.Rows) < 2 {
		return a
	}
	a.Tables = []sheet{table}
	switch {
	case cases == 0:
		a.Text = "Nothing could be compared with untrained."
	case few:
		a.Text = "The seeds are too few for a test."
	default:
		a.Text = "Weights worse than untrained in every case: " + cmp.Or(listing(worse), "none") +
			". Better in some: " + cmp.Or(listing(better), "none") + "."
	}
	return a
}

// rangeOf is from the least level of m to the greatest.
func (s *study) rangeOf(groups []group, m measure, text func(float64) string) string {
	var levels []float64
	for _, p := range groups {
		levels = append(levels, s.scaled(p, m, s.level(p, m).Value))
	}
	return span(levels, text)
}

// span is from the least to the greatest of what is finite.
func span(values []float64, text func(float64) string) string {
	values = slices.DeleteFunc(values, func(v float64) bool { return !finite(v) })
	if len(values) == 0 {
		return ""
	}
	low, high := text(slices.Min(values)), text(slices.Max(values))
	return low + only(low != high, " to "+high)
}

// change is how far training moves the effective rank.
func change(t *runTable, s *study) (a answer) {
	var shifts []float64
	for _, c := range t.all {
		if c.name == "baseline" && c.x.study == s && c.y.condition == untrained && c.field == weightMeasures[0] {
			shifts = append(shifts, s.scaled(c.x.group, c.measure, c.shift.Value))
		}
	}
	if shifts := span(shifts, aligned); shifts != "" {
		a.Text = "Training changes the effective rank by " + shifts + " percentage points."
	}
	return a
}

// whitened asks of whitened inputs alone.
func whitened(kind kind) kind {
	return func(t *runTable, s *study) (a answer) {
		if s.Whiten == 1 {
			a = kind(t, s)
		}
		return a
	}
}

// optimal compares the optimum of the loss with untrained weights, and trained ones with it.
func optimal(_ *runTable, s *study) (a answer) {
	starts, asked, trained, short := 0, 0, 0, 0 // cases with untrained runs, and with trained ones
	for _, c := range s.conditions {
		if c.objective != "optimum" {
			continue
		}
		for _, p := range s.grid(c, s.ks...) {
			level := func(c condition) float64 { return s.level(p.under(c), measureOf("weight_redundancy")).Value }
			start, run := level(untrained), level(condition{objective: "infomax", lambda: c.lambda})
			if finite(start) {
				starts++
			}
			if level(c) > start {
				asked++
			}
			if finite(run) {
				trained++
			}
			if run > level(c) {
				short++
			}
		}
	}
	if starts > 0 {
		a.Text = fmt.Sprintf("At the optimum of the loss, weights are more redundant than untrained in %d of %d "+
			"cases of λ and K.", asked, starts)
	}
	if trained > 0 {
		a.Text += fmt.Sprintf(" After training they are more redundant than at the optimum in %d of %d.",
			short, trained)
	}
	return a
}

// training says how soon the loss is near its end.
func training(_ *runTable, s *study) (a answer) {
	its := s.grid(s.subject(), s.ks...)
	if its == nil {
		return a
	}
	a.Text = fmt.Sprintf("With %s, the loss does not fall in most runs.", s.subject())
	if took := s.rangeOf(its, measureOf("epochs_to_90"), short); took != "" {
		a.Text = fmt.Sprintf("With %s, 90 %% of the gain in the loss takes %s of %s.",
			s.subject(), took, plural(s.Epochs, "epoch"))
	}
	return a
}

// deadUnits names the runs that have any.
func deadUnits(_ *runTable, s *study) (a answer) {
	var with []string
	for _, c := range s.conditions {
		for _, activation := range s.activations {
			dead, all := 0, 0
			for _, K := range s.ks {
				for _, v := range s.values(group{c, activation, K}, measureOf("dead_units")) {
					if all++; v > 0 && finite(v) { // a run that diverged ranks worst
						dead++
					}
				}
			}
			if dead > 0 {
				with = append(with, fmt.Sprintf("%s with %s (%d of %s)", c, activation, dead, plural(all, "run")))
			}
		}
	}
	if with == nil {
		return answer{Text: "No unit is dead."}
	}
	return answer{Text: "A unit is dead in runs of " + listing(with) + "."}
}

// leaders counts in how many races which one is significantly better than every other.
func leaders(contrast string, races func(*study, int) [][]group, by ...string) kind {
	name := func(p group) string { return p.activation }
	if contrast == "lambda" {
		name = func(p group) string { return "λ = " + shortest(p.lambda) }
	}
	return func(t *runTable, s *study) (a answer) {
		var all [][]group
		for _, K := range s.ks {
			all = append(all, races(s, K)...)
		}
		all = slices.DeleteFunc(all, func(race []group) bool { return len(race) < 2 })
		if len(all) == 0 {
			return a
		}
		var found []string
		for _, m := range measuresOf(by...) {
			var leads []string
			times := map[string]int{}
			for _, race := range all {
				for _, x := range race {
					if t.leads(contrast, m, s, x, race) {
						addNew(&leads, name(x))
						times[name(x)]++
					}
				}
			}
			for i, lead := range leads {
				leads[i] = fmt.Sprintf("%s (%d of %d)", lead, times[lead], len(all))
			}
			if leads != nil {
				found = append(found, "by "+m.words()+": "+listing(leads))
			}
		}
		a.Text = "Significantly better than every other, " +
			cmp.Or(strings.Join(found, "; "), "by any measure: none") + "."
		return a
	}
}

// leads tells whether x is significantly better than every other of the race.
func (t *runTable) leads(contrast string, m measure, s *study, x group, race []group) bool {
	wins := 0
	for _, y := range race {
		better := t.index[comparisonKey{contrast, m.field, pair{side{s, x}, side{s, y}}}]
		worse := t.index[comparisonKey{contrast, m.field, pair{side{s, y}, side{s, x}}}]
		wins += max(0, better.outcome(), -worse.outcome())
	}
	return wins == len(race)-1
}

// trends and associations count how many tests are significant, by each measure.
func trends(t *runTable, s *study) answer {
	return t.told(s, "trend", "As K grows, with each activation")
}

func associations(t *runTable, s *study) answer {
	a := t.told(s, "within", "With less redundancy, among runs that differ only in seed")
	largest := 0.0
	for _, c := range associationsOf(s, s.subject()) {
		largest = max(largest, math.Abs(c.effect))
	}
	a.Text += only(a.Text != "" && largest > 0,
		fmt.Sprintf(" Within %s |ρ| is at most %s.", s.subject(), fixed(largest, 2)))
	return a
}

func (t *runTable) told(s *study, name, what string) (a answer) {
	var found []counts
	for _, c := range t.all {
		if c.name != name || c.x.study != s {
			continue
		}
		if n := len(found); n == 0 || found[n-1].of != c.words() {
			found = append(found, counts{of: c.words()})
		}
		found[len(found)-1].add(c)
	}
	for i, its := range found {
		a.Text += fmt.Sprintf("%s %s: %s", cmp.Or(only(i == 0, what+":"), ";"), its.of, its)
	}
	a.Text += only(found != nil, ".")
	return a
}
