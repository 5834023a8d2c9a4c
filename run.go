package main

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// A run from beginning to end: initialise, measure, train, measure. And its row of results.csv.

// Weights are what a run learned and where it started. Inside the program W and V are D×K.
type Weights struct {
	W, W0 Mat
	B, B0 []float64 // K
	V     Mat       // the decoder; empty unless the objective is reconstruction
	// OverData is W in the data's own inputs (D×K), where the run's are M of their principal components.
	OverData Mat
	// Trajectory has w₁, w₂, b of every unit at the start and after each epoch, for data of
	// two inputs: (epochs+1)×K×3.
	Trajectory []float64
}

// Result is run.json, everything about a run but its weights.
type Result struct {
	ID            string  `json:"id"`
	Numerics      int     `json:"numerics"`
	Config        Config  `json:"config"`
	Status        string  `json:"status"` // "ok" or "diverged"
	DivergedEpoch int     `json:"diverged_epoch,omitempty"`
	DataSHA256    string  `json:"data_sha256"`
	Inputs        int     `json:"inputs"`                 // D
	Shape         []int   `json:"shape,omitempty"`        // of the data's rows, if they are images in a file
	WeightsSHA256 string  `json:"weights_sha256"`         // of weights.npz
	BelowSHA256   string  `json:"below_sha256,omitempty"` // of the weights.npz of the layer below
	Init          Metrics `json:"init"`
	Final         Metrics `json:"final"`
	InitialLoss   Number  `json:"initial_loss"` // of the first batch, before any step
	FinalLoss     Number  `json:"final_loss"`   // of the last epoch
	EpochsTo90    int     `json:"epochs_to_90,omitempty"`
	Curve         []Epoch `json:"curve"`
	Go            string  `json:"go"`
	Platform      string  `json:"platform"`
	Seconds       float64 `json:"seconds"`
}

// starts holds the metrics of networks before training. All objectives of one seed but pca start from the
// same W, so that what one run has measured serves the others, on whatever worker.
type starts struct{ known sync.Map } // of func() Metrics by Config

// metrics measures unless the start of c is known.
func (s *starts) metrics(c Config, measure func() Metrics) Metrics {
	if c.Objective != "pca" {
		c.Objective = "random"
	}
	known, _ := s.known.LoadOrStore(c.normal(), sync.OnceValue(measure))
	return known.(func() Metrics)()
}

