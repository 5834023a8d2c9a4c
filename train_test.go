package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// golden is testdata/golden.json, whose note says where its numbers come from.
type golden struct {
	InfoMax []struct {
		Act                    string
		Lam, Loss, Entropy, TC float64
		X, W, A, DW            [][]float64
		B, DB                  []float64
	}
	Reconstruction []struct {
		Act             string
		Loss            float64
		X, W, V, DW, DV [][]float64
		B, DB           []float64
	}
	Adam []struct {
		P0            []float64
		LR            float64
		Grads, Params [][]float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	readJSON(t, "testdata/golden.json", &g)
	if len(g.InfoMax) != 18 || len(g.Reconstruction) != 6 || len(g.Adam) != 1 {
		t.Fatalf("golden.json has %d, %d, %d cases", len(g.InfoMax), len(g.Reconstruction), len(g.Adam))
	}
	return g
}

// readJSON reads a file of numbers that another program made.
func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func matOf(rows [][]float64) Mat {
	return Mat{len(rows), len(rows[0]), slices.Concat(rows...)}
}

// setOf codes dense rows as sparse images of two lines, of one line if D is odd, unless they have too many values.
func setOf(X Mat) Set {
	s, height := realSet(X.Data, 1, X.Cols, make([]byte, X.Rows)), 2-X.Cols%2
	line, sparse := s.inputs.(*sparse)
	if !sparse {
		return s
	}
	codes := make([]byte, 0, len(X.Data))
	for _, x := range X.Data {
		codes = append(codes, byte(slices.Index(line.level[:], x)))
	}
	s.inputs = newSparse(codes, height, X.Cols/height, line.level[:])
	return s
}

func allRows(n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	return rows
}

// denseCopy is a set in the other form.
func denseCopy(s Set) *Set {
	d := denseSet(elementsOf(s), s.D, s.labels)
	return &d
}

// trainerOn returns a trainer for one full batch of s that starts from W (K×D), b and V (D×K).
func trainerOn(c Config, s Set, W Mat, b []float64, V Mat) *trainer {
	c.K, c.Seed, c.LearningRate = W.Rows, 1, 1e-3
	t := newTrainer(c, &s)
	copy(t.W.Data, s.arrange(W.T()).Data)
	copy(t.b, b)
	if c.Objective == "reconstruction" {
		copy(t.V.Data, s.arrange(V).Data)
	}
	return t
}

func gradientOfV(t *trainer) Mat { return t.objective.(*freeAutoencoder).dV }

// closeTo compares to 1e-10 of the smaller magnitude, the agreement that golden.json promises for
// losses and gradients; a number that cancels to zero may differ by 1e-13.
var closeTo = cmpopts.EquateApprox(1e-10, 1e-13)

func TestInfoMaxAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).InfoMax {
		t.Run(fmt.Sprintf("%s λ=%v", c.Act, c.Lam), func(t *testing.T) {
			config := Config{Objective: "infomax", Activation: c.Act, Lambda: c.Lam}
			tr := trainerOn(config, setOf(matOf(c.X)), matOf(c.W), c.B, Mat{})
			loss, entropy, tc := tr.step(allRows(tr.X.N))
			got := []any{loss, entropy, tc, tr.A.Data, tr.X.restore(tr.dW).T().Data, tr.db}
			want := []any{c.Loss, c.Entropy, c.TC, matOf(c.A).Data, matOf(c.DW).Data, c.DB}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("loss, entropy, tc, A, dW, db (-want +got)\n%s", diff)
			}
		})
	}
}

func TestReconstructionAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).Reconstruction {
		t.Run(c.Act, func(t *testing.T) {
			config := Config{Objective: "reconstruction", Activation: c.Act}
			tr := trainerOn(config, setOf(matOf(c.X)), matOf(c.W), c.B, matOf(c.V))
			loss, _, _ := tr.step(allRows(tr.X.N))
			got := []any{loss, tr.X.restore(tr.dW).T().Data, tr.db, tr.X.restore(gradientOfV(tr)).Data}
			want := []any{c.Loss, matOf(c.DW).Data, c.DB, matOf(c.DV).Data}
			if diff := cmp.Diff(want, got, closeTo); diff != "" {
				t.Errorf("loss, dW, db, dV (-want +got)\n%s", diff)
			}
		})
	}
}

