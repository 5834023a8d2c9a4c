// Infomax trains one linear layer by InfoMax and measures what it learned. README.md says what
// for; EXPERIMENT.md defines every number.
//
// This file has the commands: a run or a sweep, -list, -report. It rests on main_flags.go for what was typed, on
// main_table.go for the table of a single run, and on sweep.go for the work.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command runs the program and returns its exit status: 2 for a mistake in the command line,
// 130 after Ctrl-C, 143 after SIGTERM, 1 for anything else that went wrong.
func command(args []string, stdout, stderr io.Writer) int {
	unterminated, stopTerminate := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	ctx, stop := signal.NotifyContext(unterminated, os.Interrupt)
	defer stopTerminate()
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C has its usual effect
	out := &output{Writer: stdout}
	err := execute(ctx, args, out, stderr)
	if err == nil && out.err != nil {
		err = fmt.Errorf("the output is cut off: %w", out.err)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "infomax:", err)
	switch {
	case errors.As(err, new(badUsage)):
		return 2
	case unterminated.Err() != nil:
		return 128 + int(syscall.SIGTERM)
	case ctx.Err() != nil:
		return 128 + int(syscall.SIGINT)
	}
	return 1
}

// output remembers the first failure to write to it.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
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
	screen, s := newConsole(stderr, o.quiet), store{o.out}
	if o.verify != "" {
		return verify(ctx, o, stdout, screen)
	}
	p, err := o.plan()
	if err != nil {
		return err
	}
	if o.list {
		return list(stdout, s, o, p)
	}
	if o.report {
		if _, err := os.Stat(s.runs()); err != nil {
			return fmt.Errorf("-report: %w: give the -out of finished runs", err)
		}
		now, err := s.derive(screen, inventory{}, true)
		if err == nil {
			writeHeadlines(stdout, s, now)
		}
		return err
	}
	single := len(p.all) == 1 && len(p.mine) == 1
	there, stopped := runMissing(ctx, args, o, p, s, screen)
	var absent absentData
	if errors.As(stopped, &absent) && there.good != nil { // the rest is done
		stopped = nil
	}
	if stopped != nil && ctx.Err() == nil {
		if there.good != nil { // what was done before is done
			s.derive(screen, there, false)
		}
		return stopped
	}
	now, err := s.derive(screen, there, !single && stopped == nil)
	if err != nil {
		return err
	}
	done := now.of(p.mine)
	switch {
	case stopped != nil:
		return fmt.Errorf("stopped with %s done: the same command does the rest", outOf(len(done), len(p.mine)))
	case !single:
		fmt.Fprintf(stdout, "%s done, in %s and as a table in %s\n",
			outOf(len(done), len(p.mine)), s.runs(), filepath.Join(s.out, "results.csv"))
		writeHeadlines(stdout, s, now)
	case len(done) == 1:
		writeTable(stdout, s, done[0], there.good[done[0].ID] != nil)
	}
	loaded := slices.DeleteFunc(slices.Clone(p.mine), func(c Config) bool { return slices.Contains(absent.names, c.Data) && now.good[c.ID()] == nil })
	return errors.Join(absent.error, unfinished(screen, s, loaded, now))
}

// absentData is why data sets could not be loaded; the runs on others are done.
type absentData struct {
	names []string
	error
}

// outOf is "3 of 8 runs".
func outOf(n, runs int) string { return fmt.Sprintf("%d of %s", n, plural(runs, "run")) }

// writeHeadlines says what came out, and where to read on.
func writeHeadlines(w io.Writer, s store, now inventory) {
	fmt.Fprintf(w, "the report of %s is in %s\n", plural(len(now.good), "run"), s.page())
	for _, line := range now.headlines {
		fmt.Fprintln(w, line)
	}
}

// runMissing does the runs of p that are not there, first the layers that they stand on, and returns those that were there.
func runMissing(ctx context.Context, args []string, o options, p plan, s store, screen *console) (inventory, error) {
	if err := s.prepare(screen); err != nil {
		return inventory{}, err
	}
	there, err := s.scan(inventory{})
	if err != nil {
		return inventory{}, err
	}
	if len(p.mine) == 0 {
		return there, nil
	}
	hashes := map[string]string{}
	for _, r := range there.of(p.mine) {
		hashes[r.Config.Data] = r.DataSHA256
	}
	manifest := func() {
		if err := s.writeManifest(args, p, hashes); err != nil {
			screen.warn("this command is not in manifest.json: %v", err)
		}
	}
	isThere := func(c Config) bool { return there.good[c.ID()] != nil }
	missing := slices.DeleteFunc(slices.Clone(p.mine), isThere)
	if len(missing) == 0 {
		manifest()
		return there, nil
	}
	if len(p.all) == 1 {
		screen.say("%s", describe(p.all[0]))
	}
	lower := plan{mine: missing}.below()
	trained := slices.DeleteFunc(slices.Clone(lower), func(c Config) bool { return !isThere(c) })
	if len(lower) > 0 {
		screen.say("layers below: %s there already, in %s", outOf(len(trained), len(lower)), s.runs())
	}
	done := len(p.mine) - len(missing)
	missing = append(missing, slices.DeleteFunc(lower, isThere)...)
	tally := newTally(screen, done, missing)
	slices.SortStableFunc(missing, func(a, b Config) int { return cmp.Or(compareInputs(a, b), cmp.Compare(b.cost(), a.cost())) })
	err = runEach(ctx, p.from, missing, o.workers, s, tally, func(name string, data *Dataset) {
		hashes[name] = data.SHA256
		manifest()
	})
	if errors.As(err, new(absentData)) && len(hashes) == 0 { // nothing is done
		return inventory{}, err
	}
	return there, err
}

