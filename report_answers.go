package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The kinds of answer, each with the one template of its sentence.

// verdictOn counts the cases in which x is better than the rivals by all of the measures; λ = 0 is told, but
// not counted. Its table has every y of the contrast.
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
				if partly = partly || its != nil && len(its) < len(found); y.condition != variance {
					tests, whole = append(tests, its...), whole && its != nil
				}
			}
			if whole {
				a.all.add(tests...)
			}
		}
		a.Word, a.Tables = a.opening(), []sheet{t.shifts(s, contrast, by...)}
		a.Text = "By " + titles(found) + only(partly, " (left out where it is infinite)") +
			", compared"
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
	better, word := a.all.better, "Unclear"
	switch {
	case a.all.few:
		return word
	case better == a.all.cases:
		word = "Yes"
	case 2*better > a.all.cases:
		word = "Mostly"
	case better > 0:
		word = "Partly"
	case slices.ContainsFunc(a.rivals, func(r counts) bool { return 2*r.worse > r.cases }):
		word = "No"
	}
	return fmt.Sprintf("%s (%d of %d)", word, better, a.all.cases)
}

// unlike names x by what it and y differ in.
func (x side) unlike(y side) string {
	switch {
	case x.below == layer{} && y.below != layer{}:
		return "one layer"
	case x.condition != y.condition:
		return x.condition.String()
	case x.Whiten != y.Whiten:
		return only(x.Whiten == 0, "un") + "whitened inputs"
	}
	return x.name()
}

// objectivesWithUntrained compares every objective with untrained by both measures of the weights.
func objectivesWithUntrained(t *runTable, s *study) (a answer) {
	K := s.ks[0] // the largest that the subject has
	for _, k := range s.ks {
		if s.grid(s.subject(), k) != nil {
			K = k
		}
	}
	table := sheet{Name: "objectives", Stubs: 1, Heads: []string{"", "effective rank, %",
		"output correlation", "probe accuracy, %", "weights, compared with untrained"},
		Caption: fmt.Sprintf("%s: ranges over the activations at %s; last, in how many cases, of every K, both "+
			"measures of the weights are better or worse", s.name(), atK(K))}
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
			row = append(row, entry{Main: cmp.Or(s.rangeOf(s.grid(c, K), m, aligned), "–")})
		}
		if its.cases > 0 && c != s.subject() {
			begin := cmp.Or(only(a.Text == "", "Other weights compared with untrained:"), ";")
			a.Text += fmt.Sprintf("%s %s: %s", begin, c, its)
		}
		table.Rows = append(table.Rows, append(row, entry{Main: only(its.cases > 0, its.String())}))
	}
	a.Text += only(a.Text != "", ".")
	if len(table.Rows) > 1 {
		a.Tables = []sheet{table}
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
		a.Text = "Training changes the effective rank by " + shifts + " % of its maximum."
	}
	return a
}

// whitened asks of whitened inputs, if there are others.
func whitened(kind kind) kind {
	return func(t *runTable, s *study) (a answer) {
		if s.Whiten == 1 && slices.ContainsFunc(s.all, func(other *study) bool { return other.Whiten == 0 }) {
			a = kind(t, s)
		}
		return a
	}
}

// optimal compares the optimum of the loss with untrained weights, and trained ones with it.
func optimal(_ *runTable, s *study) (a answer) {
	var optimum, trained counts // worse is more redundant
	compare := func(c *counts, x, y group) {
		level := func(p group) float64 { return s.level(p, measureOf("weight_redundancy")).Value }
		if finite(level(x)) && finite(level(y)) {
			c.cases++
			c.worse += max(0, cmp.Compare(level(x), level(y)))
		}
	}
	for _, c := range s.conditions {
		for _, p := range s.grid(c, s.ks...) {
			if c.objective == "optimum" && p.K > 1 {
				compare(&optimum, p, p.under(untrained))
				compare(&trained, p.under(condition{objective: "infomax", lambda: c.lambda}), p)
			}
		}
	}
	if optimum.cases == 0 {
		return a
	}
	a.Text = fmt.Sprintf("With identity: at the optimum of the loss, weights are more redundant than "+
		"untrained in %d of %d cases of λ and K.", optimum.worse, optimum.cases)
	if trained.cases > 0 {
		a.Text += fmt.Sprintf(" InfoMax was trained in %d of the %d. In %d of these it ends more redundant than the "+
			"optimum.", trained.cases, optimum.cases, trained.worse)
	}
	return a
}

// training says how soon the loss is near its end.
func training(_ *runTable, s *study) (a answer) {
	if its := s.grid(s.subject(), s.ks...); its != nil {
		a.Text = fmt.Sprintf("With %s, the loss does not fall.", s.subject())
		if took := s.rangeOf(its, measureOf("epochs_to_90"), short); took != "" {
			a.Text = fmt.Sprintf("With %s, 90 %% of the gain in the loss takes %s of %s.",
				s.subject(), took, plural(s.Epochs, "epoch"))
		}
	}
	return a
}

// deadUnits names the runs that have any.
func deadUnits(_ *runTable, s *study) answer {
	var with []string
	for _, c := range s.conditions {
		for _, activation := range s.activations {
			if c.objective == "pca" { // a reference for the probe
				continue
			}
			dead, all := 0, 0
			for _, K := range s.ks {
				values := s.values(group{c, activation, K}, measureOf("dead_units"))
				all += len(values)
				dead += len(slices.DeleteFunc(values, func(v float64) bool { return v == 0 || !finite(v) }))
			}
			if dead > 0 {
				with = append(with, fmt.Sprintf("%s with %s (%d of %s)", c, activation, dead, plural(all, "run")))
			}
		}
	}
	return answer{Text: "Runs with a dead unit: " + cmp.Or(listing(with), "none") + "."}
}

// leaders counts at how many K an activation, or in how many cases a λ, is significantly better than every
// other.
func leaders(contrast string, by ...string) kind {
	return func(t *runTable, s *study) (a answer) {
		where, of, name := "and at how many K", len(s.ks), func(p group) string { return p.activation }
		if contrast == "lambda" {
			where, of = "and in how many cases", len(s.grid(s.subject(), s.ks...))
			name = func(p group) string { return "λ = " + shortest(p.lambda) }
		}
		var found []string
		few, compared := false, false
		for _, m := range measuresOf(by...) {
			others := map[group]int{} // that each one is not better than
			for _, c := range t.all {
				if c.name == contrast && c.x.study == s && c.field == m.field {
					others[c.x.group] += 1 - max(0, c.outcome())
					others[c.y.group] += 1 - max(0, -c.outcome())
					few, compared = few || c.few(), true
				}
			}
			var leads []string
			times := map[string]int{}
			for _, c := range s.lambdas() {
				for _, p := range s.grid(c, s.ks...) {
					if n, met := others[p]; met && n == 0 {
						addNew(&leads, name(p))
						times[name(p)]++
					}
				}
			}
			for i, lead := range leads {
				leads[i] = fmt.Sprintf("%s (%d of %d)", lead, times[lead], of)
			}
			if leads != nil {
				found = append(found, "by "+m.words()+": "+listing(leads))
			}
		}
		if compared {
			a.Text = "Significantly better than every other, " + where +
				only(few, " (the seeds are too few for a test)") + ": " +
				cmp.Or(strings.Join(found, "; "), "none by any measure") + "."
		}
		return a
	}
}

// told counts in how many tests each measure is significantly better or worse.
func told(name, what string) kind {
	return func(t *runTable, s *study) (a answer) {
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
}
