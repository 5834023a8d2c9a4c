package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
)

// The report: what is derived from all runs for a reader. report.html has everything; tests,
// tables and figures are files of their own besides. The same runs give the same bytes on every
// machine, so no time, machine or order of events is in them.

// reportFiles returns the report's files, from all runs in the order of compareConfigs. weights gives
// the weights.npz of those that are shown.
func reportFiles(runs []*Result, weights func(id string) ([]byte, error)) (files []file, err error) {
	results, err := formatResults(runs)
	if err != nil {
		return nil, err
	}
	p := page{Seeds: neededSeeds(againstBaseline), Numerics: numericsVersion, ResultsSHA256: fmt.Sprintf("%x", sha256.Sum256(results))}
	var analyses []*analysis
	for _, s := range studies(runs) {
		a := analyse(s)
		c, err := a.chapter(weights)
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

func (a *analysis) chapter(weights func(id string) ([]byte, error)) (chapter, error) {
	c := chapter{Name: a.name(), Completeness: a.completeness(), Headline: a.headline(), Command: a.command(), DataSHA256: a.dataSHA256(),
		PerBaseline: a.perBaseline(), Beyond: a.beyond(), Holes: a.holes(), Diverged: a.diverged()}
	if len(a.answers) > 0 {
		table := a.verdictSheet()
		c.Verdicts = &table
	}
	shown, err := a.shownNetworks(weights)
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

// The sections of the report: EXPERIMENT.md's deliverables 1 to 7, then the note's secondary
// questions.

func (s *study) hasTreatment() bool {
	for _, K := range s.ks {
		if len(s.treated(K)) > 0 {
			return true
		}
	}
	return false
}

// otherSection is for a study without the treatment: levels, whatever its conditions.
func (a *analysis) otherSection() section {
	part := section{Title: "Metrics by activation and K"}
	part.Findings = []finding{say("There is no run of infomax at λ = 1, which most of this report is about.")}
	for _, c := range a.conditions {
		part.addLevels(a, c)
	}
	return part
}

// addLevels adds the tables of c, with what there is to know about total correlation if they have it.
func (part *section) addLevels(a *analysis, c condition) {
	for _, K := range a.ks {
		if table, ok := a.levelSheet(c, K); ok {
			part.Sheets = append(part.Sheets, table)
		}
	}
	for p := range a.places() {
		if p.condition == c && len(present(a.values(p, measureOf("tc_knn_nats")))) > 0 {
			part.Findings = append(part.Findings, say("%s", levelNote))
			break
		}
	}
}

// addFigure adds the plot of m by activation, if it has values.
func (part *section) addFigure(a *analysis, m measure) {
	if f, ok := a.groupFigure(m); ok {
		part.Figures = append(part.Figures, f)
	}
}

func (a *analysis) levelSection() section {
	part := section{Title: "1. Metrics by activation and K", Findings: []finding{a.change(primaries[0]), a.change(primaries[1])}}
	part.addLevels(a, treatment)
	return part
}

func (a *analysis) rankSection() section {
	part := section{Title: "2. Effective rank by activation"}
	for _, m := range primaries {
		part.Findings = append(part.Findings, a.extremes(m), a.beside(m))
		part.addFigure(a, m)
	}
	return part
}

func (a *analysis) deadSection() section {
	part := section{Title: "3. Dead units by activation", Findings: []finding{a.deadUnits()}}
	part.addFigure(a, measureOf("dead_units"))
	return part
}

func (a *analysis) curveSection() section {
	part := section{Title: "4. Training curves by activation", Findings: []finding{a.speed()}}
	if late, ok := a.lateFall(); ok {
		part.Findings = append(part.Findings, late)
	}
	if f, ok := a.curvesFigure(); ok {
		part.Figures = append(part.Figures, f)
	}
	return part
}

func (a *analysis) weightSection(shown []network) section {
	part := section{Title: "5. Learned weight vectors"}
	if len(shown) == 0 {
		return part
	}
	c := shown[0].run.Config
	text := fmt.Sprintf("One network each, K = %d, seed %d. The largest |cos| between the weight vectors of two of the units shown: ", c.K, c.Seed)
	for i, n := range shown {
		if i > 0 {
			text += ", "
		}
		text += n.run.Config.Activation + " " + short(n.similarity)
	}
	part.Findings = []finding{{Text: text + "."}}
	part.Figures = a.weightFigures(shown)
	return part
}

func (a *analysis) testSection() section {
	part := section{Title: "6. Tests against the baselines", Findings: []finding{a.sensitivity(0), a.sensitivity(1)}}
	if len(a.answers) == 0 {
		part.Findings = []finding{say("There is no baseline with the same seeds to test against.")}
		return part
	}
	for _, m := range primaries {
		part.Figures = append(part.Figures, a.forestFigure(m))
	}
	for _, baseline := range baselines {
		if table, ok := a.testSheet(baseline); ok {
			part.Sheets = append(part.Sheets, table)
		}
	}
	return part
}

func (a *analysis) lambdaSection() section {
	part := section{Title: "7. The sweep over λ", Findings: a.sweetSpot()}
	for _, m := range primaries {
		if f, ok := a.lambdaFigure(m); ok {
			part.Figures = append(part.Figures, f)
		}
		part.Sheets = append(part.Sheets, a.centreSheet(m))
	}
	return part
}

func (a *analysis) acrossSection() section {
	part := section{Title: "Activations compared: the note's secondary questions", Findings: a.questions()}
	if len(a.activations) > 1 {
		part.Findings = append(part.Findings, a.friedmanFinding(primaries[0]), a.friedmanFinding(primaries[1]))
	}
	part.Figures = []drawing{a.tradeoffFigure()}
	for _, field := range []string{"output_correlation", "tc_tree_nats", "tc_gauss_nats", "tc_knn_nats"} {
		part.addFigure(a, measureOf(field))
	}
	return part
}
