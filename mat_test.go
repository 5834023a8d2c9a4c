package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A kernel's twins must give the bits of plain Go. Each test below computes with plain Go and
// with the implementation in force, into memory whose surroundings are watched.

const guard = 0x1.23456789abcdep+77

// arena returns a slice of n elements that starts offset elements into a larger one filled
// with guards, and a check that the guards still stand.
func arena(n, offset int) (x []float64, intact func() bool) {
	whole := make([]float64, n+offset+16)
	for i := range whole {
		whole[i] = guard
	}
	return whole[offset : offset+n : offset+n], func() bool {
		for i, v := range whole {
			if (i < offset || i >= offset+n) && v != guard {
				return false
			}
		}
		return true
	}
}

// awkward returns a float64 that kernels get wrong first.
func awkward(r *rand.Rand) float64 {
	special := [...]float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, -1,
		0x1p-1074, -0x1p-1074, 0x1p-1022, math.MaxFloat64, -745.2, 709.8, -708.5, 22.5, -0.3, 44}
	switch r.IntN(8) {
	case 0:
		return special[r.IntN(len(special))]
	case 1:
		return math.Ldexp(r.Float64()-0.5, r.IntN(2100)-1070)
	}
	return 8 * (r.Float64() - 0.5)
}

func fill(r *rand.Rand, x []float64) {
	for i := range x {
		x[i] = awkward(r)
	}
}

// fillPlain fills x with numbers whose sums stay finite, so that every bit of a sum counts.
func fillPlain(r *rand.Rand, x []float64) {
	for i := range x {
		x[i] = r.Float64() - 0.5
	}
}

// sameBits compares bit for bit; every NaN is alike.
func sameBits(a, b []float64) (int, bool) {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return i, false
		}
	}
	return 0, true
}

// implementations are plain Go and the twins that this processor can run, the fastest last.
func implementations() []string {
	names := []string{"generic"}
	for _, t := range twins {
		names = append(names, t.name)
	}
	return names
}

// force makes a test or benchmark use one implementation.
func force(tb testing.TB, name string) {
	tb.Helper()
	tb.Cleanup(func() {
		if len(twins) > 0 {
			twins[len(twins)-1].use()
		}
	})
	turnKernel, gatherKernel, spreadKernel, mulKernel = turnGeneric, gatherGeneric, spreadGeneric, mulGeneric
	adamKernel, rectifyKernel, expKernel, tanhKernel, softplusKernel =
		adamGeneric, rectifyGeneric, expGeneric, tanhGeneric, softplusGeneric
	if i := slices.Index(implementations(), name); i > 0 {
		twins[i-1].use()
	}
}

// elementwiseKernels, as functions of up to four arrays that they may change.
var elementwiseKernels = []struct {
	name   string
	arrays int
	kernel func(x [4][]float64)
}{
	{"adam", 4, func(x [4][]float64) { adamKernel(x[0], x[1], x[2], x[3], 1e-3, 1.7) }},
	{"rectify", 2, func(x [4][]float64) { rectifyKernel(x[0], x[1], 0) }},
	{"leaky rectify", 2, func(x [4][]float64) { rectifyKernel(x[0], x[1], 0.01) }},
	{"exp", 1, func(x [4][]float64) { expKernel(x[0], x[0]) }},
	{"tanh", 2, func(x [4][]float64) { tanhKernel(x[0], x[1]) }},
	{"softplus", 2, func(x [4][]float64) { softplusKernel(x[0], x[1]) }},
}

func TestElementwiseKernelsGiveTheBitsOfPlainGo(t *testing.T) {
	for _, impl := range implementations() {
		for _, e := range elementwiseKernels {
			t.Run(impl+"/"+e.name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				check := func(n, offset int) {
					var got, want [4][]float64
					var intact [4]func() bool
					for i := range e.arrays {
						got[i], intact[i] = arena(n, offset)
						fill(r, got[i])
						want[i] = slices.Clone(got[i])
					}
					force(t, impl)
					e.kernel(got)
					force(t, "generic")
					e.kernel(want)
					for i := range e.arrays {
						if j, ok := sameBits(got[i], want[i]); !ok || !intact[i]() {
							t.Fatalf("n = %d, offset %d, array %d: element %d is %x, want %x; within bounds: %t",
								n, offset, i, j, got[i][j], want[i][j], intact[i]())
						}
					}
				}
				for n := range 68 {
					for offset := range 8 {
						check(n, offset)
					}
				}
				check(1_000_000, 1)
			})
		}
	}
}

