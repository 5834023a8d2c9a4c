package main

import (
	"fmt"
	"math"
	"sync"
)

// Mat is a dense matrix, row-major: element (i, j) is Data[i*Cols+j].
type Mat struct {
	Rows, Cols int
	Data       []float64
}

func newMat(rows, cols int) Mat { return Mat{rows, cols, make([]float64, rows*cols)} }

// Row returns row i, sharing m's memory.
func (m Mat) Row(i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols] }

// head returns the first n rows, sharing m's memory.
func (m Mat) head(n int) Mat { return Mat{n, m.Cols, m.Data[:n*m.Cols]} }

// T returns a transposed copy.
func (m Mat) T() Mat {
	t := newMat(m.Cols, m.Rows)
	transpose(t, m)
	return t
}

// transpose sets t (n×m) to the transpose of m (m×n).
func transpose(t, m Mat) {
	if t.Rows != m.Cols || t.Cols != m.Rows {
		panic(fmt.Sprintf("transpose: %d×%d from %d×%d", t.Rows, t.Cols, m.Rows, m.Cols))
	}
	const side = 8 // elements of t beside each other are written together
	for from := 0; from < m.Rows; from += side {
		to := min(from+side, m.Rows)
		for j := range m.Cols {
			for i := from; i < to; i++ {
				t.Data[j*t.Cols+i] = m.Data[i*m.Cols+j]
			}
		}
	}
}

// The kernels. Each is defined by its plain Go version here; the assembly twins give the
// same bits because every one of them computes each element by the same operations in the
// same order, and only the number of elements in a register differs. Sums run over rows,
// places or units in order, one fused multiply-add at a time; inner has an order of its own.
//
// A kernel has one checked wrapper, which every caller uses. It picks the twin.

// cores is how many goroutines a large piece of work may use, each on its own part of the result,
// so that it changes no bit. It is set before the first run.
var cores = 1

// worthSplitting multiply-adds pay for waking another core.
var worthSplitting = 1 << 22

// split calls f at once on the parts of [0, n) that begin at multiples of grain.
func split(n, grain int, f func(from, to int)) {
	part := max(1, (n+cores*grain-1)/(cores*grain)) * grain
	var rest sync.WaitGroup
	for from := part; from < n; from += part {
		rest.Go(func() { f(from, min(from+part, n)) })
	}
	f(0, min(part, n))
	rest.Wait()
}

// view is a matrix with a free distance between rows: element (i, j) is data[i*stride+j].
// Stride 0 repeats one row.
type view struct {
	data   []float64
	stride int
}

func (m Mat) view() view { return view{m.Data, m.Cols} }

// from returns v without its first i rows and j columns.
func (v view) from(i, j int) view { return view{v.data[i*v.stride+j:], v.stride} }

// check panics unless v holds rows×cols elements.
func (v view) check(kernel string, rows, cols int) {
	if rows > 0 && (v.stride < 0 || len(v.data) < (rows-1)*v.stride+cols) {
		panic(fmt.Sprintf("%s: %d×%d matrix with stride %d in %d elements", kernel, rows, cols, v.stride, len(v.data)))
	}
}

// coefficients is the left factor of mul: element (i, r) is data[i*row+r*inner].
type coefficients struct {
	data       []float64
	row, inner int
}

// mulBlock is how many terms of a product run before the next row: with N×K operands it
// keeps the right factor's part in cache, and the sum's order stays as it was.
const mulBlock = 128

// mul computes out = init + A·B, where out and init are rows×cols, A is rows×inner and B
// inner×cols:
//
//	outᵢₖ = initᵢₖ + Σᵣ aᵢᵣ bᵣₖ,   r = 0 … inner−1 in order
//
// out may be init, and must not overlap A or B.
func mul(out, init view, a coefficients, b view, rows, inner, cols int) {
	if rows <= 0 || cols <= 0 {
		return
	}
	out.check("mul", rows, cols)
	init.check("mul", rows, cols)
	b.check("mul", inner, cols)
	if inner > 0 && len(a.data) <= (rows-1)*a.row+(inner-1)*a.inner {
		panic(fmt.Sprintf("mul: %d×%d coefficients with strides %d, %d in %d elements", rows, inner, a.row, a.inner, len(a.data)))
	}
	if cores > 1 && rows*inner*cols > worthSplitting && rows > 1 {
		split(rows, 4, func(i, to int) {
			mulRows(out.from(i, 0), init.from(i, 0), coefficients{a.data[i*a.row:], a.row, a.inner}, b, to-i, inner, cols)
		})
		return
	}
	mulRows(out, init, a, b, rows, inner, cols)
}

