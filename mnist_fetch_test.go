package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// smallImages is a data set of 40 + 10 images of 5×4 pixels without sources, and its files. The
// cache is empty, and no go tool is there, until the test ends.
func smallImages(t *testing.T) (d imageData, raw rawFiles) {
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	d = imageData{title: "SMALL", folder: "small", files: [4]idxFile{
		{stem: "train-images", dims: []int{40, 5, 4}}, {stem: "train-labels", dims: []int{40}},
		{stem: "t10k-images", dims: []int{10, 5, 4}}, {stem: "t10k-labels", dims: []int{10}},
	}}
	for i := range d.files {
		f := &d.files[i]
		raw[i] = make([]byte, f.header()+elements(f.dims))
		for j := range raw[i] {
			raw[i][j] = byte(j % 10)
		}
		hash := sha256.Sum256(raw[i])
		f.sha256 = hex.EncodeToString(hash[:])
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

// mirror serves the files of d, gzipped.
func mirror(t *testing.T, d imageData, raw rawFiles) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		for i, f := range d.files {
			if r.URL.Path == "/mnist/"+f.name()+".gz" {
				w.Write(zipped(raw[i]))
			}
		}
	})
}

func quiet(string, ...any) {}

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
	got, err := d.find(t.Context(), func(format string, args ...any) { said += fmt.Sprintf(format+"\n", args...) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(raw, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	return said
}

// TestSourcesAreAskedInOrder until one has the files; the next time they come from the cache.
func TestSourcesAreAskedInOrder(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{"example.org/small@v1.0.0", serve(t, gone), mirror(t, d, raw), serve(t, gone)}
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
	_, err := d.load(t.Context(), "", quiet)
	if err == nil {
		t.Fatal("found what is nowhere")
	}
	lines := strings.Split(err.Error(), "\n")
	want := [][]string{
		{"SMALL is in none of its sources"},
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
	_, err := moduleDir(t.Context(), "example.org/small@v1.0.0")
	if err == nil {
		t.Fatal("downloaded a module with GOPROXY=off")
	}
	wantInOrder(t, err.Error(), "go mod download", "GOPROXY=off")
}

func TestCorruptedCacheIsRepaired(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, d, raw)}
	wantFound(t, d, raw)
	cache, _ := os.UserCacheDir()
	write(t, filepath.Join(cache, "infomax", "small", "t10k-images-idx3-ubyte"), raw[2][:99])
	said := wantFound(t, d, raw)
	wantInOrder(t, said, "SMALL cache ", "t10k-images-idx3-ubyte: not the published", "fetching it again")
	if said := wantFound(t, d, raw); said != "" {
		t.Errorf("the cache was not repaired:\n%s", said)
	}
}

func TestCacheThatCannotBeWrittenOnlyWarns(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, d, raw)}
	cache, _ := os.UserCacheDir()
	write(t, filepath.Join(cache, "infomax"), nil)
	wantInOrder(t, wantFound(t, d, raw), "SMALL is not cached: ")
}

func TestCancelEndsTheSearch(t *testing.T) {
	d, raw := smallImages(t)
	ctx, cancel := context.WithCancel(t.Context())
	stuck := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	d.sources = []string{stuck, mirror(t, d, raw)}
	_, err := d.load(ctx, "", quiet)
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "sources") {
		t.Errorf("got error %v, want context.Canceled", err)
	}
}

func TestFolderMayHoldAnySpelling(t *testing.T) {
	d, raw := smallImages(t)
	for _, spelling := range []string{"%s-idx%d-ubyte", "%s.idx%d-ubyte", "%s-idx%d-ubyte.gz", "%s.idx%d-ubyte.gz"} {
		for _, pack := range []func([]byte) []byte{bytes.Clone, zipped} {
			dir := t.TempDir()
			for i, file := range d.files {
				write(t, filepath.Join(dir, fmt.Sprintf(spelling, file.stem, len(file.dims))), pack(raw[i]))
			}
			if got, err := d.fromFolder(dir); err != nil || cmp.Diff(raw, got) != "" {
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
		"800 bytes of SHA-256":   whole[:800],
		"816 bytes of SHA-256 e": flipped(whole, 99),
		"817 bytes of SHA-256":   append(bytes.Clone(whole), 0),
		"unexpected EOF":         packed[:len(packed)-20],
		"invalid checksum":       flipped(packed, len(packed)-8),
		"799 bytes of SHA-256":   zipped(whole[:799]),
	} {
		if _, err := d.files[0].unpack(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

// TestGivenFolderIsTheOnlySource, in which each data set has a folder of its own or lies alone.
func TestGivenFolderIsTheOnlySource(t *testing.T) {
	d, raw := smallImages(t)
	d.sources = []string{mirror(t, d, raw)}
	other := rawFiles{raw[1], raw[0], raw[3], raw[2]} // the same names, as Fashion-MNIST has them
	for _, tt := range []struct {
		name         string
		inside, here rawFiles
		wrong        string
	}{
		{"beside a folder of another's", other, raw, ""},
		{"in its folder, beside another's", raw, other, ""},
		{"nowhere", rawFiles{}, rawFiles{}, "train-images-idx3-ubyte, gzipped or raw: file does not exist"},
		{"another's", rawFiles{}, other, "train-images-idx3-ubyte: not the published file: 48 bytes"},
		{"another's in its folder", other, rawFiles{}, "train-images-idx3-ubyte: not the published file: 48 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, file := range d.files {
				if tt.here[i] != nil {
					write(t, filepath.Join(dir, file.name()), tt.here[i])
				}
				if tt.inside[i] != nil {
					write(t, filepath.Join(dir, "small", file.name()), tt.inside[i])
				}
			}
			_, err := d.load(t.Context(), dir, quiet)
			switch {
			case err != nil && tt.wrong != "":
				wantInOrder(t, err.Error(), "-data-dir "+dir+": SMALL: ", tt.wrong, "put its four published files")
			case err != nil || tt.wrong != "":
				t.Errorf("got error %v, want %q", err, tt.wrong)
			}
		})
	}
}
