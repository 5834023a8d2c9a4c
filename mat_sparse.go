package main

import (
	"fmt"
	"math"
	"slices"
)

// inputs are rows X (N×D). Their products may take the D inputs in another order, with gaps: a place is a
// row of W in that order, and has an input or none. Dense inputs (data.go) keep their order; sparse ones
// are in squares.
type inputs interface {
	newBlock() block
	arrange(W Mat) Mat         // D×K → places×K
	restore(W Mat) Mat         // its inverse
	dense(n int) []float64     // row n; it may be X's own memory and must not be changed
	squaredNorm(n int) float64 // ‖xₙ‖²
}

// block is the memory for the products of up to blockRows rows at a time.
type block interface {
	prefetch(rows []uint32) // of a later load
	load(rows []uint32)
	gather(z view, scale float64, w view, cols int)         // Z ← Z + s·XW
	spread(dw, init view, scale float64, dz view, cols int) // dW = init + s·XᵀdZ
}

// Sparse inputs. Four of five pixels of MNIST are black, and a step's cost is the multiply-adds on
// the others and the memory that they touch. The words of this file:
//
//	quad     four inputs that stand together: of an image, a square of 2×2 pixels, because neighbours
//	         are mostly black or not black together; else four that follow each other
//	place    a row of W, as above: place 4·quad + i holds input order[4·quad+i], or none
//	level    a value that occurs in X; an input is stored as the index of its level, its code
//	entry    the four codes of one row's quad, and which quad it is; a quad of zeros has none
//	block    up to blockRows rows of a batch
//	turn     to regroup a block's entries by quad instead of by row, once for both products
//	gather   the forward product, Z + XW: a row of Z gathers the weights of its places that are not 0
//	spread   the backward product, XᵀdZ: a row of dZ is spread over the same places
//
// Once a block is turned, the weights of a quad stay in registers while the block's rows pass by,
// forward and backward.
//
// What else was tried, in µs of a step at K = 16, 32, 64 on one core of a Zen 4 with AVX-512:
//
//   - Row by row, the K sums of a row in registers: every pixel's weights come from the
//     second-level cache. The forward product took 27, 52, 98.
//   - Pairs of pixels, 88 an image: 18, 34, 70. Squares, 50 an image: 15, 31, 62. Four pixels in a
//     line, 56 an image, need 11 % more multiply-adds. The best pairing that the data allow has 86 pairs, so a
//     fixed one loses little.
//   - Tiles of pixels that fit into the first-level cache, row by row: slower. At 20 entries a
//     loop, mispredicted exits cost more than the misses that tiles save.
//   - Codes of 14 bits, with a shift and a mask each: 30, 65, 143 with AVX2 on a Zen 3; bytes took
//     28, 61, 139. The price is that data of more than 256 distinct values are dense.
//   - Adam a row for every four entries of spread, so that its division is hidden: 4 % less, for a
//     kernel that does two jobs. Adam after every few quads, while their gradient is in the cache:
//     nothing.
//   - No Adam for quads that are never lit: 8 of MNIST's 196, half a percent.

// sparse is the rows X (N×D). Row n has the entries start[n] to start[n+1], in order of quads:
//
//	code₃<<32 | code₂<<24 | code₁<<16 | code₀<<8 | quad          xᵢ = level[codeᵢ]
//
// level[0] is 0. MNIST's levels are byte/255; a set of few distinct reals has a level for each.
type sparse struct {
	N, D    int
	order   []int    // the input at each place; −1 for none, where x is 0
	start   []uint32 // N+1
	entries []uint64
	level   *levels
}

// levels are the values that inputs have. A code is a byte, so that no index needs a check.
type levels [maxLevels]float64

const (
	maxQuads  = 1 << 8
	maxLevels = 1 << 8
)

// fitsSparse tells whether images of height×width with that many levels can be sparse.
func fitsSparse(height, width, levels int) bool {
	tall, wide := quadShape(height)
	return (height+tall-1)/tall*((width+wide-1)/wide) <= maxQuads && levels <= maxLevels
}

