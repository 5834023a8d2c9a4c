package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A page is held to three things: its commands run, the files that it names are there, and its numbers are in them.

// textOf is a file of text, without the line ends that Git may have made its own.
func textOf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// typedOn lists the commands of a page, without "go run . ".
func typedOn(page string) (commands []string) {
	for _, line := range regexp.MustCompile(`(?m)^    go run \. (.+)$`).FindAllStringSubmatch(page, -1) {
		commands = append(commands, line[1])
	}
	return commands
}

// TestPagesNameWhatIsThere: files of this folder, tests, and how many runs a command makes.
func TestPagesNameWhatIsThere(t *testing.T) {
	file := regexp.MustCompile("\\]\\(([^:)]+)\\)|`((?:answer|testdata)/[^` ]+|\\w+\\.go)`")
	runs := regexp.MustCompile(`(?m)^    go run \. (-.*?) +# .*?([\d,]+) runs`)
	tests, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	for _, name := range tests {
		source += textOf(t, name)
	}
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, name := range pages {
		page := textOf(t, name)
		for _, found := range file.FindAllStringSubmatch(page, -1) {
			if there, err := filepath.Glob(found[1] + found[2]); err != nil || there == nil {
				t.Errorf("%s names %s: %v", name, found[0], err)
			}
		}
		for _, test := range regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(page, -1) {
			if !strings.Contains(source, "\nfunc "+test) {
				t.Errorf("%s names %s, which is not there", name, test)
			}
		}
		for _, found := range runs.FindAllStringSubmatch(page, -1) {
			counted++
			listed := mustRun(t, append(strings.Fields(found[1]), "-list", "-out", t.TempDir())...)
			if n := strings.ReplaceAll(found[2], ",", ""); !strings.Contains(listed, "0 of "+n+" runs") {
				t.Errorf("%s: %s does not list %s runs", name, found[1], n)
			}
		}
	}
	if counted == 0 {
		t.Error("no command with its number of runs")
	}
}

// TestExperimentDefinesEveryColumn of the tables in the folder answer, in which init_ and final_ stand before a
// metric's name; and every contrast, measure and predictor in stats.csv.
func TestExperimentDefinesEveryColumn(t *testing.T) {
	page := textOf(t, "EXPERIMENT.md")
	defined := func(name string) bool {
		return strings.Contains(page, "`"+name+"`") || strings.Contains(page, "\n    "+name+" ")
	}
	for _, name := range []string{"results.csv", "stats.csv"} {
		head, _, _ := strings.Cut(textOf(t, filepath.Join("answer", name)), "\n")
		for column := range strings.SplitSeq(head, ",") {
			if !defined(column) && !defined(strings.TrimPrefix(strings.TrimPrefix(column, "init_"), "final_")) {
				t.Errorf("EXPERIMENT.md does not define %s of %s", column, name)
			}
		}
	}
	for _, row := range csvRows(t, textOf(t, filepath.Join("answer", "stats.csv"))) {
		for _, name := range []string{row["test"], row["measure"], row["predictor"]} {
			if name != "" && !defined(name) {
				t.Fatalf("EXPERIMENT.md does not define %s in stats.csv", name)
			}
		}
	}
}

// TestAnswerHasTheReason that README gives: at λ = 1 the optimum is more redundant than untrained weights, at 10 less,
// where training ends above them.
func TestAnswerHasTheReason(t *testing.T) {
	redundancy := map[string][]float64{}
	for _, row := range csvRows(t, textOf(t, answerFile("results.csv"))) {
		if row["data"] == "mnist" && row["components"] == "" && row["activation"] == "identity" {
			x, _ := strconv.ParseFloat(row["final_weight_redundancy"], 64)
			name := row["objective"] + row["lambda"] + " K " + row["k"]
			redundancy[name] = append(redundancy[name], x)
		}
	}
	for _, K := range []string{" K 16", " K 32", " K 64"} {
		untrained := mean(redundancy["random"+K])
		if !(mean(redundancy["optimum1"+K]) > untrained && untrained > mean(redundancy["optimum10"+K]) &&
			mean(redundancy["infomax10"+K]) > untrained) {
			t.Errorf("%s: %v", K, redundancy)
		}
	}
}

