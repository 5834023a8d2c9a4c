package main

import (
	"bytes"
	"flag"
	"fmt"
	"html/template"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMain makes the test binary the program itself when program starts it.
func TestMain(m *testing.M) {
	if os.Getenv("INFOMAX_TEST_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is the program in a process of its own, which can be killed.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(cmd.Environ(), "INFOMAX_TEST_PROGRAM=1")
	return cmd
}

// mustRun runs the program in this process and returns what it prints.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := command(args, &stdout, &stderr); status != 0 {
		t.Fatalf("%v: exit status %d: %s", args, status, &stderr)
	}
	return stdout.String()
}

func TestBadInputIsOneLineThatSaysWhatToDo(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, blocked, nil)
	write(t, blocked+".npz", []byte("no archive"))
	empty := t.TempDir()
	tests := []struct {
		name, args string
		status     int
		want       string // in the message
	}{
		{"unknown activation", "-act none", 2, strings.Join(activationNames, ", ")},
		{"unknown objective", "-objective none", 2, strings.Join(objectives, ", ")},
		{"unknown data", "-data none", 2, strings.Join(dataNames, ", ")},
		{"activation misspelt", "-act rleu", 2, "did you mean relu?"},
		{"activation with a letter too many", "-act relu,leakyy-ReLU", 2, "did you mean leaky_relu?"},
		{"objective as others call it", "-objective AutoEncoder", 2, "did you mean reconstruction?"},
		{"data misspelt", "-data MNITS", 2, "did you mean mnist?"},
		{"data as a list", "-data clusters,uniform", 2, "not one of"},
		{"data that is no archive", "-data digits.npy", 2, "your own is a file that ends in .npz"},
		{"no units", "-k 0", 2, "from 1 to"},
		{"negative units", "-k -3", 2, "-k"},
		{"too many units", "-k 1000000", 2, "-k 1000000"},
		{"units beyond any integer", "-k 99999999999999999999", 2, "-k"},
		{"negative lambda", "-lambda -1", 2, "-lambda -1"},
		{"lambda not a number", "-lambda NaN", 2, "finite"},
		{"infinite lambda", "-lambda 1e999", 2, "finite"},
		{"lambda without infomax", "-objective variance -lambda 2", 2, "leave it out"},
		{"no epochs", "-epochs 0", 2, "-epochs 0"},
		{"negative epochs", "-epochs -1", 2, "-epochs -1"},
		{"half an epoch", "-epochs 0.5", 2, "-epochs"},
		{"zero learning rate", "-lr 0", 2, "above 0"},
		{"negative learning rate", "-lr -1", 2, "above 0"},
		{"learning rate not a number", "-lr NaN", 2, "above 0"},
		{"infinite learning rate", "-lr Inf", 2, "above 0"},
		{"batch of one", "-batch 1", 2, "no variance"},
		{"negative batch", "-batch -128", 2, "-batch -128"},
		{"few rows for total correlation", "-tc-rows 3", 2, "-tc-rows 3"},
		{"negative rows for total correlation", "-tc-rows -1", 2, "-tc-rows -1"},
		{"more rows for total correlation than there are", "-data uniform -tc-rows 2001", 2, "10 to 2000 rows"},
		{"negative seed", "-seed -1", 2, "-seed"},
		{"backward range", "-seed 10-1", 2, "range"},
		{"endless range", "-seed 1-18446744073709551615", 2, "range"},
		{"endless grid", "-seed 1-9999 -k 1-9999", 2, "runs"},
		{"empty list", "-act=", 2, "-act"},
		{"hole in a list", "-k 16,,32", 2, "-k"},
		{"activation twice", "-act relu,relu", 2, "twice"},
		{"number twice", "-lambda 1,1.0", 2, "twice"},
		{"seed twice", "-seed 1-3,2", 2, "twice"},
		{"list with spaces", "-k 16, 32", 2, "no spaces"},
		{"leftover argument", "-k 16 32", 2, `"32"`},
		{"unknown flag", "-layers 2", 2, "-layers"},
		{"flag without value", "-k", 2, "-k"},
		{"whitening without components", "-whiten 0.5", 2, "give -components too"},
		{"whiter than white", "-components 2 -whiten 1.5 -data uniform", 2, "-whiten 1.5: give a power from 0 to 1"},
		{"less than not white", "-components 2 -whiten -1 -data uniform", 2, "-whiten -1"},
		{"whitening as text", "-components 2 -whiten much -data uniform", 2, "finite"},
		{"too many components", "-components 3 -data uniform -quiet -out " + t.TempDir(), 2, "uniform has 2 that vary"},
		{"negative components", "-components -2", 2, "-components -2"},
		{"optimum of relu", "-objective optimum", 2, "for identity alone"},
		{"training settings for random", "-objective random -epochs 5", 2, "leave -epochs"},
		{"training settings for pca", "-objective pca,random -lr 1", 2, "leave -epochs"},
		{"workers", "-workers 0", 2, "-workers 0"},
		{"shard zero", "-shard 0/3", 2, "-shard"},
		{"shard beyond", "-shard 4/3", 2, "-shard"},
		{"shard of nothing", "-shard 1/0", 2, "-shard"},
		{"empty shard", "-shard=", 2, "i/n"},
		{"shard of no form", "-shard two", 2, "i/n"},
		{"shard with a rest", "-shard 1/2/3", 2, "i/n"},
		{"slurm outside slurm", "-shard auto", 2, "SLURM_ARRAY_TASK_ID"},
		{"kubernetes outside kubernetes", "-shard auto/4", 2, "JOB_COMPLETION_INDEX"},
		{"report with settings", "-report -act relu", 2, "-report"},
		{"folder of other data", "-data clusters -data-dir x", 2, "-data-dir is for -data mnist, fashion, mnist-shifted"},
		{"folder of own data", "-data own.npz -data-dir x", 2, "-data-dir is for"},
		{"no such own data", "-data none/own.npz", 1, "-data none/own.npz: open none/own.npz: "},
		{"own data that are none", "-data " + blocked + ".npz", 1, "not a valid zip file: save it again"},
		{"more rows for total correlation than one's own", "-data testdata/own_digits.npz -tc-rows 101", 2, "10 to 100 rows"},
		{"no output folder", "-out=", 2, "-out"},
		{"no data folder", "-data-dir=", 2, "-data-dir is empty"},
		{"output folder is a file", "-data clusters -out " + blocked, 1, "give a folder"},
		{"output folder below a file", "-data clusters -out " + blocked + "/out", 1, "give a folder"},
		{"report of no folder", "-report -out " + filepath.Join(empty, "none"), 1, "none"},
		{"no MNIST there", "-quiet -data-dir " + empty + " -out " + t.TempDir(), 1, "-data-dir " + empty + ": MNIST: train-images-idx3-ubyte, gzipped or raw: file does not exist: put"},
		{"no Fashion-MNIST there", "-quiet -data fashion -data-dir " + empty + " -out " + t.TempDir(), 1, "-data-dir " + empty + ": Fashion-MNIST: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"-out=" + filepath.Join(empty, "out")}, strings.Fields(test.args)...)
			var stdout, stderr bytes.Buffer
			status := command(args, &stdout, &stderr)
			message := stderr.String()
			if status != test.status || stdout.Len() > 0 {
				t.Errorf("exit status %d, want %d; stdout %q", status, test.status, &stdout)
			}
			if !strings.HasPrefix(message, "infomax: ") || strings.Count(message, "\n") != 1 || !strings.Contains(message, test.want) {
				t.Errorf("message %q, want one line with %q", message, test.want)
			}
		})
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("bad input left %v, %v", left, err)
	}
}

