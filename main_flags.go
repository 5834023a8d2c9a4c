// The command line: its flags, what they are for, and the runs that they make. Lists of settings make a run of every
// combination; a shard is one machine's part of the runs. Every default is the protocol's value.

package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// options are the command line.
type options struct {
	act, k, lambda, seed, objective, below, whiten string // lists
	shared                                         Config // the settings that are no lists
	dataDir, out, shard, verify                    string
	workers, sample                                int
	full, followups, list, report, quiet           bool
	given                                          []string  // the flags that were typed
	parts                                          []options // one for each line that the command stands for
}

// protocol is what -full stands for.
const protocol = "-act all -k 16,32,64 -lambda 0.1,1,10 -seed 1-10 -objective all"

// followups is what -followups stands for. The runs of scale have other epochs and rows for total correlation than the
// protocol's, so that they are never compared with its runs.
var followups = []string{
	"-act all -k 32 -seed 1-10", // depth: one layer, then stacks of two
	"-act all -k 32 -seed 1-10 -below infomax:64 -objective infomax,random",
	"-act all -k 32 -seed 1-10 -below random:64",
	"-act all -k 32 -seed 1-10 -below reconstruction:64 -objective reconstruction",
	"-act relu,tanh,softmax -k 64,128,256,512,1024 -seed 1-5 -objective infomax,reconstruction,random" +
		" -epochs 10 -tc-rows 0", // scale
	"-act all -k 32 -seed 1-10 -data mnist-shifted -epochs 11",
	"-act all -k 32 -seed 1-10 -data fashion -objective infomax,variance,reconstruction,random,pca", // other data
	// all components: the inputs, turned
	"-act identity -k 784 -objective pca -tc-rows 0",
	"-act identity -k 784 -objective pca -tc-rows 0 -data fashion",
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -lr 3e-4", // other settings
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -lr 3e-3",
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -batch 512",
	"-act all -k 16,32,64 -seed 1-10 -components 256 -objective infomax,reconstruction,random", // whitened inputs
	"-act identity,relu,tanh -k 32 -seed 1-10 -components 256 -whiten 0,0.25,0.5,0.75 -objective infomax,random",
	"-act all -k 32 -seed 1-10 -components 256 -objective infomax,reconstruction,random -data fashion",
	"-act identity -k 16,32,64 -lambda 0.1,0.5,1,2,10 -seed 1-3 -objective optimum",
}

