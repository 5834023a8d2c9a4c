// Arrays in NumPy's .npz format: a zip archive of .npy files (NEP 1), here version 1.0,
// float64 little-endian, C order, stored and not deflated. The same arrays give the same
// bytes: no timestamp, no compressor. In Python:
//
//	W = numpy.load("weights.npz")["W"]

package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"
	"strings"
)

// npyArray is a named array, row-major.
type npyArray struct {
	Name  string
	Shape []int
	Data  []float64
}

const (
	npyMagic = "\x93NUMPY\x01\x00" // format version 1.0, then a uint16 with the header's length
	npyAlign = 64                  // magic, length and header end on a multiple of this

	zipVersion = 20       // 2.0, the least that any reader knows
	zipEpoch   = 1<<5 | 1 // 1 January 1980, as NumPy writes
)

// writeNPZ writes arrays in their order. It panics if a shape does not fit its data.
func writeNPZ(w io.Writer, arrays []npyArray) error {
	archive := zip.NewWriter(w)
	for _, a := range arrays {
		npy := appendNPY(nil, a)
		member, err := archive.CreateRaw(&zip.FileHeader{
			Name:               a.Name + ".npy",
			Method:             zip.Store,
			CreatorVersion:     zipVersion,
			ReaderVersion:      zipVersion,
			CRC32:              crc32.ChecksumIEEE(npy),
			CompressedSize64:   uint64(len(npy)),
			UncompressedSize64: uint64(len(npy)),
			//lint:ignore SA1019 CreateRaw does not look at Modified, and writes this
			ModifiedDate: zipEpoch,
		})
		if err == nil {
			_, err = member.Write(npy)
		}
		if err != nil {
			return fmt.Errorf("array %s: %w", a.Name, err)
		}
	}
	return archive.Close()
}

func appendNPY(b []byte, a npyArray) []byte {
	if elements(a.Shape) != len(a.Data) {
		panic(fmt.Sprintf("array %s: shape %v, but %d values", a.Name, a.Shape, len(a.Data)))
	}
	header := "{'descr': '<f8', 'fortran_order': False, 'shape': (" + formatShape(a.Shape) + "), }"
	unpadded := len(npyMagic) + 2 + len(header) + 1
	header += strings.Repeat(" ", (npyAlign-unpadded%npyAlign)%npyAlign) + "\n"
	b = append(b, npyMagic...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	b = append(b, header...)
	for _, x := range a.Data {
		if math.IsNaN(x) {
			x = math.NaN() // one bit pattern for all: those of computed NaNs depend on the processor
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// formatShape writes a shape as the inside of a Python tuple: "", "3,", "3, 4".
func formatShape(shape []int) string {
	var sizes []string
	for _, d := range shape {
		sizes = append(sizes, strconv.Itoa(d))
	}
	if len(sizes) == 1 {
		return sizes[0] + ","
	}
	return strings.Join(sizes, ", ")
}

// elements returns the product of shape, 1 for a scalar's; −1 if it is negative or too large.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/8/d {
			return -1
		}
		n *= d
	}
	return n
}

// readNPZ returns the named arrays of an archive that writeNPZ wrote. That it is whole, its hash says (store.open).
func readNPZ(b []byte, names ...string) (map[string]npyArray, error) {
	found, _, err := openNPZ(bytes.NewReader(b), int64(len(b)), names...)
	arrays := map[string]npyArray{}
	for name, a := range found {
		if err == nil && (a.dtype != "f8" || a.fortran || a.order != binary.LittleEndian) {
			err = fmt.Errorf("array %s is not as this program writes it", name)
		}
		if err == nil {
			data, readErr := readElements[float64](a)
			arrays[name], err = npyArray{name, a.shape, data}, readErr
		}
	}
	return arrays, err
}

// parseShape reads what formatShape writes.
func parseShape(tuple string) (shape []int, err error) {
	for size := range strings.FieldsSeq(strings.ReplaceAll(tuple, ",", " ")) {
		d, err := strconv.Atoi(size)
		if err != nil {
			return nil, err
		}
		shape = append(shape, d)
	}
	return shape, nil
}