func mulRows(out, init view, a coefficients, b view, rows, inner, cols int) {
	for r := 0; ; r += mulBlock {
		n := min(mulBlock, inner-r)
		mulKernel(out, init, a, b, rows, n, cols)
		if r+n == inner {
			return
		}
		init = out
		a.data = a.data[n*a.inner:]
		b.data = b.data[n*b.stride:]
	}
}

func mulGeneric(out, init view, a coefficients, b view, rows, inner, cols int) {
	for i := range rows {
		o := out.data[i*out.stride:][:cols]
		copy(o, init.data[i*init.stride:][:cols])
		for r := range inner {
			x := a.data[i*a.row+r*a.inner]
			for k, y := range b.data[r*b.stride:][:cols] {
				o[k] = math.FMA(x, y, o[k])
			}
		}
	}
}

// blockRows is how many rows of a batch are turned at a time.
const blockRows = 128

const _ = uint(maxQuads - blockRows) // a row fits where the quad was

// columns is a block of up to blockRows rows of a set turned around: the entries of quad p of
// inputs, in row order, are list[p*blockRows:end[p]], each with its row of the block in place of
// p. Then the weights of a quad stay in registers while the block's rows pass by, forward and
// backward.
type columns struct {
	set  *Set
	rows int      // of the block
	end  []uint32 // a quad
	list []uint64
}

func newColumns(s *Set) *columns {
	quads := len(s.order) / 4
	return &columns{set: s, end: make([]uint32, quads), list: make([]uint64, quads*blockRows)}
}

// column returns the entries of quad p.
func (c *columns) column(p int) []uint64 { return c.list[p*blockRows : c.end[p]] }

// turn sets c to the columns of the given rows of its set.
func (c *columns) turn(rows []uint32) {
	if len(rows) > blockRows {
		panic(fmt.Sprintf("turn: %d rows, at most %d", len(rows), blockRows))
	}
	c.rows = len(rows)
	for p := range c.end {
		c.end[p] = uint32(p * blockRows)
	}
	if len(rows) > 0 {
		c.set.checkRows("turn", rows)
		turnKernel(c, rows)
	}
}

func turnGeneric(c *columns, rows []uint32) {
	for n, row := range rows {
		for _, e := range c.set.row(int(row)) {
			p := e % maxQuads
			c.list[c.end[p]] = e - p + uint64(n)
			c.end[p]++
		}
	}
}

func (s *Set) checkRows(kernel string, rows []uint32) {
	for _, n := range rows {
		if int(n) >= s.N {
			panic(fmt.Sprintf("%s: row %d of %d", kernel, n, s.N))
		}
	}
}

// prefetch asks for the given rows to be brought near, ahead of the step that uses them.
func (s *Set) prefetch(rows []uint32) {
	if len(rows) > 0 {
		s.checkRows("prefetch", rows)
		prefetchKernel(s, rows)
	}
}

// gather adds a block's product with weights to z, the forward pass of the layer:
//
//	zₙₖ ← zₙₖ + Σ_d xₙ_d w_dₖ,   over the places in order, all four of a quad that is there
//
// z is rows×cols with the block's rows, w places×cols. The inputs take their values from level,
// which is the set's own or a multiple.
func gather(z view, c *columns, level []float64, w view, cols int) {
	places := len(c.set.order)
	z.check("gather", c.rows, cols)
	w.check("gather", places, cols)
	sameLength("gather", len(c.set.level), len(level))
	switch {
	case c.rows == 0 || cols == 0:
	case cores > 1 && c.rows*places*cols > 4*worthSplitting:
		split(cols, 16, func(k, to int) { gatherKernel(z.from(0, k), c, level, w.from(0, k), to-k) })
	default:
		gatherKernel(z, c, level, w, cols)
	}
}