// TestPagesDescribeMNIST: how sparse its images are, and how unequal their principal components.
func TestPagesDescribeMNIST(t *testing.T) {
	if testing.Short() {
		t.Skip("principal components take seconds")
	}
	train, total := mnistForTest(t).Train, 0.0
	variance := componentsOf(&train).variance
	for _, v := range variance {
		total += v
	}
	pages := strings.ReplaceAll(textOf(t, "EXPERIMENT.md")+textOf(t, "CONTRIBUTING.md"), "\n", " ")
	for _, fact := range []string{
		fmt.Sprintf("%.1f %% of the variance, the 256th %.2f %%", 100*variance[0]/total, 100*variance[255]/total),
		fmt.Sprintf("in %d squares", len(train.inputs.(*sparse).entries)/train.N),
	} {
		if !strings.Contains(pages, fact) {
			t.Errorf("no page says %q", fact)
		}
	}
}

// TestLessonCommandsShowWhatIsSeen runs each step's commands. The picture that the step opens is there then, and
// every decimal number under Seen rounds one that this step or the one before printed, or has in its tables.md.
func TestLessonCommandsShowWhatIsSeen(t *testing.T) {
	dir, before, shown := t.TempDir(), "", ""
	number := regexp.MustCompile(`\d+\.\d+`)
	steps := strings.Split(textOf(t, "LESSON.md"), "\n## ")[1:]
	for _, step := range steps {
		title, _, _ := strings.Cut(step, "\n")
		commands := typedOn(step)
		if strings.Contains(commands[0], "-components") {
			if testing.Short() {
				continue // MNIST's principal components take seconds
			}
			mnistForTest(t)
		}
		before, shown = shown, ""
		for _, command := range commands {
			typed, out, _ := strings.Cut(command, " -out lesson/")
			shown += mustRun(t, append(strings.Fields(typed), "-quiet", "-out", filepath.Join(dir, out))...)
			if tables, err := os.ReadFile(filepath.Join(dir, out, "tables.md")); err == nil {
				shown += string(tables)
			}
		}
		figure := regexp.MustCompile("Open\\s`lesson/([^`]+)`").FindStringSubmatch(step)
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(figure[1]))); err != nil {
			t.Errorf("%s: %v", title, err)
		}
		_, seen, _ := strings.Cut(step, "**Seen.**")
		seen, _, _ = strings.Cut(seen, "**Question.**")
		for _, said := range number.FindAllString(seen, -1) {
			_, decimals, _ := strings.Cut(said, ".")
			if !slices.ContainsFunc(number.FindAllString(before+shown, -1), func(text string) bool {
				x, err := strconv.ParseFloat(text, 64)
				return err == nil && strconv.FormatFloat(x, 'f', len(decimals), 64) == said
			}) {
				t.Errorf("%s: no command shows %s", title, said)
			}
		}
	}
	if len(steps) != 8 {
		t.Errorf("%d steps", len(steps))
	}
}

// ourFigures are values of ten seeds, by folder, K, λ, batch and epochs, and measure, from the tables that
// REPRODUCTION.md names; ids are the runs of each folder.
func ourFigures(t *testing.T) (values map[string][]float64, ids map[string][]string) {
	t.Helper()
	read := func(name string) []map[string]string {
		return csvRows(t, textOf(t, filepath.Join("testdata", name+".csv")))
	}
	columns := map[string]string{
		"loss": "final_loss", "correlation term": "tc", "redundancy": "final_weight_redundancy",
		"output correlation": "final_output_correlation", "effective rank": "final_effective_rank",
	}
	values, ids = map[string][]float64{}, map[string][]string{}
	tc := map[string]string{}
	for _, row := range read("published_tc") {
		tc[row["folder"]+" "+row["id"]] = row["tc"]
	}
	for _, folder := range []string{"published", "published_start"} {
		for _, row := range read(folder) {
			row["tc"] = tc[folder+" "+row["id"]]
			setting := strings.Join([]string{folder, row["k"], row["lambda"], row["batch"], row["epochs"], ""}, " ")
			for measure, column := range columns {
				x, err := strconv.ParseFloat(row[column], 64)
				if err != nil {
					t.Fatal(err)
				}
				values[setting+measure] = append(values[setting+measure], x)
			}
			ids[folder] = append(ids[folder], row["id"])
		}
	}
	return values, ids
}

// reproductionTables has what the columns of each table of REPRODUCTION.md are of, from the second on.
var reproductionTables = [][]string{
	{"published 16 1 128 100 ", "published 16 100 128 100 ", "published 16 1 0 100 "},
	{"published 16 100 0 1 ", "published 16 100 0 10 ", "published 16 100 0 50 ", "published 16 100 0 100 "},
	{"", "published 64 1 128 100 ", "published_start 64 1 128 100 "},
}

