//go:build !purego

package main

import "sync"

// twin is one instruction set's version of the kernels; each function works like its Generic
// namesake. gather, spread and mul have two versions: [0] for columns that fill two vectors, [1]
// for columns that are the first `rest` lanes of one. The elementwise ones take n elements, a
// multiple of lanes. Strides are in bytes, lengths positive.
type twin struct {
	name     string
	lanes    int
	gather   [3]gatherFunc
	spread   [3]spreadFunc
	mul      [2]mulFunc
	prefetch func(start *uint32, entries *uint64, rows *uint32, n int)
	turn     func(end *uint32, list *uint64, start *uint32, entries *uint64, rows *uint32, n int)
	adam     func(w, m, v, grad *float64, n int, step, factor float64)
	chain    func(grad, slope *float64, n int)
	rectify  func(a, z *float64, n int, leak float64)
	exp      func(z *float64, n int)
	tanh     func(a, z *float64, n int)
	softplus func(a, z *float64, n int)
	inner    func(x, y *float64, n int) float64 // n a multiple of innerSums
	rotate   func(x, y *float64, n int, c, s float64)
}

type (
	gatherFunc func(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)
	spreadFunc func(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)
	mulFunc    func(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)
)

var (
	avx2 = &twin{"avx2", 4,
		[3]gatherFunc{gather2AVX2, gather1AVX2, nil},
		[3]spreadFunc{spread2AVX2, spread1AVX2, nil},
		[2]mulFunc{mul2AVX2, mul1AVX2},
		prefetchAVX2, turnAVX2, adamAVX2, chainAVX2, rectifyAVX2, expAVX2, tanhAVX2, softplusAVX2, innerAVX2, rotateAVX2}
	avx512 = &twin{"avx512", 8,
		[3]gatherFunc{gather2AVX512, gather1AVX512, gather4AVX512},
		[3]spreadFunc{spread2AVX512, spread1AVX512, spread4AVX512},
		[2]mulFunc{mul2AVX512, mul1AVX512},
		prefetchAVX512, turnAVX512, adamAVX512, chainAVX512, rectifyAVX512, expAVX512, tanhAVX512, softplusAVX512, innerAVX512, rotateAVX512}
)

// simd is the twin in use; nil is plain Go.
var simd = bestTwin()

// bestTwin asks the processor, and the operating system whether it saves the registers.
func bestTwin() *twin {
	const (
		fma, osxsave, avx = 1 << 12, 1 << 27, 1 << 28 // CPUID 1, ECX
		avx2Bit, f, dq    = 1 << 5, 1 << 16, 1 << 17  // CPUID 7, EBX
		ymm, zmm          = 0x6, 0xe6                 // XCR0
	)
	highest, _, _ := cpuid(0, 0)
	if highest < 7 {
		return nil
	}
	_, _, ecx := cpuid(1, 0)
	if ecx&(fma|osxsave|avx) != fma|osxsave|avx {
		return nil
	}
	_, ebx, _ := cpuid(7, 0)
	saved := xgetbv()
	switch {
	case saved&zmm == zmm && ebx&(f|dq) == f|dq:
		return avx512
	case saved&ymm == ymm && ebx&avx2Bit != 0:
		return avx2
	}
	return nil
}

// block returns which of a kernel's versions takes the next columns, and how many it takes.
func (t *twin) block4(cols int) (version, n int) {
	if cols >= 4*t.lanes && t.gather[2] != nil {
		return 2, 4 * t.lanes
	}
	return t.block(cols)
}

func (t *twin) block(cols int) (version, n int) {
	if cols >= 2*t.lanes {
		return 0, 2 * t.lanes
	}
	return 1, min(cols, t.lanes)
}

func prefetchKernel(s *sparse, rows []uint32) {
	if simd != nil && len(s.entries) > 0 {
		simd.prefetch(&s.start[0], &s.entries[0], &rows[0], len(rows))
	}
}

func turnKernel(c *columns, rows []uint32) {
	if simd == nil || len(c.set.entries) == 0 {
		turnGeneric(c, rows)
		return
	}
	simd.turn(&c.end[0], &c.list[0], &c.set.start[0], &c.set.entries[0], &rows[0], len(rows))
}

