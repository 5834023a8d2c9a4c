package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// smallMNIST returns a data set of 40 + 10 images of 5×4 pixels as if it were MNIST.
func smallMNIST() (files [4]idxFile, raw rawFiles) {
	files = [4]idxFile{
		{stem: "train-images", dims: []int{40, 5, 4}},
		{stem: "train-labels", dims: []int{40}},
		{stem: "t10k-images", dims: []int{10, 5, 4}},
		{stem: "t10k-labels", dims: []int{10}},
	}
	for i := range files {
		f := &files[i]
		data := make([]byte, f.size()-4-4*len(f.dims))
		for j := range data {
			data[j] = byte(j % 10)
		}
		raw[i] = idx(f.dims, data)
		hash := sha256.Sum256(raw[i])
		f.sha256 = hex.EncodeToString(hash[:])
	}
	return files, raw
}

// smallFetcher returns a fetcher of smallMNIST with an empty cache, no go tool and no
// mirror, and what it says.
func smallFetcher(t *testing.T) (*fetcher, *bytes.Buffer) {
	t.Setenv("PATH", t.TempDir())
	files, _ := smallMNIST()
	cache := filepath.Join(t.TempDir(), "cache")
	said := new(bytes.Buffer)
	return &fetcher{
		imageData: imageData{folder: "small", title: "SMALL", files: files, module: "example.org/small@v1.0.0"},
		cacheDir:  func() (string, error) { return cache, nil },
		console:   newConsole(said, false),
	}, said
}

// mirror serves smallMNIST, gzipped, until the test ends.
func mirror(t *testing.T) string {
	files, raw := smallMNIST()
	served := map[string][]byte{}
	for i, f := range files {
		served["/mnist/"+f.name()+".gz"] = zipped(raw[i])
	}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
		}
		w.Write(b)
	})
}

func serve(t *testing.T, handler http.HandlerFunc) (url string) {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL + "/mnist/"
}

func gone(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, b, 0o666)); err != nil {
		t.Fatal(err)
	}
}

// wantWhole fails unless got is smallMNIST.
func wantWhole(t *testing.T, got rawFiles, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	_, want := smallMNIST()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
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

func TestGivenFolderIsTheOnlySource(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "notes"), nil)
	short := t.TempDir()
	write(t, filepath.Join(short, "train-images.idx3-ubyte.gz"), zipped([]byte("abc")))
	tests := []struct {
		name, dir, want string
	}{
		{"no folder", filepath.Join(dir, "none"), "none"},
		{"a file", filepath.Join(dir, "notes"), "notes"},
		{"no files", dir, "train-images-idx3-ubyte, gzipped or raw: file does not exist"},
		{"truncated", short, "train-images.idx3-ubyte.gz: ends after 3 of 47040016 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mnist.load(t.Context(), tt.dir, nil)
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got error %v, want one of one line", err)
			}
			wantInOrder(t, err.Error(), "-data-dir "+tt.dir+": MNIST: ", tt.want, "put its four published files there or in a folder mnist there")
		})
	}
}

// TestEachDataSetHasItsOwnFilesAndNames: what the two tables share would be taken for one another's.
func TestEachDataSetHasItsOwnFilesAndNames(t *testing.T) {
	seen := map[string]string{}
	for _, d := range []imageData{mnist, fashion} {
		values := append([]string{d.name, d.folder, d.title}, d.mirrors...)
		for _, f := range d.files {
			values = append(values, f.sha256)
		}
		for _, v := range values {
			if other, taken := seen[v]; taken && other != d.title {
				t.Errorf("%s is both %s's and %s's", v, other, d.title)
			}
			seen[v] = d.title
		}
		if _, err := d.load(t.Context(), t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), ": "+d.title+": train-images") {
			t.Errorf("%s: %v", d.title, err)
		}
		for _, base := range d.mirrors {
			if !strings.HasPrefix(base, "https://") || !strings.HasSuffix(base, "/") {
				t.Errorf("%s: mirror %s", d.title, base)
			}
		}
	}
}

