package main

import "math"

// The rows of a probe, F (N×K), where there are many units. An evaluation of L reads F once and takes 2·N·K·C
// multiply-adds, so it pays to leave out what T has zeros for, to make X = F T where that has few columns, and to lay
// blocks of rows out in tiles. All of it happens in the memory of F, of 8·N·K bytes. Up to jacobiLimit units nothing is
// left out or multiplied, and sums are those of F as it came.

// probeUsual is how many evaluations a probe of many units usually takes.
const probeUsual = 40

const _ = uint(tileRows - probeBlock) // a block of rows can be cut

// toleranceAll is the tolerance of the fit to all rows of K units. For many units it is coarser, which halves the
// evaluations; they take most of a run's time apart from its steps.
func toleranceAll(K int) float64 {
	if K > jacobiLimit {
		return 10 * probeTolerance
	}
	return probeTolerance
}

// choose leaves units that hardly vary out of F, if there are so many units that it matters: T has zeros for them anyway.
func (p *probe) choose() {
	variance := make([]float64, p.F.Cols)
	if p.F.Cols > jacobiLimit {
		columnSquares(variance, p.F)
	}
	for k, v := range variance {
		if p.F.Cols <= jacobiLimit || !(v/float64(p.F.Rows-1) < probeVariance) {
			p.units = append(p.units, k)
		}
	}
	if len(p.units) == p.F.Cols {
		return
	}
	kept := Mat{p.F.Rows, len(p.units), p.F.Data[:p.F.Rows*len(p.units)]}
	for n := range kept.Rows {
		row, all := kept.Row(n), p.F.Row(n)
		for i, k := range p.units {
			row[i] = all[k]
		}
	}
	p.F = kept
}

// columnSquares adds Σₙ Aₙₖ² to sums (K).
func columnSquares(sums []float64, A Mat) {
	for n := range A.Rows {
		for k, a := range A.Row(n) {
			sums[k] = math.FMA(a, a, sums[k])
		}
	}
}

// project replaces F by X = F T without its zero columns, unless that costs more than it saves in the evaluations:
// the products T U, and those of the columns that X has not.
func (p *probe) project() {
	N, K := p.F.Rows, p.F.Cols
	if K <= jacobiLimit {
		return
	}
	var columns []int
	for j := range K {
		if !constantColumn(p.T, j) || p.T.Data[j] != 0 {
			columns = append(columns, j)
		}
	}
	r := len(columns)
	if N*K*r > 2*probeUsual*p.classes*(N*(K-r)+K*K) {
		return
	}
	T := newMat(K, r)
	for k := range K {
		for i, j := range columns {
			T.Row(k)[i] = p.T.Row(k)[j]
		}
	}
	X, block := Mat{N, r, p.F.Data[:N*r]}, newMat(probeBlock, r)
	for n := 0; n < N; n += probeBlock { // X stays behind F
		rows := min(probeBlock, N-n)
		mul(block.view(), zeros, coefficients{p.F.Data[n*K:], K, 1}, T.view(), rows, K, r)
		copy(X.Data[n*r:], block.Data[:rows*r])
	}
	p.F, p.T, p.projected = X, T, true
}

// cut cuts the blocks of F into tiles, if it is wide.
func (p *probe) cut() {
	if K := p.F.Cols; K > wideCols {
		split((p.F.Rows+probeBlock-1)/probeBlock, 1, func(from, to int) {
			rows := newMat(probeBlock, K)
			for n := from * probeBlock; n < min(to*probeBlock, p.F.Rows); n += probeBlock {
				block := p.block(n, min(n+probeBlock, p.F.Rows))
				copy(rows.Data, block.Data)
				cut(block.Data, rows.head(block.Rows))
			}
		})
	}
}

// block returns the rows of F in [from, to), which must be one of its blocks.
func (p *probe) block(from, to int) Mat {
	return Mat{to - from, p.F.Cols, p.F.Data[from*p.F.Cols : to*p.F.Cols]}
}
