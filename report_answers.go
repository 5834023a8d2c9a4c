package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The kinds of answer, each with the one template of its sentence.

// verdictOn counts the cases in which x is better than the rivals by all of the measures; λ = 0 is told, but
// not counted. Its table has a row for each case.
func verdictOn(contrast string, by []string, rivals ...string) kind {
	return func(s *study) (a answer) {
		xs, ys, found := s.compared(contrast, by...)
		ys = slices.DeleteFunc(ys, func(y side) bool { return !slices.Contains(rivals, y.String()) })
		if len(ys) == 0 {
			return a
		}
		subject := side{s, xs[0]}
		table := sheet{Name: slugOf(s.name() + " " + contrast + " " + by[0] + " " + rivals[0]),
			Stubs: 2, Heads: []string{"K", "activation"},
			Caption: s.name() + ": " + subject.String() + " minus what it is compared with [exact interval]"}
		var titles []string
		for _, m := range found {
			titles = append(titles, m.words())
		}
		for _, y := range ys {
			for _, m := range found {
				table.Heads = append(table.Heads, m.arrowed()+", with "+y.unlike(subject))
			}
		}
		var each []counts // of a rival
		var both counts   // of all that count
		for _, x := range xs {
			row, whole := names(fmt.Sprint(x.K), x.activation), true
			var counted []comparison
			for _, y := range ys {
				tests := s.tests(contrast, by, x, y)
				named(&each, y.unlike(subject)).add(tests)
				if y.condition != variance {
					counted, whole = append(counted, tests...), whole && tests != nil
				}
				row = append(row, entries(tests, len(found))...)
			}
			if whole {
				both.add(counted)
			}
			table.Rows = append(table.Rows, row)
		}
		a.Word, a.Tables = opening(both, each), []sheet{table}
		a.Text = "By " + listing(titles) + ", compared with " + told(each) + "."
		return a
	}
}

// compared has which groups of s a contrast compares by any of the measures, with what, and by
// which. ys are without activation and K, which are x's.
func (s *study) compared(contrast string, by ...string) (xs []group, ys []side, found []measure) {
	var fields []string
	for _, c := range s.comparisons {
		if c.name == contrast && of(by...)(c.measure) && !s.infinite(c.x.group, c.measure) {
			addNew(&fields, c.field)
			addNew(&xs, c.x.group)
			addNew(&ys, c.y.every(c.y.condition))
		}
	}
	return xs, ys, measuresOf(fields...)
}

// told has the counts of each.
func told(all []counts) string {
	var texts []string
	for _, c := range all {
		texts = append(texts, c.of+": "+c.String())
	}
	return strings.Join(texts, "; ")
}