func TestUsageNamesEveryFlagAndItsDefault(t *testing.T) {
	newFlags(new(options)).VisitAll(func(f *flag.Flag) {
		_, rest, found := strings.Cut(usage(), "\n  -"+f.Name+" ")
		if !found {
			t.Errorf("usage does not explain -%s", f.Name)
		}
		paragraph, _, _ := strings.Cut(rest, "\n  -")
		silent := f.DefValue == "false" || f.DefValue == "" || f.Name == "workers"
		if !silent && !strings.Contains(paragraph, "("+f.DefValue+")") {
			t.Errorf("usage of -%s does not end in its default, (%s)", f.Name, f.DefValue)
		}
	})
}

// TestUsageFollowsFromTheLists: what it says of the protocol is so.
func TestUsageFollowsFromTheLists(t *testing.T) {
	networks := len(activations) * len(protocolKs) * protocolSeeds
	runs := networks * (len(protocolLambdas) + len(objectives) - 3) // infomax has λ, the baselines have not
	runs += networks / protocolSeeds                                // pca has no seed
	words := strings.Join(strings.Fields(usage()), " ")
	for _, want := range []string{
		fmt.Sprintf("the whole experiment, %d,%03d runs,", runs/1000, runs%1000),
		fmt.Sprintf("-act all -k 16,64 -seed 1-5 a sweep of %d runs ", len(activations)*2*5),
		"activation: " + strings.Join(activationNames, ", ") + " (relu)",
		"as in the protocol: -act all -k 16,32,64 -lambda 0.1,1,10 -seed 1-10 -objective all;",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("usage does not say %q", want)
		}
	}
	for line := range strings.Lines(usage()) {
		if len(line) > 90 {
			t.Errorf("usage has a line of %d characters: %s", len(line), line)
		}
	}
}