// liesOutside tells whether one of the published figures, as rounded there, is not in the range of x.
func liesOutside(published string, x []float64) bool {
	for text := range strings.SplitSeq(published, ", ") {
		theirs, err := strconv.ParseFloat(text, 64)
		_, decimals, _ := strings.Cut(text, ".")
		half := 0.5 * math.Pow10(-len(decimals))
		if err != nil || theirs < slices.Min(x)-half || theirs > slices.Max(x)+half {
			return true
		}
	}
	return false
}

// TestReproductionFiguresAreOfItsRuns: a cell has the published figure (or its row's second column has), then our
// mean, least and greatest, and is bold exactly if a published one lies outside. At K = 16 the page counts them.
func TestReproductionFiguresAreOfItsRuns(t *testing.T) {
	values, _ := ourFigures(t)
	cellOf := regexp.MustCompile(`^(?:(.+); )?(\S+) \((\S+)(?:–| to )(\S+)\)$`)
	var cells, outside [3]int
	page := textOf(t, "REPRODUCTION.md")
	tables := regexp.MustCompile(`(?m)^\|---.*\n((\|.*\n)+)`)
	for i, table := range tables.FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(strings.ReplaceAll(table[1], "−", "-")) {
			row := strings.Split(strings.Trim(line, "|\n"), "|")
			for j, text := range row[1:] {
				text, bold := strings.CutPrefix(strings.TrimSpace(text), "**")
				cell := cellOf.FindStringSubmatch(strings.TrimSuffix(text, "**"))
				if cell == nil {
					continue
				}
				x := values[reproductionTables[i][j]+strings.TrimSpace(row[0])]
				if len(x) != 10 {
					t.Fatalf("%s: %d seeds", line, len(x))
				}
				_, decimals, _ := strings.Cut(cell[2], ".")
				for n, ours := range []float64{mean(x), slices.Min(x), slices.Max(x)} {
					if want := strconv.FormatFloat(ours, 'f', len(decimals), 64); cell[2+n] != want {
						t.Errorf("%s: %s, want %s", line, cell[2+n], want)
					}
				}
				if bold != liesOutside(cmp.Or(cell[1], strings.TrimSpace(row[1])), x) {
					t.Errorf("%s: %s is bold: %t", line, text, bold)
				}
				cells[i]++
				if bold {
					outside[i]++
				}
			}
		}
	}
	said := fmt.Sprintf("%d of %d values lie outside", outside[0]+outside[1], cells[0]+cells[1])
	if !strings.Contains(page, said) || cells[2] != 8 {
		t.Errorf("%s; %v cells", said, cells)
	}
}

// TestReproductionCommandsMakeItsRuns: the ids that they list are those in testdata.
func TestReproductionCommandsMakeItsRuns(t *testing.T) {
	_, ids := ourFigures(t)
	made := map[string][]string{}
	for _, command := range typedOn(textOf(t, "REPRODUCTION.md")) {
		typed, folder, _ := strings.Cut(command, " -out ")
		listed := mustRun(t, append(strings.Fields(typed), "-list", "-out", t.TempDir())...)
		made[folder] = append(made[folder], regexp.MustCompile(`mnist-infomax-\S+`).FindAllString(listed, -1)...)
	}
	for folder, want := range ids {
		slices.Sort(want)
		slices.Sort(made[folder])
		if !slices.Equal(want, made[folder]) {
			t.Errorf("%s: made %v, kept %v", folder, made[folder], want)
		}
	}
}

// TestReproductionPatchFits: what testdata/published_start.patch takes out or leaves stands in train.go.
func TestReproductionPatchFits(t *testing.T) {
	source := textOf(t, "train.go")
	hunks := regexp.MustCompile(`(?m)^@@.*\n`).Split(textOf(t, "testdata/published_start.patch"), -1)[1:]
	for _, hunk := range hunks {
		before := regexp.MustCompile(`(?m)^\+.*\n`).ReplaceAllString(hunk, "")
		before = regexp.MustCompile(`(?m)^[ -]`).ReplaceAllString(before, "")
		if !strings.Contains(source, before) {
			t.Errorf("train.go has not:\n%s", before)
		}
	}
	if len(hunks) != 2 {
		t.Errorf("%d hunks", len(hunks))
	}
}