func TestAdamAgreesWithPyTorch(t *testing.T) {
	for _, c := range readGolden(t).Adam {
		w, gradient := slices.Clone(c.P0), make([]float64, len(c.P0))
		a, clock := newAdam(w, gradient), newAdamClock(c.LR)
		for i, g := range c.Grads {
			clock.tick()
			copy(gradient, g)
			a.update(&clock)
			if diff := cmp.Diff(c.Params[i], w, closeTo); diff != "" {
				t.Fatalf("step %d (-want +got)\n%s", i+1, diff)
			}
		}
	}
}

// TestGradientsMatchFiniteDifferences takes every parameter of every activation and objective, over
// sparse and dense inputs and a batch that is no multiple of four rows, by central differences, twice extrapolated:
// (64 f′(h/4) − 20 f′(h/2) + f′(h))/45 has an error of O(h⁶).
func TestGradientsMatchFiniteDifferences(t *testing.T) {
	const N, D, K = 11, 7, 4
	X := newMat(N, D)
	for i, x := range xavier(N, D, 7, streamData).Data {
		X.Data[i] = max(0, 2*x) + 0.1*float64(i%3) // some are 0
	}
	V, b := xavier(D, K, 7, streamDecoder), []float64{0.3, -0.2, 0.1, 0.4}
	var W Mat
	for seed := uint64(1); W.Data == nil || nearKink(X, W, b); seed++ {
		W = xavier(K, D, seed, streamWeights)
	}
	for _, f := range activations {
		for _, c := range []Config{
			{Objective: "infomax", Lambda: 1}, {Objective: "infomax", Lambda: 10}, {Objective: "variance"},
			{Objective: "reconstruction"}, {Objective: "tied"},
		} {
			for _, s := range []Set{setOf(X), denseSet(X.Data, D, nil)} {
				c.Activation = f.name
				t.Run(fmt.Sprintf("%s %s λ=%v %T", f.name, c.Objective, c.Lambda, s.inputs), func(t *testing.T) {
					checkGradients(t, c, s, W, b, V)
				})
			}
		}
	}
}

// nearKink tells whether a step of the differences could take some z = wx + b over 0.
func nearKink(X, W Mat, b []float64) bool {
	for n := range X.Rows {
		for k := range W.Rows {
			if math.Abs(inner(X.Row(n), W.Row(k))+b[k]) < 0.01 {
				return true
			}
		}
	}
	return false
}

func checkGradients(t *testing.T, c Config, s Set, W Mat, b []float64, V Mat) {
	t.Helper()
	tr, probe := trainerOn(c, s, W, b, V), trainerOn(c, s, W, b, V)
	probe.step(allRows(s.N))
	lossAt := func(p *float64, x float64) float64 {
		saved := *p
		*p = x
		defer func() { *p = saved }()
		trial := trainerOn(c, s, s.restore(tr.W).T(), tr.b, s.restore(tr.V))
		loss, _, _ := trial.step(allRows(s.N))
		return loss
	}
	check := func(name string, params, grad []float64) {
		for i := range params {
			x := params[i]
			slope := func(h float64) float64 {
				return (lossAt(&params[i], x+h) - lossAt(&params[i], x-h)) / (2 * h)
			}
			const h = 2e-3
			want := (64*slope(h/4) - 20*slope(h/2) + slope(h)) / 45
			if math.Abs(grad[i]-want) > 1e-7*max(1e-2, math.Abs(want)) {
				t.Errorf("%s[%d] = %.12g, finite differences give %.12g", name, i, grad[i], want)
			}
		}
	}
	check("W", tr.W.Data, probe.dW.Data)
	check("b", tr.b, probe.db)
	if c.Objective == "reconstruction" {
		check("V", tr.V.Data, gradientOfV(probe).Data)
	}
}

// TestALastBatchOfOneRowIsDropped: it has no variance. One of two rows is not.
func TestALastBatchOfOneRowIsDropped(t *testing.T) {
	data := sampleData()
	for batch, steps := range map[int][]int{299: {299}, 298: {298, 300}} {
		c := Config{Objective: "infomax", Activation: "tanh", K: 3, Lambda: 1, Batch: batch, LearningRate: 1e-3}
		epoch, alone := newTrainer(c, &data.Train), newTrainer(c, &data.Train)
		e, _, err := epoch.epoch(t.Context(), allRows(300))
		var want Epoch
		from, n := 0, Number(len(steps))
		for _, to := range steps {
			loss, entropy, tc := alone.step(allRows(300)[from:to])
			want.Loss += Number(loss) / n
			want.Entropy += Number(entropy) / n
			want.TC += Number(tc) / n
			from = to
		}
		if err != nil || e != want || !slices.Equal(epoch.W.Data, alone.W.Data) {
			t.Errorf("300 rows in batches of %d: %v, want %v; %v", batch, e, want, err)
		}
	}
}

