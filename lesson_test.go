package main

import (
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

// LESSON.md is held to what its commands do: each is run, and every claim of the page is computed from the runs. What a
// step says under "Seen", and every number anywhere, must be part of a claim.

// lessonStep is a step of the page; step 0 is what comes before the first.
type lessonStep struct {
	command string // after "go run . "
	figure  string // a path under lesson/
	seen    string // words, with single spaces between them
	rest    string // all other words but the title
}

// lesson has what each step's command left; that of step 0 has none, but what the page is compared with besides.
type lesson []lessonRuns

type lessonRuns struct {
	store
	runs             []*Result
	paths            [][][][3]float64 // of every run: w₁, w₂, b of every unit, epoch by epoch
	path             [][][3]float64   // of the first
	command, seen    string           // as in lessonStep
	printed          string           // by the command
	figure, tables   string           // as they are in the files
	gentle           *Result          // of the command without -lr, if it has that
	language, readme string
}

func (l lessonRuns) first() *Result      { return l.runs[0] }
func (l lessonRuns) start() [][3]float64 { return l.path[0] }
func (l lessonRuns) end() [][3]float64   { return l.path[len(l.path)-1] }

var (
	lessonTitle    = regexp.MustCompile(`^(\d+)\. .+ \((\d+) minutes\)\n`)
	lessonCommand  = regexp.MustCompile(`(?m)^    go run \. (.+)\n`)
	lessonFigure   = regexp.MustCompile("Open `lesson/([^`]+\\.svg)`")
	lessonRate     = regexp.MustCompile(` -lr \S+`)
	lessonLanguage = regexp.MustCompile(`(?m)^go (\S+)$`)
	lessonMoves    = regexp.MustCompile(`<animate [^>]*dur="(\d+)s"`)
	lessonTooFew   = regexp.MustCompile(`No verdict: too few seeds.*; it takes (\d+) seeds\.`)
	lessonShare    = regexp.MustCompile(`(\d+\.\d) to (\d+\.\d) % of the highest effective rank there can be`)
	lessonLower    = regexp.MustCompile(`there can be, and the estimated shifts from there are −[\d.]+ to −[\d.]+ percentage points`)
	lessonDecimal  = regexp.MustCompile(`\d+\.(\d+)`)
	lessonPrinted  = regexp.MustCompile(`\d+(\.\d+)?`)
	lessonNumber   = regexp.MustCompile(`(?i)[0-9½¼]|\b(two|three|four|five|six|seven|eight|nine|ten|half|quarter)\b`)
)

func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// parseLesson divides the page into steps, and says what each lacks.
func parseLesson(page string) (steps []lessonStep, faults []string) {
	parts := strings.Split(page, "\n## ")
	steps = []lessonStep{{rest: words(parts[0])}}
	total := 0
	for i, part := range parts[1:] {
		title := lessonTitle.FindStringSubmatch(part)
		command, figure := lessonCommand.FindAllStringSubmatch(part, -1), lessonFigure.FindAllStringSubmatch(part, -1)
		before, after, asked := strings.Cut(part, "**Question.**")
		body, seen, saw := strings.Cut(before, "**Seen.**")
		_, answer, answered := strings.Cut(after, "<details><summary>Answer</summary>\n\n")
		inPlace := asked && saw && answered && strings.TrimSpace(seen) != "" && strings.HasSuffix(strings.TrimSpace(answer), "</details>")
		if !inPlace || len(title) == 0 || title[1] != fmt.Sprint(i+1) || len(command) != 1 || len(figure) != 1 {
			faults = append(faults, fmt.Sprintf("step %d does not have one each of title, minutes, command, figure, Seen, Question, Answer", i+1))
			continue
		}
		minutes, _ := strconv.Atoi(title[2])
		body = strings.NewReplacer(title[0], "", command[0][0], "", figure[0][0], "").Replace(body)
		total += minutes
		steps = append(steps, lessonStep{command[0][1], figure[0][1], words(seen), words(body + after)})
	}
	if len(faults) == 0 && (len(steps) != 1+7 || total != 45) {
		faults = append(faults, fmt.Sprintf("%d steps in %d minutes", len(steps)-1, total))
	}
	return steps, faults
}

// lessonResults are what a command prints, and its runs, into s.
func lessonResults(t *testing.T, typed string, s store) (printed string, runs []*Result) {
	t.Helper()
	printed = mustRun(t, append(strings.Fields(typed), "-quiet", "-out", s.out)...)
	there, err := s.scan(inventory{})
	if err != nil {
		t.Fatal(err)
	}
	return printed, there.sorted()
}

// runLesson runs the command with -out below dir, which stands for the folder lesson.
func runLesson(t *testing.T, s lessonStep, step int, dir string) lessonRuns {
	t.Helper()
	typed, out, found := strings.Cut(s.command, " -out lesson/")
	if !found || out != fmt.Sprint(step) || !strings.HasPrefix(typed, "-data clusters ") || !strings.HasPrefix(s.figure, out+"/") {
		t.Fatalf("step %d: %s", step, s.command)
	}
	l := lessonRuns{store: store{filepath.Join(dir, out)}, command: s.command, seen: s.seen}
	l.printed, l.runs = lessonResults(t, typed, l.store)
	if gentle := lessonRate.ReplaceAllString(typed, ""); gentle != typed {
		_, gentler := lessonResults(t, gentle, store{t.TempDir()})
		l.gentle = gentler[0]
	}
	l.figure = textOf(t, filepath.Join(dir, filepath.FromSlash(s.figure)))
	last := fmt.Sprintf(">unit %d: w = ", l.first().Config.K-1)
	if len(l.runs) > 1 {
		l.tables = textOf(t, filepath.Join(l.out, "tables.md"))
	} else if !strings.Contains(l.figure, last) {
		t.Errorf("step %d: %s has no %q", step, s.figure, last)
	}
	for _, r := range l.runs {
		n, err := readNetwork(r, func(id string) ([]byte, error) { return l.readFile(id, "weights.npz") })
		if err != nil {
			t.Fatal(err)
		}
		l.paths = append(l.paths, n.path)
	}
	l.path = l.paths[0]
	return l
}

// count is of the trained units at such an angle to u.
func (l lessonRuns) count(u [3]float64, is func(cos float64) bool) (n int) {
	for _, v := range l.end() {
		if is(cosine(u, v)) {
			n++
		}
	}
	return n
}

// agreements lists on how many clusters two trained units at such an angle agree.
func (l lessonRuns) agreements(is func(cos float64) bool) string {
	var counts []int
	everyPair(l.end(), func(j, k int) bool {
		if u, v := l.end()[j], l.end()[k]; is(cosine(u, v)) {
			counts = append(counts, signAgreement(u, v, clusterCentres[:]))
		}
		return true
	})
	slices.Sort(counts)
	return strings.Trim(fmt.Sprint(slices.Compact(counts)), "[]")
}

// angles lists, in degrees and increasing, those at which two units started that ended at such an angle.
func (l lessonRuns) angles(is func(cos float64) bool) (degrees []float64) {
	everyPair(l.end(), func(j, k int) bool {
		if j < k && is(cosine(l.end()[j], l.end()[k])) {
			degrees = append(degrees, math.Acos(min(1, cosine(l.start()[j], l.start()[k])))*180/math.Pi)
		}
		return true
	})
	slices.Sort(degrees)
	return degrees
}

// lastMove is the last epoch in which unit k moved.
func (l lessonRuns) lastMove(k int) int {
	epoch := len(l.path) - 1
	for epoch > 0 && l.path[epoch][k] == l.path[epoch-1][k] {
		epoch--
	}
	return epoch
}

// dead lists the dead units.
func (l lessonRuns) dead() (units []int) {
	for k, rate := range l.first().Final.ActivationRate {
		if rate < deadRate {
			units = append(units, k)
		}
	}
	return units
}

// of has the runs of an objective and K, by seed.
func (l lessonRuns) of(objective string, K int) (runs []*Result) {
	for _, r := range l.runs {
		if r.Config.Objective == objective && r.Config.K == K {
			runs = append(runs, r)
		}
	}
	return runs
}

// ends are the units that those runs ended with.
func (l lessonRuns) ends(objective string, K int) (ends [][][3]float64) {
	for i, r := range l.runs {
		if r.Config.Objective == objective && r.Config.K == K {
			ends = append(ends, l.paths[i][len(l.paths[i])-1])
		}
	}
	return ends
}

// unprinted is the first decimal number said to be seen that rounds nothing that the commands up to there print, of
// those that print one run's table.
func (l lesson) unprinted() string {
	printed := ""
	for _, s := range l[1:] {
		if len(s.runs) > 1 {
			continue
		}
		printed += s.printed
		for _, said := range lessonDecimal.FindAllStringSubmatch(s.seen, -1) {
			if !slices.ContainsFunc(lessonPrinted.FindAllString(printed, -1), func(number string) bool {
				return fmt.Sprintf("%.*f", len(said[1]), numberIn(number)) == said[0]
			}) {
				return said[0]
			}
		}
	}
	return ""
}

// lessonRandom are the ends, as they are written, of what README says random weights have of the highest effective rank.
func lessonRandom(readme string) (lowest, highest string) {
	said := lessonShare.FindStringSubmatch(readme)
	if said == nil {
		return "", ""
	}
	return said[1], said[2]
}

// numberIn is NaN, which no page says, for what is no number.
func numberIn(number string) float64 {
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// lessonClaim is what the page says in a step, with verbs for what is computed, and whether it is so.
type lessonClaim struct {
	step int
	says string
	of   func(l lesson) lessonFact
}

type lessonFact struct {
	holds    bool
	computed []any
}

func fact(holds bool, computed ...any) lessonFact { return lessonFact{holds, computed} }

// lessonSentence is a claim with its numbers.
type lessonSentence struct {
	step int
	text string
}

// lessonFaults holds the page to what is so, and its figures to being there.
func lessonFaults(page, dir string, so []lessonSentence) []string {
	steps, faults := parseLesson(page)
	if len(faults) > 0 {
		return faults
	}
	for i, s := range steps {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(s.figure))); err != nil {
			faults = append(faults, fmt.Sprintf("step %d: %v", i, err))
		}
	}
	for _, c := range so {
		s := &steps[c.step]
		if !strings.Contains(s.seen, c.text) && !strings.Contains(s.rest, c.text) {
			faults = append(faults, fmt.Sprintf("step %d does not say: %s", c.step, c.text))
		}
		s.seen, s.rest = strings.Replace(s.seen, c.text, "", 1), strings.Replace(s.rest, c.text, "", 1)
	}
	for i, s := range steps {
		if left := strings.TrimSpace(s.seen); left != "" {
			faults = append(faults, fmt.Sprintf("step %d: no claim has this, said to be seen: %s", i, left))
		}
		if at := lessonNumber.FindStringIndex(s.rest); at != nil {
			faults = append(faults, fmt.Sprintf("step %d: no claim has the number in: …%s", i, s.rest[at[0]:]))
		}
	}
	return faults
}

