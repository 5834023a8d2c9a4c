package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// madeUpRows returns rows (N×K) of the given number of classes, which overlap; the last class is rare.
func madeUpRows(N, K, classes int) (Mat, []byte) {
	r := rand.New(rand.NewPCG(1, 12))
	F, labels := newMat(N, K), make([]byte, N)
	for n := range labels {
		labels[n] = byte(min(r.IntN(classes), r.IntN(2*classes)))
		for k := range K {
			F.Row(n)[k] = max(0, r.Float64()-0.3+0.1*float64((k+1)*int(labels[n])%5)) * float64(k+1)
		}
	}
	return F, labels
}

// rank counts the columns of T that are not zero.
func rank(p *probe) (n int) {
	Tt := p.T.T()
	for k := range Tt.Rows {
		if inner(Tt.Row(k), Tt.Row(k)) > 0 {
			n++
		}
	}
	return n
}

// copyOf is for a probe to take over.
func copyOf(m Mat) Mat { return Mat{m.Rows, m.Cols, slices.Clone(m.Data)} }

func TestProbeGradientMatchesFiniteDifferences(t *testing.T) {
	F, labels := madeUpRows(300, 5, 3)
	for name, transform := range map[string]func(Mat) Mat{"whitened": whitening, "standardised": standardising} {
		t.Run(name, func(t *testing.T) {
			p := newProbe(copyOf(F), labels, transform, 0.1)
			r := rand.New(rand.NewPCG(1, 13))
			x, gradient, unused := make([]float64, len(p.x)), make([]float64, len(p.x)), make([]float64, len(p.x))
			fillPlain(r, x)
			p.loss(x, gradient)
			want := make([]float64, len(x))
			for i, v := range x {
				const h = 1e-5
				x[i] = v + h
				above := p.loss(x, unused)
				x[i] = v - h
				want[i] = (above - p.loss(x, unused)) / (2 * h)
				x[i] = v
			}
			if diff := cmp.Diff(want, gradient, cmpopts.EquateApprox(1e-7, 1e-9)); diff != "" {
				t.Errorf("gradient (-differences +ours)\n%s", diff)
			}
		})
	}
}

// TestProbesAgreeWithScikitLearn on the problem of testdata/probe.py: some rows more than a hundred of
// their class, a constant unit, and one that the others determine.
func TestProbesAgreeWithScikitLearn(t *testing.T) {
	var golden struct {
		Train, Test [][]float64
		TrainLabels []int `json:"train_labels"`
		TestLabels  []int `json:"test_labels"`
		All, Few    struct {
			Logits, U [][]float64
			Beta      []float64
			Accuracy  float64
			Rank      int
			Rows      int
		}
	}
	text, err := os.ReadFile("testdata/probe_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	toBytes := func(labels []int) (b []byte) {
		for _, y := range labels {
			b = append(b, byte(y))
		}
		return b
	}
	F, A := Mat{len(golden.Train), 6, slices.Concat(golden.Train...)}, Mat{len(golden.Test), 6, slices.Concat(golden.Test...)}
	labels, testLabels := toBytes(golden.TrainLabels), toBytes(golden.TestLabels)
	close := cmpopts.EquateApprox(0, 1e-5)

	p := newProbe(copyOf(F), labels, whitening, probePenaltyAll)
	if _, converged := p.fit(1e-8); !converged || rank(p) != golden.All.Rank {
		t.Errorf("all: converged is %v, rank %d, want %d", converged, rank(p), golden.All.Rank)
	}
	if diff := cmp.Diff(slices.Concat(golden.All.Logits...), p.logits(A).Data, close); diff != "" {
		t.Errorf("all: logits (-scikit-learn +ours)\n%s", diff)
	}
	few, its := firstOfEachClass(F, labels, probeFew)
	p = newProbe(copyOf(few), its, standardising, probePenaltyFew)
	if _, converged := p.fit(1e-8); !converged || few.Rows != golden.Few.Rows {
		t.Errorf("few: converged is %v, %d rows, want %d", converged, few.Rows, golden.Few.Rows)
	}
	if diff := cmp.Diff(append(slices.Concat(golden.Few.U...), golden.Few.Beta...), p.x, close); diff != "" {
		t.Errorf("few: U and β (-scikit-learn +ours)\n%s", diff)
	}
	all, some := probeAccuracies(copyOf(F), labels, A, testLabels)
	if all.Accuracy != golden.All.Accuracy || some.Accuracy != golden.Few.Accuracy {
		t.Errorf("accuracies are %v and %v, want %v and %v", all.Accuracy, some.Accuracy, golden.All.Accuracy, golden.Few.Accuracy)
	}
}

