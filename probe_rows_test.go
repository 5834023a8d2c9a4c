package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// manyUnitsOf returns F (N×few) as K units, each a random mixture of F's, and in every third place a constant one.
func manyUnitsOf(F Mat, K int) Mat {
	r := rand.New(rand.NewPCG(1, 31))
	mix, wide := newMat(F.Cols, K), newMat(F.Rows, K)
	for i := range mix.Data {
		if i%K%3 != 0 {
			mix.Data[i] = math.FMA(2, r.Float64(), -1)
		}
	}
	mul(wide.view(), zeros, coefficients{F.Data, F.Cols, 1}, mix.view(), F.Rows, F.Cols, K)
	for i := range wide.Data {
		wide.Data[i] += float64(i % K)
	}
	return wide
}

// TestProbeOfMixturesIsThatOfTheirSources: whitening undoes any mixture, so that 210 mixtures of six units, 70 constant
// units among them, are classified as the six are.
func TestProbeOfMixturesIsThatOfTheirSources(t *testing.T) {
	F, labels := madeUpRows(700, 6, 3)
	wide := manyUnitsOf(F, 210)
	want, got := newProbe(copyOf(F), labels, whitening, probePenaltyAll), newProbe(copyOf(wide), labels, whitening, probePenaltyAll)
	if !got.projected || got.F.Cols != 6 || len(got.units) != 140 {
		t.Errorf("%d of 210 units are fitted in %d dimensions, want 140 in 6", len(got.units), got.F.Cols)
	}
	want.fit(1e-8)
	got.fit(1e-8)
	if diff := cmp.Diff(want.logits(F).Data, got.logits(wide).Data, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
		t.Errorf("logits (-of six +of their mixtures)\n%s", diff)
	}
}

// TestProbeOfManyUnitsStopsEarlierAndSaysTheSame: what the looser tolerance moves is less than two rows of a thousand.
func TestProbeOfManyUnitsStopsEarlierAndSaysTheSame(t *testing.T) {
	const K, rows, held = 150, 3000, 1000
	all, labels := madeUpRows(rows+held, K, 5)
	F, test := all.head(rows), Mat{held, K, all.Data[rows*K:]}
	full := newProbe(copyOf(F), labels[:rows], whitening, probePenaltyAll)
	evaluations, converged := full.fit(probeTolerance)
	want := full.accuracy(test, labels[rows:])
	got, _ := probeAccuracies(copyOf(F), labels[:rows], test, labels[rows:])
	if !converged || !got.Converged || got.Evaluations >= evaluations {
		t.Errorf("%d evaluations, %d for the smaller tolerance; converged: %v and %v", got.Evaluations, evaluations, got.Converged, converged)
	}
	if math.Abs(got.Accuracy-want) > 0.002 || want < 0.5 {
		t.Errorf("accuracy %v, %v for the smaller tolerance", got.Accuracy, want)
	}
}

// TestProbeOfManyUnitsIsThatOfTheDefinition: with F projected or not, cut into tiles, and without constant units, L and
// its gradient are those of F as it came.
func TestProbeOfManyUnitsIsThatOfTheDefinition(t *testing.T) {
	const N, K, C = 700, 190, 4
	F, labels := madeUpRows(N, K, C)
	for n := range N {
		F.Row(n)[3], F.Row(n)[150] = 7, 0
	}
	r := rand.New(rand.NewPCG(1, 32))
	for _, projected := range []bool{false, true} {
		t.Run(fmt.Sprintf("projected %v", projected), func(t *testing.T) {
			columns := 188
			if projected {
				columns = 20
			}
			T := newMat(188, 188)
			for i := range T.Data {
				if i%188 < columns {
					T.Data[i] = r.Float64() / 100
				}
			}
			p := newProbe(copyOf(F), labels, func(Mat) Mat { return T }, 0.1)
			if p.projected != projected {
				t.Fatalf("projected is %v", p.projected)
			}
			fillPlain(r, p.x)
			gradient := make([]float64, len(p.x))
			loss := p.loss(p.x, gradient)
			Z, want := p.logits(F), 0.0
			for n, y := range labels {
				sum := 0.0
				for _, z := range Z.Row(n) {
					sum += math.Exp(z - Z.Row(n)[y])
				}
				want += math.Log(sum) / N
			}
			for _, u := range p.x[:len(p.x)-C] {
				want += 0.05 * u * u
			}
			if math.Abs(loss/want-1) > 1e-12 {
				t.Errorf("L = %v, want %v", loss, want)
			}
			unused := make([]float64, len(p.x))
			for _, i := range []int{0, 1, 5*C + 2, 19*C + 3, len(p.x) - 1} {
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

// TestProbeOfManyUnitsAgreesWithJacobi: eigenvectors by either method whiten alike.
func TestProbeOfManyUnitsAgreesWithJacobi(t *testing.T) {
	F, labels := madeUpRows(900, 140, 3)
	byJacobi := func(cov Mat) Mat {
		V, lambda, _ := svd(cov)
		for i := range V.Data {
			V.Data[i] /= math.Sqrt(lambda[i%V.Cols])
		}
		return V
	}
	want, got := newProbe(copyOf(F), labels, byJacobi, probePenaltyAll), newProbe(copyOf(F), labels, whitening, probePenaltyAll)
	want.fit(1e-8)
	got.fit(1e-8)
	if diff := cmp.Diff(want.logits(F).Data, got.logits(F).Data, cmpopts.EquateApprox(0, 1e-5)); diff != "" {
		t.Errorf("logits (-Jacobi's +ours)\n%s", diff)
	}
}