// The rows of a block of columns of a wide matrix are so far apart that they fall into few sets of
// the first-level cache and evict each other, most of all at a distance that is a power of two.
// The kernels work on a copy of such a block, with its rows side by side: a panel.
const (
	panelCols = 32 // the widest block
	farApart  = 64 // the largest stride, in elements, that needs no panel
)

type panel [blockRows * panelCols]float64

const _ = uint(blockRows - mulBlock) // a panel also holds mul's right factor

var panels = sync.Pool{New: func() any { return new(panel) }}

// panelFor returns a panel for the blocks of v, nil if they need none. free gives it back.
func panelFor(v view) *panel {
	if v.stride <= farApart {
		return nil
	}
	return panels.Get().(*panel)
}

func (p *panel) free() {
	if p != nil {
		panels.Put(p)
	}
}

// pack copies a rows×cols block into the panel and returns the copy; with a nil panel it returns v.
func (p *panel) pack(v view, rows, cols int) view {
	if p == nil {
		return v
	}
	for i := range rows {
		copy(p[i*cols:(i+1)*cols], v.data[i*v.stride:])
	}
	return view{p[:], cols}
}

// unpack copies the panel's block to v.
func (p *panel) unpack(v view, rows, cols int) {
	if p == nil {
		return
	}
	for i := range rows {
		copy(v.data[i*v.stride:][:cols], p[i*cols:])
	}
}

func gatherKernel(z view, c *columns, level *levels, w view, cols int) {
	if simd == nil {
		gatherGeneric(z, c, level, w, cols)
		return
	}
	p := panelFor(z)
	defer p.free()
	for k := 0; k < cols; {
		version, n := simd.block4(cols - k)
		block := p.pack(z.from(0, k), c.rows, n)
		simd.gather[version](&block.data[0], 8*block.stride, &c.end[0], &c.list[0], &level[0], len(c.end), &w.data[k], 8*w.stride, min(n, simd.lanes))
		p.unpack(z.from(0, k), c.rows, n)
		k += n
	}
}

func spreadKernel(dw, init view, c *columns, level *levels, from, to int, dz view, cols int) {
	if simd == nil {
		spreadGeneric(dw, init, c, level, from, to, dz, cols)
		return
	}
	p := panelFor(dz)
	defer p.free()
	for k := 0; k < cols; {
		version, n := simd.block4(cols - k)
		block := p.pack(dz.from(0, k), c.rows, n)
		simd.spread[version](&dw.data[4*from*dw.stride+k], 8*dw.stride, &init.data[4*from*init.stride+k], 8*init.stride,
			&c.end[from], &c.list[0], &c.list[from*columnRoom], &level[0], to-from, &block.data[0], 8*block.stride, min(n, simd.lanes))
		k += n
	}
}

// mulKernel gives whole quads of rows to the twin, and each row left over as a quad of four
// times itself, with strides of 0.
func mulKernel(out, init view, a coefficients, b view, rows, inner, cols int) {
	if simd == nil || inner == 0 {
		mulGeneric(out, init, a, b, rows, inner, cols)
		return
	}
	p := panelFor(b)
	defer p.free()
	for k := 0; k < cols; {
		version, n := simd.block(cols - k)
		kernel, block := simd.mul[version], p.pack(b.from(0, k), inner, n)
		i := rows &^ 3
		if i > 0 {
			kernel(&out.data[k], 8*out.stride, &init.data[k], 8*init.stride, &a.data[0], 8*a.row, 8*a.inner, &block.data[0], 8*block.stride, i/4, inner, min(n, simd.lanes))
		}
		for ; i < rows; i++ {
			kernel(&out.data[i*out.stride+k], 0, &init.data[i*init.stride+k], 0, &a.data[i*a.row], 0, 8*a.inner, &block.data[0], 8*block.stride, 1, inner, min(n, simd.lanes))
		}
		k += n
	}
}

// whole returns how many of n elements the elementwise kernels take; plain Go does the rest.
func (t *twin) whole(n int) int {
	if t == nil {
		return 0
	}
	return n &^ (t.lanes - 1)
}

