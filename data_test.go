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

// TestDenseInputsAgreeWithSparseOnes takes batches of less than a block and of several.
func TestDenseInputsAgreeWithSparseOnes(t *testing.T) {
	X := newMat(300, 11)
	r := rand.New(rand.NewPCG(1, 9))
	for i := range X.Data {
		X.Data[i] = float64(max(0, r.IntN(400)-200)) / 200
	}
	for _, objective := range []string{"infomax", "reconstruction"} {
		for _, N := range []int{100, 300} {
			t.Run(fmt.Sprintf("%s, %d rows", objective, N), func(t *testing.T) {
				c := Config{Objective: objective, Activation: "tanh", Lambda: 1}
				W, V := xavier(5, 11, 2, streamWeights), xavier(11, 5, 2, streamDecoder)
				var got [2][]any
				for i, s := range []Set{setOf(X), denseSet(X.Data, 11, nil)} {
					tr := trainerOn(c, s, W, make([]float64, 5), V)
					rows := allRows(300)[:N]
					loss, _, _ := tr.step(rows)
					got[i] = []any{loss, s.restore(tr.dW).Data, tr.db, s.restore(tr.W).Data}
				}
				if diff := cmp.Diff(got[0], got[1], cmpopts.EquateApprox(1e-10, 1e-14)); diff != "" {
					t.Errorf("loss, dW, db, W (-sparse +dense)\n%s", diff)
				}
			})
		}
	}
}

// TestDenseRowsAreTheSameHoweverTheyAreKept: bytes and float32 to the bit as the float64 that they stand for.
func TestDenseRowsAreTheSameHoweverTheyAreKept(t *testing.T) {
	const N, D = 300, 131
	r := rand.New(rand.NewPCG(1, 23))
	bytes, singles := make([]byte, N*D), make([]float32, N*D)
	wideBytes, wideSingles := make([]float64, N*D), make([]float64, N*D)
	for i := range bytes {
		bytes[i], singles[i] = byte(r.IntN(256)), float32(r.NormFloat64())
		if i%D == 3 {
			bytes[i], singles[i] = 7, 7
		}
		wideBytes[i], wideSingles[i] = float64(bytes[i])/255, float64(singles[i])
	}
	for name, sets := range map[string][2]Set{
		"bytes":   {denseSet(wideBytes, D, nil), denseSet(bytes, D, nil)},
		"float32": {denseSet(wideSingles, D, nil), denseSet(singles, D, nil)},
	} {
		var got [2][]float64
		for i, s := range sets {
			tr := newTrainer(Config{Objective: "reconstruction", Activation: "tanh", K: 3, Seed: 1, LearningRate: 1e-3}, &s)
			rows := allRows(N)
			loss, _, _ := tr.step(rows)
			got[i] = slices.Concat([]float64{loss}, tr.W.Data, elementsOf(s))
			if n := testing.AllocsPerRun(10, func() { tr.step(rows) }); n != 0 {
				t.Errorf("%T: %v allocations a step", s.inputs, n)
			}
			for n := range N {
				got[i] = append(got[i], s.squaredNorm(n))
			}
			for d, alike := range s.constant() {
				if alike != (d == 3) {
					t.Errorf("%s: input %d is constant: %v", name, d, alike)
				}
			}
		}
		if at, same := sameBits(got[0], got[1]); !same {
			t.Errorf("%s: number %d is %x, want %x", name, at, got[1][at], got[0][at])
		}
	}
}

// TestWhatDoesNotFitTheSparseFormIsDense: at each limit, and one beyond.
func TestWhatDoesNotFitTheSparseFormIsDense(t *testing.T) {
	reals := func(n, d int) Set { // n·d distinct values, none of them 0
		X := newMat(n, d)
		for i := range X.Data {
			X.Data[i] = float64(i + 1)
		}
		return realSet(X.Data, 1, d, make([]byte, n))
	}
	for _, c := range []struct {
		name   string
		set    Set
		sparse bool
	}{
		{"255 values and 0", reals(maxLevels-1, 1), true},
		{"256 values and 0", reals(maxLevels, 1), false},
		{"1,024 inputs in squares", imageSet(make([]byte, 2*1024), 32, 32, nil), true},
		{"3,072 inputs", imageSet(make([]byte, 2*3072), 96, 32, nil), false},
	} {
		if _, ok := c.set.inputs.(*sparse); ok != c.sparse {
			t.Errorf("%s: sparse is %v", c.name, ok)
		}
		x := c.set.dense(c.set.N - 1)
		if len(x) != c.set.D {
			t.Errorf("%s: a row has %d of %d inputs", c.name, len(x), c.set.D)
		}
	}
	if x := reals(20000, 2).dense(7); x[0] != 15 || x[1] != 16 {
		t.Errorf("row 7 is %v", x)
	}
	if x := imageSet([]byte{51, 255, 0}, 1, 3, nil).dense(0); math.Abs(x[0]-0.2) > 1e-16 || x[1] != 1 || x[2] != 0 {
		t.Errorf("51, 255, 0 are %v", x)
	}
}
