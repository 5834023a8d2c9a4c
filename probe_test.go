package main

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// transforms are those of the two probes.
var transforms = map[string]func(cov Mat) Mat{"whitened": whitening, "standardised": standardising}

// TestProbeIsThatOfItsDefinition: L by its formula, and its gradient by finite differences, of few units and of many,
// whose rows are projected or not, and whose constant units are left out.
func TestProbeIsThatOfItsDefinition(t *testing.T) {
	few, fewLabels := madeUpRows(300, 5, 3)
	many, manyLabels := madeUpRows(700, 190, 4)
	for n := range many.Rows {
		many.Row(n)[3], many.Row(n)[150] = 7, 0
	}
	r := rand.New(rand.NewPCG(1, 13))
	ofRank := func(columns int) func(Mat) Mat {
		return func(cov Mat) Mat {
			T := newMat(cov.Rows, cov.Cols)
			for i := range T.Data {
				if i%T.Cols < columns {
					T.Data[i] = r.Float64() / 100
				}
			}
			return T
		}
	}
	for _, c := range []struct {
		name      string
		F         Mat
		labels    []byte
		transform func(Mat) Mat
		units     int
		projected bool
	}{
		{"whitened", few, fewLabels, whitening, 5, false},
		{"standardised", few, fewLabels, standardising, 5, false},
		{"many", many, manyLabels, ofRank(188), 188, false},
		{"many, projected", many, manyLabels, ofRank(20), 20, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(copyOf(c.F), c.labels, c.transform, 0.1)
			if p.projected != c.projected || p.F.Cols != c.units {
				t.Fatalf("projected is %v, %d columns", p.projected, p.F.Cols)
			}
			fillPlain(r, p.x)
			gradient, unused := make([]float64, len(p.x)), make([]float64, len(p.x))
			loss, want := p.loss(p.x, gradient), 0.0
			for n, Z := 0, p.logits(c.F); n < Z.Rows; n++ {
				sum := 0.0
				for _, z := range Z.Row(n) {
					sum += math.Exp(z - Z.Row(n)[c.labels[n]])
				}
				want += math.Log(sum) / float64(Z.Rows)
			}
			for _, u := range p.x[:len(p.x)-p.classes] {
				want += 0.05 * u * u
			}
			if math.Abs(loss/want-1) > 1e-12 {
				t.Errorf("L = %v, want %v", loss, want)
			}
			for i := 0; i < len(p.x); i += max(1, len(p.x)/20) {
				const h = 1e-5
				v := p.x[i]
				p.x[i] = v + h
				above := p.loss(p.x, unused)
				p.x[i] = v - h
				difference := (above - p.loss(p.x, unused)) / (2 * h)
				p.x[i] = v
				if math.Abs(difference-gradient[i]) > 1e-8+1e-7*math.Abs(difference) {
					t.Errorf("∂L/∂x of %d is %v, by differences %v", i, gradient[i], difference)
				}
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
			Logits, U  [][]float64
			Beta       []float64
			Accuracy   float64
			Rank, Rows int
		}
	}
	readJSON(t, "testdata/probe_golden.json", &golden)
	toBytes := func(labels []int) (b []byte) {
		for _, y := range labels {
			b = append(b, byte(y))
		}
		return b
	}
	F, A := matOf(golden.Train), matOf(golden.Test)
	labels, testLabels := toBytes(golden.TrainLabels), toBytes(golden.TestLabels)
	fine := cmpopts.EquateApprox(0, 1e-5)

	p := newProbe(copyOf(F), labels, whitening, probePenaltyAll)
	if _, converged := p.fit(1e-8); !converged || rank(p) != golden.All.Rank {
		t.Errorf("all: converged is %v, rank %d, want %d", converged, rank(p), golden.All.Rank)
	}
	if diff := cmp.Diff(slices.Concat(golden.All.Logits...), p.logits(A).Data, fine); diff != "" {
		t.Errorf("all: logits (-scikit-learn +ours)\n%s", diff)
	}
	few, its := firstOfEachClass(F, labels, probeFew)
	p = newProbe(copyOf(few), its, standardising, probePenaltyFew)
	if _, converged := p.fit(1e-8); !converged || few.Rows != golden.Few.Rows {
		t.Errorf("few: converged is %v, %d rows, want %d", converged, few.Rows, golden.Few.Rows)
	}
	if diff := cmp.Diff(append(slices.Concat(golden.Few.U...), golden.Few.Beta...), p.x, fine); diff != "" {
		t.Errorf("few: U and β (-scikit-learn +ours)\n%s", diff)
	}
	all, some := probeAccuracies(copyOf(F), labels, A, testLabels)
	got, want := [2]float64{all.Accuracy, some.Accuracy}, [2]float64{golden.All.Accuracy, golden.Few.Accuracy}
	if got != want {
		t.Errorf("accuracies are %v, want %v", got, want)
	}
}

// TestProbeLeavesConstantUnitsOut, and keeps those that vary a little.
func TestProbeLeavesConstantUnitsOut(t *testing.T) {
	F, labels := madeUpRows(500, 4, 3)
	wide := withColumn(F, 4, func(n int) float64 { return 1e-7 * float64(n%2) })
	wide = withColumn(wide, 0, func(int) float64 { return 7 })
	for name, transform := range transforms {
		want, got := newProbe(copyOf(F), labels, transform, 0.1), newProbe(copyOf(wide), labels, transform, 0.1)
		want.fit(probeTolerance)
		got.fit(probeTolerance)
		if rank(got) != 4 {
			t.Errorf("%s: rank %d of 4", name, rank(got))
		}
		if diff := cmp.Diff(want.logits(F).Data, got.logits(wide).Data, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s: logits (-without +with constant units)\n%s", name, diff)
		}
	}
	little := withColumn(F, 0, func(n int) float64 { return 4e-6 * float64(n%2) }) // variance 4e-12
	if r := rank(newProbe(little, labels, standardising, probePenaltyFew)); r != 5 {
		t.Errorf("with a unit that varies a little: rank %d of 5", r)
	}
}

// TestProbeOfMixturesIsThatOfTheirSources: whitening undoes any mixture, so that 210 mixtures of six units,
// 70 constant units among them, are classified as the six are.
func TestProbeOfMixturesIsThatOfTheirSources(t *testing.T) {
	const K = 210
	F, labels := madeUpRows(700, 6, 3)
	mix, wide := xavier(6, K, 1, streamData), newMat(F.Rows, K)
	for i := range mix.Data {
		if i%K%3 == 0 {
			mix.Data[i] = 0
		}
	}
	matmul(wide, F, mix)
	for i := range wide.Data {
		wide.Data[i] += float64(i % K)
	}
	want, got := newProbe(copyOf(F), labels, whitening, 1e-4), newProbe(copyOf(wide), labels, whitening, 1e-4)
	if !got.projected || got.F.Cols != 6 || len(got.units) != 140 {
		t.Errorf("%d of 210 units are fitted in %d dimensions, want 140 in 6", len(got.units), got.F.Cols)
	}
	want.fit(1e-8)
	got.fit(1e-8)
	if diff := cmp.Diff(want.logits(F).Data, got.logits(wide).Data, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
		t.Errorf("logits (-of six +of their mixtures)\n%s", diff)
	}
}

// TestProbeOfActivationsWithNothingInThem: labels are 2 in 60 % of the rows.
func TestProbeOfActivationsWithNothingInThem(t *testing.T) {
	nothing, labels := newMat(50, 3), slices.Repeat([]byte{2, 0, 2, 4, 2}, 10)
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
		{"all constant", nothing, nothing, 0.6, true},
		{"no unit", newMat(50, 0), newMat(50, 0), 0.6, true},
		{"NaN", with(math.NaN(), 140), fine, math.NaN(), false},
		{"infinite", with(math.Inf(1), 140), fine, math.NaN(), false},
		{"squares overflow", with(1e200, 140), fine, math.NaN(), false},
		{"NaN in the test split", fine, with(math.NaN(), 149), math.NaN(), true},
		{"infinite in the test split", fine, with(math.Inf(-1), 0), math.NaN(), true},
		{"one row", fine.head(1), nothing, math.NaN(), false},
	} {
		all, few := probeAccuracies(copyOf(c.train), labels[:c.train.Rows], c.test, labels)
		for _, got := range []probeResult{all, few} {
			if _, same := sameBits([]float64{c.want}, []float64{got.Accuracy}); !same || got.Converged != c.converged {
				t.Errorf("%s: %+v, want %v, converged %v", c.name, got, c.want, c.converged)
			}
		}
	}
	// Ties go to the lowest class.
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
		{"no lower bound", func(x, g []float64) float64 {
			g[0], g[1] = 1, 1
			return x[0] + x[1]
		}, probeEvaluations, false},
		{"a gradient that points the wrong way", func(x, g []float64) float64 {
			g[0], g[1] = 1, 0
			return -x[0]
		}, 50, false},
		{"not a number", func(x, g []float64) float64 {
			g[0], g[1] = math.NaN(), 0
			return math.NaN()
		}, 50, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			evaluations, converged := minimise(c.f, make([]float64, 2), probeTolerance, probeEvaluations)
			if evaluations > c.most || converged != c.converged {
				t.Errorf("%d evaluations, converged is %v; want at most %d, %v",
					evaluations, converged, c.most, c.converged)
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

func BenchmarkProbe(b *testing.B) {
	data := mnistForTest(b)
	for _, name := range []string{"relu", "softmax"} {
		for _, K := range []int{16, 32, 64, 256, 1024} {
			random := newTrainer(Config{Objective: "random", Activation: name, K: K, Seed: 1}, &data.Train)
			train := random.activations(&data.Train)
			test := random.activations(&data.Test)
			b.Run(fmt.Sprintf("act=%s/K=%d", name, K), func(b *testing.B) {
				var all, few probeResult
				for b.Loop() {
					all, few = probeAccuracies(copyOf(train), data.Train.labels, test, data.Test.labels)
				}
				b.ReportMetric(all.Accuracy, "accuracy")
				b.ReportMetric(float64(all.Evaluations), "evaluations")
				b.ReportMetric(few.Accuracy, "accuracy-1000")
				b.ReportMetric(float64(few.Evaluations), "evaluations-1000")
			})
		}
	}
}