func TestProbeGivesTheSameBitsEverywhere(t *testing.T) {
	defer func(c, w int) { cores, worthSplitting = c, w }(cores, worthSplitting)
	sizes := []struct{ classes, K int }{{3, 19}, {10, 19}, {4, 150}}
	if testing.Short() {
		sizes = sizes[:1]
	}
	for _, size := range sizes {
		classes := size.classes
		F, labels := madeUpRows(1500, size.K, classes)
		for name, transform := range map[string]func(Mat) Mat{"whitened": whitening, "standardised": standardising} {
			var want []float64
			for _, impl := range implementations() {
				for _, cores = range []int{1, 2, 5} {
					t.Run(fmt.Sprintf("%d classes, K = %d, %s/%s/%d cores", classes, size.K, name, impl, cores), func(t *testing.T) {
						force(t, impl)
						worthSplitting = 1000
						p := newProbe(copyOf(F), labels, transform, probePenaltyAll)
						evaluations, _ := p.fit(probeTolerance)
						got := append(p.x, float64(evaluations))
						if want == nil {
							want = got
						}
						if i, ok := sameBits(want, got); !ok || len(p.parts) < 2 {
							t.Errorf("element %d is %x, want %x; %d parts", i, got[i], want[i], len(p.parts))
						}
					})
				}
			}
		}
	}
}

func TestProbeLeavesConstantUnitsOut(t *testing.T) {
	F, labels := madeUpRows(500, 4, 3)
	wide := newMat(F.Rows, 6)
	for n := range F.Rows {
		copy(wide.Row(n)[1:], F.Row(n))
		wide.Row(n)[0], wide.Row(n)[5] = 7, 1e-7*float64(n%2)
	}
	for name, transform := range map[string]func(Mat) Mat{"whitened": whitening, "standardised": standardising} {
		want, got := newProbe(copyOf(F), labels, transform, probePenaltyAll), newProbe(copyOf(wide), labels, transform, probePenaltyAll)
		want.fit(probeTolerance)
		got.fit(probeTolerance)
		if rank(got) != 4 {
			t.Errorf("%s: rank %d of 4", name, rank(got))
		}
		if diff := cmp.Diff(want.logits(F).Data, got.logits(wide).Data, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s: logits (-without +with constant units)\n%s", name, diff)
		}
	}
	for n := range wide.Rows {
		wide.Row(n)[0] = 4e-6 * float64(n%2) // variance 4e-12
	}
	if r := rank(newProbe(wide, labels, standardising, probePenaltyFew)); r != 5 {
		t.Errorf("with a unit that varies a little: rank %d of 5", r)
	}
}

func TestProbeOfActivationsWithNothingInThem(t *testing.T) {
	rows, labels := newMat(50, 3), slices.Repeat([]byte{2, 0, 2, 4, 2}, 10)
	with := func(x float64, at int) Mat {
		F, _ := madeUpRows(50, 3, 3)
		F.Data[at] = x
		return F
	}
	fine := with(1, 0)
	for _, c := range []struct {
		name        string
		train, test Mat
		want        float64
		converged   bool
	}{
		{"all constant: the majority's share", rows, rows, 0.6, true},
		{"NaN", with(math.NaN(), 140), fine, math.NaN(), false},
		{"infinite", with(math.Inf(1), 140), fine, math.NaN(), false},
		{"squares overflow", with(1e200, 140), fine, math.NaN(), false},
		{"NaN in the test split", fine, with(math.NaN(), 149), math.NaN(), true},
		{"infinite in the test split", fine, with(math.Inf(-1), 0), math.NaN(), true},
		{"no unit", newMat(50, 0), newMat(50, 0), 0.6, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, few := probeAccuracies(copyOf(c.train), labels, c.test, labels)
			for _, got := range []probeResult{all, few} {
				if _, same := sameBits([]float64{c.want}, []float64{got.Accuracy}); !same || got.Converged != c.converged {
					t.Errorf("%+v, want %v, converged %v", got, c.want, c.converged)
				}
			}
		})
	}
	if all, few := probeAccuracies(copyOf(rows.head(1)), labels[:1], rows, labels); !math.IsNaN(all.Accuracy) || !math.IsNaN(few.Accuracy) {
		t.Errorf("one row has no variance, yet: %+v, %+v", all, few)
	}
}

func TestProbeGivesTiesToTheLowestClass(t *testing.T) {
	F := newMat(6, 2)
	all, few := probeAccuracies(copyOf(F), []byte{2, 1, 0, 2, 1, 0}, F, []byte{0, 0, 1, 2, 1, 9})
	want := probeResult{Accuracy: 2. / 6, Evaluations: 1, Converged: true}
	if all != want || few != want {
		t.Errorf("%+v and %+v, want %+v", all, few, want)
	}
}

// TestProbeOfSeparableRowsConverges: without the penalty its weights would grow for ever.
func TestProbeOfSeparableRowsConverges(t *testing.T) {
	F, labels := newMat(600, 3), make([]byte, 600)
	for n := range labels {
		labels[n] = byte(n % 3)
		F.Row(n)[n%3] = 1 + float64(n%7)/10
	}
	all, few := probeAccuracies(copyOf(F), labels, F, labels)
	for _, got := range []probeResult{all, few} {
		if got.Accuracy != 1 || !got.Converged || got.Evaluations > 100 {
			t.Errorf("%+v", got)
		}
	}
}

