package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
	"path/filepath"
)

// The report: what is derived from all runs for a reader. report.html has everything; tests,
// tables and figures are files of their own besides. The same runs give the same bytes on every
// machine, so no time, machine or order of events is in them.

// writeReport writes the report of all runs, which are in the order of compareConfigs.
func writeReport(out string, runs []*Result) error {
	files, err := reportFiles(store{out}, runs)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := writeAtomic(filepath.Join(out, f.name), f.data); err != nil {
			return err
		}
	}
	return nil
}

// reportFiles returns the report's files. It reads the weights that are shown from st.
func reportFiles(st store, runs []*Result) (files []file, err error) {
	results, err := formatResults(runs)
	if err != nil {
		return nil, err
	}
	p := page{Seeds: neededSeeds(againstBaseline), Numerics: numericsVersion, ResultsSHA256: fmt.Sprintf("%x", sha256.Sum256(results))}
	var analyses []*analysis
	for _, s := range studies(runs) {
		a := analyse(s)
		c, err := a.chapter(st)
		if err != nil {
			return nil, err
		}
		for _, part := range c.Sections {
			for _, f := range part.Figures {
				files = append(files, file{f.File, f.svg})
			}
		}
		analyses, p.Chapters = append(analyses, a), append(p.Chapters, c)
	}
	stats, err := formatStats(analyses)
	if err != nil {
		return nil, err
	}
	html, err := p.format()
	return append(files, file{"stats.csv", stats}, file{"tables.md", formatMarkdown(analyses)},
		file{"tables.tex", formatLatex(analyses)}, file{"report.html", html}), err
}

// page is what report.html.tmpl shows.
type page struct {
	Chapters      []chapter // one for each study
	Seeds         int       // that a verdict takes
	Numerics      int
	ResultsSHA256 string
}

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report.html").Parse(pageText))

func (p page) format() ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, p)
	return b.Bytes(), err
}

// chapter is the page's part about one study.
type chapter struct {
	Name, Completeness, Headline, Command, DataSHA256 string
	PerBaseline                                       []string
	Verdicts                                          *sheet // nil without any
	Sections                                          []section
	Beyond, Holes, Diverged                           []string
}

// section is a deliverable.
type section struct {
	Title    string
	Findings []finding
	Figures  []drawing
	Sheets   []sheet
}

// SVG is the figure within the page.
func (f drawing) SVG() template.HTML { return template.HTML(f.svg) }

func (a *analysis) chapter(st store) (chapter, error) {
	c := chapter{Name: a.name(), Completeness: a.completeness(), Headline: a.headline(), Command: a.command(), DataSHA256: a.dataSHA256(),
		PerBaseline: a.perBaseline(), Beyond: a.beyond(), Holes: a.holes(), Diverged: a.diverged()}
	if len(a.answers) > 0 {
		table := a.verdictSheet()
		c.Verdicts = &table
	}
	shown, err := a.shownNetworks(st)
	if err != nil {
		return c, err
	}
	if a.hasTreatment() {
		c.Sections = []section{a.levelSection(), a.rankSection(), a.deadSection(), a.curveSection(), a.weightSection(shown),
			a.testSection(), a.lambdaSection(), a.acrossSection()}
	} else {
		c.Sections = []section{a.otherSection(), a.lambdaSection()}
	}
	for _, part := range c.Sections {
		for i, f := range part.Figures {
			part.Figures[i].File = a.slug() + "-" + f.name + ".svg"
		}
	}
	return c, nil
}
