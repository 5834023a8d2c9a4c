package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The kinds of answer, each with the one template of its sentence.

// each joins the texts and tables of several answers. Counts and word are the first's, and without a
// first there is none.
func each(kinds ...func(*runTable, *study) answer) func(*runTable, *study) answer {
	return func(t *runTable, s *study) answer {
		all := kinds[0](t, s)
		for _, kind := range kinds[1:] {
			if a := kind(t, s); all.text != "" && a.text != "" {
				all.text += " " + a.text
				all.tables = append(all.tables, a.tables...)
			}
		}
		return all
	}
}

// verdictOn counts the cases in which x is better than the rivals by all of the measures. Its
// table has every y of the contrast.
func verdictOn(contrast string, by []string, rivals ...string) func(*runTable, *study) answer {
	return func(t *runTable, s *study) (a answer) {
		var xs []group
		var ys []side // without activation and K, which are x's
		var found []string
		most, least := 0, 0.0 // seeds, and the p that they can give
		for _, c := range t.all {
			if c.name == contrast && c.x.study == s && of(by...)(c.measure) && !s.infinite(c.x.group, c.measure) {
				addNew(&found, c.field)
				addNew(&xs, c.x.group)
				addNew(&ys, side{c.y.study, group{condition: c.y.condition}})
				most = max(most, c.n)
				least = math.Ldexp(float64(c.tests), 1-most)
			}
		}
		if xs == nil {
			return a
		}
		outcome, subject := comparison.outcome, side{s, xs[0]}
		if a.few = least >= significant; a.few {
			outcome = comparison.everySeed
		}
		table := sheet{Name: contrast + "-" + by[0], Stubs: 2, Heads: []string{"K", "activation"}}
		for _, y := range ys {
			for _, m := range measuresOf(found...) {
				table.Heads = append(table.Heads, m.arrowed()+", with "+y.unlike(subject))
			}
			if slices.Contains(rivals, y.String()) {
				a.rivals = append(a.rivals, counts{of: y.unlike(subject)})
			}
		}
		if a.rivals == nil {
			return answer{}
		}
		for _, x := range xs {
			row, sum, met := names(fmt.Sprint(x.K), x.activation), 0, 0
			for _, y := range ys {
				tests := t.tests(contrast, found, pair{side{s, x}, side{y.study, x.under(y.condition)}})
				row = append(row, entries(tests, len(found))...)
				i := slices.IndexFunc(a.rivals, func(r counts) bool { return r.of == y.unlike(subject) })
				if i >= 0 && tests != nil {
					v := verdict(tests, outcome)
					a.rivals[i].add(v)
					sum, met = sum+v, met+1
				}
			}
			table.Rows = append(table.Rows, row)
			if met == len(a.rivals) {
				a.all.add(sum / met)
			}
		}
		table.Caption = s.name() + ": " + subject.String() + " less what it is compared with [exact interval]"
		a.tables, a.word = []sheet{table}, a.opening()
		some := func(x group) bool { // has a measure that is infinite
			return slices.ContainsFunc(measuresOf(by...), func(m measure) bool { return s.infinite(x, m) })
		}
		by := titles(found) + only(slices.ContainsFunc(xs, some), " (where that is infinite, by the other alone)") +
			only(a.few, ", with every one of "+plural(most, "seed")+" (too few for a test)")
		a.text = a.sentence(subject.unlike(ys[0]), by)
		return a
	}
}

// sentence says in how many cases x is better than each rival, and worse.
func (a answer) sentence(x, by string) string {
	text := "By " + by + ", " + x + " is"
	for i, r := range a.rivals {
		text += fmt.Sprintf("%s better than %s in %d%s and worse in %d", only(i > 0, ","), r.of, r.better,
			only(i == 0, " of "+plural(a.all.cases, "case")), r.worse)
	}
	return text + "."
}

// entries are the cells of a pair's tests by so many measures.
func entries(tests []comparison, measures int) (cells []entry) {
	for _, test := range tests {
		e := test.entry()
		e.Class = verdicts[verdict(tests, comparison.outcome)]
		cells = append(cells, e)
	}
	for len(cells) < measures { // not made, or of infinite total correlation
		cells = append(cells, entry{Main: "–"})
	}
	return cells
}

func (c *counts) add(verdict int) {
	c.cases++
	c.better += max(0, verdict)
	c.worse += max(0, -verdict)
}

// String is "better / worse".
func (c counts) String() string { return fmt.Sprintf("%d / %d", c.better, c.worse) }

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
	case a.few:
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
	case x.Data != y.Data:
		return x.Data
	}
	return only(x.Whiten == 0, "un") + "whitened"
}

