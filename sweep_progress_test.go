package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// screenOf is what a terminal of that many columns shows of text: its lines, the last with the cursor. A line
// that does not fit breaks.
func screenOf(text string, columns int) []string {
	lines, at := [][]rune{{}}, 0
	for _, r := range text {
		switch {
		case r == '\r':
			at = 0
		case r == '\n' || at == columns:
			lines, at = append(lines, nil), 0
		}
		if line := &lines[len(lines)-1]; r != '\r' && r != '\n' {
			*line = slices.Concat((*line)[:at], []rune{r}, (*line)[min(at+1, len(*line)):])
			at++
		}
	}
	var shown []string
	for _, line := range lines {
		shown = append(shown, strings.TrimRight(string(line), " "))
	}
	return shown
}

// watched is a tally of the runs of a command line, begun a minute ago, before which others were done.
func watched(t *testing.T, terminal bool, done int, line string) (*tally, []Config, *bytes.Buffer) {
	var out bytes.Buffer
	c := newConsole(&out, false)
	c.terminal, c.columns = terminal, func() int { return 70 }
	ahead := planOf(t, line).mine
	all := newTally(c, done, ahead)
	all.started = time.Now().Add(-time.Minute)
	return all, ahead, &out
}

func TestATerminalShowsASweepInOneLine(t *testing.T) {
	all, ahead, out := watched(t, true, 4, "-data clusters -act relu,tanh -k 4 -objective variance -seed 1-2")
	for i, step := range []struct {
		do   func()
		want string
	}{
		{func() { all.start(ahead[0]) }, "4/8 runs, ? left, 0/min, now variance relu K=4"},
		{func() { all.epoch(ahead[0], 50, Epoch{}) }, "4/8 runs, 7m0s left, 0/min, now variance relu K=4"}, // an eighth took one minute
		{func() { all.end(ahead[0], "took 1 s") }, "5/8 runs, 3m0s left, 1/min, now"},
		{func() { all.start(ahead[2]); all.start(ahead[1]) }, "5/8 runs, 3m0s left, 1/min, now variance relu K=4; variance tanh K=4"},
		{func() { all.start(ahead[3]) }, "5/8 runs, 3m0s left, 1/min, now variance relu K=4; variance tanh K=4…"},
		{func() { all.end(ahead[1], ""); all.end(ahead[2], "") }, "7/8 runs, 20s left, 3/min, now variance tanh K=4"},
		{func() { all.show("") }, ""},
	} {
		step.do()
		if diff := cmp.Diff([]string{step.want}, screenOf(out.String(), 70)); diff != "" {
			t.Errorf("after step %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestATerminalKeepsWarningsAboveTheLine(t *testing.T) {
	all, ahead, out := watched(t, true, 0, "-data clusters -k 4 -seed 1-2")
	all.start(ahead[0])
	all.warn("one")
	all.end(ahead[0], "took 1 s")
	all.warn("two")
	all.keep() // there is no line to keep
	all.show("three")
	all.keep()
	all.start(ahead[1])
	want := []string{"one", "two", "three", "1/2 runs, 1m0s left, 1/min, now infomax relu K=4"}
	if diff := cmp.Diff(want, screenOf(out.String(), 70)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestALineThatFillsItsPlaceIsWhole: the last column stays free, and only what is longer is cut.
func TestALineThatFillsItsPlaceIsWhole(t *testing.T) {
	all, _, out := watched(t, true, 0, "-data clusters")
	for _, text := range []string{strings.Repeat("x", 69), strings.Repeat("y", 70)} {
		all.show(text)
		if got, want := screenOf(out.String(), 70)[0], strings.Replace(text, strings.Repeat("y", 70), strings.Repeat("y", 68)+"…", 1); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALogHasALineForEachRunOfASweep(t *testing.T) {
	all, ahead, out := watched(t, false, 1, "-data clusters -k 4 -seed 1-2")
	for _, c := range ahead {
		all.start(c)
		all.epoch(c, 10, Epoch{})
		all.end(c, "took 30.0 s")
	}
	want := "2/3 runs, 1m0s left: " + ahead[0].ID() + " took 30.0 s\n3/3 runs, 0s left: " + ahead[1].ID() + " took 30.0 s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASoleRunShowsItsEpochs(t *testing.T) {
	run := func(terminal bool) string {
		all, ahead, out := watched(t, terminal, 0, "-data clusters -k 4 -epochs 20")
		all.start(ahead[0])
		if out.Len() > 0 {
			t.Errorf("at its start it shows %q", out)
		}
		for epoch := range 5 {
			all.epoch(ahead[0], epoch+1, Epoch{Loss: 2.5})
		}
		all.end(ahead[0], "took 1 s")
		return out.String()
	}
	if diff := cmp.Diff("epoch 2/20, loss 2.5, 9m0s left\nepoch 4/20, loss 2.5, 4m0s left\n", run(false)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"epoch 5/20, loss 2.5, 3m0s left"}, screenOf(run(true), 70)); diff != "" {
		t.Errorf("terminal (-want +got):\n%s", diff)
	}
}

func TestQuietHasNoProgress(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		all, ahead, out := watched(t, terminal, 0, "-data clusters -k 4 -seed 1-2")
		all.quiet = true
		all.start(ahead[0])
		all.end(ahead[0], "took 1 s")
		all.warn("a problem")
		if got := out.String(); got != "a problem\n" {
			t.Errorf("%q", got)
		}
	}
}

// TestSignalsEndARunInTheMiddleOfAMeasurement, which takes minutes with that many units: a minute is too long here.
func TestSignalsEndARunInTheMiddleOfAMeasurement(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signal to another process")
	}
	for signal, want := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130} {
		t.Run(signal.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			program := program(t, "-data", "clusters", "-k", "1500", "-tc-rows", "0", "-epochs", "1", "-out", t.TempDir())
			cmd := exec.CommandContext(ctx, program.Path, program.Args[1:]...)
			cmd.Env = program.Env
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := stderr.Read(make([]byte, 1)); err != nil { // it says what it runs
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Signal(signal)); err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(stderr)
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != want {
				t.Fatalf("%v, want exit status %d: %s", err, want, text)
			}
			if want := "infomax: stopped with 0 of 1 run done"; !strings.Contains(string(text), want) {
				t.Errorf("no %q in %s", want, text)
			}
		})
	}
}
