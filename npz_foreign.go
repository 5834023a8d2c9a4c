// Archives of NumPy arrays as others write them, by numpy.savez, numpy.savez_compressed and the like: members stored
// or deflated, .npy format 1.0, 2.0 or 3.0 (NEP 1), little or big endian, C or Fortran order, and numbers of
// any kind. npz.go has the one form that this program writes.
//
//	\x93NUMPY major minor | length of the header, uint16, from 2.0 on uint32 | header | elements
//	header: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
//
// A header is trusted only as far as the archive's directory confirms it, so that a small file cannot claim much memory.

package main

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxUnpacked  = 2 << 30 // bytes of all arrays that are read
	maxNPYHeader = 1 << 16
	maxDeflation = 1032 // the most bytes that one deflated byte can stand for
)

// foreignArray is an array whose header was read; its elements come next.
type foreignArray struct {
	npyHeader
	elements io.ReadCloser
}

// npyHeader says how the elements of an array are written.
type npyHeader struct {
	dtype   string // NumPy's letter and the bytes of an element: f4
	order   binary.ByteOrder
	fortran bool // the first index runs fastest
	shape   []int
}

// openNPZ returns the wanted arrays that an archive of size bytes has, by name, and the names of all of its members.
func openNPZ(r io.ReaderAt, size int64, wanted ...string) (found map[string]*foreignArray, names []string, err error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, nil, err
	}
	found = map[string]*foreignArray{}
	unpacked := uint64(0)
	for _, member := range archive.File {
		name := strings.TrimSuffix(member.Name, ".npy")
		names = append(names, name)
		if !slices.Contains(wanted, name) {
			continue
		}
		if found[name] != nil {
			return nil, nil, fmt.Errorf("%s is there twice", name)
		}
		if bytes := member.UncompressedSize64; bytes > maxUnpacked || unpacked+bytes > maxUnpacked {
			return nil, nil, fmt.Errorf("its arrays are of more than %d bytes", maxUnpacked)
		}
		unpacked += member.UncompressedSize64
		if found[name], err = openNPY(member, size); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return found, names, nil
}

func openNPY(member *zip.File, size int64) (*foreignArray, error) {
	bytes := member.UncompressedSize64
	if bytes > maxDeflation*min(member.CompressedSize64, uint64(size)) {
		return nil, fmt.Errorf("%d bytes cannot unpack to %d", member.CompressedSize64, bytes)
	}
	r, err := member.Open()
	if err != nil {
		return nil, err
	}
	header, length, err := readNPYHeader(r)
	if err != nil {
		return nil, err
	}
	width, _ := strconv.Atoi(header.dtype[1:])
	n := elements(header.shape)
	if want := int64(n) * int64(width); n < 0 || want != int64(bytes)-int64(length) {
		return nil, fmt.Errorf("shape %v of %s does not fit its %d bytes", header.shape, header.dtype, int64(bytes)-int64(length))
	}
	return &foreignArray{header, r}, nil
}

// readNPYHeader returns the header that r begins with, and its length with all that is before it.
func readNPYHeader(r io.Reader) (h npyHeader, length int, err error) {
	start := make([]byte, 8)
	if _, err := io.ReadFull(r, start); err != nil {
		return h, 0, err
	}
	sizes := map[string]int{"\x93NUMPY\x01\x00": 2, "\x93NUMPY\x02\x00": 4, "\x93NUMPY\x03\x00": 4}
	size, known := sizes[string(start)]
	if !known {
		return h, 0, errors.New("not .npy 1.0, 2.0 or 3.0")
	}
	field := make([]byte, 4)
	if _, err := io.ReadFull(r, field[:size]); err != nil {
		return h, 0, err
	}
	text := binary.LittleEndian.Uint32(field)
	if text > maxNPYHeader {
		return h, 0, fmt.Errorf("a header of %d bytes", text)
	}
	header := make([]byte, text)
	if _, err := io.ReadFull(r, header); err != nil {
		return h, 0, err
	}
	h, err = parseForeignHeader(string(header))
	return h, len(start) + size + len(header), err
}

var (
	npyDescr   = regexp.MustCompile(`["']descr["']\s*:\s*["']([<>|=]?)([biufc][0-9]+)["']`)
	npyFortran = regexp.MustCompile(`["']fortran_order["']\s*:\s*(True|False)`)
	npyShape   = regexp.MustCompile(`["']shape["']\s*:\s*\(([0-9, ]*)\)`)
)

func parseForeignHeader(header string) (h npyHeader, err error) {
	descr, fortran, shape := npyDescr.FindStringSubmatch(header), npyFortran.FindStringSubmatch(header), npyShape.FindStringSubmatch(header)
	if fortran == nil || shape == nil {
		return h, fmt.Errorf("header %.80q has no order or no shape", header)
	}
	if descr == nil {
		return h, fmt.Errorf("its elements are no plain numbers but, says the header, %.80q", header)
	}
	h.dtype, h.order, h.fortran = descr[2], binary.LittleEndian, fortran[1] == "True"
	if descr[1] == ">" {
		h.order = binary.BigEndian
	}
	h.shape, err = parseShape(shape[1])
	return h, err
}

// readElements returns the elements of a, row-major, where T is their dtype. It reads to the end of the member, where its
// checksum is.
func readElements[T any](a *foreignArray) ([]T, error) {
	defer a.elements.Close()
	all := make([]T, elements(a.shape))
	for part := range slices.Chunk(all, 1<<12) {
		if err := binary.Read(a.elements, a.order, part); err != nil {
			return nil, damaged(err)
		}
	}
	if _, err := io.Copy(io.Discard, a.elements); err != nil {
		return nil, damaged(err)
	}
	if a.fortran {
		all = rowMajor(all, a.shape)
	}
	return all, nil
}

func damaged(err error) error { return fmt.Errorf("%w: the file is damaged, save it again", err) }

// rowMajor reorders elements from Fortran order, in which the first index runs fastest, to C order, in which the last does.
func rowMajor[T any](elements []T, shape []int) []T {
	step, index := make([]int, len(shape)), make([]int, len(shape))
	for i, n := 0, 1; i < len(shape); i++ {
		step[i] = n
		n *= shape[i]
	}
	all, from := make([]T, len(elements)), 0
	for i := range all {
		all[i] = elements[from]
		for axis := len(shape) - 1; axis >= 0; axis-- {
			index[axis]++
			from += step[axis]
			if index[axis] < shape[axis] {
				break
			}
			from -= index[axis] * step[axis]
			index[axis] = 0
		}
	}
	return all
}
