// The two data sets in the plane, in which a unit's weights can be drawn as a line: eight
// Gaussian clusters, and the uniform square. They are fixed, as MNIST is: a run's seed has no
// part in them.

package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

const (
	planeRows       = 10000
	planeTrain      = 8000 // the first 80 % of the rows
	clusterSD       = 0.3
	clusterDiagonal = math.Sqrt2
)

// clusterCentres are the points 2·(cos, sin)(kπ/4), k = 0…7.
var clusterCentres = [8][2]float64{
	{2, 0}, {clusterDiagonal, clusterDiagonal}, {0, 2}, {-clusterDiagonal, clusterDiagonal},
	{-2, 0}, {-clusterDiagonal, -clusterDiagonal}, {0, -2}, {clusterDiagonal, -clusterDiagonal},
}

// clusters returns 8 Gaussian clusters of 1,250 points around clusterCentres, shuffled.
func clusters() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	points, labels := make([][2]float64, planeRows), make([]byte, planeRows)
	for n := range points {
		class := n % len(clusterCentres)
		for d, noise := range normalPair(rng) {
			points[n][d] = math.FMA(clusterSD, noise, clusterCentres[class][d])
		}
		labels[n] = byte(class)
	}
	rng.Shuffle(planeRows, func(i, j int) {
		labels[i], labels[j] = labels[j], labels[i]
		points[i], points[j] = points[j], points[i]
	})
	return planeDataset(points, labels[:planeTrain], labels[planeTrain:])
}

// uniform returns points of the square [−1, 1]², which have no labels.
func uniform() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	points := make([][2]float64, planeRows)
	for n := range points {
		points[n] = squarePoint(rng)
	}
	return planeDataset(points, nil, nil)
}

// squarePoint returns a uniform point of [−1, 1)².
func squarePoint(rng *rand.Rand) (p [2]float64) {
	for d := range p {
		p[d] = math.FMA(2, rng.Float64(), -1)
	}
	return p
}

// normalPair returns two independent standard normals by the polar method (Marsaglia & Bray
// 1964): for u uniform in the unit disc and s = |u|², they are u·√(−2 log(s)/s).
func normalPair(rng *rand.Rand) [2]float64 {
	for {
		u := squarePoint(rng)
		s := float64(u[0]*u[0]) + float64(u[1]*u[1])
		if s < 1 && s > 0 {
			m := math.Sqrt(-2 * log(s) / s)
			return [2]float64{u[0] * m, u[1] * m}
		}
	}
}

// planeDataset returns planeRows points and the labels of the splits.
func planeDataset(points [][2]float64, trainLabels, testLabels []byte) *Dataset {
	var x []float64
	for _, p := range points {
		x = append(x, p[:]...)
	}
	b, _ := binary.Append(nil, binary.LittleEndian, x) // of numbers it has no error
	return &Dataset{
		Train:  realSet(x[:2*planeTrain], 1, 2, trainLabels),
		Test:   realSet(x[2*planeTrain:], 1, 2, testLabels),
		SHA256: sha256Text(b),
	}
}
