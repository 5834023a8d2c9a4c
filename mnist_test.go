package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mnistFacts are what no loader can get right by accident. They were counted with NumPy in
// the files as published.
type mnistFacts struct {
	N, D, Pixels int
	Sum          int // of all bytes
	FirstLabels  []byte
	Digits       [10]int // images of each
	Constant     int     // inputs that all images have alike
}

func TestMNISTIsAsPublished(t *testing.T) {
	d, err := mnist.load(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := [2]mnistFacts{
		{60000, 784, 8994156, 1567298545, []byte{5, 0, 4, 1, 9},
			[10]int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, 67},
		{10000, 784, 1511219, 264923200, []byte{7, 2, 1, 0, 4},
			[10]int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, 116},
	}
	got := [2]mnistFacts{factsOf(d.Train), factsOf(d.Test)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("MNIST (-want +got):\n%s", diff)
	}
	// cat of the four hex hashes | sha256sum
	const wantHash = "c65580678af93f1ea48c2c0d01d543ec89307c6b8a0eb7ca542d7c18c5f4c681"
	if d.SHA256 != wantHash || d.Train.D != 784 {
		t.Errorf("got D = %d, %s; want D = 784, %s", d.Train.D, d.SHA256, wantHash)
	}
}

// TestFashionIsAsPublished takes the files from the cache or from Debian's package dataset-fashion-mnist; no module
// has them.
func TestFashionIsAsPublished(t *testing.T) {
	f := newFetcher(fashion, nil)
	raw, err := f.fromCache(t.Context(), "")
	if err != nil {
		raw, err = f.fromGiven(t.Context(), "/usr/share/datasets/fashion-mnist")
	}
	if err != nil {
		t.Skipf("Fashion-MNIST is not here: run once with -data fashion, or install dataset-fashion-mnist: %v", err)
	}
	d, err := fashion.dataset(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := [2]mnistFacts{
		{60000, 784, 23423502, 3431114169, []byte{9, 0, 0, 3, 0}, [10]int(slices.Repeat([]int{6000}, 10)), 0},
		{10000, 784, 3920817, 573469082, []byte{9, 2, 1, 1, 6}, [10]int(slices.Repeat([]int{1000}, 10)), 0},
	}
	got := [2]mnistFacts{factsOf(d.Train), factsOf(d.Test)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Fashion-MNIST (-want +got):\n%s", diff)
	}
	// cat of the four hex hashes | sha256sum
	const wantHash = "d1fd84a877f3b78fa9a171b3de73f93e7b6f69ed94bada3feae9d96821401f5c"
	if d.SHA256 != wantHash || d.Train.D != 784 {
		t.Errorf("got D = %d, %s; want D = 784, %s", d.Train.D, d.SHA256, wantHash)
	}
}

func factsOf(s Set) mnistFacts {
	facts := mnistFacts{N: s.N, D: s.D, FirstLabels: s.labels[:5]}
	for _, e := range s.inputs.(*sparse).entries {
		for bit := 8; bit < 40; bit += 8 {
			code := e >> bit % maxLevels
			facts.Sum += int(code)
			if code != 0 {
				facts.Pixels++
			}
		}
	}
	for _, digit := range s.labels {
		facts.Digits[digit]++
	}
	for _, alike := range s.constant() {
		if alike {
			facts.Constant++
		}
	}
	return facts
}

// idx returns an IDX file of bytes.
func idx(dims []int, data []byte) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, data...)
}

func TestParseIDXReturnsTheElements(t *testing.T) {
	got, err := parseIDX(idx([]int{2, 1, 3}, []byte("abcdef")), 2, 1, 3)
	if err != nil || string(got) != "abcdef" {
		t.Errorf("got %q, %v; want abcdef", got, err)
	}
}

func TestParseIDXRefusesBadBytes(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		want string // in the error
	}{
		{"empty", nil, "here are 0"},
		{"cut in the header", idx([]int{2, 3}, nil)[:11], "here are 11"},
		{"elements of another type", []byte("\x00\x00\x09\x02\x00\x00\x00\x02\x00\x00\x00\x03abcdef"), "magic number is 0x00000902"},
		{"another rank", idx([]int{2, 3, 1}, []byte("abcdef")), "magic number is 0x00000803"},
		{"no IDX at all", []byte("<html>not found</html>"), "magic number is 0x3c68746d"},
		{"fewer rows", idx([]int{1, 3}, []byte("abc")), "dimension 0 is 1, want 2"},
		{"wider rows", idx([]int{2, 4}, []byte("abcdefgh")), "dimension 1 is 4, want 3"},
		{"a huge dimension", []byte("\x00\x00\x08\x02\xff\xff\xff\xff\x00\x00\x00\x03abcdef"), "dimension 0 is 4294967295"},
		{"cut in the elements", idx([]int{2, 3}, []byte("abcde")), "5 bytes follow"},
		{"trailing byte", idx([]int{2, 3}, []byte("abcdefg")), "7 bytes follow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseIDX(tt.b, 2, 3)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, error %v; want an error with %q", got, err, tt.want)
			}
		})
	}
}

func TestImageSetKeepsEveryPixel(t *testing.T) {
	pixels := []byte{
		0, 255, 0, 0, 0, 7, 0, 0, // the left square
		0, 0, 0, 0, 0, 0, 0, 0,
		1, 2, 3, 4, 5, 6, 7, 8, // both squares
	}
	s := imageSet(pixels, 2, 4, []byte{9, 0, 3})
	if n := len(s.inputs.(*sparse).entries); n != 3 {
		t.Errorf("%d entries for 3 squares", n)
	}
	want := make([]float64, len(pixels))
	for i, p := range pixels {
		want[i] = float64(p) / 255
	}
	if diff := cmp.Diff(want, elementsOf(s)); diff != "" {
		t.Errorf("pixels (-want +got):\n%s", diff)
	}
}

func TestSparseRefusesCodesWithoutALevel(t *testing.T) {
	for _, code := range []byte{2, maxLevels - 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("code %d of 2 levels was taken", code)
				}
			}()
			newSparse([]byte{0, 1, 0, code}, 2, 2, []float64{0, 1})
		}()
	}
}

// elementsOf returns the N×D values of s, row-major.
func elementsOf(s Set) (x []float64) {
	for n := range s.N {
		x = append(x, s.dense(n)...)
	}
	return x
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func FuzzParseIDX(f *testing.F) {
	f.Add(idx([]int{2, 3}, []byte("abcdef")))
	f.Add(idx([]int{2, 3}, nil))
	f.Add(idx(nil, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		data, err := parseIDX(b, 2, 3)
		if err == nil && !slices.Equal(b, idx([]int{2, 3}, data)) {
			t.Errorf("%x was taken for %x", b, data)
		}
	})
}

// FuzzReadFile feeds bytes to the reader of the files, which must accept but the right ones.
func FuzzReadFile(f *testing.F) {
	files, raw := smallMNIST()
	f.Add(raw[0])
	f.Add(zipped(raw[0]))
	f.Add(zipped(raw[0])[:40])
	f.Add(slices.Concat(zipped(raw[0][:9]), zipped(raw[0][9:])))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := files[0].read(bytes.NewReader(b))
		if err == nil && !bytes.Equal(got, raw[0]) {
			t.Errorf("%x was taken for the file", b)
		}
	})
}

func BenchmarkLoadMNIST(b *testing.B) {
	for b.Loop() {
		if _, err := mnist.load(b.Context(), "", nil); err != nil {
			b.Fatal(err)
		}
	}
}
