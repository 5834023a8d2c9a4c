// Infomax trains one linear layer by InfoMax and measures what it learned. README.md says what
// for; EXPERIMENT.md defines every number.
//
// This file has the commands: a run or a sweep, -list, -report; and the table of a single run. It rests on
// main_flags.go for what was typed and on sweep.go for the work.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// A 32-bit build would take many times as long; this line refuses it.
const _ int = 1 << 62

// command runs the program and returns its exit status: 2 for a mistake in the command line, 128 and the signal's
// number after a signal (Ctrl-C 130, SIGTERM 143, SIGHUP 129), 1 for anything else that went wrong.
func command(args []string, stdout, stderr io.Writer) int {
	screen := newConsole(stderr, false)
	ctx, stop := untilSignal(screen)
	defer stop()
	out := bufio.NewWriter(stdout)
	err := execute(ctx, args, out, screen)
	if cut := out.Flush(); err == nil && cut != nil {
		err = fmt.Errorf("the output is cut off: %w", cut)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "infomax:", err)
	if errors.As(err, new(badUsage)) {
		return 2
	}
	if s, stopped := errors.AsType[stopSignal](context.Cause(ctx)); stopped {
		return 128 + int(s.Signal)
	}
	return 1
}

// stopSignal is the cause of a context that a signal ended.
type stopSignal struct{ syscall.Signal }

func (s stopSignal) Error() string { return s.String() }

// untilSignal returns a context that ends with the first signal to stop, which screen is told of; a second one has its
// usual effect. A hangup that is ignored, as under nohup, stays so.
func untilSignal(screen *console) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			screen.warn("%v: ending in order; a second signal ends at once", s)
			cancel(stopSignal{s.(syscall.Signal)})
		case <-ctx.Done():
			signal.Stop(signals)
		}
	}()
	return ctx, func() { cancel(nil) }
}

func execute(ctx context.Context, args []string, stdout *bufio.Writer, screen *console) error {
	o, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage())
		return nil
	}
	if err != nil {
		return err
	}
	s := store{o.out}
	screen.quiet = o.quiet
	switch {
	case o.verify != "":
		return verify(ctx, o, stdout, screen)
	case o.report:
		now, found, err := s.derive(screen, inventory{}, true)
		if err == nil && len(now.good) == 0 {
			err = fmt.Errorf("-report: %s has no runs: give the -out of finished runs", s.runs())
		} else if err == nil && len(now.bad) > 0 {
			err = fmt.Errorf("%s left out: the reasons are above", plural(len(now.bad), "run"))
		}
		fmt.Fprint(stdout, found)
		return err
	}
	p, err := o.plan()
	switch {
	case err != nil:
		return err
	case o.list:
		return list(stdout, s, p)
	}
	return runAndReport(ctx, o, p, args, stdout, screen)
}

// runAndReport does what is missing of p and prints what came out.
func runAndReport(
	ctx context.Context, o options, p plan, args []string, stdout io.Writer, screen *console,
) error {
	s, single := store{o.out}, len(p.all) == 1 && len(p.mine) > 0
	if err := s.prepare(); err != nil {
		return err
	}
	there, err := s.scan(inventory{})
	if err != nil {
		return err
	}
	absent, err := s.runMissing(ctx, p, there, o.workers, screen)
	if err != nil && ctx.Err() == nil {
		return err
	}
	now, found, err := s.derive(screen, there, !single && ctx.Err() == nil)
	if err != nil {
		return err
	}
	done, runs := now.count(p.mine), len(p.mine)
	if done > 0 {
		if err := s.writeManifest(args, len(p.all)); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped with %s done: the same command does the rest", outOf(done, runs))
	}
	if single {
		if id := p.all[0].ID(); now.good[id] != nil {
			return writeTable(stdout, s, now.good[id], there.good[id] != nil)
		}
	} else {
		table := only(len(now.good) > 0, " and as a table in "+filepath.Join(s.out, "results.csv"))
		fmt.Fprintf(stdout, "%s done, in %s%s\n%s", outOf(done, runs), s.runs(), table, found)
	}
	if absent == nil && done < runs {
		return fmt.Errorf("%s not there: a warning above says why, or somebody removed them", outOf(runs-done, runs))
	}
	return absent
}

// outOf is "3 of 8 runs".
func outOf(n, runs int) string { return fmt.Sprintf("%d of %s", n, plural(runs, "run")) }

// list prints the runs of p, and which are done.
func list(w io.Writer, s store, p plan) error {
	there, err := s.scan(inventory{})
	if err != nil {
		return err
	}
	for _, c := range p.mine {
		id, state := c.ID(), "missing"
		switch {
		case there.good[id] != nil:
			state = "done"
		case there.bad[id] != nil:
			state = "damaged"
		}
		fmt.Fprintf(w, "%-8s %s\n", state, id)
	}
	fmt.Fprintf(w, "%s done, in %s\n", outOf(there.count(p.mine), len(p.mine)), s.runs())
	return nil
}

// writeTable prints the metrics of r, initialisation beside trained, and what files it has. before says that they were
// there when the command began.
func writeTable(w io.Writer, s store, r *Result, before bool) error {
	took := fmt.Sprintf("%s in %.1f s", plural(len(r.Curve), "epoch"), r.Seconds)
	if before {
		took = "it was there already, and nothing was run"
	}
	if r.Status != "ok" {
		took += "; it diverged"
	}
	fmt.Fprintf(w, "%s: %s\n\n", r.ID, took)
	row := func(title string, better int, initial, trained string) {
		if initial+trained != "" { // it applies
			arrow := map[int]string{1: " ↑", -1: " ↓"}[better]
			fmt.Fprintf(w, "%-38s%13s%13s\n", title+arrow, initial, trained)
		}
	}
	row("", 0, "initial", "trained")
	for _, m := range metrics {
		row(m.title, m.better, number(m.of(r.Init)), number(m.of(r.Final)))
	}
	row("Loss", -1, number(float64(r.InitialLoss)), number(float64(r.FinalLoss)))
	row("Epochs to 90 % of the gain", -1, "", only(r.EpochsTo90 > 0, fmt.Sprint(r.EpochsTo90)))
	fmt.Fprintf(w, "\n↑ higher is better, ↓ lower is better; EXPERIMENT.md defines every number\n")
	if r.Final.ProbeStatus == notConverged {
		fmt.Fprintln(w, "a probe's fit did not converge: its accuracy is that of its last step, if there is one")
	}
	files, err := os.ReadDir(s.folder(r.ID))
	fmt.Fprintf(w, "\nin %s:", s.folder(r.ID))
	for _, f := range files {
		fmt.Fprint(w, " ", f.Name())
	}
	fmt.Fprintln(w)
	return err
}

// number has five significant digits; NaN, which does not apply, is "".
func number(x float64) string {
	return strings.NewReplacer("NaN", "", "+Inf", "∞").Replace(fmt.Sprintf("%.5g", x))
}
