package main

import "math"

// A stack: one layer on another, which was trained first and is frozen. Of the layer below, the layer above
// sees nothing but its outputs, so that a stack is a run on other data.

// outputs returns data with the outputs of a layer, a = f(Wx + b), for inputs; W is D×K and b K. They are standardised:
// each unit less its mean over the train split and divided by its standard deviation there, over N−1. A unit that is
// constant on the train split becomes 0.
func (data *Dataset) outputs(f activation, W Mat, b []float64) *Dataset {
	train, test := data.through(f, W, b)
	standardise(train, test)
	return data.with(train, test)
}

// through returns a = f(Wx + b) of both splits (N×K); W is D×K and b K.
func (data *Dataset) through(f activation, W Mat, b []float64) (train, test Mat) {
	t := &trainer{config: Config{K: W.Cols}, X: &data.Train, f: f, W: data.Train.arrange(W), b: b}
	train, _ = t.activations(&data.Train)
	test, _ = t.activations(&data.Test)
	return train, test
}

// with returns data with other inputs.
func (data *Dataset) with(train, test Mat) *Dataset {
	return &Dataset{Name: data.Name, SHA256: data.SHA256,
		Train: denseSet(train.Data, train.Cols, data.Train.labels), Test: denseSet(test.Data, test.Cols, data.Test.labels)}
}

// standardise centres and scales the columns of train (N×K), and those of test alike.
func standardise(train, test Mat) {
	mean, scale := make([]float64, train.Cols), make([]float64, train.Cols)
	center(train, mean, train)
	columnSquares(scale, train)
	for k, squares := range scale {
		scale[k] = 1 / math.Sqrt(squares/float64(train.Rows-1))
		if constantColumn(train, k) {
			scale[k] = 0
		}
	}
	for n := range train.Rows {
		for k := range scale {
			train.Row(n)[k] *= scale[k]
		}
	}
	for n := range test.Rows {
		for k, a := range test.Row(n) {
			test.Row(n)[k] = (a - mean[k]) * scale[k]
		}
	}
}
