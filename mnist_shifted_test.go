package main

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// movedBy returns images (N×height×width) in which everything is dx further right and dy further down, pixel by pixel.
func movedBy(images []byte, height, width, dx, dy int) []byte {
	out := make([]byte, len(images))
	for i := range images {
		y, x := i/width%height, i%width
		if fromX, fromY := x-dx, y-dy; 0 <= fromX && fromX < width && 0 <= fromY && fromY < height {
			out[i] = images[i+(fromY-y)*width+fromX-x]
		}
	}
	return out
}

// lit returns images in which a third of the pixels are on, at the edges too, and the last line never is.
func lit(n, height, width int) []byte {
	r := rand.New(rand.NewPCG(1, 21))
	images := make([]byte, n*height*width)
	for i := range images {
		if r.IntN(3) == 0 && i/width%height < height-1 {
			images[i] = byte(1 + r.IntN(255))
		}
	}
	return images
}

// TestShiftedImagesAreTheMovedOnes: as if all nine copies were images of their own, in every product, to the bit.
func TestShiftedImagesAreTheMovedOnes(t *testing.T) {
	const n, height, width = 40, 6, 8
	pixels, labels := lit(n, height, width), make([]byte, n)
	for i := range labels {
		labels[i] = byte(i % 4)
	}
	var all, allLabels []byte
	for _, by := range shifts {
		all, allLabels = append(all, movedBy(pixels, height, width, by[0], by[1])...), append(allLabels, labels...)
	}
	want, got := imageSet(all, height, width, allLabels), shiftedSet(pixels, height, width, labels)
	if diff := cmp.Diff(elementsOf(want), elementsOf(got)); diff != "" {
		t.Fatalf("pixels (-moved +shifted)\n%s", diff)
	}
	if diff := cmp.Diff(want.labels, got.labels); diff != "" || got.N != 9*n {
		t.Errorf("%d rows; labels (-want +got)\n%s", got.N, diff)
	}
	if diff := cmp.Diff(want.constant(), got.constant()); diff != "" || slices.Contains(got.constant(), true) {
		t.Errorf("constant inputs (-want +got)\n%s", diff)
	}
	for _, objective := range []string{"infomax", "reconstruction"} {
		t.Run(objective, func(t *testing.T) {
			var bits [2][]float64
			for i, s := range []Set{want, got} {
				tr := newTrainer(Config{Objective: objective, Activation: "tanh", K: 5, Seed: 1, Lambda: 1, Batch: 200, LearningRate: 1e-3}, &s)
				for _, rows := range [][]uint32{allRows(360)[:200], allRows(360)[200:], shuffledRows(360)[:100]} {
					loss, _, _ := tr.step(rows)
					bits[i] = append(append(bits[i], loss), tr.W.Data...)
				}
				rows := allRows(200)
				if n := testing.AllocsPerRun(10, func() { tr.step(rows) }); n != 0 {
					t.Errorf("%T: %v allocations a step", s.inputs, n)
				}
				for n := range s.N {
					bits[i] = append(bits[i], s.squaredNorm(n))
				}
			}
			if at, same := sameBits(bits[0], bits[1]); !same {
				t.Errorf("number %d is %x, want %x", at, bits[1][at], bits[0][at])
			}
		})
	}
}

// TestShiftedInputsThatNeverVaryAreConstant: a margin of two pixels that are always on or off leaves one that
// cannot vary. On its inner side a lit one meets zeros.
func TestShiftedInputsThatNeverVaryAreConstant(t *testing.T) {
	const n, height, width = 12, 8, 8
	for _, value := range []byte{0, 9} {
		pixels := lit(n, height, width)
		var all []byte
		for i := range pixels {
			if x := i % width; x < 4 {
				pixels[i] = value
			}
		}
		for _, by := range shifts {
			all = append(all, movedBy(pixels, height, width, by[0], by[1])...)
		}
		want, got := imageSet(all, height, width, nil).constant(), shiftedSet(pixels, height, width, nil).constant()
		if diff := cmp.Diff(want, got); diff != "" || !slices.Contains(got, true) {
			t.Errorf("of %d (-want +got)\n%s", value, diff)
		}
	}
}

// TestMNISTShifted holds the facts of the data set itself.
func TestMNISTShifted(t *testing.T) {
	plain := mnistForTest(t)
	d, err := mnistShifted.load(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	// cat of MNIST's four hex hashes and of fmt.Sprint(shifts) | sha256sum
	const wantHash = "7fd6d9f29a4b58d8bb6e73e2505c9d2bd94e57f105ce2cbff7b11f1e91b39e20"
	if d.SHA256 != wantHash || d.Train.D != 784 || d.Train.N != 540000 {
		t.Errorf("got D = %d, %d rows, %s; want 784, 540000, %s", d.Train.D, d.Train.N, d.SHA256, wantHash)
	}
	for _, n := range []int{0, 5, 59999} {
		var image []byte
		for _, x := range plain.Train.dense(n) {
			image = append(image, byte(x*255+0.5))
		}
		for m, by := range shifts {
			row := m*60000 + n
			want := imageSet(movedBy(image, 28, 28, by[0], by[1]), 28, 28, nil).dense(0)
			if diff := cmp.Diff(want, d.Train.dense(row)); diff != "" || d.Train.labels[row] != plain.Train.labels[n] {
				t.Errorf("row %d is class %d (-want +got)\n%s", row, d.Train.labels[row], diff)
			}
		}
	}
	if diff := cmp.Diff(factsOf(plain.Test), factsOf(d.Test)); diff != "" {
		t.Errorf("test split (-MNIST's +got)\n%s", diff)
	}
}

// BenchmarkShiftedLoad times what the moves cost a batch of 128: BenchmarkProducts has MNIST's own, turn.
func BenchmarkShiftedLoad(b *testing.B) {
	d, err := mnistShifted.load(b.Context(), "", nil)
	if err != nil {
		b.Fatal(err)
	}
	rows, block := shuffledRows(d.Train.N), d.Train.newBlock()
	for i := 0; b.Loop(); i = (i + 1) % 4000 {
		block.load(rows[i*128 : (i+1)*128])
	}
}