// run trains one config from beginning to end. after sees every epoch as it ends.
func run(
	ctx context.Context, c Config, data *Dataset, starts *starts, after func(epoch int, e Epoch),
) (*Result, *Weights, error) {
	started := time.Now()
	t := newTrainer(c, &data.Train)
	r := &Result{
		ID: c.ID(), Numerics: c.numerics(), Config: c, Status: "ok",
		DataSHA256: data.SHA256, Inputs: data.Train.D, Shape: data.Shape,
		Curve: []Epoch{}, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	w := &Weights{W0: t.X.restore(t.W), B0: slices.Clone(t.b)}
	r.Init = starts.metrics(c, func() Metrics {
		m := t.measure(&data.Test)
		if c.stacked() { // a random layer on a trained one
			t.measureProbes(&m, data)
		}
		return m
	})
	w.track(t)
	err := r.learn(ctx, t, func(epoch int, e Epoch) {
		w.track(t)
		after(epoch, e)
	})
	if err != nil {
		return nil, nil, err
	}
	r.finish(t, data)
	w.W, w.B = t.X.restore(t.W), t.b
	if c.Objective == "reconstruction" {
		w.V = t.X.restore(t.V)
	}
	if axes := data.Projection; axes.Rows > 0 {
		w.OverData = newMat(axes.Rows, c.K)
		matmul(w.OverData, axes, w.W)
	}
	r.Seconds = time.Since(started).Seconds()
	return r, w, nil
}

// learn takes the run's steps, if it has any, and sets r's curve and losses.
func (r *Result) learn(ctx context.Context, t *trainer, after func(epoch int, e Epoch)) (err error) {
	first, last := math.NaN(), math.NaN()
	switch {
	case r.Config.Objective == "optimum":
		first, last, err = t.optimise(ctx)
	case r.Config.trains():
		if r.Curve, first, err = t.train(ctx, after); err == nil {
			last, r.EpochsTo90 = float64(r.Curve[len(r.Curve)-1].Loss), epochsTo90(first, r.Curve)
		}
	}
	r.InitialLoss, r.FinalLoss = Number(first), Number(last)
	return err
}

// finish sets the final metrics and the status.
func (r *Result) finish(t *trainer, data *Dataset) {
	r.Final = r.Init
	learned := r.Config.trains() || r.Config.Objective == "optimum"
	if learned {
		r.Final = t.measure(&data.Test)
	}
	if learned || !r.Config.stacked() { // whose start has its probes
		t.measureProbes(&r.Final, data)
	}
	inFinite := finite(float64(r.Final.WeightNorm)) && finite(float64(r.Final.ActivationRank))
	if epochs := len(r.Curve); epochs > 0 && t.diverged(float64(r.FinalLoss)) || !inFinite {
		r.Status, r.DivergedEpoch = "diverged", epochs // 0 of inputs too large for any weights
	}
}

// track adds where the units of t are to the trajectory, for data of two inputs.
func (w *Weights) track(t *trainer) {
	if t.X.D != 2 {
		return
	}
	for k := range t.config.K {
		w.Trajectory = append(w.Trajectory, t.W.Data[k], t.W.Data[t.config.K+k], t.b[k])
	}
}

// activations returns A (N×K) of all rows of s.
func (t *trainer) activations(s *Set) Mat { return t.apply(t.f, s, evenRows(s.N, s.N)) }

// apply returns f(XW + b) of the given rows X of s (rows×K). It keeps z of only a few rows at a time.
func (t *trainer) apply(f activation, s *Set, rows []uint32) Mat {
	const few = 8 * blockRows
	K := t.W.Cols
	A, Z := newMat(len(rows), K), newMat(few, K)
	W, b, rest := s.arrange(t.X.restore(t.W)), s.newBlock(), A.Data
	for part := range slices.Chunk(rows, few) {
		z := Z.head(len(part))
		multiply(b, part, linear{z, W, t.b, 1})
		f.apply(Mat{z.Rows, K, rest[:len(z.Data)]}, z)
		rest = rest[len(z.Data):]
	}
	return A
}

// measure returns all metrics of the present parameters but the probes'; activations are those on s.
func (t *trainer) measure(s *Set) Metrics {
	m := Metrics{ProbeAccuracy: Number(math.NaN()), ProbeAccuracy1000: Number(math.NaN())}
	m.measureWeights(t.X.restore(t.W), t.X.constant, t.f.name == "softmax")
	A := t.activations(s)
	m.measureActivations(A)
	m.MaxResponsibility = Number(math.NaN())
	if t.f.name == "softmax" {
		m.MaxResponsibility = Number(maxResponsibility(A))
	}
	// An increasing f leaves ranks as they are in z. In float64 a third of a trained tanh's outputs are exactly ±1.
	ranked := t.f
	if ranked.monotone {
		ranked = activationByName("identity")
	}
	m.measureTotalCorrelation(t.apply(ranked, s, evenRows(s.N, min(s.N, t.config.TCRows))), t.config)
	return m
}

// measureProbes sets the accuracies of the linear probes.
func (t *trainer) measureProbes(m *Metrics, data *Dataset) {
	if data.Train.labels == nil {
		m.ProbeStatus = "no labels"
		return
	}
	train, test := t.activations(&data.Train), t.activations(&data.Test)
	all, few := probeAccuracies(train, data.Train.labels, test, data.Test.labels)
	m.ProbeAccuracy, m.ProbeAccuracy1000 = Number(all.Accuracy), Number(few.Accuracy)
	if !all.Converged || !few.Converged {
		m.ProbeStatus = notConverged
	}
}

// A stack: one layer on another, which was trained first and is frozen. Of the layer below, the layer above
// sees nothing but its outputs, so that a stack is a run on other data.

// outputs returns data with the outputs of a layer, a = f(Wx + b), for inputs; W is D×K and b K. They are
// standardised: each unit less its mean over the train split and divided by its standard deviation
// there, over N−1. A unit that is constant on the train split becomes 0.
func (data *Dataset) outputs(f activation, W Mat, b []float64) *Dataset {
	return data.with(standardise(data.through(f, W, b)))
}

// through returns a = f(Wx + b) of both splits (N×K); W is D×K and b K.
func (data *Dataset) through(f activation, W Mat, b []float64) (train, test Mat) {
	t := &trainer{X: &data.Train, f: f, W: data.Train.arrange(W), b: b}
	return t.activations(&data.Train), t.activations(&data.Test)
}

// with returns data with other inputs.
func (data *Dataset) with(train, test Mat) *Dataset {
	return &Dataset{
		Name: data.Name, SHA256: data.SHA256,
		Train: denseSet(train.Data, train.Cols, data.Train.labels),
		Test:  denseSet(test.Data, test.Cols, data.Test.labels),
	}
}

// standardise centres and scales the columns of train (N×K), and those of test alike, in their places.
func standardise(train, test Mat) (Mat, Mat) {
	R, mean, scale := newMat(train.Rows, train.Cols), make([]float64, train.Cols), make([]float64, train.Cols)
	center(R, mean, train)
	columnSquares(scale, R)
	for k, squares := range scale {
		scale[k] = 1 / math.Sqrt(squares/float64(train.Rows-1))
		if constantColumn(R, k) {
			scale[k] = 0
		}
	}
	for _, A := range []Mat{train, test} {
		for i, a := range A.Data {
			A.Data[i] = (a - mean[i%A.Cols]) * scale[i%A.Cols]
		}
	}
	return train, test
}

// formatResults returns results.csv, in the order of the runs.
func formatResults(runs []*Result) ([]byte, error) { return formatCSV(&Result{}, runs, resultRow) }

// resultRow is a row of results.csv. What does not apply is empty.
func resultRow(r *Result) []field {
	c := r.Config
	trained := c.trained()
	return slices.Concat(fields("id", r.ID), dataFields(c), fields(
		"below", where(c.stacked(), c.Below),
		"objective", c.Objective,
		"activation", c.Activation,
		"k", c.K,
		"lambda", where(c.hasLambda(), c.Lambda),
		"seed", c.Seed,
		"epochs", where(trained, c.Epochs),
		"batch", where(trained, c.Batch),
		"learning_rate", where(trained, c.LearningRate),
		"tc_rows", c.TCRows,
		"status", r.Status,
		"diverged_epoch", where(r.DivergedEpoch > 0, r.DivergedEpoch),
		"initial_loss", r.InitialLoss,
		"final_loss", r.FinalLoss,
		"epochs_to_90", where(r.EpochsTo90 > 0, r.EpochsTo90),
	), metricFields("init_", r.Init), metricFields("final_", r.Final), fields(
		"final_probe_status", r.Final.ProbeStatus,
		"weights_sha256", r.WeightsSHA256,
	))
}

// metricFields has the metrics of the initial or the final state.
func metricFields(prefix string, state Metrics) (row []field) {
	for _, m := range metrics {
		if prefix == "final_" || !strings.HasPrefix(m.field, "probe_") { // of the final state alone
			row = append(row, fields(prefix+m.field, m.of(state))...)
		}
	}
	return append(row, fields(prefix+"variance_ratio_status", state.VarianceRatioStatus,
		prefix+"tc_status", state.TCStatus, prefix+"tc_units", state.TCUnits)...)
}

// dataFields say what the inputs are.
func dataFields(c Config) []field {
	components := c.Components > 0
	return fields(
		"data", c.Data,
		"components", where(components, c.Components),
		"whiten", where(components, c.Whiten),
	)
}
