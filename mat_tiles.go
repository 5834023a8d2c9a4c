package main

// Wide matrices in tiles. Rows far apart in memory fall into few sets of the cache and evict each other, so that a product
// that takes a few columns at a time would read all rows from memory again each time. So a block of tileRows rows is cut
// into tiles of tileCols columns, each with its rows side by side, and products go from tile to tile. Every sum takes its
// terms in the same order as without tiles, so that they change no bit.
const (
	tileRows = 64
	tileCols = 32 // a tile fills half of the first-level cache
)

// wideCols is the number of columns beyond which tiles repay their copies.
const wideCols = 64

// cut copies a block of up to tileRows rows (n×K) into tiles.
func cut(tiles []float64, block Mat) {
	for k := 0; k < block.Cols; k += tileCols {
		for n := range block.Rows {
			tiles = tiles[copy(tiles, block.Row(n)[k:min(k+tileCols, block.Cols)]):]
		}
	}
}

// tileOf returns the tile of a cut block that begins at column k, or the whole block if it is not wide.
func tileOf(block Mat, k int) Mat {
	if block.Cols <= wideCols {
		return block
	}
	n, width := block.Rows, min(tileCols, block.Cols-k)
	return Mat{n, width, block.Data[n*k : n*(k+width)]}
}
