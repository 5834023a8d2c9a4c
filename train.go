package main

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// One run: initialise, take the steps, measure.

// Epoch holds the means of an epoch's batch losses; entropy and tc are the unweighted terms
// of the InfoMax loss, null for reconstruction.
type Epoch struct {
	Loss    Number `json:"loss"`
	Entropy Number `json:"entropy"`
	TC      Number `json:"tc"`
}

// Weights are what a run learned and where it started. Inside the program W and V are D×K.
type Weights struct {
	W, W0 Mat
	B, B0 []float64 // K
	V     Mat       // the decoder; empty unless the objective is reconstruction
	// Trajectory has w₁, w₂, b of every unit at the start and after each epoch, for data of
	// two inputs: (epochs+1)×K×3.
	Trajectory []float64
}

// trainer holds one run's parameters, optimiser and reused memory.
type trainer struct {
	config Config
	X      *Set
	f      activation
	W, V   Mat       // places×K, arranged as X takes its inputs
	b      []float64 // K

	clock               adamClock
	adamW, adamV, adamB adam

	block     block
	A, Z, dA  Mat // N×K; forward leaves f′(Z) in Z, backward ∂L/∂Z in dA
	dW, dV    Mat // places×K
	db        []float64
	infoMax   *infoMax
	reconLoss *reconstruction
}

// newTrainer initialises a run. All objectives of one seed start from the same W.
func newTrainer(c Config, s *Set) *trainer {
	batch := s.N
	if c.Batch > 0 {
		batch = min(batch, c.Batch)
	}
	t := &trainer{config: c, X: s, f: activationByName(c.Activation), b: make([]float64, c.K), db: make([]float64, c.K),
		W: s.arrange(xavier(s.D, c.K, c.Seed, streamWeights)), clock: newAdamClock(c.LearningRate)}
	if c.Objective == "pca" {
		W, b := principalAxes(s, c.K)
		t.W, t.b = s.arrange(W), b
	}
	if !c.trains() {
		return t
	}
	t.block = s.newBlock()
	t.A, t.Z, t.dA, t.dW = newMat(batch, c.K), newMat(batch, c.K), newMat(batch, c.K), newMat(t.W.Rows, c.K)
	t.adamW, t.adamB = newAdam(t.W.Data), newAdam(t.b)
	switch c.Objective {
	case "reconstruction":
		t.V = s.arrange(xavier(s.D, c.K, c.Seed, streamDecoder))
		t.adamV = newAdam(t.V.Data)
	case "tied":
		t.V = t.W
	}
	if c.decodes() {
		t.dV, t.reconLoss = newMat(t.W.Rows, c.K), newReconstruction(s, batch, c.K)
	} else {
		last := s.N % batch // rows of the last batch; one alone is dropped
		if last < 2 {
			last = batch
		}
		t.infoMax = newInfoMax(c.Lambda, batch, last, c.K)
	}
	return t
}

// xavier draws a D×K matrix from U(−√(6/(D+K)), +√(6/(D+K))), unit after unit (Glorot &
// Bengio 2010).
func xavier(d, k int, seed, stream uint64) Mat {
	rng := rand.New(rand.NewPCG(seed, stream))
	limit := math.Sqrt(6 / float64(d+k))
	w := newMat(d, k)
	for unit := range k {
		for i := range d {
			w.Data[i*k+unit] = limit * math.FMA(2, rng.Float64(), -1)
		}
	}
	return w
}

// step takes one step on a batch and returns its losses. When the loss is not finite the
// parameters stay as they were.
func (t *trainer) step(rows []uint32) (loss, entropy, tc float64) {
	t.forward(rows)
	loss, entropy, tc = t.loss(rows)
	if finite(loss) {
		t.backward(rows)
		t.update()
	}
	return loss, entropy, tc
}

