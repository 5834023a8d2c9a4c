package main

import (
	"bytes"
	"flag"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
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
	folder, noRuns := t.TempDir()+".npz", t.TempDir()
	write(t, filepath.Join(folder, "x"), nil)
	write(t, filepath.Join(noRuns, "runs"), nil)
	empty, dangling := t.TempDir(), blocked+"-link"
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	tests := []struct {
		name, args string
		status     int
		want       string // in the message
	}{
		{"unknown activation", "-act none", 2, strings.Join(activationNames, ", ")},
		{"unknown objective", "-objective none", 2, strings.Join(objectives, ", ")},
		{"unknown data", "-data none", 2, strings.Join(dataNames, ", ")},
		{"data as a list", "-data clusters,uniform", 2, "not one of"},
		{"data that is no archive", "-data digits.npy", 2, "of your own data, save X and Y"},
		{"no units", "-k 0", 2, "from 1 to"},
		{"too many units", "-k 8,99999999999", 2, `"99999999999" is not from 1 to 16384 units`},
		{"units beyond a signed integer", "-k 18446744073709551615", 2, `-k "18446744073709551615"`},
		{"units beyond any integer", "-k 99999999999999999999", 2, "-k"},
		{"lambda not a number", "-lambda NaN", 2, "finite"},
		{"lambda without infomax", "-objective variance -lambda 2", 2, "no run of these takes -lambda: leave it out"},
		{"no epochs", "-epochs 0", 2, "-epochs 0"},
		{"half an epoch", "-epochs 0.5", 2, "-epochs"},
		{"zero learning rate", "-lr 0", 2, "above 0"},
		{"learning rate not a number", "-lr NaN", 2, "above 0"},
		{"batch of one", "-batch 1", 2, "no variance"},
		{"negative batch", "-batch -128", 2, "-batch -128"},
		{"few rows for total correlation", "-tc-rows 3", 2, "-tc-rows 3"},
		{"more rows for total correlation than there are", "-data uniform -tc-rows 2001", 2, "10 to 2000 rows"},
		{"negative seed", "-seed -1", 2, "-seed"},
		{"backward range", "-seed 10-1", 2, "range"},
		{"endless range", "-seed 1-18446744073709551615", 2, "range"},
		{"endless grid", "-seed 1-9999 -k 1-9999", 2, "runs"},
		{"empty list", "-act=", 2, "-act is empty"},
		{"hole in a list", "-k 16,,32", 2, `"" is not a whole number`},
		{"list with spaces", "-k 16, 32", 2, "no spaces"},
		{"leftover argument", "-k 16 32", 2, `"32"`},
		{"unknown flag", "-layers 2", 2, "-layers"},
		{"flag without value", "-k", 2, "-k"},
		{"whitening without components", "-whiten 0.5", 2, "takes -whiten"},
		{"whiter than white", "-components 2 -whiten 1.5 -data uniform", 2, "-whiten 1.5: give a power from 0 to 1"},
		{"too many components", "-components 3 -data uniform -quiet -out " + t.TempDir(), 2, "uniform has 2 that vary"},
		{"negative components", "-components -2", 2, "-components -2"},
		{"optimum of relu", "-objective optimum", 2, "for identity alone"},
		{"training settings for random", "-objective random -epochs 5", 2, "takes -epochs"},
		{"training settings for pca", "-objective pca,random -lr 1", 2, "takes -lr"},
		{"workers", "-workers 0", 2, "-workers 0"},
		{"shard of nothing", "-shard 0/0", 2, "-shard"},
		{"shard beyond", "-shard 4/3", 2, "-shard"},
		{"shard with a rest", "-shard 1/2/3", 2, "i/n"},
		{"report with settings", "-report -act relu", 2, "-act does not go with -report: leave it out"},
		{"folder of other data", "-data clusters -data-dir x", 2, "takes -data-dir"},
		{"folder of own data", "-data testdata/own_digits.npz -data-dir x", 2, "takes -data-dir"},
		{"no such own data", "-data none/own.npz", 1, "-data none/own.npz: stat none/own.npz: "},
		{"own data that are none", "-data " + blocked + ".npz", 1, "not a valid zip file: save X and Y"},
		{"more rows than one's own data have", "-data testdata/own_digits.npz -tc-rows 101", 2, "10 to 100 rows"},
		{"no output folder", "-out=", 2, "-out is empty"},
		{"output folder is a dangling link", "-data clusters -out " + dangling, 1, "a link to nowhere: "},
		{"verify without temporary files", "-verify answer/results.csv", 1, "name one in TMPDIR"},
		{"-verify with settings", "-verify answer/results.csv -k 3", 2, "-k does not go with -verify: leave it out"},
		{"-verify with data by name", "-verify answer/results.csv -data clusters", 2,
			"-data clusters does not go with -verify, which takes your own FILE.npz there: leave it out"},
		{"-verify of a folder", "-verify answer", 1, "answer is no regular file: give a file results.csv"},
		{"own data is a folder", "-data " + folder, 1, ".npz is no regular file: save X and Y"},
		{"runs are a file", "-data clusters -out " + noRuns, 1,
			filepath.Join(noRuns, "runs") + ": not a directory: give another folder"},
		{"report of runs that are a file", "-report -out " + noRuns, 1, "not a directory: give a folder of runs"},
		{"-verify of fewer rows than none", "-verify answer/results.csv -sample -1", 2, "a number of rows"},
		{"output folder is a file", "-data clusters -out " + blocked, 1, "give another folder"},
		{"report of no folder", "-report -out " + filepath.Join(empty, "none"), 1, "has no runs"},
		{"no MNIST there", "-quiet -data-dir " + empty + " -out " + t.TempDir(), 1,
			"-data-dir " + empty + ": mnist: train-images-idx3-ubyte, gzipped or raw: file does not exist: put"},
		{"no fashion there", "-quiet -data fashion -data-dir " + empty + " -out " + t.TempDir(), 1,
			"-data-dir " + empty + ": fashion: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := strings.Fields(test.args)
			if test.name == "verify without temporary files" {
				t.Setenv("TMPDIR", filepath.Join(blocked, "none"))
			}
			if args[0] != "-verify" {
				args = append([]string{"-out=" + filepath.Join(empty, "out")}, args...)
			}
			var stdout, stderr bytes.Buffer
			status := command(args, &stdout, &stderr)
			message := stderr.String()
			if status != test.status || stdout.Len() > 0 {
				t.Errorf("exit status %d, want %d; stdout %q", status, test.status, &stdout)
			}
			if !strings.HasPrefix(message, "infomax: ") || strings.Count(message, "\n") != 1 ||
				!strings.Contains(message, test.want) {
				t.Errorf("message %q, want one line with %q", message, test.want)
			}
		})
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("bad input left %v, %v", left, err)
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
	run := "-data clusters -k 2 -epochs 1 -tc-rows 0"
	for _, args := range []string{"-help", "-list -act all", run, run + " -seed 1-2", "-report"} {
		var stderr bytes.Buffer
		status := command(append(strings.Fields(args), "-quiet", "-out", out), &fullDisk{20}, &stderr)
		if want := "infomax: the output is cut off: no space left on device\n"; status != 1 || stderr.String() != want {
			t.Errorf("%s: exit status %d, %q; want 1, %q", args, status, &stderr, want)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	help := mustRun(t, "-help")
	newFlags(new(options)).VisitAll(func(f *flag.Flag) {
		value, _ := flag.UnquoteUsage(f)
		if !strings.Contains(help, strings.TrimSpace("\n  -"+f.Name+" "+value)) ||
			slices.Contains([]string{"string", "int", "float", "value"}, value) {
			t.Errorf("-help does not explain -%s %s", f.Name, value)
		}
	})
}

// TestASingleRunEndsInATable, keeps a report in step, and says when it was there already.
func TestASingleRunSaysWhatItRunsAndEndsInATable(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, untrainedInto(s, "1-2")...)
	const there = "it was there already, and nothing was run\n"
	for _, took := range []string{"1 epoch in ", there} {
		var table, log bytes.Buffer
		args := strings.Fields("-data clusters -k 3 -epochs 1 -lambda 0.5 -tc-rows 0 -out " + s.out)
		if status := command(args, &table, &log); status != 0 {
			t.Fatalf("exit status %d: %s", status, &log)
		}
		name := regexp.MustCompile(`^clusters-infomax-relu-k3-lambda0.5-seed1-[0-9a-f]{8}`).FindString(table.String())
		if name == "" || log.Len() > 0 {
			t.Errorf("stderr %q; stdout\n%s", &log, &table)
		}
		wantInOrder(t, table.String(), name+": "+took, "initial", "trained\n", "Effective rank ↑", "Dead units ↓",
			"Loss ↓", "higher is better",
			"\nin "+s.runs(), only(took != there, " filters.svg"), " run.json", " training.svg weights.npz\n")
		if err := os.RemoveAll(filepath.Join(s.folder(name), "filters.svg")); err != nil {
			t.Fatal(err)
		}
	}
	results := textOf(t, filepath.Join(s.out, "results.csv"))
	if !strings.Contains(textOf(t, s.page()), sha256Of(results)) || strings.Count(results, "\n") != 4 {
		t.Errorf("the report has not the hash of results.csv, which is\n%s", results)
	}
}

// TestASweepEndsInItsHeadline: the end of a sweep, and -report, name the report and what it found; the manifest has the
// command.
func TestASweepEndsInItsHeadline(t *testing.T) {
	s := store{t.TempDir()}
	sweep := mustRun(t, sweepInto(s, "-act", "relu", "-k", "2")...)
	again := mustRun(t, "-report", "-out", s.out)
	if !strings.HasPrefix(sweep, "11 of 11 runs done, in ") || !strings.HasSuffix(sweep, again) {
		t.Errorf("the sweep prints\n%s\n-report prints\n%s", sweep, again)
	}
	headline, found := strings.CutPrefix(again, "the report of 11 runs is in "+s.page()+"\n")
	headline, _, _ = strings.Cut(headline, "\n")
	if !found || headline == "" || !strings.Contains(textOf(t, s.page()), template.HTMLEscapeString(headline)) {
		t.Errorf("report.html has not the headline %q", headline)
	}
	manifest := textOf(t, filepath.Join(s.out, "manifest.json"))
	if !strings.Contains(manifest, `"runs": 11`) || !strings.Contains(manifest, "\"-k\",\n    \"2\"") {
		t.Errorf("manifest.json is %s", manifest)
	}
	refused := sweepInto(s, "-k", "2", "-components", "7")
	status := command(refused, new(bytes.Buffer), new(bytes.Buffer))
	if status != 2 || textOf(t, filepath.Join(s.out, "manifest.json")) != manifest {
		t.Errorf("-components 7: exit status %d, or another manifest", status)
	}
	none := mustRun(t, "-data", "clusters", "-k", "2", "-shard", "2/2", "-out", t.TempDir())
	if !strings.HasPrefix(none, "0 of 0 runs done, in ") || strings.Contains(none, "results.csv") {
		t.Errorf("a shard without runs prints %s", none)
	}
}

// TestNumbersBeyondWhatThereIs: a batch of more rows than the train split has is that, and more workers than any
// machine has are as many as it has.
func TestNumbersBeyondWhatThereIs(t *testing.T) {
	s := store{t.TempDir()}
	for _, batch := range []string{"0", "8000", "9000"} {
		mustRun(t, "-data", "clusters", "-k", "2", "-epochs", "1", "-tc-rows", "0", "-batch", batch,
			"-workers", "4611686018427387904", "-quiet", "-out", s.out)
	}
	if n := len(folders(t, s)); n != 1 {
		t.Errorf("%d runs, want one and the same", n)
	}
}

// TestOwnDataFromFileToReport takes scikit-learn's digits, which testdata/own.py saved: 64 inputs of 17 levels,
// float64.
func TestOwnDataFromFileToReport(t *testing.T) {
	digits := contentsOf(t, "testdata/own_digits.npz")
	hash := sha256Of(string(digits))
	file, s := filepath.Join(t.TempDir(), "my digits.npz"), store{t.TempDir()}
	write(t, file, digits)
	grid := []string{"-data", file, "-act", "relu,tanh", "-k", "3", "-objective", "infomax,random",
		"-epochs", "2", "-quiet", "-out", s.out}
	mustRun(t, grid...)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 4 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for _, r := range there.good {
		if r.Config.Data != "my-digits-"+hash[:8] || r.DataSHA256 != hash || r.Inputs != 64 || r.Config.TCRows != 100 ||
			!strings.HasPrefix(r.ID, r.Config.Data+"-") || r.Final.ProbeAccuracy < 0.1 {
			t.Errorf("%+v", r)
		}
	}
	if again := mustRun(t, grid...); !strings.HasPrefix(again, "4 of 4 runs done") {
		t.Errorf("the same command prints\n%s", again)
	}
	if page := textOf(t, s.page()); !strings.Contains(page, hash) || !strings.Contains(page, "my-digits-"+hash[:8]) {
		t.Error("the report does not name the data")
	}
	write(t, file, archiveOf(t, ownMembers(nil)...))
	if listed := mustRun(t, append(slices.Clone(grid), "-list")...); !strings.Contains(listed, "0 of 4 runs done") {
		t.Errorf("of other content in the same file -list prints\n%s", listed)
	}
}

// TestRunsInThePlaneHaveTheirPictureInTheRun, but stacks have their weights as images: these are not over the data.
func TestRunsInThePlaneHaveTheirPictureInTheRun(t *testing.T) {
	file, s := filepath.Join(t.TempDir(), "plane.npz"), store{t.TempDir()}
	write(t, file, archiveOf(t, ownMembers(nil)...))
	mustRun(t, "-data", file, "-k", "2", "-below", "none,pca:2", "-epochs", "1", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 3 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id, r := range there.good {
		svg := textOf(t, filepath.Join(s.folder(id), "filters.svg"))
		if strings.Contains(svg, "over the data") == r.Config.stacked() {
			t.Errorf("%s: filters.svg is wrong", id)
		}
	}
}