func newFlags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("infomax", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.act, "act", "relu", "`list` of activations, or all: "+strings.Join(activationNames, ", "))
	f.StringVar(&o.k, "k", "32", "`list` of numbers of units")
	f.StringVar(&o.lambda, "lambda", "1", "`list` of weights of the correlation term, for infomax and optimum")
	f.StringVar(&o.seed, "seed", "1", "`list` of random seeds")
	f.StringVar(&o.objective, "objective", "infomax", "`list` of objectives, or all: "+strings.Join(objectives, ", ")+
		"; optimum, which is for identity alone, is not in all")
	f.StringVar(&o.below, "below", "none", "`list` of frozen layers below, of the same activation, seed and settings: "+
		"none, or OBJECTIVE:K such as infomax:64")
	f.BoolVar(&o.full, "full", false, "the protocol: "+protocol+"; other flags override it")
	f.BoolVar(&o.followups, "followups", false, "the follow-ups, with -full or alone: depth, scale, other data and "+
		"settings, whitened inputs; other flags override them")
	f.StringVar(&o.shared.Data, "data", "mnist", "`data` set: "+strings.Join(dataNames, ", ")+"; or your own FILE"+
		ownSuffix+" of NumPy arrays train and test, and train_labels and test_labels if there are any")
	f.IntVar(&o.shared.Components, "components", 0, "inputs are a `number` of principal components "+
		"of the data; 0 for the data as they are")
	f.StringVar(&o.whiten, "whiten", "1", "`list` of powers, 0 to 1: each of the -components is divided "+
		"by its standard deviation to this power")
	f.StringVar(&o.dataDir, "data-dir", "", "`folder` that has the files of the images, or has them in mnist "+
		"and fashion; otherwise they are fetched, once")
	f.IntVar(&o.shared.Epochs, "epochs", 100, "`passes` over the training data")
	f.IntVar(&o.shared.Batch, "batch", 128, "`rows` in a step; 0 for all")
	f.Float64Var(&o.shared.LearningRate, "lr", 1e-3, "learning `rate` of Adam")
	f.IntVar(&o.shared.TCRows, "tc-rows", 2000, "test `rows` to estimate total correlation from, "+
		"or all if your own are fewer; 0 for no estimate")
	f.StringVar(&o.out, "out", "out", "`folder` for the results")
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`runs` at a time")
	f.StringVar(&o.shard, "shard", "1/1", "`part` of the runs, i/n such as 2/8; 0/8 is 8/8, so that a job's index may "+
		"count from 0 or from 1")
	f.BoolVar(&o.list, "list", false, "print the runs that the other flags ask for, and which are done; run nothing")
	f.BoolVar(&o.report, "report", false, "rebuild results.csv and the report from the runs in -out; run nothing")
	f.StringVar(&o.verify, "verify", "", "`file` results.csv: run some of its rows again and compare every "+
		"column; nothing is kept")
	f.IntVar(&o.sample, "sample", 3, "how many `rows` -verify runs, chosen by -seed; 0 for all")
	f.BoolVar(&o.quiet, "quiet", false, "no progress, only results and problems")
	return f
}

// usage is what -help prints.
func usage() string {
	var b strings.Builder
	b.WriteString(`infomax trains one linear layer and an activation to make its outputs informative
and independent, and measures what it learned.

  go run . -act relu -k 32                    one run, on MNIST
  go run . -act all -k 16,64 -seed 1-5        a sweep
  go run . -full -out results                 the whole experiment and its report
  go run . -full -followups -out results      and the questions that follow

A run's numbers, weights and pictures are in a folder of its own under -out. The same
command again does what is missing. Ctrl-C leaves what is done; twice exits at once.
A list is a,b,c; whole numbers may be a range 1-10.

`)
	f := newFlags(new(options))
	f.SetOutput(&b)
	f.PrintDefaults()
	return b.String()
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
		return o, usagef("%q is not a flag or its value: flags are -name value, and lists have commas and no spaces",
			f.Arg(0))
	}
	empty := ""
	f.Visit(func(f *flag.Flag) {
		o.given = append(o.given, f.Name)
		if f.Value.String() == "" {
			empty = f.Name
		}
	})
	if empty != "" {
		return o, usagef("-%s is empty: give it a value, or leave it out", empty)
	}
	var lines []string // what the command stands for, before what was typed: nothing but for -full and -followups
	if o.full || !o.followups {
		lines = append(lines, only(o.full, protocol))
	}
	if o.followups {
		lines = append(lines, followups...)
	}
	for _, line := range lines {
		part := options{given: o.given}
		newFlags(&part).Parse(slices.Concat(strings.Fields(line), args)) // what was typed stands, since it is later
		o.parts = append(o.parts, part)
	}
	return o, o.check()
}

// typed says whether a flag was typed.
func (o options) typed(flag string) bool { return slices.Contains(o.given, flag) }

// check finds the flags that make no sense together.
func (o options) check() error {
	switch {
	case o.workers < 1:
		return usagef("-workers %d: give 1 or more", o.workers)
	case o.sample < 0:
		return usagef("-sample %d: give a number of rows, or 0 for all", o.sample)
	case o.verify != "" && o.typed("data") && !isOwn(o.shared.Data):
		return usagef("-data %s does not go with -verify, which takes your own FILE.npz there: leave it out",
			o.shared.Data)
	case o.typed("sample") && o.verify == "":
		return usagef("-sample is for -verify: leave it out, or give a results.csv to -verify")
	}
	for alone, others := range map[string]string{
		"report": "out quiet", "verify": "sample seed data data-dir workers quiet",
	} {
		for _, name := range o.given {
			if o.typed(alone) && name != alone && !slices.Contains(strings.Fields(others), name) {
				return usagef("-%s does not go with -%s: leave it out", name, alone)
			}
		}
	}
	return nil
}

