package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Run folders. A run is whole or not there at all: its files are written and synced in a
// temporary folder beside the others, which is then renamed. What was renamed is never
// written again, so a reader needs no lock, and of two processes that end the same run the
// second finds it there and throws its own away.
//
// Every byte of a run is checked when it is read. run.json ends in its own checksum: sha256 is
// that of the file with this value empty,
//
//	sed 's/"sha256": ".*"/"sha256": ""/' run.json | sha256sum
//
// and it holds weights_sha256, that of weights.npz. The pictures beside them are derived.

// store is an output folder.
type store struct{ out string }

func (s store) runs() string { return filepath.Join(s.out, "runs") }

// folder is where the run of an id belongs.
func (s store) folder(id string) string { return filepath.Join(s.runs(), id) }

const (
	tempPrefix    = ".infomax-tmp-"
	damagedPrefix = "damaged-"
	// leftoverAge is far beyond the seconds that a live process needs between making a
	// temporary file and renaming it, and any difference between two machines' clocks.
	leftoverAge = time.Hour
)

// prepare makes the folder ready to be written to, and clears what killed processes left
// unfinished there.
func (s store) prepare() error {
	probe := filepath.Join(s.runs(), tempPrefix+rand.Text())
	err := os.MkdirAll(s.runs(), 0o777)
	if err == nil {
		err = writeSynced(probe, nil)
	}
	if err != nil {
		return fmt.Errorf("-out %s cannot be written to: %w: give a folder that can", s.out, err)
	}
	return errors.Join(os.Remove(probe), clearLeftovers(s.out), clearLeftovers(s.runs()), syncFolder(s.out))
}

func clearLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		info, statErr := e.Info()
		if strings.HasPrefix(e.Name(), tempPrefix) && statErr == nil && time.Since(info.ModTime()) > leftoverAge {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// file is a file of a run's folder.
type file struct {
	name string
	data []byte
}

// save puts a run's folder in place.
func (s store) save(id string, files []file) error {
	temp := filepath.Join(s.runs(), tempPrefix+id+"-"+rand.Text())
	defer os.RemoveAll(temp) // nothing is left of it once it is renamed
	if err := os.Mkdir(temp, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := writeSynced(filepath.Join(temp, f.name), f.data); err != nil {
			return err
		}
	}
	if err := syncFolder(temp); err != nil {
		return err
	}
	err := os.Rename(temp, s.folder(id))
	if err != nil {
		if _, readErr := s.read(id); readErr == nil {
			return nil // another process was first
		}
		return err
	}
	return syncFolder(s.runs())
}

// setAside renames the folder of a damaged run and returns its new name. fs.ErrNotExist says
// that there is none.
func (s store) setAside(id string) (string, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s%s-%d", damagedPrefix, id, n)
		if _, err := os.Lstat(s.folder(name)); errors.Is(err, fs.ErrNotExist) {
			return name, os.Rename(s.folder(id), s.folder(name))
		} else if err != nil {
			return "", err
		}
	}
}

// failure is the file that holds the reason why a run failed, until it succeeds.
func (s store) failure(id string) string { return filepath.Join(s.out, "failed", id+".txt") }

func (s store) recordFailure(id string, reason error) error {
	if err := os.MkdirAll(filepath.Dir(s.failure(id)), 0o777); err != nil {
		return err
	}
	return writeAtomic(s.failure(id), []byte(reason.Error()+"\n"))
}

