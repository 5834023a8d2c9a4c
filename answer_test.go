package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The folder answer is what the command in its manifest.json left, of the runs their run.json alone. Its tables must follow from
// these, and what README says of it from them or from two of the tables, stats.csv and results.csv, word for word.

func answerFile(name string) string { return filepath.Join("answer", name) }

// answerRows are the rows of a table of the answer.
func answerRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	return csvRows(t, textOf(t, answerFile(name)))
}

// rowsWith leaves the rows that have these values: column, value, column, value, …
func rowsWith(rows []map[string]string, values ...string) []map[string]string {
	return slices.DeleteFunc(slices.Clone(rows), func(row map[string]string) bool {
		for i := 0; i < len(values); i += 2 {
			if row[values[i]] != values[i+1] {
				return true
			}
		}
		return false
	})
}

// protocolRows leaves the rows of MNIST by the protocol's settings, in one layer.
func protocolRows(rows []map[string]string) []map[string]string {
	return slices.DeleteFunc(slices.Clone(rows), func(row map[string]string) bool {
		usual := map[string]string{"data": "mnist", "below": "", "x_below": "", "epochs": "100", "batch": "128", "learning_rate": "0.001", "tc_rows": "2000"}
		for column, value := range usual {
			if is, has := row[column]; has && is != value && !(is == "" && row["objective"] == "random") {
				return true
			}
		}
		return false
	})
}

// answerOutcomes has of every place, activation and K, how InfoMax at λ = 1 compares with something: better, worse or
// neither, by each of the measures.
type answerOutcomes map[string]map[string]string

func outcomesOf(rows []map[string]string) answerOutcomes {
	all := answerOutcomes{}
	for _, row := range rows {
		place := row["x_activation"] + " " + row["k"]
		if all[place] == nil {
			all[place] = map[string]string{}
		}
		all[place][row["measure"]] = row["outcome"]
	}
	return all
}

// outcomesAgainst are those against a baseline or a reference.
func outcomesAgainst(stats []map[string]string, baseline string) answerOutcomes {
	its := rowsWith(stats, "x_lambda", "1", "y_objective", baseline)
	return outcomesOf(slices.Concat(rowsWith(its, "test", "baseline"), rowsWith(its, "test", "reference")))
}

// count is of the places with the outcome by every one of the measures.
func (all answerOutcomes) count(outcome string, measures ...string) (n int) {
	for _, by := range all {
		if !slices.ContainsFunc(measures, func(m string) bool { return by[m] != outcome }) {
			n++
		}
	}
	return n
}

// rangeOf is the least and the greatest of a number of the rows, as a share of the highest effective rank, K, in percent.
func rangeOf(t *testing.T, rows []map[string]string, column string) (least, greatest float64) {
	t.Helper()
	least, greatest = math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		x := 100 * parsed(t, row[column]) / parsed(t, row["k"])
		least, greatest = min(least, x), max(greatest, x)
	}
	return least, greatest
}

// meansByK has a row for each number of units, with the mean of the column.
func meansByK(t *testing.T, rows []map[string]string, column string) (means []map[string]string) {
	t.Helper()
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, row := range rows {
		sums[row["k"]] += parsed(t, row[column])
		counts[row["k"]]++
	}
	for k, sum := range sums {
		means = append(means, map[string]string{"k": k, column: strconv.FormatFloat(sum/counts[k], 'g', -1, 64)})
	}
	return means
}

