// A sweep: the missing runs of a list, longest first, on a pool of workers. Runs share nothing but
// the data, which nobody writes to, so their number changes no result. Beside it stand what is
// derived from all runs, the manifest, and progress. It rests on sweep_store.go and sweep_grid.go, and on
// the report.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// sweep is what its workers share.
type sweep struct {
	store  store
	data   *Dataset
	tally  *tally
	ahead  []Config
	starts starts
}

// grace is how long a sweep that is to stop waits for runs in the middle of a measurement, which for many
// units takes minutes. They are left unfinished: a run is whole or not there at all.
const grace = 2 * time.Second

// do does the runs ahead. A run that fails is recorded and the others go on; the error returned is of the
// output folder or ctx's, and what was done until then stays. Meanwhile a fresh temporary file tells other
// processes that this one is at work (store.settle).
func (s *sweep) do(ctx context.Context, workers int) error {
	defer context.AfterFunc(ctx, func() { s.tally.warn("stopping; Ctrl-C again exits at once") })()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	sign, ended := tempName(s.store.runs()), make(chan struct{})
	refresh := func() { os.WriteFile(sign, []byte{'\n'}, 0o666) }
	refresh()
	defer os.Remove(sign)
	go func() {
		defer close(ended)
		share(workers, len(s.ahead), func(i int) {
			if ctx.Err() != nil {
				return
			}
			if err := s.one(ctx, s.ahead[i]); err != nil {
				stop(err)
			}
		})
	}()
	for {
		select {
		case <-ended:
			return context.Cause(ctx)
		case <-time.After(leftoverAge / 4):
			refresh()
		case <-ctx.Done():
			select {
			case <-ended:
			case <-time.After(grace):
			}
			return context.Cause(ctx)
		}
	}
}

// one runs c, unless another process has meanwhile, and saves it.
func (s *sweep) one(ctx context.Context, c Config) error {
	s.tally.start(c)
	there, err := s.present(c.ID())
	if err != nil {
		s.tally.warn("%s is there but cannot be used: %v", c.ID(), err)
		s.tally.end(c, "is left out")
		return nil
	}
	if there {
		s.tally.end(c, "was done elsewhere")
		return nil
	}
	r, files, err := s.attempt(ctx, c)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		s.tally.warn("%s failed: %s", c.ID(), reason)
		s.tally.end(c, "failed")
		if err := writeAtomic(s.store.failure(c.ID()), []byte(err.Error()+"\n")); err != nil {
			s.tally.warn("the reason is not recorded: %v", err)
		}
		return nil
	}
	if err := s.store.save(r.ID, files); err != nil {
		return fmt.Errorf("saving %s: %w: what is done stays, and the same command does the rest", r.ID, err)
	}
	if r.Status == "diverged" {
		s.tally.warn("%s diverged%s", r.ID, r.DivergedWhen())
	}
	s.tally.end(c, fmt.Sprintf("took %.1f s", r.Seconds))
	if err := os.RemoveAll(s.store.failure(r.ID)); err != nil { // mostly there is none
		s.tally.warn("%s succeeded, but %v", r.ID, err)
	}
	return nil
}

// present says whether the run of an id is there. A damaged one is named and set aside. An error says that
// there is something which can be neither used nor replaced.
func (s *sweep) present(id string) (bool, error) {
	_, err := s.store.read(id)
	if !errors.As(err, new(damage)) {
		return err == nil, err
	}
	name, asideErr := s.store.setAside(id)
	switch {
	case asideErr == nil:
		s.tally.warn("%s was damaged: %v; it is now %s, and is run again", id, err, name)
	case errors.Is(asideErr, fs.ErrNotExist):
		return false, nil
	}
	return false, asideErr
}

