package main

import "fmt"

// What the report asks. A question is put to every study that has runs for it. Its answer is a
// sentence or two, made from counts by the template of its kind, and tables. To ask another, add
// an entry here, and a contrast in report_compare.go if its pairs are new.

type question struct {
	Part    string // of the page; report.html.tmpl has the parts
	short   string // of the answer's line, if it is there
	Asks    string // the note's words, where the note asks
	kinds   []kind // of which each has a sentence
	figures []figure
	Limit   string // what cannot be concluded
}

const eachMark = "Each mark is one objective with one activation."

// baselines are what InfoMax is compared with. The hypothesis is about the first two.
var baselines = []string{untrained.String(), autoencoder.String(), variance.String()}

var questions = []question{
	{"findings", "Weights", "Does InfoMax produce non-redundant features?",
		[]kind{verdictOn("baseline", weightMeasures, baselines...), change},
		nil,
		"Both measures of the weights are computed from one spectrum, and cases share seeds. " +
			"They are not independent."},
	{"why", "Weights on whitened inputs", "Are the weights less redundant on whitened inputs?",
		[]kind{whitened(verdictOn("baseline", weightMeasures, baselines...)), change,
			verdictOn("baseline", probeMeasures, baselines...)},
		nil,
		""},
	{"why", "", "Does whitening make the weights less redundant?",
		[]kind{verdictOn("whiten", weightMeasures, treatment.String()),
			verdictOn("whiten", probeMeasures[:1], treatment.String())},
		[]figure{{"whiteness", "Where a solid line (InfoMax) is above the dotted one of its colour (untrained), " +
			"training makes the weights less redundant, or the probe better. Further right the inputs are whiter.",
			plain((*study).byWhiteness)}},
		"Whitened inputs no longer show which directions varied most, which may matter to the probe."},
	{"why", "", "Is it the loss or the training?",
		[]kind{optimal},
		[]figure{{"weight-redundancy-optimum", "Where the optimum is above untrained, the loss itself asks " +
			"for redundant weights. Each panel has one K, and λ grows to the right.",
			plain((*study).byOptimum)}},
		"The reason is exact for identity alone. The optimum is a local minimum, compared without a test."},
	{"first", "", "Is it InfoMax alone?",
		[]kind{objectivesWithUntrained},
		[]figure{{"effective-rank", "A mark left of the bar (untrained) means weights that are more redundant than " +
			"untrained ones. λ = 0 is InfoMax without its correlation term. " + eachMark,
			plain(byActivation(measureOf("effective_rank")))}},
		"In many dimensions random vectors are nearly orthogonal. Training can then improve little on untrained " +
			"weights, and can lose much."},
	{"findings", "Outputs", "Are the outputs less redundant? (post hoc)",
		[]kind{verdictOn("baseline", outputMeasures, baselines...)},
		nil,
		"The loss itself lowers output correlation. Total correlation is estimated from below: outputs with the " +
			"smaller estimate can have the larger total correlation. " +
			"Outputs that are less correlated need not be better features: see the probe."},
	{"findings", "Probe", "Freeze and linear probe. Do InfoMax features transfer?",
		[]kind{verdictOn("baseline", probeMeasures, baselines...)},
		[]figure{{"probe-accuracy", "If two marks have thin lines that do not overlap, the objectives probably " +
			"differ. " + eachMark,
			plain(byActivation(measureOf("probe_accuracy")))}},
		""},
	{"choices", "", "And if every weight vector has length 1?",
		[]kind{verdictOn("baseline", []string{"weight_redundancy"}, baselines...)},
		nil,
		""},
	{"choices", "", "And without inputs that never vary and, for softmax, without the mean of the units' weights?",
		[]kind{verdictOn("baseline", []string{"effective_rank_live", "weight_correlation_live"}, baselines...)},
		nil,
		""},
	{"choices", "", "And compared with an autoencoder whose decoder is the transpose of W?",
		[]kind{verdictOn("reference", weightMeasures, tied.String())},
		nil,
		"With identity a free decoder can undo any invertible mixing of the units: the autoencoder's " +
			"weights then depend on their start."},
	{"deliverables", "", "How does activation choice affect results?",
		[]kind{leaders("activation", func(p group) string { return p.activation },
			"effective_rank", "weight_correlation", "weight_redundancy", "output_correlation", "epochs_to_90")},
		nil,
		""},
	{"deliverables", "", "How does training go?",
		[]kind{training},
		[]figure{
			{"training-curves", "A line that still falls at the last epoch means that training had not ended. " +
				"Each line is one activation.", plain((*study).lossCurves)},
			{"weight-vectors", "Units of one network that look alike are redundant. The networks differ in " +
				"their activation.", (*study).networks}},
		"Training stops after a fixed number of epochs, even if the loss still falls. With identity it " +
			"falls without end as weights grow. " +
			"Longer training can change the answer."},
	{"deliverables", "", "Which units are dead?",
		[]kind{deadUnits},
		[]figure{{"dead-units", "A mark right of 0: some units are hardly ever active. " + eachMark,
			plain(byActivation(measureOf("dead_units")))}},
		""},
	{"deliverables", "", "Does λ matter?",
		[]kind{leaders("lambda", group.String, weightMeasures...)},
		[]figure{{"effective-rank-by-lambda", "If a line is highest at an end, a λ beyond may be better. " +
			"Each line is one activation.", plain((*study).byLambda)}},
		"If the best λ is the smallest or the largest that was tried, a better one may lie beyond."},
	{"followups", "", "Stack two layers (first → second). Does InfoMax compose: is it better to train both?",
		[]kind{verdictOn("stack", depthMeasures, "untrained → InfoMax λ = 1", "InfoMax λ = 1 → untrained"),
			verdictOn("stack", depthMeasures[:1], treatment.String()),
			verdictOn("stack", depthMeasures[1:], treatment.String()),
			verdictOn("stack", depthMeasures, "autoencoder → autoencoder")},
		nil,
		"Each layer is trained by itself. Identity is the control: its stack is one linear map."},
	{"followups", "", "Larger K. Does it hold?",
		[]kind{outcomes("trend", "With how many activations each measure gets better or worse as K grows")},
		[]figure{{"effective-rank-over-random-by-k", "Where a line falls, training with more units loses " +
			"a larger share of the untrained effective rank. Each line is one objective.", plain((*study).byK)}},
		"Runs of every K take the same number of steps. With more units than inputs, not all can be orthogonal."},
	{"followups", "", "Larger data. Are InfoMax's weights less redundant with more rows?",
		[]kind{verdictOn("data", weightMeasures, treatment.String()),
			verdictOn("data", outputMeasures[:1], treatment.String())},
		nil,
		"Larger data are compared with fewer rows, not with untrained weights. Moved images are not new images."},
	{"followups", "", "Does low redundancy predict good task performance?",
		[]kind{outcomes("within", "Among runs that differ only in seed, by how many measures less redundancy goes "+
			"with a better or worse probe")},
		[]figure{{"output-correlation-downstream", "A cloud that falls to the right means that less correlated " +
			"outputs have the better probe, here with 100 labels a class. The test is within one objective, " +
			"activation and K.", plain((*study).clouds)}},
		"Associations are pooled over objectives, and may come from some of them alone."},
}