// inNumbers is n, or none.
func inNumbers(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

// answerFinding is what README says of the answer first.
func answerFinding(t *testing.T) string {
	t.Helper()
	stats, results := protocolRows(answerRows(t, "stats.csv")), protocolRows(answerRows(t, "results.csv"))
	random, autoencoder, variance := outcomesAgainst(stats, "random"), outcomesAgainst(stats, "reconstruction"), outcomesAgainst(stats, "variance")
	places := len(random)
	var ks []string
	for _, row := range results {
		placeIn(&ks, row["k"])
	}
	if want := len(activations) * len(ks); places != want || len(autoencoder) != want || len(variance) != want || len(activations) != 6 || protocolSeeds != 10 {
		t.Fatalf("%d, %d and %d places against the baselines, %d activations, %d seeds", places, len(autoencoder), len(variance), len(activations), protocolSeeds)
	}
	if better, worse := random.count("better", weightMeasures...), random.count("worse", weightMeasures...); better > 0 || worse < places {
		t.Errorf("InfoMax is better than no training in %d places and worse in %d: README's first sentence is wrong", better, worse)
	}
	untrained := rowsWith(results, "objective", "random")
	low, high := rangeOf(t, meansByK(t, untrained, "final_effective_rank"), "final_effective_rank")
	shifts := rowsWith(stats, "test", "baseline", "x_lambda", "1", "y_objective", "random", "measure", "effective_rank")
	softmax, others := shiftsOf(shifts, true), shiftsOf(shifts, false)
	worst, least := rangeOf(t, others, "shift")
	most, _ := rangeOf(t, softmax, "shift")
	return fmt.Sprintf("On MNIST, training with InfoMax makes weights more redundant than they were, not less. In all %d places (K = %s units, six activations, ten seeds in each) "+
		"weights trained with λ = 1 are shown to be more redundant than the random ones that they start from, both by effective rank (how many directions they use) and by "+
		"weight correlation (how far they overlap). Random weights have %.1f to %.1f %% of the highest effective rank there can be, "+
		"and the estimated shifts from there are %s to %s percentage points, and for softmax down to %s.",
		places, listing(ks), low, high, signed(least), signed(worst), signed(most))
}

var weightMeasures = []string{"effective_rank", "weight_correlation"}

// answerDetails are what README says of it next, in a line each.
func answerDetails(t *testing.T) (lines []string) {
	t.Helper()
	stats := protocolRows(answerRows(t, "stats.csv"))
	random, autoencoder := outcomesAgainst(stats, "random"), outcomesAgainst(stats, "reconstruction")
	variance, tied := outcomesAgainst(stats, "variance"), outcomesAgainst(stats, "tied")
	say := func(format string, of ...any) {
		for i, x := range of {
			if n, is := x.(int); is {
				of[i] = inNumbers(n)
			}
		}
		lines = append(lines, fmt.Sprintf(format, of...))
	}
	finite := maps.Clone(random) // its total correlation
	maps.DeleteFunc(finite, func(place string, _ map[string]string) bool { return strings.HasPrefix(place, "softmax ") })
	live := []string{"effective_rank_live", "weight_correlation_live"}
	say("- Beside other training: less redundant by both measures than an autoencoder's in %v places and more in %v, and less than those of the same loss without its independence term in %v. "+
		"Other choices change the comparison with the autoencoder: by live weights, which are without inputs that never vary and, for softmax, without the mean of the units, "+
		"less redundant in %v places and more in %v, by their directions alone in %v and %v, against tied weights in %v and %v.",
		autoencoder.count("better", weightMeasures...), autoencoder.count("worse", weightMeasures...), variance.count("better", weightMeasures...),
		autoencoder.count("better", live...), autoencoder.count("worse", live...), autoencoder.count("better", "weight_redundancy"), autoencoder.count("worse", "weight_redundancy"),
		tied.count("better", weightMeasures...), tied.count("worse", weightMeasures...))
	say("- Its outputs, looked at afterwards: less correlated, which the loss asks for, than untrained ones in %v places and more in %v; by the best bound of total correlation, "+
		"infinite for softmax, less dependent in %v of %v and more in %v; by the kNN estimate, which sees joint dependence and is no bound, in %v and %v.",
		random.count("better", "output_correlation"), random.count("worse", "output_correlation"), finite.count("better", "tc_bound"), len(finite), finite.count("worse", "tc_bound"),
		finite.count("better", "tc_knn_nats"), finite.count("worse", "tc_knn_nats"))
	return lines
}

// shiftsOf leaves those of softmax, or those of the others.
func shiftsOf(rows []map[string]string, softmax bool) []map[string]string {
	return slices.DeleteFunc(slices.Clone(rows), func(row map[string]string) bool { return (row["x_activation"] == "softmax") != softmax })
}

// signed is x to two digits, with a minus that is one.
func signed(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'g', 2, 64), "-", "−", 1)
}

