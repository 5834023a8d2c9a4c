// MNIST (LeCun, Bottou, Bengio & Haffner 1998): 60,000 + 10,000 images of 28×28 pixels and
// their digits, in four files of the IDX format:
//
//	0 0 8 rank | rank sizes, rows first, big-endian uint32 | one byte an element, row-major
//
// Four pixels in five are zero, so a row becomes the list of its other pixels, x = byte/255.
// mnist_fetch.go finds the files and vouches for their bytes; this file turns them into a Dataset.

package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
)

// idxFile is one of the four files as published.
type idxFile struct {
	stem   string // of its name: "train-images" for train-images-idx3-ubyte
	dims   []int  // rows first
	sha256 string // of its unpacked bytes, in hex
}

var mnistFiles = [4]idxFile{
	{"train-images", []int{60000, 28, 28}, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
	{"train-labels", []int{60000}, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
	{"t10k-images", []int{10000, 28, 28}, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
	{"t10k-labels", []int{10000}, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
}

// name is the file's usual spelling, and the one in the cache: train-images-idx3-ubyte.
func (f idxFile) name() string { return fmt.Sprintf("%s-idx%d-ubyte", f.stem, len(f.dims)) }

// size is the number of unpacked bytes, header included.
func (f idxFile) size() int {
	elements := 1
	for _, d := range f.dims {
		elements *= d
	}
	return 4 + 4*len(f.dims) + elements
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

// loadMNIST returns MNIST from the first source that has it (mnist_fetch.go lists them), or from
// the folder dir alone if that is not "". What is downloaded, and what is amiss with the
// cache, is told on screen; nil means silence.
func loadMNIST(ctx context.Context, dir string, screen *console) (*Dataset, error) {
	f := newFetcher(screen)
	if dir == "" {
		return f.load(ctx)
	}
	raw, err := f.fromFolder(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("-mnist %s: %w: put the four published files there, or leave -mnist out to have them fetched", dir, err)
	}
	return mnistDataset(f.files, raw)
}

// mnistDataset takes raw over: images are dropped as soon as they are encoded.
func mnistDataset(files [4]idxFile, raw rawFiles) (*Dataset, error) {
	hash := sha256.New()
	for i, f := range files {
		elements, err := parseIDX(raw[i], f.dims...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name(), err)
		}
		raw[i] = elements
		io.WriteString(hash, f.sha256)
	}
	var splits [2]Set
	for i := range splits {
		splits[i] = imageSet(raw[2*i], files[2*i].dims[1], files[2*i].dims[2], raw[2*i+1])
		raw[2*i] = nil
	}
	return &Dataset{Name: "mnist", D: splits[0].D, Train: splits[0], Test: splits[1], SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}
