package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// smallArrays has every kind of shape, and values that only their bits tell apart.
var smallArrays = []npyArray{
	{"W", []int{2, 3}, []float64{1, -2, 0.1, math.MaxFloat64, 5e-324, math.Inf(-1)}},
	{"b", []int{2}, []float64{0, math.Copysign(0, -1)}},
	{"step", nil, []float64{469}},
	{"none", []int{3, 0}, []float64{}},
	{"trajectory", []int{2, 1, 3}, []float64{1, 2, 3, 4, 5, 6}},
}

func encodeNPZ(t testing.TB, arrays []npyArray) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeNPZ(&b, arrays); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNPZRoundTrip(t *testing.T) {
	tests := []struct {
		name   string
		arrays []npyArray
	}{
		{"no arrays", nil},
		{"every kind of shape", smallArrays},
		{"more than one page", []npyArray{{"W", []int{64, 784}, make([]float64, 64*784)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readNPZ(encodeNPZ(t, tt.arrays))
			if err != nil {
				t.Fatal(err)
			}
			sameBits := cmp.Comparer(func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
			if diff := cmp.Diff(tt.arrays, got, sameBits); diff != "" {
				t.Errorf("arrays (-want +got):\n%s", diff)
			}
		})
	}
}

// The hash is this program's own; NumPy 1.24.2 was seen to load these bytes.
func TestNPZBytesAreFixed(t *testing.T) {
	const want = "d72ec02421e4f8f28e84dc5ab44119adea57239f7e35662297a983ccb88ea886"
	hash := sha256.Sum256(encodeNPZ(t, smallArrays))
	if got := hex.EncodeToString(hash[:]); got != want {
		t.Errorf("SHA-256 is %s, want %s", got, want)
	}
}

func TestNPZNoticesEveryTruncation(t *testing.T) {
	b := encodeNPZ(t, smallArrays)
	for n := range b {
		if _, err := readNPZ(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were taken for the whole", n, len(b))
		}
	}
}

func TestNPZNoticesEveryFlippedBit(t *testing.T) {
	b := encodeNPZ(t, smallArrays)
	for i := range 8 * len(b) {
		b[i/8] ^= 1 << (i % 8)
		if _, err := readNPZ(b); err == nil {
			t.Errorf("bit %d of byte %d was flipped unnoticed", i%8, i/8)
		}
		b[i/8] ^= 1 << (i % 8)
	}
}

// member is a file of an archive that writeNPZ would not write.
type member struct {
	name   string
	npy    []byte
	method uint16
}

func archiveOf(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(m.npy)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadNPZRefusesBadArchives(t *testing.T) {
	whole := encodeNPZ(t, smallArrays)
	npy := appendNPY(nil, npyArray{"W", []int{3}, []float64{1, 2, 3}})
	edited := func(old, new string) []byte {
		return archiveOf(t, member{"W.npy", bytes.Replace(npy, []byte(old), []byte(new), 1), zip.Store})
	}
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "not a valid zip file"},
		{"no archive", []byte("PK\x03\x04 and no more"), "not a valid zip file"},
		{"trailing byte", append(bytes.Clone(whole), 0), "not the bytes around them"},
		{"leading byte", append([]byte{0}, whole...), "not the bytes around them"},
		{"as another program writes it", archiveOf(t, member{"W.npy", npy, zip.Store}), "not the bytes around them"},
		{"not called .npy", archiveOf(t, member{"W", npy, zip.Store}), `"W" is no .npy file`},
		{"twice the same name", archiveOf(t, member{"W.npy", npy, zip.Store}, member{"W.npy", npy, zip.Store}), "a second one"},
		{"deflated", archiveOf(t, member{"W.npy", npy, zip.Deflate}), "array W: compressed"},
		{"flipped value", bytes.Replace(whole, []byte("\x00\x50\x7d\x40"), []byte("\x00\x51\x7d\x40"), 1), "array step: zip: checksum error"},
		{"empty array file", archiveOf(t, member{"W.npy", nil, zip.Store}), "array W: not .npy 1.0"},
		{"version 2.0", edited("NUMPY\x01", "NUMPY\x02"), "array W: not .npy 1.0"},
		{"float32", edited("<f8", "<f4"), "is not of float64 in C order"},
		{"Fortran order", edited("False, ", "True,  "), "is not of float64 in C order"},
		{"header longer than the file", edited("\x76\x00{", "\x76\xff{"), "array W: header of 65398 bytes, here are"},
		{"shape without end", edited("(3,), }", "(3, }  "), "is not of float64 in C order"},
		{"shape of letters", edited("(3,)", "(x,)"), `parsing "x"`},
		{"negative shape", edited("(3,), } ", "(-3,), }"), "shape [-3] is negative or too large"},
		{"overflowing shape", edited("(3,), }"+strings.Repeat(" ", 24), "(4294967296, 4294967296, 3), }"+" "), "too large"},
		{"larger shape", edited("(3,)", "(4,)"), "shape [4] needs 32 bytes, here are 24"},
		{"smaller shape", edited("(3,)", "(2,)"), "shape [2] needs 16 bytes, here are 24"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readNPZ(tt.b)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestWriteNPZPanicsOnAWrongShape(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("wrote 2×2 values as 2×3")
		}
	}()
	writeNPZ(io.Discard, []npyArray{{"W", []int{2, 3}, make([]float64, 4)}})
}

// failingWriter has room for some bytes only.
type failingWriter struct{ room int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestWriteNPZReportsAFullDisk(t *testing.T) {
	for room := range len(encodeNPZ(t, smallArrays)) {
		if err := writeNPZ(&failingWriter{room}, smallArrays); err == nil {
			t.Fatalf("no error with room for %d bytes", room)
		}
	}
}

func FuzzReadNPZ(f *testing.F) {
	f.Add(encodeNPZ(f, nil))
	f.Add(encodeNPZ(f, smallArrays[:1]))
	f.Add(encodeNPZ(f, smallArrays))
	f.Fuzz(func(t *testing.T, b []byte) {
		arrays, err := readNPZ(b)
		if err == nil && !bytes.Equal(encodeNPZ(t, arrays), b) {
			t.Error("what was read is not what was written")
		}
	})
}