// TestMomentsDoNotStaySubnormal: without a gradient, moments decay to 0, and every one stays 0 or
// normal on the way.
func TestMomentsDoNotStaySubnormal(t *testing.T) {
	for _, impl := range implementations() {
		t.Run(impl, func(t *testing.T) {
			force(t, impl)
			var w, m, v, g [9]float64
			for i := range m {
				w[i], m[i], v[i] = 1, math.Ldexp(1-float64(2*(i%2)), -i), 0x1p-1020
			}
			for range 8000 {
				adamKernel(w[:], m[:], v[:], g[:], 1e-3, 1)
				for _, x := range append(m[:], v[:]...) {
					if x != 0 && math.Abs(x) < 0x1p-1022 {
						t.Fatalf("a moment is %x", x)
					}
				}
			}
			if m != [9]float64{} || v != [9]float64{} {
				t.Errorf("moments after 8,000 steps without gradient: %x, %x", m, v)
			}
		})
	}
}

func TestInnerAddsInItsOrder(t *testing.T) {
	want := func(x, y []float64) float64 {
		var s [16]float64
		whole := len(x) - len(x)%16
		for i := range whole {
			s[i%16] = math.FMA(x[i], y[i], s[i%16])
		}
		four := func(i int) float64 { return (s[i] + s[i+8]) + (s[i+4] + s[i+12]) }
		sum := (four(0) + four(2)) + (four(1) + four(3))
		for i := whole; i < len(x); i++ {
			sum = math.FMA(x[i], y[i], sum)
		}
		return sum
	}
	r := rand.New(rand.NewPCG(1, 8))
	for n := range 68 {
		x, y := make([]float64, n), make([]float64, n)
		fillPlain(r, x)
		fillPlain(r, y)
		if inner(x, y) != want(x, y) {
			t.Fatalf("n = %d: %x, want %x", n, inner(x, y), want(x, y))
		}
	}
}

func TestMulGivesTheBitsOfPlainGo(t *testing.T) {
	for _, impl := range implementations() {
		t.Run(impl, func(t *testing.T) {
			force(t, impl)
			r := rand.New(rand.NewPCG(1, 3))
			for cols := range 68 {
				for offset := range 8 {
					rows, depth := 1+r.IntN(9), r.IntN(2*mulBlock+9)
					if offset > 0 {
						depth = r.IntN(9)
					}
					got, intact := arena(rows*(cols+offset), offset)
					fill(r, got)
					initial := append([]float64{}, got...)
					a, b := make([]float64, rows*(depth+1)+1), make([]float64, depth*(cols+3)+1)
					for _, x := range [][]float64{a, b} {
						for i := range x {
							x[i] = r.Float64() - 0.5
						}
					}
					want := append([]float64{}, got...)
					coef := coefficients{a, 1, rows}
					if offset%2 == 0 {
						coef = coefficients{a, depth + 1, 1}
					}
					in := view{initial, cols + offset}
					if offset == 3 {
						in.stride = 0
					}
					mul(view{got, cols + offset}, in, coef, view{b, cols + 3}, rows, depth, cols)
					if cols > 0 {
						mulGeneric(view{want, cols + offset}, in, coef, view{b, cols + 3}, rows, depth, cols)
					}
					if j, ok := sameBits(got, want); !ok {
						t.Fatalf("%d×%d×%d, offset %d: element %d is %x, want %x",
							rows, depth, cols, offset, j, got[j], want[j])
					}
					if !intact() {
						t.Fatalf("%d×%d×%d: wrote outside", rows, depth, cols)
					}
				}
			}
		})
	}
}

// sparseRows is a random set in which rows are empty, full or in between.
func sparseRows(r *rand.Rand, n, d int) *sparse {
	X, level := newMat(n, d), make([]float64, maxLevels-1)
	for i := range level {
		level[i] = r.Float64()
	}
	for i := range n {
		density := []float64{0, 0.1, 0.5, 1}[r.IntN(4)]
		for j := range d {
			if r.Float64() < density {
				X.Data[i*d+j] = level[r.IntN(len(level))]
			}
		}
	}
	return setOf(X).inputs.(*sparse)
}

func TestSparseKernelsGiveTheBitsOfPlainGo(t *testing.T) {
	for _, impl := range implementations() {
		t.Run(impl, func(t *testing.T) {
			force(t, impl)
			r := rand.New(rand.NewPCG(1, 4))
			for cols := 1; cols < 140; cols++ {
				for offset := range 8 {
					if cols > 67 && offset > 1 {
						continue
					}
					s := sparseRows(r, 20, 1+r.IntN(90))
					rows := make([]uint32, 1+r.IntN([]int{20, blockRows}[r.IntN(2)]))
					for i := range rows {
						rows[i] = uint32(r.IntN(s.N))
					}
					c := s.newBlock().(*columns)
					c.load(rows)
					checkTurned(t, c, rows)
					fillWith := fillPlain
					if offset%2 == 1 {
						fillWith = fill
					}
					random := func(rows int) view {
						x := make([]float64, rows*(cols+offset))
						fillWith(r, x)
						return view{x, cols + offset}
					}
					checkGather(t, c, random(len(rows)), random(len(s.order)), cols, offset)
					checkSpread(t, c, random(len(s.order)), random(len(rows)), cols, offset)
				}
			}
		})
	}
}

