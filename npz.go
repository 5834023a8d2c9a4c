// Arrays in NumPy's .npz files: zip archives whose members are .npy files (NEP 1).
//
//	\x93NUMPY major minor | length of the header, uint16, from version 2 on uint32 | header | elements
//	header: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
//
// This program writes version 1.0, float64, little-endian, C order, stored and not deflated. The
// same arrays give the same bytes: no timestamp, no compressor. In Python:
//
//	W = numpy.load("weights.npz")["W"]
//
// It reads what NumPy writes: versions 1 to 3, stored or deflated, in either byte order, C or Fortran
// order.

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
	"regexp"
	"slices"
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
	npyMagic = "\x93NUMPY"
	npyAlign = 64 // magic, version, length and header end on a multiple of this

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
	sizes := strings.ReplaceAll(strings.Trim(fmt.Sprint(a.Shape), "[]"), " ", ", ")
	if len(a.Shape) == 1 {
		sizes += ","
	}
	header := "{'descr': '<f8', 'fortran_order': False, 'shape': (" + sizes + "), }"
	unpadded := len(npyMagic) + 4 + len(header) + 1
	header += strings.Repeat(" ", (npyAlign-unpadded%npyAlign)%npyAlign) + "\n"
	b = append(b, npyMagic+"\x01\x00"...)
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

// elements returns the product of shape, 1 for a scalar's; −1 if it is too large.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		if d > 0 && n > math.MaxInt/8/d {
			return -1
		}
		n *= d
	}
	return n
}

// readNPZ returns the named arrays of an archive that writeNPZ wrote, row-major; what it lacks is nil.
func readNPZ(b []byte, names ...string) (map[string][]float64, error) {
	found, _, err := openNPZ(b, names...)
	arrays := map[string][]float64{}
	for name, a := range found {
		arrays[name] = decode(a, a.number)
	}
	return arrays, err
}

// npy is an array as a file has it.
type npy struct {
	dtype   string // NumPy's letter and a size: f4; U7 is text of 7 characters
	width   int    // bytes of an element; 0 if it is neither a number nor text
	big     bool   // the bytes of an element are in big-endian order
	fortran bool   // the first index runs fastest
	shape   []int
	body    []byte // the elements
}

const maxUnpacked = 2 << 30 // bytes of all arrays that are read

// openNPZ returns the wanted arrays that an archive has, by name, and the names of all its members.
func openNPZ(b []byte, wanted ...string) (found map[string]*npy, names []string, err error) {
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, err
	}
	found = map[string]*npy{}
	room := uint64(maxUnpacked)
	for _, member := range archive.File {
		name := strings.TrimSuffix(member.Name, ".npy")
		names = append(names, name)
		if !slices.Contains(wanted, name) {
			continue
		}
		if member.UncompressedSize64 > room {
			return nil, nil, errors.New("its arrays are of more than 2 GiB, which is the most that is read")
		}
		room -= member.UncompressedSize64
		if found[name], err = readNPY(member); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return found, names, nil
}

// readNPY reads a member to its end, where its checksum is.
func readNPY(member *zip.File) (*npy, error) {
	r, err := member.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var all bytes.Buffer
	all.Grow(int(member.UncompressedSize64) + bytes.MinRead)
	if _, err := all.ReadFrom(r); err != nil {
		return nil, err
	}
	b := all.Bytes()
	if len(b) < 12 || string(b[:6]) != npyMagic || b[6] < 1 || b[6] > 3 {
		return nil, errors.New("not .npy 1.0, 2.0 or 3.0")
	}
	length, rest := int(binary.LittleEndian.Uint16(b[8:])), b[10:]
	if b[6] > 1 {
		length, rest = int(binary.LittleEndian.Uint32(b[8:])), b[12:]
	}
	if length > len(rest) {
		return nil, io.ErrUnexpectedEOF
	}
	a, err := parseHeader(rest[:length])
	a.body = rest[length:]
	n := elements(a.shape)
	if err == nil && a.width > 0 && (n < 0 || n > len(a.body) || n*a.width != len(a.body)) {
		err = fmt.Errorf("shape %v of %s does not fit %d bytes", a.shape, a.dtype, len(a.body))
	}
	return &a, err
}

var (
	npyHeader = regexp.MustCompile(`^\{'descr': '([<>|])([^']+)', 'fortran_order': (True|False), ` +
		`'shape': \(([0-9, ]*)\), \} *\n$`)
	numberOrText = regexp.MustCompile(`^(f[48]|[iu][1248]|b1|U[0-9]{1,9})$`)
)

func parseHeader(header []byte) (a npy, err error) {
	field := npyHeader.FindStringSubmatch(string(header))
	if field == nil {
		return a, fmt.Errorf("its header is %.80q, of no array of numbers or text", header)
	}
	a.big, a.dtype, a.fortran = field[1] == ">", field[2], field[3] == "True"
	if numberOrText.MatchString(a.dtype) {
		a.width, _ = strconv.Atoi(a.dtype[1:])
	}
	if a.dtype[0] == 'U' {
		a.width *= 4
	}
	for _, size := range strings.Fields(strings.ReplaceAll(field[4], ",", " ")) {
		d, err := strconv.Atoi(size)
		if err != nil {
			return a, err
		}
		a.shape = append(a.shape, d)
	}
	return a, nil
}

// number is the value of an element.
func (a *npy) number(element []byte) float64 {
	var bits uint64
	for i, b := range element {
		if a.big {
			i = len(element) - 1 - i
		}
		bits |= uint64(b) << (8 * i)
	}
	unused := 64 - 8*len(element)
	switch {
	case a.dtype == "f8":
		return math.Float64frombits(bits)
	case a.dtype == "f4":
		return float64(math.Float32frombits(uint32(bits)))
	case a.dtype[0] == 'i':
		return float64(int64(bits<<unused) >> unused)
	}
	return float64(bits)
}

// decode returns the values of the elements, row-major, which are numbers or text.
func decode[T any](a *npy, value func(element []byte) T) []T {
	all := make([]T, elements(a.shape))
	for i := range all {
		all[a.place(i)] = value(a.body[i*a.width : (i+1)*a.width])
	}
	return all
}

// place returns the row-major index of the file's i-th element. Of Fortran order the first index runs
// fastest.
func (a *npy) place(i int) int {
	if !a.fortran {
		return i
	}
	at, step := 0, elements(a.shape)
	for _, size := range a.shape {
		step /= size
		at += i % size * step
		i /= size
	}
	return at
}
