// The grid of a sweep: lists of settings, every combination of which is a run; how the lists are
// read from the command line; and the grid's division among machines. It rests on Config and the sizes of data sets.

package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// grid is the runs that differ in the listed settings and share all others.
type grid struct {
	Below       []layer   `json:"below"`
	Objectives  []string  `json:"objectives"`
	Activations []string  `json:"activations"`
	Ks          []uint64  `json:"ks"`
	Lambdas     []float64 `json:"lambdas"` // of infomax alone
	Seeds       []uint64  `json:"seeds"`
	Whiten      []float64 `json:"whiten,omitempty"` // of components alone
	Shared      Config    `json:"-"`
}

// plan is the grids of a command, all their runs, and those of its shard. The longest runs come first, so that
// the last to end are short ones, and no worker is left alone with a long one.
type plan struct {
	grids     []grid
	from      dataSource
	all, mine []Config
}

// add adds the runs of g that are not there yet.
func (p *plan) add(g grid) error {
	runs, err := g.configs(p.from)
	p.grids = append(p.grids, g)
	p.all = append(p.all, runs...)
	slices.SortFunc(p.all, func(a, b Config) int { return cmp.Or(cmp.Compare(b.cost(), a.cost()), compareConfigs(a, b)) })
	p.all = slices.Compact(p.all)
	return err
}

// below lists the runs that those of mine stand on and that are not in mine.
func (p plan) below() (lower []Config) {
	for _, c := range p.mine {
		if b := c.below(); c.stacked() && !slices.Contains(p.mine, b) && !slices.Contains(lower, b) {
			lower = append(lower, b)
		}
	}
	return lower
}

// maxRuns is a limit for typing errors such as -seed 1-1000000000.
const maxRuns = 1_000_000

// configs returns every run of the grid once, or what is wrong with one of them for data from there.
func (g grid) configs(from dataSource) ([]Config, error) {
	networks := len(g.Below) * len(g.Objectives) * len(g.Activations) * len(g.Lambdas) * len(g.Whiten)
	runs := float64(networks) * float64(len(g.Ks)) * float64(len(g.Seeds))
	if runs > maxRuns {
		return nil, usagef("the lists make %.0f runs: give shorter ones, %d runs at most", runs, maxRuns)
	}
	all := []Config{g.Shared}
	all = vary(all, g.Below, func(c *Config, v layer) { c.Below = v })
	all = vary(all, g.Objectives, func(c *Config, v string) { c.Objective = v })
	all = vary(all, g.Activations, func(c *Config, v string) { c.Activation = v })
	all = vary(all, g.Ks, func(c *Config, v uint64) { c.K = int(min(v, math.MaxInt32)) })
	all = vary(all, g.Lambdas, func(c *Config, v float64) { c.Lambda = v })
	all = vary(all, g.Seeds, func(c *Config, v uint64) { c.Seed = v })
	all = vary(all, g.Whiten, func(c *Config, v float64) { c.Whiten = v })
	size := from.size(g.Shared.Data)
	for i, c := range all {
		if err := c.check(size); err != nil {
			return nil, err
		}
		all[i] = c.normal()
	}
	slices.SortFunc(all, compareConfigs)
	return slices.Compact(all), nil
}

// vary returns every config with every value.
func vary[T any](configs []Config, values []T, set func(*Config, T)) []Config {
	var all []Config
	for _, c := range configs {
		for _, v := range values {
			set(&c, v)
			all = append(all, c)
		}
	}
	return all
}

// parseList splits text at its commas; parse gives the values of one part.
func parseList[T comparable](flag, text string, parse func(part string) ([]T, error)) ([]T, error) {
	var list []T
	for part := range strings.SplitSeq(text, ",") {
		values, err := parse(strings.TrimSpace(part))
		if err != nil {
			return nil, usagef("-%s %q: %w", flag, text, err)
		}
		for _, v := range values {
			if slices.Contains(list, v) {
				return nil, usagef("-%s %q: %v is there twice", flag, text, v)
			}
			list = append(list, v)
		}
	}
	return list, nil
}

// parseNames reads a list of names, or "all" for every valid one.
func parseNames(flag, text string, valid []string) ([]string, error) {
	if plain(text) == "all" {
		return valid, nil
	}
	return parseList(flag, text, func(part string) ([]string, error) {
		name, err := parseName(part, valid)
		return []string{name}, err
	})
}

