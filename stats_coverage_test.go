package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var coverageSamples = flag.Int("coverage-samples", 0, "measure the whole table of bootstrapCoverage from so many samples a size, and print it")

// simulatedCoverage is how often, in percent, interquartileMeanInterval holds the centre of n normal values. Another
// seed draws other samples.
func simulatedCoverage(n, samples int, seed uint64) float64 {
	const parts = 16
	covered := make([]int, parts)
	inParallel(parts, func(part int) {
		rng := rand.New(rand.NewPCG(uint64(n), seed+uint64(part)))
		x := make([]float64, n)
		for sample := part; sample < samples; sample += parts {
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			if e := interquartileMeanInterval(x, seed+uint64(sample)); e.Low <= 0 && 0 <= e.High {
				covered[part]++
			}
		}
	})
	sum := 0
	for _, c := range covered {
		sum += c
	}
	return 100 * float64(sum) / float64(samples)
}

// TestBootstrapCoverageIsMeasured repeats the simulation at three sizes with other samples than the table's, to within less
// than a point: the standard error of the difference is 0.46 at n = 6 and 0.39 at n = 20. With -args -coverage-samples 12000
// it prints the table instead, in about five minutes of two processors.
func TestBootstrapCoverageIsMeasured(t *testing.T) {
	if *coverageSamples > 0 {
		var table strings.Builder
		for n := 6; n <= 40; n++ {
			fmt.Fprintf(&table, "%.1f, ", simulatedCoverage(n, *coverageSamples, 0))
		}
		t.Log("n = 6…40: ", table.String())
		return
	}
	for _, n := range []int{6, 10, 20} {
		if got, want := simulatedCoverage(n, 5000, 1<<32), bootstrapCoverage(n); !(math.Abs(got-want) <= 0.9) {
			t.Errorf("n = %d: covers %.2f %%, want %.1f %%", n, got, want)
		}
	}
}

func TestBootstrapCoverageBeyondItsTable(t *testing.T) {
	if got := bootstrapCoverage(5); !math.IsNaN(got) {
		t.Errorf("%v %% of five values, which have no interval", got)
	}
	if len(coverageFrom6) != 40-6+1 || bootstrapCoverage(1000) != bootstrapCoverage(40) {
		t.Error("the table does not end at 40")
	}
}
