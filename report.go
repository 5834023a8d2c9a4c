package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
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
	p := page{Seeds: neededSeeds(againstBaseline), Tests: declared, Numerics: numericsVersion,
		Activations: inWords(len(activations)), Baselines: inWords(len(baselines)), Lambdas: inWords(len(protocolLambdas)),
		ResultsSHA256: fmt.Sprintf("%x", sha256.Sum256(results))}
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

// headlines has that of every study after its name.
func headlines(runs []*Result) (lines []string) {
	for _, s := range studies(runs) {
		a := analyse(s)
		lines = append(lines, a.name()+": "+a.headline())
	}
	return lines
}

// page is what report.html.tmpl shows.
type page struct {
	Chapters                        []chapter      // one for each study
	Seeds                           int            // that a verdict takes
	Tests                           map[string]int // in each kind of family
	Activations, Baselines, Lambdas string         // how many, in words
	Numerics                        int
	ResultsSHA256                   string
}

// inWords writes a small number as a sentence does.
func inWords(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report.html").Parse(strings.ReplaceAll(pageText, "\r\n", "\n")))

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
	Beyond, Holes                                     []string
	Diverged                                          []*Result
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
	c := chapter{Name: a.name(), Completeness: a.completeness(), Headline: a.headline(), Command: a.command(), DataSHA256: a.all[0].DataSHA256,
		PerBaseline: a.perBaseline(), Beyond: a.beyond(), Holes: a.holes(), Diverged: a.diverged(a.places()...)}
	if len(a.answers) > 0 {
		table := a.verdictSheet()
		c.Verdicts = &table
	}
	shown, err := a.shownNetworks(weights)
	if err != nil {
		return c, err
	}
	c.Sections = a.sections(shown)
	for _, part := range c.Sections {
		for i, f := range part.Figures {
			part.Figures[i].File = a.slug() + "-" + f.name + ".svg"
		}
	}
	return c, nil
}

// sections are EXPERIMENT.md's deliverables 1 to 7, then the note's secondary questions. A study without the
// treatment has levels, whatever its conditions.
func (a *analysis) sections(shown []network) []section {
	if len(a.ran(treatment, a.ks...)) == 0 {
		levels := section{Title: "Metrics by activation and K",
			Findings: []finding{say("There is no run of infomax at λ = 1, which most of this report is about.")}}
		for _, c := range a.conditions {
			levels.addLevels(a, c)
		}
		return []section{levels, a.lambdaSection()}
	}
	levels := section{Title: "1. Metrics by activation and K", Findings: []finding{a.change(primaries[0]), a.change(primaries[1])}}
	levels.addLevels(a, treatment)
	dead := section{Title: "3. Dead units by activation", Findings: []finding{a.deadUnits()}, Figures: a.groupFigure(measureOf("dead_units"))}
	speed := a.extremes("Epochs to 90 % of the fall in loss, mean over the seeds, from the fastest activation to the slowest:", epochs90, average)
	curves := section{Title: "4. Training curves by activation", Findings: append([]finding{speed}, a.lateFall()...),
		Figures: []drawing{a.curvesFigure()}}
	return []section{levels, a.rankSection(), dead, curves, a.weightSection(shown), a.testSection(), a.lambdaSection(), a.acrossSection()}
}

// addLevels adds the tables of c, with what there is to know about total correlation if they have it.
func (part *section) addLevels(a *analysis, c condition) {
	part.Sheets = append(part.Sheets, a.levelSheets(c)...)
	if slices.ContainsFunc(a.ran(c, a.ks...), func(p place) bool { return len(present(a.values(p, measureOf("tc_knn_nats")))) > 0 }) {
		part.Findings = append(part.Findings, finding{Text: levelNote})
	}
}

func (a *analysis) rankSection() section {
	part := section{Title: "2. Effective rank by activation"}
	for _, m := range primaries {
		part.Findings = append(part.Findings,
			a.extremes(m.title+", interquartile mean, from the best activation to the worst:", m, interquartileMean),
			say("By interquartile means of %s, infomax at λ = 1 is %s.", m.inSentence(), a.betterThan(treatment, m)))
		part.Figures = append(part.Figures, a.groupFigure(m)...)
	}
	return part
}

func (a *analysis) weightSection(shown []network) section {
	c := shown[0].run.Config
	var similar []string
	for _, n := range shown {
		similar = append(similar, n.run.Config.Activation+" "+short(n.similarity))
	}
	return section{Title: "5. Learned weight vectors", Figures: a.weightFigures(shown),
		Findings: []finding{say("One network each, %s, seed %d. The largest |cos| between the weight vectors of two of the units shown: %s.",
			atK(c.K), c.Seed, strings.Join(similar, ", "))}}
}

func (a *analysis) testSection() section {
	part := section{Title: "6. Tests against the baselines", Sheets: a.testSheets()}
	if len(a.answers) == 0 {
		part.Findings = []finding{say("There is no baseline with the same seeds to test against.")}
		return part
	}
	for i, m := range primaries {
		part.Findings = append(part.Findings, a.sensitivity(i))
		part.Figures = append(part.Figures, a.forestFigure(m))
	}
	return part
}

func (a *analysis) lambdaSection() section {
	part := section{Title: "7. The sweep over λ", Findings: a.sweetSpot()}
	for _, m := range primaries {
		part.Figures = append(part.Figures, a.lambdaFigure(m)...)
		part.Sheets = append(part.Sheets, a.centreSheet(m))
	}
	return part
}

func (a *analysis) acrossSection() section {
	part := section{Title: "Activations compared: the note's secondary questions", Findings: a.questions(), Figures: []drawing{a.tradeoffFigure()}}
	if len(a.activations) > 1 {
		part.Findings = append(part.Findings, a.friedmanFinding(primaries[0]), a.friedmanFinding(primaries[1]))
	}
	for _, field := range []string{"output_correlation", "tc_tree_nats", "tc_gauss_nats", "tc_knn_nats"} {
		part.Figures = append(part.Figures, a.groupFigure(measureOf(field))...)
	}
	return part
}