// plan returns the runs of the command, and those of its shard and below them.
func (o options) plan() (p plan, err error) {
	if p.from, err = o.source(); err != nil {
		return p, err
	}
	for _, part := range o.parts {
		runs, err := part.runs(p.from)
		if err != nil {
			return p, err
		}
		p.all = append(p.all, runs...)
	}
	slices.SortFunc(p.all, func(a, b Config) int {
		return cmp.Or(cmp.Compare(b.cost(), a.cost()), compareConfigs(a, b))
	})
	p.all = slices.Compact(p.all)
	for _, name := range o.given {
		if uses := settingUsed[name]; uses != nil && !slices.ContainsFunc(p.all, uses) {
			return p, usagef("no run of these takes -%s: leave it out, or see -help", name)
		}
	}
	p.mine, err = shard(p.all, o.shard)
	p.mine = withBelow(p.mine)
	return p, err
}

// settingUsed tells of settings whether a run has them.
var settingUsed = map[string]func(Config) bool{
	"lambda": Config.hasLambda, "epochs": Config.trained, "batch": Config.trained, "lr": Config.trained,
	"whiten":   func(c Config) bool { return c.Components > 0 },
	"data-dir": func(c Config) bool { return slices.Contains(imageNames, c.Data) },
}

// source says where the data come from. A person's own is read, because the runs depend on its name and size.
func (o options) source() (from dataSource, err error) {
	from.dir = o.dataDir
	if isOwn(o.shared.Data) {
		if from.own, err = readOwn(o.shared.Data); err != nil {
			err = fmt.Errorf("-data %s: %w", o.shared.Data, err)
		}
	}
	return from, err
}

// chooseData sets the data set of o. A batch of as many rows as there are, or more, is the whole split.
func (o *options) chooseData(from dataSource) (dataSize, error) {
	c := &o.shared
	name, err := parseName(c.Data, dataNames)
	switch {
	case from.own != nil:
		name = from.own.Name
	case err != nil:
		return dataSize{}, usagef("-data: %w; of your own data, %s", err, ownAdvice)
	}
	c.Data = name
	size := from.size(c.Data)
	if c.Batch >= size.train {
		c.Batch = 0
	}
	if !o.typed("tc-rows") && size.test < c.TCRows {
		c.TCRows = size.test
		if size.test < minTCRows {
			c.TCRows = 0
		}
	}
	return size, nil
}

// maxRuns is a limit for typing errors such as -seed 1-1000000000.
const maxRuns = 1_000_000

// runs returns the runs of o's lists, or what is wrong with one of them.
func (o options) runs(from dataSource) ([]Config, error) {
	size, err := o.chooseData(from)
	if err != nil {
		return nil, err
	}
	all := []Config{o.shared}
	anObjective := parseNames(objectives, protocolObjectives)
	anActivation := parseNames(activationNames, activationNames)
	err = cmp.Or(
		vary(&all, "below", o.below, parseLayer, func(c *Config, v layer) { c.Below = v }),
		vary(&all, "objective", o.objective, anObjective, func(c *Config, v string) { c.Objective = v }),
		vary(&all, "act", o.act, anActivation, func(c *Config, v string) { c.Activation = v }),
		vary(&all, "lambda", o.lambda, parseReal, func(c *Config, v float64) { c.Lambda = v }),
		vary(&all, "whiten", o.whiten, parseReal, func(c *Config, v float64) { c.Whiten = v }),
		vary(&all, "k", o.k, parseUnits, func(c *Config, v uint64) { c.K = int(v) }),
		vary(&all, "seed", o.seed, parseWhole, func(c *Config, v uint64) { c.Seed = v }))
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		if err := c.check(size); err != nil {
			return nil, err
		}
		all[i] = c.normal()
	}
	return all, nil
}

