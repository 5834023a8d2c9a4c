package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
			d, err := tt.data.load("", false, quiet)
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
			if said := (dataSource{}).size(tt.data.name); said != d.size() {
				t.Errorf("is said to have %v rows, and has %v", said, d.size())
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
	d, err := mnist.load("", true, quiet)
	if err != nil {
		t.Fatal(err)
	}
	// cat of MNIST's four hex hashes and of fmt.Sprint(shifts) | sha256sum
	const wantHash = "7fd6d9f29a4b58d8bb6e73e2505c9d2bd94e57f105ce2cbff7b11f1e91b39e20"
	if d.SHA256 != wantHash || d.Train.D != 784 || (dataSource{}).size("mnist-shifted") != d.size() {
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
		if _, err := mnist.load("", false, quiet); err != nil {
			b.Fatal(err)
		}
	}
}

// smallImages is a data set of short files without sources, and the files. The cache is empty, and no go
// tool is there, until the test ends.
func smallImages(t *testing.T) (d imageData, raw rawFiles) {
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	d.name = "small"
	for i := range raw {
		for j := range 400 + i {
			raw[i] = append(raw[i], byte(j%10))
		}
		d.sha256[i] = sha256Text(raw[i])
	}
	return d, raw
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// serve is a mirror until the test ends.
func serve(t *testing.T, handler http.HandlerFunc) (url string) {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL + "/mnist/"
}

// mirror serves the files, gzipped.
func mirror(t *testing.T, raw rawFiles) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		for i, name := range imageFiles {
			if r.URL.Path == "/mnist/"+name+".gz" {
				w.Write(zipped(raw[i]))
			}
		}
	})
}

var quiet = newConsole(io.Discard, true)

func gone(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, b, 0o666)); err != nil {
		t.Fatal(err)
	}
}

// wantInOrder fails unless the parts occur in text one after the other.
func wantInOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Fatalf("want %q, in the order of %q, in:\n%s", part, parts, text)
		}
		rest = after
	}
}

// wantFound looks for the files of d and fails unless they are raw; it returns what is said on the way.
func wantFound(t *testing.T, d imageData, raw rawFiles) (said string) {
	t.Helper()
	var out bytes.Buffer
	got, err := d.find(newConsole(&out, false))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(raw, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	return out.String()
}

// TestSourcesAreAskedInOrder until one has the files; the next time they come from the cache.
func TestSourcesAreAskedInOrder(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{"example.org/small@v1.0.0", serve(t, gone), mirror(t, raw), serve(t, gone)}
	said := wantFound(t, d, raw)
	wantInOrder(t, said, d.sources[:3]...)
	if strings.Contains(said, d.sources[3]) {
		t.Errorf("a source was asked after one had answered:\n%s", said)
	}
	if said := wantFound(t, d, raw); said != "" {
		t.Errorf("a load from the cache said:\n%s", said)
	}
}

func TestFailureGivesEachSourcesReason(t *testing.T) {
	d, _ := smallImages(t)
	d.sources = []string{
		filepath.Join(t.TempDir(), "none"),
		"example.org/small@v1.0.0",
		serve(t, gone),
		serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("please log in")) }),
		"http://127.0.0.1:1/", // nobody listens there
	}
	_, err := d.load("", false, quiet)
	lines := strings.Split(fmt.Sprint(err), "\n")
	want := [][]string{
		{"small is in none of its sources"},
		{"cache folder ", filepath.Join("infomax", "small"), "file does not exist"},
		{d.sources[0], "train-images-idx3-ubyte, gzipped or raw: file does not exist"},
		{d.sources[1], "go mod download: ", "executable file not found"},
		{d.sources[2], "410 Gone"},
		{d.sources[3], "train-images-idx3-ubyte.gz: not the published file: 13 bytes"},
		{d.sources[4], "refused"},
		{"put its four published files, train-images-idx3-ubyte and so on", "-data-dir DIR"},
	}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%v", len(lines), len(want), err)
	}
	for i, line := range lines {
		wantInOrder(t, line, want[i]...)
	}
}

func TestModuleThatCannotBeDownloadedSaysWhy(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	_, err := moduleData("example.org/small@v1.0.0")
	wantInOrder(t, fmt.Sprint(err), "go mod download", "GOPROXY=off")
}

