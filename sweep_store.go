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
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// The files of a run's folder.

// runFiles returns the files of a run. It sets r's hash of the weights.
func runFiles(r *Result, w *Weights, data *Dataset) ([]file, error) {
	var weights bytes.Buffer
	if err := writeNPZ(&weights, weightArrays(w, r.Config.K)); err != nil {
		return nil, err
	}
	r.WeightsSHA256 = fmt.Sprintf("%x", sha256.Sum256(weights.Bytes()))
	run, err := formatRun(r)
	files := []file{
		{"run.json", run},
		{"weights.npz", weights.Bytes()},
		{"filters.svg", filters(r, w, data)},
	}
	if len(r.Curve) > 0 {
		files = append(files, file{"training.svg", trainingCurves(r)})
	}
	return files, err
}

// weightArrays has a unit's weights in a row, as is usual: W is K×D here.
func weightArrays(w *Weights, K int) []npyArray {
	matrix := func(name string, m Mat) npyArray { return npyArray{name, []int{m.Rows, m.Cols}, m.Data} }
	vector := func(name string, v []float64) npyArray { return npyArray{name, []int{len(v)}, v} }
	arrays := []npyArray{matrix("W", w.W.T()), vector("b", w.B), matrix("W0", w.W0.T()), vector("b0", w.B0)}
	if len(w.V.Data) > 0 {
		arrays = append(arrays, matrix("V", w.V))
	}
	if len(w.Trajectory) > 0 {
		arrays = append(arrays, npyArray{"trajectory", []int{len(w.Trajectory) / (3 * K), K, 3}, w.Trajectory})
	}
	return arrays
}

// filters draws the weight vectors: as images for images, as arrows and lines in the plane.
func filters(r *Result, w *Weights, data *Dataset) []byte {
	if data.D != 2 {
		return filterPicture([]strip{{W: w.W.T()}})
	}
	p := plane{Title: r.ID, Activation: r.Config.Activation}
	for n := range data.Test.N {
		p.Points = append(p.Points, [2]float64(data.Test.dense(n)))
	}
	for i := 0; i < len(w.Trajectory); i += 3 * r.Config.K {
		units := make([][3]float64, r.Config.K)
		for k := range units {
			units[k] = [3]float64(w.Trajectory[i+3*k:])
		}
		p.Path, p.Units = append(p.Path, units), units
	}
	return planePicture([]plane{p})
}

func trainingCurves(r *Result) []byte {
	var loss, entropy, tc []float64
	for _, e := range r.Curve {
		loss, entropy, tc = append(loss, float64(e.Loss)), append(entropy, float64(e.Entropy)), append(tc, float64(e.TC))
	}
	return trainingPlot(r.Config.Activation, loss, entropy, tc)
}