// forward sets Z = XW + b and A = f(Z), and what the reconstruction loss needs of X: Y = −2/N XV.
func (t *trainer) forward(rows []uint32) {
	N := len(rows)
	A, Z := t.A.head(N), t.Z.head(N)
	layer := product{Z, t.W, t.b, 1}
	if t.reconLoss == nil {
		multiply(t.block, rows, layer)
	} else {
		multiply(t.block, rows, layer, product{t.reconLoss.Y.head(N), t.V, zeros.data[:Z.Cols], -2 / float64(N)})
	}
	t.f.forward(A.Data, Z.Data, Z.Cols)
}

// loss returns the batch's losses and sets dA = ∂L/∂A.
func (t *trainer) loss(rows []uint32) (loss, entropy, tc float64) {
	N := len(rows)
	A, dA := t.A.head(N), t.dA.head(N)
	if t.reconLoss != nil {
		return t.reconLoss.loss(dA, A, t.V, t.reconLoss.Y.head(N), rows), math.NaN(), math.NaN()
	}
	entropy, tc = t.infoMax.loss(A)
	t.infoMax.gradient(dA)
	return math.FMA(t.config.Lambda, tc, entropy), entropy, tc
}

// backward sets dW = ∂L/∂W = XᵀdZ, db = Σₙ dZₙ and dV, from dA, in which it leaves dZ = ∂L/∂Z.
func (t *trainer) backward(rows []uint32) {
	N := len(rows)
	A, Z, dZ := t.A.head(N), t.Z.head(N), t.dA.head(N)
	if t.f.backward != nil {
		t.f.backward(dZ.Data, A.Data, Z.Data, Z.Cols)
	}
	layer := product{Z: dZ, W: t.dW, scale: 1}
	if t.reconLoss == nil {
		multiplyTransposed(t.block, rows, layer)
	} else {
		multiplyTransposed(t.block, rows, layer, product{Z: A, W: t.dV, scale: -2 / float64(N)})
		t.reconLoss.finishV(t.dV, t.V)
	}
	if t.config.Objective == "tied" { // W is encoder and decoder: its gradient is the sum of both
		for i, g := range t.dV.Data {
			t.dW.Data[i] += g
		}
	}
	mul(view{t.db, 0}, zeros, ones, dZ.view(), 1, N, dZ.Cols)
}

// update takes Adam's step along the gradients.
func (t *trainer) update() {
	t.clock.tick()
	t.adamW.update(&t.clock, t.dW.Data)
	t.adamB.update(&t.clock, t.db)
	if t.config.Objective == "reconstruction" {
		t.adamV.update(&t.clock, t.dV.Data)
	}
}

// train runs all epochs and returns the curve and the loss of the first batch before any step.
// It stops at a loss that is not finite, whose epoch is then the curve's last; ctx stops it
// with an error. after is called at the end of every epoch.
func (t *trainer) train(ctx context.Context, after func(epoch int, e Epoch)) (curve []Epoch, first float64, err error) {
	curve, first = []Epoch{}, math.NaN()
	rng := rand.New(rand.NewPCG(t.config.Seed, streamBatches))
	order := make([]uint32, t.X.N)
	for n := range order {
		order[n] = uint32(n)
	}
	for epoch := 1; epoch <= t.config.Epochs; epoch++ {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		e, firstLoss, err := t.epoch(ctx, order)
		if err != nil {
			return nil, first, err
		}
		if epoch == 1 {
			first = firstLoss
		}
		curve = append(curve, e)
		after(epoch, e)
		if !finite(float64(e.Loss)) {
			break
		}
	}
	return curve, first, nil
}

// epoch takes the steps on the batches of order, the last of which may be shorter, but not one
// row alone. It returns the mean losses and the first batch's loss.
func (t *trainer) epoch(ctx context.Context, order []uint32) (e Epoch, first float64, err error) {
	var sum [3]float64
	steps := 0.0
	for rest := order; len(rest) > 1; {
		if err := ctx.Err(); err != nil {
			return e, first, err
		}
		n := min(t.A.Rows, len(rest))
		t.block.prefetch(rest[n:min(n+blockRows, len(rest))])
		loss, entropy, tc := t.step(rest[:n])
		rest = rest[n:]
		if steps == 0 {
			first = loss
		}
		sum[0], sum[1], sum[2] = sum[0]+loss, sum[1]+entropy, sum[2]+tc
		steps++
		if !finite(loss) {
			break
		}
	}
	return Epoch{Number(sum[0] / steps), Number(sum[1] / steps), Number(sum[2] / steps)}, first, nil
}