// answerHours are of one core, by the runs in the archive. Some of them stood still for other work.
func answerHours(runs []*Result) string {
	sum := 0.0
	for _, r := range runs {
		sum += r.Seconds
	}
	return fmt.Sprintf("%d runs, of which the `seconds` in every `run.json` add up to %.1f hours of one core, or %.1f if every run "+
		"took the median of its seeds'", len(runs), sum/3600, usualSeconds(runs)/3600)
}

// usualSeconds are of the runs if each took the median of its seeds'.
func usualSeconds(runs []*Result) (sum float64) {
	seeds := map[Config][]float64{}
	for _, r := range runs {
		c := r.Config
		c.Seed = 0
		seeds[c] = append(seeds[c], r.Seconds)
	}
	for _, seconds := range seeds {
		sum += float64(len(seconds)) * median(seconds)
	}
	return sum
}

// answerCosts are the rows of PERFORMANCE's table: what -full takes, and each grid of -followups beside those above it.
func answerCosts(t *testing.T, runs []*Result) (rows []string) {
	t.Helper()
	byID := map[string]*Result{}
	for _, r := range runs {
		byID[r.ID] = r
	}
	for _, grid := range append([]string{"-full"}, followups...) {
		var its []*Result
		for _, c := range configsOf(t, grid) {
			if r := byID[c.ID()]; r != nil {
				its = append(its, r)
				delete(byID, r.ID)
			}
		}
		if len(its) > 0 {
			rows = append(rows, fmt.Sprintf("| `%s` | %d | %.0f |", grid, len(its), usualSeconds(its)/60))
		}
	}
	return rows
}

func TestPerformanceSaysWhatTheAnswerCost(t *testing.T) {
	page := textOf(t, "PERFORMANCE.md")
	for _, row := range answerCosts(t, archivedRuns(t)) {
		if !strings.Contains(page, row) {
			t.Errorf("PERFORMANCE.md does not say:\n%s", row)
		}
	}
}

// refuted counts the places that are worse by one of the measures at least, and better by none.
func (all answerOutcomes) refuted(measures ...string) (n int) {
	for _, by := range all {
		has := func(outcome string) bool {
			return slices.ContainsFunc(measures, func(m string) bool { return by[m] == outcome })
		}
		if has("worse") && !has("better") {
			n++
		}
	}
	return n
}

// activationsWith are those of the rows with the outcome, in their order.
func activationsWith(rows []map[string]string, outcome string) (names []string) {
	for _, row := range rowsWith(rows, "outcome", outcome) {
		placeIn(&names, row["x_activation"])
	}
	return names
}

// answerFollowUps are what README says of the note's later questions, in a line each.
func answerFollowUps(t *testing.T) []string {
	t.Helper()
	stats := answerRows(t, "stats.csv")
	return []string{answerDepth(t, stats), answerTransfer(stats), answerScale(t, stats), answerDownstream(t, stats)}
}

func answerDepth(t *testing.T, stats []map[string]string) string {
	t.Helper()
	rows := rowsWith(stats, "test", "stack", "x_below", "infomax:64", "x_objective", "infomax", "k", "32")
	by := []string{"output_correlation", "probe_accuracy"}
	onRandom, underRandom := outcomesOf(rowsWith(rows, "y_below", "random:64")), outcomesOf(rowsWith(rows, "y_objective", "random"))
	single := outcomesOf(rowsWith(rows, "y_below", "", "y_objective", "infomax"))
	var composes, mixed []string
	linear := false
	for _, name := range activationNames {
		place := name + " 32"
		first, second := answerOutcomes{place: onRandom[place]}, answerOutcomes{place: underRandom[place]}
		switch both := first.count("better", by...)+second.count("better", by...) == 2; {
		case name == "identity":
			linear = both
		case both:
			composes = append(composes, name)
		case first.count("better", by[0])+second.count("better", by[0]) == 2 && first.count("worse", by[1])+second.count("worse", by[1]) == 2:
			mixed = append(mixed, name)
		}
	}
	if !linear || len(composes)+len(mixed) != len(activations)-1 || single.count("better", by[0]) != len(activations) {
		t.Errorf("Depth: identity composes: %t, %v, %v, of single layers %d: README's words are wrong", linear, composes, mixed, single.count("better", by[0]))
	}
	return fmt.Sprintf("- “Stack two layers. Does InfoMax compose?” With %d of %d activations (%s) a trained layer of 32 units on a trained one of 64 is better than with either of the two at random, both by output "+
		"correlation and by the linear probe, and with identity, whose stack is still one linear map, as well. With %s the stack's outputs are less correlated and its probe is worse. "+
		"Compared with one layer of 32 units the probe is worse with all %d.",
		len(composes), len(composes)+len(mixed), listing(composes), listing(mixed), single.count("worse", by[1]))
}

