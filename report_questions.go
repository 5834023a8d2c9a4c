package main

// What the report asks. A question is put to every study that has runs for it. Its answer is a
// sentence or two, made from counts by the template of its kind, and tables. To ask another, add
// an entry here, and a contrast in report_compare.go if its pairs are new.

type question struct {
	part    string // of the page
	short   string // of the answer's line, if it is there
	asks    string // the note's words, where the note asks
	answer  func(t *runTable, s *study) answer
	figures []figure
	limit   string // what cannot be concluded
}

// The parts of the page.
const (
	first        = "first"
	findings     = "findings"
	reasons      = "why"
	choices      = "choices"
	deliverables = "deliverables"
	followUps    = "follow-ups"
)

var baselines = []string{untrained.String(), autoencoder.String()}

var questions = []question{
	{findings, "Weights", "Does InfoMax produce non-redundant features?",
		each(verdictOn("baseline", weights, baselines...), change), nil,
		"Both measures of the weights are views of one spectrum, and cases share seeds: " +
			"they are no independent replications."},
	{reasons, "Whitened inputs", "Where does it hold?", whitened,
		[]figure{{byWhiteness, ""}}, "Whitening takes away which directions the data use most, and the probe with it."},
	{reasons, "", "Is it the loss or the training?", optimal,
		[]figure{{byOptimum, "weight_redundancy"}}, ""},
	{first, "", "Is it InfoMax alone?", objectivesWithUntrained, []figure{{overview, ""}},
		"Random vectors in many dimensions are nearly orthogonal: little can be gained on untrained " +
			"weights, and much lost."},
	{findings, "Outputs", "Are the outputs less redundant? (post hoc)",
		verdictOn("baseline", outputs, baselines...), nil,
		"The loss itself lowers output correlation, and total correlation is estimated by bounds from below. " +
			"Outputs that are less correlated need not be better features: see the probe."},
	{findings, "Probe", "Freeze and linear probe. Do InfoMax features transfer?",
		verdictOn("baseline", probes, baselines...), []figure{{byActivation, probes[0]}}, ""},
	{choices, "", "By the weights' directions, without their lengths",
		verdictOn("baseline", []string{"weight_redundancy"}, baselines...), nil, ""},
	{choices, "", "Without inputs that never vary and, for softmax, the units' mean",
		verdictOn("baseline", []string{"effective_rank_live", "weight_correlation_live"}, baselines...), nil, ""},
	{choices, "", "Compared with an autoencoder whose decoder is the transpose of W",
		verdictOn("reference", weights, tied.String()), nil,
		"A free decoder fits any invertible mixing of the units: the autoencoder's weights depend on its start."},
	{deliverables, "", "How does activation choice affect results?",
		leaders("activation",
			"effective_rank", "weight_correlation", "weight_redundancy", "output_correlation", "epochs_to_90"),
		nil, ""},
	{deliverables, "", "How does training go?", training, []figure{{byEpoch, ""}, {weightVectors, ""}}, ""},
	{deliverables, "", "Which units are dead?", deadUnits,
		[]figure{{byActivation, "dead_units"}}, ""},
	{deliverables, "", "Does λ matter?", leaders("lambda", weights...),
		[]figure{{byLambda, weights[0]}}, "At either end of the λ that were tried, one beyond may be better."},
	{followUps, "", "Stack two layers. Does InfoMax compose?", each(
		verdictOn("stack", depthMeasures, "untrained → InfoMax λ = 1", "InfoMax → untrained λ = 1"),
		verdictOn("stack", depthMeasures[:1], treatment.String()),
		verdictOn("stack", depthMeasures[1:], treatment.String())), nil,
		"Each layer is trained by itself. Identity is the control: its stack is one linear map."},
	{followUps, "", "Larger K. Does it hold?", trends,
		[]figure{{byK, normalised[0]}},
		"Runs of every K take the same steps; and no more units than inputs can be orthogonal."},
	{followUps, "", "Larger data. Does it hold?", each(
		verdictOn("data", weights, treatment.String()),
		verdictOn("data", outputs[:1], treatment.String())), nil, ""},
	{followUps, "", "Does low redundancy predict good task performance?",
		associations, []figure{{prediction, "output_correlation"}}, ""},
}

// answer has no text where the study has no runs for the question. One that counts cases has the
// counts, and the word that they amount to.
type answer struct {
	word, text string
	few        bool   // seeds are too few for a test, and the counts of what is so with every seed
	all        counts // compared with all rivals
	rivals     []counts
	tables     []sheet
}

// counts are of cases, compared with a rival, or of tests.
type counts struct {
	of                   string
	cases, better, worse int
}