// objectivesWithUntrained compares every objective with untrained by both measures of the weights.
func objectivesWithUntrained(t *runTable, s *study) (a answer) {
	K := s.ks[len(s.ks)-1]
	table := sheet{Name: "objectives", Stubs: 1, Heads: []string{"", "effective rank, %",
		"‖Corr − I‖² of outputs", "linear probe, %", "better / worse than untrained"}}
	var worse, better []string
	cases, few := 0, false // few: too few seeds for a test
	for _, c := range s.conditions {
		if s.stacked() || !trains(c.objective) && c != untrained {
			continue
		}
		its, contrast := counts{}, "untrained"
		if c == s.subject() {
			contrast = "baseline"
		}
		for _, p := range s.grid(c, s.ks...) {
			tests := t.tests(contrast, weights, pair{side{s, p}, side{s, p.under(untrained)}})
			for _, test := range tests {
				few = few || math.Ldexp(float64(test.tests), 1-test.n) >= significant
			}
			if tests != nil {
				its.add(verdict(tests, comparison.outcome))
			}
		}
		row := names(c.String())
		for _, m := range measuresOf("effective_rank", "output_correlation", "probe_accuracy") {
			row = append(row, entry{Main: s.rangeOf(s.grid(c, K), m, aligned)})
		}
		table.Rows = append(table.Rows, append(row, entry{Main: only(c != untrained, its.String())}))
		cases = max(cases, its.cases)
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
	table.Caption = fmt.Sprintf("%s: ranges over the activations at K = %d; and in how many of %s both measures "+
		"of the weights are better / worse than untrained", s.name(), K, plural(cases, "case"))
	if a.tables = []sheet{table}; few {
		a.text = "The seeds are too few for a test."
		return a
	}
	a.text = "Weights are worse than untrained in every case with " + cmp.Or(listing(worse), "no objective") +
		", and better in some with " + cmp.Or(listing(better), "none") + "."
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
		if c.name == "baseline" && c.x.study == s && c.y.condition == untrained && c.field == weights[0] {
			shifts = append(shifts, s.scaled(c.x.group, c.measure, c.shift.Value))
		}
	}
	if shifts := span(shifts, aligned); shifts != "" {
		a.text = "Training changes the effective rank by " + shifts + " points of 100."
	}
	return a
}

// whitened puts the first question to whitened inputs, and compares them with the same components
// as they are.
func whitened(t *runTable, s *study) (a answer) {
	if s.Whiten != 1 {
		return a
	}
	probe := verdictOn("whiten", probes[:1], treatment.String())
	a = each(verdictOn("baseline", weights, baselines...), change,
		verdictOn("whiten", weights, treatment.String()), probe)(t, s)
	if its := probe(t, s).all; a.all.better > 0 && its.better != its.worse {
		a.text += " Less redundant weights are " + only(its.better < its.worse, "not ") + "the better features there."
	}
	return a
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
		a.text = fmt.Sprintf("The loss: at its optimum weights are more redundant than untrained in %d of %d cases "+
			"of λ and K.", asked, starts)
	}
	if trained > 0 {
		a.text += fmt.Sprintf(" The training: runs are more redundant than the optimum in %d of %d.", short, trained)
	}
	return a
}

// training says how soon the loss is near its end.
func training(_ *runTable, s *study) (a answer) {
	its := s.grid(s.subject(), s.ks...)
	if its == nil {
		return a
	}
	a.text = fmt.Sprintf("With %s, the loss does not fall in most runs.", s.subject())
	if took := s.rangeOf(its, measureOf("epochs_to_90"), short); took != "" {
		a.text = fmt.Sprintf("With %s, 90 %% of the gain in the loss takes %s of %s.",
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
		return answer{text: "No unit is dead."}
	}
	return answer{text: "A unit is dead in runs of " + listing(with) + "."}
}

// leaders counts which of the activations at each K, or of the λ at each activation and K, is
// significantly better than every other.
func leaders(contrast string, by ...string) func(*runTable, *study) answer {
	return func(t *runTable, s *study) (a answer) {
		name := func(p group) string { return p.activation }
		others := func(p group) int { return len(s.grid(s.subject(), p.K)) - 1 }
		choices := 0
		for _, K := range s.ks {
			if others(group{K: K}) > 0 {
				choices++
			}
		}
		if contrast == "lambda" {
			name = func(p group) string { return "λ = " + shortest(p.lambda) }
			others = func(group) int { return len(s.lambdas()) - 1 }
			choices = len(s.grid(s.subject(), s.ks...))
		}
		var found []string
		made := false
		for _, m := range measuresOf(by...) {
			var leads []string
			times, wins := map[string]int{}, map[group]int{}
			for _, c := range t.all {
				if c.name != contrast || c.x.study != s || c.field != m.field {
					continue
				}
				made = true
				best := map[int]group{+1: c.x.group, -1: c.y.group}
				if p, clear := best[c.outcome()]; clear {
					if wins[p]++; wins[p] == others(p) {
						addNew(&leads, name(p))
						times[name(p)]++
					}
				}
			}
			for i, lead := range leads {
				leads[i] = fmt.Sprintf("%s (%d of %d)", lead, times[lead], choices)
			}
			if leads != nil {
				found = append(found, "by "+m.words()+" "+listing(leads))
			}
		}
		if made {
			a.text = "Significantly better than every other: " + cmp.Or(strings.Join(found, "; "), "none") + "."
		}
		return a
	}
}
