// MNIST's train split moved by a pixel: every image nine times, by dx and dy in {−1, 0, 1}. What leaves the frame
// is lost, and zeros come in. Stored one by one, the 540,000 rows would take 423 MB; here every image is kept
// once, within a margin of zeros, and a moved one is read from it when a batch needs it. Its row then has the
// form of a sparse image's (mat_sparse.go), and products are the same as there.

package main

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// shifts are the moves, dx to the right and dy down, in the order of the rows: row m·N + n is image n of N moved
// by shifts[m]. Images as they are come first, so that the first rows of each class are MNIST's.
var shifts = [9][2]int{{0, 0}, {-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}

// shifted is the rows of N images under all moves. The embedded sparse has no rows; it only says how a row is arranged.
type shifted struct {
	*sparse
	N, height, width int
	margined         []byte // N×(height+2)×(width+2)
}

// shiftedSet returns the images (N×height×width bytes, height even, width a multiple of 4) under every move.
func shiftedSet(bytes []byte, height, width int, labels []byte) Set {
	D, pitch := height*width, width+2
	if height%2 > 0 || width%4 > 0 || len(bytes)%D > 0 {
		panic(fmt.Sprintf("shiftedSet: %d bytes in images of %d×%d", len(bytes), height, width))
	}
	s := &shifted{newSparse([]byte{}, height, width, byteLevels()), len(bytes) / D, height, width, nil}
	s.margined = make([]byte, s.N*(height+2)*pitch)
	for line := range s.N * height {
		n, y := line/height, line%height
		copy(s.margined[(n*(height+2)+y+1)*pitch+1:], bytes[line*width:(line+1)*width])
	}
	return Set{s, len(shifts) * s.N, D, slices.Repeat(labels, len(shifts))}
}

// appendRow appends the entries of row n. Pixel (x, y) of an image that is moved by (dx, dy) was pixel (x−dx, y−dy),
// which is at (x+1−dx, y+1−dy) within the margin.
func (s *shifted) appendRow(list []uint64, n int) []uint64 {
	pitch, by := s.width+2, shifts[n/s.N]
	from := (n%s.N*(s.height+2)+1-by[1])*pitch + 1 - by[0]
	for y := 0; y < s.height; y += 2 {
		upper, lower := s.margined[from+y*pitch:], s.margined[from+(y+1)*pitch:]
		for x := 0; x < s.width; x += 4 { // two quads
			u, l := binary.LittleEndian.Uint32(upper[x:]), binary.LittleEndian.Uint32(lower[x:])
			if u|l == 0 {
				continue
			}
			quad := uint64(y/2*(s.width/2) + x/2)
			if e := squareEntry(u, l); e != 0 {
				list = append(list, e|quad)
			}
			if e := squareEntry(u>>16, l>>16); e != 0 {
				list = append(list, e|(quad+1))
			}
		}
	}
	return list
}

// squareEntry is the entry, without its quad, of a square whose upper row is the low two bytes of u and lower row those of l.
func squareEntry(u, l uint32) uint64 {
	return uint64(u&0xffff)<<8 | uint64(l&0xffff)<<24
}

func (s *shifted) dense(n int) []float64 {
	row := s.appendRow(nil, n)
	alone := sparse{1, s.D, s.order, []uint32{0, uint32(len(row))}, row, s.level}
	return alone.dense(0)
}

func (s *shifted) squaredNorm(n int) float64 {
	var row [maxQuads]uint64
	return squares(s.appendRow(row[:0], n), s.level)
}

// constant: an input is constant if the nine pixels that it comes from are, and all have one value.
func (s *shifted) constant() []bool {
	pitch := s.width + 2
	area := (s.height + 2) * pitch
	varies := make([]bool, area)
	for n := range s.N {
		for i, p := range s.margined[n*area : (n+1)*area] {
			varies[i] = varies[i] || p != s.margined[i]
		}
	}
	constant := make([]bool, s.D)
	for d := range constant {
		at := (d/s.width+1)*pitch + d%s.width + 1
		constant[d] = !slices.ContainsFunc(shifts[:], func(by [2]int) bool {
			from := at - by[1]*pitch - by[0]
			return varies[from] || s.margined[from] != s.margined[at]
		})
	}
	return constant
}

func (s *shifted) newBlock() block { return &shiftedBlock{newColumns(s.sparse), s, nil} }

// shiftedBlock moves its rows when it is loaded.
type shiftedBlock struct {
	*columns
	from *shifted
	row  []uint64
}

func (b *shiftedBlock) prefetch([]uint32) {}

func (b *shiftedBlock) load(rows []uint32) {
	b.clear(len(rows))
	for i, n := range rows {
		b.row = b.from.appendRow(b.row[:0], int(n))
		b.turn(i, b.row)
	}
}
