package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// imageFacts are what no loader can get right by accident. They were counted with NumPy in
// the files as published.
type imageFacts struct {
	N, D, Pixels int // Pixels are not 0
	Sum          int // of all bytes
	FirstLabels  []byte
	Classes      [10]int // images of each
	Constant     int     // inputs that all images have alike
}

func factsOf(s Set) imageFacts {
	facts := imageFacts{N: s.N, D: s.D, FirstLabels: s.labels[:5]}
	for _, e := range s.inputs.(*sparse).entries {
		for bit := 8; bit < 40; bit += 8 {
			code := e >> bit % maxLevels
			facts.Sum += int(code)
			facts.Pixels += min(int(code), 1)
		}
	}
	for _, class := range s.labels {
		facts.Classes[class]++
	}
	for _, alike := range s.constant {
		if alike {
			facts.Constant++
		}
	}
	return facts
}

// TestImagesAreAsPublished. A data set's hash is that of the hashes of its files: cat of the four
// in hex | sha256sum. Fashion-MNIST is not fetched: it is in the cache, or Debian's package
// dataset-fashion-mnist is here.
func TestImagesAreAsPublished(t *testing.T) {
	local := fashion
	local.sources = fashion.sources[:1]
	thousand := func(n int) [10]int { return [10]int(slices.Repeat([]int{n}, 10)) }
	tests := []struct {
		data        imageData
		train, test imageFacts
		sha256      string
	}{
		{mnist,
			imageFacts{60000, 784, 8994156, 1567298545, []byte{5, 0, 4, 1, 9},
				[10]int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, 67},
			imageFacts{10000, 784, 1511219, 264923200, []byte{7, 2, 1, 0, 4},
				[10]int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, 116},
			"c65580678af93f1ea48c2c0d01d543ec89307c6b8a0eb7ca542d7c18c5f4c681"},
		{local,
			imageFacts{60000, 784, 23423502, 3431114169, []byte{9, 0, 0, 3, 0}, thousand(6000), 0},
			imageFacts{10000, 784, 3920817, 573469082, []byte{9, 2, 1, 1, 6}, thousand(1000), 0},
			"d1fd84a877f3b78fa9a171b3de73f93e7b6f69ed94bada3feae9d96821401f5c"},
	}
	for _, tt := range tests {
		t.Run(tt.data.name, func(t *testing.T) {
			d, err := tt.data.load(t.Context(), "", quiet)
			if err != nil && tt.data.name == "fashion" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			want, got := []any{tt.train, tt.test, tt.sha256}, []any{factsOf(d.Train), factsOf(d.Test), d.SHA256}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("train, test, SHA-256 (-want +got):\n%s", diff)
			}
			if want := (dataSize{d.Train.N, d.Test.N}); tt.data.size() != want {
				t.Errorf("is said to have %v rows, and has %v", tt.data.size(), want)
			}
		})
	}
}

// TestMovedImages moves two small images pixel by pixel.
func TestMovedImages(t *testing.T) {
	const height, width, area = 3, 4, 12
	images := []byte("abcdefghijklABCDEFGHIJKL")
	all := movedImages(images, height, width)
	for i, got := range all {
		by, image, at := shifts[i/area/2], i/area%2, i%area
		y, x, want := at/width-by[1], at%width-by[0], byte(0)
		if 0 <= y && y < height && 0 <= x && x < width {
			want = images[image*area+y*width+x]
		}
		if got != want {
			t.Fatalf("image %d moved by %v has %q at %d, want %q", image, by, got, at, want)
		}
	}
	if len(all) != 9*len(images) {
		t.Errorf("%d bytes of %d", len(all), len(images))
	}
}

func TestMNISTShifted(t *testing.T) {
	plain := mnistForTest(t)
	d, err := mnistShifted.load(t.Context(), "", quiet)
	if err != nil {
		t.Fatal(err)
	}
	// cat of MNIST's four hex hashes and of fmt.Sprint(shifts) | sha256sum
	const wantHash = "7fd6d9f29a4b58d8bb6e73e2505c9d2bd94e57f105ce2cbff7b11f1e91b39e20"
	if d.SHA256 != wantHash || d.Train.D != 784 || d.Train.N != 540000 || mnistShifted.size() != d.size() {
		t.Errorf("got D = %d, %d rows, %s; want 784, 540000, %s", d.Train.D, d.Train.N, d.SHA256, wantHash)
	}
	const left = 4*60000 + 59999 // the last image, a pixel further left
	for i, x := range d.Train.dense(left)[:783] {
		if want := plain.Train.dense(59999)[i+1]; i%28 < 27 && x != want {
			t.Fatalf("pixel %d is %v, want %v", i, x, want)
		}
	}
	if d.Train.labels[left] != plain.Train.labels[59999] {
		t.Errorf("its class is %d", d.Train.labels[left])
	}
	if diff := cmp.Diff(factsOf(plain.Test), factsOf(d.Test)); diff != "" {
		t.Errorf("test split (-MNIST's +got)\n%s", diff)
	}
}

// elementsOf returns the N×D values of s, row-major.
func elementsOf(s Set) (x []float64) {
	for n := range s.N {
		x = append(x, s.dense(n)...)
	}
	return x
}

func BenchmarkLoadMNIST(b *testing.B) {
	for b.Loop() {
		if _, err := mnist.load(b.Context(), "", quiet); err != nil {
			b.Fatal(err)
		}
	}
}
