package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The kinds of answer, each with the one template of its sentence.

// each puts answers one after another, if there is the first, whose are counts and word.
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
		var xs []place
		var ys []side // without activation and K, which are x's
		most, tests := 0, 0
		for _, c := range t.all {
			if c.name == contrast && c.field == by[0] && c.x.study == s {
				addNew(&xs, c.x.place)
				addNew(&ys, side{c.y.study, place{condition: c.y.condition}})
				most, tests = max(most, c.n), c.tests
			}
		}
		least, outcome := leastP(tests, most), comparison.outcome
		if a.few = least >= significant; a.few {
			outcome = comparison.everySeed
		}
		table := sheet{Name: contrast + "-" + by[0], Stubs: 2, Heads: []string{"K", "activation"}}
		var labels []string
		for _, y := range ys {
			for _, m := range measuresOf(by...) {
				table.Heads = append(table.Heads, m.arrowed()+", with "+y.label(s))
			}
			if slices.Contains(rivals, y.String()) {
				a.rivals = append(a.rivals, counts{rival: y.String()})
				labels = append(labels, y.label(s))
			}
		}
		if a.rivals == nil {
			return answer{}
		}
		for _, x := range xs {
			row, sum, met := names(fmt.Sprint(x.K), x.activation), 0, 0
			for _, y := range ys {
				tests := t.tests(contrast, by, pair{side{s, x}, side{y.study, x.under(y.condition)}})
				row = append(row, entries(tests, len(by))...)
				i := slices.IndexFunc(a.rivals, func(r counts) bool { return r.rival == y.String() })
				if i >= 0 && tests != nil {
					v := verdict(tests, outcome)
					a.rivals[i].add(v)
					sum, met = sum+v, met+1
				}
			}
			table.Rows = append(table.Rows, row)
			if met == len(a.rivals) {
				a.cases++
				a.all.add(sum / met)
			}
		}
		x := xs[0].String()
		table.Caption = s.name() + ": " + x + " less what it is compared with [exact interval]; wins of seeds, rank-biserial r, adjusted p"
		a.tables, a.word = []sheet{table}, a.opening()
		if a.few {
			a.text = fmt.Sprintf("%s cannot give an adjusted p under %s. With every seed ", plural(most, "seed"), pText(least))
		}
		a.text += fmt.Sprintf("%s is better than %s by %s in %d of %s", x, listing(labels), titles(by), a.all.better, plural(a.cases, "case"))
		if len(labels) == 1 {
			a.text += fmt.Sprintf(", and worse in %d.", a.all.worse)
			return a
		}
		for i, r := range a.rivals {
			a.text += fmt.Sprintf([]string{". Compared with %s it is", ", with %s"}[min(i, 1)]+" better in %d and worse in %d",
				labels[i], r.better, r.worse)
		}
		a.text += "."
		return a
	}
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
	c.better += max(0, verdict)
	c.worse += max(0, -verdict)
}

// String is "better / worse".
func (c counts) String() string { return fmt.Sprintf("%d / %d", c.better, c.worse) }

// leastP is the smallest p that n pairs can give the first of some tests after Holm.
func leastP(tests, n int) float64 { return min(1, math.Ldexp(float64(tests), 1-n)) }

func titles(by []string) string {
	var all []string
	for _, m := range measuresOf(by...) {
		all = append(all, m.words())
	}
	return listing(all)
}

// opening is the word for so many of the cases.
func (a answer) opening() string {
	switch better := a.all.better; {
	case a.few || better == 0 && !slices.ContainsFunc(a.rivals, func(r counts) bool { return r.worse > 0 }):
		return "Unclear"
	case better == a.cases:
		return "Yes"
	case 2*better >= a.cases:
		return "Mostly"
	case better > 0:
		return "Partly"
	}
	return "No"
}

// label is y, and its study where that is another.
func (y side) label(x *study) string {
	return y.condition.String() + only(y.study != x, " on "+y.study.name())
}

// objectivesWithUntrained compares every objective with untrained by both measures of the weights.
func objectivesWithUntrained(t *runTable, s *study) (a answer) {
	K := s.ks[len(s.ks)-1]
	table := sheet{Name: "objectives", Stubs: 1, Heads: []string{"", "effective rank, %", "‖Corr − I‖² of outputs",
		"linear probe, %", "better / worse than untrained"}}
	var worse, better []string
	cases := 0
	for _, c := range s.conditions {
		if s.stacked() || !trains(c.objective) && c != untrained {
			continue
		}
		its, contrast := counts{}, "untrained"
		if c == s.subject() {
			contrast = "baseline"
		}
		places := s.grid(c, s.ks...)
		for _, p := range places {
			its.add(verdict(t.tests(contrast, weights, pair{side{s, p}, side{s, p.under(untrained)}}), comparison.outcome))
		}
		row := names(c.String())
		for _, m := range measuresOf("effective_rank", "output_correlation", "probe_accuracy") {
			row = append(row, s.rangeOf(s.grid(c, K), m))
		}
		table.Rows = append(table.Rows, append(row, entry{Main: only(c != untrained, its.String())}))
		cases = max(cases, len(places))
		if its.worse == len(places) {
			worse = append(worse, c.String())
		}
		if its.better > 0 {
			better = append(better, fmt.Sprintf("%s (%d of %d)", c, its.better, len(places)))
		}
	}
	if len(table.Rows) < 2 {
		return a
	}
	table.Caption = fmt.Sprintf("%s: ranges over the activations at K = %d; and in how many of %s both measures of "+
		"the weights are better / worse than untrained", s.name(), K, plural(cases, "case"))
	a.text = "Weights are worse than untrained in every case with " + cmp.Or(listing(worse), "no objective") +
		"; they are better in some with " + cmp.Or(listing(better), "none") + "."
	a.tables = []sheet{table}
	return a
}