func adamKernel(w, m, v, g []float64, step, factor float64) {
	n := simd.whole(len(w))
	if n > 0 {
		simd.adam(&w[0], &m[0], &v[0], &g[0], n, step, factor)
	}
	adamGeneric(w[n:], m[n:], v[n:], g[n:], step, factor)
}

func chainKernel(g, slope []float64) {
	n := simd.whole(len(g))
	if n > 0 {
		simd.chain(&g[0], &slope[0], n)
	}
	chainGeneric(g[n:], slope[n:])
}

func rectifyKernel(a, z []float64, leak float64) {
	n := simd.whole(len(a))
	if n > 0 {
		simd.rectify(&a[0], &z[0], n, leak)
	}
	rectifyGeneric(a[n:], z[n:], leak)
}

func expKernel(z []float64) {
	n := simd.whole(len(z))
	if n > 0 {
		simd.exp(&z[0], n)
	}
	expGeneric(z[n:])
}

func tanhKernel(a, z []float64) {
	n := simd.whole(len(a))
	if n > 0 {
		simd.tanh(&a[0], &z[0], n)
	}
	tanhGeneric(a[n:], z[n:])
}

func softplusKernel(a, z []float64) {
	n := simd.whole(len(a))
	if n > 0 {
		simd.softplus(&a[0], &z[0], n)
	}
	softplusGeneric(a[n:], z[n:])
}

func innerKernel(x, y []float64) float64 {
	if simd == nil {
		return innerGeneric(x, y)
	}
	return simd.inner(&x[0], &y[0], len(x))
}

func rotateKernel(x, y []float64, c, s float64) {
	n := simd.whole(len(x))
	if n > 0 {
		simd.rotate(&x[0], &y[0], n, c, s)
	}
	rotateGeneric(x[n:], y[n:], c, s)
}

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx uint32)
func xgetbv() uint32

//go:noescape
func gather2AVX2(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)

//go:noescape
func gather1AVX2(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)

//go:noescape
func spread2AVX2(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)

//go:noescape
func spread1AVX2(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)

//go:noescape
func mul2AVX2(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)

//go:noescape
func mul1AVX2(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)

//go:noescape
func prefetchAVX2(start *uint32, entries *uint64, rows *uint32, n int)

//go:noescape
func turnAVX2(end *uint32, list *uint64, start *uint32, entries *uint64, rows *uint32, n int)

//go:noescape
func adamAVX2(w, m, v, grad *float64, n int, step, factor float64)

//go:noescape
func chainAVX2(grad, slope *float64, n int)

//go:noescape
func rectifyAVX2(a, z *float64, n int, leak float64)

//go:noescape
func expAVX2(z *float64, n int)

//go:noescape
func tanhAVX2(a, z *float64, n int)

//go:noescape
func softplusAVX2(a, z *float64, n int)

//go:noescape
func innerAVX2(x, y *float64, n int) float64

//go:noescape
func rotateAVX2(x, y *float64, n int, c, s float64)

//go:noescape
func gather4AVX512(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)

//go:noescape
func spread4AVX512(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)

//go:noescape
func gather2AVX512(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)

//go:noescape
func gather1AVX512(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)

//go:noescape
func spread2AVX512(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)

//go:noescape
func spread1AVX512(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int)

//go:noescape
func mul2AVX512(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)

//go:noescape
func mul1AVX512(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)

//go:noescape
func prefetchAVX512(start *uint32, entries *uint64, rows *uint32, n int)

//go:noescape
func turnAVX512(end *uint32, list *uint64, start *uint32, entries *uint64, rows *uint32, n int)

//go:noescape
func adamAVX512(w, m, v, grad *float64, n int, step, factor float64)

//go:noescape
func chainAVX512(grad, slope *float64, n int)

//go:noescape
func rectifyAVX512(a, z *float64, n int, leak float64)

//go:noescape
func expAVX512(z *float64, n int)

//go:noescape
func tanhAVX512(a, z *float64, n int)

//go:noescape
func softplusAVX512(a, z *float64, n int)

//go:noescape
func innerAVX512(x, y *float64, n int) float64

//go:noescape
func rotateAVX512(x, y *float64, n int, c, s float64)
