package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// The report: stats.csv, tables.md, tables.tex, report.html and its figures, from all runs. The
// same runs give the same bytes on every machine, so no time, machine or order of events is in them.

// reportFiles returns the report's files and its headlines: the answer in one line, and a line for
// each part of it. results is results.csv, weightsOf gives the weights.npz of the networks that are
// shown.
func reportFiles(runs []*Result, results []byte, weightsOf weightsReader) (
	files []file, headlines []string, err error) {
	all := studies(runs)
	p := page{Runs: plural(len(runs), "run"), Numerics: numericsVersion, ResultsSHA256: sha256Text(results),
		Parts: map[string][]answered{}}
	var main *study // of the first answer
	for _, q := range questions {
		a, err := q.ask(all, main, weightsOf)
		if err != nil {
			return nil, nil, err
		}
		if a.lead == nil {
			continue
		}
		main = cmp.Or(main, a.lead)
		if a.lead != main {
			a.Of = a.lead.name()
		}
		p.Answers, p.Parts[a.Part] = append(p.Answers, a), append(p.Parts[a.Part], a)
		for _, f := range a.Figures {
			files = append(files, file{f.File, []byte(f.SVG)})
		}
		if a.short != "" && (a.lead == main || a.Part == "why") {
			p.Answer += only(p.Answer != "", " ") + a.short + ": " + strings.ToLower(a.Word) + "."
			headlines = append(headlines, a.short+". "+a.Text)
		}
	}
	p.addRuns(runs)
	if p.Answer != "" {
		if len(main.seeds) < enoughSeeds {
			p.Answer += fmt.Sprintf(" (With fewer than %d seeds no case can count.)", enoughSeeds)
		}
		p.Study, p.Subject = main.name(), main.subject().String()
		p.Others = p.others(all)
		headlines = slices.Insert(headlines, 0, p.Answer)
	}
	var html bytes.Buffer
	stats, statsErr := formatStats(all)
	md, tex, tablesErr := formatTables(all, p.Answers)
	err = errors.Join(statsErr, tablesErr, pageTemplate.Execute(&html, p))
	return append(files, file{"stats.csv", stats}, file{"tables.md", md}, file{"tables.tex", tex},
		file{"report.html", html.Bytes()}), headlines, err
}

// enoughSeeds is the fewest with which a p adjusted for the 18 tests of the first question can be under 0.05.
const enoughSeeds = 10

// answered is a question with its answers by study. The page shows that of lead: the main study if it
// has one, else the study with most runs that has.
type answered struct {
	question
	by   map[*study]answer
	lead *study
	Of   string // what lead is, if not the main study
	answer
	Figures []shown
}

// shown is a figure in the page.
type shown struct {
	File, Caption string
	SVG           template.HTML
}

func (q question) ask(studies []*study, main *study, weightsOf weightsReader) (answered, error) {
	a := answered{question: q, by: map[*study]answer{}}
	for _, s := range studies {
		if its := q.answer(s); its.Text != "" || its.Tables != nil {
			a.by[s] = its
			if a.lead == nil || s == main || a.lead != main && s.size() > a.lead.size() {
				a.lead, a.answer = s, its
			}
		}
	}
	if a.lead == nil {
		return a, nil
	}
	for _, f := range q.figures {
		svg, err := f.draw(a.lead, weightsOf)
		if err != nil {
			return a, err
		}
		if svg != nil {
			caption := fmt.Sprintf("%s Data: %s, %s.",
				f.caption, a.lead.name(), plural(a.lead.size(), "run"))
			a.Figures = append(a.Figures, shown{f.file(a.lead), caption, template.HTML(svg)})
		}
	}
	return a, nil
}

// page is what report.html.tmpl shows.
type page struct {
	Answer         string // in one line
	Study, Subject string // that it is of
	Answers        []answered
	Parts          map[string][]answered // of the page
	Others         sheet
	Runs           string
	Diverged       int
	Unconverged    int
	Data           []string
	Numerics       int
	ResultsSHA256  string
}

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report.html").Parse(pageText))

// others is a table of the studies that can answer the first question and that the page does not
// show: the word for each of the findings.
func (p page) others(studies []*study) sheet {
	table := sheet{Stubs: 1, Heads: []string{"data and settings"}, Caption: "Other data and settings, by every measure"}
	for _, a := range p.Parts["findings"] {
		table.Heads = append(table.Heads, a.short)
	}
	for _, s := range studies {
		if _, has := p.Answers[0].by[s]; has && s != p.Answers[0].lead {
			row := names(s.name())
			for _, a := range p.Parts["findings"] {
				row = append(row, entry{Main: cmp.Or(a.by[s].Word, "–")})
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// addRuns says where the runs are from and how they ended.
func (p *page) addRuns(runs []*Result) {
	for _, r := range runs {
		addNew(&p.Data, r.Config.Data+" "+r.DataSHA256)
		switch {
		case r.Status != "ok":
			p.Diverged++
		case r.Final.ProbeStatus == notConverged:
			p.Unconverged++
		}
	}
}
