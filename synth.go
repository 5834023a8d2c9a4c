// The two data sets in the plane, in which a unit's weights can be drawn as a line: eight
// Gaussian clusters, and the uniform square. They are fixed, as MNIST is: a run's seed has no
// part in them.

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
)

const (
	planeRows  = 10000
	planeTrain = 8000 // the first 80 % of the rows
	clusterSD  = 0.3
)

// clusterCentres are the points 2·(cos, sin)(kπ/4), k = 0…7.
var clusterCentres = [8][2]float64{
	{2, 0}, {math.Sqrt2, math.Sqrt2}, {0, 2}, {-math.Sqrt2, math.Sqrt2},
	{-2, 0}, {-math.Sqrt2, -math.Sqrt2}, {0, -2}, {math.Sqrt2, -math.Sqrt2},
}

// clusters returns 8 Gaussian clusters of 1,250 points around clusterCentres, shuffled.
func clusters() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	X, labels := newMat(planeRows, 2), make([]byte, planeRows)
	for n := range labels {
		class := n % len(clusterCentres)
		centre, noise := clusterCentres[class], normalPair(rng)
		for d := range centre {
			X.Row(n)[d] = math.FMA(clusterSD, noise[d], centre[d])
		}
		labels[n] = byte(class)
	}
	rng.Shuffle(planeRows, func(i, j int) {
		labels[i], labels[j] = labels[j], labels[i]
		for d, x := range X.Row(i) {
			X.Row(i)[d], X.Row(j)[d] = X.Row(j)[d], x
		}
	})
	data := planeDataset(X)
	data.Train.labels, data.Test.labels = labels[:planeTrain], labels[planeTrain:]
	return data
}

// uniform returns points of the square [−1, 1]², which have no labels.
func uniform() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	X := newMat(planeRows, 2)
	for n := range planeRows {
		p := squarePoint(rng)
		copy(X.Row(n), p[:])
	}
	return planeDataset(X)
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

// planeDataset returns points X (planeRows×2) without labels.
func planeDataset(X Mat) *Dataset {
	var b []byte
	for _, x := range X.Data {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return &Dataset{
		Train:  realSet(X.Data[:2*planeTrain], 1, 2, nil),
		Test:   realSet(X.Data[2*planeTrain:], 1, 2, nil),
		SHA256: fmt.Sprintf("%x", sha256.Sum256(b)),
	}
}
