package main

import (
	"strconv"
	"strings"
)

// A shard is one machine's part of a grid: every n-th run. Shards need not know of each other,
// and their run folders merge by copying.

// shard i of n has the runs i, i+n, i+2n, … of a list, from 1. The zero shard has all.
type shard struct{ i, n int }

// of returns the shard's part of runs. Sorted by cost, the parts take about equally long.
func (s shard) of(runs []Config) []Config {
	if s.n == 0 {
		return runs
	}
	var part []Config
	for j := s.i - 1; j < len(runs); j += s.n {
		part = append(part, runs[j])
	}
	return part
}

// parseShard reads "i/n", "auto" (a Slurm array job) or "auto/n" (a Kubernetes indexed Job of n
// completions). getenv is os.Getenv.
func parseShard(text string, getenv func(string) string) (shard, error) {
	if text == "auto" {
		return slurmShard(getenv)
	}
	first, second, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(second)
	if err != nil || n < 1 {
		return shard{}, usagef("-shard %q: give i/n such as 2/8, auto in a Slurm array job, or auto/n in a Kubernetes indexed Job", text)
	}
	if first == "auto" {
		index, err := strconv.Atoi(getenv("JOB_COMPLETION_INDEX"))
		if err != nil || index < 0 || index >= n {
			return shard{}, usagef("-shard %s: JOB_COMPLETION_INDEX is %q, not 0 to %d: give auto/n in a Job with "+
				"completionMode: Indexed and completions: n, and i/n elsewhere", text, getenv("JOB_COMPLETION_INDEX"), n-1)
		}
		return shard{index + 1, n}, nil
	}
	i, err := strconv.Atoi(first)
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
		v, err := strconv.Atoi(text)
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
