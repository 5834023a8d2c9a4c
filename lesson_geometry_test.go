package main

import (
	"fmt"
	"math"
	"slices"
)

// The geometry and the statistics that LESSON.md's claims are about: units in the plane, (w₁, w₂, b), and points.

// neighbours tells whether units with that cosine have lines at 45°, perpendicular whether at 90°.
func neighbours(cos float64) bool    { return math.Abs(math.Abs(cos)-math.Sqrt2/2) < 0.05 }
func perpendicular(cos float64) bool { return math.Abs(cos) < 0.05 }

// beyond is w·x + b.
func beyond(u [3]float64, x [2]float64) float64 { return u[0]*x[0] + u[1]*x[1] + u[2] }

func lengthOf(u [3]float64) float64 { return math.Hypot(u[0], u[1]) }

func cosine(u, v [3]float64) float64 { return (u[0]*v[0] + u[1]*v[1]) / lengthOf(u) / lengthOf(v) }

// clearance is how far a unit's line is from the nearest centre of a cluster. Through the middle, and halfway between
// two, it is 2 sin(π/8).
func clearance(u [3]float64) float64 {
	nearest := math.Inf(1)
	for _, x := range clusterCentres {
		nearest = min(nearest, math.Abs(beyond(u, x))/lengthOf(u))
	}
	return nearest
}

func inGap(u [3]float64) bool { return clearance(u) > 0.95*2*math.Sin(math.Pi/8) }

// shareBeyond is the share of the points on the arrow's side of a unit's line.
func shareBeyond(u [3]float64, points [][2]float64) float64 {
	n := 0.0
	for _, x := range points {
		if beyond(u, x) > 0 {
			n++
		}
	}
	return n / float64(len(points))
}

// signAgreement is on how many of the points two units have the same sign.
func signAgreement(u, v [3]float64, points [][2]float64) (n int) {
	for _, x := range points {
		if (beyond(u, x) > 0) == (beyond(v, x) > 0) {
			n++
		}
	}
	return n
}

// patterns counts the points by the signs that all units have there.
func patterns(units [][3]float64, points [][2]float64) map[string]int {
	counts := map[string]int{}
	for _, x := range points {
		signs := ""
		for _, u := range units {
			signs += fmt.Sprint(beyond(u, x) > 0)
		}
		counts[signs]++
	}
	return counts
}

// bitsOf is the entropy of the counts.
func bitsOf(counts map[string]int) (h float64) {
	total := 0
	for _, n := range counts {
		total += n
	}
	for _, n := range counts {
		p := float64(n) / float64(total)
		h -= p * math.Log2(p)
	}
	return h
}

// everyPair tells whether all pairs of different units are so, both ways round.
func everyPair(units [][3]float64, is func(j, k int) bool) bool {
	for j := range units {
		for k := range units {
			if j != k && !is(j, k) {
				return false
			}
		}
	}
	return true
}

func every[T any](all []T, is func(T) bool) bool {
	return !slices.ContainsFunc(all, func(x T) bool { return !is(x) })
}

// smallSide tells whether x is on the side of a unit's line that has fewer of the points.
func smallSide(u [3]float64, x [2]float64, points [][2]float64) bool {
	return (beyond(u, x) > 0) == (shareBeyond(u, points) < 0.5)
}

// smallSides are the shares of the points on the small sides of u, of v, and of both.
func smallSides(u, v [3]float64, points [][2]float64) (p, q, both float64) {
	one := 1 / float64(len(points))
	for _, x := range points {
		inU, inV := smallSide(u, x, points), smallSide(v, x, points)
		if inU {
			p += one
		}
		if inV {
			q += one
		}
		if inU && inV {
			both += one
		}
	}
	return p, q, both
}

// tanhOutputs are the units' outputs (N×K), with w and b scaled.
func tanhOutputs(units [][3]float64, scale float64, points [][2]float64) Mat {
	A := newMat(len(points), len(units))
	for n, x := range points {
		for k, u := range units {
			A.Row(n)[k] = math.Tanh(scale * beyond(u, x))
		}
	}
	return A
}

// tanhCorrelation is that of the outputs of u and v.
func tanhCorrelation(u, v [3]float64, points [][2]float64) float64 {
	A := tanhOutputs([][3]float64{u, v}, 1, points)
	R := newMat(A.Rows, 2)
	center(R, make([]float64, 2), A)
	var uu, vv, uv float64
	for n := range R.Rows {
		a, b := R.Row(n)[0], R.Row(n)[1]
		uu, vv, uv = uu+a*a, vv+b*b, uv+a*b
	}
	return uv / math.Sqrt(uu*vv)
}

// nearlySteps is the share of the outputs' rows with all beyond ±0.9.
func nearlySteps(A Mat) (share float64) {
	for n := range A.Rows {
		if every(A.Row(n), func(a float64) bool { return math.Abs(a) > 0.9 }) {
			share += 1 / float64(A.Rows)
		}
	}
	return share
}

// clustersTold is the linear probe's accuracy in percent, from the units' outputs with w and b scaled.
func clustersTold(units [][3]float64, scale float64) float64 {
	d := clusters()
	outputs := func(s Set) Mat {
		points := make([][2]float64, s.N)
		for n := range points {
			points[n] = [2]float64(s.dense(n))
		}
		return tanhOutputs(units, scale, points)
	}
	all, _ := probeAccuracies(outputs(d.Train), d.Train.labels, outputs(d.Test), d.Test.labels)
	return 100 * all.Accuracy
}

// fan are the singular values of K arrows of one length, evenly spread over the plane.
func fan(K int) []float64 {
	W := newMat(K, 2)
	for k := range K {
		sin, cos := math.Sincos(math.Pi * float64(k) / float64(K))
		copy(W.Row(k), []float64{cos, sin})
	}
	_, sigma, _ := svd(W)
	return sigma
}

func mnistInputs() int { return mnist.files[0].dims[1] * mnist.files[0].dims[2] }
