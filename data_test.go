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

// TestDenseInputsAgreeWithSparseOnes takes batches of less than a block and of several. A step
// allocates nothing.
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
					got[i] = []any{loss, s.restore(tr.dW).Data, tr.db, s.restore(tr.W).Data, s.constant, elementsOf(s)}
					if n := testing.AllocsPerRun(10, func() { tr.step(rows) }); n != 0 {
						t.Errorf("%T: %v allocations a step", s.inputs, n)
					}
				}
				if diff := cmp.Diff(got[0], got[1], cmpopts.EquateApprox(1e-10, 1e-14)); diff != "" {
					t.Errorf("loss, dW, db, W, constant inputs, rows (-sparse +dense)\n%s", diff)
				}
			})
		}
	}
}

// TestSetsKeepEveryInput in the sparse form up to each of its limits, and beyond it in the dense one.
func TestSetsKeepEveryInput(t *testing.T) {
	reals := func(values, D int) (x []float64) { // N×D, from −10 in steps of a quarter, 0 left out
		for i := range 4 * D * values {
			if v := float64(i%(values+1)-40) / 4; v != 0 {
				x = append(x, v)
			}
		}
		return x[:len(x)/D*D]
	}
	bytes := func(n int) (b []byte, x []float64) {
		for i := range n {
			b, x = append(b, byte(i*i%256)), append(x, float64(i*i%256)/255)
		}
		return b, x
	}
	square, squareX := bytes(2 * 1025)
	for _, c := range []struct {
		name   string
		set    Set
		x      []float64
		sparse bool
	}{
		{"1,024 inputs in squares", imageSet(square[:2*1024], 32, 32, nil), squareX[:2*1024], true},
		{"1,025 inputs", realSet(squareX[:2*1025], 1, 1025, nil), squareX[:2*1025], false},
		{"odd sides", imageSet(square[:2*15], 3, 5, nil), squareX[:2*15], true},
		{"255 values and 0", realSet(reals(255, 1), 1, 1, nil), reals(255, 1), true},
		{"256 values and 0", realSet(reals(256, 1), 1, 1, nil), reals(256, 1), false},
		{"255 values of 500 inputs in a line", realSet(reals(255, 500), 1, 500, nil), reals(255, 500), true},
	} {
		if _, ok := c.set.inputs.(*sparse); ok != c.sparse {
			t.Errorf("%s: sparse is %v", c.name, ok)
		}
		if diff := cmp.Diff(c.x, elementsOf(c.set)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
		for n := range c.set.N {
			row, got := c.set.dense(n), c.set.squaredNorm(n)
			if want := inner(row, row); math.Abs(got-want) > 1e-12*want {
				t.Errorf("%s: ‖x‖² of row %d is %v, want %v", c.name, n, got, want)
			}
		}
	}
}

func TestInputsAreConstantIfAllRowsHaveThemAlike(t *testing.T) {
	x, pixels := []float64{0, 1, 2, 5, 0, 0, 1, 0, 6, 0, 0, 1, 2, 5, 7}, []byte(nil)
	for _, v := range x {
		pixels = append(pixels, byte(v))
	}
	want := []bool{true, true, false, false, false}
	for _, s := range []Set{realSet(x, 1, 5, nil), denseSet(x, 5, nil), imageSet(pixels, 1, 5, nil)} {
		if diff := cmp.Diff(want, s.constant); diff != "" {
			t.Errorf("%T (-want +got)\n%s", s.inputs, diff)
		}
	}
}

func TestSparseRefusesCodesWithoutALevel(t *testing.T) {
	for _, code := range []byte{2, maxLevels - 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("code %d of 2 levels was taken", code)
				}
			}()
			newSparse([]byte{0, 1, 0, code}, 2, 2, []float64{0, 1})
		}()
	}
}

func TestDataSetsAreFoundByTheirNames(t *testing.T) {
	mnistForTest(t) // so that its files are there
	own := &Dataset{Name: "digits-3a7bd3e2", Test: Set{N: 5}}
	from := dataSource{own: own}
	for _, name := range []string{"mnist", "clusters", "uniform", own.Name} {
		d, err := loadData(from, name, quiet)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := d.size(); got != from.size(name) {
			t.Errorf("%s is of %+v, want %+v", name, got, from.size(name))
		}
	}
}

func TestOwnDataComeAfterTheOthersByName(t *testing.T) {
	want := append(slices.Clone(dataNames), "Zoo-00000000", "aa-11111111", "aa-22222222")
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareData)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
