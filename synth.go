// The two data sets in the plane, in which a unit's weights can be drawn as a line: eight
// Gaussian clusters, and the uniform square. They are fixed, as MNIST is: a run's seed has no
// part in them.

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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

type planePoint struct {
	x     [2]float64
	class byte
}

// clusters returns 8 Gaussian clusters of 1,250 points around clusterCentres, shuffled.
func clusters() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	points := make([]planePoint, planeRows)
	for n := range points {
		class := n % len(clusterCentres)
		centre, noise := clusterCentres[class], normalPair(rng)
		for d := range centre {
			points[n].x[d] = math.FMA(clusterSD, noise[d], centre[d])
		}
		points[n].class = byte(class)
	}
	rng.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	return planeDataset(points)
}

// uniform returns points of the square [−1, 1]², which have no labels.
func uniform() *Dataset {
	rng := rand.New(rand.NewPCG(0, streamData))
	points := make([]planePoint, planeRows)
	for n := range points {
		points[n].x = squarePoint(rng)
	}
	d := planeDataset(points)
	d.Train.labels, d.Test.labels = nil, nil
	return d
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

func planeDataset(points []planePoint) *Dataset {
	var b []byte
	for _, p := range points {
		for _, x := range p.x {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	hash := sha256.Sum256(b)
	return &Dataset{
		Train:  pointSet(points[:planeTrain]),
		Test:   pointSet(points[planeTrain:]),
		SHA256: hex.EncodeToString(hash[:]),
	}
}

// pointSet returns points (N×2) and their classes.
func pointSet(points []planePoint) Set {
	X, labels := newMat(len(points), 2), make([]byte, len(points))
	for n, p := range points {
		copy(X.Row(n), p.x[:])
		labels[n] = p.class
	}
	return realSet(X.Data, 1, 2, labels)
}
