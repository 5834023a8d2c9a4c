package main

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// numericsVersion changes whenever the same Config would give other bits. It is part of a
// run's id, so that runs of different numerics are never taken for each other.
const numericsVersion = 1

// Config is everything that decides a run's result.
type Config struct {
	Data         string  `json:"data"`
	Objective    string  `json:"objective"`
	Activation   string  `json:"activation"`
	K            int     `json:"k"`
	Lambda       float64 `json:"lambda"` // weight of tc; 0 unless the objective is infomax
	Seed         uint64  `json:"seed"`
	Epochs       int     `json:"epochs"`        // 0 for random
	Batch        int     `json:"batch"`         // rows; 0 is the whole split, and what random has
	LearningRate float64 `json:"learning_rate"` // 0 for random
	TCRows       int     `json:"tc_rows"`       // test rows for total correlation; 0 leaves it out
}

var (
	dataNames  = []string{"mnist", "clusters", "uniform"}
	objectives = []string{"infomax", "variance", "reconstruction", "random"}
)

// normal returns c without the settings that its objective does not use, so that configs
// that mean the same run are equal.
func (c Config) normal() Config {
	if c.Objective != "infomax" {
		c.Lambda = 0
	}
	if c.Objective == "random" {
		c.Epochs, c.Batch, c.LearningRate = 0, 0, 0
	}
	return c
}

// ID names the run's folder, for example mnist-infomax-relu-k32-lambda1-seed3-1f2e3d4c. The
// hex is the start of a SHA-256 of every setting and the numerics version.
func (c Config) ID() string {
	name := []string{c.Data, c.Objective, c.Activation, "k" + strconv.Itoa(c.K)}
	if c.Objective == "infomax" {
		name = append(name, "lambda"+strconv.FormatFloat(c.Lambda, 'g', -1, 64))
	}
	name = append(name, "seed"+strconv.FormatUint(c.Seed, 10))
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", numericsVersion, c))
	return strings.Join(name, "-") + fmt.Sprintf("-%x", sum[:4])
}