// runEach does the runs, which are in the order of their inputs. loaded sees each data set before its runs; the runs on one
// that cannot be loaded are left out, and the error is absentData.
func runEach(ctx context.Context, from dataSource, runs []Config, workers int, s store, tally *tally, loaded func(name string, data *Dataset)) error {
	var absent absentData
	for len(runs) > 0 {
		name := runs[0].Data
		var its []Config
		its, runs = alike(runs, func(a, b Config) bool { return a.Data == b.Data })
		data, err := loadData(ctx, from, name, tally.console)
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err != nil {
			if absent = (absentData{append(absent.names, name), errors.Join(absent.error, err)}); len(runs) > 0 {
				tally.warn("the runs on %s are left out: %v", name, err)
			}
			continue
		}
		loaded(name, data)
		for len(its) > 0 {
			var same []Config
			same, its = alike(its, func(a, b Config) bool { return compareInputs(a, b) == 0 })
			inputs, err := data.components(same[0])
			if err != nil {
				return err
			}
			if err := runOn(ctx, inputs, same, workers, s, tally); err != nil {
				return err
			}
		}
	}
	if absent.error == nil {
		return nil
	}
	return absent
}

// alike divides runs after the first ones that are like the first.
func alike(runs []Config, like func(a, b Config) bool) (first, rest []Config) {
	n := slices.IndexFunc(runs, func(c Config) bool { return !like(c, runs[0]) })
	if n < 0 {
		n = len(runs)
	}
	return runs[:n], runs[n:]
}

// runOn does the runs, all on data: first the single layers, because stacks stand on some of them.
func runOn(ctx context.Context, data *Dataset, runs []Config, workers int, s store, tally *tally) error {
	var base, stacks []Config
	for _, c := range runs {
		if c.stacked() {
			stacks = append(stacks, c)
		} else {
			base = append(base, c)
		}
	}
	for _, ahead := range [][]Config{base, stacks} {
		cores = max(1, min(workers, runtime.GOMAXPROCS(0))/max(1, len(ahead))) // a lone large run has them all
		work := sweep{store: s, data: data, ahead: ahead, tally: tally}
		if err := work.do(ctx, workers); err != nil {
			return err
		}
		tally.show("")
	}
	return nil
}

// unfinished is an error if any of the runs is not done. One that diverged is: that is its result.
func unfinished(screen *console, s store, runs []Config, now inventory) error {
	diverged, unusable, failed := 0, 0, 0
	for _, c := range runs {
		switch r := now.good[c.ID()]; {
		case r == nil && now.bad[c.ID()] != nil:
			unusable++
		case r == nil:
			failed++
		case r.Status != "ok":
			diverged++
		}
	}
	if diverged > 0 {
		screen.warn("%s diverged: a number stopped being finite, which a smaller -lr, or inputs of a smaller scale, may prevent", outOf(diverged, len(runs)))
	}
	var problems []string
	if failed > 0 {
		problems = append(problems, fmt.Sprintf("%s failed: the reasons are in %s", outOf(failed, len(runs)), filepath.Dir(s.failure(""))))
	}
	if unusable > 0 {
		problems = append(problems, fmt.Sprintf("%s cannot be used: the reasons are above", outOf(unusable, len(runs))))
	}
	if problems == nil {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}

// list prints the runs that the command asks for, or if it names none all that there are, and which are done.
func list(w io.Writer, s store, o options, p plan) error {
	there, err := s.scan(inventory{})
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range append(p.below(), p.mine...) {
		ids = append(ids, c.ID())
	}
	if !o.typed(gridFlags...) {
		ids = nil
		for _, r := range there.sorted() {
			ids = append(ids, r.ID)
		}
		ids = append(ids, slices.Sorted(maps.Keys(there.bad))...)
	}
	done := 0
	for _, id := range ids {
		state := "-"
		switch problem := there.bad[id]; {
		case there.good[id] != nil:
			state = "done"
			done++
		case errors.As(problem, new(damage)):
			state = "damaged"
		case problem != nil:
			state = "unread"
		}
		fmt.Fprintf(w, "%-8s %s\n", state, id)
	}
	fmt.Fprintf(w, "%s done, in %s\n", outOf(done, len(ids)), s.runs())
	return nil
}