// rangeOf is from the least level of m to the greatest.
func (s *study) rangeOf(places []place, m measure) entry {
	least, greatest := math.Inf(1), math.Inf(-1)
	for _, p := range places {
		if v := s.scaled(p, m, s.level(p, m).Value); finite(v) {
			least, greatest = min(least, v), max(greatest, v)
		}
	}
	low, high := aligned(least), aligned(greatest)
	return entry{Main: only(least <= greatest, low+only(low != high, " – "+high))}
}

// whitened puts the first question to whitened inputs, and compares them with the same components
// as they are.
func whitened(t *runTable, s *study) answer {
	if s.Whiten != 1 {
		return answer{}
	}
	return each(verdictOn("baseline", weights, baselines...), verdictOn("whiten", weights, treatment.String()),
		verdictOn("whiten", probes[:1], treatment.String()))(t, s)
}

// optimal compares the optimum of the loss with untrained weights, and trained ones with it.
func optimal(_ *runTable, s *study) (a answer) {
	m := measureOf("weight_redundancy")
	table := sheet{Name: "optimum", Stubs: 2, Heads: []string{"K", "λ", "optimum", "trained", "untrained"},
		Caption: s.name() + ", identity: " + m.words() + " of the loss's optimum and of runs"}
	asked, short, trained := 0, 0, 0
	for _, c := range s.conditions {
		for _, K := range s.ks {
			p := place{c, "identity", K}
			if c.objective != "optimum" || s.runs[p] == nil {
				continue
			}
			level := func(c condition) float64 { return s.level(p.under(c), m).Value }
			best, run, start := level(c), level(condition{objective: "infomax", lambda: c.lambda}), level(untrained)
			table.Rows = append(table.Rows, names(fmt.Sprint(K), shortest(c.lambda), tabled(best), tabled(run), tabled(start)))
			if best > start {
				asked++
			}
			if finite(run) {
				trained++
			}
			if run > best {
				short++
			}
		}
	}
	if table.Rows != nil {
		a.text = fmt.Sprintf("The loss: at its optimum weights are more redundant than untrained in %d of %d cases of λ and K. "+
			"The training: runs are more redundant than the optimum in %d of %d.", asked, len(table.Rows), short, trained)
		a.tables = []sheet{table}
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
				for _, v := range s.values(place{c, activation, K}, measureOf("dead_units")) {
					if all++; v > 0 {
						dead++
					}
				}
			}
			if dead > 0 {
				with = append(with, fmt.Sprintf("%s with %s (%d of %s)", c, activation, dead, plural(all, "run")))
			}
		}
	}
	return answer{text: "A unit is dead in runs of " + cmp.Or(listing(with), "no objective") + "."}
}

// leaders says which of some places is significantly better than every other: of the activations
// at each K, or of the λ at each activation and K.
func leaders(contrast string, by ...string) func(*runTable, *study) answer {
	return func(t *runTable, s *study) (a answer) {
		groups := [][]place{}
		for _, K := range s.ks {
			at := s.grid(s.subject(), K)
			if contrast == "activation" {
				groups = append(groups, at)
				continue
			}
			for _, p := range at {
				groups = append(groups, s.overLambda(p))
			}
		}
		if s.stacked() || len(groups) == 0 || len(groups[0]) < 2 {
			return a
		}
		name := func(p place) string {
			if contrast == "lambda" {
				return "λ = " + shortest(p.lambda)
			}
			return p.activation
		}
		table := sheet{Name: contrast + "-leaders", Stubs: 2, Heads: []string{"K", "activation"},
			Caption: s.name() + ": significantly better than every other " + contrast}
		for _, g := range groups {
			table.Rows = append(table.Rows, names(fmt.Sprint(g[0].K), only(contrast == "lambda", g[0].activation)))
		}
		var found []string
		for _, m := range measuresOf(by...) {
			table.Heads = append(table.Heads, m.arrowed())
			var leads []string
			times := map[string]int{}
			for i, g := range groups {
				lead := "–"
				for _, p := range g {
					if t.beatsAll(contrast, m, s, p, g) {
						lead = name(p)
						addNew(&leads, lead)
						times[lead]++
					}
				}
				table.Rows[i] = append(table.Rows[i], entry{Main: lead})
			}
			for i, lead := range leads {
				leads[i] = fmt.Sprintf("%s (%d of %d)", lead, times[lead], len(groups))
			}
			if leads != nil {
				found = append(found, "by "+m.words()+" "+listing(leads))
			}
		}
		a.text = "Significantly better than every other: " + cmp.Or(strings.Join(found, "; "), "none") + "."
		a.tables = []sheet{table}
		return a
	}
}

// beatsAll tells whether p is significantly better than every other of the places.
func (t *runTable) beatsAll(contrast string, m measure, s *study, p place, places []place) bool {
	for _, q := range places {
		outcome := 0
		if i, made := t.index[comparisonKey{contrast, m.field, pair{side{s, p}, side{s, q}}}]; made {
			outcome = t.all[i].outcome()
		} else if i, made := t.index[comparisonKey{contrast, m.field, pair{side{s, q}, side{s, p}}}]; made {
			outcome = -t.all[i].outcome()
		}
		if q != p && outcome <= 0 && !s.infinite(q, m) {
			return false
		}
	}
	return !s.infinite(p, m)
}