// parseName finds the valid name that text means.
func parseName(text string, valid []string) (string, error) {
	for _, name := range valid {
		if plain(name) == plain(text) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%q is not one of %s%s", text, strings.Join(valid, ", "), suggestion(text, valid))
}

// plain is a name without what people write in different ways: leakyrelu.
func plain(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// otherNames are those that the literature has for some of ours.
var otherNames = map[string]string{"autoencoder": "reconstruction", "linear": "identity"}

// suggestion asks for the valid name that is one or a few letters away.
func suggestion(name string, valid []string) string {
	name = plain(name)
	nearest := slices.MinFunc(valid, func(a, b string) int { return edits(name, plain(a)) - edits(name, plain(b)) })
	if other := otherNames[name]; slices.Contains(valid, other) {
		nearest = other
	} else if edits(name, plain(nearest)) > 1+len(name)/4 {
		return ""
	}
	return "; did you mean " + nearest + "?"
}

// edits is the number of letters to put in, take out or change to turn a into b (Levenshtein 1966).
func edits(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1) // of a's letters so far against each start of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// parseLayers reads a list of layers below, such as none,infomax:64.
func parseLayers(flag, text string) ([]layer, error) {
	return parseList(flag, text, func(part string) ([]layer, error) {
		if plain(part) == (layer{}).String() {
			return []layer{{}}, nil
		}
		name, units, _ := strings.Cut(part, ":")
		K, err := strconv.Atoi(units)
		if err != nil || K < 1 || K > maxK {
			return nil, fmt.Errorf("%q is not %s, or an objective and 1 to %d units such as infomax:64", part, layer{}, maxK)
		}
		name, err = parseName(name, objectives)
		return []layer{{name, K}}, err
	})
}

// maxRange bounds the length of one range.
const maxRange = 10_000

// parseWhole reads a list of whole numbers and ranges: "1,2,5" or "1-10".
func parseWhole(flag, text string) ([]uint64, error) {
	return parseList(flag, text, func(part string) ([]uint64, error) {
		low, high, isRange := strings.Cut(part, "-")
		first, err := strconv.ParseUint(low, 10, 64)
		last := first
		if err == nil && isRange {
			last, err = strconv.ParseUint(high, 10, 64)
		}
		if err != nil || last < first {
			return nil, fmt.Errorf("%q is not a whole number, 0 or more, or a range such as 1-10", part)
		}
		if last-first >= maxRange {
			return nil, fmt.Errorf("a range has %d numbers at most", maxRange)
		}
		var values []uint64
		for v := first; v-first <= last-first; v++ {
			values = append(values, v)
		}
		return values, nil
	})
}

// parseReals reads a list of finite numbers.
func parseReals(flag, text string) ([]float64, error) {
	return parseList(flag, text, func(part string) ([]float64, error) {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || !finite(v) {
			return nil, fmt.Errorf("%q is not a finite number", part)
		}
		return []float64{v + 0}, nil // −0 + 0 = 0
	})
}

// shard is one machine's part of a grid: shard i of n has the runs i, i+n, i+2n, … of a list, from 1.
// Shards need not know of each other, and their run folders merge by copying.
type shard struct{ i, n int }

// of returns the shard's part of runs. Sorted by cost, the parts take about equally long.
func (s shard) of(runs []Config) []Config {
	var part []Config
	for j := s.i - 1; j < len(runs); j += s.n {
		part = append(part, runs[j])
	}
	return part
}

// wholeNumber is one of 32 bits, so that no sum or product of two overflows.
func wholeNumber(text string) (int, error) {
	v, err := strconv.ParseInt(text, 10, 32)
	return int(v), err
}

// parseShard reads "i/n", "auto" (a Slurm array job) or "auto/n" (a Kubernetes indexed Job of n
// completions). getenv is os.Getenv.
func parseShard(text string, getenv func(string) string) (shard, error) {
	if text == "auto" {
		return slurmShard(getenv)
	}
	first, second, _ := strings.Cut(text, "/")
	n, err := wholeNumber(second)
	if err != nil || n < 1 {
		return shard{}, usagef("-shard %q: give i/n such as 2/8, auto in a Slurm array job, or auto/n in a Kubernetes indexed Job", text)
	}
	if first == "auto" {
		index, err := wholeNumber(getenv("JOB_COMPLETION_INDEX"))
		if err != nil || index < 0 || index >= n {
			return shard{}, usagef("-shard %s: JOB_COMPLETION_INDEX is %q, not 0 to %d: give auto/n in a Job with "+
				"completionMode: Indexed and completions: n, and i/n elsewhere", text, getenv("JOB_COMPLETION_INDEX"), n-1)
		}
		return shard{index + 1, n}, nil
	}
	i, err := wholeNumber(first)
	if err != nil || i < 1 || i > n {
		return shard{}, usagef("-shard %q: i runs from 1 to %d", text, n)
	}
	return shard{i, n}, nil
}

// slurmShard numbers the tasks of an array job from 1. Their numbers are MIN, MIN + STEP, …, COUNT
// of them, so the last one, MAX, is MIN + (COUNT − 1)·STEP. In a sparse array such as 1,3,7, whose
// STEP is 1, it is not, and no task can know how many come before it.
func slurmShard(getenv func(string) string) (shard, error) {
	var value [5]int
	for i, name := range []string{"ID", "MIN", "MAX", "STEP", "COUNT"} {
		text := getenv("SLURM_ARRAY_TASK_" + name)
		v, err := wholeNumber(text)
		if err != nil {
			return shard{}, usagef("-shard auto: SLURM_ARRAY_TASK_%s is %q: this is for jobs of sbatch --array; give -shard i/n elsewhere", name, text)
		}
		value[i] = v
	}
	id, first, last, step, count := value[0], value[1], value[2], value[3], value[4]
	if step < 1 || last != first+(count-1)*step || id < first || id > last || (id-first)%step != 0 {
		return shard{}, usagef("-shard auto: task %d of an array of %d tasks from %d to %d in steps of %d, which leaves gaps: "+
			"give --array=1-n, or -shard i/n", id, count, first, last, step)
	}
	return shard{(id-first)/step + 1, count}, nil
}