func checkGather(t *testing.T, c *columns, z, w view, cols, offset int) {
	t.Helper()
	got, intact := arena(len(z.data), offset)
	copy(got, z.data)
	c.gather(view{got, z.stride}, -3, w, cols)
	gatherGeneric(z, c, c.scaledLevels(-3), w, cols)
	if j, ok := sameBits(got, z.data); !ok || !intact() {
		t.Fatalf("gather: %d rows, %d inputs, %d columns: element %d is %x, want %x",
			c.rows, c.set.D, cols, j, got[j], z.data[j])
	}
}

// checkSpread starts from a matrix, from one row repeated as a batch's first block does, and from
// what is there as its later blocks do.
func checkSpread(t *testing.T, c *columns, init, dz view, cols, offset int) {
	t.Helper()
	got, intact := arena(len(init.data), offset)
	want := append([]float64{}, got...)
	for name, start := range map[string][2]view{
		"from a matrix":      {init, init},
		"from one row":       {{init.data, 0}, {init.data, 0}},
		"from what is there": {{got, init.stride}, {want, init.stride}},
	} {
		c.spread(view{got, init.stride}, start[0], -3, dz, cols)
		spreadGeneric(view{want, init.stride}, start[1], c, c.scaledLevels(-3), dz, cols)
		if j, ok := sameBits(got, want); !ok || !intact() {
			t.Fatalf("spread %s: %d rows, %d inputs, %d columns: element %d is %x, want %x",
				name, c.rows, c.set.D, cols, j, got[j], want[j])
		}
	}
}

// checkTurned compares the columns with the rows they came from.
func checkTurned(t *testing.T, c *columns, rows []uint32) {
	t.Helper()
	X := newMat(len(c.set.order), len(rows)) // Xᵀ
	for p := range c.end {
		last := -1
		for _, e := range c.column(p) {
			n := int(e % maxQuads)
			if n <= last {
				t.Fatalf("turn: quad %d has row %d after %d", p, n, last)
			}
			last = n
			x0, x1, x2, x3 := values(e, c.set.level)
			for i, x := range []float64{x0, x1, x2, x3} {
				X.Row(4*p + i)[n] = x
			}
		}
	}
	X = c.set.restore(X).T()
	for n, row := range rows {
		if j, ok := sameBits(X.Row(n), c.set.dense(int(row))); !ok {
			t.Fatalf("turn: row %d differs at input %d", n, j)
		}
	}
}

func BenchmarkKernels(b *testing.B) {
	for _, impl := range implementations() {
		for _, e := range elementwiseKernels {
			b.Run(fmt.Sprintf("%s/n=4096/impl=%s", e.name, impl), func(b *testing.B) {
				force(b, impl)
				r := rand.New(rand.NewPCG(1, 5))
				var fresh, x [4][]float64
				for i := range x {
					fresh[i], x[i] = make([]float64, 4096), make([]float64, 4096)
					for j := range fresh[i] {
						fresh[i][j] = r.Float64()
					}
				}
				for b.Loop() {
					for i := range e.arrays {
						copy(x[i], fresh[i])
					}
					e.kernel(x)
				}
			})
		}
	}
}

// TestGramAddsInOrder at widths below and beyond where strips grow.
func TestGramAddsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 21))
	for _, K := range []int{1, 7, 8, 9, 95, 128, 200} {
		for _, N := range []int{1, 63, 129, 300} {
			R, got, want := newMat(N, K), newMat(K, K), newMat(K, K)
			fillPlain(r, R.Data)
			fillPlain(r, got.Data)
			gram(got, R)
			mulGeneric(want.view(), zeros, coefficients{R.Data, 1, K}, R.view(), K, N, K)
			if i, ok := sameBits(got.Data, want.Data); !ok {
				t.Fatalf("RᵀR of %d×%d: element (%d, %d) is %x, want %x", N, K, i/K, i%K, got.Data[i], want.Data[i])
			}
		}
	}
}

func BenchmarkGram(b *testing.B) {
	for _, K := range []int{64, 128, 256, 1024} {
		R, M := xavier(2048, K, 1, streamWeights), newMat(K, K)
		b.Run(fmt.Sprintf("K=%d", K), func(b *testing.B) {
			for b.Loop() {
				gram(M, R)
			}
		})
	}
}
