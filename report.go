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

// reportFiles returns the report's files, from all runs in the order of compareConfigs. results is their results.csv, weights gives
// the weights.npz of those that are shown.
func reportFiles(runs []*Result, results []byte, weights func(id string) ([]byte, error)) (files []file, err error) {
	p := page{Seeds: neededSeeds(againstBaseline), ExactPairs: maxExactPairs, Tests: declared, Numerics: numericsVersion,
		Activations: inWords(len(activations)), Baselines: inWords(len(baselines)), Lambdas: inWords(len(protocolLambdas)),
		Coverage: coverageText(protocolSeeds), Deviations: deviations, ResultsSHA256: fmt.Sprintf("%x", sha256.Sum256(results))}
	all, stacks := analyseAll(runs)
	own, every := leading(all), slices.Concat(all, stacks)
	for _, a := range own {
		c, err := a.chapter(all, weights)
		if err != nil {
			return nil, err
		}
		for _, part := range c.Sections {
			files = append(files, filesOf(part.Figures)...)
		}
		if p.Chapters = append(p.Chapters, c); c.Verdicts != nil {
			p.Limits = verdictLimits
		}
	}
	for _, a := range every {
		if !slices.Contains(own, a) {
			p.Others = append(p.Others, other{a.size(), a.holes(), a.diverged(a.places()...)})
		}
		p.Sources = append(p.Sources, provenance{a.name(), a.commands(), a.source(), a.all[0].DataSHA256})
	}
	p.FollowUps = followUps(all, own, stacks)
	for _, c := range p.FollowUps {
		for _, part := range c.Parts {
			files = append(files, filesOf(part.Figures)...)
		}
	}
	stats, err := formatStats(every)
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	err = pageTemplate.Execute(&html, p)
	return append(files, file{"stats.csv", stats}, file{"tables.md", formatMarkdown(every)},
		file{"tables.tex", formatLatex(every)}, file{"report.html", html.Bytes()}), err
}

func filesOf(figures []drawing) (files []file) {
	for _, f := range figures {
		files = append(files, file{f.File, f.svg})
	}
	return files
}

// analyseAll returns the analyses of single layers and those of stacks, with what the follow-ups need of them.
func analyseAll(runs []*Result) (all, stacked []*analysis) {
	for _, s := range studies(runs) {
		all = append(all, analyse(s))
	}
	for _, s := range divide(runs, Config.stacked) {
		stacked = append(stacked, analyseStacks(s))
	}
	for _, a := range labelled(leading(all)) {
		a.predictions = a.associations()
	}
	for _, a := range widest(all) {
		a.trends = a.overWidths()
	}
	for _, a := range all {
		if a.moved() {
			a.original = originalOf(a, all)
		}
		if a.original != nil {
			a.compareOriginal()
		}
	}
	return all, stacked
}

// headlines returns the headline of every study that the page shows in full, each after the study's name.
func headlines(runs []*Result) (lines []string) {
	var all []*analysis
	for _, s := range studies(runs) {
		all = append(all, analyse(s))
	}
	for _, a := range leading(all) {
		lines = append(lines, a.name()+": "+a.headline())
	}
	return lines
}

// page is what report.html.tmpl shows.
type page struct {
	Chapters                        []chapter      // one for each study in full
	FollowUps                       []followUp     // one for each of the note's
	Others                          []other        // studies
	Sources                         []provenance   // one for each study
	Limits                          []string       // of a verdict
	Seeds                           int            // the fewest for a verdict
	ExactPairs                      int            // the most of an exact signed-rank test
	Tests                           map[string]int // in each kind of family
	Activations, Baselines, Lambdas string         // how many, in words
	Coverage                        string         // of bootstrap intervals
	Deviations                      []string
	Numerics                        int
	ResultsSHA256                   string
}

// deviations are from the design note; README.md has the same list.
var deviations = []string{
	"R_W is computed on the units, WWᵀ (K×K), not on the inputs, WᵀW: I/K fits only the former.",
	"The loss adds ε = 1e-6 to variances, also inside the correlations, so that a dead unit has a finite loss: it keeps its penalty " +
		"of 1 and gets no gradient. Metrics have no ε.",
	"The autoencoder's decoder V is free, not the transpose of W; the other reading, tied weights, is run beside it.",
	"Baselines share the initial W and the batches of their seed with InfoMax, so that tests are paired; they are exact, and corrected by Holm. The note asks " +
		"only whether InfoMax is significantly better.",
	"“90 % of the final loss” is 90 % of the way from the first batch's loss to the last epoch's, because the loss can be of either sign.",
	"Total correlation is estimated in three ways. The tree estimate is weighed on rows that did not choose the tree, and its mean over permuted data, " +
		"which is 0, is not subtracted (TOTAL_CORRELATION.md).",
	"Added to the note's measures: weight redundancy, weight norm, live weights, activation rank, the best bound of total correlation, " +
		"and two linear probes.",
	"The bootstrap has 1,999 resamples, so that its 2.5 % points are whole order statistics.",
	"The verdict is computed, and so is every sentence about results (EXPERIMENT.md, “Analysis”).",
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

// chapter is the page's part about one study.
type chapter struct {
	Name, Completeness, Headline string
	PerBaseline                  []string
	Expectations, Features       []finding
	OtherChoices                 []string
	Verdicts                     *sheet // nil without any
	Sections                     []section
	Beyond, Holes                []string
	Diverged                     []*Result
}

// other is a study without a chapter of its own.
type other struct {
	Size     string
	Holes    []string
	Diverged []*Result
}

// provenance is where a study comes from.
type provenance struct {
	Name       string
	Commands   []string
	Source     string // of the data, as -data takes it
	DataSHA256 string
}

// SVG is the figure within the page.
func (f drawing) SVG() template.HTML { return template.HTML(f.svg) }

func (a *analysis) chapter(all []*analysis, weights func(id string) ([]byte, error)) (chapter, error) {
	c := chapter{Name: a.name(), Completeness: a.completeness(), Headline: a.headline(),
		PerBaseline: a.perBaseline(), Expectations: a.expectations(), Features: a.featureVerdict(), OtherChoices: a.otherChoices(all), Beyond: a.beyond(), Holes: a.holes(), Diverged: a.diverged(a.places()...)}
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
		a.file(part.Figures)
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
	speed := a.extremes("Epochs to 90 % of the fall in loss, mean over the seeds, from the fastest activation to the slowest (a loss "+
		"without a minimum keeps falling, so that this measures the number of epochs as well):", epochs90, (*study).mean)
	norm := a.extremes("Weight norm at the end, root mean square length of the units' weights, from the largest to the smallest:", measureOf("weight_norm"), (*study).mean)
	curves := section{Title: "4. Training curves by activation", Findings: append([]finding{speed, norm}, a.lateFall()...),
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
			a.extremes(m.title+", interquartile mean, from the best activation to the worst:", m, (*study).middle),
			say("By interquartile means of %s, without a test, infomax at λ = 1 is %s.", m.inSentence(), a.betterThan(treatment, m)))
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
	for _, field := range []string{"output_correlation", "tc_bound", "tc_tree_nats", "tc_gauss_nats", "tc_knn_nats"} {
		part.Figures = append(part.Figures, a.groupFigure(measureOf(field))...)
	}
	return part
}
