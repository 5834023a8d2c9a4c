package main

import (
	"fmt"
	"math"
)

// The weight vectors of one network per activation, read from the run folders.

// shownUnits are the most of a network that are shown.
const shownUnits = 64

// network is a run whose weights are shown.
type network struct {
	run        *Result
	W          Mat            // (units × D), trained
	path       [][][3]float64 // for data in the plane: w₁, w₂, b of every unit, epoch by epoch
	similarity float64        // the largest |cos| between the weight vectors of two units
}

// shownNetworks reads the treatment's runs of the smallest K and of the seed that most
// activations have.
func (s *study) shownNetworks(st store) (shown []network, err error) {
	for _, K := range s.ks {
		seed, most := 0, 0
		for i := range s.seeds {
			n := 0
			for _, activation := range s.treated(K) {
				if s.runs[place{treatment, activation, K}][i] != nil {
					n++
				}
			}
			if n > most {
				seed, most = i, n
			}
		}
		for _, activation := range s.treated(K) {
			r := s.runs[place{treatment, activation, K}][seed]
			if r == nil {
				continue
			}
			next, err := readNetwork(st, r)
			if err != nil {
				return nil, err
			}
			shown = append(shown, next)
		}
		if len(shown) > 0 {
			break
		}
	}
	return shown, nil
}

func readNetwork(st store, r *Result) (network, error) {
	n := network{run: r}
	b, err := st.readFile(r.ID, "weights.npz")
	if err != nil {
		return n, err
	}
	arrays, err := readNPZ(b)
	if err != nil {
		return n, fmt.Errorf("reading the weights of %s: %w", r.ID, err)
	}
	for _, a := range arrays {
		switch {
		case a.Name == "W" && len(a.Shape) == 2:
			n.W = Mat{a.Shape[0], a.Shape[1], a.Data}.head(min(a.Shape[0], shownUnits))
		case a.Name == "trajectory" && len(a.Shape) == 3:
			n.path = pathOf(a)
		}
	}
	n.similarity = similarity(n.W)
	return n, nil
}

// pathOf divides a trajectory (T×K×3) by steps.
func pathOf(a npyArray) (path [][][3]float64) {
	K := a.Shape[1]
	for t := range a.Shape[0] {
		units := make([][3]float64, min(K, shownUnits))
		for k := range units {
			units[k] = [3]float64(a.Data[3*(t*K+k):])
		}
		path = append(path, units)
	}
	return path
}

// similarity returns the largest |cos| of the angle between two rows of W; NaN below two rows.
func similarity(W Mat) float64 {
	largest := math.NaN()
	for j := range W.Rows {
		for k := range j {
			x, y := W.Row(j), W.Row(k)
			cos := math.Abs(inner(x, y)) / math.Sqrt(inner(x, x)) / math.Sqrt(inner(y, y))
			if !(cos <= largest) && finite(cos) {
				largest = min(cos, 1)
			}
		}
	}
	return largest
}

// weightFigures shows the networks: images as images, the plane still and moving.
func (s *study) weightFigures(shown []network) []drawing {
	if len(shown) == 0 {
		return nil
	}
	if s.Data == "mnist" {
		var strips []strip
		for _, n := range shown {
			strips = append(strips, strip{n.run.Config.Activation, n.W})
		}
		return []drawing{{name: "weight-vectors", svg: filterPicture(strips)}}
	}
	var still, moving []plane
	points := planePoints(s.Data)
	for _, n := range shown {
		if len(n.path) == 0 {
			continue
		}
		p := plane{Title: n.run.Config.Activation, Activation: n.run.Config.Activation, Points: points, Units: n.path[len(n.path)-1]}
		still = append(still, p)
		p.Path = n.path
		moving = append(moving, p)
	}
	return []drawing{{name: "weight-vectors", svg: planePicture(still)}, {name: "weight-vectors-moving", svg: planePicture(moving)}}
}

// planePoints is the test split of the data.
func planePoints(data string) (points [][2]float64) {
	d := clusters()
	if data == "uniform" {
		d = uniform()
	}
	for n := range d.Test.N {
		points = append(points, [2]float64(d.Test.dense(n)))
	}
	return points
}