func answerTransfer(stats []map[string]string) string {
	by := []string{"probe_accuracy", "probe_accuracy_1000"}
	counts := func(rows []map[string]string) []any {
		random, autoencoder := outcomesAgainst(rows, "random"), outcomesAgainst(rows, "reconstruction")
		return []any{random.count("better", by...), len(random), random.refuted(by...), autoencoder.count("better", by...), autoencoder.refuted(by...)}
	}
	return fmt.Sprintf("- “Freeze and linear probe. Do InfoMax features transfer?” By both probes, of all labels and of 100 a class, they tell the classes better than untrained features in %d of %d places and "+
		"worse in %d, better than an autoencoder's in %d and worse in %d. On Fashion-MNIST it is %d of %d and %d, and %d and %d. Worse is by one probe at least, with the other not better.",
		append(counts(protocolRows(stats)), counts(rowsWith(stats, "data", "fashion"))...)...)
}

func answerScale(t *testing.T, stats []map[string]string) string {
	t.Helper()
	trend := func(measure string) []map[string]string { return rowsWith(stats, "test", "trend", "measure", measure) }
	rank, probe := trend("effective_rank_over_random"), trend("probe_accuracy")
	if worse := activationsWith(probe, "worse"); len(worse) > 0 || len(rank) != len(activationsWith(rank, "worse")) {
		t.Errorf("Scale: the probe gets worse with %v, effective rank with %v: README's words are wrong", worse, activationsWith(rank, "worse"))
	}
	moved := outcomesOf(rowsWith(stats, "test", "data", "data", "mnist-shifted"))
	fashion := outcomesAgainst(rowsWith(stats, "data", "fashion"), "random")
	if worse := fashion.count("worse", weightMeasures...); worse != len(fashion) {
		t.Errorf("Scale: fashion's weights are more redundant in %d of %d places: README's words are wrong", worse, len(fashion))
	}
	return fmt.Sprintf("- “Larger K, larger data. Does it hold?” From K = 64 to 1,024, effective rank falls further below that of random weights with all %d activations tried (%s), and the probe gets better with %s. "+
		"On nine times as many images, MNIST's own moved by a pixel, in about as many steps, weights are less redundant by both measures in %d of %d places, and the probe of all labels is worse in %d. "+
		"On Fashion-MNIST weights are more redundant than random ones by both measures in all %d places.",
		len(rank), listing(activationsWith(rank, "worse")), listing(activationsWith(probe, "better")),
		moved.count("better", weightMeasures...), len(moved), moved.count("worse", "probe_accuracy"), len(fashion))
}