func TestHelpIsNoMistake(t *testing.T) {
	if got := mustRun(t, "-help"); got != usage() {
		t.Errorf("-help prints %q", got)
	}
}

// TestNamesAreReadAsPeopleWriteThem: letter case, hyphens and underscores make no other name.
func TestNamesAreReadAsPeopleWriteThem(t *testing.T) {
	want := planOf(t, "-act relu,leaky_relu -objective infomax,random -lambda 2").mine
	got := planOf(t, "-act ReLU,leaky-relu -objective InfoMax,RANDOM -lambda 2 -data MNIST").mine
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all := planOf(t, "-act All -objective random").mine; len(all) != len(activations) {
		t.Errorf("-act All makes %d runs", len(all))
	}
}

// fullDisk takes a few bytes and no more.
type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

func TestOutputThatIsCutOffIsAnError(t *testing.T) {
	out := t.TempDir()
	for _, args := range []string{"-help", "-list -act all", "-data clusters -k 2 -epochs 1 -tc-rows 0",
		"-data clusters -k 2 -epochs 1 -tc-rows 0 -seed 1-2", "-report"} {
		t.Run(args, func(t *testing.T) {
			var stderr bytes.Buffer
			status := command(append(strings.Fields(args), "-quiet", "-out", out), &fullDisk{20}, &stderr)
			if want := "infomax: the output is cut off: no space left on device\n"; status != 1 || stderr.String() != want {
				t.Errorf("exit status %d, %q; want 1, %q", status, &stderr, want)
			}
		})
	}
}

