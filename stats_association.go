package main

import (
	"math"
	"math/rand/v2"
)

// Associations and trends, by permutations: the same 9,999 every time.
//
//	p = (1 + #{|statistic*| ≥ |statistic|}) / (1 + 9,999)        Phipson & Smyth (2010)

// permutationP returns the two-sided p of a statistic that draw makes after every shuffle.
func permutationP(observed float64, shuffled func(rng *rand.Rand) float64) float64 {
	const permutations = 9999
	rng, asFar := rand.New(rand.NewPCG(1, streamPermutation)), 1
	for range permutations {
		if math.Abs(shuffled(rng)) >= math.Abs(observed) {
			asFar++
		}
	}
	return float64(asFar) / (permutations + 1)
}

// seedPairs is the values of two measures by seed, of one place.
type seedPairs struct{ x, y []float64 }

// centredRanks are 2(midrank − mean).
func centredRanks(x []float64) []int {
	ranks := doubledMidranks(x)
	for i := range ranks {
		ranks[i] -= len(x) + 1
	}
	return ranks
}

func dot(x, y []int) (sum int) {
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// spearmanWithin is Spearman's ρ of the midranks within each cell, pooled. Seeds are permuted, in
// all cells alike, since the runs of a seed share their first weights. Cells have the same seeds;
// those without spread say nothing. (Taylor 1987)
func spearmanWithin(cells []seedPairs) (rho, p float64) {
	if len(cells) == 0 || len(cells[0].x) < 4 {
		return math.NaN(), math.NaN()
	}
	seeds := len(cells[0].x)
	product, xx, yy := make([]int, seeds*seeds), 0, 0 // [i][j] = Σ xᵢyⱼ over cells
	for _, c := range cells {
		x, y := centredRanks(c.x), centredRanks(c.y)
		if dot(x, x) == 0 || dot(y, y) == 0 {
			continue
		}
		xx, yy = xx+dot(x, x), yy+dot(y, y)
		for i, v := range x {
			for j, w := range y {
				product[i*seeds+j] += v * w
			}
		}
	}
	from := make([]int, seeds)
	for i := range from {
		from[i] = i
	}
	statistic := func() (sum float64) {
		for i, j := range from {
			sum += float64(product[i*seeds+j])
		}
		return sum
	}
	observed := statistic()
	p = permutationP(observed, func(rng *rand.Rand) float64 {
		rng.Shuffle(seeds, func(i, j int) { from[i], from[j] = from[j], from[i] })
		return statistic()
	})
	return observed / math.Sqrt(float64(xx)*float64(yy)), p
}

// pageTrend is Page's (1963) L about its mean, of the midranks within each block, which has a
// value for each column: above 0 where values rise. The columns of each block are permuted.
func pageTrend(blocks [][]float64) (trend, p float64) {
	if len(blocks) == 0 || len(blocks[0]) < 2 {
		return math.NaN(), math.NaN()
	}
	var ranks [][]int
	for _, b := range blocks {
		ranks = append(ranks, centredRanks(b))
	}
	statistic := func() (sum float64) {
		for _, r := range ranks {
			for j, v := range r {
				sum += float64((j + 1) * v)
			}
		}
		return sum / 2
	}
	observed := statistic()
	return observed, permutationP(observed, func(rng *rand.Rand) float64 {
		for _, r := range ranks {
			rng.Shuffle(len(r), func(i, j int) { r[i], r[j] = r[j], r[i] })
		}
		return statistic()
	})
}