// opening is the word for so many of the cases, compared with all rivals and with each.
func opening(n counts, rivals []counts) string {
	word := "Unclear"
	switch {
	case n.better > 0 && n.better == n.cases:
		word = "Yes"
	case 2*n.better > n.cases:
		word = "Mostly"
	case n.better > 0:
		word = "Partly"
	case slices.ContainsFunc(rivals, func(r counts) bool { return 2*r.worse > r.cases && r.of != variance.String() }):
		word = "No"
	}
	return fmt.Sprintf("%s (%d of %d)", word, n.better, n.cases)
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

// objectivesWithUntrained has a table of every objective at the largest K, of the subject if it has one, and in how
// many cases both measures of its weights are better and worse than untrained.
func objectivesWithUntrained(s *study) (a answer) {
	if s.stacked() {
		return a
	}
	K := s.ks[len(s.ks)-1]
	if groups := s.groups(s.subject()); groups != nil {
		K = groups[len(groups)-1].K
	}
	its := measuresOf("effective_rank", "output_correlation", "probe_accuracy")
	table := sheet{Name: s.slug() + "-objectives", Stubs: 1, Heads: []string{""},
		Caption: fmt.Sprintf("%s: ranges over the activations at %s; last column: in how many cases, of all K, "+
			"both measures of the weights are better or worse", s.name(), atK(K))}
	for _, m := range its {
		table.Heads = append(table.Heads, m.label())
	}
	table.Heads = append(table.Heads, "Weights, compared with untrained")
	for _, c := range s.conditions {
		if !trains(c.objective) && c != untrained {
			continue
		}
		var with counts
		for _, x := range s.groups(c) {
			with.add(append(s.tests("untrained", weightMeasures, x, s.every(untrained)),
				s.tests("baseline", weightMeasures, x, s.every(untrained))...)) // the subject's
		}
		row := names(c.String())
		for _, m := range its {
			row = append(row, entry{Main: cmp.Or(s.rangeOf(s.grid(c, K), m, aligned), "–")})
		}
		table.Rows = append(table.Rows, append(row, entry{Main: only(with.cases > 0, with.String())}))
	}
	if table.Rows != nil { // not of references alone
		a.Tables = []sheet{table}
	}
	return a
}

// rangeOf is from the least level of m to the greatest.
func (s *study) rangeOf(groups []group, m measure, text func(float64) string) string {
	var levels []float64
	for _, p := range groups {
		levels = append(levels, s.level(p, m).Value)
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
func change(s *study) (a answer) {
	var shifts []float64
	for _, c := range s.comparisons {
		if c.name == "baseline" && c.y.condition == untrained && c.field == weightMeasures[0] {
			shifts = append(shifts, c.shift.Value*s.scale(c.x.group, c.measure))
		}
	}
	if shifts := span(shifts, aligned); shifts != "" {
		a.Text = "Training changes the effective rank by " + shifts + " points of 100."
	}
	return a
}

// whitened asks of whitened inputs, if there are others.
func whitened(kind kind) kind {
	return func(s *study) (a answer) {
		if s.Whiten == 1 && s.all[0].Whiten == 0 {
			a = kind(s)
		}
		return a
	}
}

// optimal compares the optimum of the loss with untrained weights, and trained ones with it.
func optimal(s *study) (a answer) {
	redundancy := func(p group) float64 { return s.level(p, measureOf("weight_redundancy")).Value }
	var optimum, trained counts // worse is more redundant
	for _, p := range s.groups(s.conditions...) {
		if p.objective != "optimum" || p.K == 1 {
			continue
		}
		best, start := redundancy(p), redundancy(p.under(untrained))
		ends := redundancy(p.under(condition{objective: "infomax", lambda: p.lambda}))
		optimum.compare(best, start)
		trained.compare(ends, best)
	}
	if optimum.cases > 0 {
		a.Text = fmt.Sprintf("With identity: at the optimum of the loss, weights are more redundant than "+
			"untrained in %d of %d cases of λ and K.", optimum.worse, optimum.cases)
	}
	if trained.cases > 0 {
		a.Text += fmt.Sprintf(" InfoMax, trained in %d of them, ends more redundant than the optimum in %d.",
			trained.cases, trained.worse)
	}
	return a
}

// compare counts a case of two levels of which less is better, if both are finite.
func (c *counts) compare(x, y float64) {
	if finite(x) && finite(y) {
		c.cases++
		c.worse += max(0, cmp.Compare(x, y))
	}
}

// training says how soon the loss is near its end.
func training(s *study) (a answer) {
	if its := s.groups(s.subject()); its != nil {
		a.Text = fmt.Sprintf("With %s, epochs until 90 %% of the gain in the loss, of %d: %s.", s.subject(), s.Epochs,
			cmp.Or(s.rangeOf(its, measureOf("epochs_to_90"), short), "the loss does not fall"))
	}
	return a
}

// deadUnits names the runs that have any.
func deadUnits(s *study) answer {
	var all []counts // of runs; worse have dead units
	for _, p := range s.groups(s.conditions...) {
		its := named(&all, p.String()+" with "+p.activation)
		for _, dead := range s.values(p, measureOf("dead_units")) {
			its.compare(dead, 0)
		}
	}
	var with []string
	for _, c := range all {
		if c.worse > 0 {
			with = append(with, fmt.Sprintf("%s (%d of %s)", c.of, c.worse, plural(c.cases, "run")))
		}
	}
	return answer{Text: "Runs with a dead unit: " + cmp.Or(listing(with), "none") + "."}
}

// leaders counts for every activation, or λ, in how many cases it is significantly better than each other one,
// and in how many worse.
func leaders(contrast string, name func(group) string, by ...string) kind {
	return func(s *study) (a answer) {
		var found []string
		compared := false
		for _, m := range measuresOf(by...) {
			var all []counts
			for _, p := range s.groups(s.lambdas()...) {
				tests := s.against(contrast, m, p)
				named(&all, name(p)).add(tests)
				compared = compared || tests != nil
			}
			all = slices.DeleteFunc(all, func(c counts) bool { return c.better+c.worse == 0 })
			if len(all) > 0 {
				found = append(found, "By "+m.words()+": "+told(all)+".")
			}
		}
		if compared {
			a.Text = "Cases better, or worse, than all others. " +
				cmp.Or(strings.Join(found, " "), "There is none by any measure.")
		}
		return a
	}
}

// against has the comparisons of a contrast by m in which p is x, or is made x.
func (s *study) against(contrast string, m measure, p group) (tests []comparison) {
	for _, c := range s.comparisons {
		if c.y.group == p {
			c.pair, c.effect = pair{c.y, c.x}, -c.effect
			c.signs.Wins, c.signs.Losses = c.signs.Losses, c.signs.Wins
		}
		if c.name == contrast && c.field == m.field && c.x.group == p {
			tests = append(tests, c)
		}
	}
	return tests
}

// outcomes counts in how many tests each measure is significantly better or worse.
func outcomes(name, what string) kind {
	return func(s *study) (a answer) {
		var all []counts
		for _, c := range s.comparisons {
			if c.name == name {
				named(&all, c.words()).add([]comparison{c})
			}
		}
		if all != nil {
			a.Text = what + ": " + told(all) + "."
		}
		return a
	}
}

// named are the counts of that name, which are added if they are not there.
func named(all *[]counts, of string) *counts {
	i := slices.IndexFunc(*all, func(c counts) bool { return c.of == of })
	if i < 0 {
		i = len(*all)
		*all = append(*all, counts{of: of})
	}
	return &(*all)[i]
}