// attempt runs c and makes its files, with a panic turned into an error.
func (s *sweep) attempt(ctx context.Context, c Config) (r *Result, files []file, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	data, below := s.data, new(Result)
	if c.stacked() {
		var W Mat
		var b []float64
		if below, W, b, err = s.store.layer(c.below().ID()); err != nil {
			return nil, nil, fmt.Errorf("the layer below, %s: %w", c.below().ID(), err)
		}
		data = s.data.outputs(activationByName(c.Activation), W.T(), b)
	}
	few := c.Objective == "pca" && data.Train.N <= maxAxes // whose axes are no more than the rows
	if (c.Objective == "pca" || c.Objective == "optimum") && data.Train.D > maxAxes && !few {
		return nil, nil, fmt.Errorf("%s takes %d inputs at most, and here are %d", c.Objective, maxAxes, data.Train.D)
	}
	r, w, err := run(ctx, c, data, &s.starts, func(epoch int, e Epoch) { s.tally.epoch(c, epoch, e) })
	if err != nil {
		return nil, nil, err
	}
	r.BelowSHA256 = below.WeightsSHA256
	if below.Status == "diverged" { // it did not learn on what it was to learn on
		r.Status = below.Status
	}
	files, err = runFiles(r, w, s.data)
	return r, files, err
}

// derive writes results.csv, one row a run, and the report if that is asked for or there already, from all runs,
// whoever made them, and returns the inventory used. The same runs give the same bytes, so nothing that depends
// on the day or the machine is in them. At the end it warns of the folders that it left out.
func (s store) derive(screen *console, known inventory, withReport bool) (inventory, error) {
	_, err := os.Stat(s.page())
	withReport = withReport || err == nil // it has the hash of results.csv
	var headlines []string
	now, err := s.settle(known, func(runs []*Result) (err error) {
		headlines, err = s.writeDerived(runs, withReport)
		return err
	})
	now.headlines = headlines
	for _, id := range slices.Sorted(maps.Keys(now.bad)) {
		screen.warn("%s is left out: %v", s.folder(id), now.bad[id])
	}
	return now, err
}

// settle calls write with all runs, scans again, and repeats this as long as it finds more: of processes that end
// together, the one that writes last may not have seen the runs of the others. It stops while another process is at
// work, because that one will do the same after its last run, so that nobody waits here for others. Whoever writes
// last has seen every run, unless the process that was at work is killed.
func (s store) settle(known inventory, write func(runs []*Result) error) (inventory, error) {
	now, err := s.scan(known)
	for written := -1; err == nil && written != len(now.good); {
		written = len(now.good)
		if err = write(now.sorted()); err == nil {
			now, err = s.scan(now)
		}
		if s.othersAtWork() { // asked after the scan, which thus sees the runs of all who are no longer at work
			break
		}
	}
	return now, err
}

// removeStale removes the figures of the previous page that are not among files, so that none is left of earlier runs.
func (s store) removeStale(files []file) error {
	page, err := os.ReadFile(s.page())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, match := range figureName.FindAllSubmatch(page, -1) {
		name := html.UnescapeString(string(match[1]))
		if err == nil && name == filepath.Base(name) && filepath.IsLocal(name) && !slices.ContainsFunc(files, func(f file) bool { return f.name == name }) {
			if err = os.Remove(filepath.Join(s.out, name)); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		}
	}
	return err
}

// figureName finds those of report.html.tmpl.
var figureName = regexp.MustCompile(`<a href="([^"/\\]+\.svg)">`)

// writeDerived returns the report's headlines.
func (s store) writeDerived(runs []*Result, withReport bool) (headlines []string, err error) {
	results, err := formatResults(runs)
	files := []file{{"results.csv", results}}
	if err == nil && withReport {
		var report []file
		report, headlines, err = reportFiles(runs, results, func(id string) ([]byte, error) { return s.readFile(id, "weights.npz") })
		files = append(files, report...)
		if err == nil {
			err = s.removeStale(files)
		}
	}
	for _, f := range files {
		if err == nil {
			err = writeAtomic(filepath.Join(s.out, f.name), f.data)
		}
	}
	return headlines, err
}

