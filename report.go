package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// The report: stats.csv, tables.md, tables.tex, report.html and its figures, from all runs. The
// same runs give the same bytes on every machine, so no time, machine or order of events is in them.

// reportFiles returns the report's files and its headlines: the answer in one line, and a line for
// each part of it. results is results.csv, weights gives the weights.npz of the networks that are
// shown.
func reportFiles(runs []*Result, results []byte, weights func(id string) ([]byte, error)) (
	files []file, headlines []string, err error) {
	t := newRunTable(runs)
	p := page{Parts: map[string][]section{}, Runs: len(runs), Numerics: numericsVersion,
		ResultsSHA256: fmt.Sprintf("%x", sha256.Sum256(results))}
	var all []answered
	for _, q := range questions {
		a := t.ask(q)
		if a.lead == nil {
			continue
		}
		all = append(all, a)
		figures, err := a.draw(weights)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range figures {
			files = append(files, file{f.File, []byte(f.SVG)})
		}
		p.add(a, figures)
	}
	p.addRuns(runs)
	if len(all) > 0 && all[0].asks == questions[0].asks {
		p.Study, p.Tables = all[0].lead.name(), []sheet{cases(all), others(t, all)}
		headlines = append([]string{p.Answer}, p.parts...)
	}
	stats, err := formatStats(t)
	if err != nil {
		return nil, nil, err
	}
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, p); err != nil {
		return nil, nil, err
	}
	md, tex := formatTables(t, all)
	return append(files, file{"stats.csv", stats}, file{"tables.md", []byte(md)}, file{"tables.tex", []byte(tex)},
		file{"report.html", html.Bytes()}), headlines, nil
}

// answered is a question with its answers by study. The page shows that of lead, the study with
// most runs among those that have one.
type answered struct {
	question
	by   map[*study]answer
	lead *study
}

func (t *runTable) ask(q question) answered {
	a := answered{question: q, by: map[*study]answer{}}
	for _, s := range t.studies {
		if its := q.answer(t, s); its.text != "" {
			a.by[s] = its
			if a.lead == nil || s.size() > a.lead.size() {
				a.lead = s
			}
		}
	}
	return a
}

// formatTables returns tables.md and tables.tex: the tables of every answer, and every level.
func formatTables(t *runTable, all []answered) (md, tex string) {
	md, tex = mdPreamble, texPreamble
	written := map[string]bool{}
	add := func(s *study, tables []sheet) {
		for _, table := range tables {
			if label := s.slug() + "-" + table.Name; !written[label] {
				written[label] = true
				md, tex = md+table.markdown(), tex+table.latex(label)
				if len(written)%6 == 0 { // LaTeX keeps few floats
					tex += "\\clearpage\n\n"
				}
			}
		}
	}
	for _, a := range all {
		for _, s := range t.studies {
			add(s, a.by[s].tables)
		}
	}
	for _, s := range t.studies {
		for _, c := range s.conditions {
			add(s, s.levels(c))
		}
	}
	return md, tex
}

const (
	mdPreamble = "# InfoMax across activations: tables\n\nA comparison is a shift [exact interval], " +
		"in how many of the seeds x is better, the rank-biserial r, and p, adjusted (Holm).\n\n"
	texPreamble = "% \\input{tables.tex}, or copy one table. It needs the packages booktabs and graphicx.\n\n"
)

// page is what report.html.tmpl shows.
type page struct {
	Answer, Study string   // in one line, and what it is of
	parts         []string // of the answer, each in a line
	Tables        []sheet  // of every case, and of other studies
	Parts         map[string][]section
	Limits        []string
	Runs          int
	Diverged      []string
	Unconverged   int
	Data          []string
	Numerics      int
	ResultsSHA256 string
}

// section is a question and the answer that is shown.
type section struct {
	Asks, Word, Text string
	Figures          []shown
	Tables           []sheet
}

// shown is a figure in the page.
type shown struct {
	File, Caption string
	SVG           template.HTML
}

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report.html").Parse(pageText))

// draw makes the figures of an answer.
func (a answered) draw(weights func(id string) ([]byte, error)) (all []shown, err error) {
	for _, f := range a.figures {
		svg, err := f.draw(a.lead, weights)
		if err != nil {
			return nil, err
		}
		if svg != nil {
			caption := fmt.Sprintf("%s Study: %s, %s.", captions[f.kind], a.lead.name(), plural(a.lead.size(), "run"))
			all = append(all, shown{f.file(a.lead), caption, template.HTML(svg)})
		}
	}
	return all, nil
}

