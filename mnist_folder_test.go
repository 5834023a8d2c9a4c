package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFolderMayHoldAnySpelling(t *testing.T) {
	same := func(b []byte) []byte { return b }
	tests := []struct {
		name string
		file string // of %[1]s the stem, %[2]d the rank
		pack func([]byte) []byte
	}{
		{"raw with a dash", "%[1]s-idx%[2]d-ubyte", same},
		{"raw with a dot", "%[1]s.idx%[2]d-ubyte", same},
		{"gzipped with a dash", "%[1]s-idx%[2]d-ubyte.gz", zipped},
		{"gzipped with a dot", "%[1]s.idx%[2]d-ubyte.gz", zipped},
		{"raw, called gz", "%[1]s-idx%[2]d-ubyte.gz", same},
		{"gzipped, not called gz", "%[1]s-idx%[2]d-ubyte", zipped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := smallFetcher(t)
			_, raw := smallMNIST()
			dir := t.TempDir()
			for i, file := range f.files {
				write(t, filepath.Join(dir, fmt.Sprintf(tt.file, file.stem, len(file.dims))), tt.pack(raw[i]))
			}
			got, err := f.fromFolder(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(raw, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFolderOfAFilesNameIsPassedOver(t *testing.T) {
	f, _ := smallFetcher(t)
	_, raw := smallMNIST()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train-images-idx3-ubyte", "train-images-idx3-ubyte"), raw[0])
	write(t, filepath.Join(dir, "train-images.idx3-ubyte"), raw[0])
	if _, err := f.files[0].find(dir); err != nil {
		t.Error(err)
	}
}

func TestReadRefusesAllButThePublishedBytes(t *testing.T) {
	files, raw := smallMNIST()
	whole, packed := raw[0], zipped(raw[0])
	flipped := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "ends after 0 of 816 bytes"},
		{"cut", whole[:800], "ends after 800 of 816 bytes"},
		{"one byte more", append(bytes.Clone(whole), 0), "more than 816 bytes"},
		{"one bit flipped", flipped(whole, 99), "SHA-256 is"},
		{"a web page", []byte("<html>please log in</html>"), "ends after 26 of 816 bytes"},
		{"gzip cut in its header", packed[:5], "unexpected EOF"},
		{"gzip cut", packed[:len(packed)-20], "ends after"},
		{"gzip with a wrong checksum", flipped(packed, len(packed)-8), "invalid checksum"},
		{"gzip of a shorter file", zipped(whole[:800]), "ends after 800 of 816 bytes"},
		{"gzip of other bytes", zipped(flipped(whole, 99)), "SHA-256 is"},
		{"gzip of 64 MB", zipped(make([]byte, 64<<20)), "more than 816 bytes"},
		{"gzip with a rest", append(bytes.Clone(packed), "rest"...), "after a gzip stream: "},
		{"gzip with a rest after zeros", append(bytes.Clone(packed), "\x00\x00rest of it all"...), "after a gzip stream: gzip: invalid header"},
		{"gzip with a second file", append(bytes.Clone(packed), zipped([]byte("b"))...), "more than 816 bytes"},
		{"gzip of nothing, for ever", bytes.Repeat(zipped(nil), 1<<16), "ends after 0 of 816 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := files[0].read(bytes.NewReader(tt.b))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestZerosAfterAGzipStreamArePadding(t *testing.T) {
	files, raw := smallMNIST()
	for name, b := range map[string][]byte{
		"a block":               append(zipped(raw[0]), make([]byte, 512)...),
		"one":                   append(zipped(raw[0]), 0),
		"between two streams":   append(append(zipped(raw[0][:99]), 0, 0, 0), zipped(raw[0][99:])...),
		"none, but two streams": append(zipped(raw[0][:99]), zipped(raw[0][99:])...),
	} {
		if got, err := files[0].read(bytes.NewReader(b)); err != nil || !bytes.Equal(got, raw[0]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheFirstWholeSpellingServes, whatever lies beside it; without any, the first file's problem is told.
func TestTheFirstWholeSpellingServes(t *testing.T) {
	f, _ := smallFetcher(t)
	_, raw := smallMNIST()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), raw[0][:99]) // a download that was cut off
	write(t, filepath.Join(dir, "train-images.idx3-ubyte"), []byte("else"))
	_, err := f.files[0].find(dir)
	if want := "train-images-idx3-ubyte: ends after 99 of 816 bytes"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	write(t, filepath.Join(dir, "train-images-idx3-ubyte.gz"), zipped(raw[0]))
	if got, err := f.files[0].find(dir); err != nil || !bytes.Equal(got, raw[0]) {
		t.Errorf("with a whole one: %v", err)
	}
}

func TestLeftoversInTheCacheAreCleared(t *testing.T) {
	f, said := smallFetcher(t)
	f.mirrors = []string{mirror(t)}
	dir, _ := f.cacheDir()
	left := filepath.Join(dir, tempPrefix+"LEFT")
	write(t, left, nil)
	old := time.Now().Add(-2 * leftoverAge)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	if _, err := os.Stat(left); err == nil || strings.Contains(said.String(), "stays") {
		t.Errorf("the leftover is there: %s", said)
	}
}

// TestOneFolderServesSeveralDataSets: each has a folder of its own there, or lies in it alone.
func TestOneFolderServesSeveralDataSets(t *testing.T) {
	f, _ := smallFetcher(t)
	_, raw := smallMNIST()
	put := func(dir string, raw rawFiles) {
		for i, file := range f.files {
			write(t, filepath.Join(dir, file.name()), raw[i])
		}
	}
	other := rawFiles{raw[1], raw[0], raw[3], raw[2]} // the same names, as Fashion-MNIST has them
	for _, c := range []struct {
		name         string
		inside, here rawFiles
	}{
		{"in it", rawFiles{}, raw}, {"in a folder there", raw, rawFiles{}}, {"in a folder beside another's files", raw, other}, {"in it, beside a folder of others", other, raw},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for sub, files := range map[string]rawFiles{"": c.here, "small": c.inside} {
				if files[0] != nil {
					put(filepath.Join(dir, sub), files)
				}
			}
			got, err := f.fromGiven(t.Context(), dir)
			wantWhole(t, got, err)
		})
	}
	dir := t.TempDir()
	put(filepath.Join(dir, "small"), other)
	_, err := f.fromGiven(t.Context(), dir)
	if want := "small: train-images-idx3-ubyte: ends after 48 of 816 bytes"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
