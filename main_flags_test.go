package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planOf is the plan of a command line.
func planOf(t testing.TB, line string) plan {
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
	want := Config{Data: "mnist", Objective: "infomax", Activation: "relu", K: 32, Lambda: 1, Seed: 1,
		Epochs: 100, Batch: 128, LearningRate: 1e-3, TCRows: 2000}
	if diff := cmp.Diff([]Config{want}, planOf(t, "").mine); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := strings.Count(fmt.Sprint(planOf(t, "-full").mine), fmt.Sprint(want)); n != 1 {
		t.Errorf("it is %d times in -full", n)
	}
}

func TestRunsOfTheLists(t *testing.T) {
	one := len(activations) * 3 * 10 // K and seeds of a λ, or of a baseline
	tests := []struct {
		line string
		want map[string]int // runs by objective
	}{
		{"-full", map[string]int{"infomax": one * 3, "variance": one, "reconstruction": one,
			"random": one, "tied": one, "pca": one / 10}},
		{"-full -act relu,tanh -objective infomax,pca", map[string]int{"infomax": 180, "pca": 6}},
		{"-lambda 0.1,1,10,1.0 -objective infomax,variance", map[string]int{"infomax": 3, "variance": 1}},
		{"-objective random -seed 3-5,9", map[string]int{"random": 4}},
		{"-k 2,4-6,9 -seed 0 -lambda 0,1e-3", map[string]int{"infomax": 10}},
		{"-act ReLU,Leaky_ReLU -objective InfoMax,RANDOM", map[string]int{"infomax": 2, "random": 2}},
		{"-act All -objective optimum,random -act identity", map[string]int{"optimum": 1, "random": 1}},
		{"-components 9 -whiten 0,1 -below none,pca:4", map[string]int{"infomax": 4}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			got, ids, total := map[string]int{}, map[string]bool{}, 0
			for _, c := range planOf(t, test.line).all {
				got[c.Objective]++
				ids[c.ID()] = true
				if c.Lambda != 0 && !c.hasLambda() || (c.Epochs != 0) != c.trained() {
					t.Errorf("settings that are not used: %+v", c)
				}
			}
			for _, n := range test.want {
				total += n
			}
			if diff := cmp.Diff(test.want, got); diff != "" || len(ids) != total {
				t.Errorf("%d ids; runs (-want +got):\n%s", len(ids), diff)
			}
		})
	}
}

func TestEverySettingChangesTheID(t *testing.T) {
	ids := map[string]string{planOf(t, "").mine[0].ID(): ""}
	for _, flag := range []string{"-act tanh", "-k 33", "-lambda 2", "-seed 2", "-objective variance", "-data clusters",
		"-epochs 99", "-batch 0", "-lr 0.002", "-tc-rows 0", "-below pca:3",
		"-components 5", "-components 5 -whiten 0"} {
		id := planOf(t, flag).mine[0].ID()
		if other, taken := ids[id]; taken {
			t.Errorf("%q has the id of %q", flag, other)
		}
		ids[id] = flag
	}
}

// TestShardsPartTheRunsEvenly, from the longest run to the shortest.
func TestShardsPartTheRunsEvenly(t *testing.T) {
	all := planOf(t, "-full").all
	for _, n := range []int{1, 2, 3, 8, len(all), 2 * len(all)} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			times := map[Config]int{}
			least, most := all[0].cost()*float64(len(all)), 0.0
			for i := range n { // 0/n is n/n
				part, err := shard(all, fmt.Sprintf("%d/%d", i, n))
				if err != nil {
					t.Fatal(err)
				}
				cost := 0.0
				for _, c := range part {
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
