package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// The files of a run's folder.

// runFiles returns the files of a run. It sets r's hash of the weights.
func runFiles(r *Result, w *Weights, data *Dataset) ([]file, error) {
	var weights bytes.Buffer
	if err := writeNPZ(&weights, weightArrays(w, r.Config.K)); err != nil {
		return nil, err
	}
	r.WeightsSHA256 = fmt.Sprintf("%x", sha256.Sum256(weights.Bytes()))
	run, err := formatRun(r)
	files := []file{
		{"run.json", run},
		{"weights.npz", weights.Bytes()},
		{"filters.svg", filters(r, w, data)},
	}
	if len(r.Curve) > 0 {
		files = append(files, file{"training.svg", trainingCurves(r)})
	}
	return files, err
}

// weightArrays has a unit's weights in a row, as is usual: W is K×D here.
func weightArrays(w *Weights, K int) []npyArray {
	matrix := func(name string, m Mat) npyArray { return npyArray{name, []int{m.Rows, m.Cols}, m.Data} }
	vector := func(name string, v []float64) npyArray { return npyArray{name, []int{len(v)}, v} }
	arrays := []npyArray{matrix("W", w.W.T()), vector("b", w.B), matrix("W0", w.W0.T()), vector("b0", w.B0)}
	if len(w.V.Data) > 0 {
		arrays = append(arrays, matrix("V", w.V))
	}
	if len(w.Trajectory) > 0 {
		arrays = append(arrays, npyArray{"trajectory", []int{len(w.Trajectory) / (3 * K), K, 3}, w.Trajectory})
	}
	return arrays
}

// filters draws the weight vectors: as images for images, as arrows and lines in the plane.
func filters(r *Result, w *Weights, data *Dataset) []byte {
	if data.D != 2 {
		return filterPicture([]strip{{W: w.W.T()}})
	}
	p := plane{Title: r.ID, Activation: r.Config.Activation}
	for n := range data.Test.N {
		p.Points = append(p.Points, [2]float64(data.Test.dense(n)))
	}
	for i := 0; i < len(w.Trajectory); i += 3 * r.Config.K {
		units := make([][3]float64, r.Config.K)
		for k := range units {
			units[k] = [3]float64(w.Trajectory[i+3*k:])
		}
		p.Path, p.Units = append(p.Path, units), units
	}
	return planePicture([]plane{p})
}

func trainingCurves(r *Result) []byte {
	var loss, entropy, tc []float64
	for _, e := range r.Curve {
		loss, entropy, tc = append(loss, float64(e.Loss)), append(entropy, float64(e.Entropy)), append(tc, float64(e.TC))
	}
	return trainingPlot(r.Config.Activation, loss, entropy, tc)
}
