// Run folders, and what is in one. A run is whole or not there at all: its files are written and synced in
// a temporary folder beside the others, which is then renamed. What was renamed is never
// written again, so a reader needs no lock, and of two processes that end the same run the
// second finds it there and throws its own away.
//
// Every byte of a run is checked when it is read, except line ends, which Git may have changed. run.json ends in its
// own checksum: sha256 is that of the file with this value empty,
//
//	sed 's/"sha256": ".*"/"sha256": ""/' run.json | sha256sum
//
// and it holds weights_sha256, that of weights.npz. The pictures beside them are derived.

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// store is an output folder.
type store struct{ out string }

func (s store) runs() string { return filepath.Join(s.out, "runs") }

// folder is where the run of an id belongs.
func (s store) folder(id string) string { return filepath.Join(s.runs(), id) }

// page is the report to be read.
func (s store) page() string { return filepath.Join(s.out, "report.html") }

// prepare makes the folder of the runs, or says why nobody can write there.
func (s store) prepare() error {
	var err error
	for _, dir := range []string{s.out, s.runs()} {
		probe := tempName(dir)
		err = cmp.Or(err, writeAtomic(probe, nil), os.Remove(probe))
	}
	if err == nil {
		return nil
	}
	if target, linkErr := os.Readlink(s.out); linkErr == nil {
		err = fmt.Errorf("it is a link to %s: %w", target, err)
	}
	return fmt.Errorf("-out %s cannot be written to: %w: give another folder, or mend this one", s.out, err)
}

// save puts a run's folder in place. Another process may have been first.
func (s store) save(id string, files []file) error {
	err := replace(s.folder(id), func(temp string) error { return writeFolder(temp, files) })
	if err != nil && s.has(id) {
		return nil
	}
	return err
}

// has tells whether there is anything in the place of a run. It may be damaged, which scan finds.
func (s store) has(id string) bool {
	_, err := os.Lstat(s.folder(id))
	return err == nil
}

// read returns the run in a folder and its weights.npz once every byte of these two files is found to be as it was
// written.
func (s store) read(id string) (r *Result, weights []byte, err error) {
	b, err := s.readFile(id, "run.json")
	if err != nil {
		return nil, nil, err
	}
	if r, err = parseRun(b); err != nil {
		return nil, nil, err
	}
	if r.ID != id || r.Config.ID() != id {
		return nil, nil, fmt.Errorf("it holds the run %s of numerics version %d", r.ID, r.Numerics)
	}
	if weights, err = s.readFile(id, "weights.npz"); err != nil {
		return nil, nil, err
	}
	if got := sha256Text(weights); got != r.WeightsSHA256 {
		return nil, nil, fmt.Errorf("weights.npz has SHA-256 %s, not %s as run.json says", got, r.WeightsSHA256)
	}
	return r, weights, nil
}

func (s store) readFile(id, name string) ([]byte, error) {
	return readRegular(filepath.Join(s.folder(id), name))
}

// layer returns a run that is there, with its W (K×D) and b (K).
func (s store) layer(id string) (r *Result, W Mat, b []float64, err error) {
	r, weights, err := s.read(id)
	if err != nil {
		return r, W, b, err
	}
	arrays, err := readNPZ(weights, "W", "b")
	return r, Mat{r.Config.K, r.Inputs, arrays["W"]}, arrays["b"], err
}

// inventory is what the folder runs holds: the good runs, and for every other name why it is not one.
type inventory struct {
	good map[string]*Result
	bad  map[string]error
}

// readers is how many runs are read at once, which hides the latency of a network folder.
const readers = 8

// scan reads all runs but those that an earlier inventory knows to be good.
func (s store) scan(known inventory) (inventory, error) {
	found := inventory{good: map[string]*Result{}, bad: map[string]error{}}
	entries, err := os.ReadDir(s.runs())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // no run was ever saved
	} else if err != nil {
		err = fmt.Errorf("-out %s: %w: give a folder of runs", s.out, err)
	}
	var mu sync.Mutex
	share(readers, len(entries), func(i int) {
		id := entries[i].Name()
		if strings.HasPrefix(id, ".") { // temporary
			return
		}
		r, readErr := known.good[id], error(nil)
		if r == nil {
			r, _, readErr = s.read(id)
		}
		mu.Lock()
		defer mu.Unlock()
		if readErr == nil {
			found.good[id] = r
		} else {
			found.bad[id] = readErr
		}
	})
	return found, err
}

// count tells how many of runs are good.
func (v inventory) count(runs []Config) (n int) {
	for _, c := range runs {
		if v.good[c.ID()] != nil {
			n++
		}
	}
	return n
}

// sorted returns the good runs in the order of compareConfigs.
func (v inventory) sorted() []*Result {
	return slices.SortedFunc(maps.Values(v.good), func(a, b *Result) int { return compareConfigs(a.Config, b.Config) })
}

// runFiles returns the files of a run. It sets r's hash of the weights. The picture of the weights is over the data's
// own inputs, as arrows and lines in the plane, else as images.
func runFiles(r *Result, w *Weights, data *Dataset) ([]file, error) {
	var weights bytes.Buffer
	if err := writeNPZ(&weights, weightArrays(w, r.Config.K)); err != nil {
		return nil, err
	}
	r.WeightsSHA256 = sha256Text(weights.Bytes())
	run, err := formatRun(r)
	if err != nil {
		return nil, err
	}
	arrays, err := readNPZ(weights.Bytes(), "W", "inputs", "trajectory")
	files := []file{{"run.json", run}, {"weights.npz", weights.Bytes()},
		{"filters.svg", r.weightPicture([]vectors{vectorsOf(r, arrays)}, data)}}
	if len(r.Curve) > 0 {
		s := studies([]*Result{r})[0]
		curves := s.trainingCurves(conditionOf(r.Config))
		files = append(files, file{"training.svg", curves})
	}
	return files, err
}

// sealed is run.json.
type sealed struct {
	*Result
	SHA256 string `json:"sha256"`
}

// formatRun returns run.json with its checksum.
func formatRun(r *Result) ([]byte, error) {
	b, err := json.MarshalIndent(sealed{r, ""}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.ID, err)
	}
	b = append(b, '\n')
	return bytes.Replace(b, []byte(`"sha256": "`), []byte(`"sha256": "`+sha256Text(b)), 1), nil
}

// parseRun reads run.json, or says why its bytes are not those of formatRun.
func parseRun(b []byte) (*Result, error) {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	run := sealed{Result: new(Result)}
	if err := json.Unmarshal(b, &run); err != nil {
		return nil, fmt.Errorf("run.json: %w", err)
	}
	if open := bytes.Replace(b, []byte(run.SHA256), nil, 1); sha256Text(open) != run.SHA256 {
		return nil, errors.New("run.json does not match the checksum at its end")
	}
	return run.Result, nil
}

// weightArrays has a unit's weights in a row, as is usual: W is K×D here. What a run has not is left out.
func weightArrays(w *Weights, K int) []npyArray {
	D := w.W.Rows
	all := []npyArray{
		{"W", []int{K, D}, w.W.T().Data}, {"b", []int{K}, w.B},
		{"W0", []int{K, D}, w.W0.T().Data}, {"b0", []int{K}, w.B0},
		{"V", []int{D, K}, w.V.Data}, {"inputs", []int{K, w.OverData.Rows}, w.OverData.T().Data},
		{"trajectory", []int{len(w.Trajectory) / (3 * K), K, 3}, w.Trajectory},
	}
	return slices.DeleteFunc(all, func(a npyArray) bool { return len(a.Data) == 0 })
}
