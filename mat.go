package main

import (
	"fmt"
	"math"
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
	for i := range m.Rows {
		for j, x := range m.Row(i) {
			t.Data[j*t.Cols+i] = x
		}
	}
}

// The kernels. Each is defined by its plain Go version here; the assembly twins give the
// same bits because every one of them computes each element by the same operations in the
// same order, and only the number of elements in a register differs. Sums run over rows,
// inputs or units in index order, one fused multiply-add at a time.
//
// A kernel has one checked wrapper, which every caller uses. It picks the twin.

// view is a matrix with a free distance between rows: element (i, j) is data[i*stride+j].
// Stride 0 repeats one row.
type view struct {
	data   []float64
	stride int
}

func (m Mat) view() view { return view{m.Data, m.Cols} }

// checkView panics unless v holds rows×cols elements.
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

// gather multiplies the sparse rows of a batch with weights, the forward pass of the layer.
// For the rows n of the batch, which are rows[n] of the set, and its tiles from ≤ t < to:
//
//	zₙₖ = initₙₖ + Σ level[code] w_dₖ,   over the entries (d, code) in order
//
// z and init are len(rows)×cols, w is D×cols. z may be init.
func gather(z, init view, s *Set, rows []uint32, from, to int, w view, cols int) {
	z.check("gather", len(rows), cols)
	init.check("gather", len(rows), cols)
	w.check("gather", s.D, cols)
	if from < 0 || from > to || to > s.tiles {
		panic(fmt.Sprintf("gather: tiles %d to %d of %d", from, to, s.tiles))
	}
	checkRows("gather", s, rows)
	if len(rows) > 0 && cols > 0 {
		gatherKernel(z, init, s, rows, from, to, w, cols)
	}
}

func checkRows(kernel string, s *Set, rows []uint32) {
	for _, n := range rows {
		if int(n) >= s.N {
			panic(fmt.Sprintf("%s: row %d of %d", kernel, n, s.N))
		}
	}
}

func gatherGeneric(z, init view, s *Set, rows []uint32, from, to int, w view, cols int) {
	for i, n := range rows {
		acc := z.data[i*z.stride:][:cols]
		copy(acc, init.data[i*init.stride:][:cols])
		first := int(n) * s.tiles
		for _, e := range s.entries[s.start[first+from]:s.start[first+to]] {
			x := s.level[e&0xffff]
			for k, y := range w.data[int(e>>16)*w.stride:][:cols] {
				acc[k] = math.FMA(x, y, acc[k])
			}
		}
	}
}

// blockRows is how many rows of a batch are turned at a time.
const blockRows = 128

// columns is a block of up to blockRows rows turned into columns: input d's entries, in row
// order, are list[d*blockRows:end[d]], each row<<16 | code. The backward pass then finishes
// one input's weights before the next and keeps their sums in registers.
type columns struct {
	D    int
	end  []uint32
	list []uint32
}

func newColumns(d int) columns {
	return columns{d, make([]uint32, d), make([]uint32, d*blockRows)}
}

// column returns input d's entries.
func (c columns) column(d int) []uint32 { return c.list[d*blockRows : c.end[d]] }

// turn sets c to the columns of the given rows of s.
func turn(c columns, s *Set, rows []uint32) {
	if len(rows) > blockRows || c.D != s.D {
		panic(fmt.Sprintf("turn: %d rows of %d inputs into %d×%d", len(rows), s.D, blockRows, c.D))
	}
	for d := range c.end {
		c.end[d] = uint32(d * blockRows)
	}
	if len(rows) > 0 {
		checkRows("turn", s, rows)
		turnKernel(c, s, rows)
	}
}

// prefetch asks for the given rows of s to be brought near, ahead of the step that uses them.
func prefetch(s *Set, rows []uint32) {
	if len(rows) > 0 {
		checkRows("prefetch", s, rows)
		prefetchKernel(s, rows)
	}
}

func turnGeneric(c columns, s *Set, rows []uint32) {
	for n, row := range rows {
		for _, e := range s.row(int(row)) {
			i := c.end[e>>16]
			c.list[i] = uint32(n)<<16 | e&0xffff
			c.end[e>>16] = i + 1
		}
	}
}

// spread accumulates a block's weight gradient, the backward pass of gather: for the inputs
// from ≤ d < to,
//
//	dw_dₖ = init_dₖ + Σ level[code] dzₙₖ,   over the column's entries (n, code) in row order
//
// dw and init are D×cols, dz is blockRows×cols or as many rows as were turned. dw may be init.
func spread(dw, init view, c columns, level []float64, from, to int, dz view, rows, cols int) {
	if from < 0 || to > c.D || from >= to || cols <= 0 {
		if from == to || cols == 0 {
			return
		}
		panic(fmt.Sprintf("spread: inputs %d to %d of %d, %d columns", from, to, c.D, cols))
	}
	dw.check("spread", to, cols)
	init.check("spread", to, cols)
	dz.check("spread", rows, cols)
	spreadKernel(dw, init, c, level, from, to, dz, cols)
}

func spreadGeneric(dw, init view, c columns, level []float64, from, to int, dz view, cols int) {
	for d := from; d < to; d++ {
		acc := dw.data[d*dw.stride:][:cols]
		copy(acc, init.data[d*init.stride:][:cols])
		for _, e := range c.column(d) {
			x := level[e&0xffff]
			for k, y := range dz.data[int(e>>16)*dz.stride:][:cols] {
				acc[k] = math.FMA(x, y, acc[k])
			}
		}
	}
}