// Result is run.json, everything about a run but its weights.
type Result struct {
	ID            string  `json:"id"`
	Numerics      int     `json:"numerics"`
	Config        Config  `json:"config"`
	Status        string  `json:"status"` // "ok" or "diverged"
	DivergedEpoch int     `json:"diverged_epoch,omitempty"`
	DataSHA256    string  `json:"data_sha256"`
	WeightsSHA256 string  `json:"weights_sha256"` // of weights.npz
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

// run trains one config from beginning to end. after sees every epoch as it ends.
func run(ctx context.Context, c Config, data *Dataset, after func(epoch int, e Epoch)) (*Result, *Weights, error) {
	started := time.Now()
	t := newTrainer(c, &data.Train)
	r := &Result{ID: c.ID(), Numerics: numericsVersion, Config: c, Status: "ok", DataSHA256: data.SHA256,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	w := &Weights{W0: t.X.restore(t.W), B0: slices.Clone(t.b)}
	var err error
	constant := data.Train.constant()
	if r.Init, err = t.measure(&data.Test, constant); err != nil {
		return nil, nil, err
	}
	track := func() {
		if data.D != 2 {
			return
		}
		for k := range c.K {
			w.Trajectory = append(w.Trajectory, t.W.Data[k], t.W.Data[c.K+k], t.b[k])
		}
	}
	track()
	var first float64
	r.Curve, first, err = t.train(ctx, func(epoch int, e Epoch) {
		track()
		after(epoch, e)
	})
	if err != nil {
		return nil, nil, err
	}
	r.InitialLoss, r.FinalLoss, r.Final = Number(first), Number(math.NaN()), r.Init
	if n := len(r.Curve); n > 0 {
		if r.Final, err = t.measure(&data.Test, constant); err != nil {
			return nil, nil, err
		}
		r.FinalLoss, r.EpochsTo90 = r.Curve[n-1].Loss, epochsTo90(first, r.Curve)
		if !finite(float64(r.FinalLoss)) {
			r.Status, r.DivergedEpoch = "diverged", n
		}
	}
	w.W, w.B = t.X.restore(t.W), t.b
	if c.Objective == "reconstruction" {
		w.V = t.X.restore(t.V)
	}
	r.Seconds = time.Since(started).Seconds()
	return r, w, nil
}

// activations returns A (N×K) of all rows of s, and what tcRows chooses of them; of Z where f keeps the
// ranks, since in float64 a third of a trained tanh's outputs are exactly ±1.
func (t *trainer) activations(s *Set) (A, some Mat) {
	A, Z := newMat(s.N, t.config.K), newMat(s.N, t.config.K)
	rows := make([]uint32, s.N)
	for n := range rows {
		rows[n] = uint32(n)
	}
	multiply(s.newBlock(), rows, product{Z, s.arrange(t.X.restore(t.W)), t.b, 1})
	some = tcRows(Z, t.config.TCRows)
	t.f.forward(A.Data, Z.Data, Z.Cols)
	if !t.f.monotone {
		some = tcRows(A, t.config.TCRows)
	}
	return A, some
}

// measure returns all metrics of the present parameters but the probes', the activations' on set s.
func (t *trainer) measure(s *Set, constant []bool) (Metrics, error) {
	m := Metrics{ProbeAccuracy: Number(math.NaN()), ProbeAccuracy1000: Number(math.NaN())}
	m.measureWeights(t.X.restore(t.W), constant, t.f.name == "softmax")
	A, some := t.activations(s)
	m.measureActivations(A)
	m.MaxResponsibility = Number(math.NaN())
	if t.f.name == "softmax" {
		m.MaxResponsibility = Number(maxResponsibility(A))
	}
	return m, m.measureTotalCorrelation(some, t.config)
}
