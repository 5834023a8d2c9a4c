// The command line: its flags, what they are for, and the runs that they make. Every default is the
// protocol's value. It rests on sweep_grid.go and Config.

package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// options are the command line.
type options struct {
	act, k, lambda, seed, objective, below, whiten string // lists
	shared                                         Config // the settings that are no lists
	dataDir, out, shard, verify, sample            string
	workers                                        int
	full, followups, list, report, quiet           bool
	given                                          []string  // the flags that were typed
	parts                                          []options // one for each line that the command stands for
}

// protocol is what -full stands for.
var protocol = fmt.Sprintf("-act all -k %s -lambda %s -seed 1-%d -objective all",
	commas(protocolKs), commas(protocolLambdas), protocolSeeds)

// followups is what -followups stands for. The runs of scale have other epochs and rows for total correlation than the
// protocol's, so that they are never compared with its runs.
var followups = []string{
	"-act all -k 32 -seed 1-10", // depth: one layer, then stacks of two
	"-act all -k 32 -seed 1-10 -below infomax:64 -objective infomax,random",
	"-act all -k 32 -seed 1-10 -below random:64",
	"-act all -k 32 -seed 1-10 -below reconstruction:64 -objective reconstruction",
	"-act relu,tanh,softmax -k 64,128,256,512,1024 -seed 1-5 -objective infomax,reconstruction,random -epochs 10 -tc-rows 0", // scale
	"-act all -k 32 -seed 1-10 -data mnist-shifted -epochs 11",
	"-act all -k 32 -seed 1-10 -data fashion -objective infomax,variance,reconstruction,random,pca", // other data
	"-act identity -k 784 -objective pca -tc-rows 0",                                                // all principal components: the inputs, turned
	"-act identity -k 784 -objective pca -tc-rows 0 -data fashion",
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -lr 3e-4", // other settings
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -lr 3e-3",
	"-act relu,tanh -k 16 -seed 1-10 -objective infomax,variance,reconstruction,random -batch 512",
	"-act all -k 16,32,64 -seed 1-10 -components 256 -objective infomax,reconstruction,random", // whitened inputs
	"-act identity,relu,tanh -k 32 -seed 1-10 -components 256 -whiten 0,0.25,0.5,0.75 -objective infomax,random",
	"-act all -k 32 -seed 1-10 -components 256 -objective infomax,reconstruction,random -data fashion",
	"-act identity -k 16,32,64 -lambda 0.1,0.5,1,2,10 -seed 1-3 -objective optimum",
}

// commas is a list as it is typed: 16,32,64.
func commas[T any](list []T) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(list), "[]"), " ", ",")
}

// baselineObjectives are those that infomax is tested against.
func baselineObjectives() []string {
	return slices.DeleteFunc(slices.Clone(objectives[1:]), func(name string) bool { return slices.Contains(references, name) })
}

func newFlags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("infomax", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.act, "act", "relu", "activation: "+strings.Join(activationNames, ", "))
	f.StringVar(&o.k, "k", "32", "number of units")
	f.StringVar(&o.lambda, "lambda", "1", "weight of the independence term, for infomax alone")
	f.StringVar(&o.seed, "seed", "1", "random seed")
	f.StringVar(&o.objective, "objective", "infomax", "infomax; a baseline: "+strings.Join(baselineObjectives(), ", ")+"; or for reference: "+strings.Join(references, ", "))
	f.StringVar(&o.below, "below", "none", "frozen layer below, of the same activation, seed and settings: OBJECTIVE:K such as infomax:64, or none")
	f.BoolVar(&o.full, "full", false, "as in the protocol: "+protocol+"; other flags override it")
	f.BoolVar(&o.followups, "followups", false, "the follow-ups, with -full or alone: depth, scale, other data and settings; other flags override them")
	f.StringVar(&o.shared.Data, "data", "mnist", strings.Join(imageNames, ", ")+"; two-dimensional: "+strings.Join(planeNames, ", ")+
		"; or your own FILE.npz of NumPy arrays train and test, and train_labels and test_labels if there are any")
	f.IntVar(&o.shared.Components, "components", 0, "inputs are that many principal components of the data; 0 for the data as they are")
	f.StringVar(&o.whiten, "whiten", "1", "of -components: each is divided by its standard deviation to this power, 0 to 1")
	f.StringVar(&o.dataDir, "data-dir", "", "folder that has the files of the images, or has them in mnist and fashion; otherwise they are fetched, once")
	f.IntVar(&o.shared.Epochs, "epochs", 100, "passes over the training data")
	f.IntVar(&o.shared.Batch, "batch", 128, "rows in a step; 0 for all")
	f.Float64Var(&o.shared.LearningRate, "lr", 1e-3, "learning rate of Adam")
	f.IntVar(&o.shared.TCRows, "tc-rows", 2000, "test rows to estimate total correlation from, or all if your own are fewer; 0 for no estimate")
	f.StringVar(&o.out, "out", "out", "folder for the results")
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "runs at a time, or goroutines that a lone large run is split into (the number of cores)")
	f.StringVar(&o.shard, "shard", "", "part of the runs: i/n such as 2/8; auto in a Slurm array job; "+
		"auto/n in a Kubernetes indexed Job of n completions")
	f.BoolVar(&o.list, "list", false, "print the runs that the other flags ask for, or else those in -out, and which are done; run nothing")
	f.BoolVar(&o.report, "report", false, "rebuild results.csv and the report from the runs in -out, and run nothing")
	f.StringVar(&o.verify, "verify", "", "a results.csv: run some of its rows again and compare every column; nothing is kept")
	f.StringVar(&o.sample, "sample", "3", "number of rows that -verify runs, or all; -seed is the seed of the choice")
	f.BoolVar(&o.quiet, "quiet", false, "no progress, only results and problems")
	return f
}