func answerDownstream(t *testing.T, stats []map[string]string) string {
	t.Helper()
	within, between := rowsWith(stats, "test", "within"), rowsWith(stats, "test", "between")
	few := rowsWith(within, "data", "mnist", "measure", "probe_accuracy_1000", "outcome", "better")
	shown := slices.DeleteFunc(slices.Clone(within), func(row map[string]string) bool { return row["outcome"] == "" })
	var names []string
	var rhos []float64
	for _, row := range few {
		names = append(names, measureOf(row["predictor"]).spelled())
		rhos = append(rhos, math.Abs(parsed(t, row["rho"])))
	}
	together := rowsWith(between, "outcome", "better")
	leastP := 1.0
	for _, row := range together {
		leastP = min(leastP, parsed(t, row["p_conditions"]))
	}
	if len(shown) != len(few) || len(rowsWith(between, "outcome", "worse")) > 0 || leastP < significant {
		t.Errorf("Downstream: shown within %d, of these with 100 labels on MNIST %d, p by objectives %g: README's words are wrong", len(shown), len(few), leastP)
	}
	return fmt.Sprintf("- “Does low redundancy predict good task performance?” Among runs that differ in their seed alone it does so in %d of %d tests: on MNIST with 100 labels a class, by %s, and weakly (ρ = %s). "+
		"Between objectives, which differ in more than their redundancy, the two go together in %d of %d, but in none if p counts the objectives and not their seeds.",
		len(few), len(within), listing(names), span(rhos, func(v float64) string { return fixed(v, 2) }), len(together), len(between))
}

func TestReadmeSaysWhatTheAnswerSays(t *testing.T) {
	readme := words(textOf(t, "README.md"))
	runs := archivedRuns(t)
	for _, said := range slices.Concat([]string{answerFinding(t), answerHours(runs)}, answerDetails(t), answerFollowUps(t)) {
		if !strings.Contains(readme, said) {
			t.Errorf("README.md does not say:\n%s", said)
		}
	}
}

// archivedRuns are the runs in runs.tar.gz, in the order of every table. Each run.json is held to its checksum.
func archivedRuns(t *testing.T) []*Result {
	t.Helper()
	runs, err := readArchive()
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

var readArchive = sync.OnceValues(func() (runs []*Result, err error) {
	file, err := os.Open(answerFile("runs.tar.gz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		r, err := parseRun(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
	return runs, nil
})

// TestTheAnswerFollowsFromItsRuns: the tables are what this program makes of the runs in the archive.
func TestTheAnswerFollowsFromItsRuns(t *testing.T) {
	runs := archivedRuns(t)
	results, err := formatResults(runs)
	if err != nil {
		t.Fatal(err)
	}
	all, stacks := analyseAll(runs)
	every := slices.Concat(all, stacks)
	stats, err := formatStats(every)
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string][]byte{"results.csv": results, "stats.csv": stats, "tables.md": formatMarkdown(every)} {
		if textOf(t, answerFile(name)) != string(made) {
			t.Errorf("answer/%s is not what the runs give; `go run . -report -out answer` makes it, where they are", name)
		}
	}
}

// TestTheAnswerIsOfOneSweep: its report is of its results.csv, whose rows are all runs of the grids in its manifest.
func TestTheAnswerIsOfOneSweep(t *testing.T) {
	var m manifest
	if err := json.Unmarshal([]byte(textOf(t, answerFile("manifest.json"))), &m); err != nil {
		t.Fatal(err)
	}
	results := textOf(t, answerFile("results.csv"))
	if n := len(answerRows(t, "results.csv")); n != m.Runs {
		t.Errorf("%d rows of %d runs", n, m.Runs)
	}
	if _, err := readClaims(answerFile("results.csv"), dataSource{}); err != nil {
		t.Error(err)
	}
	report := textOf(t, answerFile("report.html"))
	if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(results))); !strings.Contains(report, hash) {
		t.Errorf("report.html has not the SHA-256 of results.csv, %s", hash)
	}
	readme := textOf(t, "README.md")
	if command := strings.Replace(m.Command, "infomax ", "go run . ", 1); !strings.Contains(readme, command) {
		t.Errorf("README.md does not name the command, %s", command)
	}
	size := int64(0)
	entries, err := os.ReadDir("answer")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
		if strings.HasSuffix(e.Name(), ".svg") && !strings.Contains(readme, "(answer/"+e.Name()+")") {
			t.Errorf("%s is not shown in README.md", e.Name())
		}
	}
	if size > 12e6 || len(report) > 6e6 {
		t.Errorf("the answer has %d bytes and its report %d: at most 12 and 6 million", size, len(report))
	}
}