func TestADataSetWithoutAModuleGoesToItsMirrors(t *testing.T) {
	f, said := smallFetcher(t)
	f.module, f.mirrors = "", []string{mirror(t)}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	if want := "fetching SMALL from " + f.mirrors[0] + "\n"; !strings.HasPrefix(said.String(), want) {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestSourcesAreAskedInOrder(t *testing.T) {
	f, said := smallFetcher(t)
	f.mirrors = []string{serve(t, gone), mirror(t), serve(t, gone)}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	wantInOrder(t, said.String(), f.module, f.mirrors[0], f.mirrors[1])
	if strings.Contains(said.String(), f.mirrors[2]) {
		t.Errorf("a source was asked after one had answered:\n%s", said)
	}
}

func TestFailureGivesEachSourcesReason(t *testing.T) {
	f, _ := smallFetcher(t)
	f.mirrors = []string{
		serve(t, gone),
		serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("please log in")) }),
		"http://127.0.0.1:1/", // nobody listens there
	}
	_, err := f.find(t.Context())
	if err == nil {
		t.Fatal("found MNIST where there is none")
	}
	lines := strings.Split(err.Error(), "\n")
	want := [][]string{
		{"SMALL is in none of its sources"},
		{"cache folder: ", "cache"},
		{f.module, "the go tool is not on PATH"},
		{f.mirrors[0], "410 Gone"},
		{f.mirrors[1], "train-images-idx3-ubyte.gz: ends after 13 of 816 bytes"},
		{f.mirrors[2], "refused"},
		{"download train-images-idx3-ubyte.gz, ", "t10k-labels-idx1-ubyte.gz into a folder DIR and give -data-dir DIR"},
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

func TestSecondLoadComesFromTheCache(t *testing.T) {
	f, said := smallFetcher(t)
	f.mirrors = []string{mirror(t)}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	said.Reset()
	f.mirrors = nil
	raw, err = f.find(t.Context())
	wantWhole(t, raw, err)
	if said.Len() > 0 {
		t.Errorf("a load from the cache said:\n%s", said)
	}
}

func TestCorruptedCacheIsRepaired(t *testing.T) {
	f, said := smallFetcher(t)
	f.mirrors = []string{mirror(t)}
	dir, _ := f.cacheDir()
	for i, file := range f.files {
		_, raw := smallMNIST()
		raw[2][99] ^= 1
		write(t, filepath.Join(dir, file.name()), raw[i])
	}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	wantInOrder(t, said.String(), "SMALL cache "+dir, "t10k-images-idx3-ubyte: corrupted", "fetching it again")
	if _, err := f.fromCache(t.Context(), ""); err != nil {
		t.Errorf("the cache was not repaired: %v", err)
	}
}

func TestCacheThatCannotBeWrittenOnlyWarns(t *testing.T) {
	f, said := smallFetcher(t)
	f.mirrors = []string{mirror(t)}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	tests := []struct {
		name     string
		cacheDir func() (string, error)
	}{
		{"below a file", func() (string, error) { return filepath.Join(file, "cache"), nil }},
		{"no home", func() (string, error) { return "", errors.New("$HOME is not defined") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said.Reset()
			f.cacheDir = tt.cacheDir
			raw, err := f.find(t.Context())
			wantWhole(t, raw, err)
			wantInOrder(t, said.String(), "SMALL is not cached: ")
		})
	}
}

func TestWriteAtomicLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "old"), []byte("old"))
	write(t, filepath.Join(dir, "folder", "file"), nil)
	tests := []struct {
		name   string
		wantOK bool
	}{
		{"new", true},
		{"old", true},
		{"folder", false}, // rename fails
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.name)
			if err := writeAtomic(path, []byte("new")); (err == nil) != tt.wantOK {
				t.Errorf("got error %v, want success %v", err, tt.wantOK)
			}
			if got, err := os.ReadFile(path); tt.wantOK && string(got) != "new" {
				t.Errorf("got %q, %v; want new", got, err)
			}
			if temps, _ := filepath.Glob(path + ".tmp*"); len(temps) > 0 {
				t.Errorf("left behind: %v", temps)
			}
		})
	}
}

func TestCancelEndsTheSearch(t *testing.T) {
	f, said := smallFetcher(t)
	ctx, cancel := context.WithCancel(t.Context())
	stuck := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	f.mirrors = []string{stuck, mirror(t)}
	if _, err := f.find(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	if strings.Contains(said.String(), f.mirrors[1]) {
		t.Errorf("a source was asked after the search was cancelled:\n%s", said)
	}
	if _, err := mnist.load(ctx, t.TempDir(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("reading a folder: got error %v, want context.Canceled", err)
	}
}

func TestTerminalSeesBytesAndPercent(t *testing.T) {
	f, said := smallFetcher(t)
	f.terminal = true
	f.mirrors = []string{mirror(t)}
	raw, err := f.find(t.Context())
	wantWhole(t, raw, err)
	wantInOrder(t, said.String(),
		"\rtrain-images-idx3-ubyte: 0.0 MB of 0.0 MB, 100 %\n",
		"\rt10k-labels-idx1-ubyte: 0.0 MB of 0.0 MB, 100 %\n")
}