func TestProbeKeepsTheFirstRowsOfEachClassInOrder(t *testing.T) {
	F := newMat(7, 1)
	for n := range F.Data {
		F.Data[n] = float64(n)
	}
	few, labels := firstOfEachClass(F, []byte{1, 1, 0, 1, 0, 3, 0}, 2)
	if diff := cmp.Diff([]float64{0, 1, 2, 4, 5}, few.Data); diff != "" || string(labels) != "\x01\x01\x00\x00\x03" || few.Rows != 5 {
		t.Errorf("labels %v, %d rows (-want +got)\n%s", labels, few.Rows, diff)
	}
}

// TestProbeMinimiserEnds: at a minimum from where it begins, at the bound on a function that falls for ever
// in ever smaller steps, and where no step leads down.
func TestProbeMinimiserEnds(t *testing.T) {
	for _, c := range []struct {
		name      string
		f         func(x, gradient []float64) float64
		most      int
		converged bool
	}{
		{"a valley 10⁶ times as long as wide", func(x, g []float64) float64 {
			g[0], g[1] = x[0]-1, 1e-6*x[1]-1e-3
			return float64((x[0]-1)*(x[0]-1))/2 + float64(x[1]*x[1])*5e-7 - float64(1e-3*x[1])
		}, 50, true},
		{"no lower bound", func(x, g []float64) float64 { g[0], g[1] = 1, 1; return x[0] + x[1] }, probeEvaluations, false},
		{"a gradient that points the wrong way", func(x, g []float64) float64 { g[0], g[1] = 1, 0; return -x[0] }, 50, false},
		{"not a number", func(x, g []float64) float64 { g[0], g[1] = math.NaN(), 0; return math.NaN() }, 50, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			evaluations, converged := minimise(c.f, make([]float64, 2), probeTolerance, probeEvaluations)
			if evaluations > c.most || converged != c.converged {
				t.Errorf("%d evaluations, converged is %v; want at most %d, %v", evaluations, converged, c.most, c.converged)
			}
		})
	}
}

// TestProbeMinimiserKeepsPairsOfPositiveCurvature, and ten of them at most.
func TestProbeMinimiserKeepsPairsOfPositiveCurvature(t *testing.T) {
	at, ahead := []float64{0, 0}, []float64{1, 0}
	for name, c := range map[string]struct {
		gradient []float64
		kept     int
	}{"up": {[]float64{1, 0}, 1}, "down": {[]float64{-1, 0}, 0}, "across": {[]float64{0, 1}, 0}} {
		if pairs := remember(nil, ahead, at, c.gradient, at); len(pairs) != c.kept {
			t.Errorf("a gradient that changes %s the step: %d pairs, want %d", name, len(pairs), c.kept)
		}
	}
	// Rosenbrock's valley in twelve dimensions, where every number of pairs takes another number of evaluations.
	evaluations, converged := minimise(func(x, g []float64) (f float64) {
		clear(g)
		for i := range len(x) - 1 {
			a, b := 1-x[i], x[i+1]-float64(x[i]*x[i])
			f += float64(a*a) + float64(100*float64(b*b))
			g[i] -= 2*a + float64(400*float64(x[i]*b))
			g[i+1] += 200 * b
		}
		return f
	}, make([]float64, 12), 1e-6, probeEvaluations)
	if evaluations != 89 || !converged {
		t.Errorf("%d evaluations, converged is %v", evaluations, converged)
	}
}

// layerOutputs returns the activations of a whole split in a layer of K random units.
func layerOutputs(s *Set, activation string, K int, seed uint64) Mat {
	A, Z := newMat(s.N, K), newMat(s.N, K)
	W := xavier(s.D, K, seed, streamWeights)
	multiply(s.newBlock(), allRows(s.N), product{Z, s.arrange(W), make([]float64, K), 1})
	activationByName(activation).forward(A.Data, Z.Data, K)
	return A
}

func BenchmarkProbe(b *testing.B) {
	data := mnistForTest(b)
	for _, name := range []string{"relu", "softmax"} {
		for _, K := range []int{16, 32, 64, 256, 1024} {
			train, test := layerOutputs(&data.Train, name, K, 1), layerOutputs(&data.Test, name, K, 1)
			b.Run(fmt.Sprintf("act=%s/K=%d", name, K), func(b *testing.B) {
				var all, few probeResult
				for b.Loop() {
					all, few = probeAccuracies(copyOf(train), data.Train.labels, test, data.Test.labels)
				}
				b.ReportMetric(all.Accuracy, "accuracy")
				b.ReportMetric(float64(all.Evaluations), "evaluations")
				b.ReportMetric(few.Accuracy, "accuracy-1000")
				b.ReportMetric(float64(few.Evaluations), "evaluations-1000")
				if K > jacobiLimit {
					p := newProbe(copyOf(train), data.Train.labels, whitening, probePenaltyAll)
					evaluations, _ := p.fit(probeTolerance)
					b.ReportMetric(p.accuracy(test, data.Test.labels), "accuracy-1e-5")
					b.ReportMetric(float64(evaluations), "evaluations-1e-5")
				}
			})
		}
	}
}
