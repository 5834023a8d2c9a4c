package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
)

// The command line. Every default is the protocol's value.

const usage = `infomax trains one linear layer and an activation to make its outputs informative
and independent, and measures what it learned.

  go run . -act relu -k 32             one run, on MNIST
  go run . -full -out results          the whole experiment, 1,278 runs, and its report
  go run . -act all -k 16,64 -seed 1-5 a sweep of 60 runs

A run's numbers, weights and pictures are in a folder of its own under -out. The same
command again does what is missing. Ctrl-C leaves what is done; twice exits at once.

What to run. These take a value, a list a,b,c, or all; whole numbers also a range 1-10.
  -act        activation: identity, relu, leaky_relu, softmax, tanh, softplus (relu)
  -k          number of units (32)
  -lambda     weight of the independence term, for infomax alone (1)
  -seed       random seed (1)
  -objective  infomax; a baseline: variance, reconstruction, random; or for reference: tied,
              pca (infomax)
  -full       these five as in the protocol: -act all -k 16,32,64 -lambda 0.1,1,10
              -seed 1-10 -objective all; any of them given beside it stands

How to run it.
  -data       mnist, or two-dimensional: clusters, uniform (mnist)
  -mnist      folder that has the MNIST files; otherwise they are fetched, once
  -epochs     passes over the training data (100)
  -batch      rows in a step; 0 for all (128)
  -lr         learning rate of Adam (0.001)
  -tc-rows    test rows to estimate total correlation from; 0 for no estimate (2000)

Where and when.
  -out        folder for the results (out)
  -workers    runs at a time; one large run splits its work as much (the number of cores)
  -shard      part of the runs: i/n such as 2/8; auto in a Slurm array job; auto/n in a
              Kubernetes indexed Job of n completions
  -list       print the runs and which are done, and run nothing
  -report     rebuild results.csv and the report from the runs in -out, and run nothing
  -quiet      no progress, only results and problems
`

// options are the command line.
type options struct {
	act, k, lambda, seed, objective string // lists
	shared                          Config // the settings that are no lists
	mnist, out, shard               string
	workers                         int
	full, list, report, quiet       bool
	given                           []string // the flags that were typed
}

// protocol is what -full makes of the lists that were not typed.
var protocol = []struct{ flag, value string }{
	{"act", "all"}, {"k", "16,32,64"}, {"lambda", "0.1,1,10"}, {"seed", "1-10"}, {"objective", "all"},
}

func newFlags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("infomax", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.act, "act", "relu", "")
	f.StringVar(&o.k, "k", "32", "")
	f.StringVar(&o.lambda, "lambda", "1", "")
	f.StringVar(&o.seed, "seed", "1", "")
	f.StringVar(&o.objective, "objective", "infomax", "")
	f.BoolVar(&o.full, "full", false, "")
	f.StringVar(&o.shared.Data, "data", "mnist", "")
	f.StringVar(&o.mnist, "mnist", "", "")
	f.IntVar(&o.shared.Epochs, "epochs", 100, "")
	f.IntVar(&o.shared.Batch, "batch", 128, "")
	f.Float64Var(&o.shared.LearningRate, "lr", 1e-3, "")
	f.IntVar(&o.shared.TCRows, "tc-rows", 2000, "")
	f.StringVar(&o.out, "out", "out", "")
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "")
	f.StringVar(&o.shard, "shard", "", "")
	f.BoolVar(&o.list, "list", false, "")
	f.BoolVar(&o.report, "report", false, "")
	f.BoolVar(&o.quiet, "quiet", false, "")
	return f
}

// parseOptions reads the command line. Its errors are flag.ErrHelp and badUsage.
func parseOptions(args []string) (options, error) {
	var o options
	f := newFlags(&o)
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, usagef("%w: -help lists the flags", err)
	}
	if f.NArg() > 0 {
		return o, usagef("%q is left over: every flag is -name value, and lists have commas and no spaces", f.Arg(0))
	}
	f.Visit(func(f *flag.Flag) { o.given = append(o.given, f.Name) })
	for _, p := range protocol {
		if o.full && !o.typed(p.flag) {
			f.Set(p.flag, p.value)
		}
	}
	return o, o.check()
}

// typed says whether any of the flags was typed.
func (o options) typed(flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(o.given, f) })
}

// trains tells whether any of the objectives does.
func (o options) trains() bool {
	return o.objective == "all" || slices.ContainsFunc(strings.Split(o.objective, ","), func(name string) bool {
		return Config{Objective: strings.TrimSpace(name)}.trains()
	})
}

// check finds the flags that make no sense together.
func (o options) check() error {
	switch {
	case o.workers < 1:
		return usagef("-workers %d: give 1 or more", o.workers)
	case o.out == "":
		return usagef("-out is empty: give a folder for the results")
	case o.mnist != "" && o.shared.Data != "mnist":
		return usagef("-mnist is for -data mnist: leave one of them out")
	case !o.trains() && o.typed("epochs", "batch", "lr"):
		return usagef("-objective %s does not train: leave -epochs, -batch and -lr out", o.objective)
	case o.typed("lambda") && o.objective != "all" && !slices.Contains(strings.Split(o.objective, ","), "infomax"):
		return usagef("-lambda is for infomax: leave it out, or add infomax to -objective %s", o.objective)
	case o.report && slices.ContainsFunc(o.given, func(f string) bool { return f != "report" && f != "out" && f != "quiet" }):
		return usagef("-report takes all runs of -out as they are: leave the other flags out")
	}
	return nil
}

// grid returns the lists, parsed.
func (o options) grid() (g grid, err error) {
	g.Shared = o.shared
	if g.Objectives, err = parseNames("objective", o.objective, objectives); err != nil {
		return g, err
	}
	if g.Activations, err = parseNames("act", o.act, activationNames); err != nil {
		return g, err
	}
	if g.Ks, err = parseWhole("k", o.k); err != nil {
		return g, err
	}
	if g.Lambdas, err = parseReals("lambda", o.lambda); err != nil {
		return g, err
	}
	g.Seeds, err = parseWhole("seed", o.seed)
	return g, err
}

func (o options) plan() (p plan, err error) {
	if p.grid, err = o.grid(); err != nil {
		return p, err
	}
	if p.all, err = p.grid.configs(); err != nil {
		return p, err
	}
	longestFirst(p.all)
	var s shard
	if o.typed("shard") {
		s, err = parseShard(o.shard, os.Getenv)
	}
	p.mine = s.of(p.all)
	return p, err
}