// TestLossOfMoreUnitsThanRowsIsTheSame: its N×N side against the K×K side, which is right for any N, after a
// batch of more rows, and with a unit that does not vary.
func TestLossOfMoreUnitsThanRowsIsTheSame(t *testing.T) {
	const lambda = 1.5
	for _, N := range []int{2, 5, 129} {
		for _, K := range []int{N + 1, N + 2, 2*N + 70} {
			A := xavier(N, K, 3, streamWeights)
			for n := range N {
				A.Row(n)[K/2] = 0
			}
			wide, l, got, want := newInfoMax(lambda, K-1, K), newInfoMax(lambda, K, K), newMat(N, K), newMat(N, K)
			wide.loss(newMat(K-1, K), xavier(K-1, K, 4, streamWeights), nil)
			loss, entropy, tc := wide.loss(got, A, nil)
			wantEntropy, wantTC := l.terms(A)
			l.gradient(want)
			wantTerms := []float64{wantEntropy + lambda*wantTC, wantEntropy, wantTC}
			diff := cmp.Diff(wantTerms, []float64{loss, entropy, tc}, closeTo)
			if diff != "" {
				t.Errorf("%d×%d: loss, entropy, tc (-K×K +N×N)\n%s", N, K, diff)
			}
			scale := largestOf(want.Data)
			if diff := cmp.Diff(want.Data, got.Data, cmpopts.EquateApprox(1e-10, 1e-12*scale)); diff != "" {
				t.Errorf("%d×%d: ∂L/∂A (-K×K +N×N)\n%s", N, K, diff)
			}
			for n := range N {
				if got.Row(n)[K/2] != 0 {
					t.Errorf("%d×%d: a unit that does not vary has the gradient %v", N, K, got.Row(n)[K/2])
				}
			}
		}
	}
}

// TestReconstructionOfManyUnitsIsTheSame: by the decoder's outputs against by G and H.
func TestReconstructionOfManyUnitsIsTheSame(t *testing.T) {
	const N, K = 64, 300
	s := &sampleData().Train
	V := s.arrange(xavier(s.D, K, 2, streamDecoder))
	many, few := newReconstruction(s, V, N), newReconstruction(s, V, N)
	if !many.many() {
		t.Fatalf("%d are not many", K)
	}
	few.B, few.G, few.H = Mat{}, newMat(K, K), newMat(K, K)
	A, rows := xavier(N, K, 3, streamData), allRows(N)
	var results [2][]any
	for i, l := range []*reconstruction{&many, &few} {
		copy(l.Y.Data, xavier(N, K, 4, streamData).Data)
		dA, dV := newMat(N, K), xavier(V.Rows, K, 5, streamData)
		loss, _, _ := l.loss(dA, A, rows)
		l.finish(dV, A)
		results[i] = []any{loss, dA.Data, dV.Data}
	}
	if diff := cmp.Diff(results[1], results[0], cmpopts.EquateApprox(1e-10, 1e-12)); diff != "" {
		t.Errorf("loss, dA, dV (-by G and H +by outputs)\n%s", diff)
	}
}

// TestTiedWeightsAreOneMatrix: decoder and encoder share their memory, W learns, and no V is written.
func TestTiedWeightsAreOneMatrix(t *testing.T) {
	data := sampleData()
	c := Config{Objective: "tied", Activation: "tanh", K: 5, Seed: 1, Epochs: 2, Batch: 128, LearningRate: 1e-3}
	r, w, err := run(t.Context(), c, data, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.V.Data) != 0 {
		t.Errorf("V is written: %d×%d", w.V.Rows, w.V.Cols)
	}
	if cmp.Equal(w.W, w.W0) || !(r.FinalLoss < r.InitialLoss) {
		t.Errorf("loss from %v to %v", r.InitialLoss, r.FinalLoss)
	}
}

