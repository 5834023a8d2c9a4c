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
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
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
	npyOpen  = "{'descr': '<f8', 'fortran_order': False, 'shape': ("
	npyClose = "), }"

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
	header := npyOpen + formatShape(a.Shape) + npyClose
	unpadded := len(npyMagic) + 2 + len(header) + 1
	header += strings.Repeat(" ", (npyAlign-unpadded%npyAlign)%npyAlign) + "\n"
	b = append(b, npyMagic...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	b = append(b, header...)
	for _, x := range a.Data {
		if math.IsNaN(x) {
			x = math.NaN() // the bits of others depend on the processor
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

// readNPZ reads what writeNPZ wrote, and nothing else: zip and .npy have bytes that no
// checksum covers, so the arrays are written again and every byte compared.
func readNPZ(b []byte) ([]npyArray, error) {
	arrays, err := readMembers(b)
	if err != nil {
		return nil, err
	}
	var again bytes.Buffer
	if err := writeNPZ(&again, arrays); err != nil || !bytes.Equal(again.Bytes(), b) {
		return nil, errors.New("the arrays are whole, but not the bytes around them")
	}
	return arrays, nil
}

func readMembers(b []byte) (arrays []npyArray, err error) {
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	unread := uint64(len(b)) // members must not overlap, so together they hold no more
	for _, member := range archive.File {
		name, ok := strings.CutSuffix(member.Name, ".npy")
		if !ok || seen[name] {
			return nil, fmt.Errorf("member %q is no .npy file, or a second one", member.Name)
		}
		seen[name] = true
		if member.Method != zip.Store || member.UncompressedSize64 > unread {
			return nil, fmt.Errorf("array %s: compressed, or larger than the archive", name)
		}
		unread -= member.UncompressedSize64
		a := npyArray{Name: name}
		npy, err := fs.ReadFile(archive, member.Name) // and checks the CRC
		if err == nil {
			a.Shape, a.Data, err = parseNPY(npy)
		}
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", name, err)
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

func parseNPY(b []byte) (shape []int, data []float64, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(npyMagic))
	if !ok || len(rest) < 2 {
		return nil, nil, errors.New("not .npy 1.0")
	}
	length := int(binary.LittleEndian.Uint16(rest))
	if rest = rest[2:]; length > len(rest) {
		return nil, nil, fmt.Errorf("header of %d bytes, here are %d", length, len(rest))
	}
	if shape, err = parseHeader(string(rest[:length])); err != nil {
		return nil, nil, err
	}
	n, rest := elements(shape), rest[length:]
	if n < 0 {
		return nil, nil, fmt.Errorf("shape %v is negative or too large", shape)
	}
	if len(rest) != 8*n {
		return nil, nil, fmt.Errorf("shape %v needs %d bytes, here are %d", shape, 8*n, len(rest))
	}
	data = make([]float64, n)
	for i := range data {
		data[i] = math.Float64frombits(binary.LittleEndian.Uint64(rest[8*i:]))
	}
	return shape, data, nil
}

// parseHeader returns the shape in the header of a float64 array in C order.
func parseHeader(header string) (shape []int, err error) {
	tuple, ok := strings.CutPrefix(header, npyOpen)
	tuple, _, closed := strings.Cut(tuple, npyClose)
	if !ok || !closed {
		return nil, fmt.Errorf("header %.80q is not of float64 in C order", header)
	}
	if shape, err = parseShape(tuple); err != nil {
		return nil, fmt.Errorf("header %.80q: %w", header, err)
	}
	return shape, nil
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