// newSparse returns the sparse form of images of height×width codes. Inputs that form no image have
// height 1.
func newSparse(codes []byte, height, width int, level []float64) *sparse {
	D := height * width
	s := &sparse{N: len(codes) / D, D: D, order: inQuads(height, width), level: new(levels)}
	copy(s.level[:], level)
	if len(codes)%D != 0 || !fitsSparse(height, width, len(level)) || level[0] != 0 {
		panic(fmt.Sprintf("newSparse: %d codes of %d levels in images of %d×%d, level[0] = %v",
			len(codes), len(level), height, width, level[0]))
	}
	if len(codes) > 0 && int(slices.Max(codes)) >= len(level) {
		panic(fmt.Sprintf("newSparse: code %d of %d levels", slices.Max(codes), len(level)))
	}
	s.start = make([]uint32, 1, s.N+1)
	for row := range slices.Chunk(codes, D) {
		for p := 0; p < len(s.order); p += 4 {
			if e := quadOf(row, s.order[p:p+4]); e != 0 {
				s.entries = append(s.entries, e|uint64(p/4))
			}
		}
		s.start = append(s.start, uint32(len(s.entries)))
	}
	return s
}

// quadShape is 2×2 pixels, or four in line for inputs that form no image.
func quadShape(height int) (tall, wide int) {
	if height == 1 {
		return 1, 4
	}
	return 2, 2
}

// inQuads returns the pixels of an image quad by quad, −1 for what is beyond its edge.
func inQuads(height, width int) (order []int) {
	tall, wide := quadShape(height)
	for top := 0; top < height; top += tall {
		for left := 0; left < width; left += wide {
			for i := range 4 {
				y, x := top+i/wide, left+i%wide
				if y < height && x < width {
					order = append(order, y*width+x)
				} else {
					order = append(order, -1)
				}
			}
		}
	}
	return order
}

// quadOf returns the codes of a row's quad as they are in an entry.
func quadOf(row []byte, inputs []int) uint64 {
	code := func(i int) uint64 {
		if d := inputs[i]; d >= 0 {
			return uint64(row[d])
		}
		return 0
	}
	return code(0)<<8 | code(1)<<16 | code(2)<<24 | code(3)<<32
}

// row returns the entries of row n.
func (s *sparse) row(n int) []uint64 { return s.entries[s.start[n]:s.start[n+1]] }

// values returns the four inputs of an entry.
func values(e uint64, level *levels) (x0, x1, x2, x3 float64) {
	return level[byte(e>>8)], level[byte(e>>16)], level[byte(e>>24)], level[byte(e>>32)]
}

// dense returns row n with its zeros.
func (s *sparse) dense(n int) []float64 {
	places := newMat(len(s.order), 1)
	for _, e := range s.row(n) {
		p := e % maxQuads * 4
		places.Data[p], places.Data[p+1], places.Data[p+2], places.Data[p+3] = values(e, s.level)
	}
	return s.restore(places).Data
}

// squaredNorm returns ‖xₙ‖², summed over the places in order.
func (s *sparse) squaredNorm(n int) (sum float64) {
	for _, e := range s.row(n) {
		x0, x1, x2, x3 := values(e, s.level)
		sum = math.FMA(x3, x3, math.FMA(x2, x2, math.FMA(x1, x1, math.FMA(x0, x0, sum))))
	}
	return sum
}

// arrange returns a D×K matrix as places×K: each row at the place of its input, zeros at places
// without one. restore is its inverse.
func (s *sparse) arrange(inputs Mat) Mat {
	m := newMat(len(s.order), inputs.Cols)
	for p, d := range s.order {
		if d >= 0 {
			copy(m.Row(p), inputs.Row(d))
		}
	}
	return m
}

func (s *sparse) restore(places Mat) Mat {
	m := newMat(s.D, places.Cols)
	for p, d := range s.order {
		if d >= 0 {
			copy(m.Row(d), places.Row(p))
		}
	}
	return m
}

// blockRows is the most rows of a batch that are multiplied at a time.
const blockRows = 128

const _ = uint(maxQuads - blockRows) // below 0 does not compile: in columns a row number takes the place of the quad's

// columnRoom is the distance between columns: an odd number of cache lines, so that the ends of all
// fit into the cache.
const columnRoom = blockRows + 8

// columns is a turned block: the entries of quad p, in row order, are list[p*columnRoom:end[p]],
// each with its row's number in the block in place of p.
type columns struct {
	set    *sparse
	rows   int      // of the block
	end    []uint32 // for each quad, where its entries end
	list   []uint64
	scaled levels // the set's levels times the scale of a product
}

func (s *sparse) newBlock() block {
	quads := len(s.order) / 4
	return &columns{set: s, end: make([]uint32, quads), list: make([]uint64, quads*columnRoom)}
}