// vary replaces all by every one of them with every value of a list; parse gives the values of one part of it.
func vary[T any](all *[]Config, flag, list string,
	parse func(part string) ([]T, error), set func(*Config, T)) error {
	var values []T
	for part := range strings.SplitSeq(list, ",") {
		some, err := parse(strings.TrimSpace(part))
		if err != nil {
			return usagef("-%s %q: %w", flag, list, err)
		}
		values = append(values, some...)
	}
	if n := len(*all) * len(values); n > maxRuns {
		return usagef("the lists make %d runs or more: give shorter ones, %d runs at most", n, maxRuns)
	}
	var varied []Config
	for _, c := range *all {
		for _, v := range values {
			set(&c, v)
			varied = append(varied, c)
		}
	}
	*all = varied
	return nil
}

// parseName finds the valid name that text means, in capitals or not.
func parseName(text string, valid []string) (string, error) {
	for _, name := range valid {
		if strings.EqualFold(name, text) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%q is not one of %s", text, strings.Join(valid, ", "))
}

// parseNames reads a valid name, or those that all means.
func parseNames(valid, all []string) func(part string) ([]string, error) {
	return func(part string) ([]string, error) {
		if strings.EqualFold(part, "all") {
			return all, nil
		}
		name, err := parseName(part, valid)
		return []string{name}, err
	}
}

// parseLayer reads a layer below: none, or infomax:64.
func parseLayer(part string) ([]layer, error) {
	layers := make([]layer, 1)
	return layers, layers[0].UnmarshalText([]byte(part))
}

// parseWhole reads a whole number, or a range such as 1-10.
func parseWhole(part string) (values []uint64, err error) {
	low, high, isRange := strings.Cut(part, "-")
	if !isRange {
		high = low
	}
	first, err := strconv.ParseUint(low, 10, 64)
	last, err2 := strconv.ParseUint(high, 10, 64)
	if err != nil || err2 != nil || last < first || last-first >= maxRuns {
		return nil, fmt.Errorf("%q is not a whole number, 0 or more, or an ascending range such as 1-10, of %d at most",
			part, maxRuns)
	}
	for v := first; v-first <= last-first; v++ {
		values = append(values, v)
	}
	return values, nil
}

// parseUnits reads numbers of units as parseWhole does.
func parseUnits(part string) ([]uint64, error) {
	values, err := parseWhole(part)
	if err == nil && (values[0] < 1 || values[len(values)-1] > maxK) {
		err = fmt.Errorf("%q is not from 1 to %d units", part, maxK)
	}
	return values, err
}

// parseReal reads a finite number.
func parseReal(part string) ([]float64, error) {
	v, err := strconv.ParseFloat(part, 64)
	if err != nil || !finite(v) {
		return nil, fmt.Errorf("%q is not a finite number", part)
	}
	return []float64{v + 0}, nil // −0 + 0 = 0
}

// shard returns one machine's part of runs: i/n has every nth run from the ith on, and 0/n is n/n. Sorted by cost, the
// parts take about equally long. They need not know of each other, and their run folders merge by copying.
func shard(runs []Config, part string) (some []Config, err error) {
	var i, n uint
	var rest string
	if found, _ := fmt.Sscanf(part, "%d/%d%s", &i, &n, &rest); found != 2 || n < 1 || i > n {
		return nil, usagef("-shard %q: give i/n such as 2/8, i from 1 to n", part)
	}
	for j, c := range runs {
		if uint(j+1)%n == i%n {
			some = append(some, c)
		}
	}
	return some, nil
}
