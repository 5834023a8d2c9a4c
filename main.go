// Infomax trains one linear layer by InfoMax and measures what it learned. README.md says what
// for; EXPERIMENT.md defines every number.
//
// This file has the commands (a run or a sweep, -list, -report), and the table at the end of a single
// run. It rests on main_flags.go for what was typed and on sweep.go for the work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command runs the program and returns its exit status: 2 for a mistake in the command line,
// 130 after Ctrl-C, 1 for anything else that went wrong.
func command(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C has its usual effect
	err := execute(ctx, args, stdout, stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "infomax:", err)
	switch {
	case errors.As(err, new(badUsage)):
		return 2
	case ctx.Err() != nil:
		return 130
	}
	return 1
}

func execute(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage())
		return nil
	}
	if err != nil {
		return err
	}
	p, err := o.plan()
	if err != nil {
		return err
	}
	screen, s := newConsole(stderr, o.quiet), store{o.out}
	if o.list {
		return list(stdout, s, p.mine)
	}
	if o.report {
		if _, err := os.Stat(s.runs()); err != nil {
			return fmt.Errorf("-report: %w: give the -out of finished runs", err)
		}
		_, err := s.derive(screen, inventory{}, true)
		return err
	}
	there, stopped := runMissing(ctx, args, o, p, s, screen)
	if stopped != nil && ctx.Err() == nil {
		return stopped
	}
	single := len(p.all) == 1 && len(p.mine) == 1
	now, err := s.derive(screen, there, !single && stopped == nil)
	if err != nil {
		return err
	}
	done := now.of(p.mine)
	if stopped != nil {
		return fmt.Errorf("stopped with %d of %d runs done: the same command does the rest", len(done), len(p.mine))
	}
	if !single {
		fmt.Fprintf(stdout, "%d of %d runs are done, in %s and as a table in %s\n",
			len(done), len(p.mine), s.runs(), filepath.Join(s.out, "results.csv"))
	} else if len(done) == 1 {
		writeTable(stdout, s, done[0])
	}
	return verdict(s, len(p.mine), done)
}

// runMissing does the runs of p that are not there, and returns those that were.
func runMissing(ctx context.Context, args []string, o options, p plan, s store, screen *console) (inventory, error) {
	if err := s.prepare(); err != nil {
		return inventory{}, err
	}
	there, err := s.scan(inventory{})
	if err != nil {
		return there, err
	}
	if len(p.mine) == 0 {
		return there, nil
	}
	missing := slices.DeleteFunc(slices.Clone(p.mine), func(c Config) bool { return there.good[c.ID()] != nil })
	if len(missing) == 0 {
		return there, s.writeManifest(args, p, there.of(p.mine)[0].DataSHA256)
	}
	data, err := loadData(ctx, o, screen)
	if err != nil {
		return there, err
	}
	if err := s.writeManifest(args, p, data.SHA256); err != nil {
		return there, err
	}
	cores = max(1, o.workers/len(missing)) // a lone large run has them all
	work := sweep{store: s, data: data, ahead: missing, tally: newTally(screen, len(p.mine)-len(missing), missing)}
	err = work.do(ctx, o.workers)
	screen.show("")
	return there, err
}

func loadData(ctx context.Context, o options, screen *console) (*Dataset, error) {
	switch o.shared.Data {
	case "clusters":
		return clusters(), nil
	case "uniform":
		return uniform(), nil
	}
	return loadMNIST(ctx, o.mnist, screen)
}

// verdict is an error if any of the runs failed, so that it is not done, or diverged.
func verdict(s store, runs int, done []*Result) error {
	diverged, failed := 0, runs-len(done)
	for _, r := range done {
		if r.Status != "ok" {
			diverged++
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d runs failed and %d diverged: the reasons are in %s", failed, runs, diverged, filepath.Dir(s.failure("")))
	case diverged > 0:
		return fmt.Errorf("%d of %d runs diverged: their loss stopped being finite, which a smaller -lr may prevent", diverged, runs)
	}
	return nil
}

// list prints the runs and which are done.
func list(w io.Writer, s store, runs []Config) error {
	there, err := s.scan(inventory{})
	if err != nil {
		return err
	}
	for _, c := range runs {
		state := "-"
		if there.good[c.ID()] != nil {
			state = "done"
		} else if there.damaged[c.ID()] != nil {
			state = "damaged"
		}
		fmt.Fprintf(w, "%-8s %s\n", state, c.ID())
	}
	fmt.Fprintf(w, "%d of %d runs are done\n", len(there.of(runs)), len(runs))
	return nil
}

// writeTable prints the metrics of r, initialisation beside trained, and where its files are.
func writeTable(w io.Writer, s store, r *Result) {
	c := r.Config
	fmt.Fprintf(w, "%s: %s, %s, K = %d", c.Data, c.Objective, c.Activation, c.K)
	if c.Objective == "infomax" {
		fmt.Fprintf(w, ", λ = %v", c.Lambda)
	}
	fmt.Fprintf(w, ", seed %d; %d epochs in %.1f s\n\n", c.Seed, len(r.Curve), r.Seconds)
	fmt.Fprintf(w, "%-36s%14s%14s\n", "", "initial", "trained")
	for _, m := range metrics {
		writeRow(w, m.title, m.better, cell(m, r.Init), cell(m, r.Final))
	}
	writeRow(w, "Loss", -1, number(float64(r.InitialLoss)), number(float64(r.FinalLoss)))
	if r.EpochsTo90 > 0 {
		writeRow(w, "Epochs to 90 % of the gain", -1, "", fmt.Sprint(r.EpochsTo90))
	}
	fmt.Fprint(w, "\n↑ higher is better, ↓ lower is better\n")
	writeNotes(w, r)
	fmt.Fprintf(w, "\n%s has run.json, weights.npz, filters.svg", s.folder(r.ID))
	if len(r.Curve) > 0 {
		fmt.Fprint(w, ", training.svg")
	}
	fmt.Fprintln(w)
}

// writeRow leaves out a metric that does not apply.
func writeRow(w io.Writer, title string, better int, initial, trained string) {
	if initial == "" && trained == "" {
		return
	}
	arrow := map[int]string{1: " ↑", -1: " ↓"}[better]
	fmt.Fprintf(w, "%-36s%14s%14s\n", title+arrow, initial, trained)
}

func cell(m metric, state Metrics) string {
	if m.field == "variance_ratio" && state.VarianceRatioStatus == "infinite" {
		return "∞"
	}
	return number(m.of(state))
}

// writeNotes says what the numbers of total correlation can and cannot mean.
func writeNotes(w io.Writer, r *Result) {
	if r.Final.TCStatus == "infinite" {
		fmt.Fprint(w, "softmax's outputs sum to one, so their total correlation is infinite: its estimates leave out the last unit\n")
	}
	if r.Final.TCUnits >= 2 && finite(float64(r.Final.TCKNNNats)) {
		fmt.Fprintf(w, "the kNN estimate saturates: pairs of equal units, of infinite total correlation, read %.3g nats\n",
			knnLimit(r.Config.TCRows, r.Final.TCUnits))
	}
}

// number has five significant digits, in plain notation where that is short.
func number(x float64) string {
	switch size := math.Abs(x); {
	case !finite(x):
		return ""
	case 1e5 <= size && size < 1e9:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.5g", x)
}