const usageHead = `infomax trains one linear layer and an activation to make its outputs informative
and independent, and measures what it learned.

  go run . -act relu -k 32             one run, on MNIST
  go run . -full -out results          the whole experiment, %s runs, and its report
  go run . -full -followups -out results   and the questions that follow, %s runs
  go run . -act all -k 16,64 -seed 1-5 a sweep of %s runs

A run's numbers, weights and pictures are in a folder of its own under -out. The same
command again does what is missing. Ctrl-C leaves what is done; twice exits at once.
`

// usageParts are the flags in the order in which the usage explains them.
var usageParts = []struct{ title, flags string }{
	{"What to run: a value or a list a,b,c; names also all, whole numbers a range 1-10.", "act k lambda seed objective below full followups"},
	{"How to run it.", "data data-dir components whiten epochs batch lr tc-rows"},
	{"Where and when.", "out workers shard list report verify sample quiet"},
}

// gridFlags are those that say which runs are meant.
var gridFlags = append(strings.Fields(usageParts[0].flags), "data", "components", "whiten", "epochs", "batch", "lr", "tc-rows", "shard")

// usage is what -help prints.
func usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, usageHead, numberOfRuns("-full"), numberOfRuns("-full -followups"), numberOfRuns("-act all -k 16,64 -seed 1-5"))
	flags := newFlags(new(options))
	for _, part := range usageParts {
		b.WriteString("\n" + part.title + "\n")
		for _, name := range strings.Fields(part.flags) {
			explain(&b, flags.Lookup(name))
		}
	}
	return b.String()
}

// unbroken is a word, or a flag and its value, which stay on one line.
var unbroken = regexp.MustCompile(`(-\w+ )?\S+`)