func TestCorruptedCacheIsRepaired(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, raw)}
	wantFound(t, d, raw)
	cache, _ := os.UserCacheDir()
	write(t, filepath.Join(cache, "infomax", "small", "t10k-images-idx3-ubyte"), raw[2][:99])
	said := wantFound(t, d, raw)
	wantInOrder(t, said, "small cache ", "t10k-images-idx3-ubyte: not the published", "fetching it again")
	if said := wantFound(t, d, raw); said != "" {
		t.Errorf("the cache was not repaired:\n%s", said)
	}
}

func TestCacheThatCannotBeWrittenOnlyWarns(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, raw)}
	cache, _ := os.UserCacheDir()
	write(t, filepath.Join(cache, "infomax"), nil)
	wantInOrder(t, wantFound(t, d, raw), "small is not cached: ")
}

// TestASweepThatIsToStopDoesNotWaitForData that hang.
func TestASweepThatIsToStopDoesNotWaitForData(t *testing.T) {
	d, _ := smallImages(t)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	d.sources = []string{serve(t, func(http.ResponseWriter, *http.Request) {
		cancel()
		<-over
	})}
	t.Cleanup(func() { close(over) }) // before the server waits for its requests
	published := mnist
	defer func() { mnist = published }()
	mnist = d
	p := plan{mine: []Config{{Data: "mnist", Objective: "random", Activation: "relu", K: 1}}}
	if _, err := (store{t.TempDir()}).runMissing(ctx, p, inventory{}, 1, quiet); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
}

func TestFolderMayHoldAnySpelling(t *testing.T) {
	d, raw := smallImages(t)
	for _, spelling := range []string{"%s-idx%s", "%s.idx%s", "%s-idx%s.gz", "%s.idx%s.gz"} {
		for _, pack := range []func([]byte) []byte{bytes.Clone, zipped} {
			dir := t.TempDir()
			for i, name := range imageFiles {
				stem, rest, _ := strings.Cut(name, "-idx")
				write(t, filepath.Join(dir, fmt.Sprintf(spelling, stem, rest)), pack(raw[i]))
			}
			if got, err := d.fromFolders(dir); err != nil || cmp.Diff(raw, got) != "" {
				t.Errorf("%s: %v", spelling, err)
			}
		}
	}
}

func TestOnlyThePublishedBytesAreTaken(t *testing.T) {
	d, raw := smallImages(t)
	whole, packed := raw[0], zipped(raw[0])
	flipped := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	for want, bad := range map[string][]byte{
		"0 bytes of SHA-256":     nil,
		"300 bytes of SHA-256":   whole[:300],
		"400 bytes of SHA-256 8": flipped(whole, 99),
		"401 bytes of SHA-256":   append(bytes.Clone(whole), 0),
		"unexpected EOF":         packed[:len(packed)-20],
		"invalid checksum":       flipped(packed, len(packed)-8),
		"399 bytes of SHA-256":   zipped(whole[:399]),
	} {
		if _, err := unpack(bad, d.sha256[0]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

// TestGivenFolderIsTheOnlySource, in which each data set has a folder of its own or lies alone.
func TestGivenFolderIsTheOnlySource(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, raw)}
	dir := t.TempDir()
	own := filepath.Join(dir, "small")
	put := func(folder string, raw rawFiles) {
		for i, name := range imageFiles {
			write(t, filepath.Join(folder, name), raw[i])
		}
	}
	wantFound := func() {
		t.Helper()
		got, err := d.fromFolders(own, dir)
		if diff := cmp.Diff(raw, got); err != nil || diff != "" {
			t.Errorf("%v, files (-want +got)\n%s", err, diff)
		}
	}
	wantRefused := func(why string) {
		t.Helper()
		_, err := d.load(dir, false, quiet)
		wantInOrder(t, fmt.Sprint(err), "-data-dir "+dir+": small: ", why, "put its four published files")
	}
	others := rawFiles{raw[1], raw[0], raw[3], raw[2]} // the same names, as Fashion-MNIST has them
	wantRefused("train-images-idx3-ubyte, gzipped or raw: file does not exist")
	put(dir, others)
	wantRefused("train-images-idx3-ubyte: not the published file: 401 bytes")
	put(own, raw)
	wantFound()
	put(own, others)
	wantRefused("train-images-idx3-ubyte: not the published file: 401 bytes")
	put(dir, raw)
	wantFound()
}
