package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planOf is the plan of a command line.
func planOf(t *testing.T, line string) plan {
	t.Helper()
	o, err := parseOptions(strings.Fields(line))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.plan()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDefaultIsOneRunOfTheProtocol(t *testing.T) {
	one, full := planOf(t, "-act relu -k 32"), planOf(t, "-full")
	want := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32, Lambda: 1, Seed: 1,
		Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
	if diff := cmp.Diff([]Config{want}, one.mine); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	found := 0
	for _, c := range full.mine {
		if c == want {
			found++
		}
	}
	if found != 1 {
		t.Errorf("it is %d times in -full", found)
	}
}

func TestGridSizes(t *testing.T) {
	one := len(activations) * len(protocolKs) * protocolSeeds // of a λ, or of a baseline
	tests := []struct {
		line string
		want map[string]int // runs by objective
	}{
		{"-full", map[string]int{"infomax": one * len(protocolLambdas), "variance": one, "reconstruction": one, "random": one, "tied": one, "pca": one / protocolSeeds}},
		{"-full -act relu,tanh", map[string]int{"infomax": 180, "variance": 60, "reconstruction": 60, "random": 60, "tied": 60, "pca": 6}},
		{"-full -objective random", map[string]int{"random": one}},
		{"-lambda 0.1,1,10 -objective infomax,variance", map[string]int{"infomax": 3, "variance": 1}},
		{"-objective random -seed 3-5,9", map[string]int{"random": 4}},
		{"-k 2,4-6,9 -seed 0", map[string]int{"infomax": 5}},
		{"-lambda 0,1e-3", map[string]int{"infomax": 2}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			got, ids := map[string]int{}, map[string]bool{}
			for _, c := range planOf(t, test.line).mine {
				got[c.Objective]++
				ids[c.ID()] = true
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
			total := 0
			for _, n := range test.want {
				total += n
			}
			if len(ids) != total {
				t.Errorf("%d ids for %d runs", len(ids), total)
			}
		})
	}
}

func TestOnlyUsedSettingsAreInAConfig(t *testing.T) {
	for _, c := range planOf(t, "-full").mine {
		if (c.Lambda != 0) != (c.Objective == "infomax") {
			t.Errorf("%s has λ = %v", c.Objective, c.Lambda)
		}
		if trains := c.Epochs != 0 && c.Batch != 0 && c.LearningRate != 0; trains != c.trains() {
			t.Errorf("%s has %+v", c.Objective, c)
		}
	}
}

func TestEverySettingChangesTheID(t *testing.T) {
	base := planOf(t, "").mine[0]
	ids := map[string]string{base.ID(): ""}
	for _, flag := range []string{"-act tanh", "-k 33", "-lambda 2", "-seed 2", "-objective variance", "-data clusters",
		"-epochs 99", "-batch 0", "-lr 0.002", "-tc-rows 0"} {
		id := planOf(t, flag).mine[0].ID()
		if other, taken := ids[id]; taken {
			t.Errorf("%q has the id of %q", flag, other)
		}
		ids[id] = flag
	}
}

func TestLongestRunsComeFirst(t *testing.T) {
	runs := planOf(t, "-full").mine
	for i := range runs[1:] {
		if runs[i].cost() < runs[i+1].cost() {
			t.Fatalf("%v before %v", runs[i], runs[i+1])
		}
	}
}

func TestShardsPartTheGridEvenly(t *testing.T) {
	all := planOf(t, "-full").all
	for _, n := range []int{1, 2, 3, 7, 8, len(all), 2 * len(all)} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			times := map[Config]int{}
			least, most := all[0].cost()*float64(len(all)), 0.0
			for i := range n {
				cost := 0.0
				for _, c := range (shard{i + 1, n}).of(all) {
					times[c]++
					cost += c.cost()
				}
				least, most = min(least, cost), max(most, cost)
			}
			for _, c := range all {
				if times[c] != 1 {
					t.Fatalf("%s is in %d shards", c.ID(), times[c])
				}
			}
			if most-least > all[0].cost() {
				t.Errorf("shards cost from %v to %v, more than one run apart", least, most)
			}
		})
	}
}

// The values of Slurm are those that a Slurm 22.05 gives its tasks for the array named.
func TestParseShard(t *testing.T) {
	slurm := func(id, first, last, step, count string) map[string]string {
		return map[string]string{"SLURM_ARRAY_TASK_ID": id, "SLURM_ARRAY_TASK_MIN": first, "SLURM_ARRAY_TASK_MAX": last,
			"SLURM_ARRAY_TASK_STEP": step, "SLURM_ARRAY_TASK_COUNT": count}
	}
	index := func(i string) map[string]string { return map[string]string{"JOB_COMPLETION_INDEX": i} }
	tests := []struct {
		name, text string
		env        map[string]string
		want       shard // none: an error
	}{
		{"first", "1/3", nil, shard{1, 3}},
		{"last", "3/3", nil, shard{3, 3}},
		{"env without auto", "1/2", slurm("2", "1", "4", "1", "4"), shard{1, 2}},
		{"array 1-4", "auto", slurm("1", "1", "4", "1", "4"), shard{1, 4}},
		{"array 1-4, last", "auto", slurm("4", "1", "4", "1", "4"), shard{4, 4}},
		{"array 0-10:3", "auto", slurm("6", "0", "9", "3", "4"), shard{3, 4}},
		{"array 2-8:2", "auto", slurm("8", "2", "8", "2", "4"), shard{4, 4}},
		{"array 5,6,7", "auto", slurm("6", "5", "7", "1", "3"), shard{2, 3}},
		{"array 3", "auto", slurm("3", "3", "3", "1", "1"), shard{1, 1}},
		{"sparse array 1,3,7", "auto", slurm("3", "1", "7", "1", "3"), shard{}},
		{"sparse array 1,2,6,7", "auto", slurm("6", "1", "7", "1", "4"), shard{}},
		{"sparse array 1-7:2,20", "auto", slurm("5", "1", "20", "2", "5"), shard{}},
		{"no array", "auto", nil, shard{}},
		{"no step", "auto", slurm("1", "1", "4", "", "4"), shard{}},
		{"kubernetes is no slurm", "auto", index("1"), shard{}},
		{"first index", "auto/4", index("0"), shard{1, 4}},
		{"last index", "auto/4", index("3"), shard{4, 4}},
		{"index beyond completions", "auto/4", index("4"), shard{}},
		{"no index", "auto/4", nil, shard{}},
		{"slurm is no kubernetes", "auto/4", slurm("1", "1", "4", "1", "4"), shard{}},
		{"of more than there can be", "2/9223372036854775807", nil, shard{}},
		{"array beyond all numbers", "auto", slurm("9223372036854775807", "0", "9223372036854775807", "1", "-9223372036854775808"), shard{}},
		{"zero", "0/4", nil, shard{}},
		{"of nothing", "1/0", nil, shard{}},
		{"empty", "/", nil, shard{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseShard(test.text, func(name string) string { return test.env[name] })
			if got != test.want || (err == nil) != (test.want != shard{}) {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
		})
	}
}
