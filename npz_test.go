package main

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	var names []string
	want := map[string][]float64{}
	for _, a := range smallArrays {
		names, want[a.Name] = append(names, a.Name), a.Data
	}
	got, err := readNPZ(encodeNPZ(t, smallArrays), append(names, "absent")...)
	if err != nil {
		t.Fatal(err)
	}
	sameBits := cmp.Comparer(func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
	if diff := cmp.Diff(want, got, sameBits, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("arrays (-want +got):\n%s", diff)
	}
}

// The hash is this program's own; NumPy 1.24.2 was seen to load these bytes.
func TestNPZBytesAreFixed(t *testing.T) {
	const want = "d72ec02421e4f8f28e84dc5ab44119adea57239f7e35662297a983ccb88ea886"
	if got := sha256Text(encodeNPZ(t, smallArrays)); got != want {
		t.Errorf("SHA-256 is %s, want %s", got, want)
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