// TestTiedIdentityBecomesOrthogonal: ‖x − WᵀWx‖² is least where rows of W are orthonormal and span the
// principal axes.
func TestTiedIdentityBecomesOrthogonal(t *testing.T) {
	X := withAxes([]float64{1, -2, 0, 0.5, 3, 0.1}, orthonormal(6, 5, 1), 1, 0.8, 0.6, 0.4, 0.2)
	s := realSet(X.Data, 1, X.Cols, nil)
	c := Config{Objective: "tied", Activation: "identity", K: 3, Seed: 1, Epochs: 1500, LearningRate: 1e-2}
	r, _, err := run(t.Context(), c, &Dataset{Train: s, Test: s}, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	if !(r.Init.WeightCorrelation > 1e-2) || !(r.Final.WeightCorrelation < 1e-4) || !(r.Final.EffectiveRank > 2.999) {
		t.Errorf("weight correlation from %v to %v, effective rank %v",
			r.Init.WeightCorrelation, r.Final.WeightCorrelation, r.Final.EffectiveRank)
	}
}

// bitsEverywhere are the SHA-256 of the weights, curves and metrics of runs, the same on every processor and
// operating system. They change with numericsVersion and with the runs.
var bitsEverywhere = map[string]string{
	"images": "baeb70becf592b56bb4a3a4d6f9aa2ac1ef358be5fa6c43a09a646f4e23156e2",
	"plane":  "1b4cd68daaf2e06eec6db76a0e50ffc02bf3ef00cfd2e2a1e7af0afe3490f965",
	"large":  "60f80f1c73a174daa98d9086c35109651536be1e7c6e7dc6df00d487d36c1e55",
}

// sampleConfigs reach every kernel: all activations and objectives, widths that are no multiple
// of a register, batches over one block, and more units than rows.
func sampleConfigs() (configs []Config) {
	for i, f := range activations {
		c := Config{Objective: "infomax", Activation: f.name, K: 19 + 3*i, Lambda: 1, Epochs: 1, Batch: 128}
		configs = append(configs, c)
	}
	return append(configs,
		Config{Objective: "variance", Activation: "relu", K: 7, Epochs: 2, Batch: 64},
		Config{Objective: "reconstruction", Activation: "tanh", K: 37, Epochs: 1, Batch: 128},
		Config{Objective: "infomax", Activation: "softplus", K: 41, Lambda: 10, Epochs: 1, Batch: 32},
		Config{Objective: "infomax", Activation: "identity", K: 5, Lambda: 0.1, Epochs: 3, Batch: 0},
		Config{Objective: "reconstruction", Activation: "softmax", K: 67, Epochs: 1, Batch: 0},
		Config{Objective: "infomax", Activation: "relu", K: 66, Lambda: 1, Epochs: 1, Batch: 128},
		Config{Objective: "random", Activation: "softmax", K: 8},
		Config{Objective: "tied", Activation: "leaky_relu", K: 21, Epochs: 1, Batch: 128},
	)
}

// planeConfigs are on clusters; largeConfigs have more than manyUnits, and what is then done in other ways.
var planeConfigs = []Config{
	{Objective: "pca", Activation: "softplus", K: 11},
	{Objective: "infomax", Activation: "tanh", K: 5, Lambda: 1, Epochs: 2, Batch: 128},
	{Objective: "reconstruction", Activation: "relu", K: 3, Epochs: 1, Batch: 100},
}

var largeConfigs = []Config{
	{Objective: "infomax", Activation: "relu", K: 150, Lambda: 1, Epochs: 1, Batch: 128},
	{Objective: "random", Activation: "softmax", K: 230},
}

// sampleData is a small set like MNIST: 14×14 pixels, one in five of them on.
func sampleData() *Dataset {
	r := rand.New(rand.NewPCG(1, 7))
	draw := func(n int) Set {
		codes := make([]byte, n*196)
		for i := range codes {
			if r.IntN(5) == 0 {
				codes[i] = byte(r.Uint32())
			}
		}
		labels := make([]byte, n)
		for i := range labels {
			labels[i] = byte(i % 4)
		}
		return imageSet(codes, 14, 14, labels)
	}
	return &Dataset{Train: draw(300), Test: draw(64)}
}

func hashFloats(h hash.Hash, x []float64) {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	h.Write(b)
}

// fingerprint hashes all that the runs give.
func fingerprint(t *testing.T, data *Dataset, configs ...Config) string {
	t.Helper()
	h := sha256.New()
	for _, c := range configs {
		hashRun(t, h, c, data)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// hashRun adds a run's weights, metrics and curve to h.
func hashRun(t *testing.T, h hash.Hash, c Config, data *Dataset) {
	t.Helper()
	c.Seed, c.LearningRate = 3, 1e-3
	if c.K <= maxTCUnits {
		c.TCRows = 64
	}
	r, w, err := run(t.Context(), c, data, new(starts), func(int, Epoch) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][]float64{w.W.Data, w.B, w.W0.Data, w.B0, w.V.Data, w.Trajectory} {
		hashFloats(h, x)
	}
	measured, err := json.Marshal([]any{r.Init, r.Final, r.InitialLoss, r.FinalLoss, r.EpochsTo90, r.Curve, r.Status})
	if err != nil {
		t.Fatal(err)
	}
	h.Write(measured)
}

// With -short, for processors that are emulated, only the last implementation, the fastest, has the large runs.
func TestRunsGiveTheSameBitsEverywhere(t *testing.T) {
	all := implementations()
	plane := clusters()
	plane.Train.labels = nil // the probes of 8,000 points take long where a processor is emulated
	for i, impl := range all {
		t.Run(impl, func(t *testing.T) {
			force(t, impl)
			got := map[string]string{
				"images": fingerprint(t, sampleData(), sampleConfigs()...),
				"plane":  fingerprint(t, plane, planeConfigs...),
			}
			if !testing.Short() || i == len(all)-1 {
				got["large"] = fingerprint(t, sampleData(), largeConfigs...)
			}
			for name, hash := range got {
				if hash != bitsEverywhere[name] {
					t.Errorf("fingerprint of %s %s, want %s", name, hash, bitsEverywhere[name])
				}
			}
		})
	}
}

// TestStepAllocatesNothing: a step at the experiment's sizes reuses its memory.
func TestStepAllocatesNothing(t *testing.T) {
	data := sampleData()
	for _, objective := range []string{"infomax", "reconstruction", "tied"} {
		for _, f := range activations {
			for _, c := range []Config{{K: 64, Batch: 128}, {K: 17, Batch: 0}, {K: 100, Batch: 128}} {
				c.Objective, c.Activation, c.Lambda, c.LearningRate = objective, f.name, 1, 1e-3
				for _, s := range []*Set{&data.Train, denseCopy(data.Train)} {
					tr := newTrainer(c, s)
					rows := allRows(tr.A.Rows)
					if n := testing.AllocsPerRun(10, func() { tr.step(rows) }); n != 0 {
						t.Errorf("%s, %s, K = %d, %d rows, %T: %v allocations a step",
							objective, f.name, c.K, len(rows), s.inputs, n)
					}
				}
			}
		}
	}
}

var realMNIST = sync.OnceValues(func() (*Dataset, error) { return mnist.load("", false, quiet) })

func mnistForTest(tb testing.TB) *Dataset {
	tb.Helper()
	data, err := realMNIST()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func BenchmarkStep(b *testing.B) {
	for _, f := range activations {
		for _, k := range []int{16, 32, 64, 256, 512, 1024} {
			for _, impl := range implementations() {
				b.Run(fmt.Sprintf("act=%s/K=%d/impl=%s", f.name, k, impl), func(b *testing.B) {
					force(b, impl)
					benchmarkStep(b, Config{Objective: "infomax", Activation: f.name, K: k})
				})
			}
		}
	}
}

func BenchmarkReconstructionStep(b *testing.B) {
	for _, k := range []int{16, 32, 64} {
		b.Run(fmt.Sprintf("K=%d", k), func(b *testing.B) {
			benchmarkStep(b, Config{Objective: "reconstruction", Activation: "relu", K: k})
		})
	}
}

func benchmarkStep(b *testing.B, c Config) {
	data := mnistForTest(b)
	c.Batch, c.LearningRate, c.Seed, c.Lambda = 128, 1e-3, 1, 1
	t := newTrainer(c, &data.Train)
	rows := shuffledRows(data.Train.N)
	for i := 0; b.Loop(); i = (i + 1) % 467 {
		t.block.prefetch(rows[(i+1)*128 : (i+2)*128])
		t.step(rows[i*128 : (i+1)*128])
	}
}

func shuffledRows(n int) []uint32 {
	rows := allRows(n)
	rand.New(rand.NewPCG(1, 6)).Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}
