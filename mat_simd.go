//go:build !purego && (amd64 || arm64)

package main

import "sync"

// productTwins is one instruction set's twins of the products. Version i of a twin takes widths[i]
// columns, and version 0 only the first `rest` of them; the others do not use rest.
type productTwins struct {
	widths []int
	gather []gatherFunc
	spread []spreadFunc
	mul    []mulFunc // a version that is nil is plain Go's
}

type (
	gatherFunc func(z view, c *columns, level *levels, w view, rest int)
	spreadFunc func(dw, init view, c *columns, level *levels, dz view, rest int)
	mulFunc    func(out, init view, a coefficients, b view, fours, depth, rest int) // of four rows each
)

// use makes the twins the kernels.
func (s *productTwins) use() {
	gatherKernel, spreadKernel, mulKernel = s.gatherColumns, s.spreadColumns, s.mulColumns
}

// nextColumns returns which of a product's versions takes the next of cols columns, and how many it takes.
func (s *productTwins) nextColumns(cols, versions int) (version, n int) {
	version = versions - 1
	for version > 0 && s.widths[version] > cols {
		version--
	}
	return version, min(cols, s.widths[version])
}

// The rows of a run of columns of a wide matrix are so far apart that they fall into few sets of
// the first-level cache and evict each other, most of all at a distance that is a power of two.
// The kernels work on a copy of such columns, with its rows side by side: a panel.
const (
	panelCols = 32 // the most columns
	farApart  = 64 // the largest stride, in elements, that needs no panel
)

type panel [blockRows * panelCols]float64

const _ = uint(blockRows - mulBlock) // a panel of blockRows (mat_sparse.go) also holds mul's right factor

var panels = sync.Pool{New: func() any { return new(panel) }}

// panelFor returns a panel for columns of v, nil if they need none. free gives it back.
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

// pack copies rows×cols elements into the panel and returns the copy; with a nil panel it returns v.
func (p *panel) pack(v view, rows, cols int) view {
	if p == nil {
		return v
	}
	for i := range rows {
		copy(p[i*cols:(i+1)*cols], v.data[i*v.stride:])
	}
	return view{p[:], cols}
}

// unpack copies the panel to v.
func (p *panel) unpack(v view, rows, cols int) {
	if p == nil {
		return
	}
	for i := range rows {
		copy(v.data[i*v.stride:][:cols], p[i*cols:])
	}
}

func (s *productTwins) gatherColumns(z view, c *columns, level *levels, w view, cols int) {
	p := panelFor(z)
	defer p.free()
	for k := 0; k < cols; {
		version, n := s.nextColumns(cols-k, len(s.gather))
		packed := p.pack(z.from(0, k), c.rows, n)
		s.gather[version](packed, c, level, w.from(0, k), min(n, s.widths[0]))
		p.unpack(z.from(0, k), c.rows, n)
		k += n
	}
}

func (s *productTwins) spreadColumns(dw, init view, c *columns, level *levels, dz view, cols int) {
	p := panelFor(dz)
	defer p.free()
	for k := 0; k < cols; {
		version, n := s.nextColumns(cols-k, len(s.spread))
		packed := p.pack(dz.from(0, k), c.rows, n)
		s.spread[version](dw.from(0, k), init.from(0, k), c, level, packed, min(n, s.widths[0]))
		k += n
	}
}

// mulColumns gives the rows to the twin by fours, and each row left over as four times itself, with
// strides of 0.
func (s *productTwins) mulColumns(out, init view, a coefficients, b view, rows, depth, cols int) {
	p := panelFor(b)
	defer p.free()
	for k := 0; k < cols; {
		version, n := s.nextColumns(cols-k, len(s.mul))
		kernel := s.mul[version]
		if kernel == nil || depth == 0 {
			mulGeneric(out.from(0, k), init.from(0, k), a, b.from(0, k), rows, depth, cols-k)
			return
		}
		packed, rest, fours := p.pack(b.from(0, k), depth, n), min(n, s.widths[0]), rows/4
		if fours > 0 {
			kernel(out.from(0, k), init.from(0, k), a, packed, fours, depth, rest)
		}
		for i := 4 * fours; i < rows; i++ {
			once := coefficients{a.data[i*a.rowStride:], 0, a.colStride}
			kernel(view{out.from(i, k).data, 0}, view{init.from(i, k).data, 0}, once, packed, 1, depth, rest)
		}
		k += n
	}
}
