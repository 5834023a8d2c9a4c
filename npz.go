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
			ModifiedDate:       zipEpoch,
			CRC32:              crc32.ChecksumIEEE(npy),
			CompressedSize64:   uint64(len(npy)),
			UncompressedSize64: uint64(len(npy)),
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
	if n, err := elements(a.Shape); err != nil || n != len(a.Data) {
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

// elements returns the product of shape, 1 for a scalar's.
func elements(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/8/d {
			return 0, fmt.Errorf("shape %v is negative or too large", shape)
		}
		n *= d
	}
	return n, nil
}

// readNPZ reads what writeNPZ wrote, and nothing else: zip and .npy have bytes that no
// checksum covers, so the arrays are written again and every byte compared.
func readNPZ(b []byte) ([]npyArray, error) {
	arrays, err := readMembers(b)
	if err != nil {
		return nil, err
	}
	var again bytes.Buffer
	if err := writeNPZ(&again, arrays); err != nil {
		return nil, err
	}
	if !bytes.Equal(again.Bytes(), b) {
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
		a, err := readMember(member)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", name, err)
		}
		a.Name = name
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// readMember returns an array without its name.
func readMember(member *zip.File) (npyArray, error) {
	r, err := member.Open()
	if err != nil {
		return npyArray{}, err
	}
	defer r.Close()
	b, err := io.ReadAll(r) // and checks the CRC
	if err != nil {
		return npyArray{}, err
	}
	return parseNPY(b)
}

func parseNPY(b []byte) (npyArray, error) {
	rest, ok := bytes.CutPrefix(b, []byte(npyMagic))
	if !ok || len(rest) < 2 {
		return npyArray{}, errors.New("not .npy 1.0")
	}
	length := int(binary.LittleEndian.Uint16(rest))
	if rest = rest[2:]; length > len(rest) {
		return npyArray{}, fmt.Errorf("header of %d bytes, here are %d", length, len(rest))
	}
	shape, err := parseHeader(string(rest[:length]))
	if err != nil {
		return npyArray{}, err
	}
	n, err := elements(shape)
	if err != nil {
		return npyArray{}, err
	}
	if rest = rest[length:]; len(rest) != 8*n {
		return npyArray{}, fmt.Errorf("shape %v needs %d bytes, here are %d", shape, 8*n, len(rest))
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = math.Float64frombits(binary.LittleEndian.Uint64(rest[8*i:]))
	}
	return npyArray{Shape: shape, Data: data}, nil
}

// parseHeader returns the shape in the header of a float64 array in C order.
func parseHeader(header string) (shape []int, err error) {
	tuple, ok := strings.CutPrefix(header, npyOpen)
	tuple, _, closed := strings.Cut(tuple, npyClose)
	if !ok || !closed {
		return nil, fmt.Errorf("header %.80q is not of float64 in C order", header)
	}
	if tuple == "" {
		return nil, nil
	}
	for size := range strings.SplitSeq(strings.TrimSuffix(tuple, ","), ", ") {
		d, err := strconv.Atoi(size)
		if err != nil {
			return nil, fmt.Errorf("header %.80q: %w", header, err)
		}
		shape = append(shape, d)
	}
	return shape, nil
}