func TestListWithoutAGridListsTheFolder(t *testing.T) {
	s, id := tinyRun(t)
	if err := os.MkdirAll(filepath.Join(s.runs(), "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("done     %s\ndamaged  empty\n1 of 2 runs done, in %s\n", id, s.runs())
	if got := mustRun(t, "-list", "-out", s.out); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestASweepEndsInItsHeadline: the end of a sweep, and -report, name the report and what it found.
func TestASweepEndsInItsHeadline(t *testing.T) {
	s := store{t.TempDir()}
	sweep := mustRun(t, sweepInto(s, "-act", "relu", "-k", "2")...)
	again := mustRun(t, "-report", "-out", s.out)
	want := "the report of 11 runs is in " + filepath.Join(s.out, "report.html") + "\nuniform, 2 epochs, no total correlation: Unclear. "
	if !strings.Contains(sweep, "\n"+want) || !strings.HasPrefix(again, want) {
		t.Errorf("the sweep prints\n%s\n-report prints\n%s", sweep, again)
	}
	page, err := os.ReadFile(filepath.Join(s.out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, headline, _ := strings.Cut(strings.TrimSpace(again), "Unclear. ")
	if !strings.Contains(string(page), template.HTMLEscapeString(headline)) {
		t.Errorf("report.html has another headline than %q", headline)
	}
}

func TestAShardWithoutRunsIsNoMistake(t *testing.T) {
	out := mustRun(t, "-data", "clusters", "-k", "2", "-shard", "2/2", "-out", t.TempDir())
	if want := "0 of 0 runs done"; !strings.HasPrefix(out, want) {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// TestWhatIsDoneBeforeDataAreMissingIsInTheTable: a command of several data sets, the second of which is not there.
func TestWhatIsDoneBeforeDataAreMissingIsInTheTable(t *testing.T) {
	mnistForTest(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir, s := t.TempDir(), store{t.TempDir()}
	if err := os.Symlink(filepath.Join(cache, "infomax", "mnist"), filepath.Join(dir, "mnist")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	var stdout, stderr bytes.Buffer
	status := command([]string{"-followups", "-act", "relu", "-k", "2", "-seed", "1", "-objective", "random", "-below", "none", "-components", "0", "-tc-rows", "0", "-data-dir", dir, "-out", t.TempDir(), "-quiet"}, &stdout, &stderr)
	if status != 1 || !strings.Contains(stdout.String(), "2 of 3 runs done") || !strings.Contains(stdout.String(), "the report of 2 runs") || !strings.Contains(stderr.String(), "Fashion-MNIST") ||
		strings.Contains(stderr.String(), "failed") {
		t.Errorf("exit status %d: %s%s", status, &stdout, &stderr)
	}
	p := plan{from: dataSource{dir: dir}, all: []Config{
		{Data: "fashion", Objective: "random", Activation: "relu", K: 1, Seed: 1}, {Data: "mnist", Objective: "random", Activation: "relu", K: 1, Seed: 1},
		{Data: "clusters", Objective: "random", Activation: "relu", K: 1, Seed: 1}, // which comes after fashion
	}}
	p.mine = p.all
	there, err := runMissing(t.Context(), nil, options{workers: 1}, p, s, newConsole(io.Discard, true))
	if err == nil || !strings.Contains(err.Error(), "fashion") || there.good == nil {
		t.Fatalf("%v, error %v; want what was there, and an error of fashion", there, err)
	}
	now, err := s.derive(newConsole(io.Discard, true), there, false)
	if err != nil || len(now.good) != 2 {
		t.Errorf("%d runs, error %v; want those of mnist and clusters", len(now.good), err)
	}
	p.all[1].Data, p.mine = "fashion", p.all[:1]
	if there, err := runMissing(t.Context(), nil, options{workers: 1}, p, store{t.TempDir()}, newConsole(io.Discard, true)); err == nil || there.good != nil {
		t.Errorf("nothing is done: %v, error %v", there, err)
	}
}

// TestNumbersBeyondWhatThereIs: a batch of more rows than the train split has is that, and more workers than any machine has are as
// many as it has.
func TestNumbersBeyondWhatThereIs(t *testing.T) {
	s := store{t.TempDir()}
	for _, batch := range []string{"0", "8000", "9000"} {
		mustRun(t, "-data", "clusters", "-k", "2", "-epochs", "1", "-tc-rows", "0", "-batch", batch, "-workers", "4611686018427387904", "-quiet", "-out", s.out)
	}
	if n := len(folders(t, s)); n != 1 {
		t.Errorf("%d runs, want one and the same", n)
	}
}
