//go:build !purego

package main

// The kernels that take most of a run's time, with NEON, two lanes a register. Each …NEON takes
// columns that fill four vectors or one; plain Go does a last odd column and the other kernels.

func init() {
	twins = []twin{{"neon", useNEON}}
	useNEON() // every arm64 processor has it
}

func useNEON() { gatherKernel, spreadKernel, mulKernel = gatherColumns, spreadColumns, mulColumns }

const (
	lanes = 2
	wide  = 4 * lanes
)

// vectors returns how many of the next columns a kernel takes; 0 leaves them to plain Go.
func vectors(cols int) int {
	switch {
	case cols < lanes:
		return 0
	case cols < wide:
		return lanes
	}
	return wide
}

func gatherColumns(z view, c *columns, level *levels, w view, cols int) {
	k := 0
	for n := vectors(cols); n > 0; n = vectors(cols - k) {
		gatherNEON(z.from(0, k), c, level, w.from(0, k), n)
		k += n
	}
	if k < cols {
		gatherGeneric(z.from(0, k), c, level, w.from(0, k), cols-k)
	}
}

func spreadColumns(dw, init view, c *columns, level *levels, dz view, cols int) {
	k := 0
	for n := vectors(cols); n > 0; n = vectors(cols - k) {
		spreadNEON(dw.from(0, k), init.from(0, k), c, level, dz.from(0, k), n)
		k += n
	}
	if k < cols {
		spreadGeneric(dw.from(0, k), init.from(0, k), c, level, dz.from(0, k), cols-k)
	}
}

// mulColumns gives whole quads of rows to mulNEON, and each row left over as a quad of four times
// itself, with strides of 0.
func mulColumns(out, init view, a coefficients, b view, rows, depth, cols int) {
	k := 0
	for n := vectors(cols); depth > 0 && n > 0; n = vectors(cols - k) {
		quads := rows / 4
		if quads > 0 {
			mulNEON(out.from(0, k), init.from(0, k), a, b.from(0, k), quads, depth, n)
		}
		for i := 4 * quads; i < rows; i++ {
			once := coefficients{a.data[i*a.rowStride:], 0, a.colStride}
			mulNEON(view{out.from(i, k).data, 0}, view{init.from(i, k).data, 0}, once, b.from(0, k), 1, depth, n)
		}
		k += n
	}
	if k < cols {
		mulGeneric(out.from(0, k), init.from(0, k), a, b.from(0, k), rows, depth, cols-k)
	}
}

func gatherNEON(z view, c *columns, level *levels, w view, cols int)
func spreadNEON(dw, init view, c *columns, level *levels, dz view, cols int)
func mulNEON(out, init view, a coefficients, b view, quads, depth, cols int)
