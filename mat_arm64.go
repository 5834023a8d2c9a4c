//go:build !purego

package main

// The kernels that take most of a run's time, with NEON, two lanes a register. Each …NEON works like its Generic
// namesake on columns that fill four vectors or one, with strides in bytes and positive lengths. Plain Go does a
// last odd column and the other kernels.

// neon, which every arm64 processor has, is turned off by tests alone.
var neon = true

const (
	lanes = 2
	wide  = 4 * lanes
)

// vectors returns how many of the next columns a kernel takes; 0 leaves them to plain Go.
func vectors(cols int) int {
	switch {
	case !neon || cols < lanes:
		return 0
	case cols < wide:
		return lanes
	}
	return wide
}

func gatherKernel(z view, c *columns, level *levels, w view, cols int) {
	k := 0
	for n := vectors(cols); n > 0; n = vectors(cols - k) {
		gatherNEON(&z.data[k], 8*z.stride, &c.end[0], &c.list[0], &level[0], len(c.end), &w.data[k], 8*w.stride, n)
		k += n
	}
	if k < cols {
		gatherGeneric(z.from(0, k), c, level, w.from(0, k), cols-k)
	}
}

func spreadKernel(dw, init view, c *columns, level *levels, from, to int, dz view, cols int) {
	k := 0
	for n := vectors(cols); n > 0; n = vectors(cols - k) {
		spreadNEON(&dw.data[4*from*dw.stride+k], 8*dw.stride, &init.data[4*from*init.stride+k], 8*init.stride,
			&c.end[from], &c.list[0], &c.list[from*columnRoom], &level[0], to-from, &dz.data[k], 8*dz.stride, n)
		k += n
	}
	if k < cols {
		spreadGeneric(dw.from(0, k), init.from(0, k), c, level, from, to, dz.from(0, k), cols-k)
	}
}

// mulKernel gives whole quads of rows to mulNEON, and each row left over as a quad of four times
// itself, with strides of 0.
func mulKernel(out, init view, a coefficients, b view, rows, inner, cols int) {
	k := 0
	for n := vectors(cols); inner > 0 && n > 0; n = vectors(cols - k) {
		i := rows &^ 3
		if i > 0 {
			mulNEON(&out.data[k], 8*out.stride, &init.data[k], 8*init.stride, &a.data[0], 8*a.row, 8*a.inner, &b.data[k], 8*b.stride, i/4, inner, n)
		}
		for ; i < rows; i++ {
			mulNEON(&out.data[i*out.stride+k], 0, &init.data[i*init.stride+k], 0, &a.data[i*a.row], 0, 8*a.inner, &b.data[k], 8*b.stride, 1, inner, n)
		}
		k += n
	}
	if k < cols {
		mulGeneric(out.from(0, k), init.from(0, k), a, b.from(0, k), rows, inner, cols-k)
	}
}

func innerKernel(x, y []float64) float64 {
	if !neon {
		return innerGeneric(x, y)
	}
	return innerNEON(&x[0], &y[0], len(x))
}

func rotateKernel(x, y []float64, c, s float64) {
	n := 0
	if neon && len(x) >= wide {
		n = len(x) &^ (wide - 1)
		rotateNEON(&x[0], &y[0], n, c, s)
	}
	rotateGeneric(x[n:], y[n:], c, s)
}

func prefetchKernel(*sparse, []uint32)                      {}
func turnKernel(c *columns, rows []uint32)                  { turnGeneric(c, rows) }
func adamKernel(w, m, v, g []float64, step, factor float64) { adamGeneric(w, m, v, g, step, factor) }
func chainKernel(g, slope []float64)                        { chainGeneric(g, slope) }
func rectifyKernel(a, z []float64, leak float64)            { rectifyGeneric(a, z, leak) }
func tanhKernel(a, z []float64)                             { tanhGeneric(a, z) }
func softplusKernel(a, z []float64)                         { softplusGeneric(a, z) }
func expKernel(z []float64)                                 { expGeneric(z) }

//go:noescape
func gatherNEON(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, cols int)

//go:noescape
func spreadNEON(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, cols int)

//go:noescape
func mulNEON(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, cols int)

//go:noescape
func innerNEON(x, y *float64, n int) float64 // n a multiple of innerSums

//go:noescape
func rotateNEON(x, y *float64, n int, c, s float64) // n a multiple of wide