// kind makes one sentence of an answer.
type kind func(s *study) answer

// answer joins the texts and tables of the kinds. The word is the first's, and without a first there is none.
func (q question) answer(s *study) answer {
	all := q.kinds[0](s)
	for _, kind := range q.kinds[1:] {
		if a := kind(s); all.Text != "" && a.Text != "" {
			all.Text += " " + a.Text
			all.Tables = append(all.Tables, a.Tables...)
		}
	}
	return all
}

// answer has no text where the study has no runs for the question. One that counts cases has the word that
// the counts amount to.
type answer struct {
	Word, Text string
	Tables     []sheet
}

// counts are of cases, compared with a rival, or of tests.
type counts struct {
	of                   string
	cases, better, worse int
}

// add counts a case, if its tests were made.
func (c *counts) add(tests []comparison) {
	if tests == nil {
		return
	}
	c.cases++
	switch verdict(tests) {
	case +1:
		c.better++
	case -1:
		c.worse++
	}
}

func (c counts) String() string {
	return fmt.Sprintf("%d better, %d worse of %d", c.better, c.worse, c.cases)
}

// verdicts are the words for the outcome of a comparison, and of several.
var verdicts = map[int]string{+1: "better", -1: "worse", 0: "unclear"}

// verdict is the rule for comparisons of one pair by several measures: +1, better, if every one
// is, −1, worse, if every one is, else 0, unclear.
func verdict(tests []comparison) int {
	agreed := 0
	for _, c := range tests {
		agreed += c.outcome()
	}
	switch n := len(tests); {
	case n > 0 && agreed == n:
		return +1
	case n > 0 && agreed == -n:
		return -1
	}
	return 0
}