func (s store) clearFailure(id string) error {
	err := os.Remove(s.failure(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// damage is why a folder in runs holds no run that can be used.
type damage struct{ error }

func damagef(format string, args ...any) error { return damage{fmt.Errorf(format, args...)} }

// read returns the run in a folder once every byte of its two files is found to be as it was
// written, else a damage. Any other error is the file system's.
func (s store) read(id string) (*Result, error) {
	b, err := s.readFile(id, "run.json")
	if err != nil {
		return nil, err
	}
	r, err := parseRun(b)
	if err != nil {
		return nil, err
	}
	if r.Numerics != numericsVersion {
		return nil, damagef("its numbers are of version %d, this program's of version %d", r.Numerics, numericsVersion)
	}
	if r.ID != id || r.Config.ID() != id {
		return nil, damagef("it holds the run %s", r.Config.ID())
	}
	weights, err := s.readFile(id, "weights.npz")
	if err != nil {
		return nil, err
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(weights)); got != r.WeightsSHA256 {
		return nil, damagef("weights.npz has SHA-256 %s, not %s as run.json says", got, r.WeightsSHA256)
	}
	return r, nil
}

func (s store) readFile(id, name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(s.folder(id), name))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, damagef("%s is missing", name)
	}
	return b, err
}

// sealed is run.json.
type sealed struct {
	*Result
	SHA256 string `json:"sha256"`
}

// The end of run.json, around the checksum.
const (
	sealStart = "\"sha256\": \""
	sealEnd   = "\"\n}\n"
)

// formatRun returns run.json with its checksum.
func formatRun(r *Result) ([]byte, error) {
	b, err := json.MarshalIndent(sealed{r, ""}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.ID, err)
	}
	open := append(b, '\n')
	start := len(open) - len(sealEnd)
	return fmt.Appendf(nil, "%s%x%s", open[:start], sha256.Sum256(open), sealEnd), nil
}

// parseRun reads run.json, or says why its bytes are not those of formatRun.
func parseRun(b []byte) (*Result, error) {
	head := len(b) - len(sealEnd) - 2*sha256.Size
	if head < 0 || !bytes.HasSuffix(b[:head], []byte(sealStart)) {
		return nil, damagef("run.json is cut off: it does not end in its checksum")
	}
	hash := sha256.New()
	hash.Write(b[:head])
	hash.Write(b[head+2*sha256.Size:])
	if fmt.Sprintf("%x", hash.Sum(nil)) != string(b[head:head+2*sha256.Size]) {
		return nil, damagef("run.json does not match its own checksum")
	}
	r := new(Result)
	if err := json.Unmarshal(b, &sealed{Result: r}); err != nil {
		return nil, damagef("run.json: %w", err)
	}
	return r, nil
}

// inventory is what runs holds: the good runs, and why each other folder is none.
type inventory struct {
	good    map[string]*Result
	damaged map[string]error
}

// count says how many of runs are good.
func (v inventory) count(runs []Config) int {
	n := 0
	for _, c := range runs {
		if v.good[c.ID()] != nil {
			n++
		}
	}
	return n
}

// scan reads all runs but those that an earlier inventory knows to be good.
func (s store) scan(known inventory) (inventory, error) {
	found := inventory{map[string]*Result{}, map[string]error{}}
	entries, err := os.ReadDir(s.runs())
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	var unread []string
	for _, e := range entries {
		name := e.Name()
		if r := known.good[name]; r != nil {
			found.good[name] = r
		} else if !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, damagedPrefix) {
			unread = append(unread, name)
		}
	}
	return found, s.readAll(found, unread)
}

// readers hide the latency of a network folder.
const readers = 8

// readAll reads the named folders into an inventory.
func (s store) readAll(found inventory, names []string) (err error) {
	var next atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(names)); i = next.Add(1) - 1 {
				r, readErr := s.read(names[i])
				mu.Lock()
				if readErr == nil {
					found.good[names[i]] = r
				} else if errors.As(readErr, new(damage)) {
					found.damaged[names[i]] = readErr
				} else {
					err = errors.Join(err, readErr)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return err
}

// writeSynced writes a new file to the disk itself.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// writeAtomic makes path hold b, or on failure what it held before.
func writeAtomic(path string, b []byte) error {
	dir := filepath.Dir(path)
	temp := filepath.Join(dir, tempPrefix+rand.Text())
	defer os.Remove(temp) // nothing is left of it once it is renamed
	if err := writeSynced(temp, b); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// syncFolder makes the names in dir durable. Windows has no such thing, and some network
// folders neither.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