// captions say what is to be seen in a figure, and what is drawn.
var captions = map[string]string{
	overview: "A mark left of the bar means that the weights are more redundant than untrained ones. " +
		"A mark is an objective with an activation.",
	byWhiteness: "Where a solid line (InfoMax) is above its dashed one (untrained), training makes the weights less " +
		"redundant, and the probe better. Further right the inputs are whiter.",
	byOptimum: "Where the optimum is above untrained, the loss itself asks for redundant weights. " +
		"Each panel has one K, and λ grows to the right.",
	byEpoch: "A line that is level before the last epoch means that training has come to its end. " +
		"A line is an activation.",
	weightVectors: "Units of one network that look alike are redundant. The networks differ in their activation.",
	byActivation: "If two bars do not overlap, the seeds of the objectives are apart. " +
		"A mark is an objective with an activation.",
	byLambda: "If a line is highest at an end, a λ beyond may be better. A line is an activation.",
	byK: "A line that falls means that more units are further from what untrained ones have. " +
		"A line is an objective.",
	prediction: "A cloud that falls to the right means that less correlated outputs have the better probe, " +
		"here with 100 labels a class.",
}

// add puts an answer into its part of the page. A follow-up has a figure or a table.
func (p *page) add(a answered, figures []shown) {
	its := a.by[a.lead]
	next := section{a.asks, its.word, its.text, figures, nil}
	if len(its.tables) > 0 && (a.part == first || a.part == followUps && figures == nil) {
		next.Tables = its.tables[:1]
	}
	if a.limit != "" {
		p.Limits = append(p.Limits, a.limit)
	}
	p.Parts[a.part] = append(p.Parts[a.part], next)
	if a.short != "" {
		p.Answer += only(p.Answer != "", " ") + a.short + ": " + strings.ToLower(its.word) + "."
		p.parts = append(p.parts, a.short+". "+its.text)
	}
}

// cases is a table of the shifts at every case, by the first measure of the weights and of the
// outputs, in the colours of the verdicts by both.
func cases(all []answered) (table sheet) {
	study := all[0].lead
	table = sheet{Stubs: 2, Caption: study.name() + ": " + study.subject().String() +
		" less what it is compared with [exact interval]; effective rank in points of 100; " +
		"colours: the verdict by both measures"}
	for _, a := range all {
		its, has := a.by[study]
		if !has || a.short != "Weights" && a.short != "Outputs" {
			continue
		}
		full := its.tables[0]
		if table.Rows == nil {
			table.Heads = slices.Clone(full.Heads[:table.Stubs])
			for _, row := range full.Rows {
				table.Rows = append(table.Rows, slices.Clone(row[:table.Stubs]))
			}
		}
		for j := table.Stubs; j < len(full.Heads); j += 2 {
			table.Heads = append(table.Heads, full.Heads[j])
			for i, row := range full.Rows {
				table.Rows[i] = append(table.Rows[i], row[j])
			}
		}
	}
	return table
}

// others is a table of the studies that can answer the first question and that the page does not
// show, by the questions of the answer's line.
func others(t *runTable, all []answered) (table sheet) {
	table = sheet{Stubs: 1, Heads: []string{"data and settings", "cases"},
		Caption: "Other data and settings: cases in which InfoMax is better / worse, by both measures of each; " +
			"* seeds are too few for a test: with every seed"}
	all = slices.DeleteFunc(slices.Clone(all), func(a answered) bool { return a.short == "" || a.part == reasons })
	for _, a := range all {
		for _, rival := range baselines {
			table.Heads = append(table.Heads, a.short+", with "+rival)
		}
	}
	for _, s := range t.studies {
		its, has := all[0].by[s]
		if !has || s == all[0].lead {
			continue
		}
		row := names(s.name(), fmt.Sprint(its.all.cases))
		for _, a := range all {
			for _, rival := range baselines {
				e := entry{Main: "–"}
				for _, r := range a.by[s].rivals {
					if r.of == rival {
						e.Main = r.String() + only(a.by[s].few, "*")
					}
				}
				row = append(row, e)
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// mostNamed is how many diverged runs the page names.
const mostNamed = 10

// addRuns says where the runs are from and how they ended.
func (p *page) addRuns(runs []*Result) {
	for _, r := range runs {
		addNew(&p.Data, r.Config.Data+" "+r.DataSHA256)
		if r.Final.ProbeStatus == notConverged {
			p.Unconverged++
		}
		if r.Status != "ok" {
			p.Diverged = append(p.Diverged, r.ID+r.DivergedWhen())
		}
	}
	if n := len(p.Diverged); n > mostNamed {
		p.Diverged = append(p.Diverged[:mostNamed], fmt.Sprintf("%d more", n-mostNamed))
	}
}