// scaledLevels returns the set's levels times scale: a multiple of X costs nothing else.
func (c *columns) scaledLevels(scale float64) *levels {
	if scale == 1 {
		return c.set.level
	}
	for i, x := range c.set.level {
		c.scaled[i] = scale * x
	}
	return &c.scaled
}

// column returns the entries of quad p.
func (c *columns) column(p int) []uint64 { return c.list[p*columnRoom : c.end[p]] }

// load turns the given rows of the set.
func (c *columns) load(rows []uint32) {
	if len(rows) > blockRows {
		panic(fmt.Sprintf("load: %d rows, at most %d", len(rows), blockRows))
	}
	c.rows = len(rows)
	for p := range c.end {
		c.end[p] = uint32(p * columnRoom)
	}
	if len(rows) > 0 {
		c.set.checkRows("load", rows)
		turnKernel(c, rows)
	}
}

var turnKernel = turnGeneric

// turnGeneric appends the entries of every row to the lists of their quads.
func turnGeneric(c *columns, rows []uint32) {
	for n, row := range rows {
		for _, e := range c.set.row(int(row)) {
			p := e % maxQuads
			c.list[c.end[p]] = e - p + uint64(n)
			c.end[p]++
		}
	}
}

func (s *sparse) checkRows(kernel string, rows []uint32) {
	for _, n := range rows {
		if int(n) >= s.N {
			panic(fmt.Sprintf("%s: row %d of %d", kernel, n, s.N))
		}
	}
}

// prefetch has the given rows brought into the cache, ahead of the step that uses them.
func (c *columns) prefetch(rows []uint32) {
	if len(rows) > 0 {
		c.set.checkRows("prefetch", rows)
		prefetchKernel(c.set, rows)
	}
}

var prefetchKernel = func(*sparse, []uint32) {} // Go has no way to say it

// gather adds a block's product with weights to z, the forward pass of the layer:
//
//	zₙₖ ← zₙₖ + Σ_d xₙ_d w_dₖ,   over the places in order, all four of a quad that is there
//
// z is rows×cols with the block's rows, w places×cols; scale multiplies the inputs.
func (c *columns) gather(z view, scale float64, w view, cols int) {
	z.check("gather", c.rows, cols)
	w.check("gather", len(c.set.order), cols)
	if c.rows > 0 && cols > 0 {
		gatherKernel(z, c, c.scaledLevels(scale), w, cols)
	}
}

var gatherKernel = gatherGeneric

func gatherGeneric(z view, c *columns, level *levels, w view, cols int) {
	for p := range c.end {
		weights := w.four(4*p, cols)
		for _, e := range c.column(p) {
			x0, x1, x2, x3 := values(e, level)
			addFour(z.row(int(e%maxQuads), cols), &weights, x0, x1, x2, x3)
		}
	}
}

// spread accumulates a block's weight gradient, the backward pass of gather:
//
//	dw_dₖ = init_dₖ + Σₙ xₙ_d dzₙₖ,   over the rows in order
//
// dw and init are places×cols, dz rows×cols with the block's rows. dw may be init.
func (c *columns) spread(dw, init view, scale float64, dz view, cols int) {
	dw.check("spread", len(c.set.order), cols)
	init.check("spread", len(c.set.order), cols)
	dz.check("spread", c.rows, cols)
	switch {
	case cols == 0:
	case c.rows == 0:
		spreadGeneric(dw, init, c, c.scaledLevels(scale), dz, cols)
	default:
		spreadKernel(dw, init, c, c.scaledLevels(scale), dz, cols)
	}
}

var spreadKernel = spreadGeneric

func spreadGeneric(dw, init view, c *columns, level *levels, dz view, cols int) {
	for p := range c.end {
		sums := dw.four(4*p, cols)
		for i, start := range init.four(4*p, cols) {
			copy(sums[i], start)
		}
		column := c.column(p)
		for ; len(column) >= 4; column = column[4:] {
			var terms [4][]float64
			var x [4][4]float64 // [place in the quad][entry]
			for n, e := range column[:4] {
				terms[n] = dz.row(int(e%maxQuads), cols)
				x[0][n], x[1][n], x[2][n], x[3][n] = values(e, level)
			}
			for i, x := range x {
				addFour(sums[i], &terms, x[0], x[1], x[2], x[3])
			}
		}
		for _, e := range column {
			x0, x1, x2, x3 := values(e, level)
			for i, x := range [4]float64{x0, x1, x2, x3} {
				addOne(sums[i], dz.row(int(e%maxQuads), cols), x)
			}
		}
	}
}