// explain writes what a flag is for and its default, if it has one, in lines of up to 89 characters.
func explain(b *strings.Builder, f *flag.Flag) {
	text := f.Usage
	if f.DefValue != "" && f.DefValue != "false" && !strings.HasSuffix(text, ")") {
		text += " (" + f.DefValue + ")"
	}
	line := fmt.Sprintf("  -%-10s", f.Name)
	for _, word := range unbroken.FindAllString(text, -1) {
		if len(line)+1+len(word) > 89 {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", 13)
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// numberOfRuns is how many runs a command line without mistakes makes: 1,080.
func numberOfRuns(line string) string {
	o, _ := parseOptions(strings.Fields(line))
	p, _ := o.plan()
	if n := len(p.all); n >= 1000 {
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return fmt.Sprint(len(p.all))
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
		return o, usagef("%q is not a flag or its value: flags are -name value, and lists have commas and no spaces", f.Arg(0))
	}
	f.Visit(func(f *flag.Flag) { o.given = append(o.given, f.Name) })
	for _, line := range o.lines() {
		part := options{given: o.given}
		newFlags(&part).Parse(slices.Concat(strings.Fields(line), args)) // what was typed stands, since it is later
		o.parts = append(o.parts, part)
	}
	return o, o.check()
}

// lines are the command lines that the command stands for, before what was typed.
func (o options) lines() (lines []string) {
	if o.full {
		lines = append(lines, protocol)
	}
	if o.followups {
		lines = append(lines, followups...)
	}
	if lines == nil {
		lines = []string{""}
	}
	return lines
}

// typed says whether any of the flags was typed.
func (o options) typed(flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(o.given, f) })
}

// has tells whether a layer of any run has an objective with the property.
func (o options) has(property func(objective string) bool) bool {
	for _, part := range o.parts {
		for name := range strings.SplitSeq(part.objective+","+part.below, ",") {
			name, _, _ = strings.Cut(plain(name), ":")
			if name == "all" || property(name) {
				return true
			}
		}
	}
	return false
}

// check finds the flags that make no sense together.
func (o options) check() error {
	switch {
	case o.workers < 1:
		return usagef("-workers %d: give 1 or more", o.workers)
	case o.out == "":
		return usagef("-out is empty: give a folder for the results")
	case o.typed("data-dir") && o.dataDir == "":
		return usagef("-data-dir is empty: give the folder that has the files, or leave it out to have them fetched")
	case o.dataDir != "" && !slices.ContainsFunc(imageNames, func(name string) bool { return plain(name) == plain(o.shared.Data) }):
		return usagef("-data-dir is for -data %s: leave one of them out", strings.Join(imageNames, ", "))
	case o.typed("epochs", "batch", "lr") && !o.has(func(name string) bool { return name != "none" && trains(name) }):
		return usagef("-objective %s does not train: leave -epochs, -batch and -lr out", o.objective)
	case o.typed("whiten") && !slices.ContainsFunc(o.parts, func(part options) bool { return part.shared.Components != 0 }):
		return usagef("-whiten is for principal components: give -components too, such as -components 256")
	case o.typed("lambda") && !o.has(hasLambda):
		return usagef("-lambda is for infomax: leave it out, or add infomax to -objective %s", o.objective)
	case o.typed("verify") && o.verify == "":
		return usagef("-verify is empty: give a results.csv")
	case o.typed("sample") && o.verify == "":
		return usagef("-sample is for -verify: leave it out, or give a results.csv to -verify")
	case o.verify != "" && slices.ContainsFunc(o.given, func(f string) bool {
		return !slices.Contains([]string{"verify", "sample", "seed", "data", "data-dir", "workers", "quiet"}, f)
	}):
		return usagef("-verify takes the settings of every row from the file: leave the other flags out but -sample, -seed, -data-dir, -workers, -quiet and, for your own data, -data")
	case o.verify != "" && o.typed("data") && !isOwn(o.shared.Data):
		return usagef("-verify takes the data sets from the file: leave -data out, or give your own FILE%s", ownSuffix)
	case o.report && slices.ContainsFunc(o.given, func(f string) bool { return f != "report" && f != "out" && f != "quiet" }):
		return usagef("-report takes all runs of -out as they are: leave the other flags out")
	}
	return nil
}

// grid returns the lists, parsed, or the first mistake in them.
func (o options) grid() (grid, error) {
	g := grid{Shared: o.shared}
	var bad [7]error
	if g.Objectives, bad[0] = parseNames("objective", o.objective, objectives); plain(o.objective) == "all" {
		g.Objectives = slices.DeleteFunc(slices.Clone(objectives), func(name string) bool { return name == "optimum" }) // of identity alone
	}
	g.Activations, bad[1] = parseNames("act", o.act, activationNames)
	g.Ks, bad[2] = parseWhole("k", o.k)
	g.Lambdas, bad[3] = parseReals("lambda", o.lambda)
	g.Seeds, bad[4] = parseWhole("seed", o.seed)
	g.Below, bad[5] = parseLayers("below", o.below)
	g.Whiten, bad[6] = parseReals("whiten", o.whiten)
	return g, cmp.Or(bad[:]...)
}

// chooseData sets the data set of o and g. A person's own is read, because the runs depend on its name and
// size. A batch of as many rows as there are, or more, is the whole split.
func (o options) chooseData(g *grid, from *dataSource) (err error) {
	from.dir = o.dataDir
	shared := &g.Shared
	if isOwn(shared.Data) {
		if from.own == nil {
			if from.own, err = readOwn(shared.Data); err != nil {
				return fmt.Errorf("-data %s: %w", shared.Data, err)
			}
		}
		shared.Data = from.own.Name
	} else if shared.Data, err = parseName(shared.Data, dataNames); err != nil {
		return usagef("-data: %w; your own is a file that ends in %s", err, ownSuffix)
	}
	size := from.size(shared.Data)
	if shared.Batch >= size.train {
		shared.Batch = 0
	}
	if !o.typed("tc-rows") && size.test < shared.TCRows {
		shared.TCRows = size.test
		if size.test < minTCRows {
			shared.TCRows = 0
		}
	}
	return nil
}

func (o options) plan() (p plan, err error) {
	for _, part := range o.parts {
		g, err := part.grid()
		if err == nil {
			err = part.chooseData(&g, &p.from)
		}
		if err == nil {
			err = p.add(g)
		}
		if err != nil {
			return p, err
		}
	}
	part := shard{1, 1}
	if o.typed("shard") {
		if part, err = parseShard(o.shard, os.Getenv); err != nil {
			return p, err
		}
	}
	p.mine = part.of(p.all)
	return p, nil
}