func TestLessonSaysWhatItsCommandsShow(t *testing.T) {
	page, dir := textOf(t, "LESSON.md"), t.TempDir()
	steps, faults := parseLesson(page)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	runs := make(lesson, len(steps))
	runs[0] = lessonRuns{readme: words(textOf(t, "README.md")), language: lessonLanguage.FindStringSubmatch(textOf(t, "go.mod"))[1]}
	for i := 1; i < len(steps); i++ {
		runs[i] = runLesson(t, steps[i], i, dir)
	}
	var so []lessonSentence
	for _, c := range lessonClaims {
		is := c.of(runs)
		text := fmt.Sprintf(c.says, is.computed...)
		if so = append(so, lessonSentence{c.step, text}); !is.holds {
			t.Errorf("step %d: not so: %s", c.step, text)
		}
	}
	if made := (lesson{runs[0], {runs: runs[1].runs, printed: "Loss 0.0376", seen: "0.038 0.860"}}).unprinted(); made != "0.860" {
		t.Errorf("0.860, which is not printed, is not noticed: %q", made)
	}
	for _, fault := range lessonFaults(page, dir, so) {
		t.Error(fault)
	}
	for _, wrong := range []struct{ name, from, to string }{
		{"a number", "to 1.72.", "to 1.71."},
		{"a number in an answer", "is 6.35. It", "is 6.36. It"},
		{"a claim", "and turns until it lies in the gap between two", "and stays there"},
		{"a claim more", "to 1.72.", "to 1.72. All arrows are of one length."},
		{"a claim less", "**Seen.** Now each of the four pairs of opposite gaps has a line. ", "**Seen.** "},
		{"a number more", "softmax compares\nthe units", "softmax compares\n8 units"},
		{"a number word more", "**Question.** Why do the dead", "**Question.** Why do three"},
		{"a figure's name", "/filters.svg", "/filter.svg"},
		{"the minutes", "(8 minutes)", "(9 minutes)"},
		{"a step without an answer", "<summary>Answer", "<summary>"},
		{"a step without what is seen", "**Seen.**", ""},
	} {
		mutated := strings.Replace(page, wrong.from, wrong.to, 1)
		if mutated == page || len(lessonFaults(mutated, dir, so)) == 0 {
			t.Errorf("%s is wrong, and that is not noticed", wrong.name)
		}
	}
}
