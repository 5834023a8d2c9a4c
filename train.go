package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Epoch holds the means of an epoch's batch losses; entropy and tc are the unweighted terms
// of the InfoMax loss, null without it. Entropy is −Σ log(var+ε), which falls as entropy rises.
type Epoch struct {
	Loss    Number `json:"loss"`
	Entropy Number `json:"entropy"`
	TC      Number `json:"tc"`
}

// objective is what a run's steps lower: infoMax, freeAutoencoder or tiedAutoencoder.
type objective interface {
	// forward sets Z = XW + b, given in layer, for the rows of a batch.
	forward(b block, rows []uint32, layer linear)
	// loss returns the loss of the activations A, and sets dA = ∂L/∂A. Entropy and tc are NaN but for InfoMax.
	loss(dA, A Mat, rows []uint32) (loss, entropy, tc float64)
	// backward sets ∂L/∂W from ∂L/∂Z, both in layer, and ∂L/∂V. It may change ∂L/∂Z.
	backward(b block, rows []uint32, layer linear, A Mat)
}

// trainer holds one run's parameters, optimiser and reused memory.
type trainer struct {
	config Config
	X      *Set
	f      activation
	W, V   Mat       // places×K, arranged as X takes its inputs; V is the autoencoder's decoder
	b      []float64 // K

	objective objective // nil of random, pca and optimum, which take no steps
	block     block
	A, Z, dA  Mat       // batch×K; forward leaves f′(Z) in Z; backward works in dA
	dW        Mat       // places×K
	db        []float64 // K
	clock     adamClock
	learned   []adam
}

// newTrainer initialises a run. All objectives of one seed but pca start from the same W.
func newTrainer(c Config, s *Set) *trainer {
	t := &trainer{config: c, X: s, f: activationByName(c.Activation), b: make([]float64, c.K),
		W: s.arrange(xavier(s.D, c.K, c.Seed, streamWeights))}
	if c.Objective == "pca" {
		W, b := principalAxes(s, c.K)
		t.W, t.b = s.arrange(W), b
	}
	if !c.trains() {
		return t
	}
	batch := s.N
	if c.Batch > 0 {
		batch = min(batch, c.Batch)
	}
	t.block, t.clock = s.newBlock(), newAdamClock(c.LearningRate)
	t.A, t.Z, t.dA = newMat(batch, c.K), newMat(batch, c.K), newMat(batch, c.K)
	t.dW, t.db = newMat(t.W.Rows, c.K), make([]float64, c.K)
	t.learned = []adam{newAdam(t.W.Data, t.dW.Data), newAdam(t.b, t.db)}
	switch c.Objective {
	case "reconstruction":
		t.V = s.arrange(xavier(s.D, c.K, c.Seed, streamDecoder))
		dV := newMat(t.V.Rows, c.K)
		t.learned = append(t.learned, newAdam(t.V.Data, dV.Data))
		t.objective = &freeAutoencoder{newReconstruction(s, t.V, batch), dV}
	case "tied":
		t.objective = &tiedAutoencoder{newReconstruction(s, t.W, batch)}
	default:
		t.objective = newInfoMax(c.Lambda, batch, c.K)
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
	N := len(rows)
	A, Z, dA := t.A.head(N), t.Z.head(N), t.dA.head(N)
	t.objective.forward(t.block, rows, linear{Z, t.W, t.b, 1})
	t.f.apply(A, Z)
	loss, entropy, tc = t.objective.loss(dA, A, rows)
	if !finite(loss) {
		return loss, entropy, tc
	}
	dZ := dA // in the same memory
	if t.f.backward != nil {
		t.f.backward(dZ, A, Z)
	}
	columnSums(t.db, dZ)
	t.objective.backward(t.block, rows, linear{Z: dZ, W: t.dW, scale: 1}, A)
	t.clock.tick()
	for _, p := range t.learned {
		p.update(&t.clock)
	}
	return loss, entropy, tc
}

// train runs all epochs and returns the curve and the loss of the first batch before any step.
// It stops at a loss that is not finite, whose epoch is then the curve's last; ctx stops it
// with an error. after is called at the end of every epoch.
func (t *trainer) train(
	ctx context.Context, after func(epoch int, e Epoch),
) (curve []Epoch, first float64, err error) {
	rng := rand.New(rand.NewPCG(t.config.Seed, streamBatches))
	order := evenRows(t.X.N, t.X.N) // 0 … N−1
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

// diverged tells whether the last epoch's loss, a parameter or a moment of Adam's is not finite. A
// second moment that has overflowed stays infinite, and its parameter no longer moves.
func (t *trainer) diverged(loss float64) bool {
	return !finite(loss) || slices.ContainsFunc(t.learned, func(p adam) bool {
		return !allFinite(slices.Concat(p.w, p.m, p.v))
	})
}

// epoch takes the steps on the batches of order, the last of which may be shorter, but not one
// row alone, which has no variance. It returns the mean losses and the first batch's loss.
func (t *trainer) epoch(ctx context.Context, order []uint32) (e Epoch, first float64, err error) {
	var sum [3]float64
	steps := 0.0
	for rest := order; len(rest) > 1; {
		if err = ctx.Err(); err != nil {
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
