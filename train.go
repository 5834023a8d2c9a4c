package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Epoch holds the means of an epoch's batch losses; entropy and tc are the unweighted terms
// of the InfoMax loss, null without it.
type Epoch struct {
	Loss    Number `json:"loss"`
	Entropy Number `json:"entropy"`
	TC      Number `json:"tc"`
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
	A, Z, dA  Mat // N×K; forward leaves f′(Z) in Z; backward works in dA
	dW, dV    Mat // places×K
	db        []float64
	infoMax   *infoMax
	reconLoss *reconstruction
}

// newTrainer initialises a run. All objectives of one seed but pca start from the same W.
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
		t.dV = newMat(t.W.Rows, c.K)
	case "tied":
		t.V = t.W
	}
	if c.decodes() {
		t.reconLoss = newReconstruction(s, t.W.Rows, batch, c.K)
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
	switch t.config.Objective {
	case "reconstruction":
		multiply(t.block, rows, layer, product{t.reconLoss.Y.head(N), t.V, zeros.data[:Z.Cols], -2 / float64(N)})
	case "tied": // Y is of the same product
		layer.init = zeros.data[:Z.Cols]
		multiply(t.block, rows, layer)
		t.reconLoss.share(Z, t.b)
	default:
		multiply(t.block, rows, layer)
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

// backward sets dW = ∂L/∂W = XᵀdZ, db = Σₙ dZₙ and dV, from dA, in whose memory dZ = ∂L/∂Z is.
func (t *trainer) backward(rows []uint32) {
	N := len(rows)
	A, Z, dZ := t.A.head(N), t.Z.head(N), t.dA.head(N)
	if t.f.backward != nil {
		t.f.backward(dZ.Data, A.Data, Z.Data, Z.Cols)
	}
	mul(view{t.db, 0}, zeros, ones, dZ.view(), 1, N, dZ.Cols)
	layer := product{Z: dZ, W: t.dW, scale: 1}
	switch t.config.Objective {
	case "reconstruction":
		multiplyTransposed(t.block, rows, layer, product{Z: A, W: t.dV, scale: -2 / float64(N)})
		t.reconLoss.finishV(t.dV, t.V, A)
	case "tied": // dW is the sum of both
		addTo(dZ.Data, -2/float64(N), A.Data)
		multiplyTransposed(t.block, rows, layer)
		t.reconLoss.finishV(t.dW, t.V, A)
	default:
		multiplyTransposed(t.block, rows, layer)
	}
}

// update takes one step of Adam for the gradients.
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

// diverged tells whether the last epoch's loss, a parameter or a moment of Adam's is not finite. A second moment that has
// overflowed stays infinite, and its parameter no longer moves.
func (t *trainer) diverged(loss Number) bool {
	for _, a := range []adam{t.adamW, t.adamB, t.adamV} {
		for _, numbers := range [][]float64{a.w, a.m, a.v} {
			if slices.ContainsFunc(numbers, func(x float64) bool { return !finite(x) }) {
				return true
			}
		}
	}
	return !finite(float64(loss))
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