// manifest is manifest.json, which tells of the command that ran last.
type manifest struct {
	Command    string            `json:"command"`
	Runs       int               `json:"runs"` // of the grids, all shards together
	Grids      []manifestGrid    `json:"grids"`
	DataSHA256 map[string]string `json:"data_sha256"` // by data set
	Numerics   int               `json:"numerics"`
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
}

// manifestGrid is a grid and what its runs share.
type manifestGrid struct {
	Data string `json:"data"`
	grid
	Epochs       int     `json:"epochs"`
	Batch        int     `json:"batch"`
	LearningRate float64 `json:"learning_rate"`
	TCRows       int     `json:"tc_rows"`
	Components   int     `json:"components,omitzero"`
}

// pasteable is an argument as a shell reads it back.
func pasteable(arg string) string {
	if arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%") == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func (s store) writeManifest(args []string, p plan, dataSHA256 map[string]string) error {
	m := manifest{Command: "infomax", Runs: len(p.all), DataSHA256: dataSHA256,
		Numerics: numericsVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	for _, arg := range args {
		m.Command += " " + pasteable(arg)
	}
	for _, g := range p.grids {
		c := g.Shared
		m.Grids = append(m.Grids, manifestGrid{c.Data, g, c.Epochs, c.Batch, c.LearningRate, c.TCRows, c.Components})
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeAtomic(filepath.Join(s.out, "manifest.json"), append(b, '\n'))
}

// tally follows the runs of a sweep and shows how far it is: on a terminal in the status line, else in lines
// of a log.
type tally struct {
	*console
	mu          sync.Mutex
	started     time.Time
	done, total int                // runs
	ended       int                // of done, by this process
	cost, spent float64            // of the runs of this process, and of those that ended
	running     map[Config]float64 // share done
}

// newTally starts the clock; done runs of total are there already, ahead are to come.
func newTally(c *console, done int, ahead []Config) *tally {
	t := &tally{console: c, started: time.Now(), done: done, total: done + len(ahead), running: map[Config]float64{}}
	for _, c := range ahead {
		t.cost += c.cost()
	}
	return t
}

func (t *tally) start(c Config) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[c] = 0
	t.update()
}

// epoch reports the end of an epoch. In a log a single run has a line for every tenth of its epochs.
func (t *tally) epoch(c Config, epoch int, e Epoch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[c] = float64(epoch) / float64(c.Epochs)
	if t.total > 1 {
		t.update()
		return
	}
	text := fmt.Sprintf("epoch %d/%d, loss %.6g, %s left", epoch, c.Epochs, float64(e.Loss), t.left())
	if t.terminal {
		t.show(text)
	} else if 10*epoch/c.Epochs > 10*(epoch-1)/c.Epochs {
		t.say("%s", text)
	}
}

// end reports the end of a run and how it ended. In the log of a sweep it has a line.
func (t *tally) end(c Config, outcome string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, c)
	t.done++
	t.ended++
	t.spent += c.cost()
	if t.total > 1 && !t.terminal {
		t.say("%d/%d runs, %s left: %s %s", t.done, t.total, t.left(), c.ID(), outcome)
	}
	t.update()
}

// update shows how far a sweep is.
func (t *tally) update() {
	if t.total == 1 {
		return
	}
	var names []string
	for _, c := range slices.SortedFunc(maps.Keys(t.running), compareConfigs) {
		names = append(names, fmt.Sprintf("%s %s K=%d", strings.Join(c.layers(), " → "), c.Activation, c.K))
	}
	rate := float64(t.ended) / time.Since(t.started).Minutes()
	t.show(fmt.Sprintf("%d/%d runs, %s left, %.3g/min, now %s", t.done, t.total, t.left(), rate, strings.Join(names, "; ")))
}

// left is the time left, by the cost of what is done.
func (t *tally) left() string {
	spent := t.spent
	for c, share := range t.running {
		spent += float64(share * c.cost())
	}
	if spent == 0 {
		return "?"
	}
	left := time.Duration(float64(time.Since(t.started)) * (t.cost - spent) / spent)
	return left.Round(time.Second).String()
}