func gatherGeneric(z view, c *columns, level []float64, w view, cols int) {
	for p := range c.end {
		w0, w1, w2, w3 := w.quad(p, cols)
		for _, e := range c.column(p) {
			x0, x1, x2, x3 := values(e, level)
			acc := z.data[int(e%maxQuads)*z.stride:][:cols]
			for k, y := range acc {
				acc[k] = math.FMA(x3, w3[k], math.FMA(x2, w2[k], math.FMA(x1, w1[k], math.FMA(x0, w0[k], y))))
			}
		}
	}
}

// quad returns the rows of the four inputs of quad p.
func (v view) quad(p, cols int) (r0, r1, r2, r3 []float64) {
	row := func(i int) []float64 { return v.data[(4*p+i)*v.stride:][:cols] }
	return row(0), row(1), row(2), row(3)
}

// spread accumulates a block's weight gradient, the backward pass of gather:
//
//	dw_dₖ = init_dₖ + Σₙ xₙ_d dzₙₖ,   over the rows in order
//
// dw and init are places×cols, dz rows×cols with the block's rows. dw may be init.
func spread(dw, init view, c *columns, level []float64, dz view, cols int) {
	places := len(c.set.order)
	dw.check("spread", places, cols)
	init.check("spread", places, cols)
	dz.check("spread", c.rows, cols)
	sameLength("spread", len(c.set.level), len(level))
	switch {
	case cols == 0:
	case c.rows == 0:
		spreadGeneric(dw, init, c, level, 0, len(c.end), dz, cols)
	case cores > 1 && c.rows*places*cols > 4*worthSplitting:
		split(len(c.end), 1, func(from, to int) { spreadKernel(dw, init, c, level, from, to, dz, cols) })
	default:
		spreadKernel(dw, init, c, level, 0, len(c.end), dz, cols)
	}
}

// spreadGeneric is spread for the quads from ≤ p < to.
func spreadGeneric(dw, init view, c *columns, level []float64, from, to int, dz view, cols int) {
	for p := from; p < to; p++ {
		for i := 4 * p; i < 4*p+4; i++ {
			copy(dw.data[i*dw.stride:][:cols], init.data[i*init.stride:])
		}
		dw0, dw1, dw2, dw3 := dw.quad(p, cols)
		for _, e := range c.column(p) {
			x0, x1, x2, x3 := values(e, level)
			for k, y := range dz.data[int(e%maxQuads)*dz.stride:][:cols] {
				dw0[k] = math.FMA(x0, y, dw0[k])
				dw1[k] = math.FMA(x1, y, dw1[k])
				dw2[k] = math.FMA(x2, y, dw2[k])
				dw3[k] = math.FMA(x3, y, dw3[k])
			}
		}
	}
}

// innerSums is how many sums an inner product is begun with: sum i has the terms i, i + 16, …
// in order. None waits for another, and they fill vector registers.
const innerSums = 16

// inner returns ⟨x,y⟩: the sums of its whole sixteens are added in halves, i and i+8, then i and
// i+4, i+2, i+1; the terms that are left follow one by one.
func inner(x, y []float64) float64 {
	sameLength("inner", len(x), len(y))
	sum := 0.0
	n := len(x) / innerSums * innerSums
	if n > 0 {
		sum = innerKernel(x[:n], y[:n])
	}
	for i := n; i < len(x); i++ {
		sum = math.FMA(x[i], y[i], sum)
	}
	return sum
}

func innerGeneric(x, y []float64) float64 {
	var sums [innerSums]float64
	for ; len(x) >= innerSums && len(y) >= innerSums; x, y = x[innerSums:], y[innerSums:] {
		for i := range sums {
			sums[i] = math.FMA(x[i], y[i], sums[i])
		}
	}
	for half := innerSums / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	return sums[0]
}
